package main

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRun: the command prints its table.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"--only", "inspect|gomqtt", "--random", "3", "--mutations", "1"}, &out))
	require.Regexp(t, `(?m)^\d+ packets, seed 1$`, out.String())
	require.Regexp(t, `(?m)^gomqtt +\d+ +\d+ +\d+ +\d+ +\d+ +\d+ +github.com/256dpi/gomqtt`, out.String())
	require.Regexp(t, `(?m)^\d+ +accepts a Topic Name with a wildcard +right: mqttwire +3.1.1 \[MQTT-3.3.2-2\]`, out.String())
	require.NotContains(t, out.String(), "mochi")
}

func TestRunHelp(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"--help"}, &out))
	require.Contains(t, out.String(), "--mutations")
}

// TestRunWrong: what cannot be done is said in one line.
func TestRunWrong(t *testing.T) {
	for _, args := range [][]string{
		{"--unknown"}, {"something"}, {"--seed", "x"}, {"--mutations", "-1"}, {"--only", "("}, {"--root", "/nowhere"},
		{"--update", "--seed", "2"}, {"--update", "--only", "inspect"},
	} {
		var out bytes.Buffer
		err := run(args, &out)
		require.Error(t, err, args)
		require.NotContains(t, err.Error(), "\n", args)
		require.Empty(t, out.String(), args)
	}
	require.EqualError(t, run([]string{"--only", "nobody", "--mutations", "0"}, io.Discard), `--only: there is no oracle "nobody"`)
}
