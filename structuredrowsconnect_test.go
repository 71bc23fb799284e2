package mqttwire

import "slices"

// Mutations of the CONNECT.

var connectOnly = setOf(PacketConnect)

// connectFlag returns a mutation of the Connect Flags of packets that are as they
// should be for it.
func connectFlag(fits func(flags byte) bool, change func(x *attempt, flags byte) byte) func(x *attempt) bool {
	return func(x *attempt) bool {
		p := x.f.find(pieceConnectFlags)
		if !fits(p.b[0]) {
			return false
		}
		before := p.b[0]
		p.b = []byte{change(x, before)}
		return p.b[0] != before
	}
}

// unseen is do, whose change 3.1 does not look at.
func unseen(do func(x *attempt) bool) func(x *attempt) bool {
	return func(x *attempt) bool {
		x.want = x.f.clone()
		return do(x)
	}
}

func whatever(byte) bool                    { return true }
func hasWill(flags byte) bool               { return flags&flagWill != 0 }
func hasNoWill(flags byte) bool             { return flags&flagWill == 0 }
func setReserved(_ *attempt, f byte) byte   { return f | flagReserved }
func setWillRetain(_ *attempt, f byte) byte { return f | flagWillRetain }
func someWillQoS(x *attempt, f byte) byte   { return f | byte(x.between(1, 3))<<3 }
func isEndOfWill(flags byte) bool           { return hasWill(flags) && flags>>6 == 0 }
func isBare(flags byte) bool                { return hasNoWill(flags) && flags>>6 == 0 }
func hasBoth(flags byte) bool               { return flags>>6 == 3 }
func hasUserName(flags byte) bool           { return flags>>6 == 2 }
func clearWill(_ *attempt, flags byte) byte {
	return flags &^ (flagWill | flagWillQoS | flagWillRetain)
}
func setNames(_ *attempt, flags byte) byte    { return flags | flagUserName }
func setPassword(_ *attempt, flags byte) byte { return flags | flagPassword }

// leftOver is do, after which the pieces of these kinds are there and no flag says
// so: whoever skips what is behind the last field does not see them.
func leftOver(do func(x *attempt) bool, kinds ...pieceKind) func(x *attempt) bool {
	return func(x *attempt) bool {
		if !do(x) {
			return false
		}
		x.want = x.f.clone()
		x.want.drop(kinds...)
		return true
	}
}

// rename puts another Protocol Name.
func rename(names func(x *attempt) string) func(x *attempt) bool {
	return func(x *attempt) bool {
		p, name := x.f.find(pieceName), names(x)
		if name == string(p.b) {
			return false
		}
		x.want = x.f.clone() // whose name goes with the version
		p.b = []byte(name)
		return true
	}
}

// relevel puts another Protocol Version.
func relevel(levels func(x *attempt) byte) func(x *attempt) bool {
	return func(x *attempt) bool {
		p := x.f.find(pieceLevel)
		level := levels(x)
		if level == p.b[0] {
			return false
		}
		p.b = []byte{level}
		return true
	}
}

func wrongName(x *attempt) string {
	if x.Intn(4) == 0 {
		name := x.bytesOf(x.Intn(12))
		if slices.Contains([]string{"MQTT", "MQIsdp"}, string(name)) {
			return ""
		}
		return string(name)
	}
	return chosen("", "MQT", "MQTt", "mqtt", "MQTTT", "MQTT\x00", "MQisdp", "MQIsdp3", "MQTT-SN", "HTTP")(x)
}

// otherName is the name of another version than that of the level.
func otherName(x *attempt) string {
	if x.v == MQTT31 {
		return "MQTT"
	}
	return "MQIsdp"
}

var connectMutations = []mutation{
	{name: "reserved Connect Flag", v5: "3.1.2-3", v311: "3.1.2-3", in: connectOnly, refused: []verdict{malformed(ErrMalformedPacket)},
		do: connectFlag(whatever, setReserved)},
	{name: "unused Connect Flag in 3.1", v31: "3.1", in: connectOnly, do: unseen(connectFlag(whatever, setReserved))},
	{name: "Will QoS 3", v5: "3.1.2-12", v311: "3.1.2-14", v31: "3.1", in: connectOnly, value: true, refused: []verdict{malformed(ErrMalformedPacket)},
		do: connectFlag(hasWill, func(_ *attempt, flags byte) byte { return flags | flagWillQoS })},
	{name: "Will QoS without Will", v5: "3.1.2-11", v311: "3.1.2-11 3.1.2-13", in: connectOnly, refused: []verdict{malformed(ErrMalformedPacket)},
		do: connectFlag(hasNoWill, someWillQoS)},
	{name: "Will QoS without Will in 3.1", v31: "3.1", in: connectOnly, do: unseen(connectFlag(hasNoWill, someWillQoS))},
	{name: "Will Retain without Will", v5: "3.1.2-13", v311: "3.1.2-11 3.1.2-15", in: connectOnly, refused: []verdict{malformed(ErrMalformedPacket)},
		do: connectFlag(hasNoWill, setWillRetain)},
	{name: "Will Retain without Will in 3.1", v31: "3.1", in: connectOnly, do: unseen(connectFlag(hasNoWill, setWillRetain))},
	{name: "Clean Start and another Will", v5: "3.1.2.4", v311: "3.1.2.4", v31: "3.1", in: connectOnly, value: true, do: func(x *attempt) bool {
		if x.v == MQTT311 && len(x.f.find(pieceClientID).b) == 0 {
			return false
		}
		return connectFlag(hasWill, func(x *attempt, flags byte) byte {
			return flags&^(flagCleanStart|flagWillQoS|flagWillRetain) | byte(x.Intn(3))<<3 | byte(x.Intn(2))<<5 | byte(x.Intn(2))<<1
		})(x)
	}},
	{name: "Will without Will Flag", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: connectOnly, refused: []verdict{malformed(ErrTrailingBytes)},
		allow: AllowTrailingBytes, do: leftOver(connectFlag(isEndOfWill, clearWill), pieceWillBlock, pieceWillTopic, pieceWillPayload)},
	{name: "Will Flag without Will", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: connectOnly, refused: []verdict{malformed(ErrTruncated)},
		do: connectFlag(isBare, func(_ *attempt, flags byte) byte { return flags | flagWill })},
	{name: "User Name without its flag", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: connectOnly, refused: []verdict{malformed(ErrTrailingBytes)},
		allow: AllowTrailingBytes, do: leftOver(connectFlag(hasUserName, func(_ *attempt, flags byte) byte { return flags &^ flagUserName }), pieceUserName)},
	{name: "Password without its flag", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: connectOnly, refused: []verdict{malformed(ErrTrailingBytes)},
		allow: AllowTrailingBytes, do: leftOver(connectFlag(hasBoth, func(_ *attempt, flags byte) byte { return flags &^ flagPassword }), piecePassword)},
	{name: "flag without User Name", v5: "1.2", v311: "4.8.0-1", in: connectOnly, refused: []verdict{malformed(ErrTruncated)},
		do: connectFlag(func(flags byte) bool { return flags>>6 == 0 }, setNames)},
	{name: "flag without User Name in 3.1", v31: "3.1", in: connectOnly,
		do: unseen(connectFlag(func(flags byte) bool { return flags>>6 == 0 }, setNames))},
	{name: "flag without Password", v5: "1.2", v311: "4.8.0-1", in: connectOnly, refused: []verdict{malformed(ErrTruncated)},
		do: connectFlag(hasUserName, setPassword)},
	{name: "flag without Password in 3.1", v31: "3.1", in: connectOnly, do: unseen(connectFlag(hasUserName, setPassword))},
	{name: "Password without User Name", v311: "3.1.2-22", v31: "3.1", in: connectOnly, value: true, refused: []verdict{malformed(ErrMalformedPacket)},
		allow: AllowPasswordWithoutUserName, do: passwordAlone},
	{name: "Password without User Name in 5.0", v5: "3.1.2.9", in: connectOnly, value: true, do: passwordAlone},

	{name: "another Protocol Name", v5: "3.1.2-1", v311: "3.1.2-1", v31: "3.1", in: connectOnly, do: rename(wrongName),
		refused: []verdict{{code: ReasonUnsupportedProtocolVersion, err: ErrUnsupportedVersion}}},
	{name: "Protocol Name of another version", v5: "3.1.2-1 3.1.2-2", v311: "3.1.2-1 3.1.2-2", v31: "3.1", in: connectOnly, do: rename(otherName),
		refused: []verdict{unsupported}, allow: AllowLevelMismatch},
	{name: "Protocol Version that there is not", v5: "3.1.2-2", v311: "3.1.2-2", v31: "3.1", in: connectOnly, refused: []verdict{unsupported},
		do: relevel(func(x *attempt) byte {
			if x.Intn(2) == 0 {
				return []byte{0, 1, 2, 6, 7, 0x7F, 0x80, 0x82, 0x85, 0x86, 0xFF}[x.Intn(11)]
			}
			return byte(x.between(6, 0x82))
		})},
	{name: "bridge", v311: "3.1.2-2", v31: "3.1", in: connectOnly, value: true, refused: []verdict{unsupported}, allow: AllowBridgeLevel,
		do: func(x *attempt) bool { x.f.find(pieceLevel).b = []byte{byte(x.v) | 0x80}; return true }},
	{name: "no bridge", v311: "3.1.2-2", v31: "3.1", in: connectOnly, value: true,
		do: func(x *attempt) bool { x.f.find(pieceLevel).b = []byte{byte(x.v)}; return true }},
	{name: "not the version of the connection", v5: "3.1.2-2 3.1", v311: "3.1.2-2 3.1", v31: "3.1.2-2 3.1", in: connectOnly, refused: []verdict{unsupported},
		do: func(x *attempt) bool {
			x.r.Version = []Version{MQTT31, MQTT311, MQTT5}[x.Intn(3)]
			return x.r.Version != x.v
		}},
	{name: "version not known before", v5: "3.1.2-2", v311: "3.1.2-2", v31: "3.1", in: connectOnly, value: true,
		do: func(x *attempt) bool { x.r.Version = 0; return true }},

	{name: "no Client Identifier in 3.1", v31: "3.1", in: connectOnly, value: true, refused: []verdict{rejectedID}, do: clientID("")},
	{name: "no Client Identifier and no Clean Session", v311: "3.1.3-7 3.1.3-8", in: connectOnly, value: true, refused: []verdict{rejectedID},
		do: func(x *attempt) bool {
			connectFlag(whatever, func(_ *attempt, flags byte) byte { return flags &^ flagCleanStart })(x)
			return clientID("")(x)
		}},
	{name: "no Client Identifier and Clean Start", v5: "3.1.3-6", v311: "3.1.3-6", in: connectOnly, value: true, do: func(x *attempt) bool {
		connectFlag(whatever, func(_ *attempt, flags byte) byte { return flags | flagCleanStart })(x)
		return clientID("")(x)
	}},
	{name: "no Client Identifier and no Clean Start", v5: "3.1.3-6", in: connectOnly, value: true, do: func(x *attempt) bool {
		connectFlag(whatever, func(_ *attempt, flags byte) byte { return flags &^ flagCleanStart })(x)
		return clientID("")(x)
	}},
	{name: "Client Identifier of 24 characters", v31: "3.1", in: connectOnly, value: true, refused: []verdict{rejectedID}, allow: AllowLongClientID,
		do: clientID("abcdefghijklmnopqrstuvwx", "ÄÖÜabcdefghijklmnopqrstu", "1\U0001F6001234567890123456789012", "\U0001F600123456789012345678901\U0001F600\U0001F600\U0001F600")},
	{name: "Client Identifier of 23 characters", v5: "3.1.3-5", v311: "3.1.3-5", v31: "3.1", in: connectOnly, value: true,
		do: clientID("abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "01234567890123456789xyz", "ÄÖÜabcdefghijklmnopqrst", "a")},
	{name: "Keep Alive at its edges", v5: "3.1.2.10", v311: "3.1.2.10", v31: "3.1", in: connectOnly, value: true, do: func(x *attempt) bool {
		x.f.find(pieceKeepAlive).b = [][]byte{{0, 0}, {0, 1}, {0xFF, 0xFF}}[x.Intn(3)]
		return true
	}},
	{name: "Authentication Data without Method", v5: "3.1.2.11.10", in: connectOnly, value: true, refused: []verdict{protocolError(ErrProtocolError)},
		do: func(x *attempt) bool { return dropMethod(x) && x.hasProp(PropertyAuthenticationData) }},
}

// clientID puts one of a list in the place of the Client Identifier.
func clientID(list ...string) func(x *attempt) bool {
	return func(x *attempt) bool {
		x.f.find(pieceClientID).b = []byte(chosen(list...)(x))
		return true
	}
}

// passwordAlone leaves a Password, of ASCII, and no User Name.
func passwordAlone(x *attempt) bool {
	x.f.drop(pieceUserName, piecePassword)
	x.f.add(piecePassword, []byte("secret"))
	p := x.f.find(pieceConnectFlags)
	p.b = []byte{p.b[0]&^flagUserName | flagPassword}
	return true
}
