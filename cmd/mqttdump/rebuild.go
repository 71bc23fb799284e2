package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
)

// From the fields in a JSON line back to the bytes.

// field is a field as package inspect writes it; its SCHEMA.md describes the
// members.
type field struct {
	Key      string          `json:"key"`
	Kind     string          `json:"kind"`
	Mask     uint8           `json:"mask"`
	Hex      *string         `json:"hex"`
	Value    json.RawMessage `json:"value"`
	Text     *string         `json:"text"`
	Implied  bool            `json:"implied"`
	Redacted bool            `json:"redacted"`
	Fields   []field         `json:"fields"`
}

// piece is the bytes of a field.
type piece struct {
	b        []byte
	resized  bool // it has another length than in the line
	edited   bool // somebody has changed it
	variable bool // it is a Variable Byte Integer
}

// rebuild returns the bytes of a packet. Where a value is not what the hex beside it
// says, somebody has edited it and the value counts; lengths that were not edited
// are then made to fit.
func rebuild(fields []field) ([]byte, error) {
	p, err := join(fields)
	return p.b, err
}

// join puts fields together, one behind another.
func join(fields []field) (whole piece, err error) {
	pieces := make([]piece, len(fields))
	id := mqttwire.PropertyID(0)
	for i := range fields {
		f := &fields[i]
		if pieces[i], err = f.piece(id); err != nil {
			return whole, fmt.Errorf("%s: %w", f.Key, err)
		}
		if f.Key == "mqtt.property_id" && len(pieces[i].b) == 1 {
			id = mqttwire.PropertyID(pieces[i].b[0])
		}
	}
	for i := len(fields) - 1; i >= 0; i-- {
		covered := 0 // how many of the pieces behind a length it is the length of
		switch f := &fields[i]; {
		case f.Key == "mqtt.len", f.Key == "mqtt.property_len" && i == 0:
			covered = len(fields) - 1 - i
		case f.Kind == "length":
			covered = min(1, len(fields)-1-i)
		}
		fit(&pieces[i], pieces[i+1:i+1+covered])
	}
	for _, p := range pieces {
		whole.b = append(whole.b, p.b...)
		whole.resized = whole.resized || p.resized
		whole.edited = whole.edited || p.edited
	}
	return whole, nil
}

// fit makes a length that was not edited that of the pieces, if one of those has
// another length than before.
func fit(length *piece, of []piece) {
	n, resized := 0, false
	for _, p := range of {
		n += len(p.b)
		resized = resized || p.resized
	}
	if !resized || length.edited {
		return
	}
	before := len(length.b)
	if length.variable {
		length.b = appendVarint(nil, n)
	} else {
		length.b = binary.BigEndian.AppendUint16(nil, uint16(n))
	}
	length.edited = true
	length.resized = len(length.b) != before
}

// piece returns the bytes of a field. id is the property that it is in.
func (f *field) piece(id mqttwire.PropertyID) (p piece, err error) {
	switch {
	case f.Implied:
		return p, nil // it is not in the packet
	case f.Redacted:
		return p, errors.New("a secret was left out; --secrets would have written it")
	case len(f.Fields) > 0 && f.Fields[0].Mask == 0:
		return join(f.Fields)
	case f.Hex == nil && f.Kind == "group":
		return p, nil
	case f.Hex != nil:
		if p.b, err = hex.DecodeString(*f.Hex); err != nil {
			return p, fmt.Errorf("hex: %s", plainHexError(err)) // without the digits: it may be a password
		}
	}
	before := len(p.b)
	switch f.Kind {
	case "text":
		err = f.editText(&p)
	case "data", "undecoded":
		f.editData(&p)
	case "integer", "code", "length", "flag":
		p.variable = f.Key == "mqtt.len" || f.Key == "mqtt.property_len" || f.Key == "mqtt.property_id" || id.Type() == mqttwire.TypeVariableByteInteger
		err = f.editNumber(&p)
	}
	p.resized = len(p.b) != before
	return p, err
}

func (f *field) editText(p *piece) error {
	if f.Value == nil {
		return nil
	}
	var value string
	if err := json.Unmarshal(f.Value, &value); err != nil {
		return errors.New("value is not a string")
	}
	if value != asJSON(p.b) {
		p.b, p.edited = []byte(value), true
	}
	return nil
}

// asJSON is bytes as they come out of JSON: what is not UTF-8 is replaced.
func asJSON(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	text, _ := json.Marshal(string(b)) // a string has a form in JSON
	var s string
	_ = json.Unmarshal(text, &s) // and can be read again
	return s
}

func (f *field) editData(p *piece) {
	if f.Text != nil && *f.Text != string(p.b) {
		p.b, p.edited = []byte(*f.Text), true
	}
}

// editNumber edits a whole number, or the bits of one.
func (f *field) editNumber(p *piece) error {
	old := number(p.b, p.variable)
	value := old
	if f.Value != nil {
		if err := json.Unmarshal(f.Value, &value); err != nil {
			return fmt.Errorf("value %.40s is not a whole number", f.Value)
		}
	}
	for i := range f.Fields {
		bit := &f.Fields[i]
		if bit.Mask == 0 || bit.Value == nil {
			continue
		}
		v, err := bit.bits()
		if err != nil {
			return fmt.Errorf("%s: %w", bit.Key, err)
		}
		if v != old&uint64(bit.Mask) {
			value = value&^uint64(bit.Mask) | v
		}
	}
	if value == old {
		return nil
	}
	p.edited = true
	if p.variable {
		if value > mqttwire.MaxRemainingLength {
			return fmt.Errorf("value %d is more than %d", value, mqttwire.MaxRemainingLength)
		}
		p.b = appendVarint(nil, int(value))
		return nil
	}
	if value>>(8*len(p.b)) != 0 {
		return fmt.Errorf("value %d does not fit into %s", value, count(len(p.b), "byte"))
	}
	for i := range p.b {
		p.b[len(p.b)-1-i] = byte(value >> (8 * i))
	}
	return nil
}

// bits is the value of bits at their place.
func (f *field) bits() (uint64, error) {
	var v uint64
	if string(f.Value) == "true" {
		v = 1
	} else if string(f.Value) != "false" {
		if err := json.Unmarshal(f.Value, &v); err != nil {
			return 0, fmt.Errorf("value %.40s is not a whole number", f.Value)
		}
	}
	lowest := uint64(f.Mask & -f.Mask)
	if v > uint64(f.Mask)/lowest {
		return 0, fmt.Errorf("value %d does not fit into the bits", v)
	}
	return v * lowest, nil
}

// number is the value of a big-endian or of a Variable Byte Integer.
func number(b []byte, variable bool) (n uint64) {
	for i, c := range b {
		if variable {
			n |= uint64(c&0x7F) << (7 * i)
		} else {
			n = n<<8 | uint64(c)
		}
	}
	return n
}

// appendVarint writes a Variable Byte Integer in as few bytes as it takes. 5.0 section
// 1.5.5, 3.1.1 section 2.2.3.
func appendVarint(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}
