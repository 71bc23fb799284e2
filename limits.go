package mqttwire

import "bytes"

// Holding a packet against what the handshake agreed on.

var (
	limitQoS         = newField(PacketPublish, "QoS", clauses{"3.2.2-11", "", ""})
	limitRetain      = newField(PacketPublish, "RETAIN", clauses{"3.2.2-14", "", ""})
	limitAlias       = newField(PacketPublish, "Topic Alias", clauses{"3.3.2-9", "", ""})
	limitFilter      = newField(PacketSubscribe, "Topic Filter", clauses{"3.2.2.3.11", "", ""})
	limitIdentifier  = newField(PacketSubscribe, "Subscription Identifier", clauses{"3.2.2.3.12", "", ""})
	limitExpiry      = newField(PacketDisconnect, "Session Expiry Interval", clauses{"3.14.2.2.2", "", ""})
	limitMethod      = newField(PacketAuth, "Authentication Method", clauses{"4.12.0-5", "", ""})
	errQoSLimit      = limitQoS.breaks(&rule{"is higher than the server's Maximum QoS", ReasonQoSNotSupported, 0, clauses{}})
	errRetainLimit   = limitRetain.breaks(&rule{"is set although the server has no retained messages", ReasonRetainNotSupported, 0, clauses{}})
	errServerAlias   = limitAlias.breaks(&rule{"is higher than the receiver's Topic Alias Maximum", ReasonTopicAliasInvalid, 0, clauses{"3.3.2-11", "", ""}})
	errAliasLimit    = limitAlias.breaks(&rule{"is higher than the receiver's Topic Alias Maximum", ReasonTopicAliasInvalid, 0, clauses{}})
	errWildcardLimit = limitFilter.breaks(&rule{"has a wildcard although the server has none", ReasonWildcardSubscriptionsNotSupported, 0, clauses{}})
	errSharedLimit   = limitFilter.breaks(&rule{"is shared although the server has no Shared Subscriptions", ReasonSharedSubscriptionsNotSupported, 0, clauses{"3.2.2.3.13", "", ""}})
	errSubIDLimit    = limitIdentifier.breaks(&rule{"is set although the server has none", ReasonSubscriptionIdentifiersNotSupported, 0, clauses{}})
	errExpiryLimit   = limitExpiry.breaks(&rule{"is not 0 although that of the CONNECT was", ReasonProtocolError, 0, clauses{}})
	errMethodLimit   = limitMethod.breaks(&rule{"is not that of the CONNECT", ReasonProtocolError, 0, clauses{}})
	errSecond        = perPacket(&rule{"comes a second time", ReasonProtocolError, 0, clauses{"3.1.0-2", "3.1.0-2", "3.1"}}, "", [16]clauses{PacketConnack: {"3.2.0-2", "3.2.0-1", "3.2"}})
	errProblemLimit  = perPacket(&rule{"has Reason String or User Property although the client asked for none", ReasonProtocolError, 0, clauses{"3.1.2-29", "", ""}}, "Properties", [16]clauses{})
)

// Check reports how p, sent by from after the CONNACK, oversteps the limits: it
// returns nil or an *Error with the reason code to answer with. AnySender holds
// p against both directions. What a single packet does not show is the session's
// to keep: how many are in flight, which aliases are set. The size is that of the
// packet with its own payload: CheckSize is for a payload that is elsewhere.
func (l *Limits) Check(p Packet, from Sender) error {
	if from != Client {
		if e := l.check(p, Server, &l.ToClient); e != nil {
			return e
		}
	}
	if from != Server {
		if e := l.check(p, Client, &l.ToServer); e != nil {
			return e
		}
	}
	return nil
}

// CheckSize reports whether a packet of type t and size bytes, header included,
// sent by from, is larger than the receiver accepts: nil or an *Error.
func (l *Limits) CheckSize(t PacketType, size int, from Sender) error {
	if from != Client && uint64(size) > uint64(l.ToClient.MaximumPacketSize) {
		return errTooLargeForIt[Server][t&15] // 5.0 [MQTT-3.1.2-24]
	}
	if from != Server && uint64(size) > uint64(l.ToServer.MaximumPacketSize) {
		return errTooLargeForIt[Client][t&15] // 5.0 [MQTT-3.2.2-15]
	}
	return nil
}

// check holds p, sent by one side, against the limits of that direction.
func (l *Limits) check(p Packet, from Sender, d *Direction) *Error {
	if uint64(p.Size(l.Version)) > uint64(d.MaximumPacketSize) {
		return errTooLargeForIt[from%3][p.Type()] // 5.0 [MQTT-3.1.2-24], [MQTT-3.2.2-15]
	}
	switch p := p.(type) {
	case *Connect:
		return errSecond[PacketConnect] // 5.0 [MQTT-3.1.0-2], 3.1.1 [MQTT-3.1.0-2]
	case *Connack:
		return errSecond[PacketConnack] // 5.0 [MQTT-3.2.0-2]
	case *Publish:
		return d.checkPublish(p, from)
	case *Subscribe:
		return l.checkSubscribe(p, d)
	case *Disconnect:
		if seconds, _ := p.Properties.SessionExpiryInterval(); seconds != 0 && !l.MaySetExpiry {
			return errExpiryLimit // 5.0 section 3.14.2.2.2
		}
		return nil
	case *Auth:
		m, sent := p.Properties.AuthenticationMethod()
		if l.AuthenticationMethod == nil || sent && !bytes.Equal(m, l.AuthenticationMethod) {
			return errMethodLimit // 5.0 [MQTT-4.12.0-5], [MQTT-4.12.0-6], [MQTT-4.12.0-7], [MQTT-4.12.1-1]
		}
	}
	if from == Server && !l.ProblemInformation && explains(p) {
		return errProblemLimit[p.Type()] // 5.0 [MQTT-3.1.2-29]
	}
	return nil
}

// checkPublish holds a PUBLISH against the limits of its direction.
func (d *Direction) checkPublish(p *Publish, from Sender) *Error {
	alias, sent := p.Properties.TopicAlias()
	switch {
	case p.QoS > d.MaximumQoS:
		return errQoSLimit // 5.0 [MQTT-3.2.2-11]
	case p.Retain && !d.RetainAvailable:
		return errRetainLimit // 5.0 [MQTT-3.2.2-14]
	case sent && alias > d.TopicAliasMaximum && from == Server:
		return errServerAlias // 5.0 [MQTT-3.3.2-11]
	case sent && alias > d.TopicAliasMaximum:
		return errAliasLimit // 5.0 [MQTT-3.3.2-9]
	}
	return nil
}

// checkSubscribe holds a SUBSCRIBE against what the server offers.
func (l *Limits) checkSubscribe(s *Subscribe, d *Direction) *Error {
	if l.Version != MQTT5 {
		return nil
	}
	if !d.SubscriptionIdentifierAvailable && s.Properties.Has(PropertySubscriptionIdentifier) {
		return errSubIDLimit // 5.0 section 3.2.2.3.12
	}
	if d.WildcardSubscriptionAvailable && d.SharedSubscriptionAvailable {
		return nil
	}
	for filter := range s.Subscriptions.All() {
		_, topicFilter, shared := cutShare(filter)
		switch {
		case shared && !d.SharedSubscriptionAvailable:
			return errSharedLimit // 5.0 section 3.2.2.3.13
		case !d.WildcardSubscriptionAvailable && bytes.ContainsAny(topicFilter, "+#"):
			return errWildcardLimit // 5.0 section 3.2.2.3.11
		}
	}
	return nil
}

// explains reports whether a packet has a Reason String or a User Property that
// the server sends only if the client wants to know.
func explains(p Packet) bool {
	q := explanation(p)
	switch p.Type() {
	case PacketConnack, PacketDisconnect:
		return false
	}
	return q != nil && (q.Has(PropertyReasonString) || q.Has(PropertyUserProperty))
}

// explanation returns the properties of a packet that may have a Reason String,
// or nil for any other.
func explanation(p Packet) *Properties {
	switch p := p.(type) {
	case *Connack:
		return &p.Properties
	case *Puback:
		return &p.Properties
	case *Pubrec:
		return &p.Properties
	case *Pubrel:
		return &p.Properties
	case *Pubcomp:
		return &p.Properties
	case *Suback:
		return &p.Properties
	case *Unsuback:
		return &p.Properties
	case *Disconnect:
		return &p.Properties
	case *Auth:
		return &p.Properties
	}
	return nil
}

// Fit makes p, to be sent by from, fit the limits: it leaves out what may be left
// out, Reason String and User Property, if the client does not want them or, the
// User Properties first, if the packet is too large with them. It then returns
// what Check does. Properties that had to be rewritten are in scratch[:0], which
// grows as needed.
func (l *Limits) Fit(p Packet, from Sender, scratch []byte) error {
	d := &l.ToServer
	if from == Server {
		d = &l.ToClient
		if !l.ProblemInformation && explains(p) { // 5.0 [MQTT-3.1.2-29]
			q := explanation(p)
			*q = q.Without(scratch, PropertyReasonString, PropertyUserProperty)
		}
	}
	if e := fit(p, from, l.Version, d.MaximumPacketSize, scratch); e != nil {
		return e
	}
	return l.Check(p, from)
}

// Fit makes p small enough for a receiver that takes packets of at most
// maximumPacketSize bytes, as a server needs it for a CONNACK, before there are
// Limits: it leaves out the User Properties and, if that is not enough, the
// Reason String of a packet that may have one. It returns ErrPacketTooLarge, by
// errors.Is, if the packet does not fit even so. Properties that had to be
// rewritten are in scratch[:0], which grows as needed.
func Fit(p Packet, v Version, maximumPacketSize uint32, scratch []byte) error {
	if e := fit(p, Server, v, maximumPacketSize, scratch); e != nil {
		return e
	}
	return nil
}

func fit(p Packet, from Sender, v Version, limit uint32, scratch []byte) *Error {
	// 5.0 [MQTT-3.2.2-19], [MQTT-3.2.2-20] and their siblings in every packet
	// with a Reason String
	for _, drop := range [...]PropertyID{PropertyUserProperty, PropertyReasonString} {
		q := explanation(p)
		if q == nil || uint64(p.Size(v)) <= uint64(limit) {
			break
		}
		*q = q.Without(scratch, drop)
	}
	if uint64(p.Size(v)) > uint64(limit) {
		return errTooLargeForIt[from%3][p.Type()]
	}
	return nil
}
