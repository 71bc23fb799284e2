package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// kind is what a record tells of.
type kind uint8

const (
	aPacket  kind = iota
	aProblem      // bytes that are missing, incomplete, or not MQTT
	aNote         // something to know, and nothing wrong
)

// record is a packet, or something else to tell of a connection. It is valid
// until the next one.
type record struct {
	kind    kind
	file    string
	number  int // of the packet in the file, counted from 1
	at      moment
	session *session
	sender  mqttwire.Sender
	offset  int64 // of the first byte, in what the sender sent

	text string // of a problem or a note

	wire      []byte // the packet, or as much of it as there is
	rules     mqttwire.Rules
	packet    mqttwire.Packet // nil when it was refused
	refused   error           // why
	different error           // how it encodes back to other bytes
	handshake bool            // the server has not answered the CONNECT yet
	topic     []byte          // of a PUBLISH, taken from its Topic Alias if need be

	inspected *inspect.Report
}

// packetType is the type in the first byte.
func (r *record) packetType() mqttwire.PacketType {
	if len(r.wire) == 0 {
		return 0
	}
	return mqttwire.PacketType(r.wire[0] >> 4)
}

// report explains the packet.
func (r *record) report() *inspect.Report {
	if r.inspected == nil {
		report := inspect.Inspect(r.wire, r.rules)
		r.inspected = &report
	}
	return r.inspected
}

// violations is all that is wrong with the packet.
func (r *record) violations() []inspect.Violation {
	list := r.report().Violations
	if len(list) > 0 || r.refused == nil {
		return list
	}
	var broken *mqttwire.Error
	if !errors.As(r.refused, &broken) {
		return nil
	}
	// What the packet alone does not tell: that it is too large for this receiver.
	return []inspect.Violation{{
		Length: len(r.wire), Field: r.packetType().String(), Problem: broken.Problem(),
		Version: r.rules.Version, Clause: broken.Clause(r.rules.Version), ReasonCode: broken.ReasonCode(),
		Answer: r.answer(),
	}}
}

// answer is what AppendAnswer says to the error of the packet.
func (r *record) answer() (a inspect.Answer) {
	during := r.packetType()
	if r.handshake {
		during = mqttwire.PacketConnect
	}
	b := mqttwire.AppendAnswer(nil, r.refused, during, r.rules)
	h, n, err := mqttwire.ConsumeFixedHeader(b)
	if err != nil {
		return a // close without a word
	}
	a.Packet, a.Version = h.Type, r.rules.Version
	switch body := b[n:]; {
	case h.Type == mqttwire.PacketConnack && len(body) >= 2:
		a.Code = mqttwire.ReasonCode(body[1])
	case h.Type == mqttwire.PacketDisconnect && len(body) >= 1:
		a.Code = mqttwire.ReasonCode(body[0])
	}
	return a
}

// answerTo is what to send back for a violation. Before its CONNACK a server says
// in that what it would say in a DISCONNECT. 5.0 section 4.13.2.
func (r *record) answerTo(v inspect.Violation) inspect.Answer {
	a := v.Answer
	if r.handshake && a.Packet == mqttwire.PacketDisconnect && a.Code.AllowedIn(mqttwire.PacketConnack, mqttwire.Server) {
		a.Packet = mqttwire.PacketConnack
	}
	return a
}

// clause is the clause of a violation, with its version.
func clause(v inspect.Violation) string {
	return strings.TrimSpace(fmt.Sprintf("MQTT %s %s", v.Version, v.Clause))
}

// place is where the packet is in the input.
func (r *record) place() string {
	text := fmt.Sprintf("offset %d", r.offset)
	if r.at.frame != 0 {
		text += fmt.Sprintf(", frame %d", r.at.frame)
	}
	return text
}

// from and to are the addresses of the packet, empty where there are none.
func (r *record) from() string { return r.session.address[r.sender] }
func (r *record) to() string {
	switch r.sender {
	case mqttwire.Client:
		return r.session.address[mqttwire.Server]
	case mqttwire.Server:
		return r.session.address[mqttwire.Client]
	}
	return ""
}
