package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// known is what the codecs get wrong, by the beginning of the verdict. It holds
// for the versions in go.mod: an upgrade that repairs something fails the test.
var known = map[string]string{
	// Properties of a Will are not read.
	"libmqtt, decode, CONNECT 5.0 full": "refused, none MQTT packet",
	"libmqtt, encode, CONNECT 5.0 full": "refused, none MQTT packet",
	// A PUBACK of two bytes, which has no reason code, is not taken.
	"libmqtt, decode, PUBACK 5.0":           "refused, none MQTT packet",
	"libmqtt, encode, PUBACK 5.0":           "refused, none MQTT packet",
	"libmqtt, decode, stream of 1 MiB, 5.0": "refused, none MQTT packet",
	// Where properties are written those that are absent are taken for there.
	"libmqtt, encode, CONNACK 5.0":         "not encoded, panic: runtime error: invalid memory address",
	"libmqtt, encode, CONNECT 5.0 typical": "not encoded, panic: runtime error: invalid memory address",
	"libmqtt, encode, DISCONNECT 5.0":      "encoded, Reason Code is 0",
	// Properties are written before the topic.
	"libmqtt, encode, PUBLISH 5.0, 1 KiB":  "encoded a packet that is none",
	"libmqtt, encode, PUBLISH 5.0, 64 KiB": "encoded a packet that is none",
	"libmqtt, fan-out, fan-out, 5.0":       "mqttwire: PUBLISH: Property Identifier: is not assigned",
	"libmqtt, fan-out, fan-out, mixed":     "mqttwire: PUBLISH: Property Identifier: is not assigned",
	// Properties of a Will are not written.
	"paho5, encode, CONNECT 5.0 full": "encoded, Will Content Type is lost",
	// A client identifier with a hyphen is refused.
	"surgemq, decode, CONNECT 3.1.1 full":    "refused, Connection Refused, identifier rejected",
	"surgemq, decode, CONNECT 3.1.1 minimal": "refused, Connection Refused, identifier rejected",
	"surgemq, encode, CONNECT 3.1.1 full":    "refused, Connection Refused, identifier rejected",
	"surgemq, encode, CONNECT 3.1.1 minimal": "refused, Connection Refused, identifier rejected",
}

// opened opens a codec, but mqtt-packet where it is not installed.
func opened(e entry) codec {
	if e.foreign && node.process == nil {
		return nil
	}
	return must(e.open())
}

// everyGroup is all work, with all codecs checked at it.
var everyGroup = sync.OnceValue(func() []*group { return makeAll(must(plans("..", opened)), func(plan) bool { return true }) })

// TestCodecs: every codec is right at every piece of work, or known not to be.
func TestCodecs(t *testing.T) {
	found := map[string]string{}
	for _, g := range everyGroup() {
		for _, c := range g.cells {
			if strings.HasPrefix(string(c.verdict), "wrong: ") && g.section != rejectSection && g.section != growthSection {
				found[fmt.Sprintf("%s, %s, %s", c.codec, c.op, g.name)] = strings.TrimPrefix(string(c.verdict), "wrong: ")
			}
		}
	}
	for name, reason := range found {
		want, ok := known[name]
		require.True(t, ok, "%s: %s", name, reason)
		require.True(t, strings.HasPrefix(reason, want), "%s: %s", name, reason)
	}
	for name := range known {
		require.Contains(t, found, name, "it is right now")
	}
}

// TestCodecsOffer: every codec takes part in most of what its versions allow.
func TestCodecsOffer(t *testing.T) {
	for _, e := range entries {
		if e.foreign && node.process == nil {
			continue
		}
		c, err := e.open()
		require.NoError(t, err)
		for _, s := range must(readFolder("..", "work")) {
			if !s.malformed() && e.speaks(s.version) && checkDecode(c, s) == notOffered {
				require.Contains(t, []string{"natiu, PUBACK 3.1.1", "natiu, SUBACK 3.1.1"}, e.name+", "+s.name)
			}
		}
	}
}

// judged is how many packets each codec refuses and accepts, of those that it
// should, and what it does besides.
var judged = map[string]string{
	"mqttwire": "refuses 117/117, accepts 43/43, panics 0, hangs 0",
	"Decoder":  "refuses 117/117, accepts 43/43, panics 0, hangs 0",
	"paho3":    "refuses 9/42, accepts 20/20, panics 0, hangs 0",
	"paho5":    "refuses 14/75, accepts 22/23, panics 0, hangs 0",
	"mochi":    "refuses 54/117, accepts 40/43, panics 1, hangs 0",
	"gmqtt":    "refuses 76/117, accepts 37/43, panics 0, hangs 0",
	"gomqtt":   "refuses 28/42, accepts 20/20, panics 0, hangs 0",
	"natiu":    "refuses 13/30, accepts 10/14, panics 0, hangs 0",
	"vlapi":    "refuses 82/117, accepts 38/43, panics 0, hangs 0",
	"libmqtt":  "refuses 24/115, accepts 36/42, panics 0, hangs 0",
	"surgemq":  "refuses 17/42, accepts 18/20, panics 2, hangs 0",
	"vitalvas": "refuses 50/75, accepts 23/23, panics 0, hangs 0",
	"mqtt-pkt": "refuses 40/117, accepts 42/43, panics 0, hangs 0",
}

// TestJudge: what the codecs validate is what it was.
func TestJudge(t *testing.T) {
	var names []string
	want, got := map[string]string{}, map[string]string{}
	for _, e := range entries {
		if !e.foreign || node.process != nil {
			names = append(names, e.name)
			want[e.name] = judged[e.name]
		}
	}
	table, err := judgeAll("..", names, func(string) {})
	require.NoError(t, err)
	for _, name := range names {
		m, v := table.Malformed[name], table.Valid[name]
		got[name] = fmt.Sprintf("refuses %v, accepts %v, panics %d, hangs %d", m, v, m.Panics+v.Panics, m.Hangs+v.Hangs)
	}
	require.Equal(t, want, got)
	require.Less(t, table.Bomb["mqttwire"], uint64(1000))
	require.Less(t, table.Bomb["Decoder"], uint64(1000))
	require.Greater(t, table.Bomb["paho3"], uint64(250e6), "the allocation is seen")
}

// TestJudgePacket: a panic is one outcome among others.
func TestJudgePacket(t *testing.T) {
	e := entryNamed("mochi")
	list := must(readFolder("..", "rules"))
	results := map[string]int{}
	for _, s := range list {
		results[judgePacket(e, s).Result]++
	}
	require.Equal(t, 1, results[outcomePanic])
	require.Positive(t, results[outcomeAccepted])
	require.Positive(t, results[outcomeRefused])
	require.Equal(t, outcomeNone, judgePacket(entryNamed("paho5"), list[0]).Result, "it has no 3.1.1")
}
