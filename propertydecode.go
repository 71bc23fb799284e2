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

// consumeProperties reads and checks the block that b begins with: the
// properties of a packet of type block, or willProperties.
func consumeProperties(b []byte, block PacketType, r Rules) (p Properties, rest []byte, e *Error) {
	if len(b) > 0 && b[0] == 0 {
		return p, b[1:], nil
	}
	length, n := consumeVarint(b)
	switch {
	case n == 0, n > 0 && int(length) > len(b)-n: // 5.0 sections 1.2, 2.2.2.1
		return p, nil, &errPropertyLength[block][truncated]
	case n < 0: // 5.0 section 1.5.5
		return p, nil, &errPropertyLength[block][integerLong]
	}
	end := n + int(length)
	if isOverlong(b, n) { // 5.0 [MQTT-1.5.5-1]
		if r.Options&AllowOverlongIntegers == 0 {
			return p, nil, &errPropertyLength[block][overlong]
		}
	}
	if length == 0 {
		return p, b[end:], nil
	}
	p.b = b[n:end:end]
	p.ids, e = checkProperties(p.b, block, r)
	return p, b[end:], e
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
	kindTopic        // a string that is a Topic Name
	kindBinary       // Binary Data
	kindPair         // two strings
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

// checkProperties checks every property of a block: that it may stand there, as
// often as it does, and that its value is one. ids is what Properties.ids has to
// say.
//
// It has one way out for most errors, below the loop, because what is live at
// each of many ways out would not leave registers for the loop.
func checkProperties(b []byte, block PacketType, r Rules) (ids uint64, e *Error) {
	allowed := propertySets[min(r.Sender, Server+1)][block&15]
	strict := r.Options&strictText != 0
	var id byte
	rule := truncated
	i := 0
scan:
	for {
		if i >= len(b) {
			return ids, nil
		}
		id = b[i]
		i++
		if id >= 64 || allowed&^ids>>(id&63)&1 == 0 { // not allowed, or not for the first time
			var more uint64
			if id, i, more, e = again(b, i, ids, allowed, block, r); e != nil {
				return 0, e
			}
			ids |= more
		}
		ids |= 1 << (id & 63)
		switch propertyKinds[id&63] {
		case kindFlag:
			if i >= len(b) {
				break scan
			}
			if b[i] > 1 {
				rule = badValue // 5.0, the property's own section
				break scan
			}
			i++
		case kindTwo:
			if i += 2; i > len(b) {
				break scan
			}
		case kindTwoOne:
			if i += 2; i > len(b) {
				break scan
			}
			if b[i-2]|b[i-1] == 0 {
				rule = badValue // 5.0, the property's own section
				break scan
			}
		case kindFour:
			if i += 4; i > len(b) {
				break scan
			}
		case kindFourOne:
			if i += 4; i > len(b) {
				break scan
			}
			if binary.BigEndian.Uint32(b[i-4:]) == 0 {
				rule = badValue // 5.0, the property's own section
				break scan
			}
		case kindString, kindPair:
			strings := 1
			if id == byte(PropertyUserProperty) { // 5.0 [MQTT-1.5.7-1]
				strings = 2
			}
			for ; strings > 0; strings-- {
				if len(b)-i < 2 {
					break scan
				}
				start := i + 2
				n := int(b[i])<<8 | int(b[i+1])
				if i = start + n; i > len(b) {
					break scan
				}
				if n >= 8 && n <= 16 && okASCII(word(b, start))&okASCII(word(b, i-8))&highs == highs && !strict {
					continue // most are like this: spare the call
				}
				if strict || !isASCII(b[start:i]) {
					if e := checkText(b[start:i], propertyErrors[block][id], r); e != nil {
						return 0, e
					}
				}
			}
		case kindTopic, kindBinary, kindVarint:
			var more uint64
			if i, more, e = checkRare(b, i, id, block, r); e != nil {
				return 0, e
			}
			ids |= more
		}
	}
	if rule == badValue && id == byte(PropertyTopicAlias) {
		rule = zeroAlias // 5.0 [MQTT-3.3.2-8], section 3.3.4
	}
	return 0, breaks(rule, id, block)
}

// again deals with identifier id, just before b[i], that is not one of the allowed
// or was there before. more is what it adds to Properties.ids beside its own bit.
func again(b []byte, i int, ids, allowed uint64, block PacketType, r Rules) (id byte, next int, more uint64, e *Error) {
	id, next = b[i-1], i
	if id >= 64 || allowed>>id&1 == 0 {
		known, n, e := identify(b[i-1:], allowed, block, r)
		if e != nil {
			return 0, 0, 0, e
		}
		id, next, more = byte(known), i+n-1, hasOverlong
	}
	if ids>>id&1 == 1 {
		if !PropertyID(id).Repeatable(block) {
			return 0, 0, 0, breaks(repeated, id, block) // 5.0, the property's own section
		}
		if id == byte(PropertySubscriptionIdentifier) {
			more |= manySubIDs
		}
	}
	return id, next, more, nil
}

// checkRare checks the value at b[i] of a property of a kind that is not often
// there. more is what it adds to Properties.ids.
func checkRare(b []byte, i int, id byte, block PacketType, r Rules) (next int, more uint64, e *Error) {
	if propertyKinds[id] == kindVarint {
		value, n := consumeVarint(b[i:])
		switch {
		case n == 0:
			return 0, 0, breaks(truncated, id, block)
		case n < 0: // 5.0 section 1.5.5
			return 0, 0, breaks(integerLong, id, block)
		case isOverlong(b[i:], n): // 5.0 [MQTT-1.5.5-1]
			if r.Options&AllowOverlongIntegers == 0 {
				return 0, 0, breaks(overlong, id, block)
			}
			more = hasOverlong
		}
		if value == 0 { // 5.0 sections 3.3.2.3.8, 3.8.2.1.2
			return 0, 0, breaks(badValue, id, block)
		}
		return i + n, more, nil
	}
	s, _, ok := consumeBytes(b[i:])
	if !ok {
		return 0, 0, breaks(truncated, id, block)
	}
	if propertyKinds[id] == kindTopic { // 5.0 [MQTT-3.3.2-13], [MQTT-3.3.2-14]
		e = checkTopicName(s, propertyErrors[block][id], r)
	}
	return i + 2 + len(s), 0, e
}

// breaks is the Error of property id, which block may have, for a rule.
func breaks(rule int, id byte, block PacketType) *Error {
	return &propertyErrors[block][id][rule]
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
