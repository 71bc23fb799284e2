package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const extension = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"

// packer compresses messages as one side of a WebSocket does. RFC 7692 section 7.2.1.
type packer struct {
	t     testing.TB
	out   bytes.Buffer
	z     *flate.Writer
	anew  bool // without context takeover
	final bool // messages end in a last block, RFC 7692 section 7.2.3.4
}

func (p *packer) pack(message []byte) []byte {
	p.out.Reset()
	if p.z == nil || p.anew || p.final {
		z, err := flate.NewWriter(&p.out, flate.BestCompression)
		require.NoError(p.t, err)
		p.z = z
	}
	_, err := p.z.Write(message)
	require.NoError(p.t, err)
	if p.final {
		require.NoError(p.t, p.z.Close())
		return append(bytes.Clone(p.out.Bytes()), 0)
	}
	require.NoError(p.t, p.z.Flush())
	return bytes.Clone(bytes.TrimSuffix(p.out.Bytes(), []byte("\x00\x00\xFF\xFF")))
}

// packedLink is a connection with compressed messages: each packet is one.
func packedLink(t testing.TB, client, server *packer) [][]byte {
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
	f := append(l.open(), l.next(mqttwire.Client, []byte(strings.TrimSuffix(webRequest, "\r\n")+extension), nil),
		l.next(mqttwire.Server, []byte(strings.TrimSuffix(webResponse, "\r\n")+extension), nil))
	for i, packet := range []string{connect311, publishQoS1, publishQoS1, publishQoS1, disconnect} {
		f = append(f, l.next(mqttwire.Client, webFrame(0xC2, 0x01020304, client.pack(unhex(t, packet))), nil))
		if i < 4 {
			f = append(f, l.next(mqttwire.Server, webFrame(0xC2, 0, server.pack(unhex(t, []string{connack311, puback, puback, puback}[i]))), nil))
		}
	}
	return append(f, l.close()...)
}

// packedLines is what packedLink prints.
func packedLines() []string {
	return []string{"#1 C>S " + connectLine, `#1 S>C CONNACK reason="0x00 Success"`,
		"#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7", "#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7",
		"#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7", `#1 C>S DISCONNECT reason="0x00 Normal disconnection"`}
}

func TestCompressedWebSocket(t *testing.T) {
	for name, make := range map[string]func() *packer{
		"with context takeover":    func() *packer { return &packer{t: t} },
		"without context takeover": func() *packer { return &packer{t: t, anew: true} },
		"with last blocks":         func() *packer { return &packer{t: t, final: true} },
	} {
		t.Run(name, func(t *testing.T) {
			r := dumpFrames(t, packedLink(t, make(), make())...)
			require.Equal(t, packedLines(), r.packets())
			require.Equal(t, exitOK, r.status)
		})
	}
}

// A message may be compressed and another not, and span frames with others between.
func TestCompressedFragments(t *testing.T) {
	p := &packer{t: t}
	first, second := p.pack(unhex(t, connect311+publish)), p.pack(unhex(t, publishQoS1))
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
	f := append(l.open(), l.next(mqttwire.Client, []byte(strings.TrimSuffix(webRequest, "\r\n")+extension), nil))
	for _, frame := range [][]byte{webFrame(0x42, 5, first[:4]), webFrame(0x89, 6, []byte("ping")), webFrame(0x00, 7, first[4:]), webFrame(0x80, 8, nil),
		webFrame(0x82, 9, unhex(t, "c000")), webFrame(0xC2, 10, second), webFrame(0x82, 11, unhex(t, disconnect))} {
		f = append(f, l.next(mqttwire.Client, frame, nil))
	}
	r := dumpFrames(t, f...)
	require.Equal(t, []string{"#1 C>S " + connectLine, "#1 C>S " + publishLine, "#1 C>S PINGREQ", "#1 C>S " + publishLine1,
		`#1 C>S DISCONNECT reason="0x00 Normal disconnection"`}, r.packets(), "without the answer the offer counts")
	require.Equal(t, exitOK, r.status)
}

// Where the handshake was not captured, that is told, and what refers to messages
// before the capture cannot be read.
func TestWebSocketBeginsLate(t *testing.T) {
	b := func(s string) []byte { return unhex(t, s) }
	const missed = "#1 C>S NOTE the handshake of the WebSocket was not captured"
	plain := webLink(t, [][]byte{webFrame(0x82, 5, b(connect311)), webFrame(0x82, 5, b(publishQoS1)), webFrame(0x82, 6, b(publishQoS1))},
		[][]byte{webFrame(0x82, 0, b(connack311)), webFrame(0x82, 0, b(puback)), webFrame(0x82, 0, b(puback))})
	r := dumpFrames(t, plain[7:]...)
	require.Equal(t, []string{missed, "#1 C>S NOTE no CONNECT tells the version: guessed 3.1.1", "#1 C>S " + publishLine1,
		"#1 S>C PUBACK packet-id=7", "#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7"}, r.packets(), r.stderr)
	require.Equal(t, exitOK, r.status)
	require.Equal(t, missed, dumpFrames(t, plain[8:]...).packets()[0], "a server is the first")

	lost := dumpFrames(t, append(plain[:3:3], plain[4:]...)...) // the request
	require.Contains(t, lost.stdout, "ERROR bytes are missing from offset 0 on")
	require.Contains(t, lost.stdout, missed[3:])
	require.Equal(t, 2, strings.Count(lost.stdout, publishLine1))

	anew := packedLink(t, &packer{t: t, anew: true}, &packer{t: t, anew: true})
	require.Equal(t, 3, strings.Count(dumpFrames(t, anew[7:]...).stdout, publishLine1))

	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
	l.sent = [3]uint32{0, 5000, 6000}
	f := [][]byte{l.next(mqttwire.Client, webFrame(0xC2, 5, (&packer{t: t}).pack(b(publishQoS1))), nil)}
	p := &packer{t: t}
	p.pack(b(connect311 + strings.Repeat("c000", 10)))
	f = append(f, l.next(mqttwire.Client, webFrame(0xC2, 5, p.pack(b(connect311+strings.Repeat("c000", 10)))), nil))
	require.Contains(t, dumpFrames(t, f...).stdout, "ERROR a compressed WebSocket message cannot be unpacked: it is damaged; what it refers to was not captured")
}

func TestDamagedCompression(t *testing.T) {
	f := packedLink(t, &packer{t: t}, &packer{t: t})
	damaged := bytes.Clone(f[7])
	damaged[len(damaged)-6] ^= 0xFF
	damaged[len(damaged)-5] ^= 0xFF
	f[7] = damaged
	r := dumpFrames(t, append(f, newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()...)...)
	require.Equal(t, exitBad, r.status)
	require.Contains(t, r.stdout, "#1 C>S ERROR ")
	require.Contains(t, r.packets(), "#2 C>S "+publishLine, "the other connection goes on")
}

// A message that is larger than anybody sends is not kept.
func TestCompressedMessageTooLong(t *testing.T) {
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:8080")
	f := append(l.open(), l.next(mqttwire.Client, []byte(strings.TrimSuffix(webRequest, "\r\n")+extension), nil))
	piece := make([]byte, 1<<15)
	f = append(f, l.next(mqttwire.Client, webFrame(0x42, 0, piece), nil))
	for range maxPacked / len(piece) {
		f = append(f, l.next(mqttwire.Client, webFrame(0x00, 0, piece), nil))
	}
	require.Contains(t, dumpFrames(t, f...).stdout, fmt.Sprintf("ERROR a compressed WebSocket message has more than %d bytes\n", maxPacked))
}

// Nor is one unpacked without an end.
func TestCompressedBomb(t *testing.T) {
	p := &packer{t: t}
	var f inflater
	total := 0
	packed := p.pack(make([]byte, 1<<20))
	for range maxUnpacked >> 20 {
		packed = append(packed, "\x00\x00\xFF\xFF"...)
		packed = append(packed, p.pack(make([]byte, 1<<20))...)
	}
	require.Less(t, len(packed), maxPacked)
	w := &webSocket{packet: packed}
	require.ErrorContains(t, f.unpack(w, func(b []byte) bool { total += len(b); return true }), "it has more than 268435460 bytes")
	require.LessOrEqual(t, total, maxUnpacked)
	require.LessOrEqual(t, cap(w.window), 16*windowSize)
}

// Whatever is packed comes out again, over windows that are larger than what is kept.
func TestInflater(t *testing.T) {
	var f inflater
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		p, w := &packer{t: t, anew: seed%3 == 1, final: seed%3 == 2}, &webSocket{}
		var before []byte
		for range 30 {
			message := make([]byte, rnd.IntN(9000))
			for i := range message {
				message[i] = byte(rnd.IntN(4))
			}
			if len(before) > 0 {
				message = append(message, before[rnd.IntN(len(before)):]...)
			}
			before = message[:min(len(message), 20000)]
			w.packet = p.pack(message)
			var out []byte
			require.NoError(t, f.unpack(w, func(b []byte) bool { out = append(out, b...); return true }))
			require.True(t, bytes.Equal(message, out), "seed %d", seed)
			require.LessOrEqual(t, cap(w.window), 16*windowSize)
		}
	}
}

// A capture of real programs: MQTT.js 5.16 over ws 8.23 to aedes 1.2, on one connection
// with context takeover and on the other without.
func TestCompressedCapture(t *testing.T) {
	const file = "testdata/websocket-deflate.pcap.gz"
	r := runFiles(t, "--json", "--secrets", file)
	require.Equal(t, exitOK, r.status)
	require.Equal(t, "77 packets on 2 connections, all encode back to the same bytes; TCP segments: 1 sent again\n", runFiles(t, file).stderr)
	found := 0
	for line := range strings.Lines(r.stdout) {
		var j struct {
			Packet, Hex string
			WebSocket   bool
		}
		require.NoError(t, json.Unmarshal([]byte(line), &j))
		require.True(t, j.WebSocket)
		if j.Packet == "PUBLISH" {
			text := string(unhex(t, j.Hex))
			payload := text[strings.Index(text, "the quick"):]
			require.Equal(t, strings.Repeat("the quick brown fox jumps over the lazy dog ", len(payload)/44), payload)
			found++
		}
	}
	require.Equal(t, 27, found)
}
