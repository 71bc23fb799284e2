package mqttwire

import (
	"strconv"
	"unicode/utf8"
)

// Packets as one readable line, for logs. Passwords and Authentication Data are
// never in it. The methods have value receivers, so that fmt, log/slog and
// encoding/json find them however a packet is passed.

// redacted stands for a secret.
const redacted = "[redacted]"

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// text builds a line: a name, then " key=value" for all that is worth telling.
type text []byte

func (t text) word(s string) text { return append(append(t, ' '), s...) }

func (t text) flag(name string, set bool) text {
	if set {
		t = t.word(name)
	}
	return t
}

func (t text) key(name string) text { return append(t.word(name), '=') }

func (t text) number(name string, n int) text { return appendInt(t.key(name), n) }

func (t text) quoted(name string, s []byte) text { return appendQuoted(t.key(name), s) }

func (t text) reason(name string, c ReasonCode, p PacketType) text {
	return append(c.appendText(append(t.key(name), '"'), p), '"')
}

func (t text) properties(name string, p Properties) text {
	if p.ids == 0 {
		return t
	}
	return p.text(t.key(name))
}

// appendQuoted writes s as a Go string literal, whatever its bytes.
func appendQuoted(b, s []byte) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for len(s) > 0 {
		c, n := utf8.DecodeRune(s)
		switch {
		case c == utf8.RuneError && n == 1, c < ' ', c == 0x7F:
			b = append(b, '\\', 'x', hex[s[0]>>4], hex[s[0]&0xF])
		case c == '"', c == '\\':
			b = append(b, '\\', byte(c))
		case !strconv.IsPrint(c):
			b = strconv.AppendQuoteRuneToASCII(b, c)
			b = unquote(b, c)
		default:
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return append(b, '"')
}

// unquote takes the quotes off the rune that AppendQuoteRuneToASCII has just
// written to b: \u and four digits, or \U and eight.
func unquote(b []byte, c rune) []byte {
	n := 6
	if c > 0xFFFF {
		n = 10
	}
	start := len(b) - n - 2
	return append(b[:start], b[start+1:len(b)-1]...)
}

// text writes the block as {name=value, ...}.
func (p Properties) text(b text) text {
	b = append(b, '{')
	first := true
	for id, v := range p.All() {
		if !first {
			b = append(b, ", "...)
		}
		first = false
		b = append(append(b, id.String()...), '=')
		b = v.text(b)
	}
	if p.ids&setFailed != 0 {
		b = append(b, '!')
	}
	return append(b, '}')
}

// text writes a number, a quoted string or two, or what stands for a secret.
func (v PropertyValue) text(b text) text {
	switch t := v.id.Type(); {
	case v.id == PropertyAuthenticationData:
		return append(b, redacted...)
	case t == TypeUTF8StringPair:
		name, value := v.Pair()
		return appendQuoted(append(appendQuoted(b, name), ':'), value)
	case t == TypeUTF8String || t == TypeBinaryData:
		return appendQuoted(b, v.Bytes())
	}
	return strconv.AppendUint(b, uint64(v.Uint32()), 10)
}

// AppendText writes the value to the end of b, with Authentication Data redacted.
// The error is always nil.
func (v PropertyValue) AppendText(b []byte) ([]byte, error) { return v.text(b), nil }

// AppendText writes the Decoder's rules, and none of its packets, to the end of
// b. The error is always nil.
func (d Decoder) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "Decoder"...).key("version")
	t = append(t, d.Version.String()...)
	t = append(t.key("sender"), d.Sender.String()...)
	t = append(t.key("options"), d.Options.String()...)
	return strconv.AppendUint(t.key("max-packet-size"), uint64(d.MaxPacketSize), 10), nil
}

// AppendText writes the properties as {name=value, ...} to the end of b, with
// Authentication Data redacted. The error is always nil.
func (p Properties) AppendText(b []byte) ([]byte, error) { return p.text(b), nil }

// AppendText writes the packet as one line to the end of b, with the Password
// and Authentication Data redacted. The error is always nil.
func (c Connect) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "CONNECT"...).key("version")
	t = append(t, c.Version.String()...)
	t = t.flag("bridge", c.Bridge).quoted("client-id", c.ClientID).flag("clean-start", c.CleanStart)
	t = t.number("keep-alive", int(c.KeepAlive))
	if c.UserName != nil {
		t = t.quoted("user-name", c.UserName)
	}
	if c.Password != nil {
		t = append(t.key("password"), redacted...)
	}
	t = t.properties("properties", c.Properties)
	if c.WillFlag {
		t = c.Will.text(append(t.key("will"), '{'))
		t = append(t, '}')
	}
	return t, nil
}

// AppendText writes the Will as one line to the end of b. The error is always
// nil.
func (w Will) AppendText(b []byte) ([]byte, error) { return w.text(b), nil }

func (w Will) text(t text) text {
	t = appendQuoted(append(t, "topic="...), w.Topic)
	t = t.number("qos", int(w.QoS)).flag("retain", w.Retain)
	return t.properties("properties", w.Properties).number("payload-bytes", len(w.Payload))
}

// AppendText writes the packet as one line to the end of b, with Authentication
// Data redacted. The error is always nil.
func (c Connack) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "CONNACK"...).reason("reason", c.ReasonCode, PacketConnack)
	return t.flag("session-present", c.SessionPresent).properties("properties", c.Properties), nil
}

// AppendText writes the packet as one line to the end of b, with the length of
// the payload in place of the payload. The error is always nil.
func (p Publish) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "PUBLISH"...).quoted("topic", p.TopicName).number("qos", int(p.QoS))
	if p.PacketID != 0 {
		t = t.number("packet-id", int(p.PacketID))
	}
	t = t.flag("dup", p.Dup).flag("retain", p.Retain).properties("properties", p.Properties)
	return t.number("payload-bytes", len(p.Payload)), nil
}

func (a *ack) text(b []byte, name PacketType) text {
	t := append(text(b), name.String()...).number("packet-id", int(a.PacketID))
	if a.ReasonCode != 0 {
		t = t.reason("reason", a.ReasonCode, name)
	}
	return t.properties("properties", a.Properties)
}

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (p Puback) AppendText(b []byte) ([]byte, error) { return (*ack)(&p).text(b, PacketPuback), nil }

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (p Pubrec) AppendText(b []byte) ([]byte, error) { return (*ack)(&p).text(b, PacketPubrec), nil }

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (p Pubrel) AppendText(b []byte) ([]byte, error) { return (*ack)(&p).text(b, PacketPubrel), nil }

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (p Pubcomp) AppendText(b []byte) ([]byte, error) { return (*ack)(&p).text(b, PacketPubcomp), nil }

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (s Subscribe) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "SUBSCRIBE"...).number("packet-id", int(s.PacketID)).properties("properties", s.Properties)
	for filter, o := range s.Subscriptions.All() {
		t = t.quoted("filter", filter).number("qos", int(o.QoS())).flag("no-local", o.NoLocal())
		t = t.flag("retain-as-published", o.RetainAsPublished())
		if n := o.RetainHandling(); n != 0 {
			t = t.number("retain-handling", int(n))
		}
	}
	return t, nil
}

// text writes the codes of a packet of type p.
func (c ReasonCodes) text(t text, p PacketType) text {
	for code := range c.All() {
		t = t.reason("reason", code, p)
	}
	return t
}

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (s Suback) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "SUBACK"...).number("packet-id", int(s.PacketID)).properties("properties", s.Properties)
	return s.ReasonCodes.text(t, PacketSuback), nil
}

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (u Unsubscribe) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "UNSUBSCRIBE"...).number("packet-id", int(u.PacketID)).properties("properties", u.Properties)
	for filter := range u.TopicFilters.All() {
		t = t.quoted("filter", filter)
	}
	return t, nil
}

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (u Unsuback) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "UNSUBACK"...).number("packet-id", int(u.PacketID)).properties("properties", u.Properties)
	return u.ReasonCodes.text(t, PacketUnsuback), nil
}

// AppendText writes "PINGREQ" to the end of b. The error is always nil.
func (p Pingreq) AppendText(b []byte) ([]byte, error) { return append(b, "PINGREQ"...), nil }

// AppendText writes "PINGRESP" to the end of b. The error is always nil.
func (p Pingresp) AppendText(b []byte) ([]byte, error) { return append(b, "PINGRESP"...), nil }

// AppendText writes the packet as one line to the end of b. The error is always
// nil.
func (d Disconnect) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "DISCONNECT"...).reason("reason", d.ReasonCode, PacketDisconnect)
	return t.properties("properties", d.Properties), nil
}

// AppendText writes the packet as one line to the end of b, with Authentication
// Data redacted. The error is always nil.
func (a Auth) AppendText(b []byte) ([]byte, error) {
	t := append(text(b), "AUTH"...).reason("reason", a.ReasonCode, PacketAuth)
	return t.properties("properties", a.Properties), nil
}
