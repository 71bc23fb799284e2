package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// The commands that read.

// reader makes what reads the files of a command.
func (p *program) reader(s *settings, show func(*printer, *record)) *dumper {
	out := newPrinter(p.stdout, p.stderr, s)
	out.show = show
	out.colored = s.colored(p.stdout)
	return &dumper{settings: s, out: out, stdin: p.stdin, stdout: p.stdout}
}

// dump prints packets.
func (p *program) dump(s settings) int {
	show := showLine
	switch {
	case s.json:
		show = showJSON
	case s.verbose:
		show = showTree
	}
	d := p.reader(&s, show)
	status := d.readFiles(!s.json)
	if broken, known := d.out.end(); known {
		return max(status, broken)
	}
	if d.out.packets > 0 || d.out.wrong() > 0 {
		fmt.Fprintln(p.stderr, d.out.counts())
	}
	if d.out.unequal > 0 || d.out.wrong() > 0 {
		return max(status, exitBad)
	}
	return status
}

// The exit statuses of check: those of grep, the other way round.
const (
	checkGood     = 0 // no violation
	checkBad      = 1 // at least one
	checkNotKnown = 2 // the input could not be read, or the arguments not be used
)

// check prints violations only.
func (p *program) check(s settings) int {
	d := p.reader(&s, showViolations)
	status := d.readFiles(false)
	if broken, known := d.out.end(); known {
		if broken != exitOK {
			return checkNotKnown
		}
		return checkBad // somebody has seen enough violations
	}
	switch {
	case status != exitOK:
		return checkNotKnown
	case d.out.wrong() > 0:
		return checkBad
	}
	return checkGood
}

// showViolations writes a line for everything that is wrong with a packet.
func showViolations(p *printer, r *record) {
	if r.kind == aNote || r.kind == aPacket && r.refused == nil {
		return
	}
	if r.kind == aProblem {
		p.line = append(append(appendWhere(p.line[:0], r), r.text...), '\n')
		p.write(p.line)
		return
	}
	for _, v := range r.violations() {
		p.line = appendWhere(p.line[:0], r)
		p.line = appendViolation(p.line, r, v)
		p.line = append(p.line, '\n')
		p.write(p.line)
	}
}

// appendWhere writes what a line of check begins with: file, packet or frame,
// connection and client.
func appendWhere(b []byte, r *record) []byte {
	b = append(b, r.file...)
	b = append(b, ':')
	if r.kind == aPacket {
		b = fmt.Appendf(b, " packet %d,", r.number)
	}
	if r.at.frame != 0 {
		b = fmt.Appendf(b, " frame %d,", r.at.frame)
	}
	b = fmt.Appendf(b, " connection %d", r.session.number)
	if r.session.clientID != "" {
		b = fmt.Appendf(b, " (%.40q)", r.session.clientID)
	}
	return fmt.Appendf(b, ", from %s: ", senderName(r))
}

func senderName(r *record) string {
	if name := r.sender.String(); name != "any sender" {
		return "the " + name
	}
	return "either side"
}

func appendViolation(b []byte, r *record, v inspect.Violation) []byte {
	return fmt.Appendf(b, "%s byte %d (offset %d): %s %s; %s; reason 0x%02X %s; answer: %s", r.packetType(), v.Offset,
		r.offset+int64(v.Offset), v.Field, v.Problem, clause(v), uint8(v.ReasonCode), v.ReasonCode.Name(0), r.answerTo(v))
}
