package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

func TestLinkTypes(t *testing.T) {
	v4 := func() [][]byte { return defaultLink(t).plain() }
	v6 := func() [][]byte { return newLink(t, "[2001:db8::1]:40000", "[2001:db8::2]:1883").plain() }
	header := func(h string) func([]byte) []byte {
		return func(f []byte) []byte { return append(unhex(t, h), f...) }
	}
	tests := map[string]struct {
		link   layers.LinkType
		frames [][]byte
	}{
		"Ethernet":           {layers.LinkTypeEthernet, each(v4(), func(f []byte) []byte { return ethernet(f) })},
		"Ethernet, IPv6":     {layers.LinkTypeEthernet, each(v6(), func(f []byte) []byte { return ethernet(f) })},
		"VLAN":               {layers.LinkTypeEthernet, each(v4(), func(f []byte) []byte { return ethernet(f, 7) })},
		"VLAN in VLAN":       {layers.LinkTypeEthernet, each(v6(), func(f []byte) []byte { return ethernet(f, 7, 8) })},
		"raw":                {layers.LinkTypeRaw, v4()},
		"raw, IPv6":          {layers.LinkTypeRaw, v6()},
		"raw as in BSD":      {12, v6()},
		"IPv4":               {layers.LinkTypeIPv4, v4()},
		"IPv6":               {layers.LinkTypeIPv6, v6()},
		"NULL":               {layers.LinkTypeNull, each(v4(), header("02000000"))},
		"NULL, IPv6, Darwin": {layers.LinkTypeNull, each(v6(), header("1e000000"))},
		"LOOP":               {layers.LinkTypeLoop, each(v4(), header("00000002"))},
		"LOOP, IPv6":         {layers.LinkTypeLoop, each(v6(), header("00000018"))},
		"SLL":                {layers.LinkTypeLinuxSLL, each(v4(), header("0000 0001 0006 000000000000 0000 0800"))},
		"SLL, IPv6":          {layers.LinkTypeLinuxSLL, each(v6(), header("0000 0001 0006 000000000000 0000 86dd"))},
		"SLL2":               {layers.LinkTypeLinuxSLL2, each(v4(), header("0800 0000 00000001 0001 00 06 0000000000000000"))},
		"SLL2, IPv6":         {layers.LinkTypeLinuxSLL2, each(v6(), header("86dd 0000 00000001 0001 00 06 0000000000000000"))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			requirePlain(t, dump(t, pcapFile(t, test.link, test.frames...)))
		})
	}
}

// What may stand between a frame and the TCP in it.
func TestEncapsulations(t *testing.T) {
	const macs = "020000000001 020000000002 "
	for name, test := range map[string]struct {
		link   layers.LinkType
		header string
	}{
		"VLAN in VLAN, 802.1ad":    {layers.LinkTypeEthernet, macs + "88a8 0005 8100 0006 0800"},
		"VLAN in VLAN, before":     {layers.LinkTypeEthernet, macs + "9100 0005 8100 0006 0800"},
		"PPPoE":                    {layers.LinkTypeEthernet, macs + "8864 11 00 0001 0000 0021"},
		"PPPoE in a VLAN":          {layers.LinkTypeEthernet, macs + "8100 0005 8864 11 00 0001 0000 21"},
		"MPLS":                     {layers.LinkTypeEthernet, macs + "8847 00010040 00011140"},
		"PPP":                      {layers.LinkTypePPP, "ff03 0021"},
		"PPP, serial":              {linkPPPSerial, "0021"},
		"GRE":                      {layers.LinkTypeRaw, "4500 0000 0000 0000 402f 0000 01010101 02020202 0000 0800"},
		"GRE with Ethernet in it":  {layers.LinkTypeRaw, "4500 0000 0000 0000 402f 0000 01010101 02020202 0000 6558 " + macs + "0800"},
		"VXLAN":                    {layers.LinkTypeRaw, "4500 0000 0000 0000 4011 0000 01010101 02020202 1388 12b5 0000 0000 08000000 00000100 " + macs + "0800"},
		"IP in IP":                 {layers.LinkTypeRaw, "4500 0000 0000 0000 4004 0000 01010101 02020202"},
		"PPPoE with another thing": {layers.LinkTypeEthernet, macs + "8864 11 00 0001 0000 c021"},
		"MPLS without an end":      {layers.LinkTypeEthernet, macs + "8847 00010040"},
	} {
		frames := each(defaultLink(t).plain(), func(f []byte) []byte {
			b := append(unhex(t, test.header), f...)
			if test.link == layers.LinkTypeRaw {
				binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
			}
			return b
		})
		r := dump(t, pcapFile(t, test.link, frames...))
		if strings.Contains(name, "without an end") || strings.Contains(name, "another thing") {
			require.Equal(t, result{exitBad, "", "mqttdump: standard input: no MQTT found: there is no TCP in its 10 frames\n"}, r, name)
			continue
		}
		require.Equal(t, plainLines(), r.packets(), "%s: %s", name, r.stderr)
	}
}

// A flood of fragments that never come together is not kept.
func TestFragmentsAreBounded(t *testing.T) {
	f := newFragments()
	ip := layers.IPv4{Version: 4, IHL: 5, Protocol: layers.IPProtocolTCP, Flags: layers.IPv4MoreFragments, SrcIP: net.IP{1, 2, 3, 4}, DstIP: net.IP{5, 6, 7, 8}}
	ip.Payload = make([]byte, 64)
	ip.Length = uint16(20 + len(ip.Payload))
	for i := range 5 * maxFragments {
		ip.SrcIP = net.IP{1, 2, byte(i >> 8), byte(i)}
		ip.Id = uint16(i >> 16)
		require.Nil(t, f.add4(&ip))
	}
	require.LessOrEqual(t, f.ip4.DiscardOlderThan(time.Now().Add(time.Hour)), 2*maxFragments)
}

func TestLinkTypeNotSupported(t *testing.T) {
	r := dump(t, pcapFile(t, layers.LinkTypeIEEE802_11, defaultLink(t).plain()...))
	require.Equal(t, result{exitBad, "", "mqttdump: standard input: 10 frames left out: link type 105 (802.11) is not supported\n"}, r)
}

// pcapngFile writes frames of two interfaces in turn, Ethernet and raw.
func pcapngFile(t *testing.T, frames [][]byte) []byte {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	require.NoError(t, err)
	raw, err := w.AddInterface(pcapgo.NgInterface{LinkType: layers.LinkTypeRaw})
	require.NoError(t, err)
	for i, f := range frames {
		info := frameInfo(i, f)
		if i%2 == 0 {
			f = ethernet(f)
			info.CaptureLength, info.Length = len(f), len(f)
		} else {
			info.InterfaceIndex = raw
		}
		require.NoError(t, w.WritePacket(info, f))
	}
	require.NoError(t, w.Flush())
	return b.Bytes()
}

func TestMixedLinkTypes(t *testing.T) {
	requirePlain(t, dump(t, pcapngFile(t, defaultLink(t).plain())))
}

func TestPcapVariants(t *testing.T) {
	little := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	big := bytes.Clone(little)
	swap := func(at int) { slices.Reverse(big[at : at+4]) }
	for at := 0; at < 24; at += 4 {
		if at == 4 { // two numbers of two bytes
			slices.Reverse(big[4:6])
			slices.Reverse(big[6:8])
			continue
		}
		swap(at)
	}
	for at := 24; at < len(big); {
		size := int(big[at+8]) | int(big[at+9])<<8
		for i := range 4 {
			swap(at + 4*i)
		}
		at += 16 + size
	}
	requirePlain(t, dump(t, big))

	var nano bytes.Buffer
	w := pcapgo.NewWriterNanos(&nano)
	require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeRaw))
	for i, f := range defaultLink(t).plain() {
		require.NoError(t, w.WritePacket(frameInfo(i, f), f))
	}
	r := dump(t, nano.Bytes())
	requirePlain(t, r)
	require.Contains(t, r.stdout, "0.003000 #1 C>S CONNECT")
}

// A file that is cut short prints what it holds, then the error; only between
// two frames of a pcap file nothing shows.
func TestTruncatedFile(t *testing.T) {
	frames := defaultLink(t).plain()
	for name, file := range map[string][]byte{
		"pcap":   pcapFile(t, layers.LinkTypeRaw, frames...),
		"pcapng": pcapngFile(t, frames),
	} {
		t.Run(name, func(t *testing.T) {
			whole := dump(t, file).stdout
			clean := 0
			for n := range file {
				r := dump(t, file[:n])
				if n < 4 {
					require.Equal(t, exitBad, r.status)
					continue
				}
				require.NotContains(t, r.stderr, "internal error")
				complete := r.stdout
				if i := bytes.Index([]byte(complete), []byte("ERROR")); i >= 0 {
					complete = complete[:bytes.LastIndexByte([]byte(complete[:i]), '\n')+1]
				}
				require.True(t, len(complete) <= len(whole) && complete == whole[:len(complete)], "%d bytes: %q", n, complete)
				if r.status == exitOK {
					clean++
					continue
				}
				require.Regexp(t, `^mqttdump: standard input: (no MQTT found|after frame \d+, before byte \d+: the file is cut short|the header of the capture: the file is cut short)`, r.stderr, n)
			}
			require.Equal(t, 6, clean, "cut after frames 4 to 9, where it cannot be seen")
		})
	}
}

func TestFrameCutShort(t *testing.T) {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	require.NoError(t, w.WriteFileHeader(60, layers.LinkTypeRaw))
	sizes := []int{b.Len()} // of the file after so many frames
	for i, f := range defaultLink(t).plain() {
		info := frameInfo(i, f)
		if i == 5 { // the PUBLISH
			f = f[:len(f)-3]
			info.CaptureLength = len(f)
		}
		require.NoError(t, w.WritePacket(info, f))
		sizes = append(sizes, b.Len())
	}
	for _, last := range []int{10, 6} { // also when nothing else tells that more was sent
		r := dump(t, b.Bytes()[:sizes[last]])
		require.Equal(t, exitBad, r.status)
		require.Equal(t, "#1 C>S ERROR bytes are missing from offset 25 on: frame 6 lacks its last 3 bytes", r.packets()[2])
	}
}

// A CONNECT that was not captured whole tells the version all the same, and what the
// server has sent in the meantime is not lost.
func TestConnectCutShort(t *testing.T) {
	for _, cut := range []int{3, 9} { // behind the level, and in front of it
		var b bytes.Buffer
		w := pcapgo.NewWriter(&b)
		require.NoError(t, w.WriteFileHeader(60, layers.LinkTypeRaw))
		f := defaultLink(t).plain()
		f[3], f[4] = f[4], f[3] // the CONNACK is first
		for i := range f {
			info := frameInfo(i, f[i])
			if i == 4 {
				f[i] = f[i][:len(f[i])-cut]
				info.CaptureLength = len(f[i])
			}
			require.NoError(t, w.WritePacket(info, f[i]))
		}
		want := []string{fmt.Sprintf("#1 C>S ERROR bytes are missing from offset %d on: frame 5 lacks its last %d bytes", 17-cut, cut)}
		if cut > 6 {
			want = append(want, "#1 C>S NOTE decoding goes on at offset 17", "#1 C>S "+guessed311)
		}
		want = append(want, `#1 S>C CONNACK reason="0x00 Success"`)
		if cut < 6 {
			want = append(want, "#1 C>S NOTE decoding goes on at offset 17")
		}
		want = append(want, "#1 C>S "+publishLine, `#1 C>S DISCONNECT reason="0x00 Normal disconnection"`)
		require.Equal(t, want, dump(t, b.Bytes()).packets(), "%d", cut)
	}
}

func TestExtensionHeaders(t *testing.T) {
	frames := each(newLink(t, "[2001:db8::1]:40000", "[2001:db8::2]:1883").plain(), func(f []byte) []byte {
		// Hop-by-hop options, then destination options, both of padding only.
		out := append(bytes.Clone(f[:40]), unhex(t, "3c00 010400000000 0600 010400000000")...)
		out = append(out, f[40:]...)
		out[6] = byte(layers.IPProtocolIPv6HopByHop)
		out[5] += 16
		return out
	})
	requirePlain(t, dumpFrames(t, frames...))
}

func TestFragments(t *testing.T) {
	split4 := func(f []byte) [][]byte {
		one, two := bytes.Clone(f[:20+24]), append(bytes.Clone(f[:20]), f[20+24:]...)
		one[3], two[3] = byte(len(one)), byte(len(two))
		one[5], two[5] = 9, 9 // the identification
		one[6], two[7] = 0x20, 24/8
		return [][]byte{two, one} // in the wrong order
	}
	split6 := func(f []byte) [][]byte {
		fragment := func(extra string, part []byte) []byte {
			out := append(bytes.Clone(f[:40]), unhex(t, extra)...)
			out = append(out, part...)
			out[5], out[6] = byte(len(out)-40), byte(layers.IPProtocolIPv6Fragment)
			return out
		}
		return [][]byte{fragment("0600 0001 00000009", f[40:64]), fragment("0600 0018 00000009", f[64:])}
	}
	tests := map[string]struct {
		frames [][]byte
		split  func([]byte) [][]byte
	}{
		"IPv4": {defaultLink(t).plain(), split4},
		"IPv6": {newLink(t, "[2001:db8::1]:40000", "[2001:db8::2]:1883").plain(), split6},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parts := test.split(test.frames[5]) // the PUBLISH
			requirePlain(t, dumpFrames(t, slices.Replace(slices.Clone(test.frames), 5, 6, parts...)...))

			r := dumpFrames(t, slices.Replace(slices.Clone(test.frames), 5, 6, parts[0])...)
			require.Equal(t, exitBad, r.status, "one of the fragments is lost")
			require.Contains(t, r.stdout, "ERROR bytes are missing from offset 17 on")
		})
	}
}

// panicSource is a library with a bug.
type panicSource struct{}

func (panicSource) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) { panic("oops") }

func TestPanicOfLibrary(t *testing.T) {
	c := capture{source: panicSource{}, out: newPrinter(io.Discard, io.Discard, &settings{})}
	require.EqualError(t, c.frames(), "frame 0: internal error: oops")
}

func firstLine(s string) string {
	line, _, _ := bytes.Cut([]byte(s), []byte("\n"))
	return string(line)
}
