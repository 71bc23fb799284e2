package mqttwire

import (
	"bytes"
	"iter"
)

// SUBSCRIBE and SUBACK, 5.0 sections 3.8 and 3.9, the same in 3.1.1 and 3.1:
//
//	Packet Identifier    two bytes
//	Properties           5.0
//	SUBSCRIBE            topic filters, each with a byte of options
//	SUBACK               a reason code for each filter, in their order

// Subscribe is a SUBSCRIBE packet.
type Subscribe struct {
	PacketID      uint16        // 1 to 65,535
	Properties    Properties    // empty in 3.1 and 3.1.1
	Subscriptions Subscriptions // one or more
}

// Type returns PacketSubscribe.
func (s *Subscribe) Type() PacketType { return PacketSubscribe }

// Decode decodes a SUBSCRIBE; see Packet.
func (s *Subscribe) Decode(h FixedHeader, body []byte, r Rules) error {
	if !h.isPlain(PacketSubscribe, len(body), r) {
		if err := h.open(PacketSubscribe, body, r); err != nil {
			return err
		}
	}
	var e *Error
	var list int
	if s.PacketID, s.Properties, list, e = consumeRequest(body, PacketSubscribe, r); e != nil {
		return e
	}
	if e := s.Subscriptions.decode(body, list, r); e != nil {
		return e
	}
	return nil
}

// consumeRequest reads what SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK have in
// common: all but the list, which begins at b[list].
func consumeRequest(b []byte, t PacketType, r Rules) (id uint16, p Properties, list int, e *Error) {
	if id, e = consumePacketID(b, t); e != nil {
		return 0, p, 0, e
	}
	list = 2
	if r.Version == MQTT5 {
		p, list, e = consumeProperties(b, list, t, r)
	}
	return id, p, list, e
}

// appendRequest writes those packets. All has been checked but the length.
func appendRequest(dst []byte, t PacketType, id uint16, p Properties, list []byte, v Version) ([]byte, error) {
	n := sizeRequest(p, nil, v)
	if !fitsTogether(n, len(list)) {
		return dst, errTooLarge[t]
	}
	n += len(list)
	var b []byte
	if n < 0x80 { // one length byte, as nearly all have
		b = append(grow(dst, 2+n), byte(t)<<4|packetTable[t&15].flags, byte(n), byte(id>>8), byte(id))
	} else {
		b = append(appendHeader(dst, t, packetTable[t&15].flags, n), byte(id>>8), byte(id))
	}
	if v == MQTT5 {
		b = p.appendTo(b)
	}
	return append(b, list...), nil
}

// sizeRequest is their Remaining Length.
func sizeRequest(p Properties, list []byte, v Version) int {
	n := 2 + len(list)
	if v == MQTT5 {
		n += p.size()
	}
	return n
}

// isPlainRequest reports whether what they have in common is in order, and without
// properties. If not, checkRequest tells.
func isPlainRequest(t PacketType, id uint16, p Properties, r Rules) bool {
	return id != 0 && p.ids == 0 && plainHeaders[t&15].allow(r)
}

// checkRequest checks what they have in common before it is written.
func checkRequest(t PacketType, id uint16, p Properties, r Rules) *Error {
	if e := mayWrite(t, p, r); e != nil {
		return e
	}
	if id == 0 {
		return errPacketIDZero[t] // 5.0 [MQTT-2.2.1-3], [MQTT-2.2.1-6], 3.1.1 [MQTT-2.3.1-1], [MQTT-2.3.1-7], 3.1 section 2.4
	}
	return nil
}

// Size is the number of bytes that Append writes.
func (s *Subscribe) Size(v Version) int {
	n := sizeRequest(s.Properties, s.Subscriptions.list.b, v)
	return 1 + sizeVarint(n) + n
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (s *Subscribe) Append(dst []byte, r Rules) ([]byte, error) {
	if !isPlainRequest(PacketSubscribe, s.PacketID, s.Properties, r) {
		if e := checkRequest(PacketSubscribe, s.PacketID, s.Properties, r); e != nil {
			return dst, e
		}
	}
	if e := s.Subscriptions.check(r); e != nil {
		return dst, e
	}
	return appendRequest(dst, PacketSubscribe, s.PacketID, s.Properties, s.Subscriptions.list.b, r.Version)
}

// Clone returns a copy that owns its bytes.
func (s *Subscribe) Clone() Subscribe {
	d := *s
	d.Properties = s.Properties.Clone()
	d.Subscriptions.list.b = bytes.Clone(s.Subscriptions.list.b)
	return d
}

// ReasonCodes is the payload of a SUBACK or UNSUBACK: a code for each filter of
// the request, in the same order. The zero value is empty; Add builds a list,
// after a Reset if its bytes are to go into a buffer of yours. A decoded list
// aliases the input.
type ReasonCodes struct{ b []byte }

// Len is the number of codes.
func (c *ReasonCodes) Len() int { return len(c.b) }

// At returns code i, counted from 0. It panics if there is no such code.
func (c *ReasonCodes) At(i int) ReasonCode { return ReasonCode(c.b[i]) }

// All ranges over the codes.
func (c *ReasonCodes) All() iter.Seq[ReasonCode] {
	return func(yield func(ReasonCode) bool) {
		for _, code := range c.b {
			if !yield(ReasonCode(code)) {
				return
			}
		}
	}
}

// Reset empties the list and puts what is added from now on into buf[:0], which
// grows as needed.
func (c *ReasonCodes) Reset(buf []byte) { c.b = buf[:0] }

// Add appends a code. Append of the packet checks it.
func (c *ReasonCodes) Add(code ReasonCode) { c.b = append(c.b, byte(code)) }

// check holds the list of a packet of type t against r.
func (c *ReasonCodes) check(t PacketType, r Rules) *Error {
	switch n := len(c.b); {
	case n == 0:
		return errEmptyList[t] // 5.0 section 2.4, 3.1.1 section 3.9.3
	case n > MaxRemainingLength: // to be written: spare looking at them all
		return errTooLarge[t]
	}
	plain := byte(ReasonSuccess)
	if t == PacketSuback {
		plain = byte(ReasonGrantedQoS2)
	}
	for _, code := range c.b {
		if code <= plain { // right in every version
			continue
		}
		if e := ReasonCode(code).check(t, r); e != nil {
			return e // 5.0 [MQTT-3.9.3-2], [MQTT-3.11.3-2], 3.1.1 [MQTT-3.9.3-2]
		}
	}
	return nil
}

// Suback is a SUBACK packet: the answer to a SUBSCRIBE.
type Suback struct {
	PacketID   uint16     // that of the SUBSCRIBE, 1 to 65,535
	Properties Properties // empty in 3.1 and 3.1.1
	// ReasonCodes has the granted QoS or the failure of each filter: in 3.1.1
	// ReasonGrantedQoS0 to ReasonGrantedQoS2 and ReturnFailure. 3.1 knows no
	// failure, and only bits 1 and 0 of its codes mean anything.
	ReasonCodes ReasonCodes
}

// Type returns PacketSuback.
func (s *Suback) Type() PacketType { return PacketSuback }

// Decode decodes a SUBACK; see Packet.
func (s *Suback) Decode(h FixedHeader, body []byte, r Rules) error {
	if !h.isPlain(PacketSuback, len(body), r) {
		if err := h.open(PacketSuback, body, r); err != nil {
			return err
		}
	}
	var e *Error
	var list int
	if s.PacketID, s.Properties, list, e = consumeRequest(body, PacketSuback, r); e != nil {
		return e
	}
	s.ReasonCodes.b = body[list:len(body):len(body)]
	if e := s.ReasonCodes.check(PacketSuback, r); e != nil {
		return e
	}
	return nil
}

// Size is the number of bytes that Append writes.
func (s *Suback) Size(v Version) int {
	n := sizeRequest(s.Properties, s.ReasonCodes.b, v)
	return 1 + sizeVarint(n) + n
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (s *Suback) Append(dst []byte, r Rules) ([]byte, error) {
	if !isPlainRequest(PacketSuback, s.PacketID, s.Properties, r) {
		if e := checkRequest(PacketSuback, s.PacketID, s.Properties, r); e != nil {
			return dst, e
		}
	}
	if e := s.ReasonCodes.check(PacketSuback, r); e != nil {
		return dst, e
	}
	return appendRequest(dst, PacketSuback, s.PacketID, s.Properties, s.ReasonCodes.b, r.Version)
}

// Clone returns a copy that owns its bytes.
func (s *Suback) Clone() Suback {
	d := *s
	d.Properties = s.Properties.Clone()
	d.ReasonCodes.b = bytes.Clone(s.ReasonCodes.b)
	return d
}
