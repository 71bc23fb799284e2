package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func filters(list ...string) (f TopicFilters) {
	for _, s := range list {
		f.Add(b(s))
	}
	if err := f.Err(); err != nil {
		panic(err)
	}
	return f
}

var unsubscribeRows = []row{
	{name: "UNSUBSCRIBE", v: MQTT5, from: Client, wire: `A2 [000A [26 "a" "b"] "#" "$share/g/a"]`,
		want: &Unsubscribe{PacketID: 10, Properties: user("a", "b"), TopicFilters: filters("#", "$share/g/a")}},
	{name: "UNSUBSCRIBE", v: MQTT311, wire: `A2 [000A "a" "+"]`, want: &Unsubscribe{PacketID: 10, TopicFilters: filters("a", "+")}},
	{name: "UNSUBSCRIBE", v: MQTT31, wire: `A2 [000A "a"]`, want: &Unsubscribe{PacketID: 10, TopicFilters: filters("a")}},
	{name: "UNSUBACK", v: MQTT5, from: Server, wire: `B0 [000A [1F "x"] 00 11 80 83 87 8F 91]`,
		want: &Unsuback{PacketID: 10, ReasonCodes: codes(0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91),
			Properties: properties(func(p *Properties) { p.SetReasonString(b("x")) })}},
	{name: "UNSUBACK", v: MQTT311, wire: `B0 [000A]`, want: &Unsuback{PacketID: 10}},
	{name: "UNSUBACK", v: MQTT31, wire: `B0 [000A]`, want: &Unsuback{PacketID: 10}},

	{name: "UNSUBSCRIBE flags 0", v: MQTT5, wire: `A0 [000A [] "a"]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "UNSUBSCRIBE flags 0", v: MQTT311, wire: `A0 [000A "a"]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "UNSUBSCRIBE QoS 0", v: MQTT31, wire: `A0 [000A "a"]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "UNSUBSCRIBE DUP", v: MQTT31, wire: `AB [000A "a"]`, want: &Unsubscribe{PacketID: 10, TopicFilters: filters("a")}, once: true},
	{name: "UNSUBSCRIBE of a server", v: MQTT311, from: Server, wire: `A2 [000A "a"]`, err: ErrWrongSender, code: 0x82},
	{name: "UNSUBSCRIBE packet identifier 0", v: MQTT5, wire: `A2 [0000 [] "a"]`, err: ErrPacketIDZero, code: 0x82},
	{name: "UNSUBSCRIBE packet identifier 0", v: MQTT311, wire: `A2 [0000 "a"]`, err: ErrPacketIDZero, code: 0x82},
	{name: "UNSUBSCRIBE without filters", v: MQTT5, wire: `A2 [000A []]`, err: ErrEmptyList, code: 0x82},
	{name: "UNSUBSCRIBE without filters", v: MQTT311, wire: `A2 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "UNSUBSCRIBE without filters", v: MQTT31, wire: `A2 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "UNSUBSCRIBE empty filter", v: MQTT5, wire: `A2 [000A [] ""]`, err: ErrTopicEmpty, code: 0x82},
	{name: "UNSUBSCRIBE broken filter", v: MQTT311, wire: `A2 [000A "a/b#"]`, err: ErrFilterHash, code: 0x82},
	{name: "UNSUBSCRIBE shared without name", v: MQTT5, wire: `A2 [000A [] "$share//a"]`, err: ErrShareName, code: 0x82},
	{name: "UNSUBSCRIBE filter cut off", v: MQTT311, wire: `A2 [000A 0002 'a']`, err: ErrTruncated, code: 0x81},
	{name: "UNSUBSCRIBE a byte behind", v: MQTT311, wire: `A2 [000A "a" 00]`, err: ErrTruncated, code: 0x81},
	{name: "UNSUBACK flags", v: MQTT5, wire: `B2 [000A [] 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "UNSUBACK flags, allowed", v: MQTT5, opt: AllowAckFlags, wire: `B2 [000A [] 00]`, want: &Unsuback{PacketID: 10, ReasonCodes: codes(0)}, once: true},
	{name: "UNSUBACK of a client", v: MQTT5, from: Client, wire: `B0 [000A [] 00]`, err: ErrWrongSender, code: 0x82},
	{name: "UNSUBACK packet identifier 0", v: MQTT311, wire: `B0 [0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "UNSUBACK without codes", v: MQTT5, wire: `B0 [000A []]`, err: ErrEmptyList, code: 0x82},
	{name: "UNSUBACK with a code", v: MQTT311, wire: `B0 [000A 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "UNSUBACK with a code", v: MQTT31, wire: `B0 [000A 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "UNSUBACK code 01", v: MQTT5, wire: `B0 [000A [] 01]`, err: ErrReasonCode, code: 0x82},
	{name: "UNSUBACK short", v: MQTT311, wire: `B0 [00]`, err: ErrTruncated, code: 0x81},
	{name: "UNSUBACK no properties", v: MQTT5, wire: `B0 [000A]`, err: ErrTruncated, code: 0x81},
}

func TestTopicFilters(t *testing.T) {
	var f TopicFilters
	f.Reset(make([]byte, 0, 64))
	f.Add(b("a"))
	f.Add(b("b/#"))
	require.Equal(t, 2, f.Len())
	var got []string
	for filter := range f.All() {
		got = append(got, string(filter))
	}
	require.Equal(t, []string{"a", "b/#"}, got)
	for range f.All() {
		break
	}
	buf := make([]byte, 0, 64)
	f.Reset(buf)
	require.Zero(t, f.Len())
	f.Add(b("c"))
	require.Equal(t, "\x00\x01c", string(buf[:3]), "it is in the buffer")
	f.Add(b("+a"))
	require.ErrorIs(t, f.Err(), ErrFilterPlus)
	requireNotWritten(t, &Unsubscribe{PacketID: 1, TopicFilters: f}, Rules{Version: MQTT5}, ErrFilterPlus)
}

func TestUnsubscribeAppendRefuses(t *testing.T) {
	v5, v311 := Rules{Version: MQTT5}, Rules{Version: MQTT311}
	requireNotWritten(t, &Unsubscribe{PacketID: 1}, v5, ErrEmptyList)
	requireNotWritten(t, &Unsubscribe{TopicFilters: filters("a")}, v311, ErrPacketIDZero)
	requireNotWritten(t, &Unsubscribe{PacketID: 1, TopicFilters: filters("$share/a")}, v5, ErrShareFilter)
	requireNotWritten(t, &Unsubscribe{PacketID: 1, TopicFilters: filters("a"), Properties: user("a", "b")}, v311, ErrNotInVersion)
	requireNotWritten(t, &Unsubscribe{PacketID: 1, TopicFilters: filters("a"), Properties: subID(1)}, v5, ErrPropertyNotAllowed)
	requireNotWritten(t, &Unsuback{PacketID: 1}, v5, ErrEmptyList)
	requireNotWritten(t, &Unsuback{PacketID: 1, ReasonCodes: codes(0)}, v311, ErrNotInVersion)
	requireNotWritten(t, &Unsuback{PacketID: 1, ReasonCodes: codes(2)}, v5, ErrReasonCode)
	requireNotWritten(t, &Unsuback{ReasonCodes: codes(0)}, v5, ErrPacketIDZero)
}
