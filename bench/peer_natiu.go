package main

import (
	"bytes"
	"io"

	"github.com/seed-2c1fe983/mqttwire"
	mqtt "github.com/soypat/natiu-mqtt"
)

// natiu decodes with DecoderNoAlloc, the only decoder of that package that can be
// reached but through its Client. It has no function for acknowledgements.
type natiu struct {
	r       bytes.Reader
	out     transport
	decoder mqtt.DecoderNoAlloc
	tx      mqtt.Tx

	header    mqtt.Header
	connect   mqtt.VariablesConnect
	publish   mqtt.VariablesPublish
	subscribe mqtt.VariablesSubscribe
	payload   []byte // a buffer of ours
}

// transport is memory that natiu can write to.
type transport struct{ bytes.Buffer }

func (t *transport) Close() error { return nil }

func openNatiu() (codec, error) {
	c := &natiu{decoder: mqtt.DecoderNoAlloc{UserBuffer: make([]byte, 4096)}}
	c.tx.SetTxTransport(&c.out)
	return c, nil
}

func (c *natiu) decode(_ mqttwire.Version, wire []byte, n int) error {
	for range n {
		for c.r.Reset(wire); c.r.Len() > 0; {
			if err := c.read(); err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads one packet. What the header announces is not looked at but where
// the package itself does.
func (c *natiu) read() (err error) {
	if c.header, _, err = mqtt.DecodeHeader(&c.r); err != nil {
		return err
	}
	switch c.header.Type() {
	case mqtt.PacketPublish:
		n := 0
		if c.publish, n, err = c.decoder.DecodePublish(&c.r, c.header.Flags().QoS()); err != nil {
			return err
		}
		return c.readPayload(int(c.header.RemainingLength) - n)
	case mqtt.PacketConnect:
		c.connect, _, err = c.decoder.DecodeConnect(&c.r)
		return err
	case mqtt.PacketSubscribe:
		c.subscribe, _, err = c.decoder.DecodeSubscribe(&c.r, c.header.RemainingLength)
		return err
	case mqtt.PacketUnsubscribe:
		_, _, err = c.decoder.DecodeUnsubscribe(&c.r, c.header.RemainingLength)
		return err
	case mqtt.PacketPingreq, mqtt.PacketPingresp, mqtt.PacketDisconnect:
		if c.header.RemainingLength != 0 {
			return mqtt.ErrBadRemainingLen
		}
		return nil
	}
	return errNotOffered
}

// readPayload reads a payload of size bytes into the buffer.
func (c *natiu) readPayload(size int) error {
	if size < 0 || size > c.r.Len() {
		return io.ErrUnexpectedEOF
	}
	if size > cap(c.payload) {
		c.payload = make([]byte, size)
	}
	c.payload = c.payload[:size]
	_, err := io.ReadFull(&c.r, c.payload)
	return err
}

func (c *natiu) encode(n int) ([]byte, error) {
	for range n {
		c.out.Reset()
		if err := c.write(); err != nil {
			return nil, err
		}
	}
	return c.out.Bytes(), nil
}

// write writes the packet that was read last.
func (c *natiu) write() error {
	switch h := c.header; h.Type() {
	case mqtt.PacketConnect:
		return c.tx.WriteConnect(&c.connect)
	case mqtt.PacketPublish:
		return c.tx.WritePublishPayload(h, c.publish, c.payload)
	case mqtt.PacketSubscribe:
		return c.tx.WriteSubscribe(c.subscribe)
	case mqtt.PacketPingreq:
		return c.tx.WriteSimple(h.Type())
	}
	return errUnknownPacket
}

func (c *natiu) check(r mqttwire.Rules, wire []byte) error { return c.decode(r.Version, wire, 1) }

func (c *natiu) facts() facts {
	switch h := c.header; h.Type() {
	case mqtt.PacketConnect:
		p := &c.connect
		f := connectFacts(p.ProtocolLevel, p.CleanSession, p.KeepAlive, string(p.ClientID))
		if p.WillFlag() {
			f.will(byte(p.WillQoS), p.WillRetain, string(p.WillTopic), p.WillMessage)
		}
		f.textIf("User Name", string(p.Username))
		f.textIf("Password", string(p.Password))
		return f
	case mqtt.PacketPublish:
		flags := h.Flags()
		return publishFacts(byte(flags.QoS()), flags.Dup(), flags.Retain(), c.publish.PacketIdentifier, string(c.publish.TopicName), c.payload)
	case mqtt.PacketSubscribe:
		f := ackFacts(mqttwire.PacketSubscribe, c.subscribe.PacketIdentifier)
		for _, s := range c.subscribe.TopicFilters {
			f.filter(string(s.TopicFilter), byte(s.QoS))
		}
		return f
	default:
		return kind(mqttwire.PacketType(h.Type()))
	}
}

func (c *natiu) fanout(m *letter, to []subscriber, n int, out func([]byte)) error {
	for i := range n {
		for j := range to {
			s := &to[j]
			flags, err := mqtt.NewPublishFlags(mqtt.QoSLevel(s.qos), false, s.retain)
			if err != nil {
				return err
			}
			h, err := mqtt.NewHeader(mqtt.PacketPublish, flags, 0)
			if err != nil {
				return err
			}
			c.out.Reset()
			p := mqtt.VariablesPublish{TopicName: m.topic, PacketIdentifier: s.packetID}
			if err := c.tx.WritePublishPayload(h, p, m.payload); err != nil {
				return err
			}
			if out != nil && i == n-1 {
				out(c.out.Bytes())
			}
		}
	}
	return nil
}
