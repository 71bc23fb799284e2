package mqttwire

import "encoding/binary"

// The way back from a form to a packet that is to be written.

// packetFrom is the packet that a program would build to write a form. It is for
// forms whose every field can be said in a packet, right or wrong.
func packetFrom(f *form, v Version) Packet {
	p := newPacket(PacketType(f.first >> 4))
	switch p := p.(type) {
	case *Connect:
		buildConnect(p, f, v)
	case *Connack:
		p.SessionPresent = f.find(pieceAckFlags).b[0] == 1
		p.ReasonCode, p.Properties = f.reason(), f.properties(pieceBlock)
	case *Publish:
		p.Dup, p.QoS, p.Retain = f.first&8 != 0, QoS(f.first>>1&3), f.first&1 != 0
		p.PacketID, p.Properties = f.packetID(), f.properties(pieceBlock)
		p.TopicName, p.Payload = f.find(pieceTopic).b, f.find(piecePayload).b
	case *Puback:
		*p = Puback(f.newAck())
	case *Pubrec:
		*p = Pubrec(f.newAck())
	case *Pubrel:
		*p = Pubrel(f.newAck())
	case *Pubcomp:
		*p = Pubcomp(f.newAck())
	case *Subscribe:
		p.PacketID, p.Properties = f.packetID(), f.properties(pieceBlock)
		for i := range f.pieces {
			if f.pieces[i].kind == pieceFilter {
				p.Subscriptions.Add(f.pieces[i].b, SubscriptionOptions(f.pieces[i+1].b[0]))
			}
		}
	case *Unsubscribe:
		p.PacketID, p.Properties = f.packetID(), f.properties(pieceBlock)
		for i := range f.pieces {
			if f.pieces[i].kind == pieceFilter {
				p.TopicFilters.Add(f.pieces[i].b)
			}
		}
	case *Suback:
		p.PacketID, p.Properties, p.ReasonCodes = f.packetID(), f.properties(pieceBlock), f.reasonCodes()
	case *Unsuback:
		p.PacketID, p.Properties, p.ReasonCodes = f.packetID(), f.properties(pieceBlock), f.reasonCodes()
	case *Disconnect:
		p.ReasonCode, p.Properties = f.reason(), f.properties(pieceBlock)
	case *Auth:
		p.ReasonCode, p.Properties = f.reason(), f.properties(pieceBlock)
	}
	return p
}

func buildConnect(c *Connect, f *form, v Version) {
	level, flags := f.find(pieceLevel).b[0], f.find(pieceConnectFlags).b[0]
	c.Version, c.Bridge, c.CleanStart, c.WillFlag = v, level>>7 == 1, flags&2 != 0, flags&4 != 0
	c.KeepAlive = binary.BigEndian.Uint16(f.find(pieceKeepAlive).b)
	c.Properties, c.ClientID = f.properties(pieceBlock), f.find(pieceClientID).b
	c.Will.QoS, c.Will.Retain = QoS(flags>>3&3), flags&0x20 != 0
	if c.WillFlag {
		c.Will.Properties = f.properties(pieceWillBlock)
		c.Will.Topic, c.Will.Payload = f.find(pieceWillTopic).b, f.find(pieceWillPayload).b
	}
	for _, s := range []struct {
		kind pieceKind
		to   *[]byte
	}{{pieceUserName, &c.UserName}, {piecePassword, &c.Password}} {
		if p := f.find(s.kind); p != nil {
			*s.to = append([]byte{}, p.b...) // present, so never nil
		}
	}
}

// properties builds a block with the setters.
func (f *form) properties(kind pieceKind) (p Properties) {
	if block := f.find(kind); block != nil {
		for _, property := range block.props {
			id, v := property.parse()
			accessors[id].set(&p, v)
		}
	}
	return p
}

func (f *form) packetID() uint16 {
	if p := f.find(piecePacketID); p != nil {
		return binary.BigEndian.Uint16(p.b)
	}
	return 0
}

func (f *form) reason() ReasonCode {
	if p := f.find(pieceReason); p != nil {
		return ReasonCode(p.b[0])
	}
	return 0
}

func (f *form) reasonCodes() (c ReasonCodes) {
	for i := range f.pieces {
		if f.pieces[i].kind == pieceReason {
			c.Add(ReasonCode(f.pieces[i].b[0]))
		}
	}
	return c
}

func (f *form) newAck() ack {
	return ack{PacketID: f.packetID(), ReasonCode: f.reason(), Properties: f.properties(pieceBlock)}
}
