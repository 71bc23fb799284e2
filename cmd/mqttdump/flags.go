package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
	"golang.org/x/term"
)

// settings is what the arguments ask for.
type settings struct {
	files         []string
	format        string           // of the input; "auto": found out
	version       mqttwire.Version // 0: not given
	sender        mqttwire.Sender
	senderGiven   bool
	ports         []uint16 // on which MQTT is taken for granted
	follow        bool
	options       mqttwire.Options
	maxPacketSize uint32

	filter filter

	verbose bool
	json    bool
	long    bool
	secrets bool
	color   string
	top     int

	encoding   string
	allowWrong bool
}

// flags is the flags of a command before they are looked at.
type flags struct {
	command string
	groups  []group

	s             settings
	version       string
	sender        string
	ports         []int
	allow, reject []string
	types         []string
}

func newFlags(command string) *flags {
	return &flags{command: command, s: settings{format: "auto", color: "never", encoding: "hex", maxPacketSize: mqttwire.MaxPacketSize}}
}

// flagValues is what the flags with few values take, for the completion.
var flagValues = map[string][]string{
	"version": {"3.1", "3.1.1", "5.0"},
	"sender":  {"client", "server", "any"},
	"color":   colors,
	"input":   inputFormats,
	"output":  encodings,
	"type":    typeNames(),
	"allow":   optionList("Allow"),
	"reject":  optionList("Reject"),
}

var (
	colors       = []string{"auto", "always", "never"}
	inputFormats = []string{"auto", "pcap", "pcapng", "hex", "raw", "json"}
)

func (f *flags) input() {
	set := f.add("Input")
	set.StringVar(&f.s.format, "input", "auto", "take the input for `FORMAT`: pcap, pcapng, hex, raw or json")
	set.StringVar(&f.version, "version", "", "the `VERSION` where no CONNECT tells it: 3.1, 3.1.1 or 5.0")
	set.StringVar(&f.sender, "sender", "", "the `SIDE` that sent hex or raw bytes: client, server or any")
	set.IntSliceVar(&f.ports, "port", nil, "take TCP `PORT` for MQTT whatever it looks like; several with commas")
	set.BoolVar(&f.s.follow, "follow", false, "wait at the end of the file for more, until interrupted")
}

func (f *flags) filters() {
	set := f.add("Filters (all that are given must hold)")
	set.StringArrayVar(&f.s.filter.clients, "client", nil, "only connections of the client identifier `ID`; may be repeated")
	set.StringArrayVar(&f.s.filter.topics, "topic", nil, "only packets about topics that the MQTT topic `FILTER` matches; may be repeated")
	set.StringSliceVar(&f.types, "type", nil, "only packets of `TYPE`, as in PUBLISH,PUBACK")
	set.IntSliceVar(&f.s.filter.connections, "connection", nil, "only connections of number `N`; several with commas")
}

func (f *flags) output() {
	set := f.add("Output")
	set.BoolVarP(&f.s.verbose, "verbose", "v", false, "explain every byte of every packet, as a tree with offsets and hex")
	set.BoolVar(&f.s.json, "json", false, "write a JSON object for each packet, one a line")
	set.BoolVar(&f.s.long, "long", false, "with -v, show long values in full")
	set.BoolVar(&f.s.secrets, "secrets", false, "with -v and --json, show passwords and authentication data")
	set.StringVar(&f.s.color, "color", "auto", "`WHEN` to colour: always, never, or auto, on a terminal unless NO_COLOR is set")
}

func (f *flags) tables() {
	f.add("Tables").IntVar(&f.s.top, "top", 20, "show at most `N` rows of a table; 0 for all")
}

func (f *flags) rules() {
	set := f.add("Rules")
	set.StringArrayVar(&f.allow, "allow", nil, "take packets that break `RULE`, one of those below; may be repeated")
	set.StringArrayVar(&f.reject, "reject", nil, "refuse packets by `RULE`, one of those below; may be repeated")
	set.Uint32Var(&f.s.maxPacketSize, "max-packet-size", mqttwire.MaxPacketSize, "refuse packets of more than `BYTES`")
}

// settings looks at the flags.
func (f *flags) settings(files []string) (settings, error) {
	s := f.s
	var err error
	if s.version, err = parseVersion(f.version); err != nil {
		return s, fmt.Errorf("--version: %w", err)
	}
	if s.sender, err = parseSender(f.sender); err != nil {
		return s, fmt.Errorf("--sender: %w", err)
	}
	s.senderGiven = f.sender != ""
	if s.options, err = parseOptions(f.allow, f.reject); err != nil {
		return s, err
	}
	if s.maxPacketSize == 0 || s.maxPacketSize > mqttwire.MaxPacketSize {
		return s, fmt.Errorf("--max-packet-size: %d is not between 1 and %d", s.maxPacketSize, mqttwire.MaxPacketSize)
	}
	if s.ports, err = portsOf(f.ports); err != nil {
		return s, err
	}
	if s.top < 0 {
		return s, fmt.Errorf("--top: %d is less than 0", s.top)
	}
	err = cmp.Or(oneOf("--input", s.format, inputFormats), oneOf("--output", s.encoding, encodings), oneOf("--color", s.color, colors))
	if err != nil {
		return s, err
	}
	switch {
	case s.verbose && s.json:
		return s, errors.New("-v and --json exclude each other")
	case s.long && !s.verbose:
		return s, errors.New("--long is for -v")
	case s.secrets && !s.verbose && !s.json:
		return s, errors.New("--secrets is for -v and --json: a line shows none")
	}
	if err := s.filter.prepare(f.types); err != nil {
		return s, err
	}
	if s.follow && len(files) > 1 {
		return s, fmt.Errorf("--follow: there are %d files, must be one", len(files))
	}
	if s.files = files; len(s.files) == 0 {
		s.files = []string{"-"}
	}
	return s, nil
}

// portsOf checks the ports.
func portsOf(numbers []int) (ports []uint16, err error) {
	for _, p := range numbers {
		if p < 1 || p > 65535 {
			return nil, fmt.Errorf("--port: %d is not between 1 and 65535", p)
		}
		ports = append(ports, uint16(p))
	}
	return ports, nil
}

// oneOf is an error unless value is one of the list.
func oneOf(flag, value string, list []string) error {
	if slices.Contains(list, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is not one of %s", flag, value, strings.Join(list, ", "))
}

// typeNames is the names of the packet types.
func typeNames() (names []string) {
	for t := mqttwire.PacketConnect; t <= mqttwire.PacketAuth; t++ {
		names = append(names, t.String())
	}
	return names
}

// terminal returns the file that w is, if it is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// colored tells whether what goes to w is to be coloured. NO_COLOR and CLICOLOR are
// what most programs heed.
func (s settings) colored(w io.Writer) bool {
	forced := os.Getenv("CLICOLOR_FORCE")
	_, seen := terminal(w)
	switch {
	case s.color != "auto":
		return s.color == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case forced != "" && forced != "0":
		return true
	}
	return seen && os.Getenv("CLICOLOR") != "0" && os.Getenv("TERM") != "dumb"
}
