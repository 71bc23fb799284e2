package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What --json writes of every capture can be turned back into the same bytes, out of
// its fields and out of its hex, and reads as the capture did.
func TestRoundTrip(t *testing.T) {
	for _, file := range captures(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			lines := runFiles(t, "--json", "--secrets", file).stdout
			var want []string
			for line := range strings.Lines(lines) {
				var j struct{ Hex string }
				require.NoError(t, json.Unmarshal([]byte(line), &j))
				if j.Hex != "" {
					want = append(want, j.Hex)
				}
			}
			r := dump(t, []byte(lines), "encode", "--allow-wrong")
			require.Equal(t, exitOK, r.status, r.stderr)
			require.Equal(t, want, strings.Fields(r.stdout))

			binary := dump(t, []byte(lines), "encode", "--allow-wrong", "--output=binary")
			require.Equal(t, strings.Join(want, ""), hex.EncodeToString([]byte(binary.stdout)))

			plain := runFiles(t, file).packets()
			plain = slices.DeleteFunc(plain, isNote) // the lines know what was guessed
			require.Equal(t, plain, dump(t, []byte(lines)).packets(), "read as JSON lines")

			pcap := dump(t, []byte(lines), "encode", "--allow-wrong", "--output=pcap")
			require.Equal(t, exitOK, pcap.status, pcap.stderr)
			again := dump(t, []byte(pcap.stdout))
			require.Equal(t, withoutPlaces(plain), withoutPlaces(slices.DeleteFunc(again.packets(), isNote)), "read from the pcap file")
		})
	}
}

func captures(t testing.TB) []string {
	files, err := filepath.Glob("../../testdata/captures/*.pcap*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func isNote(line string) bool { return strings.Contains(line, " NOTE ") }

// withoutPlaces leaves out where in its file a packet is.
func withoutPlaces(lines []string) (out []string) {
	for _, line := range lines {
		line, _, _ = strings.Cut(line, "; byte ")
		_, line, _ = strings.Cut(line, " ") // the connection
		out = append(out, line)
	}
	return out
}

// Every field may be edited, and what depends on it fits.
func TestEdit(t *testing.T) {
	line := dump(t, []byte(connect5+"320d 0005 612f622f63 0007 03230004 3132"[:0]+"3211 0005 612f622f63 0007 03230004 31323334"), "--json").stdout
	_, publish, _ := strings.Cut(line, "\n")
	edits := map[string]struct{ from, to, want string }{
		"text":          {`"value":"a/b/c"`, `"value":"longer/topic"`, `PUBLISH topic="longer/topic" qos=1 packet-id=7 properties={Topic Alias=4} payload-bytes=4`},
		"payload":       {`"text":"1234"`, `"text":"` + strings.Repeat("x", 200) + `"`, `PUBLISH topic="a/b/c" qos=1 packet-id=7 properties={Topic Alias=4} payload-bytes=200`},
		"a bit":         {`"mask":1,"value":false`, `"mask":1,"value":true`, `PUBLISH topic="a/b/c" qos=1 packet-id=7 retain properties={Topic Alias=4} payload-bytes=4`},
		"bits":          {`"mask":6,"value":1`, `"mask":6,"value":2`, `PUBLISH topic="a/b/c" qos=2 packet-id=7 properties={Topic Alias=4} payload-bytes=4`},
		"number":        {`"hex":"0007","value":7`, `"hex":"0007","value":513`, `PUBLISH topic="a/b/c" qos=1 packet-id=513 properties={Topic Alias=4} payload-bytes=4`},
		"hex, no value": {`"hex":"0007","value":7`, `"hex":"0201"`, `PUBLISH topic="a/b/c" qos=1 packet-id=513 properties={Topic Alias=4} payload-bytes=4`},
	}
	for name, e := range edits {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, publish, e.from)
			r := dump(t, []byte(strings.Replace(publish, e.from, e.to, 1)), "encode")
			require.Equal(t, exitOK, r.status, r.stderr)
			require.Equal(t, []string{"#1 ? " + e.want}, dump(t, []byte(r.stdout), "--version=5.0").packets())
		})
	}
	bad := map[string]struct{ from, to, want string }{
		"too large":        {`"hex":"0007","value":7`, `"hex":"0007","value":70000`, "line 1: mqtt.msgid: value 70000 does not fit into 2 bytes"},
		"not a number":     {`"hex":"0007","value":7`, `"hex":"0007","value":"x"`, `line 1: mqtt.msgid: value "x" is not a whole number`},
		"not a string":     {`"value":"a/b/c"`, `"value":5`, "line 1: mqtt.topic: value is not a string"},
		"too many bits":    {`"mask":6,"value":1`, `"mask":6,"value":4`, "line 1: mqtt.hdrflags: mqtt.qos: value 4 does not fit into the bits"},
		"not hex":          {`"hex":"0007"`, `"hex":"zz"`, "line 1: mqtt.msgid: hex: not all of it is hex digits"},
		"against a rule":   {`"value":"a/b/c"`, `"value":"a/#"`, "line 1: PUBLISH byte 6: Topic Name contains the wildcard # (MQTT 5.0 [MQTT-3.3.2-2]); --allow-wrong writes it all the same"},
		"a wrong length":   {`"hex":"11","value":17`, `"hex":"11","value":18`, "line 1: the PUBLISH lacks 1 byte; --allow-wrong writes it all the same"},
		"a length too low": {`"hex":"11","value":17`, `"hex":"11","value":16`, "line 1: 1 byte behind the PUBLISH; --allow-wrong writes them all the same"},
	}
	for name, e := range bad {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, publish, e.from)
			r := dump(t, []byte(strings.Replace(publish, e.from, e.to, 1)), "encode")
			require.Equal(t, exitBad, r.status)
			require.Equal(t, "mqttdump: standard input: "+e.want+"\n", r.stderr)
		})
	}
}

func TestSecretsAreNotEncoded(t *testing.T) {
	line := runFiles(t, "--json", "--type=CONNECT", "../../testdata/captures/handshake-v5.pcapng").stdout
	require.NotContains(t, line, hex.EncodeToString([]byte("public")))
	require.Equal(t, "mqttdump: standard input: line 1: mqtt.passwd: a secret was left out; --secrets would have written it\n", dump(t, []byte(line), "encode").stderr)
	line = runFiles(t, "--json", "--secrets", "--type=CONNECT", "../../testdata/captures/handshake-v5.pcapng").stdout
	require.Contains(t, line, `"value":"public"`[:9])
	require.Contains(t, line, hex.EncodeToString([]byte("public")))
}

// handwrittenLines is a line for every packet, and what becomes of it.
var handwrittenLines = []struct{ line, want string }{
	{`{"packet":"CONNECT","version":"5.0","client_id":"x"}`, `C>S CONNECT version=5.0 client-id="x" clean-start keep-alive=0`},
	{`{"packet":"connect","version":"3.1","client_id":"x","clean_start":false,"keep_alive":9}`, `C>S CONNECT version=3.1 client-id="x" keep-alive=9`},
	{`{"packet":"CONNECT","version":"3.1.1","client_id":"x","user_name":"u","password":"p","will":{"topic":"w","payload":"bye","qos":1,"retain":true}}`,
		`C>S CONNECT version=3.1.1 client-id="x" clean-start keep-alive=0 user-name="u" password=[redacted] will={topic="w" qos=1 retain payload-bytes=3}`},
	{`{"packet":"CONNACK","sender":"server","session_present":true,"properties":{"topic_alias_maximum":5,"assigned_client_identifier":"q"}}`,
		`S>C CONNACK reason="0x00 Success" session-present properties={Assigned Client Identifier="q", Topic Alias Maximum=5}`},
	{`{"packet":"PUBLISH","topic":"a","payload_hex":"00 ff","qos":1,"packet_id":3,"dup":true,"retain":true,"properties":{"user_property":[["k","v"],["k","w"]],"correlation_data":"0102"}}`,
		`? PUBLISH topic="a" qos=1 packet-id=3 dup retain properties={Correlation Data="\x01\x02", User Property="k":"v", User Property="k":"w"} payload-bytes=2`},
	{`{"packet":"PUBLISH","topic":"a","properties":{"user_property":{"k":"v"},"message_expiry_interval":70000}}`,
		`? PUBLISH topic="a" qos=0 properties={Message Expiry Interval=70000, User Property="k":"v"} payload-bytes=0`},
	{`{"packet":"PUBACK","packet_id":3}`, `? PUBACK packet-id=3`},
	{`{"packet":"PUBREC","packet_id":3,"reason_code":151}`, `? PUBREC packet-id=3 reason="0x97 Quota exceeded"`},
	{`{"packet":"PUBREL","packet_id":3}`, `? PUBREL packet-id=3`},
	{`{"packet":"PUBCOMP","packet_id":3,"properties":{"reason_string":"why"}}`, `? PUBCOMP packet-id=3 properties={Reason String="why"}`},
	{`{"packet":"SUBSCRIBE","packet_id":4,"subscriptions":[{"filter":"a/#","qos":2,"no_local":true,"retain_as_published":true,"retain_handling":1}],"properties":{"subscription_identifier":300}}`,
		`? SUBSCRIBE packet-id=4 properties={Subscription Identifier=300} filter="a/#" qos=2 no-local retain-as-published retain-handling=1`},
	{`{"packet":"SUBACK","packet_id":4,"reason_codes":[2,135]}`, `? SUBACK packet-id=4 reason="0x02 Granted QoS 2" reason="0x87 Not authorized"`},
	{`{"packet":"UNSUBSCRIBE","packet_id":5,"topic_filters":["a","b"]}`, `? UNSUBSCRIBE packet-id=5 filter="a" filter="b"`},
	{`{"packet":"UNSUBACK","packet_id":5,"reason_codes":[0]}`, `? UNSUBACK packet-id=5 reason="0x00 Success"`},
	{`{"packet":"PINGREQ"}`, `? PINGREQ`},
	{`{"packet":"PINGRESP"}`, `? PINGRESP`},
	{`{"packet":"DISCONNECT","reason_code":4}`, `? DISCONNECT reason="0x04 Disconnect with Will Message"`},
	{`{"packet":"AUTH","reason_code":24,"properties":{"authentication_method":"m","authentication_data":"00"}}`,
		`? AUTH reason="0x18 Continue authentication" properties={Authentication Method="m", Authentication Data=[redacted]}`},
	{`{"packet":"UNSUBACK","version":"3.1.1","packet_id":5}`, `? UNSUBACK packet-id=5`},
	{`{"hex":"c0 00"}`, `? PINGREQ`},
}

func TestHandwritten(t *testing.T) {
	for _, test := range handwrittenLines {
		r := dump(t, []byte(test.line), "encode", "--output=hex")
		require.Equal(t, exitOK, r.status, "%s: %s", test.line, r.stderr)
		args := []string{"--version=5.0"}
		if strings.Contains(test.line, "3.1.1") {
			args = []string{"--version=3.1.1"}
		}
		sender, want, _ := strings.Cut(test.want, " ")
		if sender == "C>S" {
			args = nil
		}
		got := dump(t, []byte(r.stdout), args...).packets()
		require.Len(t, got, 1, test.line)
		_, line, _ := strings.Cut(strings.TrimPrefix(got[0], "#1 "), " ")
		assert.Equal(t, want, line, test.line)
	}
}

func TestHandwrittenErrors(t *testing.T) {
	for line, want := range map[string]string{
		`{"packet":"CONNEKT"}`:                                                              `packet: "CONNEKT" is not one of ` + strings.Join(typeNames(), ", "),
		`{"packet":"PUBLISH","tpoic":"a"}`:                                                  `unknown field "tpoic"`,
		`{"packet":"PUBLISH","topic":7}`:                                                    `topic: a JSON number cannot stand here`,
		`{"packet":"PUBLISH","topic":"a","properties":{"nope":1}}`:                          `properties: "nope" is none; there are `,
		`{"packet":"PUBLISH","topic":"a","properties":{"topic_alias":70000}}`:               `properties: topic_alias: 70000: more than 65535`,
		`{"packet":"PUBLISH","topic":"a","version":"3.1.1","properties":{"topic_alias":1}}`: `properties: there are none in MQTT 3.1.1`,
		`{"packet":"PUBLISH","topic":"a","properties":{"correlation_data":"zz"}}`:           `properties: correlation_data: "zz": not all of it is hex digits`,
		`{"packet":"PUBLISH","topic":"a","payload_hex":"0"}`:                                `payload_hex: not hex, or payload is there, too`,
		`{"packet":"PUBLISH","version":"6","topic":"a"}`:                                    `version: "6" is not 3.1, 3.1.1 or 5.0`,
		`{"packet":"PINGREQ","flags":16}`:                                                   `flags: more than 15`,
		`{"packet":"PINGREQ","remaining_length":-1}`:                                        `remaining_length: -1 is not between 0 and 268435455`,
		`{"packet":"PINGREQ","flags":1}`:                                                    `PINGREQ byte 0: Packet Type and Flags, Reserved is 0001, must be 0000 (MQTT 5.0 [MQTT-2.1.3-1]); --allow-wrong writes it all the same`,
		`{"packet":"PUBLISH","topic":"a","qos":1}`:                                          `PUBLISH byte 5: Packet Identifier is 0, must be 1 or more (MQTT 5.0 [MQTT-2.2.1-3]); --allow-wrong writes it all the same`,
		`{"hex":"c"}`:                      `hex: the number of digits is odd`,
		`{"hex":""}`:                       `the packet is empty`,
		`{"topic":"a"}`:                    `there is neither packet, fields nor hex`,
		`{"packet":`:                       `byte 10: not JSON: unexpected end of JSON input`,
		`[]`:                               `a JSON array cannot stand here`,
		`{"packet":"PINGREQ","topic":"a"}`: `topic: PINGREQ has no such member`,
		`{"packet":"PUBLISH","topic":"a","qos":5}`:                                                  `qos: 5 is more than 3`,
		`{"packet":"CONNECT","will":{"topic":"a","qos":4}}`:                                         `will: qos: 4 is more than 3`,
		`{"packet":"SUBSCRIBE","packet_id":1,"subscriptions":[{"filter":"a","qos":9}]}`:             `qos: 9 is more than 3`,
		`{"packet":"SUBSCRIBE","packet_id":1,"subscriptions":[{"filter":"a","retain_handling":4}]}`: `retain_handling: 4 is more than 3`,
		`{"packet":"UNSUBACK","version":"3.1.1","packet_id":1,"reason_codes":[0]}`:                  `reason_codes: an UNSUBACK has none in MQTT 3.1.1`,
		`null`:                               `null is not a JSON object`,
		`{"packet":"PINGREQ","time":"noon"}`: `time: "noon" is not a time of RFC 3339`,
	} {
		r := dump(t, []byte("\n# a comment\n"+line+"\n"), "encode")
		require.Equal(t, exitBad, r.status, line)
		require.True(t, strings.HasPrefix(r.stderr, "mqttdump: standard input: line 3: "+want), "%s: %s", line, r.stderr)
		require.Equal(t, 1, strings.Count(r.stderr, "\n"), line)
		require.Empty(t, r.stdout)
	}
	require.Equal(t, "mqttdump: /missing: no such file or directory\n", runFiles(t, "encode", "/missing").stderr)
	require.Equal(t, exitUsage, runFiles(t, "encode", "--output=wat").status)
}

// What may be a secret is not shown in errors either.
func TestErrorsWithoutSecrets(t *testing.T) {
	for _, line := range []string{
		`{"packet":"CONNECT","user_name":"u","password":48151623}`,
		`{"packet":"AUTH","properties":{"authentication_method":"m","authentication_data":"48151623x"}}`,
		`{"packet":"AUTH","properties":{"authentication_method":"m","authentication_data":48151623}}`,
		`{"packet":"AUTH","fields":[{"key":"mqtt.prop_string","kind":"data","hex":"48151623x"}]}`,
		`{"packet":"CONNECT","fields":[{"key":"mqtt.passwd","kind":"data","hex":"481516232"}]}`,
		`{"packet":"CONNECT","fields":[{"key":"mqtt.passwd","kind":"text","value":48151623}]}`,
		`{"packet":"CONNECT","fields":[{"key":"mqtt.passwd","kind":"data","text":48151623}]}`,
		`{"hex":"48151623x"}`, `{"hex":48151623}`,
	} {
		for _, args := range [][]string{{"encode"}, nil, {"-v"}, {"--json"}, {"check"}, {"summary"}} {
			r := dump(t, []byte(line), args...)
			require.NotZero(t, r.status, line)
			require.NotContains(t, r.stdout+r.stderr, "4815162", line)
			require.Contains(t, r.stderr, "mqttdump: standard input: line 1: ", line)
		}
	}
}

func TestWrongByHand(t *testing.T) {
	for line, want := range map[string]string{
		`{"packet":"PINGREQ","flags":1}`:                                                   "c100",
		`{"packet":"PINGREQ","remaining_length":5}`:                                        "c005",
		`{"packet":"PUBLISH","topic":"a","qos":3}`:                                         "3600 0001610000 00",
		`{"packet":"CONNECT","protocol_name":"MQTX","protocol_level":9,"connect_flags":1}`: "1000 00044d515458 0901 0000 00 0000",
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(want, " ", ""))
		require.NoError(t, err)
		if b[1] == 0 && len(b) > 2 {
			b[1] = byte(len(b) - 2)
		}
		r := dump(t, []byte(line), "encode", "--allow-wrong")
		require.Equal(t, hex.EncodeToString(b)+"\n", r.stdout, r.stderr)
	}
}

// Wireshark's own reader takes the pcap file for MQTT without complaint.
func TestPcapInWireshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	var lines strings.Builder
	lines.WriteString(`{"packet":"CONNECT","version":"5.0","client_id":"x","from":"[2001:db8::1]:5","to":"[2001:db8::2]:1883","time":"2024-01-02T03:04:05Z","sender":"client"}` + "\n")
	lines.WriteString(`{"packet":"PUBLISH","topic":"a","payload":"` + strings.Repeat("x", 5000) + `"}` + "\n")
	lines.WriteString(`{"packet":"CONNECT","version":"3.1.1","client_id":"y","connection":2}` + "\n")
	r := dump(t, []byte(lines.String()), "encode", "--output=pcap")
	require.Equal(t, exitOK, r.status, r.stderr)
	c := exec.Command(tshark, "-r", "-", "-o", "tcp.check_checksum:TRUE", "-Y", "mqtt", "-T", "fields", "-e", "mqtt.msgtype", "-e", "mqtt.ver", "-e", "mqtt.topic", "-e", "_ws.expert")
	c.Stdin = bytes.NewReader([]byte(r.stdout))
	out, err := c.Output()
	require.NoError(t, err)
	require.Equal(t, "1\t5\t\t\n3\t\ta\t\n1\t4\t\t\n", strings.ReplaceAll(string(out), "\t\n", "\t\n"))
	require.Equal(t, mqttwire.PacketConnect, typeNamed("CONNECT"))
}
