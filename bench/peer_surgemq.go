package main

import (
	"github.com/seed-2c1fe983/mqttwire"
	"github.com/surgemq/message"
)

// surgemq uses one message of each type again and again, but those with a list,
// which Decode does not empty. A message that was decoded and not changed is
// encoded by copying the bytes that it came from; so the one to encode is made
// anew from the other's fields.
type surgemq struct {
	messages [16]message.Message
	last     message.Message
	fresh    message.Message // last, made anew
	buf      []byte
}

func openSurgemq() (codec, error) {
	c := &surgemq{buf: make([]byte, 2048)}
	for t := message.CONNECT; t <= message.DISCONNECT; t++ {
		if t != message.SUBSCRIBE && t != message.UNSUBSCRIBE {
			c.messages[t] = must(t.New())
		}
	}
	return c, nil
}

func (c *surgemq) decode(_ mqttwire.Version, wire []byte, n int) (err error) {
	var last message.Message
	for range n {
		for b := wire; len(b) > 0; {
			p := c.messages[b[0]>>4]
			if p == nil {
				if p, err = message.MessageType(b[0] >> 4).New(); err != nil {
					return err
				}
			}
			k, err := p.Decode(b)
			if err != nil {
				return err
			}
			last, b = p, b[k:]
		}
	}
	c.last, c.fresh = last, nil
	return nil
}

func (c *surgemq) encode(n int) (out []byte, err error) {
	if c.fresh == nil {
		if c.fresh, err = renew(c.last); err != nil {
			return nil, err
		}
	}
	k := 0
	c.buf = atLeast(c.buf, c.fresh.Len())
	for range n {
		if k, err = c.fresh.Encode(c.buf); err != nil {
			return nil, err
		}
	}
	return c.buf[:k], nil
}

// renew makes a message with the same fields.
func renew(last message.Message) (message.Message, error) {
	switch p := last.(type) {
	case *message.ConnectMessage:
		return renewConnect(p)
	case *message.PublishMessage:
		q := message.NewPublishMessage()
		q.SetDup(p.Dup())
		q.SetRetain(p.Retain())
		q.SetPayload(p.Payload())
		q.SetPacketId(p.PacketId())
		return q, first(q.SetQoS(p.QoS()), q.SetTopic(p.Topic()))
	case *message.PubackMessage:
		q := message.NewPubackMessage()
		q.SetPacketId(p.PacketId())
		return q, nil
	case *message.SubscribeMessage:
		q := message.NewSubscribeMessage()
		q.SetPacketId(p.PacketId())
		for i, topic := range p.Topics() {
			if err := q.AddTopic(topic, p.Qos()[i]); err != nil {
				return nil, err
			}
		}
		return q, nil
	case *message.SubackMessage:
		q := message.NewSubackMessage()
		q.SetPacketId(p.PacketId())
		return q, q.AddReturnCodes(p.ReturnCodes())
	case *message.PingreqMessage:
		return message.NewPingreqMessage(), nil
	}
	return nil, errUnknownPacket
}

func renewConnect(p *message.ConnectMessage) (message.Message, error) {
	q := message.NewConnectMessage()
	q.SetCleanSession(p.CleanSession())
	q.SetKeepAlive(p.KeepAlive())
	err := first(q.SetVersion(p.Version()), q.SetClientId(p.ClientId()))
	if err == nil && p.WillFlag() {
		q.SetWillFlag(true)
		q.SetWillRetain(p.WillRetain())
		q.SetWillTopic(p.WillTopic())
		q.SetWillMessage(p.WillMessage())
		err = q.SetWillQos(p.WillQos())
	}
	if p.UsernameFlag() {
		q.SetUsername(p.Username())
	}
	if p.PasswordFlag() {
		q.SetPassword(p.Password())
	}
	return q, err
}

func (c *surgemq) check(_ mqttwire.Rules, wire []byte) error {
	p, err := message.MessageType(wire[0] >> 4).New()
	if err == nil {
		_, err = p.Decode(wire)
	}
	return err
}

func (c *surgemq) facts() facts {
	switch p := c.last.(type) {
	case *message.ConnectMessage:
		f := connectFacts(p.Version(), p.CleanSession(), p.KeepAlive(), string(p.ClientId()))
		if p.WillFlag() {
			f.will(p.WillQos(), p.WillRetain(), string(p.WillTopic()), p.WillMessage())
		}
		if p.UsernameFlag() {
			f.text("User Name", p.Username())
		}
		if p.PasswordFlag() {
			f.text("Password", p.Password())
		}
		return f
	case *message.PublishMessage:
		return publishFacts(p.QoS(), p.Dup(), p.Retain(), p.PacketId(), string(p.Topic()), p.Payload())
	case *message.PubackMessage:
		return ackFacts(mqttwire.PacketPuback, p.PacketId())
	case *message.SubscribeMessage:
		f := ackFacts(mqttwire.PacketSubscribe, p.PacketId())
		for i, topic := range p.Topics() {
			f.filter(string(topic), p.Qos()[i])
		}
		return f
	case *message.SubackMessage:
		f := ackFacts(mqttwire.PacketSuback, p.PacketId())
		f.codes(p.ReturnCodes())
		return f
	case *message.PingreqMessage:
		return kind(mqttwire.PacketPingreq)
	}
	return facts{}
}

func (c *surgemq) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	p := message.NewPublishMessage()
	for i := range n {
		for j := range to {
			s := &to[j]
			p.SetRetain(s.retain)
			p.SetPacketId(s.packetID)
			p.SetPayload(m.payload)
			if err := first(p.SetQoS(byte(s.qos)), p.SetTopic(m.topic)); err != nil {
				return err
			}
			k, err := p.Encode(c.buf)
			if err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.buf[:k])
			}
		}
	}
	return nil
}
