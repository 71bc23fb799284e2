package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// fieldNames are the names that codecs have for the properties where their structs
// have a field for each, in lower case.
var fieldNames = map[mqttwire.PropertyID]string{
	mqttwire.PropertyPayloadFormatIndicator:          "payloadformat",
	mqttwire.PropertyMessageExpiryInterval:           "messageexpiry messageexpiryinterval",
	mqttwire.PropertyContentType:                     "contenttype",
	mqttwire.PropertyResponseTopic:                   "responsetopic",
	mqttwire.PropertyCorrelationData:                 "correlationdata",
	mqttwire.PropertySubscriptionIdentifier:          "subscriptionidentifier",
	mqttwire.PropertySessionExpiryInterval:           "sessionexpiryinterval",
	mqttwire.PropertyAssignedClientIdentifier:        "assignedclientid",
	mqttwire.PropertyServerKeepAlive:                 "serverkeepalive",
	mqttwire.PropertyAuthenticationMethod:            "authmethod authenticationmethod",
	mqttwire.PropertyAuthenticationData:              "authdata authenticationdata",
	mqttwire.PropertyRequestProblemInformation:       "requestprobleminfo",
	mqttwire.PropertyWillDelayInterval:               "willdelayinterval",
	mqttwire.PropertyRequestResponseInformation:      "requestresponseinfo",
	mqttwire.PropertyResponseInformation:             "responseinfo",
	mqttwire.PropertyServerReference:                 "serverreference",
	mqttwire.PropertyReasonString:                    "reasonstring",
	mqttwire.PropertyReceiveMaximum:                  "receivemaximum",
	mqttwire.PropertyTopicAliasMaximum:               "topicaliasmaximum",
	mqttwire.PropertyTopicAlias:                      "topicalias",
	mqttwire.PropertyMaximumQoS:                      "maximumqos",
	mqttwire.PropertyRetainAvailable:                 "retainavailable",
	mqttwire.PropertyUserProperty:                    "user",
	mqttwire.PropertyMaximumPacketSize:               "maximumpacketsize",
	mqttwire.PropertyWildcardSubscriptionAvailable:   "wildcardsubavailable",
	mqttwire.PropertySubscriptionIdentifierAvailable: "subidavailable",
	mqttwire.PropertySharedSubscriptionAvailable:     "sharedsubavailable",
}

// propertyOfField is the property that a field is for, or 0.
func propertyOfField(name string) mqttwire.PropertyID {
	for id, names := range fieldNames {
		if slices.Contains(strings.Fields(names), strings.ToLower(name)) {
			return id
		}
	}
	return 0
}

// propertyStruct adds the properties in the fields of a struct, or of what a
// pointer leads to. A property is absent if its field is nil, if a field of the
// same name with "Flag" behind it says so, or, in a codec that cannot tell, if it
// has the zero value.
func (f facts) propertyStruct(prefix string, properties any) {
	v := reflect.Indirect(reflect.ValueOf(properties))
	if !v.IsValid() {
		return
	}
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		id := propertyOfField(name)
		flag := v.FieldByName(name + "Flag")
		if id == 0 || flag.IsValid() && !flag.Bool() || !flag.IsValid() && field.IsZero() {
			continue
		}
		f.fieldValue(prefix, id, reflect.Indirect(field))
	}
}

// fieldValue adds the value of a property from a field of whatever type.
func (f facts) fieldValue(prefix string, id mqttwire.PropertyID, v reflect.Value) {
	name := propertyName(prefix, id)
	switch {
	case v.Kind() == reflect.String:
		f.text(name, []byte(v.String()))
	case v.CanInt():
		f.number(name, uint64(v.Int()))
	case v.CanUint():
		f.number(name, v.Uint())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		f.text(name, v.Bytes())
	case v.Kind() == reflect.Slice:
		for _, item := range v.Seq2() {
			if item.Kind() == reflect.Struct { // a name and a value
				f.pair(prefix, fmt.Sprintf("%s", item.Field(0)), fmt.Sprintf("%s", item.Field(1)))
			} else {
				f.fieldValue(prefix, id, item)
			}
		}
	default:
		panic(fmt.Sprintf("%s has the type %v", name, v.Type()))
	}
}
