package mqttwire

// CONNACK, 5.0 section 3.2, 3.1.1 section 3.2, 3.1 section 3.2:
//
//	Connect Acknowledge Flags    byte   bit 0 Session Present, in 3.1 all unused
//	Connect Reason Code          byte   Connect Return code in 3.1 and 3.1.1
//	Properties                   5.0

// Connack is a CONNACK packet: the server's answer to a CONNECT.
//
// A 5.0 client that meets an older server may get that server's CONNACK, which
// is shorter. Decode then returns ErrUnsupportedVersion, with the older server's
// return code in ReasonCode.
type Connack struct {
	// SessionPresent says that the server goes on with a stored session. It is
	// always false in 3.1, and together with an error.
	SessionPresent bool
	// ReasonCode is the Connect Reason Code of 5.0 or, in 3.1 and 3.1.1, the
	// Connect Return code, ReturnAccepted to ReturnNotAuthorized.
	ReasonCode ReasonCode
	// Properties is empty in 3.1 and 3.1.1.
	Properties Properties
}

var (
	connackFlags  = newField(PacketConnack, "Connect Acknowledge Flags", clauses{"3.2.2-1", "3.2.2.1", ""})
	connackReason = newField(PacketConnack, "Connect Reason Code", clauses{"3.2.2-8", "3.2.2.3", "3.2"})

	errConnackFlags = connackFlags.breaks(&rule{"a reserved bit is set", ReasonMalformedPacket, 0,
		clauses{"3.2.2-1", "3.2.2.1", ""}})
	errSessionPresent = connackFlags.breaks(&rule{"Session Present is set in a refusal", ReasonProtocolError, 0,
		clauses{"3.2.2-6", "3.2.2-4", ""}})
	errSessionPresent31 = connackFlags.breaks(&rules[notInVersion])
	errOlderConnack     = connackReason.breaks(&ruleVersion)
)

// Type returns PacketConnack.
func (c *Connack) Type() PacketType { return PacketConnack }

// Decode decodes a CONNACK; see Connack and Packet.
func (c *Connack) Decode(h FixedHeader, body []byte, r Rules) error {
	*c = Connack{}
	if !h.isPlain(PacketConnack, len(body), r) {
		if err := h.open(PacketConnack, body, r); err != nil {
			return err
		}
	}
	if len(body) < 1 {
		return &connackFlags[truncated]
	}
	if len(body) < 2 {
		return &connackReason[truncated]
	}
	if body[0]|body[1] != 0 { // anything but a plain success
		if e := c.decodeCodes(body, r); e != nil {
			return e
		}
	}
	if r.Version != MQTT5 {
		return nil
	}
	var e *Error
	var end int
	if c.Properties, end, e = consumeProperties(body, 2, PacketConnack, r); e != nil {
		return e
	}
	if end != len(body) {
		return errTrailing[PacketConnack] // 5.0 sections 1.2 and 2.3
	}
	return nil
}

// decodeCodes reads the two bytes that b begins with.
func (c *Connack) decodeCodes(b []byte, r Rules) *Error {
	flags := b[0]
	c.ReasonCode = ReasonCode(b[1])
	if r.Version == MQTT5 && len(b) == 2 && flags == 0 && c.ReasonCode != 0 && int(c.ReasonCode) < len(returnTable) {
		return errOlderConnack // 3.1.1 [MQTT-3.1.2-2] from the other side
	}
	if r.Version != MQTT31 { // which leaves the byte unused
		c.SessionPresent = flags == 1
		if flags > 1 {
			return errConnackFlags // 5.0 [MQTT-3.2.2-1], 3.1.1 section 3.2.2.1
		}
	}
	return c.checkCodes(r)
}

// checkCodes checks the two bytes.
func (c *Connack) checkCodes(r Rules) *Error {
	if c.SessionPresent && c.ReasonCode != 0 {
		return errSessionPresent // 5.0 [MQTT-3.2.2-6], 3.1.1 [MQTT-3.2.2-4]
	}
	return c.ReasonCode.check(PacketConnack, r) // 5.0 [MQTT-3.2.2-8], 3.1.1 section 3.2.2.3
}

// Size is the number of bytes that Append writes.
func (c *Connack) Size(v Version) int {
	n := c.length(v)
	return 1 + sizeVarint(n) + n
}

func (c *Connack) length(v Version) int {
	if v == MQTT5 {
		return 2 + c.Properties.size()
	}
	return 2
}

// Append writes the packet to the end of dst, or returns dst and an error.
func (c *Connack) Append(dst []byte, r Rules) ([]byte, error) {
	if e := c.check(r); e != nil {
		return dst, e
	}
	n := c.length(r.Version)
	if n > MaxRemainingLength {
		return dst, errTooLarge[PacketConnack]
	}
	b := appendHeader(dst, PacketConnack, 0, n)
	b = append(b, bit(c.SessionPresent), byte(c.ReasonCode))
	if r.Version == MQTT5 {
		b = c.Properties.appendTo(b)
	}
	return b, nil
}

func (c *Connack) check(r Rules) *Error {
	if e := mayWrite(PacketConnack, c.Properties, r); e != nil {
		return e
	}
	if c.SessionPresent && r.Version == MQTT31 {
		return errSessionPresent31
	}
	return c.checkCodes(r)
}

// Clone returns a copy that owns its bytes.
func (c *Connack) Clone() Connack {
	d := *c
	d.Properties = c.Properties.Clone()
	return d
}
