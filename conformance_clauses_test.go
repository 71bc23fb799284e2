package mqttwire

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ClausesPath is the table of all statements.
const ClausesPath = "testdata/clauses.csv"

// ClauseColumns is the first line of that table.
var ClauseColumns = []string{"version", "clause", "class", "summary", "reason_code", "cases"}

// A ConformanceClause is a line of that table.
type ConformanceClause struct {
	Version, Clause string
	Class           string   // decode, encode, both, session or other
	Summary         string   // what is demanded, in a few words
	ReasonCode      string   // codes joined by " or ", "close", or empty if there is nothing to refuse
	Cases           []string // ids
}

// ReadClauses reads the table.
func ReadClauses(t *testing.T) (clauses []ConformanceClause) {
	t.Helper()
	file, err := os.Open(ClausesPath)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	lines, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Equal(t, ClauseColumns, lines[0])
	for _, line := range lines[1:] {
		clauses = append(clauses, ConformanceClause{line[0], line[1], line[2], line[3], line[4], strings.Fields(line[5])})
	}
	return clauses
}

// Decodes and Encodes tell whether a decoder, or an encoder, has to mind the clause.
func (c *ConformanceClause) Decodes() bool { return c.Class == "decode" || c.Class == "both" }
func (c *ConformanceClause) Encodes() bool { return c.Class == "encode" || c.Class == "both" }

// Checkable tells whether one packet alone can break or keep it.
func (c *ConformanceClause) Checkable() bool { return c.Decodes() || c.Encodes() }

// TestClausesTable: the table has every numbered statement of the two standards, each
// once, and nothing that it should not.
func TestClausesTable(t *testing.T) {
	numbered, seen := map[string]int{}, map[string]bool{}
	for _, c := range ReadClauses(t) {
		require.Contains(t, []string{"5.0", "3.1.1", "3.1"}, c.Version)
		require.Contains(t, []string{"decode", "encode", "both", "session", "other"}, c.Class, c.Clause)
		require.NotEmpty(t, c.Summary, c.Clause)
		require.Regexp(t, `^(|close|0x[0-9A-F]{2}( or 0x[0-9A-F]{2})*)$`, c.ReasonCode, c.Clause)
		key := c.Version + " " + c.Clause
		require.False(t, seen[key], "%s twice", key)
		seen[key] = true
		if strings.HasPrefix(c.Clause, "[MQTT-") {
			numbered[c.Version]++
			require.Regexp(t, `^\[MQTT-\d+\.\d+\.\d+-\d+\]$`, c.Clause)
			continue
		}
		require.Regexp(t, `^(section \d(\.\d+)*|appendix A)( \([a-z]\))?$`, c.Clause)
	}
	require.Equal(t, map[string]int{"5.0": 251, "3.1.1": 141}, numbered)
}

// TestConformanceCovers: whatever a codec can check has its cases, and no case is about
// a clause that there is not, or is called like another.
func TestConformanceCovers(t *testing.T) {
	clauses, cases, values := ReadClauses(t), ReadCases(t), ConformanceValues()
	known, ids := map[string]bool{}, map[string]bool{}
	for _, c := range clauses {
		known[c.Version+" "+c.Clause] = true
	}
	verdicts := map[string]bool{}
	note := func(id, version, verdict string, of []string) {
		require.False(t, ids[id], "two cases are called %s", id)
		ids[id] = true
		require.NotEmpty(t, of, id)
		for _, clause := range of {
			require.True(t, known[version+" "+clause], "%s is about %s of %s, which is not in %s", id, clause, version, ClausesPath)
			verdicts[verdict+" "+version+" "+clause] = true
		}
	}
	for _, c := range cases {
		verdict := accept
		if c.Verdict == refuse {
			verdict = refuse
		}
		note(c.ID, c.Version, verdict, c.Clauses)
	}
	for _, v := range values {
		note(v.ID, v.Version, "encode", v.Clauses)
	}
	for _, c := range clauses {
		key := c.Version + " " + c.Clause
		if c.Decodes() {
			assert.True(t, verdicts[accept+" "+key], "no packet keeps to %s: %s", key, c.Summary)
			assert.True(t, c.ReasonCode == "" || verdicts[refuse+" "+key], "no packet breaks %s: %s", key, c.Summary)
		}
		assert.True(t, !c.Encodes() || verdicts["encode "+key], "no value to encode for %s: %s", key, c.Summary)
	}
	for id := range Disputed {
		require.True(t, ids[id], "disputed, and there is no such case: %s", id)
	}
	for id := range DisputedInspect {
		require.True(t, ids[id], "disputed, and there is no such case: %s", id)
	}
}
