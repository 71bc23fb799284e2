package main

import (
	fuzz "github.com/google/gofuzz"
	"github.com/seed-2c1fe983/mqttwire"
)

// will stands for the Will Properties where a packet type is asked for.
const will mqttwire.PacketType = 0

// setter puts one property with a random value into a block.
type setter struct {
	id  mqttwire.PropertyID
	set func(p *mqttwire.Properties, g *generator, f fuzz.Continue)
}

var setters = []setter{
	{mqttwire.PropertyPayloadFormatIndicator, flagSetter((*mqttwire.Properties).SetPayloadFormatIndicator)},
	{mqttwire.PropertyMessageExpiryInterval, fourSetter((*mqttwire.Properties).SetMessageExpiryInterval, 0)},
	{mqttwire.PropertyContentType, textSetter((*mqttwire.Properties).SetContentType)},
	{mqttwire.PropertyResponseTopic, func(p *mqttwire.Properties, g *generator, f fuzz.Continue) { p.SetResponseTopic(g.name(20, f)) }},
	{mqttwire.PropertyCorrelationData, dataSetter((*mqttwire.Properties).SetCorrelationData)},
	{mqttwire.PropertySubscriptionIdentifier, func(p *mqttwire.Properties, _ *generator, f fuzz.Continue) {
		p.AddSubscriptionIdentifier(1 + uint32(f.Int31n(268435455))>>f.Intn(28))
	}},
	{mqttwire.PropertySessionExpiryInterval, fourSetter((*mqttwire.Properties).SetSessionExpiryInterval, 0)},
	{mqttwire.PropertyAssignedClientIdentifier, textSetter((*mqttwire.Properties).SetAssignedClientIdentifier)},
	{mqttwire.PropertyServerKeepAlive, twoSetter((*mqttwire.Properties).SetServerKeepAlive, 0)},
	{mqttwire.PropertyAuthenticationMethod, textSetter((*mqttwire.Properties).SetAuthenticationMethod)},
	{mqttwire.PropertyAuthenticationData, dataSetter((*mqttwire.Properties).SetAuthenticationData)},
	{mqttwire.PropertyRequestProblemInformation, flagSetter((*mqttwire.Properties).SetRequestProblemInformation)},
	{mqttwire.PropertyWillDelayInterval, fourSetter((*mqttwire.Properties).SetWillDelayInterval, 0)},
	{mqttwire.PropertyRequestResponseInformation, flagSetter((*mqttwire.Properties).SetRequestResponseInformation)},
	{mqttwire.PropertyResponseInformation, textSetter((*mqttwire.Properties).SetResponseInformation)},
	{mqttwire.PropertyServerReference, textSetter((*mqttwire.Properties).SetServerReference)},
	{mqttwire.PropertyReasonString, textSetter((*mqttwire.Properties).SetReasonString)},
	{mqttwire.PropertyReceiveMaximum, twoSetter((*mqttwire.Properties).SetReceiveMaximum, 1)},
	{mqttwire.PropertyTopicAliasMaximum, twoSetter((*mqttwire.Properties).SetTopicAliasMaximum, 0)},
	{mqttwire.PropertyTopicAlias, twoSetter((*mqttwire.Properties).SetTopicAlias, 1)},
	{mqttwire.PropertyMaximumQoS, func(p *mqttwire.Properties, _ *generator, f fuzz.Continue) { p.SetMaximumQoS(mqttwire.QoS(f.Intn(2))) }},
	{mqttwire.PropertyRetainAvailable, flagSetter((*mqttwire.Properties).SetRetainAvailable)},
	{mqttwire.PropertyUserProperty, func(p *mqttwire.Properties, g *generator, f fuzz.Continue) {
		p.AddUserProperty(g.string(f), g.string(f))
	}},
	{mqttwire.PropertyMaximumPacketSize, fourSetter((*mqttwire.Properties).SetMaximumPacketSize, 1)},
	{mqttwire.PropertyWildcardSubscriptionAvailable, flagSetter((*mqttwire.Properties).SetWildcardSubscriptionAvailable)},
	{mqttwire.PropertySubscriptionIdentifierAvailable, flagSetter((*mqttwire.Properties).SetSubscriptionIdentifierAvailable)},
	{mqttwire.PropertySharedSubscriptionAvailable, flagSetter((*mqttwire.Properties).SetSharedSubscriptionAvailable)},
}

func flagSetter(set func(*mqttwire.Properties, bool)) func(*mqttwire.Properties, *generator, fuzz.Continue) {
	return func(p *mqttwire.Properties, _ *generator, f fuzz.Continue) { set(p, f.RandBool()) }
}

func twoSetter(set func(*mqttwire.Properties, uint16), least uint16) func(*mqttwire.Properties, *generator, fuzz.Continue) {
	return func(p *mqttwire.Properties, _ *generator, f fuzz.Continue) {
		set(p, max(uint16(f.Uint32())>>f.Intn(17), least))
	}
}

func fourSetter(set func(*mqttwire.Properties, uint32), least uint32) func(*mqttwire.Properties, *generator, fuzz.Continue) {
	return func(p *mqttwire.Properties, _ *generator, f fuzz.Continue) {
		set(p, max(f.Uint32()>>f.Intn(33), least))
	}
}

func textSetter(set func(*mqttwire.Properties, []byte)) func(*mqttwire.Properties, *generator, fuzz.Continue) {
	return func(p *mqttwire.Properties, g *generator, f fuzz.Continue) { set(p, g.string(f)) }
}

func dataSetter(set func(*mqttwire.Properties, []byte)) func(*mqttwire.Properties, *generator, fuzz.Continue) {
	return func(p *mqttwire.Properties, g *generator, f fuzz.Continue) {
		data := g.string(f)
		if f.RandBool() {
			f.Read(data) // any bytes
		}
		set(p, data)
	}
}

// properties makes a block for a packet of type t, in a random order.
func (g *generator) properties(t mqttwire.PacketType, f fuzz.Continue) (p mqttwire.Properties) {
	if g.rules.Version != mqttwire.MQTT5 {
		return p
	}
	few := 1 + f.Intn(6)
	for _, i := range f.Perm(len(setters)) {
		s := setters[i]
		allowed := s.id.AllowedIn(t, g.rules.Sender)
		if t == will {
			allowed = s.id.AllowedInWill()
		}
		if !allowed || f.Intn(few) > 0 {
			continue
		}
		s.set(&p, g, f)
		for s.id.Repeatable(t) && f.RandBool() {
			s.set(&p, g, f)
		}
	}
	if (t == mqttwire.PacketAuth || p.Has(mqttwire.PropertyAuthenticationData)) && !p.Has(mqttwire.PropertyAuthenticationMethod) {
		p.SetAuthenticationMethod(g.string(f))
	}
	return p
}
