package mqttwire

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestValidTopicName(t *testing.T) {
	for _, s := range []string{"a", "/", "//", "a/b", "/a", "a/", " ", "a b", "$SYS/x", "$share/g/t", "ä/€/😀", "\uFEFF", strings.Repeat("x", 65535)} {
		require.True(t, ValidTopicName(b(s)), "%.40q", s)
	}
	for _, s := range []string{"", "+", "#", "a/+", "a/#", "a+b", "sport/tennis#", "ä+", "\x00", "a\x00", "\xFF", "\xED\xA0\x80", strings.Repeat("x", 65536)} {
		require.False(t, ValidTopicName(b(s)), "%.40q", s)
	}
}

func TestValidTopicFilter(t *testing.T) {
	for _, s := range []string{"#", "/", "//", "+", "/+", "+/+", "+/tennis/#", "sport/#", "sport/+/player1", "a//b", "/#", "+/#", "$SYS/#",
		"$share/g/t", "$share", "ä/+/😀/#", strings.Repeat("x", 65535)} {
		require.True(t, ValidTopicFilter(b(s)), "%.40q", s)
	}
	for _, s := range []string{"", "sport#", "sport/tennis#", "sport/#/ranking", "#/a", "sport+", "+a", "a/+b", "a/b+/c", "##", "+#", "++", "#+", "#/",
		"\x00", "a\x00/+", "\xFF/#", strings.Repeat("x", 65536)} {
		require.False(t, ValidTopicFilter(b(s)), "%.40q", s)
	}
}

// TestWildcardsBesideAnything: no neighbour hides a misplaced wildcard, wherever
// the two are in the words that filters are read by.
func TestWildcardsBesideAnything(t *testing.T) {
	for c := rune(1); c <= 0x10FFFF; c++ {
		if c == '/' || !utf8.ValidRune(c) || c > 0x900 && c&0x3F > 2 && c&0x3F < 0x3E {
			continue
		}
		for _, pad := range []string{"", "abcdefg", "abc"} {
			for _, wildcard := range []string{"+", "#"} {
				beside := pad + string(c) + wildcard
				require.False(t, ValidTopicFilter(b(beside)), "%q", beside)
				require.False(t, ValidTopicFilter(b(beside+"abcdefgh")), "%q", beside+"abcdefgh")
				require.False(t, ValidTopicFilter(b(wildcard+string(c)+pad+"abcdefgh")), "%q", wildcard+string(c)+pad+"abcdefgh")
			}
			require.True(t, ValidTopicFilter(b(pad+string(c)+"/+/abcdefgh/"+string(c)+"/#")) || c == '+' || c == '#', "%q", c)
		}
	}
}

func TestParseSharedFilter(t *testing.T) {
	tests := []struct {
		filter, share, topic string
		shared               bool
		err                  error
	}{
		{"a/b", "", "a/b", false, nil},
		{"$share", "", "$share", false, nil},
		{"$shares/g/t", "", "$shares/g/t", false, nil},
		{"$SHARE/g/t", "", "$SHARE/g/t", false, nil},
		{"$share/g/t", "g", "t", true, nil},
		{"$share/g/#", "g", "#", true, nil},
		{"$share/g/+/t", "g", "+/t", true, nil},
		{"$share/g//finance", "g", "/finance", true, nil},
		{"$share/g/$share/h/t", "g", "$share/h/t", true, nil},
		{"$share/ä/t", "ä", "t", true, nil},
		{"$share//t", "", "", true, ErrShareName},
		{"$share/g", "", "", true, ErrShareFilter},
		{"$share/g/", "", "", true, ErrShareFilter},
		{"$share/", "", "", true, ErrShareName},
		{"$share//", "", "", true, ErrShareName},
		{"$share/+/t", "", "", true, ErrShareFilter},
		{"$share/#", "", "", true, ErrShareFilter},
		{"$share/g+/t", "", "", true, ErrFilterPlus},
		{"$share/g#/t", "", "", true, ErrFilterHash},
		{"$share/g/a#", "", "", true, ErrFilterHash},
		{"$share/g/\x00", "", "", true, ErrNullCharacter},
		{"a/#/b", "", "", false, ErrFilterHash},
		{"", "", "", false, ErrTopicEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			in := b(tt.filter)
			share, topic, shared, err := ParseSharedFilter(in)
			require.Equal(t, tt.shared, shared)
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				require.Nil(t, topic)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.share, string(share))
			require.Equal(t, tt.topic, string(topic))
			if shared {
				_ = append(share, 'X')
				require.Equal(t, tt.filter, string(in), "appending to the name leaves the filter alone")
			}
		})
	}
}
