package main

import (
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

const goodRow = "peer,accepts,PUBLISH,5.0,Topic Name,wildcard,,mqttwire,5.0 [MQTT-3.3.2-2],accepts a wildcard"

func tableOf(rows ...string) string {
	return strings.Join(columns, ",") + "\n" + strings.Join(rows, "\n") + "\n"
}

// TestRows: a row covers what it says, and nothing else.
func TestRows(t *testing.T) {
	rows, err := readRows(tableOf(goodRow))
	require.NoError(t, err)
	d := disagreement{oracle: "peer", does: accepts, packet: &packet{wire: []byte{0x30, 0}}, version: mqttwire.MQTT5,
		field: "Topic Name", detail: "contains a wildcard character"}
	require.True(t, rows[0].covers(&d))
	for name, change := range map[string]func(d *disagreement){
		"oracle":  func(d *disagreement) { d.oracle = "other" },
		"does":    func(d *disagreement) { d.does = refuses },
		"packet":  func(d *disagreement) { d.packet = &packet{wire: []byte{0x10, 0}} },
		"version": func(d *disagreement) { d.version = mqttwire.MQTT311 },
		"field":   func(d *disagreement) { d.field = "Will Topic Name" },
		"detail":  func(d *disagreement) { d.detail = "is zero" },
	} {
		other := d
		change(&other)
		require.False(t, rows[0].covers(&other), name)
		findings, unlisted := classify(rows, []result{{oracle: "peer", found: []disagreement{other}}})
		require.Len(t, unlisted, 1, name)
		require.Equal(t, []string{"peer"}, findings[0].stale(func(string) bool { return true }), name)
	}
	findings, unlisted := classify(rows, []result{{oracle: "peer", found: []disagreement{d, d}}})
	require.Empty(t, unlisted)
	require.Empty(t, findings[0].stale(func(string) bool { return true }))
	require.Equal(t, 2, findings[0].counts["peer"])
	require.Equal(t, []clause{{"5.0", "[MQTT-3.3.2-2]"}}, findings[0].clauses("peer"))
}

// TestRowsWrong: a row that makes no sense is refused.
func TestRowsWrong(t *testing.T) {
	for _, change := range [][2]string{
		{"accepts", "likes"}, {"peer", ""}, {"Topic Name", "("}, {"wildcard,", "(,"}, {",,mqttwire", ",no such condition,mqttwire"},
		{",,mqttwire", ",,nobody"}, {"5.0 [MQTT-3.3.2-2]", ""}, {"5.0 [MQTT-3.3.2-2]", "6.0 [MQTT-3.3.2-2]"}, {"accepts a wildcard", ""},
		{",accepts a wildcard", ""},
	} {
		bad := strings.Replace(goodRow, change[0], change[1], 1)
		require.NotEqual(t, goodRow, bad)
		_, err := readRows(tableOf(bad))
		require.Error(t, err, bad)
	}
	_, err := readRows("other,columns\n")
	require.Error(t, err)
}

// TestConditionsAreUsed: each condition has a row that asks for it.
func TestConditionsAreUsed(t *testing.T) {
	for name := range conditions {
		require.True(t, strings.Contains(disagreementsCSV, ","+name+","), name)
	}
}

// TestConditions: each holds for some of the legal packets, and not for all.
func TestConditions(t *testing.T) {
	holds := make(map[string]int)
	corpus, legal := testCorpus(t, usual), 0
	for i := range corpus {
		about, _ := rootSays(&corpus[i], corpus[i].rules)
		if about.got == nil {
			continue
		}
		legal++
		about.oracle = "gmqtt" // one that knows control characters
		for name, condition := range conditions {
			if condition(&about) {
				holds[name]++
			}
		}
	}
	for name := range conditions {
		if name == "level of a bridge" { // which is about illegal ones
			require.Zero(t, holds[name], name)
			continue
		}
		require.NotZero(t, holds[name], name)
		require.Less(t, holds[name], legal/2, name)
	}
}

func TestLevelOfABridge(t *testing.T) {
	for level, want := range map[byte]bool{0x83: true, 0x84: true, 0x04: false, 0x00: false} {
		d := disagreement{packet: &packet{wire: []byte{0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', level, 2, 0, 60, 0, 0}}}
		require.Equal(t, want, conditions["level of a bridge"](&d))
	}
	for n := range 7 {
		d := disagreement{packet: &packet{wire: []byte{0x10, 12, 0, 4, 'M', 'Q', 'T', 'T'}[:n+1]}}
		require.False(t, conditions["level of a bridge"](&d))
	}
}

func TestWithoutControls(t *testing.T) {
	require.Equal(t, "axbxxxxxé", string(withoutControls([]byte("a\x01b\u0085\uFFFFé"))))
}

// TestClauseCovers: a section covers its subsections, and not its neighbours.
func TestClauseCovers(t *testing.T) {
	c := clause{"5.0", "section 3.1"}
	require.True(t, c.covers(clause{"5.0", "section 3.1"}))
	require.True(t, c.covers(clause{"5.0", "section 3.1.2"}))
	require.False(t, c.covers(clause{"5.0", "section 3.10"}))
	require.False(t, c.covers(clause{"3.1.1", "section 3.1"}))
}
