package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// sample is one packet of testdata/bench. The README.md there describes the format.
type sample struct {
	name    string
	version mqttwire.Version
	sender  mqttwire.Sender
	class   string // the class of rules that it is about, for the validation table
	problem string // of a malformed packet: what is wrong with it
	clause  string // and where that is forbidden; of a valid one: where it is allowed
	facts   facts  // what a valid packet says; nil if the file has none
	wire    []byte
}

func (s sample) rules() mqttwire.Rules {
	return mqttwire.Rules{Version: s.version, Sender: s.sender}
}

// malformed reports whether the packet has to be refused.
func (s sample) malformed() bool { return s.problem != "" }

// readSamples reads every packet of one file.
func readSamples(path string) ([]sample, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []sample
	class := ""
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		s, err := parseSample(block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if s.class != "" {
			class = s.class // one for the whole file, in its first block
		}
		s.class = class
		list = append(list, s)
	}
	return list, nil
}

// parseSample reads the lines of one packet.
func parseSample(block string) (sample, error) {
	s := sample{}
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		comment, ok := strings.CutPrefix(line, "# ")
		if !ok {
			b, err := hex.DecodeString(strings.ReplaceAll(line, " ", ""))
			if err != nil {
				return s, fmt.Errorf("%q: %w", line, err)
			}
			s.wire = append(s.wire, b...)
			continue
		}
		key, value, ok := strings.Cut(comment, ": ")
		if !ok {
			return s, fmt.Errorf("%q has no colon", line)
		}
		if err := s.set(key, value); err != nil {
			return s, err
		}
	}
	if s.name == "" || s.version == 0 || s.sender == mqttwire.AnySender || len(s.wire) == 0 {
		return s, fmt.Errorf("a packet without name, version, sender or bytes: %q", s.name)
	}
	return s, nil
}

// set takes one line of the comment.
func (s *sample) set(key, value string) error {
	switch key {
	case "name":
		s.name = value
	case "class":
		s.class = value
	case "error":
		s.problem = value
	case "clause":
		s.clause = value
	case "version":
		s.version = map[string]mqttwire.Version{"3.1": mqttwire.MQTT31, "3.1.1": mqttwire.MQTT311, "5.0": mqttwire.MQTT5}[value]
	case "sender":
		s.sender = map[string]mqttwire.Sender{"client": mqttwire.Client, "server": mqttwire.Server}[value]
	default:
		if key[0] < 'A' || key[0] > 'Z' {
			return fmt.Errorf("no line begins with %q", key)
		}
		if s.facts == nil {
			s.facts = facts{}
		}
		s.facts[key] = value
	}
	return nil
}

// readFolder reads every file of a folder of testdata/bench, in the order of
// their names.
func readFolder(root, folder string) ([]sample, error) {
	paths, err := filepath.Glob(filepath.Join(root, "testdata", "bench", folder, "*.hex"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no packets in %s", filepath.Join(root, "testdata", "bench", folder))
	}
	var list []sample
	for _, path := range paths {
		more, err := readSamples(path)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// findRoot looks for the repository in folder and in those above it.
func findRoot(folder string) (string, error) {
	start, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "testdata", "bench")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("neither %s nor a folder above it has testdata/bench", start)
		}
	}
}

// largePublish is a PUBLISH of QoS 1 with a payload of n bytes.
func largePublish(v mqttwire.Version, n int) sample {
	p := mqttwire.Publish{QoS: 1, PacketID: 1, TopicName: []byte("cameras/front/frame"), Payload: bytes.Repeat([]byte("picture "), n/8+1)[:n]}
	s := sample{name: fmt.Sprintf("PUBLISH %v, %d KiB", v, n>>10), version: v, sender: mqttwire.Client}
	s.wire = must(p.Append(nil, s.rules()))
	s.facts = packetFacts(&p, v)
	return s
}

// must is for what cannot fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
