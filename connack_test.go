package mqttwire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var connackRows = []row{
	{name: "accepted", v: MQTT5, from: Server, wire: `20 [00 00 []]`, want: &Connack{}},
	{name: "accepted", v: MQTT311, from: Server, wire: `20 [00 00]`, want: &Connack{}},
	{name: "accepted", v: MQTT31, from: Server, wire: `20 [00 00]`, want: &Connack{}},
	{name: "session present", v: MQTT5, wire: `20 [01 00 []]`, want: &Connack{SessionPresent: true}},
	{name: "session present", v: MQTT311, wire: `20 [01 00]`, want: &Connack{SessionPresent: true}},
	{name: "byte 1 means nothing", v: MQTT31, wire: `20 [FF 00]`, want: &Connack{}, once: true},
	{name: "refused", v: MQTT5, wire: `20 [00 87 []]`, want: &Connack{ReasonCode: ReasonNotAuthorized}},
	{name: "refused", v: MQTT311, wire: `20 [00 05]`, want: &Connack{ReasonCode: ReturnNotAuthorized}},
	{name: "refused", v: MQTT31, wire: `20 [00 02]`, want: &Connack{ReasonCode: ReturnIdentifierRejected}},
	{name: "every property", v: MQTT5, from: Server, wire: `20 [00 00 [11 00000E10 21 0014 24 01 25 00 27 00100000 12 "auto-1" 22 000A
		1F "welcome" 26 "k" "v" 28 00 29 00 2A 00 13 001E 1A "rsp/" 1C "other" 15 "m" 16 0002 0001]]`,
		want: &Connack{Properties: properties(func(p *Properties) {
			p.SetSessionExpiryInterval(3600)
			p.SetReceiveMaximum(20)
			p.SetMaximumQoS(QoS1)
			p.SetRetainAvailable(false)
			p.SetMaximumPacketSize(1 << 20)
			p.SetAssignedClientIdentifier(b("auto-1"))
			p.SetTopicAliasMaximum(10)
			p.SetReasonString(b("welcome"))
			p.AddUserProperty(b("k"), b("v"))
			p.SetWildcardSubscriptionAvailable(false)
			p.SetSubscriptionIdentifierAvailable(false)
			p.SetSharedSubscriptionAvailable(false)
			p.SetServerKeepAlive(30)
			p.SetResponseInformation(b("rsp/"))
			p.SetServerReference(b("other"))
			p.SetAuthenticationMethod(b("m"))
			p.SetAuthenticationData([]byte{0, 1})
		})}},
	{name: "authentication data without method", v: MQTT5, wire: `20 [00 00 [16 0000]]`, // only the CONNECT's section forbids it
		want: &Connack{Properties: properties(func(p *Properties) { p.SetAuthenticationData(nil) })}},

	{name: "flags", v: MQTT5, wire: `21 [00 00 []]`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "sent by a client", v: MQTT5, from: Client, wire: `20 [00 00 []]`, err: ErrWrongSender, code: 0x82},
	{name: "sent by a client", v: MQTT311, from: Client, wire: `20 [00 00]`, err: ErrWrongSender, code: 0x82},
	{name: "reserved bit 1", v: MQTT5, wire: `20 [02 00 []]`, err: errConnackFlags, code: 0x81},
	{name: "reserved bit 7", v: MQTT311, wire: `20 [80 00]`, err: errConnackFlags, code: 0x81},
	{name: "reserved bit beside session present", v: MQTT311, wire: `20 [03 00]`, err: errConnackFlags, code: 0x81},
	{name: "session present in a refusal", v: MQTT5, wire: `20 [01 80 []]`, err: errSessionPresent, code: 0x82},
	{name: "session present in a refusal", v: MQTT311, wire: `20 [01 05]`, err: errSessionPresent, code: 0x82},
	{name: "an older server's", v: MQTT5, wire: `20 [00 01]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "an older server's, with another code", v: MQTT5, wire: `20 [00 05]`, err: ErrUnsupportedVersion, code: 0x84},
	{name: "two bytes, accepted", v: MQTT5, wire: `20 [00 00]`, err: ErrTruncated, code: 0x81},
	{name: "two bytes, no code of 3.1.1", v: MQTT5, wire: `20 [00 06]`, err: ErrReasonCode, code: 0x82},
	{name: "two bytes, 5.0 code", v: MQTT5, wire: `20 [00 87]`, err: ErrTruncated, code: 0x81},
	{name: "return code 6", v: MQTT311, wire: `20 [00 06]`, err: ErrReasonCode, code: 0x82},
	{name: "return code 6", v: MQTT31, wire: `20 [00 06]`, err: ErrReasonCode, code: 0x82},
	{name: "return code 6, allowed", v: MQTT311, opt: AllowUnknownReasonCodes, wire: `20 [00 06]`, want: &Connack{ReasonCode: 6}},
	{name: "5.0 code", v: MQTT311, wire: `20 [00 87]`, err: ErrReasonCode, code: 0x82},
	{name: "empty", v: MQTT5, wire: `20 []`, err: ErrTruncated, code: 0x81},
	{name: "empty", v: MQTT311, wire: `20 []`, err: ErrTruncated, code: 0x81},
	{name: "one byte", v: MQTT5, wire: `20 [00]`, err: ErrTruncated, code: 0x81},
	{name: "one byte", v: MQTT311, wire: `20 [00]`, err: ErrTruncated, code: 0x81},
	{name: "three bytes", v: MQTT311, wire: `20 [00 00 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "three bytes", v: MQTT31, wire: `20 [00 00 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "byte behind the properties", v: MQTT5, wire: `20 [00 00 [] 00]`, err: ErrTrailingBytes, code: 0x81},
}

// TestConnackHandsUpReturnCode: a 5.0 client learns what the older server said.
func TestConnackHandsUpReturnCode(t *testing.T) {
	var c Connack
	err := c.Decode(FixedHeader{Type: PacketConnack, RemainingLength: 2}, []byte{0, 1}, Rules{Version: MQTT5})
	require.ErrorIs(t, err, ErrUnsupportedVersion)
	require.Equal(t, ReturnUnacceptableProtocolVersion, c.ReasonCode)

	d := Decoder{Rules: Rules{Version: MQTT5, Sender: Server}}
	p, n, err := d.Decode(wire(`20 [00 05]`))
	require.ErrorIs(t, err, ErrUnsupportedVersion)
	require.Zero(t, n)
	require.Equal(t, &Connack{ReasonCode: ReturnNotAuthorized}, p)
	p, _, err = d.Decode(wire(`20 [02 00 []]`))
	require.Error(t, err)
	require.Nil(t, p)
}

func TestConnackAppendRefuses(t *testing.T) {
	v5, v311, v31 := Rules{Version: MQTT5}, Rules{Version: MQTT311}, Rules{Version: MQTT31}
	requireNotWritten(t, &Connack{SessionPresent: true, ReasonCode: 0x80}, v5, errSessionPresent)
	requireNotWritten(t, &Connack{SessionPresent: true, ReasonCode: 5}, v311, errSessionPresent)
	requireNotWritten(t, &Connack{SessionPresent: true}, v31, ErrNotInVersion)
	requireNotWritten(t, &Connack{ReasonCode: ReasonNotAuthorized}, v311, ErrReasonCode)
	requireNotWritten(t, &Connack{ReasonCode: ReturnNotAuthorized}, v5, ErrReasonCode)
	requireNotWritten(t, &Connack{ReasonCode: ReasonKeepAliveTimeout}, v5, ErrReasonCode)
	requireNotWritten(t, &Connack{Properties: user("a", "b")}, v311, ErrNotInVersion)
	requireNotWritten(t, &Connack{Properties: properties(func(p *Properties) { p.SetTopicAlias(1) })}, v5, ErrPropertyNotAllowed)
	requireNotWritten(t, &Connack{}, Rules{Version: MQTT5, Sender: Client}, ErrWrongSender)
	requireNotWritten(t, &Connack{}, Rules{Version: MQTT31, Sender: Client}, ErrWrongSender)
	requireNotWritten(t, &Connack{}, Rules{}, errNoVersion[PacketConnack])
}
