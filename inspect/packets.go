package inspect

import (
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// 5.0 and 3.1.1 section 3.1, 3.1 section 3.1.
var connect = packet{
	flags: zeroFlags("2.1.3-1", "2.2.2-2"),
	fields: []field{
		{name: "Protocol Name", key: "mqtt.protoname", typ: utf8String, lengthKey: "mqtt.proto_len", rules: []rule{
			must(nameIsMQTT, mqttwire.ReasonUnsupportedProtocolVersion, "3.1.2-1", "3.1.2-1", "3.1").always(),
			must(nameOfLevel, mqttwire.ReasonUnsupportedProtocolVersion, "3.1.2-1", "3.1.2-1", "3.1").
				returns(mqttwire.ReturnUnacceptableProtocolVersion).unless(mqttwire.AllowLevelMismatch)}},
		{name: "Protocol Version", key: "mqtt.ver", typ: oneByte, in: mqtt31 | mqtt5, meaning: levelMeaning, rules: []rule{level}},
		{name: "Protocol Level", key: "mqtt.ver", typ: oneByte, in: mqtt311, meaning: levelMeaning, rules: []rule{level}},
		{name: "Connect Flags", key: "mqtt.conflags", typ: oneCode, bits: []bits{
			{mask: 0x80, name: "User Name Flag", key: "mqtt.conflag.uname"},
			{mask: 0x40, name: "Password Flag", key: "mqtt.conflag.passwd", rules: []rule{
				must(userNameToo, malformed, "", "3.1.2-22", "3.1").unless(mqttwire.AllowPasswordWithoutUserName)}},
			{mask: 0x20, name: "Will Retain", key: "mqtt.conflag.retain", rules: []rule{
				must(zeroWithoutWill, malformed, "3.1.2-13", "3.1.2-15", "")}},
			{mask: 0x18, name: "Will QoS", key: "mqtt.conflag.qos", meaning: qosMeaning, rules: []rule{
				must(zeroWithoutWill, malformed, "3.1.2-11", "3.1.2-13", ""),
				must(willQoS, malformed, "3.1.2-12", "3.1.2-14", "3.1")}},
			{mask: 0x04, name: "Will Flag", key: "mqtt.conflag.willflag"},
			{mask: 0x02, name: "Clean Start", key: "mqtt.conflag.cleansess", in: mqtt5},
			{mask: 0x02, name: "Clean Session", key: "mqtt.conflag.cleansess", in: mqtt3},
			{mask: 0x01, name: "Reserved", key: "mqtt.conflag.reserved", rules: []rule{
				must(be(0), malformed, "3.1.2-3", "3.1.2-3", "")}},
		}},
		{name: "Keep Alive", key: "mqtt.kalive", typ: twoBytes, meaning: keepAliveMeaning},
		{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, block: mqttwire.PacketConnect,
			missing: clauses{v5: "2.2.2-1"}, rules: []rule{
				must(dataNeedsMethod, protocolError, "3.1.2.11.10", "", "")}},

		{name: "Client Identifier", key: "mqtt.clientid", typ: utf8String, lengthKey: "mqtt.clientid_len",
			missing: clauses{"3.1.3-3", "3.1.3-3", "3.1"}, rules: []rule{
				must(cleanIfEmpty, mqttwire.ReasonClientIdentifierNotValid, "", "3.1.3-8", "").
					returns(mqttwire.ReturnIdentifierRejected),
				must(notEmpty, mqttwire.ReasonClientIdentifierNotValid, "", "", "3.1").
					returns(mqttwire.ReturnIdentifierRejected),
				must(atMost23, mqttwire.ReasonClientIdentifierNotValid, "", "", "3.1").
					returns(mqttwire.ReturnIdentifierRejected).unless(mqttwire.AllowLongClientID)}},
		{name: "Will Properties", key: "mqtt.will_properties", typ: properties, in: mqtt5, block: willBlock,
			when: "mqtt.conflag.willflag", missing: clauses{v5: "3.1.2-9"}},
		{name: "Will Topic", key: "mqtt.willtopic", typ: utf8String, lengthKey: "mqtt.willtopic_len",
			when: "mqtt.conflag.willflag", missing: clauses{"3.1.2-9", "3.1.2-9", "3.1"},
			rules: topicName("4.7.3-1", "4.7.0-1", "4.7.1-1")},
		{name: "Will Payload", key: "mqtt.willmsg", typ: binaryData, lengthKey: "mqtt.willmsg_len", in: mqtt5,
			when: "mqtt.conflag.willflag", missing: clauses{v5: "3.1.2-9"}, rules: []rule{
				must(textIfPromised(willBlock), mqttwire.ReasonPayloadFormatInvalid, "3.1.3.2.3", "", "").
					only(mqttwire.RejectInvalidPayload)}},
		{name: "Will Message", key: "mqtt.willmsg", typ: binaryData, lengthKey: "mqtt.willmsg_len", in: mqtt3,
			when: "mqtt.conflag.willflag", missing: clauses{"", "3.1.2-9", "3.1"}},
		// 3.1 section 3.1: where flags and Remaining Length disagree, the length is right
		{name: "User Name", key: "mqtt.username", typ: utf8String, lengthKey: "mqtt.username_len",
			when: "mqtt.conflag.uname", optional: mqtt31, missing: clauses{"3.1.2-17", "3.1.2-19", ""}},
		{name: "Password", key: "mqtt.passwd", typ: binaryData, lengthKey: "mqtt.passwd_len", in: mqtt311 | mqtt5, secret: true,
			when: "mqtt.conflag.passwd", missing: clauses{"3.1.2-19", "3.1.2-21", ""}},
		{name: "Password", key: "mqtt.passwd", typ: utf8String, lengthKey: "mqtt.passwd_len", in: mqtt31, secret: true,
			when: "mqtt.conflag.passwd", optional: mqtt31},
	},
}

var level = must(protocolLevel, mqttwire.ReasonUnsupportedProtocolVersion, "3.1.2-2", "3.1.2-2", "3.1").
	returns(mqttwire.ReturnUnacceptableProtocolVersion).always()

// 5.0 and 3.1.1 section 3.2, 3.1 section 3.2.
var connack = packet{
	flags:  zeroFlags("2.1.3-1", "2.2.2-2"),
	length: lengthMustBe(2, "", "3.2.1", "3.2"),
	fields: []field{
		{name: "Connect Acknowledge Flags", key: "mqtt.conack.flags", typ: oneCode, in: mqtt311 | mqtt5, bits: []bits{
			{mask: 0xFE, name: "Reserved", key: "mqtt.conack.flags.reserved", rules: []rule{
				must(be(0), malformed, "3.2.2-1", "3.2.2.1", "")}},
			{mask: 0x01, name: "Session Present", key: "mqtt.conack.flags.sp"},
		}},
		{name: "Reserved", key: "mqtt.conack.flags.reserved", typ: oneByte, in: mqtt31},
		{name: "Connect Reason Code", key: "mqtt.connack.reason_code", typ: oneCode, in: mqtt5, meaning: codeMeaning, rules: []rule{
			knownCode("3.2.2-8", "", ""),
			must(noSessionPresent, protocolError, "3.2.2-6", "", "")}},
		{name: "Connect Return code", key: "mqtt.conack.val", typ: oneCode, in: mqtt3, meaning: codeMeaning, rules: []rule{
			knownCode("", "3.2.2.3", "3.2"),
			must(noSessionPresent, protocolError, "", "3.2.2-4", "")}},
		{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, block: mqttwire.PacketConnack,
			missing: clauses{v5: "2.2.2-1"}},
	},
}

// older is the CONNACK that a server of an older version answers to a CONNECT of
// 5.0. 3.1.1 section 3.2.
var older = []field{
	connack.fields[0],
	{name: "Connect Return code", key: "mqtt.conack.val", typ: oneCode, meaning: codeMeaning, rules: []rule{
		must(fromOlder, mqttwire.ReasonUnsupportedProtocolVersion, "3.1.2-2", "", ""),
		must(noSessionPresent, protocolError, "3.2.2-6", "", "")}},
}

// 5.0 and 3.1.1 section 3.3, 3.1 section 3.3.
var publish = packet{
	flags: []bits{
		{mask: 0x08, name: "DUP flag", key: "mqtt.dupflag", rules: []rule{
			must(zeroAtQoS0, malformed, "3.3.1-2", "3.3.1-2", "").unless(mqttwire.AllowDupQoS0)}},
		{mask: 0x06, name: "QoS level", key: "mqtt.qos", meaning: qosMeaning, rules: []rule{
			must(atMost(2), malformed, "3.3.1-4", "3.3.1-4", "2.1")}},
		{mask: 0x01, name: "RETAIN", key: "mqtt.retain"},
	},
	fields: []field{
		{name: "Topic Name", key: "mqtt.topic", typ: utf8String, lengthKey: "mqtt.topic_len",
			rules: topicName("", "3.3.2-2", "3.3.2-2")},
		{name: "Packet Identifier", key: "mqtt.msgid", typ: twoBytes, in: mqtt311 | mqtt5, when: "mqtt.qos", rules: []rule{
			must(by(mqttwire.Server, notZero), protocolError, "2.2.1-4", "2.3.1-1", ""),
			must(by(mqttwire.Client, notZero), protocolError, "2.2.1-3", "2.3.1-1", "")}},
		{name: "Message ID", key: "mqtt.msgid", typ: twoBytes, in: mqtt31, when: "mqtt.qos", rules: []rule{
			must(notZero, protocolError, "", "", "2.4")}},
		{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, block: mqttwire.PacketPublish,
			missing: clauses{v5: "2.2.2-1"}, rules: []rule{
				must(topicOrAlias, protocolError, "3.3.2.1", "", "")}},
		{name: "Payload", key: "mqtt.msg", typ: toTheEnd, rules: []rule{
			must(textIfPromised(mqttwire.PacketPublish), mqttwire.ReasonPayloadFormatInvalid, "3.3.2.3.2", "", "").
				only(mqttwire.RejectInvalidPayload)}},
	},
}

// acknowledgement is PUBACK, PUBREC, PUBREL or PUBCOMP. 5.0, 3.1.1 and 3.1 sections
// 3.4 to 3.7.
func acknowledgement(t mqttwire.PacketType, flags []bits, section, codes string) packet {
	repeated := "2.3.1-6"
	if t == mqttwire.PacketPubcomp { // which that statement forgets
		repeated = "3.7.2"
	}
	return packet{
		flags:  flags,
		length: lengthMustBe(2, "", section+".1", section),
		fields: append(identified("2.2.1-5", repeated),
			field{name: "Reason Code", key: "mqtt." + strings.ToLower(t.String()) + ".reason_code", typ: oneCode, in: mqtt5, optional: mqtt5,
				meaning: codeMeaning, rules: []rule{knownCode(codes, "", "")}},
			field{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, optional: mqtt5, block: t}),
	}
}

// identified is the Packet Identifier of all packets but PUBLISH.
func identified(v5, v311 string) []field {
	return []field{
		{name: "Packet Identifier", key: "mqtt.msgid", typ: twoBytes, in: mqtt311 | mqtt5, rules: []rule{
			must(notZero, protocolError, v5, v311, "")}},
		{name: "Message ID", key: "mqtt.msgid", typ: twoBytes, in: mqtt31, rules: []rule{
			must(notZero, protocolError, "", "", "2.4")}},
	}
}

// withProperties is a packet that begins with an identifier and Properties.
func withProperties(t mqttwire.PacketType, v5, v311 string, payload ...field) []field {
	fields := append(identified(v5, v311), field{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5,
		block: t, missing: clauses{v5: "2.2.2-1"}})
	return append(fields, payload...)
}

// 5.0, 3.1.1 and 3.1 section 3.8.
var subscribe = packet{
	flags: request("3.8.1-1", "3.8.1-1", "3.8", 0),
	fields: withProperties(mqttwire.PacketSubscribe, "2.2.1-3", "2.3.1-1",
		field{name: "Topic Filters", key: "mqtt.subscriptions", typ: listOf, rules: []rule{
			must(notEmptyList, protocolError, "3.8.3-2", "3.8.3-3", "3.8")},
			of: []field{
				{name: "Topic Filter", key: "mqtt.topic", typ: utf8String, lengthKey: "mqtt.topic_len", rules: topicFilter},
				{name: "Subscription Options", key: "mqtt.subscription_options", typ: oneCode, in: mqtt5, bits: []bits{
					{mask: 0xC0, name: "Reserved", key: "mqtt.subscription_options_reserved", rules: []rule{
						must(be(0), malformed, "3.8.3-5", "", "")}},
					{mask: 0x30, name: "Retain Handling", key: "mqtt.subscription_options_retain", meaning: retainMeaning,
						rules: []rule{must(atMost(2), protocolError, "3.8.3.1", "", "")}},
					{mask: 0x08, name: "Retain As Published", key: "mqtt.subscription_options_rap"},
					{mask: 0x04, name: "No Local", key: "mqtt.subscription_options_nl", rules: []rule{
						must(notIfShared, protocolError, "3.8.3-4", "", "")}},
					{mask: 0x03, name: "Maximum QoS", key: "mqtt.subscription_options_qos", meaning: qosMeaning,
						rules: []rule{must(atMost(2), protocolError, "3.8.3.1", "", "")}},
				}},
				{name: "Requested QoS", key: "mqtt.sub.qos", typ: oneByte, in: mqtt3, meaning: lowQoSMeaning, rules: []rule{
					must(highBitsZero, malformed, "", "3.8.3-4", ""),
					must(qosInLowBits, protocolError, "", "3.8.3-4", "3.8")}},
			}}),
}

// 5.0, 3.1.1 and 3.1 section 3.9.
var suback = packet{
	flags: ackFlags(),
	fields: withProperties(mqttwire.PacketSuback, "2.2.1-6", "2.3.1-7",
		field{name: "Reason Codes", key: "mqtt.codes", typ: listOf, in: mqtt5, rules: []rule{
			must(notEmptyList, protocolError, "2.4", "", "")},
			of: []field{
				{name: "Reason Code", key: "mqtt.suback.reason_code", typ: oneCode, meaning: codeMeaning,
					rules: []rule{knownCode("3.9.3-2", "", "")}}}},
		field{name: "Return Codes", key: "mqtt.codes", typ: listOf, in: mqtt3, rules: []rule{
			must(notEmptyList, protocolError, "", "3.9.3", "3.9")},
			of: []field{
				{name: "Return Code", key: "mqtt.suback.qos", typ: oneCode, in: mqtt311, meaning: codeMeaning,
					rules: []rule{knownCode("", "3.9.3-2", "")}},
				{name: "Granted QoS", key: "mqtt.suback.qos", typ: oneByte, in: mqtt31, meaning: lowQoSMeaning,
					rules: []rule{knownCode("", "", "3.9")}}}}),
}

// 5.0, 3.1.1 and 3.1 section 3.10.
var unsubscribe = packet{
	flags: request("3.10.1-1", "3.10.1-1", "3.10", 0),
	fields: withProperties(mqttwire.PacketUnsubscribe, "2.2.1-3", "2.3.1-1",
		field{name: "Topic Filters", key: "mqtt.unsubscriptions", typ: listOf, rules: []rule{
			must(notEmptyList, protocolError, "3.10.3-2", "3.10.3-2", "3.10")},
			of: []field{
				{name: "Topic Filter", key: "mqtt.topic", typ: utf8String, lengthKey: "mqtt.topic_len", rules: topicFilter}}}),
}

// 5.0, 3.1.1 and 3.1 section 3.11.
var unsuback = packet{
	flags:  ackFlags(),
	length: lengthMustBe(2, "", "3.11.1", "3.11"),
	fields: withProperties(mqttwire.PacketUnsuback, "2.2.1-6", "2.3.1-7",
		field{name: "Reason Codes", key: "mqtt.codes", typ: listOf, in: mqtt5, rules: []rule{
			must(notEmptyList, protocolError, "2.4", "", "")},
			of: []field{
				{name: "Reason Code", key: "mqtt.unsuback.reason_code", typ: oneCode, meaning: codeMeaning,
					rules: []rule{knownCode("3.11.3-2", "", "")}}}}),
}

// 5.0, 3.1.1 and 3.1 section 3.14.
var disconnect = packet{
	flags:  zeroFlags("3.14.1-1", "3.14.1-1"),
	length: lengthMustBe(0, "", "3.14.1", "3.14"),
	fields: []field{
		{name: "Disconnect Reason Code", key: "mqtt.disconnect.reason_code", typ: oneCode, in: mqtt5, optional: mqtt5,
			meaning: codeMeaning, rules: []rule{knownCode("3.14.2-1", "", "")}},
		{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, optional: mqtt5, block: mqttwire.PacketDisconnect},
	},
}

// 5.0 section 3.15. Section 3.15.2.1 lets an AUTH be empty, section 3.15.2.2.2 demands
// a method of each: by default the first counts, for the empty one only.
var auth = packet{
	flags: zeroFlags("3.15.1-1", ""),
	fields: []field{
		{name: "Authenticate Reason Code", key: "mqtt.auth.reason_code", typ: oneCode, in: mqtt5, optional: mqtt5,
			meaning: codeMeaning, rules: []rule{knownCode("3.15.2-1", "", "")}},
		{name: "Properties", key: "mqtt.properties", typ: properties, in: mqtt5, block: mqttwire.PacketAuth,
			missing: clauses{v5: "3.15.2.2.1"}, rules: []rule{
				must(methodIfSent, protocolError, "3.15.2.2.2", "", ""),
				must(methodIfImplied, protocolError, "3.15.2.2.2", "", "").only(mqttwire.RejectEmptyAuth)}},
	},
}
