package inspect

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// sample is a packet of the root's testdata/packets, whose README has the format.
type sample struct {
	name   string
	bytes  []byte
	rules  mqttwire.Rules
	fields []string // of a legal packet: what Wireshark says, "key: value"
	clause string   // of an illegal packet: the version and the clause
	reason string   // and the reason code
}

// samples reads the packets of a folder.
func samples(t testing.TB, folder string) (all []sample) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "testdata", folder, "*.hex"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		s := sample{name: strings.TrimSuffix(filepath.Base(path), ".hex")}
		for line := range strings.Lines(string(text)) {
			line, comment := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "# ")
			if !comment {
				s.bytes = unhex(t, line)
				continue
			}
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case strings.HasPrefix(key, "mqtt."):
				s.fields = append(s.fields, key+": "+value)
			case key == "version":
				s.rules.Version = map[string]mqttwire.Version{"3.1": mqttwire.MQTT31, "3.1.1": mqttwire.MQTT311, "5.0": mqttwire.MQTT5}[value]
			case key == "sender":
				s.rules.Sender = map[string]mqttwire.Sender{"client": mqttwire.Client, "server": mqttwire.Server}[value]
			case key == "clause":
				s.clause = value
			case key == "reason":
				s.reason = value
			}
		}
		require.NotEmpty(t, s.bytes, path)
		all = append(all, s)
	}
	return all
}

// unhex reads hexadecimal with spaces.
func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	require.NoError(t, err, text)
	return b
}
