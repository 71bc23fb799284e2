package main

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/seed-2c1fe983/mqttwire"
)

// fieldNames are the names that the codecs have for properties, where their
// structs have a field for each. A field that is not here is no property.
var fieldNames = map[string]mqttwire.PropertyID{
	"PayloadFormat":          mqttwire.PropertyPayloadFormatIndicator,
	"MessageExpiry":          mqttwire.PropertyMessageExpiryInterval,
	"MessageExpiryInterval":  mqttwire.PropertyMessageExpiryInterval,
	"ContentType":            mqttwire.PropertyContentType,
	"ResponseTopic":          mqttwire.PropertyResponseTopic,
	"RespTopic":              mqttwire.PropertyResponseTopic,
	"CorrelationData":        mqttwire.PropertyCorrelationData,
	"SubscriptionIdentifier": mqttwire.PropertySubscriptionIdentifier,
	"SubID":                  mqttwire.PropertySubscriptionIdentifier,
	"SubIDs":                 mqttwire.PropertySubscriptionIdentifier,
	"SessionExpiryInterval":  mqttwire.PropertySessionExpiryInterval,
	"AssignedClientID":       mqttwire.PropertyAssignedClientIdentifier,
	"ServerKeepAlive":        mqttwire.PropertyServerKeepAlive,
	"ServerKeepalive":        mqttwire.PropertyServerKeepAlive,
	"AuthMethod":             mqttwire.PropertyAuthenticationMethod,
	"AuthenticationMethod":   mqttwire.PropertyAuthenticationMethod,
	"AuthData":               mqttwire.PropertyAuthenticationData,
	"AuthenticationData":     mqttwire.PropertyAuthenticationData,
	"RequestProblemInfo":     mqttwire.PropertyRequestProblemInformation,
	"ReqProblemInfo":         mqttwire.PropertyRequestProblemInformation,
	"WillDelayInterval":      mqttwire.PropertyWillDelayInterval,
	"RequestResponseInfo":    mqttwire.PropertyRequestResponseInformation,
	"ReqRespInfo":            mqttwire.PropertyRequestResponseInformation,
	"ResponseInfo":           mqttwire.PropertyResponseInformation,
	"RespInfo":               mqttwire.PropertyResponseInformation,
	"ServerReference":        mqttwire.PropertyServerReference,
	"ServerRef":              mqttwire.PropertyServerReference,
	"ReasonString":           mqttwire.PropertyReasonString,
	"Reason":                 mqttwire.PropertyReasonString,
	"ReceiveMaximum":         mqttwire.PropertyReceiveMaximum,
	"MaxRecv":                mqttwire.PropertyReceiveMaximum,
	"TopicAliasMaximum":      mqttwire.PropertyTopicAliasMaximum,
	"MaxTopicAlias":          mqttwire.PropertyTopicAliasMaximum,
	"TopicAlias":             mqttwire.PropertyTopicAlias,
	"MaximumQOS":             mqttwire.PropertyMaximumQoS,
	"MaximumQoS":             mqttwire.PropertyMaximumQoS,
	"MaximumQos":             mqttwire.PropertyMaximumQoS,
	"MaxQos":                 mqttwire.PropertyMaximumQoS,
	"RetainAvailable":        mqttwire.PropertyRetainAvailable,
	"RetainAvail":            mqttwire.PropertyRetainAvailable,
	"User":                   mqttwire.PropertyUserProperty,
	"UserProps":              mqttwire.PropertyUserProperty,
	"MaximumPacketSize":      mqttwire.PropertyMaximumPacketSize,
	"MaxPacketSize":          mqttwire.PropertyMaximumPacketSize,
	"WildcardSubAvailable":   mqttwire.PropertyWildcardSubscriptionAvailable,
	"WildcardSubAvail":       mqttwire.PropertyWildcardSubscriptionAvailable,
	"SubIDAvailable":         mqttwire.PropertySubscriptionIdentifierAvailable,
	"SubIDAvail":             mqttwire.PropertySubscriptionIdentifierAvailable,
	"SharedSubAvailable":     mqttwire.PropertySharedSubscriptionAvailable,
	"SharedSubAvail":         mqttwire.PropertySharedSubscriptionAvailable,
}

// propertyStruct adds the properties that a struct, or a pointer to one, has a
// field for. Absent are nil, the zero value, and what has a field of the same
// name with "Flag" behind it that is not set.
func (f facts) propertyStruct(prefix string, properties any) {
	v := reflect.Indirect(reflect.ValueOf(properties))
	if !v.IsValid() {
		return
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		id, known := fieldNames[name]
		if !known {
			continue
		}
		field := v.Field(i)
		if flag := v.FieldByName(name + "Flag"); flag.IsValid() && !flag.Bool() || !flag.IsValid() && field.IsZero() {
			continue
		}
		f.property(prefix, id, reflect.Indirect(field))
	}
}

// property adds one property from a field of whatever type.
func (f facts) property(prefix string, id mqttwire.PropertyID, v reflect.Value) {
	name := propertyName(prefix, id)
	switch v.Kind() {
	case reflect.String:
		f.text(name, []byte(v.String()))
	case reflect.Bool:
		f.number(name, map[bool]uint64{true: 1}[v.Bool()])
	case reflect.Int, reflect.Int64, reflect.Int32:
		f.number(name, uint64(v.Int()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		f.number(name, v.Uint())
	case reflect.Map: // the order on the wire is lost: any will do
		for _, key := range slices.Sorted(mapKeys(v)) {
			for _, value := range v.MapIndex(reflect.ValueOf(key)).Seq2() {
				f.pair(prefix, key, value.String())
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			f.text(name, v.Bytes())
			return
		}
		for _, item := range v.Seq2() {
			if item.Kind() == reflect.Struct { // a key and a value
				f.pair(prefix, fmt.Sprintf("%s", item.Field(0)), fmt.Sprintf("%s", item.Field(1)))
				continue
			}
			f.list(name, fmt.Sprint(item))
		}
	default:
		f[name] = fmt.Sprintf("a %v", v.Type())
	}
}

// mapKeys ranges over the keys of a map with strings for keys.
func mapKeys(v reflect.Value) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, key := range v.MapKeys() {
			if !yield(key.String()) {
				return
			}
		}
	}
}
