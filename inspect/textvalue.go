package inspect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How the text shows values.

// value is the value of a node and what it means.
func (p *printer) value(n *Node) string {
	text := ""
	switch {
	case n.Partial && n.Length == 0:
		text = "(missing)"
	case n.Secret && !p.style.Secrets:
		text = "(" + count(n.Length, "byte") + ", not shown)"
	case n.Kind == Text || n.Kind == Data || n.Kind == Undecoded:
		text = p.quote(n)
	case n.Kind == Code:
		text = fmt.Sprintf("0x%02x", n.Number)
	default:
		text = strconv.FormatUint(n.Number, 10)
	}
	text = p.color(colorValue, text)
	if n.Meaning != "" {
		text += " " + p.color(colorMeaning, n.Meaning)
	}
	if n.Partial && n.Length > 0 {
		text += " (cut short)"
	}
	if n.Implied {
		text += " (not in the packet)"
	}
	return text
}

// propertyValue is the value of a property in one line.
func (p *printer) propertyValue(n *Node) string {
	var values []string
	for i := range n.Children {
		if c := &n.Children[i]; c.Key != keyPropertyID && (c.Kind != Length || n.Partial && i == len(n.Children)-1) {
			values = append(values, p.value(c))
		}
	}
	if len(values) == 0 {
		return fmt.Sprintf("0x%02x", n.Children[0].Number)
	}
	return strings.Join(values, " = ")
}

// quote is a string or bytes: in quotes if it is text or ought to be, and short
// unless asked for.
func (p *printer) quote(n *Node) string {
	b, rest := n.Bytes, ""
	if len(b) > mostShown && !p.style.Long {
		rest = fmt.Sprintf("... (%d bytes)", len(b))
		b = b[:mostShown]
		for i := 0; i < utf8.UTFMax && !utf8.Valid(b) && utf8.Valid(n.Bytes); i++ {
			b = b[:len(b)-1]
		}
	}
	if n.Kind == Text || printable(n.Bytes) {
		return strconv.Quote(string(b)) + rest
	}
	return "(" + count(len(n.Bytes), "byte") + ")"
}

// printable reports whether bytes are text that can be read.
func printable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}
