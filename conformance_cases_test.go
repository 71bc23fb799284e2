package mqttwire

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// The cases of testdata/conformance are made from the pairs in conformance_*_test.go:
// a packet that keeps to a statement of the specification, at its edge, beside one
// that breaks it in just that way. testdata/clauses.csv lists the statements.

// A pair is two packets in the notation of wire, with what they have in common.
type pair struct {
	name        string // in kebab case; it becomes a part of the ids
	version     Version
	sender      Sender
	clauses     string // of the two, as clauseName reads them
	says        string // "what: in the right one / in the wrong one"
	right       string // accepted; empty if no packet can do more than not be wrong
	wrong       string // refused; empty if there is nothing to be refused
	options     Options
	limit       uint32 // the receiver's Maximum Packet Size, 0: none
	reasonCodes []int  // allowed in place of those of the clauses
	canonical   string // what right encodes to, where that is another packet
	short       bool   // the right one is only the beginning of a packet
}

// at makes a pair.
func at(name string, v Version, from Sender, clauses, says, right, wrong string) pair {
	return pair{name: name, version: v, sender: from, clauses: clauses, says: says, right: right, wrong: wrong}
}

func (p pair) with(o Options) pair       { p.options = o; return p }
func (p pair) limited(n uint32) pair     { p.limit = n; return p }
func (p pair) codes(list ...int) pair    { p.reasonCodes = list; return p }
func (p pair) writes(packet string) pair { p.canonical = packet; return p }
func (p pair) unfinished() pair          { p.short = true; return p }

// A ConformanceCase is a packet and the verdict on it, as the README of
// testdata/conformance describes it.
type ConformanceCase struct {
	ID                string             `json:"id"`
	Title             string             `json:"title"`
	Version           string             `json:"version"`
	Sender            string             `json:"sender"`
	Options           []string           `json:"options,omitempty"`
	MaximumPacketSize uint32             `json:"maximum_packet_size,omitempty"`
	Hex               string             `json:"hex"`
	Legend            []string           `json:"legend"`
	Verdict           string             `json:"verdict"`
	Clauses           []string           `json:"clauses"`
	ReasonCodes       []string           `json:"reason_codes,omitempty"`
	ReturnCodes       []string           `json:"return_codes,omitempty"`
	Neighbour         string             `json:"neighbour,omitempty"`
	Canonical         string             `json:"canonical,omitempty"`
	Fields            []ConformanceField `json:"fields,omitempty"`
}

// A ConformanceField is a field of an accepted packet. One of the values is there.
type ConformanceField struct {
	Name   string  `json:"name"`
	Key    string  `json:"key"`
	Number *uint64 `json:"number,omitempty"`
	Text   *string `json:"text,omitempty"`
	Hex    *string `json:"hex,omitempty"`
}

// A ConformanceFile is a file of testdata/conformance.
type ConformanceFile struct {
	Schema  int               `json:"schema"`
	Packet  string            `json:"packet"`
	Version string            `json:"version"`
	Cases   []ConformanceCase `json:"cases"`
}

// Packet is the bytes of the case.
func (c *ConformanceCase) Packet() []byte {
	b, err := hex.DecodeString(c.Hex)
	if err != nil {
		panic(c.ID + ": " + err.Error())
	}
	return b
}

// Rules is what the packet is held against.
func (c *ConformanceCase) Rules() (r Rules) {
	for v := MQTT31; v <= MQTT5; v++ {
		if v.String() == c.Version {
			r.Version = v
		}
	}
	r.Sender = map[string]Sender{"client": Client, "server": Server}[c.Sender]
	for o := Options(1); o <= AllOptions; o <<= 1 {
		if contains(c.Options, o.String()) {
			r.Options |= o
		}
	}
	if r.Version == 0 || r.Sender == 0 {
		panic(c.ID + ": no version or sender that is known")
	}
	return r
}

// The verdicts.
const (
	accept     = "accept"
	refuse     = "refuse"
	incomplete = "incomplete"
)

// clauseName writes a clause as clauses.csv has it: "3.1.2-3" is the statement
// [MQTT-3.1.2-3], "1.5.4:d" is section 1.5.4 (d), "A:b" is appendix A (b).
func clauseName(s string) string {
	if strings.Contains(s, "-") {
		return "[MQTT-" + s + "]"
	}
	section, letter, found := strings.Cut(s, ":")
	if section == "A" {
		section = "appendix A"
	} else {
		section = "section " + section
	}
	if found {
		section += " (" + letter + ")"
	}
	return section
}

// ClauseNames writes clauses that are separated by spaces.
func ClauseNames(list string) (names []string) {
	for _, s := range strings.Fields(list) {
		names = append(names, clauseName(s))
	}
	return names
}

// ConformanceCases makes the cases from the pairs, but for what has to be read from the
// packet itself: legend and fields. A packet that is right in several pairs is one case,
// which names the clauses of all.
func ConformanceCases(clauses []ConformanceClause) (cases []ConformanceCase) {
	places := map[string]int{}
	for _, p := range allPairs() {
		what, sides, found := strings.Cut(p.says, ": ")
		if !found {
			what, sides = "", p.says
		}
		right, wrong, _ := strings.Cut(sides, " / ")
		verdict := accept
		if p.short {
			verdict = incomplete
		}
		neighbour := ""
		for _, c := range []ConformanceCase{p.half(p.right, verdict, what, right), p.half(p.wrong, refuse, what, wrong)} {
			if c.Hex == "" {
				continue
			}
			key := fmt.Sprint(c.Version, c.Sender, c.Options, c.MaximumPacketSize, c.Hex, c.Verdict)
			i, found := places[key]
			if found {
				cases[i].merge(c)
			} else {
				i = len(cases)
				places[key] = i
				c.Neighbour = neighbour
				cases = append(cases, c)
			}
			neighbour = cases[i].ID
		}
	}
	for i := range cases {
		if cases[i].Verdict == refuse {
			cases[i].allow(clauses)
		}
	}
	return cases
}

// half is the case of one packet of a pair.
func (p pair) half(packet, verdict, what, title string) ConformanceCase {
	b := wire(packet)
	if len(b) == 0 {
		return ConformanceCase{}
	}
	if what != "" {
		title = what + ": " + title
	}
	c := ConformanceCase{Title: title, Version: p.version.String(), Sender: p.sender.String(), MaximumPacketSize: p.limit,
		Hex: hex.EncodeToString(b), Verdict: verdict, Clauses: ClauseNames(p.clauses)}
	c.ID = strings.ToLower(fmt.Sprintf("%s-%s-%s.%s", PacketType(b[0]>>4), c.Version, p.name, verdict))
	for o := Options(1); o <= p.options; o <<= 1 {
		if p.options&o != 0 {
			c.Options = append(c.Options, o.String())
		}
	}
	if verdict == refuse {
		for _, code := range p.reasonCodes {
			c.ReasonCodes = append(c.ReasonCodes, fmt.Sprintf("0x%02X", code))
		}
	} else {
		c.Canonical = hex.EncodeToString(wire(p.canonical))
	}
	return c
}

// merge adds what another pair says of the same packet.
func (c *ConformanceCase) merge(other ConformanceCase) {
	for _, clause := range other.Clauses {
		if !contains(c.Clauses, clause) {
			c.Clauses = append(c.Clauses, clause)
		}
	}
	if !strings.Contains(c.Title, other.Title) {
		c.Title += "; " + other.Title
	}
}

// allow fills in the codes to answer with: those of the clauses, unless the pair has
// said it. In 3.x a code is that of a CONNACK, and 0x00 stands for closing without one.
func (c *ConformanceCase) allow(clauses []ConformanceClause) {
	if len(c.ReasonCodes) > 0 {
		return
	}
	add := func(list *[]string, code string) {
		if !contains(*list, code) {
			*list = append(*list, code)
		}
	}
	for _, clause := range clauses {
		if clause.Version != c.Version || !contains(c.Clauses, clause.Clause) || clause.ReasonCode == "" {
			continue
		}
		for _, code := range strings.Split(clause.ReasonCode, " or ") {
			switch {
			case code == "close":
				add(&c.ReturnCodes, "0x00")
			case c.Version == "5.0":
				add(&c.ReasonCodes, code)
			default:
				add(&c.ReturnCodes, code)
			}
		}
	}
	if c.Version != "5.0" && len(c.ReturnCodes) == 0 {
		c.ReturnCodes = []string{"0x00"}
	}
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// allPairs is every pair there is.
func allPairs() (all []pair) {
	for _, pairs := range [][]pair{
		connectPairs, connectPairs3, connackPairs, publishPairs, ackPairs, subscribePairs, unsubscribePairs, pingPairs,
		disconnectPairs, authPairs, headerPairs, stringPairs, propertyPairs(),
	} {
		all = append(all, pairs...)
	}
	return all
}
