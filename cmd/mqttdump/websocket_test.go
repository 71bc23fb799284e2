package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const (
	webRequest  = "GET /mqtt HTTP/1.1\r\nHost: broker\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
	webResponse = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
)

// webFrame makes a frame; mask 0 is none.
func webFrame(first byte, mask uint32, payload []byte) []byte {
	b := []byte{first}
	flag := byte(0)
	if mask != 0 {
		flag = 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b = append(b, flag|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, flag|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, flag|127), uint64(n))
	}
	if mask == 0 {
		return append(b, payload...)
	}
	b = binary.BigEndian.AppendUint32(b, mask)
	for i, c := range payload {
		b = append(b, c^byte(mask>>(24-8*(i&3))))
	}
	return b
}

// webLink makes frames of a connection with a WebSocket; what each side sends is in
// pieces, client and server in turn.
func webLink(t testing.TB, client, server [][]byte) [][]byte {
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
	f := append(l.open(), l.next(mqttwire.Client, []byte(webRequest), nil), l.next(mqttwire.Server, []byte(webResponse), nil))
	for i := range max(len(client), len(server)) {
		if i < len(client) {
			f = append(f, l.next(mqttwire.Client, client[i], nil))
		}
		if i < len(server) {
			f = append(f, l.next(mqttwire.Server, server[i], nil))
		}
	}
	return append(f, l.close()...)
}

func TestWebSocket(t *testing.T) {
	b := func(s string) []byte { return unhex(t, s) }
	whole := b(connect311 + publish + disconnect)
	ack := [][]byte{webFrame(0x82, 0, b(connack311))}
	tests := map[string]struct{ client, server [][]byte }{
		"a packet a frame":           {[][]byte{webFrame(0x82, 0x01020304, b(connect311)), webFrame(0x82, 5, b(publish)), webFrame(0x82, 6, b(disconnect))}, ack},
		"several packets in a frame": {[][]byte{webFrame(0x82, 0xA1B2C3D4, whole)}, ack},
		"fragments, with control frames between": {[][]byte{
			webFrame(0x02, 7, whole[:3]), webFrame(0x89, 9, []byte("ping")), webFrame(0x00, 8, whole[3:20]),
			webFrame(0x8A, 1, nil), webFrame(0x80, 3, whole[20:]), webFrame(0x88, 2, []byte{3, 0xE8})}, ack},
		"a packet over frames": {[][]byte{webFrame(0x82, 7, whole[:5]), webFrame(0x82, 7, whole[5:6]), webFrame(0x82, 7, nil), webFrame(0x82, 7, whole[6:])}, ack},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := dumpFrames(t, webLink(t, test.client, test.server)...)
			require.Equal(t, exitOK, r.status, r.stdout+r.stderr)
			require.ElementsMatch(t, plainLines(), r.packets())

			// Any segments.
			l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
			f := l.open()
			for _, c := range append([]byte(webRequest), join2(test.client)...) {
				f = append(f, l.next(mqttwire.Client, []byte{c}, nil))
			}
			for _, c := range append([]byte(webResponse), join2(test.server)...) {
				f = append(f, l.next(mqttwire.Server, []byte{c}, nil))
			}
			require.ElementsMatch(t, plainLines(), dumpFrames(t, append(f, l.close()...)...).packets())
		})
	}
}

func join2(parts [][]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// What a server has sent may be in the capture before what the client has.
func TestWebSocketInWrongOrder(t *testing.T) {
	f := webLink(t, [][]byte{webFrame(0x82, 5, unhex(t, connect311+publish+disconnect))}, [][]byte{webFrame(0x82, 0, unhex(t, connack311))})
	f[3], f[4] = f[4], f[3]
	f[5], f[6] = f[6], f[5]
	require.ElementsMatch(t, plainLines(), dumpFrames(t, f...).packets())
}

func TestWebSocketLongFrames(t *testing.T) {
	for _, size := range []int{125, 126, 65535, 65536, 200000} {
		packet := append(append([]byte{0x30}, appendVarint(nil, size+3)...), 0, 1, 'x')
		packet = append(packet, make([]byte, size)...)
		stream := webFrame(0x82, 0xDEADBEEF, append(unhex(t, connect311), packet...))
		var pieces [][]byte
		for len(stream) > 0 {
			n := min(len(stream), 1400)
			pieces, stream = append(pieces, stream[:n]), stream[n:]
		}
		r := dumpFrames(t, webLink(t, pieces, nil)...)
		require.Contains(t, r.stdout, fmt.Sprintf("PUBLISH topic=\"x\" qos=0 payload-bytes=%d\n", size))
		require.Equal(t, exitOK, r.status)
	}
}

func TestWebSocketErrors(t *testing.T) {
	b := unhex(t, connect311)
	tests := map[string]struct {
		client [][]byte
		want   string
		more   bool // the CONNECT is decoded all the same
	}{
		"text frame":         {[][]byte{webFrame(0x81, 7, b)}, "MQTT in a WebSocket text frame, must be in binary frames (MQTT 5.0 [MQTT-6.0.0-1])", true},
		"not masked":         {[][]byte{webFrame(0x82, 0, b)}, "a WebSocket frame is masked from the server, or not from the client (RFC 6455 section 5.1)", true},
		"compressed":         {[][]byte{webFrame(0xC2, 7, b)}, "a WebSocket frame is compressed, which the handshake did not agree on (RFC 7692 section 6)", false},
		"reserved bits":      {[][]byte{webFrame(0xA2, 7, b)}, "a WebSocket frame has reserved bits that no known extension uses", false},
		"a message inside":   {[][]byte{webFrame(0x02, 7, b[:3]), webFrame(0x82, 7, b[3:])}, "a WebSocket message begins before the last one has ended (RFC 6455 section 5.4)", false},
		"reserved control":   {[][]byte{webFrame(0x8B, 7, b)}, "a WebSocket frame has opcode 11, which is reserved", false},
		"reserved opcode":    {[][]byte{webFrame(0x83, 7, b)}, "a WebSocket frame has opcode 3, which is reserved", false},
		"nothing to go on":   {[][]byte{webFrame(0x80, 7, b)}, "a WebSocket frame continues no message", false},
		"a length too large": {[][]byte{append([]byte{0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, b...)}, "a WebSocket frame has a length of more than 63 bits", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			good := newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()
			r := dumpFrames(t, append(webLink(t, test.client, nil), good...)...)
			require.Equal(t, exitBad, r.status)
			require.Contains(t, r.packets(), "#1 C>S ERROR "+test.want)
			require.Equal(t, test.more, strings.Contains(r.stdout, "#1 C>S CONNECT"))
			require.Contains(t, r.packets(), "#2 C>S "+publishLine, "the other connection goes on")
		})
	}
}

func TestWebSocketHandshake(t *testing.T) {
	connect := webFrame(0x82, 5, unhex(t, connect311))
	link := func(request, response string, first []byte) result {
		l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
		f := append(l.open(), l.next(mqttwire.Client, []byte(request), nil), l.next(mqttwire.Server, []byte(response), nil), l.next(mqttwire.Client, first, nil))
		return dumpFrames(t, append(f, l.close()...)...)
	}
	unnamed := strings.Replace(webRequest, "Sec-WebSocket-Protocol: mqtt\r\n", "", 1)
	r := link(unnamed, webResponse, connect)
	require.Equal(t, []string{"#1 C>S ERROR the WebSocket handshake of the client names no subprotocol, must be mqtt (MQTT 5.0 [MQTT-6.0.0-3])", "#1 C>S " + connectLine}, r.packets())
	require.Contains(t, link(unnamed, webResponse, webFrame(0x82, 5, []byte("hello"))).stderr, "no MQTT found")
	chat := strings.Replace(webRequest, ": mqtt", ": chat", 1)
	require.Equal(t, []string{`#1 C>S ERROR the WebSocket handshake of the client names the subprotocol "chat", must be mqtt (MQTT 5.0 [MQTT-6.0.0-3])`, "#1 C>S " + connectLine},
		link(chat, webResponse, connect).packets())
	require.Contains(t, link(chat, webResponse, webFrame(0x82, 5, []byte("hello"))).stderr, "no MQTT found")
	require.Equal(t, []string{"#1 S>C ERROR the WebSocket handshake of the server names no subprotocol, must be mqtt (MQTT 5.0 [MQTT-6.0.0-4])", "#1 C>S " + connectLine},
		link(webRequest, strings.Replace(webResponse, "Sec-WebSocket-Protocol: mqtt\r\n", "", 1), connect).packets())
	require.Contains(t, link(strings.Replace(webRequest, "WebSocket\r", "h2c\r", 1), webResponse, connect).stderr, "no MQTT found")
	require.Equal(t, []string{"#1 C>S " + connectLine}, link(strings.Replace(webRequest, ": mqtt", ": chat, mqttv3.1", 1), webResponse, connect).packets())
	require.Equal(t, []string{`#1 S>C ERROR the server refused the WebSocket: "HTTP/1.1 403 Forbidden"`},
		link(webRequest, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", nil).packets())
	require.Equal(t, []string{"#1 S>C ERROR the WebSocket handshake has more than 16384 bytes"},
		link(webRequest, "HTTP/1.1 "+strings.Repeat("x", 16380), nil).packets())
	require.Contains(t, link("GET "+strings.Repeat("x", 20000), "", nil).stderr, "no MQTT found")
}

// After bytes that are missing the decoding goes on at the next frame that begins a
// segment and holds packets.
func TestWebSocketLosesBytes(t *testing.T) {
	b := func(s string) []byte { return unhex(t, s) }
	f := webLink(t, [][]byte{webFrame(0x82, 5, b(connect311)), webFrame(0x82, 5, b(publish)), webFrame(0x82, 5, b(publishQoS1)), webFrame(0x82, 5, b(disconnect))},
		[][]byte{webFrame(0x82, 0, b(connack311)), nil, webFrame(0x82, 0, b(puback))})
	r := dumpFrames(t, slices.Delete(f, 7, 8)...)
	require.Equal(t, exitBad, r.status)
	require.Equal(t, []string{
		"#1 C>S " + connectLine, `#1 S>C CONNACK reason="0x00 Success"`, "#1 S>C PUBACK packet-id=7",
		"#1 C>S ERROR bytes are missing from offset 130 on: a segment was lost, or not captured",
		"#1 C>S NOTE decoding goes on at offset 17", "#1 C>S " + publishLine1, `#1 C>S DISCONNECT reason="0x00 Normal disconnection"`,
	}, r.packets(), r.stdout)
}

// Whatever frames a stream is cut into, the same comes out.
func FuzzWebSocket(f *testing.F) {
	f.Add([]byte(webRequest), webFrame(0x82, 5, unhex(f, connect311)), uint64(1))
	f.Add([]byte(webRequest), webFrame(0x01, 5, []byte("x")), uint64(2))
	packed := (&packer{t: f}).pack(unhex(f, connect311+publish))
	f.Add([]byte(strings.TrimSuffix(webRequest, "\r\n")+extension), slices.Concat(webFrame(0x42, 5, packed[:9]), webFrame(0x80, 6, packed[9:]), webFrame(0xC2, 7, packed)), uint64(4))
	f.Add([]byte{}, webFrame(0x82, 5, unhex(f, connect311)), uint64(5))
	f.Add([]byte("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), []byte{0x82, 0xFF}, uint64(3))
	f.Fuzz(func(t *testing.T, request, stream []byte, seed uint64) {
		l := defaultLink(t)
		frames := append(l.open(), l.next(mqttwire.Client, request[:min(len(request), 1400)], nil))
		rnd := rand.New(rand.NewPCG(seed, 0))
		one, many := webSocket{sender: mqttwire.Client, open: true, packs: true}, webSocket{sender: mqttwire.Client, open: true, packs: true}
		whole := unwrap(&one, stream)
		var parts []byte
		for rest := stream; len(rest) > 0; {
			n := 1 + rnd.IntN(min(len(rest), 1000))
			parts = append(parts, unwrap(&many, rest[:n])...)
			frames = append(frames, l.next(mqttwire.Client, rest[:n], nil))
			rest = rest[n:]
		}
		require.Equal(t, whole, parts)
		requireSane(t, dump(t, pcapFile(t, layers.LinkTypeRaw, frames...)))
	})
}

// unwrap returns the payload of what comes next.
func unwrap(w *webSocket, data []byte) (out []byte) {
	for len(data) > 0 && !w.over {
		var payload []byte
		payload, data, _ = w.next(data)
		out = append(out, payload...)
		if w.whole { // compressed, and left as it is
			out = append(out, w.packet...)
			w.packet, w.whole, w.packed = nil, false, false
		}
	}
	return out
}

// Frames made of a stream at random give it back.
func TestWebSocketFrames(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		stream := make([]byte, rnd.IntN(3000))
		for i := range stream {
			stream[i] = byte(rnd.Uint32())
		}
		var wire []byte
		for rest := stream; len(rest) > 0; {
			n := 1 + rnd.IntN(len(rest))
			m := rnd.IntN(n)
			wire = append(wire, webFrame(0x02, rnd.Uint32()|1, rest[:m])...)
			if rnd.IntN(2) == 0 {
				wire = append(wire, webFrame(0x89, rnd.Uint32()|1, make([]byte, rnd.IntN(100)))...)
			}
			wire = append(wire, webFrame(0x80, rnd.Uint32()|1, rest[m:n])...)
			rest = rest[n:]
		}
		require.Equal(t, append([]byte(nil), stream...), unwrap(&webSocket{sender: mqttwire.Client, open: true}, wire), "seed %d", seed)
	}
}
