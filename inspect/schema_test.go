package inspect

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// allKeys lists every key that a node can have.
func allKeys() map[string]bool {
	keys := map[string]bool{"mqtt.hdrflags": true, "mqtt.len": true, keyElement: true, keyProperty: true,
		keyPropertyLength: true, keyPropertyID: true, "mqtt.undecoded": true, "mqtt.left_over": true}
	addBits := func(table []bits) {
		for _, b := range table {
			keys[b.key] = true
		}
	}
	var add func(fields []field)
	add = func(fields []field) {
		for _, f := range fields {
			keys[f.key] = true
			if f.lengthKey != "" && (f.typ == utf8String || f.typ == binaryData) {
				keys[f.lengthKey] = true
			}
			addBits(f.bits)
			add(f.of)
		}
	}
	addBits([]bits{typeBits})
	for _, p := range grammar {
		addBits(p.flags)
		add(p.fields)
	}
	for id := range mqttwire.PropertyID(0x2B) {
		if id.Type() != 0 {
			add(propertyFields(id))
		}
	}
	return keys
}

// TestKeys: a key is one of Wireshark's, or SCHEMA.md says that it is ours.
func TestKeys(t *testing.T) {
	wireshark, err := os.ReadFile("testdata/wireshark-fields.txt") // tshark -G fields, version 4.0
	require.NoError(t, err)
	schema, err := os.ReadFile("SCHEMA.md")
	require.NoError(t, err)
	_, own, found := strings.Cut(string(schema), "## Keys that Wireshark does not have")
	require.True(t, found)
	ours := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(mqtt[a-z_.]*)` \\|").FindAllStringSubmatch(own, -1) {
		ours[row[1]] = true
	}
	theirs := map[string]bool{}
	for key := range strings.FieldsSeq(string(wireshark)) {
		theirs[key] = true
	}
	keys := allKeys()
	for key := range keys {
		require.NotEqual(t, theirs[key], ours[key], "%s", key)
	}
	for key := range ours {
		require.True(t, keys[key], "%s is in SCHEMA.md and in no table", key)
	}
}

// TestSchema: SCHEMA.md describes each member of each JSON object.
func TestSchema(t *testing.T) {
	schema, err := os.ReadFile("SCHEMA.md")
	require.NoError(t, err)
	source, err := os.ReadFile("json.go")
	require.NoError(t, err)
	members := regexp.MustCompile("`json:\"([a-z_]+)").FindAllStringSubmatch(string(source), -1)
	require.Greater(t, len(members), 30)
	for _, m := range members {
		require.Contains(t, string(schema), "| `"+m[1]+"` |", "%s", m[1])
	}
	for _, kind := range kindNames {
		require.Contains(t, string(schema), "| `"+kind+"` |")
	}
}
