package inspect

import (
	"iter"
)

// Kind says what a Node holds, and which of its fields has the value.
type Kind uint8

const (
	Group     Kind = iota // nodes in order: a property, a list; no value of its own
	Integer               // Number: a whole number of one to four bytes, or of some bits
	Code                  // Number: one byte that means something as a whole, shown in hexadecimal
	Flag                  // Number, 0 or 1: a single bit
	Length                // Number: how many bytes of Text or Data follow, in the next node
	Text                  // Bytes: a UTF-8 string, without its length
	Data                  // Bytes: binary data or a payload, without its length
	Undecoded             // Bytes: what could not be taken apart
)

var kindNames = [...]string{"group", "integer", "code", "flag", "length", "text", "data", "undecoded"}

// String returns the kind's name in the JSON schema.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Node is a place in a packet: a field, some bits of one, or a group of fields.
//
// The leaves of a tree, the nodes for which IsLeaf holds, cover every byte of the
// packet once, in order. Below a leaf there are at most its bits.
type Node struct {
	// Offset is that of the first byte, counted from the packet's first byte, and
	// Length the number of bytes. Bits have the offset of their byte, and length 1.
	Offset, Length int

	// Name is the specification's name, in the version of the packet. That of a
	// Length is the name of what it belongs to and "Length".
	Name string

	// Key is the name of the field in Wireshark's display filters, "mqtt.topic", or
	// one in the same style that Wireshark does not have; SCHEMA.md lists these.
	Key string

	Kind   Kind   // what the node holds
	Mask   uint8  // for bits: which of the byte; 0 for whole bytes
	Number uint64 // the value of an Integer, Code, Flag or Length
	Bytes  []byte // the value of a Text, Data or Undecoded; it aliases the input

	// Meaning says in words what the value stands for, "Malformed Packet", or is
	// empty.
	Meaning string

	// Implied says that the packet does not have the field, and what the value is
	// for that reason: the Reason Code of a PUBACK of two bytes. Length is 0.
	Implied bool

	// Partial says that the field begins here and does not end: the input, the
	// packet or the property block does. Length is what there is of it, maybe 0.
	Partial bool

	// Secret marks a password, authentication data, and bytes that may hold them
	// because they could not be taken apart. Renderers leave the value out.
	Secret bool

	Children []Node // the parts, or the bits, in order

	raw    []byte // the node's own bytes, if it is a leaf
	within string // of bits: the name of their byte
}

// String returns name and value in a line, a secret value left out.
func (n Node) String() string { return n.Name + ": " + (&printer{}).value(&n) }

// GoString returns what String does, so that no verb of fmt prints a secret.
func (n Node) GoString() string { return n.String() }

// IsLeaf reports whether n is not divided any further but into bits.
func (n *Node) IsLeaf() bool {
	return n.Mask == 0 && n.Kind != Group && (len(n.Children) == 0 || n.Children[0].Mask != 0)
}

// All ranges over n and all nodes below it, each before its children.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.visit(yield) }
}

func (n *Node) visit(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for i := range n.Children {
		if !n.Children[i].visit(yield) {
			return false
		}
	}
	return true
}

// end is the offset behind the node's last byte.
func (n *Node) end() int { return n.Offset + n.Length }

// add appends a child. The children of a group come in order, so that it grows
// to the end of the last one.
func (n *Node) add(child Node) {
	n.Children = append(n.Children, child)
	if n.Kind == Group && child.end() > n.end() {
		n.Length = child.end() - n.Offset
	}
}

// The keys by which a walk over the tree tells what kind of group it meets.
const (
	keyElement        = "mqtt.element"      // an element of a list, of more than one field
	keyProperty       = "mqtt.property"     // identifier and value
	keyPropertyLength = "mqtt.property_len" // the first in a block of properties
	keyPropertyID     = "mqtt.property_id"  // the first in a property
)
