package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// stream is the bytes that one side of a connection sends, and turns them into
// packets.
type stream struct {
	decoder mqttwire.Decoder
	bytes   []byte // from the first byte of a packet that is not complete
	next    int    // where in bytes the next packet begins
	offset  int64  // where in the stream that is
	scratch []byte // for encoding packets again
}

// maxIdleBuffer is the largest buffer to keep when most of it is not in use.
const maxIdleBuffer = 1 << 16

// write adds what comes next in the stream.
func (s *stream) write(data []byte) {
	if s.next > 0 {
		rest := s.bytes[s.next:]
		if cap(s.bytes) > maxIdleBuffer && len(rest)+len(data) < cap(s.bytes)/4 {
			s.bytes = nil // a large packet has gone
		}
		s.bytes, s.next = append(s.bytes[:0], rest...), 0
	}
	s.bytes = append(s.bytes, data...)
}

// read returns the next packet and the bytes it came in, which are valid until
// the next call of write or read. mqttwire.ErrIncomplete means that there is no
// whole packet yet. Beside another error there may be a packet, see
// mqttwire.Decoder.
func (s *stream) read() (packet mqttwire.Packet, wire []byte, err error) {
	packet, n, err := s.decoder.Decode(s.bytes[s.next:])
	if err != nil {
		return packet, nil, err
	}
	wire = s.bytes[s.next : s.next+n]
	s.next += n
	s.offset += int64(n)
	return packet, wire, nil
}

// pending is the bytes that are not read yet.
func (s *stream) pending() []byte { return s.bytes[s.next:] }

// check encodes packet again and says where the result differs from wire.
func (s *stream) check(packet mqttwire.Packet, wire []byte) error {
	b, err := packet.Append(s.scratch[:0], s.decoder.Rules)
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

// incomplete describes the packet that the stream ends in.
func (s *stream) incomplete() string {
	left := s.pending()
	h, n, err := mqttwire.ConsumeFixedHeader(left)
	switch {
	case errors.Is(err, mqttwire.ErrIncomplete):
		return fmt.Sprintf("incomplete packet: the stream ends after %s of its fixed header, at offset %d",
			count(len(left), "byte"), s.offset)
	case err != nil:
		return err.Error() // never so: read would have returned it
	}
	return fmt.Sprintf("incomplete %v: the stream ends after %d of its %d bytes, at offset %d",
		h.Type, len(left), n+h.RemainingLength, s.offset)
}
