package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// Hex in the source of a program: the elements of an array, or the escapes of a
// string, as Wireshark's "C Arrays" and "Copy as Escaped String", and xxd -i.

var (
	arrayStart    = regexp.MustCompile(`\{\s*(/\*[^*]*\*/\s*)*0[xX][0-9a-fA-F]`)
	escape        = regexp.MustCompile(`\\x[0-9a-fA-F]{2}`)
	sourceComment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	sourceArray   = regexp.MustCompile(`(?s)\{([^{}]*)\}?`)
)

// isHexSource reports whether text is of that kind.
func isHexSource(text []byte) bool { return arrayStart.Match(text) || escape.Match(text) }

// maxSource is how long such a text may be: nobody writes longer ones.
const maxSource = 1 << 24

// readHexSource reads hex in the source of a program.
func (d *dumper) readHexSource(r *bufio.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err != nil {
		return withoutPath(err)
	}
	if len(text) > maxSource {
		return errors.New("the source has more than " + count(maxSource, "byte"))
	}
	return d.readHex(bufio.NewReader(bytes.NewReader(plainHex(text))))
}

// plainHex leaves the hex of the elements or escapes, and the line ends, so that
// lines have the same numbers.
func plainHex(text []byte) []byte {
	if !arrayStart.Match(text) {
		var out []byte
		at := 0
		for _, m := range escape.FindAllIndex(text, -1) {
			out = append(append(out, newlines(text[at:m[0]])...), text[m[0]+2:m[1]]...)
			at = m[1]
		}
		return out
	}
	text = sourceComment.ReplaceAllFunc(text, newlines)
	var out []byte
	at := 0
	for _, m := range sourceArray.FindAllSubmatchIndex(text, -1) {
		out = append(append(out, newlines(text[at:m[2]])...), text[m[2]:m[3]]...)
		out = append(out, ' ')
		at = m[3]
	}
	return out
}

// newlines is the line ends of a text.
func newlines(text []byte) []byte { return bytes.Repeat([]byte{'\n'}, bytes.Count(text, []byte{'\n'})) }
