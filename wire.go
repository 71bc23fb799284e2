package mqttwire

import "encoding/binary"

// The data types, 5.0 section 1.5, 3.1.1 section 1.5, 3.1 section 2.5. Each
// consume function takes the bytes of one enclosing block, returns the value
// and what is left of the block, and never looks beyond it. Values are clipped
// to their length, so that appending to one cannot write into the next.

// maxLength is the most bytes that a two-byte length can announce.
const maxLength = 1<<16 - 1

// consumeBytes reads Binary Data: a two-byte length and that many bytes. ok is
// false when the block ends first.
func consumeBytes(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	end := 2 + int(binary.BigEndian.Uint16(b))
	if end > len(b) {
		return nil, nil, false
	}
	return b[2:end:end], b[end:], true
}

// consumeBinary reads Binary Data, 5.0 section 1.5.6.
func consumeBinary(b []byte, f *broken) (v, rest []byte, e *Error) {
	v, rest, ok := consumeBytes(b)
	if !ok {
		return nil, nil, &f[truncated]
	}
	return v, rest, nil
}

// consumeString reads a UTF-8 Encoded String, 5.0 section 1.5.4.
func consumeString(b []byte, f *broken, r Rules) (s, rest []byte, e *Error) {
	s, rest, ok := consumeBytes(b)
	if !ok {
		return nil, nil, &f[truncated]
	}
	return s, rest, checkString(s, f, r)
}

// consumeTopicName reads a Topic Name, 5.0 section 4.7. It may be empty only if
// the caller says so.
func consumeTopicName(b []byte, f *broken, r Rules) (s, rest []byte, e *Error) {
	s, rest, ok := consumeBytes(b)
	if !ok {
		return nil, nil, &f[truncated]
	}
	return s, rest, checkTopicName(s, f, r)
}

// consumePacketID reads a Packet Identifier, 5.0 section 2.2.1, which is never
// 0. It is the first field of all packets of type t that have one, but PUBLISH.
func consumePacketID(b []byte, t PacketType) (id uint16, rest []byte, e *Error) {
	if len(b) < 2 {
		return 0, nil, errNoPacketID[t]
	}
	if id = binary.BigEndian.Uint16(b); id == 0 {
		return 0, nil, errPacketIDZero[t]
	}
	return id, b[2:], nil
}

var (
	errNoPacketID = perPacket(&rules[truncated], "Packet Identifier", [16]clauses{})
	// the statement on requests holds for the answers too, which repeat the
	// request's identifier
	errPacketIDZero = perPacket(&rules[zeroPacketID], "Packet Identifier", filled(clauses{"2.2.1-3", "2.3.1-1", "2.4"}, [16]clauses{}))
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
	if isASCII(s) && len(s) <= maxLength && r.Options&strictText == 0 {
		return nil
	}
	return checkText(s, f, r)
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
