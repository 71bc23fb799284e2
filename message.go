package mqttwire

import "encoding/binary"

// One message to many subscribers, 5.0 sections 3.3 and 4.3 to 4.6. The packets
// that carry it differ in their fixed header, Packet Identifier and a few
// properties; all else is the same for all, and is checked once.

// Message is an application message on its way to many subscribers. Prepare
// makes it from the PUBLISH that brought it; AppendHeader then writes, for each
// subscriber, all that precedes the payload. The payload is never copied: it goes
// behind each header with a vectored write.
//
// It keeps an image of each kind of header that it has written, and from then on
// copies that and puts in what is the subscriber's own. So it serves one goroutine
// at a time, and is best used again for the next message: it is a KiB large.
type Message struct {
	topic      []byte
	properties Properties // those that all 5.0 subscribers get
	payload    []byte
	expiry     uint32 // Message Expiry Interval in seconds ...
	expires    bool   // ... if there is one
	lasts      uint32 // how long the message may wait: expiry, or for ever
	versions   uint8  // bit per version that can express the topic
	images     [8]image
}

// Delivery is what is different in the PUBLISH of one subscriber. What a version
// has no place for is left out.
type Delivery struct {
	// QoS is the lower of the message's and the subscription's. 5.0
	// [MQTT-3.8.4-8].
	QoS QoS
	// Dup says that the packet was sent before. It is false at QoS 0.
	Dup bool
	// Retain is the RETAIN flag: 5.0 section 3.3.1.3 tells when it is set.
	Retain bool
	// PacketID is the Packet Identifier: 0 at QoS 0, else 1 to 65,535.
	PacketID uint16
	// TopicAlias is the alias of the topic on this connection, 1 to 65,535, or 0
	// for none. 5.0 section 3.3.2.3.4.
	TopicAlias uint16
	// AliasKnown says that the subscriber knows the alias, so that the Topic Name
	// is left out.
	AliasKnown bool
	// Waited is how many seconds the message has waited; they are taken off its
	// Message Expiry Interval. 5.0 [MQTT-3.3.2-6].
	Waited uint32
	// SubscriptionIDs is the Subscription Identifiers of all subscriptions that
	// matched, each 1 to 268,435,455. 5.0 section 3.3.2.3.8.
	SubscriptionIDs []uint32
}

var (
	errExpired = newField(PacketPublish, "Message Expiry Interval", clauses{"3.3.2-5", "", ""}).breaks(
		&rule{"has passed", ReasonUnspecifiedError, 0, clauses{}})
	errAliasKnown = newField(PacketPublish, "Topic Alias", clauses{"3.3.2-8", "", ""}).breaks(
		&rule{"is zero and cannot stand for the Topic Name", ReasonTopicAliasInvalid, 0, clauses{}})
	errDeliveryID   = newField(PacketPublish, "Subscription Identifier", clauses{"3.3.2.3.8", "", ""}).breaks(&rules[badValue])
	errTopicVersion = publishTopic.breaks(&rules[notInVersion])
)

// Prepare makes the message that p carries. p.TopicName must not be empty: who
// got a packet with a Topic Alias puts the name in its place first. What belongs to
// the connection that p came from is left out: flags, Packet Identifier, Topic
// Alias and Subscription Identifiers. The message aliases p's slices, or, where
// properties had to be left out, has the others in scratch[:0], which grows as
// needed; neither may change as long as it is in use.
//
// It returns an *Error, and leaves a message that no version can express, if p has
// no Topic Name, or one that is not well-formed, or properties that are not those
// of a PUBLISH.
func (m *Message) Prepare(p *Publish, scratch []byte) error {
	m.versions = 0
	for i := range m.images {
		m.images[i].n = 0
	}
	if e := p.Properties.check(PacketPublish, Rules{Version: MQTT5}); e != nil {
		return e
	}
	if e := m.setTopic(p.TopicName); e != nil {
		return e
	}
	m.expiry, m.expires = p.Properties.MessageExpiryInterval()
	if m.lasts = m.expiry; !m.expires {
		m.lasts = 1<<32 - 1
	}
	m.properties = p.Properties.Without(scratch, PropertyMessageExpiryInterval, PropertyTopicAlias, PropertySubscriptionIdentifier)
	m.payload = p.Payload
	return nil
}

// Payload is the payload of all packets, which aliases that of the PUBLISH.
func (m *Message) Payload() []byte { return m.payload }

// setTopic checks the topic under each version: 3.1 has names that the others
// have not, and they have one character that it has not.
func (m *Message) setTopic(name []byte) (e *Error) {
	m.topic = name
	if isPlainName(name, Rules{}) {
		m.versions = 1<<MQTT31 | 1<<MQTT311 | 1<<MQTT5
		return nil
	}
	for v := MQTT31; v <= MQTT5; v++ {
		if e = checkTopicName(name, publishTopic, Rules{Version: v}); e == nil {
			m.versions |= 1 << v
		}
	}
	if m.versions != 0 {
		return nil
	}
	return e
}

// AppendHeader writes all that precedes the payload of the packet for one
// subscriber, whose connection is of version v, to the end of dst. In 3.1 and
// 3.1.1 there are no properties, and what of d would be one has no effect.
//
// It returns dst as it was and an *Error if v cannot express the topic, if d
// is contradictory, if the message has expired (5.0 [MQTT-3.3.2-5]), or if the
// packet would be larger than a packet can be.
func (m *Message) AppendHeader(dst []byte, v Version, d *Delivery) ([]byte, error) {
	if m.versions>>v&1 == 0 || d.QoS > QoS2 || (d.PacketID == 0) != (d.QoS == 0) || d.Dup && d.QoS == 0 {
		return dst, m.refused(v, d)
	}
	img := &m.images[d.kind(v)]
	start := len(dst)
	if img.n == 0 || cap(dst)-start < imageRoom || v == MQTT5 && (d.Waited > m.lasts || d.AliasKnown && d.TopicAlias == 0) {
		return m.appendHeader(dst, v, d)
	}
	a := (*[imageRoom]byte)(dst[start : start+imageRoom : start+imageRoom])
	n := int(img.n)
	copy(a[:], img.b[:n])
	a[0] = d.firstByte()
	binary.BigEndian.PutUint16(a[img.identifier:], d.PacketID)
	if v == MQTT5 {
		binary.BigEndian.PutUint16(a[img.alias:], d.TopicAlias)
		binary.BigEndian.PutUint32(a[img.expiry:], m.expiry-d.Waited)
		if len(d.SubscriptionIDs) != 0 {
			if n = img.addIDs(a, d.SubscriptionIDs); n == 0 {
				return m.appendHeader(dst, v, d)
			}
		}
	}
	return dst[:start+n], nil
}

// firstByte is type and flags of the packet.
func (d *Delivery) firstByte() byte {
	return byte(PacketPublish)<<4 | bit(d.Dup)<<3 | byte(d.QoS)<<1 | bit(d.Retain)
}

// kind is the number of the image that serves d, below 8: whether there is a
// Packet Identifier and, in 5.0, a Topic Alias, with the name or alone. It is put
// together without branches: a processor cannot guess what the next subscriber
// has, and guessing wrong would cost more than all else here.
func (d *Delivery) kind(v Version) uint8 {
	five := bit(v == MQTT5)
	aliased := five & bit(d.TopicAlias != 0)
	return bit(d.QoS != 0) | (five+aliased+aliased&bit(d.AliasKnown))<<1
}

// image is a header that has been written before, without Subscription
// Identifiers, and where in it to put what is a subscriber's own. What the kind of
// header has no place for goes behind its end, where it is of no account.
type image struct {
	b                         [imageRoom - 8]byte
	n                         uint8 // bytes of the header, 0: there is no image
	identifier, alias, expiry uint8 // places of Packet Identifier, Topic Alias and Message Expiry Interval
	length                    uint8 // place of the Property Length, if it is of one byte
	properties                uint8 // the Property Length
	remaining                 int   // the Remaining Length
}

// imageRoom is the size in bytes of the largest image, and of what may be put
// behind its end. Header and properties of nearly every message fit.
const imageRoom = 136

// addIDs adds the Subscription Identifiers to the copy of the image in a, and
// returns the number of bytes that there are then, or 0 if that cannot be done in
// place.
func (img *image) addIDs(a *[imageRoom]byte, ids []uint32) (n int) {
	more := sizeIDs(ids)
	n = int(img.n) + more
	remaining := img.remaining + more
	if more < 0 || n > imageRoom || int(img.properties)+more >= 0x80 ||
		remaining > MaxRemainingLength || sizeVarint(remaining) != sizeVarint(img.remaining) {
		return 0
	}
	appendVarint(a[:1], uint32(remaining))
	a[img.length] = img.properties + byte(more)
	b := a[:img.n]
	for _, id := range ids {
		b = appendVarint(append(b, byte(PropertySubscriptionIdentifier)), id)
	}
	return n
}

// sizeIDs is the number of bytes of Subscription Identifiers as properties, or
// negative if there is one out of range.
func sizeIDs(ids []uint32) (n int) {
	for _, id := range ids {
		if id-1 >= maxVarint {
			return -1
		}
		n += 1 + sizeVarint(int(id))
	}
	return n
}

// appendHeader is AppendHeader from the beginning, for a delivery that is right as
// far as AppendHeader has looked. If it can it leaves an image for the next of the
// kind.
//
//go:noinline
func (m *Message) appendHeader(dst []byte, v Version, d *Delivery) ([]byte, error) {
	if v == MQTT5 {
		if e := m.check(d); e != nil {
			return dst, e
		}
	}
	length, properties := m.length(v, d)
	if !fitsTogether(length, len(m.payload)) {
		return dst, errTooLarge[PacketPublish]
	}
	if img := &m.images[d.kind(v)]; img.n == 0 {
		m.remember(img, v, d)
	}
	return m.layOut(dst, v, d, length, properties), nil
}

// length is the Remaining Length without the payload, and the Property Length.
func (m *Message) length(v Version, d *Delivery) (length, properties int) {
	length = 2 + 2*int(bit(d.QoS != 0))
	if v != MQTT5 {
		return length + len(m.topic), 0
	}
	if !d.AliasKnown {
		length += len(m.topic)
	}
	properties = len(m.properties.b) + 3*int(bit(d.TopicAlias != 0)) + 5*int(bit(m.expires)) + sizeIDs(d.SubscriptionIDs)
	return length + sizeVarint(properties) + properties, properties
}

// layOut writes the header for d, whose lengths are known.
func (m *Message) layOut(dst []byte, v Version, d *Delivery, length, properties int) []byte {
	b := grow(dst, 1+sizeVarint(length+len(m.payload))+length)
	b = appendVarint(append(b, d.firstByte()), uint32(length+len(m.payload)))
	if v == MQTT5 && d.AliasKnown {
		b = append(b, 0, 0)
	} else {
		b = appendBytes(b, m.topic)
	}
	if d.QoS != 0 {
		b = append(b, byte(d.PacketID>>8), byte(d.PacketID))
	}
	if v != MQTT5 {
		return b
	}
	b = appendVarint(b, uint32(properties))
	if d.TopicAlias != 0 {
		b = append(b, byte(PropertyTopicAlias), byte(d.TopicAlias>>8), byte(d.TopicAlias))
	}
	if m.expires {
		b = binary.BigEndian.AppendUint32(append(b, byte(PropertyMessageExpiryInterval)), m.expiry-d.Waited)
	}
	b = append(b, m.properties.b...)
	for _, id := range d.SubscriptionIDs {
		b = appendVarint(append(b, byte(PropertySubscriptionIdentifier)), id)
	}
	return b
}

// remember makes the image of the header for d, if it is not too large for one.
func (m *Message) remember(img *image, v Version, d *Delivery) {
	plain := *d
	plain.SubscriptionIDs = nil
	length, properties := m.length(v, &plain)
	n := 1 + sizeVarint(length+len(m.payload)) + length
	if n > len(img.b) || properties >= 0x80 || !fitsTogether(length, len(m.payload)) {
		return
	}
	m.layOut(img.b[:0], v, &plain, length, properties)
	img.n, img.remaining, img.properties = uint8(n), length+len(m.payload), uint8(properties)

	img.identifier, img.alias, img.expiry = img.n, img.n, img.n
	img.length = uint8(n - length + len(m.topic) + 2)
	if v == MQTT5 && d.AliasKnown {
		img.length -= uint8(len(m.topic))
	}
	if d.QoS != 0 {
		img.identifier = img.length
		img.length += 2
	}
	if v != MQTT5 {
		return
	}
	i := img.length + 1
	if d.TopicAlias != 0 {
		img.alias = i + 1
		i += 3
	}
	if m.expires {
		img.expiry = i + 1
	}
}

// check checks what only 5.0 has.
func (m *Message) check(d *Delivery) *Error {
	switch {
	case m.expires && d.Waited > m.expiry:
		return errExpired // 5.0 [MQTT-3.3.2-5]
	case d.AliasKnown && d.TopicAlias == 0:
		return errAliasKnown // 5.0 [MQTT-3.3.2-8]
	case sizeIDs(d.SubscriptionIDs) < 0:
		return errDeliveryID // 5.0 section 3.3.2.3.8
	}
	return nil
}

// refused says what is wrong with a delivery that not even 3.1 can make.
//
//go:noinline
func (m *Message) refused(v Version, d *Delivery) error {
	switch {
	case !v.supported():
		return errNoVersion[PacketPublish]
	case m.versions>>v&1 == 0:
		return errTopicVersion
	case d.QoS > QoS2:
		return errQoS3 // 5.0 [MQTT-3.3.1-4], 3.1.1 [MQTT-3.3.1-4], 3.1 section 2.1
	case d.QoS == 0 && d.Dup:
		return errDupQoS0 // 5.0 [MQTT-3.3.1-2], 3.1.1 [MQTT-3.3.1-2]
	case d.QoS == 0:
		return errIDAtQoS0 // 5.0 [MQTT-2.2.1-2], 3.1.1 [MQTT-2.3.1-5]
	}
	return errServerID // 5.0 [MQTT-2.2.1-4], 3.1.1 [MQTT-2.3.1-1], 3.1 section 2.4
}
