package main

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// disagreementsCSV is every disagreement that there is, in groups. README.md
// describes the columns.
//
//go:embed disagreements.csv
var disagreementsCSV string

// A row is a group of disagreements with one reason.
type row struct {
	line     int
	oracles  []string // whose they are; every one has to be there
	does     string
	packets  []string // packet types; none means any
	versions []string // none means any
	field    *regexp.Regexp
	detail   *regexp.Regexp
	when     func(d *disagreement) bool // nil if nothing more is asked
	right    string                     // who is: "mqttwire", "it", or "both" where the specification allows either
	clauses  []clause                   // what decides
	what     string                     // to follow the oracle's name
}

// A clause is a place in a version of the specification. A section stands for its
// subsections as well.
type clause struct{ version, place string }

func (c clause) String() string { return c.version + " " + c.place }

// covers reports whether other is the same place, or within it.
func (c clause) covers(other clause) bool {
	return c == other || c.version == other.version && strings.HasPrefix(other.place, c.place+".")
}

var columns = []string{"oracles", "does", "packets", "versions", "field", "detail", "when", "right", "clauses", "what"}

// readRows reads the table.
func readRows(text string) (rows []row, err error) {
	in := csv.NewReader(strings.NewReader(text))
	records, err := in.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("the columns are not %v", columns)
	}
	for i, record := range records[1:] {
		r, err := readRow(record)
		if err != nil {
			return nil, fmt.Errorf("row %d, %q: %w", i+2, record[len(record)-1], err)
		}
		r.line = i + 2
		rows = append(rows, r)
	}
	return rows, nil
}

func readRow(cells []string) (r row, err error) {
	r = row{oracles: strings.Fields(cells[0]), does: cells[1], packets: strings.Fields(cells[2]), versions: strings.Fields(cells[3]),
		right: cells[7], what: cells[9]}
	if !slices.Contains([]string{accepts, refuses, reads, writes, panics}, r.does) {
		return r, fmt.Errorf("nothing does %q", r.does)
	}
	if !slices.Contains([]string{"mqttwire", "it", "both"}, r.right) {
		return r, fmt.Errorf("right is %q", r.right)
	}
	if len(r.oracles) == 0 || r.what == "" {
		return r, fmt.Errorf("no oracle, or nothing said of it")
	}
	if r.field, err = regexp.Compile("^(?:" + cells[4] + ")$"); err != nil {
		return r, err
	}
	if cells[4] == "" {
		r.field = regexp.MustCompile("")
	}
	if r.detail, err = regexp.Compile(cells[5]); err != nil {
		return r, err
	}
	if cells[6] != "" {
		if r.when = conditions[cells[6]]; r.when == nil {
			return r, fmt.Errorf("there is no condition %q", cells[6])
		}
	}
	for text := range strings.SplitSeq(cells[8], "; ") {
		version, place, _ := strings.Cut(text, " ")
		if versions[version] == 0 || place == "" {
			return r, fmt.Errorf("%q is no clause", text)
		}
		r.clauses = append(r.clauses, clause{version, place})
	}
	return r, nil
}

// covers reports whether the row is about d.
func (r *row) covers(d *disagreement) bool {
	return slices.Contains(r.oracles, d.oracle) && r.does == d.does &&
		(len(r.packets) == 0 || slices.Contains(r.packets, d.packet.kind().String())) &&
		(len(r.versions) == 0 || slices.Contains(r.versions, d.version.String())) &&
		r.field.MatchString(d.field) && r.detail.MatchString(d.detail) && (r.when == nil || r.when(d))
}

// A finding is what became of a row: the number of disagreements of each oracle,
// and a short packet for each, to look at.
type finding struct {
	row      *row
	counts   map[string]int
	examples map[string]*disagreement
	versions map[string]map[string]bool // by oracle: those of the packets
}

// classify finds the row of each disagreement, the first one that covers it. What
// no row covers is unlisted.
func classify(rows []row, results []result) (findings []finding, unlisted []disagreement) {
	for i := range rows {
		findings = append(findings, finding{&rows[i], make(map[string]int), make(map[string]*disagreement), make(map[string]map[string]bool)})
	}
	for i := range results {
		for j := range results[i].found {
			d := &results[i].found[j]
			k := slices.IndexFunc(rows, func(r row) bool { return r.covers(d) })
			if k < 0 {
				unlisted = append(unlisted, *d)
				continue
			}
			findings[k].add(d)
		}
	}
	return findings, unlisted
}

func (f *finding) add(d *disagreement) {
	f.counts[d.oracle]++
	if old := f.examples[d.oracle]; old == nil || len(d.packet.wire) < len(old.packet.wire) {
		f.examples[d.oracle] = d
	}
	if f.versions[d.oracle] == nil {
		f.versions[d.oracle] = make(map[string]bool)
	}
	f.versions[d.oracle][d.version.String()] = true
}

// clauses is what decides, in the versions in which an oracle disagrees.
func (f *finding) clauses(oracle string) (list []clause) {
	for _, c := range f.row.clauses {
		if f.versions[oracle][c.version] {
			list = append(list, c)
		}
	}
	return list
}

// stale is the oracles of a row that were asked and do not disagree that way any more.
func (f *finding) stale(asked func(oracle string) bool) (names []string) {
	for _, name := range f.row.oracles {
		if asked(name) && f.counts[name] == 0 {
			names = append(names, name)
		}
	}
	return names
}

func (d disagreement) String() string {
	said := make([]string, 0, 4)
	for _, part := range []string{d.oracle + " " + d.does, d.field, d.detail, d.packet.String()} {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, ": ")
}
