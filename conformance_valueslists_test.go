package mqttwire

import "strings"

// Values to encode: the other packets of 5.0, limits, properties.

func listValues() []value {
	subscribe := func(filter string, o SubscriptionOptions) *Subscribe {
		var s Subscriptions
		s.Add(b(filter), o)
		return &Subscribe{PacketID: 1, Subscriptions: s}
	}
	unsubscribe := func(filter string) *Unsubscribe {
		var f TopicFilters
		f.Add(b(filter))
		return &Unsubscribe{PacketID: 1, TopicFilters: f}
	}
	suback := func(c ...ReasonCode) *Suback { return &Suback{PacketID: 1, ReasonCodes: codes(c...)} }
	unsuback := func(c ...ReasonCode) *Unsuback { return &Unsuback{PacketID: 1, ReasonCodes: codes(c...)} }
	return []value{
		refuses("filter-text", MQTT5, Client, "3.8.3-1 1.5.4-1", "a filter that is no UTF-8", subscribe("\xFF", 0), subscribe("é", 0), `82 [0001 [] "é" 00]`),
		refuses("filters-none", MQTT5, Client, "3.8.3-2 2.3", "a SUBSCRIBE of no filters", &Subscribe{PacketID: 1}, subscribe("a", 0), `82 [0001 [] "a" 00]`),
		refuses("no-local-shared", MQTT5, Client, "3.8.3-4", "No Local with a shared filter", subscribe("$share/g/a", NoLocal), subscribe("a", NoLocal), `82 [0001 [] "a" 04]`),
		refuses("options-reserved", MQTT5, Client, "3.8.3-5", "options with bit 6", subscribe("a", 0x40), subscribe("a", 0x2E), `82 [0001 [] "a" 2E]`),
		refuses("options-qos-3", MQTT5, Client, "3.8.3.1:a", "options with QoS 3", subscribe("a", 3), subscribe("a", 2), `82 [0001 [] "a" 02]`),
		refuses("retain-handling-3", MQTT5, Client, "3.8.3.1:b", "options with Retain Handling 3", subscribe("a", 0x30), subscribe("a", 0x20), `82 [0001 [] "a" 20]`),
		refuses("filter-hash", MQTT5, Client, "4.7.1-1", "# that is no level", subscribe("a#", 0), subscribe("a/#", 0), `82 [0001 [] "a/#" 00]`),
		refuses("filter-plus", MQTT5, Client, "4.7.1-2", "+ that is no level", subscribe("+a", 0), subscribe("+/a", 0), `82 [0001 [] "+/a" 00]`),
		refuses("filter-empty", MQTT5, Client, "4.7.3-1", "an empty filter", subscribe("", 0), subscribe("/", 0), `82 [0001 [] "/" 00]`),
		refuses("filter-null", MQTT5, Client, "4.7.3-2 1.5.4-2", "a filter with U+0000", subscribe("\x00", 0), subscribe("\x01", 0), `82 [0001 [] 0001 01 00]`),
		refuses("filter-long", MQTT5, Client, "4.7.3-3", "a filter of 65,536 bytes", subscribe(string(as(65536)), 0), subscribe(string(as(65535)), 0), "").breaks(ErrStringTooLong),
		refuses("share-name-empty", MQTT5, Client, "4.8.2-1", "a shared filter without a name", subscribe("$share//a", 0), subscribe("$share/g/a", 0), `82 [0001 [] "$share/g/a" 00]`),
		refuses("share-name-wildcard", MQTT5, Client, "4.8.2-2", "a shared filter with + in its name", subscribe("$share/+/a", 0), subscribe("$share/g/+", 0), `82 [0001 [] "$share/g/+" 00]`),
		refuses("share-filter-none", MQTT5, Client, "4.8.2-2", "a shared filter without a filter", subscribe("$share/g", 0), subscribe("$share/g/a", 0), `82 [0001 [] "$share/g/a" 00]`),
		refuses("suback-reason", MQTT5, Server, "3.9.3-2 3.8.4-7", "a code that SUBACK has not", suback(0, 3), suback(0, 2), `90 [0001 [] 0002]`),
		refuses("suback-none", MQTT5, Server, "2.4 2.3", "a SUBACK of no codes", suback(), suback(0), `90 [0001 [] 00]`),
		refuses("unsubscribe-text", MQTT5, Client, "3.10.3-1 1.5.4-1", "a filter that is no UTF-8", unsubscribe("\xFF"), unsubscribe("é"), `A2 [0001 [] "é"]`),
		refuses("unsubscribe-none", MQTT5, Client, "3.10.3-2 2.3", "an UNSUBSCRIBE of no filters", &Unsubscribe{PacketID: 1}, unsubscribe("a"), `A2 [0001 [] "a"]`),
		refuses("unsuback-reason", MQTT5, Server, "3.11.3-2", "a code that UNSUBACK has not", unsuback(1), unsuback(0x11), `B0 [0001 [] 11]`),
		refuses("unsuback-none", MQTT5, Server, "2.4 2.3", "an UNSUBACK of no codes", unsuback(), unsuback(0), `B0 [0001 [] 00]`),
		refuses("subscribe-packet-id", MQTT5, Client, "2.2.1-3", "a SUBSCRIBE without Packet Identifier", &Subscribe{Subscriptions: subs("a", 0)}, subscribe("a", 0), `82 [0001 [] "a" 00]`),
	}
}

// tailValues is packets that end in a reason code and properties.
func tailValues() []value {
	method := properties(func(p *Properties) { p.SetAuthenticationMethod(b("m")) })
	expiry := properties(func(p *Properties) { p.SetSessionExpiryInterval(0) })
	return []value{
		refuses("puback-reason", MQTT5, Client, "3.4.2-1", "a code that PUBACK has not", &Puback{PacketID: 1, ReasonCode: 0x9A}, &Puback{PacketID: 1, ReasonCode: 0x99}, `40 [0001 99]`),
		refuses("pubrec-reason", MQTT5, Client, "3.5.2-1", "a code that PUBREC has not", &Pubrec{PacketID: 1, ReasonCode: 0x92}, &Pubrec{PacketID: 1, ReasonCode: 0x91}, `50 [0001 91]`),
		refuses("pubrel-reason", MQTT5, Client, "3.6.2-1", "a code that PUBREL has not", &Pubrel{PacketID: 1, ReasonCode: 0x91}, &Pubrel{PacketID: 1, ReasonCode: 0x92}, `62 [0001 92]`),
		refuses("pubcomp-reason", MQTT5, Client, "3.7.2-1", "a code that PUBCOMP has not", &Pubcomp{PacketID: 1, ReasonCode: 0x80}, &Pubcomp{PacketID: 1, ReasonCode: 0x92}, `70 [0001 92]`),
		refuses("disconnect-reason", MQTT5, Server, "3.14.2-1", "a code that DISCONNECT has not", &Disconnect{ReasonCode: 0xA3}, &Disconnect{ReasonCode: 0xA2}, `E0 [A2]`),
		refuses("disconnect-sender", MQTT5, Client, "3.14.2.1 3.14.2-1", "a code that only servers send", &Disconnect{ReasonCode: 0x8B}, &Disconnect{ReasonCode: 0x04}, `E0 [04]`),
		refuses("disconnect-expiry", MQTT5, Server, "3.14.2-2", "a Session Expiry Interval from a server", &Disconnect{Properties: expiry}, new(Disconnect), `E0 00`),
		always("disconnect-short", MQTT5, Client, "3.14.2.2.1", "what may be left out is left out", new(Disconnect), `E0 00`),
		always("puback-short", MQTT5, Client, "3.4.2.2.1 2.3", "what may be left out is left out, and no payload can be added", &Puback{PacketID: 1}, `40 [0001]`),
		refuses("auth-reason", MQTT5, Client, "3.15.2-1", "a code that AUTH has not", &Auth{ReasonCode: 0x1A, Properties: method}, &Auth{ReasonCode: 0x19, Properties: method}, `F0 [19 [15 "m"]]`),
		refuses("auth-sender", MQTT5, Server, "3.15.2.1 3.15.2-1", "a code that only clients send", &Auth{ReasonCode: 0x19, Properties: method}, &Auth{ReasonCode: 0x18, Properties: method}, `F0 [18 [15 "m"]]`),
		refuses("auth-method", MQTT5, Server, "3.15.2.2.2 3.15.2.2.1", "a code without a method, which would be an AUTH of one byte", &Auth{ReasonCode: 0x18}, new(Auth), `F0 00`),
	}
}

// A limitedPacket makes a packet that has a Reason String and maybe a User Property.
type limitedPacket struct {
	name    string
	first   int    // the number of the statement on the Reason String
	section string // of both statements
	make    func(p Properties) Packet
	begin   string
	end     string
	bare    string // what is left when neither fits
}

var limitedPackets = []limitedPacket{
	{"connack", 19, "3.2.2", func(p Properties) Packet { return &Connack{Properties: p} }, `20 [00 00 `, `]`, `20 [00 00 []]`},
	{"puback", 2, "3.4.2", func(p Properties) Packet { return &Puback{PacketID: 1, ReasonCode: 0x80, Properties: p} }, `40 [0001 80 `, `]`, `40 [0001 80]`},
	{"pubrec", 2, "3.5.2", func(p Properties) Packet { return &Pubrec{PacketID: 1, ReasonCode: 0x80, Properties: p} }, `50 [0001 80 `, `]`, `50 [0001 80]`},
	{"pubrel", 2, "3.6.2", func(p Properties) Packet { return &Pubrel{PacketID: 1, ReasonCode: 0x92, Properties: p} }, `62 [0001 92 `, `]`, `62 [0001 92]`},
	{"pubcomp", 2, "3.7.2", func(p Properties) Packet { return &Pubcomp{PacketID: 1, ReasonCode: 0x92, Properties: p} }, `70 [0001 92 `, `]`, `70 [0001 92]`},
	{"suback", 1, "3.9.2", func(p Properties) Packet { return &Suback{PacketID: 1, Properties: p, ReasonCodes: codes(0)} }, `90 [0001 `, ` 00]`, `90 [0001 [] 00]`},
	{"unsuback", 1, "3.11.2", func(p Properties) Packet { return &Unsuback{PacketID: 1, Properties: p, ReasonCodes: codes(0)} }, `B0 [0001 `, ` 00]`, `B0 [0001 [] 00]`},
	{"disconnect", 3, "3.14.2", func(p Properties) Packet { return &Disconnect{ReasonCode: 0x80, Properties: p} }, `E0 [80 `, `]`, `E0 [80]`},
	{"auth", 2, "3.15.2", authWith, `F0 [18 [15 "m" `, `]]`, `F0 [18 [15 "m"]]`},
}

// authWith is an AUTH with a method before the properties p.
func authWith(p Properties) Packet {
	return &Auth{ReasonCode: 0x18, Properties: properties(func(q *Properties) {
		q.SetAuthenticationMethod(b("m"))
		if s, sent := p.ReasonString(); sent {
			q.SetReasonString(s)
		}
		for name, value := range p.UserProperties() {
			q.AddUserProperty(name, value)
		}
	})}
}

// limitValues is, for each packet that may have a Reason String, limits that it keeps to
// by leaving out the User Property, or both, and one that it cannot keep to.
func limitValues() []value {
	publish := func(n int) writer { return fitted{&Publish{TopicName: b("a"), Payload: as(n)}, 8} }
	values := []value{
		refuses("size-server", MQTT5, Server, "3.1.2-24", "a packet of 9 bytes to a client that takes 8", publish(3), publish(2), `30 [0001 61 [] 'aa']`),
		refuses("size-client", MQTT5, Client, "3.2.2-15", "a packet of 9 bytes to a server that takes 8", publish(3), publish(2), `30 [0001 61 [] 'aa']`),
	}
	for _, p := range limitedPackets {
		block := `[1F "aaaa"]`
		if p.name == "auth" {
			block = `1F "aaaa"`
		}
		explained := p.begin + block + p.end
		whole, bare := len(wire(explained)), len(wire(p.bare))
		values = append(values,
			refuses("fit-"+p.name+"-reason-string", MQTT5, Server, clauseNumber(p.section, p.first), "too large even without its Reason String, which one byte more leaves out",
				fitted{p.make(sized(4, 0)), bare - 1}, fitted{p.make(sized(4, 0)), whole - 1}, p.bare).breaks(ErrPacketTooLarge),
			refuses("fit-"+p.name+"-user-property", MQTT5, Server, clauseNumber(p.section, p.first+1), "too large even without its User Property, which alone is left out where that is enough",
				fitted{p.make(sized(4, 1)), bare - 1}, fitted{p.make(sized(4, 1)), whole}, explained).breaks(ErrPacketTooLarge))
	}
	return values
}

func clauseNumber(section string, n int) string { return section + "-" + string(appendInt(nil, n)) }

// makers makes a packet around properties, for each of propertyBlocks.
var makers = map[string]func(p Properties) Packet{
	"CONNECT": func(p Properties) Packet { return &Connect{CleanStart: true, KeepAlive: 60, Properties: p} },
	"Will": func(p Properties) Packet {
		return &Connect{CleanStart: true, KeepAlive: 60, WillFlag: true, Will: Will{Topic: b("t"), Properties: p}}
	},
	"CONNACK":     func(p Properties) Packet { return &Connack{Properties: p} },
	"PUBLISH":     func(p Properties) Packet { return publishWith(p) },
	"PUBACK":      func(p Properties) Packet { return &Puback{PacketID: 1, Properties: p} },
	"PUBREC":      func(p Properties) Packet { return &Pubrec{PacketID: 1, Properties: p} },
	"PUBREL":      func(p Properties) Packet { return &Pubrel{PacketID: 1, Properties: p} },
	"PUBCOMP":     func(p Properties) Packet { return &Pubcomp{PacketID: 1, Properties: p} },
	"SUBSCRIBE":   func(p Properties) Packet { return &Subscribe{PacketID: 1, Properties: p, Subscriptions: subs("a", 0)} },
	"SUBACK":      func(p Properties) Packet { return &Suback{PacketID: 1, Properties: p, ReasonCodes: codes(0)} },
	"UNSUBSCRIBE": func(p Properties) Packet { return &Unsubscribe{PacketID: 1, Properties: p, TopicFilters: filters("a")} },
	"UNSUBACK":    func(p Properties) Packet { return &Unsuback{PacketID: 1, Properties: p, ReasonCodes: codes(0)} },
	"DISCONNECT":  func(p Properties) Packet { return &Disconnect{Properties: p} },
	"AUTH":        func(p Properties) Packet { return &Auth{ReasonCode: 0x18, Properties: p} },
}

// propertyValues is a value or two for every property in every packet.
func propertyValues() (values []value) {
	for i := range propertyBlocks {
		block := &propertyBlocks[i]
		for j, id := range block.properties {
			values = append(values, block.valuesOf(j, id)...)
		}
	}
	return values
}

// valuesOf is the values of one property in the block.
func (b *propertyBlock) valuesOf(i int, id PropertyID) (values []value) {
	sender := b.sender
	if id == PropertySubscriptionIdentifier && b.name == "PUBLISH" {
		sender = Server
	}
	method := id == PropertyAuthenticationData || b.name == "AUTH" && id != PropertyAuthenticationMethod
	right, _ := onWire(id)
	onePacket := b.packet(right)
	if method {
		onePacket = b.packet(`15 "m"` + right)
	}
	with := func(n int, v propValue) Packet {
		return makers[b.name](trying(func(p *Properties) {
			if method {
				p.SetAuthenticationMethod([]byte("m"))
			}
			for range n {
				accessors[id].set(p, v)
			}
		}))
	}
	v := edgeOf(id)
	name := strings.ToLower(b.name + "-" + strings.ReplaceAll(id.String(), " ", "-"))
	switch {
	case id == PropertyUserProperty:
		return []value{always(name, MQTT5, sender, "3.1.2.11.8", "user properties may be added again", with(1, v), onePacket)}
	case id == PropertySubscriptionIdentifier && b.name == "PUBLISH":
	default:
		values = append(values, refuses(name, MQTT5, sender, b.clauseOf(i), id.String()+" twice", with(2, v), with(1, v), onePacket).breaks(ErrPropertyRepeated))
	}
	row := &propertyTable[id]
	switch {
	case row.nonZero && id != PropertyTopicAlias:
		values = append(values, refuses(name+"-0", MQTT5, sender, b.clauseOf(i), id.String()+" 0", with(1, propValue{}), with(1, v), onePacket).breaks(ErrPropertyValue))
	case id == PropertyMaximumQoS:
		values = append(values, refuses(name+"-2", MQTT5, sender, b.clauseOf(i), id.String()+" 2", with(1, propValue{n: 2}), with(1, v), onePacket).breaks(ErrPropertyValue))
	case id == PropertyPayloadFormatIndicator:
		section, _, _ := strings.Cut(b.clauseOf(i), ":")
		values = append(values, always(name+"-value", MQTT5, sender, section+":c", "the setter takes a bool", with(1, v), onePacket))
	}
	return values
}

// edgeOf is the value that onWire writes.
func edgeOf(id PropertyID) (v propValue) {
	switch row := &propertyTable[id]; {
	case row.typ == TypeByte, row.nonZero:
		v.n = 1
	case row.typ == TypeFourByteInteger:
		v.n = 0xFFFFFFFF
	case id == PropertyResponseTopic:
		v.s = []byte("r")
	}
	return v
}
