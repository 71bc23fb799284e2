package mqttwire

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for _, tt := range []struct {
		v    Version
		wire string
		want string
	}{
		{MQTT5, `10 ["MQTT" 05 C2 003C [11 0000012C] "mqttclient" "admin" "public"]`,
			`CONNECT version=5.0 client-id="mqttclient" clean-start keep-alive=60 user-name="admin" password=[redacted] properties={Session Expiry Interval=300}`},
		{MQTT311, `10 ["MQTT" 04 2C 000A "c" "w" "bye"]`,
			`CONNECT version=3.1.1 client-id="c" keep-alive=10 will={topic="w" qos=1 retain payload-bytes=3}`},
		{MQTT5, `10 ["MQTT" 05 06 0000 [15 "m" 16 "secret"] "c" [18 00000005 26 "a" "b"] "w" ""]`,
			`CONNECT version=5.0 client-id="c" clean-start keep-alive=0 properties={Authentication Method="m", Authentication Data=[redacted]} ` +
				`will={topic="w" qos=0 properties={Will Delay Interval=5, User Property="a":"b"} payload-bytes=0}`},
		{MQTT5, `20 [01 00 [13 001E]]`, `CONNACK reason="0x00 Success" session-present properties={Server Keep Alive=30}`},
		{MQTT311, `20 [00 05]`, `CONNACK reason="0x05 not authorized"`},
		{MQTT5, `3B ["a/b" 0007 [23 0001] 'xyz']`, `PUBLISH topic="a/b" qos=1 packet-id=7 dup retain properties={Topic Alias=1} payload-bytes=3`},
		{MQTT311, `30 ["ä"]`, `PUBLISH topic="ä" qos=0 payload-bytes=0`},
		{MQTT311, `40 [0001]`, `PUBACK packet-id=1`},
		{MQTT5, `50 [0001 87]`, `PUBREC packet-id=1 reason="0x87 Not authorized"`},
		{MQTT5, `62 [0001 92 [1F "gone"]]`, `PUBREL packet-id=1 reason="0x92 Packet Identifier not found" properties={Reason String="gone"}`},
		{MQTT311, `70 [0001]`, `PUBCOMP packet-id=1`},
		{MQTT5, `82 [0001 [0B 07] "a/+" 2D "b" 01]`,
			`SUBSCRIBE packet-id=1 properties={Subscription Identifier=7} filter="a/+" qos=1 no-local retain-as-published retain-handling=2 filter="b" qos=1`},
		{MQTT311, `90 [0001 00 80]`, `SUBACK packet-id=1 reason="0x00 Granted QoS 0" reason="0x80 Unspecified error"`},
		{MQTT311, `A2 [0001 "a" "b/#"]`, `UNSUBSCRIBE packet-id=1 filter="a" filter="b/#"`},
		{MQTT5, `B0 [0001 [] 11]`, `UNSUBACK packet-id=1 reason="0x11 No subscription existed"`},
		{MQTT311, `B0 [0001]`, `UNSUBACK packet-id=1`},
		{MQTT311, `C0 []`, `PINGREQ`},
		{MQTT311, `D0 []`, `PINGRESP`},
		{MQTT311, `E0 []`, `DISCONNECT reason="0x00 Normal disconnection"`},
		{MQTT5, `E0 [8E]`, `DISCONNECT reason="0x8E Session taken over"`},
		{MQTT5, `F0 [18 [15 "m" 16 "secret"]]`,
			`AUTH reason="0x18 Continue authentication" properties={Authentication Method="m", Authentication Data=[redacted]}`},
	} {
		p, err := decodeInto(nil, wire(tt.wire), Rules{Version: tt.v})
		require.NoError(t, err)
		require.Equal(t, tt.want, fmt.Sprint(p))
		text, err := p.AppendText([]byte("> "))
		require.NoError(t, err)
		require.Equal(t, "> "+tt.want, string(text))
		text, err = p.(encoding.TextMarshaler).MarshalText()
		require.NoError(t, err)
		require.Equal(t, tt.want, string(text))
	}
	require.Equal(t, `CONNECT version=3.1.1 bridge client-id="" keep-alive=0`, Connect{Version: MQTT311, Bridge: true}.String())
}

// TestQuoted: any bytes at all give one line, and a Go string literal of it.
func TestQuoted(t *testing.T) {
	for _, s := range []string{"", "plain", `a"b\c`, "tab\tnewline\n\x00\x7F", "\xFF\xC0bad", "ä€😀", "\u0085\u200B\uFEFF", "\U000E0001\uFFFD"} {
		got := string(appendQuoted(nil, b(s)))
		require.NotContains(t, got, "\n")
		var back string
		_, err := fmt.Sscanf(got, "%q", &back)
		require.NoError(t, err, got)
		require.Equal(t, s, back, got)
	}
}

// TestNothingLeaks: however a packet is printed, the password and the
// authentication data are not.
func TestNothingLeaks(t *testing.T) {
	secret := "hunter2"
	props := properties(func(p *Properties) {
		p.SetAuthenticationMethod(b("m"))
		p.SetAuthenticationData(b(secret))
	})
	connect := Connect{Version: MQTT5, ClientID: b("c"), UserName: b("u"), Password: b(secret), Properties: props,
		WillFlag: true, Will: Will{Topic: b("w"), Payload: b(secret)}}
	connack := Connack{Properties: props}
	auth := Auth{ReasonCode: ReasonContinueAuthentication, Properties: props}
	var authData PropertyValue
	for id, v := range props.All() {
		if id == PropertyAuthenticationData {
			authData = v
		}
	}
	decoder := Decoder{Rules: Rules{Version: MQTT5}, connect: connect, auth: auth}
	require.Equal(t, "Decoder version=5.0 sender=any sender options=strict max-packet-size=0", decoder.String())
	publish := Publish{TopicName: b("a"), Payload: b(secret)}
	for _, v := range []any{connect, &connect, connack, &connack, auth, &auth, publish, &publish, props, &props, connect.Will, &connect.Will,
		authData, decoder, &decoder, []any{connect, &auth}, map[string]any{"a": auth}, struct{ P Packet }{&connect}} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("packet", "p", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("packet", "p", v)
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		text := out.String()
		require.NotContains(t, text, secret, "%T", v)
		require.NotContains(t, text, fmt.Sprintf("%x", secret), "%T", v)
		require.NotContains(t, strings.ToLower(text), "0x68, 0x75, 0x6e", "%T", v)
		require.NotContains(t, text, "aHVudGVyMg", "%T, base64", v)
		require.NotContains(t, text, "104 117 110", "%T, decimal", v)
		require.NotEmpty(t, text)
	}
}
