package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

// facts is what a packet says, under the names of the specification, in which all
// codecs are compared. A name has several values where the packet has a list. What
// is absent has no entry, nor has a flag that is not set.
type facts map[string][]string

func (f facts) text(name string, value []byte) {
	f[name] = append(f[name], strconv.Quote(string(value)))
}

// textIf adds text of a codec that cannot tell empty from absent.
func (f facts) textIf(name string, value []byte) {
	if len(value) > 0 {
		f.text(name, value)
	}
}

func (f facts) number(name string, n uint64) { f[name] = append(f[name], strconv.FormatUint(n, 10)) }

func (f facts) flag(name string, set bool) {
	if set {
		f[name] = []string{"set"}
	}
}

func (f facts) filter(filter string, options byte) {
	f["Topic Filter"] = append(f["Topic Filter"], fmt.Sprintf("%q with 0x%02x", filter, options))
}

func (f facts) topics(filters []string) {
	for _, filter := range filters {
		f.text("Topic Filter", []byte(filter))
	}
}

func (f facts) code(code byte) {
	f["Reason Code"] = append(f["Reason Code"], fmt.Sprintf("0x%02x", code))
}

func (f facts) codes(codes []byte) {
	for _, code := range codes {
		f.code(code)
	}
}

// codeOf adds the one reason code of a packet, where its version has one.
func (f facts) codeOf(v mqttwire.Version, code byte) {
	if v == mqttwire.MQTT5 {
		f.code(code)
	}
}

func (f facts) pair(prefix, name, value string) {
	f[prefix+"User Property"] = append(f[prefix+"User Property"], strconv.Quote(name)+" = "+strconv.Quote(value))
}

func (f facts) id(id uint16) { f.number("Packet Identifier", uint64(id)) }

func (f facts) publish(qos byte, dup, retain bool, id uint16, topic, payload []byte) {
	f.number("QoS", uint64(qos))
	f.flag("DUP", dup)
	f.flag("RETAIN", retain)
	if qos > 0 {
		f.id(id)
	}
	f.text("Topic Name", topic)
	f.text("Payload", payload)
}

func (f facts) connect(level byte, clean bool, keepAlive uint16, clientID []byte) {
	f.number("Protocol Version", uint64(level))
	f.flag("Clean Start", clean)
	f.number("Keep Alive", uint64(keepAlive))
	f.text("Client Identifier", clientID)
}

func (f facts) will(qos byte, retain bool, topic, payload []byte) {
	f.number("Will QoS", uint64(qos))
	f.flag("Will Retain", retain)
	f.text("Will Topic", topic)
	f.text("Will Payload", payload)
}

// subscribeOptions puts the options of a filter together as they are on the wire.
func subscribeOptions(qos byte, noLocal, retainAsPublished bool, retainHandling byte) byte {
	return qos | byte(bit(noLocal))<<2 | byte(bit(retainAsPublished))<<3 | retainHandling<<4
}

// kindFacts begins the facts of a packet.
func kindFacts(t mqttwire.PacketType) facts { return facts{"MQTT Control Packet type": {t.String()}} }

// rootFacts is what a packet of the root package says.
func rootFacts(p mqttwire.Packet, v mqttwire.Version) facts {
	f := kindFacts(p.Type())
	switch p := p.(type) {
	case *mqttwire.Connect:
		f.connect(byte(p.Version), p.CleanStart, p.KeepAlive, p.ClientID)
		f.properties("", p.Properties)
		if p.WillFlag {
			f.will(byte(p.Will.QoS), p.Will.Retain, p.Will.Topic, p.Will.Payload)
			f.properties("Will ", p.Will.Properties)
		}
		if p.UserName != nil {
			f.text("User Name", p.UserName)
		}
		if p.Password != nil {
			f.text("Password", p.Password)
		}
	case *mqttwire.Connack:
		f.flag("Session Present", p.SessionPresent)
		f.code(byte(p.ReasonCode))
		f.properties("", p.Properties)
	case *mqttwire.Publish:
		f.publish(byte(p.QoS), p.Dup, p.Retain, p.PacketID, p.TopicName, p.Payload)
		f.properties("", p.Properties)
	case *mqttwire.Puback:
		f.ack(v, p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubrec:
		f.ack(v, p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubrel:
		f.ack(v, p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Pubcomp:
		f.ack(v, p.PacketID, p.ReasonCode, p.Properties)
	case *mqttwire.Subscribe:
		f.id(p.PacketID)
		f.properties("", p.Properties)
		for filter, options := range p.Subscriptions.All() {
			f.filter(string(filter), byte(options))
		}
	case *mqttwire.Suback:
		f.id(p.PacketID)
		f.properties("", p.Properties)
		f.listed(&p.ReasonCodes)
	case *mqttwire.Unsubscribe:
		f.id(p.PacketID)
		f.properties("", p.Properties)
		for filter := range p.TopicFilters.All() {
			f.text("Topic Filter", filter)
		}
	case *mqttwire.Unsuback:
		f.id(p.PacketID)
		f.properties("", p.Properties)
		f.listed(&p.ReasonCodes)
	case *mqttwire.Disconnect:
		f.codeOf(v, byte(p.ReasonCode))
		f.properties("", p.Properties)
	case *mqttwire.Auth:
		f.codeOf(v, byte(p.ReasonCode))
		f.properties("", p.Properties)
	}
	return f
}

func (f facts) ack(v mqttwire.Version, id uint16, code mqttwire.ReasonCode, p mqttwire.Properties) {
	f.id(id)
	f.codeOf(v, byte(code))
	f.properties("", p)
}

func (f facts) listed(codes *mqttwire.ReasonCodes) {
	for code := range codes.All() {
		f.code(byte(code))
	}
}

// properties adds a block, with prefix before the names of properties.
func (f facts) properties(prefix string, p mqttwire.Properties) {
	for id, value := range p.All() {
		switch id.Type() {
		case mqttwire.TypeUTF8StringPair:
			name, text := value.Pair()
			f.pair(prefix, string(name), string(text))
		case mqttwire.TypeUTF8String, mqttwire.TypeBinaryData:
			f.text(propertyName(prefix, id), value.Bytes())
		default:
			f.number(propertyName(prefix, id), uint64(value.Uint32()))
		}
	}
}

// propertyName is the name of a property in the facts. One name has the prefix in
// it already.
func propertyName(prefix string, id mqttwire.PropertyID) string {
	if id == mqttwire.PropertyWillDelayInterval {
		return id.String()
	}
	return prefix + id.String()
}

// differ tells of each fact in which got is not as wanted.
func (f facts) differ(got facts, tell func(name, detail string)) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		want, have := f[name], got[name]
		switch {
		case slices.Equal(want, have):
		case len(have) == 0:
			tell(name, short(want)+" is lost")
		case len(want) > 1 && slices.Equal(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(have))):
			tell(name, short(want)+" is put in another order")
		default:
			tell(name, short(want)+" becomes "+short(have))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := f[name]; !ok {
			tell(name, short(got[name])+" is made up")
		}
	}
}

// short prints the values of a fact, or the beginning of them.
func short(values []string) string {
	text := ""
	for i, value := range values {
		if i > 0 {
			text += ", "
		}
		text += value
	}
	if len(text) > 200 {
		return text[:197] + "..."
	}
	return text
}

// count is the number of values in the facts.
func (f facts) count() (n int) {
	for _, values := range f {
		n += len(values)
	}
	return n
}
