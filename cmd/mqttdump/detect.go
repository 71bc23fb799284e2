package main

import (
	"bytes"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// What a client speaks, told by its first bytes.

// detect tells the protocol of a connection by the first bytes of its client.
func (c *connection) detect(b []byte) protocol {
	is, known := beginsConnect(b)
	switch {
	case is:
		return plainMQTT
	case !known:
		return undecided
	}
	if web, known := beginsWeb(b); web || !known {
		if !known {
			return undecided
		}
		return webMQTT
	}
	if c.forced || c.expected && clientPacket(b) {
		return plainMQTT // the CONNECT is bad, or another packet comes first
	}
	return otherProtocol
}

// others is how protocols begin that have something of MQTT in their first byte: TLS,
// and the methods of HTTP.
var others = []string{"\x16\x03", "PO", "PU", "PA"}

// clientPacket reports whether b begins with the type and flags of a packet of a
// client, or with a CONNECT whose flags are wrong.
func clientPacket(b []byte) bool {
	for _, other := range others {
		if bytes.HasPrefix(b, []byte(other)) {
			return false
		}
	}
	switch t := mqttwire.PacketType(b[0] >> 4); t {
	case mqttwire.PacketConnect, mqttwire.PacketPublish:
		return true
	case mqttwire.PacketPubrel, mqttwire.PacketSubscribe, mqttwire.PacketUnsubscribe:
		return b[0]&0x0F == 2
	default:
		return b[0]&0x0F == 0 && t.SentBy(mqttwire.Client, mqttwire.MQTT5)
	}
}

// beginsConnect reports whether b, the first bytes of a stream, are those of a
// CONNECT: its packet type and its protocol name. known is false as long as it
// takes more bytes to tell.
func beginsConnect(b []byte) (is, known bool) {
	if len(b) == 0 {
		return false, false
	}
	if mqttwire.PacketType(b[0]>>4) != mqttwire.PacketConnect {
		return false, true
	}
	end := 1 // of the Remaining Length, which has up to four bytes
	for end < len(b) && b[end] >= 0x80 {
		if end++; end > 4 {
			return false, true
		}
	}
	rest := b[min(end+1, len(b)):]
	for _, name := range []string{"\x00\x04MQTT", "\x00\x06MQIsdp"} {
		if n := min(len(rest), len(name)); string(rest[:n]) == name[:n] {
			return n == len(name), n == len(name)
		}
	}
	return false, true
}

// maxRequest is how long an HTTP request may be that asks for a WebSocket.
const maxRequest = 1 << 14

// beginsWeb reports whether b, the first bytes of a client, ask for a WebSocket.
// Whether that is for MQTT shows when it begins. RFC 6455 section 4.1.
func beginsWeb(b []byte) (is, known bool) {
	const get = "GET "
	if n := min(len(b), len(get)); string(b[:n]) != get[:n] || len(b) > maxRequest {
		return false, true
	}
	request, _, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	if !whole {
		return false, false
	}
	return strings.EqualFold(headersOf(string(request))["upgrade"], "websocket"), true
}

// namesMQTT reports whether a list of subprotocols has MQTT: as mqtt, or mqttv3.1 as
// 3.1 has it.
func namesMQTT(protocols string) bool {
	for p := range strings.SplitSeq(protocols, ",") {
		if p = strings.ToLower(strings.TrimSpace(p)); strings.HasPrefix(p, "mqtt") {
			return true
		}
	}
	return false
}

// headersOf reads the header lines of a request or a response; names are in lower
// case.
func headersOf(text string) map[string]string {
	headers := make(map[string]string)
	for line := range strings.SplitSeq(text, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			headers[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return headers
}
