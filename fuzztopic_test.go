package mqttwire

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzTopic compares the checks of names and filters with the plain ones below.
func FuzzTopic(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text.s), byte(MQTT5), uint32(text.opt))
		f.Add([]byte(text.s), byte(MQTT31), uint32(text.opt))
	}
	for _, s := range []string{"/", "//", "a/b", "+", "#", "+/+", "+/tennis/#", "sport/#/x", "a+", "+a/b", "##", "#/", "$SYS/#",
		"$share", "$share/", "$share//t", "$share/g", "$share/g/", "$share/g/t", "$share/+/t", "$share/g+/t", "$share/#", "$share/g/+/#",
		"$share/g//", "$SHARE/g", "12345678/abcdefgh/#"} {
		f.Add([]byte(s), byte(MQTT311), uint32(0))
	}
	f.Fuzz(func(t *testing.T, s []byte, version byte, options uint32) {
		r := rulesOf(version, 0, options)
		require.Equal(t, plainText(s, r) && len(s) <= 65535, checkString(s, connectUserName, r) == nil, "string")
		require.Equal(t, plainName(s, r), checkTopicName(s, publishTopic, r) == nil, "name")
		require.Equal(t, plainFilter(s, r), checkTopicFilter(s, subscribeFilter, r) == nil, "filter")
		_, e := checkFilter(s, subscribeFilter, r)
		_, _, proper := plainShare(s)
		shared := r.Version == MQTT5 && bytes.HasPrefix(s, []byte("$share/"))
		require.Equal(t, plainFilter(s, r) && (!shared || proper), e == nil, "filter of a request")

		v5 := Rules{Version: MQTT5}
		require.Equal(t, plainName(s, v5), ValidTopicName(s))
		require.Equal(t, plainFilter(s, v5), ValidTopicFilter(s))
		requireFree(t, func() { ValidTopicName(s); ValidTopicFilter(s); ParseSharedFilter(s) })

		shareName, topicFilter, isShared, err := ParseSharedFilter(s)
		require.Equal(t, bytes.HasPrefix(s, []byte("$share/")), isShared)
		require.Equal(t, plainFilter(s, v5) && (!isShared || proper), err == nil)
		wantName, wantFilter := "", string(s)
		switch {
		case err != nil:
			wantFilter = ""
		case isShared:
			wantName, wantFilter, _ = plainShare(s)
		}
		require.Equal(t, wantName, string(shareName))
		require.Equal(t, wantFilter, string(topicFilter))
		if err == nil {
			require.True(t, ValidTopicFilter(topicFilter), "what is left of %q is a filter", s)
		}
	})
}

// half is the half of a surrogate pair that s begins with, or 0.
func half(s []byte) rune {
	if len(s) < 3 || s[0] != 0xED || s[1]>>5 != 0b101 || s[2]>>6 != 0b10 {
		return 0
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
}

// withoutJava replaces what only Java's writeUTF writes, which 3.1 section 2.5
// names: U+0000 in two bytes, and each half of a surrogate pair in three. A whole
// pair becomes its character.
func withoutJava(s []byte) (plain []byte) {
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case len(rest) >= 2 && rest[0] == 0xC0 && rest[1] == 0x80:
			plain = append(plain, 0)
			i++
		case len(rest) >= 3 && rest[0] == 0xED && rest[1] >= 0xA0 && rest[1] <= 0xBF && rest[2] >= 0x80 && rest[2] <= 0xBF:
			if c := utf16.DecodeRune(half(rest), half(rest[3:])); c != utf8.RuneError {
				plain = utf8.AppendRune(plain, c)
				i += 3
			} else {
				plain = append(plain, 'x')
			}
			i += 2
		default:
			plain = append(plain, s[i])
		}
	}
	return plain
}

// plainText is a UTF-8 Encoded String: 5.0 section 1.5.4, 3.1.1 section 1.5.3, 3.1
// section 2.5.
func plainText(s []byte, r Rules) bool {
	if r.Version == MQTT31 {
		s = withoutJava(s)
	} else if bytes.IndexByte(s, 0) >= 0 {
		return false
	}
	if !utf8.Valid(s) {
		return false
	}
	for _, c := range string(s) {
		control := c >= 1 && c <= 0x1F || c >= 0x7F && c <= 0x9F
		nonCharacter := c >= 0xFDD0 && c <= 0xFDEF || c%0x10000 >= 0xFFFE
		if control && r.Options&RejectControlCharacters != 0 || nonCharacter && r.Options&RejectNonCharacters != 0 {
			return false
		}
	}
	return true
}

// plainTopic is what Topic Names and Topic Filters have in common: 5.0 and 3.1.1
// section 4.7.3, 3.1 appendix A.
func plainTopic(s []byte, r Rules) bool {
	null := bytes.Contains(s, []byte{0}) || bytes.Contains(s, []byte{0xC0, 0x80})
	return len(s) >= 1 && len(s) <= 65535 && !null && plainText(s, r)
}

// plainName: 5.0 [MQTT-4.7.0-1].
func plainName(s []byte, r Rules) bool { return plainTopic(s, r) && !bytes.ContainsAny(s, "+#") }

// plainFilter: a wildcard is a whole level, and # is the last: 5.0 section 4.7.1.
func plainFilter(s []byte, r Rules) bool {
	levels := strings.Split(string(s), "/")
	for i, level := range levels {
		last := i == len(levels)-1
		if strings.ContainsAny(level, "+#") && level != "+" && !(level == "#" && last) {
			return false
		}
	}
	return plainTopic(s, r)
}

// plainShare takes a Shared Subscription apart, 5.0 section 4.8.2: $share, a
// ShareName of at least one character without / + #, and a Topic Filter.
func plainShare(s []byte) (name, filter string, ok bool) {
	levels := strings.SplitN(string(s), "/", 3)
	if len(levels) < 3 || levels[0] != "$share" || levels[1] == "" || levels[2] == "" || strings.ContainsAny(levels[1], "+#") {
		return "", "", false
	}
	return levels[1], levels[2], true
}
