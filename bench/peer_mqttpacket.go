package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// nodeProcess is js/bench.js, which all pieces of work share. It lives as long as
// the program.
type nodeProcess struct {
	in      io.Writer
	out     *bufio.Reader
	handles int
}

// node is that process once it runs, or why it does not.
var node struct {
	process *nodeProcess
	version string // of mqtt-packet
	runtime string // the version of Node.js
	err     error
}

// startNode starts it, with the packages in the js folder of the module.
func startNode(root string) error {
	folder := filepath.Join(root, "bench", "js")
	text, err := os.ReadFile(filepath.Join(folder, "node_modules", "mqtt-packet", "package.json"))
	if err != nil {
		return errors.New("mqtt-packet is not installed: run npm ci in bench/js")
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	node.version = manifest.Version
	runtime, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Errorf("node does not run: %w", err)
	}
	node.runtime = strings.TrimSpace(string(runtime))
	command := exec.Command("node", filepath.Join(folder, "bench.js"))
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	node.process = &nodeProcess{in: in, out: bufio.NewReaderSize(out, 1<<20)}
	return nil
}

// mqttPacket is a codec in that process, which keeps the time itself.
type mqttPacket struct {
	id   int
	wire []byte // what the process has
	said facts
	took time.Duration
}

func openMqttPacket() (codec, error) {
	if node.process == nil {
		return nil, errors.Join(errors.New("it does not run"), node.err)
	}
	node.process.handles++
	return &mqttPacket{id: node.process.handles}, nil
}

// request is a line to the process, answer one from it.
type request struct {
	ID    int    `json:"id"`
	Op    string `json:"op"`
	V     uint8  `json:"v,omitempty"`
	Wire  string `json:"wire,omitempty"`
	N     int    `json:"n"`
	Facts bool   `json:"facts,omitempty"`
}

type answer struct {
	Ns    int64  `json:"ns"`
	Facts facts  `json:"facts"`
	Wire  string `json:"wire"`
	Error string `json:"error"`
}

// ask sends a request and waits for its answer.
func (p *nodeProcess) ask(r request) (a answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	if line, err = p.out.ReadBytes('\n'); err != nil {
		return a, fmt.Errorf("node has ended: %w", err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

func (c *mqttPacket) decode(v mqttwire.Version, wire []byte, n int) error {
	r := request{ID: c.id, Op: "decode", N: n}
	if len(c.wire) != len(wire) || &c.wire[0] != &wire[0] {
		r.V, r.Wire, r.Facts = uint8(v), hex.EncodeToString(wire), true
		c.wire = nil
	}
	a, err := node.process.ask(r)
	if err != nil {
		return err
	}
	c.took = time.Duration(a.Ns)
	if r.Facts {
		c.wire, c.said = wire, a.Facts
	}
	return nil
}

func (c *mqttPacket) facts() facts { return c.said }

func (c *mqttPacket) encode(n int) ([]byte, error) {
	a, err := node.process.ask(request{ID: c.id, Op: "encode", N: n})
	if err != nil {
		return nil, err
	}
	c.took = time.Duration(a.Ns)
	return hex.DecodeString(a.Wire)
}

func (c *mqttPacket) check(r mqttwire.Rules, wire []byte) error {
	if err := announced(wire); err != nil {
		return err
	}
	return c.decode(r.Version, wire, 1)
}

func (c *mqttPacket) elapsed() time.Duration { return c.took }
