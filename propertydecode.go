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

// checkProperties checks every property of a block: that it may stand there, as
// often as it does, and that its value is one. ids is what Properties.ids has to
// say.
func checkProperties(b []byte, block PacketType, r Rules) (ids uint64, e *Error) {
	allowed := propertySets[r.Sender&3][block]
	for i := 0; i < len(b); {
		id := PropertyID(b[i])
		i++
		if id >= 64 || allowed>>id&1 == 0 {
			n := 0
			if id, n, e = identify(b[i-1:], allowed, block, r); e != nil {
				return 0, e
			}
			i += n - 1
			ids |= hasOverlong
		}
		bit := uint64(1) << id
		if ids&bit != 0 {
			if e := repeat(id, block); e != nil {
				return 0, e
			}
			if id == PropertySubscriptionIdentifier {
				ids |= manySubIDs
			}
		}
		ids |= bit
		switch v := b[i:]; propertyTypes[id&63] {
		case TypeByte:
			if len(v) < 1 {
				return 0, &propertyErrors[block][id][truncated]
			}
			if v[0] > 1 {
				return 0, &propertyErrors[block][id][badValue]
			}
			i++
		case TypeTwoByteInteger:
			if len(v) < 2 {
				return 0, &propertyErrors[block][id][truncated]
			}
			if v[0]|v[1] == 0 && nonZeroSet&bit != 0 {
				return 0, zeroValue(id, propertyErrors[block][id])
			}
			i += 2
		case TypeFourByteInteger:
			if len(v) < 4 {
				return 0, &propertyErrors[block][id][truncated]
			}
			if nonZeroSet&bit != 0 && binary.BigEndian.Uint32(v) == 0 {
				return 0, zeroValue(id, propertyErrors[block][id])
			}
			i += 4
		case TypeVariableByteInteger:
			value, n := consumeVarint(v)
			f := propertyErrors[block][id]
			switch {
			case n == 0:
				return 0, &f[truncated]
			case n < 0: // 5.0 section 1.5.5
				return 0, &f[integerLong]
			case isOverlong(v, n): // 5.0 [MQTT-1.5.5-1]
				if r.Options&AllowOverlongIntegers == 0 {
					return 0, &f[overlong]
				}
				ids |= hasOverlong
			}
			if value == 0 { // 5.0 sections 3.3.2.3.8, 3.8.2.1.2
				return 0, &f[badValue]
			}
			i += n
		case TypeUTF8String:
			s, rest, ok := consumeBytes(v)
			if !ok {
				return 0, &propertyErrors[block][id][truncated]
			}
			if e := checkPropertyString(id, s, propertyErrors[block][id], r); e != nil {
				return 0, e
			}
			i = len(b) - len(rest)
		case TypeBinaryData:
			_, rest, ok := consumeBytes(v)
			if !ok {
				return 0, &propertyErrors[block][id][truncated]
			}
			i = len(b) - len(rest)
		case TypeUTF8StringPair:
			f := propertyErrors[block][id]
			_, rest, e := consumeString(v, f, r)
			if e == nil {
				_, rest, e = consumeString(rest, f, r)
			}
			if e != nil { // 5.0 [MQTT-1.5.7-1]
				return 0, e
			}
			i = len(b) - len(rest)
		}
	}
	return ids, nil
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
	case v >= uint32(endOfProperties): // 5.0 section 2.2.2.2
		return 0, 0, misplacedErrors[block][endOfProperties]
	}
	id = PropertyID(v)
	switch {
	case propertyTypes[id] == 0:
		return 0, 0, misplacedErrors[block][endOfProperties]
	case allowed>>id&1 == 0:
		return 0, 0, misplaced(id, block)
	case r.Options&AllowOverlongIntegers == 0: // 5.0 [MQTT-1.5.5-1]
		return 0, 0, &propertyErrors[block][id][overlong]
	}
	return id, n, nil
}

// repeat returns the Error of a property that is there again, or nil if it may
// be: a User Property anywhere, a Subscription Identifier in a PUBLISH.
func repeat(id PropertyID, block PacketType) *Error {
	if id.Repeatable(block) {
		return nil
	}
	return &propertyErrors[block][id][repeated] // 5.0, the property's own section
}

// zeroValue is the Error of a property that is 0 and must not be.
func zeroValue(id PropertyID, f *broken) *Error {
	if id == PropertyTopicAlias {
		return &f[zeroAlias] // 5.0 [MQTT-3.3.2-8], section 3.3.4
	}
	return &f[badValue] // 5.0, the property's own section
}

// checkPropertyString checks a string value.
func checkPropertyString(id PropertyID, s []byte, f *broken, r Rules) *Error {
	if id == PropertyResponseTopic { // 5.0 [MQTT-3.3.2-13], [MQTT-3.3.2-14]
		return checkTopicName(s, f, r)
	}
	return checkString(s, f, r)
}
