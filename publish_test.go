package mqttwire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func alias(n uint16) Properties { return properties(func(p *Properties) { p.SetTopicAlias(n) }) }

var publishRows = []row{
	{name: "QoS 0", v: MQTT5, wire: `30 ["a/b" [] 'hi']`, want: &Publish{TopicName: b("a/b"), Payload: b("hi")}},
	{name: "QoS 0", v: MQTT311, wire: `30 ["a/b" 'hi']`, want: &Publish{TopicName: b("a/b"), Payload: b("hi")}},
	{name: "QoS 0", v: MQTT31, wire: `30 ["a/b" 'hi']`, want: &Publish{TopicName: b("a/b"), Payload: b("hi")}},
	{name: "QoS 1", v: MQTT5, wire: `32 ["a" 0001 [] 'x']`, want: &Publish{QoS: 1, PacketID: 1, TopicName: b("a"), Payload: b("x")}},
	{name: "QoS 1, DUP, RETAIN", v: MQTT311, wire: `3B ["a" FFFF 'x']`,
		want: &Publish{Dup: true, QoS: 1, Retain: true, PacketID: 65535, TopicName: b("a"), Payload: b("x")}},
	{name: "QoS 2", v: MQTT311, wire: `34 ["a" 000A]`, want: &Publish{QoS: 2, PacketID: 10, TopicName: b("a"), Payload: b("")}},
	{name: "QoS 2, DUP", v: MQTT5, wire: `3C ["a" 000A []]`, want: &Publish{Dup: true, QoS: 2, PacketID: 10, TopicName: b("a"), Payload: b("")}},
	{name: "QoS 2", v: MQTT31, wire: `34 ["a" 000A]`, want: &Publish{QoS: 2, PacketID: 10, TopicName: b("a"), Payload: b("")}},
	{name: "RETAIN, no payload", v: MQTT5, wire: `31 ["a" []]`, want: &Publish{Retain: true, TopicName: b("a"), Payload: b("")}},
	{name: "every property of a server", v: MQTT5, from: Server,
		wire: `30 ["t" [01 01 02 0000003C 23 0007 08 "re" 09 0002 FF00 26 "a" "1" 26 "a" "2" 0B 01 0B 80 01 0B 01 03 "text"] 'x']`,
		want: &Publish{TopicName: b("t"), Payload: b("x"), Properties: properties(func(p *Properties) {
			p.SetPayloadFormatIndicator(true)
			p.SetMessageExpiryInterval(60)
			p.SetTopicAlias(7)
			p.SetResponseTopic(b("re"))
			p.SetCorrelationData([]byte{0xFF, 0})
			p.AddUserProperty(b("a"), b("1"))
			p.AddUserProperty(b("a"), b("2"))
			p.AddSubscriptionIdentifier(1)
			p.AddSubscriptionIdentifier(128)
			p.AddSubscriptionIdentifier(1)
			p.SetContentType(b("text"))
		})}},
	{name: "topic alias alone", v: MQTT5, from: Client, wire: `30 ["" [23 0001] 'x']`,
		want: &Publish{TopicName: b(""), Properties: alias(1), Payload: b("x")}},
	{name: "topics of odd shape", v: MQTT311, wire: `30 ["/a// b/$/"]`, want: &Publish{TopicName: b("/a// b/$/"), Payload: b("")}},
	{name: "topic $share", v: MQTT5, wire: `30 ["$share/a/b" []]`, want: &Publish{TopicName: b("$share/a/b"), Payload: b("")}},
	{name: "payload not UTF-8", v: MQTT5, wire: `30 ["a" [01 01] FF]`,
		want: &Publish{TopicName: b("a"), Payload: []byte{0xFF}, Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}},
	{name: "payload not UTF-8, refused", v: MQTT5, opt: RejectInvalidPayload, wire: `30 ["a" [01 01] FF]`, err: ErrPayloadFormat, code: 0x99},
	{name: "payload UTF-8 with U+0000", v: MQTT5, opt: RejectInvalidPayload, wire: `30 ["a" [01 01] C3A4 00]`,
		want: &Publish{TopicName: b("a"), Payload: b("ä\x00"), Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}},
	{name: "payload of any bytes", v: MQTT5, opt: RejectInvalidPayload, wire: `30 ["a" [01 00] FF]`,
		want: &Publish{TopicName: b("a"), Payload: []byte{0xFF}, Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(false) })}},
	{name: "payload of any bytes, 3.1.1", v: MQTT311, opt: RejectInvalidPayload, wire: `30 ["a" FF]`,
		want: &Publish{TopicName: b("a"), Payload: []byte{0xFF}}},

	{name: "QoS 3", v: MQTT5, wire: `36 ["a" 0001 []]`, err: errQoS3, code: 0x81},
	{name: "QoS 3", v: MQTT311, wire: `36 ["a" 0001]`, err: errQoS3, code: 0x81},
	{name: "QoS 3, DUP", v: MQTT31, wire: `3E ["a" 0001]`, err: errQoS3, code: 0x81},
	{name: "DUP at QoS 0", v: MQTT5, wire: `38 ["a" []]`, err: errDupQoS0, code: 0x81},
	{name: "DUP at QoS 0", v: MQTT311, wire: `39 ["a"]`, err: errDupQoS0, code: 0x81},
	{name: "DUP at QoS 0", v: MQTT31, wire: `38 ["a"]`, want: &Publish{Dup: true, TopicName: b("a"), Payload: b("")}},
	{name: "DUP at QoS 0, allowed", v: MQTT311, opt: AllowDupQoS0, wire: `38 ["a"]`, want: &Publish{Dup: true, TopicName: b("a"), Payload: b("")}},
	{name: "DUP at QoS 0, allowed", v: MQTT5, opt: AllowDupQoS0, wire: `38 ["a" []]`, want: &Publish{Dup: true, TopicName: b("a"), Payload: b("")}},
	{name: "packet identifier 0", v: MQTT5, wire: `32 ["a" 0000 []]`, err: ErrPacketIDZero, code: 0x82},
	{name: "packet identifier 0", v: MQTT311, wire: `34 ["a" 0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "packet identifier 0", v: MQTT31, wire: `32 ["a" 0000]`, err: ErrPacketIDZero, code: 0x82},
	{name: "no topic, no alias", v: MQTT5, wire: `30 ["" []]`, err: errNoTopic, code: 0x82},
	{name: "no topic", v: MQTT311, wire: `30 [""]`, err: errNoTopic, code: 0x82},
	{name: "no topic", v: MQTT31, wire: `30 [""]`, err: errNoTopic, code: 0x82},
	{name: "topic alias 0", v: MQTT5, wire: `30 ["a" [23 0000]]`, err: ErrTopicAliasZero, code: 0x94},
	{name: "topic alias 0 alone", v: MQTT5, wire: `30 ["" [23 0000]]`, err: ErrTopicAliasZero, code: 0x94},
	{name: "+ in topic", v: MQTT5, wire: `30 ["a/+/b" []]`, err: ErrTopicWildcard, code: 0x82},
	{name: "# in topic", v: MQTT311, wire: `30 ["#"]`, err: ErrTopicWildcard, code: 0x82},
	{name: "+ in topic", v: MQTT31, wire: `30 ["a+"]`, err: ErrTopicWildcard, code: 0x82},
	{name: "subscription identifier of a client", v: MQTT5, from: Client, wire: `30 ["a" [0B 01]]`, err: ErrPropertySender, code: 0x82},
	{name: "subscription identifier 0", v: MQTT5, wire: `30 ["a" [0B 00]]`, err: ErrPropertyValue, code: 0x82},
	{name: "empty", v: MQTT5, wire: `30 []`, err: ErrTruncated, code: 0x81},
	{name: "empty", v: MQTT311, wire: `30 []`, err: ErrTruncated, code: 0x81},
	{name: "topic cut off", v: MQTT311, wire: `30 [0002 'a']`, err: ErrTruncated, code: 0x81},
	{name: "no packet identifier", v: MQTT311, wire: `32 ["a"]`, err: ErrTruncated, code: 0x81},
	{name: "half a packet identifier", v: MQTT5, wire: `32 ["a" 00]`, err: ErrTruncated, code: 0x81},
	{name: "no properties", v: MQTT5, wire: `30 ["a"]`, err: ErrTruncated, code: 0x81},
	{name: "properties longer than the packet", v: MQTT5, wire: `30 ["a" 05 01 01]`, err: ErrTruncated, code: 0x81},
}

// TestPublishIDZero: the statement depends on who sent the packet.
func TestPublishIDZero(t *testing.T) {
	for from, clause := range map[Sender]string{AnySender: "[MQTT-2.2.1-3]", Client: "[MQTT-2.2.1-3]", Server: "[MQTT-2.2.1-4]"} {
		_, err := decodeInto(nil, wire(`32 ["a" 0000 []]`), Rules{Version: MQTT5, Sender: from})
		require.ErrorIs(t, err, ErrPacketIDZero)
		require.Equal(t, clause, err.(*Error).Clause(MQTT5))
		requireNotWritten(t, &Publish{QoS: 1, TopicName: b("a")}, Rules{Version: MQTT5, Sender: from}, err)
	}
}

func TestPublishAppendRefuses(t *testing.T) {
	v5, v311, v31 := Rules{Version: MQTT5}, Rules{Version: MQTT311}, Rules{Version: MQTT31}
	requireNotWritten(t, &Publish{QoS: 3, PacketID: 1, TopicName: b("a")}, v5, errQoS3)
	requireNotWritten(t, &Publish{QoS: 0x82, PacketID: 1, TopicName: b("a")}, v5, errQoS3)
	requireNotWritten(t, &Publish{Dup: true, TopicName: b("a")}, v5, errDupQoS0)
	requireNotWritten(t, &Publish{Dup: true, TopicName: b("a")}, v311, errDupQoS0)
	requireNotWritten(t, &Publish{QoS: 1, TopicName: b("a")}, v5, ErrPacketIDZero)
	requireNotWritten(t, &Publish{QoS: 2, TopicName: b("a")}, v31, ErrPacketIDZero)
	requireNotWritten(t, &Publish{PacketID: 1, TopicName: b("a")}, v311, errIDAtQoS0)
	requireNotWritten(t, &Publish{}, v5, errNoTopic)
	requireNotWritten(t, &Publish{}, v311, errNoTopic)
	requireNotWritten(t, &Publish{Properties: alias(1)}, v311, ErrNotInVersion)
	requireNotWritten(t, &Publish{TopicName: b("a"), Properties: user("a", "b")}, v31, ErrNotInVersion)
	requireNotWritten(t, &Publish{TopicName: b("a/#")}, v5, ErrTopicWildcard)
	requireNotWritten(t, &Publish{TopicName: b("a\x00b")}, v311, ErrNullCharacter)
	requireNotWritten(t, &Publish{TopicName: b("a\xC0b")}, v5, ErrNotUTF8)
	requireNotWritten(t, &Publish{TopicName: b(strings.Repeat("a", 65536))}, v5, ErrStringTooLong)
	requireNotWritten(t, &Publish{TopicName: b("a"), Properties: properties(func(p *Properties) { p.AddSubscriptionIdentifier(1) })},
		Rules{Version: MQTT5, Sender: Client}, ErrPropertySender)
	requireNotWritten(t, &Publish{TopicName: b("a")}, Rules{Version: 6}, errNoVersion[PacketPublish])

	p := Publish{TopicName: b("a")}
	for _, n := range []int{-1, MaxRemainingLength - 2} {
		dst, err := p.AppendHeader(b("before"), n, v311)
		require.ErrorIs(t, err, ErrPacketTooLarge)
		require.Equal(t, "before", string(dst))
	}
	dst, err := p.AppendHeader(nil, MaxRemainingLength-3, v311)
	require.NoError(t, err)
	require.Equal(t, wire(`30 FFFFFF7F "a"`), dst)
}

// TestPublishHeader: header and payload apart are the packet, whatever prefix
// the header is decoded from.
func TestPublishHeader(t *testing.T) {
	for _, r := range publishRows {
		if r.want == nil || r.opt&RejectInvalidPayload != 0 {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s", r.v, r.name), func(t *testing.T) {
			whole := wire(r.wire)
			want := *r.want.(*Publish)
			head, err := want.AppendHeader(nil, len(want.Payload), r.rules())
			require.NoError(t, err)
			require.Equal(t, whole, append(bytes.Clone(head), want.Payload...))

			h, n, err := ConsumeFixedHeader(whole)
			require.NoError(t, err)
			body := whole[n:]
			end := len(body) - len(want.Payload)
			want.Payload = nil
			for i := range len(body) + 1 {
				var got Publish
				n, err := got.DecodeHeader(h, body[:i:i], r.rules())
				if i < end {
					require.Equal(t, ErrIncomplete, err, "%d of %d bytes", i, end)
					require.Zero(t, n)
					continue
				}
				require.NoError(t, err, "%d of %d bytes", i, end)
				require.Equal(t, end, n)
				require.Equal(t, want, got)
			}
		})
	}
}

// TestPublishHeaderRefuses: what is wrong with a header is found from as much of
// it as there is, and never called incomplete once it is all there.
func TestPublishHeaderRefuses(t *testing.T) {
	for _, r := range publishRows {
		if r.want != nil || r.opt&RejectInvalidPayload != 0 {
			continue
		}
		whole := wire(r.wire)
		h, n, err := ConsumeFixedHeader(whole)
		require.NoError(t, err)
		var p Publish
		_, err = p.DecodeHeader(h, append(whole[n:len(whole):len(whole)], 0xA5), r.rules())
		require.ErrorIs(t, err, r.err, r.name)
		for i := range len(whole) - n {
			_, err := p.DecodeHeader(h, whole[n:n+i], r.rules())
			if err != ErrIncomplete { // a bad flag or length shows early
				require.ErrorIs(t, err, r.err, r.name)
			}
		}
	}
	// 200 MB of which 20 bytes are here
	h := FixedHeader{Type: PacketPublish, RemainingLength: 200_000_000}
	var p Publish
	n, err := p.DecodeHeader(h, wire(`"big" [01 01] 'payload begins'`), Rules{Version: MQTT5})
	require.NoError(t, err)
	require.Equal(t, 8, n)
	require.Equal(t, "big", string(p.TopicName))
	_, err = p.DecodeHeader(FixedHeader{Type: PacketPublish, RemainingLength: -5}, []byte{0, 1, 'a'}, Rules{Version: MQTT311})
	require.ErrorIs(t, err, ErrTruncated)
	require.ErrorIs(t, p.Decode(FixedHeader{Type: PacketPublish, Flags: 0x30, RemainingLength: 3}, []byte{0, 1, 'a'}, Rules{Version: MQTT311}), ErrFixedHeaderFlags)
	_, err = p.DecodeHeader(FixedHeader{Type: PacketPuback, RemainingLength: 2}, []byte{0, 1}, Rules{Version: MQTT5})
	require.ErrorIs(t, err, ErrPacketType)
}
