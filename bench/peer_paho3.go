package main

import (
	"bytes"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

type paho3 struct {
	r    bytes.Reader
	w    bytes.Buffer
	last packets.ControlPacket
}

func openPaho3() (codec, error) { return &paho3{}, nil }

func (c *paho3) decode(_ mqttwire.Version, wire []byte, n int) (err error) {
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			if c.last, err = packets.ReadPacket(&c.r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *paho3) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if err := c.last.Write(&c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func (c *paho3) check(_ mqttwire.Rules, wire []byte) error {
	c.r.Reset(wire)
	p, err := packets.ReadPacket(&c.r)
	if err != nil {
		return err
	}
	if p, ok := p.(*packets.ConnectPacket); ok {
		if code := p.Validate(); code != packets.Accepted {
			return packets.ConnErrors[code]
		}
	}
	return nil
}

func (c *paho3) facts() facts {
	switch p := c.last.(type) {
	case *packets.ConnectPacket:
		f := connectFacts(p.ProtocolVersion, p.CleanSession, p.Keepalive, p.ClientIdentifier)
		if p.WillFlag {
			f.will(p.WillQos, p.WillRetain, p.WillTopic, p.WillMessage)
		}
		if p.UsernameFlag {
			f.text("User Name", []byte(p.Username))
		}
		if p.PasswordFlag {
			f.text("Password", p.Password)
		}
		return f
	case *packets.PublishPacket:
		return publishFacts(p.Qos, p.Dup, p.Retain, p.MessageID, p.TopicName, p.Payload)
	case *packets.PubackPacket:
		return ackFacts(mqttwire.PacketPuback, p.MessageID)
	case *packets.SubscribePacket:
		f := ackFacts(mqttwire.PacketSubscribe, p.MessageID)
		for i, topic := range p.Topics {
			f.filter(topic, p.Qoss[i])
		}
		return f
	case *packets.SubackPacket:
		f := ackFacts(mqttwire.PacketSuback, p.MessageID)
		f.codes(p.ReturnCodes)
		return f
	case *packets.PingreqPacket:
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

func (c *paho3) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload = m.topicText, m.payload
	for i := range n {
		for j := range to {
			s := &to[j]
			p.Qos, p.Retain, p.MessageID = byte(s.qos), s.retain, s.packetID
			c.w.Reset()
			if err := p.Write(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
