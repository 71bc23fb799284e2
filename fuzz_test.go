package mqttwire

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// To fuzz one of them: go test -run '^$' -fuzz '^FuzzConnect$'

func FuzzConnect(f *testing.F) { fuzzPackets(f, PacketConnect) }
func FuzzConnack(f *testing.F) { fuzzPackets(f, PacketConnack) }
func FuzzPublish(f *testing.F) { fuzzPackets(f, PacketPublish) }
func FuzzPuback(f *testing.F) {
	fuzzPackets(f, PacketPuback, PacketPubrec, PacketPubrel, PacketPubcomp)
}
func FuzzSubscribe(f *testing.F)   { fuzzPackets(f, PacketSubscribe) }
func FuzzSuback(f *testing.F)      { fuzzPackets(f, PacketSuback) }
func FuzzUnsubscribe(f *testing.F) { fuzzPackets(f, PacketUnsubscribe) }
func FuzzUnsuback(f *testing.F)    { fuzzPackets(f, PacketUnsuback) }
func FuzzPing(f *testing.F)        { fuzzPackets(f, PacketPingreq, PacketPingresp) }
func FuzzDisconnect(f *testing.F)  { fuzzPackets(f, PacketDisconnect) }
func FuzzAuth(f *testing.F)        { fuzzPackets(f, PacketAuth) }

// fuzzPackets fuzzes packets of some types. All of a packet but its Remaining
// Length is an argument, and so are the rules, so that no time is lost on lengths
// that do not fit.
func fuzzPackets(f *testing.F, types ...PacketType) {
	for _, r := range append(allRows(), overlongRows()...) {
		if h, body, ok := r.split(); ok && slices.Contains(types, h.Type) {
			f.Add(byte(h.Type)<<4|h.Flags, byte(r.v), byte(r.from), uint32(r.opt), body)
		}
	}
	f.Fuzz(func(t *testing.T, first, version, sender byte, options uint32, body []byte) {
		h := FixedHeader{Type: PacketType(first >> 4), Flags: first & 0x0F, RemainingLength: len(body)}
		if !slices.Contains(types, h.Type) {
			h.Type = types[int(h.Type)%len(types)]
		}
		r := rulesOf(version, sender, options)
		if h.Type == PacketConnect && version == 0 {
			r.Version = 0 // it brings its own
		}
		checkPacket(t, h, body, r)
	})
}

// FuzzProperties fuzzes each block of properties, in a packet that is in order
// otherwise.
func FuzzProperties(f *testing.F) {
	for i := range blocks {
		for _, c := range propertyCases {
			for _, value := range slices.Concat(c.legal, c.illegal, []string{c.cut}) {
				f.Add(byte(i), byte(AnySender), uint32(0), wire(fmt.Sprintf("%02X", byte(c.id))+value))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which, sender byte, options uint32, properties []byte) {
		packet := wire(blocks[int(which)%len(blocks)].with(fmt.Sprintf("%X", properties)))
		h, n, err := ConsumeFixedHeader(packet)
		require.NoError(t, err)
		checkPacket(t, h, packet[n:], rulesOf(byte(MQTT5), sender, options))
	})
}

// rulesOf makes rules of any three numbers, such that rules become themselves.
func rulesOf(version, sender byte, options uint32) Rules {
	r := Rules{Version: Version(version), Sender: Sender(sender % 3), Options: Options(options) & AllOptions}
	if !r.Version.supported() {
		r.Version = MQTT31 + r.Version%3
	}
	return r
}

// checkPacket holds a packet, whole but for its fixed header, against all that
// Decode and Append promise.
func checkPacket(t *testing.T, h FixedHeader, body []byte, r Rules) {
	before := bytes.Clone(body)
	p := newPacket(h.Type)
	err := p.Decode(h, body, r)
	require.Equal(t, before, body, "the input is as it was")
	requireFree(t, func() { p.Decode(h, body, r) })
	if len(body) > 0 {
		if short := p.Decode(h, body[:len(body)-1], r); short != ErrIncomplete {
			require.Error(t, short)
			require.Equal(t, h.Check(r), short, "only for the fixed header")
		}
	}
	again := p.Decode(h, body, r)
	require.Equal(t, err, again, "the packet does not remember")
	if p, ok := p.(*Publish); ok {
		checkHeader(t, p, err, h, body, r)
	}
	if c, ok := p.(*Connect); ok && r.Version == 0 && c.Version.supported() {
		r.Version = c.Version // as a Decoder does
	}
	if err != nil {
		checkRefusal(t, err, h, r)
		return
	}
	kept := Clone(p)
	require.Equal(t, p, kept)
	requireRoundTrip(t, p, newPacket(h.Type), r)
	requireCanonical(t, p, h, body, r)
	parts(p, func(part any) {
		if block, ok := part.(*Properties); ok {
			requireBlockAgrees(t, *block)
		}
	})
	abuse(t, p, r)
	require.Equal(t, before, body, "the input is as it was")
	require.Equal(t, kept, p)
}

// requireFree checks that f does not allocate. It asks again, because whoever
// runs the fuzzing allocates now and then meanwhile.
func requireFree(t *testing.T, f func()) {
	var n float64
	for range 10 {
		if n = testing.AllocsPerRun(1, f); n == 0 {
			return
		}
	}
	require.Zero(t, n, "allocations")
}

// checkRefusal: an error says what, where and what to answer.
func checkRefusal(t *testing.T, err error, h FixedHeader, r Rules) {
	e, ok := err.(*Error)
	require.True(t, ok, "%v", err) // ErrIncomplete is none: the packet is all there
	require.Equal(t, h.Type, e.Packet())
	require.NotZero(t, e.ReasonCode(), "%v", err)
	require.NotEmpty(t, e.Problem(), "%v", err)
	v := r.Version
	if !v.supported() {
		v = MQTT5 // of the CONNECT no version is known
	}
	require.NotEmpty(t, e.Clause(v), "%v in %v", err, v)
	for _, during := range []PacketType{PacketConnect, h.Type} {
		answer := AppendAnswer(nil, err, during, r)
		if len(answer) == 0 {
			continue
		}
		to := Rules{Version: r.Version, Sender: Server}
		if r.Sender == Server {
			to.Sender = Client
		}
		if !to.Version.supported() {
			to.Version = MQTT311 // what a client of an unknown version is told
			if len(answer) > 4 {
				to.Version = MQTT5
			}
		}
		_, err := decodeInto(nil, answer, to)
		require.NoError(t, err, "answer %X", answer)
	}
}

// checkHeader: DecodeHeader reads from any prefix that is long enough what Decode
// reads from the whole, and refuses what Decode refuses, but for the payload.
func checkHeader(t *testing.T, whole *Publish, wholeErr error, h FixedHeader, body []byte, r Rules) {
	p := new(Publish)
	n, err := p.DecodeHeader(h, body, r)
	requireFree(t, func() { p.DecodeHeader(h, body, r) })
	if err != nil {
		require.NotEqual(t, ErrIncomplete, err)
		require.Error(t, wholeErr, "DecodeHeader: %v", err)
		require.Zero(t, n)
		checkRefusal(t, err, h, r)
	} else {
		require.True(t, wholeErr == nil || wholeErr == errPublishPayload, "%v", wholeErr)
	}
	if wholeErr == nil {
		require.Equal(t, string(whole.Payload), string(body[n:]))
		p.Payload = whole.Payload
		require.Equal(t, whole, p)
		head, err := p.AppendHeader(nil, len(whole.Payload), r)
		require.NoError(t, err)
		all, err := p.Append(nil, r)
		require.NoError(t, err)
		require.Equal(t, all, append(head, whole.Payload...))
	}
	for length := range min(len(body), 64) { // the verdict on a prefix is final, or there is none
		got, prefixErr := new(Publish).DecodeHeader(h, body[:length], r)
		if prefixErr == ErrIncomplete {
			require.True(t, err != nil || length < n, "%d bytes were enough", length)
			continue
		}
		require.Equal(t, err, prefixErr)
		require.Equal(t, n, got)
	}
}

// requireCanonical checks that an accepted packet is written the way it came, but
// for what the version leaves open and the options let pass.
func requireCanonical(t *testing.T, p Packet, h FixedHeader, body []byte, r Rules) {
	out, err := p.Append(nil, r)
	require.NoError(t, err)
	outHeader, n, err := ConsumeFixedHeader(out)
	require.NoError(t, err)
	if v31 := r.Version == MQTT31; !v31 && r.Options&AllowAckFlags == 0 || h.Type == PacketPublish {
		require.Equal(t, h.Flags, outHeader.Flags)
	}
	out = out[n:]
	if r.Version == MQTT5 && r.Options&AllowOverlongIntegers != 0 {
		for _, at := range propertyLengths(p, body) {
			if at < len(body) {
				length, n := consumeVarint(body[at:])
				body = slices.Concat(body[:at], appendVarint(nil, length), body[at+n:])
			}
		}
	}
	switch p.(type) {
	case *Connack:
		if r.Version == MQTT31 { // which does not use the first byte
			require.Equal(t, body[1:], out[1:])
			return
		}
	case *Connect:
		requireCanonicalConnect(t, body, out, r)
		return
	}
	require.Equal(t, body, out)
}

// propertyLengths is where the blocks of properties of a packet begin, in the
// order of the packet.
func propertyLengths(p Packet, body []byte) []int {
	switch p := p.(type) {
	case *Connect:
		first := 2 + int(body[1]) + 1 + 1 + 2
		if p.WillFlag {
			return []int{first, first + p.Properties.size() + 2 + len(p.ClientID)}
		}
		return []int{first}
	case *Publish:
		if p.QoS != 0 {
			return []int{2 + len(p.TopicName) + 2}
		}
		return []int{2 + len(p.TopicName)}
	case *Connack, *Subscribe, *Suback, *Unsubscribe, *Unsuback:
		return []int{2}
	case *Puback, *Pubrec, *Pubrel, *Pubcomp:
		return []int{3}
	}
	return []int{1} // DISCONNECT and AUTH
}

// requireCanonicalConnect is requireCanonical for the body of a CONNECT.
func requireCanonicalConnect(t *testing.T, body, out []byte, r Rules) {
	name, outName := body[:2+int(body[1])], out[:2+int(out[1])]
	if r.Options&AllowLevelMismatch == 0 {
		require.Equal(t, name, outName)
	}
	body, out = body[len(name):], out[len(outName):]
	require.Equal(t, body[0], out[0], "Protocol Version")
	if r.Version != MQTT31 { // which has unused flags, and flags for what is not there
		require.Equal(t, body[1], out[1], "Connect Flags")
	}
	if r.Options&AllowTrailingBytes != 0 {
		body = body[:min(len(body), len(out))]
	}
	require.Equal(t, body[2:], out[2:])
}
