package main

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
)

// timekeeper is a codec that keeps its own time, because it is in another
// process.
type timekeeper interface{ elapsed() time.Duration }

// The sections of the report.
const (
	packetSection = "packets"
	streamSection = "streams"
	fanoutSection = "fan-out"
	rejectSection = "rejection"
	growthSection = "growth"
	rulesSection  = "rules"
)

// packetGroup is decoding and encoding one packet, and the limits.
func packetGroup(s sample, open opener) *group {
	g := &group{section: packetSection, name: s.name, size: len(s.wire), items: 1}
	for _, e := range entries {
		if !e.speaks(s.version) {
			g.add(e.name, opDecode, notOffered, nil)
			g.add(e.name, opEncode, notOffered, nil)
			continue
		}
		if c := open(e); c != nil {
			v := checkDecode(c, s)
			g.addDecode(e, c, v, s.version, s.wire)
			if c, ok := c.(*plainCodec); ok {
				g.add(e.name, opAlone, v, func(n int) error { return c.decodeAlone(s.version, s.wire, n) })
			}
		}
		if e.name == "Decoder" {
			continue // it only decodes
		}
		if c := open(e); c != nil {
			v := checkEncode(c, s)
			keep(g.add(e.name, opEncode, v, func(n int) error { _, err := c.encode(n); return err }), c)
		}
	}
	g.addLimits()
	return g
}

// opener opens a codec, or returns nil for one that is not there.
type opener func(e entry) codec

// keep lets the codec's own time count, if it has one.
func keep(c *cell, codec codec) {
	if k, ok := codec.(timekeeper); ok {
		c.elapsed = k.elapsed
	}
}

func (g *group) addDecode(e entry, c codec, v verdict, version mqttwire.Version, wire []byte) {
	keep(g.add(e.name, opDecode, v, func(n int) error { return c.decode(version, wire, n) }), c)
}

// addLimits adds what no codec gets below: utf8.Valid over as many ASCII bytes,
// and a copy of as many.
func (g *group) addLimits() {
	text, to := make([]byte, g.size), make([]byte, g.size)
	for i := range text {
		text[i] = 'a'
	}
	g.add(opValid, opValid, right, func(n int) error {
		for range n {
			if !utf8.Valid(text) {
				return errors.New("not valid")
			}
		}
		return nil
	})
	g.add(opCopy, opCopy, right, func(n int) error {
		for range n {
			copy(to, text)
		}
		return nil
	})
}

func streamName(v mqttwire.Version) string { return fmt.Sprintf("stream of 1 MiB, %v", v) }

// streamGroup is decoding a mebibyte of packets.
func streamGroup(v mqttwire.Version, open opener) *group {
	wire, packets := newStream(v)
	g := &group{section: streamSection, name: streamName(v), size: len(wire), items: len(packets)}
	for _, e := range entries {
		if !e.speaks(v) {
			g.add(e.name, opDecode, notOffered, nil)
		} else if c := open(e); c != nil {
			g.addDecode(e, c, checkStream(c, wire, packets), v, wire)
		}
	}
	g.addLimits()
	return g
}

// fanoutGroup is forwarding a message to a thousand subscribers.
func fanoutGroup(name string, open opener, versions ...mqttwire.Version) *group {
	m, to := newLetter(), newSubscribers(versions...)
	g := &group{section: fanoutSection, name: name, size: len(m.payload), items: len(to)}
	for _, e := range entries {
		if e.name == "Decoder" {
			continue
		}
		var f fanner
		if speaksAll(e, versions) {
			c := open(e)
			if c == nil {
				continue
			}
			f, _ = c.(fanner)
		}
		g.addFanout(e.name, f, m, to)
		if e.name == "mqttwire" {
			g.addFanout(headerCodec, byHeader{}, m, to)
		}
	}
	return g
}

// headerCodec is the name of mqttwire's other way to forward.
const headerCodec = "mqttwire, by Publish"

// addFanout checks a codec at forwarding, and adds it to the group.
func (g *group) addFanout(name string, f fanner, m *letter, to []subscriber) {
	v := notOffered
	if f != nil {
		v = right
		if err := guarded(func() error { return checkFanout(f, m, to) }); err != nil {
			v = wrong("%s", shorten(err.Error(), 90))
		}
	}
	g.add(name, opFanout, v, func(n int) error { return f.fanout(m, to, n, nil) })
}

func speaksAll(e entry, versions []mqttwire.Version) bool {
	for _, v := range versions {
		if !e.speaks(v) {
			return false
		}
	}
	return true
}

// rejectGroup is refusing a packet that goes wrong at its last field, beside
// accepting the packet that is right.
func rejectGroup(good, bad sample, open opener) *group {
	g := &group{section: rejectSection, name: good.name, size: len(bad.wire), items: 1}
	for _, e := range entries {
		if e.foreign || !e.speaks(good.version) {
			g.add(e.name, opReject, notOffered, nil)
			continue
		}
		c := open(e)
		v := checkDecode(c, good)
		if v == right && guarded(func() error { return c.decode(bad.version, bad.wire, 1) }) == nil {
			v = "accepts"
		}
		g.add(e.name, opReject, v, func(n int) error {
			for range n {
				if c.decode(bad.version, bad.wire, 1) == nil {
					return errors.New("accepted")
				}
			}
			return nil
		})
		if v != right {
			continue
		}
		g.add(e.name, opAccept, v, func(n int) error {
			for range n {
				if err := c.decode(good.version, good.wire, 1); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g
}

// plan is work that can be asked for by its name. It is made, and the codecs are
// checked at it, only if it is.
type plan struct {
	section, name string
	make          func() []*group
}

// plans is everything that is timed.
func plans(root string, open opener) ([]plan, error) {
	list, err := readFolder(root, "work")
	if err != nil {
		return nil, err
	}
	good, bad := byName(list)
	var all []plan
	add := func(section, name string, f func() *group) {
		all = append(all, plan{section, name, func() []*group { return []*group{f()} }})
	}
	for _, s := range append(good, largePublish(mqttwire.MQTT311, 64<<10), largePublish(mqttwire.MQTT5, 64<<10)) {
		add(packetSection, s.name, func() *group { return packetGroup(s, open) })
	}
	for _, v := range both {
		add(streamSection, streamName(v), func() *group { return streamGroup(v, open) })
	}
	for _, f := range []struct {
		name     string
		versions []mqttwire.Version
	}{{"fan-out, 3.1.1", only311}, {"fan-out, 5.0", only5}, {"fan-out, mixed", both}} {
		add(fanoutSection, f.name, func() *group { return fanoutGroup(f.name, open, f.versions...) })
	}
	for _, s := range good {
		add(rejectSection, s.name, func() *group { return rejectGroup(s, bad[s.name], open) })
	}
	for _, c := range curves {
		all = append(all, plan{growthSection, c.groupName(), func() []*group { return c.groups(open) }})
	}
	return append(all, plan{growthSection, "growth, " + processors, processorGroups}), nil
}

// makeAll makes the groups of those plans that choose wants.
func makeAll(all []plan, choose func(p plan) bool) (groups []*group) {
	for _, p := range all {
		if choose(p) {
			groups = append(groups, p.make()...)
		}
	}
	return groups
}

// order is the order of the packets in the tables.
var order = []string{"CONNECT 3.1.1 minimal", "CONNECT 3.1.1 full", "CONNECT 5.0 typical", "CONNECT 5.0 full",
	"CONNACK 5.0", "PUBLISH 3.1.1, 64 B", "PUBLISH 5.0, 1 KiB", "PUBACK 3.1.1", "PUBACK 5.0",
	"SUBSCRIBE 5.0", "SUBACK 3.1.1", "PINGREQ", "DISCONNECT 5.0"}

// byName puts the packets in order, and the malformed ones beside them.
func byName(list []sample) (good []sample, bad map[string]sample) {
	found, bad := map[string]sample{}, map[string]sample{}
	for _, s := range list {
		if s.malformed() {
			bad[s.name] = s
		} else {
			found[s.name] = s
		}
	}
	for _, name := range order {
		good = append(good, found[name])
	}
	return good, bad
}
