package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/seed-2c1fe983/mqttwire"
)

// captureReader is what the readers of both formats have in common.
type captureReader interface {
	gopacket.PacketDataSource
	LinkType() layers.LinkType
}

// connection is what both sides of a TCP connection have sent.
type connection struct{ streams [3]bytes.Buffer } // by mqttwire.Sender

// readCapture reads the packets of a capture of this repository. In those no
// segment is lost, repeated or out of order, and servers have the ports 1883
// and 8080, the latter for MQTT in a WebSocket.
func readCapture(path string) (all []packet, err error) {
	connections, err := readConnections(path)
	if err != nil {
		return nil, err
	}
	for _, c := range connections {
		if bytes.HasPrefix(c.streams[mqttwire.Client].Bytes(), []byte("GET ")) {
			c.unwrap()
		}
		d := mqttwire.Decoder{Rules: mqttwire.Rules{Sender: mqttwire.Client}}
		d.Decode(c.streams[mqttwire.Client].Bytes()) // a CONNECT that is refused has a version as well
		if d.Version == 0 {
			d.Version = mqttwire.MQTT5
		}
		for s := mqttwire.Client; s <= mqttwire.Server; s++ {
			split(c.streams[s].Bytes(), func(wire []byte) {
				all = append(all, packet{source: filepath.Base(path), rules: mqttwire.Rules{Version: d.Version, Sender: s}, wire: wire})
			})
		}
	}
	return all, nil
}

// readConnections puts the connections of a capture together, in their order.
func readConnections(path string) (all []*connection, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in captureReader
	if strings.HasSuffix(path, ".pcapng") {
		in, err = pcapgo.NewNgReader(file, pcapgo.DefaultNgReaderOptions)
	} else {
		in, err = pcapgo.NewReader(file)
	}
	if err != nil {
		return nil, err
	}
	byPort := make(map[layers.TCPPort]*connection)
	for number := 1; ; number++ {
		data, _, err := in.ReadPacketData()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		tcp, ok := gopacket.NewPacket(data, in.LinkType(), gopacket.NoCopy).Layer(layers.LayerTypeTCP).(*layers.TCP)
		if !ok {
			return nil, fmt.Errorf("frame %d has no TCP", number)
		}
		port, sender := tcp.SrcPort, mqttwire.Client
		if tcp.SrcPort == 1883 || tcp.SrcPort == 8080 {
			port, sender = tcp.DstPort, mqttwire.Server
		}
		if byPort[port] == nil || tcp.SYN && !tcp.ACK {
			byPort[port] = new(connection)
			all = append(all, byPort[port])
		}
		byPort[port].streams[sender].Write(tcp.Payload)
	}
}

// unwrap takes the MQTT out of a WebSocket: what follows the HTTP headers, less
// the headers of the frames and their masks (RFC 6455 section 5.2).
func (c *connection) unwrap() {
	for s := range c.streams {
		_, b, _ := bytes.Cut(c.streams[s].Bytes(), []byte("\r\n\r\n"))
		var inner []byte
		for len(b) >= 2 {
			opcode, masked, size, header := b[0]&15, b[1]&0x80 != 0, int(b[1]&0x7F), 2
			if size == 126 && len(b) >= 4 {
				size, header = int(binary.BigEndian.Uint16(b[2:])), 4
			}
			var mask [4]byte
			if masked {
				header += copy(mask[:], b[header:])
			}
			if header+size > len(b) {
				break
			}
			for i, x := range b[header : header+size] {
				if opcode <= 2 {
					inner = append(inner, x^mask[i%4])
				}
			}
			b = b[header+size:]
		}
		c.streams[s] = *bytes.NewBuffer(inner)
	}
}
