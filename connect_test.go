package mqttwire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	long23 = "abcdefghijklmnopqrstuvw"
	long24 = "abcdefghijklmnopqrstuvwx"
)

var connectRows = []row{
	{name: "minimal", v: MQTT5, wire: `10 ["MQTT" 05 02 003C [] ""]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("")}},
	{name: "minimal", v: MQTT311, wire: `10 ["MQTT" 04 02 003C ""]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("")}},
	{name: "minimal", v: MQTT31, wire: `10 ["MQIsdp" 03 02 003C "c"]`,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "the handshake of the tutorials", v: MQTT5, from: Client,
		wire: `10 ["MQTT" 05 C2 003C [11 0000012C] "mqttclient" "admin" "public"]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("mqttclient"),
			UserName: b("admin"), Password: b("public"),
			Properties: properties(func(p *Properties) { p.SetSessionExpiryInterval(300) })}},
	{name: "everything", v: MQTT5, from: Client,
		wire: `10 ["MQTT" 05 F6 FFFF
			[11 FFFFFFFF 21 000A 27 00010000 22 0005 19 01 17 00 26 "a" "b" 26 "a" "b" 15 "SCRAM" 16 0002 FF00] "id"
			[18 0000000A 01 01 02 0000003C 03 "text/plain" 08 "reply/to" 09 0001 00 26 "" ""] "will" "bye" "user" 0003 00FFFE]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 0xFFFF, ClientID: b("id"), WillFlag: true,
			Properties: properties(func(p *Properties) {
				p.SetSessionExpiryInterval(0xFFFFFFFF)
				p.SetReceiveMaximum(10)
				p.SetMaximumPacketSize(65536)
				p.SetTopicAliasMaximum(5)
				p.SetRequestResponseInformation(true)
				p.SetRequestProblemInformation(false)
				p.AddUserProperty(b("a"), b("b"))
				p.AddUserProperty(b("a"), b("b"))
				p.SetAuthenticationMethod(b("SCRAM"))
				p.SetAuthenticationData([]byte{0xFF, 0})
			}),
			Will: Will{QoS: QoS2, Retain: true, Topic: b("will"), Payload: b("bye"),
				Properties: properties(func(p *Properties) {
					p.SetWillDelayInterval(10)
					p.SetPayloadFormatIndicator(true)
					p.SetMessageExpiryInterval(60)
					p.SetContentType(b("text/plain"))
					p.SetResponseTopic(b("reply/to"))
					p.SetCorrelationData([]byte{0})
					p.AddUserProperty(nil, nil)
				})},
			UserName: b("user"), Password: []byte{0, 0xFF, 0xFE}}},
	{name: "everything", v: MQTT311, wire: `10 ["MQTT" 04 EE 000A "id" "will" 0002 FF00 "user" 0002 FF00]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 10, ClientID: b("id"), WillFlag: true,
			Will:     Will{QoS: QoS1, Retain: true, Topic: b("will"), Payload: []byte{0xFF, 0}},
			UserName: b("user"), Password: []byte{0xFF, 0}}},
	{name: "everything", v: MQTT31, wire: `10 ["MQIsdp" 03 EE 000A "id" "will" "bye" "user" "pass"]`,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 10, ClientID: b("id"), WillFlag: true,
			Will:     Will{QoS: QoS1, Retain: true, Topic: b("will"), Payload: b("bye")},
			UserName: b("user"), Password: b("pass")}},
	{name: "empty will payload, user name and password", v: MQTT5, wire: `10 ["MQTT" 05 C6 003C [] "" [] "w" "" "" ""]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b(""), WillFlag: true,
			Will: Will{Topic: b("w"), Payload: b("")}, UserName: b(""), Password: b("")}},
	{name: "empty will payload, user name and password", v: MQTT311, wire: `10 ["MQTT" 04 C6 003C "" "w" "" "" ""]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b(""), WillFlag: true,
			Will: Will{Topic: b("w"), Payload: b("")}, UserName: b(""), Password: b("")}},
	{name: "any order of properties", v: MQTT5, wire: `10 ["MQTT" 05 02 003C [22 0000 11 00000000] "c"]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"),
			Properties: properties(func(p *Properties) { p.SetTopicAliasMaximum(0); p.SetSessionExpiryInterval(0) })}},

	// Protocol Name and Version
	{name: "name MQTX", v: MQTT5, wire: `10 ["MQTX" 05 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "name mqtt", v: MQTT311, wire: `10 ["mqtt" 04 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "name of no characters", v: MQTT311, wire: `10 ["" 04 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "name MQTT with a zero behind it", v: MQTT311, wire: `10 [0005'MQTT'00 04 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "level 6", v: MQTT5, wire: `10 ["MQTT" 06 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "level 0", v: MQTT311, wire: `10 ["MQTT" 00 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "level of another version", v: MQTT5, wire: `10 ["MQTT" 04 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "MQTT with level 3", v: MQTT31, wire: `10 ["MQTT" 03 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "MQIsdp with level 4", v: MQTT311, wire: `10 ["MQIsdp" 04 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "MQIsdp with level 5", v: MQTT5, wire: `10 ["MQIsdp" 05 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "MQTT with level 3, allowed", v: MQTT31, opt: AllowLevelMismatch, wire: `10 ["MQTT" 03 02 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "MQIsdp with level 4, allowed", v: MQTT311, opt: AllowLevelMismatch, wire: `10 ["MQIsdp" 04 02 003C "c"]`, once: true,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "level 6 although a mismatch is allowed", v: MQTT5, opt: AllowLevelMismatch | AllowBridgeLevel,
		wire: `10 ["MQTT" 06 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "bridge", v: MQTT311, wire: `10 ["MQTT" 84 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "bridge", v: MQTT31, wire: `10 ["MQIsdp" 83 02 003C "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "bridge, allowed", v: MQTT311, opt: AllowBridgeLevel, wire: `10 ["MQTT" 84 02 003C "c"]`,
		want: &Connect{Version: MQTT311, Bridge: true, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "bridge, allowed", v: MQTT31, opt: AllowBridgeLevel, wire: `10 ["MQIsdp" 83 02 003C "c"]`,
		want: &Connect{Version: MQTT31, Bridge: true, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "no bridge in 5.0", v: MQTT5, opt: AllowBridgeLevel, wire: `10 ["MQTT" 85 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "bridge with the name of another version", v: MQTT31, opt: AllowBridgeLevel, wire: `10 ["MQTT" 83 02 003C "c"]`,
		err: ErrUnsupportedVersion, code: 0x84},
	{name: "bridge with the name of another version, allowed", v: MQTT31, opt: AllowBridgeLevel | AllowLevelMismatch,
		wire: `10 ["MQTT" 83 02 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, Bridge: true, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "no bridge in 5.0, though all is allowed", v: MQTT5, opt: AllowBridgeLevel | AllowLevelMismatch,
		wire: `10 ["MQIsdp" 85 02 003C [] "c"]`, err: ErrUnsupportedVersion, code: 0x84},

	// Fixed header
	{name: "flags", v: MQTT5, wire: `11 ["MQTT" 05 02 003C [] "c"]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "flags", v: MQTT311, wire: `18 ["MQTT" 04 02 003C "c"]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "flags mean nothing", v: MQTT31, wire: `1F ["MQIsdp" 03 02 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "sent by a server", v: MQTT5, from: Server, wire: `10 ["MQTT" 05 02 003C [] "c"]`, err: ErrWrongSender, code: 0x82},
	{name: "sent by a server", v: MQTT31, from: Server, wire: `10 ["MQIsdp" 03 02 003C "c"]`, err: ErrWrongSender, code: 0x82},

	// Connect Flags
	{name: "reserved flag", v: MQTT5, wire: `10 ["MQTT" 05 03 003C [] "c"]`, err: errReservedFlag, code: 0x81},
	{name: "reserved flag", v: MQTT311, wire: `10 ["MQTT" 04 03 003C "c"]`, err: errReservedFlag, code: 0x81},
	{name: "reserved flag means nothing", v: MQTT31, wire: `10 ["MQIsdp" 03 03 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "will QoS 3", v: MQTT5, wire: `10 ["MQTT" 05 1E 003C [] "c" [] "w" ""]`, err: errWillQoS3, code: 0x81},
	{name: "will QoS 3", v: MQTT311, wire: `10 ["MQTT" 04 1E 003C "c" "w" ""]`, err: errWillQoS3, code: 0x81},
	{name: "will QoS 3", v: MQTT31, wire: `10 ["MQIsdp" 03 1E 003C "c" "w" ""]`, err: errWillQoS3, code: 0x81},
	{name: "will QoS 1 without will", v: MQTT5, wire: `10 ["MQTT" 05 0A 003C [] "c"]`, err: errWillQoSAlone, code: 0x81},
	{name: "will QoS 2 without will", v: MQTT311, wire: `10 ["MQTT" 04 12 003C "c"]`, err: errWillQoSAlone, code: 0x81},
	{name: "will QoS 3 without will", v: MQTT5, wire: `10 ["MQTT" 05 1A 003C [] "c"]`, err: errWillQoSAlone, code: 0x81},
	{name: "will retain without will", v: MQTT5, wire: `10 ["MQTT" 05 22 003C [] "c"]`, err: errWillRetainAlone, code: 0x81},
	{name: "will retain without will", v: MQTT311, wire: `10 ["MQTT" 04 22 003C "c"]`, err: errWillRetainAlone, code: 0x81},
	{name: "will bits without will mean nothing", v: MQTT31, wire: `10 ["MQIsdp" 03 3A 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "password alone", v: MQTT5, wire: `10 ["MQTT" 05 42 003C [] "c" "p"]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"), Password: b("p")}},
	{name: "password alone", v: MQTT311, wire: `10 ["MQTT" 04 42 003C "c" "p"]`, err: errPasswordAlone, code: 0x81},
	{name: "password alone", v: MQTT31, wire: `10 ["MQIsdp" 03 42 003C "c" "p"]`, err: errPasswordAlone, code: 0x81},
	{name: "password alone, allowed", v: MQTT311, opt: AllowPasswordWithoutUserName, wire: `10 ["MQTT" 04 42 003C "c" "p"]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("c"), Password: b("p")}},

	// Client Identifier
	{name: "empty, without clean start", v: MQTT5, wire: `10 ["MQTT" 05 00 003C [] ""]`,
		want: &Connect{Version: MQTT5, KeepAlive: 60, ClientID: b("")}},
	{name: "empty, without clean session", v: MQTT311, wire: `10 ["MQTT" 04 00 003C ""]`, err: errClientID, code: 0x85},
	{name: "empty client identifier", v: MQTT31, wire: `10 ["MQIsdp" 03 02 003C ""]`, err: errClientID, code: 0x85},
	{name: "23 characters", v: MQTT31, wire: `10 ["MQIsdp" 03 02 003C "` + long23 + `"]`,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b(long23)}},
	{name: "24 characters", v: MQTT31, wire: `10 ["MQIsdp" 03 02 003C "` + long24 + `"]`, err: errClientID, code: 0x85},
	{name: "24 characters, allowed", v: MQTT31, opt: AllowLongClientID, wire: `10 ["MQIsdp" 03 02 003C "` + long24 + `"]`,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b(long24)}},
	{name: "23 characters in 46 bytes", v: MQTT31, wire: `10 ["MQIsdp" 03 02 003C "` + strings.Repeat("ä", 23) + `"]`,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b(strings.Repeat("ä", 23))}},
	{name: "24 characters", v: MQTT311, wire: `10 ["MQTT" 04 02 003C "` + long24 + `"]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b(long24)}},

	// Will
	{name: "will topic empty", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c" [] "" ""]`, err: ErrTopicEmpty, code: 0x82},
	{name: "will topic empty", v: MQTT311, wire: `10 ["MQTT" 04 06 003C "c" "" ""]`, err: ErrTopicEmpty, code: 0x82},
	{name: "will topic with +", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c" [] "a/+" ""]`, err: ErrTopicWildcard, code: 0x82},
	{name: "will topic with #", v: MQTT311, wire: `10 ["MQTT" 04 06 003C "c" "#" ""]`, err: ErrTopicWildcard, code: 0x82},
	{name: "will topic with #", v: MQTT31, wire: `10 ["MQIsdp" 03 06 003C "c" "#" ""]`, err: ErrTopicWildcard, code: 0x82},
	{name: "will topic with $", v: MQTT311, wire: `10 ["MQTT" 04 06 003C "c" "$SYS/a" ""]`,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("c"), WillFlag: true,
			Will: Will{Topic: b("$SYS/a"), Payload: b("")}}},
	{name: "will without properties", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c" "w" ""]`, err: ErrMalformedPacket, code: 0x81},
	{name: "will payload not UTF-8", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c" [01 01] "w" 0001 FF]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"), WillFlag: true,
			Will: Will{Topic: b("w"), Payload: []byte{0xFF}, Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}}},
	{name: "will payload not UTF-8, refused", v: MQTT5, opt: RejectInvalidPayload,
		wire: `10 ["MQTT" 05 06 003C [] "c" [01 01] "w" 0001 FF]`, err: ErrPayloadFormat, code: 0x99},
	{name: "will payload UTF-8", v: MQTT5, opt: RejectInvalidPayload, wire: `10 ["MQTT" 05 06 003C [] "c" [01 01] "w" "ä"]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"), WillFlag: true,
			Will: Will{Topic: b("w"), Payload: b("ä"), Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}}},
	{name: "will payload of any bytes", v: MQTT5, opt: RejectInvalidPayload, wire: `10 ["MQTT" 05 06 003C [] "c" [01 00] "w" 0001 FF]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"), WillFlag: true,
			Will: Will{Topic: b("w"), Payload: []byte{0xFF}, Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(false) })}}},

	// User Name and Password
	{name: "user name flag without user name", v: MQTT311, wire: `10 ["MQTT" 04 82 003C "c"]`, err: ErrTruncated, code: 0x81},
	{name: "user name flag without user name", v: MQTT5, wire: `10 ["MQTT" 05 82 003C [] "c"]`, err: ErrTruncated, code: 0x81},
	{name: "user name flag without user name", v: MQTT31, wire: `10 ["MQIsdp" 03 82 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "both flags, neither string", v: MQTT31, wire: `10 ["MQIsdp" 03 C2 003C "c"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "both flags, no password", v: MQTT31, wire: `10 ["MQIsdp" 03 C2 003C "c" "u"]`, once: true,
		want: &Connect{Version: MQTT31, CleanStart: true, KeepAlive: 60, ClientID: b("c"), UserName: b("u")}},
	{name: "half a user name", v: MQTT31, wire: `10 ["MQIsdp" 03 82 003C "c" 0002 'u']`, err: ErrTruncated, code: 0x81},
	{name: "user name without flag", v: MQTT5, wire: `10 ["MQTT" 05 02 003C [] "c" "u"]`, err: ErrTrailingBytes, code: 0x81},
	{name: "user name without flag", v: MQTT311, wire: `10 ["MQTT" 04 02 003C "c" "u"]`, err: ErrTrailingBytes, code: 0x81},
	{name: "password flag without password", v: MQTT311, wire: `10 ["MQTT" 04 C2 003C "c" "u"]`, err: ErrTruncated, code: 0x81},
	{name: "password without flag", v: MQTT311, wire: `10 ["MQTT" 04 82 003C "c" "u" "p"]`, err: ErrTrailingBytes, code: 0x81},
	{name: "password is a string", v: MQTT31, wire: `10 ["MQIsdp" 03 C2 003C "c" "u" 0001 FF]`, err: ErrNotUTF8, code: 0x81},
	{name: "bytes behind it, allowed", v: MQTT311, opt: AllowTrailingBytes, wire: `10 ["MQTT" 04 02 003C "c" 0000]`, once: true,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},

	// Enhanced authentication
	{name: "authentication data without method", v: MQTT5, wire: `10 ["MQTT" 05 02 003C [16 0001 00] "c"]`, err: errNoMethod, code: 0x82},
	{name: "authentication method without data", v: MQTT5, wire: `10 ["MQTT" 05 02 003C [15 "m"] "c"]`,
		want: &Connect{Version: MQTT5, CleanStart: true, KeepAlive: 60, ClientID: b("c"),
			Properties: properties(func(p *Properties) { p.SetAuthenticationMethod(b("m")) })}},

	// Lengths
	{name: "nothing", v: MQTT5, wire: `10 []`, err: ErrTruncated, code: 0x81},
	{name: "name cut off", v: MQTT5, wire: `10 [0004 'MQT']`, err: ErrTruncated, code: 0x81},
	{name: "no level", v: MQTT5, wire: `10 ["MQTT"]`, err: ErrTruncated, code: 0x81},
	{name: "no flags", v: MQTT5, wire: `10 ["MQTT" 05]`, err: ErrTruncated, code: 0x81},
	{name: "no keep alive", v: MQTT311, wire: `10 ["MQTT" 04 02 00]`, err: ErrTruncated, code: 0x81},
	{name: "no properties", v: MQTT5, wire: `10 ["MQTT" 05 02 003C]`, err: ErrTruncated, code: 0x81},
	{name: "no client identifier", v: MQTT5, wire: `10 ["MQTT" 05 02 003C []]`, err: ErrTruncated, code: 0x81},
	{name: "no client identifier", v: MQTT311, wire: `10 ["MQTT" 04 02 003C]`, err: ErrTruncated, code: 0x81},
	{name: "client identifier cut off", v: MQTT311, wire: `10 ["MQTT" 04 02 003C 0002 'c']`, err: ErrTruncated, code: 0x81},
	{name: "no will", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c"]`, err: ErrTruncated, code: 0x81},
	{name: "no will payload", v: MQTT5, wire: `10 ["MQTT" 05 06 003C [] "c" [] "w"]`, err: ErrTruncated, code: 0x81},
	{name: "no will payload", v: MQTT311, wire: `10 ["MQTT" 04 06 003C "c" "w"]`, err: ErrTruncated, code: 0x81},
}

// TestConnectBringsItsVersion: without a version in the rules the packet decides.
func TestConnectBringsItsVersion(t *testing.T) {
	for _, r := range connectRows {
		if r.want == nil {
			continue
		}
		r.v = 0
		p, err := decodeInto(nil, wire(r.wire), r.rules())
		require.NoError(t, err, r.name)
		require.Equal(t, r.want, p, r.name)

		own := *r.want.(*Connect)
		b1, err := own.Append(nil, r.rules())
		require.NoError(t, err)
		require.Equal(t, len(b1), own.Size(0))
		v := own.Version
		own.Version = 0 // now the rules decide
		b2, err := own.Append(nil, Rules{Version: v, Options: r.opt})
		require.NoError(t, err)
		require.Equal(t, b1, b2)
		require.Equal(t, len(b2), own.Size(v))
	}
}

// TestConnectHandsUp: a CONNECT that is refused for its version or its client
// identifier can still be looked at.
func TestConnectHandsUp(t *testing.T) {
	var d Decoder
	p, n, err := d.Decode(wire(`10 ["MQTT" 06 02 003C [] "c"]`))
	require.ErrorIs(t, err, ErrUnsupportedVersion)
	require.Zero(t, n)
	require.Equal(t, &Connect{Version: 6}, p)

	d = Decoder{}
	p, n, err = d.Decode(wire(`10 ["MQTT" 04 C0 003C "" "u" "p"]`))
	require.Equal(t, ReasonClientIdentifierNotValid, err.(*Error).ReasonCode())
	require.Equal(t, ReturnIdentifierRejected, err.(*Error).ReturnCode())
	require.Zero(t, n)
	require.Equal(t, &Connect{Version: MQTT311, KeepAlive: 60, ClientID: b(""), UserName: b("u"), Password: b("p")}, p)

	d = Decoder{}
	p, _, err = d.Decode(wire(`10 ["MQTT" 04 03 003C "c"]`))
	require.Error(t, err)
	require.Nil(t, p)
}

// TestConnectAppendRefuses: each value has a legal neighbour in connectRows.
func TestConnectAppendRefuses(t *testing.T) {
	ok := Connect{Version: MQTT5, CleanStart: true, ClientID: b("c")}
	tests := []struct {
		name   string
		r      Rules
		change func(c *Connect)
		err    error
	}{
		{"will QoS 3", Rules{}, func(c *Connect) { c.WillFlag = true; c.Will = Will{QoS: 3, Topic: b("w")} }, errWillQoS3},
		{"will QoS 64", Rules{}, func(c *Connect) { c.WillFlag = true; c.Will = Will{QoS: 64, Topic: b("w")} }, errWillQoS3},
		{"will QoS without will", Rules{}, func(c *Connect) { c.Will.QoS = 1 }, errWillQoSAlone},
		{"will retain without will", Rules{}, func(c *Connect) { c.Will.Retain = true }, errWillRetainAlone},
		{"will QoS without will, 3.1", Rules{}, func(c *Connect) { c.Version = MQTT31; c.Will.QoS = 1 }, errWillQoSAlone},
		{"will topic without will", Rules{}, func(c *Connect) { c.Will.Topic = b("w") }, errWillWithout},
		{"will payload without will", Rules{}, func(c *Connect) { c.Will.Payload = b("w") }, errWillWithout},
		{"will properties without will", Rules{}, func(c *Connect) { c.Will.Properties = user("a", "b") }, errWillWithout},
		{"will without topic", Rules{}, func(c *Connect) { c.WillFlag = true }, ErrTopicEmpty},
		{"will topic with wildcard", Rules{}, func(c *Connect) { c.WillFlag = true; c.Will.Topic = b("+") }, ErrTopicWildcard},
		{"will payload too long", Rules{}, func(c *Connect) {
			c.WillFlag = true
			c.Will = Will{Topic: b("w"), Payload: make([]byte, 65536)}
		}, ErrStringTooLong},
		{"will with a property of CONNECT", Rules{}, func(c *Connect) {
			c.WillFlag = true
			c.Will = Will{Topic: b("w"), Properties: properties(func(p *Properties) { p.SetReceiveMaximum(1) })}
		}, ErrPropertyNotAllowed},
		{"will payload not UTF-8", Rules{Options: RejectInvalidPayload}, func(c *Connect) {
			c.WillFlag = true
			c.Will = Will{Topic: b("w"), Payload: []byte{0xFF}, Properties: properties(func(p *Properties) { p.SetPayloadFormatIndicator(true) })}
		}, ErrPayloadFormat},
		{"client identifier too long", Rules{}, func(c *Connect) { c.ClientID = b(strings.Repeat("x", 65536)) }, ErrStringTooLong},
		{"client identifier with U+0000", Rules{}, func(c *Connect) { c.ClientID = b("a\x00") }, ErrNullCharacter},
		{"user name not UTF-8", Rules{}, func(c *Connect) { c.UserName = b("\xFF") }, ErrNotUTF8},
		{"user name too long", Rules{}, func(c *Connect) { c.UserName = b(strings.Repeat("x", 65536)) }, ErrStringTooLong},
		{"password too long", Rules{}, func(c *Connect) { c.Password = make([]byte, 65536) }, ErrStringTooLong},
		{"password alone, 3.1.1", Rules{}, func(c *Connect) { c.Version = MQTT311; c.Password = b("p") }, errPasswordAlone},
		{"password no string, 3.1", Rules{}, func(c *Connect) { c.Version = MQTT31; c.UserName = b("u"); c.Password = b("\xFF") }, ErrNotUTF8},
		{"properties, 3.1.1", Rules{}, func(c *Connect) { c.Version = MQTT311; c.Properties = user("a", "b") }, ErrNotInVersion},
		{"will properties, 3.1.1", Rules{}, func(c *Connect) {
			c.Version, c.WillFlag = MQTT311, true
			c.Will = Will{Topic: b("w"), Properties: user("a", "b")}
		}, ErrNotInVersion},
		{"a property of CONNACK", Rules{}, func(c *Connect) {
			c.Properties = properties(func(p *Properties) { p.SetServerKeepAlive(1) })
		}, ErrPropertyNotAllowed},
		{"authentication data alone", Rules{}, func(c *Connect) {
			c.Properties = properties(func(p *Properties) { p.SetAuthenticationData(nil) })
		}, errNoMethod},
		{"empty client identifier, 3.1.1", Rules{}, func(c *Connect) { c.Version, c.ClientID, c.CleanStart = MQTT311, nil, false }, errClientID},
		{"empty client identifier, 3.1", Rules{}, func(c *Connect) { c.Version, c.ClientID = MQTT31, nil }, errClientID},
		{"24 characters, 3.1", Rules{}, func(c *Connect) { c.Version, c.ClientID = MQTT31, b(long24) }, errClientID},
		{"bridge not allowed", Rules{}, func(c *Connect) { c.Version, c.Bridge = MQTT311, true }, errBridgeVersion},
		{"bridge, 5.0", Rules{Options: AllowBridgeLevel}, func(c *Connect) { c.Bridge = true }, errBridgeVersion},
		{"another version", Rules{Version: MQTT311}, func(*Connect) {}, errVersionDiffers},
		{"no version", Rules{}, func(c *Connect) { c.Version = 0 }, errNoVersion[PacketConnect]},
		{"level 6", Rules{}, func(c *Connect) { c.Version = 6 }, errNoVersion[PacketConnect]},
		{"from a server", Rules{Sender: Server}, func(*Connect) {}, ErrWrongSender},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := ok
			tt.change(&c)
			requireNotWritten(t, &c, tt.r, tt.err)
		})
	}
}

// requireNotWritten checks that Append refuses p and leaves dst alone.
func requireNotWritten(t *testing.T, p Packet, r Rules, want error) {
	t.Helper()
	dst := append(make([]byte, 0, 200), "before"...)
	got, err := p.Append(dst, r)
	require.ErrorIs(t, err, want)
	require.Equal(t, "before", string(got))
	require.Equal(t, make([]byte, 194), dst[6:200], "nothing is written beyond dst either")
}
