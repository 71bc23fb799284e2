package mqttwire_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// CONFORMANCE.md.

// document writes it.
type document struct {
	strings.Builder
	clauses []mqttwire.ConformanceClause
	cases   []mqttwire.ConformanceCase
	values  []mqttwire.ConformanceValue
	code    *code
	lines   map[string]int // of each case in its file
}

// report is the file.
func (d *document) report(t *testing.T) []byte {
	t.Helper()
	d.WriteString(reportIntroduction)
	d.totals()
	d.disputes()
	for _, version := range reportVersions {
		d.enforced(t, version)
	}
	d.WriteString(reportSession)
	for _, version := range reportVersions {
		d.session(t, version)
	}
	return []byte(d.String())
}

var reportVersions = []string{"5.0", "3.1.1", "3.1"}

const reportIntroduction = `# Conformance

Every statement of MQTT 5.0, 3.1.1 and 3.1, where this package enforces it, and by which
cases that is shown. The tests write this file and fail when it is not fresh:

    go test -run TestConformanceFiles -update .

- [testdata/clauses.csv](testdata/clauses.csv) is the table of statements, numbered and
  not, each with its class, the answer to whoever breaks it, and all its cases. Rules of
  one section that have no number are told apart by letters: section 2.1.2 (b).
- [testdata/conformance](testdata/conformance) is the cases as JSON, for a codec in any
  language; its README describes them.
- A statement is *checkable* if a codec can keep or break it with one packet alone, given
  version, sender and size limit.
- A statement is *enforced* if a packet that keeps to it is accepted; a packet that
  breaks it in just that way is refused with an allowed code, and the Error cites this
  statement or one that says the same, which the case names too; and the encoder refuses
  to say the forbidden thing or has no way to say it. A rule that a packet ends, or goes
  on, where it must not is often cited in its general form: section 1.2 of 5.0,
  \[MQTT-4.8.0-1\] of 3.1.1.

Package inspect, a second decoder, is held against the same cases.

`

// totals is the table at the top.
func (d *document) totals() {
	d.WriteString("| | 5.0 | 3.1.1 | 3.1 |\n| --- | ---: | ---: | ---: |\n")
	row := func(name string, count func(c *mqttwire.ConformanceClause) bool) {
		fmt.Fprintf(d, "| %s |", name)
		for _, version := range reportVersions {
			n := 0
			for i := range d.clauses {
				if c := &d.clauses[i]; c.Version == version && count(c) {
					n++
				}
			}
			fmt.Fprintf(d, " %d |", n)
		}
		d.WriteString("\n")
	}
	row("statements", func(*mqttwire.ConformanceClause) bool { return true })
	row("of them numbered", func(c *mqttwire.ConformanceClause) bool { return strings.HasPrefix(c.Clause, "[") })
	row("checkable by a codec", (*mqttwire.ConformanceClause).Checkable)
	row("by a decoder", (*mqttwire.ConformanceClause).Decodes)
	row("by an encoder", (*mqttwire.ConformanceClause).Encodes)
	row("**enforced**", func(c *mqttwire.ConformanceClause) bool { return c.Checkable() && d.isEnforced(c) })
	row("with a packet that keeps to it", func(c *mqttwire.ConformanceClause) bool {
		return c.Decodes() && d.verdict(c, "accept", "incomplete") != nil
	})
	row("with a packet that breaks it", func(c *mqttwire.ConformanceClause) bool { return c.Decodes() && d.verdict(c, "refuse") != nil })
	row("of them refused under that statement's own number or section", func(c *mqttwire.ConformanceClause) bool {
		return c.Decodes() && slices.Contains(d.refusals(c).clauses, withoutLetter(c.Clause))
	})
	row("that no packet can break: something has to be kept, or taken", func(c *mqttwire.ConformanceClause) bool {
		return c.Decodes() && d.verdict(c, "refuse") == nil
	})
	row("with a value that the encoder refuses", func(c *mqttwire.ConformanceClause) bool { return c.Encodes() && d.value(c, true) != nil })
	row("that the encoder has no way to break", func(c *mqttwire.ConformanceClause) bool { return c.Encodes() && d.value(c, true) == nil })
	row("the session's business", func(c *mqttwire.ConformanceClause) bool { return c.Class == "session" })
	row("the transport's, or nobody's", func(c *mqttwire.ConformanceClause) bool { return c.Class == "other" })
	fmt.Fprintf(d, "\n%d packets, and %d values to encode.\n", len(d.cases), len(d.values))
}

// disputes lists the cases on which package and case do not agree.
func (d *document) disputes() {
	d.WriteString("\n## Disputed\n\n")
	if len(mqttwire.Disputed)+len(mqttwire.DisputedInspect) == 0 {
		d.WriteString("Nothing: this package and package inspect agree with every case.\n")
		return
	}
	d.WriteString("Cases on which the code and the case do not agree; either may be wrong.\n\n")
	for i := range d.cases {
		c := &d.cases[i]
		if why := mqttwire.Disputed[c.ID]; why != "" {
			fmt.Fprintf(d, "- %s: %s\n", d.link(c), why)
		}
		if why := mqttwire.DisputedInspect[c.ID]; why != "" {
			fmt.Fprintf(d, "- %s, by package inspect: %s\n", d.link(c), why)
		}
	}
}

// verdict is the first case of a clause with one of the verdicts, and not disputed.
func (d *document) verdict(c *mqttwire.ConformanceClause, verdicts ...string) *mqttwire.ConformanceCase {
	for i := range d.cases {
		k := &d.cases[i]
		if k.Version == c.Version && slices.Contains(verdicts, k.Verdict) && slices.Contains(k.Clauses, c.Clause) && mqttwire.Disputed[k.ID] == "" {
			return k
		}
	}
	return nil
}

// value is the first value to encode of a clause, one that is refused or any.
func (d *document) value(c *mqttwire.ConformanceClause, refused bool) *mqttwire.ConformanceValue {
	for i := range d.values {
		v := &d.values[i]
		if v.Version == c.Version && (v.Refuses || !refused) && slices.Contains(v.Clauses, c.Clause) {
			return v
		}
	}
	return nil
}

// isEnforced reports whether a clause has all the cases that it needs.
func (d *document) isEnforced(c *mqttwire.ConformanceClause) bool {
	return (!c.Decodes() || d.verdict(c, "accept", "incomplete") != nil && (c.ReasonCode == "" || d.verdict(c, "refuse") != nil)) &&
		(!c.Encodes() || d.value(c, false) != nil)
}

// enforced is the table of what is checkable in a version.
func (d *document) enforced(t *testing.T, version string) {
	fmt.Fprintf(d, "\n## MQTT %s: enforced\n\n", version)
	d.WriteString("| clause | what | answer | where | accepts | refuses | encoder | cases |\n| --- | --- | --- | --- | --- | --- | --- | ---: |\n")
	for i := range d.clauses {
		c := &d.clauses[i]
		if c.Version != version || !c.Checkable() {
			continue
		}
		where := d.where(c)
		require.NotEmpty(t, where, "nothing in the code is about %s %s", c.Version, c.Clause)
		fmt.Fprintf(d, "| %s | %s | %s | %s | %s | %s | %s | %d |\n", escape(c.Clause), escape(c.Summary), c.ReasonCode, where,
			d.link(d.verdict(c, "accept", "incomplete")), d.link(d.verdict(c, "refuse")), d.valueLink(c), len(c.Cases))
	}
}

// where is links to the code: to three places at most, which is what there is to read.
func (d *document) where(c *mqttwire.ConformanceClause) string {
	var links []string
	for _, p := range d.code.places(c.Version, c.Clause, d.refusals(c).problems) {
		if len(links) < 3 {
			links = append(links, p.link())
		}
	}
	return strings.Join(links, ", ")
}

func withoutLetter(clause string) string {
	section, _, _ := strings.Cut(clause, " (")
	return section
}

// refusals is what the Errors say that refuse the packets and values of a clause.
type refusals struct{ problems, clauses []string }

func (d *document) refusals(c *mqttwire.ConformanceClause) (r refusals) {
	for i := range d.cases {
		k := &d.cases[i]
		if k.Version != c.Version || k.Verdict != "refuse" || !slices.Contains(k.Clauses, c.Clause) {
			continue
		}
		decoder := mqttwire.Decoder{Rules: k.Rules(), MaxPacketSize: k.MaximumPacketSize}
		if _, _, err := decoder.Decode(k.Packet()); err != nil {
			if e, ok := err.(*mqttwire.Error); ok {
				r.problems = append(r.problems, e.Problem())
				r.clauses = append(r.clauses, e.Clause(k.Rules().Version))
			}
		}
	}
	for _, v := range d.values {
		if v.Version == c.Version && slices.Contains(v.Clauses, c.Clause) && v.Problem != "" {
			r.problems = append(r.problems, v.Problem)
		}
	}
	return r
}

// link is a link to the line of a case.
func (d *document) link(c *mqttwire.ConformanceCase) string {
	if c == nil {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(c.ID, strings.ToLower(packetType(c).String())+"-"+c.Version+"-"), ".")
	return fmt.Sprintf("[%s %s](%s#L%d)", packetType(c), name, casePath(c), d.lines[c.ID])
}

func (d *document) valueLink(c *mqttwire.ConformanceClause) string {
	if !c.Encodes() {
		return ""
	}
	what := "refuses "
	v := d.value(c, true)
	if v == nil {
		what, v = "always ", d.value(c, false)
	}
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s[%s](%s)", what, strings.TrimPrefix(v.ID, "encode-"+v.Version+"-"), v.File)
}

// escape keeps a text from being read as Markdown.
func escape(s string) string {
	return strings.NewReplacer("|", `\|`, "[", `\[`, "]", `\]`, "*", `\*`, "$", `\$`, "<", "&lt;").Replace(s)
}

const reportSession = `
## What is not a codec's business

A codec sees one packet. The statements below need something else; why is said for each.
Where the code cites one all the same, it offers a caller help with it: Negotiate
and Limits hold packets against what CONNECT and CONNACK have agreed on, Fit leaves out
what is too large, AppendAnswer writes the answer to an error.
`

// session is the list of what is not checkable in a version.
func (d *document) session(t *testing.T, version string) {
	fmt.Fprintf(d, "\n### MQTT %s\n\n", version)
	d.WriteString("| clause | what | why | help |\n| --- | --- | --- | --- |\n")
	for i := range d.clauses {
		c := &d.clauses[i]
		if c.Version != version || c.Checkable() {
			continue
		}
		why := reasonWhy(c)
		require.NotEmpty(t, why, "why is %s %s not a codec's business?", c.Version, c.Clause)
		fmt.Fprintf(d, "| %s | %s | %s | %s |\n", escape(c.Clause), escape(c.Summary), why, d.help(c))
	}
}

// help is links to the functions that cite a clause.
func (d *document) help(c *mqttwire.ConformanceClause) string {
	key := c.Version + " " + c.Clause
	places := d.code.named[key]
	if len(places) == 0 && strings.HasPrefix(c.Clause, "[") {
		places = d.code.cited[key]
	}
	var links []string
	for _, p := range places {
		links = append(links, p.link())
	}
	return strings.Join(links, ", ")
}
