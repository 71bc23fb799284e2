package mqttwire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// A text is a string and what the versions say of it.
type textCase struct {
	name string
	s    string
	err  error   // in 3.1.1 and 5.0
	err3 error   // in 3.1, in a string that is no topic
	opt  Options // the option under which it is refused with errOpt
	eopt error
}

var texts = []textCase{
	{name: "empty", s: ""},
	{name: "ASCII", s: "hello, world!"},
	{name: "two bytes", s: "ä"},
	{name: "three bytes", s: "€"},
	{name: "four bytes", s: "😀"},
	{name: "U+FEFF is kept", s: "\xEF\xBB\xBFa"},
	{name: "U+FFFD", s: "\uFFFD"},
	{name: "U+D7FF", s: "\xED\x9F\xBF"},
	{name: "U+E000", s: "\xEE\x80\x80"},
	{name: "U+10FFFD", s: "\U0010FFFD"},
	{name: "U+0000", s: "a\x00b", err: ErrNullCharacter},
	{name: "U+0000 alone", s: "\x00", err: ErrNullCharacter},
	{name: "U+0000 last of nine", s: "12345678\x00", err: ErrNullCharacter},
	{name: "U+0000 in two bytes", s: "\xC0\x80", err: ErrNotUTF8},
	{name: "high surrogate", s: "\xED\xA0\x80", err: ErrNotUTF8},
	{name: "low surrogate", s: "\xED\xBF\xBF", err: ErrNotUTF8},
	{name: "surrogate pair", s: "\xED\xA0\xBD\xED\xB8\x80", err: ErrNotUTF8},
	{name: "lone continuation", s: "a\x80", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "cut off in two", s: "\xC3", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "cut off in three", s: "\xE2\x82", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "cut off in four", s: "\xF0\x9F\x98", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "half a surrogate", s: "\xED\xA0", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "no continuation", s: "\xC3(", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "overlong in two", s: "\xC1\xBF", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "overlong in three", s: "\xE0\x9F\xBF", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "overlong in four", s: "\xF0\x8F\xBF\xBF", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "above U+10FFFF", s: "\xF4\x90\x80\x80", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "F5", s: "\xF5\x80\x80\x80", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "FF", s: "\xFF", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "bad byte last of nine", s: "12345678\xFF", err: ErrNotUTF8, err3: ErrNotUTF8},
	{name: "U+0001", s: "\x01", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "TAB", s: "a\tb", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "U+001F", s: "a\x1Fbcdefghi", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "U+0020 is no control character", s: " "},
	{name: "U+007F", s: "\x7F", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "U+0080", s: "\u0080", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "U+009F", s: "\u009F", opt: RejectControlCharacters, eopt: ErrControlCharacter},
	{name: "U+00A0 is no control character", s: "\u00A0"},
	{name: "U+FDCF is no non-character", s: "\uFDCF"},
	{name: "U+FDD0", s: "\uFDD0", opt: RejectNonCharacters, eopt: ErrNonCharacter},
	{name: "U+FDEF", s: "\uFDEF", opt: RejectNonCharacters, eopt: ErrNonCharacter},
	{name: "U+FDF0 is no non-character", s: "\uFDF0"},
	{name: "U+FFFE", s: "\uFFFE", opt: RejectNonCharacters, eopt: ErrNonCharacter},
	{name: "U+FFFF", s: "\uFFFF", opt: RejectNonCharacters, eopt: ErrNonCharacter},
	{name: "U+1FFFE", s: "\U0001FFFE", opt: RejectNonCharacters, eopt: ErrNonCharacter},
	{name: "U+10FFFF", s: "\U0010FFFF", opt: RejectNonCharacters, eopt: ErrNonCharacter},
}

// stringRows puts every text into every string of every packet.
func stringRows() (rows []row) {
	places := []struct {
		name string
		v    Version
		wire string // % stands for the string
	}{
		{"client identifier", MQTT5, `10 ["MQTT" 05 02 003C [] %]`},
		{"client identifier", MQTT311, `10 ["MQTT" 04 02 003C %]`},
		{"client identifier", MQTT31, `10 ["MQIsdp" 03 02 003C %]`},
		{"will topic", MQTT5, `10 ["MQTT" 05 06 003C [] "c" [] % ""]`},
		{"will topic", MQTT311, `10 ["MQTT" 04 06 003C "c" % ""]`},
		{"user name", MQTT5, `10 ["MQTT" 05 82 003C [] "c" %]`},
		{"user name", MQTT31, `10 ["MQIsdp" 03 82 003C "c" %]`},
		{"topic name", MQTT5, `30 [% [] 'x']`},
		{"topic name", MQTT311, `30 [% 'x']`},
		{"filter", MQTT5, `82 [0001 [] % 00]`},
		{"filter", MQTT311, `82 [0001 % 00]`},
		{"unsubscribed filter", MQTT5, `A2 [0001 [] %]`},
		{"unsubscribed filter", MQTT311, `A2 [0001 %]`},
		{"content type", MQTT5, `30 ["a" [03 %]]`},
		{"response topic", MQTT5, `30 ["a" [08 %]]`},
		{"name of a user property", MQTT5, `30 ["a" [26 % ""]]`},
		{"value of a user property", MQTT5, `30 ["a" [26 "" %]]`},
		{"reason string", MQTT5, `40 [0001 00 [1F %]]`},
		{"content type of a will", MQTT5, `10 ["MQTT" 05 06 003C [] "c" [03 %] "w" ""]`},
		{"authentication method", MQTT5, `F0 [18 [15 %]]`},
	}
	for _, place := range places {
		for _, text := range texts {
			if text.s == "" {
				continue // whether it may be empty is each packet's own test
			}
			packet := strings.ReplaceAll(place.wire, "%", fmt.Sprintf("%04X %X ", len(text.s), text.s))
			r := row{name: place.name + ": " + text.name, v: place.v, wire: packet, err: text.err, code: ReasonMalformedPacket}
			if place.v == MQTT31 {
				r.err = text.err3
			}
			if r.err == nil {
				p, err := decodeInto(nil, wire(packet), r.rules())
				if err != nil {
					panic(fmt.Sprintf("%s: %v", r.name, err))
				}
				r.want = p
			}
			rows = append(rows, r)
			if text.opt != 0 {
				r.name += ", refused"
				r.want, r.err, r.opt = nil, text.eopt, text.opt
				rows = append(rows, r)
				r.name += " but not by the other option"
				r.opt = strictText &^ text.opt
				r.err = nil
				r.want, _ = decodeInto(nil, wire(packet), r.rules())
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// TestTopics31: 3.1 keeps U+0000 out of topics, in either form, but not out of
// other strings.
func TestTopics31(t *testing.T) {
	for _, s := range []string{"a\x00b", "a\xC0\x80b"} {
		require.ErrorIs(t, checkTopicName(b(s), publishTopic, Rules{Version: MQTT31}), ErrNullCharacter)
		require.ErrorIs(t, checkTopicFilter(b(s), subscribeFilter, Rules{Version: MQTT31}), ErrNullCharacter)
		require.Nil(t, checkString(b(s), connectUserName, Rules{Version: MQTT31}))
	}
	require.Nil(t, checkTopicName(b("\xED\xA0\x80"), publishTopic, Rules{Version: MQTT31}))
	require.ErrorIs(t, checkTopicName(b("\xC0"), publishTopic, Rules{Version: MQTT31}), ErrNotUTF8)
}

// TestTextFastPath compares the passes over words with the plain definition, at
// every length and place that matters to them.
func TestTextFastPath(t *testing.T) {
	plainASCII := func(s []byte) bool {
		return bytes.IndexByte(s, 0) < 0 && bytes.IndexFunc(s, func(c rune) bool { return c >= utf8.RuneSelf }) < 0 && utf8.Valid(s)
	}
	for n := range 40 {
		s := bytes.Repeat([]byte{'a'}, n)
		require.True(t, isASCII(s) && isPlainTopic(s), n)
		for i := range n {
			for c := range 256 {
				s[i] = byte(c)
				want := plainASCII(s)
				require.Equal(t, want, isASCII(s), "%x", s)
				require.Equal(t, want && c != '+' && c != '#', isPlainTopic(s), "%x", s)
			}
			s[i] = 'a'
		}
	}
	// neighbours: a carry out of one byte must not hide what the next one is
	for _, pair := range []string{"\xFF\x00", "\x00\xFF", "\x81\x00", "\x80\x00", "\xFF\xFF", "\x00\x00", "+\xFF", "\xFF#"} {
		for i := range 14 {
			s := bytes.Repeat([]byte{'a'}, 16)
			copy(s[i:], pair)
			require.False(t, isASCII(s) && plainASCII(s) != true, "%x", s)
			require.False(t, isPlainTopic(s), "%x", s)
		}
	}
}

// TestPlainTextBesideAnything: what stands before a string makes no difference to
// the loops over many bytes at a time, which look at it when the string is short.
func TestPlainTextBesideAnything(t *testing.T) {
	for _, before := range []byte{0x00, 0x01, 0x7F, 0x80, 0xFF} {
		for n := range 20 {
			for at := range n + 1 {
				for _, c := range []byte{0x00, 0x01, 0x7F, 0x80, 0xFF} {
					s := bytes.Repeat([]byte{'a'}, n)
					if at < n {
						s[at] = c
					}
					content := appendBytes([]byte{byte(PropertyContentType)}, s)
					properties := append(appendBytes([]byte{byte(PropertyCorrelationData)}, bytes.Repeat([]byte{before}, 9)), content...)
					start, want := len(properties)-len(content), 0
					if isASCII(s) {
						want = len(properties)
					}
					require.Equal(t, want, plainTextEnd(properties, start+1), "%X", properties)
					end, _ := plainProperties(properties, 0, 0, propertySets[AnySender][PacketPublish])
					require.Equal(t, max(start, want), end, "%X", properties)
				}
			}
		}
	}
}

// TestCheckTextAgrees compares checkText with unicode/utf8 over every sequence
// of two bytes, and the edges of longer ones.
func TestCheckTextAgrees(t *testing.T) {
	check := func(s []byte) {
		got := checkText(s, publishTopic, Rules{Version: MQTT5})
		switch {
		case !utf8.Valid(s):
			require.True(t, got != nil, "%x", s)
		case bytes.IndexByte(s, 0) >= 0:
			require.Equal(t, &publishTopic[nullCharacter], got, "%x", s)
		default:
			require.Nil(t, got, "%x", s)
		}
	}
	for i := range 1 << 16 {
		check([]byte{byte(i >> 8), byte(i)})
	}
	edges := []byte{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF}
	for lead := 0xE0; lead < 0x100; lead++ {
		for _, b1 := range edges {
			for _, b2 := range edges {
				check([]byte{byte(lead), b1, b2})
				for _, b3 := range edges {
					check([]byte{byte(lead), b1, b2, b3})
				}
			}
		}
	}
}

// TestSurrogatePairs has characters beyond U+FFFF as 3.1 writes them: each half of
// a surrogate pair in three bytes.
func TestSurrogatePairs(t *testing.T) {
	r := Rules{Version: MQTT31, Options: RejectNonCharacters}
	for _, c := range []struct {
		name string
		s    string
		want error
	}{
		{"U+1FFFE", "\xED\xA0\xBF\xED\xBF\xBE", ErrNonCharacter},
		{"U+1FFFD", "\xED\xA0\xBF\xED\xBF\xBD", nil},
		{"U+20000", "\xED\xA1\x80\xED\xB0\x80", nil},
		{"U+10FFFF, behind others", "a\xED\xAF\xBF\xED\xBF\xBF", ErrNonCharacter},
		{"U+FFFF in its own three bytes", "\xEF\xBF\xBF", ErrNonCharacter},
		{"a high half alone", "\xED\xA0\xBF", nil},
		{"two high halves", "\xED\xA0\xBF\xED\xA0\xBF", nil},
		{"the halves the wrong way round", "\xED\xBF\xBE\xED\xA0\xBF", nil},
		{"the low half cut short", "\xED\xA0\xBF\xED\xBF", ErrNotUTF8},
		{"U+FFFD and a low half", "\xEF\xBF\xBD\xED\xBF\xBE", nil},
	} {
		packet := wire(fmt.Sprintf(`10 ["MQIsdp" 03 02 003C %04X %X]`, len(c.s), c.s))
		_, err := decodeInto(nil, packet, r)
		if c.want == nil {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorIs(t, err, c.want, c.name)
		}
	}
}
