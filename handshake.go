package mqttwire

import (
	"bytes"
	"errors"
)

// What the two packets of the handshake agree on: 5.0 sections 3.1.2 and 3.2.2.

// ErrRefused says that the CONNACK refuses the connection, so that there is
// nothing to negotiate. Connack.ReasonCode says why. It is not an *Error: the
// packets are in order.
var ErrRefused = errors.New("mqttwire: the server refused the connection")

// Limits is what client and server may do on one connection, from the CONNACK
// on. Negotiate makes it. Its ClientID and AuthenticationMethod alias the packets
// it was made from.
type Limits struct {
	// Version is that of the CONNECT. In 3.1 and 3.1.1 all limits are the
	// protocol's own.
	Version Version
	// SessionPresent tells whether the server goes on with a stored session.
	SessionPresent bool
	// ClientID is the Assigned Client Identifier, or the client's own.
	ClientID []byte
	// KeepAlive is in seconds, 0 for none: the Server Keep Alive, or the
	// client's own. A server closes after one and a half times as long.
	KeepAlive uint16
	// SessionExpiryInterval is how many seconds the session outlives the
	// connection, 0xFFFFFFFF for ever: the CONNACK's, or the CONNECT's. In 3.1 and
	// 3.1.1 it is 0 with Clean Session and for ever without.
	SessionExpiryInterval uint32
	// MaySetExpiry tells whether a DISCONNECT may carry a Session Expiry Interval
	// other than 0: not if the CONNECT's was 0.
	MaySetExpiry bool
	// AuthenticationMethod is the CONNECT's, nil if there is no enhanced
	// authentication.
	AuthenticationMethod []byte
	// ProblemInformation tells whether the server may send Reason String and
	// User Property on packets other than PUBLISH, CONNACK and DISCONNECT.
	ProblemInformation bool
	// ToServer is what the client may send: what the CONNACK says.
	ToServer Direction
	// ToClient is what the server may send: what the CONNECT says.
	ToClient Direction
}

// Direction is what may be sent one way.
type Direction struct {
	ReceiveMaximum                  uint16 // PUBLISH packets of QoS 1 and 2 in flight
	TopicAliasMaximum               uint16 // highest Topic Alias, 0 for none
	MaximumPacketSize               uint32 // bytes of a whole packet
	MaximumQoS                      QoS    // of a PUBLISH
	RetainAvailable                 bool   // PUBLISH with RETAIN
	WildcardSubscriptionAvailable   bool   // SUBSCRIBE with wildcards
	SubscriptionIdentifierAvailable bool   // SUBSCRIBE with an identifier
	SharedSubscriptionAvailable     bool   // SUBSCRIBE to $share/...
}

// unlimited is a direction in which only the protocol limits.
var unlimited = Direction{
	ReceiveMaximum:                  65535,
	MaximumPacketSize:               MaxPacketSize,
	MaximumQoS:                      QoS2,
	RetainAvailable:                 true,
	WildcardSubscriptionAvailable:   true,
	SubscriptionIdentifierAvailable: true,
	SharedSubscriptionAvailable:     true,
}

// direction reads the limits that properties of a CONNECT or CONNACK set to the
// packets sent towards their sender.
func direction(p Properties) (d Direction) {
	d.ReceiveMaximum, _ = p.ReceiveMaximum()
	d.TopicAliasMaximum, _ = p.TopicAliasMaximum()
	d.MaximumPacketSize, _ = p.MaximumPacketSize()
	d.MaximumQoS, _ = p.MaximumQoS()
	d.RetainAvailable, _ = p.RetainAvailable()
	d.WildcardSubscriptionAvailable, _ = p.WildcardSubscriptionAvailable()
	d.SubscriptionIdentifierAvailable, _ = p.SubscriptionIdentifierAvailable()
	d.SharedSubscriptionAvailable, _ = p.SharedSubscriptionAvailable()
	return d
}

// Negotiate works out what a CONNECT and the CONNACK that answers it agree on.
// It returns ErrRefused when the CONNACK is a refusal, and an *Error when it
// contradicts the CONNECT: then the client closes the connection, and a server
// must not send it. Both packets are ones that Decode accepted or Append would,
// and connect.Version is set. The Limits alias them: pass clones of packets that
// belong to a Decoder.
func Negotiate(connect *Connect, connack *Connack) (Limits, error) {
	v := connect.Version
	switch {
	case !v.supported():
		return Limits{}, errNegotiateVersion
	case connack.ReasonCode != 0:
		return Limits{}, ErrRefused
	case connack.SessionPresent && connect.CleanStart:
		return Limits{}, errSessionAfterCleanStart // 5.0 [MQTT-3.2.2-2], 3.1.1 [MQTT-3.2.2-1]
	}
	l := Limits{
		Version:        v,
		SessionPresent: connack.SessionPresent,
		ClientID:       connect.ClientID,
		KeepAlive:      connect.KeepAlive,
	}
	if v != MQTT5 {
		l.ToServer, l.ToClient = unlimited, unlimited
		l.ProblemInformation = true
		if !connect.CleanStart {
			l.SessionExpiryInterval = 1<<32 - 1
		}
		return l, nil
	}
	if e := contradiction(connect, connack); e != nil {
		return Limits{}, e
	}
	l.ToServer, l.ToClient = direction(connack.Properties), direction(connect.Properties)
	if id, sent := connack.Properties.AssignedClientIdentifier(); sent {
		l.ClientID = id // 5.0 [MQTT-3.1.3-7]
	}
	if seconds, sent := connack.Properties.ServerKeepAlive(); sent {
		l.KeepAlive = seconds // 5.0 [MQTT-3.1.2-21], [MQTT-3.2.2-21]
	}
	l.SessionExpiryInterval, _ = connect.Properties.SessionExpiryInterval()
	l.MaySetExpiry = l.SessionExpiryInterval != 0 // 5.0 section 3.14.2.2.2
	if seconds, sent := connack.Properties.SessionExpiryInterval(); sent {
		l.SessionExpiryInterval = seconds // 5.0 section 3.2.2.3.2
	}
	l.AuthenticationMethod, _ = connect.Properties.AuthenticationMethod()
	l.ProblemInformation, _ = connect.Properties.RequestProblemInformation()
	return l, nil
}

var (
	connackSession  = newField(PacketConnack, "Session Present", clauses{"3.2.2-2", "3.2.2-1", ""})
	connackAssigned = newField(PacketConnack, "Assigned Client Identifier", clauses{"3.2.2-16", "", ""})
	connackMethod   = newField(PacketConnack, "Authentication Method", clauses{"4.12.0-5", "", ""})
	connackResponse = newField(PacketConnack, "Response Information", clauses{"3.1.2-28", "", ""})
	connackQoS      = newField(PacketConnack, "Maximum QoS", clauses{"3.2.2-12", "", ""})
	connackRetain   = newField(PacketConnack, "Retain Available", clauses{"3.2.2-13", "", ""})

	errNegotiateVersion       = connectLevel.breaks(&rule{"has to be set to negotiate", ReasonUnsupportedProtocolVersion, 0, clauses{}})
	errSessionAfterCleanStart = connackSession.breaks(&rule{"is set although the CONNECT asked for a clean start", ReasonProtocolError, 0, clauses{}})
	errNoAssignedID           = connackAssigned.breaks(&rule{"is missing although the client came without an identifier", ReasonProtocolError, 0, clauses{}})
	errOtherMethod            = connackMethod.breaks(&rule{"is not that of the CONNECT", ReasonProtocolError, 0, clauses{}})
	errNotAskedMethod         = connackMethod.breaks(&rule{"is set although the CONNECT has none", ReasonProtocolError, 0, clauses{"4.12.0-6", "", ""}})
	errNotAskedResponse       = connackResponse.breaks(&rule{"is set although the CONNECT did not ask for it", ReasonProtocolError, 0, clauses{}})
	errWillQoSAccepted        = connackQoS.breaks(&rule{"is lower than the QoS of the Will that was accepted", ReasonProtocolError, 0, clauses{}})
	errWillRetainAccepted     = connackRetain.breaks(&rule{"is 0 although a retained Will was accepted", ReasonProtocolError, 0, clauses{}})
)

// contradiction finds what a 5.0 CONNACK cannot say in answer to this CONNECT.
func contradiction(connect *Connect, connack *Connack) *Error {
	q, a := connect.Properties, connack.Properties
	assigned, _ := a.AssignedClientIdentifier()
	asked, hasMethod := q.AuthenticationMethod()
	given, givesMethod := a.AuthenticationMethod()
	wantsResponse, _ := q.RequestResponseInformation()
	maximum, _ := a.MaximumQoS()
	retain, _ := a.RetainAvailable()
	switch {
	case len(connect.ClientID) == 0 && len(assigned) == 0:
		return errNoAssignedID // 5.0 [MQTT-3.2.2-16]
	case !hasMethod && (givesMethod || a.Has(PropertyAuthenticationData)):
		return errNotAskedMethod // 5.0 [MQTT-4.12.0-6]
	case hasMethod && !(givesMethod && bytes.Equal(asked, given)):
		return errOtherMethod // 5.0 [MQTT-4.12.0-5]
	case !wantsResponse && a.Has(PropertyResponseInformation):
		return errNotAskedResponse // 5.0 [MQTT-3.1.2-28]
	case connect.Will.QoS > maximum:
		return errWillQoSAccepted // 5.0 [MQTT-3.2.2-12]
	case connect.Will.Retain && !retain:
		return errWillRetainAccepted // 5.0 [MQTT-3.2.2-13]
	}
	return nil
}
