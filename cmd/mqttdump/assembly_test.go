package main

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

func TestInOrder(t *testing.T) {
	r := dumpFrames(t, defaultLink(t).plain()...)
	requirePlain(t, r)
	require.Equal(t, "0.003000 #1 C>S "+connectLine, firstLine(r.stdout), "time since the first frame")
}

func TestSegmentsOutOfOrder(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311), l.server(connack311),
		l.client("30 09 0003 61"), l.client("2f62 6865"), l.client("6c6c e000"))
	f = append(f, l.close()...)
	f[5], f[6], f[7] = f[7], f[5], f[6]
	r := dumpFrames(t, f...)
	requirePlain(t, r)
	require.Contains(t, r.stdout, "0.007000 #1 C>S PUBLISH", "the time of the segment that completed it")
}

func TestConnectCapturedAfterItsAnswer(t *testing.T) {
	f := defaultLink(t).plain()
	f[3], f[4] = f[4], f[3]
	r := dumpFrames(t, f...)
	requirePlain(t, r)
	require.Contains(t, r.stdout, "0.003000 #1 S>C CONNACK", "each packet has its own time")
}

func TestRetransmission(t *testing.T) {
	l := defaultLink(t)
	f := l.open()
	connect := l.client(connect311)
	connack := l.server(connack311)
	first := l.client("30 09 0003 612f")
	seq := l.sent[mqttwire.Client]
	again := l.at(mqttwire.Client, seq-3, unhex(t, "03 61 2f 62 68 65"), nil) // overlaps what came and what will come
	rest := l.client("62 68656c6c")
	end := l.client(disconnect)
	probe := l.at(mqttwire.Client, l.sent[mqttwire.Client]-1, []byte{0xFF}, nil) // a keep-alive with a byte of rubbish
	f = append(f, f[0], f[1], connect, connect, connack, first, first, again, rest, connack, end, probe, end)
	f = append(f, l.close()...)
	f = append(f, connect, end)
	r := dumpFrames(t, f...)
	requirePlain(t, r)
}

func TestOneByteASegment(t *testing.T) {
	l := defaultLink(t)
	f := l.open()
	for _, b := range unhex(t, connect311) {
		f = append(f, l.next(mqttwire.Client, []byte{b}, nil))
	}
	for _, b := range unhex(t, connack311) {
		f = append(f, l.next(mqttwire.Server, []byte{b}, nil))
	}
	for _, b := range unhex(t, publish+disconnect) {
		f = append(f, l.next(mqttwire.Client, []byte{b}, nil))
	}
	requirePlain(t, dumpFrames(t, append(f, l.close()...)...))
}

func TestSeveralPacketsInASegment(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311+publish+disconnect[:2]), l.server(connack311), l.client("00"))
	r := dumpFrames(t, append(f, l.close()...)...)
	require.Equal(t, exitOK, r.status)
	p := plainLines()
	require.Equal(t, []string{p[0], p[2], p[1], p[3]}, r.packets())
}

func TestTwoConnectionsInterleaved(t *testing.T) {
	a := defaultLink(t).plain()
	b := newLink(t, "10.0.0.9:40000", "10.0.0.2:8883").plain()
	var f [][]byte
	for i := range a {
		f = append(f, a[i], b[i])
	}
	r := dumpFrames(t, f...)
	require.Equal(t, exitOK, r.status)
	var want []string
	for _, line := range plainLines() {
		want = append(want, line, "#2"+line[2:])
	}
	require.Equal(t, want, r.packets())
	require.Equal(t, "8 packets on 2 connections, all encode back to the same bytes\n", r.stderr)
}

func TestLostSegment(t *testing.T) {
	tests := map[string]struct {
		keep   []int // of the frames of plain
		sender string
		offset int
	}{
		"in the middle":           {[]int{0, 1, 2, 3, 4, 6, 7, 8, 9}, "C>S", 17},
		"before the end":          {[]int{0, 1, 2, 3, 4, 5, 7, 8, 9}, "C>S", 28},
		"of the server":           {[]int{0, 1, 2, 3, 5, 6, 7, 8, 9}, "S>C", 0},
		"nothing but the FIN":     {[]int{0, 1, 2, 3, 4, 5, 7}, "C>S", 28},
		"no FIN, more behind":     {[]int{0, 1, 2, 3, 4, 6}, "C>S", 17},
		"no FIN, only the answer": {[]int{0, 1, 2, 3, 4, 5, 8}, "C>S", 28},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var f [][]byte
			for _, i := range test.keep {
				f = append(f, defaultLink(t).plain()[i])
			}
			// Another connection must not suffer.
			good := newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()
			r := dumpFrames(t, append(f, good...)...)
			require.Equal(t, exitBad, r.status)
			require.Contains(t, r.packets(), fmt.Sprintf("#1 %s ERROR bytes are missing from offset %d on: a segment was lost, or not captured", test.sender, test.offset))
			require.Contains(t, r.packets(), "#2 C>S "+publishLine)
			require.Contains(t, r.stderr, "; 1 other error; TCP segments: ")
			require.Contains(t, r.stderr, "1 lost\n")
		})
	}
}

func TestTooMuchWaitsForALostSegment(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311), l.server(connack311))
	l.client(publish) // lost
	for range maxEarly {
		f = append(f, l.client("c0 00"))
	}
	f = append(f, newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()...)
	r := dumpFrames(t, f...)
	require.Equal(t, exitBad, r.status)
	require.Equal(t, "#1 C>S ERROR bytes are missing from offset 17 on: a segment was lost, or not captured", r.packets()[2],
		"as soon as too much waits, not at the end")
}

func TestPortsUsedAgain(t *testing.T) {
	// The SYN of either side is enough to tell.
	for name, missing := range map[string]int{"no SYN of the client": 0, "no SYN of the server": 1, "both": 2} {
		t.Run(name, func(t *testing.T) {
			first := defaultLink(t)
			f := append(first.open(), first.client(connect311), first.server(connack311), first.client("c0")) // and no end
			second := defaultLink(t)
			second.initial = [3]uint32{mqttwire.Client: 77, mqttwire.Server: 99}
			again := second.plain()
			r := dumpFrames(t, append(f, slices.Delete(again, missing, missing+1)...)...)
			require.Equal(t, exitBad, r.status)
			require.Equal(t, []string{
				"#1 C>S " + connectLine,
				`#1 S>C CONNACK reason="0x00 Success"`,
				"#1 C>S ERROR incomplete packet: the stream ends after 1 byte of its fixed header, at offset 17",
				"#2 C>S " + connectLine,
			}, r.packets()[:4])
			require.Equal(t, "#2 C>S "+publishLine, r.packets()[5])
		})
	}
}

// At the end of the file, what is incomplete is told in the order of the
// connections.
func TestSeveralIncomplete(t *testing.T) {
	var f [][]byte
	for i := range 9 {
		l := newLink(t, fmt.Sprintf("10.0.0.%d:1", 9-i), "10.0.0.2:1883")
		f = append(append(f, l.open()...), l.client(connect311+"c0"))
	}
	lines := dumpFrames(t, f...).packets()
	require.Len(t, lines, 18)
	for i := range 9 {
		require.Contains(t, lines[9+i], fmt.Sprintf("#%d C>S ERROR incomplete packet", i+1))
	}
}

func TestCaptureBeginsLate(t *testing.T) {
	tests := map[string]func([][]byte) [][]byte{
		"no SYN":                  func(f [][]byte) [][]byte { return f[1:] },
		"no SYN of the server":    func(f [][]byte) [][]byte { return slices.Delete(f, 1, 2) },
		"CONNECT is first":        func(f [][]byte) [][]byte { return f[3:] },
		"CONNECT after SYN":       func(f [][]byte) [][]byte { return slices.Delete(f, 1, 3) },
		"SYN in the wrong order":  func(f [][]byte) [][]byte { f[0], f[1] = f[1], f[0]; return f },
		"SYN after the handshake": func(f [][]byte) [][]byte { f[0], f[2] = f[2], f[0]; return f },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			requirePlain(t, dumpFrames(t, change(defaultLink(t).plain())...))
		})
	}
}

func TestReset(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311), l.server(connack311), l.client(publish), l.client(disconnect),
		l.next(mqttwire.Client, nil, func(t *layers.TCP) { t.RST = true }))
	requirePlain(t, dumpFrames(t, f...))
}

func TestIncompleteAtTheEnd(t *testing.T) {
	tests := map[string]struct{ data, want string }{
		"body":         {"30 09 0003", "ERROR incomplete PUBLISH: the stream ends after 4 of its 11 bytes, at offset 17"},
		"fixed header": {"30 ff", "ERROR incomplete packet: the stream ends after 2 bytes of its fixed header, at offset 17"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := defaultLink(t)
			f := append(l.open(), l.client(connect311), l.server(connack311), l.client(test.data))
			for range 2 { // without and with the end of the connection
				r := dumpFrames(t, f...)
				require.Equal(t, exitBad, r.status)
				require.Equal(t, "#1 C>S "+test.want, r.packets()[2])
				require.Equal(t, "2 packets on 1 connection, all encode back to the same bytes; 1 other error\n", r.stderr)
				f = append(f, l.close()...)
			}
		})
	}
}

// Where the segment with the CONNECT is missing, the decoding begins behind it.
func TestConnectLost(t *testing.T) {
	const missing = "C>S ERROR bytes are missing from offset 0 on: a segment was lost, or not captured"
	for port, begins := range map[int]bool{1883: true, 9999: true} {
		l := newLink(t, "10.0.0.1:40000", fmt.Sprintf("10.0.0.2:%d", port))
		f := append(l.open(), l.client(connect311[:10]))[:3]
		f = append(f, l.client(connect311[10:]), l.server(connack311), l.client(publishQoS1), l.server(puback), l.client(publish))
		r := dumpFrames(t, append(f, l.close()...)...)
		require.Equal(t, exitBad, r.status)
		require.Equal(t, begins, strings.Contains(r.stdout, missing), r.stdout)
		for _, line := range []string{"#1 S>C CONNACK", "#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7", "#1 C>S " + publishLine} {
			require.Contains(t, r.stdout, line)
		}
	}
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:443")
	f := append(l.open(), l.next(mqttwire.Client, []byte("lost"), nil))[:3]
	f = append(f, l.next(mqttwire.Client, []byte("hello"), nil), l.next(mqttwire.Server, []byte("world"), nil))
	require.Contains(t, dumpFrames(t, append(f, l.close()...)...).stderr, errNoMQTT.Error(), "not MQTT")
}

// Only what the server sends was captured.
func TestOnlyTheServer(t *testing.T) {
	var f [][]byte
	for _, frame := range defaultLink(t).plain() {
		if frame[15] == 2 { // the source address
			f = append(f, frame)
		}
	}
	r := dumpFrames(t, f...)
	require.Equal(t, exitBad, r.status)
	require.Equal(t, []string{"#1 C>S ERROR bytes are missing from offset 0 on: a segment was lost, or not captured",
		"#1 S>C NOTE no CONNECT tells the version: guessed 3.1.1", `#1 S>C CONNACK reason="0x00 Success"`}, r.packets())
}

// A client may send data in its first segment. RFC 7413.
func TestDataInTheSYN(t *testing.T) {
	l := defaultLink(t)
	syn := l.next(mqttwire.Client, unhex(t, connect311), func(t *layers.TCP) { t.SYN, t.ACK = true, false })
	l.sent[mqttwire.Client]++
	synAck := l.next(mqttwire.Server, nil, func(t *layers.TCP) { t.SYN = true })
	l.sent[mqttwire.Server]++
	f := [][]byte{syn, synAck, l.server(connack311), l.client(publish), l.client(disconnect)}
	requirePlain(t, dumpFrames(t, append(f, l.close()...)...))
}

// What comes from before the first segment of a capture is told.
func TestFromBeforeTheCapture(t *testing.T) {
	l := defaultLink(t)
	l.sent = [3]uint32{0, 5000, 6000}
	early, late := l.client(publish), l.client(publishQoS1)
	r := dumpFrames(t, late, early, l.client("c000"))
	require.Equal(t, []string{"#1 C>S NOTE no CONNECT tells the version: guessed 3.1.1", "#1 C>S " + publishLine1,
		"#1 C>S NOTE a segment of 11 bytes is from before the first one that was captured, and left out", "#1 C>S PINGREQ"}, r.packets())
}

// A scan of ports is not kept, and a connection among it is found all the same.
func TestManyConnectionsWithoutData(t *testing.T) {
	a := newAssembly(newPrinter(io.Discard, io.Discard, &settings{}), &settings{})
	first := defaultLink(t)
	frames := append(first.open(), first.client(connect311))
	add := func(frame []byte) {
		d := newFrameDecoder()
		require.True(t, d.decode(layers.LayerTypeIPv4, frame))
		a.add(&segment{tcp: &d.tcp, src: endpoint(d.src, d.tcp.SrcPort), dst: endpoint(d.dst, d.tcp.DstPort), at: moment{frame: 1}})
	}
	for _, f := range frames[:3] {
		add(f)
	}
	for i := range 3 * maxFresh {
		tcp := layers.TCP{SYN: true, SrcPort: layers.TCPPort(i), Seq: uint32(i)}
		a.add(&segment{tcp: &tcp, src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{9, byte(i >> 16), 0, 1}), uint16(i)), dst: first.address[mqttwire.Server]})
	}
	require.LessOrEqual(t, len(a.connections), 2*maxFresh)
	add(frames[3])
	require.Equal(t, 1, a.out.connections)
}

func TestNotMQTT(t *testing.T) {
	web := newLink(t, "10.0.0.3:1", "10.0.0.2:1883")
	f := append(web.open(), web.client("47455420"), web.server("485454502f"))
	f = append(f, web.close()...)
	mail := newLink(t, "10.0.0.4:1", "10.0.0.2:25")
	f = append(append(f, mail.open()...), mail.server("3232302068690d0a"), mail.client("10"), mail.client("16030103"))
	video := newLink(t, "10.0.0.5:1", "10.0.0.2:1883")
	f = append(f, video.open()...)
	for range maxHeld/1024 + 1 {
		f = append(f, video.next(mqttwire.Server, make([]byte, 1024), nil))
	}
	post := newLink(t, "10.0.0.7:1", "10.0.0.2:1883")
	f = append(append(f, post.open()...), post.next(mqttwire.Client, []byte("POST / HTTP/1.1\r\n\r\n"), nil))
	short := newLink(t, "10.0.0.6:1", "10.0.0.2:1883")
	f = append(append(f, short.open()...), short.client("10 0f 0004"))
	r := dumpFrames(t, f...)
	require.Equal(t, result{exitBad, "", "mqttdump: standard input: " + errNoMQTT.Error() + "\n"}, r)

	requirePlain(t, dumpFrames(t, append(f, defaultLink(t).plain()...)...))
}

// Nothing is kept of a connection that is not MQTT.
func TestNotMQTTIsLeftAlone(t *testing.T) {
	c := connection{session: newSession(nil, &settings{})}
	c.deliver(c.client, []byte("PUT /"), moment{})
	require.True(t, c.over)
	require.Nil(t, c.prefix)
}

func TestBeginsConnect(t *testing.T) {
	for _, whole := range []string{connect311, connect5, "10 8110 0006 4d5149736470", "1f ffffff7f 0004 4d515454"} {
		b := unhex(t, whole)
		decided := 0
		for i := range len(b) + 1 {
			is, known := beginsConnect(b[:i])
			require.Equal(t, known, is, "%s cut to %d bytes", whole, i)
			if known {
				decided++
			}
		}
		require.NotZero(t, decided)
	}
	for _, no := range []string{"20", "00", "16 0301", "10 80808080", "10 0e 0003", "10 0e 0004 4d515455", "10 0e 0005 4d515454"} {
		is, known := beginsConnect(unhex(t, no))
		require.False(t, is, no)
		require.True(t, known, no)
	}
}
