package mqttwire

import "encoding/binary"

// PUBACK, PUBREC, PUBREL and PUBCOMP, 5.0 sections 3.4 to 3.7, the same in 3.1.1,
// 3.1 sections 3.4 to 3.7:
//
//	Packet Identifier    two bytes
//	Reason Code          5.0   may be left out when it is 0x00 and nothing follows
//	Properties           5.0   may be left out when there are none

// The short forms of 5.0 leave out a reason code of 0x00, and a Property Length
// of 0. Append writes the shortest, except that it writes a decoded packet the
// way it came.

// Puback is a PUBACK packet: the answer to a PUBLISH of QoS 1.
type Puback struct {
	PacketID   uint16     // that of the PUBLISH, 1 to 65,535
	ReasonCode ReasonCode // ReasonSuccess in 3.1 and 3.1.1, which have none
	Properties Properties // empty in 3.1 and 3.1.1

	tail tail
}

// Pubrec is a PUBREC packet: the answer to a PUBLISH of QoS 2.
type Pubrec struct {
	PacketID   uint16     // that of the PUBLISH, 1 to 65,535
	ReasonCode ReasonCode // ReasonSuccess in 3.1 and 3.1.1, which have none
	Properties Properties // empty in 3.1 and 3.1.1

	tail tail
}

// Pubrel is a PUBREL packet: the answer to a PUBREC.
type Pubrel struct {
	PacketID   uint16     // that of the PUBLISH, 1 to 65,535
	ReasonCode ReasonCode // ReasonSuccess in 3.1 and 3.1.1, which have none
	Properties Properties // empty in 3.1 and 3.1.1

	tail tail
}

// Pubcomp is a PUBCOMP packet: the answer to a PUBREL, and the last.
type Pubcomp struct {
	PacketID   uint16     // that of the PUBLISH, 1 to 65,535
	ReasonCode ReasonCode // ReasonSuccess in 3.1 and 3.1.1, which have none
	Properties Properties // empty in 3.1 and 3.1.1

	tail tail
}

// ack is what each of the four is underneath, so that the code is there once.
type ack Puback

// tail is how much of what could be left out a decoded packet had.
type tail uint8

const (
	tailShort  tail = iota // nothing
	tailReason             // a reason code of 0x00
	tailLength             // and a Property Length of 0
)

// consumeTail reads the optional end of an acknowledgement, DISCONNECT or AUTH of
// 5.0, from b[i] to the end of b.
func consumeTail(b []byte, i int, t PacketType, r Rules) (c ReasonCode, p Properties, left tail, e *Error) {
	if i == len(b) {
		return 0, p, tailShort, nil
	}
	if c = ReasonCode(b[i]); !c.AllowedIn(t, r.Sender) {
		if e = c.check(t, r); e != nil { // it is nil if an option lets the code pass
			return c, p, 0, e
		}
	}
	if i++; i == len(b) {
		if c == 0 {
			left = tailReason
		}
		return c, p, left, nil
	}
	p, i, e = consumeProperties(b, i, t, r)
	if e == nil && i != len(b) {
		e = errTrailing[t] // 5.0 sections 1.2 and 2.3
	}
	if p.ids == 0 {
		left = tailLength
	}
	return c, p, left, e
}

// sizeTail is the number of bytes that appendTail writes.
func sizeTail(c ReasonCode, p Properties, least tail) int {
	switch {
	case p.ids != 0:
		return 1 + p.size()
	case least == tailLength:
		return 2
	case c != 0 || least == tailReason:
		return 1
	}
	return 0
}

// appendTail writes the shortest form that has all, and no less than least.
func appendTail(b []byte, c ReasonCode, p Properties, least tail) []byte {
	switch sizeTail(c, p, least) {
	case 0:
		return b
	case 1:
		return append(b, byte(c))
	}
	return p.appendTo(append(b, byte(c)))
}

// plainID reads an acknowledgement of type t that is an identifier and nothing else:
// nearly every one in 5.0, and every one in 3.1 and 3.1.1. Whether the identifier is
// one remains to be checked. It is inlined into each Decode.
func plainID(t PacketType, h FixedHeader, b []byte, r Rules) (id uint16, ok bool) {
	row := &plainHeaders[t&15]
	if len(b) != 2 || h != (FixedHeader{Type: t, Flags: row.flags, RemainingLength: 2}) || !row.allow(r) {
		return 0, false
	}
	return binary.BigEndian.Uint16(b), true
}

// decode reads any acknowledgement of type t.
func (a *ack) decode(t PacketType, h FixedHeader, b []byte, r Rules) error {
	*a = ack{}
	if !h.isPlain(t, len(b), r) {
		if err := h.open(t, b, r); err != nil {
			return err
		}
	}
	if e := a.decodeRest(t, b, r); e != nil {
		return e
	}
	return nil
}

// decodeRest reads what follows the fixed header.
func (a *ack) decodeRest(t PacketType, b []byte, r Rules) (e *Error) {
	if a.PacketID, e = consumePacketID(b, t); e != nil {
		return e
	}
	a.ReasonCode, a.Properties, a.tail, e = consumeTail(b, 2, t, r)
	return e
}

func (a *ack) length(v Version) int {
	if v == MQTT5 {
		return 2 + sizeTail(a.ReasonCode, a.Properties, a.tail)
	}
	return 2
}

func (a *ack) size(v Version) int {
	n := a.length(v)
	return 1 + sizeVarint(n) + n
}

// appendTo writes the acknowledgement of type t.
func (a *ack) appendTo(t PacketType, dst []byte, r Rules) ([]byte, error) {
	row := &plainHeaders[t&15]
	if a.ReasonCode == 0 && a.tail == tailShort && a.Properties.ids == 0 && a.PacketID != 0 && row.allow(r) {
		return append(dst, byte(t)<<4|row.flags, 2, byte(a.PacketID>>8), byte(a.PacketID)), nil
	}
	return a.appendAny(t, dst, r)
}

// appendAny is appendTo for acknowledgements that are not just an identifier.
func (a *ack) appendAny(t PacketType, dst []byte, r Rules) ([]byte, error) {
	if e := mayWrite(t, a.Properties, r); e != nil {
		return dst, e
	}
	switch {
	case a.PacketID == 0:
		return dst, errPacketIDZero[t] // 5.0 [MQTT-2.2.1-5], 3.1.1 [MQTT-2.3.1-6], 3.1 section 2.4
	case a.ReasonCode != 0 && r.Version != MQTT5:
		return dst, errNoReasonCode[t]
	}
	if e := a.ReasonCode.check(t, r); e != nil {
		return dst, e
	}
	n := a.length(r.Version)
	if n > MaxRemainingLength {
		return dst, errTooLarge[t]
	}
	b := appendHeader(dst, t, packetTable[t].flags, n)
	b = append(b, byte(a.PacketID>>8), byte(a.PacketID))
	if r.Version == MQTT5 {
		b = appendTail(b, a.ReasonCode, a.Properties, a.tail)
	}
	return b, nil
}

// errNoReasonCode is a reason code in a version whose packet has no place for it.
var errNoReasonCode = perPacket(&rules[notInVersion], "Reason Code", [16]clauses{})

// clone returns a copy that owns its bytes.
func (a *ack) clone() ack {
	d := *a
	d.Properties = a.Properties.Clone()
	return d
}

// Type returns PacketPuback.
func (p *Puback) Type() PacketType { return PacketPuback }

// Size is the number of bytes that Append writes.
func (p *Puback) Size(v Version) int { return (*ack)(p).size(v) }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Puback) Append(dst []byte, r Rules) ([]byte, error) {
	return (*ack)(p).appendTo(PacketPuback, dst, r)
}

// Decode decodes a PUBACK; see Packet.
func (p *Puback) Decode(h FixedHeader, body []byte, r Rules) error {
	if id, ok := plainID(PacketPuback, h, body, r); ok {
		*p = Puback{PacketID: id}
		return checkPacketID(id, PacketPuback)
	}
	return (*ack)(p).decode(PacketPuback, h, body, r)
}

// Clone returns a copy that owns its bytes.
func (p *Puback) Clone() Puback { return Puback((*ack)(p).clone()) }

// Type returns PacketPubrec.
func (p *Pubrec) Type() PacketType { return PacketPubrec }

// Size is the number of bytes that Append writes.
func (p *Pubrec) Size(v Version) int { return (*ack)(p).size(v) }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Pubrec) Append(dst []byte, r Rules) ([]byte, error) {
	return (*ack)(p).appendTo(PacketPubrec, dst, r)
}

// Decode decodes a PUBREC; see Packet.
func (p *Pubrec) Decode(h FixedHeader, body []byte, r Rules) error {
	if id, ok := plainID(PacketPubrec, h, body, r); ok {
		*p = Pubrec{PacketID: id}
		return checkPacketID(id, PacketPubrec)
	}
	return (*ack)(p).decode(PacketPubrec, h, body, r)
}

// Clone returns a copy that owns its bytes.
func (p *Pubrec) Clone() Pubrec { return Pubrec((*ack)(p).clone()) }

// Type returns PacketPubrel.
func (p *Pubrel) Type() PacketType { return PacketPubrel }

// Size is the number of bytes that Append writes.
func (p *Pubrel) Size(v Version) int { return (*ack)(p).size(v) }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Pubrel) Append(dst []byte, r Rules) ([]byte, error) {
	return (*ack)(p).appendTo(PacketPubrel, dst, r)
}

// Decode decodes a PUBREL; see Packet.
func (p *Pubrel) Decode(h FixedHeader, body []byte, r Rules) error {
	if id, ok := plainID(PacketPubrel, h, body, r); ok {
		*p = Pubrel{PacketID: id}
		return checkPacketID(id, PacketPubrel)
	}
	return (*ack)(p).decode(PacketPubrel, h, body, r)
}

// Clone returns a copy that owns its bytes.
func (p *Pubrel) Clone() Pubrel { return Pubrel((*ack)(p).clone()) }

// Type returns PacketPubcomp.
func (p *Pubcomp) Type() PacketType { return PacketPubcomp }

// Size is the number of bytes that Append writes.
func (p *Pubcomp) Size(v Version) int { return (*ack)(p).size(v) }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Pubcomp) Append(dst []byte, r Rules) ([]byte, error) {
	return (*ack)(p).appendTo(PacketPubcomp, dst, r)
}

// Decode decodes a PUBCOMP; see Packet.
func (p *Pubcomp) Decode(h FixedHeader, body []byte, r Rules) error {
	if id, ok := plainID(PacketPubcomp, h, body, r); ok {
		*p = Pubcomp{PacketID: id}
		return checkPacketID(id, PacketPubcomp)
	}
	return (*ack)(p).decode(PacketPubcomp, h, body, r)
}

// Clone returns a copy that owns its bytes.
func (p *Pubcomp) Clone() Pubcomp { return Pubcomp((*ack)(p).clone()) }
