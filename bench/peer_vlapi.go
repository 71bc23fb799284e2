package main

import (
	"fmt"

	"github.com/VolantMQ/vlapi/mqttp"
	"github.com/seed-2c1fe983/mqttwire"
)

// vlapi needs its packets one by one: Decode reads a list to the end of the slice.
// Without properties its Encode leaves their length as it finds it, so that the
// buffer has to be zero.
type vlapi struct {
	v    mqttwire.Version
	last mqttp.IFace
	buf  []byte
}

func openVlapi() (codec, error) { return &vlapi{buf: make([]byte, 2048)}, nil }

func (c *vlapi) decode(v mqttwire.Version, wire []byte, n int) (err error) {
	c.v = v
	for range n {
		for b, k := wire, 0; len(b) > 0; b = b[k:] {
			if k = frame(b); k == 0 {
				return errShortOfBytes
			}
			if c.last, _, err = mqttp.Decode(mqttp.ProtocolVersion(v), b[:k]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *vlapi) encode(n int) ([]byte, error) {
	k, err := c.last.Size()
	if err != nil {
		return nil, err
	}
	c.buf = atLeast(c.buf, k)
	for range n {
		clear(c.buf[:k])
		if k, err = c.last.Encode(c.buf); err != nil {
			return nil, err
		}
	}
	return c.buf[:k], nil
}

func (c *vlapi) check(r mqttwire.Rules, wire []byte) error {
	if err := announced(wire); err != nil {
		return err
	}
	_, _, err := mqttp.Decode(mqttp.ProtocolVersion(r.Version), wire)
	return err
}

func (c *vlapi) facts() facts {
	five := c.v == mqttwire.MQTT5
	var f facts
	switch p := c.last.(type) {
	case *mqttp.Connect:
		f = c.connectFacts(p)
	case *mqttp.ConnAck:
		f = kind(mqttwire.PacketConnack)
		f.flag("Session Present", p.SessionPresent())
		f.number("Reason Code", uint64(p.ReturnCode()))
	case *mqttp.Publish:
		id, _ := p.ID()
		f = publishFacts(byte(p.QoS()), p.Dup(), p.Retain(), uint16(id), p.Topic(), p.Payload())
	case *mqttp.Ack:
		id, _ := p.ID()
		f = ackFacts(mqttwire.PacketType(p.Type()), uint16(id))
		if five {
			f.number("Reason Code", uint64(p.Reason()))
		}
	case *mqttp.Subscribe:
		id, _ := p.ID()
		f = ackFacts(mqttwire.PacketSubscribe, uint16(id))
		_ = p.ForEachTopic(func(t *mqttp.Topic) error {
			f.filter(t.Full(), t.Ops().Raw())
			return nil
		})
	case *mqttp.SubAck:
		id, _ := p.ID()
		f = ackFacts(mqttwire.PacketSuback, uint16(id))
		for _, code := range p.ReturnCodes() {
			f.codes([]byte{byte(code)})
		}
	case *mqttp.Disconnect:
		f = kind(mqttwire.PacketDisconnect)
		f.number("Reason Code", uint64(p.ReasonCode()))
	default:
		f = kind(mqttwire.PacketType(p.Type()))
	}
	f.vlapiProperties("", c.last)
	return f
}

func (c *vlapi) connectFacts(p *mqttp.Connect) facts {
	f := connectFacts(byte(p.Version()), p.IsClean(), p.KeepAlive(), string(p.ClientID()))
	if w := p.Will(); w != nil {
		f.will(byte(w.QoS()), w.Retain(), w.Topic(), w.Payload())
		f.vlapiProperties("Will ", w)
	}
	user, password := p.Credentials()
	if user != nil {
		f.text("User Name", user)
	}
	if password != nil {
		f.text("Password", password)
	}
	return f
}

// vlapiProperties adds the properties of a packet. The codec keeps them in a map.
func (f facts) vlapiProperties(prefix string, p mqttp.IFace) {
	_ = p.PropertyForEach(func(id mqttp.PropertyID, value mqttp.PropertyToType) {
		name := propertyName(prefix, mqttwire.PropertyID(id))
		if pairs, err := value.AsStringPairs(); err == nil {
			for _, pair := range pairs {
				f.pair(prefix, string(pair.K), string(pair.V))
			}
		} else if pair, err := value.AsStringPair(); err == nil {
			f.pair(prefix, string(pair.K), string(pair.V))
		} else if text, err := value.AsString(); err == nil {
			f.text(name, []byte(text))
		} else if data, err := value.AsBinary(); err == nil {
			f.text(name, data)
		} else if n, err := value.AsInt(); err == nil {
			f.number(name, uint64(n))
		} else if n, err := value.AsShort(); err == nil {
			f.number(name, uint64(n))
		} else if n, err := value.AsByte(); err == nil {
			f.number(name, uint64(n))
		} else {
			f[name] = fmt.Sprint("of type ", value.Type())
		}
	})
}

// fanout makes one packet for each version, and sets what differs: once set, a
// property can be changed but not taken away, so that the packet is filled anew
// where there are properties.
func (c *vlapi) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	packets := [6]*mqttp.Publish{3: mqttp.NewPublish(3), 4: mqttp.NewPublish(4), 5: mqttp.NewPublish(5)}
	user := mqttp.StringPair{K: m.userName, V: m.userValue}
	for i := range n {
		for j := range to {
			s := &to[j]
			p := packets[s.version]
			p.SetRetain(s.retain)
			topic := m.topicText
			if s.aliasKnown {
				topic = ""
			}
			if err := first(p.SetQoS(mqttp.QosType(s.qos)), p.SetTopic(topic)); err != nil {
				return err
			}
			p.SetPacketID(mqttp.IDType(s.packetID))
			p.SetPayload(m.payload)
			if s.version == mqttwire.MQTT5 {
				if err := s.vlapiProperties(p, m, user); err != nil {
					return err
				}
			}
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

func (s *subscriber) vlapiProperties(p *mqttp.Publish, m *letter, user mqttp.StringPair) error {
	p.PropertiesDiscard()
	err := first(
		p.PropertySet(mqttp.PropertyPayloadFormat, byte(1)),
		p.PropertySet(mqttp.PropertyPublicationExpiry, s.expiry),
		p.PropertySet(mqttp.PropertyContentType, m.contentType),
		p.PropertySet(mqttp.PropertyUserProperty, user))
	if err == nil && s.alias != 0 {
		err = p.PropertySet(mqttp.PropertyTopicAlias, s.alias)
	}
	if err == nil && s.identifier != 0 {
		err = p.PropertySet(mqttp.PropertySubscriptionIdentifier, s.identifier)
	}
	return err
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
