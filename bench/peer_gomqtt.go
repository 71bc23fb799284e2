package main

import (
	"github.com/256dpi/gomqtt/packet"
	"github.com/seed-2c1fe983/mqttwire"
)

// gomqtt uses one packet of each type again and again, which its Decode functions
// allow.
type gomqtt struct {
	packets [16]packet.Generic
	last    packet.Generic
	buf     []byte
}

func openGomqtt() (codec, error) {
	c := &gomqtt{buf: make([]byte, 2048)}
	for t := packet.CONNECT; t <= packet.DISCONNECT; t++ {
		c.packets[t] = must(t.New())
	}
	return c, nil
}

func (c *gomqtt) decode(_ mqttwire.Version, wire []byte, n int) error {
	var last packet.Generic
	for range n {
		for b := wire; len(b) > 0; {
			p := c.packets[b[0]>>4]
			switch p := p.(type) {
			case *packet.Publish: // Decode leaves alone what is not there
				*p = packet.Publish{}
			case *packet.Connect:
				*p = packet.Connect{}
			case nil:
				return errUnknownPacket
			}
			k, err := p.Decode(b)
			if err != nil {
				return err
			}
			last, b = p, b[k:]
		}
	}
	c.last = last
	return nil
}

func (c *gomqtt) encode(n int) ([]byte, error) {
	k, err := 0, error(nil)
	c.buf = atLeast(c.buf, c.last.Len())
	for range n {
		if k, err = c.last.Encode(c.buf); err != nil {
			return nil, err
		}
	}
	return c.buf[:k], nil
}

func (c *gomqtt) check(_ mqttwire.Rules, wire []byte) error {
	if n, _ := packet.DetectPacket(wire); n > len(wire) {
		return errShortOfBytes
	}
	p, err := packet.Type(wire[0] >> 4).New()
	if err == nil {
		_, err = p.Decode(wire)
	}
	return err
}

func (c *gomqtt) facts() facts {
	switch p := c.last.(type) {
	case *packet.Connect:
		f := connectFacts(p.Version, p.CleanSession, p.KeepAlive, p.ClientID)
		if p.Will != nil {
			f.will(byte(p.Will.QOS), p.Will.Retain, p.Will.Topic, p.Will.Payload)
		}
		f.textIf("User Name", p.Username)
		f.textIf("Password", p.Password)
		return f
	case *packet.Publish:
		m := p.Message
		return publishFacts(byte(m.QOS), p.Dup, m.Retain, uint16(p.ID), m.Topic, m.Payload)
	case *packet.Puback:
		return ackFacts(mqttwire.PacketPuback, uint16(p.ID))
	case *packet.Subscribe:
		f := ackFacts(mqttwire.PacketSubscribe, uint16(p.ID))
		for _, s := range p.Subscriptions {
			f.filter(s.Topic, byte(s.QOS))
		}
		return f
	case *packet.Suback:
		f := ackFacts(mqttwire.PacketSuback, uint16(p.ID))
		for _, code := range p.ReturnCodes {
			f.codes([]byte{byte(code)})
		}
		return f
	case *packet.Pingreq:
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

func (c *gomqtt) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := packet.NewPublish()
	p.Message.Topic, p.Message.Payload = m.topicText, m.payload
	for i := range n {
		for j := range to {
			s := &to[j]
			p.Message.QOS, p.Message.Retain, p.ID = packet.QOS(s.qos), s.retain, packet.ID(s.packetID)
			k, err := p.Encode(c.buf)
			if err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.buf[:k])
			}
		}
	}
	return nil
}
