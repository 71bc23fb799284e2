package mqttwire

import (
	"bytes"
	"encoding/binary"
)

// CONNECT, 5.0 section 3.1, 3.1.1 section 3.1, 3.1 section 3.1:
//
//	Protocol Name        string     "MQTT", in 3.1 "MQIsdp"
//	Protocol Version     byte
//	Connect Flags        byte       user name, password, will retain, will QoS (2), will, clean start, 0
//	Keep Alive           two bytes
//	Properties           5.0
//	Client Identifier    string
//	Will Properties      5.0        with the will flag
//	Will Topic           string     with the will flag
//	Will Payload         binary     with the will flag
//	User Name            string     with its flag
//	Password             binary     with its flag

// Connect is a CONNECT packet: the client's first.
//
// Decode takes the version from the packet. If Rules.Version is not 0 the packet
// has to be of that version. When the error is of the class
// ErrUnsupportedVersion, Version holds the level that the client asked for and
// the rest is empty; when it is about the ClientID the packet is complete.
type Connect struct {
	// Version is the protocol version (5.0), called Protocol Level in 3.1.1.
	// Where it is 0, Append takes that of its Rules.
	Version Version
	// Bridge says that the client is a bridge, by bit 7 of the level. It needs
	// AllowBridgeLevel, and there is none in 5.0.
	Bridge bool
	// CleanStart is called Clean Session in 3.1 and 3.1.1.
	CleanStart bool
	// WillFlag says that there is a Will.
	WillFlag bool
	// KeepAlive is in seconds; 0 turns it off.
	KeepAlive uint16
	// Properties is empty in 3.1 and 3.1.1.
	Properties Properties
	// ClientID is the Client Identifier. It may be empty: in 5.0, and in 3.1.1
	// with CleanStart.
	ClientID []byte
	// Will is empty without WillFlag.
	Will Will
	// UserName is nil when there is none, and not nil when it is empty.
	UserName []byte
	// Password is nil when there is none, and not nil when it is empty. It need
	// not be text but in 3.1. This package never prints it.
	Password []byte
}

// Connect Flags, 5.0 section 3.1.2.3.
const (
	flagReserved   = 1 << 0
	flagCleanStart = 1 << 1
	flagWill       = 1 << 2
	flagWillQoS    = 3 << 3
	flagWillRetain = 1 << 5
	flagPassword   = 1 << 6
	flagUserName   = 1 << 7
)

// bridgeLevel is bit 7 of the protocol level. No specification has it.
const bridgeLevel = 0x80

// maxClientID31 is the most characters in a 3.1 client identifier.
const maxClientID31 = 23

var (
	connectName     = newField(PacketConnect, "Protocol Name", clauses{"3.1.2-1", "3.1.2-1", "3.1"})
	connectLevel    = newField(PacketConnect, "Protocol Version", clauses{"3.1.2-2", "3.1.2-2", "3.1"})
	connectFlags    = newField(PacketConnect, "Connect Flags", clauses{"3.1.2-3", "3.1.2-3", "3.1"})
	connectAlive    = newField(PacketConnect, "Keep Alive", clauses{"3.1.2.10", "3.1.2.10", "3.1"})
	connectMethod   = newField(PacketConnect, "Authentication Method", clauses{"3.1.2.11.10", "", ""})
	connectClientID = newField(PacketConnect, "Client Identifier", clauses{"3.1.3-3", "3.1.3-3", "3.1"})
	connectWill     = newField(PacketConnect, "Will", clauses{"3.1.2-9", "3.1.2-9", "3.1"})
	connectUserName = newField(PacketConnect, "User Name", clauses{"3.1.2-17", "3.1.2-19", "3.1"})
	connectPassword = newField(PacketConnect, "Password", clauses{"3.1.2-19", "3.1.2-21", "3.1"})

	errProtocolName = connectName.breaks(&rule{"is neither MQTT nor MQIsdp", ReasonUnsupportedProtocolVersion, 0,
		clauses{"3.1.2-1", "3.1.2-1", "3.1"}})
	errLevelMismatch = connectLevel.breaks(&rule{"does not go with the Protocol Name", ReasonUnsupportedProtocolVersion,
		ReturnUnacceptableProtocolVersion, clauses{"3.1.2-2", "3.1.2-2", "3.1"}})
	errLevel = connectLevel.breaks(&ruleVersion)
	// errNewerLevel is told apart so that the answer is in the newest form known.
	errNewerLevel = connectLevel.breaks(&ruleVersion)

	errReservedFlag = connectFlags.breaks(&rule{"the reserved bit 0 is set", ReasonMalformedPacket, 0,
		clauses{"3.1.2-3", "3.1.2-3", ""}})
	errWillQoS3 = connectFlags.breaks(&rule{"Will QoS is 3", ReasonMalformedPacket, 0,
		clauses{"3.1.2-12", "3.1.2-14", "3.1"}})
	errWillQoSAlone = connectFlags.breaks(&rule{"Will QoS is set without a Will", ReasonMalformedPacket, 0,
		clauses{"3.1.2-11", "3.1.2-13", ""}})
	errWillRetainAlone = connectFlags.breaks(&rule{"Will Retain is set without a Will", ReasonMalformedPacket, 0,
		clauses{"3.1.2-13", "3.1.2-15", ""}})
	errPasswordAlone = connectFlags.breaks(&rule{"Password Flag is set without User Name Flag", ReasonMalformedPacket, 0,
		clauses{"", "3.1.2-22", "3.1"}})
	errNoMethod = connectMethod.breaks(&rule{"is missing while there is Authentication Data", ReasonProtocolError, 0,
		clauses{"3.1.2.11.10", "", ""}})
	errClientID      = connectClientID.breaks(&ruleClientID)
	errWillWithout   = connectWill.breaks(&rule{"is not empty although WillFlag is not set", ReasonProtocolError, 0, clauses{"3.1.2-9", "3.1.2-11", ""}})
	errBridgeVersion = connectLevel.breaks(&rule{"has no form for bridges, or needs AllowBridgeLevel", ReasonUnsupportedProtocolVersion, 0,
		clauses{"3.1.2-2", "3.1.2-2", "3.1"}})
	errVersionDiffers = connectLevel.breaks(&rule{"differs from Rules.Version", ReasonUnsupportedProtocolVersion, 0,
		clauses{"3.1.2-2", "3.1.2-2", "3.1"}})
)

// Type returns PacketConnect.
func (c *Connect) Type() PacketType { return PacketConnect }

// Decode decodes a CONNECT; see Connect for the version and Packet for the rest.
func (c *Connect) Decode(h FixedHeader, b []byte, r Rules) error {
	*c = Connect{}
	if !c.isPlain(h, b, r) {
		if err := c.decodeVersion(h, b, r); err != nil {
			return err
		}
	}
	r.Version = c.Version
	i := 2 + int(b[1]) + 1 // after Protocol Name and Protocol Version
	if i == len(b) {
		return &connectFlags[truncated]
	}
	flags := b[i]
	if plainConnectFlags[flags]>>(r.Version&7)&1 == 0 {
		if e := checkConnectFlags(flags, r); e != nil {
			return e
		}
	}
	if i += 3; i > len(b) {
		return &connectAlive[truncated]
	}
	c.CleanStart = flags&flagCleanStart != 0
	c.KeepAlive = binary.BigEndian.Uint16(b[i-2 : i : i])
	var e *Error
	if r.Version == MQTT5 {
		if c.Properties, i, e = consumeProperties(b, i, PacketConnect, r); e != nil {
			return e
		}
		if c.Properties.ids&methodAndData == data { // 5.0 section 3.1.2.11.10
			return errNoMethod
		}
	}
	if end := plainTextEnd(b, i); end != 0 && r.Options&strictText == 0 {
		c.ClientID, i = b[i+2:end:end], end
	} else if c.ClientID, i, e = consumeString(b, i, connectClientID, r); e != nil {
		return e // 5.0 [MQTT-3.1.3-3], [MQTT-3.1.3-4], 3.1.1 the same
	}
	if flags&flagWill != 0 { // 5.0 [MQTT-3.1.2-9], 3.1.1 [MQTT-3.1.2-9]
		c.WillFlag = true
		if i, e = c.Will.decode(b, i, flags, r); e != nil {
			return e
		}
	}
	if flags&(flagUserName|flagPassword) != 0 {
		if i, e = c.decodeCredentials(b, i, flags, r); e != nil {
			return e
		}
	}
	if i != len(b) && r.Options&AllowTrailingBytes == 0 {
		return errTrailing[PacketConnect] // 5.0 sections 1.2 and 2.3, 3.1.1 section 2.4
	}
	if r.Version != MQTT5 {
		if e = c.checkClientID(r); e != nil {
			return e
		}
	}
	return nil
}

// nameMQTT is the protocol name of 3.1.1 and 5.0 behind its length, as a number.
const nameMQTT = 4<<32 | 'M'<<24 | 'Q'<<16 | 'T'<<8 | 'T'

// isPlain reports whether the packet begins as all but the rarest do, and is of
// a version that suits r, which it puts into c.
func (c *Connect) isPlain(h FixedHeader, b []byte, r Rules) bool {
	if h != (FixedHeader{Type: PacketConnect, RemainingLength: len(b)}) || len(b) < 8 || r.Sender > Client {
		return false
	}
	begin := binary.BigEndian.Uint64(b)
	c.Version = Version(begin >> 8)
	return begin>>16 == nameMQTT && (c.Version == MQTT311 || c.Version == MQTT5) && (r.Version == 0 || r.Version == c.Version)
}

// decodeVersion reads Protocol Name and Protocol Version, which decide how the
// rest is to be read, and checks the header under that version.
func (c *Connect) decodeVersion(h FixedHeader, b []byte, r Rules) error {
	c.Version = 0
	if h.Type != PacketConnect {
		return errPacketType[h.Type&0x0F]
	}
	if err := h.fits(b); err != nil {
		return err
	}
	name, i, ok := consumeBytes(b, 0)
	if !ok {
		return &connectName[truncated]
	}
	if i == len(b) {
		return &connectLevel[truncated]
	}
	if e := c.checkVersion(name, b[i], r); e != nil {
		return e
	}
	r.Version = c.Version
	if e := h.check(r); e != nil {
		return e
	}
	return nil
}

// checkVersion puts the version into c if there is one with that name and level,
// and it suits r.
func (c *Connect) checkVersion(name []byte, level byte, r Rules) *Error {
	c.Version = Version(level)
	var own Version // the version that goes with the name
	switch string(name) {
	case "MQTT":
		own = MQTT311
		if c.Version == MQTT5 {
			own = MQTT5
		}
	case "MQIsdp":
		own = MQTT31
	default:
		return errProtocolName // 5.0 [MQTT-3.1.2-1], 3.1.1 [MQTT-3.1.2-1], 3.1 section 3.1
	}
	switch {
	case c.Version == own:
	case level&bridgeLevel != 0 && r.Options&AllowBridgeLevel != 0 && bridges(Version(level&^bridgeLevel), own, r):
		c.Version, c.Bridge = Version(level&^bridgeLevel), true
	case !c.Version.supported(): // 5.0 [MQTT-3.1.2-2], 3.1.1 [MQTT-3.1.2-2], 3.1 section 3.1
		if c.Version > MQTT5 && level < bridgeLevel {
			return errNewerLevel
		}
		return errLevel
	case r.Options&AllowLevelMismatch == 0: // the same clauses
		return errLevelMismatch
	}
	if r.Version != 0 && r.Version != c.Version {
		return errLevel
	}
	return nil
}

// bridges reports whether v is a version that has bridges and goes with the name
// of own, or need not.
func bridges(v, own Version, r Rules) bool {
	return v == own && v != MQTT5 || (v == MQTT31 || v == MQTT311) && r.Options&AllowLevelMismatch != 0
}

// plainConnectFlags has bit v set for flags that are right in version v without
// any option.
var plainConnectFlags = func() (all [256]uint8) {
	for v := MQTT31; v <= MQTT5; v++ {
		for flags := range all {
			if checkConnectFlags(byte(flags), Rules{Version: v}) == nil {
				all[flags] |= 1 << v
			}
		}
	}
	return all
}()

// checkConnectFlags checks the byte by itself. 3.1 leaves bit 0 and, without a
// Will, its QoS and Retain unused.
func checkConnectFlags(flags byte, r Rules) *Error {
	strict := r.Version != MQTT31
	switch {
	case flags&flagReserved != 0 && strict: // 5.0 [MQTT-3.1.2-3], 3.1.1 [MQTT-3.1.2-3]
		return errReservedFlag
	case flags&(flagWill|flagWillQoS) == flagWill|flagWillQoS:
		return errWillQoS3 // 5.0 [MQTT-3.1.2-12], 3.1.1 [MQTT-3.1.2-14], 3.1 section 3.1
	case flags&flagWill == 0 && flags&flagWillQoS != 0 && strict:
		return errWillQoSAlone // 5.0 [MQTT-3.1.2-11], 3.1.1 [MQTT-3.1.2-11], [MQTT-3.1.2-13]
	case flags&(flagWill|flagWillRetain) == flagWillRetain && strict:
		return errWillRetainAlone // 5.0 [MQTT-3.1.2-13], 3.1.1 [MQTT-3.1.2-11], [MQTT-3.1.2-15]
	case flags&(flagUserName|flagPassword) == flagPassword && r.Version != MQTT5 && r.Options&AllowPasswordWithoutUserName == 0:
		return errPasswordAlone // 3.1.1 [MQTT-3.1.2-22], 3.1 section 3.1
	}
	return nil
}

// decodeCredentials reads User Name and Password, which are at b[i]. In 3.1 a flag
// may be set and the packet end before the string: then there is none (section 3.1).
func (c *Connect) decodeCredentials(b []byte, i int, flags byte, r Rules) (next int, e *Error) {
	mayLack := r.Version == MQTT31
	if flags&flagUserName != 0 && !(mayLack && i == len(b)) {
		if end := plainTextEnd(b, i); end != 0 && r.Options&strictText == 0 {
			c.UserName, i = b[i+2:end:end], end
		} else if c.UserName, i, e = consumeString(b, i, connectUserName, r); e != nil {
			return 0, e // 5.0 [MQTT-3.1.2-17], [MQTT-3.1.3-12], 3.1.1 [MQTT-3.1.2-19], [MQTT-3.1.3-11]
		}
	}
	if flags&flagPassword != 0 && !(mayLack && i == len(b)) {
		if c.Password, i, e = consumeBinary(b, i, connectPassword); e != nil {
			return 0, e // 5.0 [MQTT-3.1.2-19], 3.1.1 [MQTT-3.1.2-21]
		}
		if r.Version == MQTT31 { // 3.1 section 3.1: a string
			return i, checkString(c.Password, connectPassword, r)
		}
	}
	return i, nil
}

// checkClientID applies the rules on the identifier as a whole. It comes last,
// so that a server has the rest of the packet when it answers.
func (c *Connect) checkClientID(r Rules) *Error {
	switch {
	case r.Version == MQTT5: // a server may refuse any, but need not
		return nil
	case len(c.ClientID) == 0 && (r.Version == MQTT31 || !c.CleanStart):
		return errClientID // 3.1.1 [MQTT-3.1.3-7], [MQTT-3.1.3-8], 3.1 section 3.1
	case r.Version == MQTT31 && len(c.ClientID) > maxClientID31 && r.Options&AllowLongClientID == 0 &&
		characters(c.ClientID) > maxClientID31:
		return errClientID // 3.1 section 3.1
	}
	return nil
}

// characters counts the characters of a UTF-8 string: every byte but those that
// continue one.
func characters(s []byte) (n int) {
	for _, b := range s {
		if b&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// Clone returns a copy that owns its bytes.
func (c *Connect) Clone() Connect {
	d := *c
	d.Properties = c.Properties.Clone()
	d.ClientID = bytes.Clone(c.ClientID)
	d.Will = c.Will.Clone()
	d.UserName = bytes.Clone(c.UserName)
	d.Password = bytes.Clone(c.Password)
	return d
}
