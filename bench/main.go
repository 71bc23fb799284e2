// Bench compares mqttwire with other MQTT codecs: on speed, in one run and beside
// what no codec gets below, and on what they refuse.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// The exit statuses.
const (
	exitOK    = 0
	exitBad   = 1 // something cannot be read, written or measured
	exitUsage = 2 // the arguments cannot be used
)

func main() {
	stdout := os.Stdout
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null // where some codecs print what they panic with
	}
	os.Exit(run(os.Args[1:], stdout, os.Stderr))
}

// run is the whole program. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == judgeCommand {
		return exitWith(judgeOne(args[1:], stdout), stderr)
	}
	s, err := parseArguments(args)
	if errors.Is(err, pflag.ErrHelp) {
		_, _ = io.WriteString(stdout, helpText(s.flags))
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "bench: %v (see bench --help)\n", err)
		return exitUsage
	}
	if s.draw {
		return exitWith(drawAll(s, stdout), stderr)
	}
	return exitWith(measureAll(s, stdout, stderr), stderr)
}

// exitWith prints an error as one line, if there is one, and returns the status.
func exitWith(err error, stderr io.Writer) int {
	if err != nil {
		fmt.Fprintf(stderr, "bench: %s\n", strings.ReplaceAll(err.Error(), "\n", ": "))
		return exitBad
	}
	return exitOK
}

func helpText(f *pflag.FlagSet) string {
	return `Bench measures MQTT codecs on the same packets and prints tables.

  bench [flags]                 measure; about four minutes
  bench draw --json FILE        draw the results in FILE, and write their tables into PERFORMANCE.md

` + f.FlagUsages()
}

// measureAll measures and prints what was asked for.
func measureAll(s settings, stdout, stderr io.Writer) error {
	absent := map[string]string{}
	if node.err = startNode(s.root); node.err != nil {
		fmt.Fprintf(stderr, "bench: without mqtt-packet: %v\n", node.err)
		absent["mqtt-pkt"] = node.err.Error()
	}
	open := func(e entry) codec {
		if absent[e.name] != "" {
			return nil
		}
		return must(e.open())
	}
	all, err := plans(s.root, open)
	if err != nil {
		return err
	}
	groups := makeAll(all, func(p plan) bool { return s.only.MatchString(p.section + " " + p.name) })
	r := &report{Machine: thisMachine(s.passes, s.slice), Codecs: describe(absent)}
	r.Machine.Command = "go run ./bench" + s.nonDefault()
	if s.only.MatchString(rulesSection) {
		if r.Rules, err = judgeAll(s.root, r.columns(func(*entry) bool { return true }), func(codec string) {
			fmt.Fprintf(stderr, "\rrules: %-10s", codec)
		}); err != nil {
			return err
		}
	}
	if r.Rules == nil && len(groups) == 0 {
		return fmt.Errorf("--only: no work matches %q", s.only)
	}
	err = measure(groups, s.passes, s.slice, func(pass int) { fmt.Fprintf(stderr, "\rpass %d of %d    ", pass+1, s.passes) })
	fmt.Fprint(stderr, "\r                      \r")
	if err != nil {
		return err
	}
	for _, g := range groups {
		r.Groups = append(r.Groups, g.summarize())
	}
	r.print(stdout)
	if s.json == "" {
		return nil
	}
	return writeReport(s.json, r)
}

// nonDefault is the flags that change what is measured, as they were given.
func (s settings) nonDefault() (text string) {
	for _, name := range []string{"passes", "slice", "only"} {
		if f := s.flags.Lookup(name); f.Changed {
			value := f.Value.String()
			if strings.ContainsAny(value, " |()*?[]\\") {
				value = "'" + value + "'"
			}
			text += " --" + name + " " + value
		}
	}
	return text
}

// print prints all tables.
func (r *report) print(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "%s, %d processors, %s, %s, %s; medians of %d passes\n", m.CPU, m.Cores, m.System, m.Go, m.Date, m.Passes)
	for _, t := range r.tables() {
		t.print(w)
	}
}
