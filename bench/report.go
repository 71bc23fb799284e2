package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// report is the results of a run, as they are written to a file.
type report struct {
	Machine machine        `json:"machine"`
	Codecs  []codecReport  `json:"codecs"`
	Groups  []*groupReport `json:"groups"`
	Rules   *rulesTable    `json:"rules,omitempty"`
}

// machine says where and how the results came about.
type machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	System  string `json:"system"`
	Go      string `json:"go"`
	Node    string `json:"node,omitempty"`
	Date    string `json:"date"`
	Command string `json:"command"`
	Passes  int    `json:"passes"`
	SliceMs int    `json:"sliceMs"` // how long each codec is timed in a pass, about
}

// codecReport is one codec that took part, or why it did not.
type codecReport struct {
	Name    string `json:"name"`
	Module  string `json:"module,omitempty"`
	Version string `json:"version,omitempty"`
	What    string `json:"what"`
	Speaks  string `json:"speaks"`
	Absent  string `json:"absent,omitempty"`
}

// groupReport is one piece of work.
type groupReport struct {
	Section string        `json:"section"`
	Name    string        `json:"name"`
	Size    int           `json:"size"`
	Items   int           `json:"items"`
	X       float64       `json:"x"`
	Cells   []*cellReport `json:"cells"`
}

// cellReport is one codec at it. All figures are for one item.
type cellReport struct {
	Codec   string  `json:"codec"`
	Op      string  `json:"op"`
	Verdict verdict `json:"verdict,omitempty"`
	Ns      float64 `json:"ns,omitempty"` // the median
	Q1      float64 `json:"q1,omitempty"`
	Q3      float64 `json:"q3,omitempty"`
	Bytes   float64 `json:"bytes"`
	Allocs  float64 `json:"allocs"`
	Limit   float64 `json:"limit,omitempty"`  // of its time to that of the limit
	Times   float64 `json:"times,omitempty"`  // of its time to that of mqttwire
	Accept  float64 `json:"accept,omitempty"` // of refusing to accepting
}

// summarize works out the report of a group.
func (g *group) summarize() *groupReport {
	r := &groupReport{Section: g.section, Name: g.name, Size: g.size, Items: g.items, X: g.x}
	for _, c := range g.cells {
		cr := &cellReport{Codec: c.codec, Op: c.op, Verdict: c.verdict,
			Bytes: c.bytes / float64(max(1, g.items)), Allocs: c.allocs / float64(max(1, g.items))}
		cr.Q1, cr.Ns, cr.Q3 = quartiles(c.ns)
		if len(c.ns) > 0 {
			cr.Times = ratio(c, g.cell("mqttwire", c.op))
			switch c.op {
			case opDecode, opAlone:
				cr.Limit = ratio(c, g.cell(opValid, opValid))
			case opEncode:
				cr.Limit = ratio(c, g.cell(opCopy, opCopy))
			case opReject:
				cr.Accept = ratio(c, g.cell(c.codec, opAccept))
			}
			if g.section == streamSection || g.section == growthSection { // per item against the whole
				cr.Limit = 0
			}
		}
		r.Cells = append(r.Cells, cr)
	}
	return r
}

// cell finds a cell, or is nil.
func (g *groupReport) cell(codec, op string) *cellReport {
	for _, c := range g.Cells {
		if c.Codec == codec && c.Op == op {
			return c
		}
	}
	return nil
}

// fastest is the fastest Go codec of the others that is right, or nil.
func (g *groupReport) fastest(op string) *cellReport {
	var best *cellReport
	for _, c := range g.Cells {
		e := entryNamed(c.Codec)
		if c.Op != op || c.Ns == 0 || e == nil || e.ours() || e.foreign {
			continue
		}
		if best == nil || c.Ns < best.Ns {
			best = c
		}
	}
	return best
}

// section is the groups of one section, in their order.
func (r *report) section(name string) (list []*groupReport) {
	for _, g := range r.Groups {
		if g.Section == name {
			list = append(list, g)
		}
	}
	return list
}

// thisMachine looks around.
func thisMachine(passes int, slice time.Duration) machine {
	return machine{CPU: cpuName(), Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Node: node.runtime,
		Date: time.Now().UTC().Format(time.DateOnly), Passes: passes, SliceMs: int(slice.Milliseconds())}
}

// cpuName is the processor as Linux names it.
func cpuName() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// describe says which codecs take part, and with which versions they were built.
func describe(absent map[string]string) (list []codecReport) {
	versions := map[string]string{npmModule: node.version}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			versions[m.Path] = m.Version
		}
	}
	for _, e := range entries {
		var speaks []string
		for _, v := range e.versions {
			speaks = append(speaks, v.String())
		}
		list = append(list, codecReport{Name: e.name, Module: e.module, Version: versions[e.module], What: e.what,
			Speaks: strings.Join(speaks, ", "), Absent: absent[e.name]})
	}
	return list
}

// writeReport and readReport keep a report in a file.
func writeReport(path string, r *report) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func readReport(path string) (*report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &report{}
	return r, json.Unmarshal(text, r)
}
