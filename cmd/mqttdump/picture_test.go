package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The picture in README.md is what a terminal shows of its first example.
const (
	pictureFile    = "bad-connect.svg"
	pictureCommand = "echo 10 18 0004 4d515454 05 83 003c 00 0006 646576696365 0003 61ff62 | mqttdump -v"
)

// TestPicture: the picture is that of the real output. -update draws it anew.
func TestPicture(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), "\n$ "+pictureCommand+"\n", "the text below the picture")
	require.Contains(t, string(readme), "]("+pictureFile+")")
	screen := "$ " + pictureCommand + "\n" + shell(t, pictureCommand+" --color always")
	got := drawTerminal(t, screen)
	if *update {
		require.NoError(t, os.WriteFile(pictureFile, []byte(got), 0o644))
	}
	want, err := os.ReadFile(pictureFile)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "-update draws it anew")
	require.NoError(t, xml.Unmarshal([]byte(got), new(struct{})))
}

// How large a character is, in the font that most systems have.
const (
	charWidth, lineHeight = 7.8, 17
	margin                = 14
)

// colorClasses is the classes of the picture for the codes of ECMA-48 that the output
// has: dim, bold, cyan, green, red and yellow.
var colorClasses = map[string]string{"2": "d", "1": "b", "36": "c", "1;32": "g", "1;31": "r", "1;33": "y"}

// drawTerminal draws text with colours as SVG.
func drawTerminal(t *testing.T, screen string) string {
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	columns := 0
	var body bytes.Buffer
	for i, line := range lines {
		columns = max(columns, drawLine(t, &body, line, margin+13+i*lineHeight))
	}
	width, height := int(float64(columns)*charWidth)+2*margin, len(lines)*lineHeight+2*margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
<title>mqttdump -v explains a bad CONNECT</title>
<style>
rect { fill: #161b22 }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; white-space: pre }
.d { fill: #8b949e } .b { font-weight: bold; fill: #f0f6fc } .c { fill: #76e3ea }
.g { font-weight: bold; fill: #56d364 } .r { font-weight: bold; fill: #ff7b72 } .y { font-weight: bold; fill: #e3b341 }
</style>
<rect width="100%%" height="100%%" rx="8"/>
%s</svg>
`, width, height, width, height, body.String())
}

// drawLine draws a line at a height: what has one colour, from its first character to
// its last, is put at its column, so that any font will do. It returns how many columns
// there are.
func drawLine(t *testing.T, body *bytes.Buffer, line string, y int) (columns int) {
	for i, part := range strings.Split(line, "\x1b[") {
		code, shown, found := "0", part, false
		if i > 0 {
			code, shown, found = strings.Cut(part, "m")
			require.True(t, found, "%q", part)
		}
		class := ""
		if code != "0" {
			require.Contains(t, colorClasses, code)
			class = fmt.Sprintf(" class=%q", colorClasses[code])
		}
		if run := strings.Trim(shown, " "); run != "" {
			x := margin + float64(columns+strings.Index(shown, run[:1]))*charWidth
			fmt.Fprintf(body, "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\"%s>", x, y, float64(utf8.RuneCountInString(run))*charWidth, class)
			require.NoError(t, xml.EscapeText(body, []byte(strings.ReplaceAll(run, " ", "\u00a0"))))
			body.WriteString("</text>\n")
		}
		columns += utf8.RuneCountInString(shown)
	}
	return columns
}
