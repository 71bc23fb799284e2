package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A propValue is the value of any property: a number, or a string or data, or a
// pair. A flag is 0 or 1.
type propValue struct {
	n    uint32
	s, t []byte
}

// valueOf is what a block says of one of its properties.
func valueOf(v PropertyValue) propValue {
	if v.id.Type() == TypeUTF8StringPair {
		name, value := v.Pair()
		return propValue{s: name, t: value}
	}
	return propValue{n: v.Uint32(), s: v.Bytes()}
}

// An accessor is a property's own setter and getter. The getter of what may
// repeat gives the first.
type accessor struct {
	set func(*Properties, propValue)
	get func(Properties) (v propValue, sent bool)
}

func ofFlag(set func(*Properties, bool), get func(Properties) (bool, bool)) accessor {
	return accessor{
		set: func(p *Properties, v propValue) { set(p, v.n != 0) },
		get: func(p Properties) (v propValue, sent bool) {
			flag, sent := get(p)
			if flag {
				v.n = 1
			}
			return v, sent
		},
	}
}

func ofNumber[T ~uint8 | ~uint16 | ~uint32](set func(*Properties, T), get func(Properties) (T, bool)) accessor {
	return accessor{
		set: func(p *Properties, v propValue) { set(p, T(v.n)) },
		get: func(p Properties) (propValue, bool) {
			n, sent := get(p)
			return propValue{n: uint32(n)}, sent
		},
	}
}

func ofBytes(set func(*Properties, []byte), get func(Properties) ([]byte, bool)) accessor {
	return accessor{
		set: func(p *Properties, v propValue) { set(p, v.s) },
		get: func(p Properties) (propValue, bool) {
			s, sent := get(p)
			return propValue{s: s}, sent
		},
	}
}

func firstUserProperty(p Properties) (propValue, bool) {
	for name, value := range p.UserProperties() {
		return propValue{s: name, t: value}, true
	}
	return propValue{}, false
}

// accessors lets a test go through all properties.
var accessors = map[PropertyID]accessor{
	PropertyPayloadFormatIndicator:          ofFlag((*Properties).SetPayloadFormatIndicator, Properties.PayloadFormatIndicator),
	PropertyMessageExpiryInterval:           ofNumber((*Properties).SetMessageExpiryInterval, Properties.MessageExpiryInterval),
	PropertyContentType:                     ofBytes((*Properties).SetContentType, Properties.ContentType),
	PropertyResponseTopic:                   ofBytes((*Properties).SetResponseTopic, Properties.ResponseTopic),
	PropertyCorrelationData:                 ofBytes((*Properties).SetCorrelationData, Properties.CorrelationData),
	PropertySubscriptionIdentifier:          ofNumber((*Properties).AddSubscriptionIdentifier, Properties.SubscriptionIdentifier),
	PropertySessionExpiryInterval:           ofNumber((*Properties).SetSessionExpiryInterval, Properties.SessionExpiryInterval),
	PropertyAssignedClientIdentifier:        ofBytes((*Properties).SetAssignedClientIdentifier, Properties.AssignedClientIdentifier),
	PropertyServerKeepAlive:                 ofNumber((*Properties).SetServerKeepAlive, Properties.ServerKeepAlive),
	PropertyAuthenticationMethod:            ofBytes((*Properties).SetAuthenticationMethod, Properties.AuthenticationMethod),
	PropertyAuthenticationData:              ofBytes((*Properties).SetAuthenticationData, Properties.AuthenticationData),
	PropertyRequestProblemInformation:       ofFlag((*Properties).SetRequestProblemInformation, Properties.RequestProblemInformation),
	PropertyWillDelayInterval:               ofNumber((*Properties).SetWillDelayInterval, Properties.WillDelayInterval),
	PropertyRequestResponseInformation:      ofFlag((*Properties).SetRequestResponseInformation, Properties.RequestResponseInformation),
	PropertyResponseInformation:             ofBytes((*Properties).SetResponseInformation, Properties.ResponseInformation),
	PropertyServerReference:                 ofBytes((*Properties).SetServerReference, Properties.ServerReference),
	PropertyReasonString:                    ofBytes((*Properties).SetReasonString, Properties.ReasonString),
	PropertyReceiveMaximum:                  ofNumber((*Properties).SetReceiveMaximum, Properties.ReceiveMaximum),
	PropertyTopicAliasMaximum:               ofNumber((*Properties).SetTopicAliasMaximum, Properties.TopicAliasMaximum),
	PropertyTopicAlias:                      ofNumber((*Properties).SetTopicAlias, Properties.TopicAlias),
	PropertyMaximumQoS:                      ofNumber((*Properties).SetMaximumQoS, Properties.MaximumQoS),
	PropertyRetainAvailable:                 ofFlag((*Properties).SetRetainAvailable, Properties.RetainAvailable),
	PropertyUserProperty:                    {func(p *Properties, v propValue) { p.AddUserProperty(v.s, v.t) }, firstUserProperty},
	PropertyMaximumPacketSize:               ofNumber((*Properties).SetMaximumPacketSize, Properties.MaximumPacketSize),
	PropertyWildcardSubscriptionAvailable:   ofFlag((*Properties).SetWildcardSubscriptionAvailable, Properties.WildcardSubscriptionAvailable),
	PropertySubscriptionIdentifierAvailable: ofFlag((*Properties).SetSubscriptionIdentifierAvailable, Properties.SubscriptionIdentifierAvailable),
	PropertySharedSubscriptionAvailable:     ofFlag((*Properties).SetSharedSubscriptionAvailable, Properties.SharedSubscriptionAvailable),
}

// propertyIDs is the properties in a fixed order, which a map has not.
var propertyIDs = func() (ids []PropertyID) {
	for id := range PropertyID(255) {
		if _, ok := accessors[id]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}()

// requireBlockAgrees checks that the ways to read a block say the same, and that
// the setters take what was read and write the same block.
func requireBlockAgrees(t *testing.T, p Properties) {
	t.Helper()
	first := map[PropertyID]propValue{}
	var again Properties
	var users []propValue
	var ids []uint32
	for id, v := range p.All() {
		got := valueOf(v)
		if _, repeated := first[id]; !repeated {
			first[id] = got
		}
		switch id {
		case PropertyUserProperty:
			users = append(users, got)
		case PropertySubscriptionIdentifier:
			ids = append(ids, got.n)
		}
		accessors[id].set(&again, got)
	}
	require.NoError(t, again.Err(), p)
	require.Equal(t, len(first), p.Len(), p)
	for _, id := range propertyIDs {
		want, there := first[id]
		got, sent := accessors[id].get(p)
		require.Equal(t, there, sent, "%v in %v", id, p)
		require.Equal(t, there, p.Has(id), "%v in %v", id, p)
		if there {
			require.Equal(t, want, got, "%v in %v", id, p)
		} else {
			require.Equal(t, propValue{n: id.Default()}, got, id)
		}
	}
	for name, value := range p.UserProperties() {
		require.Equal(t, users[0], propValue{s: name, t: value}, p)
		users = users[1:]
	}
	for n := range p.SubscriptionIDs() {
		require.Equal(t, ids[0], n, p)
		ids = ids[1:]
	}
	require.Empty(t, users, p)
	require.Empty(t, ids, p)
	if p.ids&hasOverlong == 0 {
		require.Equal(t, p.Clone(), again, "built from %v", p)
	}
}

func TestAccessorsAreComplete(t *testing.T) {
	require.Len(t, accessors, len(table(t, "properties.csv")))
}
