// Mqttdump shows, checks, counts and makes MQTT packets: those in network captures,
// hex dumps, raw bytes and JSON lines.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/pflag"
)

// The exit statuses. Those of the command check differ, see runCheck.
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

// program is what the commands share: the standard streams and the exit status.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	status         int
}

// run is the whole program. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr}
	root := p.rootCommand()
	root.SetArgs(append([]string{}, args...)) // never nil, which would stand for those of the process
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	addCompletion(root)
	if err := root.Execute(); err != nil {
		fmt.Fprintf(stderr, "mqttdump: %v (see mqttdump --help)\n", plainFlag(err))
		return exitUsage
	}
	return p.status
}

// plainFlag says in plain words that a flag wants a number.
func plainFlag(err error) error {
	var wrong *pflag.InvalidValueError
	var number *strconv.NumError
	if !errors.As(err, &wrong) || !errors.As(err, &number) {
		return err
	}
	if errors.Is(number, strconv.ErrRange) {
		return fmt.Errorf("--%s: %s is too large", wrong.GetFlag().Name, number.Num)
	}
	return fmt.Errorf("--%s: %q is not a whole number of 0 or more", wrong.GetFlag().Name, number.Num)
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
