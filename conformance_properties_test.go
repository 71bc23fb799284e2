package mqttwire

import (
	"fmt"
	"strings"
)

// The property blocks. A block is described in the sections below its own: the first
// property in the section that ends in 2, and so on.

type propertyBlock struct {
	name       string
	section    string // of the block
	sender     Sender
	begin, end string       // of a packet around the block
	properties []PropertyID // by section
}

var explaining = []PropertyID{PropertyReasonString, PropertyUserProperty}

var propertyBlocks = []propertyBlock{
	{"CONNECT", "3.1.2.11", Client, `10 ["MQTT" 05 02 003C [`, `] ""]`, []PropertyID{
		PropertySessionExpiryInterval, PropertyReceiveMaximum, PropertyMaximumPacketSize, PropertyTopicAliasMaximum,
		PropertyRequestResponseInformation, PropertyRequestProblemInformation, PropertyUserProperty,
		PropertyAuthenticationMethod, PropertyAuthenticationData}},
	{"Will", "3.1.3.2", Client, `10 ["MQTT" 05 06 003C [] "" [`, `] "t" 0000]`, []PropertyID{
		PropertyWillDelayInterval, PropertyPayloadFormatIndicator, PropertyMessageExpiryInterval, PropertyContentType,
		PropertyResponseTopic, PropertyCorrelationData, PropertyUserProperty}},
	{"CONNACK", "3.2.2.3", Server, `20 [00 00 [`, `]]`, []PropertyID{
		PropertySessionExpiryInterval, PropertyReceiveMaximum, PropertyMaximumQoS, PropertyRetainAvailable,
		PropertyMaximumPacketSize, PropertyAssignedClientIdentifier, PropertyTopicAliasMaximum, PropertyReasonString,
		PropertyUserProperty, PropertyWildcardSubscriptionAvailable, PropertySubscriptionIdentifierAvailable,
		PropertySharedSubscriptionAvailable, PropertyServerKeepAlive, PropertyResponseInformation,
		PropertyServerReference, PropertyAuthenticationMethod, PropertyAuthenticationData}},
	{"PUBLISH", "3.3.2.3", Client, `30 [0001 61 [`, `]]`, []PropertyID{
		PropertyPayloadFormatIndicator, PropertyMessageExpiryInterval, PropertyTopicAlias, PropertyResponseTopic,
		PropertyCorrelationData, PropertyUserProperty, PropertySubscriptionIdentifier, PropertyContentType}},
	{"PUBACK", "3.4.2.2", Client, `40 [0001 00 [`, `]]`, explaining},
	{"PUBREC", "3.5.2.2", Client, `50 [0001 00 [`, `]]`, explaining},
	{"PUBREL", "3.6.2.2", Client, `62 [0001 00 [`, `]]`, explaining},
	{"PUBCOMP", "3.7.2.2", Client, `70 [0001 00 [`, `]]`, explaining},
	{"SUBSCRIBE", "3.8.2.1", Client, `82 [0001 [`, `] "a" 00]`, []PropertyID{PropertySubscriptionIdentifier, PropertyUserProperty}},
	{"SUBACK", "3.9.2.1", Server, `90 [0001 [`, `] 00]`, explaining},
	{"UNSUBSCRIBE", "3.10.2.1", Client, `A2 [0001 [`, `] "a"]`, []PropertyID{PropertyUserProperty}},
	{"UNSUBACK", "3.11.2.1", Server, `B0 [0001 [`, `] 00]`, explaining},
	{"DISCONNECT", "3.14.2.2", Client, `E0 [00 [`, `]]`, []PropertyID{
		PropertySessionExpiryInterval, PropertyReasonString, PropertyUserProperty, PropertyServerReference}},
	{"AUTH", "3.15.2.2", Client, `F0 [18 [`, `]]`, []PropertyID{
		PropertyAuthenticationMethod, PropertyAuthenticationData, PropertyReasonString, PropertyUserProperty}},
}

// lettered is the property sections that state more than one thing, with the letter of
// the rule on repeats and values in clauses.csv.
var lettered = map[string]string{
	"3.1.2.11.4": "a", "3.1.2.11.7": "a", "3.1.3.2.3": "a", "3.2.2.3.4": "a", "3.2.2.3.5": "a", "3.2.2.3.6": "a",
	"3.2.2.3.11": "a", "3.2.2.3.12": "a", "3.2.2.3.13": "a", "3.3.2.3.2": "b", "3.14.2.2.2": "a",
}

// clauseOf is the clause of property i of the block, as pairs write it.
func (b *propertyBlock) clauseOf(i int) string {
	section := fmt.Sprintf("%s.%d", b.section, i+2)
	if letter := lettered[section]; letter != "" {
		return section + ":" + letter
	}
	return section
}

// packet is a packet with this in its block.
func (b *propertyBlock) packet(properties string) string { return b.begin + properties + b.end }

// onWire is a value of each property at the edge of what it may be, and one beyond, if
// there is one that can be written.
func onWire(id PropertyID) (right, wrong string) {
	head := fmt.Sprintf("%02X", uint8(id))
	switch row := &propertyTable[id]; row.typ {
	case TypeByte:
		return head + "01", head + "02"
	case TypeTwoByteInteger:
		if row.nonZero {
			return head + "0001", head + "0000"
		}
		return head + "0000", ""
	case TypeFourByteInteger:
		if row.nonZero {
			return head + "00000001", head + "00000000"
		}
		return head + "FFFFFFFF", ""
	case TypeVariableByteInteger:
		return head + "01", head + "00"
	case TypeUTF8String:
		if id == PropertyResponseTopic {
			return head + `"r"`, ""
		}
		return head + `""`, head + `0001 FF`
	case TypeBinaryData:
		return head + "0000", ""
	}
	return head + `"" ""`, head + `"" 0001 FF`
}

// propertyPairs is the pairs for every property in every block, and for the blocks
// themselves.
func propertyPairs() (pairs []pair) {
	for i := range propertyBlocks {
		b := &propertyBlocks[i]
		for j, id := range b.properties {
			pairs = append(pairs, b.pairsOf(j, id)...)
		}
	}
	return append(pairs, blockPairs...)
}

// pairsOf is the pairs of one property in the block.
func (b *propertyBlock) pairsOf(i int, id PropertyID) (pairs []pair) {
	sender, with := b.sender, ""
	if id == PropertyAuthenticationData {
		with = `15 "m"`
	}
	if id == PropertySubscriptionIdentifier && b.name == "PUBLISH" {
		sender = Server
	}
	if b.name == "AUTH" && id != PropertyAuthenticationMethod {
		with = `15 "m"`
	}
	right, wrong := onWire(id)
	name := strings.ToLower(strings.ReplaceAll(id.String(), " ", "-"))
	if b.name == "Will" {
		name = "will-" + strings.TrimPrefix(name, "will-")
	}
	clause := b.clauseOf(i)
	what := b.name + ", " + id.String()
	add := func(name, clauses, says, right, wrong string) {
		pairs = append(pairs, at(name, MQTT5, sender, clauses, says, b.packet(with+right), wrong))
	}
	switch {
	case id == PropertyUserProperty:
		add(name+"-twice", "3.1.2.11.8", what+": twice, the same / ", right+right, "")
	case id == PropertySubscriptionIdentifier && b.name == "PUBLISH":
	default:
		add(name+"-twice", clause, what+": once / twice", right, b.packet(with+right+right))
	}
	switch {
	case wrong == "" || id == PropertyTopicAlias:
	case id.Type() == TypeUTF8String || id.Type() == TypeUTF8StringPair:
		clauses := "2.2.2.2:b 1.5.4-1 1.5.4:a"
		if id.Type() == TypeUTF8StringPair {
			clauses += " 1.5.7-1 1.5.7"
		}
		add(name+"-text", clauses, what+": a string / no UTF-8", right, b.packet(with+wrong))
	case id == PropertyPayloadFormatIndicator:
		section, _, _ := strings.Cut(clause, ":")
		add(name+"-value", section+":c", what+": 1 / 2", right, b.packet(with+wrong))
	default:
		add(name+"-value", clause, what+": at the edge / beyond it", right, b.packet(with+wrong))
	}
	return pairs
}

var blockPairs = []pair{
	at("property-unknown", MQTT5, Client, "2.2.2.2:a", "Property identifier: 2A or below that the packet has / 2B, nobody's", `40 [0001 00 [1F ""]]`, `40 [0001 00 [2B 00]]`),
	at("property-gap", MQTT5, Client, "2.2.2.2:a", "Property identifier: 01 / 04, not assigned", `30 [0001 61 [0100]]`, `30 [0001 61 [0400]]`),
	at("property-zero", MQTT5, Client, "2.2.2.2:a", "Property identifier: 01 / 00, not assigned", `30 [0001 61 [0100]]`, `30 [0001 61 [0000]]`),
	at("property-misplaced", MQTT5, Client, "2.2.2.2:a", "PUBACK: with a Reason String / with an Assigned Client Identifier", `40 [0001 00 [1F ""]]`, `40 [0001 00 [12 ""]]`),
	at("property-misplaced", MQTT5, Client, "2.2.2.2:a", "UNSUBSCRIBE: with a User Property / with a Reason String", `A2 [0001 [26 "" ""] "a"]`, `A2 [0001 [1F ""] "a"]`),
	at("property-misplaced", MQTT5, Client, "2.2.2.2:a", "SUBSCRIBE: with a User Property / with a Topic Alias", `82 [0001 [26 "" ""] "a" 00]`, `82 [0001 [23 0001] "a" 00]`),
	at("property-misplaced-will", MQTT5, Client, "2.2.2.2:a", "Will Delay Interval: in the Will Properties / in those of the CONNECT",
		`10 ["MQTT" 05 06 003C [] "" [18 00000000] "t" 0000]`, `10 ["MQTT" 05 06 003C [18 00000000] "" [] "t" 0000]`),
	at("property-misplaced-publish", MQTT5, Client, "2.2.2.2:a", "PUBLISH: without / with a Will Delay Interval", `30 [0001 61 []]`, `30 [0001 61 [18 00000000]]`),
	at("property-identifier-overlong", MQTT5, Client, "2.2.2.2:c 1.5.5-1", "Property identifier 01: in one byte / in two", `30 [0001 61 [01 01]]`, `30 [0001 61 [8100 01]]`),
	at("property-cut", MQTT5, Client, "2.2.2.2:b 1.2 2.2.2.1", "Message Expiry Interval: of four bytes / of three, and the block ends", `30 [0001 61 [02 00000001]]`, `30 [0001 61 [02 000000] 01]`),
	at("property-crosses", MQTT5, Client, "2.2.2.1 1.5.4:d 1.2 2.2.2.2:b", "A string at the end of the block: inside / reaching over its end into the payload", `30 [0001 61 [03 "ab"]]`, `30 [0001 61 [03 0002 61] 62]`),
	at("property-length", MQTT5, Client, "2.2.2.1 1.2", "Property Length: up to the end of the packet / one beyond", `40 [0001 00 03 1F 0000]`, `40 [0001 00 04 1F 0000]`),
	at("property-length-overlong", MQTT5, Client, "1.5.5-1", "Property Length 0: in one byte / in two", `30 [0001 61 00]`, `30 [0001 61 8000]`),
	at("property-length-five", MQTT5, Client, "1.5.5 2.2.2.1", "Property Length: of two bytes / of five",
		`30 [0001 61 8001 03 007D 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']`,
		`30 [0001 61 8080808001 00]`),
	at("properties-order", MQTT5, Client, "2.2.2.2:d", "Properties: in the order of the identifiers / ", `30 [0001 61 [0101 02 00000000 03 "t"]]`, ``),
	at("properties-other-order", MQTT5, Client, "2.2.2.2:d", "Properties: in the opposite order / ", `30 [0001 61 [03 "t" 02 00000000 0101]]`, ``),
	at("numbers-least", MQTT5, Client, "3.1.2.11.2 3.1.2.11.5 3.1.2.11.6 3.1.2.11.7:a", "CONNECT, numbers: the least that they may be / ",
		`10 ["MQTT" 05 02 003C [11 00000000 21 0001 22 0000 27 00000001 17 00 19 00] ""]`, ``),
	at("numbers-most", MQTT5, Client, "3.1.2.11.3 3.1.2.11.4:a 3.1.2.11.5", "CONNECT, numbers: the most that they may be / ",
		`10 ["MQTT" 05 02 003C [11 FFFFFFFF 21 FFFF 22 FFFF 27 FFFFFFFF 17 01 19 01] ""]`, ``),
	at("numbers-least", MQTT5, Client, "3.3.2.3.2:c 3.3.2.3.3 3.3.2.3.4", "PUBLISH, numbers: the least that they may be / ", `30 [0001 61 [01 00 02 00000000 23 0001]]`, ``),
	at("numbers-most", MQTT5, Client, "3.3.2.3.2:c 3.3.2.3.3 3.3.2.3.4", "PUBLISH, numbers: the most that they may be / ", `30 [0001 61 [01 01 02 FFFFFFFF 23 FFFF]]`, ``),
	at("will-numbers-least", MQTT5, Client, "3.1.3.2.2 3.1.3.2.3:c 3.1.3.2.4", "Will, numbers: the least that they may be / ",
		`10 ["MQTT" 05 06 003C [] "" [18 00000000 01 00 02 00000000] "t" 0000]`, ``),
	at("property-length-counts", MQTT5, Client, "2.2.2.1 1.2", "Property Length: of the properties, without itself / counting itself too, one byte too many",
		`30 [0001 61 02 0101]`, `30 [0001 61 03 0101]`),
}
