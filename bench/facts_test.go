package main

import (
	"bytes"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

func TestFactsDiffer(t *testing.T) {
	want := facts{"Type": "PUBLISH", "QoS": "1", "Payload": `"x"`}
	require.Empty(t, facts{"Type": "PUBLISH", "QoS": "1", "Payload": `"x"`}.differ(want))
	require.Equal(t, "QoS is lost", facts{"Type": "PUBLISH", "Payload": `"x"`}.differ(want))
	require.Equal(t, `Payload is "y"`, facts{"Type": "PUBLISH", "QoS": "1", "Payload": `"y"`}.differ(want))
	require.Equal(t, "RETAIN is made up", facts{"Type": "PUBLISH", "QoS": "1", "Payload": `"x"`, "RETAIN": "true"}.differ(want))
}

func TestFactsText(t *testing.T) {
	f := facts{}
	f.text("short", []byte("a\x00\xffb"))
	f.text("long", bytes.Repeat([]byte("x"), 101))
	require.Equal(t, facts{"short": `"a\x00\xffb"`, "long": "101 bytes, CRC-32 f185866f"}, f)
}

// properties is a struct like those of the codecs.
type properties struct {
	PayloadFormat     *byte
	MessageExpiry     *uint32
	ContentType       string
	ResponseTopic     []byte
	MaximumQos        byte
	MaximumQosFlag    bool
	TopicAlias        uint16
	TopicAliasFlag    bool
	User              []struct{ K, V string }
	UserProps         map[string][]string
	SubIDs            []int
	ReqRespInfo       *bool
	WillDelayInterval uint32
	Unrelated         int
}

func TestPropertyStruct(t *testing.T) {
	f, zero, yes := facts{}, byte(0), true
	f.propertyStruct("Will ", &properties{PayloadFormat: &zero, ContentType: "text", ResponseTopic: []byte("r"), MaximumQosFlag: true,
		TopicAlias: 7, User: []struct{ K, V string }{{"a", "1"}, {"a", "1"}}, SubIDs: []int{3, 4}, ReqRespInfo: &yes, WillDelayInterval: 5, Unrelated: 1})
	require.Equal(t, facts{"Will Payload Format Indicator": "0", "Will Content Type": `"text"`, "Will Response Topic": `"r"`,
		"Will Maximum QoS": "0", "Will User Property": `"a"="1" "a"="1"`, "Will Subscription Identifier": "3 4",
		"Will Request Response Information": "1", "Will Delay Interval": "5"}, f)

	f = facts{}
	f.propertyStruct("", properties{UserProps: map[string][]string{"b": {"2"}, "a": {"1", "3"}}})
	require.Equal(t, facts{"User Property": `"a"="1" "a"="3" "b"="2"`}, f)

	f = facts{}
	f.propertyStruct("", (*properties)(nil))
	require.Empty(t, f)
}

// TestFieldNames: the names lead to every property.
func TestFieldNames(t *testing.T) {
	have := map[mqttwire.PropertyID]bool{}
	for _, id := range fieldNames {
		have[id] = true
	}
	for id := mqttwire.PropertyID(1); id < 43; id++ {
		require.Equal(t, id.Type() != 0, have[id], id)
	}
}
