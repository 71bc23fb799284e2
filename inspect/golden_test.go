package inspect

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s; -update writes it anew", path)
}

// renderings is what the golden files show.
var renderings = []struct {
	name   string
	rules  mqttwire.Rules
	packet string
}{
	{"connect-bad", mqttwire.Rules{Sender: mqttwire.Client},
		"10 .. 0004 4d515454 05 c7 003c 08 210000 11 0000003c 0006 6465ff766963 02 0101 0008 686f6d652f6c2f23 0003 6f6666 0005 61646d696e 0006 7075626c6963"},
	{"connect-good", mqttwire.Rules{Sender: mqttwire.Client},
		"10 .. 0004 4d515454 05 c6 003c 08 21000a 11 0000003c 0006 646576696365 02 0101 0006 686f6d652f6c 0003 6f6666 0005 61646d696e 0006 7075626c6963"},
	{"connect-cut-short", mqttwire.Rules{Sender: mqttwire.Client},
		"10 20 0004 4d515454 04 c2 003c 0006 6465"},
	{"connect-level-6", mqttwire.Rules{Sender: mqttwire.Client},
		"10 .. 0004 4d515454 06 02 003c 00 0006 646576696365"},
	{"publish-long", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client},
		"32 80 02 0050" + strings.Repeat("61", 70) + "23" + strings.Repeat("62", 9) + "0007 09 26 0001 6b 0003 76c3a9" + strings.Repeat("7b7d", 81)},
	{"subscribe-bad", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client},
		"82 .. 0001 02 0b00 0005 612f622b2f 01 0003 612f62 f4 0000 00"},
	{"puback-short", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server}, "40 .. 0001"},
	{"disconnect-unknown-property", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server, Options: mqttwire.AllowAckFlags},
		"e0 .. 8e 0a 1f 0002 6f6b 7f 0102 0304 ff"},
	{"endless", mqttwire.Rules{Version: mqttwire.MQTT311, Sender: mqttwire.Client}, "30 ffffffff 7f 0001 61"},
	{"connack-older", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server}, "20 .. 0001"},
}

// TestGolden compares renderings with the files of testdata.
func TestGolden(t *testing.T) {
	for _, r := range renderings {
		t.Run(r.name, func(t *testing.T) {
			report := Inspect(packetOf(t, r.packet), r.rules)
			golden(t, r.name+".txt", report.AppendText(nil, Style{}))
			var indented bytes.Buffer
			require.NoError(t, json.Indent(&indented, report.AppendJSON(nil, Style{}), "", "  "))
			golden(t, r.name+".json", append(indented.Bytes(), '\n'))
		})
	}
	bad := Inspect(packetOf(t, renderings[0].packet), renderings[0].rules)
	golden(t, "connect-bad-color.txt", bad.AppendText(nil, Style{Color: true}))
	golden(t, "connect-bad-secrets.txt", bad.AppendText(nil, Style{Secrets: true}))
	long := Inspect(packetOf(t, renderings[4].packet), renderings[4].rules)
	golden(t, "publish-long-long.txt", long.AppendText(nil, Style{Long: true}))
}

// TestColorsAddNothing: without its escape codes a coloured text is the plain one.
func TestColorsAddNothing(t *testing.T) {
	for _, r := range renderings {
		report := Inspect(packetOf(t, r.packet), r.rules)
		colored := string(report.AppendText(nil, Style{Color: true}))
		require.Contains(t, colored, "\x1b[")
		for _, code := range []string{colorOffset, colorName, colorValue, colorRight, colorWrong, colorWaiting, "0"} {
			colored = strings.ReplaceAll(colored, "\x1b["+code+"m", "")
		}
		var lines []string
		for line := range strings.Lines(colored) {
			lines = append(lines, strings.TrimRight(line, " \n"))
		}
		require.Equal(t, report.String(), strings.Join(lines, "\n")+"\n")
	}
}

// unmarked is the violations that the text does not mark at their place.
func unmarked(report *Report) (all []Violation) {
	p := newPrinter(report, Style{})
	p.nodes(report.Tree.Children, 0)
	for i, shown := range p.shown {
		if !shown {
			all = append(all, report.Violations[i])
		}
	}
	return all
}

// TestEveryViolationIsMarked: below the bytes that it is about.
func TestEveryViolationIsMarked(t *testing.T) {
	for _, row := range ruleTable {
		report := Inspect(packetOf(t, row.wrong), mqttwire.Rules{Version: row.version, Sender: row.sender})
		require.NotEmpty(t, report.Violations)
		require.Empty(t, unmarked(&report), "%s", row.wrong)
	}
	for _, s := range samples(t, "packets") {
		for _, b := range mutations(s.bytes) {
			report := Inspect(b, s.rules)
			require.Empty(t, unmarked(&report), "%x\n%s", b, &report)
		}
	}
}
