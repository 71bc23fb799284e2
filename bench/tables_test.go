package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// example is a report of one packet, on which gomqtt encodes faster.
func example() *report {
	g := &group{section: packetSection, name: "PUBACK", size: 4, items: 1}
	for _, c := range []struct {
		codec, op string
		ns        float64
		verdict   verdict
	}{
		{"mqttwire", opAlone, 9, right}, {"mqttwire", opDecode, 10, right}, {"Decoder", opDecode, 12, right}, {"gomqtt", opDecode, 20, right}, {"mochi", opDecode, 30, right},
		{"mqtt-pkt", opDecode, 5, right}, {"paho3", opDecode, 0, wrong("QoS is %d", 3)}, {"paho5", opDecode, 0, notOffered},
		{"mqttwire", opEncode, 8, right}, {"gomqtt", opEncode, 6, right}, {"mochi", opEncode, 40, right},
		{opValid, opValid, 5, right}, {opCopy, opCopy, 2, right},
	} {
		cell := g.add(c.codec, c.op, c.verdict, nil)
		if c.verdict == right {
			cell.ns = []float64{c.ns, 2 * c.ns, 3 * c.ns}
		}
	}
	return &report{Codecs: describe(map[string]string{"mqtt-pkt": "it is not installed"}), Groups: []*groupReport{g.summarize()}}
}

func TestSummary(t *testing.T) {
	r := example()
	require.Equal(t, [][]string{{"PUBACK", "4", "18.0", "1.80", "20.0", "2.00", "24.0", "gomqtt", "2.00x", "16.0", "4.00", "gomqtt", "0.75x", "0"}}, r.summaryTable().rows)
	require.Equal(t, [][]string{{"PUBACK", "encode", "16.0 ns", "gomqtt 0.75x"}}, r.lossTable().rows)
}

func TestTimes(t *testing.T) {
	table := example().timeTable("decode", "Decoding", opDecode)
	require.Equal(t, []string{"packet", "mqttwire", "Decoder", "paho3", "paho5", "mochi", "gmqtt", "gomqtt", "natiu", "vlapi", "libmqtt", "surgemq", "vitalvas"}, table.head)
	require.Equal(t, [][]string{{"PUBACK", "20.0", "24.0", "wrong", "-", "60.0", "-", "40.0", "-", "-", "-", "-", "-"}}, table.rows)
	require.Equal(t, []string{"wrong: paho3, PUBACK: QoS is 3"}, table.notes)
}

func TestRulesTable(t *testing.T) {
	r := example()
	r.Rules = &rulesTable{Rows: []rulesRow{{Class: "flags", Scores: map[string]score{}}}, Malformed: map[string]score{}, Valid: map[string]score{}, Bomb: map[string]uint64{"mqttwire": 0, "paho3": 268e6}}
	list := []sample{{class: "flags", problem: "x"}, {class: "flags"}, {class: "flags", problem: "y"}}
	for name, results := range map[string][]string{
		"mqttwire": {outcomeRefused, outcomeAccepted, outcomeRefused},
		"paho3":    {outcomeAccepted, outcomeRefused, outcomePanic},
		"paho5":    {outcomeNone, outcomeNone, outcomeHang},
	} {
		outcomes := make([]outcome, len(results))
		for i, result := range results {
			outcomes[i].Result = result
		}
		r.Rules.count(name, list, outcomes)
	}
	var got []string
	for _, row := range r.rulesTable().rows {
		got = append(got, strings.Join(row[:4], " | "))
	}
	require.Equal(t, []string{"flags | 3/3 | 0/3 | 0/1", "all malformed: refused | 2/2 | 0/2 | 0/1", "all valid: accepted | 1/1 | 0/1 | -",
		"panics | 0 | 1 | 0", "hangs | 0 | 0 | 1", "bytes for the bomb | 0 | 268M | -"}, got)
}

// TestReadOutcomes: a process that hangs is killed, and one that ends too early is
// not taken for one.
func TestReadOutcomes(t *testing.T) {
	for _, c := range []struct {
		script string
		hung   bool
	}{
		{`echo '{"result":"refused"}'; echo noise; exec sleep 60`, true},
		{`echo '{"result":"refused"}'; exit 2`, false},
	} {
		command := exec.Command("sh", "-c", c.script)
		out, err := command.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, command.Start())
		list, hung := readOutcomes(out, command, 500*time.Millisecond)
		require.Error(t, command.Wait())
		require.Equal(t, []outcome{{Result: outcomeRefused}}, list)
		require.Equal(t, c.hung, hung)
	}
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 12345: "12345", 123456: "123k"} {
		require.Equal(t, want, figure(x))
	}
	for x, want := range map[float64]string{0: "0", 9999: "9999", 10000: "10k", 268435496: "268M"} {
		require.Equal(t, want, amount(x))
	}
}

func TestMarkdown(t *testing.T) {
	table := &table{head: []string{"a", "number"}, rows: [][]string{{"long name", "1"}}, notes: []string{"a note"}, left: 1}
	require.Equal(t, "| a         | number |\n| :-------- | -----: |\n| long name |      1 |\n\n- a note\n", table.markdown())
}

func TestWrap(t *testing.T) {
	require.Equal(t, "one two\n  three\n  four", wrap("one two three four", 7))
	require.Equal(t, "one", wrap("one", 2))
}
