package main

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

func TestHexReader(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"stream":              {"100e0004", "100e0004"},
		"capitals":            {"AbCdEf", "abcdef"},
		"spaces and lines":    {" 10\t0e\r\n\f\v00 04\n", "100e0004"},
		"line inside a byte":  {"100\ne0\n004", "100e0004"},
		"colons":              {"10:0e:00:04", "100e0004"},
		"hyphens":             {"10-0e-00-04", "100e0004"},
		"commas and 0x":       {"0x10, 0x0E,0X00, 0x04,", "100e0004"},
		"long words with 0x":  {"0x100e 0x0004", "100e0004"},
		"one digit after 0x":  {"0x1 0xe", "010e"},
		"zero is not 0x":      {"00 0 0", "0000"},
		"comments":            {"# all: 12\n10 # 34\n  #56\n0e#78", "100e"},
		"comment in a byte":   {"1#2\n0", "10"},
		"byte order mark":     {"\xEF\xBB\xBF10", "10"},
		"only comments":       {"# nothing", ""},
		"very long comment":   {"# " + strings.Repeat("x", 20000) + "\n10", "10"},
		"very long text":      {strings.Repeat("0123456789abcdef\n", 3000), strings.Repeat("0123456789abcdef", 3000)},
		"0x at the very end":  {"10 0x", "10"},
		"0x and one at end":   {"10 0x5", "1005"},
		"separators only":     {" :,-\n", ""},
		"comment after bytes": {"10 0e # version: 9", "100e"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
				h := newHexReader(bufio.NewReader(wrap(strings.NewReader(test.text))))
				_, err := h.comments()
				require.NoError(t, err)
				b, err := io.ReadAll(iotest.OneByteReader(h))
				require.NoError(t, err)
				require.Equal(t, unhex(t, test.want), append([]byte{}, b...))
				require.Equal(t, len(b), h.bytes)
			}
		})
	}
}

func TestHexErrors(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"half a byte":        {"10 0", "line 1: the last byte has only one hex digit"},
		"no digit":           {"10\n# x\n0g", "line 3: 'g' is not a hex digit"},
		"x without 0":        {"10 1x", "line 1: 'x' is not a hex digit"},
		"x inside":           {"10 00x", "line 1: 'x' is not a hex digit"},
		"0x twice":           {"0x0x10", "line 1: 'x' is not a hex digit"},
		"0x inside a byte":   {"1 0x10", "line 1: 'x' is not a hex digit"},
		"three digits at 0x": {"0x123", "line 1: the last byte has only one hex digit"},
		"no bytes":           {"# nothing\n\n", "no bytes in the hex text"},
		"bad version":        {"# version: 6\n00", `comment version: "6" is not 3.1, 3.1.1 or 5.0`},
		"bad sender":         {"# sender: me\n00", `comment sender: "me" is not client, server or any`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := dump(t, []byte(test.text))
			lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
			require.Equal(t, "mqttdump: standard input: "+test.want, lines[0])
			require.Equal(t, exitBad, r.status)
		})
	}
}

// Read errors come through, whatever has been read before.
func TestHexReadError(t *testing.T) {
	for _, text := range []string{"", "# comm", "10 0e 00 04"} {
		var stdout, stderr strings.Builder
		in := io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrClosedPipe))
		require.Equal(t, exitBad, run(nil, in, &stdout, &stderr))
		require.Contains(t, stderr.String(), "mqttdump: standard input: reading: io: read/write on closed pipe\n")
	}
}

func TestHex(t *testing.T) {
	tests := map[string]struct {
		args   []string
		text   string
		want   []string
		status int
	}{
		"one side, from its CONNECT": {
			nil, connect311 + publish + disconnect,
			[]string{"#1 C>S " + connectLine, "#1 C>S " + publishLine, `#1 C>S DISCONNECT reason="0x00 Normal disconnection"`}, exitOK,
		},
		"server by flags": {
			[]string{"--version", "5.0", "--sender=server"}, connack5,
			[]string{`#1 S>C CONNACK reason="0x00 Success"`}, exitOK,
		},
		"server by comments": {
			nil, "# A CONNACK.\n# Version: 5.0\n# sender: server\n" + connack5,
			[]string{`#1 S>C CONNACK reason="0x00 Success"`}, exitOK,
		},
		"flags before comments": {
			[]string{"--version=3.1.1", "--sender", "client"}, "# version: 5.0\n# sender: server\n" + publish,
			[]string{"#1 C>S " + publishLine}, exitOK,
		},
		"version without sender": {
			[]string{"--version=3.1.1"}, "c000 d000",
			[]string{"#1 ? PINGREQ", "#1 ? PINGRESP"}, exitOK,
		},
		"both sides": {
			[]string{"--sender=any"}, connect311 + connack311,
			[]string{"#1 ? " + connectLine, `#1 ? CONNACK reason="0x00 Success"`}, exitOK,
		},
		"no CONNECT and no version": {
			nil, publish,
			[]string{"#1 ? NOTE no CONNECT tells the version: guessed 3.1.1", "#1 ? " + publishLine}, exitOK,
		},
		"wrong side": {
			[]string{"--version=3.1.1", "--sender=client"}, "c000 d000",
			[]string{"#1 C>S PINGREQ", "#1 C>S ERROR " + wrong(t, mqttwire.MQTT311, mqttwire.Client, "d0 00") + ", offset 2; answer: close the connection"}, exitBad,
		},
		"in the middle of a connection": {
			[]string{"--version=5.0", "--sender=client"}, "e0 01 ff",
			[]string{"#1 C>S ERROR " + wrong(t, mqttwire.MQTT5, mqttwire.Client, "e0 01 ff") + ", offset 0; answer: DISCONNECT 0x82 Protocol Error, then close"}, exitBad,
		},
		"incomplete": {
			nil, connect311 + "30 09 00",
			[]string{"#1 C>S " + connectLine, "#1 C>S ERROR incomplete PUBLISH: the stream ends after 3 of its 11 bytes, at offset 17"}, exitBad,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := dump(t, []byte(test.text), test.args...)
			require.Equal(t, test.want, r.packets())
			require.Equal(t, test.status, r.status)
			for line := range strings.Lines(r.stdout) {
				require.True(t, strings.HasPrefix(line, "- #"), "hex text has no time")
			}
		})
	}
}
