package inspect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// uncovered checks that the leaves of a report cover each of its bytes once, that
// the bits of a byte cover each of its bits once, and that nodes are inside of
// their parents. It returns what is wrong.
func uncovered(report *Report) string {
	at := 0
	for n := range report.Tree.All() {
		bits := uint8(0)
		for i := range n.Children {
			c := &n.Children[i]
			if c.Offset < n.Offset || c.end() > n.end() {
				return fmt.Sprintf("%s is outside of %s", c.Name, n.Name)
			}
			if bits&c.Mask != 0 {
				return fmt.Sprintf("%s overlaps other bits of %s", c.Name, n.Name)
			}
			bits |= c.Mask
		}
		if bits != 0 && bits != 0xFF {
			return fmt.Sprintf("bits %08b of %s have no name", ^bits, n.Name)
		}
		if !n.IsLeaf() {
			continue
		}
		if n.Offset != at || !bytes.Equal(n.raw, report.Bytes[at:n.end()]) {
			return fmt.Sprintf("%s begins at byte %d, the one before ends at %d", n.Name, n.Offset, at)
		}
		at = n.end()
	}
	if at != len(report.Bytes) || report.Tree.Length != at {
		return fmt.Sprintf("the leaves end at byte %d, the tree at %d, the packet at %d", at, report.Tree.Length, len(report.Bytes))
	}
	return misplaced(report)
}

// misplaced checks the violations' places.
func misplaced(report *Report) string {
	for _, v := range report.Violations {
		if v.Offset < 0 || v.Length < 0 || v.Offset+v.Length > len(report.Bytes) {
			return fmt.Sprintf("%v is outside of the packet", v)
		}
		if v.Field == "" || v.Key == "" || v.Problem == "" || v.Clause == "" || v.ReasonCode < 0x80 {
			return fmt.Sprintf("%#v is not complete", v)
		}
	}
	return ""
}

// TestEveryByteIsCovered: by one leaf each, for the packets of testdata, all their
// prefixes, and what becomes of them when a byte is changed.
func TestEveryByteIsCovered(t *testing.T) {
	for _, s := range append(samples(t, "packets"), samples(t, "packets/illegal")...) {
		for _, b := range mutations(s.bytes) {
			report := Inspect(b, s.rules)
			require.Empty(t, uncovered(&report), "%s: %x", s.name, b)
			require.True(t, bytes.HasPrefix(b, report.Bytes))
		}
	}
}

// TestWireshark compares the leaves with what Wireshark says of the same packets,
// key by key and value by value.
func TestWireshark(t *testing.T) {
	for _, s := range samples(t, "packets") {
		t.Run(s.name, func(t *testing.T) {
			report := Inspect(s.bytes, s.rules)
			require.Equal(t, Accepted, report.Outcome(), "%v", report.Violations)
			require.Equal(t, s.fields, dissection(&report))
		})
	}
}

// ownKeys is those that Wireshark does not have, or does not show.
var ownKeys = map[string]bool{keyProperty: true, keyElement: true, "mqtt.subscriptions": true,
	"mqtt.unsubscriptions": true, "mqtt.codes": true, "mqtt.property.content_type_len": true}

// dissection is the nodes as Wireshark prints fields.
func dissection(report *Report) (lines []string) {
	for n := range report.Tree.All() {
		if n == &report.Tree || n.Implied || ownKeys[n.Key] {
			continue
		}
		if n.Key == "mqtt.topic" && n.Length == 0 { // it shows that of the Topic Alias, or none
			continue
		}
		if n.Key == "mqtt.topic" && report.Type == mqttwire.PacketPublish && len(n.Bytes) == 0 {
			continue
		}
		lines = append(lines, n.Key+": "+shown(n))
	}
	return lines
}

// hexadecimal is the keys whose numbers Wireshark shows so.
var hexadecimal = map[string]bool{"mqtt.hdrflags": true, "mqtt.property_id": true, "mqtt.conflags": true,
	"mqtt.conack.flags": true, "mqtt.subscription_options": true, "mqtt.subscription_options_reserved": true}

func shown(n *Node) string {
	switch {
	case n.Kind == Group:
		return ""
	case n.Kind == Text || n.Key == "mqtt.passwd":
		return string(n.Bytes)
	case n.Kind == Data && len(n.Bytes) > 1000:
		return fmt.Sprintf("%d bytes, SHA-256 %x", len(n.Bytes), sha256.Sum256(n.Bytes))
	case n.Kind == Data:
		pairs := make([]string, len(n.Bytes))
		for i := range n.Bytes {
			pairs[i] = hex.EncodeToString(n.Bytes[i : i+1])
		}
		return strings.Join(pairs, ":")
	case hexadecimal[n.Key]:
		return fmt.Sprintf("0x%02x", n.Number)
	}
	return fmt.Sprint(n.Number)
}

// TestIllegalSamples: each is refused for the clause and the reason code that its
// file names.
func TestIllegalSamples(t *testing.T) {
	for _, s := range samples(t, "packets/illegal") {
		t.Run(s.name, func(t *testing.T) {
			report := Inspect(s.bytes, s.rules)
			var found []string
			for _, v := range report.Violations {
				found = append(found, fmt.Sprintf("%s %s 0x%02x", v.Version, v.Clause, uint8(v.ReasonCode)))
			}
			require.Contains(t, found, s.clause+" "+s.reason, "%v", report.Violations)
		})
	}
}

// TestBlockTable compares the sections of the properties, which are in the order of
// the specification, with the table of where properties are allowed.
func TestBlockTable(t *testing.T) {
	for p := range mqttwire.PacketType(16) {
		listed := map[mqttwire.PropertyID]bool{}
		for _, id := range blockTable[p].properties {
			require.False(t, listed[id], "%s twice in %s", id, blockName(p))
			listed[id] = true
		}
		for id := range mqttwire.PropertyID(255) {
			require.Equal(t, allowedIn(p, id, mqttwire.AnySender), listed[id], "%s in %s", id, blockName(p))
		}
	}
}

// TestSurroundings: bytes behind the packet make no difference, a version is taken
// from the CONNECT, and nothing is written to the input.
func TestSurroundings(t *testing.T) {
	for _, s := range samples(t, "packets") {
		alone := Inspect(s.bytes, s.rules)
		followed := append(bytes.Clone(s.bytes), 0xC0, 0x00, 0xFF)
		before := bytes.Clone(followed)
		report := Inspect(followed, s.rules)
		require.Equal(t, string(alone.AppendJSON(nil, Style{})), string(report.AppendJSON(nil, Style{})))
		report.AppendText(nil, Style{Color: true, Long: true})
		require.Equal(t, before, followed)
		if report.Type == mqttwire.PacketConnect {
			require.Equal(t, s.rules.Version, Inspect(s.bytes, mqttwire.Rules{}).Rules.Version)
		}
	}
}
