package mqttwire

import "errors"

// ErrIncomplete says that the input ends before the packet does: nothing is
// wrong so far, read more bytes and try again. It is not an *Error.
var ErrIncomplete = errors.New("mqttwire: incomplete packet, more bytes needed")

// Error says which rule of the specification a packet breaks, and where. All
// values are made when the program starts: returning one costs nothing, and
// two that are equal are identical.
//
// errors.Is compares an Error with a class (ErrMalformedPacket, ErrProtocolError,
// ErrPacketTooLarge, ErrUnsupportedVersion) or with a rule (ErrNotUTF8,
// ErrPacketIDZero, ...), whatever packet and field it was found in.
type Error struct {
	rule  *rule
	field *field // nil: the rule itself, anywhere
}

// rule is one thing that the specification demands.
type rule struct {
	problem    string     // what is wrong when it is broken, to follow the field's name
	reasonCode ReasonCode // the 5.0 answer
	returnCode ReasonCode // the 3.x CONNACK, 0 where none is sent
	clauses    clauses    // where the rule stands; zero: the field's own clauses
}

// clauses says where a rule stands in each version: the number of a normative
// statement ("3.1.2-3") or, where there is none, of a section ("3.1.2.3").
// Empty means that the version has no such rule.
type clauses struct{ v5, v311, v31 string }

// field is a named place in a packet.
type field struct {
	packet  PacketType // 0: in several packets
	name    string     // the specification's name
	clauses clauses    // what the specification says of this field's value
}

// breaks makes the Error for rule r broken in field f.
func (f *field) breaks(r *rule) *Error { return &Error{rule: r, field: f} }

// ReasonCode is the 5.0 reason code that names the error, to be sent in a
// CONNACK or DISCONNECT before closing. AppendAnswer does that.
func (e *Error) ReasonCode() ReasonCode { return e.rule.reasonCode }

// ReturnCode is the CONNACK return code that 3.1 and 3.1.1 want for the error
// when it is found in a CONNECT, or 0 when they want the connection closed
// without a word, which is most often so.
func (e *Error) ReturnCode() ReasonCode { return e.rule.returnCode }

// Packet is the type of the packet at fault, or 0 when the error does not say:
// for the rules themselves and for the setters of Properties.
func (e *Error) Packet() PacketType {
	if e.field == nil {
		return 0
	}
	return e.field.packet
}

// Field is the specification's name of the field at fault, or "".
func (e *Error) Field() string {
	if e.field == nil {
		return ""
	}
	return e.field.name
}

// Problem says in a few words what is wrong with the field.
func (e *Error) Problem() string { return e.rule.problem }

// Clause says where version v has the rule: the identifier of a normative
// statement, as in "[MQTT-3.1.2-3]", or "section 3.1.2.3" where the rule has
// none, or "" where that version has no such rule.
func (e *Error) Clause(v Version) string {
	c := e.rule.clauses
	if c == (clauses{}) && e.field != nil {
		c = e.field.clauses
	}
	switch v {
	case MQTT5:
		return citation(c.v5)
	case MQTT311:
		return citation(c.v311)
	case MQTT31:
		return citation(c.v31)
	}
	return ""
}

// citation writes a clause the way the specifications do.
func citation(clause string) string {
	switch {
	case clause == "":
		return ""
	case clause == "A":
		return "appendix A"
	}
	for i := range clause {
		if clause[i] == '-' {
			return "[MQTT-" + clause + "]"
		}
	}
	return "section " + clause
}

// Error says it all in one line: packet, field, problem, clauses, answer.
func (e *Error) Error() string {
	b := []byte("mqttwire: ")
	if p := e.Packet(); p != 0 {
		b = append(b, p.String()...)
		b = append(b, ": "...)
	}
	if f := e.Field(); f != "" {
		b = append(b, f...)
		b = append(b, ": "...)
	}
	b = append(b, e.rule.problem...)
	b = append(b, " ("...)
	for _, v := range [...]Version{MQTT5, MQTT311, MQTT31} {
		if c := e.Clause(v); c != "" {
			b = append(b, v.String()...)
			b = append(b, ' ')
			b = append(b, c...)
			b = append(b, ", "...)
		}
	}
	b = e.rule.reasonCode.appendText(b, 0)
	return string(append(b, ')'))
}

// Is reports whether target is the class of e or the rule that e breaks.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok || t.field != nil {
		return false
	}
	return t.rule == e.rule || t == e.class()
}

// class sorts by reason code: what is neither malformed, too large nor of an
// unsupported version is a Protocol Error, also where the specification has a
// more exact code for it.
func (e *Error) class() *Error {
	switch e.rule.reasonCode {
	case ReasonMalformedPacket:
		return ErrMalformedPacket
	case ReasonPacketTooLarge:
		return ErrPacketTooLarge
	case ReasonUnsupportedProtocolVersion:
		return ErrUnsupportedVersion
	}
	return ErrProtocolError
}

// refusedWhole reports whether a CONNECT or CONNACK with this error was still read
// as far as its version allowed, so that the packet is worth handing up.
func refusedWhole(err error) bool {
	e, ok := err.(*Error)
	return ok && (e.class() == ErrUnsupportedVersion || e.rule == &ruleClientID)
}
