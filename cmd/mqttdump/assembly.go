package main

import (
	"cmp"
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
)

// segment is a TCP segment, and where and when it was seen. It is what the
// assembler hands back as its context.
type segment struct {
	tcp      *layers.TCP // valid until the next frame
	src, dst netip.AddrPort
	at       moment
	info     gopacket.CaptureInfo
	cut      int // how many bytes at its end were not captured

	connection *connection
	from       side
	start      bool // its first byte is the first of its side
}

// GetCaptureInfo implements reassembly.AssemblerContext.
func (s *segment) GetCaptureInfo() gopacket.CaptureInfo { return s.info }

func endpoint(a netip.Addr, port layers.TCPPort) netip.AddrPort {
	return netip.AddrPortFrom(a, uint16(port))
}

// addresses is the two ends of a connection, the lower one first.
type addresses struct{ low, high netip.AddrPort }

// assembly puts the TCP streams of a capture together.
type assembly struct {
	out       *printer
	settings  settings
	assembler *reassembly.Assembler

	connections map[addresses]*connection // the latest of each
	opened      uint64                    // how many there have been
	sessions    int                       // how many of them are MQTT
}

// maxPages is how many pages of 1900 bytes a direction may have waiting for a
// segment that comes late, more than the receive windows in common use. After
// that the segment counts as lost.
const maxPages = 8192

func newAssembly(out *printer, s settings) *assembly {
	a := &assembly{out: out, settings: s, connections: make(map[addresses]*connection)}
	a.assembler = reassembly.NewAssembler(reassembly.NewStreamPool(a))
	a.assembler.MaxBufferedPagesPerConnection = maxPages
	return a
}

// New implements reassembly.StreamFactory.
func (a *assembly) New(_, _ gopacket.Flow, _ *layers.TCP, ac reassembly.AssemblerContext) reassembly.Stream {
	return ac.(*segment).connection
}

// add takes the next segment of the capture.
func (a *assembly) add(s *segment) {
	key := addresses{s.src, s.dst}
	if s.dst.Compare(s.src) < 0 {
		key = addresses{s.dst, s.src}
	}
	if s.src != key.low {
		s.from = high
	}
	c := a.connections[key]
	if opens(s, c) {
		if c != nil {
			c.finish(s.at) // the same ports once more
		}
		c = a.open(s)
		a.connections[key] = c
	}
	if c == nil || c.over {
		return
	}
	s.connection = c
	if c.note(s) {
		a.assembler.AssembleWithContext(c.flow(s.from), s.tcp, s)
	}
	if c.closed {
		c.finish(s.at)
	}
}

// opens reports whether s is the first segment of a connection other than c, the
// latest one between these ends, or nil.
func opens(s *segment, c *connection) bool {
	switch {
	case s.tcp.SYN && !s.tcp.ACK:
		return c == nil || c.client != s.from || c.initial != s.tcp.Seq
	case s.tcp.SYN:
		return c == nil || c.client == s.from || c.initial != s.tcp.Ack-1
	}
	// The capture may have begun later than the connection.
	is, _ := beginsConnect(s.tcp.Payload)
	return c == nil && is
}

// open begins a connection whose first segment is s.
func (a *assembly) open(s *segment) *connection {
	a.opened++
	c := &connection{
		assembly: a,
		serial:   a.opened,
		client:   s.from,
		initial:  s.tcp.Seq,
		session:  newSession(a.out, a.settings),
		first:    s.from,
	}
	switch {
	case s.tcp.SYN && s.tcp.ACK:
		c.client, c.initial = s.from.other(), s.tcp.Ack-1
	case !s.tcp.SYN:
		c.initial--
	}
	c.ends[c.client].begin(c.initial + 1)
	return c
}

// finish reports what the connections still open end in, in their order.
func (a *assembly) finish(at moment) {
	open := slices.SortedFunc(maps.Values(a.connections), func(c, d *connection) int {
		return cmp.Compare(c.session.number, d.session.number)
	})
	for _, c := range open {
		c.finish(at)
	}
}

// flow is the key of a direction for the assembler: not the addresses but a
// number, because addresses and ports are used again.
func (c *connection) flow(from side) gopacket.Flow {
	var src, dst [9]byte
	binary.BigEndian.PutUint64(src[:], c.serial)
	dst = src
	src[8], dst[8] = byte(from), byte(from.other())
	return gopacket.NewFlow(layers.EndpointIPv6, src[:], dst[:])
}
