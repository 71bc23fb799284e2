package inspect

import (
	"fmt"
	"strings"
)

// The lines of the text: bytes and bits, and below them what is wrong.

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
	i := p.from(from)
	return i < len(p.report.Violations) && p.report.Violations[i].Offset < to
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
	const digits = "0123456789abcdef"
	column := make([]byte, 0, 3*bytesInRow)
	for at := from; at < from+bytesInRow; at++ {
		if at >= to {
			column = append(column, "   "...)
			continue
		}
		c := p.report.Bytes[at]
		text := string([]byte{digits[c>>4], digits[c&0x0F]})
		for _, hidden := range secret {
			if at >= hidden.from && at < hidden.to {
				text = "**"
			}
		}
		if p.wrong[at] {
			text = p.color(colorWrong, text)
		}
		column = append(append(column, text...), ' ')
	}
	return string(column)
}

// marks writes, below a row, the violations that begin in it: carets below the
// bytes, and the problem. Those of bits are left to the bits' own lines.
func (p *printer) marks(from, to, end, depth int, parts []*Node) {
	for i := p.from(from); i < len(p.report.Violations) && p.report.Violations[i].Offset <= to; i++ {
		v := &p.report.Violations[i]
		at := v.Offset
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
		for j := p.from(bit.Offset); j < len(p.shown) && p.report.Violations[j].Offset == bit.Offset; j++ {
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
