package main

import (
	"encoding/hex"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

// shown is a field as Wireshark's dissector and package inspect show it: its name
// in Wireshark's display filters, and its value as a decimal number, or in
// hexadecimal if it is text or binary data.
type shown struct{ name, value string }

// dissection is what a packet of the root package holds, in Wireshark's words and
// order.
type dissection struct {
	version mqttwire.Version
	fields  []shown
}

// dissect takes a decoded packet apart. The header is needed for what no packet
// holds: reserved bits, and which of two forms with the same meaning was sent.
func dissect(h mqttwire.FixedHeader, p mqttwire.Packet, v mqttwire.Version) []shown {
	d := &dissection{version: v}
	d.header(h, p)
	switch p := p.(type) {
	case *mqttwire.Connect:
		d.connect(p)
	case *mqttwire.Connack:
		d.connack(p)
	case *mqttwire.Publish:
		d.publish(p)
	case *mqttwire.Puback:
		d.ack(h, "puback", p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubrec:
		d.ack(h, "pubrec", p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubrel:
		d.ack(h, "pubrel", p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubcomp:
		d.ack(h, "pubcomp", p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Subscribe:
		d.identified(p.PacketID, p.Properties)
		for filter, options := range p.Subscriptions.All() {
			d.text("mqtt.topic", filter)
			d.options(options)
		}
	case *mqttwire.Suback:
		d.identified(p.PacketID, p.Properties)
		d.codes("mqtt.suback", &p.ReasonCodes)
	case *mqttwire.Unsubscribe:
		d.identified(p.PacketID, p.Properties)
		for filter := range p.TopicFilters.All() {
			d.text("mqtt.topic", filter)
		}
	case *mqttwire.Unsuback:
		d.identified(p.PacketID, p.Properties)
		d.codes("mqtt.unsuback", &p.ReasonCodes)
	case *mqttwire.Disconnect:
		d.tail(h.RemainingLength, "disconnect", p.ReasonCode, p.Properties)
	case *mqttwire.Auth:
		d.tail(h.RemainingLength, "auth", p.ReasonCode, p.Properties)
	}
	return d.fields
}

func (d *dissection) number(name string, n uint32) {
	d.fields = append(d.fields, shown{name, strconv.FormatUint(uint64(n), 10)})
}

func (d *dissection) flags(names []string, values ...bool) {
	for i, name := range names {
		d.number(name, bit(values[i]))
	}
}

// data adds bytes, if there are any: an empty field is not always shown, and its
// length says enough.
func (d *dissection) data(name string, b []byte) {
	if len(b) == 0 {
		return
	}
	d.fields = append(d.fields, shown{name, hex.EncodeToString(b)})
}

// text adds a string, or binary data, behind its length.
func (d *dissection) text(name string, s []byte) {
	d.number(name+"_len", uint32(len(s)))
	d.data(name, s)
}

func bit(set bool) uint32 {
	if set {
		return 1
	}
	return 0
}

// isRequest says which other packets of 3.1 have the flags of a PUBLISH.
var isRequest = map[mqttwire.PacketType]bool{mqttwire.PacketPubrel: true, mqttwire.PacketSubscribe: true, mqttwire.PacketUnsubscribe: true}

func (d *dissection) header(h mqttwire.FixedHeader, p mqttwire.Packet) {
	d.number("mqtt.hdrflags", uint32(p.Type())<<4|uint32(h.Flags))
	d.number("mqtt.msgtype", uint32(p.Type()))
	if publish, ok := p.(*mqttwire.Publish); ok {
		d.number("mqtt.dupflag", bit(publish.Dup))
		d.number("mqtt.qos", uint32(publish.QoS))
		d.number("mqtt.retain", bit(publish.Retain))
	} else if d.version == mqttwire.MQTT31 && isRequest[p.Type()] { // which have DUP and QoS, too
		d.number("mqtt.dupflag", uint32(h.Flags>>3))
		d.number("mqtt.qos", uint32(h.Flags>>1&3))
		d.number("mqtt.retain_reserved", uint32(h.Flags&1))
	} else {
		d.number("mqtt.hdr_reserved", uint32(h.Flags))
	}
	d.number("mqtt.len", uint32(h.RemainingLength))
}

func (d *dissection) connect(p *mqttwire.Connect) {
	name := "MQTT"
	if p.Version == mqttwire.MQTT31 {
		name = "MQIsdp"
	}
	d.number("mqtt.proto_len", uint32(len(name)))
	d.data("mqtt.protoname", []byte(name))
	d.number("mqtt.ver", uint32(p.Version))
	set := []bool{p.UserName != nil, p.Password != nil, p.Will.Retain, p.WillFlag, p.CleanStart}
	d.number("mqtt.conflags", bit(set[0])<<7|bit(set[1])<<6|bit(set[2])<<5|uint32(p.Will.QoS)<<3|bit(set[3])<<2|bit(set[4])<<1)
	d.flags([]string{"mqtt.conflag.uname", "mqtt.conflag.passwd", "mqtt.conflag.retain"}, set...)
	d.number("mqtt.conflag.qos", uint32(p.Will.QoS))
	d.flags([]string{"mqtt.conflag.willflag", "mqtt.conflag.cleansess", "mqtt.conflag.reserved"}, p.WillFlag, p.CleanStart, false)
	d.number("mqtt.kalive", uint32(p.KeepAlive))
	d.properties(p.Properties)
	d.text("mqtt.clientid", p.ClientID)
	if p.WillFlag {
		d.properties(p.Will.Properties)
		d.text("mqtt.willtopic", p.Will.Topic)
		d.text("mqtt.willmsg", p.Will.Payload)
	}
	if p.UserName != nil {
		d.text("mqtt.username", p.UserName)
	}
	if p.Password != nil {
		d.text("mqtt.passwd", p.Password)
	}
}

func (d *dissection) connack(p *mqttwire.Connack) {
	if d.version != mqttwire.MQTT31 {
		d.number("mqtt.conack.flags", bit(p.SessionPresent))
	}
	d.number("mqtt.conack.flags.reserved", 0)
	if d.version != mqttwire.MQTT31 {
		d.number("mqtt.conack.flags.sp", bit(p.SessionPresent))
	}
	if d.version != mqttwire.MQTT5 {
		d.number("mqtt.conack.val", uint32(p.ReasonCode))
		return
	}
	d.number("mqtt.connack.reason_code", uint32(p.ReasonCode))
	d.properties(p.Properties)
}

func (d *dissection) publish(p *mqttwire.Publish) {
	d.text("mqtt.topic", p.TopicName)
	if p.QoS != 0 {
		d.number("mqtt.msgid", uint32(p.PacketID))
	}
	d.properties(p.Properties)
	d.data("mqtt.msg", p.Payload)
}

func (d *dissection) ack(h mqttwire.FixedHeader, name string, id uint16, code mqttwire.ReasonCode, p mqttwire.Properties) {
	d.number("mqtt.msgid", uint32(id))
	d.tail(h.RemainingLength-2, name, code, p)
}

// tail adds what may be left out: n bytes of reason code and properties.
func (d *dissection) tail(n int, name string, code mqttwire.ReasonCode, p mqttwire.Properties) {
	if n > 0 {
		d.number("mqtt."+name+".reason_code", uint32(code))
	}
	if n > 1 {
		d.properties(p)
	}
}

func (d *dissection) identified(id uint16, p mqttwire.Properties) {
	d.number("mqtt.msgid", uint32(id))
	d.properties(p)
}

func (d *dissection) codes(name string, codes *mqttwire.ReasonCodes) {
	name += ".reason_code"
	if d.version != mqttwire.MQTT5 {
		name = "mqtt.suback.qos"
	}
	for code := range codes.All() {
		d.number(name, uint32(code))
	}
}

func (d *dissection) options(o mqttwire.SubscriptionOptions) {
	if d.version != mqttwire.MQTT5 {
		d.number("mqtt.sub.qos", uint32(o.QoS()))
		return
	}
	d.number("mqtt.subscription_options", uint32(o))
	d.number("mqtt.subscription_options_reserved", uint32(o>>6))
	d.number("mqtt.subscription_options_retain", uint32(o.RetainHandling()))
	d.number("mqtt.subscription_options_rap", bit(o.RetainAsPublished()))
	d.number("mqtt.subscription_options_nl", bit(o.NoLocal()))
	d.number("mqtt.subscription_options_qos", uint32(o.QoS()))
}

// propertyKeys are the names of the three properties that the dissector has a
// field for each.
var propertyKeys = map[mqttwire.PropertyID]string{
	mqttwire.PropertyContentType: "mqtt.property.content_type",
	mqttwire.PropertyTopicAlias:  "mqtt.property.topic_alias",
	mqttwire.PropertyMaximumQoS:  "mqtt.property.max_qos",
}

// properties adds a block of properties, which only 5.0 has.
func (d *dissection) properties(p mqttwire.Properties) {
	if d.version != mqttwire.MQTT5 {
		return
	}
	d.number("mqtt.property_len", uint32(len(p.Bytes())))
	for id, value := range p.All() {
		d.number("mqtt.property_id", uint32(id))
		key, own := propertyKeys[id]
		switch id.Type() {
		case mqttwire.TypeUTF8StringPair:
			name, value := value.Pair()
			d.text("mqtt.prop_key", name)
			d.text("mqtt.prop_value", value)
		case mqttwire.TypeUTF8String, mqttwire.TypeBinaryData:
			if own {
				d.data(key, value.Bytes())
			} else {
				d.text("mqtt.prop_string", value.Bytes())
			}
		default:
			if !own {
				key = "mqtt.prop_number"
			}
			d.number(key, value.Uint32())
		}
	}
}

// differ compares two lists of fields and tells of each field in which they differ.
// Where a field is missing in one of the lists, what follows is not compared.
func differ(want, got []shown, tell func(name, detail string)) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			tell(want[i].name, "is not shown")
			return
		case i >= len(want):
			tell(got[i].name, "is shown and not there: "+shorten(got[i].value))
			return
		case want[i].name != got[i].name:
			tell(want[i].name, "is shown as "+got[i].name)
			return
		case want[i].value != got[i].value:
			tell(want[i].name, "is "+shorten(want[i].value)+", shown as "+shorten(got[i].value))
		}
	}
}

// shorten cuts a value that is too long to print.
func shorten(value string) string {
	if len(value) > 60 {
		return value[:57] + "..."
	}
	return value
}

// headerOf is the fixed header of a packet that the root package has decoded.
func headerOf(wire []byte) mqttwire.FixedHeader {
	h, _, _ := mqttwire.ConsumeFixedHeader(wire)
	return h
}
