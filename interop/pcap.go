package main

import (
	"io"
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/seed-2c1fe983/mqttwire"
)

const (
	segmentSize = 60000 // bytes of MQTT in a frame
	mqttPort    = 1883
)

// capture writes packets to a capture file, each on a TCP connection of its own,
// so that the dissector remembers nothing from one to the next.
type capture struct {
	out    *pcapgo.Writer
	frames int // written so far
	flows  int
	at     time.Time
	buffer gopacket.SerializeBuffer
}

func newCapture(out io.Writer) (*capture, error) {
	c := &capture{out: pcapgo.NewWriter(out), at: time.Unix(1e9, 0), buffer: gopacket.NewSerializeBuffer()}
	return c, c.out.WriteFileHeader(1<<18, layers.LinkTypeRaw)
}

// write writes one packet behind a CONNECT of the same version, from which the
// dissector learns it; but a CONNECT alone. It returns the number of the frame
// that the packet ends in.
func (c *capture) write(p *packet) (frame int, err error) {
	c.flows++
	sent := [3]uint32{1, 1, 1}
	if p.kind() != mqttwire.PacketConnect {
		hello := mqttwire.Connect{CleanStart: true, ClientID: []byte("c")}
		wire, err := hello.Append(nil, mqttwire.Rules{Version: p.rules.Version, Sender: mqttwire.Client})
		if err != nil {
			return 0, err
		}
		if err := c.segment(mqttwire.Client, wire, &sent); err != nil {
			return 0, err
		}
	}
	for rest := p.wire; len(rest) > 0; {
		n := min(len(rest), segmentSize)
		if err := c.segment(p.rules.Sender, rest[:n], &sent); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return c.frames, nil
}

// segment writes one frame of the current connection.
func (c *capture) segment(s mqttwire.Sender, data []byte, sent *[3]uint32) error {
	client := net.IP{10, byte(c.flows >> 16), byte(c.flows >> 8), byte(c.flows)}
	ip := layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: client, DstIP: net.IP{127, 0, 0, 1}}
	tcp := layers.TCP{SrcPort: 40000, DstPort: mqttPort, Seq: sent[s], Ack: sent[3-s], ACK: true, PSH: true, Window: 0xFFFF}
	if s == mqttwire.Server {
		ip.SrcIP, ip.DstIP, tcp.SrcPort, tcp.DstPort = ip.DstIP, ip.SrcIP, tcp.DstPort, tcp.SrcPort
	}
	sent[s] += uint32(len(data))
	if err := tcp.SetNetworkLayerForChecksum(&ip); err != nil {
		return err
	}
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(c.buffer, options, &ip, &tcp, gopacket.Payload(data)); err != nil {
		return err
	}
	c.frames++
	c.at = c.at.Add(time.Millisecond)
	frame := c.buffer.Bytes()
	return c.out.WritePacket(gopacket.CaptureInfo{Timestamp: c.at, CaptureLength: len(frame), Length: len(frame)}, frame)
}
