package inspect

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// disagreement holds root package and Inspect against each other on one input:
// the verdict, the reason code and the answer, and every field's value. It returns
// what they differ in, or "". They share tables of names and codes, and no code.
func disagreement(b []byte, r mqttwire.Rules) string {
	report := Inspect(b, r)
	d := mqttwire.Decoder{Rules: r}
	p, n, err := d.Decode(b)
	var e *mqttwire.Error
	switch {
	case err == nil:
		return acceptedAlike(&report, p, n, d.Version)
	case err == mqttwire.ErrIncomplete:
		if report.Missing == 0 {
			return fmt.Sprintf("root wants more bytes, inspect says %s %v", report.Outcome(), report.Violations)
		}
		if known, early := early(&report); known && early != nil && report.Type != mqttwire.PacketConnect {
			return fmt.Sprintf("root wants more bytes, inspect refuses by the fixed header: %v", early)
		}
		return ""
	case errors.As(err, &e):
		return refusedAlike(&report, e, d.Rules)
	}
	return "an error of an unknown kind: " + err.Error()
}

// early is the first violation in the fixed header, and whether that is complete.
func early(report *Report) (complete bool, found *Violation) {
	if len(report.Tree.Children) < 2 || report.Tree.Children[1].Partial {
		return false, nil
	}
	for i := range report.Violations {
		if v := &report.Violations[i]; v.Offset < report.Tree.Children[1].end() {
			return true, v
		}
	}
	return true, nil
}

func acceptedAlike(report *Report, p mqttwire.Packet, n int, v mqttwire.Version) string {
	switch {
	case report.Outcome() != Accepted:
		return fmt.Sprintf("root accepts %v, inspect says %s %v", p, report.Outcome(), report.Violations)
	case n != len(report.Bytes) || v != report.Rules.Version:
		return fmt.Sprintf("root takes %d bytes of %s, inspect %d of %s", n, v, len(report.Bytes), report.Rules.Version)
	}
	want, got := valuesOfPacket(p, v), valuesOfTree(report)
	if strings.Join(want, "\n") != strings.Join(got, "\n") {
		return fmt.Sprintf("root has the values\n%q\ninspect\n%q", want, got)
	}
	return ""
}

func refusedAlike(report *Report, e *mqttwire.Error, r mqttwire.Rules) string {
	if len(report.Violations) == 0 {
		return fmt.Sprintf("root refuses: %v; inspect says %s", e, report.Outcome())
	}
	if known, early := early(report); known && report.Missing > 0 && early == nil {
		return fmt.Sprintf("root refuses what is not complete: %v; inspect finds in the fixed header nothing, else %v", e, report.Violations)
	}
	during := mqttwire.PacketType(0)
	if report.Type == mqttwire.PacketConnect {
		during = mqttwire.PacketConnect
	}
	answer := hex.EncodeToString(mqttwire.AppendAnswer(nil, e, during, r))
	for _, v := range report.Violations {
		if v.ReasonCode != e.ReasonCode() || !sameField(e, v) {
			continue
		}
		if private(report) { // no specification says in which version a bridge is refused
			return ""
		}
		if answer == hex.EncodeToString(answerBytes(v.Answer, r.Sender)) {
			return ""
		}
	}
	return fmt.Sprintf("root refuses: %v (%v, answer %s); inspect says %v with other fields, codes or answers", e, e.ReasonCode(), answer, report.Violations)
}

// sameField reports whether a violation is about the field that root's Error names.
// Inspect has more fields: bits, lengths, the halves of a pair.
func sameField(e *mqttwire.Error, v Violation) bool {
	if v.Field == "Property Identifier" && (strings.Contains(v.Problem, e.Field()) || e.Problem() == "variable byte integer is not the shortest") {
		return true // it is not the value that is wrong
	}
	for _, name := range append(otherNames[e.Field()], e.Field()) {
		if strings.HasPrefix(v.Field, name) {
			return true
		}
	}
	return false
}

// otherNames is what Inspect, which says it as the version does, or nearer to the
// bytes, calls fields of root's Errors.
var otherNames = map[string][]string{
	"Fixed Header flags":    {"Packet Type and Flags, "},
	"Control Packet type":   {"Packet Type and Flags, "},
	"Remaining Length":      {"Left-over bytes"},
	"Protocol Version":      {"Protocol Level", "Protocol Name"},
	"Packet Identifier":     {"Message ID"},
	"Property Length":       {"Properties", "Property Identifier"},
	"Will Property Length":  {"Will Properties", "Property Length", "Property Identifier"},
	"Will Payload":          {"Will Message"},
	"Authentication Method": {"Properties", "Authentication Data"},
	"Subscription Options":  {"Requested QoS"},
	"Payload":               {"Topic Filters", "Reason Codes", "Return Codes", "Granted QoS"},
	"Connect Reason Code":   {"Connect Return code"},
	"Reason Code":           {"Connect Reason Code", "Connect Return code", "Disconnect Reason Code", "Authenticate Reason Code", "Return Code", "Granted QoS"},
}

// private reports whether a CONNECT has the level of a bridge.
func private(report *Report) bool {
	for n := range report.Tree.All() {
		if n.Key == "mqtt.ver" {
			return n.Number&0x80 != 0
		}
	}
	return false
}

// answerBytes is the packet that an Answer stands for.
func answerBytes(a Answer, sender mqttwire.Sender) (b []byte) {
	r := mqttwire.Rules{Version: a.Version, Sender: mqttwire.Server}
	if sender == mqttwire.Server {
		r.Sender = mqttwire.Client
	}
	var err error
	switch a.Packet {
	case mqttwire.PacketConnack:
		b, err = (&mqttwire.Connack{ReasonCode: a.Code}).Append(nil, r)
	case mqttwire.PacketDisconnect:
		b, err = (&mqttwire.Disconnect{ReasonCode: a.Code}).Append(nil, r)
	}
	if err != nil {
		panic(fmt.Sprintf("the answer %v cannot be sent: %v", a, err))
	}
	return b
}

// TestAgreement compares root and Inspect on every packet of testdata, as it is
// and with each of its bytes changed in a few ways.
func TestAgreement(t *testing.T) {
	all := append(samples(t, "packets"), samples(t, "packets/illegal")...)
	for _, s := range all {
		for _, r := range someRules(s.rules) {
			for _, b := range mutations(s.bytes) {
				if d := disagreement(b, r); d != "" {
					require.Fail(t, "root and inspect disagree", "%s\n%x\n%s, %s, %s\n%s", s.name, b, r.Version, r.Sender, r.Options, d)
				}
			}
		}
	}
}

// someRules is the rules of a packet, and some others.
func someRules(r mqttwire.Rules) []mqttwire.Rules {
	other := r
	other.Sender, other.Options = mqttwire.Client+mqttwire.Server-r.Sender, mqttwire.AllOptions
	return []mqttwire.Rules{r, other, {Version: r.Version, Options: mqttwire.AllowOverlongIntegers}, {Options: mqttwire.AllOptions}}
}

// mutations is a packet and packets that differ from it in one byte, all of its
// prefixes, and one with a byte more.
func mutations(b []byte) (all [][]byte) {
	all = append(all, b, append(b[:len(b):len(b)], 0))
	if len(b) > 200 {
		return all
	}
	for i := range b {
		all = append(all, b[:i])
		for _, c := range []byte{0, 1, 0x7F, 0x80, 0xFF, b[i] ^ 1, b[i] ^ 2, b[i] ^ 0x10, b[i] + 1, b[i] - 1, '#', '+'} {
			changed := append([]byte(nil), b...)
			changed[i] = c
			all = append(all, changed)
		}
	}
	return all
}
