package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const handshake = "../../testdata/captures/handshake-v5.pcapng"

func TestTree(t *testing.T) {
	r := runFiles(t, "-v", handshake)
	require.Equal(t, exitOK, r.status)
	require.Contains(t, r.stdout, "# 0.000146 #1 C>S packet 1, offset 0, frame 4, 127.0.0.1:42395 > 127.0.0.1:1883\nCONNECT, MQTT 5.0, from a client, 48 bytes: accepted\n")
	require.Contains(t, r.stdout, `Client Identifier: "mqtt-client-1"`)
	require.NotContains(t, r.stdout, "public")
	require.NotContains(t, r.stdout, "\x1b")
	require.Contains(t, runFiles(t, "-v", "--secrets", handshake).stdout, `Password: "public"`)
	require.Contains(t, dump(t, []byte(connect311), "-v", "--version=5.0").stdout, "# - #1 C>S packet 1, offset 0\n")
}

func TestColor(t *testing.T) {
	for _, args := range [][]string{{"-v"}, nil} {
		with := runFiles(t, append(args, "--color=always", handshake)...).stdout
		require.Contains(t, with, "\x1b[1mCONN")
		require.NotContains(t, runFiles(t, append(args, handshake)...).stdout, "\x1b", "standard output is no terminal")
		plain := with
		for i := strings.IndexByte(plain, 0x1b); i >= 0; i = strings.IndexByte(plain, 0x1b) {
			plain = plain[:i] + plain[i+strings.IndexByte(plain[i:], 'm')+1:]
		}
		require.Equal(t, runFiles(t, append(args, handshake)...).stdout, plain)
	}
	require.Equal(t, exitUsage, runFiles(t, "--color=blue", handshake).status)
	require.Equal(t, "mqttdump: -v and --json exclude each other (see mqttdump --help)\n", runFiles(t, "-v", "--json", handshake).stderr)
}

func TestColorVariables(t *testing.T) {
	for name, value := range map[string]string{"NO_COLOR": "", "CLICOLOR": "", "CLICOLOR_FORCE": "", "TERM": "xterm"} {
		t.Setenv(name, value)
	}
	colored := func(args ...string) bool {
		return strings.Contains(runFiles(t, append(args, handshake)...).stdout, "\x1b[")
	}
	require.False(t, colored("-v"), "no terminal")
	t.Setenv("CLICOLOR_FORCE", "0")
	require.False(t, colored("-v"))
	t.Setenv("CLICOLOR_FORCE", "1")
	require.True(t, colored("-v"))
	require.False(t, colored("-v", "--color=never"))
	require.False(t, colored("check"), "which has no such flag")
	t.Setenv("NO_COLOR", "1")
	require.False(t, colored("-v"), "it wins")
	require.True(t, colored("-v", "--color=always"), "but for the flag")
}

func TestJSON(t *testing.T) {
	r := runFiles(t, "--json", handshake)
	require.Equal(t, 3, strings.Count(r.stdout, "\n"))
	var j map[string]any
	require.NoError(t, json.Unmarshal([]byte(firstLine(r.stdout)), &j))
	for key, want := range map[string]any{"file": handshake, "number": 1.0, "frame": 4.0, "connection": 1.0, "from": "127.0.0.1:42395", "to": "127.0.0.1:1883",
		"client_id": "mqtt-client-1", "stream_offset": 0.0, "hex_redacted": true, "packet": "CONNECT", "version": "5.0", "sender": "client", "outcome": "accepted", "schema": 1.0} {
		require.Equal(t, want, j[key], key)
	}
	require.NotContains(t, j, "hex")
	require.Regexp(t, `^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$`, j["time"])

	l := defaultLink(t)
	lines := strings.Split(dump(t, pcapFile(t, layers.LinkTypeRaw, append(l.open(), l.client(connect311+"30"))...), "--json").stdout, "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &j))
	require.Equal(t, "incomplete packet: the stream ends after 1 byte of its fixed header, at offset 17", j["problem"])
}

func TestCheck(t *testing.T) {
	require.Equal(t, result{checkGood, "", ""}, runFiles(t, "check", handshake))

	// Two things are wrong with it, and both are told.
	const two = "10 18 0004 4d515454 05 83 003c 00 0006 646576696365 0003 61ff62"
	r := dump(t, []byte(two+"c000 e001ff"), "check")
	require.Equal(t, checkBad, r.status)
	require.Empty(t, r.stderr)
	require.Equal(t, []string{
		`standard input: packet 1, connection 1 ("device"), from the client: CONNECT byte 9 (offset 9): Connect Flags, Reserved is 1, must be 0; MQTT 5.0 [MQTT-3.1.2-3]; reason 0x81 Malformed Packet; answer: CONNACK 0x81 Malformed Packet, then close`,
		`standard input: packet 1, connection 1 ("device"), from the client: CONNECT byte 24 (offset 24): User Name is not UTF-8: ff begins no character; MQTT 5.0 [MQTT-1.5.4-1]; reason 0x81 Malformed Packet; answer: CONNACK 0x81 Malformed Packet, then close`,
		`standard input: packet 3, connection 1 ("device"), from the client: DISCONNECT byte 2 (offset 30): Disconnect Reason Code is 0xFF, which a DISCONNECT does not have; MQTT 5.0 [MQTT-3.14.2-1]; reason 0x82 Protocol Error; answer: DISCONNECT 0x82 Protocol Error, then close`,
		"",
	}, strings.Split(r.stdout, "\n"))

	require.Equal(t, result{checkNotKnown, "", "mqttdump: /missing: no such file or directory\n"}, runFiles(t, "check", "/missing"))
	require.Equal(t, checkNotKnown, runFiles(t, "check", "--wat").status)
	require.Equal(t, checkNotKnown, runFiles(t, "check", "/missing", "../../testdata/captures/illegal-v5.pcapng").status)
	require.Equal(t, checkGood, runFiles(t, "check", "--type=CONNACK", "../../testdata/captures/illegal-v31.pcapng").status, "filtered out")
	require.Equal(t, result{checkNotKnown, "", "mqttdump: no packet matches the filters\n"}, runFiles(t, "check", "--client=typo", handshake))
	require.Equal(t, result{exitBad, "", "mqttdump: no packet matches the filters\n"}, runFiles(t, "--type=PINGREQ", handshake))

	l := defaultLink(t)
	r = dump(t, pcapFile(t, layers.LinkTypeRaw, append(l.open(), l.client(connect311+"30"))...), "check")
	require.Equal(t, checkBad, r.status)
	require.Equal(t, "standard input: frame 4, connection 1 (\"raw\"), from the client: incomplete packet: the stream ends after 1 byte of its fixed header, at offset 17\n", r.stdout)

	r = dump(t, []byte(connect5+"30 0a 0003 612f62 00 68656c6c"), "check", "--max-packet-size=10")
	require.Regexp(t, `CONNECT byte 0 .offset 0.: CONNECT packet is larger than the receiver accepts; MQTT 5.0 .*; reason 0x95 Packet too large; answer: CONNACK 0x95 Packet too large, then close\n`, r.stdout)
	require.Contains(t, r.stdout, "reason 0x95 Packet too large; answer: DISCONNECT 0x95 Packet too large, then close\n")
}

// conversationFor is a capture for the filters.
func conversationFor(t *testing.T) []byte {
	one, two := newLink(t, "10.0.0.1:1", "10.0.0.2:1883"), newLink(t, "10.0.0.1:2", "10.0.0.2:1883")
	f := append(one.open(), one.client(connect5), one.server("20 08 00 00 05 12 0002 6161"),
		one.client("30 0d 0003 612f62 03 230001 68656c6c"), one.client("30 0a 0000 03 230001 68656c6c"), one.client("82 0c 0001 00 0006 662f2b2f672f 00"))
	f = append(append(f, two.open()...), two.client("10 1c 0004 4d515454 04 06 003c 0003 62656e 0007 67726176652f78 0002 6d65"), two.server(connack311),
		two.client("a2 07 0001 0003 612f62"), two.client("c000"))
	return pcapFile(t, layers.LinkTypeRaw, f...)
}

func TestFilters(t *testing.T) {
	file := conversationFor(t)
	lines := func(args ...string) (types []string) {
		for _, line := range dump(t, file, args...).packets() {
			words := strings.Fields(line)
			if words[2] == "ERROR" {
				continue
			}
			types = append(types, words[0]+words[2])
		}
		return types
	}
	all := lines()
	require.Len(t, all, 9)
	tests := map[string]struct {
		args []string
		want string
	}{
		"type":              {[]string{"--type=publish,PINGREQ"}, "#1PUBLISH #1PUBLISH #2PINGREQ"},
		"connection":        {[]string{"--connection=2"}, "#2CONNECT #2CONNACK #2UNSUBSCRIBE #2PINGREQ"},
		"client":            {[]string{"--client=ben"}, "#2CONNECT #2CONNACK #2UNSUBSCRIBE #2PINGREQ"},
		"no such client":    {[]string{"--client=bob"}, ""},
		"topic, and alias":  {[]string{"--topic=a/+"}, "#1PUBLISH #1PUBLISH #2UNSUBSCRIBE"},
		"topic of a Will":   {[]string{"--topic=grave/#"}, "#2CONNECT"},
		"topic of a filter": {[]string{"--topic=f/anything/g/"}, "#1SUBSCRIBE"},
		"several":           {[]string{"--topic=a/b", "--type=PUBLISH", "--connection=1,2"}, "#1PUBLISH #1PUBLISH"},
		"topics":            {[]string{"--topic=grave/x", "--topic=f/#"}, "#1SUBSCRIBE #2CONNECT"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, strings.Join(lines(test.args...), " "))
		})
	}
	for args, want := range map[string]string{
		"--topic=a#":     `--topic: "a#" is not a topic filter`,
		"--type=WAT":     `--type: "WAT" is not one of ` + strings.Join(typeNames(), ", "),
		"--connection=0": "--connection: 0 is not 1 or more",
		"--port=0":       "--port: 0 is not between 1 and 65535",
	} {
		require.Equal(t, result{exitUsage, "", "mqttdump: " + want + " (see mqttdump --help)\n"}, dump(t, file, args))
	}
}

func TestTopicsMeet(t *testing.T) {
	for _, test := range []struct {
		a, b string
		meet bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a/b", "a", false}, {"+", "a", true}, {"+", "a/b", false}, {"#", "a/b", true},
		{"a/#", "a", true}, {"a/#", "a/b/c", true}, {"a/#", "b", false}, {"a/+/c", "a/b/c", true}, {"a/+/c", "+/b/+", true},
		{"a/+", "+/b/#", true}, {"a/+", "a/b/c", false}, {"+/+", "/b", true}, {"#", "$SYS/x", false}, {"$SYS/#", "$SYS/x", true},
		{"+/x", "$SYS/x", false}, {"", "", true}, {"a/", "a", false}, {"a/+", "a/", true},
	} {
		require.Equal(t, test.meet, topicsMeet([]byte(test.a), []byte(test.b)), "%s %s", test.a, test.b)
		require.Equal(t, test.meet, topicsMeet([]byte(test.b), []byte(test.a)), "%s %s", test.b, test.a)
	}
}

func TestSummary(t *testing.T) {
	r := dump(t, conversationFor(t), "summary")
	require.Equal(t, exitOK, r.status)
	require.Equal(t, `Connections
#  client  MQTT   from        to             C>S  bytes  S>C  bytes  errors  end
1  "aa"    5.0    10.0.0.1:1  10.0.0.2:1883    4     59    1     10       0  open
2  "ben"   3.1.1  10.0.0.1:2  10.0.0.2:1883    3     41    1      4       0  open

Packets by type
type         C>S  S>C  all  bytes
CONNECT        2    0    2     48
CONNACK        0    2    2     14
PUBLISH        2    0    2     27
SUBSCRIBE      1    0    1     14
UNSUBSCRIBE    1    0    1      9
PINGREQ        1    0    1      2

Topics by bytes
topic  PUBLISH  bytes
"a/b"        2     27
`, r.stdout)
	r = runFiles(t, "summary", "--top=0", "--type=PUBACK", "../../testdata/captures/illegal-mochi-v5.pcapng")
	require.Equal(t, exitBad, r.status)
	require.Contains(t, r.stdout, "MQTT 5.0 [MQTT-3.4.2-1]  PUBACK Reason Code       1  connection 1, offset 8, frame 9\n")
	require.NotContains(t, r.stdout, "PUBLISH")
	require.Contains(t, runFiles(t, "summary", handshake, "../../testdata/captures/illegal-mochi-v5.pcapng").stdout,
		"  ../../testdata/captures/illegal-mochi-v5.pcapng, connection 2, offset 8, frame 9\n", "of several files which")
	require.Equal(t, exitUsage, runFiles(t, "summary", "--top=-1").status)
}

// What is kept for the summary has an end.
func TestSummaryIsBounded(t *testing.T) {
	s := summary{topics: make(map[string]*topicRow), violations: make(map[violationKey]*violationRow)}
	for i := range maxTopics + 10 {
		s.topic(appendVarint(nil, i), 1)
	}
	require.Len(t, s.topics, maxTopics)
	require.EqualValues(t, 10, s.others.packets)
	for range maxConnections + 5 {
		s.closed(&session{tally: tally{packets: [3]int64{1}}})
	}
	require.Equal(t, 5, s.more)
	require.Contains(t, string(s.tables(1, network{again: 2})), "... and 100004 more, see --top\n")
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		r := runFiles(t, "completion", shell)
		require.Equal(t, exitOK, r.status)
		require.Contains(t, r.stdout, "mqttdump")
		require.Greater(t, len(r.stdout), 1000)
	}
	require.Contains(t, runFiles(t, "__complete", "--type", "PUB").stdout, "PUBLISH\n")
	require.Contains(t, runFiles(t, "__complete", "summ").stdout, "summary\t")
	require.Contains(t, runFiles(t, "__complete", "encode", "--output", "").stdout, "pcap\n")
}

func TestHelpOfCommands(t *testing.T) {
	for _, command := range []string{"check", "summary", "encode"} {
		r := runFiles(t, command, "--help")
		require.Equal(t, exitOK, r.status)
		require.Contains(t, r.stdout, "Usage: mqttdump "+command)
		require.Contains(t, r.stdout, "Exit status")
		require.Equal(t, r.stdout, runFiles(t, "help", command).stdout)
	}
	require.Equal(t, mqttwire.PacketAuth, typeNamed("auth"))
}
