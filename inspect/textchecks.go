package inspect

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
)

// textRules hold for every string. 5.0 section 1.5.4, 3.1.1 section 1.5.3, 3.1 section 2.5.
// In 3.1 only topics must not have U+0000: the rest is advice.
var textRules = []rule{
	must(wellFormed, malformed, "1.5.4-1", "1.5.3-1", "2.5"),
	must(noNull, malformed, "1.5.4-2", "1.5.3-2", ""),
	must(noCharacter("the control character", isControl), malformed, "1.5.4", "1.5.3", "2.5").only(mqttwire.RejectControlCharacters),
	must(noCharacter("the non-character", isNonCharacter), malformed, "1.5.4", "1.5.3", "2.5").only(mqttwire.RejectNonCharacters),
}

// topicName is the rules for a Topic Name, with the clauses that forbid an empty
// one in 5.0, and wildcards in 5.0 and 3.1.1. 5.0 and 3.1.1 section 4.7, 3.1 Appendix A.
func topicName(empty5, wild5, wild311 string) []rule {
	return []rule{
		must(notEmpty, protocolError, empty5, "4.7.3-1", "A"),
		must(noWildcard, protocolError, wild5, wild311, "A"),
		must(noNull, malformed, "", "", "A"),
	}
}

// topicFilter is the rules for a Topic Filter. 5.0 and 3.1.1 section 4.7, 5.0 section
// 4.8.2, 3.1 Appendix A.
var topicFilter = []rule{
	must(notEmpty, protocolError, "4.7.3-1", "4.7.3-1", "A"),
	must(hashIsLast, protocolError, "4.7.1-1", "4.7.1-2", "A"),
	must(plusIsAlone, protocolError, "4.7.1-2", "4.7.1-3", "A"),
	must(shareHasName, protocolError, "4.8.2-1", "", ""),
	must(shareIsPlain, protocolError, "4.8.2-2", "", ""),
	must(noNull, malformed, "", "", "A"),
}

// sharePrefix begins the filter of a Shared Subscription, in 5.0.
const sharePrefix = "$share/"

// decodeCharacter reads one character of a string, and tells whether it is
// well-formed. 3.1 has the modified UTF-8 of Java: U+0000 may be C0 80, and the
// halves of a surrogate pair are characters of three bytes each.
func decodeCharacter(b []byte, v mqttwire.Version) (r rune, size int, ok bool) {
	if v == mqttwire.MQTT31 {
		if len(b) >= 2 && b[0] == 0xC0 && b[1] == 0x80 {
			return 0, 2, true
		}
		if half := surrogate(b); half != 0 {
			return half, 3, true
		}
	}
	r, size = utf8.DecodeRune(b)
	return r, size, r != utf8.RuneError || size > 1
}

// surrogate is the half of a surrogate pair that b begins with, in three bytes,
// or 0.
func surrogate(b []byte) rune {
	if len(b) < 3 || b[0] != 0xED || b[1]&0xE0 != 0xA0 || b[2]&0xC0 != 0x80 {
		return 0
	}
	return 0xD000 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F)
}

// characters counts the characters of a string, whatever they are.
func characters(b []byte) (count int) {
	for len(b) > 0 {
		_, size, _ := decodeCharacter(b, mqttwire.MQTT31)
		b, count = b[size:], count+1
	}
	return count
}

func wellFormed(s *scan, n *Node) fault {
	for i := 0; i < len(n.Bytes); {
		_, size, ok := decodeCharacter(n.Bytes[i:], s.version)
		if !ok {
			length, what := illFormed(n.Bytes[i:])
			if n.Secret {
				what = "it breaks off or has a byte that cannot stand here"
			}
			return n.wrongAt(i, length, "is not UTF-8: %s", what)
		}
		i += size
	}
	return fine
}

// illFormed says how many of the bytes at the beginning of b are no character,
// and why.
func illFormed(b []byte) (length int, why string) {
	length = 1
	for length < len(b) && length < 4 && b[length]&0xC0 == 0x80 {
		length++
	}
	switch c := b[0]; {
	case surrogate(b) != 0:
		return 3, fmt.Sprintf("% x is U+%04X, half of a surrogate pair", b[:3], surrogate(b))
	case c < 0xC0 || c > 0xF7:
		return 1, fmt.Sprintf("%02x begins no character", c)
	case c < 0xC2 || length > 1 && (c == 0xE0 && b[1] < 0xA0 || c == 0xF0 && b[1] < 0x90):
		return length, fmt.Sprintf("% x is longer than the character needs", b[:length])
	case c > 0xF4 || c == 0xF4 && length > 1 && b[1] > 0x8F:
		return length, fmt.Sprintf("% x is beyond U+10FFFF", b[:length])
	}
	return length, fmt.Sprintf("% x is only the beginning of a character", b[:length])
}

// noCharacter makes a check for characters that the receiver may refuse.
func noCharacter(what string, refused func(rune) bool) check {
	return func(s *scan, n *Node) fault {
		var half rune // the first of a surrogate pair, in 3.1
		for i := 0; i < len(n.Bytes); {
			r, size, ok := decodeCharacter(n.Bytes[i:], s.version)
			if pair := join(half, r); pair != 0 && refused(pair) {
				return n.wrongAt(i-3, 6, "contains %s", describe(n, what, pair))
			}
			if half = 0; r >= 0xD800 && r <= 0xDBFF {
				half = r
			}
			if ok && refused(r) {
				return n.wrongAt(i, size, "contains %s", describe(n, what, r))
			}
			i += size
		}
		return fine
	}
}

// join is the character of a surrogate pair, or 0 if it is none.
func join(high, low rune) rune {
	if high == 0 || low < 0xDC00 || low > 0xDFFF {
		return 0
	}
	return 0x10000 + (high-0xD800)<<10 + (low - 0xDC00)
}

func describe(n *Node, what string, r rune) string {
	if n.Secret {
		return what[len("the "):]
	}
	return fmt.Sprintf("%s U+%04X", what, r)
}

func isControl(r rune) bool { return r > 0 && r < 0x20 || r >= 0x7F && r < 0xA0 }

func isNonCharacter(r rune) bool { return r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE }

func noNull(s *scan, n *Node) fault {
	for i := 0; i < len(n.Bytes); {
		r, size, _ := decodeCharacter(n.Bytes[i:], s.version)
		if r == 0 {
			return n.wrongAt(i, size, "contains the null character U+0000")
		}
		i += size
	}
	return fine
}

func notEmpty(_ *scan, n *Node) fault {
	if len(n.Bytes) == 0 {
		return n.empty("is empty")
	}
	return fine
}

// empty makes a fault of a string without bytes: its length is at fault.
func (n *Node) empty(format string, args ...any) fault { return n.wrongAt(-2, 2, format, args...) }

func noWildcard(_ *scan, n *Node) fault {
	if i := bytes.IndexAny(n.Bytes, "+#"); i >= 0 {
		return n.wrongAt(i, 1, "contains the wildcard %c", n.Bytes[i])
	}
	return fine
}

// textIfPromised makes a check of a payload whose Payload Format Indicator, in
// the properties of block, says that it is UTF-8.
func textIfPromised(block mqttwire.PacketType) check {
	return func(s *scan, n *Node) fault {
		indicator := s.property(block, mqttwire.PropertyPayloadFormatIndicator)
		if indicator == nil || indicator.Children[1].Number != 1 || utf8.Valid(n.Bytes) {
			return fine
		}
		f := wellFormed(s, n)
		f.problem += ", though the Payload Format Indicator says so"
		return f
	}
}

// Filters. What comes behind the share name of a Shared Subscription is a filter
// like any other.

// share takes the filter of a Shared Subscription apart. rest is where the filter
// behind the share name begins, -1 if there is none; without "$share/" it is 0.
func share(s *scan, filter []byte) (shared bool, name []byte, rest int) {
	after, shared := bytes.CutPrefix(filter, []byte(sharePrefix))
	if !shared || s.version != mqttwire.MQTT5 {
		return false, nil, 0
	}
	name, _, found := bytes.Cut(after, []byte("/"))
	if !found {
		return true, name, -1
	}
	return true, name, len(sharePrefix) + len(name) + 1
}

func shareHasName(s *scan, n *Node) fault {
	if shared, name, _ := share(s, n.Bytes); shared && len(name) == 0 {
		return n.wrongAt(0, min(n.Length, len(sharePrefix)+1), "is a Shared Subscription without a ShareName")
	}
	return fine
}

func shareIsPlain(s *scan, n *Node) fault {
	shared, name, rest := share(s, n.Bytes)
	if i := bytes.IndexAny(name, "+#"); i >= 0 {
		return n.wrongAt(len(sharePrefix)+i, 1, "has the wildcard %c in its ShareName", name[i])
	}
	if shared && (rest < 0 || rest == len(n.Bytes)) {
		return n.wrong("is a Shared Subscription without a filter behind the ShareName")
	}
	return fine
}

func hashIsLast(s *scan, n *Node) fault {
	return eachLevel(s, n, func(level string, last bool) (int, string) {
		if i := strings.IndexByte(level, '#'); i >= 0 && (level != "#" || !last) {
			return i, "has # that is not the last level, and all of it"
		}
		return -1, ""
	})
}

func plusIsAlone(s *scan, n *Node) fault {
	return eachLevel(s, n, func(level string, _ bool) (int, string) {
		if i := strings.IndexByte(level, '+'); i >= 0 && level != "+" {
			return i, "has + that is not all of a level"
		}
		return -1, ""
	})
}

// eachLevel asks wrong about each level of a filter, until it returns the index of
// a character and what is wrong with it.
func eachLevel(s *scan, n *Node, wrong func(level string, last bool) (int, string)) fault {
	_, _, at := share(s, n.Bytes)
	if at < 0 {
		return fine
	}
	levels := strings.Split(string(n.Bytes[at:]), "/")
	for i, level := range levels {
		if j, problem := wrong(level, i == len(levels)-1); j >= 0 {
			return n.wrongAt(at+j, 1, "%s", problem)
		}
		at += len(level) + 1
	}
	return fine
}
