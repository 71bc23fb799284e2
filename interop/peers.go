package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// A peer is another codec. Its answers have to depend on nothing but the
// question.
type peer struct {
	name     string
	what     string // the module of Go; of another peer, what it is, with its version
	versions []mqttwire.Version

	// decode decodes one packet, with all the checks that the peer has exported
	// functions for.
	decode func(v mqttwire.Version, wire []byte) (decoded, error)
}

// decoded is a packet that a peer has decoded.
type decoded struct {
	facts  func() facts
	encode func() ([]byte, error)
}

var (
	allVersions = []mqttwire.Version{mqttwire.MQTT31, mqttwire.MQTT311, mqttwire.MQTT5}
	only3       = allVersions[:2]
	only5       = allVersions[2:]
)

// goPeers is the peers in Go.
var goPeers = []peer{
	{"mochi", "github.com/mochi-mqtt/server/v2", allVersions, decodeMochi},
	{"gmqtt", "github.com/DrmagicE/gmqtt", allVersions, decodeGmqtt},
	{"vlapi", "github.com/VolantMQ/vlapi", allVersions, decodeVlapi},
	{"paho5", "github.com/eclipse/paho.golang", only5, decodePaho5},
	{"vitalvas", "github.com/vitalvas/mqttv5", only5, decodeVitalvas},
	{"paho3", "github.com/eclipse/paho.mqtt.golang", only3, decodePaho3},
	{"gomqtt", "github.com/256dpi/gomqtt", only3, decodeGomqtt},
}

var errNoSuchType = errors.New("no such packet type")

// moduleVersion is the version of a module that this program was built with.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return ""
}

// longestMissing is how many bytes a packet may lack to be given to peers. Some
// allocate what a packet announces, which may be 256 MiB.
const longestMissing = 1 << 16

// question is how the root package is asked about a packet that a peer is asked
// about, too. Peers are not told which side has sent the packet; and those that
// have several versions find that of a CONNECT in it. ok is false for what the
// peer cannot be asked.
func (p *peer) question(in *packet) (r mqttwire.Rules, ok bool) {
	if len(in.wire) < 2 || !slices.Contains(p.versions, in.rules.Version) {
		return r, false
	}
	if h, n, err := mqttwire.ConsumeFixedHeader(in.wire); err == nil && n+h.RemainingLength-len(in.wire) > longestMissing {
		return r, false
	}
	r.Version = in.rules.Version
	if in.kind() == mqttwire.PacketConnect && len(p.versions) > 1 {
		r.Version = 0
	}
	return r, true
}

// comparePeer holds the root package against a peer: the verdict, the values, and
// what the peer writes when it encodes the packet again.
func comparePeer(p peer, corpus []packet) result {
	r := result{oracle: p.name, what: strings.TrimSpace(p.what + " " + moduleVersion(p.what))}
	asked := make(map[string]bool) // the same packet may be there from both sides
	for i := range corpus {
		in := corpus[i]
		rules, ok := p.question(&in)
		if !ok || asked[string(in.wire)+in.rules.Version.String()] {
			continue
		}
		asked[string(in.wire)+in.rules.Version.String()] = true
		in.limit = 0
		about, _ := rootSays(&in, rules)
		if !slices.Contains(p.versions, about.version) {
			continue // a CONNECT that is mutated into a version that the peer does not have
		}
		r.compare(about, p.ask)
	}
	return r
}

func (p *peer) ask(about disagreement, add func(does, field, detail string)) answer {
	var d decoded
	err := guarded(func() (err error) { d, err = p.decode(about.version, slices.Clone(about.packet.wire)); return err })
	switch {
	case errors.Is(err, errPanic):
		add(panics, about.field, err.Error())
		return answer{}
	case about.got == nil && err == nil:
		add(accepts, about.field, about.detail)
		return answer{accepts: true}
	case about.got == nil:
		return answer{}
	case err != nil:
		add(refuses, "", err.Error())
		return answer{}
	}
	want, have := rootFacts(about.got, about.version), facts{}
	if err := guarded(func() error { have = d.facts(); return nil }); err != nil {
		add(panics, "", "when asked for values: "+err.Error())
		return answer{accepts: true}
	}
	want.differ(have, func(name, detail string) { add(reads, name, detail) })
	p.askAgain(d, have, want, about.version, add)
	return answer{true, want.count()}
}

// askAgain has the peer encode what it has decoded, and the root package decode
// that. What comes out has to be as the peer has read it, or else as it was.
func (p *peer) askAgain(d decoded, read, original facts, v mqttwire.Version, add func(does, field, detail string)) {
	var wire []byte
	err := guarded(func() (err error) { wire, err = d.encode(); return err })
	switch {
	case errors.Is(err, errPanic):
		add(panics, "", "when encoding: "+err.Error())
		return
	case err != nil:
		add(writes, "", "nothing: "+err.Error())
		return
	case len(wire) == 0:
		add(writes, "", "nothing")
		return
	}
	out := packet{wire: wire}
	about, _ := rootSays(&out, mqttwire.Rules{Version: v})
	if about.got == nil {
		add(writes, about.field, "what is refused: "+about.detail)
		return
	}
	written := rootFacts(about.got, v)
	read.differ(written, func(name, detail string) {
		if !slices.Equal(written[name], original[name]) {
			add(writes, name, detail)
		}
	})
}

// errPanic is what a panic of a peer is turned into.
var errPanic = errors.New("panic")

func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanic, r)
		}
	}()
	return f()
}

// body is what follows the fixed header of a packet, for peers that want it
// taken off. That a packet is not whole their own readers find out, so it is
// found here for those that have none to call.
func body(wire []byte, headerSize, remaining int) ([]byte, error) {
	if remaining < 0 || headerSize+remaining > len(wire) {
		return nil, errors.New("the packet is not whole")
	}
	return wire[headerSize : headerSize+remaining : headerSize+remaining], nil
}
