package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
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
	r.offset, r.wire, r.rules, r.refused = st.offset, wire, st.decoder.Rules, err
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
		d := mqttwire.Decoder{Rules: st.decoder.Rules, MaxPacketSize: s.settings.maxPacketSize}
		d.Version = v
		if v == s.version {
			continue
		}
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
	s.connected, s.accepted = true, true
	s.tell(aNote, sender, at, text)
}

// gap reports that bytes of sender are missing, n of them if that is known and
// else 0. What comes next has to be looked through for a packet.
func (s *session) gap(sender mqttwire.Sender, n int64, at moment, text string) {
	if sender == mqttwire.Server && !s.connected {
		s.held = nil
	}
	st := s.stream(sender)
	s.problem(sender, at, text)
	st.offset += int64(len(st.pending)) + n
	st.pending, st.skip = nil, 0
	st.lost, st.search = true, search{}
	if sender == mqttwire.Client && !s.connected {
		s.whole = false
	}
}

// maxSearched is how many bytes a packet may have that ends a search: until the
// whole of it is there, nobody can tell whether it is one.
const maxSearched = 1 << 16

// search is what a search for a packet has found out, so that it looks at every byte
// once, and again only where a packet may begin.
type search struct {
	hopes []int // where in the pending bytes
	seen  int   // how many of these have been looked at
	vain  int   // how many bytes before them were of no use
}

// maxVain is how many bytes of a connection are searched that is not known to be MQTT.
const maxVain = 1 << 20

// resume looks in b for a packet to go on with. It returns how many bytes are of no
// use. What looks like packets up to the end of b is better than what may become one.
func (s *session) resume(st *stream, b []byte, at moment) int {
	var left []int
	try := func(i int) bool {
		switch s.plausible(st, b[i:], i == 0) {
		case yes:
			return true
		case perhaps:
			left = append(left, i)
		}
		return false
	}
	for _, i := range st.search.hopes {
		if try(i) {
			return s.found(st, b, i, at)
		}
	}
	for i := st.search.seen; i < len(b); i++ {
		if try(i) {
			return s.found(st, b, i, at)
		}
	}
	useless := len(b)
	if len(left) > 0 {
		useless = left[0]
	}
	for i := range left {
		left[i] -= useless
	}
	st.search = search{left, len(b) - useless, st.search.vain + useless}
	if s.number == 0 && st.search.vain > maxVain {
		s.stop()
	}
	return useless
}

// found ends a search at byte i of b, and returns how many bytes are dealt with.
func (s *session) found(st *stream, b []byte, i int, at moment) int {
	st.lost, st.search = false, search{}
	if s.number == 0 {
		s.begin()
	}
	if offset := st.offset + int64(i); offset > 0 {
		s.tell(aNote, st.sender, at, fmt.Sprintf("decoding goes on at offset %d", offset))
	}
	if i == 0 {
		return s.next(st, b, at)
	}
	return i
}

// belief is how sure something is.
type belief int

const (
	no belief = iota
	perhaps
	yes
)

// plausible tells whether b looks like the beginning of a packet and what follows
// it: in one of the versions, one packet after another to the end of b.
func (s *session) plausible(st *stream, b []byte, first bool) belief {
	best := no
	for _, v := range candidates {
		if s.version != 0 && !s.guessed {
			v = s.version
		}
		best = max(best, s.chain(st, b, v, first))
	}
	return best
}

// chain is plausible for one version.
func (s *session) chain(st *stream, b []byte, v mqttwire.Version, first bool) belief {
	d := mqttwire.Decoder{Rules: st.decoder.Rules, MaxPacketSize: s.settings.maxPacketSize}
	d.Version = v
	return chainOf(&d, b, first)
}

// What it takes to believe in packets: bytes where they end where the bytes do, and
// bytes or packets where the last one does not. Two acknowledgements in a row are
// four bytes that are as they have to be, which happens by chance in a long stream.
const (
	leastBytes    = 8
	leastBytesCut = 16
	leastCut      = 3
)

// chainOf tells whether b is packets, one after another. first says that b begins
// where a segment does, which is where packets mostly begin.
func chainOf(d *mqttwire.Decoder, b []byte, first bool) belief {
	n, packets := 0, 0
	for n < len(b) {
		_, used, err := d.Decode(b[n:])
		switch {
		case err == mqttwire.ErrIncomplete && !sensible(b[n:]):
			return no
		case err == mqttwire.ErrIncomplete && (n >= leastBytesCut || packets >= leastCut):
			return yes
		case err == mqttwire.ErrIncomplete:
			return perhaps
		case err != nil:
			return no
		}
		n += used
		packets++
	}
	if first || n >= leastBytes {
		return yes
	}
	return no
}

// sensible reports whether a packet of which there is only the beginning may be
// one: its fixed header, and of a PUBLISH the length of the topic.
func sensible(b []byte) bool {
	h, n, err := mqttwire.ConsumeFixedHeader(b)
	if err == mqttwire.ErrIncomplete {
		return true
	}
	if err != nil || h.RemainingLength > maxSearched {
		return false
	}
	if h.Type == mqttwire.PacketPublish && len(b) >= n+2 {
		topic := int(b[n])<<8 | int(b[n+1])
		if topic+2 > h.RemainingLength {
			return false
		}
		return topic == 0 || len(b) < n+2+topic || mqttwire.ValidTopicName(b[n+2:n+2+topic])
	}
	return true
}
