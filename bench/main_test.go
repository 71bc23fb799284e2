package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary be the program itself, as judge starts it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == judgeCommand {
		main()
	}
	node.err = startNode("..")
	os.Exit(m.Run())
}

// bench runs the program and returns what it prints.
func bench(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(args, &out, &err)
	return status, out.String(), err.String()
}

func TestBadArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--passes", "0"}, "--passes: 0 is not at least 1"},
		{[]string{"--slice", "0s"}, "--slice: 0s is not more than 0"},
		{[]string{"--only", "("}, "--only: error parsing regexp"},
		{[]string{"--nonsense"}, "unknown flag: --nonsense"},
		{[]string{"drawing"}, `nothing can be done with "drawing"`},
		{[]string{"draw"}, "draw needs --json FILE"},
		{[]string{"--root"}, "flag needs an argument: --root"},
	} {
		status, stdout, stderr := bench(c.args...)
		require.Equal(t, exitUsage, status, c.args)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.want)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}

func TestErrors(t *testing.T) {
	folder := t.TempDir()
	garbage := filepath.Join(folder, "garbage.json")
	require.NoError(t, os.WriteFile(garbage, []byte("{"), 0o644))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--root", folder}, "no packets in " + folder},
		{[]string{"--only", "no such work"}, `--only: no work matches "no such work"`},
		{[]string{"draw", "--json", filepath.Join(folder, "none.json")}, "no such file"},
		{[]string{"draw", "--json", garbage}, "garbage.json: unexpected end of JSON input"},
		{[]string{judgeCommand}, "this is for the program itself"},
		{[]string{judgeCommand, "..", "nobody", "0"}, "this is for the program itself"},
	} {
		status, stdout, stderr := bench(c.args...)
		require.Equal(t, exitBad, status, c.args)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.want)
	}
}

func TestHelp(t *testing.T) {
	status, stdout, stderr := bench("--help")
	require.Equal(t, exitOK, status)
	require.Empty(t, stderr)
	require.Contains(t, stdout, "--passes")
}

// TestMeasureAndDraw goes all the way on a little work.
func TestMeasureAndDraw(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "results.json")
	status, stdout, stderr := bench("--passes", "2", "--slice", "50us", "--only", "packets (PINGREQ|PUBLISH)|growth, size", "--json", file)
	require.Equal(t, exitOK, status, stderr)
	require.Contains(t, stdout, "mqttwire against the limits")
	require.Contains(t, stdout, "medians of 2 passes")
	require.NotContains(t, stdout, "CONNECT 5.0")

	r, err := readReport(file)
	require.NoError(t, err)
	require.Equal(t, "go run ./bench --passes 2 --slice 50µs --only 'packets (PINGREQ|PUBLISH)|growth, size'", r.Machine.Command)
	g := r.section(packetSection)[0]
	require.Equal(t, "PUBLISH 3.1.1, 64 B", g.Name)
	require.Equal(t, 64, g.Size)
	c := g.cell("mqttwire", opDecode)
	require.Positive(t, c.Ns)
	require.LessOrEqual(t, c.Q1, c.Ns)
	require.LessOrEqual(t, c.Ns, c.Q3)
	require.Equal(t, 1.0, c.Times)
	require.Zero(t, c.Allocs)
	require.Zero(t, c.Bytes)

	page := filepath.Join(folder, "PERFORMANCE.md")
	require.NoError(t, os.WriteFile(page, []byte("# Speed\n\n<!-- table summary -->\nold\n<!-- end -->\n\n<!-- table rules -->\nkept\n<!-- end -->\nend\n"), 0o644))
	status, stdout, stderr = bench("draw", "--json", file, "--into", folder)
	require.Equal(t, exitOK, status, stderr)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), "# Speed\n\n<!-- table summary -->\n\n| packet "), string(text))
	require.NotContains(t, string(text), "old")
	require.True(t, strings.HasSuffix(string(text), "<!-- table rules -->\nkept\n<!-- end -->\nend\n"), string(text))
	for _, name := range []string{"next", "limits", "decode", "encode", "growth-size"} {
		path := filepath.Join(folder, "bench", "pictures", name+".svg")
		require.Contains(t, stdout, path)
		svg, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(svg), "</svg>")
	}

	before := string(text)
	status, _, stderr = bench("draw", "--json", file, "--into", folder)
	require.Equal(t, exitOK, status, stderr)
	text, err = os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, before, string(text), "drawing again changes nothing")

	require.NoError(t, os.WriteFile(page, []byte("<!-- table summary -->\nno end"), 0o644))
	status, _, stderr = bench("draw", "--json", file, "--into", folder)
	require.Equal(t, exitBad, status)
	require.Contains(t, stderr, `the marker of table "summary" is not closed`)
}

// TestTablesFit: no line of the tables is wider than a terminal, even if all is
// slow.
func TestTablesFit(t *testing.T) {
	r := &report{Machine: thisMachine(40, 0), Codecs: describe(nil)}
	for _, g := range everyGroup() {
		for _, c := range g.timed() {
			c.ns, c.bytes, c.allocs = []float64{12345.678}, 12345.678, 123
			if e := entryNamed(c.codec); e == nil || e.ours() {
				c.ns[0], c.bytes, c.allocs = 345.6, 0, 0
			}
		}
		r.Groups = append(r.Groups, g.summarize())
	}
	var out bytes.Buffer
	r.print(&out)
	require.Len(t, r.tables(), 13) // not the rules, which are not judged, and no losses
	for line := range strings.Lines(out.String()) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), lineWidth, line)
	}
}
