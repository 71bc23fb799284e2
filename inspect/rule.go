package inspect

import (
	"fmt"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// The classes of error, 5.0 section 1.2: what cannot be read as the packet it
// claims to be, and what can be read and is not allowed.
const (
	malformed     = mqttwire.ReasonMalformedPacket
	protocolError = mqttwire.ReasonProtocolError
)

// versions is a set of versions: bit n stands for level n. In the grammar the
// empty set means all of them.
type versions uint16

const (
	mqtt31  versions = 1 << mqttwire.MQTT31
	mqtt311 versions = 1 << mqttwire.MQTT311
	mqtt5   versions = 1 << mqttwire.MQTT5
	mqtt3            = mqtt31 | mqtt311
)

// has reports whether v is in the set. A packet of unknown version is laid out
// as in 5.0.
func (set versions) has(v mqttwire.Version) bool {
	if v == 0 {
		v = mqttwire.MQTT5
	}
	return set>>v&1 == 1
}

// holds reports whether something that is in the versions of set is in v.
func (set versions) holds(v mqttwire.Version) bool { return set == 0 || set.has(v) }

func supported(v mqttwire.Version) bool { return v >= mqttwire.MQTT31 && v <= mqttwire.MQTT5 }

// clauses is where a rule stands in each version: the number of a normative
// statement, "3.1.2-3", or of a section, "3.1.2.3". Empty: that version has no
// such rule.
type clauses struct{ v5, v311, v31 string }

// in is the clause of version v.
func (c clauses) in(v mqttwire.Version) string {
	switch v {
	case mqttwire.MQTT31:
		return c.v31
	case mqttwire.MQTT311:
		return c.v311
	}
	return c.v5
}

// cite writes a clause as it is quoted.
func cite(clause string) string {
	switch {
	case strings.Contains(clause, "-"):
		return "[MQTT-" + clause + "]"
	case clause == "A":
		return "Appendix A"
	}
	return "section " + clause
}

// ownSection is the clause of rules for properties: the section that describes
// the property in this packet.
const ownSection = "*"

// rule is what the specifications demand of a field.
type rule struct {
	check    check
	code     mqttwire.ReasonCode // the 5.0 reason code
	clauses  clauses
	allowed  mqttwire.Options    // one of these takes the rule away
	optional mqttwire.Options    // the rule is there only with this
	returned mqttwire.ReasonCode // the return code of a 3.x CONNACK, 0: no CONNACK
	anyLevel bool                // also for a CONNECT of unknown version
}

// check reports how a field breaks a rule, or a fault without a problem.
type check func(s *scan, n *Node) fault

// must makes a rule: what to check, the class of error, and the clauses in 5.0,
// 3.1.1 and 3.1, "" where that version has no such rule.
func must(c check, code mqttwire.ReasonCode, v5, v311, v31 string) rule {
	return rule{check: c, code: code, clauses: clauses{v5, v311, v31}}
}

// unless makes a rule that option o takes away.
func (r rule) unless(o mqttwire.Options) rule { r.allowed = o; return r }

// only makes a rule that is there only with option o.
func (r rule) only(o mqttwire.Options) rule { r.optional = o; return r }

// returns makes a rule whose violation a 3.x CONNACK can name.
func (r rule) returns(code mqttwire.ReasonCode) rule { r.returned = code; return r }

// always makes a rule that holds whatever the version of the CONNECT.
func (r rule) always() rule { r.anyLevel = true; return r }

// applies reports whether the rule is in force.
func (r *rule) applies(s *scan) bool {
	switch {
	case s.version == 0 && !r.anyLevel:
		return false
	case r.clauses.in(s.cited()) == "":
		return false
	case r.allowed&s.rules.Options != 0:
		return false
	}
	return r.optional&s.rules.Options == r.optional
}

// fault is a place and what is wrong there.
type fault struct {
	offset, length int
	field, key     string
	mask           uint8
	problem        string
}

// wrong makes a fault of the whole node.
func (n *Node) wrong(format string, args ...any) fault {
	name := n.Name
	if n.within != "" {
		name = n.within + ", " + name
	}
	return fault{n.Offset, n.Length, name, n.Key, n.Mask, fmt.Sprintf(format, args...)}
}

// wrongAt makes a fault of length bytes at byte i of the node.
func (n *Node) wrongAt(i, length int, format string, args ...any) fault {
	f := n.wrong(format, args...)
	f.offset, f.length = n.Offset+i, length
	return f
}

// enforce holds a node against rules.
func (s *scan) enforce(rules []rule, n *Node) {
	for i := range rules {
		if r := &rules[i]; r.applies(s) {
			if f := r.check(s, n); f.problem != "" {
				s.violate(r, f)
			}
		}
	}
}

// violate notes that a fault breaks a rule.
func (s *scan) violate(r *rule, f fault) {
	clause := r.clauses.in(s.cited())
	if clause == ownSection {
		clause = s.section
	}
	s.violations = append(s.violations, Violation{
		Offset: f.offset, Length: f.length, Field: f.field, Key: f.key, Mask: f.mask,
		Problem: f.problem,
		Version: s.cited(), Clause: cite(clause),
		ReasonCode: r.code, Answer: s.answer(r.code, r.returned),
	})
}
