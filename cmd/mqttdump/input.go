package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/seed-2c1fe983/mqttwire"
)

// inputKind is what a file holds.
type inputKind int

const (
	kindEmpty inputKind = iota
	kindPcap
	kindPcapng
	kindHex
	kindHexDump
	kindHexSource
	kindGzip
	kindRaw
	kindJSON
	kindUnknown
)

// forcedKinds is what --input may say.
var forcedKinds = map[string]inputKind{"pcap": kindPcap, "pcapng": kindPcapng, "raw": kindRaw, "json": kindJSON}

// displayName is what messages call a file.
func displayName(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// dumper reads files, one after another.
type dumper struct {
	*settings
	out    *printer
	stdin  io.Reader
	stdout io.Writer
}

// readFiles reads all files and returns the highest status of what went wrong.
func (d *dumper) readFiles(headings bool) int {
	status := exitOK
	for i, file := range d.files {
		d.out.begin(file)
		if headings && len(d.files) > 1 {
			d.out.heading(file, i == 0)
		}
		if err := d.read(file); err != nil {
			d.out.failure(displayName(file), err)
			status = max(status, statusOf(err))
		}
		if d.out.broken() {
			break
		}
	}
	if status == exitOK && d.filter.any() && d.out.packets == 0 && d.out.wrong() == 0 {
		fmt.Fprintln(d.out.errors, "mqttdump: no packet matches the filters")
		status = exitBad // a job must not succeed because of a name with a mistake in it
	}
	return status
}

// read reads one file.
func (d *dumper) read(file string) error {
	if file == "-" {
		if d.follow {
			return usageError{errors.New("--follow needs a file; standard input is followed anyway")}
		}
		// What has been printed must be seen while a live capture makes the next
		// read wait.
		return d.readFrom(flushingReader{d.stdin, d.out})
	}
	f, err := os.Open(file)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = f.Close() }() // nothing was written to it
	var r io.Reader = f
	if d.follow {
		r = newFollower(f, d.out)
	} else if bar := d.progress(f); bar != nil {
		defer bar.finish()
		r = bar
	}
	return d.readFrom(r)
}

// readFrom reads what r holds, whatever its kind.
func (d *dumper) readFrom(r io.Reader) error {
	b := bufio.NewReaderSize(r, 1<<16)
	start, err := b.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return withoutPath(err)
	}
	if bytes.HasPrefix(start, []byte{0x1F, 0x8B}) && d.format != "raw" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return fmt.Errorf("the gzip header: %w", plainEOF(err))
		}
		b = bufio.NewReaderSize(z, 1<<16)
		if start, err = b.Peek(sniffBytes); err != nil && err != io.EOF {
			return fmt.Errorf("unpacking: %w", plainEOF(err))
		}
	}
	if len(start) == 0 {
		return errors.New("the file is empty")
	}
	return d.readKind(b, d.kindOf(b, start))
}

// kindOf is what --input says, or else what the input looks like.
func (d *dumper) kindOf(b *bufio.Reader, start []byte) inputKind {
	if kind, forced := forcedKinds[d.format]; forced {
		return kind
	}
	more, _ := b.Peek(min(b.Buffered(), 1<<12)) // they are there
	if d.format == "hex" {
		return hexKind(more)
	}
	return sniff(start, more)
}

func (d *dumper) readKind(b *bufio.Reader, kind inputKind) error {
	switch kind {
	case kindPcap, kindPcapng:
		return d.readCapture(b, kind)
	case kindHex:
		return d.readHex(b)
	case kindHexDump:
		return d.readHexDump(b)
	case kindHexSource:
		return d.readHexSource(b)
	case kindRaw:
		return d.readRaw(b)
	case kindJSON:
		return d.readJSON(b)
	}
	return errors.New("neither a pcap or pcapng capture, hex text, JSON lines nor MQTT packets")
}

// sniffBytes is how much of a file is waited for before its kind is told. A pipe
// may have less when it is first read, so this must be less than the shortest
// input that is worth reading.
const sniffBytes = 4

// sniff tells from its first bytes what a file holds: start has a few of them,
// more has as many as there are now.
func sniff(start, more []byte) inputKind {
	switch magic := string(start); magic {
	case "\x0A\x0D\x0D\x0A":
		return kindPcapng
	case "\xA1\xB2\xC3\xD4", "\xD4\xC3\xB2\xA1", // microseconds
		"\xA1\xB2\x3C\x4D", "\x4D\x3C\xB2\xA1": // nanoseconds
		return kindPcap
	}
	text := bytes.TrimPrefix(more, []byte(byteOrderMark))
	switch {
	case isJSON(text):
		return kindJSON
	case hexKind(more) != kindHex:
		return hexKind(more)
	case isHexText(text):
		return kindHex
	case isRaw(more):
		return kindRaw
	}
	return kindUnknown
}

// isJSON reports whether text begins like a JSON object.
func isJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 1 && text[0] == '{' && bytes.HasPrefix(bytes.TrimSpace(text[1:]), []byte{'"'})
}

// hexKind is which form of hex text it is, if it is any.
func hexKind(text []byte) inputKind {
	switch {
	case isHexDump(text):
		return kindHexDump
	case isHexSource(text):
		return kindHexSource
	}
	return kindHex
}

// isHexText reports whether text begins like hex digits and what may be around
// them.
func isHexText(text []byte) bool {
	for i, c := range text[:min(len(text), 4)] {
		switch {
		case c == '#':
			return true // anything may stand in a comment
		case c == 'x' || c == 'X':
			if i == 0 || text[i-1] != '0' {
				return false
			}
		case !isSeparator(c) && nibble(c) < 0:
			return false
		}
	}
	return true
}

// isRaw reports whether b begins with the fixed header of a packet, whose flags are
// as they have to be.
func isRaw(b []byte) bool {
	h, _, err := mqttwire.ConsumeFixedHeader(b)
	if err != nil {
		return false
	}
	for _, v := range candidates {
		if h.Check(mqttwire.Rules{Version: v}) == nil {
			return true
		}
	}
	return h.Type == mqttwire.PacketConnect && h.RemainingLength < 1<<16
}

// readRaw reads bytes that one side sent, as they are.
func (d *dumper) readRaw(r *bufio.Reader) error {
	sender := d.sender
	if !d.senderGiven {
		sender = rawSender(r)
	}
	return d.readBytes(r, d.version, sender)
}

// rawSender is who sent bytes: the client if they begin with a CONNECT, and else
// nobody knows.
func rawSender(r *bufio.Reader) mqttwire.Sender {
	b, _ := r.Peek(1) // an error comes up again
	if len(b) == 1 && mqttwire.PacketType(b[0]>>4) == mqttwire.PacketConnect {
		return mqttwire.Client
	}
	return mqttwire.AnySender
}

// readBytes reads what one side of one connection sent.
func (d *dumper) readBytes(r io.Reader, version mqttwire.Version, sender mqttwire.Sender) error {
	s := newSession(d.out, d.settings)
	s.begin()
	if version != 0 || sender == mqttwire.Server {
		s.assume(version)
	}
	var buf [1 << 14]byte
	var failed error
	total := 0
	for !s.over && !d.out.broken() {
		n, err := r.Read(buf[:])
		total += n
		s.deliver(sender, buf[:n], moment{})
		if err == io.EOF {
			break
		}
		if err != nil {
			failed = err
			break
		}
	}
	if total == 0 && failed == nil && !d.out.broken() {
		return errors.New("no bytes in the hex text")
	}
	if failed == nil {
		s.finish(moment{})
	}
	d.out.closed(s)
	return failed
}

// withoutPath takes the operation and the path off an error of the file system:
// the message names the file already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return fmt.Errorf("reading: %w", err)
}

// flushingReader writes out what has been printed before it reads on.
type flushingReader struct {
	io.Reader
	out *printer
}

func (r flushingReader) Read(p []byte) (int, error) {
	r.out.flush()
	return r.Reader.Read(p)
}
