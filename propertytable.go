package mqttwire

// The properties, 5.0 table 2-4, as data.

// PropertyID is the identifier of a property. On the wire it is a Variable Byte
// Integer, but no identifier so far needs more than one byte. 5.0 section
// 2.2.2.2.
type PropertyID uint8

const (
	PropertyPayloadFormatIndicator          PropertyID = 0x01
	PropertyMessageExpiryInterval           PropertyID = 0x02
	PropertyContentType                     PropertyID = 0x03
	PropertyResponseTopic                   PropertyID = 0x08
	PropertyCorrelationData                 PropertyID = 0x09
	PropertySubscriptionIdentifier          PropertyID = 0x0B
	PropertySessionExpiryInterval           PropertyID = 0x11
	PropertyAssignedClientIdentifier        PropertyID = 0x12
	PropertyServerKeepAlive                 PropertyID = 0x13
	PropertyAuthenticationMethod            PropertyID = 0x15
	PropertyAuthenticationData              PropertyID = 0x16
	PropertyRequestProblemInformation       PropertyID = 0x17
	PropertyWillDelayInterval               PropertyID = 0x18
	PropertyRequestResponseInformation      PropertyID = 0x19
	PropertyResponseInformation             PropertyID = 0x1A
	PropertyServerReference                 PropertyID = 0x1C
	PropertyReasonString                    PropertyID = 0x1F
	PropertyReceiveMaximum                  PropertyID = 0x21
	PropertyTopicAliasMaximum               PropertyID = 0x22
	PropertyTopicAlias                      PropertyID = 0x23
	PropertyMaximumQoS                      PropertyID = 0x24
	PropertyRetainAvailable                 PropertyID = 0x25
	PropertyUserProperty                    PropertyID = 0x26
	PropertyMaximumPacketSize               PropertyID = 0x27
	PropertyWildcardSubscriptionAvailable   PropertyID = 0x28
	PropertySubscriptionIdentifierAvailable PropertyID = 0x29
	PropertySharedSubscriptionAvailable     PropertyID = 0x2A

	endOfProperties PropertyID = 0x2B
)

// PropertyType is the data type of a property's value, 5.0 table 2-4.
type PropertyType uint8

const (
	TypeByte                PropertyType = iota + 1 // one byte; every such property is 0 or 1
	TypeTwoByteInteger                              // big-endian
	TypeFourByteInteger                             // big-endian
	TypeVariableByteInteger                         // 0 to 268,435,455
	TypeUTF8String                                  // at most 65,535 bytes
	TypeBinaryData                                  // at most 65,535 bytes
	TypeUTF8StringPair                              // a name and a value, 65,535 bytes each
)

// String returns the specification's name of the type.
func (t PropertyType) String() string {
	names := [...]string{"", "Byte", "Two Byte Integer", "Four Byte Integer", "Variable Byte Integer",
		"UTF-8 Encoded String", "Binary Data", "UTF-8 String Pair"}
	if int(t) < len(names) {
		return names[t]
	}
	return string(appendInt([]byte("property type "), int(t)))
}

// willProperties stands for the Will Properties of a CONNECT in tables that go
// by packet type, where no packet is 0.
const willProperties PacketType = 0

// propertyRow is one property. The packets that may carry it are those in which
// it has a section: in[p] is the last number of that section, after the number
// in propertySections of the block it stands in.
type propertyRow struct {
	name     string
	typ      PropertyType
	nonZero  bool   // 0 is an error
	repeats  bool   // may occur more than once: in PUBLISH and, User Property, anywhere
	initial  uint32 // the value in force when it was not sent, if there is one
	in       [16]uint8
	only     Sender     // the one side that may send it ...
	onlyIn   PacketType // ... in this packet
	onlyRule string     // by this statement
}

var propertySections = [16]string{
	willProperties:    "3.1.3.2.",
	PacketConnect:     "3.1.2.11.",
	PacketConnack:     "3.2.2.3.",
	PacketPublish:     "3.3.2.3.",
	PacketPuback:      "3.4.2.2.",
	PacketPubrec:      "3.5.2.2.",
	PacketPubrel:      "3.6.2.2.",
	PacketPubcomp:     "3.7.2.2.",
	PacketSubscribe:   "3.8.2.1.",
	PacketSuback:      "3.9.2.1.",
	PacketUnsubscribe: "3.10.2.1.",
	PacketUnsuback:    "3.11.2.1.",
	PacketDisconnect:  "3.14.2.2.",
	PacketAuth:        "3.15.2.2.",
}

var propertyTable = [endOfProperties]propertyRow{
	PropertyPayloadFormatIndicator: {name: "Payload Format Indicator", typ: TypeByte,
		in: [16]uint8{willProperties: 3, PacketPublish: 2}},
	PropertyMessageExpiryInterval: {name: "Message Expiry Interval", typ: TypeFourByteInteger,
		in: [16]uint8{willProperties: 4, PacketPublish: 3}},
	PropertyContentType: {name: "Content Type", typ: TypeUTF8String,
		in: [16]uint8{willProperties: 5, PacketPublish: 9}},
	PropertyResponseTopic: {name: "Response Topic", typ: TypeUTF8String,
		in: [16]uint8{willProperties: 6, PacketPublish: 5}},
	PropertyCorrelationData: {name: "Correlation Data", typ: TypeBinaryData,
		in: [16]uint8{willProperties: 7, PacketPublish: 6}},
	PropertySubscriptionIdentifier: {name: "Subscription Identifier", typ: TypeVariableByteInteger, nonZero: true, repeats: true,
		in: [16]uint8{PacketPublish: 8, PacketSubscribe: 2}, only: Server, onlyIn: PacketPublish, onlyRule: "3.3.4-6"},
	PropertySessionExpiryInterval: {name: "Session Expiry Interval", typ: TypeFourByteInteger,
		in: [16]uint8{PacketConnect: 2, PacketConnack: 2, PacketDisconnect: 2}, only: Client, onlyIn: PacketDisconnect, onlyRule: "3.14.2-2"},
	PropertyAssignedClientIdentifier: {name: "Assigned Client Identifier", typ: TypeUTF8String,
		in: [16]uint8{PacketConnack: 7}},
	PropertyServerKeepAlive: {name: "Server Keep Alive", typ: TypeTwoByteInteger,
		in: [16]uint8{PacketConnack: 14}},
	PropertyAuthenticationMethod: {name: "Authentication Method", typ: TypeUTF8String,
		in: [16]uint8{PacketConnect: 9, PacketConnack: 17, PacketAuth: 2}},
	PropertyAuthenticationData: {name: "Authentication Data", typ: TypeBinaryData,
		in: [16]uint8{PacketConnect: 10, PacketConnack: 18, PacketAuth: 3}},
	PropertyRequestProblemInformation: {name: "Request Problem Information", typ: TypeByte, initial: 1,
		in: [16]uint8{PacketConnect: 7}},
	PropertyWillDelayInterval: {name: "Will Delay Interval", typ: TypeFourByteInteger,
		in: [16]uint8{willProperties: 2}},
	PropertyRequestResponseInformation: {name: "Request Response Information", typ: TypeByte,
		in: [16]uint8{PacketConnect: 6}},
	PropertyResponseInformation: {name: "Response Information", typ: TypeUTF8String,
		in: [16]uint8{PacketConnack: 15}},
	PropertyServerReference: {name: "Server Reference", typ: TypeUTF8String,
		in: [16]uint8{PacketConnack: 16, PacketDisconnect: 5}},
	PropertyReasonString: {name: "Reason String", typ: TypeUTF8String,
		in: [16]uint8{PacketConnack: 9, PacketPuback: 2, PacketPubrec: 2, PacketPubrel: 2, PacketPubcomp: 2,
			PacketSuback: 2, PacketUnsuback: 2, PacketDisconnect: 3, PacketAuth: 4}},
	PropertyReceiveMaximum: {name: "Receive Maximum", typ: TypeTwoByteInteger, nonZero: true, initial: 65535,
		in: [16]uint8{PacketConnect: 3, PacketConnack: 3}},
	PropertyTopicAliasMaximum: {name: "Topic Alias Maximum", typ: TypeTwoByteInteger,
		in: [16]uint8{PacketConnect: 5, PacketConnack: 8}},
	PropertyTopicAlias: {name: "Topic Alias", typ: TypeTwoByteInteger, nonZero: true,
		in: [16]uint8{PacketPublish: 4}},
	PropertyMaximumQoS: {name: "Maximum QoS", typ: TypeByte, initial: 2,
		in: [16]uint8{PacketConnack: 4}},
	PropertyRetainAvailable: {name: "Retain Available", typ: TypeByte, initial: 1,
		in: [16]uint8{PacketConnack: 5}},
	PropertyUserProperty: {name: "User Property", typ: TypeUTF8StringPair, repeats: true,
		in: [16]uint8{willProperties: 8, PacketConnect: 8, PacketConnack: 10, PacketPublish: 7, PacketPuback: 3,
			PacketPubrec: 3, PacketPubrel: 3, PacketPubcomp: 3, PacketSubscribe: 3, PacketSuback: 3,
			PacketUnsubscribe: 2, PacketUnsuback: 3, PacketDisconnect: 4, PacketAuth: 5}},
	PropertyMaximumPacketSize: {name: "Maximum Packet Size", typ: TypeFourByteInteger, nonZero: true, initial: MaxPacketSize,
		in: [16]uint8{PacketConnect: 4, PacketConnack: 6}},
	PropertyWildcardSubscriptionAvailable: {name: "Wildcard Subscription Available", typ: TypeByte, initial: 1,
		in: [16]uint8{PacketConnack: 11}},
	PropertySubscriptionIdentifierAvailable: {name: "Subscription Identifier Available", typ: TypeByte, initial: 1,
		in: [16]uint8{PacketConnack: 12}},
	PropertySharedSubscriptionAvailable: {name: "Shared Subscription Available", typ: TypeByte, initial: 1,
		in: [16]uint8{PacketConnack: 13}},
}

// row returns the property's row, the empty one for an unassigned identifier.
func (id PropertyID) row() *propertyRow {
	if id < endOfProperties {
		return &propertyTable[id]
	}
	return &propertyTable[0]
}

// String returns the specification's name, or "property 0x04" for an identifier
// that is not assigned.
func (id PropertyID) String() string {
	if name := id.row().name; name != "" {
		return name
	}
	const hex = "0123456789ABCDEF"
	return "property 0x" + string([]byte{hex[id>>4], hex[id&0xF]})
}

// Type returns the data type of the property's value, or 0 for an identifier
// that is not assigned.
func (id PropertyID) Type() PropertyType { return id.row().typ }

// Default returns the value that is in force when the property is not sent, if
// the specification names one, and 0 otherwise: the Session Expiry Interval of a
// CONNACK, for one, is then the CONNECT's.
func (id PropertyID) Default() uint32 { return id.row().initial }

// AllowedIn reports whether s may send the property in a packet of type p.
// AnySender stands for either side.
func (id PropertyID) AllowedIn(p PacketType, s Sender) bool {
	return id < endOfProperties && p-1 < 15 && s <= Server && propertySets[s][p]>>id&1 == 1
}

// AllowedInWill reports whether the property may stand in the Will Properties of
// a CONNECT.
func (id PropertyID) AllowedInWill() bool {
	return id < endOfProperties && propertySets[AnySender][willProperties]>>id&1 == 1
}

// Repeatable reports whether a packet of type p may have the property more than
// once: a User Property always, a Subscription Identifier in a PUBLISH.
func (id PropertyID) Repeatable(p PacketType) bool {
	return id.row().repeats && (id == PropertyUserProperty || p == PacketPublish)
}

// The table again, as the bit sets and values that decoding wants: bit n stands
// for property n.
var (
	// propertySets is the properties that a sender may put into a block: none, if
	// there is no such sender.
	propertySets [Server + 2][16]uint64
	// nonZeroSet is the properties whose value must not be 0.
	nonZeroSet uint64
	// propertyTypes is the type of each property, 0 where there is none.
	propertyTypes [64]PropertyType
	// propertyKinds is the kind of the property that a byte stands for.
	propertyKinds [256]kind
	// propertyErrors is the Errors of each property in each block that may have
	// it. Row 15 of a column without properties, and of no block, stays nil.
	propertyErrors [16][endOfProperties]*broken
	// misplacedErrors is the Error of each property in a block that must not
	// have it.
	misplacedErrors [16][endOfProperties]*Error
	// unknownErrors is the Error of an identifier that is not assigned.
	unknownErrors [16]*Error
	// setterErrors is the Errors of each property while it is in no packet yet.
	setterErrors [endOfProperties]*broken
)

func init() {
	for id := range endOfProperties {
		row := &propertyTable[id]
		bit := uint64(1) << id
		if row.nonZero {
			nonZeroSet |= bit
		}
		propertyTypes[id] = row.typ
		propertyKinds[id] = kindOf(id)
		setterErrors[id] = newField(0, row.name, clauses{v5: "2.2.2.2"})
		for p := range PacketType(16) {
			if row.in[p] == 0 {
				continue
			}
			for s := range Server + 1 {
				if s == AnySender || row.only == AnySender || p != row.onlyIn || s == row.only {
					propertySets[s][p] |= bit
				}
			}
			propertyErrors[p][id] = newPropertyField(p, row)
		}
	}
	for p := range PacketType(16) {
		for id := range endOfProperties {
			misplacedErrors[p][id] = (&field{packet: packetOf(p), name: id.String()}).breaks(&rules[notAllowed])
		}
		unknownErrors[p] = (&field{packet: packetOf(p), name: "Property Identifier"}).breaks(&rules[unknownProperty])
	}
}

// newPropertyField makes the Errors of a property in the block of packet p.
func newPropertyField(p PacketType, row *propertyRow) *broken {
	where := string(appendInt([]byte(propertySections[p]), int(row.in[p])))
	b := newField(packetOf(p), row.name, clauses{v5: where})
	if row.only != AnySender && p == row.onlyIn {
		b[propertyFrom].field = &field{packet: p, name: row.name, clauses: clauses{v5: row.onlyRule}}
	}
	if row.name == "Response Topic" {
		b[wildcard].field = &field{packet: packetOf(p), name: row.name, clauses: clauses{v5: "3.3.2-14"}}
	}
	return b
}

// packetOf is the packet that a block of properties stands in.
func packetOf(block PacketType) PacketType {
	if block == willProperties {
		return PacketConnect
	}
	return block
}
