package inspect

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// scan is one walk over a packet along the grammar. Its methods add nodes to a
// parent, hold them against their rules, and return whether what follows can be
// read: false when the input has ended, or when nothing says where the next field
// begins.
type scan struct {
	rules   mqttwire.Rules
	b       []byte // the packet, as far as it is there
	pos     int
	decoded int // up to where the packet was taken apart
	missing int // bytes, at least
	end     int // where the packet ends by its Remaining Length, maybe beyond b; 0: not known
	limit   int // where what is being read ends: the packet or a property block
	kind    mqttwire.PacketType
	version mqttwire.Version // 0: not known, or not supported
	level   int              // what a CONNECT says it is, -1: nothing
	older   bool             // a CONNACK of 3.1 or 3.1.1 where one of 5.0 was due

	block      mqttwire.PacketType  // the block of properties that is being read,
	section    string               // and the section of the property
	seen       []*Node              // the nodes that were read in full, bits included
	properties map[propertyOf]*Node // the first of each property

	quiet      bool // the Remaining Length is known to be wrong: what follows from that is not another error
	violations []Violation
	stopped    string // why the walk ended before the packet did
}

// propertyOf is a property in a block.
type propertyOf struct {
	block mqttwire.PacketType
	id    mqttwire.PropertyID
}

// cited is the version whose clauses are quoted: while none is known, that of
// the rules, or the one that is closest to the level of the CONNECT.
func (s *scan) cited() mqttwire.Version {
	switch {
	case s.version != 0:
		return s.version
	case supported(s.rules.Version):
		return s.rules.Version
	case s.level >= 0 && s.level < 3 || s.level >= 0x80:
		return mqttwire.MQTT311
	}
	return mqttwire.MQTT5
}

// value is the number of the node that was last read with that key, 0 if none was.
func (s *scan) value(key string) uint64 { return s.last(key).Number }

// last is the node that was last read with that key, an empty one if none was.
func (s *scan) last(key string) *Node {
	for i := len(s.seen) - 1; i >= 0; i-- {
		if s.seen[i].Key == key {
			return s.seen[i]
		}
	}
	return &Node{}
}

// property is the first property of an identifier in a block, nil if there is none.
func (s *scan) property(block mqttwire.PacketType, id mqttwire.PropertyID) *Node {
	return s.properties[propertyOf{block, id}]
}

// fields reads the fields of a table, those that the version and the flags call for.
func (s *scan) fields(table []field, parent *Node) bool {
	for i := range table {
		f := &table[i]
		switch {
		case !f.in.holds(s.version) || f.when != "" && s.value(f.when) == 0:
		case f.optional != 0 && f.optional.has(s.version) && s.pos == s.limit:
			s.implied(table[i:], parent)
			return true
		case !s.field(f, parent):
			return false
		}
	}
	return true
}

// implied notes fields that a packet may leave out, and does: they have the value
// 0, or none.
func (s *scan) implied(table []field, parent *Node) {
	for i := range table {
		f := &table[i]
		if !f.in.holds(s.version) || f.when != "" && s.value(f.when) == 0 {
			continue
		}
		n := Node{Offset: s.pos, Name: f.name, Key: f.key, Kind: kindOf[f.typ], Implied: true, Secret: f.secret}
		if f.meaning != nil {
			n.Meaning = f.meaning(s, 0)
		}
		s.enforce(f.rules, &n)
		parent.add(n)
	}
}

// kindOf is the kind of node that a field becomes.
var kindOf = map[dataType]Kind{
	oneByte: Integer, oneCode: Code, twoBytes: Integer, fourBytes: Integer, variable: Integer,
	utf8String: Text, binaryData: Data, toTheEnd: Data, properties: Group, listOf: Group,
}

// sizeOf is the length in bytes of the integers.
var sizeOf = map[dataType]int{oneByte: 1, oneCode: 1, twoBytes: 2, fourBytes: 4}

// field reads one field.
func (s *scan) field(f *field, parent *Node) bool {
	switch f.typ {
	case utf8String, binaryData:
		return s.counted(f, parent)
	case toTheEnd:
		return s.bytes(f, s.limit-s.pos, parent)
	case variable:
		n, ok := s.variable(f.name, f.key, parent)
		if ok {
			s.enforce(f.rules, &n)
		}
		return ok
	case properties:
		return s.propertyBlock(f, parent)
	case listOf:
		return s.list(f, parent)
	}
	return s.integer(f, parent)
}

// take moves over the next n bytes, or over what there is of them.
func (s *scan) take(n int) []byte {
	from := s.pos
	s.pos = max(from, min(from+n, s.limit, len(s.b)))
	return s.b[from:s.pos:s.pos]
}

// node begins a node for bytes that take returned.
func (s *scan) node(name, key string, kind Kind, b []byte) Node {
	return Node{Offset: s.pos - len(b), Length: len(b), Name: name, Key: key, Kind: kind, raw: b}
}

// keep adds a node that was read in full, and remembers it.
func (s *scan) keep(n *Node, parent *Node) {
	s.seen = append(s.seen, n)
	parent.add(*n)
}

// integer reads a number of fixed size, and its bits if it has any.
func (s *scan) integer(f *field, parent *Node) bool {
	size := sizeOf[f.typ]
	b := s.take(size)
	n := s.node(f.name, f.key, kindOf[f.typ], b)
	if len(b) < size {
		return s.short(n, b, size, f.missing, parent)
	}
	for _, c := range b {
		n.Number = n.Number<<8 | uint64(c)
	}
	if f.meaning != nil {
		n.Meaning = f.meaning(s, n.Number)
	}
	s.bitsOf(f.bits, &n)
	s.keep(&n, parent)
	s.enforce(f.rules, &n)
	return true
}

// bitsOf adds the bits of a byte to its node. They are held against their rules
// when all of them are known.
func (s *scan) bitsOf(table []bits, n *Node) {
	rules := make([][]rule, 0, 8)
	for i := range table {
		row := &table[i]
		if !row.in.holds(s.version) {
			continue
		}
		bit := Node{Offset: n.Offset, Length: 1, Name: row.name, Key: row.key, Kind: Integer, Mask: row.mask, within: n.Name}
		bit.Number = n.Number & uint64(row.mask) / uint64(row.mask&-row.mask)
		if row.mask&(row.mask-1) == 0 {
			bit.Kind = Flag
		}
		if row.meaning != nil {
			bit.Meaning = row.meaning(s, bit.Number)
		}
		n.Children = append(n.Children, bit)
		rules = append(rules, row.rules)
	}
	for i := range n.Children {
		s.seen = append(s.seen, &n.Children[i])
	}
	for i := range n.Children {
		s.enforce(rules[i], &n.Children[i])
	}
}

// counted reads a length of two bytes, and as many bytes.
func (s *scan) counted(f *field, parent *Node) bool {
	b := s.take(2)
	n := s.node(f.name+" Length", f.lengthKey, Length, b)
	if len(b) < 2 {
		if len(b) == 0 { // the field as a whole is what is missing
			n.Name, n.Key = f.name, f.key
		}
		return s.short(n, b, 2, f.missing, parent)
	}
	n.Number = uint64(b[0])<<8 | uint64(b[1])
	n.Secret = false
	s.keep(&n, parent)
	length := int(n.Number)
	if left := s.limit - s.pos; length > left {
		s.cut(n.wrong("is %d, but %s", length, s.left(left)), lengthClauses[f.typ])
	}
	return s.bytes(f, length, parent)
}

// lengthClauses is what a length breaks that runs past the end.
var lengthClauses = map[dataType]clauses{
	utf8String: {"1.5.4", "1.5.3", "2.5"},
	binaryData: {"1.5.6", "4.8.0-1", "2.1"},
}

// bytes reads length bytes of text or data.
func (s *scan) bytes(f *field, length int, parent *Node) bool {
	b := s.take(length)
	n := s.node(f.name, f.key, kindOf[f.typ], b)
	n.Bytes, n.Secret = b, f.secret
	if len(b) < length {
		n.Partial = true
		parent.add(n)
		s.ended(f.name)
		return false
	}
	s.keep(&n, parent)
	if f.typ == utf8String {
		s.enforce(textRules, &n)
	}
	s.enforce(f.rules, &n)
	return true
}

// variable reads a Variable Byte Integer. 5.0 section 1.5.5, 3.1.1 section 2.2.3, 3.1
// section 2.1.
func (s *scan) variable(name, key string, parent *Node) (n Node, ok bool) {
	from := s.pos
	var number uint64
	for i := 0; i < 4; i++ {
		b := s.take(1)
		if len(b) == 0 {
			all := s.b[from:s.pos]
			return n, s.short(s.node(name, key, Integer, all), all, len(all)+1, clauses{}, parent)
		}
		number |= uint64(b[0]&0x7F) << (7 * i)
		if b[0]&0x80 == 0 {
			n = s.node(name, key, Integer, s.b[from:s.pos])
			n.Number = number
			s.keep(&n, parent)
			s.enforce(integerRules, &n)
			return n, true
		}
	}
	n = s.node(name, key, Undecoded, s.b[from:s.pos])
	n.Bytes = s.b[from:s.pos:s.pos]
	parent.add(n)
	s.violate(&integerTooLong, n.wrong("has more than four bytes"))
	return n, false
}

var integerTooLong = must(nil, malformed, "1.5.5", "2.2.3", "2.1")

// integerRules hold for every Variable Byte Integer. 3.1.1 and 3.1 have one only,
// the Remaining Length, and do not ask for the shortest form.
var integerRules = []rule{
	must(shortest, malformed, "1.5.5-1", "", "").unless(mqttwire.AllowOverlongIntegers)}

func shortest(_ *scan, n *Node) fault {
	need := 1
	for v := n.Number >> 7; v > 0; v >>= 7 {
		need++
	}
	if n.Length == need {
		return fine
	}
	return n.wrong("takes %d bytes for %d, must take %d", n.Length, n.Number, need)
}

// shortClauses is what a packet breaks that ends too early, where no statement
// says more.
var shortClauses = clauses{"1.2", "4.8.0-1", "2.1"}

// short ends the walk at a field that is not there in full: because the packet or
// the block ends, which is a violation, or because the input does.
func (s *scan) short(n Node, b []byte, size int, missing clauses, parent *Node) bool {
	n.Partial = true
	if len(b) > 0 {
		n.Kind, n.Bytes = Undecoded, b // the node shows what there is
	}
	parent.add(n)
	if s.pos-len(b)+size <= s.limit { // there may be more to come
		s.ended(n.Name)
		return false
	}
	if missing.in(s.cited()) == "" {
		missing = shortClauses
		if s.inBlock() {
			missing = clauses{v5: "2.2.2.2"}
		}
	}
	if len(b) == 0 {
		s.cut(n.wrong("is missing: the %s ends here", s.enclosing()), missing)
	} else {
		s.cut(n.wrong("is cut short: the %s ends here", s.enclosing()), missing)
	}
	return false
}

// cut notes that a field runs past the end of what it is in.
func (s *scan) cut(f fault, c clauses) {
	if !s.quiet {
		s.violate(&rule{code: malformed, clauses: c}, f)
	}
}

// ended notes that the input has no more bytes, in the middle of what.
func (s *scan) ended(what string) {
	if s.stopped == "" && s.pos == len(s.b) && s.pos < s.limit {
		s.stopped = fmt.Sprintf("the input ends inside the %s", what)
	}
}

func (s *scan) inBlock() bool { return s.section != "" }

func (s *scan) enclosing() string {
	if s.inBlock() {
		return "property block"
	}
	return "packet"
}

// left says how many bytes there are.
func (s *scan) left(n int) string {
	if n == 1 {
		return "1 byte is left in the " + s.enclosing()
	}
	return fmt.Sprintf("%d bytes are left in the %s", n, s.enclosing())
}
