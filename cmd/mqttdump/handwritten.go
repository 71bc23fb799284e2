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

// Packets as people write them in a line of JSON. README.md describes the members.

// handwritten is such a line. It writes any values, wrong ones too: whether the
// packet is in order is found out when it is decoded.
type handwritten struct {
	Packet  string `json:"packet"`
	Version string `json:"version"`
	Sender  string `json:"sender"`

	Flags           *uint8 `json:"flags"`
	RemainingLength *int   `json:"remaining_length"`

	ProtocolName  *string          `json:"protocol_name"`
	ProtocolLevel *uint8           `json:"protocol_level"`
	ConnectFlags  *uint8           `json:"connect_flags"`
	ClientID      string           `json:"client_id"`
	CleanStart    *bool            `json:"clean_start"`
	KeepAlive     uint16           `json:"keep_alive"`
	UserName      *string          `json:"user_name"`
	Password      *string          `json:"password"`
	Will          *handwrittenWill `json:"will"`

	SessionPresent bool   `json:"session_present"`
	ReasonCode     *uint8 `json:"reason_code"`

	PacketID   uint16 `json:"packet_id"`
	Topic      string `json:"topic"`
	Payload    string `json:"payload"`
	PayloadHex string `json:"payload_hex"`
	QoS        uint8  `json:"qos"`
	Retain     bool   `json:"retain"`
	Dup        bool   `json:"dup"`

	Subscriptions []handwrittenSubscription `json:"subscriptions"`
	TopicFilters  []string                  `json:"topic_filters"`
	ReasonCodes   []uint8                   `json:"reason_codes"`

	Properties handwrittenProperties `json:"properties"`
}

type handwrittenWill struct {
	Topic      string                `json:"topic"`
	Payload    string                `json:"payload"`
	PayloadHex string                `json:"payload_hex"`
	QoS        uint8                 `json:"qos"`
	Retain     bool                  `json:"retain"`
	Properties handwrittenProperties `json:"properties"`
}

type handwrittenSubscription struct {
	Filter            string `json:"filter"`
	QoS               uint8  `json:"qos"`
	NoLocal           bool   `json:"no_local"`
	RetainAsPublished bool   `json:"retain_as_published"`
	RetainHandling    uint8  `json:"retain_handling"`
}

// handwrittenProperties is properties by name.
type handwrittenProperties map[string]json.RawMessage

// append writes the packet.
func (h *handwritten) append(t mqttwire.PacketType, v mqttwire.Version) ([]byte, error) {
	w := &wireWriter{version: v}
	flags := byte(0)
	switch t {
	case mqttwire.PacketConnect:
		h.connect(w)
	case mqttwire.PacketConnack:
		w.bytes(bit(h.SessionPresent, 0), h.code())
		w.properties(h.Properties)
	case mqttwire.PacketPublish:
		flags = bit(h.Dup, 3) | h.QoS<<1&6 | bit(h.Retain, 0)
		h.publish(w)
	case mqttwire.PacketPuback, mqttwire.PacketPubrec, mqttwire.PacketPubrel, mqttwire.PacketPubcomp:
		w.uint16(h.PacketID)
		h.reason(w)
	case mqttwire.PacketSubscribe:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		for _, s := range h.Subscriptions {
			w.text(s.Filter)
			w.bytes(s.QoS | bit(s.NoLocal, 2) | bit(s.RetainAsPublished, 3) | s.RetainHandling<<4)
		}
	case mqttwire.PacketSuback, mqttwire.PacketUnsuback:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		if t == mqttwire.PacketSuback || v == mqttwire.MQTT5 {
			w.bytes(h.ReasonCodes...)
		}
	case mqttwire.PacketUnsubscribe:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		for _, f := range h.TopicFilters {
			w.text(f)
		}
	case mqttwire.PacketDisconnect, mqttwire.PacketAuth:
		h.reason(w)
	}
	if t == mqttwire.PacketPubrel || t == mqttwire.PacketSubscribe || t == mqttwire.PacketUnsubscribe {
		flags = 2
	}
	if h.Flags != nil {
		if flags = *h.Flags; flags > 15 {
			return nil, errors.New("flags: more than 15")
		}
	}
	length := len(w.b)
	if h.RemainingLength != nil {
		length = *h.RemainingLength
	}
	if length < 0 || length > mqttwire.MaxRemainingLength {
		return nil, fmt.Errorf("remaining_length: %d is not between 0 and %d", length, mqttwire.MaxRemainingLength)
	}
	return append(appendVarint([]byte{byte(t)<<4 | flags}, length), w.b...), w.err
}

func (h *handwritten) code() byte {
	if h.ReasonCode == nil {
		return 0
	}
	return *h.ReasonCode
}

// reason writes Reason Code and properties, which 5.0 leaves out where they say
// nothing. 5.0 sections 3.4.2.1 and 3.4.2.2.1.
func (h *handwritten) reason(w *wireWriter) {
	if w.version != mqttwire.MQTT5 && h.ReasonCode == nil || len(h.Properties) == 0 && h.code() == 0 {
		return
	}
	w.bytes(h.code())
	if len(h.Properties) > 0 {
		w.properties(h.Properties)
	}
}

func (h *handwritten) publish(w *wireWriter) {
	w.text(h.Topic)
	if h.QoS > 0 {
		w.uint16(h.PacketID)
	}
	w.properties(h.Properties)
	w.bytes(w.payload(h.Payload, h.PayloadHex)...)
}

func (h *handwritten) connect(w *wireWriter) {
	name, level := "MQTT", byte(w.version)
	if w.version == mqttwire.MQTT31 {
		name = "MQIsdp"
	}
	if h.ProtocolName != nil {
		name = *h.ProtocolName
	}
	if h.ProtocolLevel != nil {
		level = *h.ProtocolLevel
	}
	flags := bit(h.CleanStart == nil || *h.CleanStart, 1) | bit(h.UserName != nil, 7) | bit(h.Password != nil, 6)
	if h.Will != nil {
		flags |= 4 | h.Will.QoS<<3&0x18 | bit(h.Will.Retain, 5)
	}
	if h.ConnectFlags != nil {
		flags = *h.ConnectFlags
	}
	w.text(name)
	w.bytes(level, flags)
	w.uint16(h.KeepAlive)
	w.properties(h.Properties)
	w.text(h.ClientID)
	if h.Will != nil {
		w.properties(h.Will.Properties)
		w.text(h.Will.Topic)
		w.text(string(w.payload(h.Will.Payload, h.Will.PayloadHex)))
	}
	for _, text := range []*string{h.UserName, h.Password} {
		if text != nil {
			w.text(*text)
		}
	}
}

func bit(set bool, n int) byte {
	if set {
		return 1 << n
	}
	return 0
}

// wireWriter writes fields and remembers the first error.
type wireWriter struct {
	version mqttwire.Version
	b       []byte
	err     error
}

func (w *wireWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *wireWriter) bytes(b ...byte) { w.b = append(w.b, b...) }

func (w *wireWriter) uint16(n uint16) { w.b = append(w.b, byte(n>>8), byte(n)) }

// text writes a string or binary data.
func (w *wireWriter) text(s string) {
	if len(s) > 0xFFFF {
		w.fail("a string has %d bytes, more than 65535", len(s))
		return
	}
	w.uint16(uint16(len(s)))
	w.b = append(w.b, s...)
}

func (w *wireWriter) payload(text, digits string) []byte {
	if digits == "" {
		return []byte(text)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil || text != "" {
		w.fail("payload_hex: not hex, or payload is there, too")
	}
	return b
}

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
			err = errors.New("must be hex digits")
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
		w.fail("%s: %.40s: %w", propertyName(id), value, err)
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
