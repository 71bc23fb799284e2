package main

import (
	"bytes"

	"github.com/DrmagicE/gmqtt/pkg/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

func decodeGmqtt(v mqttwire.Version, wire []byte) (d decoded, err error) {
	in := bytes.NewReader(wire[1:])
	length, err := packets.EncodeRemainLength(in) // which decodes it
	if err != nil {
		return d, err
	}
	header := packets.FixHeader{PacketType: wire[0] >> 4, Flags: wire[0] & 15, RemainLength: length}
	p, err := packets.NewPacket(&header, byte(v), in)
	if err != nil {
		return d, err
	}
	return decoded{
		facts:  func() facts { return gmqttFacts(p, v) },
		encode: func() ([]byte, error) { var w bytes.Buffer; err := p.Pack(&w); return w.Bytes(), err },
	}, nil
}

func gmqttFacts(p packets.Packet, v mqttwire.Version) facts {
	var f facts
	ack := func(t mqttwire.PacketType, id packets.PacketID, code byte, properties *packets.Properties) facts {
		f := kindFacts(t)
		f.id(id)
		f.codeOf(v, code)
		f.propertyStruct("", properties)
		return f
	}
	coded := func(t mqttwire.PacketType, code byte, properties *packets.Properties) facts {
		f := kindFacts(t)
		f.codeOf(v, code)
		f.propertyStruct("", properties)
		return f
	}
	identified := func(t mqttwire.PacketType, id packets.PacketID, properties *packets.Properties) facts {
		f := kindFacts(t)
		f.id(id)
		f.propertyStruct("", properties)
		return f
	}
	switch p := p.(type) {
	case *packets.Connect:
		return gmqttConnectFacts(p)
	case *packets.Connack:
		f = kindFacts(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent)
		f.code(p.Code)
		f.propertyStruct("", p.Properties)
	case *packets.Publish:
		f = kindFacts(mqttwire.PacketPublish)
		f.publish(p.Qos, p.Dup, p.Retain, p.PacketID, p.TopicName, p.Payload)
		f.propertyStruct("", p.Properties)
	case *packets.Puback:
		f = ack(mqttwire.PacketPuback, p.PacketID, p.Code, p.Properties)
	case *packets.Pubrec:
		f = ack(mqttwire.PacketPubrec, p.PacketID, p.Code, p.Properties)
	case *packets.Pubrel:
		f = ack(mqttwire.PacketPubrel, p.PacketID, p.Code, p.Properties)
	case *packets.Pubcomp:
		f = ack(mqttwire.PacketPubcomp, p.PacketID, p.Code, p.Properties)
	case *packets.Subscribe:
		f = identified(mqttwire.PacketSubscribe, p.PacketID, p.Properties)
		for _, t := range p.Topics {
			f.filter(t.Name, subscribeOptions(t.Qos, t.NoLocal, t.RetainAsPublished, t.RetainHandling))
		}
	case *packets.Suback:
		f = identified(mqttwire.PacketSuback, p.PacketID, p.Properties)
		f.codes(p.Payload)
	case *packets.Unsubscribe:
		f = identified(mqttwire.PacketUnsubscribe, p.PacketID, p.Properties)
		f.topics(p.Topics)
	case *packets.Unsuback:
		f = identified(mqttwire.PacketUnsuback, p.PacketID, p.Properties)
		f.codes(p.Payload)
	case *packets.Pingreq:
		f = kindFacts(mqttwire.PacketPingreq)
	case *packets.Pingresp:
		f = kindFacts(mqttwire.PacketPingresp)
	case *packets.Disconnect:
		f = coded(mqttwire.PacketDisconnect, p.Code, p.Properties)
	case *packets.Auth:
		f = coded(mqttwire.PacketAuth, p.Code, p.Properties)
	}
	return f
}

func gmqttConnectFacts(p *packets.Connect) facts {
	f := kindFacts(mqttwire.PacketConnect)
	f.connect(p.ProtocolLevel, p.CleanStart, p.KeepAlive, p.ClientID)
	f.propertyStruct("", p.Properties)
	if p.WillFlag {
		f.will(p.WillQos, p.WillRetain, p.WillTopic, p.WillMsg)
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
