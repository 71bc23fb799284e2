package inspect

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// Random packets that are right in most places: their lengths fit, their values
// are often at a border, so that what lies deep inside of a packet is reached.

// pieces is what strings are made of.
var pieces = []string{"", "a", "/", "#", "+", "a/b", "$share/", "$share/g/", "$SYS", " ", "\x00", "\x01", "\x7f", "\u0085",
	"\xff", "\xc0\x80", "\xed\xa0\x80", "\xed\xb0\x80", "\xed\xa0\xbf\xed\xbf\xbe", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xc3",
	"\u00e9", "\ufeff", "\ufdd0", "\uffff", "\U0001fffe", "\U0001f600", "client", "abcdefghijklmnopqrstuvw"}

// maker makes one packet.
type maker struct {
	*rand.Rand
	version mqttwire.Version
}

// rarely is true once in n times.
func (m maker) rarely(n int) bool { return m.IntN(n) == 0 }

// text is a string, most often a simple one.
func (m maker) text() (s string) {
	if !m.rarely(4) {
		return []string{"a", "a/b", "topic", "x"}[m.IntN(4)]
	}
	for range m.IntN(4) {
		s += pieces[m.IntN(len(pieces))]
	}
	return s
}

func (m maker) counted(s string) []byte {
	n := len(s)
	if m.rarely(60) {
		n += m.IntN(5) - 2
	}
	return append([]byte{byte(n >> 8), byte(n)}, s...)
}

// integer is a Variable Byte Integer, at times with a byte too many.
func (m maker) integer(n int) (b []byte) {
	for n > 0x7F {
		b, n = append(b, byte(n)|0x80), n>>7
	}
	if m.rarely(80) {
		return append(b, byte(n)|0x80, 0)
	}
	return append(b, byte(n))
}

func (m maker) code() byte {
	return []byte{0, 0, 0, 1, 2, 3, 4, 5, 6, 0x10, 0x11, 0x18, 0x19, 0x80, 0x81, 0x82, 0x87, 0x8B, 0x8C, 0x8F, 0x92, 0x9B, 0x9E, 0xFF}[m.IntN(24)]
}

// number is a number of some bytes, most often a small one.
func (m maker) number(size int) []byte {
	b := make([]byte, size)
	b[size-1] = []byte{1, 1, 1, 1, 0, 2, 0xFF}[m.IntN(7)]
	return b
}

// properties is a block of properties for a packet.
func (m maker) properties(block mqttwire.PacketType) []byte {
	if m.version != mqttwire.MQTT5 {
		return nil
	}
	var b []byte
	for range []int{0, 0, 1, 2, 3, 4}[m.IntN(6)] {
		allowed := blockTable[block].properties
		id := mqttwire.PropertyID(m.IntN(0x30))
		if len(allowed) > 0 && !m.rarely(12) {
			id = allowed[m.IntN(len(allowed))]
		}
		b = append(b, m.integer(int(id))...)
		switch id.Type() {
		case mqttwire.TypeByte:
			b = append(b, m.number(1)...)
		case mqttwire.TypeTwoByteInteger:
			b = append(b, m.number(2)...)
		case mqttwire.TypeFourByteInteger:
			b = append(b, m.number(4)...)
		case mqttwire.TypeVariableByteInteger:
			b = append(b, m.integer([]int{0, 1, 128, 1 << 20, 1<<28 - 1}[m.IntN(5)])...)
		case mqttwire.TypeUTF8StringPair:
			b = append(append(b, m.counted(m.text())...), m.counted(m.text())...)
		default:
			b = append(b, m.counted(m.text())...)
		}
	}
	n := len(b)
	if m.rarely(40) {
		n = max(0, n+m.IntN(5)-2)
	}
	return append(m.integer(n), b...)
}

func (m maker) connect() []byte {
	level := byte(m.version)
	name := map[mqttwire.Version]string{mqttwire.MQTT31: "MQIsdp"}[m.version]
	if name == "" || m.rarely(20) {
		name = "MQTT"
	}
	if m.rarely(20) {
		level = byte(m.IntN(256))
	}
	if m.rarely(20) {
		level |= 0x80
	}
	flags := byte(m.IntN(256))
	if !m.rarely(10) {
		flags &^= 1
	}
	if flags&4 == 0 && !m.rarely(10) {
		flags &^= 0x38
	}
	b := append(m.counted(name), level, flags, 0, 60)
	b = append(append(b, m.properties(mqttwire.PacketConnect)...), m.counted(m.text())...)
	if flags&4 != 0 {
		b = append(append(append(b, m.properties(willBlock)...), m.counted(m.text())...), m.counted(m.text())...)
	}
	for bit := byte(0x80); bit >= 0x40; bit >>= 1 {
		if flags&bit != 0 {
			b = append(b, m.counted(m.text())...)
		}
	}
	return b
}

// body makes what follows the fixed header.
func (m maker) body(t mqttwire.PacketType, flags byte) (b []byte) {
	switch t {
	case mqttwire.PacketConnect:
		return m.connect()
	case mqttwire.PacketConnack:
		return append([]byte{byte(m.IntN(8)) / 6, m.code()}, m.properties(t)...)
	case mqttwire.PacketPublish:
		b = m.counted(m.text())
		if flags&6 != 0 {
			b = append(b, m.number(2)...)
		}
		return append(append(b, m.properties(t)...), m.text()...)
	case mqttwire.PacketSubscribe, mqttwire.PacketUnsubscribe:
		b = append(m.number(2), m.properties(t)...)
		for range m.IntN(4) {
			b = append(b, m.counted(m.text())...)
			if t == mqttwire.PacketSubscribe {
				b = append(b, []byte{0, 1, 2, 3, 4, 8, 0x10, 0x20, 0x30, 0x40, 0x2E}[m.IntN(11)])
			}
		}
		return b
	case mqttwire.PacketPingreq, mqttwire.PacketPingresp:
		return nil
	case mqttwire.PacketDisconnect, mqttwire.PacketAuth:
	default:
		b = m.number(2)
	}
	full := t == mqttwire.PacketSuback || t == mqttwire.PacketUnsuback
	if full {
		b = append(b, m.properties(t)...)
		for range m.IntN(4) {
			b = append(b, m.code())
		}
		return b
	}
	if m.version == mqttwire.MQTT5 && !m.rarely(4) {
		if b = append(b, m.code()); !m.rarely(4) {
			b = append(b, m.properties(t)...)
		}
	}
	return b
}

// packet makes a packet.
func (m maker) packet() []byte {
	t := mqttwire.PacketType(1 + m.IntN(15))
	flags := byte(0)
	switch t {
	case mqttwire.PacketPublish:
		flags = byte(m.IntN(16))
	case mqttwire.PacketPubrel, mqttwire.PacketSubscribe, mqttwire.PacketUnsubscribe:
		flags = 2
	}
	if m.rarely(20) {
		flags = byte(m.IntN(16))
	}
	body := m.body(t, flags)
	if m.rarely(30) {
		body = append(body, 0)
	}
	if m.rarely(30) && len(body) > 0 {
		body = body[:len(body)-1]
	}
	b := append(append([]byte{byte(t)<<4 | flags}, m.integer(len(body))...), body...)
	if m.rarely(20) {
		b = b[:m.IntN(len(b)+1)]
	}
	return b
}

// someOptions is none, one, or any.
func (m maker) someOptions() mqttwire.Options {
	switch m.IntN(3) {
	case 0:
		return 0
	case 1:
		return mqttwire.Options(1<<m.IntN(32)) & mqttwire.AllOptions
	}
	return mqttwire.Options(m.Uint32()) & mqttwire.AllOptions
}

// seeds is how many random packets TestAgreementRandom makes.
const seeds = 30_000

// TestAgreementRandom compares root and Inspect on random packets.
func TestAgreementRandom(t *testing.T) {
	count := map[Outcome]int{}
	for seed := range uint64(seeds) {
		m := maker{rand.New(rand.NewPCG(seed, 1)), mqttwire.MQTT31 + mqttwire.Version(seed%3)}
		b := m.packet()
		r := mqttwire.Rules{Version: m.version, Sender: mqttwire.Sender(m.IntN(3)), Options: m.someOptions()}
		if m.rarely(4) {
			r.Version = 0
		}
		if d := disagreement(b, r); d != "" {
			require.Fail(t, "root and inspect disagree", "seed %d\n%x\n%s, %s, %s\n%s", seed, b, r.Version, r.Sender, r.Options, d)
		}
		report := Inspect(b, r)
		require.Empty(t, uncovered(&report), "seed %d: %x", seed, b)
		count[report.Outcome()]++
	}
	for outcome := Accepted; outcome <= Incomplete; outcome++ {
		require.Greater(t, count[outcome], 500, "%v", count)
	}
}
