package inspect

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-2c1fe983/mqttwire"
)

// Inspect explains the first packet of b, held against r. What follows the packet
// in b is not looked at, and b may end before the packet does: then the Report
// holds what is there.
//
// Version 0 in r takes the version from the CONNECT. A later packet cannot be
// read without a version: it is refused, and Undecoded behind its fixed header.
// With another version a CONNECT is read by its own, and that it is not the one
// in r is a violation. Sender and Options count as they do for mqttwire.Decoder.
//
// The Report aliases b. Inspect does not write to b, and it takes any input.
func Inspect(b []byte, r mqttwire.Rules) Report {
	s := scan{rules: r, b: b, level: -1}
	report := Report{Rules: r, Tree: Node{Name: "nothing", Key: "mqtt"}}
	if len(b) == 0 {
		report.Missing, report.Stopped = 2, "there is no input"
		return report
	}
	s.kind = mqttwire.PacketType(b[0] >> 4)
	report.Type, report.Tree.Name = s.kind, s.kind.String()
	s.lookAhead()
	s.packet(&report.Tree)
	report.Bytes, report.Violations, report.Stopped = s.b, s.violations, s.stopped
	report.Decoded, report.Missing = s.decoded, s.missing
	if s.version != 0 {
		report.Rules.Version = s.version
	}
	slices.SortStableFunc(report.Violations, func(a, b Violation) int { return cmp.Compare(a.Offset, b.Offset) })
	return report
}

// lookAhead finds out what has to be known before the first byte can be judged:
// where the packet ends, 0 if that cannot be told, and the version.
func (s *scan) lookAhead() {
	body, length := 1, 0
	for shift := 0; shift < 28 && body < len(s.b); shift += 7 {
		c := s.b[body]
		body++
		length |= int(c&0x7F) << shift
		if c&0x80 == 0 {
			s.end = body + length
			s.b = s.b[:min(s.end, len(s.b)):min(s.end, len(s.b))]
			break
		}
	}
	if s.kind != mqttwire.PacketConnect {
		if supported(s.rules.Version) {
			s.version = s.rules.Version
		}
		s.older = s.version == mqttwire.MQTT5 && s.kind == mqttwire.PacketConnack && olderConnack(s.b[body:])
		return
	}
	if s.end == 0 || body+2 > len(s.b) {
		return
	}
	if at := body + 2 + int(s.b[body])<<8 + int(s.b[body+1]); at < len(s.b) {
		s.level = int(s.b[at])
	}
	switch v := mqttwire.Version(max(s.level, 0)); v {
	case mqttwire.MQTT31, mqttwire.MQTT311, mqttwire.MQTT5:
		s.version = v
	case 0x80 | mqttwire.MQTT31, 0x80 | mqttwire.MQTT311: // a bridge, laid out like any other client's
		s.version = v & 0x7F
	}
}

// olderConnack reports whether the body of a CONNACK is what a server of an older
// version answers: a return code, and no properties.
func olderConnack(body []byte) bool {
	return len(body) == 2 && body[1] > 0 && mqttwire.ReasonCode(body[1]) <= mqttwire.ReturnNotAuthorized
}

// typeBits is the type in byte 1. 5.0 section 2.1.2, 3.1.1 section 2.2.1, 3.1 section 2.1.
var typeBits = bits{mask: 0xF0, name: "MQTT Control Packet type", key: "mqtt.msgtype", meaning: typeMeaning, rules: []rule{
	must(packetTypeExists, malformed, "2.1.2", "2.2.1", "2.1").always(),
	must(packetOfSender, protocolError, "2.1.2", "2.2.1", "2.1"),
	must(connectFirst, protocolError, "3.1.0-1", "", "").always()}}

// packet reads the whole packet.
func (s *scan) packet(tree *Node) {
	grammar := &grammar[s.kind]
	s.limit = len(s.b) + 1 // until the end is known there may be more
	s.integer(&field{name: "Packet Type and Flags", key: "mqtt.hdrflags", typ: oneCode,
		bits: append([]bits{typeBits}, grammar.flags...)}, tree)
	length, ok := s.variable("Remaining Length", "mqtt.len", tree)
	if !ok {
		s.decoded, s.limit = s.pos, len(s.b)
		s.missing = 1 // at least
		if s.stopped == "" {
			s.missing, s.stopped = 0, "where the packet ends is not known"
		}
		s.undecoded(tree)
		return
	}
	s.limit, s.missing = s.end, s.end-len(s.b)
	found := len(s.violations)
	s.enforce(grammar.length, &length)
	s.quiet = len(s.violations) > found

	switch whole := s.body(grammar, tree); {
	case whole:
		s.leftOver(tree)
	case s.stopped != "": // says it already
	case s.pos < s.limit:
		s.stopped = "nothing says where the next field begins"
	default:
		s.stopped = "the packet ends before its last field does"
	}
	s.decoded = s.pos
	s.undecoded(tree)
}

// body reads what follows the fixed header.
func (s *scan) body(grammar *packet, tree *Node) bool {
	switch {
	case s.kind == mqttwire.PacketConnect && s.version == 0:
		if s.fields(grammar.fields[:2], tree) {
			s.stopped = fmt.Sprintf("what follows depends on the version, and level %d is none that is known", s.level)
		}
		return false
	case s.version == 0:
		s.stopped = "the version is not known"
		return false
	case s.older:
		return s.fields(older, tree)
	case !s.kind.SentBy(mqttwire.AnySender, s.version):
		s.stopped = "the packet type is reserved"
		return false
	}
	return s.fields(grammar.fields, tree)
}
