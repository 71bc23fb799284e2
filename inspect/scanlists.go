package inspect

import "github.com/seed-2c1fe983/mqttwire"

// propertyBlock reads a Property Length and the properties. When they cannot be
// taken apart to their end the walk goes on behind them: the length says where.
func (s *scan) propertyBlock(f *field, parent *Node) bool {
	group := Node{Offset: s.pos, Name: f.name, Key: f.key, Kind: Group}
	if s.pos == s.limit { // the block as a whole is what is missing
		return s.short(group, nil, 1, f.missing, parent)
	}
	length, ok := s.variable("Property Length", keyPropertyLength, &group)
	if !ok {
		group.Partial = true
		parent.add(group)
		return false
	}
	outer := s.limit
	left := outer - s.pos
	tooLong := length.Number > uint64(left)
	if tooLong {
		s.cut(length.wrong("is %d, but %s", length.Number, s.left(left)), clauses{v5: "2.2.2.1"})
	} else {
		s.limit = s.pos + int(length.Number)
	}
	whole := s.propertiesOf(f.block, &group)
	if !whole {
		group.Partial = true
		s.undecoded(&group)
	}
	parent.add(group)
	s.limit = outer
	if whole && !tooLong {
		s.enforce(f.rules, &group)
	}
	return !tooLong && s.stopped == ""
}

// propertiesOf reads properties up to the limit.
func (s *scan) propertiesOf(block mqttwire.PacketType, group *Node) bool {
	s.block = block
	defer func() { s.section = "" }()
	if s.properties == nil {
		s.properties = map[propertyOf]*Node{}
	}
	for s.pos < s.limit {
		property := Node{Offset: s.pos, Name: "Property", Key: keyProperty, Kind: Group}
		s.section = "2.2.2.2"
		whole := s.readProperty(&property)
		property.Partial = !whole
		group.add(property)
		if !whole {
			return false
		}
	}
	return true
}

// readProperty reads an identifier and the value that goes with it.
func (s *scan) readProperty(group *Node) bool {
	n, ok := s.variable("Property Identifier", keyPropertyID, group)
	if !ok {
		return false
	}
	identifier := &group.Children[0]
	identifier.Kind = Code
	if propertyAssigned(s, &n) != fine {
		s.enforce(identifierRules[:1], &n)
		group.Name = "Unknown Property"
		return false
	}
	id := mqttwire.PropertyID(n.Number)
	group.Name, identifier.Meaning = id.String(), id.String()
	s.section = sectionOf(s.block, id)
	s.enforce(identifierRules, &n)
	table := propertyFields(id)
	if !allowedIn(s.block, id, mqttwire.AnySender) {
		table[0].rules = nil // there are none for a property that is out of place
	}
	if !s.fields(table, group) {
		return false
	}
	if s.property(s.block, id) == nil {
		s.properties[propertyOf{s.block, id}] = group
	}
	return true
}

// list reads elements up to the end of the packet.
func (s *scan) list(f *field, parent *Node) bool {
	group := Node{Offset: s.pos, Name: f.name, Key: f.key, Kind: Group}
	inElement := 0
	for i := range f.of {
		if f.of[i].in.holds(s.version) {
			inElement++
		}
	}
	ok := true
	for ok && s.pos < s.limit {
		if inElement == 1 {
			ok = s.fields(f.of, &group)
			continue
		}
		element := Node{Offset: s.pos, Name: f.of[0].name, Key: keyElement, Kind: Group}
		ok = s.fields(f.of, &element)
		element.Partial = !ok
		group.add(element)
	}
	group.Partial = !ok
	parent.add(group)
	if ok {
		s.enforce(f.rules, &group)
	}
	return ok
}

// undecoded makes one node of what is left up to the limit.
func (s *scan) undecoded(parent *Node) {
	b := s.take(s.limit - s.pos)
	if len(b) == 0 {
		return
	}
	n := s.node("Undecoded", "mqtt.undecoded", Undecoded, b)
	n.Bytes, n.Secret = b, s.mayHoldSecrets()
	n.Partial = s.pos < s.limit
	parent.add(n)
}

// mayHoldSecrets reports whether bytes that nobody can make sense of could be a
// password or authentication data.
func (s *scan) mayHoldSecrets() bool {
	return s.kind == mqttwire.PacketConnect || s.kind == mqttwire.PacketConnack || s.kind == mqttwire.PacketAuth
}

// leftOver notes bytes behind the last field. In a CONNECT, and only there, an
// option lets them pass.
func (s *scan) leftOver(tree *Node) {
	if s.pos == s.limit {
		return
	}
	declared := s.limit - s.pos
	b := s.take(declared)
	n := s.node("Left-over bytes", "mqtt.left_over", Undecoded, b)
	n.Bytes, n.Secret, n.Partial = b, s.mayHoldSecrets(), len(b) < declared
	tree.add(n)
	s.ended("left-over bytes")
	if s.quiet || s.kind == mqttwire.PacketConnect && s.rules.Options&mqttwire.AllowTrailingBytes != 0 {
		return
	}
	s.violate(&rule{code: malformed, clauses: leftOverClauses},
		n.wrong("are not allowed: %s has no field for the last %s", s.kind, count(declared, "byte")))
}

// leftOverClauses is what bytes behind the last field break.
var leftOverClauses = clauses{"2.3", "4.8.0-1", "2.1"}
