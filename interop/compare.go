package main

import (
	"errors"

	"github.com/seed-2c1fe983/mqttwire"
)

// What an oracle does otherwise than the root package.
const (
	accepts = "accepts" // what the root package refuses, or wants more bytes for
	refuses = "refuses" // what the root package accepts
	reads   = "reads"   // another value in a packet that both accept
	writes  = "writes"  // something else than it has read, or nothing
	panics  = "panics"
)

// A disagreement is one such thing about one packet.
type disagreement struct {
	oracle  string
	does    string
	packet  *packet
	version mqttwire.Version
	got     mqttwire.Packet // what the root package decodes, nil if it refuses
	err     *mqttwire.Error // what the root package refuses, if it does
	field   string          // the field at fault, or in which values differ
	detail  string          // in the root package's words if it refuses, else in the oracle's
}

// A result is what the comparison with one oracle comes to.
type result struct {
	oracle  string
	what    string // with its version
	packets int    // that were compared
	legal   int    // that both accept
	illegal int    // that both refuse
	values  int    // that were compared in the legal ones
	agreed  int    // packets about which there is no disagreement
	found   []disagreement
}

// An answer is how an oracle takes a packet.
type answer struct {
	accepts bool
	values  int // that were compared
}

// compare asks an oracle about a packet and counts. ask adds what the oracle does
// otherwise.
func (r *result) compare(about disagreement, ask func(about disagreement, add func(does, field, detail string)) answer) {
	before := len(r.found)
	a := ask(about, func(does, field, detail string) {
		d := about
		d.oracle, d.does, d.field, d.detail = r.oracle, does, field, detail
		r.found = append(r.found, d)
	})
	r.packets++
	r.values += a.values
	if len(r.found) == before {
		r.agreed++
	}
	switch {
	case a.accepts && about.got != nil:
		r.legal++
	case !a.accepts && about.got == nil:
		r.illegal++
	}
}

// rootSays decodes a packet with the root package, as the beginning of a
// comparison. wantsMore is set if all that is wrong is that bytes are missing.
func rootSays(p *packet, r mqttwire.Rules) (about disagreement, wantsMore bool) {
	got, version, err := p.decode(r)
	if version < mqttwire.MQTT31 || version > mqttwire.MQTT5 {
		version = p.rules.Version
	}
	about = disagreement{packet: p, version: version}
	switch {
	case err == nil:
		about.got = got
	case errors.As(err, &about.err):
		about.field, about.detail = about.err.Field(), about.err.Problem()
	case err == mqttwire.ErrIncomplete:
		about.detail, wantsMore = "is not complete", true
	default:
		about.detail = err.Error()
	}
	return about, wantsMore
}
