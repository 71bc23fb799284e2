package mqttwire

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"unicode/utf8"
)

// Properties, 5.0 section 2.2.2:
//
//	Property Length     a Variable Byte Integer, not counting itself
//	{ identifier        a Variable Byte Integer
//	  value }*          of the identifier's type

// Properties is a block of properties: the bytes as they are on the wire, known
// to be good. Reading a property costs a walk through the block; forwarding the
// block is a copy of its bytes, in their order and with all repeats.
//
// The zero value is an empty block. To build one, call the Set and Add methods,
// after a Reset if the bytes are to go into a buffer of yours; they check each
// value and remember the first error, which Append of the packet returns, so
// that there is one place to look. A property that may occur once cannot be set
// twice: there is no replacing, the block may be somebody else's bytes.
//
// A decoded block aliases the input; Clone makes one that does not. A copy of a
// Properties, or of the packet that it is in, shares its bytes as a copy of a
// slice does: set properties in one of the two only, or CopyTo a buffer first.
type Properties struct {
	b   []byte
	ids uint64 // bit n: property n is there; above them the bits below
}

// What else Properties.ids says. No such bit is in a block that the set of
// allowed properties of a packet covers, unless that set was given it.
const (
	identifiers   uint64 = 1<<endOfProperties - 1
	manySubIDs    uint64 = 1 << 43 // more than one Subscription Identifier
	hasOverlong   uint64 = 1 << 44 // an integer that is not the shortest
	setFailed     uint64 = 1 << 45 // a Set or Add found an error ...
	failedIDShift        = 46      // ... in this property ...
	failedRule           = 52      // ... breaking this rule
)

// Has reports whether the block has property id.
func (p Properties) Has(id PropertyID) bool { return id < endOfProperties && p.ids>>id&1 == 1 }

// Len is the number of different properties in the block.
func (p Properties) Len() int { return bits.OnesCount64(p.ids & identifiers) }

// Bytes returns the block as it is on the wire, without its Property Length. It
// aliases the block and is clipped: appending to it leaves the block alone.
func (p Properties) Bytes() []byte { return p.b[:len(p.b):len(p.b)] }

// Clone returns a copy that owns its bytes.
func (p Properties) Clone() Properties {
	p.b = bytes.Clone(p.b)
	return p
}

// CopyTo copies the block to buf[:0], which grows as needed, and returns the copy.
func (p Properties) CopyTo(buf []byte) Properties {
	p.b = append(buf[:0], p.b...)
	return p
}

// PropertyValue is the value of one property of a block, to be read by the
// method that fits PropertyID.Type.
type PropertyValue struct {
	raw []byte
	id  PropertyID
}

// Uint32 returns the value of a Byte, a Two Byte, Four Byte or Variable Byte
// Integer, and 0 for any other type.
func (v PropertyValue) Uint32() uint32 {
	switch v.id.Type() {
	case TypeByte:
		return uint32(v.raw[0])
	case TypeTwoByteInteger:
		return uint32(binary.BigEndian.Uint16(v.raw))
	case TypeFourByteInteger:
		return binary.BigEndian.Uint32(v.raw)
	case TypeVariableByteInteger:
		n, _ := consumeVarint(v.raw)
		return n
	}
	return 0
}

// Bytes returns the value of a UTF-8 Encoded String or Binary Data, which
// aliases the block, and nil for any other type. An empty value is not nil.
func (v PropertyValue) Bytes() []byte {
	if t := v.id.Type(); t != TypeUTF8String && t != TypeBinaryData {
		return nil
	}
	s, _, _ := consumeBytes(v.raw, 0)
	return s
}

// Pair returns name and value of a UTF-8 String Pair, which alias the block, and
// nil for any other type.
func (v PropertyValue) Pair() (name, value []byte) {
	if v.id.Type() != TypeUTF8StringPair {
		return nil, nil
	}
	name, i, _ := consumeBytes(v.raw, 0)
	value, _, _ = consumeBytes(v.raw, i)
	return name, value
}

// next splits the first property off b: property id takes n bytes, its value all
// of them from value on. n is 0 at the end of the block, and also, since the
// memory may have been written to after it was checked, where there is no
// property.
func next(b []byte) (id PropertyID, value, n int) {
	if len(b) == 0 {
		return 0, 0, 0
	}
	id, value = PropertyID(b[0]), 1
	if b[0] >= 0x80 { // an overlong identifier, let in by AllowOverlongIntegers
		v, size := consumeLongVarint(b)
		if size <= 0 || v >= uint32(endOfProperties) {
			return 0, 0, 0
		}
		id, value = PropertyID(v), size
	}
	size := sizeValue(propertyTypes[id&63], b[value:])
	if size <= 0 || id >= endOfProperties || size > len(b)-value {
		return 0, 0, 0
	}
	return id, value, value + size
}

// sizeValue is the number of bytes of a value of type t that b begins with. It is
// 0, or more than b has, if b does not begin with one.
func sizeValue(t PropertyType, b []byte) int {
	switch t {
	case TypeByte:
		return 1
	case TypeTwoByteInteger:
		return 2
	case TypeFourByteInteger:
		return 4
	case TypeVariableByteInteger:
		_, n := consumeVarint(b)
		return n
	case TypeUTF8String, TypeBinaryData, TypeUTF8StringPair:
		if len(b) < 2 {
			return 0
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		if t != TypeUTF8StringPair {
			return n
		}
		if len(b) < n+2 {
			return 0
		}
		return n + 2 + int(binary.BigEndian.Uint16(b[n:]))
	}
	return 0
}

// find returns the value of property id, which is in the block.
func (p Properties) find(id PropertyID) PropertyValue {
	for b := p.b; ; {
		got, value, n := next(b)
		if n == 0 {
			return PropertyValue{}
		}
		if got == id {
			return PropertyValue{b[value:n:n], id}
		}
		b = b[n:]
	}
}

// All ranges over the properties in their order on the wire.
func (p Properties) All() iter.Seq2[PropertyID, PropertyValue] {
	return func(yield func(PropertyID, PropertyValue) bool) {
		for b := p.b; ; {
			id, value, n := next(b)
			if n == 0 || !yield(id, PropertyValue{b[value:n:n], id}) {
				return
			}
			b = b[n:]
		}
	}
}

// UserProperties ranges over names and values of the User Properties in their
// order on the wire, repeats included. Both alias the block.
func (p Properties) UserProperties() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		if !p.Has(PropertyUserProperty) {
			return
		}
		for id, v := range p.All() {
			if id == PropertyUserProperty && !yield(v.Pair()) {
				return
			}
		}
	}
}

// SubscriptionIDs ranges over the Subscription Identifiers in their order on the
// wire: of the one in a SUBSCRIBE, of each subscription that matched in a
// PUBLISH from a server.
func (p Properties) SubscriptionIDs() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if !p.Has(PropertySubscriptionIdentifier) {
			return
		}
		for id, v := range p.All() {
			if id == PropertySubscriptionIdentifier && !yield(v.Uint32()) {
				return
			}
		}
	}
}

// Without returns the block less the properties ids, as a server needs it to
// forward a PUBLISH without its Topic Alias. The block itself stays as it is: if
// it has one of them the others are copied to the end of scratch[:0], which
// grows as needed; if it has none, it is returned unchanged and aliases what it
// did.
func (p Properties) Without(scratch []byte, ids ...PropertyID) Properties {
	var drop uint64
	for _, id := range ids {
		if id < endOfProperties {
			drop |= 1 << id
		}
	}
	if p.ids&drop == 0 {
		return p
	}
	if drop>>PropertySubscriptionIdentifier&1 == 1 {
		drop |= manySubIDs
	}
	kept := Properties{b: scratch[:0], ids: p.ids &^ drop &^ hasOverlong}
	for b := p.b; ; {
		id, value, n := next(b)
		if n == 0 {
			return kept
		}
		if drop>>id&1 == 0 {
			kept.b = append(kept.b, b[:n]...)
			if value > 1 || id.Type() == TypeVariableByteInteger && isOverlong(b[value:n], n-value) {
				kept.ids |= hasOverlong
			}
		}
		b = b[n:]
	}
}

// size is the number of bytes of the block with its Property Length.
func (p Properties) size() int { return sizeVarint(len(p.b)) + len(p.b) }

// append writes the block with its Property Length.
func (p Properties) appendTo(b []byte) []byte {
	return append(appendVarint(b, uint32(len(p.b))), p.b...)
}

// check holds a block that is to be written against the packet it is for. All
// values were checked when they came in, so only their company matters now.
func (p Properties) check(block PacketType, r Rules) *Error {
	if p.ids == 0 {
		return nil
	}
	allowed := propertySets[min(r.Sender, Server+1)][block]
	if block == PacketPublish {
		allowed |= manySubIDs
	}
	if r.Options&AllowOverlongIntegers != 0 {
		allowed |= hasOverlong
	}
	if extra := p.ids &^ allowed; extra != 0 {
		return p.misfit(extra, block)
	}
	if len(p.b) > maxVarint { // no Property Length can say so
		return errTooLarge[packetOf(block)]
	}
	if r.Options&strictText != 0 {
		return p.checkStrings(block, r)
	}
	return nil
}

// misfit says why a block with the extra bits cannot be written.
func (p Properties) misfit(extra uint64, block PacketType) *Error {
	id := PropertyID(bits.TrailingZeros64(extra))
	switch {
	case extra&setFailed != 0:
		return p.err()
	case id < endOfProperties:
		return misplaced(id, block)
	case extra&manySubIDs != 0:
		return &propertyErrors[block][PropertySubscriptionIdentifier][repeated]
	}
	return &errPropertyLength[block][overlong]
}

// misplaced is the Error of a property that this block, or this sender of it,
// must not have.
func misplaced(id PropertyID, block PacketType) *Error {
	if row := &propertyTable[id]; row.in[block] != 0 {
		return &propertyErrors[block][id][propertyFrom] // 5.0 [MQTT-3.3.4-6], [MQTT-3.14.2-2]
	}
	return misplacedErrors[block][id] // 5.0 section 2.2.2.2
}

// checkStrings applies the optional rules on characters to a block that is to be
// written, because it may have been read without them.
func (p Properties) checkStrings(block PacketType, r Rules) *Error {
	for id, v := range p.All() {
		f := propertyErrors[block][id]
		name, value := v.Pair()
		if id.Type() == TypeUTF8String {
			value = v.Bytes()
		}
		if e := checkText(name, f, r); e != nil {
			return e
		}
		if e := checkText(value, f, r); e != nil {
			return e
		}
	}
	return nil
}

// methodAndData is the two properties of enhanced authentication, of which data
// is nothing without its method.
const (
	method        uint64 = 1 << PropertyAuthenticationMethod
	data          uint64 = 1 << PropertyAuthenticationData
	methodAndData        = method | data
)

// allows reports whether payload is what the Payload Format Indicator promises.
func (p Properties) allows(payload []byte) bool {
	promised, _ := p.PayloadFormatIndicator()
	return !promised || utf8.Valid(payload)
}

// mayWrite checks what every Append checks first: that the version has packets
// of type t, that the sender sends them, and that the properties are the
// packet's. 3.1 and 3.1.1 have no properties.
func mayWrite(t PacketType, p Properties, r Rules) *Error {
	if plainHeaders[t&15].allow(r) {
		switch {
		case p.ids == 0:
			return nil
		case r.Version == MQTT5:
			return p.check(t, r)
		}
		return errNoProperties[t]
	}
	switch {
	case !r.Version.supported():
		return errNoVersion[t]
	case t == PacketAuth && r.Version != MQTT5:
		return errPacketType[t]
	}
	return errWrongSender[t]
}

// errNoProperties is a packet with properties that is to be written in a version
// that has none.
var errNoProperties = perPacket(&rules[notInVersion], "Properties", [16]clauses{})
