package main

import (
	"bytes"

	"github.com/goiiot/libmqtt"
	"github.com/seed-2c1fe983/mqttwire"
)

type lib struct {
	v    mqttwire.Version
	r    bytes.Reader
	w    bytes.Buffer
	last libmqtt.Packet
}

func openLibmqtt() (codec, error) { return &lib{}, nil }

func (c *lib) decode(v mqttwire.Version, wire []byte, n int) (err error) {
	c.v = v
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			if c.last, err = libmqtt.Decode(libmqtt.ProtoVersion(v), &c.r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *lib) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if err := c.last.WriteTo(&c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func (c *lib) check(r mqttwire.Rules, wire []byte) error { return c.decode(r.Version, wire, 1) }

func (c *lib) facts() facts {
	five := c.v == mqttwire.MQTT5
	switch p := c.last.(type) {
	case *libmqtt.ConnPacket:
		return libConnectFacts(p)
	case *libmqtt.ConnAckPacket:
		f := kind(mqttwire.PacketConnack)
		f.flag("Session Present", p.Present)
		f.number("Reason Code", uint64(p.Code))
		f.propertyStruct("", p.Props)
		return f
	case *libmqtt.PublishPacket:
		f := publishFacts(p.Qos, p.IsDup, p.IsRetain, p.PacketID, p.TopicName, p.Payload)
		f.propertyStruct("", p.Props)
		return f
	case *libmqtt.PubAckPacket:
		f := ackFacts(mqttwire.PacketPuback, p.PacketID)
		if five {
			f.number("Reason Code", uint64(p.Code))
		}
		return f
	case *libmqtt.SubscribePacket:
		f := ackFacts(mqttwire.PacketSubscribe, p.PacketID)
		f.propertyStruct("", p.Props)
		for _, t := range p.Topics {
			f.filter(t.Name, t.Qos)
		}
		return f
	case *libmqtt.SubAckPacket:
		f := ackFacts(mqttwire.PacketSuback, p.PacketID)
		f.codes(p.Codes)
		return f
	case *libmqtt.DisconnPacket:
		f := kind(mqttwire.PacketDisconnect)
		f.number("Reason Code", uint64(p.Code))
		f.propertyStruct("", p.Props)
		return f
	}
	if c.last == libmqtt.PingReqPacket {
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

func libConnectFacts(p *libmqtt.ConnPacket) facts {
	f := connectFacts(byte(p.ProtoVersion), p.CleanSession, p.Keepalive, p.ClientID)
	f.propertyStruct("", p.Props)
	if p.IsWill {
		f.will(p.WillQos, p.WillRetain, p.WillTopic, p.WillMessage)
		f.propertyStruct("Will ", p.WillProps)
	}
	f.textIf("User Name", p.Username)
	f.textIf("Password", p.Password)
	return f
}

func (c *lib) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := libmqtt.PublishPacket{Payload: m.payload}
	p.Props = &libmqtt.PublishProps{PayloadFormat: 1, ContentType: m.contentType,
		UserProps: libmqtt.UserProps{m.userName: {m.userValue}}}
	identifier := make([]int, 1)
	for i := range n {
		for j := range to {
			s := &to[j]
			p.ProtoVersion = libmqtt.ProtoVersion(s.version)
			p.Qos, p.IsRetain, p.PacketID = byte(s.qos), s.retain, s.packetID
			p.Props.MessageExpiryInterval, p.Props.TopicAlias, p.Props.SubIDs = s.expiry, s.alias, nil
			if s.identifier != 0 {
				p.Props.SubIDs = append(identifier[:0], int(s.identifier))
			}
			if p.TopicName = m.topicText; s.aliasKnown {
				p.TopicName = ""
			}
			c.w.Reset()
			if err := p.WriteTo(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
