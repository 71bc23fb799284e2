package mqttwire

// What AppendText writes, in the forms that fmt (String, GoString) and log/slog
// and encoding/json (MarshalText) look for. The verb %d and its like do not ask,
// and print the fields; so does fmt with a packet in an unexported field of another
// struct.

type appender interface{ AppendText([]byte) ([]byte, error) }

func textOf(a appender) []byte {
	b, _ := a.AppendText(nil)
	return b
}

// String returns what AppendText writes.
func (p Properties) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Properties) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Properties) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (w Will) String() string { return string(textOf(w)) }

// GoString returns what AppendText writes.
func (w Will) GoString() string { return string(textOf(w)) }

// MarshalText returns what AppendText writes.
func (w Will) MarshalText() ([]byte, error) { return textOf(w), nil }

// String returns what AppendText writes.
func (c Connect) String() string { return string(textOf(c)) }

// GoString returns what AppendText writes.
func (c Connect) GoString() string { return string(textOf(c)) }

// MarshalText returns what AppendText writes.
func (c Connect) MarshalText() ([]byte, error) { return textOf(c), nil }

// String returns what AppendText writes.
func (c Connack) String() string { return string(textOf(c)) }

// GoString returns what AppendText writes.
func (c Connack) GoString() string { return string(textOf(c)) }

// MarshalText returns what AppendText writes.
func (c Connack) MarshalText() ([]byte, error) { return textOf(c), nil }

// String returns what AppendText writes.
func (p Publish) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Publish) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Publish) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (p Puback) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Puback) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Puback) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (p Pubrec) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Pubrec) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Pubrec) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (p Pubrel) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Pubrel) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Pubrel) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (p Pubcomp) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Pubcomp) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Pubcomp) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (s Subscribe) String() string { return string(textOf(s)) }

// GoString returns what AppendText writes.
func (s Subscribe) GoString() string { return string(textOf(s)) }

// MarshalText returns what AppendText writes.
func (s Subscribe) MarshalText() ([]byte, error) { return textOf(s), nil }

// String returns what AppendText writes.
func (s Suback) String() string { return string(textOf(s)) }

// GoString returns what AppendText writes.
func (s Suback) GoString() string { return string(textOf(s)) }

// MarshalText returns what AppendText writes.
func (s Suback) MarshalText() ([]byte, error) { return textOf(s), nil }

// String returns what AppendText writes.
func (u Unsubscribe) String() string { return string(textOf(u)) }

// GoString returns what AppendText writes.
func (u Unsubscribe) GoString() string { return string(textOf(u)) }

// MarshalText returns what AppendText writes.
func (u Unsubscribe) MarshalText() ([]byte, error) { return textOf(u), nil }

// String returns what AppendText writes.
func (u Unsuback) String() string { return string(textOf(u)) }

// GoString returns what AppendText writes.
func (u Unsuback) GoString() string { return string(textOf(u)) }

// MarshalText returns what AppendText writes.
func (u Unsuback) MarshalText() ([]byte, error) { return textOf(u), nil }

// String returns what AppendText writes.
func (p Pingreq) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Pingreq) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Pingreq) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (p Pingresp) String() string { return string(textOf(p)) }

// GoString returns what AppendText writes.
func (p Pingresp) GoString() string { return string(textOf(p)) }

// MarshalText returns what AppendText writes.
func (p Pingresp) MarshalText() ([]byte, error) { return textOf(p), nil }

// String returns what AppendText writes.
func (d Disconnect) String() string { return string(textOf(d)) }

// GoString returns what AppendText writes.
func (d Disconnect) GoString() string { return string(textOf(d)) }

// MarshalText returns what AppendText writes.
func (d Disconnect) MarshalText() ([]byte, error) { return textOf(d), nil }

// String returns what AppendText writes.
func (a Auth) String() string { return string(textOf(a)) }

// GoString returns what AppendText writes.
func (a Auth) GoString() string { return string(textOf(a)) }

// MarshalText returns what AppendText writes.
func (a Auth) MarshalText() ([]byte, error) { return textOf(a), nil }

// String returns what AppendText writes.
func (v PropertyValue) String() string { return string(textOf(v)) }

// GoString returns what AppendText writes.
func (v PropertyValue) GoString() string { return string(textOf(v)) }

// MarshalText returns what AppendText writes.
func (v PropertyValue) MarshalText() ([]byte, error) { return textOf(v), nil }

// String returns what AppendText writes.
func (d Decoder) String() string { return string(textOf(d)) }

// GoString returns what AppendText writes.
func (d Decoder) GoString() string { return string(textOf(d)) }

// MarshalText returns what AppendText writes.
func (d Decoder) MarshalText() ([]byte, error) { return textOf(d), nil }
