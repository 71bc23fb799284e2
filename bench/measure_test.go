package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuartiles(t *testing.T) {
	q1, median, q3 := quartiles([]float64{5, 1, 4, 2, 3})
	require.Equal(t, []float64{2, 3, 4}, []float64{q1, median, q3})
	q1, median, q3 = quartiles([]float64{7})
	require.Equal(t, []float64{7, 7, 7}, []float64{q1, median, q3})
	q1, median, q3 = quartiles(nil)
	require.Equal(t, []float64{0, 0, 0}, []float64{q1, median, q3})
}

// TestRatio: it is the median of the ratios, not the ratio of the medians.
func TestRatio(t *testing.T) {
	a, b := &cell{ns: []float64{10, 100, 30}}, &cell{ns: []float64{5, 50, 10}}
	require.InDelta(t, 2, ratio(a, b), 1e-9)
	require.Zero(t, ratio(a, nil))
	require.Zero(t, ratio(a, &cell{}))
}

// clock is a codec that keeps its own time: a microsecond an operation.
func clock(c *cell) *cell {
	n := 0
	c.run = func(k int) error { n = k; return nil }
	c.elapsed = func() time.Duration { return time.Duration(n) * time.Microsecond }
	return c
}

func TestMeasure(t *testing.T) {
	one, other := clock(&cell{codec: "one", op: opDecode}), clock(&cell{codec: "other", op: opDecode, verdict: notOffered})
	g := &group{name: "work", items: 10, cells: []*cell{one, other}}
	passes := 0
	require.NoError(t, measure([]*group{g}, 3, time.Millisecond, func(int) { passes++ }))
	require.Equal(t, 3, passes)
	require.Equal(t, 1000, one.n)
	require.Equal(t, []float64{100, 100, 100}, one.ns, "nanoseconds an item")
	require.Empty(t, other.ns)

	bad := &cell{codec: "bad", op: opEncode, run: func(int) error { return errors.New("broken") }}
	err := measure([]*group{{name: "work", cells: []*cell{bad}}}, 1, time.Millisecond, func(int) {})
	require.EqualError(t, err, "work: bad, encode: broken")
}

var sink []byte

// TestCount: what is allocated once for a run does not count.
func TestCount(t *testing.T) {
	c := &cell{n: 100, run: func(n int) error {
		sink = make([]byte, 1<<16)
		for range n {
			sink = make([]byte, 64)
		}
		return nil
	}}
	require.NoError(t, c.count())
	require.Equal(t, []float64{64, 1}, []float64{c.bytes, c.allocs})
}

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		wire []byte
		size int
	}{
		{[]byte{0xC0, 0x00}, 2},
		{[]byte{0xC0, 0x00, 0xC0}, 2},
		{[]byte{0x40, 0x02, 0x00}, 0},
		{[]byte{0x40, 0x82, 0x00, 0x00, 0x01}, 5},
		{[]byte{0x30}, 0},
		{bomb.wire, 0},
	} {
		require.Equal(t, c.size, frame(c.wire), "%x", c.wire)
		require.Equal(t, c.size == 0, announced(c.wire) != nil, "%x", c.wire)
	}
}

// TestStream: it is long enough, the same each time, and of all kinds.
func TestStream(t *testing.T) {
	for _, v := range both {
		wire, packets := newStream(v)
		require.GreaterOrEqual(t, len(wire), streamSize)
		again, _ := newStream(v)
		require.Equal(t, wire, again)
		kinds := map[string]int{}
		for _, s := range packets {
			kinds[s.facts["Type"]+s.facts["QoS"]]++
		}
		require.Len(t, kinds, 6, kinds)
	}
}

func TestSubscribers(t *testing.T) {
	seen := map[string]int{}
	ids := map[uint16]bool{}
	for _, s := range newSubscribers(both...) {
		seen["version "+s.version.String()]++
		seen["qos "+string('0'+byte(s.qos))]++
		for name, is := range map[string]bool{"retain": s.retain, "alias": s.alias != 0, "known": s.aliasKnown, "identifier": s.identifier != 0} {
			if is {
				seen[name]++
			}
		}
		if s.qos > 0 {
			require.False(t, ids[s.packetID])
			ids[s.packetID] = true
		}
	}
	require.Equal(t, map[string]int{"version 3.1.1": 500, "version 5.0": 500, "qos 0": 250, "qos 1": 500, "qos 2": 250,
		"retain": 144, "alias": 200, "known": 100, "identifier": 167}, seen)
}
