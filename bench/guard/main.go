// Guard holds the codec's hot paths against a baseline: the instructions that each
// takes, counted by Callgrind, and the functions that have to be inlined. A count
// does not depend on what else the machine does, as a time would.
//
//	go run ./bench/guard            fail if a path takes over 5 % more than the baseline
//	go run ./bench/guard --update   write the counts of today into the baseline
//
// It needs Valgrind, and counts for linux/amd64 with the Go version that the
// baseline names.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"
)

// tolerance is how much more instructions a path may take than its baseline.
const tolerance = 0.05

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := pflag.NewFlagSet("guard", pflag.ContinueOnError)
	update := flags.Bool("update", false, "write the counts of today into the baseline")
	only := flags.String("only", "", "count only paths whose name contains this")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *update && *only != "" {
		return errors.New("--update writes all paths: it does not go with --only")
	}
	root, err := repository()
	if err != nil {
		return err
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		fmt.Fprintln(out, "the baseline is of linux/amd64; nothing to hold it against here")
		return nil
	}
	if _, err := exec.LookPath("valgrind"); err != nil {
		return errors.New("valgrind is not installed")
	}
	base, err := readBaseline(filepath.Join(root, "bench", "guard", "baseline.csv"))
	if err != nil && !(*update && errors.Is(err, os.ErrNotExist)) {
		return err
	}
	if *update {
		base.toolchain = runtime.Version()
	}
	if err := checkInlining(root, base.toolchain); err != nil {
		return err
	}
	counts, err := countAll(root, base.toolchain, *only)
	if err != nil {
		return err
	}
	if *update {
		base.counts = counts
		return base.write()
	}
	return base.compare(counts, *only != "", out)
}

// repository finds the root of the repository from the working directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "bench", "guard")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("has to be run inside the repository")
		}
	}
}
