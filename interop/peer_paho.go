package main

import (
	"bytes"

	paho5 "github.com/eclipse/paho.golang/packets"
	paho3 "github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

func decodePaho5(_ mqttwire.Version, wire []byte) (d decoded, err error) {
	p, err := paho5.ReadPacket(bytes.NewReader(wire))
	if err != nil {
		return d, err
	}
	return decoded{
		facts:  func() facts { return paho5Facts(p) },
		encode: func() ([]byte, error) { var w bytes.Buffer; _, err := p.WriteTo(&w); return w.Bytes(), err },
	}, nil
}

func paho5Facts(p *paho5.ControlPacket) facts {
	f := kindFacts(mqttwire.PacketType(p.Type))
	identified := func(id uint16, properties *paho5.Properties) {
		f.id(id)
		f.propertyStruct("", properties)
	}
	coded := func(code byte, properties *paho5.Properties) {
		f.code(code)
		f.propertyStruct("", properties)
	}
	switch p := p.Content.(type) {
	case *paho5.Connect:
		f.connect(p.ProtocolVersion, p.CleanStart, p.KeepAlive, []byte(p.ClientID))
		f.propertyStruct("", p.Properties)
		if p.WillFlag {
			f.will(p.WillQOS, p.WillRetain, []byte(p.WillTopic), p.WillMessage)
			f.propertyStruct("Will ", p.WillProperties)
		}
		if p.UsernameFlag {
			f.text("User Name", []byte(p.Username))
		}
		if p.PasswordFlag {
			f.text("Password", p.Password)
		}
	case *paho5.Connack:
		f.flag("Session Present", p.SessionPresent)
		coded(p.ReasonCode, p.Properties)
	case *paho5.Publish:
		f.publish(p.QoS, p.Duplicate, p.Retain, p.PacketID, []byte(p.Topic), p.Payload)
		f.propertyStruct("", p.Properties)
	case *paho5.Puback:
		identified(p.PacketID, p.Properties)
		f.code(p.ReasonCode)
	case *paho5.Pubrec:
		identified(p.PacketID, p.Properties)
		f.code(p.ReasonCode)
	case *paho5.Pubrel:
		identified(p.PacketID, p.Properties)
		f.code(p.ReasonCode)
	case *paho5.Pubcomp:
		identified(p.PacketID, p.Properties)
		f.code(p.ReasonCode)
	case *paho5.Subscribe:
		identified(p.PacketID, p.Properties)
		for _, s := range p.Subscriptions {
			f.filter(s.Topic, subscribeOptions(s.QoS, s.NoLocal, s.RetainAsPublished, s.RetainHandling))
		}
	case *paho5.Suback:
		identified(p.PacketID, p.Properties)
		f.codes(p.Reasons)
	case *paho5.Unsubscribe:
		identified(p.PacketID, p.Properties)
		f.topics(p.Topics)
	case *paho5.Unsuback:
		identified(p.PacketID, p.Properties)
		f.codes(p.Reasons)
	case *paho5.Disconnect:
		coded(p.ReasonCode, p.Properties)
	case *paho5.Auth:
		coded(p.ReasonCode, p.Properties)
	}
	return f
}

func decodePaho3(_ mqttwire.Version, wire []byte) (d decoded, err error) {
	p, err := paho3.ReadPacket(bytes.NewReader(wire))
	if err != nil {
		return d, err
	}
	if c, ok := p.(*paho3.ConnectPacket); ok {
		if code := c.Validate(); code != paho3.Accepted {
			return d, paho3.ConnErrors[code]
		}
	}
	return decoded{
		facts:  func() facts { return paho3Facts(p) },
		encode: func() ([]byte, error) { var w bytes.Buffer; err := p.Write(&w); return w.Bytes(), err },
	}, nil
}

func paho3Facts(p paho3.ControlPacket) facts {
	var f facts
	ack := func(t mqttwire.PacketType, id uint16) facts {
		f := kindFacts(t)
		f.id(id)
		return f
	}
	switch p := p.(type) {
	case *paho3.ConnectPacket:
		f = kindFacts(mqttwire.PacketConnect)
		f.connect(p.ProtocolVersion, p.CleanSession, p.Keepalive, []byte(p.ClientIdentifier))
		if p.WillFlag {
			f.will(p.WillQos, p.WillRetain, []byte(p.WillTopic), p.WillMessage)
		}
		if p.UsernameFlag {
			f.text("User Name", []byte(p.Username))
		}
		if p.PasswordFlag {
			f.text("Password", p.Password)
		}
	case *paho3.ConnackPacket:
		f = kindFacts(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent)
		f.code(p.ReturnCode)
	case *paho3.PublishPacket:
		f = kindFacts(mqttwire.PacketPublish)
		f.publish(p.Qos, p.Dup, p.Retain, p.MessageID, []byte(p.TopicName), p.Payload)
	case *paho3.PubackPacket:
		f = ack(mqttwire.PacketPuback, p.MessageID)
	case *paho3.PubrecPacket:
		f = ack(mqttwire.PacketPubrec, p.MessageID)
	case *paho3.PubrelPacket:
		f = ack(mqttwire.PacketPubrel, p.MessageID)
	case *paho3.PubcompPacket:
		f = ack(mqttwire.PacketPubcomp, p.MessageID)
	case *paho3.SubscribePacket:
		f = ack(mqttwire.PacketSubscribe, p.MessageID)
		for i, topic := range p.Topics {
			f.filter(topic, p.Qoss[i])
		}
	case *paho3.SubackPacket:
		f = ack(mqttwire.PacketSuback, p.MessageID)
		f.codes(p.ReturnCodes)
	case *paho3.UnsubscribePacket:
		f = ack(mqttwire.PacketUnsubscribe, p.MessageID)
		f.topics(p.Topics)
	case *paho3.UnsubackPacket:
		f = ack(mqttwire.PacketUnsuback, p.MessageID)
	case *paho3.PingreqPacket:
		f = kindFacts(mqttwire.PacketPingreq)
	case *paho3.PingrespPacket:
		f = kindFacts(mqttwire.PacketPingresp)
	case *paho3.DisconnectPacket:
		f = kindFacts(mqttwire.PacketDisconnect)
	}
	return f
}
