package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// A comparison is made once for all tests.
type comparison struct {
	settings
	usual    bool // the packets of INTEROP.md, so that no row may be stale
	corpus   []packet
	results  []result
	missing  []error
	findings []finding
	unlisted []disagreement
	err      error
}

var compared = sync.OnceValue(func() (c comparison) {
	c.settings = usual
	if testing.Short() {
		c.settings = small
	}
	for name, n := range map[string]*int{"INTEROP_RANDOM": &c.random, "INTEROP_MUTATIONS": &c.mutations} {
		if text := os.Getenv(name); text != "" {
			if *n, c.err = strconv.Atoi(text); c.err != nil {
				return c
			}
		}
	}
	if text := os.Getenv("INTEROP_SEED"); text != "" {
		if c.seed, c.err = strconv.ParseInt(text, 10, 64); c.err != nil {
			return c
		}
	}
	c.usual = c.settings == usual
	if c.root, c.err = findRoot(); c.err != nil {
		return c
	}
	if c.corpus, c.err = makeCorpus(c.settings); c.err != nil {
		return c
	}
	rows, err := readRows(disagreementsCSV)
	if c.err = err; err != nil {
		return c
	}
	c.results, c.missing, c.err = compareAll(c.root, c.corpus, func(string) bool { return true })
	c.findings, c.unlisted = classify(rows, c.results)
	return c
})

// resultOf is what came of an oracle. The test is skipped if that is not installed.
func resultOf(t *testing.T, oracle string) (comparison, result) {
	c := compared()
	require.NoError(t, c.err)
	t.Logf("seed %d, %d packets; INTEROP_SEED, INTEROP_RANDOM and INTEROP_MUTATIONS ask for others", c.seed, len(c.corpus))
	i := slices.IndexFunc(c.results, func(r result) bool { return r.oracle == oracle })
	if i < 0 {
		for _, reason := range c.missing {
			if strings.Contains(reason.Error(), oracle) {
				t.Skip(reason)
			}
		}
		require.Fail(t, "nothing is known of "+oracle)
	}
	return c, c.results[i]
}

func oracles() (names []string) {
	names = []string{"inspect", "tshark", mqttPacketName}
	for _, p := range goPeers {
		names = append(names, p.name)
	}
	return names
}

// TestOracles: every disagreement with an oracle is listed, and no row is there
// that is not needed.
func TestOracles(t *testing.T) {
	for _, oracle := range oracles() {
		t.Run(oracle, func(t *testing.T) {
			c, r := resultOf(t, oracle)
			unlisted := 0
			for _, d := range c.unlisted {
				if d.oracle == oracle {
					if unlisted++; unlisted <= 10 {
						t.Errorf("not in disagreements.csv: %v", d)
					}
				}
			}
			require.Zero(t, unlisted)
			require.Greater(t, r.legal, 150)
			require.Greater(t, r.illegal, 150)
			require.Greater(t, r.values, 5*r.legal/4)
			if !c.usual || !strings.Contains(reported(t), "| "+r.what+" |") {
				return // other packets need not have everything, and another version may be better
			}
			for _, f := range c.findings {
				require.Empty(t, f.stale(func(name string) bool { return name == oracle }),
					"row %d, %q: nothing is like that any more", f.row.line, f.row.what)
			}
		})
	}
}

// TestTsharkComplaints: the root package accepts nothing that tshark takes for
// malformed.
func TestTsharkComplaints(t *testing.T) {
	c, r := resultOf(t, "tshark")
	for _, d := range r.found {
		require.NotEqual(t, refuses, d.does, "%v", d)
	}
	if c.usual {
		require.Greater(t, r.illegal, 3000) // which both refuse
	}
}

// TestClauses: of what an oracle accepts and the root package refuses, the row
// names the clause that the root package does.
func TestClauses(t *testing.T) {
	c := compared()
	require.NoError(t, c.err)
	rows, err := readRows(disagreementsCSV)
	require.NoError(t, err)
	checked := 0
	for _, r := range c.results {
		for _, d := range r.found {
			if d.does != accepts || d.err == nil {
				continue
			}
			cited := clause{d.version.String(), d.err.Clause(d.version)}
			i := slices.IndexFunc(rows, func(r row) bool { return r.covers(&d) })
			if i < 0 {
				continue // which TestOracles reports
			}
			require.True(t, slices.ContainsFunc(rows[i].clauses, func(c clause) bool { return c.covers(cited) }),
				"row %d does not name %s: %v", rows[i].line, cited, d)
			checked++
		}
	}
	require.Greater(t, checked, 500)
}

// TestClausesExist: a numbered statement of the table is one of the specification.
func TestClausesExist(t *testing.T) {
	root, err := findRoot()
	require.NoError(t, err)
	file, err := os.Open(filepath.Join(root, "testdata", "clauses.csv"))
	require.NoError(t, err)
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	known := make(map[clause]bool)
	for _, record := range records {
		known[clause{record[0], record[1]}] = true
	}
	rows, err := readRows(disagreementsCSV)
	require.NoError(t, err)
	for _, r := range rows {
		for _, c := range r.clauses {
			if strings.HasPrefix(c.place, "[") {
				require.True(t, known[c], "row %d: %s", r.line, c)
			} else {
				require.Regexp(t, `^(section [1-7](\.\d+)*|appendix A)$`, c.place, "row %d", r.line)
			}
		}
	}
}

// TestVersions: every version has at least two peers.
func TestVersions(t *testing.T) {
	count := make(map[mqttwire.Version]int)
	for _, p := range goPeers {
		for _, v := range p.versions {
			count[v]++
		}
	}
	for _, v := range allVersions {
		require.GreaterOrEqual(t, count[v], 2, v)
	}
}

// TestReport: INTEROP.md is what is found now.
func TestReport(t *testing.T) {
	c := compared()
	require.NoError(t, c.err)
	if !c.usual {
		t.Skip("it shows the usual packets")
	}
	if len(c.missing) > 0 {
		t.Skip("it shows all oracles: ", c.missing)
	}
	text := reported(t)
	for _, r := range c.results {
		if !strings.Contains(text, "| "+r.what+" |") {
			t.Skipf("it was made with another version of %s than %s", r.oracle, r.what)
		}
	}
	require.Equal(t, report(c.settings, c.corpus, c.results, c.findings), text, "run: go run ./interop --update")
}

// reported is INTEROP.md as it is.
func reported(t *testing.T) string {
	text, err := os.ReadFile(reportName)
	require.NoError(t, err)
	return string(text)
}
