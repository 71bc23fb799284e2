package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// byteOrderMark is what some editors put in front of UTF-8 text.
const byteOrderMark = "\xEF\xBB\xBF"

// readHex reads hex text: what one side of one connection sent.
func (d *dumper) readHex(r *bufio.Reader) error {
	h := newHexReader(r)
	comments, err := h.comments()
	if err != nil {
		return err
	}
	version, sender, known, err := d.hexRules(comments)
	if err != nil {
		return err
	}
	b := bufio.NewReader(h)
	if !known {
		sender = rawSender(b)
	}
	return d.readBytes(b, version, sender)
}

// hexRules works out version and sender from the flags and the comments at the
// top of the text. known is false if nothing tells the sender.
func (d *dumper) hexRules(comments map[string]string) (version mqttwire.Version, sender mqttwire.Sender, known bool, err error) {
	version, sender, known = d.version, d.sender, d.senderGiven
	if text := comments["version"]; text != "" && version == 0 {
		if version, err = parseVersion(text); err != nil {
			return 0, 0, false, fmt.Errorf("comment version: %w", err)
		}
	}
	if text := comments["sender"]; text != "" && !known {
		if sender, err = parseSender(text); err != nil {
			return 0, 0, false, fmt.Errorf("comment sender: %w", err)
		}
		known = true
	}
	return version, sender, known, nil
}

// hexReader reads the bytes that hex text stands for.
type hexReader struct {
	r     *bufio.Reader
	line  int
	bytes int // how many bytes have been read

	high   int  // the first digit of a byte whose second is yet to come, or -1
	digits int  // how many digits the present word has, after its 0x if any
	prefix bool // the present word begins with 0x
	failed error
}

func newHexReader(r *bufio.Reader) *hexReader {
	if start, _ := r.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = r.Discard(len(byteOrderMark)) // they are in the buffer
	}
	return &hexReader{r: r, line: 1, high: -1}
}

// comments reads the comments in front of the first byte and returns those of
// the form "key: value".
func (h *hexReader) comments() (map[string]string, error) {
	found := make(map[string]string)
	for {
		c, err := h.r.ReadByte()
		switch {
		case err == io.EOF:
			return found, nil
		case err != nil:
			return nil, withoutPath(err)
		case c == '\n':
			h.line++
		case c == '#':
			text, err := h.comment()
			if err != nil {
				return nil, withoutPath(err)
			}
			if key, value, ok := strings.Cut(text, ":"); ok {
				found[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
			}
		case !isSeparator(c):
			return found, h.r.UnreadByte()
		}
	}
}

// comment reads to the end of the line and returns what fits into the buffer.
func (h *hexReader) comment() (string, error) {
	start, err := h.r.ReadSlice('\n')
	text := string(bytes.TrimSpace(start))
	for err == bufio.ErrBufferFull {
		_, err = h.r.ReadSlice('\n')
	}
	if err == nil {
		h.line++
	}
	if err == io.EOF {
		err = nil // the next read says so again
	}
	return text, err
}

// Read reads the next bytes. At the end of the text it returns io.EOF. After an
// error it returns the same again.
func (h *hexReader) Read(p []byte) (n int, err error) {
	if h.failed != nil {
		return 0, h.failed
	}
	n, h.failed = h.read(p)
	return n, h.failed
}

func (h *hexReader) read(p []byte) (n int, err error) {
	for n < len(p) {
		c, err := h.r.ReadByte()
		if err != nil && err != io.EOF {
			return n, withoutPath(err)
		}
		if err == io.EOF || c == '#' || isSeparator(c) {
			if b, ok := h.endWord(); ok {
				p[n] = b
				n++
			}
		}
		switch {
		case err == io.EOF && h.high >= 0:
			return n, errLine(h.line, "the last byte has only one hex digit")
		case err == io.EOF:
			return n, io.EOF
		case c == '\n':
			h.line++
		case c == '#':
			if _, err := h.comment(); err != nil {
				return n, withoutPath(err)
			}
		case !isSeparator(c):
			b, ok, err := h.digit(c)
			if err != nil {
				return n, err
			}
			if ok {
				p[n] = b
				n++
			}
		}
	}
	return n, nil
}

// digit takes one character of a word. ok says that it completes byte b.
func (h *hexReader) digit(c byte) (b byte, ok bool, err error) {
	v := nibble(c)
	switch {
	case (c == 'x' || c == 'X') && h.digits == 1 && h.high == 0 && !h.prefix:
		h.high, h.digits, h.prefix = -1, 0, true // that was no digit but the beginning of 0x
		return 0, false, nil
	case v < 0:
		return 0, false, errLine(h.line, character(c)+" is not a hex digit")
	}
	h.digits++
	if h.high < 0 {
		h.high = v
		return 0, false, nil
	}
	b = byte(h.high<<4 | v)
	h.high = -1
	h.bytes++
	return b, true, nil
}

// character names a byte of text.
func character(c byte) string {
	if c < 0x80 {
		return strconv.QuoteRune(rune(c))
	}
	return fmt.Sprintf("the byte 0x%02X", c)
}

// endWord ends a word. A word such as 0x5 is a byte by itself; the digits of
// others run on, as where a long line is broken in the middle of a byte.
func (h *hexReader) endWord() (b byte, ok bool) {
	if ok = h.prefix && h.digits == 1; ok {
		b, h.high = byte(h.high), -1
		h.bytes++
	}
	h.digits, h.prefix = 0, false
	return b, ok
}

// isSeparator reports whether c may stand between digits.
func isSeparator(c byte) bool { return strings.IndexByte(" \t\r\n\v\f:-,", c) >= 0 }

// nibble is the value of a hex digit, or -1.
func nibble(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// errLine is an error in a line of the input.
func errLine(line int, text string) error { return fmt.Errorf("line %d: %s", line, text) }
