package main

import (
	"github.com/seed-2c1fe983/mqttwire"
)

// packetFacts is what a packet of mqttwire says. For the packets that are in files
// it is itself held against the facts written there.
func packetFacts(p mqttwire.Packet, v mqttwire.Version) facts {
	switch p := p.(type) {
	case *mqttwire.Connect:
		return wireConnectFacts(p)
	case *mqttwire.Connack:
		f := kind(p.Type())
		f.flag("Session Present", p.SessionPresent)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.properties("", p.Properties)
		return f
	case *mqttwire.Publish:
		f := publishFacts(byte(p.QoS), p.Dup, p.Retain, p.PacketID, string(p.TopicName), p.Payload)
		f.properties("", p.Properties)
		return f
	case *mqttwire.Puback:
		f := ackFacts(p.Type(), p.PacketID)
		if v == mqttwire.MQTT5 {
			f.number("Reason Code", uint64(p.ReasonCode))
		}
		f.properties("", p.Properties)
		return f
	case *mqttwire.Subscribe:
		f := ackFacts(p.Type(), p.PacketID)
		f.properties("", p.Properties)
		for filter, options := range p.Subscriptions.All() {
			f.filter(string(filter), byte(options))
		}
		return f
	case *mqttwire.Suback:
		f := ackFacts(p.Type(), p.PacketID)
		f.properties("", p.Properties)
		for code := range p.ReasonCodes.All() {
			f.codes([]byte{byte(code)})
		}
		return f
	case *mqttwire.Disconnect:
		f := kind(p.Type())
		if v == mqttwire.MQTT5 {
			f.number("Reason Code", uint64(p.ReasonCode))
		}
		f.properties("", p.Properties)
		return f
	}
	return kind(p.Type())
}

func wireConnectFacts(p *mqttwire.Connect) facts {
	f := connectFacts(byte(p.Version), p.CleanStart, p.KeepAlive, string(p.ClientID))
	f.properties("", p.Properties)
	if p.WillFlag {
		f.will(byte(p.Will.QoS), p.Will.Retain, string(p.Will.Topic), p.Will.Payload)
		f.properties("Will ", p.Will.Properties)
	}
	if p.UserName != nil {
		f.text("User Name", p.UserName)
	}
	if p.Password != nil {
		f.text("Password", p.Password)
	}
	return f
}

// properties adds properties, with prefix before their names. "Will Delay
// Interval" has it already.
func (f facts) properties(prefix string, p mqttwire.Properties) {
	for id, value := range p.All() {
		name := propertyName(prefix, id)
		switch id.Type() {
		case mqttwire.TypeUTF8StringPair:
			key, text := value.Pair()
			f.pair(prefix, string(key), string(text))
		case mqttwire.TypeUTF8String, mqttwire.TypeBinaryData:
			f.text(name, value.Bytes())
		case mqttwire.TypeVariableByteInteger:
			f.list(name, value.String())
		default:
			f.number(name, uint64(value.Uint32()))
		}
	}
}

// propertyName is the name of a property in the facts.
func propertyName(prefix string, id mqttwire.PropertyID) string {
	if id == mqttwire.PropertyWillDelayInterval {
		return id.String()
	}
	return prefix + id.String()
}
