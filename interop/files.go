package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

var (
	versions = map[string]mqttwire.Version{"3.1": mqttwire.MQTT31, "3.1.1": mqttwire.MQTT311, "5.0": mqttwire.MQTT5}
	senders  = map[string]mqttwire.Sender{"client": mqttwire.Client, "server": mqttwire.Server}
)

// readFiles reads all packets of the repository's testdata folder, and of this
// module's.
func readFiles(root string) (all []packet, err error) {
	readers := []struct {
		pattern string
		read    func(path string) ([]packet, error)
	}{
		{"testdata/packets/*.hex", readHex},
		{"testdata/packets/illegal/*.hex", readHex},
		{"testdata/bench/*/*.hex", readHex},
		{"testdata/conformance/*.json", readCases},
		{"testdata/captures/*.pcap*", readCapture},
		{"interop/testdata/*.hex", readHex},
	}
	for _, r := range readers {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(r.pattern)))
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("%s has no %s", root, r.pattern)
		}
		for _, path := range paths {
			packets, err := r.read(path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			all = append(all, packets...)
		}
	}
	return all, nil
}

// readHex reads packets from lines that begin with "#", of which "# version: 5.0"
// and "# sender: client" count, and then lines of hexadecimal digits. An empty
// line separates two packets.
func readHex(path string) (all []packet, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		p := packet{source: filepath.Base(path)}
		digits := ""
		for line := range strings.SplitSeq(block, "\n") {
			comment, isComment := strings.CutPrefix(line, "# ")
			if !isComment {
				digits += strings.ReplaceAll(line, " ", "")
			} else if v, ok := strings.CutPrefix(comment, "version: "); ok {
				p.rules.Version = versions[v]
			} else if s, ok := strings.CutPrefix(comment, "sender: "); ok {
				p.rules.Sender = senders[s]
			}
		}
		if digits == "" {
			continue // a remark
		}
		if p.rules.Version == 0 || p.rules.Sender == 0 {
			return nil, errors.New("a packet has no version or no sender")
		}
		if p.wire, err = hex.DecodeString(digits); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// readCases reads a file of testdata/conformance. The cases that need a receiver
// with a limit or an optional rule keep that: inspect has both, and the others
// are not asked about them.
func readCases(path string) (all []packet, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Cases []struct {
			ID, Version, Sender, Hex string
			Options                  []string
			Limit                    uint32 `json:"maximum_packet_size"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	for _, c := range file.Cases {
		p := packet{source: c.ID, limit: c.Limit}
		p.rules = mqttwire.Rules{Version: versions[c.Version], Sender: senders[c.Sender]}
		if p.rules.Version == 0 || p.rules.Sender == 0 {
			return nil, fmt.Errorf("%s has no version or no sender", c.ID)
		}
		for _, name := range c.Options {
			option, err := optionByName(name)
			if err != nil {
				return nil, err
			}
			p.rules.Options |= option
		}
		if p.wire, err = hex.DecodeString(c.Hex); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// optionByName finds the option that prints as name.
func optionByName(name string) (mqttwire.Options, error) {
	for o := mqttwire.Options(1); o <= mqttwire.AllOptions; o <<= 1 {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("there is no option %q", name)
}

// split takes the packets of one direction of a connection apart. What cannot be
// taken apart any more comes as one, the last.
func split(stream []byte, add func(wire []byte)) {
	for len(stream) > 0 {
		h, n, err := mqttwire.ConsumeFixedHeader(stream)
		end := n + h.RemainingLength
		if err != nil || end > len(stream) {
			add(bytes.Clone(stream))
			return
		}
		add(bytes.Clone(stream[:end]))
		stream = stream[end:]
	}
}
