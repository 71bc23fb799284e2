package mqttwire

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// A value is something to encode: one that is refused, and its nearest neighbour that
// is written; or, where no value says the forbidden thing, only what is written.
type value struct {
	name    string
	version Version
	sender  Sender
	clauses string // as clauseName reads them
	says    string // what is refused, or why nothing can be
	refused writer // nil: nothing
	legal   writer
	wire    string  // what legal becomes, "": whatever decodes again
	rule    error   // the rule that is broken, where the Error names no clause of its own
	options Options // for both
	file    string  // where it is
}

// writer is what has an Append: packets, and the few things below.
type writer interface {
	Append(dst []byte, r Rules) ([]byte, error)
}

// headerOnly is a fixed header, which has no rules.
type headerOnly FixedHeader

func (h headerOnly) Append(dst []byte, _ Rules) ([]byte, error) { return FixedHeader(h).Append(dst) }

// fitted is a packet for a receiver that takes packets of limit bytes: what may be left
// out is left out.
type fitted struct {
	packet Packet
	limit  int
}

func (f fitted) Append(dst []byte, r Rules) ([]byte, error) {
	if e := fit(f.packet, r.Sender, r.Version, uint32(f.limit), nil); e != nil {
		return dst, e
	}
	return f.packet.Append(dst, r)
}

// refuses makes a value with a neighbour that is refused.
func refuses(name string, v Version, from Sender, clauses, says string, refused, legal writer, wire string) value {
	return value{name: name, version: v, sender: from, clauses: clauses, says: says, refused: refused, legal: legal, wire: wire}
}

// always makes a value for what the encoder does of its own accord.
func always(name string, v Version, from Sender, clauses, says string, legal writer, wire string) value {
	return value{name: name, version: v, sender: from, clauses: clauses, says: says, legal: legal, wire: wire}
}

func (v value) with(o Options) value    { v.options = o; return v }
func (v value) breaks(rule error) value { v.rule = rule; return v }

func (v value) id() string   { return "encode-" + v.version.String() + "-" + v.name }
func (v value) rules() Rules { return Rules{Version: v.version, Sender: v.sender, Options: v.options} }

// allValues is every value there is.
func allValues() (all []value) {
	for _, values := range [][]value{
		in("conformance_valuesconnect_test.go", textValues(), connectValues(), publishValues()),
		in("conformance_valueslists_test.go", listValues(), tailValues(), limitValues(), propertyValues()),
		in("conformance_valuesolder_test.go", connectValues311(), otherValues311(), connectValues31(), otherValues31()),
	} {
		all = append(all, values...)
	}
	return all
}

// in joins the values of a file.
func in(file string, lists ...[]value) (all []value) {
	for _, list := range lists {
		all = append(all, list...)
	}
	for i := range all {
		all[i].file = file
	}
	return all
}

// A ConformanceValue is what the table of CONFORMANCE.md wants to know of a value.
type ConformanceValue struct {
	ID, Version string
	File        string
	Clauses     []string
	Refuses     bool
	Problem     string // of the Error, if it is refused
}

// ConformanceValues is all values.
func ConformanceValues() (all []ConformanceValue) {
	for _, v := range allValues() {
		c := ConformanceValue{ID: v.id(), Version: v.version.String(), File: v.file, Clauses: ClauseNames(v.clauses), Refuses: v.refused != nil}
		if v.refused != nil {
			if _, err := v.refused.Append(nil, v.rules()); err != nil {
				c.Problem = err.(*Error).Problem()
			}
		}
		all = append(all, c)
	}
	return all
}

// TestConformanceValues: the one is refused by a clause that the value names, the other
// is written as it should be, and decodes again.
func TestConformanceValues(t *testing.T) {
	for _, v := range allValues() {
		t.Run(v.id(), func(t *testing.T) {
			require.NotEmpty(t, v.says)
			if v.refused != nil {
				dst := []byte{1, 2, 3}
				out, err := v.refused.Append(dst, v.rules())
				require.Error(t, err)
				require.Equal(t, dst, out)
				e, ok := err.(*Error)
				require.True(t, ok)
				if v.rule != nil {
					require.ErrorIs(t, err, v.rule)
				} else {
					require.True(t, names(v.version.String(), ClauseNames(v.clauses), e.Clause(v.version)), "%v, not %s", err, v.clauses)
				}
			}
			out, err := v.legal.Append(nil, v.rules())
			require.NoError(t, err)
			if v.wire != "" {
				require.Equal(t, hex.EncodeToString(wire(v.wire)), hex.EncodeToString(out))
			}
			if _, header := v.legal.(headerOnly); !header {
				back, err := decodeInto(nil, out, v.rules())
				require.NoError(t, err)
				again, err := back.Append(nil, v.rules())
				require.NoError(t, err)
				require.True(t, bytes.Equal(out, again))
			}
		})
	}
}

// trying builds properties that may hold an error.
func trying(set func(p *Properties)) (p Properties) {
	set(&p)
	return p
}

// as is n times the letter a.
func as(n int) []byte { return bytes.Repeat([]byte{'a'}, n) }

// sized is properties of a Reason String of n bytes and, if m is not 0, a user property
// whose value has m.
func sized(n, m int) Properties {
	return properties(func(p *Properties) {
		p.SetReasonString(as(n))
		if m != 0 {
			p.AddUserProperty(b("n"), as(m))
		}
	})
}
