package main

import (
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// How the arguments are written.

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

// optionList is the names of the options of a kind.
func optionList(kind string) (names []string) {
	for _, o := range optionsNamed(kind) {
		names = append(names, o.name)
	}
	return names
}
