package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/seed-2c1fe983/mqttwire"
)

// streamSize is how many bytes of packets a stream has, at least.
const streamSize = 1 << 20

// newStream makes a mebibyte of what a busy client sends: out of 20 packets 14
// PUBLISH of all three QoS and up to 512 bytes of payload, 4 PUBACK, a SUBSCRIBE
// and a PINGREQ. It is the same each time.
func newStream(v mqttwire.Version) (wire []byte, packets []sample) {
	random := rand.New(rand.NewPCG(1883, uint64(v)))
	rules := mqttwire.Rules{Version: v, Sender: mqttwire.Client}
	payload := largePublish(mqttwire.MQTT311, 1024).publishPayload()
	for len(wire) < streamSize {
		p := streamPacket(random, v, payload)
		start := len(wire)
		wire = must(p.Append(wire, rules))
		packets = append(packets, sample{name: fmt.Sprintf("packet %d", len(packets)), version: v, sender: rules.Sender,
			wire: wire[start:len(wire):len(wire)], facts: packetFacts(p, v)})
	}
	return wire, packets
}

// streamPacket makes one packet.
func streamPacket(random *rand.Rand, v mqttwire.Version, payload []byte) mqttwire.Packet {
	id := uint16(1 + random.IntN(65535))
	switch k := random.IntN(20); {
	case k < 14:
		p := &mqttwire.Publish{QoS: mqttwire.QoS(random.IntN(3)), Retain: k == 0, Payload: payload[:1+random.IntN(512)],
			TopicName: fmt.Appendf(nil, "site/%d/sensor/%d/value", random.IntN(20), random.IntN(5000))}
		if p.QoS > 0 {
			p.PacketID = id
		}
		if v == mqttwire.MQTT5 {
			streamProperties(random, &p.Properties)
		}
		return p
	case k < 18:
		return &mqttwire.Puback{PacketID: id}
	case k < 19:
		p := &mqttwire.Subscribe{PacketID: id}
		for i := range 1 + random.IntN(4) {
			p.Subscriptions.Add(fmt.Appendf(nil, "site/%d/+/%d/#", random.IntN(20), i), mqttwire.SubscriptionOptions(random.IntN(3)))
		}
		return p
	}
	return &mqttwire.Pingreq{}
}

// streamProperties gives a PUBLISH none to three properties.
func streamProperties(random *rand.Rand, p *mqttwire.Properties) {
	if random.IntN(2) == 0 {
		p.SetMessageExpiryInterval(uint32(1 + random.IntN(86400)))
	}
	if random.IntN(2) == 0 {
		p.SetContentType([]byte("application/json"))
	}
	if random.IntN(2) == 0 {
		p.AddUserProperty([]byte("trace"), fmt.Appendf(nil, "%016x", random.Uint64()))
	}
}
