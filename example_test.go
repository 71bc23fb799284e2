package mqttwire_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	mqtt "github.com/seed-2c1fe983/mqttwire"
)

// serve reads packets from conn until the connection ends.
func serve(conn net.Conn, handle func(mqtt.Packet)) error {
	d := mqtt.Decoder{Rules: mqtt.Rules{Sender: mqtt.Client}, MaxPacketSize: 4096}
	buf := make([]byte, 0, 4096)
	during := mqtt.PacketConnect // the handshake, until the server has accepted
	for {
		p, n, err := d.Decode(buf)
		switch {
		case err == mqtt.ErrIncomplete:
			if len(buf) == cap(buf) {
				buf = slices.Grow(buf, len(buf)) // never beyond twice MaxPacketSize
			}
			m, err := conn.Read(buf[len(buf):cap(buf)])
			if m == 0 && err != nil {
				return err
			}
			buf = buf[:len(buf)+m]
			continue
		case err != nil:
			if answer := mqtt.AppendAnswer(nil, err, during, d.Rules); len(answer) > 0 {
				conn.Write(answer)
			}
			return err
		}
		handle(p)  // p is valid until buf or d is used again
		during = 0 // the CONNACK is sent: from now on a DISCONNECT answers
		buf = buf[:copy(buf, buf[n:])]
	}
}

// A read loop, with a client that sends one byte at a time and then one packet
// that it must not send.
func Example_readLoop() {
	server, client := net.Pipe()
	answers := make(chan []byte)
	go func() {
		stream := []byte("\x10\x0f\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x02me" + "\x30\x04\x00\x01#\x00")
		for i := range stream {
			client.Write(stream[i : i+1])
		}
		answer := make([]byte, 8)
		n, _ := client.Read(answer)
		answers <- answer[:n]
	}()
	err := serve(server, func(p mqtt.Packet) { fmt.Println(p) })
	fmt.Println(errors.Is(err, mqtt.ErrTopicWildcard))
	fmt.Printf("answer: %x\n", <-answers)
	// Output:
	// CONNECT version=5.0 client-id="me" clean-start keep-alive=60
	// true
	// answer: e00182
}

// The server's side of a handshake: decode the CONNECT, decide, answer.
func Example_serverHandshake() {
	received := []byte("\x10\x2b\x00\x04MQTT\x05\xc2\x00\x3c\x05\x11\x00\x00\x01\x2c\x00\x0amqttclient\x00\x05admin\x00\x06public")

	d := mqtt.Decoder{Rules: mqtt.Rules{Sender: mqtt.Client}, MaxPacketSize: 4096}
	p, _, err := d.Decode(received)
	if err != nil {
		fmt.Println(err)
		return
	}
	connect := p.(*mqtt.Connect)
	fmt.Println(connect)

	connack := mqtt.Connack{}
	if string(connect.UserName) != "admin" || string(connect.Password) != "public" {
		connack.ReasonCode, _ = mqtt.ReasonBadUserNameOrPassword.ToVersion(mqtt.PacketConnack, d.Version)
	} else if d.Version == mqtt.MQTT5 {
		connack.Properties.SetReceiveMaximum(20)
		connack.Properties.SetServerKeepAlive(30)
	}
	out, err := connack.Append(nil, mqtt.Rules{Version: d.Version, Sender: mqtt.Server})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", out)

	limits, err := mqtt.Negotiate(connect, &connack)
	fmt.Println(limits.KeepAlive, limits.SessionExpiryInterval, limits.ToServer.ReceiveMaximum, err)
	// Output:
	// CONNECT version=5.0 client-id="mqttclient" clean-start keep-alive=60 user-name="admin" password=[redacted] properties={Session Expiry Interval=300}
	// 200900000621001413001e
	// 30 300 20 <nil>
}

// The client's side of a handshake: send a CONNECT, take the CONNACK, and know
// what may be sent from then on.
func Example_clientHandshake() {
	connect := mqtt.Connect{
		Version:    mqtt.MQTT5,
		CleanStart: true,
		KeepAlive:  60,
		ClientID:   []byte("sensor-1"),
		WillFlag:   true,
		Will:       mqtt.Will{QoS: mqtt.QoS1, Topic: []byte("sensors/1/status"), Payload: []byte("gone")},
	}
	connect.Will.Properties.SetWillDelayInterval(10)
	out, err := connect.Append(nil, mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client})
	fmt.Printf("%d bytes, %v\n", len(out), err)

	received := []byte("\x20\x0c\x00\x00\x09\x24\x01\x27\x00\x00\x04\x00\x25\x00")

	d := mqtt.Decoder{Rules: mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Server}}
	p, _, err := d.Decode(received)
	if err != nil {
		fmt.Println(err)
		return
	}
	limits, err := mqtt.Negotiate(&connect, p.(*mqtt.Connack))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("largest packet:", limits.ToServer.MaximumPacketSize)

	publish := mqtt.Publish{QoS: mqtt.QoS2, PacketID: 1, TopicName: []byte("sensors/1/humidity")}
	err = limits.Check(&publish, mqtt.Client)
	fmt.Println(err)
	// Output:
	// 53 bytes, <nil>
	// largest packet: 1024
	// mqttwire: PUBLISH: QoS: is higher than the server's Maximum QoS (5.0 [MQTT-3.2.2-11], 0x9B QoS not supported)
}

// Publishing a message with properties.
func ExamplePublish() {
	p := mqtt.Publish{
		QoS:       mqtt.QoS1,
		PacketID:  7,
		TopicName: []byte("sensors/1/humidity"),
		Payload:   []byte(`{"humidity": 51.2}`),
	}
	var space [64]byte // for the properties, so that they need no allocation
	p.Properties.Reset(space[:])
	p.Properties.SetContentType([]byte("application/json"))
	p.Properties.SetMessageExpiryInterval(60)
	p.Properties.AddUserProperty([]byte("unit"), []byte("%"))

	rules := mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client}
	buf := make([]byte, 0, p.Size(rules.Version))
	buf, err := p.Append(buf, rules)
	fmt.Println(p)
	fmt.Printf("%d bytes, %v\n", len(buf), err)
	// Output:
	// PUBLISH topic="sensors/1/humidity" qos=1 packet-id=7 properties={Content Type="application/json", Message Expiry Interval=60, User Property="unit":"%"} payload-bytes=18
	// 77 bytes, <nil>
}

// A server sends the message that it has received to three subscribers, each of
// which gets a header of its own; the payload is the same memory for all.
func ExampleMessage() {
	received := []byte("\x32\x24\x00\x01t\x00\x09\x17\x23\x00\x07\x26\x00\x05trace\x00\x05abcde\x02\x00\x00\x00\x3cpayload")

	d := mqtt.Decoder{Rules: mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client}}
	packet, _, err := d.Decode(received)
	if err != nil {
		fmt.Println(err)
		return
	}

	var message mqtt.Message // one for each goroutine, used again and again
	var scratch [256]byte
	if err := message.Prepare(packet.(*mqtt.Publish), scratch[:]); err != nil {
		fmt.Println(err)
		return
	}
	for _, subscriber := range []struct {
		version mqtt.Version
		mqtt.Delivery
	}{
		{mqtt.MQTT311, mqtt.Delivery{QoS: mqtt.QoS0}},
		{mqtt.MQTT5, mqtt.Delivery{QoS: mqtt.QoS1, PacketID: 42, Waited: 10}},
		{mqtt.MQTT5, mqtt.Delivery{TopicAlias: 3, AliasKnown: true, SubscriptionIDs: []uint32{8}}},
	} {
		var buf [256]byte
		header, err := message.AppendHeader(buf[:0], subscriber.version, &subscriber.Delivery)
		if err != nil {
			fmt.Println(err)
			return
		}
		var conn bytes.Buffer // a net.Conn, where this is one system call
		vector := net.Buffers{header, message.Payload()}
		vector.WriteTo(&conn)
		fmt.Printf("%s: %q\n", subscriber.version, conn.Bytes())
	}
	// Output:
	// 3.1.1: "0\n\x00\x01tpayload"
	// 5.0: "2!\x00\x01t\x00*\x14\x02\x00\x00\x002&\x00\x05trace\x00\x05abcdepayload"
	// 5.0: "0#\x00\x00\x19#\x00\x03\x02\x00\x00\x00<&\x00\x05trace\x00\x05abcde\v\bpayload"
}

// A large payload goes from the connection to where it belongs, and is never all in
// memory.
func ExamplePublish_DecodeHeader() {
	packet := append([]byte("\x32\xFE\x83\x3D\x00\x08firmware\x00\x01"), make([]byte, 999_922)...)
	conn := bufio.NewReaderSize(bytes.NewReader(packet), 4096) // a net.Conn

	rules := mqtt.Rules{Version: mqtt.MQTT311, Sender: mqtt.Server}
	for want := 64; ; want *= 2 { // most headers are shorter
		prefix, _ := conn.Peek(want) // gives what there is
		h, n, err := mqtt.ConsumeFixedHeader(prefix)
		if err != nil {
			fmt.Println(err)
			return
		}
		var p mqtt.Publish
		k, err := p.DecodeHeader(h, prefix[n:], rules)
		if err == mqtt.ErrIncomplete && want < 4096 {
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		p = p.Clone() // it is in the reader's buffer
		conn.Discard(n + k)
		written, err := io.CopyN(io.Discard, conn, int64(h.RemainingLength-k)) // a file
		fmt.Printf("%s: %d bytes of %d, %v\n", p.TopicName, written, len(packet), err)
		return
	}
	// Output:
	// firmware: 999922 bytes of 999938, <nil>
}

// A malformed packet is refused with what the specification wants to be said.
func ExampleAppendAnswer() {
	received := []byte("\x32\x08\x00\x03a/+\x00\x01\x00") // a PUBLISH with a wildcard in its topic

	d := mqtt.Decoder{Rules: mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client}}
	_, _, err := d.Decode(received)

	fmt.Println(err)
	fmt.Println(errors.Is(err, mqtt.ErrProtocolError), errors.Is(err, mqtt.ErrTopicWildcard))
	var e *mqtt.Error
	if errors.As(err, &e) {
		fmt.Println(e.Packet(), "/", e.Field(), "/", e.ReasonCode(), "/", e.Clause(mqtt.MQTT5))
	}
	fmt.Printf("%x\n", mqtt.AppendAnswer(nil, err, mqtt.PacketPublish, d.Rules))
	// Output:
	// mqttwire: PUBLISH: Topic Name: contains a wildcard character (5.0 [MQTT-3.3.2-2], 3.1.1 [MQTT-3.3.2-2], 3.1 section 3.3, 0x82 Protocol Error)
	// true true
	// PUBLISH / Topic Name / 0x82 Protocol Error / [MQTT-3.3.2-2]
	// e00182
}

// Subscribing to two filters, and reading the list on the other side.
func ExampleSubscribe() {
	s := mqtt.Subscribe{PacketID: 1}
	s.Subscriptions.Add([]byte("sensors/+/humidity"), mqtt.SubscriptionOptions(mqtt.QoS1))
	s.Subscriptions.Add([]byte("$share/workers/jobs"), mqtt.SubscriptionOptions(mqtt.QoS2)|mqtt.RetainNone)
	out, err := s.Append(nil, mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client})
	if err != nil {
		fmt.Println(err)
		return
	}

	d := mqtt.Decoder{Rules: mqtt.Rules{Version: mqtt.MQTT5, Sender: mqtt.Client}}
	p, _, err := d.Decode(out)
	if err != nil {
		fmt.Println(err)
		return
	}
	for filter, options := range p.(*mqtt.Subscribe).Subscriptions.All() {
		share, topic, shared, _ := mqtt.ParseSharedFilter(filter)
		fmt.Printf("%s: QoS %d, shared %v %q\n", topic, options.QoS(), shared, share)
	}
	// Output:
	// sensors/+/humidity: QoS 1, shared false ""
	// jobs: QoS 2, shared true "workers"
}
