package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// subs builds a list of one filter and its options after another.
func subs(filtersAndOptions ...any) (s Subscriptions) {
	for i := 0; i < len(filtersAndOptions); i += 2 {
		s.Add(b(filtersAndOptions[i].(string)), SubscriptionOptions(filtersAndOptions[i+1].(int)))
	}
	if err := s.Err(); err != nil {
		panic(err)
	}
	return s
}

func codes(list ...ReasonCode) (c ReasonCodes) {
	for _, code := range list {
		c.Add(code)
	}
	return c
}

func subID(n uint32) Properties {
	return properties(func(p *Properties) { p.AddSubscriptionIdentifier(n) })
}

var subscribeRows = []row{
	{name: "SUBSCRIBE", v: MQTT5, wire: `82 [000A [] "a/b" 01]`, want: &Subscribe{PacketID: 10, Subscriptions: subs("a/b", 1)}},
	{name: "SUBSCRIBE", v: MQTT311, wire: `82 [000A "a/b" 02]`, want: &Subscribe{PacketID: 10, Subscriptions: subs("a/b", 2)}},
	{name: "SUBSCRIBE", v: MQTT31, wire: `82 [000A "a/b" 00]`, want: &Subscribe{PacketID: 10, Subscriptions: subs("a/b", 0)}},
	{name: "SUBSCRIBE three filters", v: MQTT5, from: Client, wire: `82 [000A [0B 80 01 26 "a" "b"] "#" 2D "+/a" 10 "$share/g/+" 1A]`,
		want: &Subscribe{PacketID: 10, Subscriptions: subs("#", 0x2D, "+/a", 0x10, "$share/g/+", 0x1A),
			Properties: properties(func(p *Properties) { p.AddSubscriptionIdentifier(128); p.AddUserProperty(b("a"), b("b")) })}},
	{name: "SUBSCRIBE three filters", v: MQTT311, from: Client, wire: `82 [000A "#" 00 "+/a" 01 "$share" 02]`,
		want: &Subscribe{PacketID: 10, Subscriptions: subs("#", 0, "+/a", 1, "$share", 2)}},
	{name: "SUBSCRIBE largest identifier", v: MQTT5, wire: `82 [0001 [0B FFFFFF7F] "a" 00]`,
		want: &Subscribe{PacketID: 1, Properties: subID(268435455), Subscriptions: subs("a", 0)}},
	{name: "SUBACK", v: MQTT5, from: Server, wire: `90 [000A [1F "no"] 00 01 02 80 A2]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0, 1, 2, 0x80, 0xA2),
		Properties: properties(func(p *Properties) { p.SetReasonString(b("no")) })}},
	{name: "SUBACK", v: MQTT311, wire: `90 [000A 00 01 02 80]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0, 1, 2, 0x80)}},
	{name: "SUBACK", v: MQTT31, wire: `90 [000A 00 01 02]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0, 1, 2)}},
	{name: "SUBACK bits 7 to 2 mean nothing", v: MQTT31, wire: `90 [000A 80]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0x80)}},

	{name: "SUBSCRIBE flags 0", v: MQTT5, wire: `80 [000A [] "a" 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBSCRIBE flags 0", v: MQTT311, wire: `80 [000A "a" 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBSCRIBE flags 3", v: MQTT311, wire: `83 [000A "a" 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBSCRIBE flags 0, no acknowledgement", v: MQTT311, opt: AllowAckFlags, wire: `80 [000A "a" 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBSCRIBE DUP", v: MQTT31, wire: `8A [000A "a" 00]`, want: &Subscribe{PacketID: 10, Subscriptions: subs("a", 0)}, once: true},
	{name: "SUBSCRIBE QoS 0", v: MQTT31, wire: `80 [000A "a" 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBSCRIBE of a server", v: MQTT5, from: Server, wire: `82 [000A [] "a" 00]`, err: ErrWrongSender, code: 0x82},
	{name: "SUBSCRIBE packet identifier 0", v: MQTT5, wire: `82 [0000 [] "a" 00]`, err: ErrPacketIDZero, code: 0x82},
	{name: "SUBSCRIBE packet identifier 0", v: MQTT311, wire: `82 [0000 "a" 00]`, err: ErrPacketIDZero, code: 0x82},
	{name: "SUBSCRIBE packet identifier 0", v: MQTT31, wire: `82 [0000 "a" 00]`, err: ErrPacketIDZero, code: 0x82},
	{name: "SUBSCRIBE without filters", v: MQTT5, wire: `82 [000A []]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBSCRIBE without filters", v: MQTT311, wire: `82 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBSCRIBE without filters", v: MQTT31, wire: `82 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBSCRIBE without options", v: MQTT5, wire: `82 [000A [] "a"]`, err: ErrTruncated, code: 0x81},
	{name: "SUBSCRIBE second without options", v: MQTT311, wire: `82 [000A "a" 00 "b"]`, err: ErrTruncated, code: 0x81},
	{name: "SUBSCRIBE filter cut off", v: MQTT311, wire: `82 [000A 0005 'a' 00]`, err: ErrTruncated, code: 0x81},
	{name: "SUBSCRIBE a byte behind", v: MQTT311, wire: `82 [000A "a" 00 00]`, err: ErrTruncated, code: 0x81},
	{name: "SUBSCRIBE empty filter", v: MQTT5, wire: `82 [000A [] "" 00]`, err: ErrTopicEmpty, code: 0x82},
	{name: "SUBSCRIBE empty filter", v: MQTT311, wire: `82 [000A "" 00]`, err: ErrTopicEmpty, code: 0x82},
	{name: "SUBSCRIBE broken filter", v: MQTT5, wire: `82 [000A [] "a/#/b" 00]`, err: ErrFilterHash, code: 0x82},
	{name: "SUBSCRIBE broken filter", v: MQTT311, wire: `82 [000A "a+" 00]`, err: ErrFilterPlus, code: 0x82},
	{name: "SUBSCRIBE broken filter", v: MQTT31, wire: `82 [000A "a#" 00]`, err: ErrFilterHash, code: 0x82},
	{name: "SUBSCRIBE QoS 3", v: MQTT5, wire: `82 [000A [] "a" 03]`, err: errOptionsQoS3, code: 0x82},
	{name: "SUBSCRIBE QoS 3", v: MQTT311, wire: `82 [000A "a" 03]`, err: errOptionsQoS3, code: 0x82},
	{name: "SUBSCRIBE QoS 3", v: MQTT31, wire: `82 [000A "a" 03]`, err: errOptionsQoS3, code: 0x82},
	{name: "SUBSCRIBE retain handling 3", v: MQTT5, wire: `82 [000A [] "a" 30]`, err: errRetainHandling3, code: 0x82},
	{name: "SUBSCRIBE reserved bit 6", v: MQTT5, wire: `82 [000A [] "a" 40]`, err: errOptionsReserved, code: 0x81},
	{name: "SUBSCRIBE reserved bit 7", v: MQTT5, wire: `82 [000A [] "a" 80]`, err: errOptionsReserved, code: 0x81},
	{name: "SUBSCRIBE reserved bit 2", v: MQTT311, wire: `82 [000A "a" 04]`, err: errOptionsReserved, code: 0x81},
	{name: "SUBSCRIBE reserved bit 7", v: MQTT311, wire: `82 [000A "a" 80]`, err: errOptionsReserved, code: 0x81},
	{name: "SUBSCRIBE no local on shared", v: MQTT5, wire: `82 [000A [] "$share/g/t" 04]`, err: errNoLocalShared, code: 0x82},
	{name: "SUBSCRIBE shared without name", v: MQTT5, wire: `82 [000A [] "$share//t" 00]`, err: ErrShareName, code: 0x82},
	{name: "SUBSCRIBE shared without filter", v: MQTT5, wire: `82 [000A [] "$share/g" 00]`, err: ErrShareFilter, code: 0x82},
	{name: "SUBSCRIBE shared with empty filter", v: MQTT5, wire: `82 [000A [] "$share/g/" 00]`, err: ErrShareFilter, code: 0x82},
	{name: "SUBSCRIBE shared with nothing", v: MQTT5, wire: `82 [000A [] "$share/" 00]`, err: ErrShareName, code: 0x82},
	{name: "SUBSCRIBE shared with + as name", v: MQTT5, wire: `82 [000A [] "$share/+/t" 00]`, err: ErrShareFilter, code: 0x82},
	{name: "SUBSCRIBE shared with + in name", v: MQTT5, wire: `82 [000A [] "$share/g+/t" 00]`, err: ErrFilterPlus, code: 0x82},
	{name: "SUBSCRIBE shared with broken filter", v: MQTT5, wire: `82 [000A [] "$share/g/a#" 00]`, err: ErrFilterHash, code: 0x82},
	{name: "SUBSCRIBE $share is like any other", v: MQTT311, wire: `82 [000A "$share//t" 00]`, want: &Subscribe{PacketID: 10, Subscriptions: subs("$share//t", 0)}},
	{name: "SUBSCRIBE two identifiers", v: MQTT5, wire: `82 [000A [0B 01 0B 02] "a" 00]`, err: ErrPropertyRepeated, code: 0x82},
	{name: "SUBSCRIBE identifier 0", v: MQTT5, wire: `82 [000A [0B 00] "a" 00]`, err: ErrPropertyValue, code: 0x82},
	{name: "SUBSCRIBE no properties", v: MQTT5, wire: `82 [000A]`, err: ErrTruncated, code: 0x81},
	{name: "SUBSCRIBE empty", v: MQTT5, wire: `82 []`, err: ErrTruncated, code: 0x81},
	{name: "SUBACK flags", v: MQTT311, wire: `92 [000A 00]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "SUBACK flags, allowed", v: MQTT311, opt: AllowAckFlags, wire: `92 [000A 00]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0)}, once: true},
	{name: "SUBACK of a client", v: MQTT5, from: Client, wire: `90 [000A [] 00]`, err: ErrWrongSender, code: 0x82},
	{name: "SUBACK without codes", v: MQTT5, wire: `90 [000A []]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBACK without codes", v: MQTT311, wire: `90 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBACK without codes", v: MQTT31, wire: `90 [000A]`, err: ErrEmptyList, code: 0x82},
	{name: "SUBACK packet identifier 0", v: MQTT311, wire: `90 [0000 00]`, err: ErrPacketIDZero, code: 0x82},
	{name: "SUBACK code 3", v: MQTT311, wire: `90 [000A 00 03]`, err: ErrReasonCode, code: 0x82},
	{name: "SUBACK code 3", v: MQTT31, wire: `90 [000A 00 03]`, err: ErrReasonCode, code: 0x82},
	{name: "SUBACK code 3", v: MQTT5, wire: `90 [000A [] 00 03]`, err: ErrReasonCode, code: 0x82},
	{name: "SUBACK code 87", v: MQTT311, wire: `90 [000A 87]`, err: ErrReasonCode, code: 0x82},
	{name: "SUBACK code 87, allowed", v: MQTT311, opt: AllowUnknownReasonCodes, wire: `90 [000A 87]`, want: &Suback{PacketID: 10, ReasonCodes: codes(0x87)}},
	{name: "SUBACK no properties", v: MQTT5, wire: `90 [000A]`, err: ErrTruncated, code: 0x81},
}

func TestSubscriptions(t *testing.T) {
	p, err := decodeInto(nil, wire(`82 [000A [] "#" 2D "$share/g/+" 12]`), Rules{Version: MQTT5})
	require.NoError(t, err)
	s := &p.(*Subscribe).Subscriptions
	require.Equal(t, 2, s.Len())
	var filters []string
	var options []SubscriptionOptions
	for filter, o := range s.All() {
		filters, options = append(filters, string(filter)), append(options, o)
	}
	require.Equal(t, []string{"#", "$share/g/+"}, filters)
	require.Equal(t, []SubscriptionOptions{SubscriptionOptions(QoS1) | NoLocal | RetainAsPublished | RetainNone, SubscriptionOptions(QoS2) | RetainIfNew}, options)
	o := options[0]
	require.Equal(t, []any{QoS1, true, true, uint8(2)}, []any{o.QoS(), o.NoLocal(), o.RetainAsPublished(), o.RetainHandling()})
	for range s.All() {
		break // and all is well
	}

	// bits that mean nothing in 3.1 do not show, and stay on the wire
	p, err = decodeInto(nil, wire(`82 [000A "a" FE]`), Rules{Version: MQTT31})
	require.NoError(t, err)
	for _, o := range p.(*Subscribe).Subscriptions.All() {
		require.Equal(t, SubscriptionOptions(2), o)
	}
	out, err := p.Append(nil, Rules{Version: MQTT31})
	require.NoError(t, err)
	require.Equal(t, wire(`82 [000A "a" FE]`), out)
	requireNotWritten(t, p, Rules{Version: MQTT311}, ErrNotInVersion)
	requireNotWritten(t, p, Rules{Version: MQTT5}, ErrNotInVersion)

	// nor do they come to mean something: 05 is QoS 1 here, and No Local in 5.0
	p, err = decodeInto(nil, wire(`82 [000A "a" 05]`), Rules{Version: MQTT31})
	require.NoError(t, err)
	requireNotWritten(t, p, Rules{Version: MQTT5}, ErrNotInVersion)
	list := &p.(*Subscribe).Subscriptions
	list.Add(b("b"), 2)
	require.NoError(t, list.Err())
	options = nil
	for _, o := range list.All() {
		options = append(options, o)
	}
	require.Equal(t, []SubscriptionOptions{1, 2}, options)
	requireNotWritten(t, p, Rules{Version: MQTT5}, ErrNotInVersion)
	list.Add(b("c"), 1|NoLocal)
	require.ErrorIs(t, list.Err(), ErrNotInVersion)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 5)}, Rules{Version: MQTT31}, ErrNotInVersion)

	// adding to a decoded list leaves the input alone
	in := wire(`82 [000A [] "a" 00]`)
	p, err = decodeInto(nil, append(in, 0xA5, 0xA5, 0xA5, 0xA5)[:len(in)], Rules{Version: MQTT5})
	require.NoError(t, err)
	p.(*Subscribe).Subscriptions.Add(b("b"), 1)
	require.Equal(t, 2, p.(*Subscribe).Subscriptions.Len())
	require.Equal(t, wire(`A5A5A5A5`), in[len(in) : len(in)+4 : len(in)+4][:4:4])
	out, err = p.Append(nil, Rules{Version: MQTT5})
	require.NoError(t, err)
	require.Equal(t, wire(`82 [000A [] "a" 00 "b" 01]`), out)
}

// TestSubscribeAcrossVersions: a list that one version allows is held against
// the version it is written in.
func TestSubscribeAcrossVersions(t *testing.T) {
	decode := func(s string, v Version) Packet {
		p, err := decodeInto(nil, wire(s), Rules{Version: v})
		require.NoError(t, err)
		return p
	}
	requireNotWritten(t, decode(`82 [0001 [] "a" 04]`, MQTT5), Rules{Version: MQTT311}, errOptionsReserved)
	requireNotWritten(t, decode(`82 [0001 "$share//a" 00]`, MQTT311), Rules{Version: MQTT5}, ErrShareName)
	requireNotWritten(t, decode(`A2 [0001 "$share/a"]`, MQTT311), Rules{Version: MQTT5}, ErrShareFilter)
	requireNotWritten(t, decode(`82 [0001 0003 EDA080 00]`, MQTT31), Rules{Version: MQTT311}, ErrNotUTF8)
	requireNotWritten(t, decode(`A2 [0001 0003 EDA080]`, MQTT31), Rules{Version: MQTT5}, ErrNotUTF8)
	requireNotWritten(t, decode(`82 [0001 "a	b" 00]`, MQTT311), Rules{Version: MQTT311, Options: RejectControlCharacters}, ErrControlCharacter)
	requireNotWritten(t, decode(`A2 [0001 "a	b"]`, MQTT311), Rules{Version: MQTT311, Options: RejectControlCharacters}, ErrControlCharacter)
	out, err := decode(`82 [0001 [] "a/+" 02]`, MQTT5).Append(nil, Rules{Version: MQTT31})
	require.NoError(t, err)
	require.Equal(t, wire(`82 [0001 "a/+" 02]`), out)
	p := decode(`82 [0001 0003 EDA080 00]`, MQTT31).(*Subscribe)
	p.Subscriptions.Add(b("b"), 0)
	requireNotWritten(t, p, Rules{Version: MQTT311}, ErrNotUTF8)
}

func TestSubscribeAppendRefuses(t *testing.T) {
	v5, v311 := Rules{Version: MQTT5}, Rules{Version: MQTT311}
	requireNotWritten(t, &Subscribe{PacketID: 1}, v5, ErrEmptyList)
	requireNotWritten(t, &Subscribe{PacketID: 1}, v311, ErrEmptyList)
	requireNotWritten(t, &Subscribe{Subscriptions: subs("a", 0)}, v5, ErrPacketIDZero)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 3)}, v5, errOptionsQoS3)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 0x30)}, v5, errRetainHandling3)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 0x80)}, v5, errOptionsReserved)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 4)}, v311, errOptionsReserved)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("$share/g/a", 4)}, v5, errNoLocalShared)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("$share/a", 0)}, v5, ErrShareFilter)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 0), Properties: subID(1)}, v311, ErrNotInVersion)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 0), Properties: properties(func(p *Properties) {
		p.AddSubscriptionIdentifier(1)
		p.AddSubscriptionIdentifier(2)
	})}, v5, ErrPropertyRepeated)
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: subs("a", 0)}, Rules{Version: MQTT5, Sender: Server}, ErrWrongSender)
	requireNotWritten(t, &Suback{PacketID: 1}, v5, ErrEmptyList)
	requireNotWritten(t, &Suback{PacketID: 1}, v311, ErrEmptyList)
	requireNotWritten(t, &Suback{ReasonCodes: codes(0)}, v311, ErrPacketIDZero)
	requireNotWritten(t, &Suback{PacketID: 1, ReasonCodes: codes(0x87)}, v311, ErrReasonCode)
	requireNotWritten(t, &Suback{PacketID: 1, ReasonCodes: codes(0, 0x11)}, v5, ErrReasonCode)
	requireNotWritten(t, &Suback{PacketID: 1, ReasonCodes: codes(0)}, Rules{Version: MQTT311, Sender: Client}, ErrWrongSender)

	var s Subscriptions
	s.Add(b("a#"), 0)
	s.Add(b("a"), 0)
	require.ErrorIs(t, s.Err(), ErrFilterHash)
	require.Zero(t, s.Len())
	requireNotWritten(t, &Subscribe{PacketID: 1, Subscriptions: s}, v5, ErrFilterHash)
	s.Reset(nil)
	require.NoError(t, s.Err())
	s.Add(make([]byte, 65536), 0)
	require.ErrorIs(t, s.Err(), ErrStringTooLong)
}

func TestReasonCodes(t *testing.T) {
	buf := make([]byte, 0, 4)
	var c ReasonCodes
	c.Reset(buf)
	c.Add(1)
	c.Add(0x80)
	require.Equal(t, 2, c.Len())
	require.Equal(t, ReasonCode(0x80), c.At(1))
	require.Equal(t, []byte{1, 0x80}, buf[:2], "the caller's memory is used")
	var got []ReasonCode
	for code := range c.All() {
		got = append(got, code)
	}
	require.Equal(t, []ReasonCode{1, 0x80}, got)
	for range c.All() {
		break
	}
}
