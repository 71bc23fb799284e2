package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// inputKind is what a file holds.
type inputKind int

const (
	kindEmpty inputKind = iota
	kindPcap
	kindPcapng
	kindHex
	kindGzip
	kindUnknown
)

// displayName is what messages call a file.
func displayName(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// dumper prints files, one after another.
type dumper struct {
	settings
	out   *printer
	stdin io.Reader
}

// dump prints one file.
func (d *dumper) dump(file string) error {
	if file == "-" {
		// What has been printed must be seen while a live capture makes the next
		// read wait.
		return d.dumpReader(flushingReader{d.stdin, d.out})
	}
	f, err := os.Open(file)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = f.Close() }() // nothing was written to it
	return d.dumpReader(f)
}

// dumpReader prints what r holds, whatever its kind.
func (d *dumper) dumpReader(r io.Reader) error {
	b := bufio.NewReaderSize(r, 1<<16)
	start, err := b.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return withoutPath(err)
	}
	switch kind := sniff(start); kind {
	case kindPcap, kindPcapng:
		return d.dumpCapture(b, kind)
	case kindHex:
		return d.dumpHex(b)
	case kindEmpty:
		return errors.New("the file is empty")
	case kindGzip:
		return errors.New("compressed with gzip: unpack it first, as in gzip -dc FILE | mqttdump")
	}
	return errors.New("neither a pcap or pcapng capture nor hex text")
}

// sniffBytes is how much of a file sniff looks at. A pipe may have less when it
// is first read, and Peek waits until it has, so this must be less than the
// shortest input that is worth reading.
const sniffBytes = 4

// sniff tells from its first bytes what a file holds.
func sniff(start []byte) inputKind {
	magic := string(start)
	switch {
	case magic == "":
		return kindEmpty
	case magic == "\x0A\x0D\x0D\x0A":
		return kindPcapng
	case magic == "\xA1\xB2\xC3\xD4", magic == "\xD4\xC3\xB2\xA1", // microseconds
		magic == "\xA1\xB2\x3C\x4D", magic == "\x4D\x3C\xB2\xA1": // nanoseconds
		return kindPcap
	case bytes.HasPrefix(start, []byte{0x1F, 0x8B}):
		return kindGzip
	}
	for _, c := range bytes.TrimPrefix(start, []byte(byteOrderMark)) {
		switch {
		case c == '#':
			return kindHex // anything may stand in a comment
		case c != 'x' && c != 'X' && !isSeparator(c) && nibble(c) < 0:
			return kindUnknown
		}
	}
	return kindHex
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
