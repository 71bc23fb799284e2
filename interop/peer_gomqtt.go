package main

import (
	gomqtt "github.com/256dpi/gomqtt/packet"
	"github.com/seed-2c1fe983/mqttwire"
)

func decodeGomqtt(_ mqttwire.Version, wire []byte) (d decoded, err error) {
	n, t := gomqtt.DetectPacket(wire)
	if wire, err = body(wire, 0, n); err != nil {
		return d, err
	}
	p, err := t.New()
	if err != nil {
		return d, err
	}
	if _, err := p.Decode(wire); err != nil {
		return d, err
	}
	return decoded{
		facts: func() facts { return gomqttFacts(p) },
		encode: func() ([]byte, error) {
			b := make([]byte, p.Len())
			n, err := p.Encode(b)
			return b[:n], err
		},
	}, nil
}

func gomqttFacts(p gomqtt.Generic) facts {
	f := kindFacts(mqttwire.PacketType(p.Type()))
	if id, ok := gomqtt.GetID(p); ok && p.Type() != gomqtt.PUBLISH {
		f.id(uint16(id))
	}
	switch p := p.(type) {
	case *gomqtt.Connect:
		f.connect(p.Version, p.CleanSession, p.KeepAlive, []byte(p.ClientID))
		if p.Will != nil {
			f.will(byte(p.Will.QOS), p.Will.Retain, []byte(p.Will.Topic), p.Will.Payload)
		}
		f.textIf("User Name", []byte(p.Username))
		f.textIf("Password", []byte(p.Password))
	case *gomqtt.Connack:
		f.flag("Session Present", p.SessionPresent)
		f.code(byte(p.ReturnCode))
	case *gomqtt.Publish:
		m := p.Message
		f.publish(byte(m.QOS), p.Dup, m.Retain, uint16(p.ID), []byte(m.Topic), m.Payload)
	case *gomqtt.Subscribe:
		for _, s := range p.Subscriptions {
			f.filter(s.Topic, byte(s.QOS))
		}
	case *gomqtt.Suback:
		for _, code := range p.ReturnCodes {
			f.code(byte(code))
		}
	case *gomqtt.Unsubscribe:
		f.topics(p.Topics)
	}
	return f
}
