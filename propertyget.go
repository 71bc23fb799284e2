package mqttwire

// A getter for each property: the value in force and whether it was sent. When
// it was not sent the value is the specification's default, or zero where there
// is none. Strings and binary data alias the block.

func (p Properties) number(id PropertyID) (value uint32, sent bool) {
	if p.ids>>id&1 == 0 {
		return propertyTable[id].initial, false
	}
	return p.find(id).Uint32(), true
}

func (p Properties) flag(id PropertyID) (value, sent bool) {
	n, sent := p.number(id)
	return n != 0, sent
}

func (p Properties) uint16(id PropertyID) (value uint16, sent bool) {
	n, sent := p.number(id)
	return uint16(n), sent
}

func (p Properties) bytes(id PropertyID) (value []byte, sent bool) {
	if p.ids>>id&1 == 0 {
		return nil, false
	}
	return p.find(id).Bytes(), true
}

// PayloadFormatIndicator tells whether the payload is promised to be UTF-8 text
// (true) or is bytes of any kind (false, the default). 5.0 sections 3.3.2.3.2 and
// 3.1.3.2.3.
func (p Properties) PayloadFormatIndicator() (utf8, sent bool) {
	return p.flag(PropertyPayloadFormatIndicator)
}

// MessageExpiryInterval is the lifetime of the message in seconds. When it was
// not sent the message never expires, and the value is 0. 5.0 sections 3.3.2.3.3
// and 3.1.3.2.4.
func (p Properties) MessageExpiryInterval() (seconds uint32, sent bool) {
	return p.number(PropertyMessageExpiryInterval)
}

// ContentType describes the payload, most often as a MIME type. 5.0 sections
// 3.3.2.3.9 and 3.1.3.2.5.
func (p Properties) ContentType() (value []byte, sent bool) {
	return p.bytes(PropertyContentType)
}

// ResponseTopic is the topic name to answer a request on. 5.0 sections 3.3.2.3.5
// and 3.1.3.2.6.
func (p Properties) ResponseTopic() (value []byte, sent bool) {
	return p.bytes(PropertyResponseTopic)
}

// CorrelationData is what the sender of a request knows the answer by. 5.0
// sections 3.3.2.3.6 and 3.1.3.2.7.
func (p Properties) CorrelationData() (value []byte, sent bool) {
	return p.bytes(PropertyCorrelationData)
}

// SubscriptionIdentifier is the first, in a SUBSCRIBE the only, Subscription
// Identifier, 1 to 268,435,455. SubscriptionIDs has them all. 5.0 sections
// 3.8.2.1.2 and 3.3.2.3.8.
func (p Properties) SubscriptionIdentifier() (value uint32, sent bool) {
	return p.number(PropertySubscriptionIdentifier)
}

// SessionExpiryInterval is how many seconds the session outlives the connection;
// 0xFFFFFFFF is for ever. In a CONNECT the default is 0; in a CONNACK and a
// DISCONNECT, when it was not sent, the CONNECT's value stays in force and the
// value here is 0. 5.0 sections 3.1.2.11.2, 3.2.2.3.2 and 3.14.2.2.2.
func (p Properties) SessionExpiryInterval() (seconds uint32, sent bool) {
	return p.number(PropertySessionExpiryInterval)
}

// AssignedClientIdentifier is the client identifier that the server chose for a
// client that came with an empty one. 5.0 section 3.2.2.3.7.
func (p Properties) AssignedClientIdentifier() (value []byte, sent bool) {
	return p.bytes(PropertyAssignedClientIdentifier)
}

// ServerKeepAlive is the Keep Alive in seconds that the client has to use in
// place of its own, which stays in force when this was not sent. 5.0 section
// 3.2.2.3.14.
func (p Properties) ServerKeepAlive() (seconds uint16, sent bool) {
	return p.uint16(PropertyServerKeepAlive)
}

// AuthenticationMethod is the name of the method of enhanced authentication. 5.0
// sections 3.1.2.11.9, 3.2.2.3.17 and 3.15.2.2.2.
func (p Properties) AuthenticationMethod() (value []byte, sent bool) {
	return p.bytes(PropertyAuthenticationMethod)
}

// AuthenticationData is the method's own data. It is a secret: this package
// never prints it. 5.0 sections 3.1.2.11.10, 3.2.2.3.18 and 3.15.2.2.3.
func (p Properties) AuthenticationData() (value []byte, sent bool) {
	return p.bytes(PropertyAuthenticationData)
}

// RequestProblemInformation tells whether the server may send Reason String and
// User Property on any packet (true, the default) or only on PUBLISH, CONNACK
// and DISCONNECT. 5.0 section 3.1.2.11.7.
func (p Properties) RequestProblemInformation() (value, sent bool) {
	return p.flag(PropertyRequestProblemInformation)
}

// WillDelayInterval is how many seconds the server waits before it publishes the
// Will; the default is 0. 5.0 section 3.1.3.2.2.
func (p Properties) WillDelayInterval() (seconds uint32, sent bool) {
	return p.number(PropertyWillDelayInterval)
}

// RequestResponseInformation tells whether the client asks for Response
// Information in the CONNACK; the default is false. 5.0 section 3.1.2.11.6.
func (p Properties) RequestResponseInformation() (value, sent bool) {
	return p.flag(PropertyRequestResponseInformation)
}

// ResponseInformation is a basis for response topics. 5.0 section 3.2.2.3.15.
func (p Properties) ResponseInformation() (value []byte, sent bool) {
	return p.bytes(PropertyResponseInformation)
}

// ServerReference names another server to use, in a form that 5.0 section 4.11
// recommends but does not demand. 5.0 sections 3.2.2.3.16 and 3.14.2.2.5.
func (p Properties) ServerReference() (value []byte, sent bool) {
	return p.bytes(PropertyServerReference)
}

// ReasonString explains a reason code to a person. 5.0 section 3.2.2.3.9 and its
// siblings.
func (p Properties) ReasonString() (value []byte, sent bool) {
	return p.bytes(PropertyReasonString)
}

// ReceiveMaximum is how many PUBLISH packets of QoS 1 and 2 its sender is ready
// to have in flight towards it, 1 to 65,535, the default. 5.0 sections 3.1.2.11.3
// and 3.2.2.3.3.
func (p Properties) ReceiveMaximum() (value uint16, sent bool) {
	return p.uint16(PropertyReceiveMaximum)
}

// TopicAliasMaximum is the highest Topic Alias that its sender accepts; 0, the
// default, means none. 5.0 sections 3.1.2.11.5 and 3.2.2.3.8.
func (p Properties) TopicAliasMaximum() (value uint16, sent bool) {
	return p.uint16(PropertyTopicAliasMaximum)
}

// TopicAlias is the number that stands for the Topic Name, 1 to 65,535. 5.0
// section 3.3.2.3.4.
func (p Properties) TopicAlias() (value uint16, sent bool) {
	return p.uint16(PropertyTopicAlias)
}

// MaximumQoS is the highest QoS that the server takes: QoS 0 or 1, or QoS 2, the
// default, when it was not sent. 5.0 section 3.2.2.3.4.
func (p Properties) MaximumQoS() (value QoS, sent bool) {
	n, sent := p.number(PropertyMaximumQoS)
	return QoS(n), sent
}

// RetainAvailable tells whether the server takes retained messages; the default
// is true. 5.0 section 3.2.2.3.5.
func (p Properties) RetainAvailable() (value, sent bool) {
	return p.flag(PropertyRetainAvailable)
}

// MaximumPacketSize is the size in bytes of the largest packet its sender
// accepts, fixed header included. The default is the protocol's own limit. 5.0
// sections 3.1.2.11.4 and 3.2.2.3.6.
func (p Properties) MaximumPacketSize() (bytes uint32, sent bool) {
	return p.number(PropertyMaximumPacketSize)
}

// WildcardSubscriptionAvailable tells whether the server takes filters with
// wildcards; the default is true. 5.0 section 3.2.2.3.11.
func (p Properties) WildcardSubscriptionAvailable() (value, sent bool) {
	return p.flag(PropertyWildcardSubscriptionAvailable)
}

// SubscriptionIdentifierAvailable tells whether the server takes Subscription
// Identifiers; the default is true. 5.0 section 3.2.2.3.12.
func (p Properties) SubscriptionIdentifierAvailable() (value, sent bool) {
	return p.flag(PropertySubscriptionIdentifierAvailable)
}

// SharedSubscriptionAvailable tells whether the server takes Shared
// Subscriptions; the default is true. 5.0 section 3.2.2.3.13.
func (p Properties) SharedSubscriptionAvailable() (value, sent bool) {
	return p.flag(PropertySharedSubscriptionAvailable)
}
