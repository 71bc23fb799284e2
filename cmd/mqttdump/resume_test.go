package main

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const (
	publish5     = "30 0a 0003 612f62 00 68656c6c"
	publishQoS1  = "32 0b 0003 612f62 0007 68656c6c"
	puback       = "40 02 0007"
	guessed311   = "NOTE no CONNECT tells the version: guessed 3.1.1"
	guessed5     = "NOTE no CONNECT tells the version: guessed 5.0"
	publishLine1 = `PUBLISH topic="a/b" qos=1 packet-id=7 payload-bytes=4`
)

// A connection that was open when the capture began.
func TestMidStream(t *testing.T) {
	tests := map[string]struct {
		port string
		args []string
		send func(l *tcpLink) [][]byte
		want []string
	}{
		"on its port": {"1883", nil, func(l *tcpLink) [][]byte {
			return [][]byte{l.client(publishQoS1), l.server(puback), l.client("c000"), l.server("d000")}
		}, []string{"#1 C>S " + guessed311, "#1 C>S " + publishLine1, "#1 S>C PUBACK packet-id=7", "#1 C>S PINGREQ", "#1 S>C PINGRESP"}},
		"5.0": {"1883", nil, func(l *tcpLink) [][]byte { return [][]byte{l.server(publish5), l.client("c000")} },
			[]string{"#1 S>C " + guessed5, "#1 S>C " + publishLine, "#1 C>S PINGREQ"}},
		"by content": {"7777", nil, func(l *tcpLink) [][]byte { return [][]byte{l.client("c000"), l.client(publish), l.client("c000")} },
			[]string{"#1 C>S " + guessed311, "#1 C>S " + publishLine, "#1 C>S PINGREQ"}},
		"the server first": {"7777", nil, func(l *tcpLink) [][]byte { return [][]byte{l.server(suback), l.client("c000")} },
			[]string{"#1 S>C " + guessed311, `#1 S>C SUBACK packet-id=1 reason="0x01 Granted QoS 1"`, "#1 C>S PINGREQ"}},
		"the version given": {"1883", []string{"--version=3.1"}, func(l *tcpLink) [][]byte { return [][]byte{l.client(publish)} },
			[]string{"#1 C>S " + publishLine}},
		"the port given": {"7777", []string{"--port=7777"}, func(l *tcpLink) [][]byte { return [][]byte{l.client("c000"), l.server("d000")} },
			[]string{"#1 C>S " + guessed5, "#1 C>S PINGREQ", "#1 S>C PINGRESP"}},
		"a guess that was wrong": {"1883", nil, func(l *tcpLink) [][]byte { return [][]byte{l.client("c000"), l.client(publish)} },
			[]string{"#1 C>S " + guessed5, "#1 C>S PINGREQ", "#1 C>S NOTE the guess was wrong: the version is 3.1.1 rather than 5.0", "#1 C>S " + publishLine}},
		"inside of a packet": {"1883", nil, func(l *tcpLink) [][]byte {
			return [][]byte{l.client("2f62 68656c6c" + publish), l.client(publish)}
		}, []string{"#1 C>S NOTE decoding goes on at offset 6", "#1 C>S " + guessed311, "#1 C>S " + publishLine, "#1 C>S " + publishLine}},
		"inside of a long packet": {"1883", nil, func(l *tcpLink) [][]byte {
			f := [][]byte{}
			for range 20 {
				f = append(f, l.next(mqttwire.Client, []byte(strings.Repeat("some text 0123 ", 90)), nil))
			}
			return append(f, l.next(mqttwire.Client, append([]byte("the end"), unhex(t, publish)...), nil))
		}, []string{"#1 C>S NOTE decoding goes on at offset 27007", "#1 C>S " + guessed311, "#1 C>S " + publishLine}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLink(t, "10.0.0.1:40000", "10.0.0.2:"+test.port)
			l.sent = [3]uint32{0, 5000, 6000}
			r := dump(t, pcapFile(t, layers.LinkTypeRaw, test.send(l)...), test.args...)
			require.Equal(t, test.want, r.packets(), r.stderr)
		})
	}
}

// Other protocols are not taken for MQTT.
func TestMidStreamOfOthers(t *testing.T) {
	l := newLink(t, "10.0.0.1:40000", "10.0.0.2:443")
	l.sent = [3]uint32{0, 5000, 6000}
	f := [][]byte{
		l.client("1703030020" + strings.Repeat("ab", 32)), l.next(mqttwire.Server, []byte("HTTP/1.1 200 OK\r\n\r\n0123"), nil),
		l.client("c000"), l.next(mqttwire.Client, []byte("0123456789"), nil), l.client("3003"),
	}
	require.Contains(t, dumpFrames(t, f...).stderr, errNoMQTT.Error())
	tls := newLink(t, "10.0.0.1:40000", "10.0.0.2:1883")
	f = append(tls.open(), tls.client("1603010020"+strings.Repeat("ab", 32)), tls.server("1603030020"+strings.Repeat("ab", 32)))
	require.Contains(t, dumpFrames(t, f...).stderr, errNoMQTT.Error(), "TLS on the port of MQTT")
	require.Contains(t, dump(t, pcapFile(t, layers.LinkTypeRaw, f...), "--port=1883").stdout, "ERROR CONNECT: ")
}

// A long stream of anything is not searched for ever, and not taken for MQTT.
func TestSearchEnds(t *testing.T) {
	l := defaultLink(t)
	l.sent = [3]uint32{0, 5000, 6000}
	rnd := rand.New(rand.NewPCG(1, 2))
	var f [][]byte
	for range 1500 {
		data := make([]byte, 1400)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		f = append(f, l.next(mqttwire.Client, data, nil))
	}
	r := dumpFrames(t, f...)
	require.Equal(t, result{exitBad, "", "mqttdump: standard input: " + errNoMQTT.Error() + "\n"}, r)
}

// On the port of MQTT a bad CONNECT is told as such.
func TestBadConnectOnPort(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client("10 0f 0004 4d515458 04 02 003c 0003 726177"))
	r := dumpFrames(t, append(f, l.close()...)...)
	require.Contains(t, r.stdout, "#1 C>S ERROR CONNECT: Protocol Name is ")
}

// A search does not look again and again at where a long packet may begin.
func TestSearchIsLinear(t *testing.T) {
	s := newSession(newPrinter(io.Discard, io.Discard, &settings{maxPacketSize: mqttwire.MaxPacketSize}), &settings{maxPacketSize: mqttwire.MaxPacketSize})
	s.assume(mqttwire.MQTT5)
	st := s.stream(mqttwire.Client)
	st.lost = true
	hope := unhex(t, "30 ffff03 0000") // the beginning of a PUBLISH of 65539 bytes
	for range 2000 {
		s.deliver(mqttwire.Client, hope, moment{})
	}
	require.True(t, st.lost)
	require.Len(t, st.search.hopes, 2000)
	for i, h := range st.search.hopes {
		require.Equal(t, hope[0], st.pending[h.at])
		require.Equal(t, 6*i+4+65535, h.need)
	}
}

// After bytes that are missing the decoding goes on.
func TestGoesOnAfterALoss(t *testing.T) {
	for lost := 1; lost <= 3; lost++ {
		l := defaultLink(t)
		f := append(l.open(), l.client(connect311), l.server(connack311))
		for i := range 8 {
			segment := l.client(publish + publishQoS1[:10])
			if i >= lost && i < 2*lost {
				segment = nil
			}
			rest := l.client(publishQoS1[10:])
			f = append(f, segment, rest)
		}
		f = slices.DeleteFunc(append(f, l.close()...), func(b []byte) bool { return b == nil })
		r := dumpFrames(t, f...)
		require.Equal(t, exitBad, r.status)
		require.Equal(t, lost, strings.Count(r.stdout, "ERROR bytes are missing"), r.stdout)
		require.Equal(t, 8-lost, strings.Count(r.stdout, publishLine), r.stdout)
		require.Equal(t, 8-lost, strings.Count(r.stdout, publishLine1), r.stdout)
		require.Contains(t, r.stdout, "NOTE decoding goes on at offset")
	}
}

// When the receiver has acknowledged what is missing, it is told soon.
func TestLossIsToldInTime(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311), l.server(connack311))
	l.client(publish) // lost
	f = append(f, l.client(publishQoS1), l.server(puback))
	for range 6000 {
		f = append(f, l.ack(mqttwire.Client))
	}
	f = append(f, l.client("c000"))
	r := dumpFrames(t, append(f, l.close()...)...)
	require.Regexp(t, `\n5\.006000 #1 C>S ERROR bytes are missing from offset 17 `, r.stdout)
	require.Contains(t, r.stdout, publishLine1)
	require.Equal(t, "#1 C>S PINGREQ", r.packets()[len(r.packets())-1])
}

// A packet that is longer than is waited for is told by its beginning, and the next
// one is found behind it.
func TestBadLongPacket(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311), l.server(connack311), l.client("36 80 80 80 01 0001 61"))
	for range 2000 {
		f = append(f, l.next(mqttwire.Client, make([]byte, 1100), nil))
	}
	// 2097152 is the Remaining Length, 5 the fixed header, 3 have been sent.
	l2 := 2097152 - 3 - 2000*1100
	require.Negative(t, l2)
	r := dumpFrames(t, append(f, l.close()...)...)
	require.Contains(t, r.stdout, "ERROR PUBLISH: Packet Type and Flags, QoS level is 3")
	require.Equal(t, 1, strings.Count(r.stdout, "ERROR PUBLISH: "))
}

func TestPacketSize(t *testing.T) {
	for text, want := range map[string]int{"": 0, "10": 0, "10 80": 0, "10 80 80 80": 0, "10 80 80 80 80": -1, "10 00": 2, "10 ff ff ff 7f": 268435460, "00 05": 7} {
		require.Equal(t, want, packetSize(unhex(t, text)), text)
	}
}
