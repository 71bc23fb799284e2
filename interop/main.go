// Interop holds package mqttwire against other programs that read MQTT: package
// inspect, Wireshark's dissector and eight codecs. README.md says how.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/pflag"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

// options is what the command line asks for.
type options struct {
	settings
	only   *regexp.Regexp
	update bool
}

func parseOptions(args []string, out io.Writer) (o options, err error) {
	o.settings = usual
	f := pflag.NewFlagSet("interop", pflag.ContinueOnError)
	f.SortFlags = false
	f.Usage = func() {
		fmt.Fprintf(out, "Usage: interop [flags]\n\nHolds mqttwire against other programs that read MQTT, and prints where they differ.\n\n%s", f.FlagUsages())
	}
	f.Int64Var(&o.seed, "seed", usual.seed, "where random packets and mutations begin")
	f.IntVar(&o.random, "random", usual.random, "random packets of each type, version and sender")
	f.IntVar(&o.mutations, "mutations", usual.mutations, "how often each packet is taken with one byte changed")
	only := f.String("only", "", "only the oracles whose name matches `REGEX`")
	f.StringVar(&o.root, "root", "", "the `FOLDER` of the repository; found from the current one if not given")
	f.BoolVar(&o.update, "update", false, "write "+reportName+" anew")
	f.SetOutput(io.Discard) // main prints the error, as one line
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("nothing can be done with %q", f.Arg(0))
	}
	if o.random < 0 || o.mutations < 0 {
		return o, errors.New("--random and --mutations cannot be less than 0")
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("--only: %w", err)
	}
	if o.root == "" {
		o.root, err = findRoot()
	}
	if s := o.settings; err == nil && o.update && (s.seed != usual.seed || s.random != usual.random || s.mutations != usual.mutations || *only != "") {
		return o, fmt.Errorf("--update: %s has all oracles, and the usual packets", reportName)
	}
	return o, err
}

// findRoot finds the folder of the repository above the current one.
func findRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "testdata", "clauses.csv")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("this is no folder of the repository: name that with --root")
		}
		folder = filepath.Dir(folder)
	}
}

func run(args []string, out io.Writer) error {
	o, err := parseOptions(args, out)
	if err == pflag.ErrHelp {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := readRows(disagreementsCSV)
	if err != nil {
		return err
	}
	corpus, err := makeCorpus(o.settings)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d packets, seed %d\n", len(corpus), o.seed)
	results, missing, err := compareAll(o.root, corpus, func(name string) bool { return o.only.MatchString(name) })
	if err != nil {
		return err
	}
	for _, reason := range missing {
		fmt.Fprintln(out, reason)
	}
	if len(results)+len(missing) == 0 {
		return fmt.Errorf("--only: there is no oracle %q", o.only)
	}
	findings, unlisted := classify(rows, results)
	if err := printTable(out, results, findings); err != nil {
		return err
	}
	if len(unlisted) > 0 {
		return fmt.Errorf("%d disagreements are not in disagreements.csv, the first: %v", len(unlisted), unlisted[0])
	}
	if !o.update {
		return nil
	}
	if len(missing) > 0 {
		return fmt.Errorf("--update: %s has all oracles", reportName)
	}
	text := report(o.settings, corpus, results, findings)
	return os.WriteFile(filepath.Join(o.root, "interop", reportName), []byte(text), 0o666)
}

// compareAll holds the root package against all oracles that are wanted, one after
// the other. missing says why those are left out that are not installed.
func compareAll(root string, corpus []packet, wanted func(name string) bool) (results []result, missing []error, err error) {
	if wanted("inspect") {
		results = append(results, compareInspect(corpus))
	}
	if wanted("tshark") {
		switch r, err := compareTshark(corpus); {
		case errors.Is(err, errNoTshark):
			missing = append(missing, err)
		case err != nil:
			return nil, nil, err
		default:
			results = append(results, r)
		}
	}
	peers := goPeers
	if wanted(mqttPacketName) {
		switch p, err := openMqttPacket(root, corpus); {
		case errors.Is(err, errNoNode):
			missing = append(missing, err)
		case err != nil:
			return nil, nil, err
		default:
			peers = append(peers[:len(peers):len(peers)], p)
		}
	}
	for _, p := range peers {
		if wanted(p.name) {
			results = append(results, comparePeer(p, corpus))
		}
	}
	return results, missing, nil
}
