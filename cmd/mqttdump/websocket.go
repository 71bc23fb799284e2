package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// webSocket takes what one side of a WebSocket sends apart: the HTTP request or
// response, then frames. RFC 6455 section 5.
type webSocket struct {
	fromClient bool
	http       []byte // the request or response, until it is whole
	open       bool   // it was
	over       bool   // nothing is looked at any more

	header  [14]byte // of the frame that is being read
	have    int      // how many of its bytes are there
	left    uint64   // how many bytes of its payload are to come
	opcode  byte     // of the frame, or of the message that it continues
	message byte     // opcode of the message that is not complete, 0: none
	mask    [4]byte
	masked  bool
	turn    int // which byte of mask is next
	warned  bool
}

// The opcodes. RFC 6455 section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// deliverWeb hands on the MQTT in what comes next in a WebSocket.
func (c *connection) deliverWeb(w *webSocket, sender mqttwire.Sender, data []byte, at moment) {
	for len(data) > 0 && !w.over && !c.session.over {
		opened := w.open
		payload, rest, problem := w.next(data)
		if c.session.number == 0 && w.fromClient && w.open {
			c.beginWeb(problem, opened, payload, at)
		} else if problem != "" {
			c.session.problem(sender, at, problem)
		}
		if len(payload) > 0 {
			c.session.deliver(sender, payload, at)
		}
		data = rest
	}
	if c.session.over {
		c.stop()
	}
}

// beginWeb gives the connection its number once it is known to carry MQTT: when
// the request has been read and names the subprotocol, or else when what comes
// first is a CONNECT.
func (c *connection) beginWeb(problem string, opened bool, payload []byte, at moment) {
	if !opened && problem == "" {
		c.session.begin()
		return
	}
	if !opened {
		c.webProblem = problem
	}
	if len(payload) == 0 {
		return
	}
	if mqttwire.PacketType(payload[0]>>4) != mqttwire.PacketConnect {
		c.stop()
		return
	}
	c.session.begin()
	c.session.problem(mqttwire.Client, at, c.webProblem)
}

// next takes the beginning of data and returns the part of it that is MQTT, in
// place unmasked on a copy, and what is behind. A problem tells what is wrong, and
// over whether that is the end.
func (w *webSocket) next(data []byte) (payload, rest []byte, problem string) {
	switch {
	case !w.open:
		return w.handshake(data)
	case w.left == 0:
		return w.frame(data)
	}
	n := int(min(uint64(len(data)), w.left))
	w.left -= uint64(n)
	if w.opcode >= opClose {
		return nil, data[n:], ""
	}
	payload = data[:n]
	if w.masked {
		payload = bytes.Clone(payload)
		for i := range payload {
			payload[i] ^= w.mask[w.turn&3]
			w.turn++
		}
	}
	return payload, data[n:], ""
}

// handshake reads the request or the response.
func (w *webSocket) handshake(data []byte) (payload, rest []byte, problem string) {
	before := len(w.http)
	w.http = append(w.http, data...)
	text, _, whole := bytes.Cut(w.http, []byte("\r\n\r\n"))
	if !whole {
		if len(w.http) > maxRequest {
			w.over = true
			return nil, nil, "the WebSocket handshake has more than " + count(maxRequest, "byte")
		}
		return nil, nil, ""
	}
	w.open, w.http = true, nil
	rest = data[len(text)+4-before:]
	line, _, _ := strings.Cut(string(text), "\r\n")
	if !w.fromClient {
		if fields := strings.Fields(line); len(fields) < 2 || fields[1] != "101" {
			w.over = true
			return nil, nil, fmt.Sprintf("the server refused the WebSocket: %.60q", line)
		}
	} else if headersOf(string(text))["sec-websocket-protocol"] == "" { // 5.0 [MQTT-6.0.0-3], 3.1.1 [MQTT-6.0.0-3]
		problem = "the WebSocket names no subprotocol, must be mqtt (MQTT 5.0 [MQTT-6.0.0-3])"
	}
	return nil, rest, problem
}

// frame reads the header of a frame.
func (w *webSocket) frame(data []byte) (payload, rest []byte, problem string) {
	for len(data) > 0 {
		w.header[w.have] = data[0]
		w.have++
		data = data[1:]
		if w.have >= 2 && w.have == w.headerSize() {
			problem = w.begin()
			w.have = 0
			return nil, data, problem
		}
	}
	return nil, nil, ""
}

// headerSize is the size of the header by its first two bytes.
func (w *webSocket) headerSize() int {
	n := 2
	switch w.header[1] & 0x7F {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if w.header[1]&0x80 != 0 {
		n += 4
	}
	return n
}

// begin acts on a header that is whole. It returns what is wrong with it.
func (w *webSocket) begin() string {
	h, n := &w.header, 2
	w.left = uint64(h[1] & 0x7F)
	switch w.left {
	case 126:
		w.left, n = uint64(binary.BigEndian.Uint16(h[2:])), 4
	case 127:
		w.left, n = binary.BigEndian.Uint64(h[2:]), 10
	}
	if w.masked = h[1]&0x80 != 0; w.masked {
		copy(w.mask[:], h[n:])
		w.turn = 0
	}
	final := h[0]&0x80 != 0
	w.opcode = h[0] & 0x0F
	switch {
	case h[0]&0x70 != 0:
		return w.stop("a WebSocket frame has reserved bits, as for compression, which is not supported")
	case w.left>>63 != 0:
		return w.stop("a WebSocket frame has a length of more than 63 bits")
	case w.opcode == opClose, w.opcode == opPing, w.opcode == opPong:
		return w.warn(w.masked != w.fromClient, "a WebSocket frame is masked from the server, or not from the client (RFC 6455 section 5.1)")
	case w.opcode > opBinary:
		return w.stop(fmt.Sprintf("a WebSocket frame has opcode %d, which is reserved", w.opcode))
	case w.opcode == opContinuation && w.message == 0:
		return w.stop("a WebSocket frame continues no message")
	}
	if w.opcode == opContinuation {
		w.opcode = w.message
	}
	if w.message = w.opcode; final {
		w.message = 0
	}
	if w.opcode == opText { // 5.0 [MQTT-6.0.0-1], 3.1.1 [MQTT-6.0.0-1]
		return w.warn(true, "MQTT in a WebSocket text frame, must be in binary frames (MQTT 5.0 [MQTT-6.0.0-1])")
	}
	return w.warn(w.masked != w.fromClient, "a WebSocket frame is masked from the server, or not from the client (RFC 6455 section 5.1)")
}

func (w *webSocket) stop(problem string) string {
	w.over = true
	return problem
}

// warn returns a problem once.
func (w *webSocket) warn(is bool, problem string) string {
	if !is || w.warned {
		return ""
	}
	w.warned = true
	return problem
}
