package main

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// compareInspect holds the root package against package inspect: the verdict, the
// reason code, the missing bytes and every value.
func compareInspect(corpus []packet) result {
	r := result{oracle: "inspect", what: "package inspect of this repository"}
	for i := range corpus {
		p := &corpus[i]
		if p.limit != 0 {
			continue // the limit of a receiver is no business of inspect
		}
		about, wantsMore := rootSays(p, p.rules)
		r.compare(about, func(about disagreement, add func(does, field, detail string)) answer {
			return askInspect(about, wantsMore, add)
		})
	}
	return r
}

func askInspect(about disagreement, wantsMore bool, add func(does, field, detail string)) answer {
	p := about.packet
	report := inspect.Inspect(p.wire, p.rules)
	outcome := report.Outcome()
	switch {
	case wantsMore:
		if h, n, err := mqttwire.ConsumeFixedHeader(p.wire); err == nil && report.Missing != n+h.RemainingLength-len(p.wire) {
			add(reads, "", fmt.Sprintf("%d bytes are missing", report.Missing))
		} else if report.Missing == 0 {
			add(accepts, about.field, about.detail)
		}
	case about.got == nil && outcome != inspect.Refused:
		add(accepts, about.field, about.detail)
	case about.got == nil && about.err != nil:
		if !hasCode(&report, about.err.ReasonCode()) {
			add(reads, about.field, fmt.Sprintf("no violation has %v: %v", about.err.ReasonCode(), report.Violations))
		}
	case about.got != nil && outcome != inspect.Accepted:
		add(refuses, report.Violations[0].Field, fmt.Sprint(report.Violations))
	case about.got != nil:
		want := dissect(headerOf(p.wire), about.got, about.version)
		differ(want, reportFields(&report), func(name, detail string) { add(reads, name, detail) })
		return answer{true, len(want)}
	}
	return answer{accepts: outcome == inspect.Accepted}
}

func hasCode(r *inspect.Report, code mqttwire.ReasonCode) bool {
	for _, v := range r.Violations {
		if v.ReasonCode == code {
			return true
		}
	}
	return false
}

// ownKeys are those of inspect's keys that Wireshark does not have.
var ownKeys = map[string]bool{"mqtt.property.content_type_len": true}

// reportFields is what inspect shows, in its order.
func reportFields(r *inspect.Report) (fields []shown) {
	for n := range r.Tree.All() {
		switch {
		case n == &r.Tree || n.Implied || n.Kind == inspect.Group || ownKeys[n.Key]:
		case n.Kind == inspect.Text || n.Kind == inspect.Data || n.Kind == inspect.Undecoded:
			if len(n.Bytes) > 0 {
				fields = append(fields, shown{n.Key, hex.EncodeToString(n.Bytes)})
			}
		default:
			fields = append(fields, shown{n.Key, strconv.FormatUint(n.Number, 10)})
		}
	}
	return fields
}
