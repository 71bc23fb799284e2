package mqttwire

import "encoding/binary"

// Reading a block of properties, 5.0 section 2.2.2.

// errPropertyLength is the Errors of each block's length.
var errPropertyLength = func() (errs [16]*broken) {
	for p := range errs {
		name := "Property Length"
		if PacketType(p) == willProperties {
			name = "Will Property Length"
		}
		errs[p] = newField(packetOf(PacketType(p)), name, clauses{v5: propertySections[p] + "1"})
	}
	return errs
}()

// consumeProperties reads and checks the block that is at b[i]: the properties of
// a packet of type block, or willProperties. next is where the block ends.
func consumeProperties(b []byte, i int, block PacketType, r Rules) (p Properties, next int, e *Error) {
	if uint(i) < uint(len(b)) {
		length := b[i]
		start := i + 1
		end := start + int(length)
		switch {
		case length == 0:
			return p, start, nil
		case length < 0x80 && end <= len(b) && r.Options&strictText == 0 && r.Sender <= Server:
			stop, ids := plainProperties(b[:end], start, 0, propertySets[r.Sender][block&15])
			if stop != end {
				ids, e = checkProperties(b[:end], stop, ids, block, r)
			}
			return Properties{b[start:end:end], ids}, end, e
		}
	}
	return consumeBlock(b, i, block, r)
}

// consumeBlock is consumeProperties for blocks that are long, or no blocks.
func consumeBlock(b []byte, i int, block PacketType, r Rules) (p Properties, next int, e *Error) {
	length, n := consumeVarint(b[i:])
	start := i + n
	switch {
	case n == 0, n > 0 && int(length) > len(b)-start: // 5.0 sections 1.2, 2.2.2.1
		return p, 0, &errPropertyLength[block][truncated]
	case n < 0: // 5.0 section 1.5.5
		return p, 0, &errPropertyLength[block][integerLong]
	}
	end := start + int(length)
	if isOverlong(b[i:], n) { // 5.0 [MQTT-1.5.5-1]
		if r.Options&AllowOverlongIntegers == 0 {
			return p, 0, &errPropertyLength[block][overlong]
		}
	}
	if length == 0 {
		return p, end, nil
	}
	p.b = b[start:end:end]
	p.ids, e = checkProperties(b[:end], start, 0, block, r)
	return p, end, e
}

// kind is how to check the value of a property: its type, and for integers
// whether 0 is an error.
type kind uint8

const (
	kindNone    kind = iota
	kindFlag         // a byte, 0 or 1
	kindTwo          // two bytes
	kindTwoOne       // two bytes, 1 or more
	kindFour         // four bytes
	kindFourOne      // four bytes, 1 or more
	kindVarint       // a Variable Byte Integer, 1 or more
	kindString       // a string
	kindPair         // two strings
	kindTopic        // a string that is a Topic Name
	kindBinary       // Binary Data
)

// kindOf is the kind of a property, from its row of the table.
func kindOf(id PropertyID) kind {
	row := &propertyTable[id]
	k := [...]kind{kindNone, kindFlag, kindTwo, kindFour, kindVarint, kindString, kindBinary, kindPair}[row.typ]
	switch {
	case k == kindTwo && row.nonZero:
		return kindTwoOne
	case k == kindFour && row.nonZero:
		return kindFourOne
	case id == PropertyResponseTopic:
		return kindTopic
	}
	return k
}

// checkProperties checks every property at b[i], up to the end of b: that it may
// stand there, as often as it does, and that its value is one. ids is what
// Properties.ids has to say, of those that have been checked before, and then of
// all.
//
// The first is one that plainProperties has stopped at, or may be: what is not
// plain, or wrong, is checkProperty's business.
func checkProperties(b []byte, i int, ids uint64, block PacketType, r Rules) (all uint64, e *Error) {
	allowed := propertySets[min(r.Sender, Server+1)][block&15]
	for i < len(b) {
		if i, ids, e = checkProperty(b, i, ids, allowed, block, r); e != nil {
			return 0, e
		}
		if r.Options&strictText == 0 {
			i, ids = plainProperties(b, i, ids, allowed)
		}
	}
	return ids, nil
}

// plainProperties goes over the properties at b[i] as long as they are allowed,
// there for the first time and with a value that is as nearly all are. It returns
// where it stopped, and ids with the bits of those it has seen.
//
// It calls nothing but for pairs and the rare topic, and has one way out, so that
// what it works with stays in registers. What it does with a string is what
// plainTextEnd does: calling that took a tenth more for a whole CONNACK.
func plainProperties(b []byte, i int, ids, allowed uint64) (next int, seen uint64) {
	allowed &^= ids &^ repeats
scan:
	for uint(i) < uint(len(b)) {
		id := b[i]
		if allowed>>(id&63)&1 == 0 {
			break
		}
		var end int
		switch propertyKinds[id] {
		case kindFlag:
			if end = i + 2; end > len(b) || b[end-1] > 1 {
				break scan
			}
		case kindTwo:
			if end = i + 3; end > len(b) {
				break scan
			}
		case kindTwoOne:
			if end = i + 3; end > len(b) || b[end-2]|b[end-1] == 0 {
				break scan
			}
		case kindFour:
			if end = i + 5; end > len(b) {
				break scan
			}
		case kindFourOne:
			if end = i + 5; end > len(b) || binary.BigEndian.Uint32(b[end-4:end:end]) == 0 {
				break scan
			}
		case kindVarint:
			if end = i + 2; end > len(b) || b[end-1]-1 >= 0x7F {
				break scan
			}
		case kindBinary:
			if end = i + 3; end > len(b) {
				break scan
			}
			if end += int(binary.BigEndian.Uint16(b[end-2 : end : end])); end > len(b) {
				break scan
			}
		case kindString:
			start := i + 3
			if start > len(b) {
				break scan
			}
			n := int(binary.BigEndian.Uint16(b[start-2 : start : start]))
			if end = start + n; end > len(b) || end < 8 {
				break scan
			}
			ok := okASCII(word(b, end-8))
			if n < 8 {
				ok |= highs >> (8 * uint(n) & 63)
			}
			for ; start < end-8; start += 8 {
				ok &= okASCII(word(b, start))
			}
			if ok&highs != highs {
				break scan
			}
		case kindPair:
			if end = plainTextEnd(b, i+1); end == 0 {
				break scan
			}
			if end = plainTextEnd(b, end); end == 0 { // 5.0 [MQTT-1.5.7-1]
				break scan
			}
			ids |= repeats // and it stays allowed
			i = end
			continue
		case kindTopic: // 5.0 [MQTT-3.3.2-13], [MQTT-3.3.2-14]
			topic, next, ok := consumeBytes(b, i+1)
			if end = next; !ok || len(topic) == 0 || !isPlainTopic(topic) {
				break scan
			}
		default:
			break scan
		}
		ids |= 1 << (id & 63)
		allowed &^= 1 << (id & 63)
		i = end
	}
	return i, ids
}

// repeats is the one property that may repeat in every block. Subscription
// Identifiers repeat in a PUBLISH only, and are counted.
const repeats uint64 = 1 << PropertyUserProperty

// checkProperty checks the property at b[i], of whatever kind it is, and returns
// where it ends, and ids with what there is to say of it.
func checkProperty(b []byte, i int, ids, allowed uint64, block PacketType, r Rules) (next int, all uint64, e *Error) {
	id, i, more, e := checkIdentifier(b, i, ids, allowed, block, r)
	if e != nil {
		return 0, 0, e
	}
	ids |= 1<<id | more
	f := propertyErrors[block][id]
	switch propertyTypes[id] {
	case TypeVariableByteInteger:
		next, more, e = checkVarint(b, i, f, r)
		ids |= more
	case TypeUTF8String:
		if id == PropertyResponseTopic { // 5.0 [MQTT-3.3.2-13], [MQTT-3.3.2-14]
			_, next, e = consumeTopicName(b, i, f, r)
		} else {
			_, next, e = consumeString(b, i, f, r)
		}
	case TypeUTF8StringPair: // 5.0 [MQTT-1.5.7-1]
		if _, next, e = consumeString(b, i, f, r); e == nil {
			_, next, e = consumeString(b, next, f, r)
		}
	case TypeBinaryData:
		_, next, e = consumeBinary(b, i, f)
	default:
		next, e = checkNumber(b, i, id, f)
	}
	return next, ids, e
}

// checkIdentifier checks the identifier at b[i]: that it is one of the allowed,
// and not there for the first time only if it may repeat. more is what it adds to
// Properties.ids beside its own bit.
func checkIdentifier(b []byte, i int, ids, allowed uint64, block PacketType, r Rules) (id PropertyID, next int, more uint64, e *Error) {
	id, n := PropertyID(b[i]), 1
	if id >= 64 || allowed>>id&1 == 0 {
		if id, n, e = identify(b[i:], allowed, block, r); e != nil {
			return 0, 0, 0, e
		}
		more = hasOverlong
	}
	if ids>>id&1 == 1 {
		if !id.Repeatable(block) {
			return 0, 0, 0, &propertyErrors[block][id][repeated] // 5.0, the property's own section
		}
		if id == PropertySubscriptionIdentifier {
			more |= manySubIDs
		}
	}
	return id, i + n, more, nil
}

// checkNumber checks the Byte, Two Byte or Four Byte Integer at b[i].
func checkNumber(b []byte, i int, id PropertyID, f *broken) (next int, e *Error) {
	typ := propertyTypes[id]
	next = i + [...]int{TypeByte: 1, TypeTwoByteInteger: 2, TypeFourByteInteger: 4}[typ]
	if next > len(b) {
		return 0, &f[truncated]
	}
	value := uint32(0)
	for ; i < next; i++ {
		value = value<<8 | uint32(b[i])
	}
	switch {
	case typ == TypeByte && value > 1, value == 0 && nonZeroSet>>id&1 == 1 && id != PropertyTopicAlias:
		return 0, &f[badValue] // 5.0, the property's own section
	case value == 0 && id == PropertyTopicAlias:
		return 0, &f[zeroAlias] // 5.0 [MQTT-3.3.2-8], section 3.3.4
	}
	return next, nil
}

// checkVarint checks the Variable Byte Integer at b[i], a Subscription
// Identifier. more is what it adds to Properties.ids.
func checkVarint(b []byte, i int, f *broken, r Rules) (next int, more uint64, e *Error) {
	value, n := consumeVarint(b[i:])
	switch {
	case n == 0:
		return 0, 0, &f[truncated]
	case n < 0: // 5.0 section 1.5.5
		return 0, 0, &f[integerLong]
	case isOverlong(b[i:], n): // 5.0 [MQTT-1.5.5-1]
		if r.Options&AllowOverlongIntegers == 0 {
			return 0, 0, &f[overlong]
		}
		more = hasOverlong
	}
	if value == 0 { // 5.0 sections 3.3.2.3.8, 3.8.2.1.2
		return 0, 0, &f[badValue]
	}
	return i + n, more, nil
}

// identify deals with an identifier that is not one of the allowed in one byte:
// it is of another packet, or nobody's, or, if r lets that pass, one of the
// allowed in n bytes.
func identify(b []byte, allowed uint64, block PacketType, r Rules) (id PropertyID, n int, e *Error) {
	v, n := consumeVarint(b)
	switch {
	case n == 0:
		return 0, 0, &errPropertyLength[block][truncated]
	case n < 0: // 5.0 section 1.5.5
		return 0, 0, &errPropertyLength[block][integerLong]
	case v >= uint32(endOfProperties), propertyTypes[v] == 0: // 5.0 section 2.2.2.2
		return 0, 0, unknownErrors[block]
	}
	id = PropertyID(v)
	switch {
	case allowed>>id&1 == 0:
		return 0, 0, misplaced(id, block)
	case r.Options&AllowOverlongIntegers == 0: // 5.0 [MQTT-1.5.5-1]
		return 0, 0, &propertyErrors[block][id][overlong]
	}
	return id, n, nil
}

// checkPropertyString checks a string value.
func checkPropertyString(id PropertyID, s []byte, f *broken, r Rules) *Error {
	if id == PropertyResponseTopic { // 5.0 [MQTT-3.3.2-13], [MQTT-3.3.2-14]
		return checkTopicName(s, f, r)
	}
	return checkString(s, f, r)
}
