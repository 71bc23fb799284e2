package inspect

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// allClauses lists every version and clause that a violation can name, as in "5.0
// [MQTT-3.1.2-3]": of all rules in the tables, and of the few in the code.
func allClauses() map[string]bool {
	all := map[string]bool{}
	add := func(in versions, c clauses) {
		for v := mqttwire.MQTT31; v <= mqttwire.MQTT5; v++ {
			if in.holds(v) && c.in(v) != "" && c.in(v) != ownSection {
				all[fmt.Sprintf("%s %s", v, cite(c.in(v)))] = true
			}
		}
	}
	addRules := func(in versions, rules []rule) {
		for _, r := range rules {
			add(in, r.clauses)
		}
	}
	var addFields func(fields []field)
	addFields = func(fields []field) {
		for _, f := range fields {
			add(f.in, f.missing)
			addRules(f.in, f.rules)
			addFields(f.of)
			for _, b := range f.bits {
				if in := f.in & b.in; in != 0 || f.in == 0 || b.in == 0 {
					addRules(max(f.in, b.in), b.rules)
				}
			}
		}
	}
	for _, p := range grammar {
		for _, b := range p.flags {
			addRules(b.in, b.rules)
		}
		addRules(0, p.length)
		addFields(p.fields)
	}
	addFields(older)
	addRules(0, typeBits.rules)
	addRules(0, textRules)
	addRules(0, integerRules)
	addRules(0, []rule{integerTooLong})
	addRules(mqtt5, identifierRules)
	for block := range blockTable {
		for _, id := range blockTable[block].properties {
			section := sectionOf(mqttwire.PacketType(block), id)
			if !id.Repeatable(mqttwire.PacketType(block)) || id == mqttwire.PropertySubscriptionIdentifier {
				add(mqtt5, clauses{v5: section})
			}
			addRules(mqtt5, valueRules[id])
		}
	}
	for _, c := range []clauses{lengthClauses[utf8String], lengthClauses[binaryData], leftOverClauses, shortClauses,
		{v5: "2.2.2.1"}, {v5: "2.2.2.2"}} {
		add(0, c)
	}
	return all
}
