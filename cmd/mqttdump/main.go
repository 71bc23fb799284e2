// Mqttdump prints the MQTT packets in network captures and hex text, one line
// each, and checks that every one of them encodes back to the same bytes.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

// The exit statuses.
const (
	exitOK    = 0
	exitBad   = 1 // the input is bad: unreadable, without MQTT, or with a packet that is not in order
	exitUsage = 2 // the arguments cannot be used
)

func main() {
	// When the reader of a pipe has gone away, a write must fail rather than
	// kill the program, so that it can end in good order.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s, err := parseArguments(args)
	if errors.Is(err, pflag.ErrHelp) {
		_, _ = io.WriteString(stdout, helpText(s.flags))
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "mqttdump: %v (see mqttdump --help)\n", err)
		return exitUsage
	}

	p := newPrinter(stdout, stderr)
	d := dumper{settings: s, out: p, stdin: stdin}
	status := exitOK
	for i, file := range s.files {
		if len(s.files) > 1 {
			p.heading(file, i == 0)
		}
		if err := d.dump(file); err != nil {
			p.failure(displayName(file), err)
			status = max(status, statusOf(err))
		}
		if p.broken() {
			break
		}
	}
	return max(status, p.end())
}

// usageError is an error of the arguments that shows only when the input is
// known.
type usageError struct{ error }

func statusOf(err error) int {
	if errors.As(err, &usageError{}) {
		return exitUsage
	}
	return exitBad
}
