package mqttwire

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
)

// Mutations of the value of a packet that have no bytes: what only who writes can
// get wrong.

// A misuse is a row of the table.
type misuse struct {
	name          string
	v5, v311, v31 bool // the versions it is for
	in            packetSet
	do            func(x *attempt, p Packet) bool
	refused       verdict
}

var misuses = []misuse{
	{"Packet Identifier at QoS 0", true, true, true, publish, func(_ *attempt, p Packet) bool { // 5.0 [MQTT-2.2.1-2], 3.1.1 [MQTT-2.3.1-5]
		m := p.(*Publish)
		m.PacketID = 7
		return m.QoS == 0
	}, protocolError(ErrProtocolError)},
	{"QoS 3 and more", true, true, true, publish, func(x *attempt, p Packet) bool { // 5.0 and 3.1.1 [MQTT-3.3.1-4]
		p.(*Publish).QoS = []QoS{3, 4, 7, 8, 128, 129, 255}[x.Intn(7)]
		return true
	}, malformed(ErrMalformedPacket)},
	{"properties before 5.0", false, true, true, blocked &^ setOf(PacketAuth), func(x *attempt, p Packet) bool {
		ownProperties(p).AddUserProperty([]byte("a"), nil)
		return true
	}, protocolError(ErrNotInVersion)},
	{"reason code before 5.0", false, true, true, acks | setOf(PacketDisconnect, PacketUnsuback), func(x *attempt, p Packet) bool {
		switch p := p.(type) {
		case *Puback:
			p.ReasonCode = ReasonUnspecifiedError
		case *Pubrec:
			p.ReasonCode = ReasonNoMatchingSubscribers
		case *Pubrel:
			p.ReasonCode = ReasonPacketIdentifierNotFound
		case *Pubcomp:
			p.ReasonCode = ReasonPacketIdentifierNotFound
		case *Disconnect:
			p.ReasonCode = ReasonDisconnectWithWillMessage
		case *Unsuback:
			p.ReasonCodes.Add(ReasonSuccess)
		}
		return true
	}, protocolError(ErrNotInVersion)},
	{"AUTH before 5.0", true, false, false, setOf(PacketAuth), func(x *attempt, _ Packet) bool { // 3.1.1 section 2.2.1
		x.r.Version = Version(x.between(3, 4))
		return true
	}, malformed(ErrPacketType)},
	{"Session Present in 3.1", false, false, true, setOf(PacketConnack), func(_ *attempt, p Packet) bool {
		p.(*Connack).SessionPresent = true
		return true
	}, protocolError(ErrNotInVersion)},
	{"options before 5.0", false, false, true, subscribe, func(x *attempt, p Packet) bool { // 3.1.1: [MQTT-3.8.3-4], as reserved options
		p.(*Subscribe).Subscriptions.Add([]byte("a"), SubscriptionOptions(x.between(1, 63)<<2))
		return true
	}, protocolError(ErrNotInVersion)},
	{"parts of a Will without Will Flag", true, true, true, connectOnly, func(x *attempt, p Packet) bool { // 5.0 [MQTT-3.1.2-9]
		c := p.(*Connect)
		c.WillFlag, c.Will = false, Will{}
		if x.Intn(2) == 0 {
			c.Will.Topic = []byte("a")
		} else {
			c.Will.Payload = []byte{}
		}
		return true
	}, protocolError(ErrProtocolError)},
	{"bridge in 5.0", true, false, false, connectOnly, func(_ *attempt, p Packet) bool {
		p.(*Connect).Bridge = true
		return true
	}, verdict{code: ReasonUnsupportedProtocolVersion, err: ErrUnsupportedVersion}},
	{"another version than the connection's", true, true, true, connectOnly, func(x *attempt, _ Packet) bool { // 5.0 and 3.1.1 [MQTT-3.1.2-2]
		x.r.Version = Version(x.between(3, 5))
		return x.r.Version != x.v
	}, verdict{code: ReasonUnsupportedProtocolVersion, err: ErrUnsupportedVersion}},
	{"field of 65,536 bytes", true, true, true, withText, fieldTooLong, malformed(ErrStringTooLong)}, // 5.0 sections 1.5.4, 1.5.6
	{"User Property of 65,536 bytes", true, false, false, blocked, func(_ *attempt, p Packet) bool {
		ownProperties(p).AddUserProperty(nil, long)
		return true
	}, malformed(ErrStringTooLong)},
}

// long is one byte more than a two-byte length can say.
var long = bytes.Repeat([]byte{'x'}, 65536)

// ownProperties is the properties of a packet, not those of its Will.
func ownProperties(p Packet) (own *Properties) {
	parts(p, func(part any) {
		if block, ok := part.(*Properties); ok && own == nil {
			own = block
		}
	})
	return own
}

// fieldTooLong puts a string or data that is too long in the place of one, or adds it to
// a list.
func fieldTooLong(x *attempt, p Packet) bool {
	var fields []*[]byte
	parts(p, func(part any) {
		switch part := part.(type) {
		case *[]byte:
			if *part != nil {
				fields = append(fields, part)
			}
		case *Subscriptions:
			part.Add(long, 0)
		case *TopicFilters:
			part.Add(long)
		}
	})
	switch p := p.(type) {
	case *Publish: // whose payload may be as long as it likes
		fields = []*[]byte{&p.TopicName}
	case *Connect:
		if x.v == MQTT31 { // whose identifier is too long before
			fields = fields[1:]
		}
		if len(fields) == 0 {
			return false
		}
	default:
		return true
	}
	*fields[x.Intn(len(fields))] = long
	return true
}

// misusesOf is the rows that are for packets of kind k.
func misusesOf(k packetKind) (rows []*misuse) {
	for i := range misuses {
		m := &misuses[i]
		if m.in.has(k.t) && map[Version]bool{MQTT5: m.v5, MQTT311: m.v311, MQTT31: m.v31}[k.v] {
			rows = append(rows, m)
		}
	}
	return rows
}

// checkMisuse applies a row, if it can be, to a packet: Append refuses it, and
// writes and allocates nothing.
func (x *attempt) checkMisuse(t *testing.T, m *misuse) (applied bool) {
	p := Clone(x.p)
	if !m.do(x, p) {
		return false
	}
	dst := append(make([]byte, 0, 256), "before"...)
	out, err := p.Append(dst, x.r)
	if string(out) != "before" || !m.refused.says(err) {
		require.FailNow(t, fmt.Sprintf("Append: %v, want %v", err, m.refused), "%s: %v, options %v, version %v: %.400v from %.600X",
			m.name, x.packetKind, x.r.Options, x.r.Version, p, x.base)
	}
	requireFree(t, func() { p.Append(dst, x.r) })
	return true
}

// TestVerdictsOnValues applies every row to packets of every kind that it is for.
func TestVerdictsOnValues(t *testing.T) {
	const seed = 20142019
	for i, k := range packetKinds() {
		m := newMaker(seed+int64(i), Rules{Version: k.v, Sender: k.from})
		random := rand.New(rand.NewSource(seed))
		for _, row := range misusesOf(k) {
			applied := 0
			for try := 0; try < 100 && applied < 2; try++ {
				m.Options = []Options{0, allowAll, rejectAll}[try%3]
				if newAttempt(t, k, m, random).checkMisuse(t, row) {
					applied++
				}
			}
			require.Equal(t, 2, applied, "%s of %v", row.name, k)
		}
	}
}
