package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/gopacket/gopacket/layers"
)

// Hex dumps: lines of an offset, bytes in hex and often the same as text. xxd,
// hexdump -C, od -A x -t x1, tcpdump -X and -XX, tshark -x and Wireshark write them.

// isHexDump reports whether one of the lines in b is the first of a dump.
func isHexDump(b []byte) bool {
	for line := range bytes.Lines(b) {
		if l, ok := parseDumpLine(string(line)); ok && l.offset == 0 && len(l.bytes) > 0 {
			return true
		}
	}
	return false
}

// dumpLine is a line of a dump.
type dumpLine struct {
	offset int
	bytes  []byte
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
	offset, err := strconv.ParseUint(line[:n], 16, 32)
	rest := line[n:]
	colon := strings.HasPrefix(rest, ":")
	rest = strings.TrimPrefix(rest, ":")
	if err != nil || prefixed && !colon || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return l, false
	}
	l.offset = int(offset)
	l.bytes = dumpBytes(rest)
	return l, true
}

// dumpBytes reads the bytes of a line, up to the text beside them.
func dumpBytes(rest string) (b []byte) {
	hex, _, _ := strings.Cut(rest, "|") // in front of the text of hexdump -C
	gap := 0
	for hex != "" {
		trimmed := strings.TrimLeft(hex, " \t")
		gap = len(hex) - len(trimmed)
		word, after, _ := strings.Cut(trimmed, " ")
		if gap > 1 && len(b) > 0 && (gap > 2 || len(b) != 8 || len(word) != 2) {
			return b // the gap in front of the text, and not the one in the middle
		}
		digits, err := decodeHex(word)
		if err != nil || len(b)+len(digits) > 64 {
			return b
		}
		b = append(b, digits...)
		if hex = ""; after != "" {
			hex = " " + after
		}
	}
	return b
}

func decodeHex(word string) ([]byte, error) {
	if len(word)%2 != 0 || len(word) == 0 {
		return nil, errors.New("not whole bytes")
	}
	b := make([]byte, 0, len(word)/2)
	for i := 0; i < len(word); i += 2 {
		high, low := nibble(word[i]), nibble(word[i+1])
		if high < 0 || low < 0 {
			return nil, errors.New("not hex digits")
		}
		b = append(b, byte(high<<4|low))
	}
	return b, nil
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
		return errNoMQTT
	}
	return nil
}

// dumpBlocks reads one dump after another.
type dumpBlocks struct {
	lines *bufio.Reader
	line  int
	ahead *dumpLine // the first line of the next block
}

// next returns the bytes of the next dump, io.EOF if there is none.
func (d *dumpBlocks) next() (block []byte, err error) {
	some := false
	if d.ahead != nil {
		block, some, d.ahead = d.ahead.bytes, true, nil
	}
	for {
		text, err := readLine(d.lines)
		if err != nil && err != io.EOF {
			return block, withoutPath(err)
		}
		if err == io.EOF && text == "" {
			if !some {
				return nil, io.EOF
			}
			return block, nil
		}
		d.line++
		l, ok := parseDumpLine(text)
		switch {
		case !ok:
			continue // what stands between dumps
		case l.offset == 0 && some:
			d.ahead = &l
			return block, nil
		case l.offset > len(block):
			return block, errLine(d.line, "the offset is "+strconv.Itoa(l.offset)+", and "+count(len(block), "byte")+" stand in front of it")
		case len(block) > maxBlock:
			return block, errLine(d.line, "the dump has too many bytes")
		}
		block, some = append(block[:l.offset], l.bytes...), true
	}
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
