package main

import (
	"bytes"
	"slices"
	"time"
)

// side tells the two ends of a connection apart, by their addresses.
type side int

const (
	low side = iota
	high
)

func (s side) other() side { return 1 - s }

// network is what happened to the segments of a connection on their way.
type network struct {
	again    int64 // segments all of whose bytes had come before
	overlaps int64 // segments some of whose bytes had come before
	early    int64 // segments that came before those in front of them
	lost     int64 // gaps that were never filled
}

// add adds up.
func (n *network) add(m network) {
	n.again += m.again
	n.overlaps += m.overlaps
	n.early += m.early
	n.lost += m.lost
}

// end is what is known of the bytes that one end sends. Positions count from its
// first byte.
type end struct {
	known    bool   // base is
	base     uint32 // the sequence number of the first byte
	received int64  // how far the bytes have been delivered
	sent     int64  // how far the segments that were seen go
	acked    int64  // how far the other end has acknowledged, a FIN included
	fin      int64  // where the FIN is, if closed
	closed   bool   // a FIN was seen
	cutFrame int    // the first frame that was not captured whole, or 0
	cutBytes int    // how many of its bytes are missing

	early      []early // segments that wait for those in front of them, by position
	earlyBytes int
}

// early is a segment that came too early.
type early struct {
	from int64
	data []byte
	at   moment
}

// What may wait in one direction for a segment that comes late: more than the
// receive windows in common use. After that the segment counts as lost, and also
// when the receiver has acknowledged it and still it has not come after a while.
const (
	maxEarly      = 8192
	maxEarlyBytes = 8 << 20
	maxWait       = 5 * time.Second
)

// farAway is more bytes than are ever on their way, with the windows in common
// use.
const farAway = 1 << 24

// begin sets the sequence number of the first byte.
func (e *end) begin(base uint32) { e.known, e.base = true, base }

// position is where the byte with this sequence number is, taken to be within
// 2 GiB of what was received last.
func (e *end) position(seq uint32) int64 {
	return e.received + int64(int32(seq-(e.base+uint32(e.received))))
}

// missing reports whether bytes that were sent have not been received. A FIN
// takes a number, so one more than the bytes may be acknowledged.
func (e *end) missing() bool {
	return e.sent > e.received || e.acked > e.received+1
}

// finished reports whether all bytes up to a FIN have been received.
func (e *end) finished() bool { return e.closed && e.received >= e.fin }

// put takes the bytes of a segment at a position. It returns those of them that
// come next, or nil, and then they wait or are of no use.
func (e *end) put(from int64, data []byte, at moment, n *network) []byte {
	to := from + int64(len(data))
	switch {
	case to <= e.received:
		n.again++
		return nil
	case from > e.received:
		n.early++
		e.wait(early{from, bytes.Clone(data), at})
		return nil
	case from < e.received:
		n.overlaps++
		data = data[e.received-from:]
	}
	e.received = to
	return data
}

// wait keeps a segment, in the order of the positions.
func (e *end) wait(s early) {
	i, _ := slices.BinarySearchFunc(e.early, s, func(a, b early) int {
		return int(min(max(a.from-b.from, -1), 1))
	})
	e.early = slices.Insert(e.early, i, s)
	e.earlyBytes += len(s.data)
}

// next returns the bytes that wait and come next, or nil when there are none.
func (e *end) next(n *network) ([]byte, moment) {
	for len(e.early) > 0 && e.early[0].from <= e.received {
		s := e.early[0]
		e.early = e.early[1:]
		e.earlyBytes -= len(s.data)
		if len(e.early) == 0 {
			e.early = nil
		}
		done := e.received - s.from
		if done >= int64(len(s.data)) {
			n.again++
			continue
		}
		if done > 0 {
			n.overlaps++
		}
		e.received = s.from + int64(len(s.data))
		return s.data[done:], s.at
	}
	return nil, moment{}
}

// givenUp reports whether what is missing in front of the segments that wait will
// not come any more.
func (e *end) givenUp(now moment) bool {
	if len(e.early) == 0 {
		return false
	}
	if len(e.early) >= maxEarly || e.earlyBytes > maxEarlyBytes {
		return true
	}
	first := &e.early[0]
	return e.acked >= first.from && now.time-first.at.time > maxWait
}
