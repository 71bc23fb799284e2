package mqttwire

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzFixedHeader compares fixed headers with the plain reading of 5.0 section
// 2.1, and sees to it that the first bytes of one are never judged otherwise than
// all of them.
func FuzzFixedHeader(f *testing.F) {
	seen := map[string]bool{}
	for _, r := range allRows() {
		b := wire(r.wire)
		if _, body, ok := r.split(); ok {
			b = b[:len(b)-len(body)]
		}
		if !seen[string(b)] {
			seen[string(b)] = true
			f.Add(b, byte(r.v), byte(r.from), uint32(r.opt))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, version, sender byte, options uint32) {
		h, n, err := ConsumeFixedHeader(b)
		requireFree(t, func() { ConsumeFixedHeader(b) })
		want, wantN, wantErr := plainFixedHeader(b)
		require.Equal(t, wantN, n)
		require.ErrorIs(t, err, wantErr)
		for i := range min(len(b), 8) {
			ph, pn, perr := ConsumeFixedHeader(b[:i])
			if perr == ErrIncomplete {
				require.Zero(t, pn)
				require.True(t, err != nil || i < n, "%d bytes were enough", i)
			} else { // it stays like this whatever follows
				require.Equal(t, err, perr)
				require.Equal(t, n, pn)
				if err == nil {
					require.Equal(t, h, ph)
				}
			}
		}
		if err != nil {
			return
		}
		require.Equal(t, want, FixedHeader{Type: h.Type, Flags: h.Flags, RemainingLength: h.RemainingLength})
		out, err := h.Append(nil)
		require.NoError(t, err)
		if b[n-1] != 0 || n == 2 {
			require.Equal(t, b[:n], out)
		}
		back, m, err := ConsumeFixedHeader(out)
		require.NoError(t, err)
		require.Equal(t, len(out), m)
		require.LessOrEqual(t, m, n)
		require.Equal(t, want, back)

		// what Check refuses no body makes good
		r := rulesOf(version, sender, options)
		if refusal := h.Check(r); refusal != nil && h.RemainingLength < 1<<16 {
			require.Error(t, newPacket(h.Type).Decode(h, make([]byte, h.RemainingLength), r))
		}
	})
}

// plainFixedHeader reads a fixed header by the algorithm that 5.0 section 1.5.5
// prints.
func plainFixedHeader(b []byte) (h FixedHeader, n int, err error) {
	if len(b) > 0 && b[0]>>4 == 0 {
		return h, 0, ErrPacketType
	}
	value, multiplier := 0, 1
	for i := 1; ; i++ {
		if i >= len(b) {
			return h, 0, ErrIncomplete
		}
		value += int(b[i]&127) * multiplier
		if b[i]&128 == 0 {
			return FixedHeader{Type: PacketType(b[0] >> 4), Flags: b[0] & 15, RemainingLength: value}, i + 1, nil
		}
		if multiplier == 128*128*128 {
			return h, 0, ErrIntegerTooLong
		}
		multiplier *= 128
	}
}

// FuzzDecoder decodes a stream of packets, at once and in pieces.
func FuzzDecoder(f *testing.F) {
	streams := map[Rules][]byte{} // packets that are accepted, one after another
	seen := map[error]bool{}
	for _, r := range allRows() {
		stream := append(streams[r.rules()], wire(r.wire)...)
		if r.want != nil && len(stream) <= 200 {
			streams[r.rules()] = stream
			continue
		}
		streams[r.rules()] = nil
		_, err := decodeInto(nil, wire(r.wire), r.rules())
		if r.want != nil || !seen[err] { // each error once: more would only take time
			seen[err] = true
			f.Add(stream, byte(r.v), byte(r.from), uint32(r.opt), uint16(0), uint16(len(stream)/2))
			f.Add(stream, byte(r.v), byte(r.from), uint32(r.opt), uint16(40), uint16(3))
		}
	}
	for _, r := range connectRows { // whatever version was expected
		for _, v := range []Version{0, MQTT31, MQTT311, MQTT5} {
			f.Add(wire(r.wire), byte(v), byte(r.from), uint32(r.opt), uint16(0), uint16(5))
		}
	}
	f.Add(wire(`10 ["MQTT" 05 02 003C [] "c"] 82 [0001 [] "a" 00] 30 ["a" [] 'x'] C0 [] E0 []`), byte(0), byte(1), uint32(0), uint16(0), uint16(20))
	f.Fuzz(func(t *testing.T, stream []byte, version, sender byte, options uint32, limit, cut uint16) {
		d := Decoder{Rules: rulesOf(version, sender, options), MaxPacketSize: uint32(limit)}
		if version == 0 {
			d.Version = 0 // nothing is known before the CONNECT
		}
		before := bytes.Clone(stream)
		want, wantErr := feed(t, d, stream)
		at := min(int(cut), len(stream))
		got, err := feed(t, d, stream[:at], stream[at:])
		require.Equal(t, wantErr, err, "in two pieces")
		require.Equal(t, want, got)
		if len(stream) <= 512 {
			var pieces [][]byte
			for i := range stream {
				pieces = append(pieces, stream[i:i+1])
			}
			got, err := feed(t, d, pieces...)
			require.Equal(t, wantErr, err, "byte by byte")
			require.Equal(t, want, got)
		}
		require.Equal(t, before, stream)
		fresh := new(Decoder)
		requireFree(t, func() {
			fresh.Rules, fresh.MaxPacketSize = d.Rules, d.MaxPacketSize
			for b := stream; ; {
				_, n, err := fresh.Decode(b)
				if err != nil {
					break
				}
				b = b[n:]
			}
		})
	})
}

// feed gives a stream to a Decoder piece by piece, as a connection does, and
// returns the packets that came out of it and what ended it: ErrIncomplete if
// nothing did.
func feed(t *testing.T, d Decoder, pieces ...[]byte) (got []Packet, err error) {
	var pending []byte
	for _, piece := range pieces {
		pending = append(pending, piece...)
		for {
			p, n, err := d.Decode(pending)
			if err == ErrIncomplete {
				require.Nil(t, p)
				break
			}
			if err != nil {
				require.Zero(t, n)
				if p != nil { // a CONNECT that is handed up beside its error
					require.True(t, refusedWhole(err), "%v", err)
					got = append(got, Clone(p))
				}
				return got, err
			}
			if d.MaxPacketSize != 0 {
				require.LessOrEqual(t, n, int(d.MaxPacketSize))
			}
			got = append(got, Clone(p))
			pending = pending[n:]
		}
	}
	return got, ErrIncomplete
}
