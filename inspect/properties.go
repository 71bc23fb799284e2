package inspect

import (
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

// blockTable says in which section each property of a block is described: the
// first in the section that ends in 2, and so on. 5.0 sections 3.1.2.11 to 3.15.2.2.
var blockTable = [16]struct {
	section    string
	properties []mqttwire.PropertyID
}{
	mqttwire.PacketConnect: {"3.1.2.11", []mqttwire.PropertyID{
		mqttwire.PropertySessionExpiryInterval, mqttwire.PropertyReceiveMaximum, mqttwire.PropertyMaximumPacketSize,
		mqttwire.PropertyTopicAliasMaximum, mqttwire.PropertyRequestResponseInformation,
		mqttwire.PropertyRequestProblemInformation, mqttwire.PropertyUserProperty,
		mqttwire.PropertyAuthenticationMethod, mqttwire.PropertyAuthenticationData}},
	willBlock: {"3.1.3.2", []mqttwire.PropertyID{
		mqttwire.PropertyWillDelayInterval, mqttwire.PropertyPayloadFormatIndicator,
		mqttwire.PropertyMessageExpiryInterval, mqttwire.PropertyContentType, mqttwire.PropertyResponseTopic,
		mqttwire.PropertyCorrelationData, mqttwire.PropertyUserProperty}},
	mqttwire.PacketConnack: {"3.2.2.3", []mqttwire.PropertyID{
		mqttwire.PropertySessionExpiryInterval, mqttwire.PropertyReceiveMaximum, mqttwire.PropertyMaximumQoS,
		mqttwire.PropertyRetainAvailable, mqttwire.PropertyMaximumPacketSize,
		mqttwire.PropertyAssignedClientIdentifier, mqttwire.PropertyTopicAliasMaximum,
		mqttwire.PropertyReasonString, mqttwire.PropertyUserProperty,
		mqttwire.PropertyWildcardSubscriptionAvailable, mqttwire.PropertySubscriptionIdentifierAvailable,
		mqttwire.PropertySharedSubscriptionAvailable, mqttwire.PropertyServerKeepAlive,
		mqttwire.PropertyResponseInformation, mqttwire.PropertyServerReference,
		mqttwire.PropertyAuthenticationMethod, mqttwire.PropertyAuthenticationData}},
	mqttwire.PacketPublish: {"3.3.2.3", []mqttwire.PropertyID{
		mqttwire.PropertyPayloadFormatIndicator, mqttwire.PropertyMessageExpiryInterval,
		mqttwire.PropertyTopicAlias, mqttwire.PropertyResponseTopic, mqttwire.PropertyCorrelationData,
		mqttwire.PropertyUserProperty, mqttwire.PropertySubscriptionIdentifier, mqttwire.PropertyContentType}},
	mqttwire.PacketPuback:  {"3.4.2.2", explanation},
	mqttwire.PacketPubrec:  {"3.5.2.2", explanation},
	mqttwire.PacketPubrel:  {"3.6.2.2", explanation},
	mqttwire.PacketPubcomp: {"3.7.2.2", explanation},
	mqttwire.PacketSubscribe: {"3.8.2.1", []mqttwire.PropertyID{
		mqttwire.PropertySubscriptionIdentifier, mqttwire.PropertyUserProperty}},
	mqttwire.PacketSuback:      {"3.9.2.1", explanation},
	mqttwire.PacketUnsubscribe: {"3.10.2.1", []mqttwire.PropertyID{mqttwire.PropertyUserProperty}},
	mqttwire.PacketUnsuback:    {"3.11.2.1", explanation},
	mqttwire.PacketDisconnect: {"3.14.2.2", []mqttwire.PropertyID{
		mqttwire.PropertySessionExpiryInterval, mqttwire.PropertyReasonString, mqttwire.PropertyUserProperty,
		mqttwire.PropertyServerReference}},
	mqttwire.PacketAuth: {"3.15.2.2", []mqttwire.PropertyID{
		mqttwire.PropertyAuthenticationMethod, mqttwire.PropertyAuthenticationData, mqttwire.PropertyReasonString,
		mqttwire.PropertyUserProperty}},
}

var explanation = []mqttwire.PropertyID{mqttwire.PropertyReasonString, mqttwire.PropertyUserProperty}

// sectionOf is the section that describes a property in a block, or the one that
// says which properties there are.
func sectionOf(block mqttwire.PacketType, id mqttwire.PropertyID) string {
	for i, p := range blockTable[block].properties {
		if p == id {
			return blockTable[block].section + "." + strconv.Itoa(i+2)
		}
	}
	return "2.2.2.2"
}

// identifierRules hold for the identifier of every property. 5.0 section 2.2.2.2.
var identifierRules = []rule{
	must(propertyAssigned, malformed, "2.2.2.2", "", ""),
	must(propertyAllowed, malformed, "2.2.2.2", "", ""),
	must(propertyOfSender(mqttwire.PacketPublish), protocolError, "3.3.4-6", "", ""),
	must(propertyOfSender(mqttwire.PacketDisconnect), protocolError, "3.14.2-2", "", ""),
	must(propertyOnce, protocolError, ownSection, "", ""),
}

// isBoolean is the rule for properties of type Byte, which are 0 or 1.
var isBoolean = []rule{must(atMost(1), protocolError, ownSection, "", "")}

// isPositive is the rule for numbers that have no 0.
var isPositive = []rule{must(notZero, protocolError, ownSection, "", "")}

// valueRules is what the values of properties are held against, besides the rules
// of their data type.
var valueRules = map[mqttwire.PropertyID][]rule{
	mqttwire.PropertyPayloadFormatIndicator:          isBoolean,
	mqttwire.PropertyRequestProblemInformation:       isBoolean,
	mqttwire.PropertyRequestResponseInformation:      isBoolean,
	mqttwire.PropertyMaximumQoS:                      isBoolean,
	mqttwire.PropertyRetainAvailable:                 isBoolean,
	mqttwire.PropertyWildcardSubscriptionAvailable:   isBoolean,
	mqttwire.PropertySubscriptionIdentifierAvailable: isBoolean,
	mqttwire.PropertySharedSubscriptionAvailable:     isBoolean,
	mqttwire.PropertyReceiveMaximum:                  isPositive,
	mqttwire.PropertyMaximumPacketSize:               isPositive,
	mqttwire.PropertySubscriptionIdentifier:          isPositive,
	mqttwire.PropertyTopicAlias: {
		must(notZero, mqttwire.ReasonTopicAliasInvalid, "3.3.2-8", "", "")},
	mqttwire.PropertyResponseTopic: topicName("4.7.3-1", "3.3.2-14", ""),
}

// propertyFields is how the value of a property is laid out, by its data type.
// Wireshark has a key of their own for three of them.
func propertyFields(id mqttwire.PropertyID) []field {
	f := field{name: id.String(), rules: valueRules[id], key: "mqtt.prop_number", lengthKey: "mqtt.prop_string_len",
		secret: id == mqttwire.PropertyAuthenticationData, meaning: propertyMeanings[id]}
	switch id {
	case mqttwire.PropertyContentType:
		f.key, f.lengthKey = "mqtt.property.content_type", "mqtt.property.content_type_len"
	case mqttwire.PropertyMaximumQoS:
		f.key = "mqtt.property.max_qos"
	case mqttwire.PropertyTopicAlias:
		f.key = "mqtt.property.topic_alias"
	default:
		if t := id.Type(); t == mqttwire.TypeUTF8String || t == mqttwire.TypeBinaryData {
			f.key = "mqtt.prop_string"
		}
	}
	switch id.Type() {
	case mqttwire.TypeByte:
		f.typ = oneByte
	case mqttwire.TypeTwoByteInteger:
		f.typ = twoBytes
	case mqttwire.TypeFourByteInteger:
		f.typ = fourBytes
	case mqttwire.TypeVariableByteInteger:
		f.typ = variable
	case mqttwire.TypeUTF8String:
		f.typ = utf8String
	case mqttwire.TypeBinaryData:
		f.typ = binaryData
	case mqttwire.TypeUTF8StringPair:
		return []field{
			{name: f.name + " Name", key: "mqtt.prop_key", lengthKey: "mqtt.prop_key_len", typ: utf8String},
			{name: f.name + " Value", key: "mqtt.prop_value", lengthKey: "mqtt.prop_value_len", typ: utf8String}}
	}
	return []field{f}
}
