package main

import (
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// letter is the message that is forwarded, as it came from its publisher.
type letter struct {
	topic       []byte
	topicText   string // the same, for codecs that want it so
	payload     []byte
	contentType string
	userName    string // of its one user property
	userValue   string
}

// subscriber is one of those that it is forwarded to.
type subscriber struct {
	version    mqttwire.Version
	qos        mqttwire.QoS
	retain     bool
	packetID   uint16 // 0 at QoS 0
	alias      uint16 // 5.0: 0 for none
	aliasKnown bool   // 5.0: the subscriber has the alias, so that the topic is left out
	identifier uint32 // 5.0: Subscription Identifier, 0 for none
	expiry     uint32 // 5.0: what remains of the Message Expiry Interval, in seconds
}

// lifetime is the Message Expiry Interval of the message as it came, in seconds.
const lifetime = 3600

// crowd is how many subscribers there are.
const crowd = 1000

// newLetter is a message of 1 KiB.
func newLetter() *letter {
	topic := "sensors/1/humidity"
	return &letter{topic: []byte(topic), topicText: topic, payload: largePublish(mqttwire.MQTT311, 1024).publishPayload(),
		contentType: "application/json", userName: "trace", userValue: "0123456789abcdef"}
}

// publishPayload is the payload of a packet that is a PUBLISH.
func (s sample) publishPayload() []byte {
	h, n := must2(mqttwire.ConsumeFixedHeader(s.wire))
	var p mqttwire.Publish
	if err := p.Decode(h, s.wire[n:], s.rules()); err != nil {
		panic(err)
	}
	return p.Payload
}

// newSubscribers makes a thousand subscribers of the versions in turn. Of four
// two are at QoS 1 and one is at QoS 2; of five 5.0 ones two have an alias, one of
// them for the first time; of three one has a Subscription Identifier.
func newSubscribers(versions ...mqttwire.Version) []subscriber {
	list := make([]subscriber, crowd)
	for i := range list {
		s := &list[i]
		k := i / len(versions)
		s.version = versions[i%len(versions)]
		s.qos = [4]mqttwire.QoS{0, 1, 1, 2}[k%4]
		s.retain = k%7 == 0
		if s.qos > 0 {
			s.packetID = uint16(1 + i*61%65535)
		}
		if s.version != mqttwire.MQTT5 {
			continue
		}
		s.expiry = uint32(lifetime - k%600)
		if k%5 < 2 {
			s.alias, s.aliasKnown = uint16(1+k%9), k%5 == 1
		}
		if k%3 == 0 {
			s.identifier = uint32(1 + k)
		}
	}
	return list
}

// facts is what the packet for one subscriber has to say.
func (s *subscriber) facts(m *letter) facts {
	topic := m.topicText
	if s.aliasKnown {
		topic = ""
	}
	f := publishFacts(byte(s.qos), false, s.retain, s.packetID, topic, m.payload)
	if s.version != mqttwire.MQTT5 {
		return f
	}
	f.number("Payload Format Indicator", 1)
	f.number("Message Expiry Interval", uint64(s.expiry))
	f.text("Content Type", []byte(m.contentType))
	f.pair("", m.userName, m.userValue)
	if s.alias != 0 {
		f.number("Topic Alias", uint64(s.alias))
	}
	if s.identifier != 0 {
		f.number("Subscription Identifier", uint64(s.identifier))
	}
	return f
}

// checkFanout holds every packet that a codec writes against what it has to say.
func checkFanout(c fanner, m *letter, to []subscriber) error {
	i, wrong := 0, ""
	err := c.fanout(m, to, 1, func(wire []byte) {
		s := &to[i]
		i++
		if wrong != "" {
			return
		}
		d := mqttwire.Decoder{Rules: mqttwire.Rules{Version: s.version, Sender: mqttwire.Server}}
		p, n, err := d.Decode(wire)
		switch {
		case err != nil:
			wrong = err.Error()
		case n != len(wire):
			wrong = fmt.Sprintf("%d bytes too many", len(wire)-n)
		default:
			wrong = packetFacts(p, s.version).differ(s.facts(m))
		}
	})
	if err == nil && wrong != "" {
		err = fmt.Errorf("%s", wrong)
	}
	if err == nil && i != len(to) {
		err = fmt.Errorf("%d packets for %d subscribers", i, len(to))
	}
	return err
}

// fanout of mqttwire prepares the message, and writes a header for each subscriber.
// The payload is the same for all, and goes out from where it is by a vectored
// write.
func (c *plainCodec) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := mqttwire.Publish{TopicName: m.topic, Properties: must(m.properties()), Payload: m.payload}
	p.Properties.SetMessageExpiryInterval(lifetime)
	header, scratch, identifier := make([]byte, 0, 256), make([]byte, 0, 256), make([]uint32, 1)
	for i := range n {
		if err := c.message.Prepare(&p, scratch); err != nil {
			return err
		}
		for j := range to {
			s := &to[j]
			d := mqttwire.Delivery{QoS: s.qos, Retain: s.retain, PacketID: s.packetID, TopicAlias: s.alias, AliasKnown: s.aliasKnown}
			if s.version == mqttwire.MQTT5 {
				d.Waited = lifetime - s.expiry
			}
			if s.identifier != 0 {
				identifier[0] = s.identifier
				d.SubscriptionIDs = identifier
			}
			h, err := c.message.AppendHeader(header, s.version, &d)
			if err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(append(h, c.message.Payload()...))
			}
		}
	}
	return nil
}

// byHeader is the other way that mqttwire has, for those who have a packet of
// their own for each subscriber: Publish.AppendHeader.
type byHeader struct{}

func (byHeader) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := mqttwire.Publish{}
	shared, err := m.properties() // what all subscribers of 5.0 get
	if err != nil {
		return err
	}
	header, scratch := make([]byte, 0, 256), make([]byte, 0, 256)
	for i := range n {
		for j := range to {
			s := &to[j]
			p.QoS, p.Retain, p.PacketID = s.qos, s.retain, s.packetID
			p.TopicName, p.Properties = m.topic, mqttwire.Properties{}
			if s.version == mqttwire.MQTT5 {
				p.Properties = s.properties(shared, scratch)
			}
			if s.aliasKnown {
				p.TopicName = nil
			}
			h, err := p.AppendHeader(header, len(m.payload), mqttwire.Rules{Version: s.version, Sender: mqttwire.Server})
			if err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(append(h, m.payload...))
			}
		}
	}
	return nil
}

// properties is the properties of the message that do not depend on the
// subscriber.
func (m *letter) properties() (p mqttwire.Properties, err error) {
	p.SetPayloadFormatIndicator(true)
	p.SetContentType([]byte(m.contentType))
	p.AddUserProperty([]byte(m.userName), []byte(m.userValue))
	return p, p.Err()
}

// properties is the shared properties and the subscriber's own.
func (s *subscriber) properties(shared mqttwire.Properties, scratch []byte) mqttwire.Properties {
	own := shared.CopyTo(scratch)
	own.SetMessageExpiryInterval(s.expiry)
	if s.alias != 0 {
		own.SetTopicAlias(s.alias)
	}
	if s.identifier != 0 {
		own.AddSubscriptionIdentifier(s.identifier)
	}
	return own
}

// must2 is must for two values.
func must2[T, U any](t T, u U, err error) (T, U) {
	if err != nil {
		panic(err)
	}
	return t, u
}
