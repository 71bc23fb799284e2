package main

import (
	"bytes"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/vitalvas/mqttv5"
)

// vitalvasPackets makes an empty packet of each type.
var vitalvasPackets = map[mqttv5.PacketType]func() mqttv5.Packet{
	mqttv5.PacketCONNECT:     func() mqttv5.Packet { return new(mqttv5.ConnectPacket) },
	mqttv5.PacketCONNACK:     func() mqttv5.Packet { return new(mqttv5.ConnackPacket) },
	mqttv5.PacketPUBLISH:     func() mqttv5.Packet { return new(mqttv5.PublishPacket) },
	mqttv5.PacketPUBACK:      func() mqttv5.Packet { return new(mqttv5.PubackPacket) },
	mqttv5.PacketPUBREC:      func() mqttv5.Packet { return new(mqttv5.PubrecPacket) },
	mqttv5.PacketPUBREL:      func() mqttv5.Packet { return new(mqttv5.PubrelPacket) },
	mqttv5.PacketPUBCOMP:     func() mqttv5.Packet { return new(mqttv5.PubcompPacket) },
	mqttv5.PacketSUBSCRIBE:   func() mqttv5.Packet { return new(mqttv5.SubscribePacket) },
	mqttv5.PacketSUBACK:      func() mqttv5.Packet { return new(mqttv5.SubackPacket) },
	mqttv5.PacketUNSUBSCRIBE: func() mqttv5.Packet { return new(mqttv5.UnsubscribePacket) },
	mqttv5.PacketUNSUBACK:    func() mqttv5.Packet { return new(mqttv5.UnsubackPacket) },
	mqttv5.PacketPINGREQ:     func() mqttv5.Packet { return new(mqttv5.PingreqPacket) },
	mqttv5.PacketPINGRESP:    func() mqttv5.Packet { return new(mqttv5.PingrespPacket) },
	mqttv5.PacketDISCONNECT:  func() mqttv5.Packet { return new(mqttv5.DisconnectPacket) },
	mqttv5.PacketAUTH:        func() mqttv5.Packet { return new(mqttv5.AuthPacket) },
}

func decodeVitalvas(_ mqttwire.Version, wire []byte) (d decoded, err error) {
	in := bytes.NewReader(wire)
	var h mqttv5.FixedHeader
	if _, err := h.Decode(in); err != nil {
		return d, err
	}
	if err := h.ValidateFlags(); err != nil {
		return d, err
	}
	create := vitalvasPackets[h.PacketType]
	if create == nil {
		return d, errNoSuchType
	}
	b, err := body(wire, len(wire)-in.Len(), int(h.RemainingLength))
	if err != nil {
		return d, err
	}
	p := create()
	if _, err := p.Decode(bytes.NewReader(b), h); err != nil {
		return d, err
	}
	if err := p.Validate(); err != nil {
		return d, err
	}
	return decoded{
		facts:  func() facts { return vitalvasFacts(p) },
		encode: func() ([]byte, error) { var w bytes.Buffer; _, err := p.Encode(&w); return w.Bytes(), err },
	}, nil
}

func vitalvasFacts(p mqttv5.Packet) facts {
	f := kindFacts(mqttwire.PacketType(p.Type()))
	if p, ok := p.(interface{ Properties() *mqttv5.Properties }); ok {
		f.vitalvasProperties("", p.Properties())
	}
	switch p := p.(type) {
	case *mqttv5.ConnectPacket:
		f.connect(byte(max(p.ProtocolVersion, mqttv5.ProtocolV5)), p.CleanStart, p.KeepAlive, []byte(p.ClientID))
		if p.WillFlag {
			f.will(p.WillQoS, p.WillRetain, []byte(p.WillTopic), p.WillPayload)
			f.vitalvasProperties("Will ", &p.WillProps)
		}
		f.textIf("User Name", []byte(p.Username))
		f.textIf("Password", p.Password)
	case *mqttv5.ConnackPacket:
		f.flag("Session Present", p.SessionPresent)
		f.code(byte(p.ReasonCode))
	case *mqttv5.PublishPacket:
		f.publish(p.QoS, p.DUP, p.Retain, p.PacketID, []byte(p.Topic), p.Payload)
	case *mqttv5.PubackPacket:
		f.id(p.PacketID)
		f.code(byte(p.ReasonCode))
	case *mqttv5.PubrecPacket:
		f.id(p.PacketID)
		f.code(byte(p.ReasonCode))
	case *mqttv5.PubrelPacket:
		f.id(p.PacketID)
		f.code(byte(p.ReasonCode))
	case *mqttv5.PubcompPacket:
		f.id(p.PacketID)
		f.code(byte(p.ReasonCode))
	case *mqttv5.SubscribePacket:
		f.id(p.PacketID)
		for _, s := range p.Subscriptions {
			f.filter(s.TopicFilter, subscribeOptions(s.QoS, s.NoLocal, s.RetainAsPublish, s.RetainHandling))
		}
	case *mqttv5.SubackPacket:
		f.id(p.PacketID)
		f.vitalvasCodes(p.ReasonCodes)
	case *mqttv5.UnsubscribePacket:
		f.id(p.PacketID)
		f.topics(p.TopicFilters)
	case *mqttv5.UnsubackPacket:
		f.id(p.PacketID)
		f.vitalvasCodes(p.ReasonCodes)
	case *mqttv5.DisconnectPacket:
		f.code(byte(p.ReasonCode))
	case *mqttv5.AuthPacket:
		f.code(byte(p.ReasonCode))
	}
	return f
}

func (f facts) vitalvasCodes(codes []mqttv5.ReasonCode) {
	for _, code := range codes {
		f.code(byte(code))
	}
}

func (f facts) vitalvasProperties(prefix string, p *mqttv5.Properties) {
	for id := range mqttv5.PropSharedSubAvailable + 1 {
		name := propertyName(prefix, mqttwire.PropertyID(id))
		for _, value := range p.GetAll(id) {
			switch value := value.(type) {
			case mqttv5.StringPair:
				f.pair(prefix, value.Key, value.Value)
			case string:
				f.text(name, []byte(value))
			case []byte:
				f.text(name, value)
			case byte:
				f.number(name, uint64(value))
			case uint16:
				f.number(name, uint64(value))
			case uint32:
				f.number(name, uint64(value))
			}
		}
	}
}
