package mqttwire

import "unicode/utf8"

// Mutations of strings, topic names and binary data.

// A spot is a string of a packet.
type spot struct {
	s      []byte
	set    func(s []byte)
	length func(prefix []byte) // puts another length before it, nil where that is not tried
	kind   spotKind
}

type spotKind uint8

const (
	spotText   spotKind = iota
	spotTopic           // a Topic Name
	spotFilter          // a Topic Filter
	spotClient          // a Client Identifier
)

// spots is the strings of a packet, those of its properties included.
func (x *attempt) spots() (all []spot) {
	for i := range x.f.pieces {
		p := &x.f.pieces[i]
		s := spot{s: p.b, set: func(b []byte) { p.b = b }, length: func(b []byte) { p.length = b }}
		switch p.kind {
		case pieceClientID:
			s.kind = spotClient
		case pieceWillTopic, pieceTopic:
			s.kind = spotTopic
		case pieceFilter:
			s.kind = spotFilter
		case pieceUserName:
		case piecePassword:
			if x.v != MQTT31 { // whose passwords are text
				continue
			}
		case pieceBlock, pieceWillBlock:
			all = append(all, p.spots()...)
			continue
		default:
			continue
		}
		all = append(all, s)
	}
	return all
}

// spots is the strings of a block.
func (p *piece) spots() (all []spot) {
	for i := range p.props {
		property := &p.props[i]
		id, v := property.parse()
		switch typ := propSpecs()[byte(id)].typ; typ {
		case "UTF-8 Encoded String":
			s := spot{s: v.s, set: func(b []byte) { property.value = withLength(b) }}
			if id == PropertyResponseTopic {
				s.kind = spotTopic
			}
			all = append(all, s)
		case "UTF-8 String Pair":
			all = append(all,
				spot{s: v.s, set: func(b []byte) { property.value = append(withLength(b), withLength(v.t)...) }},
				spot{s: v.t, set: func(b []byte) { property.value = append(withLength(v.s), withLength(b)...) }})
		}
	}
	return all
}

// spot chooses one of the strings of these kinds.
func (x *attempt) spot(kinds ...spotKind) (s spot, ok bool) {
	var fit []spot
	for _, s := range x.spots() {
		for _, kind := range kinds {
			if s.kind == kind {
				fit = append(fit, s)
			}
		}
	}
	if len(fit) == 0 {
		return s, false
	}
	return fit[x.Intn(len(fit))], true
}

var anySpot = []spotKind{spotText, spotTopic, spotFilter, spotClient}

// into returns a mutation that puts a piece of text between two characters of a
// string, but beside no wildcard, which has to be alone in its level.
func into(text func(x *attempt) string, kinds ...spotKind) func(x *attempt) bool {
	return func(x *attempt) bool {
		s, ok := x.spot(kinds...)
		more := text(x)
		if !ok || len(s.s)+len(more) > 65535 || s.kind == spotClient && x.v == MQTT31 && len(s.s) > 17 {
			return false
		}
		at := x.Intn(len(s.s) + 1)
		for at < len(s.s) && !utf8.RuneStart(s.s[at]) {
			at++
		}
		wildcard := func(i int) bool { return i >= 0 && i < len(s.s) && (s.s[i] == '+' || s.s[i] == '#') }
		if wildcard(at-1) || wildcard(at) {
			return false
		}
		s.set(append(append(append([]byte{}, s.s[:at]...), more...), s.s[at:]...))
		return true
	}
}

func chosen(list ...string) func(x *attempt) string {
	return func(x *attempt) string { return list[x.Intn(len(list))] }
}

func controlCharacter(x *attempt) string {
	if x.Intn(2) == 0 {
		return string(rune(x.between(0x01, 0x1F)))
	}
	return string(rune(x.between(0x7F, 0x9F)))
}

func nonCharacter66(x *attempt) string {
	if x.Intn(2) == 0 {
		return string(rune(x.between(0xFDD0, 0xFDEF)))
	}
	return string(rune(x.Intn(17)<<16 | x.between(0xFFFE, 0xFFFF)))
}

// nonCharacterPair is the last two code points of a plane other than the first, as
// Java writes them.
func nonCharacterPair(x *attempt) string {
	high := 0x3F | x.Intn(16)<<6 // the upper ten bits, less 0x10000
	return string([]byte{0xED, 0xA0 | byte(high>>6), 0x80 | byte(high&0x3F), 0xED, 0xBF, byte(x.between(0xBE, 0xBF))})
}

func surrogate(x *attempt) string {
	return string([]byte{0xED, byte(x.between(0xA0, 0xBF)), byte(x.between(0x80, 0xBF))})
}

// illFormed makes what no version of UTF-8 has.
func illFormed(x *attempt) string {
	more := func() byte { return byte(x.between(0x80, 0xBF)) }
	var b []byte
	switch x.Intn(9) {
	case 0:
		b = []byte{byte(x.between(0xF5, 0xFF))}
	case 1: // more than U+10FFFF
		b = []byte{0xF4, byte(x.between(0x90, 0xBF)), more(), more()}
	case 2: // overlong, two bytes
		b = []byte{0xC1, more()}
	case 3: // overlong, three bytes
		b = []byte{0xE0, byte(x.between(0x80, 0x9F)), more()}
	case 4: // overlong, four bytes
		b = []byte{0xF0, byte(x.between(0x80, 0x8F)), more(), more()}
	case 5: // nothing before it
		b = []byte{more()}
	case 6: // cut after one byte
		b = []byte{byte(x.between(0xC2, 0xF4))}
	case 7: // cut after two
		b = []byte{byte(x.between(0xE1, 0xEC)), more()}
	case 8: // cut after three
		b = []byte{byte(x.between(0xF1, 0xF3)), more(), more()}
	}
	return string(b)
}

var (
	withText  = setOf(PacketConnect, PacketPublish, PacketSubscribe, PacketUnsubscribe)
	withTopic = setOf(PacketConnect, PacketPublish)
)

var textMutations = []mutation{
	{name: "U+0000", v5: "1.5.4-2", v311: "1.5.3-2", in: blocked, in3: withText, value: true, refused: []verdict{malformed(ErrNullCharacter)},
		do: into(chosen("\x00"), anySpot...)},
	{name: "U+0000 in 3.1", v31: "2.5", in: setOf(PacketConnect), value: true, do: into(chosen("\x00", "\xC0\x80"), spotText, spotClient)},
	{name: "U+0000 in a topic of 3.1", v31: "A", in: withText, value: true, refused: []verdict{malformed(ErrNullCharacter)},
		do: into(chosen("\x00"), spotTopic, spotFilter)},
	{name: "U+0000 in two bytes in a topic of 3.1", v31: "A", in: withText, refused: []verdict{malformed(ErrNullCharacter)},
		do: into(chosen("\xC0\x80"), spotTopic, spotFilter)},
	{name: "ill-formed UTF-8", v5: "1.5.4-1", v311: "1.5.3-1", v31: "2.5", in: blocked, in3: withText, value: true,
		refused: []verdict{malformed(ErrNotUTF8)}, do: into(illFormed, anySpot...)},
	{name: "U+0000 in two bytes", v5: "1.5.4-1", v311: "1.5.3-1", in: blocked, in3: withText, value: true,
		refused: []verdict{malformed(ErrNotUTF8)}, do: into(chosen("\xC0\x80"), anySpot...)},
	{name: "surrogate", v5: "1.5.4-1", v311: "1.5.3-1", in: blocked, in3: withText, value: true,
		refused: []verdict{malformed(ErrNotUTF8)}, do: into(surrogate, anySpot...)},
	{name: "surrogate in 3.1", v31: "2.5", in: withTopic, value: true, do: into(surrogate, spotText, spotClient, spotTopic)},
	{name: "surrogate in a filter of 3.1", v31: "2.5", in: requests, do: into(surrogate, spotFilter)},
	{name: "control character", v5: "1.5.4", v311: "1.5.3", v31: "2.5", in: blocked, in3: withText, value: true,
		refused: []verdict{malformed(ErrControlCharacter)}, reject: RejectControlCharacters, do: into(controlCharacter, anySpot...)},
	{name: "non-character", v5: "1.5.4", v311: "1.5.3", v31: "2.5", in: blocked, in3: withText, value: true,
		refused: []verdict{malformed(ErrNonCharacter)}, reject: RejectNonCharacters, do: into(nonCharacter66, anySpot...)},
	{name: "non-character as a surrogate pair of 3.1", v31: "2.5", in: withTopic, value: true,
		refused: []verdict{malformed(ErrNonCharacter)}, reject: RejectNonCharacters, do: into(nonCharacterPair, spotText, spotClient, spotTopic)},
	{name: "the last characters before those that are none", v5: "1.5.4-3", v311: "1.5.3-3", v31: "2.5", in: blocked, in3: withText, value: true,
		do: into(chosen("\uFEFF", " ", "~", "\u00A0", "\uD7FF", "\uE000", "\uFDCF", "\uFDF0", "\uFFFD", "\U00010000", "\U0010FFFD"), anySpot...)},
	{name: "length beyond the end", v5: "1.2", v311: "4.8.0-1", v31: "2.1", in: withText, refused: []verdict{malformed(ErrTruncated)}, do: beyondTheEnd},

	{name: "wildcard in a topic name", v5: "3.3.2-2 3.3.2-14 4.7.0-1", v311: "3.3.2-2 4.7.1-1", v31: "3.3 A", in: withTopic, value: true,
		refused: []verdict{protocolError(ErrTopicWildcard)}, do: into(chosen("+", "#", "/+/", "/#"), spotTopic)},
	{name: "slashes in a topic name", v5: "4.7.1.1", v311: "4.7.1.1", v31: "A", in: withTopic, value: true,
		do: into(chosen("/", "//", "$", "$SYS/", "$share/g/", " "), spotTopic)},
	{name: "empty topic name", v5: "4.7.3-1 3.3.2.1", v311: "4.7.3-1", v31: "A 3.3", in: withTopic, value: true,
		refused: []verdict{protocolError(ErrTopicEmpty), protocolError(ErrProtocolError)}, do: func(x *attempt) bool {
			s, ok := x.spot(spotTopic)
			if !ok || len(s.s) == 0 {
				return false
			}
			s.set([]byte{})
			p := x.f.find(pieceTopic)
			if p != nil && len(p.b) == 0 && x.hasProp(PropertyTopicAlias) { // then it may be empty, if it is that one
				p.b = s.s
				return false
			}
			return true
		}},
	{name: "empty topic name beside an alias", v5: "3.3.2.1", in: publish, value: true, do: func(x *attempt) bool {
		x.f.find(pieceTopic).b = []byte{}
		return x.hasProp(PropertyTopicAlias)
	}},
	{name: "empty string", v5: "1.5.4", v31: "2.5", v311: "1.5.3", in: setOf(PacketConnect), value: true, do: func(x *attempt) bool {
		s, ok := x.spot(spotText)
		if ok {
			s.set([]byte{})
		}
		return ok
	}},
	{name: "binary data", v5: "1.5.6", v311: "3.1.3.5 3.3.3", v31: "3.3", in: withTopic, value: true, do: binaryData},
	{name: "payload is not text", v5: "3.3.2.3.2 3.1.3.2.3", in: withTopic, value: true, refused: []verdict{notText}, reject: RejectInvalidPayload,
		do: func(x *attempt) bool {
			block, payload := pieceBlock, piecePayload
			if x.t == PacketConnect {
				block, payload = pieceWillBlock, pieceWillPayload
			}
			p := x.f.find(payload)
			if p == nil || !x.promisesText(block) || len(p.b) > 60000 {
				return false
			}
			at := x.Intn(len(p.b) + 1)
			for at < len(p.b) && !utf8.RuneStart(p.b[at]) {
				at++
			}
			p.b = append(append(append([]byte{}, p.b[:at]...), illFormed(x)...), p.b[at:]...)
			return !utf8.Valid(p.b)
		}},
}

// beyondTheEnd makes a string longer than what is left of the packet.
func beyondTheEnd(x *attempt) bool {
	s, ok := x.spot(anySpot...)
	if !ok || s.length == nil {
		return false
	}
	left := len(x.f.body())
	if left >= 65535 {
		return false
	}
	n := x.between(left, 65535)
	s.length([]byte{byte(n >> 8), byte(n)})
	return true
}

// binaryData puts any bytes where any may be.
func binaryData(x *attempt) bool {
	b := x.bytesOf(x.Intn(20))
	for _, i := range x.Perm(len(x.f.pieces)) {
		switch p := &x.f.pieces[i]; {
		case p.kind == piecePassword && x.v != MQTT31,
			p.kind == piecePayload && !x.promisesText(pieceBlock),
			p.kind == pieceWillPayload && !x.promisesText(pieceWillBlock):
			p.b = b
			return true
		case p.isBlock():
			for j := range p.props {
				if propSpecs()[p.props[j].id[0]].typ == "Binary Data" {
					p.props[j].value = withLength(b)
					return true
				}
			}
		}
	}
	return false
}
