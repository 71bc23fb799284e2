package mqttwire

import "encoding/binary"

// The data types, 5.0 section 1.5, 3.1.1 section 1.5, 3.1 section 2.5. Each
// consume function takes the bytes of a packet, or of a part of it, reads the
// value at b[i] and returns what is next, and never looks behind the end of b.
// Values are clipped to their length, so that appending to one cannot write into
// the next.

// maxLength is the most bytes that a two-byte length can announce.
const maxLength = 1<<16 - 1

// consumeBytes reads Binary Data: a two-byte length and that many bytes. ok is
// false when b ends first.
func consumeBytes(b []byte, i int) (v []byte, next int, ok bool) {
	start := i + 2
	if start > len(b) {
		return nil, 0, false
	}
	if next = start + int(binary.BigEndian.Uint16(b[i:start:start])); next > len(b) {
		return nil, 0, false
	}
	return b[start:next:next], next, true
}

// consumeBinary reads Binary Data, 5.0 section 1.5.6.
func consumeBinary(b []byte, i int, f *broken) (v []byte, next int, e *Error) {
	v, next, ok := consumeBytes(b, i)
	if !ok {
		return nil, 0, &f[truncated]
	}
	return v, next, nil
}

// consumeString reads a UTF-8 Encoded String, 5.0 section 1.5.4.
func consumeString(b []byte, i int, f *broken, r Rules) (s []byte, next int, e *Error) {
	s, next, ok := consumeBytes(b, i)
	if !ok {
		return nil, 0, &f[truncated]
	}
	return s, next, checkString(s, f, r)
}

// consumeTopicName reads a Topic Name, 5.0 section 4.7. It may be empty only if
// the caller says so.
func consumeTopicName(b []byte, i int, f *broken, r Rules) (s []byte, next int, e *Error) {
	s, next, ok := consumeBytes(b, i)
	if !ok {
		return nil, 0, &f[truncated]
	}
	if isPlainName(s, r) {
		return s, next, nil
	}
	return s, next, checkTopicText(s, f, r)
}

// consumePacketID reads a Packet Identifier, 5.0 section 2.2.1, which is never
// 0. It is the first field of all packets of type t that have one, but PUBLISH.
func consumePacketID(b []byte, t PacketType) (id uint16, e *Error) {
	if len(b) < 2 {
		return 0, errNoPacketID[t]
	}
	if id = binary.BigEndian.Uint16(b); id == 0 {
		return 0, errPacketIDZero[t]
	}
	return id, nil
}

// checkPacketID is the part of consumePacketID that is about the value.
func checkPacketID(id uint16, t PacketType) error {
	if id == 0 {
		return errPacketIDZero[t]
	}
	return nil
}

var (
	errNoPacketID = perPacket(&rules[truncated], "Packet Identifier", [16]clauses{})
	// an answer has the identifier of what it answers, which is not 0 either
	errPacketIDZero = perPacket(&rules[zeroPacketID], "Packet Identifier", filled(clauses{"2.2.1-3", "2.3.1-1", "2.4"}, [16]clauses{
		PacketPuback:   {"2.2.1-5", "2.3.1-6", "2.4"},
		PacketPubrec:   {"2.2.1-5", "2.3.1-6", "2.4"},
		PacketPubrel:   {"2.2.1-5", "2.3.1-6", "2.4"},
		PacketPubcomp:  {"2.2.1-5", "3.7.2", "2.4"},
		PacketSuback:   {"2.2.1-6", "2.3.1-7", "2.4"},
		PacketUnsuback: {"2.2.1-6", "2.3.1-7", "2.4"},
	}))
)

// checkLength checks that v fits behind a two-byte length.
func checkLength(v []byte, f *broken) *Error {
	if len(v) > maxLength {
		return &f[tooLong] // 5.0 sections 1.5.4, 1.5.6; 3.1.1 section 1.5.3
	}
	return nil
}

// checkString checks the characters of a UTF-8 Encoded String, and its length,
// which only Append can find too long.
func checkString(s []byte, f *broken, r Rules) *Error {
	if isPlainString(s, r) {
		return nil
	}
	return checkText(s, f, r)
}

// isPlainString reports whether a string needs no closer look. It is inlined where
// the call of checkString counts.
func isPlainString(s []byte, r Rules) bool {
	return r.Options&strictText == 0 && len(s) <= maxLength && isASCII(s)
}

// appendBytes writes v, which is at most maxLength long, behind its length.
func appendBytes(b, v []byte) []byte {
	b = append(b, byte(len(v)>>8), byte(len(v)))
	return append(b, v...)
}

// grow makes room for n more bytes at the end of dst.
func grow(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	return moreRoom(dst, n)
}

// moreRoom is kept out of line so that grow costs its callers no registers.
//
//go:noinline
func moreRoom(dst []byte, n int) []byte { return append(dst, make([]byte, n)...)[:len(dst)] }
