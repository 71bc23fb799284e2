package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// ours is mqttwire by both ways.
func ours(t *testing.T) (list []codec) {
	for _, e := range entries {
		if e.ours() {
			c, err := e.open()
			require.NoError(t, err)
			list = append(list, c)
		}
	}
	require.Len(t, list, 2)
	return list
}

// TestWork: mqttwire takes every packet that is to be measured for what its file
// says it is, and writes the same bytes again; it refuses the malformed ones for
// the reason that theirs say.
func TestWork(t *testing.T) {
	list, err := readFolder("..", "work")
	require.NoError(t, err)
	good, bad := byName(list)
	require.Len(t, bad, len(good))
	require.Len(t, list, 2*len(good), "every packet has its place in the tables")
	for _, s := range append(good, largePublish(mqttwire.MQTT311, 64<<10), largePublish(mqttwire.MQTT5, 64<<10)) {
		for _, c := range ours(t) {
			require.NotEmpty(t, s.facts, s.name)
			require.Equal(t, right, checkDecode(c, s), s.name)
			require.Equal(t, right, checkEncode(c, s), s.name)
			out, err := c.encode(3)
			require.NoError(t, err)
			require.Equal(t, s.wire, out, s.name)
			require.NoError(t, c.check(s.rules(), s.wire), s.name)
		}
	}
	for _, s := range bad {
		requireClause(t, s)
		for _, c := range ours(t) {
			require.Error(t, c.decode(s.version, s.wire, 1), s.name)
		}
	}
}

// requireClause: mqttwire refuses the packet, and by the clause of its file.
func requireClause(t *testing.T, s sample) {
	t.Helper()
	for _, c := range ours(t) {
		err := c.check(s.rules(), s.wire)
		var e *mqttwire.Error
		require.True(t, errors.As(err, &e), "%s, %s: %v", s.class, s.name, err)
		require.Equal(t, s.clause, s.version.String()+" "+e.Clause(s.version), "%s, %s: %v", s.class, s.name, err)
	}
}

// TestRules: mqttwire is right on every packet of the table of rules, and there
// are enough of them to say something.
func TestRules(t *testing.T) {
	list, err := readFolder("..", "rules")
	require.NoError(t, err)
	malformed, valid, names := 0, 0, map[string]bool{}
	for _, s := range list {
		require.NotEmpty(t, s.class, s.name)
		require.NotEmpty(t, s.clause, s.name)
		require.False(t, names[s.class+s.name], "%s, %s twice", s.class, s.name)
		names[s.class+s.name] = true
		if s.malformed() {
			malformed++
			requireClause(t, s)
			continue
		}
		valid++
		for _, c := range ours(t) {
			require.NoError(t, c.check(s.rules(), s.wire), "%s, %s", s.class, s.name)
		}
	}
	require.GreaterOrEqual(t, malformed, 100)
	require.GreaterOrEqual(t, valid, 40)
}

func TestParseSample(t *testing.T) {
	s, err := parseSample("# name: a PINGREQ\n# version: 3.1.1\n# sender: client\n# Type: PINGREQ\nc0\n00")
	require.NoError(t, err)
	require.Equal(t, sample{name: "a PINGREQ", version: mqttwire.MQTT311, sender: mqttwire.Client, facts: facts{"Type": "PINGREQ"}, wire: []byte{0xC0, 0}}, s)

	for _, c := range []struct{ block, want string }{
		{"# name: x\n# version: 3.1.1\n# sender: client\nc", "encoding/hex: odd length hex string"},
		{"# name: x\n# version: 3.1.1\n# sender: client\n", "without name, version, sender or bytes"},
		{"# name: x\n# version: 4\n# sender: client\nc000", "without name, version, sender or bytes"},
		{"# name: x\n# version: 5.0\nc000", "without name, version, sender or bytes"},
		{"# name: x\n# colour: red\nc000", `no line begins with "colour"`},
		{"# nonsense\nc000", `"# nonsense" has no colon`},
	} {
		_, err := parseSample(c.block)
		require.ErrorContains(t, err, c.want)
	}
}

func TestFindRoot(t *testing.T) {
	root, err := findRoot(".")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(root, "testdata", "bench", "README.md"))
	_, err = findRoot(os.TempDir())
	require.ErrorContains(t, err, "neither")
}
