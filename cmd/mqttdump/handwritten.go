package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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

// membersOf is the members of each packet, besides those that all have.
var membersOf = map[mqttwire.PacketType][]string{
	mqttwire.PacketConnect: {"protocol_name", "protocol_level", "connect_flags", "client_id", "clean_start", "keep_alive", "user_name",
		"password", "will", "properties"},
	mqttwire.PacketConnack:     {"session_present", "reason_code", "properties"},
	mqttwire.PacketPublish:     {"topic", "payload", "payload_hex", "qos", "retain", "dup", "packet_id", "properties"},
	mqttwire.PacketPuback:      {"packet_id", "reason_code", "properties"},
	mqttwire.PacketPubrec:      {"packet_id", "reason_code", "properties"},
	mqttwire.PacketPubrel:      {"packet_id", "reason_code", "properties"},
	mqttwire.PacketPubcomp:     {"packet_id", "reason_code", "properties"},
	mqttwire.PacketSubscribe:   {"packet_id", "subscriptions", "properties"},
	mqttwire.PacketSuback:      {"packet_id", "reason_codes", "properties"},
	mqttwire.PacketUnsubscribe: {"packet_id", "topic_filters", "properties"},
	mqttwire.PacketUnsuback:    {"packet_id", "reason_codes", "properties"},
	mqttwire.PacketDisconnect:  {"reason_code", "properties"},
	mqttwire.PacketAuth:        {"reason_code", "properties"},
}

// membersOfAll is the members that every packet may have.
var membersOfAll = []string{"packet", "version", "sender", "flags", "remaining_length"}

// append writes the packet.
func (h *handwritten) append(t mqttwire.PacketType, v mqttwire.Version) ([]byte, error) {
	w := &wireWriter{version: v}
	h.body(t, w)
	flags := h.usualFlags(t)
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

// usualFlags is the flags in the fixed header where the line does not say them.
func (h *handwritten) usualFlags(t mqttwire.PacketType) byte {
	switch t {
	case mqttwire.PacketPublish:
		return bit(h.Dup, 3) | h.QoS<<1&6 | bit(h.Retain, 0)
	case mqttwire.PacketPubrel, mqttwire.PacketSubscribe, mqttwire.PacketUnsubscribe:
		return 2
	}
	return 0
}

// body writes what follows the fixed header.
func (h *handwritten) body(t mqttwire.PacketType, w *wireWriter) {
	switch t {
	case mqttwire.PacketConnect:
		h.connect(w)
	case mqttwire.PacketConnack:
		w.bytes(bit(h.SessionPresent, 0), h.code())
		w.properties(h.Properties)
	case mqttwire.PacketPublish:
		h.publish(w)
	case mqttwire.PacketPuback, mqttwire.PacketPubrec, mqttwire.PacketPubrel, mqttwire.PacketPubcomp:
		w.uint16(h.PacketID)
		h.reason(w)
	case mqttwire.PacketSubscribe:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		for _, s := range h.Subscriptions {
			w.text(s.Filter)
			if w.version == mqttwire.MQTT5 { // before, all of the byte is the QoS
				w.twoBits("qos", s.QoS)
			}
			w.twoBits("retain_handling", s.RetainHandling)
			w.bytes(s.QoS | bit(s.NoLocal, 2) | bit(s.RetainAsPublished, 3) | s.RetainHandling<<4)
		}
	case mqttwire.PacketSuback, mqttwire.PacketUnsuback:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		if t == mqttwire.PacketUnsuback && w.version != mqttwire.MQTT5 && len(h.ReasonCodes) > 0 {
			w.fail("reason_codes: an UNSUBACK has none in MQTT %v", w.version)
		}
		w.bytes(h.ReasonCodes...)
	case mqttwire.PacketUnsubscribe:
		w.uint16(h.PacketID)
		w.properties(h.Properties)
		for _, f := range h.TopicFilters {
			w.text(f)
		}
	case mqttwire.PacketDisconnect, mqttwire.PacketAuth:
		h.reason(w)
	}
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
	w.twoBits("qos", h.QoS)
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
		w.twoBits("will: qos", h.Will.QoS)
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

// twoBits checks a number that has two bits.
func (w *wireWriter) twoBits(name string, n uint8) {
	if n > 3 {
		w.fail("%s: %d is more than 3", name, n)
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
