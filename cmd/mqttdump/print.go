package main

import (
	"bufio"
	"encoding"
	"errors"
	"fmt"
	"io"
	"strconv"
	"syscall"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// moment is when and where something was captured. The zero value stands for
// hex text, which has neither time nor frames.
type moment struct {
	frame int           // counted from 1
	time  time.Duration // since the first frame of the file
}

// printer writes the lines and counts what it writes.
type printer struct {
	out    *bufio.Writer
	errors io.Writer
	line   []byte // used again and again
	err    error  // the first error of a write to out

	packets     int
	connections int
	unequal     int // packets that do not encode back to the same bytes
	failed      int // connections that ended with an error
}

func newPrinter(out, errors io.Writer) *printer {
	return &printer{out: bufio.NewWriterSize(out, 1<<16), errors: errors}
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

// packet prints the line of a packet. wrong is nil when it encodes back to the
// same bytes.
func (p *printer) packet(at moment, connection int, sender mqttwire.Sender, packet mqttwire.Packet, wrong error) {
	p.packets++
	p.line = appendPlace(p.line[:0], at, connection, sender)
	p.line = appendPacket(p.line, packet)
	if wrong != nil {
		p.unequal++
		p.line = fmt.Appendf(p.line, " [%v]", wrong)
	}
	p.line = append(p.line, '\n')
	p.write(p.line)
}

// problem prints what ends the decoding of a connection.
func (p *printer) problem(at moment, connection int, sender mqttwire.Sender, text string) {
	p.failed++
	p.line = appendPlace(p.line[:0], at, connection, sender)
	p.line = append(p.line, "ERROR "...)
	p.line = append(p.line, text...)
	p.line = append(p.line, '\n')
	p.write(p.line)
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

// appendTime writes seconds with six decimals, or "-" for hex text. Frames need
// not be in the order of their times, so there are negative ones.
func appendTime(b []byte, at moment) []byte {
	if at.frame == 0 {
		return append(b, '-')
	}
	micros := at.time.Microseconds()
	if micros < 0 {
		b = append(b, '-')
		micros = -micros
	}
	return fmt.Appendf(b, "%d.%06d", micros/1e6, micros%1e6)
}

// appendPacket writes the packet's own summary.
func appendPacket(b []byte, packet mqttwire.Packet) []byte {
	if t, ok := packet.(encoding.TextAppender); ok { // every packet is one
		b, _ = t.AppendText(b) // the error is always nil
		return b
	}
	return append(b, packet.Type().String()...)
}

// failure prints an error that is about a whole file.
func (p *printer) failure(file string, err error) {
	p.flush() // so that the lines on a terminal are in their order
	fmt.Fprintf(p.errors, "mqttdump: %s: %v\n", file, err)
}

// end writes the rest and the summary, and returns the exit status.
func (p *printer) end() int {
	p.flush()
	if p.err != nil {
		if errors.Is(p.err, syscall.EPIPE) {
			return exitOK // the reader has seen enough
		}
		fmt.Fprintf(p.errors, "mqttdump: writing: %v\n", p.err)
		return exitBad
	}
	if p.packets > 0 || p.failed > 0 {
		fmt.Fprintln(p.errors, p.summary())
	}
	if p.unequal > 0 || p.failed > 0 {
		return exitBad
	}
	return exitOK
}

// summary is what was printed, in a few words.
func (p *printer) summary() string {
	text := count(p.packets, "packet") + " on " + count(p.connections, "connection")
	switch {
	case p.unequal > 0:
		text += fmt.Sprintf(", %d not encoding back to the same bytes", p.unequal)
	case p.packets > 0:
		text += ", all encode back to the same bytes"
	}
	if p.failed > 0 {
		text += "; " + count(p.failed, "connection") + " with an error"
	}
	return text
}

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
