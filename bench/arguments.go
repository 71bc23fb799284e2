package main

import (
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/spf13/pflag"
)

// settings is what the arguments ask for.
type settings struct {
	draw   bool // draw and write, rather than measure
	passes int
	slice  time.Duration
	only   *regexp.Regexp
	json   string
	root   string
	into   string // draw: the folder of PERFORMANCE.md
	flags  *pflag.FlagSet
}

// parseArguments reads the command line. The error is pflag.ErrHelp when help is
// asked for.
func parseArguments(args []string) (settings, error) {
	f := pflag.NewFlagSet("bench", pflag.ContinueOnError)
	f.SetOutput(io.Discard) // run prints the error, as one line
	f.SortFlags = false
	s := settings{flags: f}
	f.IntVar(&s.passes, "passes", 40, "how often everything is measured")
	f.DurationVar(&s.slice, "slice", 3*time.Millisecond, "about how `LONG` a codec is timed in each pass")
	only := f.String("only", "", "measure only the work whose name matches `REGEX`; names are as in the tables, and \"rules\"")
	f.StringVar(&s.json, "json", "", "write the results to `FILE`; draw: read them from it")
	f.StringVar(&s.root, "root", "", "the `FOLDER` of the repository; found from the current one if not given")
	f.StringVar(&s.into, "into", "", "draw: the `FOLDER` that has PERFORMANCE.md; the repository if not given")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	rest := f.Args()
	if len(rest) > 0 && rest[0] == "draw" {
		s.draw, rest = true, rest[1:]
	}
	if len(rest) > 0 {
		return s, fmt.Errorf("nothing can be done with %q", rest[0])
	}
	if s.draw && s.json == "" {
		return s, fmt.Errorf("draw needs --json FILE")
	}
	if s.passes < 1 {
		return s, fmt.Errorf("--passes: %d is not at least 1", s.passes)
	}
	if s.slice <= 0 {
		return s, fmt.Errorf("--slice: %v is not more than 0", s.slice)
	}
	var err error
	if s.only, err = regexp.Compile(*only); err != nil {
		return s, fmt.Errorf("--only: %w", err)
	}
	if s.root == "" {
		if s.root, err = findRoot("."); err != nil {
			return s, err
		}
	}
	if s.into == "" {
		s.into = s.root
	}
	return s, nil
}
