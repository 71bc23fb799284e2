package mqttwire

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample is a file of testdata/packets: a packet from a capture, and what is
// expected of it. testdata/README.md describes the format.
type sample struct {
	name    string
	version Version
	sender  Sender
	bytes   []byte

	fields []dissected // of a legal packet: what tshark says of it

	clause string     // of an illegal packet: version and clause
	reason ReasonCode // and its reason code
}

func (s sample) rules() Rules { return Rules{Version: s.version, Sender: s.sender} }

// decoder is a Decoder at the point where the packet arrives: the version is
// known unless the packet is the CONNECT that brings it.
func (s sample) decoder() *Decoder {
	d := &Decoder{Rules: s.rules()}
	if PacketType(s.bytes[0]>>4) == PacketConnect {
		d.Version = 0
	}
	return d
}

// readSamples reads the files of a folder of testdata, in the order of their
// names. It takes nothing that it does not know.
func readSamples(t *testing.T, folder string) (samples []sample) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.hex"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		samples = append(samples, parseSample(t, path, string(text)))
	}
	return samples
}

func parseSample(t *testing.T, path, text string) sample {
	t.Helper()
	s := sample{name: strings.TrimSuffix(filepath.Base(path), ".hex")}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	stream := lines[len(lines)-1]
	seen := map[string]bool{}
	for _, line := range lines[:len(lines)-1] {
		line, ok := strings.CutPrefix(line, "# ")
		require.True(t, ok, "%s: %q", path, line)
		key, value, ok := strings.Cut(line, ":")
		require.True(t, ok, "%s: %q", path, line)
		value = strings.TrimPrefix(value, " ")
		if strings.HasPrefix(key, "mqtt.") {
			s.fields = append(s.fields, dissected{key, value})
			continue
		}
		require.False(t, seen[key], "%s: %s twice", path, key)
		seen[key] = true
		switch key {
		case "version":
			s.version = map[string]Version{"3.1": MQTT31, "3.1.1": MQTT311, "5.0": MQTT5}[value]
			require.NotZero(t, s.version, "%s: version %q", path, value)
		case "sender":
			s.sender = map[string]Sender{"client": Client, "server": Server}[value]
			require.NotZero(t, s.sender, "%s: sender %q", path, value)
		case "clause":
			s.clause = value
		case "reason":
			code, err := strconv.ParseUint(value, 0, 8)
			require.NoError(t, err, path)
			s.reason = ReasonCode(code)
		case "name", "source", "error":
			require.NotEmpty(t, value, "%s: %s", path, key)
		default:
			require.Fail(t, "unknown line", "%s: %q", path, line)
		}
	}
	for _, key := range []string{"name", "version", "sender", "source"} {
		require.True(t, seen[key], "%s: no %s", path, key)
	}
	var err error
	s.bytes, err = hex.DecodeString(stream)
	require.NoError(t, err, path)
	require.Equal(t, hex.EncodeToString(s.bytes), stream, "%s: not in lower case", path)
	return s
}

// TestPackets holds real packets, and every field that tshark finds in them,
// against what they decode to, and encodes that again.
func TestPackets(t *testing.T) {
	for _, s := range readSamples(t, "packets") {
		t.Run(s.name, func(t *testing.T) {
			require.NotEmpty(t, s.fields)
			h, n, err := ConsumeFixedHeader(s.bytes)
			require.NoError(t, err)
			require.Equal(t, len(s.bytes), n+h.RemainingLength)
			p := newPacket(h.Type)
			require.NoError(t, p.Decode(h, s.bytes[n:], s.rules()))
			require.Equal(t, s.fields, dissect(h, p, s.version))

			require.Equal(t, len(s.bytes), p.Size(s.version))
			out, err := p.Append(nil, s.rules())
			require.NoError(t, err)
			require.Equal(t, hex.EncodeToString(s.bytes), hex.EncodeToString(out))

			// the Decoder, with the next packet on its heels
			d := s.decoder()
			again, n, err := d.Decode(append(s.bytes[:len(s.bytes):len(s.bytes)], 0xC0, 0))
			require.NoError(t, err)
			require.Equal(t, len(s.bytes), n)
			require.Equal(t, s.version, d.Version)
			require.Equal(t, s.fields, dissect(h, again, s.version))
		})
	}
}

// TestPacketsAreOfEveryKind: there is a packet of every type, in every version
// that has it, from each side that sends it.
func TestPacketsAreOfEveryKind(t *testing.T) {
	have := map[string]bool{}
	kind := func(t PacketType, s Sender, v Version) string { return fmt.Sprint(t, " from ", s, " in ", v) }
	for _, s := range readSamples(t, "packets") {
		have[kind(PacketType(s.bytes[0]>>4), s.sender, s.version)] = true
	}
	for p := PacketConnect; p <= PacketAuth; p++ {
		for _, s := range []Sender{Client, Server} {
			for _, v := range []Version{MQTT31, MQTT311, MQTT5} {
				require.Equal(t, p.SentBy(s, v), have[kind(p, s, v)], kind(p, s, v))
			}
		}
	}
}

// TestPacketsIllegal: each is refused, with its reason code and clause.
func TestPacketsIllegal(t *testing.T) {
	for _, s := range readSamples(t, "packets/illegal") {
		t.Run(s.name, func(t *testing.T) {
			require.Empty(t, s.fields)
			require.NotEmpty(t, s.clause)
			require.NotZero(t, s.reason)
			_, err := decodeInto(nil, s.bytes, s.rules())
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, s.reason, e.ReasonCode())
			clause := s.clause
			require.Equal(t, clause, s.version.String()+" "+e.Clause(s.version))

			_, n, again := s.decoder().Decode(s.bytes)
			require.Zero(t, n)
			require.Same(t, e, again)
		})
	}
}
