package mqttwire

import "math/bits"

// Options changes single rules by name. AllowX lets something pass that the
// specification forbids and some real peer sends; RejectX applies a check that
// the specification leaves to the receiver. Combine them with |. They hold for
// Append as they do for Decode: what may be read may be written.
type Options uint32

const (
	// AllowBridgeLevel takes the protocol levels 0x83 (3.1) and 0x84 (3.1.1), by
	// which mosquitto and RSMB bridges say that they are bridges. Connect.Bridge
	// tells. Without it such a CONNECT is of an unsupported version.
	AllowBridgeLevel Options = 1 << iota

	// AllowLevelMismatch takes the protocol name of one version with the level
	// of another, as in "MQTT" with level 3 (Net::MQTT::Simple and others). The
	// level decides. 3.1.1 [MQTT-3.1.2-1], [MQTT-3.1.2-2].
	AllowLevelMismatch

	// AllowTrailingBytes skips what follows the last field of a CONNECT, as old
	// clients with a miscounted buffer send it (Nyamuk). No other packet has this
	// leniency: there it would hide a second packet.
	AllowTrailingBytes

	// AllowLongClientID takes 3.1 client identifiers of more than 23 characters.
	// Nearly every 3.1 server does. 3.1 section 3.1.
	AllowLongClientID

	// AllowPasswordWithoutUserName takes a 3.1 or 3.1.1 CONNECT with a password
	// and no user name. 3.1.1 [MQTT-3.1.2-22]. 5.0 allows that anyway.
	AllowPasswordWithoutUserName

	// AllowAckFlags ignores the reserved flags of PUBACK, PUBREC, PUBREL,
	// PUBCOMP, SUBACK and UNSUBACK: ThingsBoard and others send SUBACK as 0x92
	// and PUBACK as 0x42. 3.1.1 [MQTT-2.2.2-2], 5.0 [MQTT-2.1.3-1].
	AllowAckFlags

	// AllowDupQoS0 takes a PUBLISH with DUP at QoS 0, which several clients send
	// when they resend. 3.1.1 and 5.0 [MQTT-3.3.1-2]; 3.1 allows it anyway.
	AllowDupQoS0

	// AllowOverlongIntegers takes Variable Byte Integers with more bytes than
	// they need in 5.0, as encoders with fixed-width lengths write them. 5.0
	// [MQTT-1.5.5-1]; 3.1 and 3.1.1 have no such rule for the Remaining Length.
	AllowOverlongIntegers

	// AllowUnknownReasonCodes passes reason and return codes that the packet, its
	// sender or its version does not have. 5.0 [MQTT-3.4.2-1] and its siblings,
	// 3.1.1 [MQTT-3.9.3-2] and section 3.2.2.3.
	AllowUnknownReasonCodes

	// RejectControlCharacters refuses strings with U+0001 to U+001F or U+007F to
	// U+009F. A server that lets them pass may hand them to a client that
	// refuses them. 5.0 section 1.5.4, 3.1.1 section 1.5.3.
	RejectControlCharacters

	// RejectNonCharacters refuses strings with one of the 66 Unicode
	// non-characters, U+FDD0 to U+FDEF and the last two of each plane. 5.0
	// section 1.5.4, 3.1.1 section 1.5.3.
	RejectNonCharacters

	// RejectInvalidPayload refuses a PUBLISH or Will whose Payload Format
	// Indicator promises UTF-8 when the payload is not. 5.0 sections 3.3.2.3.2
	// and 3.1.3.2.3, reason code 0x99. It reads the whole payload.
	RejectInvalidPayload

	// RejectEmptyAuth refuses an AUTH without any content, which 5.0 section
	// 3.15.2.1 describes and section 3.15.2.2.2 forbids, for want of the
	// Authentication Method.
	RejectEmptyAuth

	endOfOptions
)

// optionNames is in the order of the bits.
var optionNames = [...]string{
	"AllowBridgeLevel",
	"AllowLevelMismatch",
	"AllowTrailingBytes",
	"AllowLongClientID",
	"AllowPasswordWithoutUserName",
	"AllowAckFlags",
	"AllowDupQoS0",
	"AllowOverlongIntegers",
	"AllowUnknownReasonCodes",
	"RejectControlCharacters",
	"RejectNonCharacters",
	"RejectInvalidPayload",
	"RejectEmptyAuth",
}

// AllOptions is every option set, for a program that lists them: range over the
// bits and ask each for its String.
const AllOptions = endOfOptions - 1

// strictText is the options that look at the characters of a string.
const strictText = RejectControlCharacters | RejectNonCharacters

// String returns the names of the options that are set, joined by "|", or
// "strict" when there are none.
func (o Options) String() string {
	if o == 0 {
		return "strict"
	}
	var b []byte
	for ; o != 0; o &= o - 1 {
		if len(b) > 0 {
			b = append(b, '|')
		}
		if i := bits.TrailingZeros32(uint32(o)); i < len(optionNames) {
			b = append(b, optionNames[i]...)
		} else {
			b = appendInt(append(b, "Options(1<<"...), i)
			b = append(b, ')')
		}
	}
	return string(b)
}
