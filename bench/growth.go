package main

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/seed-2c1fe983/mqttwire"
)

// curve is how the cost of something grows.
type curve struct {
	name   string // as in the names of its groups
	title  string
	axis   string // what x is
	unit   string // what ns are given for, beside the packet
	plural string
	x      []int
	make   func(x int) sample
	peer   string // the codec that is measured beside mqttwire
}

// curves is all of them but the one over processors.
var curves = []curve{
	{name: "size", title: "A PUBLISH of 3.1.1, by its size", axis: "size of the packet in bytes", unit: "byte", plural: "bytes", peer: "gomqtt",
		x: []int{2, 8, 16, 32, 64, 128, 256, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20}, make: publishOfSize},
	{name: "properties", title: "A PUBLISH of 5.0, by its user properties", axis: "user properties", unit: "property", plural: "properties", peer: "mochi",
		x: []int{0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}, make: publishWithProperties},
	{name: "filters", title: "A SUBSCRIBE of 5.0, by its topic filters", axis: "topic filters", unit: "filter", plural: "filters", peer: "mochi",
		x: []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}, make: subscribeWithFilters},
}

// processors is the name of the curve over GOMAXPROCS.
const processors = "processors"

// publishOfSize is a PUBLISH of QoS 0 that has n bytes in all. There is none of
// two: that is a PINGREQ.
func publishOfSize(n int) sample {
	s := sample{name: "PINGREQ", version: mqttwire.MQTT311, sender: mqttwire.Client, wire: []byte{0xC0, 0}}
	s.facts = kind(mqttwire.PacketPingreq)
	if n > 2 {
		s = largePublish(mqttwire.MQTT311, 0)
		p := mqttwire.Publish{TopicName: []byte("a/b")}
		p.Payload = make([]byte, n)
		for p.Size(s.version) > n {
			p.Payload = p.Payload[:len(p.Payload)-(p.Size(s.version)-n)]
		}
		s.wire, s.facts = must(p.Append(nil, s.rules())), packetFacts(&p, s.version)
	}
	return s
}

func publishWithProperties(n int) sample {
	p := mqttwire.Publish{TopicName: []byte("sensors/1/humidity"), Payload: []byte(`{"humidity": 51.2}`)}
	for i := range n {
		p.Properties.AddUserProperty([]byte("trace"), fmt.Appendf(nil, "%016x", i))
	}
	s := sample{name: "PUBLISH", version: mqttwire.MQTT5, sender: mqttwire.Client}
	s.wire, s.facts = must(p.Append(nil, s.rules())), packetFacts(&p, s.version)
	return s
}

func subscribeWithFilters(n int) sample {
	p := mqttwire.Subscribe{PacketID: 1}
	for i := range n {
		p.Subscriptions.Add(fmt.Appendf(nil, "site/%05d/+/value", i), 1)
	}
	s := sample{name: "SUBSCRIBE", version: mqttwire.MQTT5, sender: mqttwire.Client}
	s.wire, s.facts = must(p.Append(nil, s.rules())), packetFacts(&p, s.version)
	return s
}

// groupName is the name of its groups.
func (c curve) groupName() string { return "growth, " + c.name }

// groups is a group for each point of the curve.
func (c curve) groups(open opener) (groups []*group) {
	for _, x := range c.x {
		s := c.make(x)
		g := &group{section: growthSection, name: c.groupName(), size: len(s.wire), items: 1, x: float64(x), unit: c.name}
		for _, e := range entries {
			if e.name != "mqttwire" && e.name != c.peer {
				continue
			}
			dec, enc := open(e), open(e)
			g.addDecode(e, dec, checkDecode(dec, s), s.version, s.wire)
			g.add(e.name, opEncode, checkEncode(enc, s), func(n int) error { _, err := enc.encode(n); return err })
		}
		g.addLimits()
		groups = append(groups, g)
	}
	return groups
}

// processorGroups is decoding streams on one processor and on two, with a Decoder
// for each goroutine.
func processorGroups() (groups []*group) {
	for _, v := range both {
		wire, packets := newStream(v)
		for count := 1; count <= runtime.NumCPU() && count <= 8; count *= 2 {
			g := &group{section: growthSection, name: fmt.Sprintf("growth, %s, %v", processors, v), size: len(wire), items: len(packets),
				x: float64(count), unit: processors}
			g.add("mqttwire", opDecode, right, func(n int) error { return decodeOn(count, v, wire, n) })
			groups = append(groups, g)
		}
	}
	return groups
}

// decodeOn decodes a stream n times with as many goroutines as processors.
func decodeOn(count int, v mqttwire.Version, wire []byte, n int) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(count))
	errs := make([]error, count)
	var all sync.WaitGroup
	for i := range count {
		share := (n + i) / count // n in all
		all.Go(func() {
			c := decoderCodec{}
			errs[i] = c.decode(v, wire, share)
		})
	}
	all.Wait()
	return first(errs...)
}
