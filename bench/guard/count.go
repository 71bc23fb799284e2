package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// times is how often a path is run. Each time takes the same instructions, so it
// only has to be many enough for the loop's own beginning not to matter.
const times = 100

// functions is the function of the work program that each path is in.
var functions = map[string]string{"decode": "main.measureDecode", "decoder": "main.measureDecoder", "refuse": "main.measureRefuse",
	"append": "main.measureAppend", "deliver": "main.measureDeliver"}

// countAll counts the instructions of every path.
func countAll(root, toolchain, only string) (counts []count, err error) {
	dir, err := os.MkdirTemp("", "guard")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "work")
	if _, err := command(root, toolchain, "go", "build", "-o", program, "./bench/guard/work"); err != nil {
		return nil, err
	}
	samples, err := readSamples(filepath.Join(root, "testdata", "bench", "work"))
	if err != nil {
		return nil, err
	}
	for _, s := range samples {
		for _, path := range s.paths() {
			name := path + " " + s.name
			if !strings.Contains(name, only) {
				continue
			}
			n, err := callgrind(dir, program, path, s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			counts = append(counts, count{name, n})
		}
	}
	return counts, nil
}

// callgrind counts the instructions of one path for one packet.
func callgrind(dir, program, path string, s sample) (float64, error) {
	file := filepath.Join(dir, "callgrind.out")
	run := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file="+file, "--toggle-collect="+functions[path],
		program, path, strconv.Itoa(s.version), s.hex, strconv.Itoa(times))
	run.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1", "GOGC=off", "GOMAXPROCS=1")
	if out, err := run.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, lastLine(out))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`(?m)^summary: (\d+)$`).FindSubmatch(text)
	if found == nil {
		return 0, errors.New("no summary from Callgrind")
	}
	total, err := strconv.Atoi(string(found[1]))
	if err != nil || total == 0 {
		return 0, errors.New("nothing counted by Callgrind")
	}
	return float64(total) / times, nil
}

// command runs a Go command with the given toolchain in dir, and returns what it
// prints.
func command(dir, toolchain string, name string, args ...string) ([]byte, error) {
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
	out, err := c.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", name, args[0], err, lastLine(out))
	}
	return out, nil
}

func lastLine(out []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return lines[len(lines)-1]
}
