package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// cell is one thing to time: a codec at one operation on one piece of work.
type cell struct {
	codec   string
	op      string
	verdict verdict // anything but right: not timed
	run     func(n int) error
	elapsed func() time.Duration // of the last run, if the codec keeps its own time

	n      int       // operations in a pass
	ns     []float64 // nanoseconds an operation, by pass
	bytes  float64   // allocated by an operation
	allocs float64
}

// group is cells that are compared with each other: one piece of work.
type group struct {
	section string // of the report
	name    string
	size    int // bytes of the packet or stream
	items   int // packets or subscribers in one operation
	cells   []*cell

	// For a group that is a point on a curve.
	x    float64
	unit string // of what ns are given for: "byte", "property"; "" for an operation
}

// The operations.
const (
	opDecode = "decode"
	opAlone  = "alone" // decode, where the type of the packet is known
	opEncode = "encode"
	opValid  = "utf8.Valid" // the limits
	opCopy   = "copy"
	opFanout = "fan-out"
	opAccept = "accept"
	opReject = "reject"
)

// cell finds a cell, or is nil.
func (g *group) cell(codec, op string) *cell {
	for _, c := range g.cells {
		if c.codec == codec && c.op == op {
			return c
		}
	}
	return nil
}

// add puts a cell into the group.
func (g *group) add(codec, op string, v verdict, run func(n int) error) *cell {
	c := &cell{codec: codec, op: op, verdict: v, run: run}
	g.cells = append(g.cells, c)
	return c
}

// time runs a cell once with n operations.
func (c *cell) time(n int) (time.Duration, error) {
	start := time.Now()
	err := c.run(n)
	took := time.Since(start)
	if c.elapsed != nil {
		took = c.elapsed()
	}
	if err != nil {
		return 0, fmt.Errorf("%s, %s: %w", c.codec, c.op, err)
	}
	return max(took, 1), nil
}

// calibrate finds out how many operations take about as long as slice, and what
// one of them allocates.
func (c *cell) calibrate(slice time.Duration) error {
	for c.n = 1; ; c.n *= 2 {
		took, err := c.quickest(3)
		if err != nil {
			return err
		}
		if took >= slice/4 || c.n >= 1<<30 {
			c.n = max(1, int(float64(c.n)*float64(slice)/float64(took)))
			break
		}
	}
	if c.elapsed == nil {
		return c.count()
	}
	return nil
}

// quickest is the shortest of some runs: one alone can hit upon a moment in which
// the machine does something else.
func (c *cell) quickest(runs int) (time.Duration, error) {
	best := time.Duration(1<<63 - 1)
	for range runs {
		took, err := c.time(c.n)
		if err != nil {
			return 0, err
		}
		best = min(best, took)
	}
	return best, nil
}

// count counts what one operation more allocates, beside what a run does once.
func (c *cell) count() error {
	n := min(c.n, 1000)
	bytes, allocs, err := c.allocations(n)
	if err != nil {
		return err
	}
	twice, more, err := c.allocations(2 * n)
	if err != nil {
		return err
	}
	c.bytes = float64((twice - min(bytes, twice)) / uint64(n))
	c.allocs = float64((more - min(allocs, more)) / uint64(n))
	return nil
}

// allocations is what n operations allocate.
func (c *cell) allocations(n int) (bytes, count uint64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	err = c.run(n)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs, err
}

// timed is the cells that are timed.
func (g *group) timed() (list []*cell) {
	for _, c := range g.cells {
		if c.verdict == right {
			list = append(list, c)
		}
	}
	return list
}

// measure times all groups, passes times over: in each pass each group, in each
// group every cell once, in an order that is drawn anew each time. The garbage of
// one cell is collected before the next begins, and outside the time of both.
func measure(groups []*group, passes int, slice time.Duration, progress func(pass int)) error {
	for _, g := range groups {
		for _, c := range g.timed() {
			if err := c.calibrate(slice); err != nil {
				return fmt.Errorf("%s: %w", g.name, err)
			}
			c.ns = make([]float64, 0, passes)
		}
	}
	garbage := true
	for pass := range passes {
		progress(pass)
		for _, g := range groups {
			cells := g.timed()
			rand.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
			for _, c := range cells {
				if garbage {
					runtime.GC()
				}
				took, err := c.time(c.n)
				if err != nil {
					return fmt.Errorf("%s: %w", g.name, err)
				}
				garbage = c.bytes > 0
				c.ns = append(c.ns, float64(took)/float64(c.n*max(1, g.items)))
			}
		}
	}
	return nil
}

// quartiles is the median of a list, and the quartiles on both sides of it.
func quartiles(list []float64) (q1, median, q3 float64) {
	if len(list) == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(list))
	at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, sorted, nil) }
	return at(0.25), at(0.5), at(0.75)
}

// ratio is the median, over the passes, of a's time to b's.
func ratio(a, b *cell) float64 {
	if a == nil || b == nil || len(a.ns) != len(b.ns) {
		return 0
	}
	list := make([]float64, len(a.ns))
	for i := range list {
		list[i] = a.ns[i] / b.ns[i]
	}
	_, median, _ := quartiles(list)
	return median
}
