package mqttwire

// Values to encode: strings, CONNECT and PUBLISH of 5.0.

// publish5 is a PUBLISH of 5.0 at QoS 0 under a topic.
func publish5(topic string) *Publish { return &Publish{TopicName: b(topic)} }

// publishWith is one with properties.
func publishWith(p Properties) *Publish { return &Publish{TopicName: b("a"), Properties: p} }

// overlongBlock is properties that were decoded with an integer that is too long.
func overlongBlock() Properties {
	p, err := decodeInto(nil, wire(`30 [0001 61 [0BFF00]]`), Rules{Version: MQTT5, Sender: Server, Options: AllowOverlongIntegers})
	if err != nil {
		panic(err)
	}
	return p.(*Publish).Properties
}

func textValues() []value {
	return []value{
		refuses("utf8", MQTT5, Client, "1.5.4-1 3.3.2-1", "a topic that is no UTF-8", publish5("\xE9"), publish5("é"), `30 ["é" []]`),
		refuses("null", MQTT5, Client, "1.5.4-2 4.7.3-2", "a topic with U+0000", publish5("a\x00"), publish5("a\x01"), `30 [0002 6101 []]`),
		refuses("control", MQTT5, Client, "1.5.4:c", "a control character, where it is not wanted", publish5("\x7F"), publish5("~"), `30 ["~" []]`).with(RejectControlCharacters),
		refuses("control-property", MQTT5, Client, "1.5.4:c", "a property with a control character, where it is not wanted", publishWith(user("n", "\x1F")), publishWith(user("n", " ")),
			`30 [0001 61 [26 "n" " "]]`).with(RejectControlCharacters),
		refuses("non-character", MQTT5, Client, "1.5.4:c", "a non-character, where it is not wanted", publish5("\uFFFF"), publish5("\uFFFD"), `30 [0003 EFBFBD []]`).with(RejectNonCharacters),
		refuses("overlong", MQTT5, Server, "1.5.5-1 2.2.2.2:c", "properties that were decoded with an overlong integer", publishWith(overlongBlock()), publishWith(subID(127)), `30 [0001 61 [0B7F]]`),
		refuses("string-pair", MQTT5, Client, "1.5.7-1", "a user property whose value is no UTF-8",
			publishWith(trying(func(p *Properties) { p.AddUserProperty(b("n"), b("\xFF")) })), publishWith(user("n", "")), `30 [0001 61 [26 "n" ""]]`).breaks(ErrNotUTF8),
		refuses("type", MQTT5, Client, "2.1.2:a", "a fixed header of type 0", headerOnly{}, headerOnly{Type: PacketPingreq}, `C0 00`),
		refuses("direction", MQTT5, Server, "2.1.2:b", "a PINGREQ from a server", new(Pingreq), new(Pingresp), `D0 00`),
		always("flags", MQTT5, Client, "2.1.3-1 3.6.1-1", "packets have no flags to set: PUBREL", &Pubrel{PacketID: 1}, `62 [0001]`),
		always("flags-subscribe", MQTT5, Client, "2.1.3-1 3.8.1-1", "packets have no flags to set: SUBSCRIBE", &Subscribe{PacketID: 1, Subscriptions: subs("a", 0)}, `82 [0001 [] "a" 00]`),
		always("flags-unsubscribe", MQTT5, Client, "2.1.3-1 3.10.1-1", "packets have no flags to set: UNSUBSCRIBE", &Unsubscribe{PacketID: 1, TopicFilters: filters("a")}, `A2 [0001 [] "a"]`),
		always("flags-disconnect", MQTT5, Client, "2.1.3-1 3.14.1-1", "packets have no flags to set: DISCONNECT", new(Disconnect), `E0 00`),
		always("flags-auth", MQTT5, Server, "2.1.3-1 3.15.1-1", "packets have no flags to set: AUTH", new(Auth), `F0 00`),
		always("ping", MQTT5, Client, "3.12.1", "a PINGREQ has no content", new(Pingreq), `C0 00`),
		always("no-properties", MQTT5, Client, "2.2.2-1", "without properties the length is written, as 0", publish5("a"), `30 [0001 61 00]`),
		always("property-length", MQTT5, Client, "2.2.2.1 2.2.2.2:d", "the length is that of the properties, in the order in which they were set",
			publishWith(properties(func(p *Properties) { p.SetContentType(b("t")); p.SetPayloadFormatIndicator(true) })), `30 [0001 61 06 03 0001 74 0101]`),
		always("remaining-length", MQTT5, Client, "2.1.4 1.5.5-1 1.2", "Remaining Length counts what is behind it, in as few bytes as it takes",
			&Publish{TopicName: b("a"), Payload: as(123)}, ""),
		refuses("whole-packet", MQTT5, Client, "2.1.4", "a packet of one byte more than the receiver takes, fixed header included", fitted{&Publish{TopicName: b("a"), Payload: as(3)}, 8},
			fitted{&Publish{TopicName: b("a"), Payload: as(2)}, 8}, `30 [0001 61 [] 'aa']`).breaks(ErrPacketTooLarge),
	}
}

func connectValues() []value {
	will := func(w Will) *Connect { return &Connect{CleanStart: true, WillFlag: true, Will: w} }
	topic := b("t")
	return []value{
		always("protocol-name", MQTT5, Client, "3.1.2-1", "name and level come from the version", &Connect{CleanStart: true}, `10 ["MQTT" 05 02 0000 [] ""]`),
		always("reserved-flag", MQTT5, Client, "3.1.2-3", "no field sets bit 0", &Connect{UserName: b(""), Password: b(""), WillFlag: true, Will: Will{Topic: topic}},
			`10 ["MQTT" 05 C4 0000 [] "" [] "t" "" "" ""]`),
		refuses("will-without-flag", MQTT5, Client, "3.1.2-9", "a Will without WillFlag", &Connect{Will: Will{Topic: topic}}, will(Will{Topic: topic}), `10 ["MQTT" 05 06 0000 [] "" [] "t" 0000]`),
		refuses("will-payload-without-flag", MQTT5, Client, "3.1.2-9", "a Will Payload without WillFlag", &Connect{Will: Will{Payload: b("w")}}, will(Will{Topic: topic, Payload: b("w")}),
			`10 ["MQTT" 05 06 0000 [] "" [] "t" "w"]`),
		refuses("will-properties-without-flag", MQTT5, Client, "3.1.2-9", "Will Properties without WillFlag", &Connect{Will: Will{Properties: user("n", "")}}, will(Will{Topic: topic, Properties: user("n", "")}),
			`10 ["MQTT" 05 06 0000 [] "" [26 "n" ""] "t" 0000]`),
		refuses("will-qos-alone", MQTT5, Client, "3.1.2-11", "a QoS of no Will", &Connect{Will: Will{QoS: 1}}, will(Will{QoS: 1, Topic: topic}), `10 ["MQTT" 05 0E 0000 [] "" [] "t" 0000]`),
		refuses("will-qos-3", MQTT5, Client, "3.1.2-12", "a Will at QoS 3", will(Will{QoS: 3, Topic: topic}), will(Will{QoS: 2, Topic: topic}), `10 ["MQTT" 05 16 0000 [] "" [] "t" 0000]`),
		refuses("will-retain-alone", MQTT5, Client, "3.1.2-13", "Retain of no Will", &Connect{Will: Will{Retain: true}}, will(Will{Retain: true, Topic: topic}), `10 ["MQTT" 05 26 0000 [] "" [] "t" 0000]`),
		always("no-user-name", MQTT5, Client, "3.1.2-16 3.1.2-18", "the flags say which strings there are", &Connect{}, `10 ["MQTT" 05 00 0000 [] ""]`),
		always("user-name", MQTT5, Client, "3.1.2-17 3.1.2-19", "the flags say which strings there are, empty ones too", &Connect{UserName: []byte{}, Password: []byte{}}, `10 ["MQTT" 05 C0 0000 [] "" "" ""]`),
		always("payload-order", MQTT5, Client, "3.1.3-1 3.1.3-3", "the payload has one order, and a Client Identifier",
			&Connect{ClientID: b("c"), WillFlag: true, Will: Will{Topic: topic, Payload: b("w")}, UserName: b("u"), Password: b("p")}, `10 ["MQTT" 05 C4 0000 [] "c" [] "t" "w" "u" "p"]`),
		refuses("client-id", MQTT5, Client, "3.1.3-4 1.5.4-1", "a Client Identifier that is no UTF-8", &Connect{ClientID: b("\xFF")}, &Connect{ClientID: b("é")}, `10 ["MQTT" 05 00 0000 [] "é"]`),
		always("will-user-properties", MQTT5, Client, "3.1.3-10", "user properties are written in the order in which they were added",
			will(Will{Topic: topic, Properties: properties(func(p *Properties) { p.AddUserProperty(b("b"), nil); p.AddUserProperty(b("a"), nil) })}),
			`10 ["MQTT" 05 06 0000 [] "" [26 "b" "" 26 "a" ""] "t" 0000]`),
		refuses("will-topic", MQTT5, Client, "3.1.3-11 1.5.4-1", "a Will Topic that is no UTF-8", will(Will{Topic: b("\xFF")}), will(Will{Topic: b("é")}), `10 ["MQTT" 05 06 0000 [] "" [] "é" 0000]`),
		refuses("will-topic-wildcard", MQTT5, Client, "4.7.0-1", "a Will Topic with a wildcard", will(Will{Topic: b("#")}), will(Will{Topic: b("$")}), `10 ["MQTT" 05 06 0000 [] "" [] "$" 0000]`),
		refuses("user-name-text", MQTT5, Client, "3.1.3-12 1.5.4-1", "a User Name that is no UTF-8", &Connect{UserName: b("\xFF")}, &Connect{UserName: b("é")}, `10 ["MQTT" 05 80 0000 [] "" "é"]`),
		refuses("user-name-long", MQTT5, Client, "1.5.4-1 3.1.3-12", "a User Name of 65,536 bytes, the last character of two", &Connect{UserName: append(as(65534), "é"...)}, &Connect{UserName: append(as(65533), "é"...)}, "").breaks(ErrStringTooLong),
		refuses("authentication-data", MQTT5, Client, "3.1.2.11.10", "Authentication Data without a method",
			&Connect{Properties: properties(func(p *Properties) { p.SetAuthenticationData(b("x")) })},
			&Connect{Properties: properties(func(p *Properties) { p.SetAuthenticationMethod(b("m")); p.SetAuthenticationData(b("x")) })}, `10 ["MQTT" 05 00 0000 [15 "m" 16 "x"] ""]`),
		refuses("will-payload-text", MQTT5, Client, "3.1.3.2.3:b", "a Will Payload that is no UTF-8 though it says so, where that is checked",
			will(Will{Topic: topic, Payload: b("\xFF"), Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}),
			will(Will{Topic: topic, Payload: b("\xFF")}), `10 ["MQTT" 05 06 0000 [] "" [] "t" 0001 FF]`).with(RejectInvalidPayload),
		refuses("will-payload-long", MQTT5, Client, "3.1.3.4", "a Will Payload of 65,536 bytes", will(Will{Topic: topic, Payload: as(65536)}), will(Will{Topic: topic, Payload: as(65535)}), "").breaks(ErrStringTooLong),
		always("password-bytes", MQTT5, Client, "3.1.3.6", "a Password is written as it is", &Connect{Password: b("\xFF\x00")}, `10 ["MQTT" 05 40 0000 [] "" 0002 FF00]`),
		refuses("session-present", MQTT5, Server, "3.2.2-6", "Session Present beside an error", &Connack{SessionPresent: true, ReasonCode: 0x87}, &Connack{SessionPresent: true}, `20 [01 00 []]`),
		refuses("connack-reason", MQTT5, Server, "3.2.2-8", "a code that CONNACK has not", &Connack{ReasonCode: 0x8E}, &Connack{ReasonCode: 0x8C}, `20 [00 8C []]`),
		always("connack-flags", MQTT5, Server, "3.2.2-1", "Session Present is the only flag", &Connack{SessionPresent: true}, `20 [01 00 []]`),
	}
}

func publishValues() []value {
	set := func(f func(p *Properties)) *Publish { return publishWith(trying(f)) }
	qos := func(q QoS, id uint16) *Publish { return &Publish{QoS: q, PacketID: id, TopicName: b("a")} }
	return []value{
		refuses("packet-id-at-qos-0", MQTT5, Client, "2.2.1-2", "a Packet Identifier at QoS 0", qos(0, 1), qos(0, 0), `30 [0001 61 []]`),
		refuses("packet-id", MQTT5, Client, "2.2.1-3", "no Packet Identifier at QoS 1", qos(1, 0), qos(1, 1), `32 [0001 61 0001 []]`),
		refuses("packet-id-server", MQTT5, Server, "2.2.1-4", "no Packet Identifier at QoS 2", qos(2, 0), qos(2, 65535), `34 [0001 61 FFFF []]`),
		refuses("dup-qos-0", MQTT5, Client, "3.3.1-2 4.3.1-1", "DUP at QoS 0", &Publish{Dup: true, TopicName: b("a")}, &Publish{Dup: true, QoS: 1, PacketID: 1, TopicName: b("a")}, `3A [0001 61 0001 []]`),
		refuses("qos-3", MQTT5, Client, "3.3.1-4", "QoS 3", qos(3, 1), qos(2, 1), `34 [0001 61 0001 []]`),
		refuses("topic-wildcard", MQTT5, Client, "3.3.2-2 4.7.0-1", "a topic with a wildcard", publish5("a/+"), publish5("a/*"), `30 ["a/*" []]`),
		refuses("topic-empty", MQTT5, Client, "3.3.2.1", "an empty topic without an alias", publish5(""), &Publish{Properties: alias(1)}, `30 ["" [23 0001]]`),
		refuses("topic-long", MQTT5, Client, "4.7.3-3", "a topic of 65,536 bytes", &Publish{TopicName: as(65536)}, &Publish{TopicName: as(65535)}, "").breaks(ErrStringTooLong),
		refuses("topic-alias-0", MQTT5, Client, "3.3.2-8", "Topic Alias 0", set(func(p *Properties) { p.SetTopicAlias(0) }), publishWith(alias(1)), `30 [0001 61 [23 0001]]`),
		refuses("response-topic", MQTT5, Client, "3.3.2-13", "a Response Topic that is no UTF-8", set(func(p *Properties) { p.SetResponseTopic(b("\xFF")) }),
			set(func(p *Properties) { p.SetResponseTopic(b("é")) }), `30 [0001 61 [08 "é"]]`).breaks(ErrNotUTF8),
		refuses("response-topic-wildcard", MQTT5, Client, "3.3.2-14 4.7.0-1", "a Response Topic with a wildcard", set(func(p *Properties) { p.SetResponseTopic(b("#")) }),
			set(func(p *Properties) { p.SetResponseTopic(b("$")) }), `30 [0001 61 [08 "$"]]`).breaks(ErrTopicWildcard),
		refuses("response-topic-empty", MQTT5, Client, "4.7.3-1", "an empty Response Topic", set(func(p *Properties) { p.SetResponseTopic(nil) }),
			set(func(p *Properties) { p.SetResponseTopic(b("/")) }), `30 [0001 61 [08 "/"]]`).breaks(ErrTopicEmpty),
		refuses("content-type", MQTT5, Client, "3.3.2-19", "a Content Type that is no UTF-8", set(func(p *Properties) { p.SetContentType(b("\xFF")) }),
			set(func(p *Properties) { p.SetContentType(b("é")) }), `30 [0001 61 [03 "é"]]`).breaks(ErrNotUTF8),
		always("user-properties", MQTT5, Client, "3.3.2-18 3.1.2.11.8", "user properties are written in the order in which they were added, repeats and all",
			set(func(p *Properties) {
				p.AddUserProperty(b("b"), nil)
				p.AddUserProperty(b("a"), nil)
				p.AddUserProperty(b("b"), nil)
			}), `30 [0001 61 [26 "b" "" 26 "a" "" 26 "b" ""]]`),
		refuses("subscription-identifier", MQTT5, Client, "3.3.4-6", "a Subscription Identifier from a client", publishWith(subID(1)), publish5("a"), `30 [0001 61 []]`),
		refuses("payload-text", MQTT5, Client, "3.3.2.3.2:a", "a payload that is no UTF-8 though it says so, where that is checked",
			&Publish{TopicName: b("a"), Payload: b("\xFF"), Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })},
			&Publish{TopicName: b("a"), Payload: b("\xFF")}, `30 [0001 61 [] FF]`).with(RejectInvalidPayload),
	}
}
