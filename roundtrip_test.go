package mqttwire

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// asDecoded is p, which was built, as Decode hands it up under r when it reads
// what Append wrote. That is p itself, but for what cannot be told apart on the
// wire and therefore always comes out as one of two:
//
//   - a string or payload that the packet always has is empty, never nil, while
//     User Name and Password are nil when they are absent and only then;
//   - a block without properties is the zero one, whatever its memory was;
//   - a CONNECT names its version itself;
//   - a list of filters knows the version that it was read in.
func asDecoded(p Packet, r Rules) Packet {
	notNil := func(s *[]byte) {
		if *s == nil {
			*s = []byte{}
		}
	}
	parts(p, func(part any) {
		if block, ok := part.(*Properties); ok && len(block.Bytes()) == 0 {
			*block = Properties{}
		}
	})
	switch p := p.(type) {
	case *Connect:
		p.Version = p.versionFor(r.Version)
		notNil(&p.ClientID)
		if p.WillFlag {
			notNil(&p.Will.Payload)
		}
	case *Publish:
		notNil(&p.TopicName)
		notNil(&p.Payload)
	case *Subscribe:
		p.Subscriptions.list.from = r.Version
	case *Unsubscribe:
		p.TopicFilters.list.from = r.Version
	case *Unsuback:
		if r.Version != MQTT5 {
			p.ReasonCodes = ReasonCodes{}
		}
	}
	return p
}

// requireRoundTrip checks that Append writes p under r as Size says, that Decode
// reads it back, into back, and that it is written again the same. p becomes what
// Decode makes of it.
func requireRoundTrip(t *testing.T, p, back Packet, r Rules, args ...any) {
	out, err := p.Append(nil, r)
	require.NoError(t, err, args...)
	require.Equal(t, p.Size(r.Version), len(out), args...)
	_, err = decodeInto(back, out, r)
	require.NoError(t, err, args...)
	require.Equal(t, p.Size(r.Version), back.Size(r.Version), args...)
	again, err := back.Append(nil, r)
	require.NoError(t, err, args...)
	require.Equal(t, out, again, args...)
	require.Equal(t, asDecoded(p, r), back, args...)
}

// TestRoundTrip makes random packets of every kind, writes them and reads them
// back.
func TestRoundTrip(t *testing.T) {
	const seed, each = 20190307, 2000
	for i, k := range packetKinds() {
		t.Run(k.String(), func(t *testing.T) {
			m := newMaker(seed+int64(i), Rules{Version: k.v, Sender: k.from})
			back := newPacket(k.t)
			for j := range each {
				m.Options = []Options{0, allowAll, rejectAll}[j%3]
				p := m.packet(k.t)
				requireRoundTrip(t, p, back, m.Rules, "seed %d, packet %d, %v: %v", seed+i, j, m.Options, p)
			}
		})
	}
}

// TestLengthsAtTheEdges: round trips where one byte more needs a longer Remaining
// Length or Property Length.
func TestLengthsAtTheEdges(t *testing.T) {
	r := Rules{Version: MQTT5}
	for _, edge := range []int{1 << 7, 1 << 14, 1 << 21} {
		seen := map[int]bool{}
		for n := edge - 8; n < edge+2; n++ {
			p := &Publish{TopicName: b("a"), Payload: make([]byte, n)}
			requireRoundTrip(t, p, new(Publish), r, "payload of %d", n)
			seen[p.Size(MQTT5)] = true
			q := &Puback{PacketID: 1, Properties: blockOf(n)}
			require.Len(t, q.Properties.Bytes(), n)
			requireRoundTrip(t, q, new(Puback), r, "block of %d", n)
			seen[q.Size(MQTT5)] = true
		}
		header := 1 + sizeVarint(edge-1)
		require.True(t, seen[header+edge-1] && seen[header+1+edge], "both sides of %d", edge)
	}
}

// blockOf makes a block of n bytes.
func blockOf(n int) (p Properties) {
	for n > 0 {
		size := min(n, 60000)
		if rest := n - size; rest > 0 && rest < 5 {
			size -= 5 // an empty User Property
		}
		p.AddUserProperty(nil, bytes.Repeat([]byte("x"), size-5))
		n -= size
	}
	return p
}

// TestRandomPacketsAreVaried: the packets of TestRoundTrip have what there is to
// have, in 5.0, which has the most.
func TestRandomPacketsAreVaried(t *testing.T) {
	seen := map[string]bool{}
	note := func(args ...any) { seen[fmt.Sprintln(args...)] = true }
	for _, k := range packetKinds() {
		if k.v != MQTT5 {
			continue
		}
		m := newMaker(1, Rules{Version: k.v, Sender: k.from})
		for range 500 {
			p := m.packet(k.t)
			block := k.t
			parts(p, func(part any) {
				switch part := part.(type) {
				case *Properties:
					for id := range part.All() {
						note(id, block)
					}
					note("several", part.ids&manySubIDs != 0)
					block = willProperties // what comes second
				case *ReasonCode:
					note(*part, k.t)
				}
			})
			if c, ok := p.(*Connect); ok {
				note("User Name", c.UserName == nil, len(c.UserName) == 0)
				note("Password", c.Password == nil, len(c.Password) == 0)
			}
		}
	}
	require.True(t, seen[fmt.Sprintln("several", true)], "Subscription Identifiers")
	for _, s := range []string{"User Name", "Password"} {
		require.True(t, seen[fmt.Sprintln(s, true, true)], "no %s", s)
		require.True(t, seen[fmt.Sprintln(s, false, true)], "empty %s", s)
		require.True(t, seen[fmt.Sprintln(s, false, false)], s)
	}
	for block := range PacketAuth + 1 {
		for _, id := range propertyIDs {
			if id.AllowedIn(block, AnySender) || block == willProperties && id.AllowedInWill() {
				require.True(t, seen[fmt.Sprintln(id, block)], "%v in %v", id, block)
			}
		}
		for c := range ReasonCode(255) {
			if block != PacketSuback && block != PacketUnsuback && c.AllowedIn(block, AnySender) {
				require.True(t, seen[fmt.Sprintln(c, block)], "%v in %v", c, block)
			}
		}
	}
}
