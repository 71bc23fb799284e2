package main

import (
	"bytes"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/vitalvas/mqttv5"
)

// vitalvas goes around that package's reader and its 3.1.1, which are not
// exported.
type vitalvas struct {
	r    bytes.Reader
	body bytes.Reader // of one packet, to check
	w    bytes.Buffer
	last mqttv5.Packet
}

func openVitalvas() (codec, error) { return &vitalvas{}, nil }

// newVitalvas makes an empty packet.
func newVitalvas(t mqttv5.PacketType) mqttv5.Packet {
	switch t {
	case mqttv5.PacketPUBLISH:
		return &mqttv5.PublishPacket{}
	case mqttv5.PacketCONNECT:
		return &mqttv5.ConnectPacket{}
	case mqttv5.PacketCONNACK:
		return &mqttv5.ConnackPacket{}
	case mqttv5.PacketPUBACK:
		return &mqttv5.PubackPacket{}
	case mqttv5.PacketPUBREC:
		return &mqttv5.PubrecPacket{}
	case mqttv5.PacketPUBREL:
		return &mqttv5.PubrelPacket{}
	case mqttv5.PacketPUBCOMP:
		return &mqttv5.PubcompPacket{}
	case mqttv5.PacketSUBSCRIBE:
		return &mqttv5.SubscribePacket{}
	case mqttv5.PacketSUBACK:
		return &mqttv5.SubackPacket{}
	case mqttv5.PacketUNSUBSCRIBE:
		return &mqttv5.UnsubscribePacket{}
	case mqttv5.PacketUNSUBACK:
		return &mqttv5.UnsubackPacket{}
	case mqttv5.PacketPINGREQ:
		return &mqttv5.PingreqPacket{}
	case mqttv5.PacketPINGRESP:
		return &mqttv5.PingrespPacket{}
	case mqttv5.PacketDISCONNECT:
		return &mqttv5.DisconnectPacket{}
	case mqttv5.PacketAUTH:
		return &mqttv5.AuthPacket{}
	}
	return nil
}

func (c *vitalvas) decode(_ mqttwire.Version, wire []byte, n int) error {
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			var h mqttv5.FixedHeader
			if _, err := h.Decode(&c.r); err != nil {
				return err
			}
			c.last = newVitalvas(h.PacketType)
			if _, err := c.last.Decode(&c.r, h); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *vitalvas) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if _, err := c.last.Encode(&c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func (c *vitalvas) check(_ mqttwire.Rules, wire []byte) error {
	if err := announced(wire); err != nil {
		return err
	}
	c.r.Reset(wire)
	var h mqttv5.FixedHeader
	if _, err := h.Decode(&c.r); err != nil {
		return err
	}
	if err := h.ValidateFlags(); err != nil {
		return err
	}
	c.body.Reset(wire[len(wire)-c.r.Len():])
	p := newVitalvas(h.PacketType)
	if _, err := p.Decode(&c.body, h); err != nil {
		return err
	}
	return p.Validate()
}

func (c *vitalvas) facts() facts {
	var f facts
	switch p := c.last.(type) {
	case *mqttv5.ConnectPacket:
		f = connectFacts(byte(max(p.ProtocolVersion, mqttv5.ProtocolV5)), p.CleanStart, p.KeepAlive, p.ClientID)
		if p.WillFlag {
			f.will(p.WillQoS, p.WillRetain, p.WillTopic, p.WillPayload)
			f.vitalvasProperties("Will ", &p.WillProps)
		}
		f.textIf("User Name", p.Username)
		f.textIf("Password", string(p.Password))
		f.vitalvasProperties("", &p.Props)
	case *mqttv5.ConnackPacket:
		f = kind(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.vitalvasProperties("", &p.Props)
	case *mqttv5.PublishPacket:
		f = publishFacts(p.QoS, p.DUP, p.Retain, p.PacketID, p.Topic, p.Payload)
		f.vitalvasProperties("", &p.Props)
	case *mqttv5.PubackPacket:
		f = ackFacts(mqttwire.PacketPuback, p.PacketID)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.vitalvasProperties("", &p.Props)
	case *mqttv5.SubscribePacket:
		f = ackFacts(mqttwire.PacketSubscribe, p.PacketID)
		for _, s := range p.Subscriptions {
			f.filter(s.TopicFilter, subscribeOptions(s.QoS, s.NoLocal, s.RetainAsPublish, s.RetainHandling))
		}
		f.vitalvasProperties("", &p.Props)
	case *mqttv5.DisconnectPacket:
		f = kind(mqttwire.PacketDisconnect)
		f.number("Reason Code", uint64(p.ReasonCode))
		f.vitalvasProperties("", &p.Props)
	default:
		f = kind(mqttwire.PacketType(p.Type()))
	}
	return f
}

// vitalvasProperties adds the properties of a packet.
func (f facts) vitalvasProperties(prefix string, p *mqttv5.Properties) {
	for id := range mqttv5.PropSharedSubAvailable + 1 {
		for _, value := range p.GetAll(id) {
			name := propertyName(prefix, mqttwire.PropertyID(id))
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

func (c *vitalvas) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := mqttv5.PublishPacket{Payload: m.payload}
	p.Props.Set(mqttv5.PropPayloadFormatIndicator, byte(1))
	p.Props.Set(mqttv5.PropContentType, m.contentType)
	p.Props.Add(mqttv5.PropUserProperty, mqttv5.StringPair{Key: m.userName, Value: m.userValue})
	for i := range n {
		for j := range to {
			s := &to[j]
			p.QoS, p.Retain, p.PacketID = byte(s.qos), s.retain, s.packetID
			p.Props.Set(mqttv5.PropMessageExpiryInterval, s.expiry)
			p.Props.Delete(mqttv5.PropTopicAlias)
			p.Props.Delete(mqttv5.PropSubscriptionIdentifier)
			if s.alias != 0 {
				p.Props.Set(mqttv5.PropTopicAlias, s.alias)
			}
			if s.identifier != 0 {
				p.Props.Set(mqttv5.PropSubscriptionIdentifier, s.identifier)
			}
			if p.Topic = m.topicText; s.aliasKnown {
				p.Topic = ""
			}
			c.w.Reset()
			if _, err := p.Encode(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
