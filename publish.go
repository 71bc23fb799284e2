package mqttwire

import (
	"bytes"
	"encoding/binary"
)

// PUBLISH, 5.0 section 3.3, 3.1.1 section 3.3, 3.1 section 3.3:
//
//	fixed header flags    3 DUP   2 1 QoS   0 RETAIN
//	Topic Name            string
//	Packet Identifier     two bytes, at QoS 1 and 2
//	Properties            5.0
//	Payload               the rest

// QoS is a Quality of Service level. 5.0 section 4.3.
type QoS uint8

const (
	QoS0 QoS = 0 // at most once
	QoS1 QoS = 1 // at least once
	QoS2 QoS = 2 // exactly once
)

// Publish is a PUBLISH packet: an application message on its way.
//
// To send one message to many subscribers see Message.
type Publish struct {
	// Dup is the DUP flag: the sender may have sent the packet before. It is
	// false at QoS 0.
	Dup bool
	// QoS is QoS0, QoS1 or QoS2.
	QoS QoS
	// Retain is the RETAIN flag.
	Retain bool
	// PacketID is the Packet Identifier (Message Identifier in 3.1): 0 at QoS 0,
	// else 1 to 65,535.
	PacketID uint16
	// TopicName has no wildcards. It may be empty in 5.0 when there is a Topic
	// Alias.
	TopicName []byte
	// Properties is empty in 3.1 and 3.1.1.
	Properties Properties
	// Payload may be empty.
	Payload []byte
}

var (
	publishTopic   = newField(PacketPublish, "Topic Name", clauses{"3.3.2-2", "3.3.2-2", "3.3"})
	publishID      = newField(PacketPublish, "Packet Identifier", clauses{"2.2.1-3", "2.3.1-1", "2.4"})
	publishPayload = newField(PacketPublish, "Payload", clauses{"3.3.2.3.2", "", ""})

	errPublishID      = publishID.breaks(&rules[zeroPacketID])
	errServerID       = newField(PacketPublish, "Packet Identifier", clauses{"2.2.1-4", "2.3.1-1", "2.4"}).breaks(&rules[zeroPacketID])
	errIDAtQoS0       = publishID.breaks(&rule{"is set at QoS 0", ReasonProtocolError, 0, clauses{"2.2.1-2", "2.3.1-5", "2.4"}})
	errNoTopic        = publishTopic.breaks(&rule{"has no characters, and there is no Topic Alias", ReasonProtocolError, 0, clauses{"3.3.2.1", "4.7.3-1", "3.3"}})
	errPublishPayload = publishPayload.breaks(&rules[payloadFormat])
)

// Type returns PacketPublish.
func (p *Publish) Type() PacketType { return PacketPublish }

// Decode decodes a PUBLISH with its payload; see Packet.
func (p *Publish) Decode(h FixedHeader, b []byte, r Rules) error {
	// This is the busiest function of a broker. What nearly every packet has (plain
	// flags, no properties or few, an ASCII topic, no options) goes straight
	// through; all else is left to functions that can take their time.
	if h.Type != PacketPublish || h.overlong || plainFlags>>h.Flags&1 == 0 || !r.Version.supported() || r.Sender > Server || len(b) != h.RemainingLength {
		if err := h.open(PacketPublish, b, r); err != nil {
			return err
		}
	}
	if len(b) < 2 {
		return &publishTopic[truncated]
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	if n > len(b) {
		return &publishTopic[truncated]
	}
	topic := b[2:n:n]
	qos, id := QoS(h.Flags>>1&3), uint16(0)
	if qos != 0 {
		if n += 2; n > len(b) {
			return &publishID[truncated]
		}
		if id = binary.BigEndian.Uint16(b[n-2 : n : n]); id == 0 {
			return noPublishID(r)
		}
	}
	var properties Properties
	if r.Version == MQTT5 {
		if n < len(b) && b[n] == 0 { // no properties
			n++
		} else {
			var e *Error
			if properties, n, e = consumeProperties(b, n, PacketPublish, r); e != nil {
				return e
			}
		}
	}
	p.Dup, p.QoS, p.Retain, p.PacketID = h.Flags&8 != 0, qos, h.Flags&1 != 0, id
	p.TopicName, p.Properties, p.Payload = topic, properties, b[n:len(b):len(b)]
	if r.Options == 0 && len(topic) != 0 && isPlainTopic(topic) {
		return nil
	}
	if e := p.checkContent(r); e != nil {
		return e
	}
	return nil
}

// noPublishID is the Error of a Packet Identifier of 0.
func noPublishID(r Rules) *Error {
	if r.Sender == Server {
		return errServerID // 5.0 [MQTT-2.2.1-4], 3.1.1 [MQTT-2.3.1-1], 3.1 section 2.4
	}
	return errPublishID // 5.0 [MQTT-2.2.1-3], 3.1.1 [MQTT-2.3.1-1], 3.1 section 2.4
}

// checkContent checks Topic Name and Payload.
func (p *Publish) checkContent(r Rules) *Error {
	if e := p.checkTopic(r); e != nil {
		return e
	}
	if r.Options&RejectInvalidPayload != 0 && !p.Properties.allows(p.Payload) {
		return errPublishPayload // 5.0 section 3.3.2.3.2, optional
	}
	return nil
}

// plainFlags has a bit for each value of the flags that is right in all
// versions: QoS 0 without DUP, QoS 1 and QoS 2.
const plainFlags = 1<<0b0000 | 1<<0b0001 |
	1<<0b0010 | 1<<0b0011 | 1<<0b1010 | 1<<0b1011 |
	1<<0b0100 | 1<<0b0101 | 1<<0b1100 | 1<<0b1101

// DecodeHeader decodes all of a PUBLISH but its payload, so that a large one
// need not be in memory. body is what follows the fixed header as far as it has
// been read: any prefix of the packet. n is how many of its bytes were taken;
// the payload is the h.RemainingLength-n bytes after them, and p.Payload is nil.
// ErrIncomplete asks for a longer prefix. RejectInvalidPayload has no effect.
func (p *Publish) DecodeHeader(h FixedHeader, body []byte, r Rules) (n int, err error) {
	if h.Type != PacketPublish {
		return 0, errPacketType[h.Type&0x0F]
	}
	if e := h.check(r); e != nil {
		return 0, e
	}
	if n, err = headerEnd(h, body, r.Version); err != nil {
		return 0, err
	}
	h.RemainingLength = n // as if the payload were empty
	if err := p.Decode(h, body[:n], r); err != nil {
		return 0, err
	}
	p.Payload = nil
	return n, nil
}

// headerEnd finds out where the payload of a packet of which body is a prefix
// begins. The error is ErrIncomplete if body ends before it can tell, and an
// *Error if the packet ends before the payload begins.
func headerEnd(h FixedHeader, body []byte, v Version) (n int, err error) {
	whole := max(h.RemainingLength, 0)
	body = body[:min(len(body), whole)]
	if n = 2; n > whole {
		return 0, &publishTopic[truncated]
	}
	if n > len(body) {
		return 0, ErrIncomplete
	}
	if n += int(binary.BigEndian.Uint16(body)); n > whole {
		return 0, &publishTopic[truncated]
	}
	if h.Flags&0b0110 != 0 {
		if n += 2; n > whole {
			return 0, &publishID[truncated]
		}
	}
	if n > len(body) {
		return 0, ErrIncomplete
	}
	if v == MQTT5 {
		length, size := consumeVarint(body[n:])
		switch {
		case size < 0:
			return 0, &errPropertyLength[PacketPublish][integerLong]
		case size == 0 && len(body) < whole:
			return 0, ErrIncomplete
		}
		if n += size + int(length); size == 0 || n > whole {
			return 0, &errPropertyLength[PacketPublish][truncated]
		}
		if n > len(body) {
			return 0, ErrIncomplete
		}
	}
	return n, nil
}

// checkTopic checks the Topic Name, which may be empty beside a Topic Alias.
func (p *Publish) checkTopic(r Rules) *Error {
	if len(p.TopicName) == 0 {
		if r.Version == MQTT5 && p.Properties.Has(PropertyTopicAlias) {
			return nil
		}
		return errNoTopic // 5.0 section 3.3.2.1, 3.1.1 [MQTT-4.7.3-1], 3.1 section 3.3
	}
	// 5.0 [MQTT-3.3.2-1], [MQTT-3.3.2-2], 3.1.1 the same, 3.1 section 3.3
	return checkTopicText(p.TopicName, publishTopic, r)
}

// Size is the number of bytes that Append writes.
func (p *Publish) Size(v Version) int {
	n := p.headerLength(v) + len(p.Payload)
	return 1 + sizeVarint(n) + n
}

// headerLength is the number of bytes between fixed header and payload.
func (p *Publish) headerLength(v Version) int {
	n := 2 + len(p.TopicName)
	if p.QoS != 0 {
		n += 2
	}
	if v == MQTT5 {
		n += p.Properties.size()
	}
	return n
}

// Append writes the packet with its payload to the end of dst, or returns dst
// and an error.
func (p *Publish) Append(dst []byte, r Rules) ([]byte, error) {
	// Like Decode it has a straight way for what nearly every packet is: small and
	// in order, without properties or options, under an ASCII topic of 8 to 32
	// bytes, for a dst with room. The topic is checked in the registers that it is
	// then written from. Header and topic are at most 36 bytes: where dst has room
	// for 40, an array of that length spares the bounds checks.
	topic := p.TopicName
	n := len(topic)
	size := 2 + p.headerLength(r.Version) + len(p.Payload)
	start, end := len(dst), len(dst)+size
	if n < 8 || n > 32 || size >= 0x80 || cap(dst)-start < max(size, 40) || p.Properties.ids != 0 || !p.isPlain(r) {
		return p.append(dst, r)
	}
	first, last := word(topic, 0), word(topic, n-8)
	var second, third uint64
	ok := okTopic(first) & okTopic(last)
	if n > 16 {
		second = word(topic, 8)
		ok &= okTopic(second)
	}
	if n > 24 {
		third = word(topic, 16)
		ok &= okTopic(third)
	}
	if ok&highs != highs {
		return p.append(dst, r)
	}
	a := (*[40]byte)(dst[start : start+40 : start+40])
	a[0], a[1], a[2], a[3] = byte(PacketPublish)<<4|p.flags(), byte(size-2), 0, byte(n)
	binary.LittleEndian.PutUint64(a[4:], first)
	if n > 16 {
		binary.LittleEndian.PutUint64(a[12:], second)
	}
	if n > 24 {
		binary.LittleEndian.PutUint64(a[20:], third)
	}
	binary.LittleEndian.PutUint64(a[(n-4)&31:], last)
	rest := dst[start+4+n : end : end]
	if p.QoS != 0 {
		binary.BigEndian.PutUint16(rest, p.PacketID)
		rest = rest[2:]
	}
	if r.Version == MQTT5 {
		rest[0] = 0
		rest = rest[1:]
	}
	copy(rest, p.Payload)
	return dst[:end], nil
}

// append is Append for packets of any kind.
//
//go:noinline
func (p *Publish) append(dst []byte, r Rules) ([]byte, error) {
	if p.Properties.ids != 0 || !p.isPlain(r) || !isPlainName(p.TopicName, r) {
		if e := p.check(r); e != nil {
			return dst, e
		}
		if r.Options&RejectInvalidPayload != 0 && !p.Properties.allows(p.Payload) {
			return dst, errPublishPayload
		}
	}
	n := p.headerLength(r.Version)
	if !fitsTogether(n, len(p.Payload)) {
		return dst, errTooLarge[PacketPublish]
	}
	n += len(p.Payload)
	return append(p.appendHeader(dst, n, n, r.Version), p.Payload...), nil
}

// isPlain reports whether the packet, its topic and properties apart, is in order.
// If not, check tells what is the matter, if anything.
func (p *Publish) isPlain(r Rules) bool {
	if p.QoS == 0 {
		if p.PacketID != 0 || p.Dup {
			return false
		}
	} else if p.PacketID == 0 || p.QoS > QoS2 {
		return false
	}
	return r.Options == 0 && r.Version.supported() && r.Sender <= Server
}

// AppendHeader writes all of the packet that precedes a payload of
// payloadLength bytes to the end of dst, or returns dst and an error. p.Payload
// is not looked at: the caller writes it, in most cases the same bytes to many
// connections, with a vectored write. RejectInvalidPayload has no effect.
func (p *Publish) AppendHeader(dst []byte, payloadLength int, r Rules) ([]byte, error) {
	if e := p.check(r); e != nil {
		return dst, e
	}
	n := p.headerLength(r.Version)
	if !fitsTogether(n, payloadLength) {
		return dst, errTooLarge[PacketPublish]
	}
	return p.appendHeader(dst, n+payloadLength, n, r.Version), nil
}

// appendHeader writes the packet up to its payload, with room behind the fixed
// header for that many bytes. length is the Remaining Length.
func (p *Publish) appendHeader(dst []byte, length, room int, v Version) []byte {
	dst = grow(dst, 1+sizeVarint(length)+room)
	first, n := byte(PacketPublish)<<4|p.flags(), len(p.TopicName)
	if length < 0x80 { // one length byte
		dst = append(dst, first, byte(length), byte(n>>8), byte(n))
	} else {
		dst = append(appendVarint(append(dst, first), uint32(length)), byte(n>>8), byte(n))
	}
	dst = append(dst, p.TopicName...)
	if p.QoS != 0 {
		dst = append(dst, byte(p.PacketID>>8), byte(p.PacketID))
	}
	if v == MQTT5 {
		dst = p.Properties.appendTo(dst)
	}
	return dst
}

// flags puts the fixed header's flags together. QoS is at most 3.
func (p *Publish) flags() byte { return bit(p.Dup)<<3 | byte(p.QoS)<<1 | bit(p.Retain) }

// bit is 1 for true.
func bit(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// check holds a packet that is to be written against r.
func (p *Publish) check(r Rules) *Error {
	if p.isPlain(r) && isPlainName(p.TopicName, r) &&
		(p.Properties.ids == 0 || r.Version == MQTT5 && p.Properties.check(PacketPublish, r) == nil) {
		return nil
	}
	if p.QoS > QoS2 {
		return errQoS3
	}
	if e := mayWrite(PacketPublish, p.Properties, r); e != nil {
		return e
	}
	if e := (FixedHeader{Flags: p.flags()}).checkPublish(r); e != nil {
		return e
	}
	switch {
	case p.QoS == 0 && p.PacketID != 0:
		return errIDAtQoS0 // 5.0 [MQTT-2.2.1-2], 3.1.1 [MQTT-2.3.1-5]
	case p.QoS != 0 && p.PacketID == 0:
		return noPublishID(r)
	}
	return p.checkTopic(r)
}

// Clone returns a copy that owns its bytes.
func (p *Publish) Clone() Publish {
	q := *p
	q.TopicName = bytes.Clone(p.TopicName)
	q.Properties = p.Properties.Clone()
	q.Payload = bytes.Clone(p.Payload)
	return q
}
