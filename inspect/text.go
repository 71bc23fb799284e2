package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

// Style is how a Report is rendered. The zero value is for a file, or for a
// terminal without colours.
type Style struct {
	// Color marks up the text with ANSI escape codes. Whether the terminal has
	// them, and whether its user wants them, is for the caller to find out.
	Color bool
	// Secrets shows passwords and authentication data, in text and in JSON.
	Secrets bool
	// Long shows long values in full.
	Long bool
}

// The ANSI codes of what is coloured.
const (
	colorOffset  = "2"    // dim
	colorName    = "1"    // bold
	colorValue   = "36"   // cyan
	colorMeaning = "2"    // dim
	colorRight   = "1;32" // green
	colorWrong   = "1;31" // red
	colorWaiting = "1;33" // yellow
)

const (
	bytesInRow = 8  // of the hex column
	rowsShown  = 4  // of a long value
	mostShown  = 60 // characters of a long string
)

// String returns the text in the zero Style.
func (r Report) String() string { return string(r.AppendText(nil, Style{})) }

// GoString returns what String does, so that no verb of fmt prints a secret.
func (r Report) GoString() string { return r.String() }

// AppendText writes the report to the end of b: a title, a line for each field with
// its offset and bytes, each violation below the bytes at fault, and the list of
// violations with clause and answer. Lines end in "\n".
func (r *Report) AppendText(b []byte, s Style) []byte {
	p := newPrinter(r, s)
	p.out = b
	p.title()
	p.line()
	p.nodes(r.Tree.Children, 0)
	p.remaining()
	p.ending()
	return p.out
}

// printer writes a report as text.
type printer struct {
	report *Report
	style  Style
	out    []byte
	wrong  []bool // the bytes that are at fault, or a bit of which is
	shown  []bool // the violations that have been marked at their place
}

func newPrinter(r *Report, s Style) *printer {
	p := &printer{report: r, style: s, wrong: make([]bool, len(r.Bytes)), shown: make([]bool, len(r.Violations))}
	for _, v := range r.Violations {
		for at := v.Offset; at < v.Offset+v.Length; at++ {
			p.wrong[at] = true
		}
	}
	return p
}

// from is the first violation that does not begin before an offset: they are in the
// order of these.
func (p *printer) from(offset int) int {
	i, _ := slices.BinarySearchFunc(p.report.Violations, offset, func(v Violation, offset int) int { return cmp.Compare(v.Offset, offset) })
	return i
}

// color returns text in a colour, or as it is.
func (p *printer) color(code, text string) string {
	if !p.style.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// line writes a line, without spaces at its end.
func (p *printer) line(parts ...string) {
	begin := len(p.out)
	for _, part := range parts {
		p.out = append(p.out, part...)
	}
	for len(p.out) > begin && p.out[len(p.out)-1] == ' ' {
		p.out = p.out[:len(p.out)-1]
	}
	p.out = append(p.out, '\n')
}

// title says what packet it is, and the verdict.
func (p *printer) title() {
	r := p.report
	name := r.Tree.Name
	if r.Rules.Version != 0 {
		name += ", MQTT " + r.Rules.Version.String()
	}
	if r.Rules.Sender != mqttwire.AnySender {
		name += ", from a " + r.Rules.Sender.String()
	}
	if r.Rules.Options != 0 {
		name += ", " + r.Rules.Options.String()
	}
	p.line(p.color(colorName, name), ", ", count(len(r.Bytes), "byte"), ": ", p.verdict())
}

func (p *printer) verdict() string {
	r := p.report
	switch r.Outcome() {
	case Refused:
		return p.color(colorWrong, "refused, "+count(len(r.Violations), "violation"))
	case Incomplete:
		return p.color(colorWaiting, "incomplete")
	}
	return p.color(colorRight, "accepted")
}

// count writes a number of things.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// nodes writes nodes that have the same parent. A length shares the line of what
// it belongs to, a property takes one line, and elements of a list none of their own.
func (p *printer) nodes(nodes []Node, depth int) {
	for i := 0; i < len(nodes); i++ {
		n := &nodes[i]
		switch {
		case n.Kind == Length && i+1 < len(nodes) && (nodes[i+1].Kind == Text || nodes[i+1].Kind == Data):
			i++
			p.field(n.Offset, nodes[i].end(), nodes[i].Name, p.value(&nodes[i]), depth, n, &nodes[i])
		case n.Key == keyElement:
			p.nodes(n.Children, depth)
		case n.Key == keyProperty:
			p.field(n.Offset, n.end(), n.Name, p.propertyValue(n), depth, leaves(n)...)
		case n.Kind == Group:
			p.group(n, depth)
		default:
			p.field(n.Offset, n.end(), n.Name, p.value(n), depth, n)
			p.bits(n, depth+1)
		}
	}
}

func leaves(n *Node) (all []*Node) {
	for m := range n.All() {
		if m.IsLeaf() {
			all = append(all, m)
		}
	}
	return all
}

// group writes a block of properties, with its length in the same line, or a list.
func (p *printer) group(n *Node, depth int) {
	children := n.Children
	switch {
	case n.Implied:
		p.field(n.Offset, n.Offset, n.Name, "none (not in the packet)", depth, n)
		return
	case len(children) > 0 && children[0].Key == keyPropertyLength:
		p.field(n.Offset, children[0].end(), n.Name, count(int(children[0].Number), "byte"), depth, &children[0])
		children = children[1:]
	case len(children) == 0:
		p.field(n.Offset, n.Offset, n.Name, map[bool]string{true: "(missing)", false: "none"}[n.Partial], depth, n)
	default:
		p.field(n.Offset, n.Offset, n.Name, strconv.Itoa(len(children)), depth)
	}
	p.nodes(children, depth+1)
}

// remaining marks the violations that no line has shown.
func (p *printer) remaining() {
	for i := range p.shown {
		if !p.shown[i] {
			p.mark(i, "", 0)
		}
	}
}

// ending says how far the tree goes, and lists the violations with what to do.
func (p *printer) ending() {
	r := p.report
	if r.Stopped != "" {
		p.line("\n", fmt.Sprintf("Decoding ended at byte %d (0x%04x): %s.", r.Decoded, r.Decoded, r.Stopped))
	}
	if r.Missing > 0 {
		p.line("Bytes missing: ", strconv.Itoa(r.Missing), map[bool]string{true: " or more"}[r.openEnded()], ".")
	}
	for i, v := range r.Violations {
		p.line("\n", p.color(colorWrong, fmt.Sprintf("(%d)", i+1)), fmt.Sprintf(" byte %d (0x%04x): ", v.Offset, v.Offset),
			p.color(colorName, v.Field), " ", v.Problem)
		p.line(fmt.Sprintf("    rule    MQTT %s %s", v.Version, v.Clause))
		p.line("    reason  ", v.ReasonCode.String())
		p.line("    answer  ", v.Answer.String())
	}
}
