package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gopacket/gopacket/layers"
)

// Hex dumps: lines of an offset, bytes in hex and often the same as text. xxd,
// hexdump -C, od -A x -t x1, tcpdump -X and -XX, tshark -x and Wireshark write them.

// isHexDump reports whether b begins with a dump, in front of which there may be
// other text, but no hex.
func isHexDump(b []byte) bool {
	for line := range bytes.Lines(b) {
		text := string(line)
		if l, ok := parseDumpLine(text); ok && len(l.bytes) > 0 && (l.offset == 0 || l.marked) {
			return true
		}
		if digits := strings.Trim(text, " \t\r\n"); digits != "" && strings.IndexFunc(digits, notHex) < 0 {
			return false // a plain stream, though one of its lines may begin with 0000
		}
	}
	return false
}

func notHex(c rune) bool { return c > 0x7F || nibble(byte(c)) < 0 && !isSeparator(byte(c)) }

// dumpLine is a line of a dump.
type dumpLine struct {
	offset int
	bytes  []byte
	marked bool // the offset has a colon behind it, or the text stands between bars
	words  bool // the bytes are in words, in the byte order of a machine
}

// parseDumpLine reads a line; ok is false if it is none of a dump.
func parseDumpLine(line string) (l dumpLine, ok bool) {
	line = strings.TrimRight(strings.TrimLeft(line, " \t"), " \t\r\n")
	line = strings.TrimPrefix(line, byteOrderMark)
	n := 0
	prefixed := strings.HasPrefix(line, "0x")
	line = strings.TrimPrefix(line, "0x")
	for n < len(line) && nibble(line[n]) >= 0 {
		n++
	}
	if n < 4 || n > 8 {
		return l, false
	}
	rest := line[n:]
	colon := strings.HasPrefix(rest, ":")
	base := 16
	if n == octalDigits && !colon {
		base = 8
	}
	offset, err := strconv.ParseUint(line[:n], base, 32)
	rest = strings.TrimPrefix(rest, ":")
	if err != nil || prefixed && !colon || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return l, false
	}
	l.offset = int(offset)
	l.bytes = dumpBytes(rest)
	l.marked = colon || strings.Contains(rest, "|")
	if first, _, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " "); base == 8 && len(first) == 4 {
		l.words = true
	}
	return l, true
}

// octalDigits is how many digits the offsets of od have, which are octal unless it is
// told otherwise, and those of hexdump, which writes words in the byte order of the
// machine, as od -x does.
const octalDigits = 7

// maxDumpLine is how many bytes a line may have: xxd -c 256 writes that many.
const maxDumpLine = 256

// dumpBytes reads the bytes of a line, up to the text beside them.
func dumpBytes(rest string) (b []byte) {
	column, _, _ := strings.Cut(rest, "|") // in front of the text of hexdump -C
	for column != "" {
		trimmed := strings.TrimLeft(column, " \t")
		gap := len(column) - len(trimmed)
		word, after, _ := strings.Cut(trimmed, " ")
		if gap > 1 && len(b) > 0 && (gap > 2 || len(b) != 8 || len(word) != 2) {
			return b // the gap in front of the text, and not the one in the middle
		}
		digits, err := hex.DecodeString(word)
		if err != nil || len(digits) == 0 || len(b)+len(digits) > maxDumpLine {
			return b
		}
		b = append(b, digits...)
		if column = ""; after != "" {
			column = " " + after
		}
	}
	return b
}

// maxBlock is how many bytes the dump of a frame or a stream may have.
const maxBlock = 1 << 26

// readHexDump reads dumps: of whole frames, as tcpdump -X writes them, or of MQTT
// alone. A dump begins at offset 0.
func (d *dumper) readHexDump(r *bufio.Reader) error {
	blocks := dumpBlocks{lines: r, line: 0}
	first, err := blocks.next()
	if err != nil {
		return err
	}
	link, framed := frameOf(first)
	if !framed {
		stream := &blockReader{blocks: &blocks, rest: first}
		b := bufio.NewReader(stream)
		version, sender := d.version, d.sender
		if !d.senderGiven {
			sender = rawSender(b)
		}
		return d.readBytes(b, version, sender)
	}
	return d.readFrames(&blocks, first, link)
}

// readFrames reads the frames in a dump.
func (d *dumper) readFrames(blocks *dumpBlocks, block []byte, link layers.LinkType) error {
	c := capture{decoder: newFrameDecoder(), assembly: newAssembly(d.out, d.settings), out: d.out}
	before := d.out.connections
	var err error
	for err == nil && !d.out.broken() {
		c.last.frame++
		c.add(link, block, 0)
		block, err = blocks.next()
	}
	c.assembly.finish(c.last)
	switch {
	case err != nil && err != io.EOF:
		return err
	case d.out.connections == before:
		return c.noMQTT()
	}
	return nil
}

// dumpBlocks reads one dump after another.
type dumpBlocks struct {
	lines *bufio.Reader
	line  int
	ahead *dumpLine // the first line of the next block

	block    []byte // the present one
	base     int    // the offset that it begins at
	last     []byte // the bytes of its last line
	repeated bool   // a "*" says that more lines are like that
}

// next returns the bytes of the next dump, io.EOF if there is none.
func (d *dumpBlocks) next() (block []byte, err error) {
	some := false
	d.block, d.base, d.repeated = nil, 0, false
	if d.ahead != nil {
		d.block, d.last, some, d.ahead = d.ahead.bytes, d.ahead.bytes, true, nil
	}
	for {
		text, err := readLine(d.lines)
		if err != nil && err != io.EOF {
			return d.block, withoutPath(err)
		}
		if err == io.EOF && text == "" {
			if !some {
				return nil, io.EOF
			}
			return d.block, nil
		}
		d.line++
		l, ok := parseDumpLine(text)
		switch {
		case !ok:
			d.repeated = d.repeated || strings.TrimSpace(text) == "*"
			continue // what stands between dumps
		case l.words:
			return d.block, errLine(d.line, "words of two bytes may be in either order; xxd and hexdump -C write bytes")
		case l.offset == 0 && some:
			d.ahead = &l
			return d.block, nil
		case !some:
			some, d.base = true, l.offset
		}
		if err := d.add(l); err != nil {
			return d.block, err
		}
	}
}

// add puts a line at its place in the block.
func (d *dumpBlocks) add(l dumpLine) error {
	at := l.offset - d.base
	for d.repeated && len(d.last) > 0 && len(d.block)+len(d.last) <= at && len(d.block) <= maxBlock {
		d.block = append(d.block, d.last...)
	}
	switch {
	case at < 0 || at > len(d.block):
		return errLine(d.line, fmt.Sprintf("the offset is %#x, and the dump goes on at %#x", l.offset, d.base+len(d.block)))
	case len(d.block) > maxBlock:
		return errLine(d.line, "the dump has too many bytes")
	}
	d.block, d.last, d.repeated = append(d.block[:at], l.bytes...), l.bytes, false
	return nil
}

// readLine reads a line, of which it returns no more than fits into the buffer.
func readLine(r *bufio.Reader) (string, error) {
	text, err := r.ReadSlice('\n')
	line := string(text)
	for err == bufio.ErrBufferFull {
		_, err = r.ReadSlice('\n')
	}
	if err == io.EOF && line != "" {
		err = nil
	}
	return line, err
}

// blockReader reads dumps as one stream.
type blockReader struct {
	blocks *dumpBlocks
	rest   []byte
}

func (r *blockReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		var err error
		if r.rest, err = r.blocks.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// frameOf tells whether a dump is that of an IP packet, or of an Ethernet frame
// with one.
func frameOf(b []byte) (layers.LinkType, bool) {
	switch {
	case isIP(b):
		return layers.LinkTypeRaw, true
	case len(b) > 14 && (b[12] == 0x08 && b[13] == 0 || b[12] == 0x86 && b[13] == 0xDD) && isIP(b[14:]):
		return layers.LinkTypeEthernet, true
	}
	return 0, false
}

// isIP reports whether b begins with the header of an IP packet that carries TCP.
func isIP(b []byte) bool {
	switch {
	case len(b) >= 40 && b[0]>>4 == 4 && b[0]&0x0F >= 5:
		return b[9] == 6 && int(b[2])<<8|int(b[3]) >= 40
	case len(b) >= 60 && b[0]>>4 == 6:
		return b[6] == 6
	}
	return false
}
