package inspect

import (
	"fmt"
	"strconv"
	"strings"

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
	p.title()
	p.out.WriteByte('\n')
	p.nodes(r.Tree.Children, 0)
	p.remaining()
	p.ending()
	return append(b, p.out.String()...)
}

// printer writes a report as text.
type printer struct {
	report *Report
	style  Style
	out    strings.Builder
	wrong  []bool        // the bytes that are at fault, or a bit of which is
	begin  map[int][]int // the violations that begin at an offset
	shown  []bool        // those that have been marked at their place
}

func newPrinter(r *Report, s Style) *printer {
	p := &printer{report: r, style: s, wrong: make([]bool, len(r.Bytes)), begin: map[int][]int{}, shown: make([]bool, len(r.Violations))}
	for i, v := range r.Violations {
		p.begin[v.Offset] = append(p.begin[v.Offset], i)
		for at := v.Offset; at < v.Offset+v.Length; at++ {
			p.wrong[at] = true
		}
	}
	return p
}

// color returns text in a colour, or as it is.
func (p *printer) color(code, text string) string {
	if !p.style.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *printer) line(parts ...string) {
	p.out.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.out.WriteByte('\n')
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

// field writes the line, or lines, of a field: offset, bytes, name and value. parts
// are the leaves that it shows.
func (p *printer) field(from, to int, name, value string, depth int, parts ...*Node) {
	label := strings.Repeat("  ", depth) + p.color(colorName, name) + ": " + value
	secret := p.secrets(parts)
	rows := p.rows(from, to)
	for i, row := range rows {
		if row.skip && row.to-row.from > bytesInRow {
			p.line(strings.Repeat(" ", 8), p.color(colorOffset, "... "+count(row.to-row.from, "more byte")))
			continue
		}
		if i > 0 {
			label = ""
		}
		p.line("  ", p.color(colorOffset, fmt.Sprintf("%04x", row.from)), "  ", p.hex(row.from, row.to, secret), "  ", label)
		p.marks(row.from, row.to, to, depth, parts)
	}
}

// span is bytes from one offset up to another: a row, or what is left out.
type span struct {
	from, to int
	skip     bool
}

// rows cuts a field into rows. Of a long one it takes the first, and those in which
// a violation begins.
func (p *printer) rows(from, to int) (rows []span) {
	rows = append(rows, span{from: from, to: min(from+bytesInRow, to)})
	short := p.style.Long || to-from <= (rowsShown+1)*bytesInRow
	for at := from + bytesInRow; at < to; at += bytesInRow {
		next := span{from: at, to: min(at+bytesInRow, to)}
		next.skip = !short && at >= from+rowsShown*bytesInRow && !p.violated(next.from, next.to)
		if last := &rows[len(rows)-1]; next.skip && last.skip {
			last.to = next.to
		} else {
			rows = append(rows, next)
		}
	}
	return rows
}

// violated reports whether a violation begins between two offsets.
func (p *printer) violated(from, to int) bool {
	for at := from; at < to; at++ {
		if len(p.begin[at]) > 0 {
			return true
		}
	}
	return false
}

// secrets is the ranges of bytes that must not be shown.
func (p *printer) secrets(parts []*Node) (all []span) {
	for _, n := range parts {
		if n.Secret && !p.style.Secrets {
			all = append(all, span{from: n.Offset, to: n.end()})
		}
	}
	return all
}

// hex is the column of bytes. The wrong ones are coloured, the secret ones are
// stars.
func (p *printer) hex(from, to int, secret []span) string {
	var column strings.Builder
	for at := from; at < from+bytesInRow; at++ {
		if at >= to {
			column.WriteString("   ")
			continue
		}
		text := fmt.Sprintf("%02x", p.report.Bytes[at])
		for _, hidden := range secret {
			if at >= hidden.from && at < hidden.to {
				text = "**"
			}
		}
		if p.wrong[at] {
			text = p.color(colorWrong, text)
		}
		column.WriteString(text + " ")
	}
	return column.String()
}

// marks writes, below a row, the violations that begin in it: carets below the
// bytes, and the problem. Those of bits are left to the bits' own lines.
func (p *printer) marks(from, to, end, depth int, parts []*Node) {
	for at := from; at <= to; at++ {
		for _, i := range p.begin[at] {
			v := &p.report.Violations[i]
			here := at < to && v.Length > 0
			if v.Length == 0 { // something is missing: behind what, or where, it should be
				here = at == end && to == end && concerns(v, parts)
			}
			if p.shown[i] || v.Mask != 0 || !here {
				continue
			}
			carets := max(min(at+v.Length, to)-at, 1)
			p.mark(i, strings.Repeat(" ", 3*(at-from))+strings.Repeat("^^ ", carets), depth)
		}
	}
}

// concerns reports whether a violation is about one of the nodes.
func concerns(v *Violation, parts []*Node) bool {
	for _, n := range parts {
		if n.Key == v.Key {
			return true
		}
	}
	return false
}

// mark writes violation i below carets.
func (p *printer) mark(i int, carets string, depth int) {
	v := &p.report.Violations[i]
	p.shown[i] = true
	carets = fmt.Sprintf("%-*s", 3*bytesInRow+2, carets)
	text := fmt.Sprintf("(%d) %s %s (%s %s)", i+1, v.Field, v.Problem, v.Version, v.Clause)
	p.line(strings.Repeat(" ", 8), p.color(colorWrong, carets), strings.Repeat("  ", depth), p.color(colorWrong, text))
}

// bits writes the bits of a byte, each below its place.
func (p *printer) bits(n *Node, depth int) {
	for i := range n.Children {
		bit := &n.Children[i]
		pattern := bitPattern(uint8(n.Number), bit.Mask, '.')
		label := strings.Repeat("  ", depth) + p.color(colorName, bit.Name) + ": " + p.value(bit)
		p.line(strings.Repeat(" ", 8), fmt.Sprintf("%-*s", 3*bytesInRow+2, pattern), label)
		for _, j := range p.begin[bit.Offset] {
			if !p.shown[j] && p.report.Violations[j].Mask == bit.Mask {
				p.mark(j, bitPattern(0xFF, bit.Mask, ' '), depth)
			}
		}
	}
}

// bitPattern writes the bits of a mask, as in "..1. ....": those of the value, or
// carets if the others are blank.
func bitPattern(value, mask uint8, other byte) string {
	var pattern []byte
	for i := 7; i >= 0; i-- {
		bit := byte(1) << i
		switch {
		case mask&bit == 0:
			pattern = append(pattern, other)
		case other == ' ':
			pattern = append(pattern, '^')
		case value&bit != 0:
			pattern = append(pattern, '1')
		default:
			pattern = append(pattern, '0')
		}
		if i == 4 {
			pattern = append(pattern, ' ')
		}
	}
	return string(pattern)
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
