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
	sender mqttwire.Sender
	http   []byte // the request or response, until it is whole
	open   bool   // it was
	named  bool   // it names MQTT as the subprotocol
	packs  bool   // the messages may be compressed
	joined bool   // what came before was not captured
	lost   bool   // where the next frame begins is not known
	over   bool   // nothing is looked at any more
	warned bool

	header  [14]byte // of the frame that is being read
	have    int      // how many of its bytes are there
	left    uint64   // how many bytes of its payload are to come
	opcode  byte     // of the frame, or of the message that it continues
	message byte     // opcode of the message that is not complete, 0: none
	mask    [4]byte
	masked  bool
	turn    int // which byte of mask is next

	packed bool   // the message is compressed
	packet []byte // what there is of a compressed message
	whole  bool   // that is all of it
	window []byte // the last bytes that came out of compressed messages
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

// lose forgets the frame and the message that are being read, as bytes are missing.
func (w *webSocket) lose() {
	*w = webSocket{sender: w.sender, open: true, named: w.named, packs: w.packs || !w.open, joined: true, lost: true,
		over: w.over, warned: w.warned}
}

// next takes the beginning of data and returns the part of it that is MQTT, in
// place unmasked on a copy, and what is behind. A problem tells what is wrong, and
// over whether that is the end. The bytes of a compressed message it keeps in packet,
// until it is whole.
func (w *webSocket) next(data []byte) (payload, rest []byte, problem string) {
	switch {
	case !w.open:
		rest, problem = w.handshake(data)
		return nil, rest, problem
	case w.left == 0:
		rest, problem = w.frame(data)
	default:
		payload, rest = w.content(data)
	}
	if w.packed && w.opcode < opClose && w.have == 0 {
		w.packet = append(w.packet, payload...)
		payload = nil
		w.whole = w.left == 0 && w.message == 0
		if len(w.packet) > maxPacked {
			return nil, rest, w.stop("a compressed WebSocket message has more than " + count(maxPacked, "byte"))
		}
	}
	return payload, rest, problem
}

// content reads the payload of a frame, and unmasks it.
func (w *webSocket) content(data []byte) (payload, rest []byte) {
	n := int(min(uint64(len(data)), w.left))
	w.left -= uint64(n)
	if w.opcode >= opClose {
		return nil, data[n:]
	}
	payload = data[:n]
	if w.masked {
		payload = bytes.Clone(payload)
		for i := range payload {
			payload[i] ^= w.mask[w.turn&3]
			w.turn++
		}
	}
	return payload, data[n:]
}

// handshake reads the request or the response.
func (w *webSocket) handshake(data []byte) (rest []byte, problem string) {
	before := len(w.http)
	w.http = append(w.http, data...)
	text, _, whole := bytes.Cut(w.http, []byte("\r\n\r\n"))
	if !whole {
		if len(w.http) > maxRequest {
			return nil, w.stop("the WebSocket handshake has more than " + count(maxRequest, "byte"))
		}
		return nil, ""
	}
	w.open, w.http = true, nil
	rest = data[len(text)+4-before:]
	line, _, _ := strings.Cut(string(text), "\r\n")
	if fields := strings.Fields(line); w.sender == mqttwire.Server && (len(fields) < 2 || fields[1] != "101") {
		return nil, w.stop(fmt.Sprintf("the server refused the WebSocket: %.60q", line))
	}
	headers := headersOf(string(text))
	w.packs = strings.Contains(headers["sec-websocket-extensions"], "permessage-deflate")
	protocols := headers["sec-websocket-protocol"]
	if w.named = namesMQTT(protocols); w.named {
		return rest, ""
	}
	clause := "[MQTT-6.0.0-3]" // 5.0 [MQTT-6.0.0-3], 3.1.1 [MQTT-6.0.0-3]
	if w.sender == mqttwire.Server {
		clause = "[MQTT-6.0.0-4]" // 5.0 [MQTT-6.0.0-4], 3.1.1 [MQTT-6.0.0-4]
	}
	names := "no subprotocol"
	if protocols != "" {
		names = fmt.Sprintf("the subprotocol %.60q", protocols)
	}
	return rest, fmt.Sprintf("the WebSocket handshake of the %s names %s, must be mqtt (MQTT 5.0 %s)", w.sender, names, clause)
}

// frame reads the header of a frame.
func (w *webSocket) frame(data []byte) (rest []byte, problem string) {
	for len(data) > 0 {
		w.header[w.have] = data[0]
		w.have++
		data = data[1:]
		if w.have >= 2 && w.have == w.headerSize() {
			w.have = 0
			return data, w.begin()
		}
	}
	return nil, ""
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
	w.opcode = h[0] & 0x0F
	if problem := w.wrong(h[0] & 0x70); problem != "" {
		return w.stop(problem)
	}
	if w.opcode < opClose {
		w.count(h[0])
	}
	if w.opcode == opText { // 5.0 [MQTT-6.0.0-1], 3.1.1 [MQTT-6.0.0-1]
		return w.warn(true, "MQTT in a WebSocket text frame, must be in binary frames (MQTT 5.0 [MQTT-6.0.0-1])")
	}
	return w.warn(w.masked != (w.sender == mqttwire.Client), "a WebSocket frame is masked from the server, or not from the client (RFC 6455 section 5.1)")
}

// The reserved bits of a frame. RFC 6455 section 5.2.
const (
	reservedBits  = 0x70
	compressedBit = 0x40 // RFC 7692 section 6
)

// wrong is what is wrong with a frame that nobody can read, with these reserved bits.
func (w *webSocket) wrong(reserved byte) string {
	switch {
	case reserved&^compressedBit != 0:
		return "a WebSocket frame has reserved bits that no known extension uses"
	case reserved != 0 && !w.packs:
		return "a WebSocket frame is compressed, which the handshake did not agree on (RFC 7692 section 6)"
	case reserved != 0 && (w.opcode == opContinuation || w.opcode >= opClose):
		return "a WebSocket frame is compressed that must not be, as it is none that begins a message (RFC 7692 section 6.1)"
	case w.left>>63 != 0:
		return "a WebSocket frame has a length of more than 63 bits"
	case w.opcode > opBinary && w.opcode < opClose || w.opcode > opPong:
		return fmt.Sprintf("a WebSocket frame has opcode %d, which is reserved", w.opcode)
	case w.opcode == opContinuation && w.message == 0:
		return "a WebSocket frame continues no message"
	case w.message != 0 && (w.opcode == opText || w.opcode == opBinary):
		return "a WebSocket message begins before the last one has ended (RFC 6455 section 5.4)"
	}
	return ""
}

// count goes on to the next frame of a message, or to the first of the next.
func (w *webSocket) count(first byte) {
	if w.opcode == opContinuation {
		w.opcode = w.message
	} else {
		w.packed = first&compressedBit != 0
	}
	if w.message = w.opcode; first&0x80 != 0 {
		w.message = 0
	}
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
