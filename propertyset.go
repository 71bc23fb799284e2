package mqttwire

import "encoding/binary"

// A setter for each property. Each appends to the block; see Properties. Set is
// for what may occur once in a packet, Add for what may repeat. Whether the
// packet may have the property at all is known, and checked, when the packet is
// written.

// Reset empties the block and its error, and puts what is set from now on into
// buf[:0], which grows as needed.
func (p *Properties) Reset(buf []byte) { *p = Properties{b: buf[:0]} }

// Err returns the first error that a Set or Add met, or nil. After it the block
// takes no more properties, and Append of the packet returns the same error.
func (p *Properties) Err() error {
	if p.ids&setFailed == 0 {
		return nil
	}
	return p.err()
}

func (p Properties) err() *Error {
	id := PropertyID(p.ids >> failedIDShift & 63)
	return &setterErrors[id][p.ids>>failedRule&63]
}

// fail remembers that property id broke a rule.
func (p *Properties) fail(id PropertyID, rule uint64) {
	p.ids |= setFailed | uint64(id)<<failedIDShift | rule<<failedRule
}

// begin reports whether property id can be added.
func (p *Properties) begin(id PropertyID) bool {
	switch {
	case p.ids&setFailed != 0:
		return false
	case !p.Has(id):
	case !propertyTable[id].repeats:
		p.fail(id, repeated)
		return false
	}
	return true
}

// put begins property id, whose value is good and follows.
func (p *Properties) put(id PropertyID) []byte {
	p.ids |= 1 << id
	return append(p.b, byte(id))
}

func (p *Properties) setFlag(id PropertyID, value bool) { p.setByte(id, bit(value)) }

func (p *Properties) setByte(id PropertyID, value byte) {
	switch {
	case !p.begin(id):
	case value > 1:
		p.fail(id, badValue)
	default:
		p.b = append(p.put(id), value)
	}
}

func (p *Properties) setUint16(id PropertyID, value uint16) {
	if p.begin(id) && p.notZero(id, uint32(value)) {
		p.b = binary.BigEndian.AppendUint16(p.put(id), value)
	}
}

func (p *Properties) setUint32(id PropertyID, value uint32) {
	if p.begin(id) && p.notZero(id, value) {
		p.b = binary.BigEndian.AppendUint32(p.put(id), value)
	}
}

// notZero reports whether value is not a 0 that the property must not be.
func (p *Properties) notZero(id PropertyID, value uint32) bool {
	if value != 0 || nonZeroSet>>id&1 == 0 {
		return true
	}
	if id == PropertyTopicAlias {
		p.fail(id, zeroAlias)
	} else {
		p.fail(id, badValue)
	}
	return false
}

func (p *Properties) setBinary(id PropertyID, value []byte) {
	switch {
	case !p.begin(id):
	case len(value) > maxLength:
		p.fail(id, tooLong)
	default:
		p.b = appendBytes(p.put(id), value)
	}
}

func (p *Properties) setString(id PropertyID, value []byte) {
	if !p.begin(id) {
		return
	}
	if e := checkPropertyString(id, value, setterErrors[id], Rules{Version: MQTT5}); e != nil {
		p.failAs(id, e)
		return
	}
	p.b = appendBytes(p.put(id), value)
}

// failAs remembers that property id broke the rule of e, one of setterErrors.
func (p *Properties) failAs(id PropertyID, e *Error) {
	for rule := range setterErrors[id] {
		if &setterErrors[id][rule] == e {
			p.fail(id, uint64(rule))
		}
	}
}

// SetPayloadFormatIndicator promises a payload of UTF-8 text, or takes the
// promise back. For PUBLISH and Will. 5.0 sections 3.3.2.3.2 and 3.1.3.2.3.
func (p *Properties) SetPayloadFormatIndicator(utf8 bool) {
	p.setFlag(PropertyPayloadFormatIndicator, utf8)
}

// SetMessageExpiryInterval sets the lifetime of the message in seconds. For
// PUBLISH and Will. 5.0 sections 3.3.2.3.3 and 3.1.3.2.4.
func (p *Properties) SetMessageExpiryInterval(seconds uint32) {
	p.setUint32(PropertyMessageExpiryInterval, seconds)
}

// SetContentType describes the payload. For PUBLISH and Will. 5.0 sections
// 3.3.2.3.9 and 3.1.3.2.5.
func (p *Properties) SetContentType(value []byte) { p.setString(PropertyContentType, value) }

// SetResponseTopic sets the topic name, without wildcards, to answer on. For
// PUBLISH and Will. 5.0 sections 3.3.2.3.5 and 3.1.3.2.6.
func (p *Properties) SetResponseTopic(value []byte) { p.setString(PropertyResponseTopic, value) }

// SetCorrelationData sets what the sender will know the answer by. For PUBLISH
// and Will. 5.0 sections 3.3.2.3.6 and 3.1.3.2.7.
func (p *Properties) SetCorrelationData(value []byte) { p.setBinary(PropertyCorrelationData, value) }

// AddSubscriptionIdentifier adds a Subscription Identifier, 1 to 268,435,455. A
// SUBSCRIBE has one at most, a PUBLISH from a server one for each subscription
// that it matches. 5.0 sections 3.8.2.1.2 and 3.3.2.3.8.
func (p *Properties) AddSubscriptionIdentifier(value uint32) {
	const id = PropertySubscriptionIdentifier
	switch {
	case !p.begin(id):
	case value == 0 || value > maxVarint:
		p.fail(id, badValue)
	default:
		if p.Has(id) {
			p.ids |= manySubIDs
		}
		p.b = appendVarint(p.put(id), value)
	}
}

// SetSessionExpiryInterval sets how many seconds the session outlives the
// connection, 0xFFFFFFFF for ever. For CONNECT, CONNACK and a client's
// DISCONNECT. 5.0 sections 3.1.2.11.2, 3.2.2.3.2 and 3.14.2.2.2.
func (p *Properties) SetSessionExpiryInterval(seconds uint32) {
	p.setUint32(PropertySessionExpiryInterval, seconds)
}

// SetAssignedClientIdentifier tells the client which identifier it was given.
// For CONNACK. 5.0 section 3.2.2.3.7.
func (p *Properties) SetAssignedClientIdentifier(value []byte) {
	p.setString(PropertyAssignedClientIdentifier, value)
}

// SetServerKeepAlive sets the Keep Alive in seconds that the client must use.
// For CONNACK. 5.0 section 3.2.2.3.14.
func (p *Properties) SetServerKeepAlive(seconds uint16) {
	p.setUint16(PropertyServerKeepAlive, seconds)
}

// SetAuthenticationMethod names the method of enhanced authentication. For
// CONNECT, CONNACK and AUTH. 5.0 sections 3.1.2.11.9, 3.2.2.3.17 and 3.15.2.2.2.
func (p *Properties) SetAuthenticationMethod(value []byte) {
	p.setString(PropertyAuthenticationMethod, value)
}

// SetAuthenticationData sets the method's data. For CONNECT, CONNACK and AUTH.
// 5.0 sections 3.1.2.11.10, 3.2.2.3.18 and 3.15.2.2.3.
func (p *Properties) SetAuthenticationData(value []byte) {
	p.setBinary(PropertyAuthenticationData, value)
}

// SetRequestProblemInformation asks for Reason String and User Property on all
// packets, or on few. For CONNECT. 5.0 section 3.1.2.11.7.
func (p *Properties) SetRequestProblemInformation(value bool) {
	p.setFlag(PropertyRequestProblemInformation, value)
}

// SetWillDelayInterval sets how many seconds the Will waits. For Will. 5.0
// section 3.1.3.2.2.
func (p *Properties) SetWillDelayInterval(seconds uint32) {
	p.setUint32(PropertyWillDelayInterval, seconds)
}

// SetRequestResponseInformation asks for Response Information in the CONNACK.
// For CONNECT. 5.0 section 3.1.2.11.6.
func (p *Properties) SetRequestResponseInformation(value bool) {
	p.setFlag(PropertyRequestResponseInformation, value)
}

// SetResponseInformation gives the client a basis for its response topics. For
// CONNACK. 5.0 section 3.2.2.3.15.
func (p *Properties) SetResponseInformation(value []byte) {
	p.setString(PropertyResponseInformation, value)
}

// SetServerReference names another server to use. For CONNACK and DISCONNECT.
// 5.0 sections 3.2.2.3.16 and 3.14.2.2.5.
func (p *Properties) SetServerReference(value []byte) { p.setString(PropertyServerReference, value) }

// SetReasonString explains a reason code to a person. For CONNACK, DISCONNECT,
// AUTH and every acknowledgement. 5.0 section 3.2.2.3.9 and its siblings.
func (p *Properties) SetReasonString(value []byte) { p.setString(PropertyReasonString, value) }

// SetReceiveMaximum sets how many PUBLISH packets of QoS 1 and 2 may be in
// flight towards the sender, 1 to 65,535. For CONNECT and CONNACK. 5.0 sections
// 3.1.2.11.3 and 3.2.2.3.3.
func (p *Properties) SetReceiveMaximum(value uint16) { p.setUint16(PropertyReceiveMaximum, value) }

// SetTopicAliasMaximum sets the highest Topic Alias that the sender accepts. For
// CONNECT and CONNACK. 5.0 sections 3.1.2.11.5 and 3.2.2.3.8.
func (p *Properties) SetTopicAliasMaximum(value uint16) {
	p.setUint16(PropertyTopicAliasMaximum, value)
}

// SetTopicAlias sets the number that stands for the Topic Name, 1 to 65,535. For
// PUBLISH. 5.0 section 3.3.2.3.4.
func (p *Properties) SetTopicAlias(value uint16) { p.setUint16(PropertyTopicAlias, value) }

// SetMaximumQoS sets the highest QoS that the server takes, QoS0 or QoS1; a
// server that takes QoS 2 leaves it out. For CONNACK. 5.0 section 3.2.2.3.4.
func (p *Properties) SetMaximumQoS(value QoS) { p.setByte(PropertyMaximumQoS, byte(value)) }

// SetRetainAvailable tells whether the server takes retained messages. For
// CONNACK. 5.0 section 3.2.2.3.5.
func (p *Properties) SetRetainAvailable(value bool) { p.setFlag(PropertyRetainAvailable, value) }

// AddUserProperty adds a pair of strings, either of which may be empty; names
// may repeat. For every packet but PINGREQ and PINGRESP, and Will. 5.0 section
// 3.1.2.11.8 and its siblings.
func (p *Properties) AddUserProperty(name, value []byte) {
	const id = PropertyUserProperty
	if !p.begin(id) {
		return
	}
	for _, s := range [...][]byte{name, value} {
		if e := checkString(s, setterErrors[id], Rules{Version: MQTT5}); e != nil {
			p.failAs(id, e)
			return
		}
	}
	p.b = appendBytes(appendBytes(p.put(id), name), value)
}

// SetMaximumPacketSize sets the size in bytes of the largest packet the sender
// accepts, 1 or more. For CONNECT and CONNACK. 5.0 sections 3.1.2.11.4 and
// 3.2.2.3.6.
func (p *Properties) SetMaximumPacketSize(bytes uint32) {
	p.setUint32(PropertyMaximumPacketSize, bytes)
}

// SetWildcardSubscriptionAvailable tells whether the server takes filters with
// wildcards. For CONNACK. 5.0 section 3.2.2.3.11.
func (p *Properties) SetWildcardSubscriptionAvailable(value bool) {
	p.setFlag(PropertyWildcardSubscriptionAvailable, value)
}

// SetSubscriptionIdentifierAvailable tells whether the server takes Subscription
// Identifiers. For CONNACK. 5.0 section 3.2.2.3.12.
func (p *Properties) SetSubscriptionIdentifierAvailable(value bool) {
	p.setFlag(PropertySubscriptionIdentifierAvailable, value)
}

// SetSharedSubscriptionAvailable tells whether the server takes Shared
// Subscriptions. For CONNACK. 5.0 section 3.2.2.3.13.
func (p *Properties) SetSharedSubscriptionAvailable(value bool) {
	p.setFlag(PropertySharedSubscriptionAvailable, value)
}
