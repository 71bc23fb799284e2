package mqttwire

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire turns a packet written for reading into bytes:
//
//	0A 0b0c     hexadecimal, spaces as you like
//	'MQTT'      characters
//	"MQTT"      a string: its two-byte length, then the characters
//	[ ... ]     what is inside, behind its length as a Variable Byte Integer
//
// so that 10 ["MQTT" 04 02 003C ""] is a whole CONNECT.
func wire(s string) []byte {
	b, rest := wireUntil(s, "")
	if rest != "" {
		panic("wire: unbalanced ] in " + s)
	}
	return b
}

func wireUntil(s, end string) (b []byte, rest string) {
	for s != "" {
		switch c := s[0]; c {
		case ' ', '\t', '\n', '|':
			s = s[1:]
		case '\'', '"':
			text, after, ok := strings.Cut(s[1:], string(c))
			if !ok {
				panic("wire: no closing quote in " + s)
			}
			if c == '"' {
				b = append(b, byte(len(text)>>8), byte(len(text)))
			}
			b, s = append(b, text...), after
		case '[':
			var inner []byte
			inner, s = wireUntil(s[1:], "]")
			b = append(appendVarint(b, uint32(len(inner))), inner...)
		case ']':
			if end != "]" {
				panic("wire: ] without [")
			}
			return b, s[1:]
		default:
			n, err := hex.DecodeString(s[:2])
			if err != nil {
				panic(err)
			}
			b, s = append(b, n...), s[2:]
		}
	}
	if end != "" {
		panic("wire: no closing ]")
	}
	return b, ""
}

// A row is a packet on the wire and what has to become of it.
type row struct {
	name string
	v    Version
	wire string
	from Sender
	opt  Options

	want Packet // what it decodes to, and what encodes to it
	once bool   // it is not what want encodes to: legal, but not the way Append writes it

	err  error      // or how it is refused: the rule, by errors.Is
	code ReasonCode // and the reason code
}

func (r row) rules() Rules { return Rules{Version: r.v, Sender: r.from, Options: r.opt} }

// allRows is every row there is, for the tests that hold for all packets.
func allRows() []row {
	var all []row
	for _, rows := range [][]row{
		connectRows, connackRows, publishRows, pubackRows, subscribeRows, unsubscribeRows, pingRows,
		disconnectRows, authRows, headerRows, stringRows(), propertyRows(), reasonRows(),
	} {
		all = append(all, rows...)
	}
	return all
}

// newPacket returns a new packet of type t.
func newPacket(t PacketType) Packet {
	return map[PacketType]Packet{
		PacketConnect: new(Connect), PacketConnack: new(Connack), PacketPublish: new(Publish),
		PacketPuback: new(Puback), PacketPubrec: new(Pubrec), PacketPubrel: new(Pubrel), PacketPubcomp: new(Pubcomp),
		PacketSubscribe: new(Subscribe), PacketSuback: new(Suback), PacketUnsubscribe: new(Unsubscribe),
		PacketUnsuback: new(Unsuback), PacketPingreq: new(Pingreq), PacketPingresp: new(Pingresp),
		PacketDisconnect: new(Disconnect), PacketAuth: new(Auth),
	}[t]
}

// decodeInto decodes the packet that b is into p, or into a new packet of its
// type if p is nil.
func decodeInto(p Packet, b []byte, r Rules) (Packet, error) {
	h, n, err := ConsumeFixedHeader(b)
	if err != nil {
		return nil, err
	}
	if n+h.RemainingLength > len(b) {
		return nil, ErrIncomplete
	}
	if p == nil {
		p = newPacket(h.Type)
	}
	return p, p.Decode(h, b[n:], r)
}

// plain is p with the memory of its non-canonical form forgotten, for comparing
// with a packet that was not decoded.
func plain(p Packet) Packet {
	switch p := p.(type) {
	case *Puback:
		p.tail = 0
	case *Pubrec:
		p.tail = 0
	case *Pubrel:
		p.tail = 0
	case *Pubcomp:
		p.tail = 0
	case *Disconnect:
		p.tail = 0
	case *Subscribe:
		p.Subscriptions.list.from = 0
	case *Unsubscribe:
		p.TopicFilters.list.from = 0
	}
	return p
}

// TestRows holds every row against Decode and Append.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range allRows() {
		name := fmt.Sprintf("%s/%s/%s", r.v, PacketType(wire(r.wire)[0]>>4), r.name)
		require.False(t, seen[name], "two rows are called %s", name)
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			b := wire(r.wire)
			got, err := decodeInto(nil, b, r.rules())
			if r.want == nil {
				requireRefused(t, r, err)
				return
			}
			require.NoError(t, err)
			_, again := got.Append(nil, r.rules())
			require.NoError(t, again, "what was decoded can be encoded")
			require.Equal(t, plain(r.want), plain(got))

			require.Contains(t, r.want.String(), got.Type().String())
			out, err := r.want.Append(nil, r.rules())
			require.NoError(t, err)
			require.Equal(t, len(out), r.want.Size(r.v))
			if r.once {
				require.NotEqual(t, b, out, "the row is canonical after all")
				back, err := decodeInto(nil, out, r.rules())
				require.NoError(t, err)
				require.Equal(t, plain(r.want), plain(back))
				return
			}
			require.Equal(t, hex.EncodeToString(b), hex.EncodeToString(out))
		})
	}
}

func requireRefused(t *testing.T, r row, err error) {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, r.err)
	e, ok := err.(*Error)
	if !ok {
		return
	}
	require.Equal(t, r.code, e.ReasonCode(), "%v", err)
	require.NotEmpty(t, e.Clause(r.v), "%v names no clause of %v", err, r.v)
	require.NotEmpty(t, e.Problem())
}

// properties builds a block for a row's want.
func properties(set func(p *Properties)) (p Properties) {
	set(&p)
	if err := p.Err(); err != nil {
		panic(err)
	}
	return p
}

// user is a block of one User Property.
func user(name, value string) Properties {
	return properties(func(p *Properties) { p.AddUserProperty([]byte(name), []byte(value)) })
}

func b(s string) []byte { return []byte(s) }
