package mqttwire

import (
	"fmt"

	fuzz "github.com/google/gofuzz"
)

// A packetKind is a packet type, in a version, from a side.
type packetKind struct {
	t    PacketType
	v    Version
	from Sender
}

func (k packetKind) String() string { return fmt.Sprintf("%v/%v/%v", k.v, k.t, k.from) }

// packetKinds is every kind of packet that there is.
func packetKinds() (all []packetKind) {
	for v := MQTT31; v <= MQTT5; v++ {
		for t := PacketConnect; t <= PacketAuth; t++ {
			for s := AnySender; s <= Server; s++ {
				if t.SentBy(s, v) {
					all = append(all, packetKind{t, v, s})
				}
			}
		}
	}
	return all
}

const (
	allowAll  = RejectControlCharacters - 1
	rejectAll = AllOptions &^ allowAll
)

// A maker makes random packets that its Rules allow, the ones among them that
// only an AllowX allows included.
type maker struct {
	Rules
	fuzzer *fuzz.Fuzzer
}

func newMaker(seed int64, r Rules) *maker {
	m := &maker{Rules: r}
	m.fuzzer = fuzz.NewWithSeed(seed).Funcs(m.text, m.qos, m.connect, m.connack, m.publish, m.puback, m.pubrec, m.pubrel,
		m.pubcomp, m.subscribe, m.suback, m.unsubscribe, m.unsuback, m.disconnect, m.auth)
	return m
}

// packet makes a packet of type t.
func (m *maker) packet(t PacketType) Packet {
	p := newPacket(t)
	m.fuzzer.Fuzz(p)
	return p
}

// randomRows is n packets of every kind as rows.
func randomRows(seed int64, n int) (rows []row) {
	for i, k := range packetKinds() {
		m := newMaker(seed+int64(i), Rules{Version: k.v, Sender: k.from})
		for j := range n {
			m.Options = []Options{0, allowAll, rejectAll}[j%3]
			p := m.packet(k.t)
			out, err := p.Append(nil, m.Rules)
			if err != nil {
				panic(fmt.Sprintf("%v with seed %d, packet %d: %v: %v", k, seed, j, err, p))
			}
			rows = append(rows, row{name: fmt.Sprintf("random packet %d of seed %d", j, seed), v: k.v, from: k.from,
				opt: m.Options, wire: fmt.Sprintf("%X", out), want: asDecoded(p, m.Rules)})
		}
	}
	return rows
}

func (m *maker) connect(c *Connect, f fuzz.Continue) {
	f.FuzzNoCustom(c)
	c.Version = m.Version
	c.Bridge = c.Bridge && m.Version != MQTT5 && m.Options&AllowBridgeLevel != 0
	c.Properties = m.properties(PacketConnect, f)
	switch {
	case m.Version == MQTT31 && m.Options&AllowLongClientID == 0:
		c.ClientID = m.name(f, 23)
	case m.Version == MQTT31 || !c.CleanStart && m.Version == MQTT311:
		c.ClientID = m.name(f, 60)
	}
	if c.UserName == nil && m.Version != MQTT5 && m.Options&AllowPasswordWithoutUserName == 0 {
		c.Password = nil
	}
	if c.Password != nil && m.Version != MQTT31 && f.RandBool() {
		f.Read(c.Password) // any bytes
	}
	if !c.WillFlag {
		c.Will = Will{}
		return
	}
	c.Will.Topic = m.name(f, 60)
	c.Will.Properties = m.properties(willProperties, f)
	m.payload(c.Will.Payload, c.Will.Properties, f)
}

func (m *maker) connack(c *Connack, f fuzz.Continue) {
	c.ReasonCode = m.reasonCode(PacketConnack, f)
	c.SessionPresent = c.ReasonCode == 0 && m.Version != MQTT31 && f.RandBool()
	c.Properties = m.properties(PacketConnack, f)
}

func (m *maker) publish(p *Publish, f fuzz.Continue) {
	f.FuzzNoCustom(p)
	if p.QoS == 0 {
		p.PacketID = 0
		p.Dup = p.Dup && (m.Version == MQTT31 || m.Options&AllowDupQoS0 != 0)
	} else {
		p.PacketID |= 1
	}
	p.TopicName = m.name(f, 60)
	p.Properties = m.properties(PacketPublish, f)
	if p.Properties.Has(PropertyTopicAlias) && f.RandBool() {
		p.TopicName = nil
	}
	m.payload(p.Payload, p.Properties, f)
}

// payload turns a payload of text into one of any bytes where it may be.
func (m *maker) payload(text []byte, p Properties, f fuzz.Continue) {
	promised, _ := p.PayloadFormatIndicator()
	if f.RandBool() && (!promised || m.Options&RejectInvalidPayload == 0) {
		f.Read(text)
	}
}

func (m *maker) ack(t PacketType, f fuzz.Continue) ack {
	return ack{PacketID: uint16(1 + f.Intn(0xFFFF)), ReasonCode: m.reasonCode(t, f), Properties: m.properties(t, f)}
}

func (m *maker) puback(p *Puback, f fuzz.Continue)   { *p = Puback(m.ack(PacketPuback, f)) }
func (m *maker) pubrec(p *Pubrec, f fuzz.Continue)   { *p = Pubrec(m.ack(PacketPubrec, f)) }
func (m *maker) pubrel(p *Pubrel, f fuzz.Continue)   { *p = Pubrel(m.ack(PacketPubrel, f)) }
func (m *maker) pubcomp(p *Pubcomp, f fuzz.Continue) { *p = Pubcomp(m.ack(PacketPubcomp, f)) }

func (m *maker) subscribe(s *Subscribe, f fuzz.Continue) {
	f.FuzzNoCustom(s)
	s.PacketID |= 1
	s.Properties = m.properties(PacketSubscribe, f)
	s.Subscriptions.Reset(nil)
	for range 1 + f.Intn(4) {
		o := SubscriptionOptions(f.Intn(3))
		filter := m.filter(f)
		if m.Version == MQTT5 {
			o |= SubscriptionOptions(f.Intn(4)<<2 | f.Intn(3)<<4)
			if _, _, shared := cutShare(filter); shared {
				o &^= NoLocal
			}
		}
		s.Subscriptions.Add(filter, o)
	}
}

func (m *maker) suback(s *Suback, f fuzz.Continue) {
	f.FuzzNoCustom(s)
	s.PacketID |= 1
	s.Properties = m.properties(PacketSuback, f)
	s.ReasonCodes = m.reasonCodes(PacketSuback, f)
}

func (m *maker) unsubscribe(u *Unsubscribe, f fuzz.Continue) {
	f.FuzzNoCustom(u)
	u.PacketID |= 1
	u.Properties = m.properties(PacketUnsubscribe, f)
	u.TopicFilters.Reset(nil)
	for range 1 + f.Intn(4) {
		u.TopicFilters.Add(m.filter(f))
	}
}

func (m *maker) unsuback(u *Unsuback, f fuzz.Continue) {
	f.FuzzNoCustom(u)
	u.PacketID |= 1
	u.Properties = m.properties(PacketUnsuback, f)
	if m.Version == MQTT5 {
		u.ReasonCodes = m.reasonCodes(PacketUnsuback, f)
	}
}

func (m *maker) disconnect(d *Disconnect, f fuzz.Continue) {
	d.ReasonCode = m.reasonCode(PacketDisconnect, f)
	d.Properties = m.properties(PacketDisconnect, f)
}

func (m *maker) auth(a *Auth, f fuzz.Continue) {
	a.ReasonCode = m.reasonCode(PacketAuth, f)
	if a.ReasonCode != 0 || m.Options&RejectEmptyAuth != 0 || f.Intn(10) > 0 {
		a.Properties = m.properties(PacketAuth, f)
	}
}

// reasonCode chooses one of the codes that a packet may have.
func (m *maker) reasonCode(t PacketType, f fuzz.Continue) ReasonCode {
	for {
		c := ReasonCode(f.Intn(256))
		var legal bool
		switch {
		case m.Version == MQTT5:
			legal = c.AllowedIn(t, m.Sender) || m.Options&AllowUnknownReasonCodes != 0
		case t == PacketConnack:
			legal = c <= ReturnNotAuthorized
		case t == PacketSuback && m.Version == MQTT311:
			legal = c <= ReasonGrantedQoS2 || c == ReturnFailure
		case t == PacketSuback:
			legal = c&3 != 3
		default:
			return 0
		}
		if legal {
			return c
		}
	}
}

func (m *maker) reasonCodes(t PacketType, f fuzz.Continue) (c ReasonCodes) {
	for range 1 + f.Intn(5) {
		c.Add(m.reasonCode(t, f))
	}
	return c
}

// properties makes a block for a packet, in a random order.
func (m *maker) properties(block PacketType, f fuzz.Continue) (p Properties) {
	if f.Intn(10) == 0 {
		p.Reset(make([]byte, 0, 8)) // empty, and not nil
	}
	if m.Version != MQTT5 {
		return p
	}
	few := 1 + f.Intn(6)
	for _, i := range f.Perm(len(propertyIDs)) {
		id := propertyIDs[i]
		allowed := id.AllowedIn(block, m.Sender) || block == willProperties && id.AllowedInWill()
		if !allowed || f.Intn(few) > 0 {
			continue
		}
		accessors[id].set(&p, m.value(id, f))
		for id.Repeatable(block) && f.RandBool() {
			accessors[id].set(&p, m.value(id, f))
		}
	}
	if (block == PacketAuth || p.Has(PropertyAuthenticationData)) && !p.Has(PropertyAuthenticationMethod) {
		p.SetAuthenticationMethod(m.string(f))
	}
	return p
}
