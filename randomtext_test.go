package mqttwire

import (
	"slices"
	"unicode/utf8"

	fuzz "github.com/google/gofuzz"
)

// What a maker puts into its packets.

// value makes a value for a property.
func (m *maker) value(id PropertyID, f fuzz.Continue) (v propValue) {
	// how many bits a number has; 0 for what is none
	width := [...]int{TypeByte: 1, TypeTwoByteInteger: 16, TypeFourByteInteger: 32, TypeVariableByteInteger: 28, TypeUTF8StringPair: 0}[id.Type()]
	v.n = f.Uint32() & (1<<width - 1) >> f.Intn(max(width, 1)) // of any size, small ones too
	switch id {
	case PropertySubscriptionIdentifier, PropertyReceiveMaximum, PropertyTopicAlias, PropertyMaximumPacketSize:
		v.n = max(v.n, 1)
	case PropertyResponseTopic:
		v.s = m.name(f, 20)
	default:
		v.s, v.t = m.string(f), m.string(f)
	}
	return v
}

func (m *maker) qos(q *QoS, f fuzz.Continue) { *q = QoS(f.Intn(3)) }

// text makes a string, nil for none, in 3.1 also with what only its strings have:
// U+0000 and the forms of Java's writeUTF.
func (m *maker) text(s *[]byte, f fuzz.Continue) {
	if *s = nil; f.Intn(8) == 0 {
		return
	}
	*s = m.string(f)
	if m.Version == MQTT31 && f.Intn(4) == 0 && len(*s) < 20 {
		*s = append(*s, []string{"\x00", "\xC0\x80", "\xED\xA0\x80", "\xED\xB0\x80"}[f.Intn(4)]...)
	}
}

// string makes a string that every version has: empty, short or long, of one to
// four bytes a character or plain ASCII.
func (m *maker) string(f fuzz.Continue) []byte {
	n := f.Intn(12)
	switch f.Intn(300) {
	case 0:
		n = f.Intn(65535/4 + 1) // with three bytes of Remaining Length
	case 1, 2, 3, 4, 5:
		n = f.Intn(300) // with two
	}
	s := make([]byte, 0, n)
	ascii := f.RandBool()
	for range n {
		s = utf8.AppendRune(s, m.character(f, ascii))
	}
	return s
}

// character makes a character that every string may have.
func (m *maker) character(f fuzz.Continue, ascii bool) (c rune) {
	if ascii {
		return ' ' + f.Int31n(95)
	}
	for {
		switch f.Intn(8) {
		case 0:
			c = 1 + f.Int31n(0x10FFFF)
		case 1:
			c = 1 + f.Int31n(0xFFFF)
		case 2:
			c = 1 + f.Int31n(0x7FF)
		case 3:
			c = []rune{1, '\t', 0x7F, 0x80, 0x9F, 0xFDD0, 0xFEFF, 0xFFFD, 0xFFFF, 0x10FFFF}[f.Intn(10)]
		default:
			c = ' ' + f.Int31n(95)
		}
		surrogate := c >= 0xD800 && c < 0xE000
		rejected := m.Options&RejectControlCharacters != 0 && isControl(c) || m.Options&RejectNonCharacters != 0 && isNonCharacter(c)
		if !surrogate && !rejected {
			return c
		}
	}
}

// name makes a Topic Name, or anything else that has 1 to most characters.
func (m *maker) name(f fuzz.Continue, most int) (s []byte) {
	ascii := f.RandBool()
	for range 1 + f.Intn(most) {
		c := m.character(f, ascii)
		if c == '+' || c == '#' {
			c = '/'
		}
		s = utf8.AppendRune(s, c)
	}
	return s
}

// filter makes a Topic Filter, one in four of them shared.
func (m *maker) filter(f fuzz.Continue) (s []byte) {
	level := func() []byte { return slices.DeleteFunc(m.name(f, 9), func(c byte) bool { return c == '/' }) }
	if f.Intn(4) == 0 {
		s = append(append(append(s, sharePrefix...), level()...), "s/"...)
	}
	for range f.Intn(3) {
		if f.Intn(3) == 0 {
			s = append(s, "+/"...)
		} else {
			s = append(append(s, level()...), '/')
		}
	}
	switch f.Intn(4) {
	case 0:
		return append(s, '#')
	case 1:
		return append(s, '+')
	}
	return append(append(s, 'x'), level()...)
}
