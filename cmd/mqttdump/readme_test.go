package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the examples in README.md print into it")

// The examples in README.md are real: each "$ " line in a block is run from the root
// of the repository, and what stands below it is what it prints.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	path, err := filepath.Abs("README.md")
	require.NoError(t, err)
	t.Chdir("../..")
	blocks := strings.Split(string(readme), "\n```\n")
	run := 0
	for i, block := range blocks {
		if !strings.HasPrefix(block, "$ ") {
			continue
		}
		var examples []string
		for _, example := range strings.Split(block[2:], "\n$ ") {
			command, want, _ := strings.Cut(example, "\n")
			got := strings.TrimSuffix(shell(t, command), "\n")
			if !*update {
				require.Equal(t, want, got, command)
			}
			examples = append(examples, "$ "+command+"\n"+got)
			run++
		}
		blocks[i] = strings.Join(examples, "\n")
	}
	require.Greater(t, run, 5)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(blocks, "\n```\n")), 0o644))
	}
}

// shell runs a line of commands joined by pipes, of which it knows mqttdump, echo
// and head. It returns what the last one prints, and all that mqttdump says on
// standard error.
func shell(t *testing.T, line string) string {
	t.Helper()
	var in []byte
	var errors bytes.Buffer
	for _, command := range strings.Split(line, " | ") {
		words := wordsOf(command)
		var out bytes.Buffer
		switch words[0] {
		case "echo":
			fmt.Fprintln(&out, strings.Join(words[1:], " "))
		case "head":
			n, err := strconv.Atoi(strings.TrimPrefix(words[1], "-"))
			require.NoError(t, err)
			lines := bytes.SplitAfter(in, []byte("\n"))
			out.Write(bytes.Join(lines[:min(n, len(lines))], nil))
			errors.Reset() // it goes away before the end
		case "mqttdump":
			run(words[1:], bytes.NewReader(in), &out, &errors)
		default:
			t.Fatalf("no command %q", words[0])
		}
		in = out.Bytes()
	}
	return string(in) + errors.String()
}

// wordsOf splits a command at its spaces, but for those in single quotes.
func wordsOf(command string) (words []string) {
	var word strings.Builder
	quoted, some := false, false
	for _, c := range command + " " {
		switch {
		case c == '\'':
			quoted, some = !quoted, true
		case c == ' ' && !quoted:
			if some {
				words = append(words, word.String())
			}
			word.Reset()
			some = false
		default:
			word.WriteRune(c)
			some = true
		}
	}
	return words
}
