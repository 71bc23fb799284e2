package main

import (
	"errors"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// faithful is a peer that is the root package itself.
func faithful(v mqttwire.Version, wire []byte) (decoded, error) {
	p, _, err := (&packet{wire: wire}).decode(mqttwire.Rules{Version: v})
	return decoded{
		facts:  func() facts { return rootFacts(p, v) },
		encode: func() ([]byte, error) { return p.Append(nil, mqttwire.Rules{Version: v}) },
	}, err
}

// TestComparePeer: a peer that is right does not disagree, and one that is wrong in
// whatever way is found out.
func TestComparePeer(t *testing.T) {
	corpus := testCorpus(t, small)
	for name, c := range map[string]struct {
		does string // what is found, "" for nothing
		turn func(v mqttwire.Version, wire []byte) (decoded, error)
	}{
		"right":       {"", faithful},
		"refuses all": {refuses, func(mqttwire.Version, []byte) (decoded, error) { return decoded{}, errors.New("no") }},
		"accepts all": {accepts, func(v mqttwire.Version, wire []byte) (decoded, error) { d, _ := faithful(v, wire); return d, nil }},
		"panics":      {panics, func(mqttwire.Version, []byte) (decoded, error) { panic("no") }},
		"loses a value": {reads, func(v mqttwire.Version, wire []byte) (decoded, error) {
			d, err := faithful(v, wire)
			whole := d.facts
			d.facts = func() facts { f := whole(); delete(f, "Packet Identifier"); return f }
			return d, err
		}},
		"makes a value up": {reads, func(v mqttwire.Version, wire []byte) (decoded, error) {
			d, err := faithful(v, wire)
			whole := d.facts
			d.facts = func() facts { f := whole(); f.number("Receive Maximum", 3); return f }
			return d, err
		}},
		"writes rubbish": {writes, func(v mqttwire.Version, wire []byte) (decoded, error) {
			d, err := faithful(v, wire)
			d.encode = func() ([]byte, error) { return []byte{0, 0}, nil }
			return d, err
		}},
		"writes another packet": {writes, func(v mqttwire.Version, wire []byte) (decoded, error) {
			d, err := faithful(v, wire)
			d.encode = func() ([]byte, error) { return []byte{0xC0, 0}, nil }
			return d, err
		}},
		"does not write": {writes, func(v mqttwire.Version, wire []byte) (decoded, error) {
			d, err := faithful(v, wire)
			d.encode = func() ([]byte, error) { return nil, errors.New("no") }
			return d, err
		}},
	} {
		r := comparePeer(peer{name: name, versions: allVersions, decode: c.turn}, corpus)
		require.Greater(t, r.packets, 1000)
		found := make(map[string]int)
		for _, d := range r.found {
			found[d.does]++
		}
		if c.does == "" {
			require.Empty(t, found, name)
			require.Equal(t, r.packets, r.agreed, name)
			require.Equal(t, r.packets, r.legal+r.illegal, name)
			continue
		}
		require.Greater(t, found[c.does], 500, name)
		require.Equal(t, r.packets > r.agreed, true, name)
	}
}

// TestFactsDiffer: each way in which facts can differ is told.
func TestFactsDiffer(t *testing.T) {
	want := facts{"same": {"1"}, "gone": {"2"}, "other": {"3"}, "order": {"4", "5"}}
	got := facts{"same": {"1"}, "other": {"6"}, "order": {"5", "4"}, "new": {"7"}}
	told := make(map[string]string)
	want.differ(got, func(name, detail string) { told[name] = detail })
	require.Equal(t, map[string]string{"gone": "2 is lost", "other": "3 becomes 6", "order": "4, 5 is put in another order", "new": "7 is made up"}, told)
}

// TestPropertyFields: every property has a field name, and none is that of two.
func TestPropertyFields(t *testing.T) {
	require.Len(t, fieldNames, 27)
	for id, names := range fieldNames {
		require.NotZero(t, id.Type(), names)
	}
	require.Equal(t, mqttwire.PropertyMaximumQoS, propertyOfField("MaximumQOS"))
	require.Zero(t, propertyOfField("ReasonCode"))
}
