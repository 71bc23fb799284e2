// Work runs one hot path of the codec a given number of times, inside a function
// that is named after it, so that Callgrind can count the instructions of that
// function alone. The guard starts it.
//
//	work PATH VERSION HEX TIMES
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "work:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("wants 4 arguments, not %d", len(args))
	}
	version, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	wire, err := hex.DecodeString(args[2])
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	r := mqttwire.Rules{Version: mqttwire.Version(version)}
	switch args[0] {
	case "decode":
		return decode(wire, r, times)
	case "decoder":
		return decoder(wire, r, times)
	case "refuse":
		return refuse(wire, r, times)
	case "append":
		return appended(wire, r, times)
	case "deliver":
		return deliver(wire, r.Version, times)
	}
	return fmt.Errorf("there is no path %q", args[0])
}

// packet decodes a packet of which the caller is sure.
func packet(wire []byte, r mqttwire.Rules) (mqttwire.Packet, error) {
	d := mqttwire.Decoder{Rules: r}
	p, n, err := d.Decode(wire)
	if err == nil && n != len(wire) {
		err = fmt.Errorf("%d bytes too many", len(wire)-n)
	}
	return p, err
}

func decode(wire []byte, r mqttwire.Rules, times int) error {
	p, err := packet(wire, r)
	if err != nil {
		return err
	}
	return measureDecode(p, wire, r, times)
}

//go:noinline
func measureDecode(p mqttwire.Packet, wire []byte, r mqttwire.Rules, times int) error {
	for range times {
		h, n, err := mqttwire.ConsumeFixedHeader(wire)
		if err == nil {
			err = p.Decode(h, wire[n:], r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func decoder(wire []byte, r mqttwire.Rules, times int) error {
	return measureDecoder(&mqttwire.Decoder{Rules: r}, wire, times)
}

//go:noinline
func measureDecoder(d *mqttwire.Decoder, wire []byte, times int) error {
	for range times {
		if _, _, err := d.Decode(wire); err != nil {
			return err
		}
	}
	return nil
}

func refuse(wire []byte, r mqttwire.Rules, times int) error {
	return measureRefuse(&mqttwire.Decoder{Rules: r}, wire, times)
}

//go:noinline
func measureRefuse(d *mqttwire.Decoder, wire []byte, times int) error {
	for range times {
		if _, _, err := d.Decode(wire); err == nil {
			return fmt.Errorf("%x is accepted", wire)
		}
	}
	return nil
}

func appended(wire []byte, r mqttwire.Rules, times int) error {
	p, err := packet(wire, r)
	if err != nil {
		return err
	}
	return measureAppend(p, make([]byte, 0, len(wire)+64), r, times)
}

//go:noinline
func measureAppend(p mqttwire.Packet, dst []byte, r mqttwire.Rules, times int) error {
	for range times {
		if _, err := p.Append(dst, r); err != nil {
			return err
		}
	}
	return nil
}

// deliver sends the message of a PUBLISH, to subscribers that have nothing, an
// alias, and a Subscription Identifier in turn.
func deliver(wire []byte, v mqttwire.Version, times int) error {
	p, err := packet(wire, mqttwire.Rules{Version: mqttwire.MQTT5})
	if err != nil {
		return err
	}
	var m mqttwire.Message
	if err := m.Prepare(p.(*mqttwire.Publish), nil); err != nil {
		return err
	}
	to := []mqttwire.Delivery{
		{QoS: mqttwire.QoS1, PacketID: 1},
		{QoS: mqttwire.QoS1, PacketID: 2, TopicAlias: 3, AliasKnown: true},
		{SubscriptionIDs: []uint32{4}},
	}
	dst := make([]byte, 0, 1024)
	for i := range to { // leaves the images
		if _, err := m.AppendHeader(dst, v, &to[i]); err != nil {
			return err
		}
	}
	return measureDeliver(&m, dst, v, to, times)
}

//go:noinline
func measureDeliver(m *mqttwire.Message, dst []byte, v mqttwire.Version, to []mqttwire.Delivery, times int) error {
	for i := range times {
		if _, err := m.AppendHeader(dst, v, &to[i%len(to)]); err != nil {
			return err
		}
	}
	return nil
}
