package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// codecError is what the package says of a bad packet.
func codecError(t *testing.T, v mqttwire.Version, sender mqttwire.Sender, packet string) string {
	t.Helper()
	d := mqttwire.Decoder{Rules: mqttwire.Rules{Version: v, Sender: sender}}
	_, _, err := d.Decode(unhex(t, packet))
	require.Error(t, err)
	require.NotErrorIs(t, err, mqttwire.ErrIncomplete)
	return strings.TrimPrefix(err.Error(), "mqttwire: ")
}

// What the receiver of a bad packet answers depends on what it has seen.
func TestMalformed(t *testing.T) {
	const (
		withMethod   = "10 16 0004 4d515454 05 02 003c 06 15 0003 6d7468 0003 726177"
		badConnect5  = "11 10 0004 4d515454 05 02 003c 00 0003 726177"
		badConnect3  = "11 0f 0004 4d515454 04 02 003c 0003 726177"
		badLevel     = "10 10 0004 4d515454 06 02 003c 00 0003 726177"
		badClientID  = "10 0c 0004 4d515454 04 00 003c 0000"
		badPing      = "c1 00"
		badAuth      = "f1 00"
		badConnack   = "21 03 00 00 00"
		clientIDText = `; packet: CONNECT version=3.1.1 client-id="" keep-alive=60`
	)
	tests := map[string]struct {
		client, server, more string // what is sent, in this order
		bad                  string // the last of them
		version              mqttwire.Version
		where, answer        string
	}{
		"CONNECT, 5.0":         {badConnect5, "", "", badConnect5, 0, "offset 0, frame 4", "CONNACK 0x81 Malformed Packet"},
		"CONNECT, 3.1.1":       {badConnect3, "", "", badConnect3, 0, "offset 0, frame 4", "close"},
		"later, 5.0":           {connect5, connack5, badPing, badPing, 5, "offset 18, frame 6", "DISCONNECT 0x81 Malformed Packet"},
		"later, 3.1.1":         {connect311, connack311, badPing, badPing, 4, "offset 17, frame 6", "close"},
		"before the CONNACK":   {connect5, "", badPing, badPing, 5, "offset 18, frame 5", "DISCONNECT 0x81 Malformed Packet"},
		"while authenticating": {withMethod, "", badAuth, badAuth, 5, "offset 24, frame 5", "CONNACK 0x81 Malformed Packet"},
		"after authenticating": {withMethod, connack5, badPing, badPing, 5, "offset 24, frame 6", "DISCONNECT 0x81 Malformed Packet"},
		"of the server":        {connect5, badConnack, "", badConnack, 5, "offset 0, frame 5", "DISCONNECT 0x81 Malformed Packet"},
		"unsupported version":  {badLevel, "", "", badLevel, 0, "offset 0, frame 4", "CONNACK 0x84 Unsupported Protocol Version"},
		"client identifier":    {badClientID, "", "", badClientID, 0, "offset 0, frame 4", "CONNACK 0x02 identifier rejected" + clientIDText},
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
			f = append(f, l.client(publish)) // is not looked at any more
			f = append(append(f, l.close()...), newLink(t, "10.0.0.3:1", "10.0.0.2:1883").plain()...)
			r := dumpFrames(t, f...)
			require.Equal(t, exitBad, r.status)
			require.Contains(t, r.packets(), fmt.Sprintf("#1 %s ERROR %s; %s; answer: %s",
				direction(sender), codecError(t, test.version, sender, test.bad), test.where, test.answer))
			lines := strings.Join(r.packets(), "\n")
			require.NotContains(t, lines, "#1 C>S PUBLISH")
			require.Contains(t, lines, "#2 C>S PUBLISH", "the other connection goes on")
			require.Contains(t, r.stderr, "; 1 connection with an error\n")
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
// is there. What the client sent with it is not looked at.
func TestMalformedBeforeTheConnect(t *testing.T) {
	l := defaultLink(t)
	f := append(l.open(), l.server("21 02 00 00"), l.client(connect311+publish))
	r := dumpFrames(t, f...)
	require.Equal(t, exitBad, r.status)
	require.Len(t, r.packets(), 2)
	require.Equal(t, "#1 C>S "+connectLine, r.packets()[0])
	require.Equal(t, "#1 S>C ERROR "+codecError(t, mqttwire.MQTT311, mqttwire.Server, "21 02 00 00")+"; offset 0, frame 4; answer: close", r.packets()[1])
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
	s := stream{decoder: mqttwire.Decoder{Rules: mqttwire.Rules{Version: mqttwire.MQTT311}}}
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

// A large packet's buffer is given back, and packets may begin in the middle of it.
func TestStreamBuffer(t *testing.T) {
	s := stream{decoder: mqttwire.Decoder{Rules: mqttwire.Rules{Version: mqttwire.MQTT311}}}
	large := append(unhex(t, "30 80 80 40 0001 61"), make([]byte, 1<<20-3)...)
	small := unhex(t, "c0 00")
	s.write(large[:100])
	_, _, err := s.read()
	require.Equal(t, mqttwire.ErrIncomplete, err)
	s.write(large[100:])
	s.write(small[:1])
	p, wire, err := s.read()
	require.NoError(t, err)
	require.Equal(t, large, wire)
	require.NoError(t, s.check(p, wire))
	require.LessOrEqual(t, cap(s.scratch), maxIdleBuffer)
	s.write(small[1:])
	require.LessOrEqual(t, cap(s.bytes), maxIdleBuffer)
	p, wire, err = s.read()
	require.NoError(t, err)
	require.Equal(t, small, wire)
	require.Equal(t, mqttwire.PacketPingreq, p.Type())
	require.EqualValues(t, len(large)+2, s.offset)
	require.Empty(t, s.pending())
}
