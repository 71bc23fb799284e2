package mqttwire

// The Variable Byte Integer, 5.0 section 1.5.5; 3.1.1 section 2.2.3 and 3.1
// section 2.1 have it for the Remaining Length alone. Seven bits a byte, lowest
// first, the top bit says that more follow, four bytes at most.

// maxVarint is the largest Variable Byte Integer.
const maxVarint = 1<<28 - 1

// consumeVarint reads the integer that b begins with. n is the number of bytes
// it took, 0 when b ends first, or -1 when the fourth byte promises a fifth.
// An integer of n > 1 bytes of which the last is 0 is not the shortest form:
// whether that matters depends on the version, so it is the caller's to check.
func consumeVarint(b []byte) (v uint32, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	return consumeLongVarint(b)
}

func consumeLongVarint(b []byte) (v uint32, n int) {
	for n < len(b) && n < 4 {
		c := b[n]
		v |= uint32(c&0x7F) << (7 * n)
		n++
		if c < 0x80 {
			return v, n
		}
	}
	if n == 4 {
		return 0, -1
	}
	return 0, 0
}

// isOverlong reports whether the n bytes of an integer that b begins with are
// more than its value needs.
func isOverlong(b []byte, n int) bool { return n > 1 && b[n-1] == 0 }

// appendVarint writes v, which is at most maxVarint.
func appendVarint(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// sizeVarint is the number of bytes that appendVarint writes.
func sizeVarint(v int) int {
	switch {
	case v < 1<<7:
		return 1
	case v < 1<<14:
		return 2
	case v < 1<<21:
		return 3
	}
	return 4
}
