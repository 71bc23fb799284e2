package main

import (
	"encoding"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// showLine writes a record as a line.
func showLine(p *printer, r *record) {
	b := appendPlace(p.line[:0], r.at, r.session.number, r.sender)
	switch {
	case r.kind == aProblem:
		b = p.paint(b, "1;31", "ERROR")
		b = append(append(b, ' '), r.text...)
	case r.kind == aNote:
		b = p.paint(b, "1;33", "NOTE")
		b = append(append(b, ' '), r.text...)
	case r.refused != nil:
		b = p.paint(b, "1;31", "ERROR")
		b = append(b, ' ')
		b = appendRefused(b, r)
	default:
		b = appendPacket(b, r.packet, p)
		if r.different != nil {
			b = fmt.Appendf(b, " [%v]", r.different)
		}
	}
	p.line = append(b, '\n')
	p.write(p.line)
}

// paint writes text in a colour, if there are to be colours.
func (p *printer) paint(b []byte, color, text string) []byte {
	if !p.colored {
		return append(b, text...)
	}
	return fmt.Appendf(b, "\x1b[%sm%s\x1b[0m", color, text)
}

// appendRefused writes the first thing that is wrong with a packet, and how many
// more there are.
func appendRefused(b []byte, r *record) []byte {
	list := r.violations()
	b = append(b, r.packetType().String()...)
	if len(list) == 0 {
		return fmt.Appendf(b, ": %v; %s", r.refused, r.place())
	}
	v := list[0]
	b = fmt.Appendf(b, ": %s %s (%s, 0x%02X %s); byte %d of the packet, %s; answer: %s",
		v.Field, v.Problem, clause(v), uint8(v.ReasonCode), v.ReasonCode.Name(0), v.Offset, r.place(), r.answerTo(v))
	if len(list) > 1 {
		b = fmt.Appendf(b, "; and %s, see -v", count(len(list)-1, "more violation"))
	}
	return b
}

// appendPacket writes the packet's own summary.
func appendPacket(b []byte, packet mqttwire.Packet, p *printer) []byte {
	t, ok := packet.(encoding.TextAppender)
	if !ok { // every packet is one
		return append(b, packet.Type().String()...)
	}
	if !p.colored {
		b, _ = t.AppendText(b) // the error is always nil
		return b
	}
	name := packet.Type().String()
	text, _ := t.AppendText(nil)
	b = p.paint(b, "1", name)
	return append(b, text[len(name):]...)
}

// showTree writes a record as a tree.
func showTree(p *printer, r *record) {
	if r.kind != aPacket {
		showLine(p, r)
		p.write([]byte{'\n'})
		return
	}
	b := p.line[:0]
	b = append(b, "# "...)
	b = appendPlace(b, r.at, r.session.number, r.sender)
	b = fmt.Appendf(b, "packet %d, %s", r.number, r.place())
	if r.from() != "" {
		b = fmt.Appendf(b, ", %s > %s", r.from(), r.to())
	}
	if r.session.guessed {
		b = append(b, ", version guessed"...)
	}
	b = append(b, '\n')
	b = r.report().AppendText(b, inspect.Style{Color: p.colored, Secrets: p.settings.secrets, Long: p.settings.long})
	p.line = append(b, '\n')
	p.write(p.line)
}
