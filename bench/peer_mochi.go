package main

import (
	"bytes"

	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

// mochi decodes from the slice itself, as its broker does from the copy that it
// makes of every packet; that copy is left out here.
type mochi struct {
	r    bytes.Reader
	w    bytes.Buffer
	last packets.Packet
}

func openMochi() (codec, error) { return &mochi{}, nil }

// read decodes the packet that wire begins with and returns its size.
func (c *mochi) read(v mqttwire.Version, wire []byte) (int, error) {
	c.last = packets.Packet{ProtocolVersion: byte(v), Mods: packets.Mods{AllowResponseInfo: true}}
	p := &c.last
	if err := p.FixedHeader.Decode(wire[0]); err != nil {
		return 0, err
	}
	c.r.Reset(wire[1:])
	remaining, _, err := packets.DecodeLength(&c.r)
	if err != nil {
		return 0, err
	}
	p.FixedHeader.Remaining = remaining
	start := len(wire) - c.r.Len()
	return start + remaining, decodeMochi(p, wire[start:start+remaining])
}

func decodeMochi(p *packets.Packet, body []byte) error {
	switch p.FixedHeader.Type {
	case packets.Publish:
		return p.PublishDecode(body)
	case packets.Connect:
		return p.ConnectDecode(body)
	case packets.Connack:
		return p.ConnackDecode(body)
	case packets.Puback:
		return p.PubackDecode(body)
	case packets.Pubrec:
		return p.PubrecDecode(body)
	case packets.Pubrel:
		return p.PubrelDecode(body)
	case packets.Pubcomp:
		return p.PubcompDecode(body)
	case packets.Subscribe:
		return p.SubscribeDecode(body)
	case packets.Suback:
		return p.SubackDecode(body)
	case packets.Unsubscribe:
		return p.UnsubscribeDecode(body)
	case packets.Unsuback:
		return p.UnsubackDecode(body)
	case packets.Pingreq:
		return p.PingreqDecode(body)
	case packets.Pingresp:
		return p.PingrespDecode(body)
	case packets.Disconnect:
		return p.DisconnectDecode(body)
	case packets.Auth:
		return p.AuthDecode(body)
	}
	return errUnknownPacket
}

func (c *mochi) decode(v mqttwire.Version, wire []byte, n int) error {
	for range n {
		for b := wire; len(b) > 0; {
			k, err := c.read(v, b)
			if err != nil {
				return err
			}
			b = b[k:]
		}
	}
	return nil
}

func (c *mochi) encode(n int) ([]byte, error) {
	for range n {
		c.w.Reset()
		if err := encodeMochi(&c.last, &c.w); err != nil {
			return nil, err
		}
	}
	return c.w.Bytes(), nil
}

func encodeMochi(p *packets.Packet, w *bytes.Buffer) error {
	switch p.FixedHeader.Type {
	case packets.Publish:
		return p.PublishEncode(w)
	case packets.Connect:
		return p.ConnectEncode(w)
	case packets.Connack:
		return p.ConnackEncode(w)
	case packets.Puback:
		return p.PubackEncode(w)
	case packets.Subscribe:
		return p.SubscribeEncode(w)
	case packets.Suback:
		return p.SubackEncode(w)
	case packets.Pingreq:
		return p.PingreqEncode(w)
	case packets.Disconnect:
		return p.DisconnectEncode(w)
	}
	return errUnknownPacket
}

func (c *mochi) check(r mqttwire.Rules, wire []byte) error {
	if err := announced(wire); err != nil {
		return err
	}
	if _, err := c.read(r.Version, wire); err != nil {
		return err
	}
	p, code := &c.last, packets.CodeSuccess
	switch p.FixedHeader.Type {
	case packets.Connect:
		code = p.ConnectValidate()
	case packets.Publish:
		if r.Sender == mqttwire.Client { // it is the server's side of the rules
			code = p.PublishValidate(65535)
		}
	case packets.Subscribe:
		code = p.SubscribeValidate()
	case packets.Unsubscribe:
		code = p.UnsubscribeValidate()
	case packets.Auth:
		code = p.AuthValidate()
	case packets.Pubrec, packets.Pubrel, packets.Pubcomp, packets.Unsuback, packets.Suback:
		if r.Version == mqttwire.MQTT5 && !p.ReasonCodeValid() {
			code = packets.ErrMalformedReasonCode
		}
	}
	if code.Code >= packets.ErrUnspecifiedError.Code {
		return code
	}
	return nil
}

func (c *mochi) facts() facts {
	p := &c.last
	t := mqttwire.PacketType(p.FixedHeader.Type)
	five := p.ProtocolVersion == 5
	var f facts
	switch p.FixedHeader.Type {
	case packets.Connect:
		return c.connectFacts()
	case packets.Publish:
		f = publishFacts(p.FixedHeader.Qos, p.FixedHeader.Dup, p.FixedHeader.Retain, p.PacketID, p.TopicName, p.Payload)
	case packets.Connack:
		f = kind(t)
		f.flag("Session Present", p.SessionPresent)
		f.number("Reason Code", uint64(p.ReasonCode))
	case packets.Puback:
		f = ackFacts(t, p.PacketID)
		if five {
			f.number("Reason Code", uint64(p.ReasonCode))
		}
	case packets.Subscribe:
		f = ackFacts(t, p.PacketID)
		for _, s := range p.Filters {
			f.filter(s.Filter, subscribeOptions(s.Qos, s.NoLocal, s.RetainAsPublished, s.RetainHandling))
		}
	case packets.Suback:
		f = ackFacts(t, p.PacketID)
		f.codes(p.ReasonCodes)
	case packets.Disconnect:
		f = kind(t)
		f.number("Reason Code", uint64(p.ReasonCode))
	default:
		f = kind(t)
	}
	f.propertyStruct("", p.Properties)
	return f
}

func (c *mochi) connectFacts() facts {
	p := &c.last.Connect
	f := connectFacts(c.last.ProtocolVersion, p.Clean, p.Keepalive, p.ClientIdentifier)
	f.propertyStruct("", c.last.Properties)
	if p.WillFlag {
		f.will(p.WillQos, p.WillRetain, p.WillTopic, p.WillPayload)
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

func (c *mochi) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish}, Payload: m.payload}
	p.Properties = packets.Properties{PayloadFormat: 1, PayloadFormatFlag: true, ContentType: m.contentType,
		User: []packets.UserProperty{{Key: m.userName, Val: m.userValue}}}
	identifier := make([]int, 1)
	for i := range n {
		for j := range to {
			s := &to[j]
			p.ProtocolVersion, p.PacketID = byte(s.version), s.packetID
			p.FixedHeader.Qos, p.FixedHeader.Retain = byte(s.qos), s.retain
			p.Properties.MessageExpiryInterval = s.expiry
			p.Properties.TopicAlias, p.Properties.TopicAliasFlag = s.alias, s.alias != 0
			p.Properties.SubscriptionIdentifier = identifier[:0]
			if s.identifier != 0 {
				p.Properties.SubscriptionIdentifier = append(identifier[:0], int(s.identifier))
			}
			if p.TopicName = m.topicText; s.aliasKnown {
				p.TopicName = ""
			}
			c.w.Reset()
			if err := p.PublishEncode(&c.w); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.w.Bytes())
			}
		}
	}
	return nil
}
