package main

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
)

// segment is a TCP segment, and where and when it was seen.
type segment struct {
	tcp      *layers.TCP // valid until the next frame
	src, dst netip.AddrPort
	at       moment
	cut      int // how many bytes at its end were not captured
	from     side
}

func endpoint(a netip.Addr, port layers.TCPPort) netip.AddrPort {
	return netip.AddrPortFrom(a, uint16(port))
}

// addresses is the two ends of a connection, the lower one first.
type addresses struct{ low, high netip.AddrPort }

// assembly sorts the segments of a capture into connections.
type assembly struct {
	out      *printer
	settings *settings

	connections map[addresses]*connection // the latest of each
	done        []addresses               // of those that are over, in their order
	fresh       []addresses               // of those that were opened last, in their order
	inflater    inflater                  // of WebSockets
}

// maxDone is how many connections that are over are remembered, so that their last
// segments, when they come once more, are not taken for new ones.
const maxDone = 8192

// maxFresh is how many connections may be opened after one that has not shown yet what
// it speaks. Then it is forgotten: nothing is lost when it goes on after all, as it is
// then taken for one that began before the capture.
const maxFresh = 16384

// portMQTT is the port registered for MQTT. 5.0 section 4.2.
const portMQTT = 1883

func newAssembly(out *printer, s *settings) *assembly {
	return &assembly{out: out, settings: s, connections: make(map[addresses]*connection)}
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
	if a.opens(s, c) {
		if c != nil {
			c.finish(s.at) // the same ports once more
		}
		c = a.open(s)
		a.connections[key] = c
		a.remember(key)
	}
	if c == nil || c.over {
		return
	}
	c.segment(s)
	if c.over {
		a.forget(key)
	}
}

// forget lets go of the connections that ended longest ago.
func (a *assembly) forget(key addresses) {
	a.done = append(a.done, key)
	if len(a.done) < 2*maxDone {
		return
	}
	for _, key := range a.done[:maxDone] {
		if c := a.connections[key]; c != nil && c.over {
			delete(a.connections, key)
		}
	}
	a.done = slices.Delete(a.done, 0, maxDone)
}

// remember lets go of the connections that were opened long ago and have said nothing
// that is MQTT, as in a scan of ports.
func (a *assembly) remember(key addresses) {
	a.fresh = append(a.fresh, key)
	if len(a.fresh) < 2*maxFresh {
		return
	}
	for _, key := range a.fresh[:maxFresh] {
		if c := a.connections[key]; c != nil && c.session.number == 0 {
			delete(a.connections, key)
		}
	}
	a.fresh = slices.Delete(a.fresh, 0, maxFresh)
}

// opens reports whether s is the first segment of a connection other than c, the
// latest one between these ends, or nil.
func (a *assembly) opens(s *segment, c *connection) bool {
	switch {
	case s.tcp.SYN && !s.tcp.ACK:
		return c == nil || c.client != s.from || c.initial != s.tcp.Seq
	case s.tcp.SYN:
		return c == nil || c.client == s.from || !c.opening(s.tcp.Ack)
	case c != nil || len(s.tcp.Payload) == 0:
		return false
	}
	// The capture may have begun later than the connection.
	is, _ := beginsConnect(s.tcp.Payload)
	return is || a.expects(s.src.Port()) || a.expects(s.dst.Port()) || a.looksLikeMQTT(s.tcp.Payload)
}

// looksLikeMQTT reports whether the bytes of a segment look like packets, as they are
// or in the frames of a WebSocket.
func (a *assembly) looksLikeMQTT(data []byte) bool {
	_, web := a.webSender(data)
	return web || a.speaks(data, mqttwire.AnySender)
}

// expects reports whether MQTT is to be expected on a port.
func (a *assembly) expects(port uint16) bool {
	return port == portMQTT || a.forced(port)
}

// forced reports whether the user says that there is MQTT on a port.
func (a *assembly) forced(port uint16) bool { return slices.Contains(a.settings.ports, port) }

// leastSegment is how many bytes a segment must have to tell what it carries.
const leastSegment = 4

// speaks reports whether the bytes of a segment look like packets from sender.
func (a *assembly) speaks(data []byte, sender mqttwire.Sender) bool {
	return len(data) >= leastSegment && a.packets(data, sender)
}

// packets reports whether data is packets from sender, one after another.
func (a *assembly) packets(data []byte, sender mqttwire.Sender) bool {
	for _, v := range candidates {
		d := &a.out.decoder
		d.Rules = mqttwire.Rules{Version: v, Sender: sender, Options: a.settings.options}
		if is, _ := chainOf(d, data, true); is == yes {
			return true
		}
	}
	return false
}

// open begins a connection whose first segment is s.
func (a *assembly) open(s *segment) *connection {
	c := &connection{assembly: a, client: s.from, initial: s.tcp.Seq, session: newSession(a.out, a.settings)}
	begins, _ := beginsConnect(s.tcp.Payload)
	switch {
	case s.tcp.SYN && s.tcp.ACK:
		c.client, c.initial = s.from.other(), s.tcp.Ack-1
	case s.tcp.SYN:
	case begins:
		c.initial--
	default:
		c.client = a.guessClient(s)
		c.ends[s.from].begin(s.tcp.Seq)
	}
	c.setAddresses(s)
	if s.tcp.SYN || begins {
		c.session.whole = true
		c.ends[c.client].begin(c.initial + 1)
		return c
	}
	c.joinLate()
	return c
}

// setAddresses notes the addresses, and what the ports say, by a segment.
func (c *connection) setAddresses(s *segment) {
	server := s.dst
	client := s.src
	if c.client != s.from {
		client, server = server, client
	}
	c.session.address[mqttwire.Client], c.session.address[mqttwire.Server] = client.String(), server.String()
	c.forced = c.assembly.forced(client.Port()) || c.assembly.forced(server.Port())
	c.expected = c.forced || server.Port() == portMQTT
}

// guessClient tells which end is the client in a connection that began before the
// capture: the one that masks the frames of a WebSocket, that is not on the port of
// MQTT, that sends what only clients send, or whose port is higher.
func (a *assembly) guessClient(s *segment) side {
	if sender, web := a.webSender(s.tcp.Payload); web {
		if sender == mqttwire.Client {
			return s.from
		}
		return s.from.other()
	}
	src, dst := a.expects(s.src.Port()), a.expects(s.dst.Port())
	if src == dst {
		src, dst = a.speaks(s.tcp.Payload, mqttwire.Server), a.speaks(s.tcp.Payload, mqttwire.Client)
	}
	if src == dst {
		src = s.src.Port() < s.dst.Port()
	}
	if src { // the server is here
		return s.from.other()
	}
	return s.from
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
