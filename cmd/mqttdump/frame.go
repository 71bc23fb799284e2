package main

import (
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

// firstLayer is what a frame of a link type begins with. ok is false when the
// link type is not supported.
func firstLayer(link layers.LinkType, frame []byte) (first gopacket.LayerType, ok bool) {
	const rawBSD, rawOpenBSD = 12, 14 // LinkTypeRaw as some systems number it
	switch link {
	case layers.LinkTypeEthernet:
		return layers.LayerTypeEthernet, true
	case layers.LinkTypeLinuxSLL:
		return layers.LayerTypeLinuxSLL, true
	case layers.LinkTypeLinuxSLL2:
		return layers.LayerTypeLinuxSLL2, true
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		return layers.LayerTypeLoopback, true
	case layers.LinkTypeRaw, rawBSD, rawOpenBSD, layers.LinkTypeIPv4, layers.LinkTypeIPv6:
		if len(frame) > 0 && frame[0]>>4 == 6 {
			return layers.LayerTypeIPv6, true
		}
		return layers.LayerTypeIPv4, true
	}
	return 0, false
}

// decode finds the TCP segment in data, which begins with the layer first, and
// leaves it in d.tcp. It returns false when there is none, or no whole one yet.
func (d *frameDecoder) decode(first gopacket.LayerType, data []byte) bool {
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
		&d.tcp)
	d.parsers[first] = p
	return p
}
