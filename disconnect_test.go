package mqttwire

import "testing"

var disconnectRows = []row{
	{name: "empty", v: MQTT31, from: Client, wire: `E0 []`, want: &Disconnect{}},
	{name: "empty", v: MQTT311, from: Client, wire: `E0 []`, want: &Disconnect{}},
	{name: "empty", v: MQTT5, from: Client, wire: `E0 []`, want: &Disconnect{}},
	{name: "empty, of a server", v: MQTT5, from: Server, wire: `E0 []`, want: &Disconnect{}},
	{name: "one byte", v: MQTT5, from: Server, wire: `E0 [8E]`, want: &Disconnect{ReasonCode: ReasonSessionTakenOver}},
	{name: "one byte, with the will", v: MQTT5, from: Client, wire: `E0 [04]`, want: &Disconnect{ReasonCode: ReasonDisconnectWithWillMessage}},
	{name: "one byte, code 0", v: MQTT5, wire: `E0 [00]`, want: &Disconnect{}, once: true},
	{name: "two bytes, code 0", v: MQTT5, wire: `E0 [00 []]`, want: &Disconnect{}, once: true},
	{name: "two bytes", v: MQTT5, wire: `E0 [81 []]`, want: &Disconnect{ReasonCode: ReasonMalformedPacket}, once: true},
	{name: "of a client", v: MQTT5, from: Client, wire: `E0 [04 [11 00000000 1F "bye" 26 "a" "b" 1C "s"]]`,
		want: &Disconnect{ReasonCode: 4, Properties: properties(func(p *Properties) {
			p.SetSessionExpiryInterval(0)
			p.SetReasonString(b("bye"))
			p.AddUserProperty(b("a"), b("b"))
			p.SetServerReference(b("s"))
		})}},
	{name: "of a server", v: MQTT5, from: Server, wire: `E0 [9D [1C "other" 1F "moved"]]`,
		want: &Disconnect{ReasonCode: 0x9D, Properties: properties(func(p *Properties) {
			p.SetServerReference(b("other"))
			p.SetReasonString(b("moved"))
		})}},
	{name: "bad authentication method", v: MQTT5, from: Server, wire: `E0 [8C]`, want: &Disconnect{ReasonCode: 0x8C}},

	{name: "flags", v: MQTT5, wire: `E1 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "flags", v: MQTT311, wire: `E2 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "flags mean nothing", v: MQTT31, wire: `E3 []`, want: &Disconnect{}, once: true},
	{name: "of a server", v: MQTT311, from: Server, wire: `E0 []`, err: ErrWrongSender, code: 0x82},
	{name: "of a server", v: MQTT31, from: Server, wire: `E0 []`, err: ErrWrongSender, code: 0x82},
	{name: "with a body", v: MQTT311, wire: `E0 [00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "with a body", v: MQTT31, wire: `E0 [00 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "server only code of a client", v: MQTT5, from: Client, wire: `E0 [8E]`, err: ErrReasonCode, code: 0x82},
	{name: "client only code of a server", v: MQTT5, from: Server, wire: `E0 [04]`, err: ErrReasonCode, code: 0x82},
	{name: "session expiry of a server", v: MQTT5, from: Server, wire: `E0 [00 [11 00000000]]`, err: ErrPropertySender, code: 0x82},
	{name: "code of CONNACK", v: MQTT5, wire: `E0 [86]`, err: ErrReasonCode, code: 0x82},
	{name: "unknown code", v: MQTT5, wire: `E0 [FF []]`, err: ErrReasonCode, code: 0x82},
	{name: "unknown code, allowed", v: MQTT5, opt: AllowUnknownReasonCodes, wire: `E0 [FF]`, want: &Disconnect{ReasonCode: 0xFF}},
	{name: "byte behind the properties", v: MQTT5, wire: `E0 [00 [] 00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "properties cut off", v: MQTT5, wire: `E0 [00 05 1F]`, err: ErrTruncated, code: 0x81},
}

func TestDisconnectAppendRefuses(t *testing.T) {
	v5, v311 := Rules{Version: MQTT5}, Rules{Version: MQTT311}
	requireNotWritten(t, &Disconnect{}, Rules{Version: MQTT311, Sender: Server}, ErrWrongSender)
	requireNotWritten(t, &Disconnect{}, Rules{Version: MQTT31, Sender: Server}, ErrWrongSender)
	requireNotWritten(t, &Disconnect{ReasonCode: 4}, v311, ErrNotInVersion)
	requireNotWritten(t, &Disconnect{ReasonCode: 4}, Rules{Version: MQTT5, Sender: Server}, ErrReasonCode)
	requireNotWritten(t, &Disconnect{ReasonCode: 0x8E}, Rules{Version: MQTT5, Sender: Client}, ErrReasonCode)
	requireNotWritten(t, &Disconnect{ReasonCode: 0x86}, v5, ErrReasonCode)
	requireNotWritten(t, &Disconnect{Properties: user("a", "b")}, v311, ErrNotInVersion)
	expiry := properties(func(p *Properties) { p.SetSessionExpiryInterval(1) })
	requireNotWritten(t, &Disconnect{Properties: expiry}, Rules{Version: MQTT5, Sender: Server}, ErrPropertySender)
	requireNotWritten(t, &Disconnect{Properties: alias(1)}, v5, ErrPropertyNotAllowed)
}
