package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// What is done about packets that are not in order, bytes that are missing, and
// connections whose beginning was not captured.

// maxAwaited is how large a bad packet is waited for, so that all of it can be
// explained. Of a larger one the beginning has to do.
const maxAwaited = 1 << 20

// bad deals with a packet that was refused, and returns how many bytes are dealt
// with. Its Remaining Length says where the next packet is, most of the time.
func (s *session) bad(st *stream, b []byte, err error, at moment) int {
	switch size := packetSize(b); {
	case size == 0:
		return 0
	case size < 0:
		s.refuse(st, b[:5], err, at)
		st.lost = true
		return len(b)
	case size <= len(b):
		s.refuse(st, b[:size], err, at)
		return size
	case size <= maxAwaited && size <= int(s.settings.maxPacketSize):
		return 0
	default:
		s.refuse(st, b, err, at)
		st.skip = size - len(b)
		return len(b)
	}
}

// refuse hands on a packet that was refused, or the beginning of one.
func (s *session) refuse(st *stream, wire []byte, err error, at moment) {
	r := s.record(aPacket, st.sender, at)
	r.offset, r.wire, r.rules, r.refused = st.offset, wire, st.rules, err
	r.rules.Version = s.version
	r.handshake = st.sender == mqttwire.Client && !s.accepted
	connect := r.packetType() == mqttwire.PacketConnect
	var version mqttwire.Version
	if connect && !s.connected {
		version = r.report().Rules.Version
		r.rules.Version = version
		s.clientID = clientIDOf(r)
	}
	s.out.packet(r)
	if connect {
		s.accepted = true
	}
	if !s.connected { // without a version it is going to be guessed
		s.connect(version)
	}
}

// clientIDOf is the Client Identifier of a CONNECT that was refused, as far as it
// can be read.
func clientIDOf(r *record) string {
	for n := range r.report().Tree.All() {
		if n.Key == "mqtt.clientid" {
			return string(n.Bytes)
		}
	}
	return ""
}

// candidates is the versions that are tried in a guess. What is right in 5.0 is
// rarely right in 3.1.1, and the other way round only by chance; 3.1 looks like
// 3.1.1.
var candidates = []mqttwire.Version{mqttwire.MQTT5, mqttwire.MQTT311}

// guess looks for a version in which b begins with a packet in order, and takes
// that if the present one is none or a guess.
func (s *session) guess(st *stream, b []byte, at moment) bool {
	if s.version != 0 && !s.guessed {
		return false
	}
	if !s.connected && (s.whole || mqttwire.PacketType(b[0]>>4) == mqttwire.PacketConnect) {
		return false // a CONNECT is due, and if this is one it tells
	}
	for _, v := range candidates {
		if v == s.version {
			continue
		}
		d := &s.out.decoder
		d.Rules = st.rules
		d.Version = v
		if _, _, err := d.Decode(b); err == nil || s.version == 0 && err == mqttwire.ErrIncomplete {
			s.take(v, st.sender, at)
			return true
		}
	}
	if s.version == 0 {
		s.take(mqttwire.MQTT5, st.sender, at)
		return true
	}
	return false
}

// take makes v the version that is guessed.
func (s *session) take(v mqttwire.Version, sender mqttwire.Sender, at moment) {
	text := fmt.Sprintf("no CONNECT tells the version: guessed %v", v)
	if s.version != 0 {
		text = fmt.Sprintf("the guess was wrong: the version is %v rather than %v", v, s.version)
	}
	s.version, s.guessed = v, true
	s.accepted = true
	s.tell(aNote, sender, at, text)
	if !s.connected {
		s.connect(v)
	}
}

// gap reports that bytes of sender are missing, n of them if that is known and
// else 0. What comes next has to be looked through for a packet.
func (s *session) gap(sender mqttwire.Sender, n int64, at moment, text string) {
	if sender == mqttwire.Server && !s.connected {
		s.held = nil
	}
	st := s.stream(sender)
	s.problem(sender, at, text)
	begun := mqttwire.Version(0)
	if len(st.pending) > 0 {
		begun = inspect.Inspect(st.pending, st.rules).Rules.Version
	}
	st.offset += int64(len(st.pending)) + n
	st.pending, st.skip = nil, 0
	st.lost, st.search = true, search{}
	switch {
	case sender != mqttwire.Client || s.connected:
	case begun != 0: // the beginning of the CONNECT tells
		s.accepted = true
		s.connect(begun)
	default:
		s.whole = false
	}
}
