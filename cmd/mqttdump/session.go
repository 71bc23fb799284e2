package main

import (
	"bytes"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// session is the two directions of an MQTT connection. What the server sends
// can be read only when the client's CONNECT has told the version; a capture
// may have it earlier.
type session struct {
	out      *printer
	settings *settings
	number   int                  // counted from 1; 0 until begin
	address  [3]string            // of client and server, by mqttwire.Sender; empty for hex text
	clientID string               // from the CONNECT, or assigned by the CONNACK
	web      bool                 // inside of a WebSocket
	aliases  [3]map[uint16][]byte // the topics of the Topic Aliases, by mqttwire.Sender

	streams   [3]*stream       // by mqttwire.Sender
	connected bool             // the CONNECT has been seen, or will not be
	version   mqttwire.Version // 0 until it is known
	guessed   bool             // the version is a guess
	whole     bool             // the capture has the connection from its beginning
	accepted  bool             // the server has answered, or will have by now
	over      bool             // nothing is decoded any more

	held     []chunk // what the server sent before connected
	heldSize int
	untold   []remark // what is to be told once the connection is known to be MQTT

	tally tally
}

// tally is what the summary says of a connection. It counts the packets itself, those
// that are wanted.
type tally struct {
	packets, bytes [3]int64 // by mqttwire.Sender
	problems       int
	goodbye        string // the DISCONNECT
	ended          string // how the TCP connection did
	network        network
}

// remark is a problem or a note.
type remark struct {
	kind   kind
	sender mqttwire.Sender
	at     moment
	text   string
}

// maxUntold is how many remarks are kept of a connection that may not be MQTT.
const maxUntold = 8

// chunk is bytes and when the last of them was captured.
type chunk struct {
	data []byte
	at   moment
}

// maxHeld is how many bytes of a server are kept until the CONNECT is there. A
// server has nothing to say before it, so these are frames in the wrong order.
const maxHeld = 1 << 16

func newSession(out *printer, s *settings) *session {
	return &session{out: out, settings: s}
}

// begin gives the connection its number: it is MQTT.
func (s *session) begin() {
	s.out.connections++
	s.number = s.out.connections
	for _, u := range s.untold {
		s.tell(u.kind, u.sender, u.at, u.text)
	}
	s.untold = nil
}

// assume sets the version of a connection whose CONNECT will not be seen, 0 if it
// is to be guessed.
func (s *session) assume(v mqttwire.Version) {
	s.connected, s.accepted, s.version = true, true, v
}

// stream returns the stream of sender.
func (s *session) stream(sender mqttwire.Sender) *stream {
	if s.streams[sender] == nil {
		s.streams[sender] = &stream{sender: sender, rules: mqttwire.Rules{Sender: sender, Options: s.settings.options}}
	}
	return s.streams[sender]
}

// deliver takes what sender sent next and hands on the packets that it completes.
func (s *session) deliver(sender mqttwire.Sender, data []byte, at moment) {
	if s.over {
		return
	}
	if sender == mqttwire.Server && !s.connected {
		s.hold(data, at)
		return
	}
	st := s.stream(sender)
	b := st.with(data)
	n := 0
	for !s.over {
		used := s.next(st, b[n:], at)
		if used == 0 {
			break
		}
		n += used
		st.offset += int64(used)
	}
	st.keep(b, n)
}

// next deals with what b begins with, and returns how many bytes that was: 0 when
// it takes more to tell.
func (s *session) next(st *stream, b []byte, at moment) int {
	switch {
	case len(b) == 0:
		return 0
	case st.skip > 0:
		n := min(len(b), st.skip)
		st.skip -= n
		return n
	case st.lost:
		return s.resume(st, b, at)
	}
	packet, n, err := s.decode(st, b)
	switch {
	case err == nil:
		if s.version == 0 && packet.Type() != mqttwire.PacketConnect {
			break // never so: without a version only a CONNECT can be read
		}
		s.packet(st, packet, b[:n], at)
		return n
	case err == mqttwire.ErrIncomplete:
		return 0
	case s.guess(st, b, at):
		return s.next(st, b, at)
	}
	return s.bad(st, b, err, at)
}

// decode decodes the first packet of b. It is valid until the next call.
func (s *session) decode(st *stream, b []byte) (mqttwire.Packet, int, error) {
	d := &s.out.decoder
	d.Rules = st.rules
	d.Version = s.version
	packet, n, err := d.Decode(b)
	st.rules = d.Rules // with the version, if this was a CONNECT
	return packet, n, err
}

// packet hands a packet on that is in order.
func (s *session) packet(st *stream, packet mqttwire.Packet, wire []byte, at moment) {
	r := s.record(aPacket, st.sender, at)
	r.offset, r.wire, r.packet, r.rules = st.offset, wire, packet, st.rules
	r.different = st.check(packet, wire)
	if connect, ok := packet.(*mqttwire.Connect); ok {
		s.clientID = string(connect.ClientID)
	}
	if p, ok := packet.(*mqttwire.Publish); ok {
		r.topic = s.topicOf(st.sender, p)
	}
	s.out.packet(r)
	s.follow(packet)
}

// record makes a record of the session.
func (s *session) record(k kind, sender mqttwire.Sender, at moment) *record {
	r := &s.out.record
	*r = record{kind: k, file: s.out.file, at: at, session: s, sender: sender}
	return r
}

// topicOf is the topic of a PUBLISH. 5.0 section 3.3.2.3.4.
func (s *session) topicOf(sender mqttwire.Sender, p *mqttwire.Publish) []byte {
	if p.Properties.Len() == 0 {
		return p.TopicName
	}
	alias, sent := p.Properties.TopicAlias()
	switch {
	case !sent:
		return p.TopicName
	case len(p.TopicName) == 0:
		return s.aliases[sender][alias]
	case s.aliases[sender] == nil:
		s.aliases[sender] = make(map[uint16][]byte)
	}
	s.aliases[sender][alias] = bytes.Clone(p.TopicName)
	return p.TopicName
}

// follow keeps track of the handshake.
func (s *session) follow(packet mqttwire.Packet) {
	switch p := packet.(type) {
	case *mqttwire.Connect:
		if s.connected {
			return // a second one, or the version was given
		}
		// A server answers a CONNECT before it reads on, unless it wants to hear
		// more in an AUTH.
		_, more := p.Properties.AuthenticationMethod()
		s.accepted = !more
		s.connect(p.Version)
	case *mqttwire.Connack:
		s.accepted = true // or there is nothing to follow
		if id, sent := p.Properties.AssignedClientIdentifier(); sent {
			s.clientID = string(id)
		}
	case *mqttwire.Disconnect:
		s.tally.goodbye = fmt.Sprintf("DISCONNECT 0x%02X", uint8(p.ReasonCode))
	}
}

// connect sets the version and goes on with what the server has sent already.
func (s *session) connect(v mqttwire.Version) {
	s.connected, s.version = true, v
	held := s.held
	s.held = nil
	for _, c := range held {
		s.deliver(mqttwire.Server, c.data, c.at)
	}
}

// hold keeps what the server sent until the CONNECT is there.
func (s *session) hold(data []byte, at moment) {
	s.held = append(s.held, chunk{bytes.Clone(data), at})
	s.heldSize += len(data)
	if s.heldSize > maxHeld {
		s.problem(mqttwire.Server, at, fmt.Sprintf("the server sent %d bytes before there was a whole CONNECT", s.heldSize))
		s.stop()
	}
}

// problem tells of something that is wrong.
func (s *session) problem(sender mqttwire.Sender, at moment, text string) {
	s.tell(aProblem, sender, at, text)
}

// tell hands on a problem or a note: later, if the connection is not known to be MQTT
// yet, and never if it is not.
func (s *session) tell(k kind, sender mqttwire.Sender, at moment, text string) {
	if s.number == 0 {
		if len(s.untold) < maxUntold {
			s.untold = append(s.untold, remark{k, sender, at, text})
		}
		return
	}
	r := s.record(k, sender, at)
	r.text = text
	if st := s.streams[sender]; st != nil {
		r.offset = st.offset
	}
	s.out.packet(r)
}

// stop ends the decoding and lets the buffers go.
func (s *session) stop() {
	s.over = true
	s.streams = [3]*stream{}
	s.held, s.untold = nil, nil
	s.aliases = [3]map[uint16][]byte{}
}

// finish reports the packets that the connection ends in.
func (s *session) finish(at moment) {
	for sender, st := range s.streams {
		if st != nil && len(st.pending) > 0 && !s.over {
			s.finishStream(mqttwire.Sender(sender), st, at)
		}
	}
	s.stop()
}

func (s *session) finishStream(sender mqttwire.Sender, st *stream, at moment) {
	if st.lost {
		s.problem(sender, at, "no packet was found after the gap, in the last "+count(len(st.pending), "byte"))
		return
	}
	if _, _, err := s.decode(st, st.pending); err != nil && err != mqttwire.ErrIncomplete {
		s.refuse(st, st.pending, err, at)
		return
	}
	s.problem(sender, at, st.incomplete())
}
