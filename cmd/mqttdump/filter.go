package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// filter is which packets are wanted. The zero value wants all.
type filter struct {
	clients     []string
	topics      []string
	connections []int
	types       uint32 // bit t: the packet type t; 0: all
}

// prepare checks the filters and takes the names of types.
func (f *filter) prepare(types []string) error {
	for _, topic := range f.topics {
		if !mqttwire.ValidTopicFilter([]byte(topic)) {
			return fmt.Errorf("--topic: %q is not a topic filter", topic)
		}
	}
	for _, n := range f.connections {
		if n < 1 {
			return fmt.Errorf("--connection: %d is not 1 or more", n)
		}
	}
	for _, name := range types {
		i := slices.IndexFunc(typeNames(), func(known string) bool { return strings.EqualFold(known, name) })
		if i < 0 {
			return fmt.Errorf("--type: %q is not one of %s", name, strings.Join(typeNames(), ", "))
		}
		f.types |= 1 << (i + int(mqttwire.PacketConnect))
	}
	return nil
}

// any reports whether anything is filtered at all.
func (f *filter) any() bool {
	return f.types != 0 || len(f.clients) > 0 || len(f.topics) > 0 || len(f.connections) > 0
}

// wants reports whether a packet is wanted, or what is told of a connection.
func (f *filter) wants(r *record) bool {
	if !f.any() {
		return true
	}
	if f.types != 0 && (r.kind != aPacket || f.types&(1<<r.packetType()) == 0) {
		return false
	}
	if len(f.connections) > 0 && !slices.Contains(f.connections, r.session.number) {
		return false
	}
	if len(f.clients) > 0 && !slices.Contains(f.clients, r.session.clientID) {
		return false
	}
	return len(f.topics) == 0 || f.wantsTopic(r)
}

// wantsTopic reports whether a packet is about one of the topics: a PUBLISH or a
// Will to one, a subscription to a filter that has topics in common.
func (f *filter) wantsTopic(r *record) bool {
	for _, filter := range f.topics {
		for topic := range r.topics() {
			if topicsMeet([]byte(filter), topic) {
				return true
			}
		}
	}
	return false
}

// topics ranges over the Topic Names and filters of a packet.
func (r *record) topics() func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		switch p := r.packet.(type) {
		case *mqttwire.Publish:
			yield(r.topic)
		case *mqttwire.Connect:
			if p.WillFlag {
				yield(p.Will.Topic)
			}
		case *mqttwire.Subscribe:
			for t := range p.Subscriptions.All() {
				if !yield(unshared(t)) {
					return
				}
			}
		case *mqttwire.Unsubscribe:
			for t := range p.TopicFilters.All() {
				if !yield(unshared(t)) {
					return
				}
			}
		}
	}
}

// unshared is a filter without the "$share/name/" in front.
func unshared(filter []byte) []byte {
	if _, t, shared, err := mqttwire.ParseSharedFilter(filter); shared && err == nil {
		return t
	}
	return filter
}

// topicsMeet reports whether there is a topic that both match. Each is a Topic
// Name or a Topic Filter. 5.0 and 3.1.1 section 4.7.
func topicsMeet(a, b []byte) bool {
	if len(a) > 0 && len(b) > 0 && (a[0] == '$') != (b[0] == '$') {
		return false // 5.0 [MQTT-4.7.2-1], 3.1.1 [MQTT-4.7.2-1]
	}
	for {
		levelA, restA, moreA := bytes.Cut(a, []byte("/"))
		levelB, restB, moreB := bytes.Cut(b, []byte("/"))
		switch {
		case string(levelA) == "#" || string(levelB) == "#":
			return true
		case string(levelA) != "+" && string(levelB) != "+" && !bytes.Equal(levelA, levelB):
			return false
		case !moreA && !moreB:
			return true
		case !moreA:
			return string(restB) == "#" // which stands for its parent, too
		case !moreB:
			return string(restA) == "#"
		}
		a, b = restA, restB
	}
}
