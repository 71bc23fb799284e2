package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// A count is what one path takes.
type count struct {
	path         string // as "decode CONNECT 5.0 full"
	instructions float64
}

// A baseline is the counts that a file has, and the Go version that made them.
type baseline struct {
	file      string
	toolchain string
	counts    []count
}

// readBaseline reads a file whose first line names the Go version; the others are
// a path and its instructions.
func readBaseline(file string) (b baseline, err error) {
	b.file = file
	text, err := os.ReadFile(file)
	if err != nil {
		return b, err
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	var ok bool
	if b.toolchain, ok = strings.CutPrefix(first, "# "); !ok {
		return b, fmt.Errorf("%s: line 1 has no Go version", file)
	}
	records := csv.NewReader(strings.NewReader(rest))
	records.FieldsPerRecord = 2
	for {
		fields, err := records.Read()
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, fmt.Errorf("%s: %w", file, err)
		}
		n, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return b, fmt.Errorf("%s: %w", file, err)
		}
		b.counts = append(b.counts, count{fields[0], n})
	}
}

func (b baseline) write() error {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n", b.toolchain)
	w := csv.NewWriter(&text)
	for _, c := range b.counts {
		w.Write([]string{c.path, strconv.FormatFloat(c.instructions, 'f', 1, 64)})
	}
	w.Flush()
	return os.WriteFile(b.file, []byte(text.String()), 0o644)
}

// compare prints the counts beside the baseline's. It fails if one is too large, or
// if the baseline has other paths; some says that not all were counted.
func (b baseline) compare(counts []count, some bool, out io.Writer) error {
	was := map[string]float64{}
	for _, c := range b.counts {
		was[c.path] = c.instructions
	}
	var worse, unknown []string
	for _, c := range counts {
		before, ok := was[c.path]
		if !ok {
			unknown = append(unknown, c.path)
			continue
		}
		delete(was, c.path)
		ratio := c.instructions/before - 1
		fmt.Fprintf(out, "%-40s %8.1f %8.1f %+6.1f %%\n", c.path, before, c.instructions, 100*ratio)
		if ratio > tolerance {
			worse = append(worse, c.path)
		}
	}
	if !some {
		for path := range was {
			unknown = append(unknown, path)
		}
	}
	switch {
	case len(worse) > 0:
		return fmt.Errorf("over %.0f %% more instructions than the baseline: %s", 100*tolerance, strings.Join(worse, ", "))
	case len(unknown) > 0:
		return fmt.Errorf("not in both the baseline and the paths, so write it again with --update: %s", strings.Join(unknown, ", "))
	case len(counts) == 0:
		return errors.New("there are no such paths")
	}
	return nil
}
