package mqttwire_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the conformance files anew")

const conformanceFolder = "testdata/conformance"

// generated is the files that the cases make, by path.
func generated(t *testing.T) map[string][]byte {
	t.Helper()
	clauses := mqttwire.ReadClauses(t)
	cases := mqttwire.ConformanceCases(clauses)
	for i := range cases {
		explain(&cases[i])
	}
	files, lines := caseFiles(t, cases)
	values := mqttwire.ConformanceValues()
	for i := range clauses {
		clauses[i].Cases = mqttwire.CasesOf(clauses[i], cases, values)
	}
	files[mqttwire.ClausesPath] = clauseFile(t, clauses)
	d := document{clauses: clauses, cases: cases, values: values, lines: lines, code: readCode(t)}
	files["CONFORMANCE.md"] = d.report(t)
	return files
}

// explain fills in what has to be read from the packet: the legend and the fields. The
// packet is read by package inspect; TestConformance holds the fields against what this
// package reads.
func explain(c *mqttwire.ConformanceCase) {
	report := inspect.Inspect(c.Packet(), c.Rules())
	for n := range report.Tree.All() {
		if n.IsLeaf() && n.Length > 0 {
			c.Legend = append(c.Legend, legend(n, report.Bytes[n.Offset:n.Offset+n.Length]))
		}
		if c.Verdict == "accept" && isValue(n) {
			c.Fields = append(c.Fields, valueField(n))
		}
	}
}

// legend is a line on the bytes of a node.
func legend(n *inspect.Node, b []byte) string {
	line := hex.EncodeToString(b) + " " + n.Name
	switch {
	case n.Kind == inspect.Text && utf8.Valid(n.Bytes):
		line += fmt.Sprintf(" %+q", n.Bytes)
	case n.Kind == inspect.Integer || n.Kind == inspect.Length:
		line += fmt.Sprintf(" %d", n.Number)
	}
	if n.Meaning != "" {
		line += ", " + n.Meaning
	}
	return line
}

// isValue reports whether a node is a field to compare: not a length, not a byte that
// is divided into bits, and in the packet.
func isValue(n *inspect.Node) bool {
	return n.Kind != inspect.Group && n.Kind != inspect.Length && len(n.Children) == 0 && !n.Implied &&
		!(n.Key == "mqtt.msg" && n.Length == 0) && n.Key != "mqtt.len" && n.Key != "mqtt.property_len"
}

func valueField(n *inspect.Node) mqttwire.ConformanceField {
	f := mqttwire.ConformanceField{Name: n.Name, Key: n.Key}
	text := string(n.Bytes)
	octets := hex.EncodeToString(n.Bytes)
	switch {
	case n.Kind == inspect.Text && utf8.ValidString(text):
		f.Text = &text
	case n.Kind == inspect.Text || n.Kind == inspect.Data:
		f.Hex = &octets
	default:
		f.Number = &n.Number
	}
	return f
}

// caseFiles is a file for each packet type and version, and the line of each case.
func caseFiles(t *testing.T, cases []mqttwire.ConformanceCase) (files map[string][]byte, lines map[string]int) {
	t.Helper()
	all := map[string]*mqttwire.ConformanceFile{}
	for _, c := range cases {
		path := casePath(&c)
		if all[path] == nil {
			all[path] = &mqttwire.ConformanceFile{Schema: 1, Packet: packetType(&c).String(), Version: c.Version}
		}
		all[path].Cases = append(all[path].Cases, c)
	}
	files, lines = map[string][]byte{}, map[string]int{}
	for path, file := range all {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		require.NoError(t, e.Encode(file))
		text := shorter(b.String())
		files[path] = []byte(text)
		for i, line := range strings.Split(text, "\n") {
			if _, id, found := strings.Cut(line, `"id": "`); found {
				lines[strings.TrimSuffix(id, `",`)] = i + 1
			}
		}
	}
	return files, lines
}

var (
	aField = regexp.MustCompile(`\{\n\s+("name": .*)\n\s+("key": .*)\n\s+("(?:number|text|hex)": .*)\n\s+\}`)
	aList  = regexp.MustCompile(`("(?:clauses|reason_codes|return_codes|options)": )\[([^\]]|\][^,\n]|\]",?\n)*\n\s+\]`)
	spaces = regexp.MustCompile(`\n\s+`)
)

// shorter puts each field, and each list of short strings, on one line.
func shorter(text string) string {
	text = aField.ReplaceAllString(text, "{$1 $2 $3}")
	return aList.ReplaceAllStringFunc(text, func(list string) string {
		list = spaces.ReplaceAllString(list, " ")
		return strings.Replace(strings.TrimSuffix(list, " ]")+"]", "[ ", "[", 1)
	})
}

func packetType(c *mqttwire.ConformanceCase) mqttwire.PacketType {
	return mqttwire.PacketType(c.Packet()[0] >> 4)
}

func casePath(c *mqttwire.ConformanceCase) string {
	return fmt.Sprintf("%s/%s-%s.json", conformanceFolder, strings.ToLower(packetType(c).String()), c.Version)
}

// clauseFile is the table of clauses with the ids of the cases in place.
func clauseFile(t *testing.T, clauses []mqttwire.ConformanceClause) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	require.NoError(t, w.Write(mqttwire.ClauseColumns))
	for _, c := range clauses {
		require.NoError(t, w.Write([]string{c.Version, c.Clause, c.Class, c.Summary, c.ReasonCode, strings.Join(c.Cases, " ")}))
	}
	w.Flush()
	require.NoError(t, w.Error())
	return b.Bytes()
}

// TestConformanceFiles: the files are what the cases make, none is missing and none is
// left over. With -update they are written.
func TestConformanceFiles(t *testing.T) {
	files := generated(t)
	old, err := filepath.Glob(conformanceFolder + "/*.json")
	require.NoError(t, err)
	for _, path := range old {
		if files[filepath.ToSlash(path)] == nil {
			require.True(t, *update, "%s is left over: go test -run TestConformanceFiles -update .", path)
			require.NoError(t, os.Remove(path))
		}
	}
	for path, want := range files {
		if *update {
			require.NoError(t, os.WriteFile(path, want, 0o644))
			continue
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), "%s is not fresh: go test -run TestConformanceFiles -update .", path)
	}
}

// TestConformanceInspect holds package inspect against every case.
func TestConformanceInspect(t *testing.T) {
	for _, c := range mqttwire.ReadCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			if c.MaximumPacketSize != 0 {
				t.Skip("package inspect has no size limit")
			}
			report := inspect.Inspect(c.Packet(), c.Rules())
			want := map[string]inspect.Outcome{"accept": inspect.Accepted, "refuse": inspect.Refused, "incomplete": inspect.Incomplete}
			got := report.Outcome()
			if why := mqttwire.DisputedInspect[c.ID]; why != "" {
				require.True(t, got != want[c.Verdict] || !hasViolation(&c, report.Violations), "no longer disputed: %s", why)
				return
			}
			require.Equal(t, want[c.Verdict], got, "%v", report.Violations)
			if c.Verdict == "refuse" {
				require.True(t, hasViolation(&c, report.Violations), "%v, not %v", report.Violations, c.Clauses)
			}
		})
	}
}

// hasViolation reports whether one of the violations is of a clause of the case, with a
// reason code that the case allows.
func hasViolation(c *mqttwire.ConformanceCase, violations []inspect.Violation) bool {
	return slices.ContainsFunc(violations, func(v inspect.Violation) bool {
		code := fmt.Sprintf("0x%02X", uint8(v.ReasonCode))
		return c.Names(v.Clause) && (len(c.ReasonCodes) == 0 || slices.Contains(c.ReasonCodes, code))
	})
}
