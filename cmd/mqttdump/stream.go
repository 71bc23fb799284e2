package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// stream is the bytes that one side of a connection sends, on their way to
// becoming packets.
type stream struct {
	sender  mqttwire.Sender
	rules   mqttwire.Rules // what its packets are held against
	pending []byte         // from the first byte of a packet that is not complete
	offset  int64          // where in the stream that is
	skip    int            // how many bytes of a packet that was reported already are to come
	lost    bool           // where the next packet begins is not known
	search  search         // for it
	scratch []byte         // for encoding packets again
}

// maxIdleBuffer is the largest buffer to keep when most of it is not in use.
const maxIdleBuffer = 1 << 16

// with returns what is pending with data behind it.
func (s *stream) with(data []byte) []byte {
	if len(s.pending) == 0 {
		return data // the common case: whole packets, and nothing to copy
	}
	s.reserve(len(data))
	s.pending = append(s.pending, data...)
	return s.pending
}

// reserve makes room for n more bytes: for the whole packet as soon as a quarter of
// it is there, so that a large one is not copied again and again, and a length that
// is only claimed takes no memory.
func (s *stream) reserve(n int) {
	need := len(s.pending) + n
	if need <= cap(s.pending) {
		return
	}
	room := 2 * need
	if size := packetSize(s.pending); size >= need && size <= 4*need {
		room = size
	}
	s.pending = append(make([]byte, 0, room), s.pending...)
}

// keep keeps what with returned, but for the first n bytes, which are done with.
func (s *stream) keep(b []byte, n int) {
	if n == 0 && len(s.pending) == len(b) {
		return // with has appended it
	}
	rest := b[n:]
	if cap(s.pending) > maxIdleBuffer && len(rest) < cap(s.pending)/4 {
		s.pending = bytes.Clone(rest) // a large packet has gone
		return
	}
	s.pending = append(s.pending[:0], rest...)
}

// check encodes packet again and says where the result differs from wire.
func (s *stream) check(packet mqttwire.Packet, wire []byte) error {
	if p, ok := packet.(*mqttwire.Publish); ok && len(p.Payload) > maxIdleBuffer && s.headerFits(p, wire) {
		return nil
	}
	b, err := packet.Append(s.scratch[:0], s.rules)
	if err != nil {
		return fmt.Errorf("does not encode back: %w", err)
	}
	if cap(b) <= maxIdleBuffer {
		s.scratch = b
	}
	if bytes.Equal(b, wire) {
		return nil
	}
	at := 0
	for at < len(b) && at < len(wire) && b[at] == wire[at] {
		at++
	}
	return fmt.Errorf("encodes back to other bytes: %d instead of %d, the first difference at byte %d", len(b), len(wire), at)
}

// headerFits is check for a PUBLISH with a large payload, which is not copied.
func (s *stream) headerFits(p *mqttwire.Publish, wire []byte) bool {
	b, err := p.AppendHeader(s.scratch[:0], len(p.Payload), s.rules)
	if err != nil {
		return false
	}
	payload, fits := bytes.CutPrefix(wire, b)
	return fits && bytes.Equal(payload, p.Payload)
}

// incomplete describes the packet that the stream ends in.
func (s *stream) incomplete() string {
	h, n, err := mqttwire.ConsumeFixedHeader(s.pending)
	switch {
	case errors.Is(err, mqttwire.ErrIncomplete):
		return fmt.Sprintf("incomplete packet: the stream ends after %s of its fixed header, at offset %d",
			count(len(s.pending), "byte"), s.offset)
	case err != nil:
		return err.Error() // never so: it would have been refused
	}
	return fmt.Sprintf("incomplete %v: the stream ends after %d of its %d bytes, at offset %d",
		h.Type, len(s.pending), n+h.RemainingLength, s.offset)
}

// packetSize is the size of the packet that b begins with by its Remaining Length,
// whatever else is wrong with it: 0 while that is not all there, -1 when it has
// more than four bytes, so that nobody knows.
func packetSize(b []byte) int {
	length := 0
	for i := 1; i < len(b) && i < 5; i++ {
		length |= int(b[i]&0x7F) << (7 * (i - 1))
		if b[i] < 0x80 {
			return 1 + i + length
		}
	}
	if len(b) < 5 {
		return 0
	}
	return -1
}
