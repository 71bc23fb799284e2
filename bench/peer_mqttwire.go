package main

import (
	"github.com/seed-2c1fe983/mqttwire"
)

// plainCodec is mqttwire without a Decoder: the caller has the packets.
type plainCodec struct {
	rules   mqttwire.Rules
	packets [16]mqttwire.Packet
	last    mqttwire.Packet
	buf     []byte
	message mqttwire.Message
}

func openPlain() (codec, error) {
	return &plainCodec{packets: [16]mqttwire.Packet{
		nil, &mqttwire.Connect{}, &mqttwire.Connack{}, &mqttwire.Publish{}, &mqttwire.Puback{}, &mqttwire.Pubrec{},
		&mqttwire.Pubrel{}, &mqttwire.Pubcomp{}, &mqttwire.Subscribe{}, &mqttwire.Suback{}, &mqttwire.Unsubscribe{},
		&mqttwire.Unsuback{}, &mqttwire.Pingreq{}, &mqttwire.Pingresp{}, &mqttwire.Disconnect{}, &mqttwire.Auth{},
	}}, nil
}

func (c *plainCodec) decode(v mqttwire.Version, wire []byte, n int) error {
	rules := mqttwire.Rules{Version: v}
	var p mqttwire.Packet
	for range n {
		for b := wire; len(b) > 0; {
			h, k, err := mqttwire.ConsumeFixedHeader(b)
			if err != nil {
				return err
			}
			end := k + h.RemainingLength
			p = c.packets[h.Type&15]
			if err := p.Decode(h, b[k:end], rules); err != nil {
				return err
			}
			b = b[end:]
		}
	}
	c.rules, c.last = rules, p
	return nil
}

// decodeAlone decodes one packet, whose type the caller knows.
func (c *plainCodec) decodeAlone(v mqttwire.Version, wire []byte, n int) error {
	rules := mqttwire.Rules{Version: v}
	p := c.packets[wire[0]>>4]
	for range n {
		h, k, err := mqttwire.ConsumeFixedHeader(wire)
		if err == nil {
			err = p.Decode(h, wire[k:], rules)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *plainCodec) facts() facts { return packetFacts(c.last, c.rules.Version) }

func (c *plainCodec) encode(n int) (out []byte, err error) {
	for range n {
		if out, err = c.last.Append(c.buf[:0], c.rules); err != nil {
			return nil, err
		}
	}
	c.buf = out
	return out, nil
}

func (c *plainCodec) check(r mqttwire.Rules, wire []byte) error {
	h, n, err := mqttwire.ConsumeFixedHeader(wire)
	if err != nil {
		return err
	}
	return c.packets[h.Type].Decode(h, wire[n:], r)
}

// decoderCodec is mqttwire with a Decoder.
type decoderCodec struct {
	d    mqttwire.Decoder
	last mqttwire.Packet
	buf  []byte
}

func openDecoder() (codec, error) { return &decoderCodec{}, nil }

func (c *decoderCodec) decode(v mqttwire.Version, wire []byte, n int) error {
	c.d.Rules = mqttwire.Rules{Version: v}
	var p mqttwire.Packet
	for range n {
		for b := wire; len(b) > 0; {
			next, k, err := c.d.Decode(b)
			if err != nil {
				return err
			}
			p, b = next, b[k:]
		}
	}
	c.last = p
	return nil
}

func (c *decoderCodec) facts() facts { return packetFacts(c.last, c.d.Version) }

func (c *decoderCodec) encode(n int) (out []byte, err error) {
	for range n {
		if out, err = c.last.Append(c.buf[:0], c.d.Rules); err != nil {
			return nil, err
		}
	}
	c.buf = out
	return out, nil
}

func (c *decoderCodec) check(r mqttwire.Rules, wire []byte) error {
	c.d.Rules = r
	if wire[0]>>4 == byte(mqttwire.PacketConnect) {
		c.d.Version = 0 // it brings its own
	}
	_, _, err := c.d.Decode(wire)
	return err
}
