package inspect

import (
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// Report is what Inspect finds out about one packet.
type Report struct {
	// Rules is what the packet was held against. Version is that of a CONNECT of a
	// supported level, whatever was passed in, and 0 where none is known.
	Rules mqttwire.Rules

	// Type is the packet's type, 0 if that is reserved or there is no input.
	Type mqttwire.PacketType

	// Bytes is what the tree covers: the packet without what follows it, or all of
	// the input when that ends first, or when where the packet ends cannot be told.
	// It aliases the input.
	Bytes []byte

	// Tree is the packet, field by field; its Offset is 0 and its Length that of
	// Bytes.
	Tree Node

	// Violations is everything that is wrong, in the order of the offsets. A field
	// that breaks the same rule in several places is listed once, at the first.
	Violations []Violation

	// Missing is the number of bytes by which the input falls short of the packet's
	// end, at least: while the Remaining Length is not there more are needed than is
	// known. 0 means that the packet is complete, or that no more bytes would help.
	Missing int

	// Decoded is the offset up to which the packet was taken apart: what is behind
	// it is Undecoded. Stopped says why the walk ended there, before all fields were
	// read, and is empty when they were.
	Decoded int
	Stopped string
}

// openEnded reports whether even the Remaining Length is missing.
func (r *Report) openEnded() bool {
	return len(r.Tree.Children) < 2 || r.Tree.Children[1].Partial
}

// Outcome is the verdict on a packet.
type Outcome uint8

const (
	Accepted   Outcome = iota // complete, and nothing is wrong
	Refused                   // at least one violation, be the packet complete or not
	Incomplete                // nothing is wrong so far, and bytes are missing
)

// String returns "accepted", "refused" or "incomplete".
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Refused:
		return "refused"
	}
	return "incomplete"
}

// Outcome tells whether the packet is right, wrong, or right as far as it goes.
// Of a packet that is both incomplete and wrong it says Refused: bytes to come
// do not mend it.
func (r *Report) Outcome() Outcome {
	switch {
	case len(r.Violations) > 0:
		return Refused
	case r.Missing > 0:
		return Incomplete
	}
	return Accepted
}

// Violation is one thing that is wrong with a packet.
type Violation struct {
	// Offset and Length are where: the bytes at fault, inside of a field where they
	// can be told. Length is 0 if what is wrong is that something is missing here.
	Offset, Length int

	Field string // the name of the field at fault
	Key   string // and its key
	Mask  uint8  // the bits at fault, 0 for whole bytes

	// Problem says what is wrong, to follow the field's name: "is 3, must be 0 to 2".
	Problem string

	// Version and Clause are where it is forbidden: the identifier of a normative
	// statement, "[MQTT-3.1.2-3]", or "section 3.1.2.3" where the rule has none.
	// The same identifier can mean another thing in another version.
	Version mqttwire.Version
	Clause  string

	// ReasonCode is the 5.0 reason code that names the error, in every version.
	ReasonCode mqttwire.ReasonCode

	// Answer is what the receiver sends back before it closes the connection.
	Answer Answer
}

// String returns field, problem and clause in a line.
func (v Violation) String() string {
	return fmt.Sprintf("byte %d: %s %s, MQTT %s %s", v.Offset, v.Field, v.Problem, v.Version, v.Clause)
}

// Answer is what the receiver of a bad packet sends before it closes the
// connection. It takes a CONNECT for the first packet, and any other for one
// after the handshake: a server that has not sent its CONNACK yet sends a CONNACK
// with the same code in place of the DISCONNECT.
type Answer struct {
	Packet  mqttwire.PacketType // PacketConnack, PacketDisconnect, or 0: close without a word
	Version mqttwire.Version    // of that packet
	Code    mqttwire.ReasonCode // its reason code, or the return code of a 3.x CONNACK
}

// String returns what to do: "CONNACK 0x81 Malformed Packet, then close".
func (a Answer) String() string {
	if a.Packet == 0 {
		return "close the connection"
	}
	return strings.TrimRight(fmt.Sprintf("%s 0x%02X %s", a.Packet, uint8(a.Code), a.Code.Name(a.Packet)), " ") + ", then close"
}

// answer is the Answer to a violation. 5.0 section 4.13, 3.1.1 sections 3.1.4, 3.2.2.3
// and 4.8, 3.1 section 3.1.
func (s *scan) answer(code, returned mqttwire.ReasonCode) Answer {
	v := s.version
	if v == 0 && supported(s.rules.Version) {
		v = s.rules.Version
	}
	if s.kind == mqttwire.PacketConnect && s.rules.Sender != mqttwire.Server {
		return connackFor(v, s.level, code, returned)
	}
	if v != mqttwire.MQTT5 || code == mqttwire.ReasonUnsupportedProtocolVersion {
		return Answer{} // 3.1.1 section 4.8; and one that speaks an older version knows no such DISCONNECT
	}
	from := mqttwire.Server
	if s.rules.Sender == mqttwire.Server {
		from = mqttwire.Client
	}
	if !code.AllowedIn(mqttwire.PacketDisconnect, from) {
		code = mqttwire.ReasonProtocolError
	}
	return Answer{mqttwire.PacketDisconnect, v, code}
}

// connackFor is what a server answers to a CONNECT of version v, 0 if none that
// it knows; then level is the one that was asked for, if there is one.
func connackFor(v mqttwire.Version, level int, code, returned mqttwire.ReasonCode) Answer {
	if v == 0 && returned == mqttwire.ReturnUnacceptableProtocolVersion {
		v = mqttwire.MQTT311 // what every client has understood
		if level > int(mqttwire.MQTT5) && level < 0x80 {
			v = mqttwire.MQTT5 // what later versions are likely to understand
		}
	}
	switch {
	case v == mqttwire.MQTT5 && code.AllowedIn(mqttwire.PacketConnack, mqttwire.Server):
		return Answer{mqttwire.PacketConnack, v, code}
	case v == mqttwire.MQTT5:
		return Answer{mqttwire.PacketConnack, v, mqttwire.ReasonProtocolError}
	case v != 0 && returned != 0: // 3.1.1 [MQTT-3.1.2-2], [MQTT-3.1.3-8]
		return Answer{mqttwire.PacketConnack, v, returned}
	}
	return Answer{} // 3.1.1 [MQTT-3.1.4-1]
}
