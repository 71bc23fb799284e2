package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// unhex turns spaced hex into bytes.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return b
}

// The packets that most captures in these tests are made of.
const (
	connect311  = "10 0f 0004 4d515454 04 02 003c 0003 726177"
	connack311  = "20 02 00 00"
	subscribe   = "82 08 0001 0003 612f62 01"
	suback      = "90 03 0001 01"
	publish     = "30 09 0003 612f62 68656c6c"
	disconnect  = "e0 00"
	connect5    = "10 10 0004 4d515454 05 02 003c 00 0003 726177"
	connack5    = "20 03 00 00 00"
	connectLine = `CONNECT version=3.1.1 client-id="raw" clean-start keep-alive=60`
	publishLine = `PUBLISH topic="a/b" qos=0 payload-bytes=4`
)

// tcpLink makes the IP packets of one TCP connection, in the order in which
// they were sent.
type tcpLink struct {
	t       testing.TB
	address [3]netip.AddrPort // by mqttwire.Sender
	initial [3]uint32
	sent    [3]uint32 // how many sequence numbers are used
}

func newLink(t testing.TB, client, server string) *tcpLink {
	return &tcpLink{
		t:       t,
		address: [3]netip.AddrPort{mqttwire.Client: netip.MustParseAddrPort(client), mqttwire.Server: netip.MustParseAddrPort(server)},
		initial: [3]uint32{mqttwire.Client: 1000, mqttwire.Server: 0xFFFFFFF0}, // soon to wrap
	}
}

func defaultLink(t testing.TB) *tcpLink { return newLink(t, "10.0.0.1:40000", "10.0.0.2:1883") }

func other(s mqttwire.Sender) mqttwire.Sender { return mqttwire.Client + mqttwire.Server - s }

// at makes a segment at a sequence number relative to the initial one.
func (l *tcpLink) at(from mqttwire.Sender, seq uint32, data []byte, set func(*layers.TCP)) []byte {
	src, dst := l.address[from], l.address[other(from)]
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(src.Port()), DstPort: layers.TCPPort(dst.Port()),
		Seq: l.initial[from] + seq, ACK: true, Ack: l.initial[other(from)] + l.sent[other(from)], Window: 65535,
	}
	if set != nil {
		set(tcp)
	}
	if !tcp.ACK {
		tcp.Ack = 0
	}
	return ipPacket(l.t, src.Addr(), dst.Addr(), layers.IPProtocolTCP, tcp, gopacket.Payload(data))
}

func ipPacket(t testing.TB, src, dst netip.Addr, protocol layers.IPProtocol, content ...gopacket.SerializableLayer) []byte {
	var ip gopacket.SerializableLayer = &layers.IPv4{
		Version: 4, TTL: 64, Protocol: protocol, SrcIP: src.AsSlice(), DstIP: dst.AsSlice(),
	}
	if src.Is6() {
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
	}
	b := gopacket.NewSerializeBuffer()
	require.NoError(t, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true},
		append([]gopacket.SerializableLayer{ip}, content...)...))
	return bytes.Clone(b.Bytes())
}

// next makes the next segment of a side and counts what it sends.
func (l *tcpLink) next(from mqttwire.Sender, data []byte, set func(*layers.TCP)) []byte {
	b := l.at(from, l.sent[from], data, set)
	l.sent[from] += uint32(len(data))
	return b
}

// open makes the three segments of the handshake.
func (l *tcpLink) open() [][]byte {
	syn := l.next(mqttwire.Client, nil, func(t *layers.TCP) { t.SYN, t.ACK = true, false })
	l.sent[mqttwire.Client]++
	synAck := l.next(mqttwire.Server, nil, func(t *layers.TCP) { t.SYN = true })
	l.sent[mqttwire.Server]++
	return [][]byte{syn, synAck, l.ack(mqttwire.Client)}
}

func (l *tcpLink) client(data string) []byte { return l.next(mqttwire.Client, unhex(l.t, data), nil) }
func (l *tcpLink) server(data string) []byte { return l.next(mqttwire.Server, unhex(l.t, data), nil) }

func (l *tcpLink) ack(from mqttwire.Sender) []byte { return l.next(from, nil, nil) }

func (l *tcpLink) fin(from mqttwire.Sender) []byte {
	b := l.next(from, nil, func(t *layers.TCP) { t.FIN = true })
	l.sent[from]++
	return b
}

// close makes the segments that end the connection.
func (l *tcpLink) close() [][]byte {
	return [][]byte{l.fin(mqttwire.Client), l.fin(mqttwire.Server), l.ack(mqttwire.Client)}
}

// plain is a whole connection: three packets, one after another.
func (l *tcpLink) plain() [][]byte {
	frames := append(l.open(), l.client(connect311), l.server(connack311), l.client(publish), l.client(disconnect))
	return append(frames, l.close()...)
}

// pcapFile writes frames, one a millisecond, as a pcap file.
func pcapFile(t testing.TB, link layers.LinkType, frames ...[]byte) []byte {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	require.NoError(t, w.WriteFileHeader(65535, link))
	for i, f := range frames {
		require.NoError(t, w.WritePacket(frameInfo(i, f), f))
	}
	return b.Bytes()
}

func frameInfo(i int, frame []byte) gopacket.CaptureInfo {
	at := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Millisecond)
	return gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(frame), Length: len(frame)}
}

// ethernet puts an Ethernet header in front of an IP packet, with tags.
func ethernet(packet []byte, vlans ...uint16) []byte {
	b := make([]byte, 12, 64)
	for _, id := range vlans {
		b = binary.BigEndian.AppendUint16(append(b, 0x81, 0x00), id)
	}
	b = append(binary.BigEndian.AppendUint16(b, etherType(packet)), packet...)
	for len(b) < 60 {
		b = append(b, 0xEE) // padding, which is no part of the IP packet
	}
	return b
}

func etherType(packet []byte) uint16 {
	if packet[0]>>4 == 6 {
		return uint16(layers.EthernetTypeIPv6)
	}
	return uint16(layers.EthernetTypeIPv4)
}

// each changes all frames.
func each(frames [][]byte, change func([]byte) []byte) [][]byte {
	out := make([][]byte, len(frames))
	for i, f := range frames {
		out[i] = change(f)
	}
	return out
}

// result is what a run of the program gave.
type result struct {
	status         int
	stdout, stderr string
}

// dump runs the program with input on its standard input.
func dump(t testing.TB, input []byte, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(args, bytes.NewReader(input), &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// dumpFrames runs the program over raw IP packets.
func dumpFrames(t testing.TB, frames ...[]byte) result {
	t.Helper()
	return dump(t, pcapFile(t, layers.LinkTypeRaw, frames...))
}

// packets is the lines without their times.
func (r result) packets() []string {
	var list []string
	for line := range strings.Lines(r.stdout) {
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		list = append(list, rest)
	}
	return list
}

// plainLines is what plain prints.
func plainLines() []string {
	return []string{
		"#1 C>S " + connectLine,
		`#1 S>C CONNACK reason="0x00 Success"`,
		"#1 C>S " + publishLine,
		`#1 C>S DISCONNECT reason="0x00 Normal disconnection"`,
	}
}

// requirePlain checks that a run printed plain and nothing was wrong.
func requirePlain(t testing.TB, r result) {
	t.Helper()
	require.Equal(t, plainLines(), r.packets())
	require.Regexp(t, "^4 packets on 1 connection, all encode back to the same bytes(; TCP segments: .*)?\n$", r.stderr)
	require.NotContains(t, r.stderr, " lost")
	require.Equal(t, exitOK, r.status)
}
