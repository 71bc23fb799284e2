package mqttwire

// DISCONNECT, 5.0 section 3.14, 3.1.1 section 3.14, 3.1 section 3.14:
//
//	Reason Code    5.0   may be left out when it is 0x00 and nothing follows
//	Properties     5.0   may be left out when there are none

// Disconnect is a DISCONNECT packet: the last on a connection. In 3.1 and 3.1.1
// only a client sends it, and it is empty.
//
// Append writes the shortest form, except that it writes a decoded packet the
// way it came.
type Disconnect struct {
	// ReasonCode is ReasonNormalDisconnection in 3.1 and 3.1.1.
	ReasonCode ReasonCode
	// Properties is empty in 3.1 and 3.1.1.
	Properties Properties

	tail tail
}

// Type returns PacketDisconnect.
func (d *Disconnect) Type() PacketType { return PacketDisconnect }

// Decode decodes a DISCONNECT; see Packet.
func (d *Disconnect) Decode(h FixedHeader, body []byte, r Rules) error {
	*d = Disconnect{}
	if !h.isPlain(PacketDisconnect, len(body), r) {
		if err := h.open(PacketDisconnect, body, r); err != nil {
			return err
		}
	}
	if r.Version != MQTT5 {
		return nil
	}
	var e *Error
	// The code that is left out is 0x00, which either side may send. 5.0 section
	// 3.14.2.1; [MQTT-3.14.2-1], [MQTT-3.14.2-2].
	if d.ReasonCode, d.Properties, d.tail, e = consumeTail(body, 0, PacketDisconnect, r); e != nil {
		return e
	}
	return nil
}

// Size is the number of bytes that Append writes.
func (d *Disconnect) Size(v Version) int {
	n := d.length(v)
	return 1 + sizeVarint(n) + n
}

func (d *Disconnect) length(v Version) int {
	if v == MQTT5 {
		return sizeTail(d.ReasonCode, d.Properties, d.tail)
	}
	return 0
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (d *Disconnect) Append(dst []byte, r Rules) ([]byte, error) {
	if e := mayWrite(PacketDisconnect, d.Properties, r); e != nil {
		return dst, e
	}
	if d.ReasonCode != 0 && r.Version != MQTT5 {
		return dst, errNoReasonCode[PacketDisconnect]
	}
	if e := d.ReasonCode.check(PacketDisconnect, r); e != nil {
		return dst, e
	}
	n := d.length(r.Version)
	if n > MaxRemainingLength {
		return dst, errTooLarge[PacketDisconnect]
	}
	b := appendHeader(dst, PacketDisconnect, 0, n)
	if r.Version == MQTT5 {
		b = appendTail(b, d.ReasonCode, d.Properties, d.tail)
	}
	return b, nil
}

// Clone returns a copy that owns its bytes.
func (d *Disconnect) Clone() Disconnect {
	c := *d
	c.Properties = d.Properties.Clone()
	return c
}
