package main

import (
	"bytes"

	"github.com/DrmagicE/gmqtt/pkg/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

// gmqtt goes around that package's own Reader, which needs a bufio.Reader.
type gmqtt struct {
	r      bytes.Reader
	w      bytes.Buffer
	header packets.FixHeader
	v      mqttwire.Version
	last   packets.Packet
}

func openGmqtt() (codec, error) { return &gmqtt{}, nil }

func (c *gmqtt) decode(v mqttwire.Version, wire []byte, n int) error {
	c.v = v
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			first, _ := c.r.ReadByte()
			length, err := packets.EncodeRemainLength(&c.r) // which decodes it
			if err != nil {
				return err
			}
			c.header = packets.FixHeader{PacketType: first >> 4, Flags: first & 15, RemainLength: length}
			if c.last, err = packets.NewPacket(&c.header, byte(v), &c.r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *gmqtt) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if err := c.last.Pack(&c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func (c *gmqtt) check(r mqttwire.Rules, wire []byte) error { return c.decode(r.Version, wire, 1) }

func (c *gmqtt) facts() facts {
	five := c.v == mqttwire.MQTT5
	switch p := c.last.(type) {
	case *packets.Connect:
		return gmqttConnectFacts(p)
	case *packets.Connack:
		f := kind(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent)
		f.number("Reason Code", uint64(p.Code))
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Publish:
		f := publishFacts(p.Qos, p.Dup, p.Retain, p.PacketID, string(p.TopicName), p.Payload)
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Puback:
		f := ackFacts(mqttwire.PacketPuback, p.PacketID)
		if five {
			f.number("Reason Code", uint64(p.Code))
		}
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Subscribe:
		f := ackFacts(mqttwire.PacketSubscribe, p.PacketID)
		f.propertyStruct("", p.Properties)
		for _, t := range p.Topics {
			f.filter(t.Name, subscribeOptions(t.Qos, t.NoLocal, t.RetainAsPublished, t.RetainHandling))
		}
		return f
	case *packets.Suback:
		f := ackFacts(mqttwire.PacketSuback, p.PacketID)
		f.codes(p.Payload)
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Disconnect:
		f := kind(mqttwire.PacketDisconnect)
		f.number("Reason Code", uint64(p.Code))
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Pingreq:
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

func gmqttConnectFacts(p *packets.Connect) facts {
	f := connectFacts(p.ProtocolLevel, p.CleanStart, p.KeepAlive, string(p.ClientID))
	f.propertyStruct("", p.Properties)
	if p.WillFlag {
		f.will(p.WillQos, p.WillRetain, string(p.WillTopic), p.WillMsg)
		f.propertyStruct("Will ", p.WillProperties)
	}
	if p.UsernameFlag {
		f.text("User Name", p.Username)
	}
	if p.PasswordFlag {
		f.text("Password", p.Password)
	}
	return f
}

func (c *gmqtt) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := packets.Publish{Payload: m.payload}
	format, expiry, alias, identifier := byte(1), uint32(0), uint16(0), make([]uint32, 1)
	p.Properties = &packets.Properties{PayloadFormat: &format, MessageExpiry: &expiry, ContentType: []byte(m.contentType),
		User: []packets.UserProperty{{K: []byte(m.userName), V: []byte(m.userValue)}}}
	for i := range n {
		for j := range to {
			s := &to[j]
			p.Version, p.Qos, p.Retain, p.PacketID = byte(s.version), byte(s.qos), s.retain, s.packetID
			expiry, alias = s.expiry, s.alias
			p.Properties.TopicAlias, p.Properties.SubscriptionIdentifier = nil, nil
			if alias != 0 {
				p.Properties.TopicAlias = &alias
			}
			if s.identifier != 0 {
				p.Properties.SubscriptionIdentifier = append(identifier[:0], s.identifier)
			}
			if p.TopicName = m.topic; s.aliasKnown {
				p.TopicName = nil
			}
			c.w.Reset()
			if err := p.Pack(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
