package main

import (
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// facts is what a packet says, under the names of the specification: the ground
// on which the codecs, which have nothing else in common, are compared. What is
// absent, or a flag that is not set, has no entry.
type facts map[string]string

// longest is the most bytes that a fact spells out.
const longest = 100

// text adds a string or binary data.
func (f facts) text(name string, value []byte) {
	if len(value) > longest {
		f[name] = fmt.Sprintf("%d bytes, CRC-32 %08x", len(value), crc32.ChecksumIEEE(value))
		return
	}
	f[name] = strconv.Quote(string(value))
}

// textIf adds text of a codec that takes the empty string for none.
func (f facts) textIf(name, value string) {
	if value != "" {
		f.text(name, []byte(value))
	}
}

// number adds an integer.
func (f facts) number(name string, value uint64) { f[name] = strconv.FormatUint(value, 10) }

// flag adds a flag if it is set.
func (f facts) flag(name string, set bool) {
	if set {
		f[name] = "true"
	}
}

// pair adds one user property behind those that are there.
func (f facts) pair(prefix, name, value string) {
	f.list(prefix+"User Property", strconv.Quote(name)+"="+strconv.Quote(value))
}

// filter adds a topic filter and its options behind those that are there.
func (f facts) filter(filter string, options byte) {
	f.list("Topic Filters", fmt.Sprintf("%q=0x%02x", filter, options))
}

// codes adds a list of reason codes or return codes.
func (f facts) codes(codes []byte) {
	for _, code := range codes {
		f.list("Reason Codes", fmt.Sprintf("0x%02x", code))
	}
}

func (f facts) list(name, item string) {
	if old, ok := f[name]; ok {
		item = old + " " + item
	}
	f[name] = item
}

// kind starts the facts of a packet of type t.
func kind(t mqttwire.PacketType) facts { return facts{"Type": t.String()} }

// publishFacts is what all codecs call by different names.
func publishFacts(qos byte, dup, retain bool, id uint16, topic string, payload []byte) facts {
	f := kind(mqttwire.PacketPublish)
	f.number("QoS", uint64(qos))
	f.flag("DUP", dup)
	f.flag("RETAIN", retain)
	if qos > 0 {
		f.number("Packet Identifier", uint64(id))
	}
	f.text("Topic Name", []byte(topic))
	f.text("Payload", payload)
	return f
}

// ackFacts is the facts of a packet that has an identifier; in 5.0 it has a
// reason code as well.
func ackFacts(t mqttwire.PacketType, id uint16) facts {
	f := kind(t)
	f.number("Packet Identifier", uint64(id))
	return f
}

// connectFacts is the beginning of a CONNECT.
func connectFacts(level byte, clean bool, keepAlive uint16, clientID string) facts {
	f := kind(mqttwire.PacketConnect)
	f.number("Protocol Version", uint64(level))
	f.flag("Clean Start", clean)
	f.number("Keep Alive", uint64(keepAlive))
	f.text("Client Identifier", []byte(clientID))
	return f
}

// will adds a Will without its properties.
func (f facts) will(qos byte, retain bool, topic string, payload []byte) {
	f.number("Will QoS", uint64(qos))
	f.flag("Will Retain", retain)
	f.text("Will Topic", []byte(topic))
	f.text("Will Payload", payload)
}

// differ names the first fact that is not as wanted, and is empty if all are.
func (f facts) differ(want facts) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got, ok := f[name]; !ok {
			return name + " is lost"
		} else if got != want[name] {
			return fmt.Sprintf("%s is %s", name, shorten(got, 40))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if _, ok := want[name]; !ok {
			return name + " is made up"
		}
	}
	return ""
}

// shorten cuts text that is too long for a table, and keeps it on one line.
func shorten(text string, n int) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if len(text) > n {
		return text[:n-3] + "..."
	}
	return text
}
