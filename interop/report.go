package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// reportName is the file that shows the results.
const reportName = "INTEROP.md"

// printTable prints the results for a terminal.
func printTable(out io.Writer, results []result, findings []finding) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\noracle\tpackets\tboth accept\tboth refuse\tvalues\tagreements\tdisagreements\twhich")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", r.oracle, r.packets, r.legal, r.illegal, r.values, r.agreed, r.packets-r.agreed, r.what)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		fmt.Fprintf(w, "\n%s\n", r.oracle)
		for _, f := range findings {
			if n := f.counts[r.oracle]; n > 0 {
				fmt.Fprintf(w, "%d\t%s\tright: %s\t%s\n", n, f.row.what, f.row.rightName(r.oracle), places(f.clauses(r.oracle), 3))
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// rightName is who is right, by name.
func (r *row) rightName(oracle string) string {
	if r.right == "it" {
		return oracle
	}
	return r.right
}

// places is the first clauses of a list, and how many there are beside them.
func places(list []clause, most int) string {
	var text []string
	for i, c := range list {
		if i == most && len(list) > most+1 {
			text = append(text, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		text = append(text, c.String())
	}
	return strings.Join(text, ", ")
}

const reportHead = `# What others say of the same packets

Made by ` + "`go run ./interop --update`" + `; [README.md](README.md) says how. %d packets, of which %d are
random or mutated (seed %d), were put to mqttwire and to each of these. A value is a
field of a packet that both accept. Where tshark does not complain about a packet that
mqttwire refuses there is no disagreement: it checks lengths, and few rules beside.

| oracle | which | packets | both accept | both refuse | values | agreements | disagreements |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
`

const oracleHead = `
## %s

| times | it | right | decided by | example |
| ---: | --- | --- | --- | --- |
`

// report is the text of INTEROP.md.
func report(s settings, corpus []packet, results []result, findings []finding) string {
	b := new(strings.Builder)
	fmt.Fprintf(b, reportHead, len(corpus), invented(corpus), s.seed)
	for _, r := range results {
		fmt.Fprintf(b, "| [%s](#%s) | %s | %d | %d | %d | %d | %d | %d |\n",
			r.oracle, r.oracle, r.what, r.packets, r.legal, r.illegal, r.values, r.agreed, r.packets-r.agreed)
	}
	for _, r := range results {
		fmt.Fprintf(b, oracleHead, r.oracle)
		for _, f := range findings {
			if n := f.counts[r.oracle]; n > 0 {
				fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", n, f.row.what, f.row.rightName(r.oracle), places(f.clauses(r.oracle), 6), example(f.examples[r.oracle]))
			}
		}
	}
	return b.String()
}

// invented is how many packets are not from a file.
func invented(corpus []packet) (n int) {
	for i := range corpus {
		if corpus[i].invented {
			n++
		}
	}
	return n
}

// example shows a packet in a table, by version and bytes.
func example(d *disagreement) string {
	const most = 28 // bytes
	if b := d.packet.wire; len(b) > most {
		return fmt.Sprintf("%s `%x`... (%d bytes)", d.version, b[:most], len(b))
	}
	return fmt.Sprintf("%s `%x`", d.version, d.packet.wire)
}
