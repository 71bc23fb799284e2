package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is a table that can be printed and written as Markdown.
type table struct {
	name  string // of its marker in PERFORMANCE.md
	title string
	head  []string
	rows  [][]string
	notes []string
	left  int // the columns that are aligned to the left, from the first on
}

// widths is the width of each column.
func (t *table) widths() []int {
	w := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			w[i] = max(w[i], utf8.RuneCountInString(cell))
		}
	}
	return w
}

// pad fills a cell up to its column's width.
func (t *table) pad(i int, cell string, width int) string {
	fill := strings.Repeat(" ", width-utf8.RuneCountInString(cell))
	if i < t.left {
		return cell + fill
	}
	return fill + cell
}

// print writes the table as text.
func (t *table) print(w io.Writer) {
	widths := t.widths()
	fmt.Fprintf(w, "\n%s\n\n", t.title)
	for _, row := range append([][]string{t.head}, t.rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = t.pad(i, cell, widths[i])
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, " "), " "))
	}
	for _, note := range t.notes {
		fmt.Fprintln(w, wrap(note, lineWidth))
	}
}

// lineWidth is how wide tables may be when they are printed.
const lineWidth = 120

// wrap breaks a line between words where it gets wider than width.
func wrap(line string, width int) string {
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(line) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > width:
			b.WriteString("\n  ")
			used = 2
		default:
			b.WriteString(" ")
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

// markdown returns the table as Markdown, with the notes as a list.
func (t *table) markdown() string {
	var b strings.Builder
	widths := t.widths()
	for i := range widths {
		widths[i] = max(widths[i], 3)
	}
	line := func(row []string) {
		for i, cell := range row {
			fmt.Fprintf(&b, "| %s ", t.pad(i, cell, widths[i]))
		}
		b.WriteString("|\n")
	}
	line(t.head)
	for i, width := range widths {
		if rule := strings.Repeat("-", width-1); i < t.left {
			fmt.Fprintf(&b, "| :%s ", rule)
		} else {
			fmt.Fprintf(&b, "| %s: ", rule)
		}
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	for i, note := range t.notes {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- %s\n", note)
	}
	return b.String()
}

// figure writes a number with three digits that mean something.
func figure(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	case x < 1e5:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.0fk", x/1e3)
}

// times writes a ratio.
func times(x float64) string { return figure(x) + "x" }

// amount writes a number of bytes.
func amount(x float64) string {
	switch {
	case x < 1e4:
		return fmt.Sprintf("%.0f", x)
	case x < 1e6:
		return fmt.Sprintf("%.0fk", x/1e3)
	}
	return fmt.Sprintf("%.0fM", x/1e6)
}
