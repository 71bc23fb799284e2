package mqttwire

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// letter is the PUBLISH that the messages of the tests are made from: it has all
// that belongs to its own connection only.
const letter = `3B ["a/b" 0007 [23 0005 01 01 0B 09 02 00000064 26 "k" "v" 26 "k" "w"] 'payload']`

// prepared makes the message of a PUBLISH of 5.0.
func prepared(t testing.TB, packet string) *Message {
	p, err := decodeInto(nil, wire(packet), Rules{Version: MQTT5})
	require.NoError(t, err)
	m := new(Message)
	require.NoError(t, m.Prepare(p.(*Publish), nil))
	return m
}

// deliveries is packets to be written of a message; all but the payload.
var deliveries = []struct {
	name string
	from string
	v    Version
	d    Delivery
	want string // header, or
	err  *Error
}{
	{"3.1.1, QoS 0", letter, MQTT311, Delivery{}, `30 0C "a/b"`, nil},
	{"3.1, QoS 1", letter, MQTT31, Delivery{QoS: QoS1, PacketID: 0x102}, `32 0E "a/b" 0102`, nil},
	{"3.1.1, QoS 2, all flags", letter, MQTT311, Delivery{QoS: QoS2, Dup: true, Retain: true, PacketID: math.MaxUint16}, `3D 0E "a/b" FFFF`, nil},
	{"3.1.1, what is of 5.0 has no effect", letter, MQTT311,
		Delivery{TopicAlias: 1, AliasKnown: true, Waited: 1000, SubscriptionIDs: []uint32{0}}, `30 0C "a/b"`, nil},
	{"5.0, QoS 0", letter, MQTT5, Delivery{}, `30 22 "a/b" 15 02 00000064 01 01 26 "k" "v" 26 "k" "w"`, nil},
	{"5.0, QoS 1, waited", letter, MQTT5, Delivery{QoS: QoS1, Retain: true, PacketID: 1, Waited: 0x24},
		`33 24 "a/b" 0001 15 02 00000040 01 01 26 "k" "v" 26 "k" "w"`, nil},
	{"5.0, waited to the end", letter, MQTT5, Delivery{Waited: 100}, `30 22 "a/b" 15 02 00000000 01 01 26 "k" "v" 26 "k" "w"`, nil},
	{"5.0, alias", letter, MQTT5, Delivery{TopicAlias: 0x203}, `30 25 "a/b" 18 23 0203 02 00000064 01 01 26 "k" "v" 26 "k" "w"`, nil},
	{"5.0, alias instead of the name", letter, MQTT5, Delivery{QoS: QoS2, PacketID: 2, TopicAlias: 1, AliasKnown: true},
		`34 24 "" 0002 18 23 0001 02 00000064 01 01 26 "k" "v" 26 "k" "w"`, nil},
	{"5.0, one identifier", letter, MQTT5, Delivery{SubscriptionIDs: []uint32{1}},
		`30 24 "a/b" 17 02 00000064 01 01 26 "k" "v" 26 "k" "w" 0B 01`, nil},
	{"5.0, identifiers of all lengths", letter, MQTT5, Delivery{SubscriptionIDs: []uint32{127, 128, 16384, 2097152, maxVarint}},
		`30 35 "a/b" 28 02 00000064 01 01 26 "k" "v" 26 "k" "w" 0B 7F 0B 8001 0B 808001 0B 80808001 0B FFFFFF7F`, nil},
	{"5.0, no properties", `30 ["t" [] 'x']`, MQTT5, Delivery{}, `30 05 "t" 00`, nil},
	{"5.0, no properties, QoS 1", `30 ["t" [] 'x']`, MQTT5, Delivery{QoS: QoS1, PacketID: 9}, `32 07 "t" 0009 00`, nil},
	{"5.0, no expiry, waited for ever", `30 ["t" [] 'x']`, MQTT5, Delivery{Waited: math.MaxUint32}, `30 05 "t" 00`, nil},
	{"5.0, only an identifier", `30 ["t" [] 'x']`, MQTT5, Delivery{SubscriptionIDs: []uint32{5}}, `30 07 "t" 02 0B 05`, nil},

	{"no such version", letter, 6, Delivery{}, "", errNoVersion[PacketPublish]},
	{"no version", letter, 0, Delivery{}, "", errNoVersion[PacketPublish]},
	{"a version that wraps around", letter, 5 + 8, Delivery{}, "", errNoVersion[PacketPublish]},
	{"QoS 3", letter, MQTT5, Delivery{QoS: 3, PacketID: 1}, "", errQoS3},
	{"QoS 0 with an identifier", letter, MQTT311, Delivery{PacketID: 1}, "", errIDAtQoS0},
	{"QoS 1 without", letter, MQTT31, Delivery{QoS: QoS1}, "", errServerID},
	{"QoS 0 sent before", letter, MQTT31, Delivery{Dup: true}, "", errDupQoS0},
	{"waited too long", letter, MQTT5, Delivery{Waited: 101}, "", errExpired},
	{"no alias to know", letter, MQTT5, Delivery{AliasKnown: true}, "", errAliasKnown},
	{"identifier 0", letter, MQTT5, Delivery{SubscriptionIDs: []uint32{1, 0}}, "", errDeliveryID},
	{"identifier too large", letter, MQTT5, Delivery{SubscriptionIDs: []uint32{maxVarint + 1}}, "", errDeliveryID},
}

// TestMessage writes each delivery twice: the second time there is an image of it.
func TestMessage(t *testing.T) {
	for _, c := range deliveries {
		m := prepared(t, c.from)
		inTime := c.d
		inTime.Waited = 0
		m.AppendHeader(nil, c.v, &inTime) // so that also what is late finds an image
		for _, room := range []int{0, 1000} {
			dst := append(make([]byte, 0, 3+room), "dst"...)
			out, err := m.AppendHeader(dst, c.v, &c.d)
			if c.err != nil {
				require.Equal(t, error(c.err), err, c.name)
				require.Equal(t, "dst", string(out), c.name)
				continue
			}
			require.NoError(t, err, c.name)
			require.Equal(t, append([]byte("dst"), wire(c.want)...), out, c.name)
			requireDelivered(t, m, c.v, &c.d, out[3:])
		}
	}
}

// requireDelivered decodes the header with its payload and compares it with what
// it has to say.
func requireDelivered(t testing.TB, m *Message, v Version, d *Delivery, header []byte) {
	r := Rules{Version: v, Sender: Server}
	packet, err := decodeInto(nil, append(header[:len(header):len(header)], m.payload...), r)
	require.NoError(t, err)
	p := packet.(*Publish)
	require.Equal(t, []any{d.QoS, d.Dup, d.Retain, d.PacketID}, []any{p.QoS, p.Dup, p.Retain, p.PacketID})
	require.Equal(t, string(m.payload), string(p.Payload))
	if v != MQTT5 {
		require.Equal(t, string(m.topic), string(p.TopicName))
		return
	}
	if !d.AliasKnown {
		require.Equal(t, string(m.topic), string(p.TopicName))
	} else {
		require.Empty(t, p.TopicName)
	}
	alias, aliased := p.Properties.TopicAlias()
	require.Equal(t, d.TopicAlias, alias)
	require.Equal(t, d.TopicAlias != 0, aliased)
	expiry, expires := p.Properties.MessageExpiryInterval()
	require.Equal(t, m.expires, expires)
	if expires {
		require.Equal(t, m.expiry-d.Waited, expiry)
	}
	var ids []uint32
	for id := range p.Properties.SubscriptionIDs() {
		ids = append(ids, id)
	}
	require.Equal(t, len(d.SubscriptionIDs), len(ids))
	for i, id := range ids {
		require.Equal(t, d.SubscriptionIDs[i], id)
	}
	rest := p.Properties.Without(nil, PropertyTopicAlias, PropertyMessageExpiryInterval, PropertySubscriptionIdentifier)
	require.Equal(t, string(m.properties.b), string(rest.b))
}

func TestPrepare(t *testing.T) {
	m := new(Message)
	for _, c := range []struct {
		name string
		p    Publish
		err  *Error
	}{
		{"no topic", Publish{}, &publishTopic[emptyTopic]},
		{"wildcard", Publish{TopicName: []byte("a/+")}, &publishTopic[wildcard]},
		{"wildcard after other characters", Publish{TopicName: []byte("\u00e4/#")}, &publishTopic[wildcard]},
		{"too long", Publish{TopicName: []byte(strings.Repeat("a", maxLength+1))}, &publishTopic[tooLong]},
		{"not text in any version", Publish{TopicName: []byte("\xff")}, &publishTopic[notUTF8]},
	} {
		require.Equal(t, error(c.err), m.Prepare(&c.p, nil), c.name)
		for v := MQTT31; v <= MQTT5; v++ {
			out, err := m.AppendHeader(nil, v, &Delivery{})
			require.Equal(t, error(errTopicVersion), err, c.name)
			require.Nil(t, out, c.name)
		}
	}

	p := Publish{TopicName: []byte("t"), Payload: []byte("p")}
	p.Properties.SetReceiveMaximum(5)
	require.Equal(t, error(misplaced(PropertyReceiveMaximum, PacketPublish)), m.Prepare(&p, nil))
	p.Properties = Properties{}
	p.Properties.SetTopicAlias(0)
	require.ErrorIs(t, m.Prepare(&p, nil), ErrTopicAliasZero)
	p.Properties = Properties{}
	require.NoError(t, m.Prepare(&p, nil))
	require.Equal(t, "p", string(m.Payload()))
}

// TestMessageVersions has topics that only some versions can express: 3.1 has
// halves of surrogate pairs, and the others have none of them.
func TestMessageVersions(t *testing.T) {
	m := new(Message)
	require.NoError(t, m.Prepare(&Publish{TopicName: []byte("a/\xED\xA0\x80")}, nil))
	out, err := m.AppendHeader(nil, MQTT31, &Delivery{})
	require.NoError(t, err)
	require.Equal(t, wire(`30 ["a/" EDA080]`)[0], out[0])
	for _, v := range []Version{MQTT311, MQTT5} {
		_, err = m.AppendHeader(nil, v, &Delivery{})
		require.Equal(t, error(errTopicVersion), err)
	}
	require.NoError(t, m.Prepare(&Publish{TopicName: []byte("\u00e4/\U0001F600")}, nil))
	for v := MQTT31; v <= MQTT5; v++ {
		_, err = m.AppendHeader(nil, v, &Delivery{})
		require.NoError(t, err)
	}
}

// TestMessageTooLarge has packets of the largest size there is, and one more.
func TestMessageTooLarge(t *testing.T) {
	m := new(Message)
	whole := make([]byte, MaxRemainingLength) // never written to, so it takes no memory
	for _, c := range []struct {
		v      Version
		header int
	}{{MQTT311, 3}, {MQTT5, 4}} {
		for more := range 2 {
			require.NoError(t, m.Prepare(&Publish{TopicName: []byte("t"), Payload: whole[:MaxRemainingLength-c.header+more]}, nil))
			out, err := m.AppendHeader(nil, c.v, &Delivery{})
			if more == 1 {
				require.Equal(t, error(errTooLarge[PacketPublish]), err)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, MaxPacketSize, len(out)+len(m.Payload()))
			// with an image there is no room for an identifier either
			_, err = m.AppendHeader(make([]byte, 0, 1000), c.v, &Delivery{SubscriptionIDs: []uint32{1}})
			if c.v == MQTT5 {
				require.Equal(t, error(errTooLarge[PacketPublish]), err)
			} else {
				require.NoError(t, err)
			}
		}
	}
}

// randomMessage makes a message, and a PUBLISH that it is to be like, around the
// sizes at which lengths get longer and images too small.
func randomMessage(r *rand.Rand) *Publish {
	p := &Publish{TopicName: []byte(strings.Repeat("t", 1+r.IntN(150)))}
	p.Payload = make([]byte, []int{0, 1, 60, 120, 128, 16300, 16384}[r.IntN(7)]+r.IntN(50))
	if r.IntN(2) == 0 {
		p.Properties.SetMessageExpiryInterval(1000)
	}
	if r.IntN(2) == 0 {
		p.Properties.SetTopicAlias(9)
	}
	for range r.IntN(3) {
		p.Properties.AddUserProperty([]byte("name"), []byte(strings.Repeat("v", r.IntN(60))))
	}
	return p
}

func randomDelivery(r *rand.Rand) (Version, *Delivery) {
	d := &Delivery{QoS: QoS(r.IntN(3)), Retain: r.IntN(2) == 0, Waited: uint32(r.IntN(1001))}
	if d.QoS != 0 {
		d.PacketID, d.Dup = uint16(1+r.IntN(math.MaxUint16)), r.IntN(2) == 0
	}
	if r.IntN(2) == 0 {
		d.TopicAlias, d.AliasKnown = uint16(1+r.IntN(math.MaxUint16)), r.IntN(2) == 0
	}
	for range r.IntN(4) * r.IntN(2) {
		d.SubscriptionIDs = append(d.SubscriptionIDs, 1+r.Uint32N(1<<r.IntN(29))&(maxVarint-1))
	}
	return MQTT31 + Version(r.IntN(3)), d
}

// TestMessageImages sees to it that an image gives the same bytes as writing from
// the beginning does, and that both are the packet that they should be.
func TestMessageImages(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var m Message
		require.NoError(t, m.Prepare(randomMessage(r), nil))
		images := 0
		for range 30 {
			v, d := randomDelivery(r)
			out, err := m.AppendHeader(room[:0], v, d)
			require.NoError(t, err)
			requireDelivered(t, &m, v, d, out)
			fresh, err := m.appendHeader(nil, v, d)
			require.NoError(t, err)
			require.Equal(t, fresh, out)
			images += int(bit(m.images[d.kind(v)].n != 0))
		}
		if len(m.topic)+len(m.properties.b) < 60 {
			require.NotZero(t, images)
		}
	}
}

// TestMessageReuse sees to it that nothing of one message is in the next.
func TestMessageReuse(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var m Message
	scratch := make([]byte, 0, 200)
	for range 300 {
		p := randomMessage(r)
		require.NoError(t, m.Prepare(p, scratch))
		for range 8 {
			v, d := randomDelivery(r)
			out, err := m.AppendHeader(room[:0], v, d)
			require.NoError(t, err)
			requireDelivered(t, &m, v, d, out)
		}
	}
}

func TestMessageDoesNotAllocate(t *testing.T) {
	p, err := decodeInto(nil, wire(letter), Rules{Version: MQTT5})
	require.NoError(t, err)
	m, scratch := new(Message), make([]byte, 0, 100)
	var calls []call
	for _, c := range deliveries {
		calls = append(calls, call{c.name, func() {
			m.Prepare(p.(*Publish), scratch)
			for range 3 {
				m.AppendHeader(room[:0], c.v, &c.d)
			}
		}})
	}
	requireNoAllocs(t, calls)
}

// TestMessageShards has a message prepared once and copied for each goroutine.
func TestMessageShards(t *testing.T) {
	m := prepared(t, letter)
	var wait sync.WaitGroup
	for i := range 4 {
		mine := *m
		wait.Add(1)
		go func() {
			defer wait.Done()
			for _, c := range deliveries {
				if c.from == letter && c.err == nil {
					out, err := mine.AppendHeader(nil, c.v, &c.d)
					if err != nil || string(out) != string(wire(c.want)) {
						panic(fmt.Sprintf("%d: %s: %x, %v", i, c.name, out, err))
					}
				}
			}
		}()
	}
	wait.Wait()
}

func FuzzMessage(f *testing.F) {
	for _, c := range deliveries {
		f.Add(wire(c.from), byte(c.v), byte(c.d.QoS), c.d.Dup, c.d.Retain, c.d.PacketID, c.d.TopicAlias, c.d.AliasKnown, c.d.Waited, uint32(7), byte(2))
	}
	f.Fuzz(func(t *testing.T, packet []byte, v, qos byte, dup, retain bool, id, alias uint16, known bool, waited, subscription uint32, times byte) {
		var p Publish
		h, n, err := ConsumeFixedHeader(packet)
		if err != nil || p.Decode(h, packet[n:], Rules{Version: MQTT5}) != nil {
			return
		}
		var m Message
		if err := m.Prepare(&p, nil); err != nil {
			require.Empty(t, p.TopicName)
			return
		}
		d := &Delivery{QoS: QoS(qos), Dup: dup, Retain: retain, PacketID: id, TopicAlias: alias, AliasKnown: known, Waited: waited}
		for range times % 5 {
			d.SubscriptionIDs = append(d.SubscriptionIDs, subscription)
			subscription *= 31
		}
		for range 2 {
			out, err := m.AppendHeader(room[:0], Version(v), d)
			if err != nil {
				require.Empty(t, out)
				return
			}
			requireDelivered(t, &m, Version(v), d, out)
			requireFree(t, func() { m.AppendHeader(room[:0], Version(v), d) })
		}
	})
}
