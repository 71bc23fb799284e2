package inspect

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// Where trying everything is cheap everything is tried: the root has to agree with
// Inspect on each of these packets, in verdict, reason code, answer and values.

// patient skips a test where a tenth of the time is wanted, as under the race
// detector, which has nothing to find in it.
func patient(t *testing.T) {
	if testing.Short() {
		t.Skip("all of it takes half a minute")
	}
}

// allSenders is every sender there is, and "not known".
var allSenders = []mqttwire.Sender{mqttwire.AnySender, mqttwire.Client, mqttwire.Server}

// framed puts a fixed header of one or more bytes of length before a body.
func framed(first byte, body []byte) []byte {
	b := []byte{first}
	n := len(body)
	for ; n > 0x7F; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(append(b, byte(n)), body...)
}

// agree fails if the root and Inspect differ on a packet for any sender.
func agree(t *testing.T, v mqttwire.Version, packet []byte, options ...mqttwire.Options) {
	t.Helper()
	for _, from := range allSenders {
		for _, o := range append(options, 0) {
			r := mqttwire.Rules{Version: v, Sender: from, Options: o}
			if d := disagreement(packet, r); d != "" {
				require.Empty(t, d, "%x under %+v", packet, r)
			}
		}
	}
}

func eachVersion(f func(v mqttwire.Version)) {
	for v := mqttwire.MQTT31; v <= mqttwire.MQTT5; v++ {
		f(v)
	}
}

// TestEveryFirstByte has every first byte, before bodies that are right for some.
func TestEveryFirstByte(t *testing.T) {
	patient(t)
	for _, body := range []string{"", "00", "0001", "0000", "000100", "00010000", "0001610001", "00016100010078", "00010003612f6200", "0001000003612f6201",
		"00044d51545404020000000163", "00044d5154540502000000000163"} {
		b, err := hex.DecodeString(body)
		require.NoError(t, err)
		for first := range 256 {
			eachVersion(func(v mqttwire.Version) {
				agree(t, v, framed(byte(first), b), mqttwire.AllowAckFlags, mqttwire.AllowDupQoS0)
			})
		}
	}
}

// TestEveryConnectFlags has every Connect Flags and every level before all the
// fields that there can be.
func TestEveryConnectFlags(t *testing.T) {
	patient(t)
	fields := func(flags byte, five bool) (b []byte) {
		if five {
			b = append(b, 0)
		}
		b = append(b, 0, 1, 'c')
		if flags&4 != 0 {
			if five {
				b = append(b, 0)
			}
			b = append(b, 0, 1, 'w', 0, 0)
		}
		for _, bit := range []byte{0x80, 0x40} {
			if flags&bit != 0 {
				b = append(b, 0, 1, 'u')
			}
		}
		return b
	}
	for flags := range 256 {
		for level, name := range map[byte]string{3: "MQIsdp", 4: "MQTT", 5: "MQTT"} {
			body := append([]byte{0, byte(len(name))}, name...)
			body = append(append(body, level, byte(flags), 0, 60), fields(byte(flags), level == 5)...)
			agree(t, 0, framed(0x10, body), mqttwire.AllowPasswordWithoutUserName)
		}
	}
	for level := range 256 {
		for _, name := range []string{"MQTT", "MQIsdp", "mqtt", "", "MQT", "MQTTX"} {
			body := append([]byte{0, byte(len(name))}, name...)
			agree(t, 0, framed(0x10, append(append(body, byte(level), 2, 0, 60), fields(0, level == 5)...)),
				mqttwire.AllowBridgeLevel, mqttwire.AllowLevelMismatch, mqttwire.AllowBridgeLevel|mqttwire.AllowLevelMismatch)
		}
	}
}

// blocks is packets with room for a property block, which stands for %.
var blocks = map[string]string{
	"CONNECT": "00044d5154540502003c%000163", "will": "00044d5154540506003c00000163%0001770000", "CONNACK": "0000%", "PUBLISH": "000161%", "PUBACK": "000100%",
	"PUBREC": "000100%", "PUBREL": "000100%", "PUBCOMP": "000100%", "SUBSCRIBE": "0001%00016100", "SUBACK": "0001%00", "UNSUBSCRIBE": "0001%000161",
	"UNSUBACK": "0001%00", "DISCONNECT": "00%", "AUTH": "18%",
}

var firstBytes = map[string]byte{"CONNECT": 0x10, "will": 0x10, "CONNACK": 0x20, "PUBLISH": 0x30, "PUBACK": 0x40, "PUBREC": 0x50, "PUBREL": 0x62, "PUBCOMP": 0x70,
	"SUBSCRIBE": 0x82, "SUBACK": 0x90, "UNSUBSCRIBE": 0xA2, "UNSUBACK": 0xB0, "DISCONNECT": 0xE0, "AUTH": 0xF0}

// withBlock puts properties into a packet.
func withBlock(t *testing.T, packet string, properties []byte) []byte {
	before, after, found := strings.Cut(blocks[packet], "%")
	require.True(t, found)
	b, err := hex.DecodeString(before)
	require.NoError(t, err)
	b = append(b, framed(0, properties)[1:]...)
	rest, err := hex.DecodeString(after)
	require.NoError(t, err)
	return framed(firstBytes[packet], append(b, rest...))
}

// TestEveryProperty has every identifier with values of every type, whole, cut
// short and with a byte too many, once and twice, in every packet.
func TestEveryProperty(t *testing.T) {
	patient(t)
	values := []string{"", "00", "01", "02", "7f", "80", "0000", "0001", "ffff", "00000000", "00000001", "ffffffff", "8001", "8000", "ffffff7f", "ffffffff7f",
		"000161", "00012b", "000100", "0001ff", "00020061", "000161000162", "0001610000", "0000000162", "000161000100"}
	for packet := range blocks {
		for id := range 256 {
			for i, value := range values {
				if id > 0x2B && i%8 != 0 { // nobody's
					continue
				}
				v, err := hex.DecodeString(value)
				require.NoError(t, err)
				one := append([]byte{byte(id)}, v...)
				agree(t, mqttwire.MQTT5, withBlock(t, packet, one), mqttwire.AllowOverlongIntegers)
				if id < 0x2B {
					agree(t, mqttwire.MQTT5, withBlock(t, packet, append(one, one...)))
				}
			}
		}
	}
}

// TestEveryReasonCode has every code in every packet that has one.
func TestEveryReasonCode(t *testing.T) {
	patient(t)
	for code := range 256 {
		for _, p := range []struct {
			first byte
			body  []byte
		}{
			{0x20, []byte{0, byte(code), 0}}, {0x20, []byte{1, byte(code), 0}}, {0x20, []byte{0, byte(code)}}, {0x20, []byte{byte(code), 0}},
			{0x40, []byte{0, 1, byte(code)}}, {0x50, []byte{0, 1, byte(code)}}, {0x62, []byte{0, 1, byte(code)}}, {0x70, []byte{0, 1, byte(code)}},
			{0x40, []byte{0, 1, byte(code), 0}}, {0x90, []byte{0, 1, 0, byte(code)}}, {0x90, []byte{0, 1, byte(code)}}, {0x90, []byte{0, 1, 0, 0, byte(code)}},
			{0xB0, []byte{0, 1, 0, byte(code)}}, {0xE0, []byte{byte(code)}}, {0xE0, []byte{byte(code), 0}},
			{0xF0, []byte{byte(code), 4, 0x15, 0, 1, 'm'}}, {0xF0, []byte{byte(code)}}, {0xF0, []byte{byte(code), 0}},
			{0x82, []byte{0, 1, 0, 1, 'a', byte(code)}}, {0x82, []byte{0, 1, 0, 0, 1, 'a', byte(code)}},
			{0x82, append([]byte{0, 1, 0, 0, 10}, append([]byte("$share/a/b"), byte(code))...)},
		} {
			eachVersion(func(v mqttwire.Version) { agree(t, v, framed(p.first, p.body), mqttwire.AllowUnknownReasonCodes) })
		}
	}
}

// TestEveryCharacter has every two bytes as a client identifier, and the borders of
// three and four, which are tried in a topic as well.
func TestEveryCharacter(t *testing.T) {
	patient(t)
	try := func(s string, topicToo bool) {
		for _, v := range []mqttwire.Version{mqttwire.MQTT31, mqttwire.MQTT5} { // 3.1.1 is like 5.0
			packets := [][]byte{textPacket(v, s), framed(0x30, append([]byte{0, byte(len(s))}, append([]byte(s), 0)...))}
			if !topicToo {
				packets = packets[:1]
			}
			for _, packet := range packets {
				for _, o := range []mqttwire.Options{0, mqttwire.RejectControlCharacters | mqttwire.RejectNonCharacters} {
					r := mqttwire.Rules{Version: v, Sender: mqttwire.Client, Options: o}
					if d := disagreement(packet, r); d != "" {
						require.Empty(t, d, "%x under %+v", packet, r)
					}
				}
			}
		}
	}
	for c := range 1 << 16 {
		try(string([]byte{byte(c >> 8), byte(c)}), false)
	}
	edges := []byte{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF}
	for first := 0xE0; first < 0x100; first++ {
		for _, second := range edges {
			for _, third := range edges {
				try(string([]byte{byte(first), second, third}), true)
				if first >= 0xEF {
					for _, fourth := range edges {
						try(string([]byte{byte(first), second, third, fourth}), true)
					}
				}
			}
		}
	}
}

// textPacket is a CONNECT with s as its client identifier.
func textPacket(v mqttwire.Version, s string) []byte {
	name := "MQTT"
	if v == mqttwire.MQTT31 {
		name = "MQIsdp"
	}
	b := append([]byte{0, byte(len(name))}, name...)
	b = append(b, byte(v), 2, 0, 60)
	if v == mqttwire.MQTT5 {
		b = append(b, 0)
	}
	return framed(0x10, append(append(b, byte(len(s)>>8), byte(len(s))), s...))
}

// TestEveryChange flips each bit of every packet of testdata, takes each byte out,
// and puts bytes in everywhere.
func TestEveryChange(t *testing.T) {
	patient(t)
	inserted := []byte{0x00, 0x01, 0x7F, 0x80, 0xFF, 0x26}
	for _, folder := range []string{"packets", "packets/illegal"} {
		for _, s := range samples(t, folder) {
			if len(s.bytes) > 300 {
				continue // their middles are all alike
			}
			try := func(b []byte) {
				for _, o := range []mqttwire.Options{0, mqttwire.AllOptions} {
					s.rules.Options = o
					if d := disagreement(b, s.rules); d != "" {
						require.Empty(t, d, "%s: %x under %+v", s.name, b, s.rules)
					}
				}
			}
			for i := range s.bytes {
				for bit := range 8 {
					b := append([]byte(nil), s.bytes...)
					b[i] ^= 1 << bit
					try(b)
				}
				without := append(append([]byte(nil), s.bytes[:i]...), s.bytes[i+1:]...)
				try(without)
				if i >= 2 && len(s.bytes) < 0x80 { // and so that the length is right again
					without[1]--
					try(without)
				}
				for _, c := range inserted {
					with := append(append(append([]byte(nil), s.bytes[:i]...), c), s.bytes[i:]...)
					try(with)
					if i >= 2 && len(s.bytes) < 0x80 {
						with[1]++
						try(with)
					}
				}
			}
		}
	}
}

// TestEveryLength has Remaining Lengths and Property Lengths around their borders, in
// all the forms that they can be written in.
func TestEveryLength(t *testing.T) {
	patient(t)
	write := func(n, size int) (b []byte) {
		for i := range size {
			c := byte(n >> (7 * i) & 0x7F)
			if i < size-1 {
				c |= 0x80
			}
			b = append(b, c)
		}
		return b
	}
	for _, border := range []int{0, 1, 2, 127, 128, 129, 16383, 16384, 2097151, 2097152, 268435455} {
		for size := 1; size <= 5; size++ {
			for _, there := range []int{0, 1, 126, 127, 128, 16384} {
				for _, first := range []byte{0x30, 0x40, 0xC0, 0xE0} {
					packet := append(append([]byte{first}, write(border, size)...), make([]byte, there)...)
					eachVersion(func(v mqttwire.Version) { agree(t, v, packet, mqttwire.AllowOverlongIntegers) })
				}
				body := append([]byte{0, 1, 'a'}, append(write(border, size), make([]byte, there)...)...)
				agree(t, mqttwire.MQTT5, framed(0x30, body), mqttwire.AllowOverlongIntegers)
			}
		}
	}
}
