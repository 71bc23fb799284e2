package main

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/seed-2c1fe983/mqttwire"
)

// pcapWriter writes packets as a capture: each connection with its handshake and its
// end, each packet in segments of its own.
type pcapWriter struct {
	out    *pcapgo.Writer
	begun  bool
	flows  map[string]*flow
	order  []*flow
	now    time.Time
	buffer gopacket.SerializeBuffer
}

// flow is a TCP connection that is being written.
type flow struct {
	address [3]netip.AddrPort // by mqttwire.Sender
	sent    [3]uint32         // the next sequence number
}

// The size of a segment, and the time between two where the lines have none.
const (
	segmentSize = 1460
	frameTime   = time.Millisecond
)

func newPcapWriter(out io.Writer) *pcapWriter {
	return &pcapWriter{out: pcapgo.NewWriterNanos(out), flows: make(map[string]*flow), buffer: gopacket.NewSerializeBuffer(),
		now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (w *pcapWriter) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	return w.out.WriteFileHeader(1<<18, layers.LinkTypeRaw)
}

func (w *pcapWriter) packet(p *jsonPacket) error {
	if err := w.begin(); err != nil {
		return err
	}
	if p.at.After(w.now) {
		w.now = p.at
	}
	sender := senderOf(p)
	f, err := w.flow(p, sender)
	if err != nil {
		return err
	}
	for rest := p.wire; len(rest) > 0; {
		n := min(len(rest), segmentSize)
		if err := w.segment(f, sender, rest[:n], func(t *layers.TCP) { t.PSH = true }); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// senderOf is who sends a packet; of what either side may send it is the client.
func senderOf(p *jsonPacket) mqttwire.Sender {
	switch {
	case p.sender != mqttwire.AnySender:
		return p.sender
	case p.kind.SentBy(mqttwire.Server, mqttwire.MQTT5) && !p.kind.SentBy(mqttwire.Client, mqttwire.MQTT5):
		return mqttwire.Server
	}
	return mqttwire.Client
}

// flow returns the connection of a packet, with its handshake written.
func (w *pcapWriter) flow(p *jsonPacket, sender mqttwire.Sender) (*flow, error) {
	if f := w.flows[p.key()]; f != nil {
		return f, nil
	}
	f := &flow{sent: [3]uint32{mqttwire.Client: 1000, mqttwire.Server: 2000}}
	f.address[sender], f.address[opposite(sender)] = addressOf(p.From), addressOf(p.To)
	n := len(w.order)
	if a := &f.address[mqttwire.Client]; !a.IsValid() {
		*a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(40000+n%20000))
	}
	if a := &f.address[mqttwire.Server]; !a.IsValid() {
		local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		if f.address[mqttwire.Client].Addr().Is6() {
			local = netip.IPv6Loopback()
		}
		*a = netip.AddrPortFrom(local, portMQTT)
	}
	if f.address[mqttwire.Client].Addr().Is4() != f.address[mqttwire.Server].Addr().Is4() {
		return nil, fmt.Errorf("from %s to %s: not both are IPv4 or IPv6", p.From, p.To)
	}
	w.flows[p.key()] = f
	w.order = append(w.order, f)
	for _, s := range []struct {
		sender mqttwire.Sender
		set    func(*layers.TCP)
	}{
		{mqttwire.Client, func(t *layers.TCP) { t.SYN, t.ACK = true, false }},
		{mqttwire.Server, func(t *layers.TCP) { t.SYN = true }},
		{mqttwire.Client, func(*layers.TCP) {}},
	} {
		if err := w.segment(f, s.sender, nil, s.set); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func opposite(s mqttwire.Sender) mqttwire.Sender { return mqttwire.Client + mqttwire.Server - s }

// addressOf reads address and port; it is not valid if there is none.
func addressOf(text string) netip.AddrPort {
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// segment writes a frame.
func (w *pcapWriter) segment(f *flow, from mqttwire.Sender, data []byte, set func(*layers.TCP)) error {
	src, dst := f.address[from], f.address[opposite(from)]
	tcp := &layers.TCP{SrcPort: layers.TCPPort(src.Port()), DstPort: layers.TCPPort(dst.Port()),
		Seq: f.sent[from], Ack: f.sent[opposite(from)], ACK: true, Window: 65535}
	set(tcp)
	if !tcp.ACK {
		tcp.Ack = 0
	}
	f.sent[from] += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		f.sent[from]++
	}
	var ip interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	} = &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: src.Addr().AsSlice(), DstIP: dst.Addr().AsSlice()}
	if src.Addr().Is6() {
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: src.Addr().AsSlice(), DstIP: dst.Addr().AsSlice()}
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		return err
	}
	if err := gopacket.SerializeLayers(w.buffer, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		ip, tcp, gopacket.Payload(data)); err != nil {
		return err
	}
	b := w.buffer.Bytes()
	err := w.out.WritePacket(gopacket.CaptureInfo{Timestamp: w.now, CaptureLength: len(b), Length: len(b)}, b)
	w.now = w.now.Add(frameTime)
	return err
}

// close ends the connections.
func (w *pcapWriter) close() error {
	if err := w.begin(); err != nil {
		return err
	}
	for _, f := range w.order {
		for _, from := range []mqttwire.Sender{mqttwire.Client, mqttwire.Server} {
			if err := w.segment(f, from, nil, func(t *layers.TCP) { t.FIN = true }); err != nil {
				return err
			}
		}
		if err := w.segment(f, mqttwire.Client, nil, func(*layers.TCP) {}); err != nil {
			return err
		}
	}
	return nil
}
