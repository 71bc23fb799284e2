package main

import (
	"bytes"

	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/seed-2c1fe983/mqttwire"
)

// mochiCodec is the functions for a packet type. validate may be nil.
type mochiCodec struct {
	decode   func(*packets.Packet, []byte) error
	encode   func(*packets.Packet, *bytes.Buffer) error
	validate func(*packets.Packet) packets.Code
}

var mochiCodecs = [16]mochiCodec{
	packets.Connect:     {(*packets.Packet).ConnectDecode, (*packets.Packet).ConnectEncode, (*packets.Packet).ConnectValidate},
	packets.Connack:     {(*packets.Packet).ConnackDecode, (*packets.Packet).ConnackEncode, nil},
	packets.Publish:     {(*packets.Packet).PublishDecode, (*packets.Packet).PublishEncode, validateMochiPublish},
	packets.Puback:      {(*packets.Packet).PubackDecode, (*packets.Packet).PubackEncode, nil},
	packets.Pubrec:      {(*packets.Packet).PubrecDecode, (*packets.Packet).PubrecEncode, validateMochiCode},
	packets.Pubrel:      {(*packets.Packet).PubrelDecode, (*packets.Packet).PubrelEncode, validateMochiCode},
	packets.Pubcomp:     {(*packets.Packet).PubcompDecode, (*packets.Packet).PubcompEncode, validateMochiCode},
	packets.Subscribe:   {(*packets.Packet).SubscribeDecode, (*packets.Packet).SubscribeEncode, (*packets.Packet).SubscribeValidate},
	packets.Suback:      {(*packets.Packet).SubackDecode, (*packets.Packet).SubackEncode, nil},
	packets.Unsubscribe: {(*packets.Packet).UnsubscribeDecode, (*packets.Packet).UnsubscribeEncode, (*packets.Packet).UnsubscribeValidate},
	packets.Unsuback:    {(*packets.Packet).UnsubackDecode, (*packets.Packet).UnsubackEncode, validateMochiCode},
	packets.Pingreq:     {(*packets.Packet).PingreqDecode, (*packets.Packet).PingreqEncode, nil},
	packets.Pingresp:    {(*packets.Packet).PingrespDecode, (*packets.Packet).PingrespEncode, nil},
	packets.Disconnect:  {(*packets.Packet).DisconnectDecode, (*packets.Packet).DisconnectEncode, nil},
	packets.Auth:        {(*packets.Packet).AuthDecode, (*packets.Packet).AuthEncode, (*packets.Packet).AuthValidate},
}

// validateMochiPublish is the part of PublishValidate that does not depend on the
// sender: that function is for packets from clients, which send no Subscription
// Identifier.
func validateMochiPublish(p *packets.Packet) packets.Code {
	q := *p
	q.Properties.SubscriptionIdentifier = nil
	return q.PublishValidate(65535)
}

func validateMochiCode(p *packets.Packet) packets.Code {
	if p.ProtocolVersion == 5 && !p.ReasonCodeValid() {
		return packets.ErrMalformedReasonCode
	}
	return packets.CodeSuccess
}

func decodeMochi(v mqttwire.Version, wire []byte) (d decoded, err error) {
	p := &packets.Packet{ProtocolVersion: byte(v), Mods: packets.Mods{AllowResponseInfo: true}}
	if err := p.FixedHeader.Decode(wire[0]); err != nil {
		return d, err
	}
	in := bytes.NewReader(wire[1:])
	if p.FixedHeader.Remaining, _, err = packets.DecodeLength(in); err != nil {
		return d, err
	}
	b, err := body(wire, len(wire)-in.Len(), p.FixedHeader.Remaining)
	if err != nil {
		return d, err
	}
	c := mochiCodecs[p.FixedHeader.Type&15]
	if c.decode == nil {
		return d, errNoSuchType
	}
	if err := c.decode(p, b); err != nil {
		return d, err
	}
	if c.validate != nil {
		if code := c.validate(p); code.Code >= packets.ErrUnspecifiedError.Code {
			return d, code
		}
	}
	return decoded{
		facts:  func() facts { return mochiFacts(p) },
		encode: func() ([]byte, error) { var w bytes.Buffer; err := c.encode(p, &w); return w.Bytes(), err },
	}, nil
}

func mochiFacts(p *packets.Packet) facts {
	v := mqttwire.Version(p.ProtocolVersion)
	f := kindFacts(mqttwire.PacketType(p.FixedHeader.Type))
	switch p.FixedHeader.Type {
	case packets.Connect:
		c := &p.Connect
		f.connect(p.ProtocolVersion, c.Clean, c.Keepalive, []byte(c.ClientIdentifier))
		if c.WillFlag {
			f.will(c.WillQos, c.WillRetain, []byte(c.WillTopic), c.WillPayload)
			f.propertyStruct("Will ", c.WillProperties)
		}
		if c.UsernameFlag {
			f.text("User Name", c.Username)
		}
		if c.PasswordFlag {
			f.text("Password", c.Password)
		}
	case packets.Publish:
		f.publish(p.FixedHeader.Qos, p.FixedHeader.Dup, p.FixedHeader.Retain, p.PacketID, []byte(p.TopicName), p.Payload)
	case packets.Connack:
		f.flag("Session Present", p.SessionPresent)
		f.code(p.ReasonCode)
	case packets.Puback, packets.Pubrec, packets.Pubrel, packets.Pubcomp:
		f.id(p.PacketID)
		f.codeOf(v, p.ReasonCode)
	case packets.Subscribe:
		f.id(p.PacketID)
		for _, s := range p.Filters {
			f.filter(s.Filter, subscribeOptions(s.Qos, s.NoLocal, s.RetainAsPublished, s.RetainHandling))
		}
	case packets.Unsubscribe:
		f.id(p.PacketID)
		for _, s := range p.Filters {
			f.text("Topic Filter", []byte(s.Filter))
		}
	case packets.Suback, packets.Unsuback:
		f.id(p.PacketID)
		f.codes(p.ReasonCodes)
	case packets.Disconnect, packets.Auth:
		f.codeOf(v, p.ReasonCode)
	}
	f.propertyStruct("", p.Properties)
	return f
}
