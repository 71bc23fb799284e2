package mqttwire

// PINGREQ and PINGRESP, 5.0 sections 3.12 and 3.13, the same in 3.1.1 and 3.1: a
// fixed header and nothing else.

// Pingreq is a PINGREQ packet: a client's sign of life.
type Pingreq struct{}

// Pingresp is a PINGRESP packet: the answer to a PINGREQ.
type Pingresp struct{}

// Type returns PacketPingreq.
func (p *Pingreq) Type() PacketType { return PacketPingreq }

// Size is 2.
func (p *Pingreq) Size(Version) int { return 2 }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Pingreq) Append(dst []byte, r Rules) ([]byte, error) {
	return appendPing(dst, PacketPingreq, r)
}

// Decode decodes a PINGREQ; see Packet.
func (p *Pingreq) Decode(h FixedHeader, body []byte, r Rules) error {
	if h.isPlain(PacketPingreq, len(body), r) {
		return nil
	}
	return h.open(PacketPingreq, body, r)
}

// Type returns PacketPingresp.
func (p *Pingresp) Type() PacketType { return PacketPingresp }

// Size is 2.
func (p *Pingresp) Size(Version) int { return 2 }

// Append writes the packet to the end of dst, or returns dst and an error.
func (p *Pingresp) Append(dst []byte, r Rules) ([]byte, error) {
	return appendPing(dst, PacketPingresp, r)
}

// Decode decodes a PINGRESP; see Packet.
func (p *Pingresp) Decode(h FixedHeader, body []byte, r Rules) error {
	if h.isPlain(PacketPingresp, len(body), r) {
		return nil
	}
	return h.open(PacketPingresp, body, r)
}

func appendPing(dst []byte, t PacketType, r Rules) ([]byte, error) {
	if plainHeaders[t&15].allow(r) {
		return append(dst, byte(t)<<4, 0), nil
	}
	return dst, mayWrite(t, Properties{}, r)
}
