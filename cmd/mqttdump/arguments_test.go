package main

import (
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// parse is what a command makes of its arguments.
func parse(args []string) (settings, error) {
	f := newFlags("mqttdump")
	f.input()
	f.filters()
	f.output()
	f.rules()
	c := &cobra.Command{Use: "mqttdump", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return nil }}
	f.install(c)
	if err := c.ParseFlags(args); err != nil {
		return settings{}, err
	}
	return f.settings(c.Flags().Args())
}

func TestArguments(t *testing.T) {
	s, err := parse([]string{
		"--version", "3.1", "a.pcap", "--sender=server", "--max-packet-size", "4096", "-",
		"--allow", "bridge-level", "--allow=DupQoS0", "--allow", "allow-ack-flags", "--allow", "AllowLongClientID", "--reject", "Empty-Auth",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a.pcap", "-"}, s.files)
	require.Equal(t, mqttwire.MQTT31, s.version)
	require.Equal(t, mqttwire.Server, s.sender)
	require.True(t, s.senderGiven)
	require.EqualValues(t, 4096, s.maxPacketSize)
	require.Equal(t, mqttwire.AllowBridgeLevel|mqttwire.AllowDupQoS0|mqttwire.AllowAckFlags|
		mqttwire.AllowLongClientID|mqttwire.RejectEmptyAuth, s.options)

	s, err = parse(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"-"}, s.files)
	require.Zero(t, s.options)
	require.EqualValues(t, mqttwire.MaxPacketSize, s.maxPacketSize)
}

// Every option of the package can be set, by the name that the help shows.
func TestEveryOption(t *testing.T) {
	var all mqttwire.Options
	for _, kind := range []string{"Allow", "Reject"} {
		for _, o := range optionsNamed(kind) {
			s, err := parse([]string{"--" + strings.ToLower(kind), o.name})
			require.NoError(t, err)
			require.Equal(t, o.bit, s.options)
			require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, o.name)
			all |= o.bit
		}
	}
	require.Equal(t, mqttwire.AllOptions, all)
	require.Equal(t, "password-without-user-name", kebab("PasswordWithoutUserName"))
	require.Equal(t, "long-client-id", kebab("LongClientID"))
	require.Equal(t, "dup-qos0", kebab("DupQoS0"))
}

func TestBadArguments(t *testing.T) {
	tests := map[string]struct {
		args []string
		want string
	}{
		"flag":              {[]string{"--wat"}, "unknown flag: --wat"},
		"no number":         {[]string{"--port", "1,x"}, `--port: "x" is not a whole number of 0 or more`},
		"below zero":        {[]string{"--max-packet-size", "-1"}, `--max-packet-size: "-1" is not a whole number of 0 or more`},
		"large number":      {[]string{"--connection", "99999999999999999999"}, "--connection: 99999999999999999999 is too large"},
		"no shell":          {[]string{"completion"}, "completion: the shell is missing: bash, fish, powershell or zsh"},
		"wrong shell":       {[]string{"completion", "foo"}, `completion: the shell is missing: bash, fish, powershell or zsh, and not "foo"`},
		"long lines":        {[]string{"--long"}, "--long is for -v"},
		"secrets in lines":  {[]string{"--secrets"}, "--secrets is for -v and --json: a line shows none"},
		"no value":          {[]string{"--allow"}, "flag needs an argument: --allow"},
		"version":           {[]string{"--version", "4"}, `--version: "4" is not 3.1, 3.1.1 or 5.0`},
		"sender":            {[]string{"--sender", "me"}, `--sender: "me" is not client, server or any`},
		"size":              {[]string{"--max-packet-size", "0"}, "--max-packet-size: 0 is not between 1 and 268435460"},
		"too large a size":  {[]string{"--max-packet-size", "268435461"}, "--max-packet-size: 268435461 is not between 1 and 268435460"},
		"rule":              {[]string{"--reject", "wat"}, `--reject: no rule has the name "wat"; there are control-characters, non-characters, invalid-payload, empty-auth`},
		"rule of the other": {[]string{"--reject", "ack-flags"}, `--reject: no rule has the name "ack-flags"; there are control-characters, non-characters, invalid-payload, empty-auth`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, result{exitUsage, "", "mqttdump: " + test.want + " (see mqttdump --help)\n"}, runFiles(t, test.args...))
		})
	}
}

// The side is for hex text: a capture tells it.
func TestSenderWithCapture(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	require.Equal(t, result{exitUsage, "", "mqttdump: standard input: --sender is for hex text and raw bytes, and this is a capture\n"},
		dump(t, file, "--sender=any"))
}

// Options reach the decoding and the encoding.
func TestOptions(t *testing.T) {
	const bridge = "10 0f 0004 4d515454 84 02 003c 0003 726177"
	r := dump(t, []byte(bridge))
	require.Equal(t, exitBad, r.status)
	r = dump(t, []byte(bridge), "--allow", "bridge-level")
	require.Equal(t, exitOK, r.status)
	require.Contains(t, r.stdout, "CONNECT version=3.1.1 bridge ")

	const control = "# version: 3.1.1\n30 03 0001 07"
	require.Equal(t, exitOK, dump(t, []byte(control)).status)
	require.Equal(t, exitBad, dump(t, []byte(control), "--reject", "control-characters").status)
}
