package inspect

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// rulesOf makes Rules of fuzzed numbers.
func rulesOf(version, sender uint8, options uint32) mqttwire.Rules {
	return mqttwire.Rules{
		Version: [...]mqttwire.Version{0, mqttwire.MQTT31, mqttwire.MQTT311, mqttwire.MQTT5}[version%4],
		Sender:  mqttwire.Sender(sender % 3),
		Options: mqttwire.Options(options) & mqttwire.AllOptions,
	}
}

// addSeeds adds the packets of testdata, right and wrong.
func addSeeds(f *testing.F) {
	f.Helper()
	for _, s := range append(samples(f, "packets"), samples(f, "packets/illegal")...) {
		f.Add(s.bytes, uint8(s.rules.Version-2), uint8(s.rules.Sender), uint32(0))
		f.Add(s.bytes, uint8(0), uint8(0), uint32(mqttwire.AllOptions))
	}
}

// FuzzInspect looks for input that root and Inspect judge or read differently.
func FuzzInspect(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte, version, sender uint8, options uint32) {
		r := rulesOf(version, sender, options)
		if d := disagreement(b, r); d != "" {
			t.Fatalf("%x\n%s, %s, %s\n%s", b, r.Version, r.Sender, r.Options, d)
		}
	})
}

// FuzzInspectBytes looks for input that makes Inspect or a renderer panic, leave
// bytes out of the tree, or write what is no text or no JSON. Rules are any numbers.
func FuzzInspectBytes(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte, version, sender uint8, options uint32) {
		before := bytes.Clone(b)
		report := Inspect(b, mqttwire.Rules{Version: mqttwire.Version(version), Sender: mqttwire.Sender(sender), Options: mqttwire.Options(options)})
		require.Empty(t, uncovered(&report))
		for _, style := range []Style{{}, {Color: true, Secrets: true, Long: true}} {
			text := string(report.AppendText(nil, style))
			require.True(t, utf8.ValidString(text))
			for _, v := range report.Violations[:min(20, len(report.Violations))] { // at its place, and in the list
				require.GreaterOrEqual(t, strings.Count(text, v.Problem), 2, "%s", text)
			}
			var decoded map[string]any
			require.NoError(t, json.Unmarshal(report.AppendJSON(nil, style), &decoded))
			require.Len(t, decoded["violations"], len(report.Violations))
		}
		require.Empty(t, unmarked(&report))
		require.Equal(t, before, b)
		require.Equal(t, report.Outcome() == Accepted, len(report.Violations) == 0 && report.Missing == 0)
	})
}
