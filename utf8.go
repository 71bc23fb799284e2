package mqttwire

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// The characters of UTF-8 Encoded Strings, 5.0 section 1.5.4, 3.1.1 section
// 1.5.3. Nearly all strings on the wire are short and ASCII, so there are two
// ways to check one: a pass over words of eight bytes that says yes to ASCII
// without U+0000 (and without wildcards, for topic names), and for all that
// gets no yes a plain reading that finds out what is the matter.

// Constants with the same byte in all eight places.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// In a word whose bytes are all below 0x80, adding 0x7F to each byte carries
// into its top bit exactly when the byte is not zero, and never into the next
// byte. A byte of 0x80 or more can carry into its neighbour, but fails the test
// by itself, so the sum is never trusted when it could be wrong.

// okASCII has the top bit of each byte of w set that is in 0x01 to 0x7F.
func okASCII(w uint64) uint64 { return (w + 0x7F*ones) &^ w }

// okTopic is okASCII that also wants no '+' (0x2B) and no '#' (0x23). The two
// differ in bit 3 only: with that bit set both are 0x2B, and 0x2B alone turns to
// zero under the exclusive or.
func okTopic(w uint64) uint64 {
	x := (w | 0x08*ones) ^ 0x2B*ones
	return (w + 0x7F*ones) & (x + 0x7F*ones) &^ w
}

// word reads eight bytes at i.
func word(s []byte, i int) uint64 { return binary.LittleEndian.Uint64(s[i : i+8 : i+8]) }

// shortWord returns the bytes of s, 1 to 7 of them, some twice, in a word whose
// other bytes are 0x01.
func shortWord(s []byte) uint64 {
	n := len(s)
	if n >= 4 {
		return uint64(binary.LittleEndian.Uint32(s)) | uint64(binary.LittleEndian.Uint32(s[n-4:]))<<32
	}
	return uint64(s[0]) | uint64(s[n>>1])<<8 | uint64(s[n-1])<<16 | ones&^0xFFFFFF
}

// plainTextEnd returns where the string at b[i] ends, which its length comes
// before, if it is ASCII without U+0000; or 0 if it is not, is cut short, or ends
// so near to the beginning of b that it cannot be told.
//
// It looks at eight bytes at a time, first at the last of them, where what comes
// before a short string does not count. Nothing is carried from there into the
// string: just before it are the two bytes of its length, which are below 8.
func plainTextEnd(b []byte, i int) (end int) {
	if i += 2; i > len(b) {
		return 0
	}
	n := int(binary.BigEndian.Uint16(b[i-2 : i : i]))
	if end = i + n; end > len(b) || end < 8 {
		return 0
	}
	ok := okASCII(word(b, end-8))
	if n < 8 {
		ok |= highs >> (8 * uint(n) & 63)
	}
	for ; i < end-8; i += 8 {
		ok &= okASCII(word(b, i))
	}
	if ok&highs != highs {
		return 0
	}
	return end
}

// isASCII reports whether s is ASCII without U+0000, so that it is a proper
// string under every option but RejectControlCharacters. The last 32 bytes, which
// is all there is of nearly every string on the wire, need no loop: words from
// both ends overlap in the middle.
func isASCII(s []byte) bool {
	for ; len(s) > 32; s = s[32:] {
		if okASCII(word(s, 0))&okASCII(word(s, 8))&okASCII(word(s, 16))&okASCII(word(s, 24))&highs != highs {
			return false
		}
	}
	var ok uint64
	switch n := len(s); {
	case n > 16:
		ok = okASCII(word(s, 0)) & okASCII(word(s, 8)) & okASCII(word(s, n-16)) & okASCII(word(s, n-8))
	case n >= 8:
		ok = okASCII(word(s, 0)) & okASCII(word(s, n-8))
	case n > 0:
		ok = okASCII(shortWord(s))
	default:
		return true
	}
	return ok&highs == highs
}

// isPlainTopic reports whether s is ASCII without U+0000, '+' and '#', in the
// same way as isASCII.
func isPlainTopic(s []byte) bool {
	for ; len(s) > 32; s = s[32:] {
		if okTopic(word(s, 0))&okTopic(word(s, 8))&okTopic(word(s, 16))&okTopic(word(s, 24))&highs != highs {
			return false
		}
	}
	var ok uint64
	switch n := len(s); {
	case n > 24:
		ok = okTopic(word(s, 0)) & okTopic(word(s, 8)) & okTopic(word(s, 16)) & okTopic(word(s, n-8))
	case n > 16:
		ok = okTopic(word(s, 0)) & okTopic(word(s, 8)) & okTopic(word(s, n-8))
	case n >= 8:
		ok = okTopic(word(s, 0)) & okTopic(word(s, n-8))
	case n > 0:
		ok = okTopic(shortWord(s))
	default:
		return true
	}
	return ok&highs == highs
}

// checkText checks the characters of a string that need not be plain, and says
// what is wrong with them.
func checkText(s []byte, f *broken, r Rules) *Error {
	if len(s) > maxLength {
		return &f[tooLong] // 5.0 section 1.5.4, 3.1.1 section 1.5.3, 3.1 section 2.5
	}
	if r.Options&strictText == 0 && r.Version != MQTT31 && bytes.IndexByte(s, 0) < 0 {
		if utf8.Valid(s) {
			return nil
		}
		return &f[notUTF8] // 5.0 [MQTT-1.5.4-1], 3.1.1 [MQTT-1.5.3-1]
	}
	return checkCharacters(s, f, r)
}

// checkCharacters is checkText for what is not settled at once: it reads s
// character by character.
func checkCharacters(s []byte, f *broken, r Rules) *Error {
	for i := 0; i < len(s); {
		c, n := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeRune(s[i:])
			if c == utf8.RuneError && n == 1 {
				if n = modified(s[i:], r.Version); n == 0 {
					return &f[notUTF8] // 5.0 [MQTT-1.5.4-1], 3.1.1 [MQTT-1.5.3-1], 3.1 section 2.5
				}
			}
		}
		if n == 3 && r.Options&RejectNonCharacters != 0 {
			c, n = paired(s[i:], c)
		}
		switch {
		case c == 0 && r.Version != MQTT31:
			return &f[nullCharacter] // 5.0 [MQTT-1.5.4-2], 3.1.1 [MQTT-1.5.3-2]; 3.1 only advises
		case r.Options&strictText == 0:
		case r.Options&RejectControlCharacters != 0 && isControl(c):
			return &f[control] // 5.0 section 1.5.4, 3.1.1 section 1.5.3, optional
		case r.Options&RejectNonCharacters != 0 && isNonCharacter(c):
			return &f[nonCharacter] // 5.0 section 1.5.4, 3.1.1 section 1.5.3, optional
		}
		i += n
	}
	return nil
}

// modified returns the length of the character that s begins with if 3.1 has it
// and UTF-8 has not, else 0. 3.1 section 2.5 names Java's writeUTF as the format
// of its strings: U+0000 in two bytes, and each half of a surrogate pair in
// three.
func modified(s []byte, v Version) int {
	switch {
	case v != MQTT31:
	case len(s) >= 2 && s[0] == 0xC0 && s[1] == 0x80:
		return 2
	case len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80:
		return 3
	}
	return 0
}

// paired returns the character of the surrogate pair that s begins with, as 3.1
// has it, and its length, or c and 3 if s, which begins with the three bytes of c,
// begins with no pair.
func paired(s []byte, c rune) (rune, int) {
	if c != utf8.RuneError || len(s) < 6 || s[0] != 0xED || s[1]&0xF0 != 0xA0 || s[3] != 0xED || s[4]&0xF0 != 0xB0 || s[5]&0xC0 != 0x80 {
		return c, 3
	}
	high, low := rune(s[1]&0x0F)<<6|rune(s[2]&0x3F), rune(s[4]&0x0F)<<6|rune(s[5]&0x3F)
	return 0x10000 + high<<10 + low, 6
}

// isControl reports whether c is U+0001 to U+001F or U+007F to U+009F.
func isControl(c rune) bool { return c > 0 && c < 0x20 || c >= 0x7F && c <= 0x9F }

// isNonCharacter reports whether c is U+FDD0 to U+FDEF or the last or last but
// one code point of a plane.
func isNonCharacter(c rune) bool { return c >= 0xFDD0 && c <= 0xFDEF || c&0xFFFE == 0xFFFE }
