package main

import (
	"bytes"

	"github.com/eclipse/paho.golang/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

type paho5 struct {
	r    bytes.Reader
	w    bytes.Buffer
	last *packets.ControlPacket
}

func openPaho5() (codec, error) { return &paho5{}, nil }

func (c *paho5) decode(_ mqttwire.Version, wire []byte, n int) (err error) {
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			if c.last, err = packets.ReadPacket(&c.r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *paho5) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if _, err := c.last.WriteTo(&c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func (c *paho5) check(_ mqttwire.Rules, wire []byte) error {
	c.r.Reset(wire)
	_, err := packets.ReadPacket(&c.r)
	return err
}

func (c *paho5) facts() facts {
	switch p := c.last.Content.(type) {
	case *packets.Connect:
		f := connectFacts(p.ProtocolVersion, p.CleanStart, p.KeepAlive, p.ClientID)
		f.propertyStruct("", p.Properties)
		if p.WillFlag {
			f.will(p.WillQOS, p.WillRetain, p.WillTopic, p.WillMessage)
			f.propertyStruct("Will ", p.WillProperties)
		}
		if p.UsernameFlag {
			f.text("User Name", []byte(p.Username))
		}
		if p.PasswordFlag {
			f.text("Password", p.Password)
		}
		return f
	case *packets.Connack:
		f := kind(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Publish:
		f := publishFacts(p.QoS, p.Duplicate, p.Retain, p.PacketID, p.Topic, p.Payload)
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Puback:
		f := ackFacts(mqttwire.PacketPuback, p.PacketID)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Subscribe:
		f := ackFacts(mqttwire.PacketSubscribe, p.PacketID)
		f.propertyStruct("", p.Properties)
		for _, s := range p.Subscriptions {
			f.filter(s.Topic, subscribeOptions(s.QoS, s.NoLocal, s.RetainAsPublished, s.RetainHandling))
		}
		return f
	case *packets.Disconnect:
		f := kind(mqttwire.PacketDisconnect)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.propertyStruct("", p.Properties)
		return f
	case *packets.Pingreq:
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

// subscribeOptions puts the options of a filter together as on the wire.
func subscribeOptions(qos byte, noLocal, retainAsPublished bool, retainHandling byte) byte {
	options := qos | retainHandling<<4
	if noLocal {
		options |= 1 << 2
	}
	if retainAsPublished {
		options |= 1 << 3
	}
	return options
}

func (c *paho5) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	cp := packets.NewControlPacket(packets.PUBLISH)
	p := cp.Content.(*packets.Publish)
	format, expiry, alias, identifier := byte(1), uint32(0), uint16(0), 0
	*p.Properties = packets.Properties{PayloadFormat: &format, MessageExpiry: &expiry, ContentType: m.contentType,
		User: []packets.User{{Key: m.userName, Value: m.userValue}}}
	p.Payload = m.payload
	for i := range n {
		for j := range to {
			s := &to[j]
			p.QoS, p.Retain, p.PacketID = byte(s.qos), s.retain, s.packetID
			expiry, alias, identifier = s.expiry, s.alias, int(s.identifier)
			p.Properties.TopicAlias, p.Properties.SubscriptionIdentifier = nil, nil
			if alias != 0 {
				p.Properties.TopicAlias = &alias
			}
			if identifier != 0 {
				p.Properties.SubscriptionIdentifier = &identifier
			}
			if p.Topic = m.topicText; s.aliasKnown {
				p.Topic = ""
			}
			c.w.Reset()
			if _, err := cp.WriteTo(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
