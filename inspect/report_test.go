package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// clausesOf lists what a report finds wrong.
func clausesOf(report *Report) (all []string) {
	for _, v := range report.Violations {
		all = append(all, fmt.Sprintf("%d %s", v.Offset, v.Clause))
	}
	return all
}

// TestEveryViolation: all that is wrong with a packet is found, not only the first.
func TestEveryViolation(t *testing.T) {
	for _, row := range []struct {
		name    string
		rules   mqttwire.Rules
		packet  string
		clauses []string
	}{
		{"CONNECT", mqttwire.Rules{Sender: mqttwire.Client},
			"11 .. 0004 4d515454 05 0f 003c 08 210000 2602 0000 21 0003 61ff62 02 0102 0003 612f23 0001 70",
			[]string{"0 [MQTT-2.1.3-1]", "9 [MQTT-3.1.2-3]", "14 section 3.1.2.11.3", "17 section 1.5.4", "24 [MQTT-1.5.4-1]", "28 section 3.1.3.2.3", "33 [MQTT-4.7.0-1]"}},
		{"CONNECT of 3.1.1", mqttwire.Rules{Sender: mqttwire.Client},
			"10 .. 0004 4d515454 04 79 003c 0001 00 0001 70",
			[]string{"9 [MQTT-3.1.2-22]", "9 [MQTT-3.1.2-15]", "9 [MQTT-3.1.2-13]", "9 [MQTT-3.1.2-3]", "14 [MQTT-1.5.3-2]"}},
		{"PUBLISH", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client, Options: mqttwire.RejectInvalidPayload},
			"3a .. 0003 2b00ff 0000 0a 230000 0101 0b8000 2402 ff",
			[]string{"4 [MQTT-3.3.2-2]", "5 [MQTT-1.5.4-2]", "6 [MQTT-1.5.4-1]", "7 [MQTT-2.2.1-3]",
				"11 [MQTT-3.3.2-8]", "15 [MQTT-3.3.4-6]", "16 [MQTT-1.5.5-1]", "16 section 3.3.2.3.8", "18 section 2.2.2.2", "20 section 3.3.2.3.2"}},
		{"SUBSCRIBE", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server},
			"80 .. 0000 00 0002 232b ff 000a 2473686172652f2f2b2b 04 0001 62 00",
			[]string{"0 section 2.1.2", "0 [MQTT-3.8.1-1]", "2 [MQTT-2.2.1-3]", "7 [MQTT-4.7.1-1]", "8 [MQTT-4.7.1-2]",
				"9 [MQTT-3.8.3-5]", "9 section 3.8.3.1", "9 section 3.8.3.1", "12 [MQTT-4.8.2-1]", "20 [MQTT-4.7.1-2]", "22 [MQTT-3.8.3-4]"}},
		{"SUBACK", mqttwire.Rules{Version: mqttwire.MQTT311, Sender: mqttwire.Server},
			"91 .. 0000 03 01 04",
			[]string{"0 [MQTT-2.2.2-2]", "2 [MQTT-2.3.1-7]", "4 [MQTT-3.9.3-2]", "6 [MQTT-3.9.3-2]"}},
		{"SUBACK of a client, whose code is nothing else", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client},
			"90 .. 0001 00 00", []string{"0 section 2.1.2"}},
		{"DISCONNECT that goes on behind an unknown property", mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server},
			"e0 .. 04 06 11 0000003c 7f 00",
			[]string{"2 [MQTT-3.14.2-1]", "4 [MQTT-3.14.2-2]", "9 section 2.2.2.2", "10 section 2.3"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			report := Inspect(packetOf(t, row.packet), row.rules)
			require.Equal(t, row.clauses, clausesOf(&report))
			require.Empty(t, uncovered(&report))
		})
	}
}

// TestManyViolations: the text of a packet grows with what is wrong with it, and so does
// the work for it.
func TestManyViolations(t *testing.T) {
	work := func(n int) float64 {
		report := Inspect(framed(0xB0, append([]byte{0, 1, 0}, bytes.Repeat([]byte{0x77}, n)...)), mqttwire.Rules{Version: mqttwire.MQTT5})
		require.Len(t, report.Violations, n)
		text := string(report.AppendText(nil, Style{}))
		require.Equal(t, n, strings.Count(text, "^^"))
		require.Equal(t, 2*n, strings.Count(text, "is 0x77, which an UNSUBACK does not have"))
		return testing.AllocsPerRun(1, func() { report.AppendText(nil, Style{}) })
	}
	require.InDelta(t, 10, work(20000)/work(2000), 0.5)
}

// TestEnd: how far the tree goes, and why not further.
func TestEnd(t *testing.T) {
	five := mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client}
	for _, row := range []struct {
		rules            mqttwire.Rules
		packet           string
		outcome          Outcome
		missing, decoded int
		stopped          string
	}{
		{five, "", Incomplete, 2, 0, "there is no input"},
		{five, "30", Incomplete, 1, 1, "the input ends inside the Remaining Length"},
		{five, "30 80", Incomplete, 1, 2, "the input ends inside the Remaining Length"},
		{five, "30 05", Incomplete, 5, 2, "the input ends inside the Topic Name"},
		{five, "30 05 00", Incomplete, 4, 3, "the input ends inside the Topic Name Length"},
		{five, "30 05 0001", Incomplete, 3, 4, "the input ends inside the Topic Name"},
		{five, "30 05 0001 61 00", Incomplete, 1, 6, "the input ends inside the Payload"},
		{five, "30 05 0001 61 00 70", Accepted, 0, 7, ""},
		{five, "30 05 0001 61 00 70 c000", Accepted, 0, 7, ""},
		{five, "30 05 0001 2b 00", Refused, 1, 6, "the input ends inside the Payload"},
		{five, "30 05 0009 61 00 70", Refused, 0, 7, "the packet ends before its last field does"},
		{five, "30 05 0001 61 80 80", Refused, 0, 7, "the packet ends before its last field does"},
		{five, "e0 07 00 80808080 00 00", Refused, 0, 7, "nothing says where the next field begins"},
		{five, "30 80808080 05 00", Refused, 0, 5, "where the packet ends is not known"},
		{five, "00 02 0000", Refused, 0, 2, "the packet type is reserved"},
		{mqttwire.Rules{}, "30 02 0000", Refused, 0, 2, "the version is not known"},
		{mqttwire.Rules{Version: 7}, "c0 00", Refused, 0, 2, "the version is not known"},
		{mqttwire.Rules{}, "10 08 0004 4d515454 06 02", Refused, 0, 9, "what follows depends on the version, and level 6 is none that is known"},
	} {
		t.Run(row.packet, func(t *testing.T) {
			report := Inspect(unhex(t, row.packet), row.rules)
			require.Equal(t, row.outcome, report.Outcome(), "%v", report.Violations)
			require.Equal(t, row.missing, report.Missing)
			require.Equal(t, row.decoded, report.Decoded)
			require.Equal(t, row.stopped, report.Stopped)
			require.Empty(t, uncovered(&report))
		})
	}
}

// TestAnswers: what to send back depends on version, packet and sender.
func TestAnswers(t *testing.T) {
	for _, row := range []struct {
		rules  mqttwire.Rules
		packet string
		answer string
	}{
		{mqttwire.Rules{Sender: mqttwire.Client}, c5 + "03 003c 00 0000", "CONNACK 0x81 Malformed Packet, then close"},
		{mqttwire.Rules{Sender: mqttwire.Client}, c4 + "03 003c 0000", "close the connection"},
		{mqttwire.Rules{Sender: mqttwire.Client}, c4 + "00 003c 0000", "CONNACK 0x02 identifier rejected, then close"},
		{mqttwire.Rules{Sender: mqttwire.Client}, "10 .. 0004 4d515454 06", "CONNACK 0x84 Unsupported Protocol Version, then close"},
		{mqttwire.Rules{Sender: mqttwire.Client}, "10 .. 0004 4d515454 01", "CONNACK 0x01 unacceptable protocol version, then close"},
		{mqttwire.Rules{Sender: mqttwire.Client}, "10 .. 0004 4d515458 04 02 003c 0000", "close the connection"},
		{mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client}, "30 .. 0001 2b 00", "DISCONNECT 0x82 Protocol Error, then close"},
		{mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server}, "30 .. 0001 61 03 230000", "DISCONNECT 0x94 Topic Alias invalid, then close"},
		{mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server}, c5 + "02 003c 00 0000", "DISCONNECT 0x82 Protocol Error, then close"},
		{mqttwire.Rules{Version: mqttwire.MQTT311, Sender: mqttwire.Client}, "30 .. 0001 2b", "close the connection"},
		{mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Server}, "20 .. 0001", "close the connection"},
		{mqttwire.Rules{}, "30 .. 0001 61", "close the connection"},
	} {
		report := Inspect(packetOf(t, row.packet), row.rules)
		require.NotEmpty(t, report.Violations, row.packet)
		require.Equal(t, row.answer, report.Violations[0].Answer.String(), row.packet)
	}
}

// TestSecrets: no rendering shows a password or authentication data unless asked,
// wherever the packet breaks off.
func TestSecrets(t *testing.T) {
	const secret, secretHex = "hunter2", "68756e74657232"
	password := "0007 " + secretHex
	for _, row := range []struct {
		rules  mqttwire.Rules
		packet string
	}{
		{mqttwire.Rules{}, c5 + "c2 003c 00 0000 0000" + password},
		{mqttwire.Rules{}, c31 + "c2 003c 000161 0000" + password},
		{mqttwire.Rules{}, c5 + "02 003c 0a 16" + password + " 0000"},
		{mqttwire.Rules{Version: mqttwire.MQTT5}, "f0 .. 18 0d 150000 16" + password},
		{mqttwire.Rules{Version: mqttwire.MQTT5}, "20 .. 00 00 0a 16" + password},
		{mqttwire.Rules{}, c5 + "02 003c 00 0000" + password},                                     // left over
		{mqttwire.Rules{}, c5 + "c2 003c ff 7f 0000" + password},                                  // behind a broken block
		{mqttwire.Rules{}, c5 + "c2 003c 80808080 0000" + password},                               // behind no length
		{mqttwire.Rules{}, "10 .. 0004 4d515454 06 c2 003c 0000 0000" + password},                 // a version that is not known
		{mqttwire.Rules{}, "10 80808080 01" + password},                                           // a packet without end
		{mqttwire.Rules{}, c5 + "c2 003c 00 0000 0000 0009" + secretHex},                          // cut short
		{mqttwire.Rules{Version: mqttwire.MQTT5}, "f0 .. 18 0b 7f 16" + password},                 // behind an unknown property
		{mqttwire.Rules{Options: mqttwire.AllowTrailingBytes}, c5 + "02 003c 00 0000" + password}, // allowed, left over
	} {
		report := Inspect(packetOf(t, row.packet), row.rules)
		hidden := string(report.AppendText(nil, Style{Long: true})) + string(report.AppendJSON(nil, Style{})) +
			fmt.Sprintf("%v %+v %#v %s", report, report, report, report) + fmt.Sprintf("%v %+v %#v", report.Tree, report.Tree, report.Tree.Children)
		for _, value := range []any{report, report.Tree, report.Tree.Children} {
			text, err := json.Marshal(value)
			require.NoError(t, err)
			hidden += string(text)
		}
		require.NotContains(t, hidden, secret, row.packet)
		require.NotContains(t, hidden, secretHex, row.packet)
		require.NotContains(t, hidden, "68 75 6e", row.packet)
		require.NotContains(t, hidden, "104 117 110", row.packet)

		require.Contains(t, string(report.AppendText(nil, Style{Secrets: true, Long: true})), "75 6e", row.packet)
		require.Contains(t, string(report.AppendJSON(nil, Style{Secrets: true})), secretHex, row.packet)
	}
}
