package mqttwire

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// A benchPacket is a packet that the benchmarks measure: a file of
// testdata/bench/work, whose README has the format.
type benchPacket struct {
	name string
	v    Version
	wire []byte
}

// benchPackets reads those packets: the good ones, or those that go wrong at their
// last field.
func benchPackets(b *testing.B, bad bool) (packets []benchPacket) {
	files, err := filepath.Glob(filepath.Join("testdata", "bench", "work", "*.hex"))
	if err != nil || len(files) == 0 {
		b.Fatal("no packets ", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "-bad.hex") != bad {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		var p benchPacket
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch {
			case key == "# name":
				p.name = value
			case key == "# version":
				p.v = map[string]Version{"3.1": MQTT31, "3.1.1": MQTT311, "5.0": MQTT5}[value]
			case !strings.HasPrefix(line, "#"):
				p.wire = append(p.wire, wire(line)...)
			}
		}
		packets = append(packets, p)
	}
	return packets
}

// BenchmarkDecode measures header and body of one packet, fully checked.
func BenchmarkDecode(b *testing.B) {
	for _, bp := range benchPackets(b, false) {
		b.Run(bp.name, func(b *testing.B) {
			in := bp.wire
			r := Rules{Version: bp.v}
			p := newPacket(PacketType(in[0] >> 4))
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				h, n, err := ConsumeFixedHeader(in)
				if err == nil {
					err = p.Decode(h, in[n:], r)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecoder measures the same through a Decoder.
func BenchmarkDecoder(b *testing.B) {
	for _, bp := range benchPackets(b, false) {
		b.Run(bp.name, func(b *testing.B) {
			in := bp.wire
			d := Decoder{Rules: Rules{Version: bp.v}}
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, _, err := d.Decode(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAppend measures writing one packet into a buffer with room.
func BenchmarkAppend(b *testing.B) {
	for _, bp := range benchPackets(b, false) {
		b.Run(bp.name, func(b *testing.B) {
			in := bp.wire
			r := Rules{Version: bp.v}
			p, err := decodeInto(nil, in, r)
			if err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, 0, 2*len(in))
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, err := p.Append(buf, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReject measures packets that are refused for their last field.
func BenchmarkReject(b *testing.B) {
	for _, bp := range benchPackets(b, true) {
		b.Run(bp.name, func(b *testing.B) {
			in := bp.wire
			d := Decoder{Rules: Rules{Version: bp.v}}
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, _, err := d.Decode(in); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

// BenchmarkForward measures what a server does with a message for one more
// subscriber of 5.0 at QoS 1: with a Publish of its own, and with a Message.
func BenchmarkForward(b *testing.B) {
	in := wire(`32 ["sensors/1/humidity" 0001 [23 0007 02 0000003C 26 "trace" "0123456789abcdef"] '{"humidity": 51.2}']`)
	packet, err := decodeInto(nil, in, Rules{Version: MQTT5})
	if err != nil {
		b.Fatal(err)
	}
	p := packet.(*Publish)
	scratch, buf := make([]byte, 0, 256), make([]byte, 0, 256)
	b.Run("Publish", func(b *testing.B) {
		b.ReportAllocs()
		id := uint16(0)
		for b.Loop() {
			out := *p
			id = id&0x7FFF + 1
			out.PacketID = id
			out.Properties = out.Properties.Without(scratch, PropertyTopicAlias)
			if _, err := out.AppendHeader(buf, len(out.Payload), Rules{Version: MQTT5, Sender: Server}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Message", func(b *testing.B) {
		var m Message
		if err := m.Prepare(p, scratch); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		d := Delivery{QoS: QoS1}
		for b.Loop() {
			d.PacketID = d.PacketID&0x7FFF + 1
			if _, err := m.AppendHeader(buf, MQTT5, &d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkLimit measures what no codec gets below: utf8.Valid over as many ASCII
// bytes as the benchmark packets have, and a copy of them.
func BenchmarkLimit(b *testing.B) {
	for _, n := range []int{2, 4, 24, 40, 64, 82, 128, 1024} {
		in, out := make([]byte, n), make([]byte, n)
		for i := range in {
			in[i] = 'a'
		}
		b.Run(fmt.Sprintf("utf8.Valid/%d B", n), func(b *testing.B) {
			for b.Loop() {
				if !utf8.Valid(in) {
					b.Fatal("not valid")
				}
			}
		})
		b.Run(fmt.Sprintf("copy/%d B", n), func(b *testing.B) {
			for b.Loop() {
				copy(out, in)
			}
		})
	}
}

// BenchmarkAgainstLimit measures each packet in turn with the limits, so that
// the machine's moods fall on all alike, and reports the median ratios: decoding
// to utf8.Valid over as many ASCII bytes, encoding to a copy of as many. Its ns/op
// mean nothing.
func BenchmarkAgainstLimit(b *testing.B) {
	for _, bp := range benchPackets(b, false) {
		b.Run(bp.name, func(b *testing.B) {
			in := bp.wire
			r := Rules{Version: bp.v}
			d := Decoder{Rules: r}
			p, err := decodeInto(nil, in, r)
			if err != nil {
				b.Fatal(err)
			}
			text, out, buf := make([]byte, len(in)), make([]byte, len(in)), make([]byte, 0, len(in))
			for i := range text {
				text[i] = 'a'
			}
			var decode, decoder, encode []float64
			for b.Loop() {
				valid := timed(func() { utf8.Valid(text) })
				copied := timed(func() { copy(out, text) })
				decode = append(decode, valid.under(timed(func() {
					h, n, _ := ConsumeFixedHeader(in)
					p.Decode(h, in[n:], r)
				})))
				decoder = append(decoder, valid.under(timed(func() { d.Decode(in) })))
				encode = append(encode, copied.under(timed(func() { p.Append(buf, r) })))
			}
			b.ReportMetric(median(decode), "decode/valid")
			b.ReportMetric(median(decoder), "decoder/valid")
			b.ReportMetric(median(encode), "append/copy")
		})
	}
}

type duration time.Duration

// under is the ratio of d2 to d.
func (d duration) under(d2 duration) float64 { return float64(d2) / float64(d) }

// timed calls f a few thousand times.
func timed(f func()) duration {
	start := time.Now()
	for range 5000 {
		f()
	}
	return duration(time.Since(start))
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkHostile measures packets that are legal and meant to hurt. It reports the
// time for each byte that was received, which has to stay about that of an ordinary
// packet, however many there are.
func BenchmarkHostile(b *testing.B) {
	many := func(begin string, n int, each, end string) []byte {
		body := append(append(wire(begin), bytes.Repeat(wire(each), n)...), wire(end)...)
		out, err := FixedHeader{Type: PacketSubscribe, Flags: 2, RemainingLength: len(body)}.Append(nil)
		if err != nil {
			b.Fatal(err)
		}
		return append(out, body...)
	}
	text := func(c string) []byte { return bytes.Repeat([]byte(c), maxLength/len(c)) }
	properties := bytes.Repeat(wire(`26 "k" "v"`), 50_000)
	for _, h := range []struct {
		name string
		v    Version
		wire []byte
	}{
		{"60,000 filters", MQTT5, many(`0001 00`, 60_000, `"a" 00`, "")},
		{"60,000 filters with wildcards", MQTT5, many(`0001 00`, 60_000, `"+/#" 00`, "")},
		{"one filter of 32,768 wildcards", MQTT5, many(`0001 00 FFFF`, 32_767, `'+/'`, `'+' 00`)},
		{"50,000 user properties", MQTT5, publishOf([]byte("t"), properties)},
		{"a topic of 65,535 bytes", MQTT311, publishOf(text("a"), nil)},
		{"a topic of 65,535 slashes", MQTT311, publishOf(text("/"), nil)},
		{"a topic of 21,845 characters of three bytes", MQTT311, publishOf(text("\u20AC"), nil)},
		{"a topic of 16,383 characters of four bytes", MQTT311, publishOf(text("\U0001F600"), nil)},
	} {
		b.Run(h.name, func(b *testing.B) {
			d := Decoder{Rules: Rules{Version: h.v}}
			b.ReportAllocs()
			b.SetBytes(int64(len(h.wire)))
			for b.Loop() {
				if _, _, err := d.Decode(h.wire); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(h.wire)), "ns/byte")
		})
	}

	// 200 MB, of which no more than the header is ever in memory.
	header := append(appendVarint([]byte{0x32}, 200_000_000), wire(`"sensors/1/humidity" 0001`)...)
	b.Run("the header of 200 MB", func(b *testing.B) {
		var p Publish
		b.ReportAllocs()
		for b.Loop() {
			h, n, err := ConsumeFixedHeader(header)
			if err == nil {
				_, err = p.DecodeHeader(h, header[n:], Rules{Version: MQTT311})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// publishOf is a PUBLISH of QoS 0: of 5.0 if it has properties.
func publishOf(topic, properties []byte) []byte {
	body := appendBytes(nil, topic)
	if properties != nil {
		body = append(appendVarint(body, uint32(len(properties))), properties...)
	}
	return append(appendVarint([]byte{0x30}, uint32(len(body))), body...)
}
