package mqttwire

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// dissected is a field as Wireshark's dissector for MQTT shows it.
type dissected struct{ name, value string }

// dissection is the fields of a packet in the dissector's order.
type dissection struct {
	version Version
	fields  []dissected
}

// dissect tells what a decoded packet holds in the dissector's words. All comes
// from the packet, but for what no packet holds: reserved bits, and which of two
// forms with the same meaning was sent, come from its fixed header.
func dissect(h FixedHeader, p Packet, v Version) []dissected {
	d := &dissection{version: v}
	d.header(h, p)
	switch p := p.(type) {
	case *Connect:
		d.connect(p)
	case *Connack:
		d.connack(p)
	case *Publish:
		d.publish(p)
	case *Puback:
		d.ack(h, "puback", p.PacketID, p.ReasonCode, p.Properties)
	case *Pubrec:
		d.ack(h, "pubrec", p.PacketID, p.ReasonCode, p.Properties)
	case *Pubrel:
		d.ack(h, "pubrel", p.PacketID, p.ReasonCode, p.Properties)
	case *Pubcomp:
		d.ack(h, "pubcomp", p.PacketID, p.ReasonCode, p.Properties)
	case *Subscribe:
		d.request(p.PacketID, p.Properties)
		for filter, options := range p.Subscriptions.All() {
			d.text("mqtt.topic", filter)
			d.options(options)
		}
	case *Suback:
		d.request(p.PacketID, p.Properties)
		for code := range p.ReasonCodes.All() {
			if v == MQTT5 {
				d.number("mqtt.suback.reason_code", int(code))
			} else {
				d.number("mqtt.suback.qos", int(code))
			}
		}
	case *Unsubscribe:
		d.request(p.PacketID, p.Properties)
		for filter := range p.TopicFilters.All() {
			d.text("mqtt.topic", filter)
		}
	case *Unsuback:
		d.request(p.PacketID, p.Properties)
		for code := range p.ReasonCodes.All() {
			d.number("mqtt.unsuback.reason_code", int(code))
		}
	case *Disconnect:
		d.tail(h.RemainingLength, "disconnect", p.ReasonCode, p.Properties)
	case *Auth:
		d.tail(h.RemainingLength, "auth", p.ReasonCode, p.Properties)
	}
	return d.fields
}

func (d *dissection) add(name, value string) { d.fields = append(d.fields, dissected{name, value}) }

func (d *dissection) number(name string, n int) { d.add(name, fmt.Sprint(n)) }

func (d *dissection) hex(name string, n int) { d.add(name, fmt.Sprintf("0x%02x", n)) }

func (d *dissection) flag(name string, set bool) {
	if set {
		d.number(name, 1)
		return
	}
	d.number(name, 0)
}

// octets adds bytes in the form 01:02:03.
func (d *dissection) octets(name string, b []byte) {
	d.add(name, strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ":"))
}

// text adds a string behind its length.
func (d *dissection) text(name string, s []byte) {
	d.number(name+"_len", len(s))
	d.add(name, string(s))
}

func (d *dissection) header(h FixedHeader, p Packet) {
	d.hex("mqtt.hdrflags", int(p.Type())<<4|int(h.Flags))
	d.number("mqtt.msgtype", int(p.Type()))
	publish, ok := p.(*Publish)
	switch {
	case ok:
		d.flag("mqtt.dupflag", publish.Dup)
		d.number("mqtt.qos", int(publish.QoS))
		d.flag("mqtt.retain", publish.Retain)
	case d.version == MQTT31 && h.Flags != 0: // 3.1 has DUP and QoS in the requests too
		d.number("mqtt.dupflag", int(h.Flags>>3))
		d.number("mqtt.qos", int(h.Flags>>1&3))
		d.number("mqtt.retain_reserved", int(h.Flags&1))
	default:
		d.number("mqtt.hdr_reserved", int(h.Flags))
	}
	d.number("mqtt.len", h.RemainingLength)
}

func (d *dissection) connect(p *Connect) {
	name := "MQTT"
	if p.Version == MQTT31 {
		name = "MQIsdp"
	}
	d.number("mqtt.proto_len", len(name))
	d.add("mqtt.protoname", name)
	d.number("mqtt.ver", int(p.Version))

	flags := int(p.Will.QoS) << 3
	for bit, set := range map[int]bool{1: p.CleanStart, 2: p.WillFlag, 5: p.Will.Retain, 6: p.Password != nil, 7: p.UserName != nil} {
		if set {
			flags |= 1 << bit
		}
	}
	d.hex("mqtt.conflags", flags)
	d.flag("mqtt.conflag.uname", p.UserName != nil)
	d.flag("mqtt.conflag.passwd", p.Password != nil)
	d.flag("mqtt.conflag.retain", p.Will.Retain)
	d.number("mqtt.conflag.qos", int(p.Will.QoS))
	d.flag("mqtt.conflag.willflag", p.WillFlag)
	d.flag("mqtt.conflag.cleansess", p.CleanStart)
	d.number("mqtt.conflag.reserved", 0) // a 3.1 client may set it, and it is not kept

	d.number("mqtt.kalive", int(p.KeepAlive))
	d.properties("mqtt.properties", p.Properties)
	d.text("mqtt.clientid", p.ClientID)
	if p.WillFlag {
		d.properties("mqtt.will_properties", p.Will.Properties)
		d.text("mqtt.willtopic", p.Will.Topic)
		d.number("mqtt.willmsg_len", len(p.Will.Payload))
		d.octets("mqtt.willmsg", p.Will.Payload)
	}
	if p.UserName != nil {
		d.text("mqtt.username", p.UserName)
	}
	if p.Password != nil {
		d.text("mqtt.passwd", p.Password)
	}
}

func (d *dissection) connack(p *Connack) {
	if d.version == MQTT31 {
		d.number("mqtt.conack.flags.reserved", 0)
		d.number("mqtt.conack.val", int(p.ReasonCode))
		return
	}
	if p.SessionPresent {
		d.hex("mqtt.conack.flags", 1)
	} else {
		d.hex("mqtt.conack.flags", 0)
	}
	d.number("mqtt.conack.flags.reserved", 0)
	d.flag("mqtt.conack.flags.sp", p.SessionPresent)
	if d.version == MQTT5 {
		d.number("mqtt.connack.reason_code", int(p.ReasonCode))
		d.properties("mqtt.properties", p.Properties)
		return
	}
	d.number("mqtt.conack.val", int(p.ReasonCode))
}

func (d *dissection) publish(p *Publish) {
	d.number("mqtt.topic_len", len(p.TopicName))
	if len(p.TopicName) != 0 {
		d.add("mqtt.topic", string(p.TopicName))
	}
	if p.QoS != 0 {
		d.number("mqtt.msgid", int(p.PacketID))
	}
	d.properties("mqtt.properties", p.Properties)
	if len(p.Payload) > 1000 { // too much for a file
		d.add("mqtt.msg", fmt.Sprintf("%d bytes, SHA-256 %x", len(p.Payload), sha256.Sum256(p.Payload)))
		return
	}
	d.octets("mqtt.msg", p.Payload)
}

func (d *dissection) ack(h FixedHeader, name string, id uint16, code ReasonCode, p Properties) {
	d.number("mqtt.msgid", int(id))
	d.tail(h.RemainingLength-2, name, code, p)
}

// tail adds what may be left out: n bytes of reason code and properties.
func (d *dissection) tail(n int, name string, code ReasonCode, p Properties) {
	if n > 0 {
		d.number("mqtt."+name+".reason_code", int(code))
	}
	if n > 1 {
		d.properties("mqtt.properties", p)
	}
}

func (d *dissection) request(id uint16, p Properties) {
	d.number("mqtt.msgid", int(id))
	d.properties("mqtt.properties", p)
}

func (d *dissection) options(o SubscriptionOptions) {
	if d.version != MQTT5 {
		d.number("mqtt.sub.qos", int(o.QoS()))
		return
	}
	d.hex("mqtt.subscription_options", int(o))
	d.hex("mqtt.subscription_options_reserved", int(o>>6))
	d.number("mqtt.subscription_options_retain", int(o.RetainHandling()))
	d.flag("mqtt.subscription_options_rap", o.RetainAsPublished())
	d.flag("mqtt.subscription_options_nl", o.NoLocal())
	d.number("mqtt.subscription_options_qos", int(o.QoS()))
}

// properties adds a block of properties, which only 5.0 has.
func (d *dissection) properties(name string, p Properties) {
	if d.version != MQTT5 {
		return
	}
	d.add(name, "")
	d.number("mqtt.property_len", len(p.Bytes()))
	for id, value := range p.All() {
		d.hex("mqtt.property_id", int(id))
		switch {
		case id == PropertyContentType: // the dissector has a field for each of these three
			d.add("mqtt.property.content_type", string(value.Bytes()))
		case id == PropertyTopicAlias:
			d.number("mqtt.property.topic_alias", int(value.Uint32()))
		case id == PropertyMaximumQoS:
			d.number("mqtt.property.max_qos", int(value.Uint32()))
		case id.Type() == TypeUTF8String:
			d.text("mqtt.prop_string", value.Bytes())
		case id.Type() == TypeBinaryData:
			d.number("mqtt.prop_string_len", len(value.Bytes()))
			d.octets("mqtt.prop_string", value.Bytes())
		case id.Type() == TypeUTF8StringPair:
			key, value := value.Pair()
			d.text("mqtt.prop_key", key)
			d.text("mqtt.prop_value", value)
		default:
			d.add("mqtt.prop_number", fmt.Sprint(value.Uint32())) // it may be too large for an int
		}
	}
}
