package main

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// What else is in a capture does no harm.
func TestStrayFrames(t *testing.T) {
	l := defaultLink(t)
	src, dst := l.address[mqttwire.Client].Addr(), l.address[mqttwire.Server].Addr()
	udp := ipPacket(t, src, dst, layers.IPProtocolUDP, &layers.UDP{SrcPort: 1, DstPort: 2}, gopacket.Payload("12345678"))
	udpFragment := bytes.Clone(udp)
	udpFragment[6] = 0x20 // more fragments
	f := l.plain()
	damaged := bytes.Clone(f[5])
	damaged[32] = 0x10 // the length of the TCP header
	f = slices.Insert(f, 4, udp, udpFragment, damaged, []byte{}, []byte{0x45}, []byte{0x60}, []byte("rubbish"))
	requirePlain(t, dumpFrames(t, f...))
}

// A FIN that was not captured takes a sequence number, but no byte is missing.
func TestFinNotCaptured(t *testing.T) {
	f := defaultLink(t).plain()
	requirePlain(t, dumpFrames(t, slices.Delete(f, 7, 8)...))
}

// A keep-alive probe repeats the byte before the next one. Where the handshake
// was not captured, that is the byte before the first.
func TestProbeBeforeTheStart(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.client(connect311))
	f[1] = f[0] // no SYN of the server
	probe := l.at(mqttwire.Server, 0, []byte{0xFF}, nil)
	f = append(f, probe, l.server(connack311), l.server(publish[:8]), l.server(publish[8:]))
	f[6], f[7] = f[7], f[6]
	r := dumpFrames(t, f...)
	require.Equal(t, exitOK, r.status)
	require.Equal(t, "#1 S>C "+publishLine, r.packets()[2])
}

// A server that still knows an earlier connection answers a SYN with an
// acknowledgement of that. The client resets it and begins again.
func TestHalfOpen(t *testing.T) {
	l := defaultLink(t)
	f := l.plain()
	l.initial[mqttwire.Client] += 0x5000_0000
	challenge := l.at(mqttwire.Server, 0x7000, nil, nil)
	reset := l.at(mqttwire.Client, 0x7000, nil, func(t *layers.TCP) { t.RST = true })
	f = f[:len(f)-3] // no FIN to tell where the stream ends
	requirePlain(t, dumpFrames(t, slices.Insert(f, 1, challenge, reset, f[0])...))
}

// The connection is over, its last segments come once more, and the same ports
// are not used for a new one.
func TestSegmentsAfterTheEnd(t *testing.T) {
	f := defaultLink(t).plain()
	requirePlain(t, dumpFrames(t, append(f, f...)...))
}

// Frames need not be in the order of their times.
func TestTimeGoesBack(t *testing.T) {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeRaw))
	for i, f := range defaultLink(t).plain() {
		info := frameInfo(i, f)
		if i == 3 {
			info.Timestamp = info.Timestamp.Add(-2 * time.Second)
		}
		require.NoError(t, w.WritePacket(info, f))
	}
	r := dump(t, b.Bytes())
	requirePlain(t, r)
	require.Equal(t, "-1.997000 #1 C>S "+connectLine, firstLine(r.stdout))
}

func TestAppendTime(t *testing.T) {
	for want, at := range map[string]moment{
		"-":             {},
		"0.000000":      {1, 999},
		"0.000123":      {1, 123 * time.Microsecond},
		"1.000000":      {1, time.Second},
		"-0.000001":     {1, -time.Microsecond},
		"100000.500000": {1, 100000*time.Second + 500*time.Millisecond},
	} {
		require.Equal(t, want, string(appendTime(nil, at)))
	}
}
