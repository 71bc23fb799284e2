package main

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/VolantMQ/vlapi/mqttp"
	"github.com/seed-2c1fe983/mqttwire"
)

// null swallows what the peer prints: the panics that it recovers from.
var null = sync.OnceValue(func() *os.File {
	file, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil { // then let it print
		return os.Stdout
	}
	return file
})

func decodeVlapi(v mqttwire.Version, wire []byte) (d decoded, err error) {
	if h, n, err := mqttwire.ConsumeFixedHeader(wire); err == nil && n+h.RemainingLength > len(wire) {
		return d, errors.New("the packet is not whole") // its callers read whole packets
	}
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	os.Stdout = null()
	p, _, err := mqttp.Decode(mqttp.ProtocolVersion(v), wire)
	if err != nil {
		return d, err
	}
	return decoded{
		facts: func() facts { return vlapiFacts(p, v) },
		encode: func() ([]byte, error) {
			n, err := p.Size()
			if err != nil {
				return nil, err
			}
			b := make([]byte, n)
			n, err = p.Encode(b)
			return b[:n], err
		},
	}, nil
}

func vlapiFacts(p mqttp.IFace, v mqttwire.Version) facts {
	f := kindFacts(mqttwire.PacketType(p.Type()))
	if id, err := p.ID(); err == nil && p.Type() != mqttp.PUBLISH {
		f.id(uint16(id))
	}
	switch p := p.(type) {
	case *mqttp.Connect:
		f.connect(byte(p.Version()), p.IsClean(), p.KeepAlive(), p.ClientID())
		if w := p.Will(); w != nil {
			f.will(byte(w.QoS()), w.Retain(), []byte(w.Topic()), w.Payload())
			f.vlapiProperties("Will ", w)
		}
		user, password := p.Credentials()
		if user != nil {
			f.text("User Name", user)
		}
		if password != nil {
			f.text("Password", password)
		}
	case *mqttp.ConnAck:
		f.flag("Session Present", p.SessionPresent())
		f.code(byte(p.ReturnCode()))
	case *mqttp.Publish:
		id, _ := p.ID()
		f.publish(byte(p.QoS()), p.Dup(), p.Retain(), uint16(id), []byte(p.Topic()), p.Payload())
	case *mqttp.Ack:
		f.codeOf(v, byte(p.Reason()))
	case *mqttp.Subscribe:
		_ = p.ForEachTopic(func(t *mqttp.Topic) error { f.filter(t.Full(), t.Ops().Raw()); return nil })
	case *mqttp.SubAck:
		for _, code := range p.ReturnCodes() {
			f.code(byte(code))
		}
	case *mqttp.UnSubscribe:
		_ = p.ForEachTopic(func(t *mqttp.Topic) error { f.text("Topic Filter", []byte(t.Full())); return nil })
	case *mqttp.UnSubAck:
		for _, code := range p.ReturnCodes() {
			f.code(byte(code))
		}
	case *mqttp.Disconnect:
		f.codeOf(v, byte(p.ReasonCode()))
	case *mqttp.Auth:
		f.codeOf(v, byte(p.ReasonCode()))
	}
	f.vlapiProperties("", p)
	return f
}

// vlapiProperties adds the properties of a packet, which does not keep their order.
func (f facts) vlapiProperties(prefix string, p mqttp.IFace) {
	_ = p.PropertyForEach(func(id mqttp.PropertyID, value mqttp.PropertyToType) {
		name := propertyName(prefix, mqttwire.PropertyID(id))
		if pairs, err := value.AsStringPairs(); err == nil {
			for _, pair := range pairs {
				f.pair(prefix, pair.K, pair.V)
			}
		} else if pair, err := value.AsStringPair(); err == nil {
			f.pair(prefix, pair.K, pair.V)
		} else if text, err := value.AsString(); err == nil {
			f.text(name, []byte(text))
		} else if data, err := value.AsBinary(); err == nil {
			f.text(name, data)
		} else if n, err := value.AsInt(); err == nil {
			f.number(name, uint64(n))
		} else if n, err := value.AsShort(); err == nil {
			f.number(name, uint64(n))
		} else if n, err := value.AsByte(); err == nil {
			f.number(name, uint64(n))
		} else {
			f[name] = append(f[name], fmt.Sprint("of type ", value.Type()))
		}
	})
}
