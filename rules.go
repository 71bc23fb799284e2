package mqttwire

// This file lists the rules that hold in more than one place. A rule of a
// single packet stands in that packet's file.

// The classes of error. errors.Is(err, ErrMalformedPacket) holds for every
// error of that class.
var (
	// ErrMalformedPacket: the bytes cannot be read as the packet they claim to
	// be. 5.0 section 4.13.1, reason code 0x81.
	ErrMalformedPacket = &Error{rule: &rule{problem: "malformed packet", reasonCode: ReasonMalformedPacket}}
	// ErrProtocolError: the packet can be read, and says what it must not. 5.0
	// section 4.13.1, reason code 0x82 or one that says more (0x85, 0x94, 0x99).
	ErrProtocolError = &Error{rule: &rule{problem: "protocol error", reasonCode: ReasonProtocolError}}
	// ErrPacketTooLarge: the whole packet is larger than the receiver accepts.
	// 5.0 sections 3.1.2.11.4 and 3.2.2.3.6, reason code 0x95.
	ErrPacketTooLarge = &Error{rule: &rules[tooLarge]}
	// ErrUnsupportedVersion: a CONNECT, or the CONNACK that answers one, of a
	// version that is not spoken here. 5.0 [MQTT-3.1.2-2], reason code 0x84;
	// 3.1.1 [MQTT-3.1.2-2], return code 0x01.
	ErrUnsupportedVersion = &Error{rule: &ruleVersion}
)

// The rules. errors.Is(err, ErrNotUTF8) holds wherever the rule was broken.
// Each names the reason code that goes with it.
var (
	ErrPacketType       = &Error{rule: &rules[badType]}       // 0x81 a packet type that the version does not have
	ErrFixedHeaderFlags = &Error{rule: &rules[badFlags]}      // 0x81 reserved flags of the fixed header
	ErrIntegerTooLong   = &Error{rule: &rules[integerLong]}   // 0x81 a Variable Byte Integer of more than four bytes
	ErrIntegerOverlong  = &Error{rule: &rules[overlong]}      // 0x81 a Variable Byte Integer that is longer than need be
	ErrWrongSender      = &Error{rule: &rules[wrongSender]}   // 0x82 a packet that this side never sends
	ErrTruncated        = &Error{rule: &rules[truncated]}     // 0x81 a field that runs past the end of its packet or block
	ErrTrailingBytes    = &Error{rule: &rules[trailing]}      // 0x81 bytes after the last field
	ErrStringTooLong    = &Error{rule: &rules[tooLong]}       // 0x81 more than 65,535 bytes to encode with a two-byte length
	ErrNotUTF8          = &Error{rule: &rules[notUTF8]}       // 0x81 a string that is not well-formed UTF-8
	ErrNullCharacter    = &Error{rule: &rules[nullCharacter]} // 0x81 a string with U+0000
	ErrControlCharacter = &Error{rule: &rules[control]}       // 0x81 only with RejectControlCharacters
	ErrNonCharacter     = &Error{rule: &rules[nonCharacter]}  // 0x81 only with RejectNonCharacters
	ErrTopicEmpty       = &Error{rule: &rules[emptyTopic]}    // 0x82 a topic name or filter of no characters
	ErrTopicWildcard    = &Error{rule: &rules[wildcard]}      // 0x82 a topic name with + or #
	ErrFilterHash       = &Error{rule: &rules[badHash]}       // 0x82 a filter with # that is no level of its own, or not the last
	ErrFilterPlus       = &Error{rule: &rules[badPlus]}       // 0x82 a filter with + that is no level of its own
	ErrShareName        = &Error{rule: &rules[noShare]}       // 0x82 a $share filter without a share name
	ErrShareFilter      = &Error{rule: &rules[badShare]}      // 0x82 a $share filter with a wildcard in its share name, or nothing behind it
	ErrPacketIDZero     = &Error{rule: &rules[zeroPacketID]}  // 0x82 a Packet Identifier of 0
	ErrReasonCode       = &Error{rule: &rules[badReason]}     // 0x82 a code that the packet or its sender does not have
	ErrEmptyList        = &Error{rule: &rules[emptyList]}     // 0x82 no filter or no reason code where one is needed

	ErrPropertyNotAllowed = &Error{rule: &rules[notAllowed]}      // 0x81 a property that the packet does not have
	ErrPropertyUnknown    = &Error{rule: &rules[unknownProperty]} // 0x81 a property identifier that is not assigned
	ErrPropertyRepeated   = &Error{rule: &rules[repeated]}        // 0x82 a property twice
	ErrPropertyValue      = &Error{rule: &rules[badValue]}        // 0x82 a value outside the property's range
	ErrTopicAliasZero     = &Error{rule: &rules[zeroAlias]}       // 0x94 a Topic Alias of 0
	ErrPropertySender     = &Error{rule: &rules[propertyFrom]}    // 0x82 a property that this side must not send
	ErrMethodMissing      = &Error{rule: &rules[methodMissing]}   // 0x82 an AUTH, or Authentication Data, without Authentication Method
	ErrPayloadFormat      = &Error{rule: &rules[payloadFormat]}   // 0x99 only with RejectInvalidPayload
	ErrNotInVersion       = &Error{rule: &rules[notInVersion]}    // 0x82 something to encode that the version cannot say
)

// The rules of rules, by number: first those that a single field can break.
const (
	truncated = iota
	overlong
	integerLong
	tooLong
	notUTF8
	nullCharacter
	control
	nonCharacter
	emptyTopic
	wildcard
	badHash
	badPlus
	noShare
	badShare
	repeated
	badValue
	zeroAlias
	propertyFrom
	numFieldRules

	badType = iota - 1
	badFlags
	wrongSender
	tooLarge
	trailing
	zeroPacketID
	badReason
	emptyList
	notAllowed
	unknownProperty
	methodMissing
	payloadFormat
	notInVersion
	numRules
)

// rules is what the specifications demand in more than one place. Where the
// text forbids something but names no class, a packet that cannot be read, or
// whose bits are not what they have to be, is malformed, and one that says what
// it must not is a Protocol Error (5.0 section 1.2).
var rules = [numRules]rule{
	badType:     {"is not one of this version", ReasonMalformedPacket, 0, clauses{"2.1.2", "2.2.1", "2.1"}},
	badFlags:    {"reserved flags are not as the packet type demands", ReasonMalformedPacket, 0, clauses{}},
	integerLong: {"variable byte integer has more than four bytes", ReasonMalformedPacket, 0, clauses{"1.5.5", "2.2.3", "2.1"}},
	overlong:    {"variable byte integer is not the shortest", ReasonMalformedPacket, 0, clauses{"1.5.5-1", "", ""}},
	wrongSender: {"packet is never sent by this side", ReasonProtocolError, 0, clauses{"2.1.2", "2.2.1", "2.1"}},
	tooLarge:    {"packet is larger than the receiver accepts", ReasonPacketTooLarge, 0, clauses{}},
	truncated:   {"runs past the end of the packet", ReasonMalformedPacket, 0, clauses{"1.2", "4.8.0-1", "2.1"}},
	trailing:    {"bytes follow the last field", ReasonMalformedPacket, 0, clauses{}},

	notUTF8:       {"is not well-formed UTF-8", ReasonMalformedPacket, 0, clauses{"1.5.4-1", "1.5.3-1", "2.5"}},
	nullCharacter: {"contains the null character U+0000", ReasonMalformedPacket, 0, clauses{"1.5.4-2", "1.5.3-2", "A"}},
	control:       {"contains a control character", ReasonMalformedPacket, 0, clauses{"1.5.4", "1.5.3", "2.5"}},
	nonCharacter:  {"contains a Unicode non-character", ReasonMalformedPacket, 0, clauses{"1.5.4", "1.5.3", "2.5"}},
	tooLong:       {"is longer than 65,535 bytes", ReasonMalformedPacket, 0, clauses{"1.5.4", "1.5.3", "2.5"}},

	emptyTopic: {"has no characters", ReasonProtocolError, 0, clauses{"4.7.3-1", "4.7.3-1", "A"}},
	wildcard:   {"contains a wildcard character", ReasonProtocolError, 0, clauses{}},
	badHash:    {"has # that is not a level of its own, and the last", ReasonProtocolError, 0, clauses{"4.7.1-1", "4.7.1-2", "A"}},
	badPlus:    {"has + that is not a level of its own", ReasonProtocolError, 0, clauses{"4.7.1-2", "4.7.1-3", "A"}},
	noShare:    {"is a shared subscription without a share name", ReasonProtocolError, 0, clauses{"4.8.2-1", "", ""}},
	badShare:   {"is a shared subscription whose share name has a wildcard or no filter behind it", ReasonProtocolError, 0, clauses{"4.8.2-2", "", ""}},

	zeroPacketID: {"is zero", ReasonProtocolError, 0, clauses{}},
	badReason:    {"is not a code of this packet and sender", ReasonProtocolError, 0, clauses{}},
	emptyList:    {"list is empty", ReasonProtocolError, 0, clauses{}},

	notAllowed:      {"is not a property of this packet", ReasonMalformedPacket, 0, clauses{"2.2.2.2", "", ""}},
	unknownProperty: {"is not assigned to any property", ReasonMalformedPacket, 0, clauses{"2.2.2.2", "", ""}},
	repeated:        {"occurs more than once", ReasonProtocolError, 0, clauses{}},
	badValue:        {"has a value outside its range", ReasonProtocolError, 0, clauses{}},
	zeroAlias:       {"is zero", ReasonTopicAliasInvalid, 0, clauses{"3.3.2-8", "", ""}},
	propertyFrom:    {"must not be sent by this side", ReasonProtocolError, 0, clauses{}},
	methodMissing:   {"is missing", ReasonProtocolError, 0, clauses{}},
	payloadFormat:   {"is not UTF-8 although the Payload Format Indicator says so", ReasonPayloadFormatInvalid, 0, clauses{}},
	notInVersion:    {"cannot be expressed in this protocol version", ReasonProtocolError, 0, clauses{}},
}

// The rules that are also named alone.
var (
	ruleVersion = rule{"is not served here", ReasonUnsupportedProtocolVersion, ReturnUnacceptableProtocolVersion,
		clauses{"3.1.2-2", "3.1.2-2", "3.1"}}
	ruleClientID = rule{"is not acceptable", ReasonClientIdentifierNotValid, ReturnIdentifierRejected,
		clauses{"3.1.3-8", "3.1.3-8", "3.1"}}
)

// broken is a field's Error for each rule that a single field can break.
type broken [numFieldRules]Error

// newField makes a field and its Errors.
func newField(p PacketType, name string, c clauses) *broken {
	f := &field{packet: p, name: name, clauses: c}
	b := new(broken)
	for r := range b {
		b[r] = Error{rule: &rules[r], field: f}
	}
	return b
}

// breaks makes the field's Error for a rule of one packet only.
func (b *broken) breaks(r *rule) *Error { return b[0].field.breaks(r) }

// perPacket makes, for each packet type, the Error of rule r in the field name.
func perPacket(r *rule, name string, own [16]clauses) (errs [16]*Error) {
	for t := range errs {
		errs[t] = (&field{packet: PacketType(t), name: name, clauses: own[t]}).breaks(r)
	}
	return errs
}
