package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// session is the two directions of an MQTT connection. What the server sends
// can be read only when the client's CONNECT has told the version; a capture
// may have it earlier.
type session struct {
	out      *printer
	settings settings
	number   int // counted from 1; 0 until begin

	streams   [3]*stream // by mqttwire.Sender
	connected bool       // the version is known
	accepted  bool       // the server has accepted the connection, or will have by now
	over      bool       // nothing is decoded any more

	held     []chunk // what the server sent before connected
	heldSize int
}

// chunk is bytes and when the last of them was captured.
type chunk struct {
	data []byte
	at   moment
}

// maxHeld is how many bytes of a server are kept until the CONNECT is there. A
// server has nothing to say before it, so these are frames in the wrong order.
const maxHeld = 1 << 16

func newSession(out *printer, s settings) *session {
	return &session{out: out, settings: s}
}

// begin gives the connection its number.
func (s *session) begin() {
	s.out.connections++
	s.number = s.out.connections
}

// assume sets the version of a connection whose CONNECT will not be seen.
// Version 0 changes nothing.
func (s *session) assume(v mqttwire.Version, sender mqttwire.Sender) {
	if v != 0 {
		s.connected, s.accepted = true, true
		s.stream(sender).decoder.Version = v
	}
}

// stream returns the stream of sender.
func (s *session) stream(sender mqttwire.Sender) *stream {
	if s.streams[sender] == nil {
		s.streams[sender] = &stream{decoder: mqttwire.Decoder{
			Rules:         mqttwire.Rules{Sender: sender, Options: s.settings.options},
			MaxPacketSize: s.settings.maxPacketSize,
		}}
	}
	return s.streams[sender]
}

// deliver takes what sender sent next and prints the packets that it completes.
func (s *session) deliver(sender mqttwire.Sender, data []byte, at moment) {
	if s.over {
		return
	}
	if sender == mqttwire.Server && !s.connected {
		s.hold(data, at)
		return
	}
	st := s.stream(sender)
	st.write(data)
	for !s.over {
		packet, wire, err := st.read()
		if err == mqttwire.ErrIncomplete {
			return
		}
		if err != nil {
			s.fail(sender, at, s.malformed(sender, at, packet, err))
			return
		}
		s.out.packet(at, s.number, sender, packet, st.check(packet, wire))
		s.follow(packet)
	}
}

// follow keeps track of the handshake.
func (s *session) follow(packet mqttwire.Packet) {
	switch p := packet.(type) {
	case *mqttwire.Connect:
		if s.connected {
			return // a second one, or the version was given
		}
		s.connected = true
		// A server answers a CONNECT before it reads on, unless it wants to hear
		// more in an AUTH.
		_, more := p.Properties.AuthenticationMethod()
		s.accepted = !more
		s.stream(mqttwire.Server).decoder.Version = p.Version
		for _, c := range s.held {
			s.deliver(mqttwire.Server, c.data, c.at)
		}
		s.held = nil
	case *mqttwire.Connack:
		s.accepted = true // or there is nothing to follow
	}
}

// hold keeps what the server sent until the CONNECT is there.
func (s *session) hold(data []byte, at moment) {
	s.held = append(s.held, chunk{bytes.Clone(data), at})
	s.heldSize += len(data)
	if s.heldSize > maxHeld {
		s.fail(mqttwire.Server, at, fmt.Sprintf("the server sent %d bytes before there was a whole CONNECT", s.heldSize))
	}
}

// fail prints a problem and ends the decoding. A connection that is not known to
// be MQTT is none of our business.
func (s *session) fail(sender mqttwire.Sender, at moment, text string) {
	if s.number != 0 {
		s.out.problem(at, s.number, sender, text)
	}
	s.stop()
}

// stop ends the decoding and lets the buffers go.
func (s *session) stop() {
	s.over = true
	s.streams = [3]*stream{}
	s.held = nil
}

// finish reports the packets that the connection ends in.
func (s *session) finish(at moment) {
	for sender, st := range s.streams {
		if st != nil && len(st.pending()) > 0 && !s.over {
			s.fail(mqttwire.Sender(sender), at, st.incomplete())
		}
	}
	s.stop()
}

// malformed describes a packet that is not in order, and what its receiver
// answers.
func (s *session) malformed(sender mqttwire.Sender, at moment, packet mqttwire.Packet, err error) string {
	st := s.stream(sender)
	text := fmt.Sprintf("%s; offset %d", strings.TrimPrefix(err.Error(), "mqttwire: "), st.offset)
	if at.frame != 0 {
		text += fmt.Sprintf(", frame %d", at.frame)
	}
	during := mqttwire.PacketType(st.pending()[0] >> 4)
	if sender == mqttwire.Client && !s.accepted {
		during = mqttwire.PacketConnect
	}
	text += "; answer: " + answer(mqttwire.AppendAnswer(nil, err, during, st.decoder.Rules))
	if packet != nil && !errors.Is(err, mqttwire.ErrUnsupportedVersion) { // else only the version was read
		text += "; packet: " + string(appendPacket(nil, packet))
	}
	return text
}

// answer puts the packet that AppendAnswer wrote in words.
func answer(packet []byte) string {
	h, n, err := mqttwire.ConsumeFixedHeader(packet)
	if err != nil {
		return "close" // there is none
	}
	body := packet[n:]
	code := mqttwire.ReasonCode(0)
	switch {
	case h.Type == mqttwire.PacketConnack && len(body) >= 2:
		code = mqttwire.ReasonCode(body[1])
	case h.Type == mqttwire.PacketDisconnect && len(body) >= 1:
		code = mqttwire.ReasonCode(body[0])
	}
	return fmt.Sprintf("%v 0x%02X %s", h.Type, byte(code), code.Name(h.Type))
}
