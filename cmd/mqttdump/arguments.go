package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/spf13/pflag"
)

// settings is what the arguments ask for.
type settings struct {
	files         []string
	version       mqttwire.Version // 0: not given
	sender        mqttwire.Sender
	senderGiven   bool
	options       mqttwire.Options
	maxPacketSize uint32

	flags *pflag.FlagSet // for the help
}

// parseArguments reads the command line. The error is pflag.ErrHelp when help
// is asked for.
func parseArguments(args []string) (settings, error) {
	f := pflag.NewFlagSet("mqttdump", pflag.ContinueOnError)
	f.SetOutput(io.Discard) // run prints the error, as one line
	f.SortFlags = false
	version := f.String("version", "", "the `VERSION` of hex text that has no CONNECT: 3.1, 3.1.1 or 5.0")
	sender := f.String("sender", "", "the `SIDE` that sent the bytes of hex text: client, server or any")
	allow := f.StringArray("allow", nil, "take packets that break `RULE`, one of those below; may be repeated")
	reject := f.StringArray("reject", nil, "refuse packets by `RULE`, one of those below; may be repeated")
	size := f.Uint32("max-packet-size", mqttwire.MaxPacketSize, "refuse packets of more than `BYTES`")
	s := settings{flags: f}

	if err := f.Parse(args); err != nil {
		return s, err
	}
	var err error
	if s.version, err = parseVersion(*version); err != nil {
		return s, fmt.Errorf("--version: %w", err)
	}
	if s.sender, err = parseSender(*sender); err != nil {
		return s, fmt.Errorf("--sender: %w", err)
	}
	s.senderGiven = *sender != ""
	if s.options, err = parseOptions(*allow, *reject); err != nil {
		return s, err
	}
	if *size == 0 || *size > mqttwire.MaxPacketSize {
		return s, fmt.Errorf("--max-packet-size: %d is not between 1 and %d", *size, mqttwire.MaxPacketSize)
	}
	s.maxPacketSize = *size
	if s.files = f.Args(); len(s.files) == 0 {
		s.files = []string{"-"}
	}
	return s, nil
}

// parseVersion reads a version as people write it; the empty string is 0.
func parseVersion(text string) (mqttwire.Version, error) {
	if text == "" {
		return 0, nil
	}
	for v := mqttwire.MQTT31; v <= mqttwire.MQTT5; v++ {
		if text == v.String() {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is not 3.1, 3.1.1 or 5.0", text)
}

// parseSender reads a side; the empty string is AnySender.
func parseSender(text string) (mqttwire.Sender, error) {
	switch text {
	case "client":
		return mqttwire.Client, nil
	case "server":
		return mqttwire.Server, nil
	case "any", "":
		return mqttwire.AnySender, nil
	}
	return 0, fmt.Errorf("%q is not client, server or any", text)
}

// parseOptions puts the options named by --allow and --reject together.
func parseOptions(allow, reject []string) (mqttwire.Options, error) {
	var options mqttwire.Options
	for _, list := range []struct {
		kind  string
		names []string
	}{{"Allow", allow}, {"Reject", reject}} {
		known := optionsNamed(list.kind)
		for _, name := range list.names {
			o, ok := findOption(known, list.kind, name)
			if !ok {
				return 0, fmt.Errorf("--%s: no rule has the name %q; there are %s",
					strings.ToLower(list.kind), name, optionNames(known))
			}
			options |= o
		}
	}
	return options, nil
}

// option is one bit of mqttwire.Options under the name that the arguments use.
type option struct {
	name string // in kebab case, without Allow or Reject
	bit  mqttwire.Options
}

// optionsNamed lists the options whose name begins with kind, in their order.
func optionsNamed(kind string) []option {
	var list []option
	for bit := mqttwire.Options(1); bit <= mqttwire.AllOptions; bit <<= 1 {
		if name, ok := strings.CutPrefix(bit.String(), kind); ok {
			list = append(list, option{kebab(name), bit})
		}
	}
	return list
}

// findOption looks for name, in any case, with or without hyphens and kind.
func findOption(list []option, kind, name string) (mqttwire.Options, bool) {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "")) }
	name = strings.TrimPrefix(plain(name), plain(kind))
	for _, o := range list {
		if plain(o.name) == name {
			return o.bit, true
		}
	}
	return 0, false
}

func optionNames(list []option) string {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = o.name
	}
	return strings.Join(names, ", ")
}

// kebab writes a Go name with hyphens: "DupQoS0" as "dup-qos0".
func kebab(name string) string {
	name = strings.ReplaceAll(name, "QoS", "Qos") // one word
	var b strings.Builder
	lower := false // whether the last character was a lower case letter
	for _, c := range name {
		if 'A' <= c && c <= 'Z' && lower {
			b.WriteByte('-')
		}
		lower = 'a' <= c && c <= 'z'
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}
