package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// The MQTT in the WebSocket of a connection.

// deliverWeb hands on the MQTT in what comes next in a WebSocket.
func (c *connection) deliverWeb(w *webSocket, sender mqttwire.Sender, data []byte, at moment) {
	if w.lost {
		if s, web := c.assembly.webSender(data); !web || s != sender {
			return // where a frame begins shows later
		}
		w.lost = false
	}
	for len(data) > 0 && !w.over && !c.session.over {
		opened := w.open
		payload, rest, problem := w.next(data)
		if problem != "" {
			c.session.problem(sender, at, problem)
		}
		if !opened && w.open {
			c.openedWeb(w)
		}
		c.webPayload(w, payload, at)
		if w.whole {
			c.unpack(w, at)
		}
		data = rest
	}
}

// openedWeb acts on a handshake that is whole. A client that names MQTT speaks it; of
// others the first packet has to tell. Whether messages may be compressed is settled by
// the answer of the server.
func (c *connection) openedWeb(w *webSocket) {
	other := c.web[mqttwire.Client+mqttwire.Server-w.sender]
	if w.sender == mqttwire.Client {
		if other.open {
			w.packs = other.packs
		}
		if w.named && c.session.number == 0 {
			c.session.begin()
		}
		return
	}
	other.packs = w.packs
}

// webPayload hands on the payload of frames.
func (c *connection) webPayload(w *webSocket, payload []byte, at moment) {
	if len(payload) == 0 {
		return
	}
	if c.session.number == 0 && w.sender == mqttwire.Client && !w.joined {
		if is, known := beginsConnect(payload); known && !is {
			c.session.stop() // a WebSocket for something else
			return
		}
		c.session.begin()
	}
	c.session.deliver(w.sender, payload, at)
}

// unpack hands on a compressed message.
func (c *connection) unpack(w *webSocket, at moment) {
	err := c.assembly.inflater.unpack(w, func(payload []byte) bool {
		c.webPayload(w, payload, at)
		return !c.session.over && !c.assembly.out.broken()
	})
	w.packet, w.whole, w.packed = w.packet[:0], false, false
	if cap(w.packet) > maxIdleBuffer {
		w.packet = nil
	}
	if err == nil {
		return
	}
	text := fmt.Sprintf("a compressed WebSocket message cannot be unpacked: %v", err)
	if w.joined {
		text += "; what it refers to was not captured"
	}
	c.session.problem(w.sender, at, w.stop(text))
}

// joinWeb takes a connection for a WebSocket whose handshake was not captured.
func (c *connection) joinWeb(at moment) {
	c.protocol, c.session.web = webMQTT, true
	for _, sender := range []mqttwire.Sender{mqttwire.Client, mqttwire.Server} {
		c.web[sender] = &webSocket{sender: sender}
		c.web[sender].lose()
	}
	c.session.tell(aNote, mqttwire.Client, at, "the handshake of the WebSocket was not captured")
}

// webSender tells whether the bytes of a segment are frames of a WebSocket that carry
// MQTT, and from whom: a client masks them. RFC 6455 section 5.1.
func (a *assembly) webSender(data []byte) (sender mqttwire.Sender, is bool) {
	if len(data) < leastSegment || data[0]&0x8F != 0x80|opBinary {
		return 0, false
	}
	if sender = mqttwire.Server; data[1]&0x80 != 0 {
		sender = mqttwire.Client
	}
	w := webSocket{sender: sender, open: true, packs: true}
	var found []byte
	for len(data) > 0 && len(found) < maxIdleBuffer {
		payload, rest, problem := w.next(data)
		if problem != "" {
			return 0, false
		}
		found = append(found, payload...)
		if w.whole {
			_ = a.inflater.unpack(&w, func(payload []byte) bool { // what comes out is looked at
				found = append(found, payload...)
				return len(found) < maxIdleBuffer
			})
			w.packet, w.whole, w.packed = nil, false, false
		}
		data = rest
	}
	return sender, len(found) > 0 && a.packets(found, sender)
}
