package mqttwire

import "bytes"

// UNSUBSCRIBE and UNSUBACK, 5.0 sections 3.10 and 3.11, the same in 3.1.1 and
// 3.1:
//
//	Packet Identifier    two bytes
//	Properties           5.0
//	UNSUBSCRIBE          topic filters
//	UNSUBACK             5.0   a reason code for each filter, in their order

// Unsubscribe is an UNSUBSCRIBE packet.
type Unsubscribe struct {
	PacketID     uint16       // 1 to 65,535
	Properties   Properties   // empty in 3.1 and 3.1.1
	TopicFilters TopicFilters // one or more
}

// Type returns PacketUnsubscribe.
func (u *Unsubscribe) Type() PacketType { return PacketUnsubscribe }

// Decode decodes an UNSUBSCRIBE; see Packet.
func (u *Unsubscribe) Decode(h FixedHeader, body []byte, r Rules) error {
	if !h.isPlain(PacketUnsubscribe, len(body), r) {
		if err := h.open(PacketUnsubscribe, body, r); err != nil {
			return err
		}
	}
	var e *Error
	var list int
	if u.PacketID, u.Properties, list, e = consumeRequest(body, PacketUnsubscribe, r); e != nil {
		return e
	}
	if e := u.TopicFilters.decode(body, list, r); e != nil {
		return e
	}
	return nil
}

// Size is the number of bytes that Append writes.
func (u *Unsubscribe) Size(v Version) int {
	n := sizeRequest(u.Properties, u.TopicFilters.list.b, v)
	return 1 + sizeVarint(n) + n
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (u *Unsubscribe) Append(dst []byte, r Rules) ([]byte, error) {
	if !isPlainRequest(PacketUnsubscribe, u.PacketID, u.Properties, r) {
		if e := checkRequest(PacketUnsubscribe, u.PacketID, u.Properties, r); e != nil {
			return dst, e
		}
	}
	if e := u.TopicFilters.check(r); e != nil {
		return dst, e
	}
	return appendRequest(dst, PacketUnsubscribe, u.PacketID, u.Properties, u.TopicFilters.list.b, r.Version)
}

// Clone returns a copy that owns its bytes.
func (u *Unsubscribe) Clone() Unsubscribe {
	d := *u
	d.Properties = u.Properties.Clone()
	d.TopicFilters.list.b = bytes.Clone(u.TopicFilters.list.b)
	return d
}

// Unsuback is an UNSUBACK packet: the answer to an UNSUBSCRIBE.
type Unsuback struct {
	PacketID    uint16      // that of the UNSUBSCRIBE, 1 to 65,535
	Properties  Properties  // empty in 3.1 and 3.1.1
	ReasonCodes ReasonCodes // empty in 3.1 and 3.1.1, else one for each filter
}

// Type returns PacketUnsuback.
func (u *Unsuback) Type() PacketType { return PacketUnsuback }

// Decode decodes an UNSUBACK; see Packet.
func (u *Unsuback) Decode(h FixedHeader, body []byte, r Rules) error {
	*u = Unsuback{}
	if !h.isPlain(PacketUnsuback, len(body), r) {
		if err := h.open(PacketUnsuback, body, r); err != nil {
			return err
		}
	}
	var e *Error
	var list int
	if u.PacketID, u.Properties, list, e = consumeRequest(body, PacketUnsuback, r); e != nil {
		return e
	}
	if r.Version != MQTT5 { // whose length the header has settled
		return nil
	}
	u.ReasonCodes.b = body[list:len(body):len(body)]
	if e := u.ReasonCodes.check(PacketUnsuback, r); e != nil {
		return e
	}
	return nil
}

// Size is the number of bytes that Append writes.
func (u *Unsuback) Size(v Version) int {
	n := sizeRequest(u.Properties, u.ReasonCodes.b, v)
	return 1 + sizeVarint(n) + n
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (u *Unsuback) Append(dst []byte, r Rules) ([]byte, error) {
	if !isPlainRequest(PacketUnsuback, u.PacketID, u.Properties, r) {
		if e := checkRequest(PacketUnsuback, u.PacketID, u.Properties, r); e != nil {
			return dst, e
		}
	}
	if r.Version != MQTT5 {
		if u.ReasonCodes.Len() != 0 {
			return dst, errNoReasonCode[PacketUnsuback]
		}
	} else if e := u.ReasonCodes.check(PacketUnsuback, r); e != nil {
		return dst, e
	}
	return appendRequest(dst, PacketUnsuback, u.PacketID, u.Properties, u.ReasonCodes.b, r.Version)
}

// Clone returns a copy that owns its bytes.
func (u *Unsuback) Clone() Unsuback {
	d := *u
	d.Properties = u.Properties.Clone()
	d.ReasonCodes.b = bytes.Clone(u.ReasonCodes.b)
	return d
}
