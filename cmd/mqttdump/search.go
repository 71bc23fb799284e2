package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// The search for a packet where nothing says where one begins.

// maxSearched is how many bytes a packet may have that ends a search: until the
// whole of it is there, nobody can tell whether it is one.
const maxSearched = 1 << 16

// search is what a search for a packet has found out, so that it looks at every byte
// once, and again only where a packet may begin and more of it has come.
type search struct {
	hopes []hope
	seen  int // how many of the pending bytes have been looked at
	vain  int // how many bytes before them were of no use
}

// hope is where in the pending bytes a packet may begin, and up to where they have to
// be there to know more.
type hope struct{ at, need int }

// maxVain is how many bytes of a connection are searched that is not known to be MQTT.
const maxVain = 1 << 20

// resume looks in b for a packet to go on with. It returns how many bytes are of no
// use. What looks like packets up to the end of b is better than what may become one.
func (s *session) resume(st *stream, b []byte, at moment) int {
	left := st.search.hopes[:0]
	try := func(i int) bool {
		is, need := s.plausible(st, b[i:], i == 0)
		if is == perhaps {
			left = append(left, hope{i, i + need})
		}
		return is == yes
	}
	for _, h := range st.search.hopes {
		if len(b) < h.need {
			left = append(left, h)
		} else if try(h.at) {
			return s.found(st, b, h.at, at)
		}
	}
	for i := st.search.seen; i < len(b); i++ {
		if try(i) {
			return s.found(st, b, i, at)
		}
	}
	useless := len(b)
	if len(left) > 0 {
		useless = left[0].at
	}
	for i := range left {
		left[i].at -= useless
		left[i].need -= useless
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
// it, in one of the versions. Of what may be one, need is how many bytes it takes to
// know more.
func (s *session) plausible(st *stream, b []byte, first bool) (best belief, need int) {
	if s.version != 0 && !s.guessed {
		return s.chain(st, b, s.version, first)
	}
	for _, v := range candidates {
		is, n := s.chain(st, b, v, first)
		if is == perhaps && (best != perhaps || n < need) {
			need = n
		}
		best = max(best, is)
	}
	return best, need
}

// chain is plausible for one version.
func (s *session) chain(st *stream, b []byte, v mqttwire.Version, first bool) (is belief, need int) {
	d := &s.out.decoder
	d.Rules = st.rules
	d.Version = v
	return chainOf(d, b, first)
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
// where a segment does, which is where packets mostly begin. Of what may be packets,
// need is how many bytes it takes to know more.
func chainOf(d *mqttwire.Decoder, b []byte, first bool) (is belief, need int) {
	n, packets := 0, 0
	for n < len(b) {
		_, used, err := d.Decode(b[n:])
		switch {
		case err == mqttwire.ErrIncomplete && !sensible(b[n:]):
			return no, 0
		case err == mqttwire.ErrIncomplete && (n >= leastBytesCut || packets >= leastCut):
			return yes, 0
		case err == mqttwire.ErrIncomplete:
			return perhaps, n + enough(b[n:])
		case err != nil:
			return no, 0
		}
		n += used
		packets++
	}
	if first || n >= leastBytes {
		return yes, 0
	}
	return no, 0
}

// enough is how many bytes of a packet it takes to know more than its beginning b
// tells.
func enough(b []byte) int {
	topic := 0
	if h, n, err := mqttwire.ConsumeFixedHeader(b); err == nil && h.Type == mqttwire.PacketPublish && len(b) >= n+2 {
		topic = n + 2 + int(b[n])<<8 + int(b[n+1])
	}
	if len(b) < topic {
		return topic
	}
	return max(packetSize(b), len(b)+1)
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
