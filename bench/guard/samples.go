package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A sample is one packet that the paths are run with.
type sample struct {
	name    string
	version int
	hex     string
	refused bool
	message bool // a PUBLISH of 5.0, to be delivered as well
}

// paths is what is done with the packet.
func (s sample) paths() []string {
	switch {
	case s.refused:
		return []string{"refuse"}
	case s.message:
		return []string{"decode", "decoder", "append", "deliver"}
	}
	return []string{"decode", "decoder", "append"}
}

// readSamples reads the packets of a folder, one in each file, in the format that
// testdata/bench/README.md describes.
func readSamples(dir string) (list []sample, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.hex"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no packets", dir)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s := sample{refused: strings.HasSuffix(file, "-bad.hex")}
		for _, line := range strings.Split(string(text), "\n") {
			key, value, _ := strings.Cut(line, ": ")
			switch {
			case key == "# name":
				s.name = value
			case key == "# version":
				s.version = map[string]int{"3.1": 3, "3.1.1": 4, "5.0": 5}[value]
			case !strings.HasPrefix(line, "#"):
				s.hex += strings.ReplaceAll(line, " ", "")
			}
		}
		if s.name == "" || s.version == 0 || s.hex == "" {
			return nil, fmt.Errorf("%s lacks a name, a version or a packet", file)
		}
		s.message = !s.refused && s.version == 5 && s.hex[0] == '3'
		list = append(list, s)
	}
	return list, nil
}
