package mqttwire

// Mutations of Packet Identifiers, reason codes and lists of them, and of the
// packets in which they are nearly all there is.

var (
	withID   = acks | requests | codeList | publish
	withCode = acks | setOf(PacketConnack, PacketDisconnect, PacketAuth)
)

// packetIDs is the clauses of a Packet Identifier of 0.
const (
	packetIDs5   = "2.2.1-3 2.2.1-4 2.2.1-5 2.2.1-6"
	packetIDs311 = "2.3.1-1 2.3.1-4 2.3.1-6 2.3.1-7 3.7.2"
)

// putPacketID puts another Packet Identifier, where there is one.
func putPacketID(ids ...uint16) func(x *attempt) bool {
	return func(x *attempt) bool {
		p := x.f.find(piecePacketID)
		if p == nil {
			return false
		}
		id := ids[x.Intn(len(ids))]
		p.b = []byte{byte(id >> 8), byte(id)}
		return true
	}
}

// putCode puts a code that the packet may have, or may not, in the place of one.
func putCode(legal bool) func(x *attempt) bool {
	return func(x *attempt) bool {
		if x.f.find(pieceReason) == nil {
			if x.v != MQTT5 {
				return false
			}
			x.f.byte(pieceReason, 0)
		}
		if x.t == PacketAuth && x.f.find(pieceBlock) == nil {
			return false // of one byte
		}
		if flags := x.f.find(pieceAckFlags); flags != nil && flags.b[0] != 0 {
			return false // then there may be no other
		}
		var all []*piece
		for i := range x.f.pieces {
			if x.f.pieces[i].kind == pieceReason {
				all = append(all, &x.f.pieces[i])
			}
		}
		code := byte(x.Intn(256))
		for x.mayHave(code) != legal {
			code = byte(x.Intn(256))
		}
		all[x.Intn(len(all))].b = []byte{code}
		return true
	}
}

// shortest is do, after which nothing is written out that can be left out.
func shortest(do func(x *attempt) bool) func(x *attempt) bool {
	return func(x *attempt) bool {
		if !do(x) {
			return false
		}
		if (acks | setOf(PacketDisconnect)).has(x.t) && x.f.find(pieceReason).b[0] == 0 && x.f.find(pieceBlock) == nil {
			x.f.drop(pieceReason)
		}
		return true
	}
}

var fieldMutations = []mutation{
	{name: "Packet Identifier 0", v5: packetIDs5, v311: packetIDs311, v31: "2.4", in: withID, value: true,
		refused: []verdict{protocolError(ErrPacketIDZero)}, do: putPacketID(0)},
	{name: "Packet Identifier at its edges", v5: "2.2.1", v311: "2.3.1", v31: "2.4", in: withID, value: true, do: putPacketID(1, 0xFF, 0x100, 0xFFFF)},

	{name: "reason code that is none here", v5: "3.2.2-8 3.4.2-1 3.5.2-1 3.6.2-1 3.7.2-1 3.9.3-2 3.11.3-2 3.14.2-1 3.15.2-1",
		v311: "3.2.2.3 3.9.3-2", v31: "3.2 3.9", in: withCode | codeList, in3: setOf(PacketConnack, PacketSuback), value: true,
		refused: []verdict{protocolError(ErrReasonCode)}, allow: AllowUnknownReasonCodes, do: shortest(putCode(false))},
	{name: "another reason code", v5: "2.4", v311: "3.2.2.3 3.9.3", v31: "3.2 3.9", in: withCode | codeList, in3: setOf(PacketConnack, PacketSuback),
		value: true, do: shortest(putCode(true))},
	{name: "no reason codes", v5: "2.4", v311: "3.9.3", v31: "3.9", in: codeList, in3: setOf(PacketSuback), value: true,
		refused: []verdict{protocolError(ErrEmptyList)}, do: func(x *attempt) bool { x.f.drop(pieceReason); return true }},
	{name: "one more reason code", v5: "3.9.3 3.11.3", v311: "3.9.3", v31: "3.9", in: codeList, in3: setOf(PacketSuback), value: true,
		do: func(x *attempt) bool { x.f.byte(pieceReason, byte(x.Intn(3)%x.codes())); return true }},
	{name: "many reason codes", v5: "3.9.3 3.11.3", v311: "3.9.3", v31: "3.9", in: codeList, in3: setOf(PacketSuback), value: true,
		do: func(x *attempt) bool {
			for range x.between(100, 5000) {
				x.f.byte(pieceReason, byte(x.Intn(3)%x.codes()))
			}
			return true
		}},

	{name: "reserved Connect Acknowledge Flags", v5: "3.2.2-1", v311: "3.2.2.1", in: setOf(PacketConnack), refused: []verdict{malformed(ErrMalformedPacket)},
		do: func(x *attempt) bool {
			p := x.f.find(pieceAckFlags)
			p.b = []byte{x.differs(p.b[0], 0xFE)}
			return true
		}},
	{name: "unused Connect Acknowledge Flags in 3.1", v31: "3.2", in: setOf(PacketConnack), do: func(x *attempt) bool {
		x.want = x.f.clone()
		x.f.find(pieceAckFlags).b = x.bytesOf(1)
		return true
	}},
	{name: "Session Present in a refusal", v5: "3.2.2-6", v311: "3.2.2-4", in: setOf(PacketConnack), value: true,
		refused: []verdict{protocolError(ErrProtocolError)}, do: func(x *attempt) bool {
			x.f.find(pieceAckFlags).b = []byte{1}
			p := x.f.find(pieceReason)
			for p.b[0] == 0 || !x.mayHave(p.b[0]) {
				p.b = x.bytesOf(1)
			}
			return true
		}},
	{name: "Session Present", v5: "3.2.2.1.1", v311: "3.2.2.2", in: setOf(PacketConnack), value: true, do: func(x *attempt) bool {
		x.f.find(pieceAckFlags).b = []byte{byte(x.Intn(2))}
		x.f.find(pieceReason).b = []byte{0}
		return true
	}},
	{name: "CONNACK of an older server", v5: "3.1.2-2", in: setOf(PacketConnack), refused: []verdict{unsupported}, do: func(x *attempt) bool {
		x.f.find(pieceAckFlags).b = []byte{0}
		x.f.find(pieceReason).b = []byte{byte(x.between(1, 5))}
		x.f.drop(pieceBlock)
		return true
	}},

	{name: "empty AUTH", v5: "3.15.2.2.2", in: setOf(PacketAuth), value: true, refused: []verdict{protocolError(ErrMethodMissing)},
		reject: RejectEmptyAuth, do: func(x *attempt) bool {
			x.f.drop(pieceReason, pieceBlock)
			return x.from != Client // whose AUTH is never a success
		}},
	{name: "empty AUTH from a client", v5: "3.15.2-1", in: setOf(PacketAuth), value: true, refused: []verdict{protocolError(ErrReasonCode)}, do: func(x *attempt) bool {
		x.f.drop(pieceReason, pieceBlock)
		return x.from == Client && x.r.Options&AllowUnknownReasonCodes == 0
	}},
	{name: "AUTH of one byte", v5: "1.2 3.15.2.2.1", in: setOf(PacketAuth), refused: []verdict{malformed(ErrTruncated)}, do: func(x *attempt) bool {
		x.f.drop(pieceBlock)
		return x.f.find(pieceReason) != nil
	}},
	{name: "AUTH without Authentication Method", v5: "3.15.2.2.2", in: setOf(PacketAuth), refused: []verdict{protocolError(ErrMethodMissing)}, do: dropMethod},

	{name: "payload", v5: "3.3.3", v311: "3.3.3", v31: "3.3", in: publish, value: true, do: func(x *attempt) bool {
		p := x.f.find(piecePayload)
		p.b = []byte("text")[:x.Intn(5)]
		return true
	}},
	{name: "long payload", v5: "3.3.3", v311: "3.3.3", v31: "3.3", in: publish, value: true, do: func(x *attempt) bool {
		p := x.f.find(piecePayload)
		p.b = make([]byte, x.between(4096, 20000))
		for i := range p.b {
			p.b[i] = 'a' + byte(i%26)
		}
		return true
	}},
}

// codes is how many of 0, 1 and 2 are codes of an answer.
func (x *attempt) codes() int {
	if x.t == PacketSuback {
		return 3
	}
	return 1
}

// dropMethod leaves the Authentication Method out.
func dropMethod(x *attempt) bool {
	block := x.f.find(pieceBlock)
	if block == nil {
		return false
	}
	var kept []prop
	for _, p := range block.props {
		if p.id[0] != byte(PropertyAuthenticationMethod) {
			kept = append(kept, p)
		}
	}
	dropped := len(kept) < len(block.props)
	block.props = kept
	return dropped
}

// hasProp reports whether the packet has a property outside its Will.
func (x *attempt) hasProp(id PropertyID) bool {
	if block := x.f.find(pieceBlock); block != nil {
		for _, p := range block.props {
			if p.id[0] == byte(id) {
				return true
			}
		}
	}
	return false
}
