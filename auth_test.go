package mqttwire

import "testing"

var authProps = properties(func(p *Properties) {
	p.SetAuthenticationMethod(b("SCRAM-SHA-1"))
	p.SetAuthenticationData([]byte{0, 0xFF})
	p.SetReasonString(b("go on"))
	p.AddUserProperty(b("a"), b("b"))
})

var authRows = []row{
	{name: "continue", v: MQTT5, from: Server, wire: `F0 [18 [15 "SCRAM-SHA-1" 16 0002 00FF 1F "go on" 26 "a" "b"]]`,
		want: &Auth{ReasonCode: ReasonContinueAuthentication, Properties: authProps}},
	{name: "re-authenticate", v: MQTT5, from: Client, wire: `F0 [19 [15 "m"]]`,
		want: &Auth{ReasonCode: ReasonReAuthenticate, Properties: properties(func(p *Properties) { p.SetAuthenticationMethod(b("m")) })}},
	{name: "success", v: MQTT5, from: Server, wire: `F0 [00 [15 ""]]`,
		want: &Auth{Properties: properties(func(p *Properties) { p.SetAuthenticationMethod(nil) })}},
	{name: "empty", v: MQTT5, from: Server, wire: `F0 []`, want: &Auth{}},
	{name: "empty, refused", v: MQTT5, from: Server, opt: RejectEmptyAuth, wire: `F0 []`, err: ErrMethodMissing, code: 0x82},
	{name: "not empty, nothing to refuse", v: MQTT5, opt: RejectEmptyAuth, wire: `F0 [00 [15 ""]]`,
		want: &Auth{Properties: properties(func(p *Properties) { p.SetAuthenticationMethod(nil) })}},

	{name: "flags", v: MQTT5, wire: `F1 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "no such packet", v: MQTT311, wire: `F0 []`, err: ErrPacketType, code: 0x81},
	{name: "no such packet", v: MQTT31, wire: `F0 []`, err: ErrPacketType, code: 0x81},
	{name: "empty, of a client", v: MQTT5, from: Client, wire: `F0 []`, err: ErrReasonCode, code: 0x82},
	{name: "success of a client", v: MQTT5, from: Client, wire: `F0 [00 [15 "m"]]`, err: ErrReasonCode, code: 0x82},
	{name: "re-authenticate of a server", v: MQTT5, from: Server, wire: `F0 [19 [15 "m"]]`, err: ErrReasonCode, code: 0x82},
	{name: "one byte", v: MQTT5, wire: `F0 [18]`, err: ErrTruncated, code: 0x81},
	{name: "one byte, code 0", v: MQTT5, wire: `F0 [00]`, err: ErrTruncated, code: 0x81},
	{name: "no method", v: MQTT5, wire: `F0 [18 []]`, err: ErrMethodMissing, code: 0x82},
	{name: "no method, code 0", v: MQTT5, wire: `F0 [00 []]`, err: ErrMethodMissing, code: 0x82},
	{name: "data without method", v: MQTT5, wire: `F0 [18 [16 0000]]`, err: ErrMethodMissing, code: 0x82},
	{name: "code 17", v: MQTT5, wire: `F0 [17 [15 "m"]]`, err: ErrReasonCode, code: 0x82},
	{name: "code of others", v: MQTT5, wire: `F0 [80 [15 "m"]]`, err: ErrReasonCode, code: 0x82},
	{name: "byte behind the properties", v: MQTT5, wire: `F0 [18 [15 "m"] 00]`, err: ErrTrailingBytes, code: 0x81},
}

func TestAuthAppendRefuses(t *testing.T) {
	v5 := Rules{Version: MQTT5}
	requireNotWritten(t, &Auth{ReasonCode: 0x18, Properties: authProps}, Rules{Version: MQTT311}, ErrPacketType)
	requireNotWritten(t, &Auth{}, Rules{}, errNoVersion[PacketAuth])
	requireNotWritten(t, &Auth{}, Rules{Version: MQTT5, Options: RejectEmptyAuth}, ErrMethodMissing)
	requireNotWritten(t, &Auth{}, Rules{Version: MQTT5, Sender: Client}, ErrReasonCode)
	requireNotWritten(t, &Auth{ReasonCode: 0x18}, v5, ErrMethodMissing)
	requireNotWritten(t, &Auth{Properties: user("a", "b")}, v5, ErrMethodMissing)
	requireNotWritten(t, &Auth{ReasonCode: 0x80, Properties: authProps}, v5, ErrReasonCode)
	requireNotWritten(t, &Auth{ReasonCode: 0x19, Properties: authProps}, Rules{Version: MQTT5, Sender: Server}, ErrReasonCode)
}
