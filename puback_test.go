package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var pubackRows = []row{
	{name: "PUBACK", v: MQTT31, wire: `40 [0001]`, want: &Puback{PacketID: 1}},
	{name: "PUBACK", v: MQTT311, wire: `40 [0001]`, want: &Puback{PacketID: 1}},
	{name: "PUBREC", v: MQTT311, wire: `50 [FFFF]`, want: &Pubrec{PacketID: 65535}},
	{name: "PUBREL", v: MQTT311, wire: `62 [0001]`, want: &Pubrel{PacketID: 1}},
	{name: "PUBCOMP", v: MQTT311, wire: `70 [0001]`, want: &Pubcomp{PacketID: 1}},
	{name: "PUBACK in two bytes", v: MQTT5, wire: `40 [0001]`, want: &Puback{PacketID: 1}},
	{name: "PUBREC in two bytes", v: MQTT5, wire: `50 [0001]`, want: &Pubrec{PacketID: 1}},
	{name: "PUBREL in two bytes", v: MQTT5, wire: `62 [0001]`, want: &Pubrel{PacketID: 1}},
	{name: "PUBCOMP in two bytes", v: MQTT5, wire: `70 [0001]`, want: &Pubcomp{PacketID: 1}},
	{name: "PUBACK in three bytes", v: MQTT5, from: Server, wire: `40 [0001 10]`, want: &Puback{PacketID: 1, ReasonCode: 0x10}},
	{name: "PUBREC in three bytes", v: MQTT5, wire: `50 [0001 97]`, want: &Pubrec{PacketID: 1, ReasonCode: 0x97}},
	{name: "PUBREL in three bytes", v: MQTT5, wire: `62 [0001 92]`, want: &Pubrel{PacketID: 1, ReasonCode: 0x92}},
	{name: "PUBCOMP in three bytes", v: MQTT5, wire: `70 [0001 92]`, want: &Pubcomp{PacketID: 1, ReasonCode: 0x92}},
	{name: "PUBACK in three bytes, code 0", v: MQTT5, wire: `40 [0001 00]`, want: &Puback{PacketID: 1}, once: true},
	{name: "PUBACK in four bytes, code 0", v: MQTT5, wire: `40 [0001 00 []]`, want: &Puback{PacketID: 1}, once: true},
	{name: "PUBREC in four bytes", v: MQTT5, wire: `50 [0001 87 []]`, want: &Pubrec{PacketID: 1, ReasonCode: 0x87}, once: true},
	{name: "PUBREL in four bytes, code 0", v: MQTT5, wire: `62 [0001 00 []]`, want: &Pubrel{PacketID: 1}, once: true},
	{name: "PUBCOMP in three bytes, code 0", v: MQTT5, wire: `70 [0001 00]`, want: &Pubcomp{PacketID: 1}, once: true},
	{name: "PUBACK with properties", v: MQTT5, wire: `40 [0001 83 [1F "why" 26 "a" "b"]]`,
		want: &Puback{PacketID: 1, ReasonCode: 0x83, Properties: properties(func(p *Properties) {
			p.SetReasonString(b("why"))
			p.AddUserProperty(b("a"), b("b"))
		})}},
	{name: "PUBCOMP with properties", v: MQTT5, wire: `70 [0001 00 [26 "a" "b"]]`, want: &Pubcomp{PacketID: 1, Properties: user("a", "b")}},

	{name: "PUBACK flags", v: MQTT5, wire: `42 [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBACK flags", v: MQTT311, wire: `48 [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBACK flags, allowed", v: MQTT311, opt: AllowAckFlags, wire: `42 [0001]`, want: &Puback{PacketID: 1}, once: true},
	{name: "PUBACK flags, allowed", v: MQTT5, opt: AllowAckFlags, wire: `42 [0001]`, want: &Puback{PacketID: 1}, once: true},
	{name: "PUBACK flags mean nothing", v: MQTT31, wire: `4F [0001]`, want: &Puback{PacketID: 1}, once: true},
	{name: "PUBREL flags 0", v: MQTT5, wire: `60 [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBREL flags 0", v: MQTT311, wire: `60 [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBREL flags 0", v: MQTT31, wire: `60 [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBREL DUP", v: MQTT311, wire: `6A [0001]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PUBREL DUP", v: MQTT31, wire: `6A [0001]`, want: &Pubrel{PacketID: 1}, once: true},
	{name: "PUBREL flags 0, allowed", v: MQTT311, opt: AllowAckFlags, wire: `60 [0001]`, want: &Pubrel{PacketID: 1}, once: true},
	{name: "PUBACK packet identifier 0", v: MQTT5, wire: `40 [0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "PUBREC packet identifier 0", v: MQTT311, wire: `50 [0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "PUBREL packet identifier 0", v: MQTT31, wire: `62 [0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "PUBCOMP packet identifier 0", v: MQTT5, wire: `70 [0000 00]`, err: ErrPacketIDZero, code: 0x82},
	{name: "PUBACK empty", v: MQTT5, wire: `40 []`, err: ErrTruncated, code: 0x81},
	{name: "PUBACK empty", v: MQTT311, wire: `40 []`, err: ErrTruncated, code: 0x81},
	{name: "PUBACK of one byte", v: MQTT5, wire: `40 [01]`, err: ErrTruncated, code: 0x81},
	{name: "PUBACK of one byte", v: MQTT31, wire: `40 [01]`, err: ErrTruncated, code: 0x81},
	{name: "PUBACK of three bytes", v: MQTT311, wire: `40 [0001 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PUBCOMP of four bytes", v: MQTT31, wire: `70 [0001 00 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PUBACK byte behind the properties", v: MQTT5, wire: `40 [0001 00 [] 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PUBACK properties cut off", v: MQTT5, wire: `40 [0001 00 03 1F 00]`, err: ErrTruncated, code: 0x81},
}

// TestTailIsKept: a decoded packet is written the way it came, and no shorter
// than it has to be after a change.
func TestTailIsKept(t *testing.T) {
	for _, s := range []string{
		`40 [0001]`, `40 [0001 00]`, `40 [0001 00 []]`, `40 [0001 10]`, `40 [0001 10 []]`,
		`50 [0001 00]`, `62 [0001 00 []]`, `70 [0001 92 []]`, `E0 []`, `E0 [00]`, `E0 [00 []]`, `E0 [8E []]`,
	} {
		r := Rules{Version: MQTT5}
		p, err := decodeInto(nil, wire(s), r)
		require.NoError(t, err)
		require.Equal(t, len(wire(s)), p.Size(MQTT5))
		out, err := p.Append(nil, r)
		require.NoError(t, err)
		require.Equal(t, wire(s), out)
	}
	var p Puback
	require.NoError(t, p.Decode(FixedHeader{Type: PacketPuback, RemainingLength: 3}, []byte{0, 1, 0}, Rules{Version: MQTT5}))
	p.Properties = user("a", "b")
	out, err := p.Append(nil, Rules{Version: MQTT5})
	require.NoError(t, err)
	require.Equal(t, wire(`40 [0001 00 [26 "a" "b"]]`), out)
	p.Properties = Properties{}
	out, err = p.Append(nil, Rules{Version: MQTT311})
	require.NoError(t, err)
	require.Equal(t, wire(`40 [0001]`), out, "3.1.1 has no tail")
}

func TestPubackAppendRefuses(t *testing.T) {
	for _, p := range []Packet{&Puback{}, &Pubrec{}, &Pubrel{}, &Pubcomp{}} {
		requireNotWritten(t, p, Rules{Version: MQTT5}, ErrPacketIDZero)
		requireNotWritten(t, p, Rules{Version: MQTT311}, ErrPacketIDZero)
		requireNotWritten(t, p, Rules{}, errNoVersion[p.Type()])
	}
	v5, v311 := Rules{Version: MQTT5}, Rules{Version: MQTT311}
	requireNotWritten(t, &Puback{PacketID: 1, ReasonCode: 0x87}, v311, ErrNotInVersion)
	requireNotWritten(t, &Puback{PacketID: 1, ReasonCode: 0x87}, Rules{Version: MQTT311, Options: AllowUnknownReasonCodes}, ErrNotInVersion)
	requireNotWritten(t, &Pubrel{PacketID: 1, Properties: user("a", "b")}, v311, ErrNotInVersion)
	requireNotWritten(t, &Puback{PacketID: 1, ReasonCode: 0x92}, v5, ErrReasonCode)
	requireNotWritten(t, &Pubrel{PacketID: 1, ReasonCode: 0x10}, v5, ErrReasonCode)
	requireNotWritten(t, &Pubrec{PacketID: 1, ReasonCode: 0x10}, Rules{Version: MQTT5, Sender: Client}, ErrReasonCode)
	requireNotWritten(t, &Pubcomp{PacketID: 1, Properties: alias(1)}, v5, ErrPropertyNotAllowed)
}
