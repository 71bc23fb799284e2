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
// A server that sends one message to many subscribers makes a copy of the struct
// for each, changes PacketID, QoS, Dup, Retain and Properties as that subscriber
// needs, and writes AppendHeader's bytes and the shared payload.
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
	errIDAtQoS0       = publishID.breaks(&rule{"is set at QoS 0", ReasonProtocolError, 0, clauses{"2.2.1-2", "2.3.1-5", "2.4"}})
	errNoTopic        = publishTopic.breaks(&rule{"has no characters, and there is no Topic Alias", ReasonProtocolError, 0, clauses{"3.3.2.1", "4.7.3-1", "3.3"}})
	errPublishPayload = publishPayload.breaks(&rules[payloadFormat])
)

// Type returns PacketPublish.
func (p *Publish) Type() PacketType { return PacketPublish }

// Decode decodes a PUBLISH with its payload; see Packet.
func (p *Publish) Decode(h FixedHeader, body []byte, r Rules) error {
	// The header of nearly every PUBLISH passes this, and need not go through
	// the general check.
	if h.Type != PacketPublish || h.overlong || plainFlags>>h.Flags&1 == 0 || !r.Version.supported() || len(body) != h.RemainingLength {
		if err := h.open(PacketPublish, body, r); err != nil {
			return err
		}
	}
	n, e := p.decodeHeader(h.Flags, body, r)
	if e != nil {
		return e
	}
	p.Payload = body[n:len(body):len(body)]
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
	p.Payload = nil
	n, err = headerEnd(h, body, r.Version)
	if err != nil {
		return 0, err
	}
	if _, e := p.decodeHeader(h.Flags, body[:n:n], r); e != nil {
		return 0, e
	}
	return n, nil
}

// headerEnd finds out where the payload of a packet of which body is a prefix
// begins. The error is ErrIncomplete if body ends before it can tell, and an
// *Error if the packet ends before the payload begins.
func headerEnd(h FixedHeader, body []byte, v Version) (n int, err error) {
	whole := h.RemainingLength
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

// decodeHeader reads everything up to the payload, which begins at n.
func (p *Publish) decodeHeader(flags uint8, b []byte, r Rules) (n int, e *Error) {
	if len(b) < 2 {
		return 0, &publishTopic[truncated]
	}
	n = 2 + int(binary.BigEndian.Uint16(b))
	if n > len(b) {
		return 0, &publishTopic[truncated]
	}
	p.TopicName = b[2:n:n]
	p.Dup, p.QoS, p.Retain = flags&8 != 0, QoS(flags>>1&3), flags&1 != 0
	p.PacketID = 0
	if p.QoS != 0 {
		if len(b)-n < 2 {
			return 0, &publishID[truncated]
		}
		if p.PacketID = binary.BigEndian.Uint16(b[n:]); p.PacketID == 0 {
			return 0, errPublishID // 5.0 [MQTT-2.2.1-3], [MQTT-2.2.1-4], 3.1.1 [MQTT-2.3.1-1], 3.1 section 2.4
		}
		n += 2
	}
	p.Properties = Properties{}
	if r.Version == MQTT5 {
		var rest []byte
		if p.Properties, rest, e = consumeProperties(b[n:], PacketPublish, r); e != nil {
			return 0, e
		}
		n = len(b) - len(rest)
	}
	if len(p.TopicName) != 0 && isPlainTopic(p.TopicName) && r.Options&strictText == 0 {
		return n, nil
	}
	return n, p.checkTopic(r)
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
	return checkTopicName(p.TopicName, publishTopic, r)
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
	if e := p.check(r); e != nil {
		return dst, e
	}
	if r.Options&RejectInvalidPayload != 0 && !p.Properties.allows(p.Payload) {
		return dst, errPublishPayload
	}
	n := p.headerLength(r.Version) + len(p.Payload)
	if n > MaxRemainingLength {
		return dst, errTooLarge[PacketPublish]
	}
	b := p.appendHeader(grow(dst, 5+n), n, r.Version)
	return append(b, p.Payload...), nil
}

// AppendHeader writes all of the packet that precedes a payload of
// payloadLength bytes to the end of dst, or returns dst and an error. p.Payload
// is not looked at: the caller writes it, in most cases the same bytes to many
// connections, with a vectored write. RejectInvalidPayload has no effect.
func (p *Publish) AppendHeader(dst []byte, payloadLength int, r Rules) ([]byte, error) {
	if e := p.check(r); e != nil {
		return dst, e
	}
	head := p.headerLength(r.Version)
	if payloadLength < 0 || payloadLength > MaxRemainingLength-head {
		return dst, errTooLarge[PacketPublish]
	}
	return p.appendHeader(grow(dst, 5+head), head+payloadLength, r.Version), nil
}

// appendHeader writes the packet up to its payload; n is the Remaining Length.
func (p *Publish) appendHeader(b []byte, n int, v Version) []byte {
	b = appendHeader(b, PacketPublish, p.flags(), n)
	b = append(b, byte(len(p.TopicName)>>8), byte(len(p.TopicName)))
	b = append(b, p.TopicName...)
	if p.QoS != 0 {
		b = append(b, byte(p.PacketID>>8), byte(p.PacketID))
	}
	if v == MQTT5 {
		b = p.Properties.appendTo(b)
	}
	return b
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
	if p.QoS > QoS2 {
		return errQoS3
	}
	if plainFlags>>p.flags()&1 == 0 || !r.Version.supported() || p.Properties.ids != 0 {
		if e := mayWrite(PacketPublish, p.Properties, r); e != nil {
			return e
		}
		if e := (FixedHeader{Flags: p.flags()}).checkPublish(r); e != nil {
			return e
		}
	}
	if (p.QoS != 0) != (p.PacketID != 0) {
		if p.QoS != 0 {
			return errPublishID
		}
		return errIDAtQoS0 // 5.0 [MQTT-2.2.1-2], 3.1.1 [MQTT-2.3.1-5]
	}
	if uint(len(p.TopicName)-1) < maxLength && isPlainTopic(p.TopicName) && r.Options&strictText == 0 {
		return nil
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
