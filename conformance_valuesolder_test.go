package mqttwire

// Values to encode in 3.1.1 and 3.1.

func connectValues311() []value {
	const v = MQTT311
	topic := b("t")
	will := func(w Will) *Connect { return &Connect{CleanStart: true, WillFlag: true, Will: w} }
	named := func(name string) *Connect { return &Connect{ClientID: b(name)} }
	return []value{
		always("protocol-name", v, Client, "3.1.2-1", "name and level come from the version", &Connect{CleanStart: true}, `10 ["MQTT" 04 02 0000 ""]`),
		always("reserved-flag", v, Client, "3.1.2-3", "no field sets bit 0", &Connect{ClientID: b("c"), UserName: b(""), Password: b("")}, `10 ["MQTT" 04 C0 0000 "c" "" ""]`),
		always("will", v, Client, "3.1.2-9", "a Will has topic and message", will(Will{Topic: topic}), `10 ["MQTT" 04 06 0000 "" "t" 0000]`),
		refuses("will-without-flag", v, Client, "3.1.2-11", "a Will without WillFlag", &Connect{ClientID: b("c"), Will: Will{Topic: topic}}, named("c"), `10 ["MQTT" 04 00 0000 "c"]`),
		refuses("will-qos-alone", v, Client, "3.1.2-13", "a QoS of no Will", &Connect{ClientID: b("c"), Will: Will{QoS: 1}}, will(Will{QoS: 1, Topic: topic}), `10 ["MQTT" 04 0E 0000 "" "t" 0000]`),
		refuses("will-qos-3", v, Client, "3.1.2-14", "a Will at QoS 3", will(Will{QoS: 3, Topic: topic}), will(Will{QoS: 2, Topic: topic}), `10 ["MQTT" 04 16 0000 "" "t" 0000]`),
		refuses("will-retain-alone", v, Client, "3.1.2-15", "Retain of no Will", &Connect{ClientID: b("c"), Will: Will{Retain: true}}, will(Will{Retain: true, Topic: topic}), `10 ["MQTT" 04 26 0000 "" "t" 0000]`),
		always("strings", v, Client, "3.1.2-18 3.1.2-19 3.1.2-20", "the flags say which strings there are", &Connect{ClientID: b("c"), UserName: []byte{}}, `10 ["MQTT" 04 80 0000 "c" ""]`),
		always("password", v, Client, "3.1.2-21 3.1.3.5", "a Password is written as it is", &Connect{ClientID: b("c"), UserName: []byte{}, Password: b("\xFF")}, `10 ["MQTT" 04 C0 0000 "c" "" 0001 FF]`),
		refuses("password-long", v, Client, "3.1.3.5", "a Password of 65,536 bytes", &Connect{ClientID: b("c"), UserName: []byte{}, Password: as(65536)},
			&Connect{ClientID: b("c"), UserName: []byte{}, Password: as(65535)}, "").breaks(ErrStringTooLong),
		refuses("password-alone", v, Client, "3.1.2-22", "a Password without User Name", &Connect{ClientID: b("c"), Password: b("p")},
			&Connect{ClientID: b("c"), UserName: []byte{}, Password: b("p")}, `10 ["MQTT" 04 C0 0000 "c" "" "p"]`),
		always("payload-order", v, Client, "3.1.3-1 3.1.3-3", "the payload has one order, and a Client Identifier",
			&Connect{ClientID: b("c"), WillFlag: true, Will: Will{Topic: topic, Payload: b("w")}, UserName: b("u"), Password: b("p")}, `10 ["MQTT" 04 C4 0000 "c" "t" "w" "u" "p"]`),
		refuses("client-id", v, Client, "3.1.3-4 1.5.3-1", "a Client Identifier that is no UTF-8", named("\xFF"), named("é"), `10 ["MQTT" 04 00 0000 "é"]`),
		refuses("client-id-empty", v, Client, "3.1.3-7 3.1.3-8", "an empty Client Identifier without Clean Session", named(""), &Connect{CleanStart: true}, `10 ["MQTT" 04 02 0000 ""]`),
		refuses("will-topic", v, Client, "3.1.3-10 1.5.3-1", "a Will Topic that is no UTF-8", will(Will{Topic: b("\xFF")}), will(Will{Topic: b("é")}), `10 ["MQTT" 04 06 0000 "" "é" 0000]`),
		refuses("will-message-long", v, Client, "3.1.3.3", "a Will Message of 65,536 bytes", will(Will{Topic: topic, Payload: as(65536)}), will(Will{Topic: topic, Payload: as(65535)}), "").breaks(ErrStringTooLong),
		refuses("user-name", v, Client, "3.1.3-11 1.5.3-1", "a User Name that is no UTF-8", &Connect{ClientID: b("c"), UserName: b("\xFF")}, &Connect{ClientID: b("c"), UserName: b("é")}, `10 ["MQTT" 04 80 0000 "c" "é"]`),
		refuses("session-present", v, Server, "3.2.2-4", "Session Present beside an error", &Connack{SessionPresent: true, ReasonCode: 5}, &Connack{SessionPresent: true}, `20 [01 00]`),
		refuses("return-code", v, Server, "3.2.2.3", "a return code that is reserved", &Connack{ReasonCode: 6}, &Connack{ReasonCode: 5}, `20 [00 05]`),
		always("connack", v, Server, "3.2.2.1 3.4.1", "Session Present is the only flag, and nothing follows the code", &Connack{SessionPresent: true}, `20 [01 00]`),
	}
}

func otherValues311() []value {
	const v = MQTT311
	qos := func(q QoS, id uint16) *Publish { return &Publish{QoS: q, PacketID: id, TopicName: b("a")} }
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
	return []value{
		refuses("utf8", v, Client, "1.5.3-1 3.3.2-1", "a topic that is no UTF-8", publish5("\xE9"), publish5("é"), `30 ["é"]`),
		refuses("null", v, Client, "1.5.3-2 4.7.3-2", "a topic with U+0000", publish5("a\x00"), publish5("a\x01"), `30 [0002 6101]`),
		refuses("control", v, Client, "1.5.3:a", "a control character, where it is not wanted", publish5("\x7F"), publish5("~"), `30 ["~"]`).with(RejectControlCharacters),
		always("flags", v, Client, "2.2.2-1 3.6.1-1", "packets have no flags to set: PUBREL", &Pubrel{PacketID: 1}, `62 [0001]`),
		always("flags-subscribe", v, Client, "2.2.2-1 3.8.1-1 3.8.3", "packets have no flags to set, and nothing between filters: SUBSCRIBE", &Subscribe{PacketID: 1, Subscriptions: subs("a", 0, "b", 1)}, `82 [0001 "a" 00 "b" 01]`),
		always("flags-unsubscribe", v, Client, "2.2.2-1 3.10.1-1", "packets have no flags to set: UNSUBSCRIBE", unsubscribe("a"), `A2 [0001 "a"]`),
		always("flags-disconnect", v, Client, "2.2.2-1 3.14.1-1 3.12.1", "packets have no flags to set, nor content: DISCONNECT", new(Disconnect), `E0 00`),
		refuses("disconnect-reason", v, Client, "3.12.1", "a DISCONNECT with a reason code, for which there is no place", &Disconnect{ReasonCode: 4}, new(Disconnect), `E0 00`).breaks(ErrNotInVersion),
		refuses("puback-reason", v, Client, "3.4.1", "a PUBACK with a reason code, for which there is no place", &Puback{PacketID: 1, ReasonCode: 0x80}, &Puback{PacketID: 1}, `40 [0001]`).breaks(ErrNotInVersion),
		refuses("type", v, Client, "2.2.1:a", "an AUTH, whose type is reserved", new(Auth), new(Pingreq), `C0 00`),
		refuses("direction", v, Server, "2.2.1:b", "a DISCONNECT from a server", new(Disconnect), new(Pingresp), `D0 00`),
		refuses("length", v, Client, "2.2.3:a", "a Remaining Length of five bytes", headerOnly{Type: PacketPublish, RemainingLength: MaxRemainingLength + 1},
			headerOnly{Type: PacketPublish, RemainingLength: MaxRemainingLength}, `30 FFFFFF7F`).breaks(ErrPacketTooLarge),
		refuses("packet-id", v, Client, "2.3.1-1", "no Packet Identifier at QoS 1", qos(1, 0), qos(1, 1), `32 [0001 61 0001]`),
		refuses("packet-id-at-qos-0", v, Client, "2.3.1-5", "a Packet Identifier at QoS 0", qos(0, 1), qos(0, 0), `30 [0001 61]`),
		refuses("dup-qos-0", v, Client, "3.3.1-2 4.3.1-1", "DUP at QoS 0", &Publish{Dup: true, TopicName: b("a")}, &Publish{Dup: true, QoS: 1, PacketID: 1, TopicName: b("a")}, `3A [0001 61 0001]`),
		refuses("qos-3", v, Client, "3.3.1-4 3.3.1.2", "QoS 3", qos(3, 1), qos(2, 1), `34 [0001 61 0001]`),
		refuses("topic-wildcard", v, Client, "3.3.2-2 4.7.1-1", "a topic with a wildcard", publish5("a/+"), publish5("a/*"), `30 ["a/*"]`),
		refuses("topic-empty", v, Client, "4.7.3-1", "an empty topic", publish5(""), publish5("/"), `30 ["/"]`),
		refuses("topic-long", v, Client, "4.7.3-3", "a topic of 65,536 bytes", &Publish{TopicName: as(65536)}, &Publish{TopicName: as(65535)}, "").breaks(ErrStringTooLong),
		refuses("filter-text", v, Client, "3.8.3-1 1.5.3-1", "a filter that is no UTF-8", subscribe("\xFF", 0), subscribe("é", 0), `82 [0001 "é" 00]`),
		refuses("filters-none", v, Client, "3.8.3-3", "a SUBSCRIBE of no filters", &Subscribe{PacketID: 1}, subscribe("a", 0), `82 [0001 "a" 00]`),
		refuses("qos-bits", v, Client, "3.8.3-4", "options of 5.0", subscribe("a", NoLocal), subscribe("a", 2), `82 [0001 "a" 02]`),
		refuses("filter-hash", v, Client, "4.7.1-2", "# that is no level", subscribe("a#", 0), subscribe("a/#", 0), `82 [0001 "a/#" 00]`),
		refuses("filter-plus", v, Client, "4.7.1-3", "+ that is no level", subscribe("+a", 0), subscribe("+/a", 0), `82 [0001 "+/a" 00]`),
		refuses("suback-code", v, Server, "3.9.3-2", "a code that SUBACK has not", &Suback{PacketID: 1, ReasonCodes: codes(0x87)}, &Suback{PacketID: 1, ReasonCodes: codes(0x80)}, `90 [0001 80]`),
		refuses("suback-none", v, Server, "3.9.3", "a SUBACK of no codes", &Suback{PacketID: 1}, &Suback{PacketID: 1, ReasonCodes: codes(0)}, `90 [0001 00]`),
		refuses("unsubscribe-text", v, Client, "3.10.3-1 1.5.3-1", "a filter that is no UTF-8", unsubscribe("\xFF"), unsubscribe("é"), `A2 [0001 "é"]`),
		refuses("unsubscribe-none", v, Client, "3.10.3-2", "an UNSUBSCRIBE of no filters", &Unsubscribe{PacketID: 1}, unsubscribe("a"), `A2 [0001 "a"]`),
	}
}

func connectValues31() []value {
	const v = MQTT31
	topic := b("t")
	will := func(w Will) *Connect { return &Connect{ClientID: b("a"), WillFlag: true, Will: w} }
	named := func(name string) *Connect { return &Connect{ClientID: b(name)} }
	return []value{
		always("protocol-name", v, Client, "3.1:a 3.1:b", "name and level come from the version", named("a"), `10 ["MQIsdp" 03 00 0000 "a"]`),
		always("will", v, Client, "3.1:d", "a Will has topic and message", will(Will{Topic: topic}), `10 ["MQIsdp" 03 04 0000 "a" "t" 0000]`),
		refuses("will-qos-3", v, Client, "3.1:e", "a Will at QoS 3", will(Will{QoS: 3, Topic: topic}), will(Will{QoS: 2, Topic: topic}), `10 ["MQIsdp" 03 14 0000 "a" "t" 0000]`),
		refuses("password-alone", v, Client, "3.1:g", "a Password without User Name", &Connect{ClientID: b("a"), Password: b("p")},
			&Connect{ClientID: b("a"), UserName: b("u"), Password: b("p")}, `10 ["MQIsdp" 03 C0 0000 "a" "u" "p"]`),
		refuses("client-id", v, Client, "3.1:i 3.1:j", "a Client Identifier of 24 characters", named("123456789012345678901234"), named("12345678901234567890123"), `10 ["MQIsdp" 03 00 0000 "12345678901234567890123"]`),
		refuses("client-id-empty", v, Client, "3.1:i 3.1:j", "no Client Identifier", named(""), named("a"), `10 ["MQIsdp" 03 00 0000 "a"]`),
		always("payload-order", v, Client, "3.1:k", "the payload has one order",
			&Connect{ClientID: b("c"), WillFlag: true, Will: Will{Topic: topic, Payload: b("w")}, UserName: b("u"), Password: b("p")}, `10 ["MQIsdp" 03 C4 0000 "c" "t" "w" "u" "p"]`),
		refuses("password", v, Client, "3.1:l 2.5:b", "a Password that is no text", &Connect{ClientID: b("a"), UserName: b("u"), Password: b("\xFF")},
			&Connect{ClientID: b("a"), UserName: b("u"), Password: b("é")}, `10 ["MQIsdp" 03 C0 0000 "a" "u" "é"]`),
		refuses("will-topic-wildcard", v, Client, "A:e", "a Will Topic with a wildcard", will(Will{Topic: b("#")}), will(Will{Topic: b("$")}), `10 ["MQIsdp" 03 04 0000 "a" "$" 0000]`),
		always("connack", v, Server, "3.2:a 3.2:c", "the unused byte is 0", &Connack{ReasonCode: 5}, `20 [00 05]`),
		refuses("return-code", v, Server, "3.2:b", "a return code that is reserved", &Connack{ReasonCode: 6}, &Connack{ReasonCode: 5}, `20 [00 05]`),
	}
}

func otherValues31() []value {
	const v = MQTT31
	qos := func(q QoS, id uint16) *Publish { return &Publish{QoS: q, PacketID: id, TopicName: b("a")} }
	subscribe := func(filter string, o SubscriptionOptions) *Subscribe {
		var s Subscriptions
		s.Add(b(filter), o)
		return &Subscribe{PacketID: 1, Subscriptions: s}
	}
	return []value{
		refuses("type", v, Client, "2.1:a", "an AUTH, whose type is reserved", new(Auth), new(Pingreq), `C0 00`),
		refuses("direction", v, Server, "2.1:g", "a DISCONNECT from a server", new(Disconnect), new(Pingresp), `D0 00`),
		refuses("length", v, Client, "2.1:d", "a Remaining Length of five bytes", headerOnly{Type: PacketPublish, RemainingLength: MaxRemainingLength + 1},
			headerOnly{Type: PacketPublish, RemainingLength: MaxRemainingLength}, `30 FFFFFF7F`).breaks(ErrPacketTooLarge),
		refuses("qos-3", v, Client, "2.1:b", "QoS 3", qos(3, 1), qos(2, 1), `34 [0001 61 0001]`),
		always("unused-bits", v, Client, "2.6 2.1:f 3.12", "unused bits are written as 0, and nothing follows the fields", new(Pingreq), `C0 00`),
		refuses("puback-reason", v, Client, "2.3 3.4", "a PUBACK with a reason code, for which there is no place", &Puback{PacketID: 1, ReasonCode: 0x80}, &Puback{PacketID: 1}, `40 [0001]`).breaks(ErrNotInVersion),
		always("pubrec", v, Client, "3.5", "a PUBREC is its Message ID", &Pubrec{PacketID: 1}, `50 [0001]`),
		always("pubrel", v, Client, "3.6:a 3.6:b", "a PUBREL is its Message ID, at QoS 1", &Pubrel{PacketID: 1}, `62 [0001]`),
		always("pubcomp", v, Client, "3.7", "a PUBCOMP is its Message ID", &Pubcomp{PacketID: 1}, `70 [0001]`),
		refuses("unsuback-codes", v, Server, "2.3 3.11", "an UNSUBACK with codes, for which there is no place", &Unsuback{PacketID: 1, ReasonCodes: codes(0)}, &Unsuback{PacketID: 1}, `B0 [0001]`).breaks(ErrNotInVersion),
		always("pingresp", v, Server, "3.13", "a PINGRESP has no content", new(Pingresp), `D0 00`),
		refuses("disconnect-reason", v, Client, "3.14", "a DISCONNECT with a reason code, for which there is no place", &Disconnect{ReasonCode: 4}, new(Disconnect), `E0 00`).breaks(ErrNotInVersion),
		refuses("packet-id-at-qos-0", v, Client, "2.4:a", "a Message ID at QoS 0", qos(0, 1), qos(0, 0), `30 [0001 61]`),
		refuses("packet-id", v, Client, "2.4:b", "no Message ID at QoS 1", qos(1, 0), qos(1, 1), `32 [0001 61 0001]`),
		refuses("topic-long", v, Client, "2.5:a A:f", "a topic of 65,536 bytes", &Publish{TopicName: as(65536)}, &Publish{TopicName: as(65535)}, "").breaks(ErrStringTooLong),
		refuses("topic-text", v, Client, "2.5:b", "a topic that is no text", publish5("\xE9"), publish5("é"), `30 ["é"]`),
		refuses("control", v, Client, "2.5:d", "a control character, where it is not wanted", publish5("\x7F"), publish5("~"), `30 ["~"]`).with(RejectControlCharacters),
		refuses("topic-wildcard", v, Client, "3.3:a A:e", "a topic with a wildcard", publish5("a/+"), publish5("a/*"), `30 ["a/*"]`),
		refuses("topic-empty", v, Client, "A:a 3.3:a", "an empty topic", publish5(""), publish5("/"), `30 ["/"]`),
		refuses("topic-null", v, Client, "A:d", "a topic with NUL", publish5("a\x00"), publish5("a\x01"), `30 [0002 6101]`),
		always("payload-none", v, Client, "3.3:b", "a payload may be empty", publish5("a"), `30 [0001 61]`),
		always("subscribe", v, Client, "3.8:a", "a SUBSCRIBE is sent at QoS 1", subscribe("a", 0), `82 [0001 "a" 00]`),
		refuses("filters-none", v, Client, "3.8:b", "a SUBSCRIBE of no topics", &Subscribe{PacketID: 1}, subscribe("a", 0), `82 [0001 "a" 00]`),
		refuses("options-qos-3", v, Client, "3.8:c", "QoS 3", subscribe("a", 3), subscribe("a", 2), `82 [0001 "a" 02]`),
		refuses("filter-hash", v, Client, "A:b", "# that is no level", subscribe("a#", 0), subscribe("a/#", 0), `82 [0001 "a/#" 00]`),
		refuses("filter-plus", v, Client, "A:c", "+ that is no level", subscribe("+a", 0), subscribe("+/a", 0), `82 [0001 "+/a" 00]`),
		refuses("suback-none", v, Server, "3.9:a", "a SUBACK of no codes", &Suback{PacketID: 1}, &Suback{PacketID: 1, ReasonCodes: codes(0)}, `90 [0001 00]`),
		refuses("suback-code", v, Server, "3.9:b", "granted QoS 3", &Suback{PacketID: 1, ReasonCodes: codes(3)}, &Suback{PacketID: 1, ReasonCodes: codes(2)}, `90 [0001 02]`),
		always("unsubscribe", v, Client, "3.10:a", "an UNSUBSCRIBE is sent at QoS 1", &Unsubscribe{PacketID: 1, TopicFilters: filters("a")}, `A2 [0001 "a"]`),
		refuses("unsubscribe-none", v, Client, "3.10:b", "an UNSUBSCRIBE of no topics", &Unsubscribe{PacketID: 1}, &Unsubscribe{PacketID: 1, TopicFilters: filters("a")}, `A2 [0001 "a"]`),
	}
}
