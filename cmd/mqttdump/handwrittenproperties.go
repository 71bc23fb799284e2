package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// The properties of packets as people write them.

// properties writes properties in the order of their identifiers.
func (w *wireWriter) properties(p handwrittenProperties) {
	if w.version != mqttwire.MQTT5 {
		if len(p) > 0 {
			w.fail("properties: there are none in MQTT %v", w.version)
		}
		return
	}
	block := &wireWriter{version: w.version}
	left := len(p)
	for id := mqttwire.PropertyID(1); id < 0x80; id++ {
		if value, there := p[propertyName(id)]; there && id.Type() != 0 {
			block.property(id, value)
			left--
		}
	}
	if left > 0 {
		w.fail("properties: %s", unknownProperty(p))
	}
	if block.err != nil {
		w.fail("properties: %v", block.err)
	}
	w.b = append(appendVarint(w.b, len(block.b)), block.b...)
}

// propertyName is the name of a property in JSON: "session_expiry_interval".
func propertyName(id mqttwire.PropertyID) string {
	if id.Type() == 0 {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(id.String(), " ", "_"))
}

// unknownProperty says which name is none.
func unknownProperty(p handwrittenProperties) string {
	var known, unknown []string
	for id := mqttwire.PropertyID(1); id < 0x80; id++ {
		if name := propertyName(id); name != "" {
			known = append(known, name)
		}
	}
	for name := range p {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return fmt.Sprintf("%q is none; there are %s", unknown[0], strings.Join(known, ", "))
}

// property writes a property: a list writes it once for each element.
func (w *wireWriter) property(id mqttwire.PropertyID, value json.RawMessage) {
	var list []json.RawMessage
	if id.Type() == mqttwire.TypeUTF8StringPair {
		var pairs map[string]json.RawMessage
		if json.Unmarshal(value, &pairs) == nil { // {"name": "value"}
			for _, name := range slices.Sorted(maps.Keys(pairs)) {
				w.value(id, pairs[name], name)
			}
			return
		}
	}
	if json.Unmarshal(value, &list) != nil {
		list = []json.RawMessage{value}
	}
	for _, v := range list {
		w.value(id, v, "")
	}
}

// value writes a property's identifier and value; name is that of a pair.
func (w *wireWriter) value(id mqttwire.PropertyID, value json.RawMessage, name string) {
	w.bytes(byte(id))
	var n uint32
	var text string
	var pair [2]string
	var err error
	switch id.Type() {
	case mqttwire.TypeUTF8String:
		err = json.Unmarshal(value, &text)
		w.text(text)
	case mqttwire.TypeBinaryData:
		var b []byte
		if json.Unmarshal(value, &text) != nil {
			err = errors.New("must be a string of hex digits")
		} else if b, err = hex.DecodeString(text); err != nil {
			err = errors.New(plainHexError(err))
		}
		w.text(string(b))
	case mqttwire.TypeUTF8StringPair:
		if name != "" {
			pair[0] = name
			err = json.Unmarshal(value, &pair[1])
		} else {
			err = json.Unmarshal(value, &pair)
		}
		w.text(pair[0])
		w.text(pair[1])
	default:
		if err = json.Unmarshal(value, &n); err == nil {
			err = w.integer(id, n)
		}
	}
	if err != nil {
		shown := fmt.Sprintf("%.40s: ", value)
		if id == mqttwire.PropertyAuthenticationData {
			shown = ""
		}
		w.fail("%s: %s%w", propertyName(id), shown, plainJSON(err))
	}
}

func (w *wireWriter) integer(id mqttwire.PropertyID, n uint32) error {
	most := map[mqttwire.PropertyType]uint32{mqttwire.TypeByte: 0xFF, mqttwire.TypeTwoByteInteger: 0xFFFF,
		mqttwire.TypeFourByteInteger: 0xFFFFFFFF, mqttwire.TypeVariableByteInteger: mqttwire.MaxRemainingLength}[id.Type()]
	if n > most {
		return fmt.Errorf("more than %d", most)
	}
	switch id.Type() {
	case mqttwire.TypeByte:
		w.bytes(byte(n))
	case mqttwire.TypeTwoByteInteger:
		w.uint16(uint16(n))
	case mqttwire.TypeFourByteInteger:
		w.uint16(uint16(n >> 16))
		w.uint16(uint16(n))
	default:
		w.b = appendVarint(w.b, int(n))
	}
	return nil
}
