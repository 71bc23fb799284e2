package inspect

import "github.com/seed-2c1fe983/mqttwire"

// The packets as tables. A row is a field in the order of the wire; names, keys
// and clauses are those of the specifications, so that a table can be read beside
// the chapter that it comes from. scan.go reads packets by these tables.

// dataType is how a field is written, 5.0 section 1.5.
type dataType uint8

const (
	oneByte    dataType = iota + 1 // as a number, or as bits
	oneCode                        // one byte that is shown in hexadecimal
	twoBytes                       // big-endian
	fourBytes                      // big-endian
	variable                       // Variable Byte Integer
	utf8String                     // two bytes of length, then text
	binaryData                     // two bytes of length, then bytes
	toTheEnd                       // all the bytes that are left
	properties                     // Property Length, then properties
	listOf                         // elements to the end of the packet
)

// field is a row of a packet's table.
type field struct {
	name string // the specification's
	key  string // Wireshark's; that of a length is lengthKey
	typ  dataType

	in       versions // which versions have it
	when     string   // it is there only if the bits of this key are not 0
	optional versions // where the packet may end before it, and what follows it

	lengthKey string                         // of utf8String and binaryData
	bits      []bits                         // what single bits mean
	block     mqttwire.PacketType            // of properties: whose they are, or willBlock
	of        []field                        // of listOf: the fields of an element
	secret    bool                           // never to be shown
	meaning   func(s *scan, n uint64) string // what the value stands for
	missing   clauses                        // what is broken if the packet ends before it
	rules     []rule                         // what the value is held against
}

// bits is a row of the table of a byte's bits.
type bits struct {
	mask    uint8
	name    string
	key     string
	in      versions
	meaning func(s *scan, n uint64) string
	rules   []rule
}

// packet is the grammar of a packet type: what is in its fixed header besides the
// type, and what follows.
type packet struct {
	flags  []bits // bits 3 to 0 of byte 1
	length []rule // for the Remaining Length
	fields []field
}

// willBlock is, among the blocks of properties, the Will Properties of a CONNECT.
// The others go by their packet type.
const willBlock mqttwire.PacketType = 0

// reserved is flags that say nothing. Where they have to have a value, in 3.1.1 and
// 5.0, rules say which; in 3.1 they are unused, and unused bits are not looked at.
func reserved(rules ...rule) []bits {
	return []bits{{mask: 0x0F, name: "Reserved", key: "mqtt.hdr_reserved", rules: rules}}
}

// request is the flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE: 3.1.1 and 5.0 have
// made a constant of what 3.1 calls a packet of QoS 1, which may be a duplicate.
func request(v5, v311, v31 string, allowed mqttwire.Options) []bits {
	return []bits{
		{mask: 0x0F, name: "Reserved", key: "mqtt.hdr_reserved", in: mqtt311 | mqtt5,
			rules: []rule{must(be(0b0010), malformed, v5, v311, "").unless(allowed)}},
		{mask: 0x08, name: "DUP flag", key: "mqtt.dupflag", in: mqtt31},
		{mask: 0x06, name: "QoS level", key: "mqtt.qos", in: mqtt31, meaning: qosMeaning,
			rules: []rule{must(be(1), malformed, "", "", v31).unless(allowed)}},
		{mask: 0x01, name: "RETAIN", key: "mqtt.retain_reserved", in: mqtt31},
	}
}

// zeroFlags is the flags of the other packets: 3.1.1 and 5.0 table 2.2, and the
// statement that says so.
func zeroFlags(v5, v311 string) []bits {
	return reserved(must(be(0), malformed, v5, v311, ""))
}

// ackFlags is zeroFlags of an acknowledgement.
func ackFlags() []bits {
	return reserved(must(be(0), malformed, "2.1.3-1", "2.2.2-2", "").unless(mqttwire.AllowAckFlags))
}

// lengthMustBe is the rule for packets with a single Remaining Length.
func lengthMustBe(n uint64, v5, v311, v31 string) []rule {
	return []rule{must(be(n), malformed, v5, v311, v31)}
}

// grammar is all packets. 5.0 and 3.1.1 chapter 3, 3.1 section 3.
var grammar = [16]packet{
	0:                          {flags: reserved()},
	mqttwire.PacketConnect:     connect,
	mqttwire.PacketConnack:     connack,
	mqttwire.PacketPublish:     publish,
	mqttwire.PacketPuback:      acknowledgement(mqttwire.PacketPuback, ackFlags(), "3.4", "3.4.2-1"),
	mqttwire.PacketPubrec:      acknowledgement(mqttwire.PacketPubrec, ackFlags(), "3.5", "3.5.2-1"),
	mqttwire.PacketPubrel:      acknowledgement(mqttwire.PacketPubrel, request("3.6.1-1", "3.6.1-1", "3.6", mqttwire.AllowAckFlags), "3.6", "3.6.2-1"),
	mqttwire.PacketPubcomp:     acknowledgement(mqttwire.PacketPubcomp, ackFlags(), "3.7", "3.7.2-1"),
	mqttwire.PacketSubscribe:   subscribe,
	mqttwire.PacketSuback:      suback,
	mqttwire.PacketUnsubscribe: unsubscribe,
	mqttwire.PacketUnsuback:    unsuback,
	mqttwire.PacketPingreq:     {flags: zeroFlags("2.1.3-1", "2.2.2-2"), length: lengthMustBe(0, "3.12.1", "3.12.1", "3.12")},
	mqttwire.PacketPingresp:    {flags: zeroFlags("2.1.3-1", "2.2.2-2"), length: lengthMustBe(0, "3.13.1", "3.13.1", "3.13")},
	mqttwire.PacketDisconnect:  disconnect,
	mqttwire.PacketAuth:        auth,
}
