package inspect

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// The values of a packet as a list of lines, "key=value": once from the root
// package's structs and once from the tree.

// structural is the keys of nodes that say how the rest is laid out.
var structural = map[string]bool{"mqtt.hdrflags": true, "mqtt.msgtype": true, "mqtt.hdr_reserved": true,
	"mqtt.retain_reserved": true, "mqtt.len": true, "mqtt.protoname": true, "mqtt.conflags": true,
	"mqtt.conflag.reserved": true, "mqtt.conack.flags": true, "mqtt.conack.flags.reserved": true,
	"mqtt.property_len": true, "mqtt.left_over": true, "mqtt.subscription_options": true,
	"mqtt.subscription_options_reserved": true}

// valuesOfTree lists the leaves and the bits. QoS and RETAIN of a Will come with
// the Will, as in the root's struct.
func valuesOfTree(report *Report) []string {
	values := []string{"type=" + report.Type.String()}
	var will []string
	willFlag := false
	for n := range report.Tree.All() {
		switch {
		case n.Kind == Group || n.Kind == Length || structural[n.Key]:
		case report.Type != mqttwire.PacketPublish && (n.Key == "mqtt.qos" || n.Key == "mqtt.dupflag"):
		case n.Key == "mqtt.ver":
			values = append(values, fmt.Sprintf("mqtt.ver=%d", n.Number&0x7F), fmt.Sprintf("bridge=%t", n.Number&0x80 != 0))
		case n.Key == "mqtt.conflag.uname" || n.Key == "mqtt.conflag.passwd":
		case n.Key == "mqtt.conflag.qos":
			will = append(will, fmt.Sprintf("%s=%d", n.Key, n.Number))
		case n.Key == "mqtt.conflag.retain":
			will = append(will, fmt.Sprintf("%s=%d", n.Key, n.Number))
		case n.Key == "mqtt.sub.qos": // in 3.1 the other bits are unused
			values = append(values, fmt.Sprintf("%s=%d", n.Key, n.Number&3))
		case n.Implied && (n.Kind == Text || n.Kind == Data): // absent, not empty
		case n.Kind == Text || n.Kind == Data:
			values = append(values, fmt.Sprintf("%s=%x", generic(n.Key), n.Bytes))
		default:
			values = append(values, fmt.Sprintf("%s=%d", generic(n.Key), n.Number))
		}
		willFlag = willFlag || n.Key == "mqtt.conflag.willflag" && n.Number == 1
		if n.Key == "mqtt.clientid" && willFlag {
			values = append(values, will...)
		}
	}
	return values
}

// generic is the key of a property's value, whatever the property.
func generic(key string) string {
	switch key {
	case "mqtt.property.content_type", "mqtt.prop_string":
		return "string"
	case "mqtt.prop_number", "mqtt.property.max_qos", "mqtt.property.topic_alias":
		return "number"
	}
	return key
}

func number[T ~uint8 | ~uint16 | ~uint32](key string, n T) string {
	return fmt.Sprintf("%s=%d", key, n)
}

func bit(key string, set bool) string {
	if set {
		return key + "=1"
	}
	return key + "=0"
}

func text(key string, b []byte) string { return fmt.Sprintf("%s=%x", key, b) }

// valuesOfPacket lists the fields in the order of the wire.
func valuesOfPacket(p mqttwire.Packet, v mqttwire.Version) []string {
	values := []string{"type=" + p.Type().String()}
	switch p := p.(type) {
	case *mqttwire.Connect:
		return append(values, valuesOfConnect(p)...)
	case *mqttwire.Connack:
		if v != mqttwire.MQTT31 {
			values = append(values, bit("mqtt.conack.flags.sp", p.SessionPresent))
		}
		key := "mqtt.conack.val"
		if v == mqttwire.MQTT5 {
			key = "mqtt.connack.reason_code"
		}
		return append(append(values, number(key, p.ReasonCode)), valuesOfProperties(p.Properties)...)
	case *mqttwire.Publish:
		values = append(values, bit("mqtt.dupflag", p.Dup), number("mqtt.qos", p.QoS), bit("mqtt.retain", p.Retain),
			text("mqtt.topic", p.TopicName))
		if p.QoS > 0 {
			values = append(values, number("mqtt.msgid", p.PacketID))
		}
		return append(append(values, valuesOfProperties(p.Properties)...), text("mqtt.msg", p.Payload))
	case *mqttwire.Puback:
		return append(values, valuesOfAck(p.PacketID, p.ReasonCode, p.Properties, "puback", v)...)
	case *mqttwire.Pubrec:
		return append(values, valuesOfAck(p.PacketID, p.ReasonCode, p.Properties, "pubrec", v)...)
	case *mqttwire.Pubrel:
		return append(values, valuesOfAck(p.PacketID, p.ReasonCode, p.Properties, "pubrel", v)...)
	case *mqttwire.Pubcomp:
		return append(values, valuesOfAck(p.PacketID, p.ReasonCode, p.Properties, "pubcomp", v)...)
	case *mqttwire.Subscribe:
		values = append(append(values, number("mqtt.msgid", p.PacketID)), valuesOfProperties(p.Properties)...)
		for filter, o := range p.Subscriptions.All() {
			values = append(values, text("mqtt.topic", filter))
			if v == mqttwire.MQTT5 {
				values = append(values, number("mqtt.subscription_options_retain", o.RetainHandling()),
					bit("mqtt.subscription_options_rap", o.RetainAsPublished()),
					bit("mqtt.subscription_options_nl", o.NoLocal()), number("mqtt.subscription_options_qos", o.QoS()))
			} else {
				values = append(values, number("mqtt.sub.qos", o))
			}
		}
		return values
	case *mqttwire.Suback:
		return append(append(values, number("mqtt.msgid", p.PacketID)), append(valuesOfProperties(p.Properties),
			valuesOfCodes(&p.ReasonCodes, map[bool]string{true: "mqtt.suback.reason_code", false: "mqtt.suback.qos"}[v == mqttwire.MQTT5])...)...)
	case *mqttwire.Unsubscribe:
		values = append(append(values, number("mqtt.msgid", p.PacketID)), valuesOfProperties(p.Properties)...)
		for filter := range p.TopicFilters.All() {
			values = append(values, text("mqtt.topic", filter))
		}
		return values
	case *mqttwire.Unsuback:
		return append(append(values, number("mqtt.msgid", p.PacketID)), append(valuesOfProperties(p.Properties),
			valuesOfCodes(&p.ReasonCodes, "mqtt.unsuback.reason_code")...)...)
	case *mqttwire.Disconnect:
		if v == mqttwire.MQTT5 {
			values = append(values, number("mqtt.disconnect.reason_code", p.ReasonCode))
		}
		return append(values, valuesOfProperties(p.Properties)...)
	case *mqttwire.Auth:
		return append(append(values, number("mqtt.auth.reason_code", p.ReasonCode)), valuesOfProperties(p.Properties)...)
	}
	return values // PINGREQ, PINGRESP
}

func valuesOfConnect(p *mqttwire.Connect) []string {
	values := []string{number("mqtt.ver", p.Version), fmt.Sprintf("bridge=%t", p.Bridge),
		bit("mqtt.conflag.willflag", p.WillFlag), bit("mqtt.conflag.cleansess", p.CleanStart), number("mqtt.kalive", p.KeepAlive)}
	values = append(append(values, valuesOfProperties(p.Properties)...), text("mqtt.clientid", p.ClientID))
	if p.WillFlag {
		values = append(values, bit("mqtt.conflag.retain", p.Will.Retain), number("mqtt.conflag.qos", p.Will.QoS))
		values = append(append(values, valuesOfProperties(p.Will.Properties)...),
			text("mqtt.willtopic", p.Will.Topic), text("mqtt.willmsg", p.Will.Payload))
	}
	if p.UserName != nil {
		values = append(values, text("mqtt.username", p.UserName))
	}
	if p.Password != nil {
		values = append(values, text("mqtt.passwd", p.Password))
	}
	return values
}

func valuesOfAck(id uint16, code mqttwire.ReasonCode, p mqttwire.Properties, name string, v mqttwire.Version) []string {
	values := []string{number("mqtt.msgid", id)}
	if v == mqttwire.MQTT5 {
		values = append(values, number("mqtt."+name+".reason_code", code))
	}
	return append(values, valuesOfProperties(p)...)
}

func valuesOfCodes(codes *mqttwire.ReasonCodes, key string) (values []string) {
	for code := range codes.All() {
		values = append(values, number(key, code))
	}
	return values
}

func valuesOfProperties(p mqttwire.Properties) (values []string) {
	for id, value := range p.All() {
		values = append(values, number("mqtt.property_id", id))
		switch id.Type() {
		case mqttwire.TypeUTF8String, mqttwire.TypeBinaryData:
			values = append(values, text("string", value.Bytes()))
		case mqttwire.TypeUTF8StringPair:
			k, v := value.Pair()
			values = append(values, text("mqtt.prop_key", k), text("mqtt.prop_value", v))
		default:
			values = append(values, number("number", value.Uint32()))
		}
	}
	return values
}
