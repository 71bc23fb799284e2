package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// FuzzCommands feeds every command whatever it may be given, in every form of output
// and input.
func FuzzCommands(f *testing.F) {
	for _, text := range forms {
		f.Add([]byte(text), uint8(0))
	}
	f.Add([]byte(dump(f, []byte(connect311+publish), "--json", "--secrets").stdout), uint8(1))
	f.Add([]byte(tcpdumpX(defaultLink(f).plain()[3])), uint8(2))
	f.Add(zipped(f, pcapFile(f, layers.LinkTypeRaw, defaultLink(f).plain()...)), uint8(3))
	commands := [][]string{{"-v"}, {"--json"}, {"check"}, {"summary"}, {"encode"}, {"encode", "--allow-wrong", "--output=pcap"},
		{"--input=hex"}, {"--input=raw", "-v", "--secrets", "--long"}, {"--input=json"}, {"--topic=a/#", "--client=x"}}
	f.Fuzz(func(t *testing.T, input []byte, which uint8) {
		args := commands[int(which)%len(commands)]
		r := dump(t, input, args...)
		require.Contains(t, []int{0, 1, 2}, r.status)
		require.NotContains(t, r.stderr, "internal error")
		for line := range strings.Lines(r.stderr) {
			require.Regexp(t, `^(mqttdump: standard input: |mqttdump: no packet matches the filters\n$|\d+ packets? on )`, line)
		}
		if args[0] == "--json" {
			for line := range strings.Lines(r.stdout) {
				require.True(t, json.Valid([]byte(line)), line)
			}
		}
	})
}

// FuzzRoundTrip turns bytes into JSON lines and these back.
func FuzzRoundTrip(f *testing.F) {
	f.Add(unhex(f, connect5+publish5+disconnect), uint8(5))
	f.Add(unhex(f, connect311+publish+"e1 01 ff"), uint8(4))
	f.Fuzz(func(t *testing.T, packets []byte, version uint8) {
		v := mqttwire.MQTT31 + mqttwire.Version(version%3)
		r := dump(t, packets, "--input=raw", "--json", "--secrets", "--version="+v.String())
		var want strings.Builder
		for line := range strings.Lines(r.stdout) {
			var j struct{ Hex string }
			require.NoError(t, json.Unmarshal([]byte(line), &j))
			if j.Hex != "" {
				want.WriteString(j.Hex + "\n")
			}
		}
		back := dump(t, []byte(r.stdout), "encode", "--allow-wrong")
		require.Equal(t, want.String(), back.stdout, back.stderr)
	})
}

// FuzzHexDump reads what hexdump -C would write of any bytes.
func FuzzHexDump(f *testing.F) {
	f.Add([]byte("0000  10 0f\n0002 00 04"))
	f.Add([]byte("\t0x0000:  4500 0043\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, ok := parseDumpLine(string(text))
		if ok {
			require.LessOrEqual(t, len(l.bytes), len(text)/2)
		}
		requireSane(t, dump(t, text, "--input=hex"))
	})
}

// FuzzReassembly cuts a stream into segments, loses some, and makes sure that what
// comes out is in order, and that nothing is missing where nothing was lost.
func FuzzReassembly(f *testing.F) {
	f.Add([]byte{3, 1, 7, 2, 200, 9}, []byte{1})
	f.Fuzz(func(t *testing.T, sizes, fates []byte) {
		stream := bytes.Repeat(unhex(t, publish), 20)
		stream = append(unhex(t, connect311), stream...)
		l := defaultLink(t)
		frames := l.open()
		lost := false
		at := 0
		for i := 0; at < len(stream); i++ {
			n := len(stream)
			if i < len(sizes) {
				n = int(sizes[i]) + 1
			}
			end := min(at+n, len(stream))
			segment := l.at(mqttwire.Client, uint32(1+at), stream[at:end], nil)
			fate := byte(0)
			if i < len(fates) {
				fate = fates[i] % 4
			}
			switch fate {
			case 1:
				lost = true
			case 2:
				frames = append(frames, segment, segment)
			case 3:
				frames = append(frames, segment)
				if k := len(frames); k > 5 {
					frames[k-1], frames[k-2] = frames[k-2], frames[k-1]
				}
			default:
				frames = append(frames, segment)
			}
			at = end
		}
		l.sent[mqttwire.Client] = uint32(1 + len(stream))
		frames = append(frames, l.close()...)
		r := dumpFrames(t, frames...)
		requireSane(t, r)
		if !lost {
			require.Equal(t, exitOK, r.status, r.stdout)
			require.Equal(t, 20, strings.Count(r.stdout, publishLine))
		}
		require.LessOrEqual(t, strings.Count(r.stdout, publishLine), 20)
	})
}
