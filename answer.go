package mqttwire

import "errors"

// AppendAnswer writes the packet that the receiver of a bad packet sends before
// it closes the connection to the end of dst, and returns the longer slice, or
// dst as it was when it has to close without a word. err is what Decode, or
// Limits.Check, returned; r is what the packet was held against, Sender being the
// side that sent it.
//
// A server answers with a CONNACK for as long as it has not sent one, whatever
// packet is at fault: then during is PacketConnect. Afterwards, also for a second
// CONNECT, and for a client, the answer is a DISCONNECT, and during is 0, or any
// type but PacketConnect.
//
// In 3.1 and 3.1.1 a CONNACK answers an unsupported version and a client
// identifier that is refused; nothing else may be answered (3.1.1 [MQTT-3.1.4-1]),
// and there is no DISCONNECT from a server. In 5.0 each error has its reason code
// (section 4.13).
//
// ErrIncomplete, and an error that is not of this package, has no answer.
func AppendAnswer(dst []byte, err error, during PacketType, r Rules) []byte {
	if err == nil || err == ErrIncomplete {
		return dst // without the allocation that looking into an error takes
	}
	e, ok := err.(*Error)
	if !ok {
		if e = wrapped(err); e == nil {
			return dst
		}
	}
	if during == PacketConnect && r.Sender != Server {
		return e.appendConnack(dst, r.Version)
	}
	if r.Version != MQTT5 || e.class() == ErrUnsupportedVersion {
		return dst // 3.1.1 section 4.8: close; and who speaks another version understands no DISCONNECT
	}
	from := Server // the side that answers
	if r.Sender == Server {
		from = Client
	}
	d := Disconnect{ReasonCode: e.rule.reasonCode}
	if !d.ReasonCode.AllowedIn(PacketDisconnect, from) {
		d.ReasonCode = ReasonProtocolError
	}
	dst, _ = d.Append(dst, Rules{Version: MQTT5, Sender: from})
	return dst
}

// wrapped finds the *Error that err wraps, or returns nil.
func wrapped(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	return e
}

// appendConnack writes the CONNACK of a server that refuses the connection to a
// client of version v, 0 if no version is known.
func (e *Error) appendConnack(dst []byte, v Version) []byte {
	c := Connack{ReasonCode: e.rule.returnCode}
	if !v.supported() && e.rule == &ruleVersion {
		v = MQTT311 // an old or private level: what every client has understood
		if e == errNewerLevel {
			v = MQTT5 // the form with the most in common with what comes after it
		}
	}
	switch {
	case !v.supported():
		return dst
	case v == MQTT5: // 5.0 section 4.13.1
		if c.ReasonCode = e.rule.reasonCode; !c.ReasonCode.AllowedIn(PacketConnack, Server) {
			c.ReasonCode = ReasonProtocolError
		}
	case c.ReasonCode == 0: // 3.1.1 [MQTT-3.1.4-1], [MQTT-3.2.2-6]
		return dst
	}
	dst, _ = c.Append(dst, Rules{Version: v, Sender: Server})
	return dst
}
