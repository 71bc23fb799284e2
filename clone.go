package mqttwire

// Clone returns a copy of any packet that owns its bytes, as the Clone methods of
// the packets do: what a queue needs of a packet that a Decoder is going to use
// again. It returns nil for a Packet that is not of this package.
func Clone(p Packet) Packet {
	switch p := p.(type) {
	case *Connect:
		c := p.Clone()
		return &c
	case *Connack:
		c := p.Clone()
		return &c
	case *Publish:
		c := p.Clone()
		return &c
	case *Puback:
		c := p.Clone()
		return &c
	case *Pubrec:
		c := p.Clone()
		return &c
	case *Pubrel:
		c := p.Clone()
		return &c
	case *Pubcomp:
		c := p.Clone()
		return &c
	case *Subscribe:
		c := p.Clone()
		return &c
	case *Suback:
		c := p.Clone()
		return &c
	case *Unsubscribe:
		c := p.Clone()
		return &c
	case *Unsuback:
		c := p.Clone()
		return &c
	case *Pingreq:
		return new(Pingreq)
	case *Pingresp:
		return new(Pingresp)
	case *Disconnect:
		c := p.Clone()
		return &c
	case *Auth:
		c := p.Clone()
		return &c
	}
	return nil
}
