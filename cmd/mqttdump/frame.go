package main

import (
	"bytes"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// frameDecoder finds the TCP segment in a frame. Its layers are used again for
// every frame.
type frameDecoder struct {
	parsers map[gopacket.LayerType]*gopacket.DecodingLayerParser // by first layer
	found   []gopacket.LayerType

	ethernet  layers.Ethernet
	vlan      layers.Dot1Q
	cooked    layers.LinuxSLL
	cooked2   layers.LinuxSLL2
	loopback  layers.Loopback
	ip4       layers.IPv4
	ip6       layers.IPv6
	extension layers.IPv6ExtensionSkipper
	fragment6 layers.IPv6Fragment
	gre       layers.GRE
	udp       layers.UDP // for VXLAN
	vxlan     layers.VXLAN
	tcp       layers.TCP

	src, dst  netip.Addr
	truncated bool // the frame ends before the IP packet in it does

	fragments fragments
}

func newFrameDecoder() *frameDecoder {
	return &frameDecoder{
		parsers:   make(map[gopacket.LayerType]*gopacket.DecodingLayerParser),
		fragments: newFragments(),
	}
}

// Link types that gopacket has no name for.
const (
	linkRawBSD     layers.LinkType = 12 // LinkTypeRaw as some systems number it
	linkRawOpenBSD layers.LinkType = 14
	linkPPPSerial  layers.LinkType = 50
)

// firstLayer is the layer that a frame of a link type begins with, once headers that
// gopacket does not take apart in place are off, and what is left of the frame. ok is
// false when the link type is not supported.
func firstLayer(link layers.LinkType, frame []byte) (first gopacket.LayerType, rest []byte, ok bool) {
	switch link {
	case layers.LinkTypeEthernet:
		return layers.LayerTypeEthernet, frame, true
	case layers.LinkTypeLinuxSLL:
		return layers.LayerTypeLinuxSLL, frame, true
	case layers.LinkTypeLinuxSLL2:
		return layers.LayerTypeLinuxSLL2, frame, true
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		return layers.LayerTypeLoopback, frame, true
	case layers.LinkTypePPP, linkPPPSerial:
		first, rest = insidePPP(frame)
		return first, rest, true
	case layers.LinkTypeRaw, linkRawBSD, linkRawOpenBSD, layers.LinkTypeIPv4, layers.LinkTypeIPv6:
		return ipLayer(frame), frame, true
	}
	return 0, nil, false
}

// ipLayer is the version of IP that a packet has.
func ipLayer(packet []byte) gopacket.LayerType {
	if len(packet) > 0 && packet[0]>>4 == 6 {
		return layers.LayerTypeIPv6
	}
	return layers.LayerTypeIPv4
}

// insidePPP is what a PPP frame holds, without its HDLC address and control bytes;
// nothing if that is not IP. RFC 1661 section 2, RFC 1662 section 3.1.
func insidePPP(frame []byte) (gopacket.LayerType, []byte) {
	frame = bytes.TrimPrefix(frame, []byte{0xFF, 0x03})
	for _, protocol := range []string{"\x00\x21", "\x00\x57", "\x21", "\x57"} { // the short ones are compressed
		if rest, is := bytes.CutPrefix(frame, []byte(protocol)); is {
			return ipLayer(rest), rest
		}
	}
	return gopacket.LayerTypeZero, nil
}

// insideMPLS is what stands behind a stack of labels. RFC 3032 section 2.1.
func insideMPLS(b []byte) (gopacket.LayerType, []byte) {
	for len(b) > 4 {
		bottom := b[2]&1 == 1
		if b = b[4:]; bottom {
			return ipLayer(b), b
		}
	}
	return gopacket.LayerTypeZero, nil
}

// etherTypeOldQinQ is that of VLAN tags in VLAN tags, before IEEE 802.1ad.
const etherTypeOldQinQ layers.EthernetType = 0x9100

// pppoeHeader is the size of a PPPoE header. RFC 2516 section 4.
const pppoeHeader = 6

// insideEthernet is what a frame or a VLAN tag holds, of the types that gopacket does
// not take apart in place.
func insideEthernet(t layers.EthernetType, b []byte) (gopacket.LayerType, []byte) {
	switch t {
	case etherTypeOldQinQ:
		return layers.LayerTypeDot1Q, b
	case layers.EthernetTypePPPoESession:
		return insidePPP(b[min(pppoeHeader, len(b)):])
	case layers.EthernetTypeMPLSUnicast, layers.EthernetTypeMPLSMulticast:
		return insideMPLS(b)
	}
	return gopacket.LayerTypeZero, nil
}

// decode finds the TCP segment in data, which begins with the layer first, and
// leaves it in d.tcp. It returns false when there is none, or no whole one yet.
func (d *frameDecoder) decode(first gopacket.LayerType, data []byte) bool {
	if first == gopacket.LayerTypeZero {
		return false
	}
	parser := d.parser(first)
	// An error means that a layer is of no interest or damaged. The receiver drops
	// a damaged frame; what is then missing from a connection is found out there.
	_ = parser.DecodeLayers(data, &d.found)
	d.truncated = parser.Truncated
	var last gopacket.LayerType
	for _, last = range d.found {
		switch last {
		case layers.LayerTypeIPv4:
			d.src, d.dst = address(d.ip4.SrcIP), address(d.ip4.DstIP)
		case layers.LayerTypeIPv6:
			d.src, d.dst = address(d.ip6.SrcIP), address(d.ip6.DstIP)
		case layers.LayerTypeTCP:
			return true
		}
	}
	switch last {
	case layers.LayerTypeEthernet:
		return d.decode(insideEthernet(d.ethernet.EthernetType, d.ethernet.Payload))
	case layers.LayerTypeDot1Q:
		return d.decode(insideEthernet(d.vlan.Type, d.vlan.Payload))
	}
	if whole := d.whole(last); whole != nil {
		return d.decode(layers.LayerTypeTCP, whole)
	}
	return false
}

// whole returns the payload of the IP packet to which the fragment just decoded
// was the last missing piece, or nil. last is the last layer of the frame.
func (d *frameDecoder) whole(last gopacket.LayerType) []byte {
	switch {
	case last == layers.LayerTypeIPv4 && d.ip4.Protocol == layers.IPProtocolTCP:
		return d.fragments.add4(&d.ip4)
	case last == layers.LayerTypeIPv6Fragment && d.fragment6.NextHeader == layers.IPProtocolTCP:
		return d.fragments.add6(&d.ip6, &d.fragment6)
	}
	return nil
}

// address never fails: gopacket gives 4 or 16 bytes.
func address(ip []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a
}

func (d *frameDecoder) parser(first gopacket.LayerType) *gopacket.DecodingLayerParser {
	if p := d.parsers[first]; p != nil {
		return p
	}
	p := gopacket.NewDecodingLayerParser(first,
		&d.ethernet, &d.vlan, &d.cooked, &d.cooked2, &d.loopback,
		&d.ip4, &d.ip6, &d.extension, &d.fragment6, // fragment6 takes its headers from extension
		&d.gre, &d.udp, &d.vxlan,
		&d.tcp)
	d.parsers[first] = p
	return p
}
