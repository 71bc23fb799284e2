package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
	"github.com/stretchr/testify/require"
)

// wrong is what the line of a bad packet says, up to where it is.
func wrong(t *testing.T, v mqttwire.Version, sender mqttwire.Sender, packet string) string {
	t.Helper()
	report := inspect.Inspect(unhex(t, packet), mqttwire.Rules{Version: v, Sender: sender})
	require.NotEmpty(t, report.Violations)
	x := report.Violations[0]
	return fmt.Sprintf("%s: %s %s (MQTT %s %s, %s); byte %d of the packet", report.Tree.Name, x.Field, x.Problem, x.Version, x.Clause, x.ReasonCode, x.Offset)
}

// What the receiver of a bad packet answers depends on what it has seen.
func TestMalformed(t *testing.T) {
	const (
		withMethod  = "10 16 0004 4d515454 05 02 003c 06 15 0003 6d7468 0003 726177"
		badConnect5 = "11 10 0004 4d515454 05 02 003c 00 0003 726177"
		badConnect3 = "11 0f 0004 4d515454 04 02 003c 0003 726177"
		badLevel    = "10 10 0004 4d515454 06 02 003c 00 0003 726177"
		badClientID = "10 0c 0004 4d515454 04 00 003c 0000"
		badPing     = "c1 00"
		badAuth     = "f1 00"
		badConnack  = "21 03 00 00 00"
	)
	tests := map[string]struct {
		client, server, more string // what is sent, in this order
		bad                  string // the last of them
		version              mqttwire.Version
		where, answer        string
	}{
		"CONNECT, 5.0":         {badConnect5, "", "", badConnect5, 0, "offset 0, frame 4", "CONNACK 0x81 Malformed Packet, then close"},
		"CONNECT, 3.1.1":       {badConnect3, "", "", badConnect3, 0, "offset 0, frame 4", "close the connection"},
		"later, 5.0":           {connect5, connack5, badPing, badPing, 5, "offset 18, frame 6", "DISCONNECT 0x81 Malformed Packet, then close"},
		"later, 3.1.1":         {connect311, connack311, badPing, badPing, 4, "offset 17, frame 6", "close the connection"},
		"before the CONNACK":   {connect5, "", badPing, badPing, 5, "offset 18, frame 5", "DISCONNECT 0x81 Malformed Packet, then close"},
		"while authenticating": {withMethod, "", badAuth, badAuth, 5, "offset 24, frame 5", "CONNACK 0x81 Malformed Packet, then close"},
		"after authenticating": {withMethod, connack5, badPing, badPing, 5, "offset 24, frame 6", "DISCONNECT 0x81 Malformed Packet, then close"},
		"of the server":        {connect5, badConnack, "", badConnack, 5, "offset 0, frame 5", "DISCONNECT 0x81 Malformed Packet, then close"},
		"unsupported version":  {badLevel, "", "", badLevel, 0, "offset 0, frame 4", "CONNACK 0x84 Unsupported Protocol Version, then close"},
		"client identifier":    {badClientID, "", "", badClientID, 0, "offset 0, frame 4", "CONNACK 0x02 identifier rejected, then close"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := defaultLink(t)
			sender := mqttwire.Client
			f := append(l.open(), l.client(test.client))
			if test.server != "" {
				f = append(f, l.server(test.server))
				if test.more == "" {
					sender = mqttwire.Server
				}
			}
			if test.more != "" {
				f = append(f, l.client(test.more))
			}
			f = append(f, l.client("c0 00")) // goes on
			f = append(append(f, l.close()...), newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()...)
			r := dumpFrames(t, f...)
			require.Equal(t, exitBad, r.status)
			require.Contains(t, strings.Join(r.packets(), "\n"), fmt.Sprintf("#1 %s ERROR %s, %s; answer: %s",
				direction(sender), wrong(t, test.version, sender, test.bad), test.where, test.answer))
			lines := strings.Join(r.packets(), "\n")
			require.Contains(t, lines, "#1 C>S PINGREQ", "the connection goes on, too")
			require.Contains(t, lines, "#2 C>S PUBLISH", "the other connection goes on")
			require.Contains(t, r.stderr, "; 1 packet not in order\n")
		})
	}
}

func TestServerWithoutConnect(t *testing.T) {
	l := defaultLink(t)
	// A CONNECT whose end never comes.
	f := append(l.open(), l.client("10 ff7f 0004 4d515454 05 02 003c"))
	for range maxHeld/1024 + 1 {
		f = append(f, l.next(mqttwire.Server, make([]byte, 1024), nil))
	}
	r := dumpFrames(t, f...)
	require.Equal(t, exitBad, r.status)
	require.Equal(t, []string{"#1 S>C ERROR the server sent 66560 bytes before there was a whole CONNECT"}, r.packets())
}

// What ends the connection was captured too early, and is found when the CONNECT
// is there.
func TestMalformedBeforeTheConnect(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.server("21 02 00 00"), l.client(connect311+publish))
	r := dumpFrames(t, f...)
	require.Equal(t, exitBad, r.status)
	require.Len(t, r.packets(), 3)
	require.Equal(t, "#1 C>S "+connectLine, r.packets()[0])
	require.Equal(t, "#1 S>C ERROR "+wrong(t, mqttwire.MQTT311, mqttwire.Server, "21 02 00 00")+", offset 0, frame 4; answer: close the connection", r.packets()[1])
}

// 3.1.1 has no rule against a Remaining Length in more bytes than needed, so the
// packet is in order, but it does not encode back to the same bytes.
func TestOtherBytes(t *testing.T) {
	r := dump(t, []byte(connect311+"e0 80 00"))
	require.Equal(t, exitBad, r.status)
	require.Equal(t, []string{
		"#1 C>S " + connectLine,
		`#1 C>S DISCONNECT reason="0x00 Normal disconnection" [encodes back to other bytes: 2 instead of 3, the first difference at byte 1]`,
	}, r.packets())
	require.Equal(t, "2 packets on 1 connection, 1 not encoding back to the same bytes\n", r.stderr)
}

// The packet is decoded although it is not what Append would check.
func TestDoesNotEncodeBack(t *testing.T) {
	s := stream{rules: mqttwire.Rules{Version: mqttwire.MQTT311}}
	err := s.check(&mqttwire.Puback{}, nil)
	require.ErrorIs(t, err, mqttwire.ErrPacketIDZero)
	require.ErrorContains(t, err, "does not encode back: mqttwire: PUBACK: ")
}

func TestMaxPacketSize(t *testing.T) {
	r := dump(t, []byte(connect5+"30 0a 0003 612f62 00 68656c6c"), "--max-packet-size", "18")
	require.Equal(t, exitOK, r.status)
	r = dump(t, []byte(connect5+"30 ff ff 7f"), "--max-packet-size=1000")
	require.Equal(t, exitBad, r.status)
	require.Contains(t, r.stdout, "ERROR PUBLISH: ", "known from the header alone")
	require.Contains(t, r.stdout, "answer: DISCONNECT 0x95 Packet too large")
}

func TestSecretsAreNotPrinted(t *testing.T) {
	// User name "user" and password "hunter2": in order, of an unsupported
	// version, and with a client identifier that is refused.
	for _, packet := range []string{
		"10 1e 0004 4d515454 04 c2 003c 0003 726177 0004 75736572 0007 68756e74657232",
		"10 1e 0004 4d515454 03 c2 003c 0003 726177 0004 75736572 0007 68756e74657232",
		"10 1b 0004 4d515454 04 c0 003c 0000 0004 75736572 0007 68756e74657232",
	} {
		r := dump(t, []byte(packet))
		require.Contains(t, r.stdout, "CONNECT")
		require.NotContains(t, r.stdout+r.stderr, "hunter2")
		require.NotContains(t, r.stdout+r.stderr, "68756e74657232")
	}
}

// A large packet's buffer is given back.
func TestStreamBuffer(t *testing.T) {
	s := stream{}
	large := make([]byte, 1<<20)
	b := s.with(large[:100])
	s.keep(b, 0)
	b = s.with(large[100:])
	require.Len(t, b, len(large))
	b = append(b, 0xC0)
	s.keep(b, len(large))
	require.Equal(t, []byte{0xC0}, s.pending)
	require.LessOrEqual(t, cap(s.pending), maxIdleBuffer)
	s.keep(s.with([]byte{0}), 2)
	require.Empty(t, s.pending)

	whole := []byte{0xC0, 0}
	require.Equal(t, &whole[0], &s.with(whole)[0], "whole packets are not copied")
}

// A large packet gets a buffer of its size when a quarter of it is there, and one that
// is only claimed does not.
func TestLargePacketBuffer(t *testing.T) {
	s := stream{}
	s.keep(s.with(unhex(t, "30 ffffff7f 0001 61")), 0)
	s.keep(s.with(make([]byte, 1000)), 0)
	require.Less(t, cap(s.pending), 4096, "256 MiB are claimed")

	s = stream{}
	const size = 1 << 20
	head := append([]byte{0x30}, appendVarint(nil, size-4)...)
	s.keep(s.with(head), 0)
	for len(s.pending) < size {
		s.keep(s.with(make([]byte, min(10000, size-len(s.pending)))), 0)
		if len(s.pending) > size/2 {
			require.Equal(t, size, cap(s.pending))
		}
	}
}

// A large payload is compared without a copy, and a difference in front of it is found.
func TestLargePacketEncodesBack(t *testing.T) {
	payload := make([]byte, 2*maxIdleBuffer)
	body := append(unhex(t, "0001 61"), payload...)
	rules := mqttwire.Rules{Version: mqttwire.MQTT311, Sender: mqttwire.Client}
	for name, header := range map[string][]byte{"": append([]byte{0x30}, appendVarint(nil, len(body))...), "encodes back to other bytes": {0x30, 0x83, 0x80, 0x88, 0x00}} {
		wire := append(header, body...)
		d := mqttwire.Decoder{Rules: rules}
		packet, n, err := d.Decode(wire)
		require.NoError(t, err)
		require.Len(t, wire, n)
		s := stream{rules: rules}
		err = s.check(packet, wire)
		require.Less(t, cap(s.scratch), maxIdleBuffer)
		if name == "" {
			require.NoError(t, err)
			require.Less(t, testing.AllocsPerRun(10, func() { _ = s.check(packet, wire) }), 2.0)
			continue
		}
		require.ErrorContains(t, err, name)
	}
}
