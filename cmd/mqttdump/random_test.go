package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// Whatever the network does to the segments, short of losing them, the packets
// of each direction are the same, in the same order.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		l := defaultLink(t)
		for s := range l.initial {
			l.initial[s] = rnd.Uint32()
		}
		frames := l.open()
		want := map[string][]string{}
		var data []byte
		for from := mqttwire.Client; from <= mqttwire.Server; from++ {
			data, want[direction(from)] = conversation(t, from, rnd)
			frames = append(frames, segments(l, from, data, rnd)...)
		}
		frames = append(frames, l.close()...)
		rnd.Shuffle(len(frames)-2, func(i, j int) { frames[i+2], frames[j+2] = frames[j+2], frames[i+2] })

		r := dumpFrames(t, frames...)
		require.Equal(t, exitOK, r.status, "seed %d: %s", seed, r.stdout)
		got := map[string][]string{}
		for _, line := range r.packets() {
			_, line, _ = strings.Cut(line, " ")
			dir, packet, _ := strings.Cut(line, " ")
			got[dir] = append(got[dir], packet)
		}
		require.Equal(t, want, got, "seed %d", seed)
	}
}

func direction(s mqttwire.Sender) string {
	return strings.TrimSpace(string(appendPlace(nil, moment{}, 1, s))[5:])
}

// conversation makes what one side sends, and the lines for it.
func conversation(t testing.TB, from mqttwire.Sender, rnd *rand.Rand) (data []byte, lines []string) {
	data, lines = unhex(t, connect311), []string{connectLine}
	if from == mqttwire.Server {
		data, lines = unhex(t, connack311), []string{`CONNACK reason="0x00 Success"`}
	}
	for range rnd.IntN(30) {
		size := rnd.IntN(400)
		data = append(data, byte(mqttwire.PacketPublish)<<4, byte(3+size)|0x80, byte((3+size)>>7), 0, 1, 'x')
		if 3+size < 0x80 { // else the length takes two bytes
			data = append(data[:len(data)-5], byte(3+size), 0, 1, 'x')
		}
		data = append(data, make([]byte, size)...)
		lines = append(lines, fmt.Sprintf(`PUBLISH topic="x" qos=0 payload-bytes=%d`, size))
	}
	return data, lines
}

// segments cuts what a side sends into segments, some of them sent again, some of
// these with other boundaries.
func segments(l *tcpLink, from mqttwire.Sender, data []byte, rnd *rand.Rand) (frames [][]byte) {
	start := l.sent[from]
	for at := 0; at < len(data); {
		end := min(len(data), at+1+rnd.IntN(300))
		frames = append(frames, l.at(from, start+uint32(at), data[at:end], nil))
		if rnd.IntN(4) == 0 {
			again := rnd.IntN(end)
			frames = append(frames, l.at(from, start+uint32(again), data[again:again+rnd.IntN(end-again)+1], nil))
		}
		at = end
	}
	l.sent[from] += uint32(len(data))
	return frames
}

// FuzzInput feeds the program whatever it may be given.
func FuzzInput(f *testing.F) {
	frames := defaultLink(f).plain()
	f.Add([]byte("# version: 3.1.1\n# sender: server\n0xd0, 00"))
	f.Add([]byte(connect5 + connack5 + disconnect))
	f.Add(pcapFile(f, layers.LinkTypeRaw, frames...))
	f.Add(pcapFile(f, layers.LinkTypeEthernet, each(frames, func(b []byte) []byte { return ethernet(b, 7) })...))
	f.Fuzz(func(t *testing.T, input []byte) {
		requireSane(t, dump(t, input))
	})
}

// FuzzSegments makes TCP segments of what it is given, with any flags, numbers
// and sizes.
func FuzzSegments(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x12\x00\x00\x00\x00\x10\x01\x00\x00\x11\x11\x12\x00\x00\x11"))
	f.Fuzz(func(t *testing.T, program []byte) {
		l := defaultLink(t)
		streams := [][]byte{nil, unhex(t, connect311+publish+publish+disconnect), unhex(t, connack311+suback+publish)}
		var frames [][]byte
		for ; len(program) >= 5; program = program[5:] {
			from := mqttwire.Client + mqttwire.Sender(program[0]>>7)
			stream := streams[from]
			at := min(int(program[1]%64), len(stream))
			part := stream[at:min(len(stream), at+int(program[2]%32))]
			frames = append(frames, l.at(from, uint32(at)+1, part, func(t *layers.TCP) {
				flags := program[0]
				t.FIN, t.SYN, t.RST, t.ACK = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 == 0
				if flags&16 != 0 {
					t.Seq += uint32(binary.BigEndian.Uint16(program[3:])) << (flags >> 5 & 3 * 8)
				}
				t.Ack += uint32(program[3] % 64)
			}))
		}
		requireSane(t, dumpFrames(t, frames...))
	})
}

// requireSane checks what holds for every run.
func requireSane(t *testing.T, r result) {
	t.Helper()
	require.Contains(t, []int{exitOK, exitBad}, r.status)
	require.NotContains(t, r.stderr, "internal error")
	for line := range strings.Lines(r.stderr) {
		require.Regexp(t, `^(mqttdump: standard input: |\d+ packets? on )`, line)
	}
	require.Equal(t, r.status == exitBad, strings.Contains(r.stdout, " ERROR ") ||
		strings.Contains(r.stderr, "mqttdump: ") || strings.Contains(r.stderr, "not encoding back"))
}
