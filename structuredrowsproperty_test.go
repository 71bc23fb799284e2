package mqttwire

import "slices"

// Mutations of blocks of properties, which 5.0 has. What a property may be and
// where it may stand is read from testdata/tables/properties.csv.

// sections is the sections of the properties, packet by packet.
const sections = "3.1.2.11.* 3.1.3.2.* 3.2.2.3.* 3.3.2.3.* 3.4.2.2.* 3.5.2.2.* 3.6.2.2.* 3.7.2.2.* " +
	"3.8.2.1.* 3.9.2.1.* 3.10.2.1.* 3.11.2.1.* 3.14.2.2.* 3.15.2.2.*"

// block chooses one of the packet's blocks. Where it could be left out it is put
// there.
func (x *attempt) block() *piece {
	if x.f.find(pieceBlock) == nil {
		if x.f.find(pieceReason) == nil {
			x.f.byte(pieceReason, 0)
			if x.t == PacketAuth {
				x.f.pieces[0].b = []byte{byte(ReasonContinueAuthentication)}
			}
		}
		x.f.pieces = append(x.f.pieces, piece{kind: pieceBlock})
		if x.t == PacketAuth {
			x.f.pieces[1].props = []prop{newProp(byte(PropertyAuthenticationMethod), propValue{s: []byte("m")})}
		}
	}
	if will := x.f.find(pieceWillBlock); will != nil && x.Intn(2) == 0 {
		return will
	}
	return x.f.find(pieceBlock)
}

// ids is the properties, in order, for which fits says yes.
func ids(fits func(id byte, s *propSpec) bool) (all []byte) {
	for id, s := range propSpecs() {
		if fits(id, s) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return all
}

// legalValue is a value that a property may have, whatever the packet says.
func (x *attempt) legalValue(id byte) (v propValue) {
	switch s := propSpecs()[id]; {
	case s.typ == "Byte":
		v.n = uint32(x.Intn(2))
		if id == byte(PropertyPayloadFormatIndicator) {
			v.n = 0 // nothing is promised of the payload
		}
	case s.typ == "Two Byte Integer":
		v.n = []uint32{1, 0xFF, 0x100, 0xFFFF, uint32(x.between(1, 0xFFFF))}[x.Intn(5)]
	case s.typ == "Four Byte Integer":
		v.n = []uint32{1, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF}[x.Intn(5)]
	case s.typ == "Variable Byte Integer":
		v.n = []uint32{1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0xFFFFFFF}[x.Intn(8)]
	default:
		v.s, v.t = []byte(x.level()), []byte(x.level())
	}
	if propSpecs()[id].limit == "" && x.Intn(4) == 0 && id != byte(PropertyResponseTopic) { // 0 and nothing may be, too
		return propValue{s: []byte{}, t: []byte{}}
	}
	return v
}

// insert puts a property at a random place of a block.
func (x *attempt) insert(p *piece, property prop) {
	p.props = slices.Insert(p.props, x.Intn(len(p.props)+1), property)
}

// put puts a property into a block in place of what is there of it.
func (x *attempt) put(p *piece, id byte, v propValue) *prop {
	p.props = slices.DeleteFunc(slices.Clone(p.props), func(q prop) bool { return q.id[0] == id })
	property := newProp(id, v)
	i := x.Intn(len(p.props) + 1)
	p.props = slices.Insert(p.props, i, property)
	return &p.props[i]
}

// own chooses a property that the block may have.
func (x *attempt) own(p *piece, fits func(id byte, s *propSpec) bool) (id byte, ok bool) {
	name := p.blockName(x.t)
	list := ids(func(id byte, s *propSpec) bool {
		may, _ := s.mayBeIn(name, x.r.Sender)
		needsMethod := id == byte(PropertyAuthenticationData) && !x.hasProp(PropertyAuthenticationMethod)
		return may && !needsMethod && fits(id, s)
	})
	if len(list) == 0 {
		return 0, false
	}
	return list[x.Intn(len(list))], true
}

func anyProperty(byte, *propSpec) bool { return true }

// withOwn returns a mutation that puts a property with a legal value into a block
// and then does something to it.
func withOwn(fits func(id byte, s *propSpec) bool, do func(x *attempt, block *piece, p *prop)) func(x *attempt) bool {
	return func(x *attempt) bool {
		block := x.block()
		id, ok := x.own(block, fits)
		if ok {
			do(x, block, x.put(block, id, x.legalValue(id)))
		}
		return ok
	}
}

// foreign returns a mutation that puts a property where it may not be; other says
// whether the other side may put it there.
func foreign(other bool) func(x *attempt) bool {
	return func(x *attempt) bool {
		block := x.block()
		list := ids(func(_ byte, s *propSpec) bool {
			may, onlyOther := s.mayBeIn(block.blockName(x.t), x.r.Sender)
			return !may && onlyOther == other
		})
		if len(list) == 0 {
			return false
		}
		id := list[x.Intn(len(list))]
		x.insert(block, newProp(id, x.legalValue(id)))
		return true
	}
}

// unassigned is the identifiers below 0x80 that no property has.
var unassigned = func() (all []byte) {
	for id := range byte(0x80) {
		if !slices.Contains([]byte{1, 2, 3, 8, 9, 0x0B, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1C, 0x1F,
			0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A}, id) {
			all = append(all, id)
		}
	}
	return all
}()

var propertyMutations = []mutation{
	{name: "property twice that may be", v5: sections, in: blocked, value: true, do: func(x *attempt) bool {
		block := x.block()
		id, ok := x.own(block, func(_ byte, s *propSpec) bool { return s.mayRepeat(block.blockName(x.t)) })
		if ok {
			for range x.between(2, 5) {
				x.insert(block, newProp(id, x.legalValue(id)))
			}
		}
		return ok
	}},
	{name: "many User Properties", v5: sections, in: blocked, value: true, do: func(x *attempt) bool {
		block := x.block()
		for range x.between(100, 900) {
			block.props = append(block.props, newProp(byte(PropertyUserProperty), propValue{s: []byte("a")[:x.Intn(2)], t: []byte("é")}))
		}
		return true
	}},
	{name: "many Subscription Identifiers", v5: "3.3.2.3.8", in: publish, value: true, do: func(x *attempt) bool {
		if x.from == Client {
			return false
		}
		for range x.between(100, 900) {
			id := byte(PropertySubscriptionIdentifier)
			x.f.find(pieceBlock).props = append(x.f.find(pieceBlock).props, newProp(id, x.legalValue(id)))
		}
		return true
	}},
	{name: "property of another packet", v5: "2.2.2.2", in: blocked, value: true, refused: []verdict{malformed(ErrPropertyNotAllowed)}, do: foreign(false)},
	{name: "property of the other side", v5: "3.3.4-6 3.14.2-2", in: setOf(PacketPublish, PacketDisconnect), value: true,
		refused: []verdict{protocolError(ErrPropertySender)}, do: foreign(true)},
	{name: "unknown property", v5: "2.2.2.2", in: blocked, refused: []verdict{malformed(ErrPropertyUnknown)}, do: func(x *attempt) bool {
		id := []byte{unassigned[x.Intn(len(unassigned))]}
		if x.Intn(3) == 0 { // in two to four bytes
			id = appendVarint(nil, uint32(x.between(0x80, MaxRemainingLength)))
		}
		x.insert(x.block(), prop{id: id, value: x.bytesOf(x.Intn(6))})
		return true
	}},
	{name: "another legal value", v5: sections, in: blocked, value: true,
		do: withOwn(anyProperty, func(*attempt, *piece, *prop) {})},
	{name: "properties in another order", v5: "2.2.2.2", in: blocked, value: true, do: func(x *attempt) bool {
		block := x.block()
		if len(block.props) < 2 {
			return false
		}
		block.props = slices.Clone(block.props)
		x.Shuffle(len(block.props), func(i, j int) { block.props[i], block.props[j] = block.props[j], block.props[i] })
		return true
	}},
	{name: "overlong identifier", v5: "1.5.5-1", in: blocked, refused: []verdict{malformed(ErrIntegerOverlong)}, allow: AllowOverlongIntegers,
		do: withOwn(anyProperty, func(x *attempt, _ *piece, p *prop) { x.spelled(&p.id, uint32(p.id[0])) })},
	{name: "identifier of five bytes", v5: "1.5.5", in: blocked, refused: []verdict{malformed(ErrIntegerTooLong)},
		do: withOwn(anyProperty, func(x *attempt, _ *piece, p *prop) { p.id = x.longVarint(int(p.id[0])) })},
	{name: "overlong Subscription Identifier", v5: "1.5.5-1", in: setOf(PacketSubscribe, PacketPublish), refused: []verdict{malformed(ErrIntegerOverlong)},
		allow: AllowOverlongIntegers, do: withOwn(isVarint, func(x *attempt, _ *piece, p *prop) { x.spelled(&p.value, uint32(x.between(1, 300))) })},
	{name: "Subscription Identifier of five bytes", v5: "1.5.5", in: setOf(PacketSubscribe, PacketPublish), refused: []verdict{malformed(ErrIntegerTooLong)},
		do: withOwn(isVarint, func(x *attempt, _ *piece, p *prop) { p.value = x.longVarint(x.Intn(1000)) })},
	{name: "property cut", v5: "1.2", in: blocked, refused: []verdict{malformed(ErrTruncated)}, do: func(x *attempt) bool {
		block := x.block()
		if len(block.props) == 0 {
			return false
		}
		p := &block.props[len(block.props)-1]
		p.value = p.value[:x.Intn(len(p.value))]
		return true
	}},
	{name: "string beyond the block", v5: "1.2", in: blocked, refused: []verdict{malformed(ErrTruncated)},
		do: withOwn(func(_ byte, s *propSpec) bool {
			return s.typ == "UTF-8 Encoded String" || s.typ == "Binary Data" || s.typ == "UTF-8 String Pair"
		},
			func(x *attempt, block *piece, p *prop) {
				left := len(block.content())
				n := x.between(min(left, 65535), 65535)
				p.value = append([]byte{byte(n >> 8), byte(n)}, p.value[2:]...)
				if left >= 65535 { // then so much comes before it
					*block = piece{kind: block.kind, props: []prop{*p}}
				}
			})},
	{name: "Property Length one more", v5: "1.2 2.2.2.2 3.3.4-6 3.14.2-2 1.5.5-1 " + sections, in: blocked, do: propertyLength(1),
		refused: []verdict{malformed(ErrTruncated), malformed(ErrPropertyNotAllowed), malformed(ErrPropertyUnknown),
			protocolError(ErrPropertyRepeated), protocolError(ErrPropertySender)}},
	{name: "Property Length one less", v5: "1.2", in: blocked, refused: []verdict{malformed(ErrTruncated)}, do: propertyLength(-1)},
	{name: "overlong Property Length", v5: "1.5.5-1", in: blocked, refused: []verdict{malformed(ErrIntegerOverlong)}, allow: AllowOverlongIntegers,
		do: func(x *attempt) bool {
			block := x.block()
			block.length = x.overlongVarint(len(block.content()))
			return true
		}},
	{name: "Property Length of five bytes", v5: "1.5.5", in: blocked, refused: []verdict{malformed(ErrIntegerTooLong)}, do: func(x *attempt) bool {
		block := x.block()
		block.length = x.longVarint(len(block.content()))
		return true
	}},
	{name: "Property Length beyond the packet", v5: "1.2", in: blocked, refused: []verdict{malformed(ErrTruncated)}, do: func(x *attempt) bool {
		x.block().length = appendVarint(nil, uint32(x.between(len(x.f.body()), MaxRemainingLength)))
		return true
	}},
}

func isVarint(_ byte, s *propSpec) bool { return s.typ == "Variable Byte Integer" }

// spelled writes n in more bytes than it needs; what it says stays the same.
func (x *attempt) spelled(b *[]byte, n uint32) {
	*b = appendVarint(nil, n)
	x.want = x.f.clone()
	*b = x.overlongVarint(int(n))
}

// propertyLength returns a mutation that makes the length of a block, and nothing
// else, longer or shorter.
func propertyLength(by int) func(x *attempt) bool {
	return func(x *attempt) bool {
		block := x.block()
		n := len(block.content()) + by
		if n < 0 {
			return false
		}
		block.length = appendVarint(nil, uint32(n))
		return true
	}
}

// propertyOwnMutations is a row for each property that may not be there twice, and for
// each that has a limit.
func propertyOwnMutations() (rows []mutation) {
	for _, id := range ids(anyProperty) {
		s, name := propSpecs()[id], PropertyID(id).String()
		only := func(other byte, _ *propSpec) bool { return other == id }
		if once := s.packets(false); once != 0 {
			rows = append(rows, mutation{name: name + " twice", v5: sections, in: once, value: true,
				refused: []verdict{protocolError(ErrPropertyRepeated)}, do: withOwn(only,
					func(x *attempt, block *piece, _ *prop) { x.insert(block, newProp(id, x.legalValue(id))) })})
		}
		row := mutation{name: name + " outside its range", v5: sections, in: s.packets(true), refused: []verdict{protocolError(ErrPropertyValue)}}
		switch {
		case s.limit == "0-1":
			row.do = withOwn(only, func(x *attempt, _ *piece, p *prop) { p.value = []byte{byte(x.between(2, 255))} })
		case id == byte(PropertyTopicAlias):
			row.v5, row.refused = "3.3.2-8", []verdict{{code: ReasonTopicAliasInvalid, err: ErrTopicAliasZero}}
			fallthrough
		case s.limit == "1-":
			row.value = true
			row.do = withOwn(only, func(_ *attempt, _ *piece, p *prop) { *p = newProp(id, propValue{}) })
		default:
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// packets is the packets that may have the property: all, or those that may have it
// only once.
func (s *propSpec) packets(all bool) (in packetSet) {
	for t := PacketConnect; t <= PacketAuth; t++ {
		for _, block := range []string{t.String(), "Will"} {
			if _, ok := s.in[block]; ok && (all || !s.mayRepeat(block)) && (block != "Will" || t == PacketConnect) {
				in |= setOf(t)
			}
		}
	}
	return in
}
