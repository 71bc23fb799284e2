package mqttwire

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// parts calls f with a pointer to each exported field of the struct that p points
// to, and to those of a Will in place of the Will.
func parts(p any, f func(part any)) {
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		part := v.Field(i).Addr().Interface()
		if will, ok := part.(*Will); ok {
			parts(will, f)
		} else {
			f(part)
		}
	}
}

// appendTo appends to a slice that the package handed out, as a careless caller
// might.
func appendTo(s []byte) { sink = append(s, "written by the test"...) }

// sink keeps the compiler from leaving out what is done for its effect alone.
var sink any

// abuse does to a decoded packet all that must leave its input alone: it reads
// everything, appends to every slice it gets and adds to every list and block.
func abuse(t *testing.T, p Packet, r Rules) {
	_ = p.(fmt.Stringer).String()
	_, err := p.Append(nil, r)
	require.NoError(t, err)
	Clone(p)
	small := Clone(p)
	_ = Fit(small, r.Version, 1, nil)
	parts(p, func(part any) {
		switch part := part.(type) {
		case *[]byte:
			appendTo(*part)
		case *Properties:
			abuseProperties(*part)
		case *Subscriptions:
			for filter, o := range part.All() {
				appendTo(filter)
				shareName, topicFilter, _, _ := ParseSharedFilter(filter)
				appendTo(shareName)
				appendTo(topicFilter)
				sink = o.RetainHandling()
			}
			more := *part
			more.Add(b("added"), 0)
		case *TopicFilters:
			for filter := range part.All() {
				appendTo(filter)
			}
			more := *part
			more.Add(b("added"))
		case *ReasonCodes:
			for i := range part.Len() {
				sink = part.At(i)
			}
			more := *part
			more.Add(ReasonUnspecifiedError)
		}
	})
}

func abuseProperties(p Properties) {
	appendTo(p.Bytes())
	for id, v := range p.All() {
		appendTo(v.Bytes())
		name, value := v.Pair()
		appendTo(name)
		appendTo(value)
		less := p.Without(nil, id)
		less.AddUserProperty(b("added"), b("added"))
		appendTo(less.Bytes())
	}
	for name, value := range p.UserProperties() {
		appendTo(name)
		appendTo(value)
	}
	for id := range p.SubscriptionIDs() {
		sink = id
	}
	for _, id := range propertyIDs {
		got, _ := accessors[id].get(p)
		appendTo(got.s)
		appendTo(got.t)
		more := p
		accessors[id].set(&more, propValue{n: 1, s: b("added"), t: b("added")})
		appendTo(more.Bytes())
	}
	same := p.Without(nil)
	same.AddUserProperty(b("added"), b("added"))
}

// guarded puts a packet between bytes that nobody may touch, and returns all of
// it and the packet, whose capacity reaches over the bytes behind it.
func guarded(packet []byte) (arena, in []byte) {
	guard := bytes.Repeat([]byte{0x5C}, 64)
	arena = slices.Concat(guard, packet, guard)
	return arena, arena[len(guard) : len(guard)+len(packet)]
}

// TestInputIsNotWritten: decoding, and what is done with what was decoded, leave
// the input and the memory behind it alone.
func TestInputIsNotWritten(t *testing.T) {
	for _, r := range samples() {
		arena, in := guarded(wire(r.wire))
		before := bytes.Clone(arena)
		p, err := decodeInto(nil, in, r.rules())
		require.Equal(t, before, arena, r)
		d := Decoder{Rules: r.rules()}
		handed, _, _ := d.Decode(in)
		require.Equal(t, before, arena, r)
		if err != nil {
			continue
		}
		abuse(t, p, r.rules())
		require.Equal(t, before, arena, r)
		abuse(t, handed, r.rules())
		require.Equal(t, before, arena, r)
		if p, ok := p.(*Publish); ok {
			h, body, _ := r.split()
			_, err := p.DecodeHeader(h, in[len(in)-len(body):], r.rules())
			require.NoError(t, err, r)
			_, err = p.AppendHeader(nil, len(body), r.rules())
			require.NoError(t, err, r)
			abuse(t, p, r.rules())
			require.Equal(t, before, arena, r)
		}
	}
}

// TestLimitsDoNotWriteThrough: what Negotiate takes from the packets is clipped
// too.
func TestLimitsDoNotWriteThrough(t *testing.T) {
	r := Rules{Version: MQTT5}
	for _, assigned := range []string{`12 "assigned"`, ``} {
		arena, in := guarded(wire(`10 ["MQTT" 05 02 003C [15 "method"] "id" ]`))
		arena2, in2 := guarded(wire(`20 [00 00 [` + assigned + ` 15 "method"]]`))
		before, before2 := bytes.Clone(arena), bytes.Clone(arena2)
		connect, err := decodeInto(nil, in, r)
		require.NoError(t, err)
		connack, err := decodeInto(nil, in2, r)
		require.NoError(t, err)
		limits, err := Negotiate(connect.(*Connect), connack.(*Connack))
		require.NoError(t, err)
		appendTo(limits.ClientID)
		appendTo(limits.AuthenticationMethod)
		require.Equal(t, before, arena)
		require.Equal(t, before2, arena2)
	}
}

// TestBuiltMemoryIsClipped: what is built in the caller's memory is handed out
// without what is behind it.
func TestBuiltMemoryIsClipped(t *testing.T) {
	buf := bytes.Repeat([]byte{0x5C}, 64)
	rest := bytes.Clone(buf[20:])
	var p Properties
	p.Reset(buf)
	p.AddUserProperty(b("name"), b("value"))
	appendTo(p.Bytes())
	for _, v := range p.All() {
		name, value := v.Pair()
		appendTo(name)
		appendTo(value)
	}
	require.Equal(t, rest, buf[20:])
	var s Subscriptions
	s.Reset(buf)
	s.Add(b("filter"), 0)
	for filter := range s.All() {
		appendTo(filter)
	}
	require.Equal(t, rest, buf[20:])
	var l TopicFilters
	l.Reset(buf)
	l.Add(b("filter"))
	for filter := range l.All() {
		appendTo(filter)
	}
	require.Equal(t, rest, buf[20:])
}

// TestCloneOwnsItsMemory: a clone is the same in every respect, and stays so when
// the input changes.
func TestCloneOwnsItsMemory(t *testing.T) {
	for _, r := range samples() {
		if r.want == nil {
			continue
		}
		in := wire(r.wire)
		p, err := decodeInto(nil, in, r.rules())
		require.NoError(t, err, r)
		c := Clone(p)
		require.Equal(t, p, c, r) // which tells nil from empty
		for i := range in {
			in[i] ^= 0xFF
		}
		unchanged, err := decodeInto(nil, wire(r.wire), r.rules())
		require.NoError(t, err, r)
		require.Equal(t, unchanged, c, r)
	}
	for _, k := range packetKinds() { // of packets that were not decoded
		m := newMaker(5, Rules{Version: k.v, Sender: k.from})
		for range 50 {
			p := m.packet(k.t)
			require.Equal(t, p, Clone(p))
		}
	}
}
