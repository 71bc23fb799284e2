package main

import (
	"fmt"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
	"github.com/seed-2c1fe983/mqttwire"
)

// side tells the two ends of a connection apart, by their addresses.
type side int

const (
	low side = iota
	high
)

func (s side) other() side { return 1 - s }

// connection is a TCP connection, MQTT or not. It is the assembler's stream for
// both directions.
type connection struct {
	assembly *assembly
	serial   uint64
	client   side   // the end that opened it
	initial  uint32 // the client's initial sequence number
	first    side   // the end whose segment the assembler got first
	ends     [2]end // by side
	prefix   []byte // the client's first bytes, until they tell what it speaks
	session  *session
	closed   bool // both directions have ended
	over     bool // nothing is looked at any more
}

// end is what is known of the bytes that one end sends. Positions count from its
// first byte.
type end struct {
	known    bool   // base is
	base     uint32 // the sequence number of the first byte
	received int64  // how far the assembler has got
	sent     int64  // how far the segments that were seen go
	acked    int64  // how far the other end has acknowledged, a FIN included
	cutFrame int    // the first frame that was not captured whole, or 0
	cutBytes int    // how many of its bytes are missing
}

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

// note learns from the header of s, and reports whether the assembler has to
// see it.
func (c *connection) note(s *segment) bool {
	t, e, other := s.tcp, &c.ends[s.from], &c.ends[s.from.other()]
	seq := t.Seq
	if t.SYN {
		seq++ // it takes a number
		if !e.known {
			e.begin(seq)
		}
	}
	if t.ACK && !t.RST {
		if !other.known {
			other.begin(t.Ack) // its SYN was not captured
		}
		// A stray acknowledgement, as of an earlier connection, is far away.
		if at := other.position(t.Ack); at < max(other.received, other.sent)+farAway {
			other.acked = max(other.acked, at)
		}
	}
	if !e.known {
		return false
	}
	from := e.position(seq)
	to := from + int64(len(t.Payload))
	if from < 0 && !t.SYN {
		return false // a keep-alive probe: what the assembler has yet to start with must not wait behind it
	}
	if (len(t.Payload) > 0 || t.FIN) && !t.RST {
		e.sent = max(e.sent, to+int64(s.cut))
	}
	if s.cut > 0 && e.cutFrame == 0 {
		e.cutFrame, e.cutBytes = s.at.frame, s.cut
	}
	s.start = from == 0
	return t.SYN || t.FIN || t.RST || len(t.Payload) > 0
}

// Accept implements reassembly.Stream.
func (c *connection) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, ac reassembly.AssemblerContext) bool {
	*start = *start || ac.(*segment).start
	return true
}

// ReassembledSG implements reassembly.Stream: it takes the next bytes of a
// direction.
func (c *connection) ReassembledSG(sg reassembly.ScatterGather, ac reassembly.AssemblerContext) {
	if c.over {
		return
	}
	direction, _, _, skipped := sg.Info()
	from := c.first
	if direction == reassembly.TCPDirServerToClient {
		from = from.other()
	}
	at := ac.(*segment).at
	if skipped != 0 {
		c.lost(from, at)
		return
	}
	n, _ := sg.Lengths()
	c.ends[from].received += int64(n)
	if data := sg.Fetch(n); n > 0 {
		c.deliver(from, data, at)
	}
}

// ReassemblyComplete implements reassembly.Stream.
func (c *connection) ReassemblyComplete(reassembly.AssemblerContext) bool {
	c.closed = true
	return true
}

// deliver hands bytes on once the client is known to speak MQTT.
func (c *connection) deliver(from side, data []byte, at moment) {
	if from == c.client && c.session.number == 0 {
		c.prefix = append(c.prefix, data...)
		is, known := beginsConnect(c.prefix)
		switch {
		case known && !is:
			c.stop()
			return
		case !known:
			return
		}
		data, c.prefix = c.prefix, nil
		c.assembly.sessions++
		c.session.begin()
	}
	c.session.deliver(c.sender(from), data, at)
	if c.session.over {
		c.stop()
	}
}

// sender is the side as MQTT names it.
func (c *connection) sender(from side) mqttwire.Sender {
	if from == c.client {
		return mqttwire.Client
	}
	return mqttwire.Server
}

// lost reports that bytes which were sent are not in the capture.
func (c *connection) lost(from side, at moment) {
	e := &c.ends[from]
	text := fmt.Sprintf("bytes are missing from offset %d on: a segment was lost, or not captured", e.received)
	if e.cutFrame != 0 {
		text += fmt.Sprintf("; frame %d lacks its last %s", e.cutFrame, count(e.cutBytes, "byte"))
	}
	c.session.fail(c.sender(from), at, text)
	c.stop()
}

// finish reports what the connection ends in.
func (c *connection) finish(at moment) {
	for _, from := range []side{c.client, c.client.other()} {
		if e := &c.ends[from]; !c.over && e.known && e.missing() {
			c.lost(from, at)
		}
	}
	if !c.over {
		c.session.finish(at)
	}
	c.stop()
}

// stop ends the looking at the connection and lets its buffers go.
func (c *connection) stop() {
	c.session.stop()
	c.prefix = nil
	c.over = true
}

// beginsConnect reports whether b, the first bytes of a stream, are those of a
// CONNECT: its packet type and its protocol name. known is false as long as it
// takes more bytes to tell.
func beginsConnect(b []byte) (is, known bool) {
	if len(b) == 0 {
		return false, false
	}
	if mqttwire.PacketType(b[0]>>4) != mqttwire.PacketConnect {
		return false, true
	}
	end := 1 // of the Remaining Length, which has up to four bytes
	for end < len(b) && b[end] >= 0x80 {
		if end++; end > 4 {
			return false, true
		}
	}
	rest := b[min(end+1, len(b)):]
	for _, name := range []string{"\x00\x04MQTT", "\x00\x06MQIsdp"} {
		if n := min(len(rest), len(name)); string(rest[:n]) == name[:n] {
			return n == len(name), n == len(name)
		}
	}
	return false, true
}
