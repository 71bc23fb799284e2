package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"syscall"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// moment is when and where something was captured. The zero value stands for
// input that has neither time nor frames.
type moment struct {
	frame int           // counted from 1
	time  time.Duration // since the first frame of the file
}

// printer writes the output and counts what goes by.
type printer struct {
	out      *bufio.Writer
	errors   io.Writer
	settings *settings
	show     func(*printer, *record) // how a record is written
	over     func(*session)          // is told of connections that end, if not nil
	colored  bool
	line     []byte           // used again and again
	record   record           // the same
	decoder  mqttwire.Decoder // the same, for every connection
	err      error            // the first error of a write to out

	file   string    // that is being read
	start  time.Time // of its first frame
	number int       // of packets in it

	packets     int
	connections int
	unequal     int // packets that do not encode back to the same bytes
	refused     int // packets that are not in order
	problems    int // what else is wrong
	network     network
}

func newPrinter(out, errors io.Writer, s *settings) *printer {
	return &printer{out: bufio.NewWriterSize(out, 1<<16), errors: errors, settings: s, show: showLine,
		decoder: mqttwire.Decoder{MaxPacketSize: s.maxPacketSize}}
}

// packet takes the next record.
func (p *printer) packet(r *record) {
	if r.kind == aPacket {
		p.number++
		r.number = p.number
	}
	if !p.settings.filter.wants(r) {
		return
	}
	switch r.kind {
	case aPacket:
		p.packets++
		if r.refused != nil {
			p.refused++
		} else if r.different != nil {
			p.unequal++
		}
	case aProblem:
		p.problems++
	}
	p.show(p, r)
}

// closed is told that nothing comes of a connection any more.
func (p *printer) closed(s *session) {
	p.network.add(s.tally.network)
	if p.over != nil {
		p.over(s)
	}
}

// begin goes on to the next file.
func (p *printer) begin(file string) {
	p.file, p.number, p.start = displayName(file), 0, time.Time{}
}

// broken reports whether what is printed does not arrive any more.
func (p *printer) broken() bool { return p.err != nil }

func (p *printer) write(line []byte) {
	if _, err := p.out.Write(line); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *printer) flush() {
	if err := p.out.Flush(); err != nil && p.err == nil {
		p.err = err
	}
}

// heading names the file that the following lines are about.
func (p *printer) heading(file string, first bool) {
	p.line = p.line[:0]
	if !first {
		p.line = append(p.line, '\n')
	}
	p.line = fmt.Appendf(p.line, "==> %s <==\n", displayName(file))
	p.write(p.line)
}

// failure prints an error that is about a whole file.
func (p *printer) failure(file string, err error) {
	p.flush() // so that the lines on a terminal are in their order
	fmt.Fprintf(p.errors, "mqttdump: %s: %v\n", file, err)
}

// end writes the rest, and returns the exit status if the output cannot be
// written; known is false if it can.
func (p *printer) end() (status int, known bool) {
	p.flush()
	if p.err == nil {
		return exitOK, false
	}
	return (&program{stderr: p.errors}).outputFailed(p.err), true
}

// outputFailed says that the output cannot be written, unless its reader has seen
// enough, and returns the exit status.
func (p *program) outputFailed(err error) int {
	if errors.Is(err, syscall.EPIPE) {
		return exitOK
	}
	fmt.Fprintf(p.stderr, "mqttdump: writing: %v\n", err)
	return exitBad
}

// wrong is how many things are wrong.
func (p *printer) wrong() int { return p.refused + p.problems }

// counts is what was printed, in a few words.
func (p *printer) counts() string {
	text := count(p.packets, "packet") + " on " + count(p.connections, "connection")
	switch {
	case p.unequal > 0:
		text += fmt.Sprintf(", %d not encoding back to the same bytes", p.unequal)
	case p.packets > p.refused:
		text += ", all encode back to the same bytes"
		if p.refused > 0 {
			text = text[:len(text)-len("all encode back to the same bytes")] + "those in order encode back to the same bytes"
		}
	}
	if p.refused > 0 {
		text += "; " + count(p.refused, "packet") + " not in order"
	}
	if p.problems > 0 {
		text += "; " + count(p.problems, "other error")
	}
	return text + p.network.words()
}

// words is what happened on the network, if anything.
func (n network) words() string {
	text := ""
	for _, c := range []struct {
		n    int64
		what string
	}{{n.again, "sent again"}, {n.overlaps, "overlapping"}, {n.early, "out of order"}, {n.lost, "lost"}} {
		if c.n > 0 {
			text += fmt.Sprintf(", %d %s", c.n, c.what)
		}
	}
	if text == "" {
		return ""
	}
	return "; TCP segments: " + text[2:]
}

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// appendPlace writes what every line begins with.
func appendPlace(b []byte, at moment, connection int, sender mqttwire.Sender) []byte {
	b = appendTime(b, at)
	b = append(b, " #"...)
	b = strconv.AppendInt(b, int64(connection), 10)
	switch sender {
	case mqttwire.Client:
		return append(b, " C>S "...)
	case mqttwire.Server:
		return append(b, " S>C "...)
	}
	return append(b, " ? "...)
}

// appendTime writes seconds with six decimals, or "-" where there is no time.
// Frames need not be in the order of their times, so there are negative ones.
func appendTime(b []byte, at moment) []byte {
	if at.frame == 0 {
		return append(b, '-')
	}
	micros := at.time.Microseconds()
	if micros < 0 {
		b = append(b, '-')
		micros = -micros
	}
	b = strconv.AppendInt(b, micros/1e6, 10)
	b = append(b, '.')
	rest := micros % 1e6
	for digit := int64(1e5); digit > 0; digit /= 10 {
		b = append(b, byte('0'+rest/digit%10))
	}
	return b
}
