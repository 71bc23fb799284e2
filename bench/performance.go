package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// PERFORMANCE.md has a marker before and one behind each table:
//
//	<!-- table NAME -->
//	<!-- end -->
const (
	markerBegins = "<!-- table "
	markerEnds   = "<!-- end -->"
)

// fillIn puts the tables of a report between the markers of a file. A table that
// the report does not have is left as it is.
func fillIn(path string, r *report) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content := map[string]string{"machine": r.machineText()}
	for _, t := range r.tables() {
		content[t.name] = t.markdown()
	}
	var b strings.Builder
	rest := string(text)
	for {
		before, after, found := strings.Cut(rest, markerBegins)
		b.WriteString(before)
		if !found {
			break
		}
		name, after, ok := strings.Cut(after, " -->\n")
		old, after, closed := strings.Cut(after, markerEnds)
		if !ok || !closed {
			return fmt.Errorf("%s: the marker of table %q is not closed", path, shorten(name, 30))
		}
		between := old
		if text, ok := content[name]; ok {
			between = "\n" + text + "\n"
		}
		fmt.Fprintf(&b, "%s%s -->\n%s%s", markerBegins, name, between, markerEnds)
		rest = after
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// machineText says where, when and how the figures were measured, and how far
// they can be trusted.
func (r *report) machineText() string {
	m := r.Machine
	node := ""
	if m.Node != "" {
		node = ", Node.js " + m.Node
	}
	half, most := r.spread()
	return fmt.Sprintf("Measured on %s on %s with %d processors, %s, %s%s, with\n\n    %s\n\n"+
		"which makes %d passes of about %d ms for each codec and piece of work. The middle half of the passes\n"+
		"lies within %.0f %% for half of the figures, and within %.0f %% for nine out of ten.\n",
		m.Date, m.CPU, m.Cores, m.System, m.Go, node, m.Command, m.Passes, m.SliceMs, half, most)
}

// spread is the distance between the quartiles in percent of the median: what
// half of all cells are below, and what nine out of ten are.
func (r *report) spread() (half, most float64) {
	var list []float64
	for _, g := range r.Groups {
		for _, c := range g.Cells {
			if c.Ns > 0 {
				list = append(list, 100*(c.Q3-c.Q1)/c.Ns)
			}
		}
	}
	if len(list) == 0 {
		return 0, 0
	}
	slices.Sort(list)
	return stat.Quantile(0.5, stat.Empirical, list, nil), stat.Quantile(0.9, stat.Empirical, list, nil)
}
