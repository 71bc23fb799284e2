package mqttwire

import (
	"bytes"
	"testing"

	fuzz "github.com/google/gofuzz"
	"github.com/stretchr/testify/require"
)

// TestAppendToAnything: whatever dst has in it and room for, Append writes the
// same bytes behind it, and writes nowhere else.
func TestAppendToAnything(t *testing.T) {
	const before = "before"
	for _, r := range samples() {
		if r.want == nil {
			continue
		}
		want, err := r.want.Append(nil, r.rules())
		require.NoError(t, err, r)
		n := len(want)
		for _, room := range []int{0, 1, n - 1, n, n + 1, n + 64} {
			buf := bytes.Repeat([]byte{0x5C}, len(before)+room)
			copy(buf, before)
			out, err := r.want.Append(buf[:len(before)], r.rules())
			require.NoError(t, err, r)
			require.Equal(t, before+string(want), string(out), "%v with room for %d", r, room)
			require.Equal(t, before, string(buf[:len(before)]), r)
			if room >= n { // what Size says is enough
				require.Same(t, &buf[0], &out[0], "%v with room for %d", r, room)
				require.Equal(t, bytes.Repeat([]byte{0x5C}, room-n), buf[len(before)+n:], r)
			}
			twice, err := r.want.Append(out, r.rules())
			require.NoError(t, err, r)
			require.Equal(t, before+string(want)+string(want), string(twice), r)
		}
	}
}

// wild fills packets without any regard for what is legal.
func wild(seed int64) *fuzz.Fuzzer {
	// What a maker would make of its strings and values, with all that the
	// options refuse.
	m := newMaker(seed, Rules{Version: MQTT5})
	text := func(s *[]byte, f fuzz.Continue) {
		switch f.Intn(16) {
		case 0:
			*s = make([]byte, f.Intn(20))
			f.Read(*s)
		case 1, 6:
			*s = bytes.Repeat([]byte("x"), 65535+f.Intn(2))
		case 2:
			*s = m.filter(f)
		case 3:
			*s = b([]string{"\x00", "\xED\xA0\x80", "\xC0\x80", "a\tb", "\uFFFF", "$share/g/t", "$share//t"}[f.Intn(7)])
		case 4, 5: // one byte that may be wrong, anywhere
			*s = m.name(f, 40)
			(*s)[f.Intn(len(*s))] = []byte{0, 1, '+', '#', 0x80, 0xC0, 0xFF}[f.Intn(7)]
		default:
			m.text(s, f)
		}
	}
	return fuzz.NewWithSeed(seed).NilChance(.3).Funcs(text,
		func(p *Properties, f fuzz.Continue) {
			for range f.Intn(3) {
				id := propertyIDs[f.Intn(len(propertyIDs))]
				v := m.value(id, f)
				if f.Intn(20) == 0 {
					f.Fuzz(&v.s)
					v.n = f.Uint32() >> f.Intn(32)
				}
				accessors[id].set(p, v)
				if f.Intn(6) == 0 {
					accessors[id].set(p, v)
				}
			}
		},
		func(s *Subscriptions, f fuzz.Continue) {
			for range f.Intn(4) {
				filter, o := m.filter(f), SubscriptionOptions(f.Intn(64))
				if f.Intn(8) == 0 {
					f.Fuzz(&filter)
					f.Fuzz(&o)
				}
				s.Add(filter, o)
			}
		},
		func(l *TopicFilters, f fuzz.Continue) {
			for range f.Intn(4) {
				filter := m.filter(f)
				if f.Intn(8) == 0 {
					f.Fuzz(&filter)
				}
				l.Add(filter)
			}
		},
		func(c *ReasonCodes, f fuzz.Continue) {
			for range f.Intn(4) {
				c.Add(m.reasonCode(PacketSuback, f))
			}
		},
		func(r *Rules, f fuzz.Continue) {
			r.Version = Version(3 + f.Intn(3))
			r.Sender = Sender(f.Intn(3))
			r.Options = Options(f.Uint32()) & AllOptions & Options(f.Uint32())
			if f.Intn(10) == 0 {
				f.Fuzz(&r.Version)
			}
		},
	)
}

// A builder makes random packets and rules, most of which do not go together: the
// packet is legal under other rules, or was until a field of it was changed, or
// is anything that its type can hold.
type builder struct {
	wild   *fuzz.Fuzzer
	random *fuzz.Fuzzer
	made   *maker
}

func newBuilder(seed int64) *builder {
	return &builder{wild: wild(seed), random: fuzz.NewWithSeed(seed), made: newMaker(seed, Rules{})}
}

func (b *builder) next(t PacketType) (p Packet, r Rules) {
	var how, other uint8
	b.random.Fuzz(&how)
	b.random.Fuzz(&other)
	b.wild.Fuzz(&r)
	if how%4 == 0 {
		p = newPacket(t)
		b.wild.Fuzz(p)
		return p, r
	}
	b.made.Rules = r
	if how%4 == 1 || !t.SentBy(r.Sender, r.Version) {
		b.made.Rules = Rules{Version: MQTT5 - Version(other)%3}
		if t == PacketAuth {
			b.made.Version = MQTT5
		}
	}
	p = b.made.packet(t)
	if how%4 == 3 {
		var fields []any
		parts(p, func(part any) { fields = append(fields, part) })
		if len(fields) != 0 {
			b.wild.Fuzz(fields[int(other)%len(fields)])
		}
	}
	return p, r
}

// TestAppendRefusesOrReadsBack: whatever is in a packet, Append writes nothing
// that Decode refuses or takes for something else, and leaves dst alone when it
// refuses.
func TestAppendRefusesOrReadsBack(t *testing.T) {
	const seed, each = 5000, 3000
	for typ := PacketConnect; typ <= PacketAuth; typ++ {
		t.Run(typ.String(), func(t *testing.T) {
			written, refused := 0, map[*Error]bool{}
			b := newBuilder(seed + int64(typ))
			back := newPacket(typ)
			for i := range each {
				p, r := b.next(typ)
				_, err := p.Append(nil, r)
				if err == nil {
					written++
					requireRoundTrip(t, p, back, r, "seed %d, packet %d: %v under %v", seed+int(typ), i, p, r)
					continue
				}
				e, ok := err.(*Error)
				require.True(t, ok, err)
				require.NotZero(t, e.ReasonCode(), err)
				refused[e] = true
				requireNotWritten(t, p, r, err)
			}
			require.Greater(t, written, each/20, "there is something to read back")
			require.Greater(t, len(refused), 1, "and something to refuse: %v", refused)
		})
	}
}

// TestAppendUnderOtherRules: a packet that was decoded under some rules and is
// written under others is held against those, as a bridge between versions needs
// it.
func TestAppendUnderOtherRules(t *testing.T) {
	written := 0
	for _, r := range samples() {
		if r.want == nil {
			continue
		}
		p, err := decodeInto(nil, wire(r.wire), r.rules())
		require.NoError(t, err, r)
		if c, ok := p.(*Connect); ok {
			c.Version = 0 // to be written in another
		}
		back := newPacket(p.Type())
		for i, k := range packetKinds() {
			if k.t != p.Type() {
				continue
			}
			for _, o := range []Options{0, allowAll, rejectAll, 1 << (i % 13)} {
				other := Rules{Version: k.v, Sender: k.from, Options: o}
				out, err := p.Append(nil, other)
				if err != nil {
					continue
				}
				written++
				_, err = decodeInto(back, out, other)
				require.NoError(t, err, "%v\nwritten under %v", r, other)
				want := plain(asDecoded(Clone(p), other))
				require.Equal(t, want, plain(back), "%v\nwritten under %v", r, other)
			}
		}
	}
	require.Greater(t, written, 1000)
}
