package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	b := baseline{counts: []count{{"decode A", 100}, {"append A", 1000}}}
	for _, c := range []struct {
		counts []count
		some   bool
		err    string
	}{
		{[]count{{"decode A", 104.9}, {"append A", 1}}, false, ""},
		{[]count{{"decode A", 105.2}, {"append A", 1000}}, false, "over 5 % more instructions than the baseline: decode A"},
		{[]count{{"decode A", 106}, {"append A", 1051}}, false, "over 5 % more instructions than the baseline: decode A, append A"},
		{[]count{{"decode A", 100}}, true, ""},
		{[]count{{"decode A", 100}}, false, "not in both the baseline and the paths, so write it again with --update: append A"},
		{[]count{{"decode B", 100}}, true, "not in both the baseline and the paths, so write it again with --update: decode B"},
		{nil, true, "there are no such paths"},
	} {
		var out bytes.Buffer
		err := b.compare(c.counts, c.some, &out)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, c.err)
		}
	}
	var out bytes.Buffer
	require.NoError(t, b.compare([]count{{"decode A", 90}}, true, &out))
	require.Equal(t, "decode A                                    100.0     90.0  -10.0 %\n", out.String())
}

func TestBaseline(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.csv")
	b := baseline{file: file, toolchain: "go1.2.3", counts: []count{{"decode A", 100.5}, {"append A, B", 7}}}
	require.NoError(t, b.write())
	read, err := readBaseline(file)
	require.NoError(t, err)
	require.Equal(t, b, read)

	for _, text := range []string{"", "decode A,1\n", "# go1\ndecode A\n", "# go1\ndecode A,x\n"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := readBaseline(file)
		require.Error(t, err, text)
	}
	_, err = readBaseline(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestSamples has each path of the committed baseline, and no other.
func TestSamples(t *testing.T) {
	samples, err := readSamples(filepath.Join("..", "..", "testdata", "bench", "work"))
	require.NoError(t, err)
	b, err := readBaseline("baseline.csv")
	require.NoError(t, err)
	paths := map[string]bool{}
	for _, s := range samples {
		for _, path := range s.paths() {
			require.Contains(t, functions, path)
			paths[path+" "+s.name] = true
		}
	}
	require.Len(t, b.counts, len(paths))
	for _, c := range b.counts {
		require.True(t, paths[c.path], c.path)
		require.Positive(t, c.instructions)
	}
	_, err = readSamples(t.TempDir())
	require.Error(t, err)
}

func TestFlags(t *testing.T) {
	var out bytes.Buffer
	require.EqualError(t, run([]string{"--none"}, &out), "unknown flag: --none")
	require.EqualError(t, run([]string{"--update", "--only", "decode"}, &out), "--update writes all paths: it does not go with --only")
}
