package main

import (
	"fmt"
	"unicode/utf8"

	fuzz "github.com/google/gofuzz"
	"github.com/seed-2c1fe983/mqttwire"
)

// generator fills packets that are legal under its rules, for gofuzz.
type generator struct {
	rules mqttwire.Rules
}

// empty makes a packet of each type.
var empty = map[mqttwire.PacketType]func() mqttwire.Packet{
	mqttwire.PacketConnect:     func() mqttwire.Packet { return new(mqttwire.Connect) },
	mqttwire.PacketConnack:     func() mqttwire.Packet { return new(mqttwire.Connack) },
	mqttwire.PacketPublish:     func() mqttwire.Packet { return new(mqttwire.Publish) },
	mqttwire.PacketPuback:      func() mqttwire.Packet { return new(mqttwire.Puback) },
	mqttwire.PacketPubrec:      func() mqttwire.Packet { return new(mqttwire.Pubrec) },
	mqttwire.PacketPubrel:      func() mqttwire.Packet { return new(mqttwire.Pubrel) },
	mqttwire.PacketPubcomp:     func() mqttwire.Packet { return new(mqttwire.Pubcomp) },
	mqttwire.PacketSubscribe:   func() mqttwire.Packet { return new(mqttwire.Subscribe) },
	mqttwire.PacketSuback:      func() mqttwire.Packet { return new(mqttwire.Suback) },
	mqttwire.PacketUnsubscribe: func() mqttwire.Packet { return new(mqttwire.Unsubscribe) },
	mqttwire.PacketUnsuback:    func() mqttwire.Packet { return new(mqttwire.Unsuback) },
	mqttwire.PacketPingreq:     func() mqttwire.Packet { return new(mqttwire.Pingreq) },
	mqttwire.PacketPingresp:    func() mqttwire.Packet { return new(mqttwire.Pingresp) },
	mqttwire.PacketDisconnect:  func() mqttwire.Packet { return new(mqttwire.Disconnect) },
	mqttwire.PacketAuth:        func() mqttwire.Packet { return new(mqttwire.Auth) },
}

// randomPackets makes n packets of each type, in each version, from each side that
// sends it.
func randomPackets(seed int64, n int) (all []packet) {
	for v := mqttwire.MQTT31; v <= mqttwire.MQTT5; v++ {
		for s := mqttwire.Client; s <= mqttwire.Server; s++ {
			g := &generator{mqttwire.Rules{Version: v, Sender: s}}
			f := fuzz.NewWithSeed(seed).Funcs(g.text, g.qos, g.connect, g.connack, g.publish, g.puback, g.pubrec, g.pubrel,
				g.pubcomp, g.subscribe, g.suback, g.unsubscribe, g.unsuback, g.disconnect, g.auth)
			for t := mqttwire.PacketConnect; t <= mqttwire.PacketAuth; t++ {
				for i := 0; i < n && t.SentBy(s, v); i++ {
					p := empty[t]()
					f.Fuzz(p)
					wire, err := p.Append(nil, g.rules)
					if err != nil { // the generator is wrong, not the packet
						panic(fmt.Sprintf("seed %d: %v: %v", seed, p, err))
					}
					all = append(all, packet{source: "random", invented: true, rules: g.rules, wire: wire})
				}
			}
		}
	}
	return all
}

func (g *generator) qos(q *mqttwire.QoS, f fuzz.Continue) { *q = mqttwire.QoS(f.Intn(3)) }

// text makes a string, nil for none.
func (g *generator) text(s *[]byte, f fuzz.Continue) {
	if *s = nil; f.Intn(8) > 0 {
		*s = g.string(f)
	}
}

// string makes a string of 0 to 12, now and then of up to 300 or 20,000 characters.
func (g *generator) string(f fuzz.Continue) []byte {
	n := f.Intn(12)
	switch f.Intn(400) {
	case 0:
		n = f.Intn(20000)
	case 1, 2, 3:
		n = f.Intn(300)
	}
	return g.characters(n, f)
}

func (g *generator) characters(n int, f fuzz.Continue) []byte {
	s := make([]byte, 0, n)
	for plain := f.RandBool(); n > 0; n-- {
		c := ' ' + f.Int31n(95)
		if !plain && f.Intn(3) == 0 {
			c = []rune{'\t', 0x7F, 'é', '漢', 0xFEFF, 0xFFFF, 1 + f.Int31n(0x7FF), 0xE000 + f.Int31n(0x1000), 0x10000 + f.Int31n(0x100000)}[f.Intn(9)]
		}
		s = utf8.AppendRune(s, c)
	}
	return s
}

// name makes a Topic Name of 1 to most characters.
func (g *generator) name(most int, f fuzz.Continue) []byte {
	s := g.characters(1+f.Intn(most), f)
	for i, c := range s {
		if c == '+' || c == '#' {
			s[i] = '/'
		}
	}
	return s
}

// filter makes a Topic Filter, with and without wildcards and a share name.
func (g *generator) filter(f fuzz.Continue) (s []byte) {
	if f.Intn(4) == 0 {
		s = append(s, "$share/group/"...)
	}
	for range f.Intn(3) {
		s = append(s, []string{"+/", "x/", "/", "y é/"}[f.Intn(4)]...)
	}
	return append(s, []string{"+", "#", "last"}[f.Intn(3)]...)
}

func (g *generator) id(f fuzz.Continue) uint16 { return uint16(1 + f.Intn(0xFFFF)) }

func (g *generator) connect(c *mqttwire.Connect, f fuzz.Continue) {
	f.FuzzNoCustom(c)
	c.Version, c.Bridge = g.rules.Version, false
	c.Properties = g.properties(mqttwire.PacketConnect, f)
	if c.ClientID = g.string(f); c.Version == mqttwire.MQTT31 || c.Version == mqttwire.MQTT311 && !c.CleanStart {
		c.ClientID = g.characters(1+f.Intn(23), f)
	}
	if c.UserName == nil && c.Version != mqttwire.MQTT5 {
		c.Password = nil
	}
	if c.Password != nil && c.Version != mqttwire.MQTT31 && f.RandBool() {
		f.Read(c.Password) // any bytes
	}
	if !c.WillFlag {
		c.Will = mqttwire.Will{}
		return
	}
	c.Will.Topic = g.name(30, f)
	c.Will.Properties = g.properties(will, f)
}

func (g *generator) connack(c *mqttwire.Connack, f fuzz.Continue) {
	c.ReasonCode = g.code(mqttwire.PacketConnack, f)
	c.SessionPresent = c.ReasonCode == 0 && g.rules.Version != mqttwire.MQTT31 && f.RandBool()
	c.Properties = g.properties(mqttwire.PacketConnack, f)
}

func (g *generator) publish(p *mqttwire.Publish, f fuzz.Continue) {
	f.FuzzNoCustom(p)
	if p.PacketID = 0; p.QoS > 0 {
		p.PacketID = g.id(f)
	}
	p.Dup = p.Dup && p.QoS > 0
	p.TopicName = g.name(40, f)
	p.Properties = g.properties(mqttwire.PacketPublish, f)
	if p.Properties.Has(mqttwire.PropertyTopicAlias) && f.RandBool() {
		p.TopicName = nil
	}
	if f.RandBool() {
		f.Read(p.Payload)
	}
}

func (g *generator) puback(p *mqttwire.Puback, f fuzz.Continue) {
	*p = mqttwire.Puback{PacketID: g.id(f), ReasonCode: g.code(p.Type(), f), Properties: g.properties(p.Type(), f)}
}

func (g *generator) pubrec(p *mqttwire.Pubrec, f fuzz.Continue) {
	*p = mqttwire.Pubrec{PacketID: g.id(f), ReasonCode: g.code(p.Type(), f), Properties: g.properties(p.Type(), f)}
}

func (g *generator) pubrel(p *mqttwire.Pubrel, f fuzz.Continue) {
	*p = mqttwire.Pubrel{PacketID: g.id(f), ReasonCode: g.code(p.Type(), f), Properties: g.properties(p.Type(), f)}
}

func (g *generator) pubcomp(p *mqttwire.Pubcomp, f fuzz.Continue) {
	*p = mqttwire.Pubcomp{PacketID: g.id(f), ReasonCode: g.code(p.Type(), f), Properties: g.properties(p.Type(), f)}
}

func (g *generator) subscribe(s *mqttwire.Subscribe, f fuzz.Continue) {
	s.PacketID, s.Properties = g.id(f), g.properties(s.Type(), f)
	for range 1 + f.Intn(4) {
		options, filter := mqttwire.SubscriptionOptions(f.Intn(3)), g.filter(f)
		if g.rules.Version == mqttwire.MQTT5 {
			options |= mqttwire.SubscriptionOptions(f.Intn(4)<<2 | f.Intn(3)<<4)
			if filter[0] == '$' {
				options &^= mqttwire.NoLocal
			}
		}
		s.Subscriptions.Add(filter, options)
	}
}

func (g *generator) suback(s *mqttwire.Suback, f fuzz.Continue) {
	s.PacketID, s.Properties = g.id(f), g.properties(s.Type(), f)
	for range 1 + f.Intn(4) {
		s.ReasonCodes.Add(g.code(s.Type(), f))
	}
}

func (g *generator) unsubscribe(u *mqttwire.Unsubscribe, f fuzz.Continue) {
	u.PacketID, u.Properties = g.id(f), g.properties(u.Type(), f)
	for range 1 + f.Intn(4) {
		u.TopicFilters.Add(g.filter(f))
	}
}

func (g *generator) unsuback(u *mqttwire.Unsuback, f fuzz.Continue) {
	u.PacketID, u.Properties = g.id(f), g.properties(u.Type(), f)
	for range 1 + f.Intn(4) {
		if g.rules.Version == mqttwire.MQTT5 {
			u.ReasonCodes.Add(g.code(u.Type(), f))
		}
	}
}

func (g *generator) disconnect(d *mqttwire.Disconnect, f fuzz.Continue) {
	*d = mqttwire.Disconnect{ReasonCode: g.code(d.Type(), f), Properties: g.properties(d.Type(), f)}
}

func (g *generator) auth(a *mqttwire.Auth, f fuzz.Continue) {
	*a = mqttwire.Auth{ReasonCode: g.code(a.Type(), f), Properties: g.properties(a.Type(), f)}
}

// code chooses one of the codes that a packet may have.
func (g *generator) code(t mqttwire.PacketType, f fuzz.Continue) mqttwire.ReasonCode {
	for {
		c := mqttwire.ReasonCode(f.Intn(256))
		switch {
		case g.rules.Version == mqttwire.MQTT5:
			if c.AllowedIn(t, g.rules.Sender) {
				return c
			}
		case t == mqttwire.PacketConnack:
			return c % 6
		case t == mqttwire.PacketSuback:
			return []mqttwire.ReasonCode{0, 1, 2, mqttwire.ReturnFailure}[c&3&(mqttwire.ReasonCode(g.rules.Version)-2)]
		default:
			return 0
		}
	}
}
