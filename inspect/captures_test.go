package inspect

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// side is one direction of a TCP connection.
type side struct {
	from, to string // addresses with ports
}

// flow is the bytes of a side.
type flow struct {
	bytes []byte
	next  uint32 // the sequence number that follows them
}

// flows reads the TCP payloads of a pcapng file, as far as the captures of testdata
// need it: IPv4 over Ethernet, in order, with repeats.
func flows(t *testing.T, path string) (sides []side, all map[side]*flow) {
	t.Helper()
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	all = map[side]*flow{}
	for len(file) >= 12 {
		kind, length := binary.LittleEndian.Uint32(file), binary.LittleEndian.Uint32(file[4:])
		block := file[:length]
		file = file[length:]
		switch kind {
		case 1: // Interface Description
			require.Equal(t, uint16(1), binary.LittleEndian.Uint16(block[8:]), "%s: not Ethernet", path)
		case 6: // Enhanced Packet
			frame := block[28 : 28+binary.LittleEndian.Uint32(block[20:])]
			if binary.BigEndian.Uint16(frame[12:]) != 0x0800 || frame[14+9] != 6 {
				continue
			}
			ip := frame[14 : 14+binary.BigEndian.Uint16(frame[16:])]
			tcp := ip[int(ip[0]&0xF)*4:]
			s := side{string(ip[12:16]) + string(tcp[:2]), string(ip[16:20]) + string(tcp[2:4])}
			if all[s] == nil {
				sides, all[s] = append(sides, s), &flow{}
			}
			all[s].add(binary.BigEndian.Uint32(tcp[4:]), tcp[13]&2 != 0, tcp[int(tcp[12]>>4)*4:])
		}
	}
	return sides, all
}

// add appends a segment, unless it has been there before.
func (f *flow) add(sequence uint32, first bool, payload []byte) {
	if first {
		f.next = sequence + 1
	}
	if sequence != f.next || first {
		return
	}
	f.bytes = append(f.bytes, payload...)
	f.next += uint32(len(payload))
}

// TestAgreementCaptures compares root and Inspect on every packet of every capture.
func TestAgreementCaptures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "testdata", "captures", "*.pcapng"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	packets := 0
	for _, path := range paths {
		sides, all := flows(t, path)
		for _, s := range sides {
			r := mqttwire.Rules{Sender: mqttwire.Server}
			client := s
			if len(all[s].bytes) > 0 && all[s].bytes[0]>>4 == byte(mqttwire.PacketConnect) {
				r.Sender = mqttwire.Client
			} else {
				client = side{s.to, s.from}
			}
			if other := all[client]; other != nil {
				r.Version = Inspect(other.bytes, mqttwire.Rules{}).Rules.Version
			}
			for b := all[s].bytes; len(b) > 0; packets++ {
				require.Empty(t, disagreement(b, r), "%s: %x", path, b[:min(len(b), 100)])
				report := Inspect(b, r)
				require.Empty(t, uncovered(&report))
				b = b[len(report.Bytes):]
			}
		}
	}
	require.Greater(t, packets, 2000)
}
