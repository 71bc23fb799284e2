package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// What a codec makes of a packet that it has to accept or to refuse.
const (
	outcomeAccepted = "accepted"
	outcomeRefused  = "refused"
	outcomePanic    = "panic" // of a kind that can be recovered from, or that ends the program
	outcomeHang     = "hang"
	outcomeNone     = "none" // no such packet in this codec
)

// patience is how long a codec may think about one packet, and its process may
// take to start.
const patience = 20 * time.Second

// bomb is a packet of five bytes that announces 256 MiB.
var bomb = sample{name: "length bomb", version: mqttwire.MQTT311, sender: mqttwire.Client, wire: []byte{0x30, 0xFF, 0xFF, 0xFF, 0x7F}}

// outcome is what came of one packet.
type outcome struct {
	Result    string `json:"result"`
	Allocated uint64 `json:"allocated"` // bytes
}

// score counts outcomes.
type score struct {
	Right  int `json:"right"`
	Total  int `json:"total"`
	Panics int `json:"panics,omitempty"`
	Hangs  int `json:"hangs,omitempty"`
}

// rulesRow is the scores on one class of rules, by codec.
type rulesRow struct {
	Class  string           `json:"class"`
	Scores map[string]score `json:"scores"`
}

// rulesTable is what each codec validates.
type rulesTable struct {
	Rows      []rulesRow        `json:"rows"`
	Malformed map[string]score  `json:"malformed"` // over all classes
	Valid     map[string]score  `json:"valid"`
	Bomb      map[string]uint64 `json:"bomb"` // bytes allocated for the length bomb; a codec in another process has none
}

// add counts an outcome.
func (s *score) add(o outcome, malformed bool) {
	if o.Result == outcomeNone {
		return
	}
	s.Total++
	switch {
	case o.Result == outcomePanic:
		s.Panics++
	case o.Result == outcomeHang:
		s.Hangs++
	case (o.Result == outcomeRefused) == malformed:
		s.Right++
	}
}

// judgeAll shows every packet of testdata/bench/rules to every codec.
func judgeAll(root string, names []string, progress func(codec string)) (*rulesTable, error) {
	list, err := readFolder(root, "rules")
	if err != nil {
		return nil, err
	}
	t := &rulesTable{Malformed: map[string]score{}, Valid: map[string]score{}, Bomb: map[string]uint64{}}
	for _, s := range list {
		if len(t.Rows) == 0 || t.Rows[len(t.Rows)-1].Class != s.class {
			t.Rows = append(t.Rows, rulesRow{Class: s.class, Scores: map[string]score{}})
		}
	}
	cases := append(list, bomb)
	for _, name := range names {
		progress(name)
		outcomes, err := judge(root, name, len(cases))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.count(name, list, outcomes)
		if e := entryNamed(name); !e.foreign {
			t.Bomb[name] = outcomes[len(list)].Allocated
		}
	}
	return t, nil
}

// count adds the outcomes of one codec to the table.
func (t *rulesTable) count(name string, list []sample, outcomes []outcome) {
	row := -1
	for i, s := range list {
		if row < 0 || t.Rows[row].Class != s.class {
			row++
		}
		all := t.Valid
		if s.malformed() {
			all = t.Malformed
		}
		for _, m := range []map[string]score{t.Rows[row].Scores, all} {
			sc := m[name]
			sc.add(outcomes[i], s.malformed())
			m[name] = sc
		}
	}
}

// entryNamed finds a codec by its name.
func entryNamed(name string) *entry {
	for i := range entries {
		if entries[i].name == name {
			return &entries[i]
		}
	}
	return nil
}

// judge shows all packets to one codec, in a process of its own: some panic in
// ways that cannot be recovered from, and some never come back.
func judge(root, name string, count int) ([]outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, 0, count)
	for len(outcomes) < count {
		command := exec.Command(self, judgeCommand, root, name, strconv.Itoa(len(outcomes)))
		out, err := command.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := command.Start(); err != nil {
			return nil, err
		}
		more, hung := readOutcomes(out, command, patience)
		_ = command.Wait() // a crash shows by what is missing
		outcomes = append(outcomes, more...)
		if len(outcomes) < count {
			if len(more) == 0 && len(outcomes) == 0 && !hung {
				return nil, errors.New("cannot be judged: its process ends at once")
			}
			result := outcomePanic
			if hung {
				result = outcomeHang
			}
			outcomes = append(outcomes, outcome{Result: result})
		}
	}
	return outcomes[:count], nil
}

// readOutcomes reads what the process prints, and kills it when it prints nothing for
// so long.
func readOutcomes(out io.Reader, command *exec.Cmd, patience time.Duration) (list []outcome, hung bool) {
	timer := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	lines := bufio.NewScanner(out)
	last := time.Now()
	for lines.Scan() {
		var o outcome
		if json.Unmarshal(lines.Bytes(), &o) != nil || o.Result == "" {
			continue
		}
		list = append(list, o)
		timer.Reset(patience)
		last = time.Now()
	}
	return list, time.Since(last) >= patience
}

// judgeCommand is the argument that makes the program the process that judge
// starts.
const judgeCommand = "judge-one-codec"

// judgeOne prints the outcomes of one codec, from the first packet on.
func judgeOne(args []string, stdout io.Writer) error {
	if len(args) != 3 {
		return errors.New("this is for the program itself")
	}
	root, e := args[0], entryNamed(args[1])
	start, err := strconv.Atoi(args[2])
	if err != nil || e == nil {
		return errors.New("this is for the program itself")
	}
	list, err := readFolder(root, "rules")
	if err != nil {
		return err
	}
	if e.foreign {
		if node.err = startNode(root); node.err != nil {
			return node.err
		}
	}
	for _, s := range append(list, bomb)[start:] {
		line, err := json.Marshal(judgePacket(e, s))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(stdout, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// judgePacket shows one packet to a codec.
func judgePacket(e *entry, s sample) outcome {
	if !e.speaks(s.version) && s.name != bomb.name {
		return outcome{Result: outcomeNone}
	}
	c, err := e.open()
	if err != nil {
		return outcome{Result: outcomeNone}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = guarded(func() error { return c.check(s.rules(), s.wire) })
	runtime.ReadMemStats(&after)
	o := outcome{Result: outcomeRefused, Allocated: after.TotalAlloc - before.TotalAlloc}
	switch {
	case err == nil:
		o.Result = outcomeAccepted
	case errors.Is(err, errPanic):
		o.Result = outcomePanic
	case errors.Is(err, errNotOffered), errors.Is(err, errUnknownPacket):
		o.Result = outcomeNone
	}
	return o
}
