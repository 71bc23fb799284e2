package mqttwire

// Reason codes, 5.0 section 2.4, and the return codes of 3.1 and 3.1.1.

// ReasonCode is the one-byte result in CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP,
// SUBACK, UNSUBACK, DISCONNECT and AUTH. In 3.1 and 3.1.1 it is the Connect
// Return code of a CONNACK (ReturnAccepted to ReturnNotAuthorized) or the return
// code of a SUBACK. ToVersion and FromVersion translate.
type ReasonCode uint8

// The reason codes of 5.0. Three names share 0x00.
const (
	ReasonSuccess                             ReasonCode = 0x00
	ReasonNormalDisconnection                 ReasonCode = 0x00 // in DISCONNECT
	ReasonGrantedQoS0                         ReasonCode = 0x00 // in SUBACK
	ReasonGrantedQoS1                         ReasonCode = 0x01
	ReasonGrantedQoS2                         ReasonCode = 0x02
	ReasonDisconnectWithWillMessage           ReasonCode = 0x04
	ReasonNoMatchingSubscribers               ReasonCode = 0x10
	ReasonNoSubscriptionExisted               ReasonCode = 0x11
	ReasonContinueAuthentication              ReasonCode = 0x18
	ReasonReAuthenticate                      ReasonCode = 0x19
	ReasonUnspecifiedError                    ReasonCode = 0x80
	ReasonMalformedPacket                     ReasonCode = 0x81
	ReasonProtocolError                       ReasonCode = 0x82
	ReasonImplementationSpecificError         ReasonCode = 0x83
	ReasonUnsupportedProtocolVersion          ReasonCode = 0x84
	ReasonClientIdentifierNotValid            ReasonCode = 0x85
	ReasonBadUserNameOrPassword               ReasonCode = 0x86
	ReasonNotAuthorized                       ReasonCode = 0x87
	ReasonServerUnavailable                   ReasonCode = 0x88
	ReasonServerBusy                          ReasonCode = 0x89
	ReasonBanned                              ReasonCode = 0x8A
	ReasonServerShuttingDown                  ReasonCode = 0x8B
	ReasonBadAuthenticationMethod             ReasonCode = 0x8C
	ReasonKeepAliveTimeout                    ReasonCode = 0x8D
	ReasonSessionTakenOver                    ReasonCode = 0x8E
	ReasonTopicFilterInvalid                  ReasonCode = 0x8F
	ReasonTopicNameInvalid                    ReasonCode = 0x90
	ReasonPacketIdentifierInUse               ReasonCode = 0x91
	ReasonPacketIdentifierNotFound            ReasonCode = 0x92
	ReasonReceiveMaximumExceeded              ReasonCode = 0x93
	ReasonTopicAliasInvalid                   ReasonCode = 0x94
	ReasonPacketTooLarge                      ReasonCode = 0x95
	ReasonMessageRateTooHigh                  ReasonCode = 0x96
	ReasonQuotaExceeded                       ReasonCode = 0x97
	ReasonAdministrativeAction                ReasonCode = 0x98
	ReasonPayloadFormatInvalid                ReasonCode = 0x99
	ReasonRetainNotSupported                  ReasonCode = 0x9A
	ReasonQoSNotSupported                     ReasonCode = 0x9B
	ReasonUseAnotherServer                    ReasonCode = 0x9C
	ReasonServerMoved                         ReasonCode = 0x9D
	ReasonSharedSubscriptionsNotSupported     ReasonCode = 0x9E
	ReasonConnectionRateExceeded              ReasonCode = 0x9F
	ReasonMaximumConnectTime                  ReasonCode = 0xA0
	ReasonSubscriptionIdentifiersNotSupported ReasonCode = 0xA1
	ReasonWildcardSubscriptionsNotSupported   ReasonCode = 0xA2
)

// The Connect Return codes of 3.1.1 section 3.2.2.3 and 3.1 section 3.2, and the
// failure code of a 3.1.1 SUBACK, section 3.9.3.
const (
	ReturnAccepted                    ReasonCode = 0x00
	ReturnUnacceptableProtocolVersion ReasonCode = 0x01
	ReturnIdentifierRejected          ReasonCode = 0x02
	ReturnServerUnavailable           ReasonCode = 0x03
	ReturnBadUserNameOrPassword       ReasonCode = 0x04
	ReturnNotAuthorized               ReasonCode = 0x05
	ReturnFailure                     ReasonCode = 0x80 // in SUBACK
)

// reasonRow is one row of table 2-6 with the "sent by" columns of the packets'
// own tables.
type reasonRow struct {
	name    string
	client  uint16 // bit per packet type in which a client may send it
	server  uint16 // and a server
	return3 int8   // the 3.x Connect Return code that says the same, -1: none
}

const (
	inConnack    = 1 << PacketConnack
	inPuback     = 1<<PacketPuback | 1<<PacketPubrec
	inPubrel     = 1<<PacketPubrel | 1<<PacketPubcomp
	inSuback     = 1 << PacketSuback
	inUnsuback   = 1 << PacketUnsuback
	inDisconnect = 1 << PacketDisconnect
	inAuth       = 1 << PacketAuth
)

var reasonTable = [256]reasonRow{
	0x00: {"Success", inPuback | inPubrel | inDisconnect,
		inConnack | inPuback | inPubrel | inSuback | inUnsuback | inDisconnect | inAuth, 0},
	0x01: {"Granted QoS 1", 0, inSuback, -1},
	0x02: {"Granted QoS 2", 0, inSuback, -1},
	0x04: {"Disconnect with Will Message", inDisconnect, 0, -1},
	0x10: {"No matching subscribers", 0, inPuback, -1},
	0x11: {"No subscription existed", 0, inUnsuback, -1},
	0x18: {"Continue authentication", inAuth, inAuth, -1},
	0x19: {"Re-authenticate", inAuth, 0, -1},
	0x80: {"Unspecified error", inPuback | inDisconnect, inConnack | inPuback | inSuback | inUnsuback | inDisconnect, 3},
	0x81: {"Malformed Packet", inDisconnect, inConnack | inDisconnect, -1},
	0x82: {"Protocol Error", inDisconnect, inConnack | inDisconnect, -1},
	0x83: {"Implementation specific error", inPuback | inDisconnect, inConnack | inPuback | inSuback | inUnsuback | inDisconnect, 3},
	0x84: {"Unsupported Protocol Version", 0, inConnack, 1},
	0x85: {"Client Identifier not valid", 0, inConnack, 2},
	0x86: {"Bad User Name or Password", 0, inConnack, 4},
	0x87: {"Not authorized", inPuback, inConnack | inPuback | inSuback | inUnsuback | inDisconnect, 5},
	0x88: {"Server unavailable", 0, inConnack, 3},
	0x89: {"Server busy", 0, inConnack | inDisconnect, 3},
	0x8A: {"Banned", 0, inConnack, 5},
	0x8B: {"Server shutting down", 0, inDisconnect, -1},
	0x8C: {"Bad authentication method", 0, inConnack | inDisconnect, 5}, // DISCONNECT: table 2-6 has it, table 3-10 has not
	0x8D: {"Keep Alive timeout", 0, inDisconnect, -1},
	0x8E: {"Session taken over", 0, inDisconnect, -1},
	0x8F: {"Topic Filter invalid", 0, inSuback | inUnsuback | inDisconnect, -1},
	0x90: {"Topic Name invalid", inPuback | inDisconnect, inConnack | inPuback | inDisconnect, -1},
	0x91: {"Packet Identifier in use", inPuback, inPuback | inSuback | inUnsuback, -1},
	0x92: {"Packet Identifier not found", inPubrel, inPubrel, -1},
	0x93: {"Receive Maximum exceeded", inDisconnect, inDisconnect, -1},
	0x94: {"Topic Alias invalid", inDisconnect, inDisconnect, -1},
	0x95: {"Packet too large", inDisconnect, inConnack | inDisconnect, -1},
	0x96: {"Message rate too high", inDisconnect, inDisconnect, -1},
	0x97: {"Quota exceeded", inPuback | inDisconnect, inConnack | inPuback | inSuback | inDisconnect, 3},
	0x98: {"Administrative action", inDisconnect, inDisconnect, -1},
	0x99: {"Payload format invalid", inPuback | inDisconnect, inConnack | inPuback | inDisconnect, -1},
	0x9A: {"Retain not supported", 0, inConnack | inDisconnect, -1},
	0x9B: {"QoS not supported", 0, inConnack | inDisconnect, -1},
	0x9C: {"Use another server", 0, inConnack | inDisconnect, 3},
	0x9D: {"Server moved", 0, inConnack | inDisconnect, 3},
	0x9E: {"Shared Subscriptions not supported", 0, inSuback | inDisconnect, -1},
	0x9F: {"Connection rate exceeded", 0, inConnack | inDisconnect, 3},
	0xA0: {"Maximum connect time", 0, inDisconnect, -1},
	0xA1: {"Subscription Identifiers not supported", 0, inSuback | inDisconnect, -1},
	0xA2: {"Wildcard Subscriptions not supported", 0, inSuback | inDisconnect, -1},
}

// returnTable is the Connect Return codes, each with its 5.0 reason code.
var returnTable = [...]struct {
	name   string
	reason ReasonCode
}{
	ReturnAccepted:                    {"Connection Accepted", ReasonSuccess},
	ReturnUnacceptableProtocolVersion: {"unacceptable protocol version", ReasonUnsupportedProtocolVersion},
	ReturnIdentifierRejected:          {"identifier rejected", ReasonClientIdentifierNotValid},
	ReturnServerUnavailable:           {"Server unavailable", ReasonServerUnavailable},
	ReturnBadUserNameOrPassword:       {"bad user name or password", ReasonBadUserNameOrPassword},
	ReturnNotAuthorized:               {"not authorized", ReasonNotAuthorized},
}

// IsError reports whether c is a failure: 0x80 or more. (A Connect Return code
// of 3.x is a failure unless it is 0: see FromVersion.)
func (c ReasonCode) IsError() bool { return c >= 0x80 }

// AllowedIn reports whether s may send c in a 5.0 packet of type p. AnySender
// stands for either side.
func (c ReasonCode) AllowedIn(p PacketType, s Sender) bool {
	if p > 15 {
		return false
	}
	row := &reasonTable[c]
	var packets uint16
	if s != Server {
		packets |= row.client
	}
	if s != Client {
		packets |= row.server
	}
	return packets>>p&1 == 1
}

// Name returns the name that the 5.0 specification gives c in a packet of type
// p, as in "Normal disconnection" for 0x00 in a DISCONNECT, or that 3.1.1 gives
// a CONNACK's 0x01 to 0x05. Without a name it returns "".
func (c ReasonCode) Name(p PacketType) string {
	switch {
	case p == PacketConnack && c > 0 && int(c) < len(returnTable):
		return returnTable[c].name
	case p == PacketDisconnect && c == 0:
		return "Normal disconnection"
	case p == PacketSuback && c == 0:
		return "Granted QoS 0"
	}
	return reasonTable[c].name
}

// String returns the code in hexadecimal and its name in table 2-6: "0x87 Not
// authorized".
func (c ReasonCode) String() string { return string(c.appendText(nil, 0)) }

// appendText writes the code and its name in packets of type p.
func (c ReasonCode) appendText(b []byte, p PacketType) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '0', 'x', hex[c>>4], hex[c&0xF])
	if name := c.Name(p); name != "" {
		b = append(append(b, ' '), name...)
	}
	return b
}

// ToVersion returns the code that says in a packet of type p and version v what
// c says in 5.0; ok is false when that version cannot say it. In 3.1 and 3.1.1
// only CONNACK and SUBACK carry a code. A server that cannot say why it refuses
// a CONNECT closes the connection (3.1.1 [MQTT-3.2.2-6]); 3.1 has no way to
// refuse a subscription, and has the server answer as if it granted it (3.1 section
// 3.8).
func (c ReasonCode) ToVersion(p PacketType, v Version) (code ReasonCode, ok bool) {
	switch {
	case v == MQTT5:
		return c, c.AllowedIn(p, AnySender)
	case !v.supported() || !c.AllowedIn(p, AnySender):
		return 0, false
	case p == PacketConnack:
		if n := reasonTable[c].return3; n >= 0 {
			return ReasonCode(n), true
		}
	case p == PacketSuback && !c.IsError():
		return c, true
	case p == PacketSuback && v == MQTT311:
		return ReturnFailure, true
	}
	return 0, false
}

// FromVersion returns the 5.0 reason code that says what c says in a packet of
// type p and version v. A code that v does not have becomes 0x82 Protocol Error
// in a CONNACK and 0x80 Unspecified error in a SUBACK.
func (c ReasonCode) FromVersion(p PacketType, v Version) ReasonCode {
	switch {
	case v == MQTT5:
		return c
	case p == PacketConnack && int(c) < len(returnTable):
		return returnTable[c].reason
	case p == PacketConnack:
		return ReasonProtocolError
	case p == PacketSuback && c > ReasonGrantedQoS2:
		return ReasonUnspecifiedError
	}
	return c
}

// check holds a code against the table of packet p, or in 3.x against that
// version's.
func (c ReasonCode) check(p PacketType, r Rules) *Error {
	var known bool
	switch {
	case r.Version == MQTT5:
		known = c.AllowedIn(p, r.Sender)
	case p == PacketConnack: // 3.1.1 section 3.2.2.3, 3.1 section 3.2
		known = int(c) < len(returnTable)
	case p == PacketSuback && r.Version == MQTT311: // 3.1.1 [MQTT-3.9.3-2]
		known = c <= ReasonGrantedQoS2 || c == ReturnFailure
	case p == PacketSuback: // 3.1 section 3.9: bits 7 to 2 mean nothing
		known = c&3 != 3
	default: // nothing to carry it in
		known = c == 0
	}
	if known || r.Options&AllowUnknownReasonCodes != 0 {
		return nil
	}
	return errReasonCode[p]
}

var errReasonCode = perPacket(&rules[badReason], "Reason Code", [16]clauses{
	PacketConnack:    {"3.2.2-8", "3.2.2.3", "3.2"},
	PacketPuback:     {"3.4.2-1", "", ""},
	PacketPubrec:     {"3.5.2-1", "", ""},
	PacketPubrel:     {"3.6.2-1", "", ""},
	PacketPubcomp:    {"3.7.2-1", "", ""},
	PacketSuback:     {"3.9.3-2", "3.9.3-2", "3.9"},
	PacketUnsuback:   {"3.11.3-2", "", ""},
	PacketDisconnect: {"3.14.2-1", "", ""},
	PacketAuth:       {"3.15.2-1", "", ""},
})
