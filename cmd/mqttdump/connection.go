package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// protocol is what a connection carries.
type protocol int

const (
	undecided protocol = iota
	plainMQTT
	webMQTT // inside of a WebSocket
	otherProtocol
)

// connection is a TCP connection, MQTT or not.
type connection struct {
	assembly *assembly
	client   side   // the end that opened it
	initial  uint32 // the client's initial sequence number
	ends     [2]end // by side
	forced   bool   // the user says that it is MQTT
	expected bool   // its port says so
	protocol protocol
	prefix   []byte // the client's first bytes, until they tell what it speaks
	late     bool   // they are not there
	web      [3]*webSocket
	session  *session
	over     bool // nothing is looked at any more
}

// segment takes the next segment.
func (c *connection) segment(s *segment) {
	from, useful := c.note(s)
	e := &c.ends[s.from]
	if useful && len(s.tcp.Payload) > 0 {
		if from < 0 && !c.session.whole && len(s.tcp.Payload) > 1 { // one byte is a keep-alive
			c.session.tell(aNote, c.sender(s.from), s.at, "a segment of "+count(len(s.tcp.Payload), "byte")+
				" is from before the first one that was captured, and left out")
		}
		if data := e.put(from, s.tcp.Payload, s.at, c.network()); data != nil {
			c.deliver(s.from, data, s.at)
			if s.cut > 0 && !c.over && c.protocol != undecided { // the rest of it will not come
				c.miss(s.from, int64(s.cut), s.at, fmt.Sprintf("frame %d lacks its last %s", s.at.frame, count(s.cut, "byte")))
			}
			c.drain(s.from, s.at)
		}
	}
	for from := range c.ends {
		for !c.over && c.ends[from].givenUp(s.at) {
			c.lost(side(from), s.at)
		}
	}
	switch {
	case c.over:
	case s.tcp.RST && useful:
		c.session.tally.ended = "reset by the " + c.sender(s.from).String()
		c.finish(s.at)
	case c.ends[low].finished() && c.ends[high].finished():
		c.finish(s.at)
	case e.closed && c.session.tally.ended == "":
		c.session.tally.ended = "closed by the " + c.sender(s.from).String()
	}
}

func (c *connection) network() *network { return &c.session.tally.network }

// opening reports whether ack, of a server's SYN, is for what the client has sent in
// and behind its own.
func (c *connection) opening(ack uint32) bool {
	return int64(ack-1-c.initial) <= c.ends[c.client].sent
}

// note learns from the header of s. It returns the position of the first byte and
// whether the segment belongs to what is known of the connection.
func (c *connection) note(s *segment) (from int64, useful bool) {
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
		if !c.session.whole && len(t.Payload) > 0 {
			e.begin(seq)
		} else {
			return 0, false
		}
	}
	from = e.position(seq)
	to := from + int64(len(t.Payload))
	switch {
	case t.RST: // of this connection, or a late answer to an earlier one
		return from, from >= 0 && from <= max(e.received, e.sent)+1<<16
	case from > max(e.received, e.sent)+farAway:
		return from, false
	}
	if len(t.Payload) > 0 || t.FIN {
		e.sent = max(e.sent, to+int64(s.cut))
	}
	if s.cut > 0 && e.cutFrame == 0 {
		e.cutFrame, e.cutBytes = s.at.frame, s.cut
	}
	if t.FIN && !e.closed {
		e.closed, e.fin = true, to+int64(s.cut)
	}
	return from, true
}

// drain delivers what has waited for the bytes that just came.
func (c *connection) drain(from side, at moment) {
	for !c.over {
		data, when := c.ends[from].next(c.network())
		if data == nil {
			return
		}
		when.time, when.frame = max(when.time, at.time), max(when.frame, at.frame)
		c.deliver(from, data, when)
	}
}

// deliver hands bytes on once the client is known to speak MQTT.
func (c *connection) deliver(from side, data []byte, at moment) {
	if from == c.client && c.protocol == undecided {
		c.prefix = append(c.prefix, data...)
		if c.protocol = c.detect(c.prefix); c.protocol == undecided {
			return
		}
		data, c.prefix = c.prefix, nil
		if c.begin(); c.over {
			return
		}
	}
	sender := c.sender(from)
	if c.late && c.protocol == plainMQTT && c.session.number == 0 {
		if s, web := c.assembly.webSender(data); web && s == sender {
			c.joinWeb(at)
		}
	}
	if w := c.web[sender]; w != nil {
		c.deliverWeb(w, sender, data, at)
	} else {
		c.session.deliver(sender, data, at)
	}
	if c.session.over {
		c.stop()
	}
}

// begin acts on what detect has found.
func (c *connection) begin() {
	switch c.protocol {
	case plainMQTT:
		c.session.begin()
	case webMQTT:
		c.session.web = true
		c.web[mqttwire.Client] = &webSocket{sender: mqttwire.Client}
		c.web[mqttwire.Server] = &webSocket{sender: mqttwire.Server}
		c.deliverHeld()
	case otherProtocol:
		c.stop()
	}
}

// deliverHeld delivers what the server has sent so far.
func (c *connection) deliverHeld() {
	held := c.session.held
	c.session.held, c.session.heldSize = nil, 0
	for _, h := range held {
		c.deliver(c.client.other(), h.data, h.at)
	}
}

// joinLate is begin for a connection whose beginning was not captured.
func (c *connection) joinLate() {
	c.protocol, c.late, c.prefix = plainMQTT, true, nil
	s := c.session
	s.assume(s.settings.version)
	for _, sender := range []mqttwire.Sender{mqttwire.Client, mqttwire.Server} {
		s.stream(sender).lost = true
	}
	if c.forced {
		s.begin()
	}
	c.deliverHeld()
}

// sender is the side as MQTT names it.
func (c *connection) sender(from side) mqttwire.Sender {
	if from == c.client {
		return mqttwire.Client
	}
	return mqttwire.Server
}

// lost gives up the bytes in front of those that wait, or in front of nothing.
func (c *connection) lost(from side, at moment) {
	e := &c.ends[from]
	var n int64
	if len(e.early) > 0 {
		n = e.early[0].from - e.received
	}
	why := "a segment was lost, or not captured"
	if e.cutFrame != 0 {
		why += fmt.Sprintf("; frame %d lacks its last %s", e.cutFrame, count(e.cutBytes, "byte"))
	}
	c.miss(from, n, at, why)
}

// miss reports that n bytes are not in the capture, 0 if nobody knows how many, and
// goes on with those behind.
func (c *connection) miss(from side, n int64, at moment, why string) {
	e := &c.ends[from]
	c.network().lost++
	text := fmt.Sprintf("bytes are missing from offset %d on: %s", e.received, why)
	e.cutFrame = 0
	sender := c.sender(from)
	if w := c.web[sender]; w != nil {
		w.lose()
		c.session.gap(sender, 0, at, text) // how many of them are MQTT is not known
	} else {
		c.session.gap(sender, n, at, text)
	}
	if c.protocol == undecided && from == c.client { // its beginning is not there
		c.session.stream(sender).offset += int64(len(c.prefix))
		if !c.expected && !c.waitsForMQTT() {
			c.stop()
			return
		}
		c.joinLate()
	}
	if n > 0 {
		e.received += n
		c.drain(from, at)
	}
}

// waitsForMQTT reports whether one of the segments that wait looks like packets.
func (c *connection) waitsForMQTT() bool {
	for i := range c.ends {
		for _, s := range c.ends[i].early {
			if c.assembly.looksLikeMQTT(s.data) {
				return true
			}
		}
	}
	for _, h := range c.session.held {
		if c.assembly.looksLikeMQTT(h.data) {
			return true
		}
	}
	return false
}

// finish reports what the connection ends in.
func (c *connection) finish(at moment) {
	for _, from := range []side{c.client, c.client.other()} {
		e := &c.ends[from]
		for !c.over && len(e.early) > 0 {
			c.lost(from, at)
		}
		if !c.over && e.known && e.missing() {
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
	if !c.over && c.session.number != 0 {
		c.session.out.closed(c.session)
	}
	c.session.stop()
	c.prefix = nil
	c.web = [3]*webSocket{}
	for i := range c.ends {
		c.ends[i].early = nil
	}
	c.over = true
}
