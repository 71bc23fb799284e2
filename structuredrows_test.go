package mqttwire

import "slices"

// Mutations of the fixed header and of lengths, and packets that end too early or
// too late.

const everyPacket packetSet = 0xFFFE

var (
	answers  = setOf(PacketPuback, PacketPubrec, PacketPubrel, PacketPubcomp, PacketSuback, PacketUnsuback)
	acks     = setOf(PacketPuback, PacketPubrec, PacketPubrel, PacketPubcomp)
	pings    = setOf(PacketPingreq, PacketPingresp)
	requests = setOf(PacketSubscribe, PacketUnsubscribe)
	codeList = setOf(PacketSuback, PacketUnsuback)
	oneSided = everyPacket &^ (acks | setOf(PacketPublish, PacketDisconnect, PacketAuth))
	blocked  = everyPacket &^ pings
	hasBody3 = everyPacket &^ (pings | setOf(PacketDisconnect))
	publish  = setOf(PacketPublish)
	flagged  = setOf(PacketPubrel, PacketSubscribe, PacketUnsubscribe) // in 3.1 with a QoS
)

// between is a number from low to high.
func (x *attempt) between(low, high int) int { return low + x.Intn(high-low+1) }

// bytesOf is n random bytes.
func (x *attempt) bytesOf(n int) []byte {
	b := make([]byte, n)
	x.Read(b)
	return b
}

// differs puts a random value other than the old one into bits of a byte.
func (x *attempt) differs(old, bits byte) byte {
	for {
		if b := old ^ byte(x.Intn(256))&bits; b != old {
			return b
		}
	}
}

// flags returns a mutation that changes some of the bits of the fixed header.
func flags(bits byte) func(x *attempt) bool {
	return func(x *attempt) bool {
		x.f.first = x.differs(x.f.first, bits)
		return true
	}
}

// overlongVarint is n in more bytes than it needs, and at most four.
func (x *attempt) overlongVarint(n int) []byte {
	b := appendVarint(nil, uint32(n))
	if len(b) == 4 {
		return nil
	}
	b[len(b)-1] |= 0x80
	for len(b) < 3 && x.Intn(2) == 0 {
		b = append(b, 0x80)
	}
	return append(b, 0)
}

// longVarint is n in a form of five bytes, or without an end.
func (x *attempt) longVarint(n int) []byte {
	return []byte{byte(n) | 0x80, byte(n>>7) | 0x80, byte(n>>14) | 0x80, byte(n>>21) | 0x80, byte(x.Intn(256))}
}

var headerMutations = []mutation{
	{name: "nothing", v5: "*", v311: "*", v31: "*", in: everyPacket, value: true,
		do: func(x *attempt) bool { return true }},
	{name: "reserved flags", v5: "2.1.3-1 3.8.1-1 3.10.1-1 3.14.1-1 3.15.1-1", v311: "2.2.2-1 2.2.2-2 3.8.1-1 3.10.1-1 3.14.1-1",
		in: everyPacket &^ (publish | answers), do: flags(0x0F), refused: []verdict{malformed(ErrFixedHeaderFlags)}},
	{name: "reserved flags of an answer", v5: "2.1.3-1 3.6.1-1", v311: "2.2.2-1 2.2.2-2 3.6.1-1",
		in: answers, do: flags(0x0F), refused: []verdict{malformed(ErrFixedHeaderFlags)}, allow: AllowAckFlags},
	{name: "QoS is not 1 in 3.1", v31: "3.8 3.10", in: requests, do: flags(0x06), refused: []verdict{malformed(ErrFixedHeaderFlags)}},
	{name: "QoS is not 1 in a 3.1 answer", v31: "3.6", in: setOf(PacketPubrel), do: flags(0x06),
		refused: []verdict{malformed(ErrFixedHeaderFlags)}, allow: AllowAckFlags},
	{name: "unused flags in 3.1", v31: "2.1", in: everyPacket &^ (publish | flagged), do: flags(0x0F)},
	{name: "DUP and RETAIN in 3.1", v31: "2.1", in: flagged, do: flags(0x09)},

	{name: "packet type 0", v5: "2.1.2", v311: "2.2.1", v31: "2.1", in: everyPacket, refused: []verdict{malformed(ErrPacketType)},
		do: func(x *attempt) bool { x.f.first &= 0x0F; return true }},
	{name: "before the CONNECT", v5: "3.1.0-1", v311: "3.1.0-1", v31: "3.1", in: everyPacket &^ setOf(PacketConnect),
		refused: []verdict{protocolError(ErrProtocolError)}, do: func(x *attempt) bool { x.r.Version = 0; return true }},
	{name: "packet type 15 before 5.0", v311: "2.2.1", v31: "2.1", in: everyPacket, refused: []verdict{malformed(ErrPacketType)},
		do: func(x *attempt) bool { x.f.first, x.r.Version = 0xF0, x.v; return true }},
	{name: "from the wrong side", v5: "2.1.2", v311: "2.2.1", v31: "2.1", in: oneSided, value: true,
		refused: []verdict{protocolError(ErrWrongSender)}, do: wrongSide},
	{name: "from a server before 5.0", v311: "2.2.1", v31: "2.1", in: setOf(PacketDisconnect), value: true,
		refused: []verdict{protocolError(ErrWrongSender)}, do: wrongSide},

	{name: "QoS 3", v5: "3.3.1-4", v311: "3.3.1-4", v31: "2.1", in: publish, refused: []verdict{malformed(ErrMalformedPacket)}, value: true,
		do: func(x *attempt) bool { x.f.first |= 6; return true }},
	{name: "DUP at QoS 0", v5: "3.3.1-2", v311: "3.3.1-2", in: publish, refused: []verdict{malformed(ErrMalformedPacket)},
		allow: AllowDupQoS0, value: true, do: dup(true)},
	{name: "DUP at QoS 0 in 3.1", v31: "2.1", in: publish, value: true, do: dup(true)},
	{name: "DUP at QoS 1 and 2", v5: "3.3.1.1", v311: "3.3.1.1", v31: "2.1", in: publish, value: true, do: dup(false)},
	{name: "RETAIN", v5: "3.3.1.3", v311: "3.3.1.3", v31: "2.1", in: publish, value: true,
		do: func(x *attempt) bool { x.f.first ^= 1; return true }},
}

// wrongSide puts the side that does not send the packet in the place of the other.
func wrongSide(x *attempt) bool {
	fromClient := setOf(PacketConnect, PacketSubscribe, PacketUnsubscribe, PacketPingreq, PacketDisconnect)
	x.r.Sender = Client
	if fromClient.has(x.t) {
		x.r.Sender = Server
	}
	return true
}

// dup changes DUP where the QoS is 0, or where it is not.
func dup(atQoS0 bool) func(x *attempt) bool {
	return func(x *attempt) bool {
		if atQoS0 != (x.f.first&6 == 0) {
			return false
		}
		if x.f.first ^= 8; atQoS0 {
			x.f.first |= 8
		}
		return true
	}
}

var lengthMutations = []mutation{
	{name: "overlong Remaining Length", v5: "1.5.5-1", in: everyPacket, refused: []verdict{malformed(ErrIntegerOverlong)},
		allow: AllowOverlongIntegers, do: overlongLength},
	{name: "overlong Remaining Length in 3.x", v311: "2.2.3", v31: "2.1", in: everyPacket, do: overlongLength},
	{name: "Remaining Length of five bytes", v5: "1.5.5", v311: "2.2.3", v31: "2.1", in: everyPacket,
		refused: []verdict{malformed(ErrIntegerTooLong)},
		do:      func(x *attempt) bool { x.f.length = x.longVarint(len(x.f.body())); return true }},
	{name: "Remaining Length one more", v5: "2.1.4 1.2 3.12.1 3.13.1", v311: "2.2.3 4.8.0-1 3.12.1 3.13.1 3.14.1", v31: "2.1 3.12 3.13", in: everyPacket, do: oneMore},
	{name: "Remaining Length one less", v5: "*", v311: "*", v31: "*", in: everyPacket &^ pings, in3: hasBody3, do: oneLess},
	{name: "body cut", v5: "*", v311: "*", v31: "*", in: everyPacket &^ pings, in3: hasBody3, do: func(x *attempt) bool {
		n := len(x.f.body())
		return n > 0 && x.cutTo(x.Intn(n))
	}},
	{name: "larger than the receiver wants", v5: "3.1.2-24 3.2.2-15", v311: "2.2.3", v31: "2.1", in: everyPacket,
		refused: []verdict{{code: ReasonPacketTooLarge, err: ErrPacketTooLarge}},
		do:      func(x *attempt) bool { x.limit = uint32(x.between(1, len(x.base)-1)); return true }},
	{name: "as large as the receiver wants", v5: "3.1.2-24 3.2.2-15", v311: "2.2.3", v31: "2.1", in: everyPacket,
		do: func(x *attempt) bool { x.limit = uint32(len(x.base) + x.Intn(2)); return true }},

	{name: "trailing bytes", v5: "1.2 3.12.1 3.13.1", v311: "4.8.0-1 3.12.1 3.13.1 3.14.1", v31: "2.1 3.12 3.13 3.14",
		in: setOf(PacketConnack, PacketPingreq, PacketPingresp, PacketDisconnect, PacketAuth) | acks, refused: []verdict{malformed(ErrTrailingBytes)}, do: trail},
	{name: "trailing bytes in UNSUBACK", v311: "4.8.0-1", v31: "2.1", in: setOf(PacketUnsuback), refused: []verdict{malformed(ErrTrailingBytes)}, do: trail},
	{name: "trailing bytes in CONNECT", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: setOf(PacketConnect),
		refused: []verdict{malformed(ErrTrailingBytes)}, allow: AllowTrailingBytes, do: trail},
	{name: "part of another entry", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: requests, refused: []verdict{malformed(ErrTruncated)},
		do: func(x *attempt) bool {
			entry := append(withLength([]byte("another")), 0)
			if x.t == PacketUnsubscribe {
				entry = entry[:len(entry)-1]
			}
			x.wire = withBody(x.f, append(x.f.body(), entry[:x.between(1, len(entry)-1)]...))
			return true
		}},
	{name: "reason code 0 written out", v5: "3.4.2.1 3.14.2.1", in: acks | setOf(PacketDisconnect), do: func(x *attempt) bool {
		x.f.drop(pieceReason, pieceBlock)
		x.f.byte(pieceReason, 0)
		return true
	}},
	{name: "Property Length 0 written out", v5: "3.4.2.2.1 3.14.2.2.1", in: acks | setOf(PacketDisconnect), do: func(x *attempt) bool {
		x.f.drop(pieceBlock)
		if x.f.find(pieceReason) == nil {
			x.f.byte(pieceReason, 0)
		}
		x.f.pieces = append(x.f.pieces, piece{kind: pieceBlock})
		return true
	}},
}

func overlongLength(x *attempt) bool {
	x.f.length = x.overlongVarint(len(x.f.body()))
	return x.f.length != nil
}

// withBody is the packet of f with another body.
func withBody(f *form, body []byte) []byte {
	return append(appendVarint([]byte{f.first}, uint32(len(body))), body...)
}

// oneMore announces a byte that does not come. Where the header alone says that
// there can be none, nobody waits for it.
func oneMore(x *attempt) bool {
	body := x.f.body()
	x.wire = slices.Concat([]byte{x.f.first}, appendVarint(nil, uint32(len(body)+1)), body)
	fixed := pings.has(x.t) || x.v != MQTT5 && (acks|setOf(PacketConnack, PacketUnsuback, PacketDisconnect)).has(x.t)
	if fixed {
		x.refused, x.clauses = []verdict{malformed(ErrTrailingBytes)}, x.clauses+" 3.14"
		return true
	}
	x.incomplete = true
	return true
}

// oneLess leaves the last byte of the packet to the next.
func oneLess(x *attempt) bool {
	body := x.f.body()
	if len(body) == 0 || !x.cutTo(len(body)-1) {
		return false
	}
	x.after = body[len(body)-1:]
	return true
}

// trail adds bytes that no field is there for.
func trail(x *attempt) bool {
	shortens := acks | setOf(PacketDisconnect, PacketAuth)
	if x.v == MQTT5 && shortens.has(x.t) && x.f.find(pieceBlock) == nil {
		return false // they would be fields
	}
	x.wire = withBody(x.f, append(x.f.body(), x.bytesOf(x.between(1, 9))...))
	return true
}
