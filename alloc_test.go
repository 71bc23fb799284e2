package mqttwire

import (
	"encoding"
	"testing"

	"github.com/stretchr/testify/require"
)

// Everything on the way of a packet is free of allocations, in success and in
// failure. What allocates by its nature, and is not measured here: String,
// GoString and MarshalText, Error and Clause, which make strings; Clone, and
// whatever is given less room than it needs; AppendText of a CONNECT whose version
// has no name; AppendAnswer of an error that it has to unwrap.

// A call is something that must not allocate.
type call struct {
	what any // to name it by
	f    func()
}

// requireNoAllocs checks all calls together, for speed, and one by one if there
// is anything to find.
func requireNoAllocs(t *testing.T, calls []call) {
	t.Helper()
	require.NotEmpty(t, calls)
	if testing.AllocsPerRun(2, func() {
		for _, c := range calls {
			c.f()
		}
	}) == 0 {
		return
	}
	for _, c := range calls {
		require.Zero(t, testing.AllocsPerRun(20, c.f), "allocations of %v", c.what)
	}
}

// decoded is the packets of the rows that are accepted.
func decoded(t *testing.T) (packets []Packet, rules []Rules) {
	for _, r := range allRows() {
		if r.want != nil {
			p, err := decodeInto(nil, wire(r.wire), r.rules())
			require.NoError(t, err, r)
			packets, rules = append(packets, p), append(rules, r.rules())
		}
	}
	return packets, rules
}

// room is enough for everything that is written here.
var room = make([]byte, 1<<12)

func TestDecodeDoesNotAllocate(t *testing.T) {
	var calls []call
	d := new(Decoder)
	for _, r := range allRows() {
		whole, rules := wire(r.wire), r.rules()
		calls = append(calls,
			call{r, func() { ConsumeFixedHeader(whole) }},
			call{r, func() { d.Rules = rules; d.Decode(whole) }},
			call{r, func() { d.Rules = rules; d.Decode(whole[:len(whole)-1]) }},
		)
		h, body, ok := r.split()
		if !ok {
			continue
		}
		p := newPacket(h.Type)
		calls = append(calls,
			call{r, func() { p.Decode(h, body, rules) }},
			call{r, func() { h.Check(rules) }},
			call{r, func() { h.Append(room[:0]) }},
		)
		if p, ok := p.(*Publish); ok {
			calls = append(calls, call{r, func() { p.DecodeHeader(h, body, rules) }})
		}
	}
	requireNoAllocs(t, calls)
}

func TestAppendDoesNotAllocate(t *testing.T) {
	var calls []call
	packets, rules := decoded(t)
	for i, p := range packets {
		r := rules[i]
		calls = append(calls,
			call{p, func() { p.Append(room[:0], r) }},
			call{p, func() { p.Size(r.Version) }},
		)
		if p, ok := p.(*Publish); ok {
			calls = append(calls, call{p, func() { p.AppendHeader(room[:0], 1<<20, r) }})
		}
	}
	requireNoAllocs(t, calls)
}

// TestRefusalDoesNotAllocate: what Append refuses costs nothing either.
func TestRefusalDoesNotAllocate(t *testing.T) {
	for typ := PacketConnect; typ <= PacketAuth; typ++ {
		var calls []call
		b := newBuilder(int64(typ))
		for len(calls) < 200 {
			p, r := b.next(typ)
			if _, err := p.Append(nil, r); err != nil {
				calls = append(calls, call{err, func() { p.Append(room[:0], r) }})
			}
		}
		requireNoAllocs(t, calls)
	}
}

// TestReadingDoesNotAllocate reads all there is in every accepted row.
func TestReadingDoesNotAllocate(t *testing.T) {
	var calls []call
	n := 0 // so that there is something to do in the loops
	packets, _ := decoded(t)
	for _, p := range packets {
		parts(p, func(part any) {
			switch part := part.(type) {
			case *Properties:
				calls = append(calls, call{p, func() { n += readProperties(*part) }})
			case *Subscriptions:
				calls = append(calls, call{p, func() {
					for filter, o := range part.All() {
						_, topicFilter, _, _ := ParseSharedFilter(filter)
						n += len(filter) + len(topicFilter) + int(o.QoS()) + int(o.RetainHandling())
					}
				}})
			case *TopicFilters:
				calls = append(calls, call{p, func() {
					for filter := range part.All() {
						n += len(filter)
					}
				}})
			case *ReasonCodes:
				calls = append(calls, call{p, func() {
					for code := range part.All() {
						to, _ := code.ToVersion(p.Type(), MQTT311)
						n += int(to) + int(code.FromVersion(p.Type(), MQTT311))
					}
					for i := range part.Len() {
						n += int(part.At(i))
					}
				}})
			}
		})
	}
	requireNoAllocs(t, calls)
	require.NotZero(t, n)
}

// readProperties reads a block in every way there is.
func readProperties(p Properties) (n int) {
	for id, v := range p.All() {
		name, value := v.Pair()
		n += int(id) + int(v.Uint32()) + len(v.Bytes()) + len(name) + len(value)
	}
	for name, value := range p.UserProperties() {
		n += len(name) + len(value)
	}
	for id := range p.SubscriptionIDs() {
		n += int(id)
	}
	for _, id := range propertyIDs {
		v, _ := accessors[id].get(p)
		n += int(v.n) + len(v.s) + len(v.t)
		if p.Has(id) {
			n += len(p.Without(room[:0], id, PropertyUserProperty).Bytes())
		}
	}
	return n + p.Len() + len(p.Bytes())
}

func TestBuildingDoesNotAllocate(t *testing.T) {
	var calls []call
	text, bad := b("text/ä"), b("\xFF+")
	p := new(Properties)
	for _, id := range propertyIDs {
		set := accessors[id].set
		for _, v := range []propValue{{1, text, text}, {0, bad, bad}} { // taken and refused
			calls = append(calls, call{id, func() {
				p.Reset(room[:0])
				set(p, v)
				set(p, v)
				if p.Err() != nil {
					p.Reset(room[:0])
				}
			}})
		}
	}
	s, f, c := new(Subscriptions), new(TopicFilters), new(ReasonCodes)
	for _, filter := range [][]byte{text, bad, b("$share/g/#")} {
		calls = append(calls,
			call{"Subscriptions", func() { s.Reset(room[:0]); s.Add(filter, NoLocal); s.Add(filter, 0); s.Err() }},
			call{"TopicFilters", func() { f.Reset(room[:0]); f.Add(filter); f.Add(filter); f.Err() }},
		)
	}
	calls = append(calls, call{"ReasonCodes", func() { c.Reset(room[:0]); c.Add(0); c.Add(0x80) }})
	requireNoAllocs(t, calls)
}

func TestTopicsDoNotAllocate(t *testing.T) {
	var calls []call
	for _, s := range []string{"", "a", "a/b/+/#", "ä/€/😀", "a\x00", "\xFF", "$share/g/t", "$share//t", "$share/g", "a+", long24 + long24} {
		topic := b(s)
		calls = append(calls,
			call{s, func() { ValidTopicName(topic) }},
			call{s, func() { ValidTopicFilter(topic) }},
			call{s, func() { ParseSharedFilter(topic) }},
		)
	}
	requireNoAllocs(t, calls)
}

func TestAnswerDoesNotAllocate(t *testing.T) {
	var calls []call
	answers := 0
	for _, r := range allRows() {
		_, err := decodeInto(nil, wire(r.wire), r.rules())
		if err == nil {
			continue
		}
		rules := r.rules()
		for _, during := range []PacketType{PacketConnect, PacketPublish} {
			answers += len(AppendAnswer(nil, err, during, rules))
			calls = append(calls, call{err, func() { AppendAnswer(room[:0], err, during, rules) }})
		}
		e := err.(*Error)
		calls = append(calls, call{err, func() {
			e.ReasonCode()
			e.ReturnCode()
			e.Packet()
			e.Field()
			e.Problem()
			e.Is(ErrProtocolError)
		}})
	}
	require.NotZero(t, answers)
	for _, err := range []error{nil, ErrIncomplete} {
		calls = append(calls, call{err, func() { AppendAnswer(room[:0], err, PacketConnect, Rules{}) }})
	}
	requireNoAllocs(t, calls)
}

func TestLimitsDoNotAllocate(t *testing.T) {
	decode := func(s string) Packet {
		p, err := decodeInto(nil, wire(s), Rules{Version: MQTT5})
		require.NoError(t, err)
		return p
	}
	connect := decode(`10 ["MQTT" 05 02 003C [17 00 19 01 21 0001 22 0001 27 00000040 15 "m"] ""]`).(*Connect)
	connack := decode(`20 [00 00 [12 "id" 13 0001 21 0001 24 00 25 00 27 00000040 28 00 29 00 2A 00 15 "m"]]`).(*Connack)
	limits, err := Negotiate(connect, connack)
	require.NoError(t, err)
	calls := []call{
		{"Negotiate", func() { Negotiate(connect, connack) }},
		{"Negotiate, refused", func() { Negotiate(connect, &Connack{ReasonCode: ReasonNotAuthorized}) }},
		{"Negotiate, contradicted", func() { Negotiate(connect, &Connack{}) }},
	}
	scratch := make([]byte, 0, 1<<12)
	packets, rules := decoded(t)
	within, over := 0, 0
	for i, p := range packets {
		for _, from := range []Sender{AnySender, Client, Server} {
			if limits.Check(p, from) == nil {
				within++
			} else {
				over++
			}
			calls = append(calls, call{p, func() { limits.Check(p, from) }})
		}
		fitting := Clone(p) // which loses properties the first time
		block := explanation(fitting)
		if block == nil {
			block = new(Properties)
		}
		whole, v := *block, rules[i].Version
		calls = append(calls,
			call{p, func() { *block = whole; Fit(fitting, v, 20, scratch) }},
			call{p, func() { *block = whole; limits.Fit(fitting, Server, scratch) }},
		)
	}
	require.NotZero(t, within)
	require.NotZero(t, over)
	requireNoAllocs(t, calls)
}

// TestTextDoesNotAllocate: a packet is printed into the caller's memory.
func TestTextDoesNotAllocate(t *testing.T) {
	var calls []call
	packets, _ := decoded(t)
	for _, p := range packets {
		text := p.(encoding.TextAppender)
		calls = append(calls, call{p, func() { text.AppendText(room[:0]) }})
		parts(p, func(part any) {
			if text, ok := part.(encoding.TextAppender); ok {
				calls = append(calls, call{p, func() { text.AppendText(room[:0]) }})
			}
		})
	}
	requireNoAllocs(t, calls)
}

// TestAppendGrowsOnce: who has too little room pays for it once, which is two
// allocations under the race detector.
func TestAppendGrowsOnce(t *testing.T) {
	var out []byte
	once := testing.AllocsPerRun(10, func() { out = grow(nil, 100) })
	packets, rules := decoded(t)
	for i, p := range packets {
		require.LessOrEqual(t, testing.AllocsPerRun(10, func() { out, _ = p.Append(nil, rules[i]) }), once, "%v", p)
		require.Len(t, out, p.Size(rules[i].Version))
	}
}
