package mqttwire

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

var headerRows = []row{
	{name: "overlong remaining length", v: MQTT5, wire: `C0 8000`, err: ErrIntegerOverlong, code: 0x81},
	{name: "overlong remaining length", v: MQTT311, wire: `C0 8000`, want: &Pingreq{}, once: true},
	{name: "overlong remaining length", v: MQTT31, wire: `C0 80808000`, want: &Pingreq{}, once: true},
	{name: "overlong remaining length, allowed", v: MQTT5, opt: AllowOverlongIntegers, wire: `C0 808000`, want: &Pingreq{}, once: true},
	{name: "overlong remaining length of a CONNECT", v: MQTT5, wire: `10 8E00 "MQTT" 05 02 003C [] "c"`, err: ErrIntegerOverlong, code: 0x81},
	{name: "overlong remaining length of a CONNECT", v: MQTT311, wire: `10 8D00 "MQTT" 04 02 003C "c"`, once: true,
		want: &Connect{Version: MQTT311, CleanStart: true, KeepAlive: 60, ClientID: b("c")}},
	{name: "remaining length of five bytes", v: MQTT311, wire: `C0 8080808000`, err: ErrIntegerTooLong, code: 0x81},
	{name: "remaining length without end", v: MQTT5, wire: `C0 FFFFFFFF`, err: ErrIntegerTooLong, code: 0x81},
	{name: "type 0", v: MQTT5, wire: `00 []`, err: ErrPacketType, code: 0x81},
	{name: "type 0", v: MQTT311, wire: `0F []`, err: ErrPacketType, code: 0x81},
	{name: "type 0", v: MQTT31, wire: `00 [00]`, err: ErrPacketType, code: 0x81},
	{name: "type 15", v: MQTT311, wire: `F0 [00]`, err: ErrPacketType, code: 0x81},
}

func TestConsumeFixedHeader(t *testing.T) {
	tests := []struct {
		wire string
		want FixedHeader
		n    int
		err  error
	}{
		{"", FixedHeader{}, 0, ErrIncomplete},
		{"00", FixedHeader{}, 0, ErrPacketType},
		{"0F", FixedHeader{}, 0, ErrPacketType},
		{"10", FixedHeader{}, 0, ErrIncomplete},
		{"1080", FixedHeader{}, 0, ErrIncomplete},
		{"10FFFF", FixedHeader{}, 0, ErrIncomplete},
		{"10FFFFFF", FixedHeader{}, 0, ErrIncomplete},
		{"10FFFFFFFF", FixedHeader{}, 0, ErrIntegerTooLong},
		{"1080808080", FixedHeader{}, 0, ErrIntegerTooLong},
		{"108080808000", FixedHeader{}, 0, ErrIntegerTooLong},
		{"0000", FixedHeader{}, 0, ErrPacketType},
		{"1000", FixedHeader{Type: PacketConnect}, 2, nil},
		{"C000FF", FixedHeader{Type: PacketPingreq}, 2, nil},
		{"3D7F", FixedHeader{Type: PacketPublish, Flags: 13, RemainingLength: 127}, 2, nil},
		{"308001", FixedHeader{Type: PacketPublish, RemainingLength: 128}, 3, nil},
		{"30FF7F", FixedHeader{Type: PacketPublish, RemainingLength: 16383}, 3, nil},
		{"30808001", FixedHeader{Type: PacketPublish, RemainingLength: 16384}, 4, nil},
		{"30FFFF7F", FixedHeader{Type: PacketPublish, RemainingLength: 2097151}, 4, nil},
		{"3080808001", FixedHeader{Type: PacketPublish, RemainingLength: 2097152}, 5, nil},
		{"F0FFFFFF7F", FixedHeader{Type: PacketAuth, RemainingLength: MaxRemainingLength}, 5, nil},
	}
	for _, tt := range tests {
		t.Run(tt.wire, func(t *testing.T) {
			in := wire(tt.wire)
			h, n, err := ConsumeFixedHeader(in)
			require.ErrorIs(t, err, tt.err)
			require.Equal(t, tt.n, n)
			if err != nil {
				return
			}
			require.Equal(t, tt.want, h)
			out, err := h.Append(nil)
			require.NoError(t, err)
			require.Equal(t, in[:n], out)
		})
	}
	require.ErrorIs(t, ErrPacketTooLarge, ErrPacketTooLarge)
	for _, h := range []FixedHeader{{}, {Type: 16}, {Type: 255}, {Type: 1, Flags: 16}, {Type: 1, RemainingLength: -1}, {Type: 1, RemainingLength: MaxRemainingLength + 1}} {
		out, err := h.Append([]byte("x"))
		require.Error(t, err, "%v", h)
		require.Equal(t, "x", string(out))
	}
}

// TestFixedHeaderCheck: all that is wrong with a header alone is found without
// the body.
func TestFixedHeaderCheck(t *testing.T) {
	tests := []struct {
		h    FixedHeader
		r    Rules
		want error
	}{
		{FixedHeader{Type: PacketPublish, Flags: 6, RemainingLength: 1 << 20}, Rules{Version: MQTT311}, errQoS3},
		{FixedHeader{Type: PacketPublish, Flags: 4, RemainingLength: 1 << 20}, Rules{Version: MQTT311}, nil},
		{FixedHeader{Type: PacketPuback, RemainingLength: 1 << 20}, Rules{Version: MQTT311}, ErrTrailingBytes},
		{FixedHeader{Type: PacketPuback, RemainingLength: 1 << 20}, Rules{Version: MQTT5}, nil},
		{FixedHeader{Type: PacketPuback, RemainingLength: 1}, Rules{Version: MQTT311}, ErrTruncated},
		{FixedHeader{Type: PacketPingreq, RemainingLength: 1}, Rules{Version: MQTT5}, ErrTrailingBytes},
		{FixedHeader{Type: PacketPingreq}, Rules{Version: MQTT5, Sender: Server}, ErrWrongSender},
		{FixedHeader{Type: PacketPingreq}, Rules{}, ErrUnsupportedVersion},
		{FixedHeader{Type: PacketPingreq}, Rules{Version: 6}, ErrUnsupportedVersion},
		{FixedHeader{Type: PacketConnect, Flags: 1}, Rules{}, nil},
		{FixedHeader{Type: PacketConnect}, Rules{Sender: Server}, ErrWrongSender},
		{FixedHeader{Type: PacketConnect, Flags: 1}, Rules{Version: MQTT5}, ErrFixedHeaderFlags},
		{FixedHeader{Type: 0}, Rules{Version: MQTT5}, ErrPacketType},
		{FixedHeader{Type: 200}, Rules{Version: MQTT5}, ErrPacketType},
		{FixedHeader{Type: PacketAuth}, Rules{Version: MQTT311}, ErrPacketType},
	}
	for _, tt := range tests {
		err := tt.h.Check(tt.r)
		if tt.want == nil {
			require.NoError(t, err, "%v %v", tt.h, tt.r)
		} else {
			require.ErrorIs(t, err, tt.want, "%v %v", tt.h, tt.r)
		}
	}
}

// TestDecodeChecksItsHeader: header, body and packet have to go together.
func TestDecodeChecksItsHeader(t *testing.T) {
	for t1 := range PacketAuth {
		p := newPacket(t1 + 1)
		other := FixedHeader{Type: t1, RemainingLength: 2}
		require.ErrorIs(t, p.Decode(other, []byte{0, 1}, Rules{Version: MQTT5}), ErrPacketType)
		require.ErrorIs(t, p.Decode(FixedHeader{Type: t1 + 1 + 16}, nil, Rules{Version: MQTT5}), ErrPacketType)
	}
	p := new(Puback)
	h := FixedHeader{Type: PacketPuback, RemainingLength: 2}
	require.Equal(t, ErrIncomplete, p.Decode(h, []byte{0}, Rules{Version: MQTT5}))
	require.NoError(t, p.Decode(h, []byte{0, 1}, Rules{Version: MQTT5}))
	require.ErrorIs(t, p.Decode(h, []byte{0, 1, 2}, Rules{Version: MQTT5}), ErrTrailingBytes)
	require.ErrorIs(t, p.Decode(h, []byte{0, 1}, Rules{}), ErrUnsupportedVersion)
}

func TestDecoder(t *testing.T) {
	stream := bytes.Join([][]byte{
		wire(`10 ["MQTT" 05 02 003C [] "c"]`), wire(`82 [0001 [] "a" 00]`), wire(`30 ["a" [] 'x']`), wire(`C0 []`), wire(`E0 []`),
	}, nil)
	d := Decoder{Rules: Rules{Sender: Client}}
	var got []PacketType
	for b := stream; len(b) > 0; {
		p, n, err := d.Decode(b)
		require.NoError(t, err)
		got = append(got, p.Type())
		b = b[n:]
	}
	require.Equal(t, []PacketType{PacketConnect, PacketSubscribe, PacketPublish, PacketPingreq, PacketDisconnect}, got)
	require.Equal(t, MQTT5, d.Version)

	t.Run("every packet", func(t *testing.T) {
		for _, r := range allRows() {
			d := Decoder{Rules: r.rules()}
			whole := wire(r.wire)
			p, n, err := d.Decode(append(bytes.Clone(whole), 0xA5))
			if r.want == nil {
				require.ErrorIs(t, err, r.err, r.name)
				require.Zero(t, n)
				continue
			}
			require.NoError(t, err, r.name)
			require.Equal(t, len(whole), n)
			require.Equal(t, plain(r.want), plain(p))
			require.Equal(t, p.Type(), PacketType(whole[0]>>4))
		}
	})
	t.Run("the version is needed", func(t *testing.T) {
		_, _, err := new(Decoder).Decode(wire(`C0 []`))
		require.ErrorIs(t, err, ErrProtocolError)
		require.Equal(t, PacketPingreq, err.(*Error).Packet())
		require.Equal(t, "[MQTT-3.1.0-1]", err.(*Error).Clause(MQTT5))
	})
	t.Run("the version is kept when the CONNECT is refused", func(t *testing.T) {
		var d Decoder
		_, _, err := d.Decode(wire(`10 ["MQTT" 05 03 003C [] "c"]`))
		require.ErrorIs(t, err, errReservedFlag)
		require.Equal(t, MQTT5, d.Version)
	})
	t.Run("what cannot get better is refused early", func(t *testing.T) {
		d := Decoder{Rules: Rules{Version: MQTT311, Sender: Client}}
		_, _, err := d.Decode(wire(`36 FFFFFF7F`))
		require.ErrorIs(t, err, errQoS3)
		_, _, err = d.Decode(wire(`90 05`))
		require.ErrorIs(t, err, ErrWrongSender)
		_, _, err = d.Decode(wire(`30 05`))
		require.Equal(t, ErrIncomplete, err)
	})
}

// TestNoSuchSender: a Sender that is none sends nothing, and what may not be read
// may not be written.
func TestNoSuchSender(t *testing.T) {
	for _, r := range allRows() {
		if r.want == nil {
			continue
		}
		for _, s := range []Sender{3, 4, 5, 255} {
			r.from = s
			_, readErr := decodeInto(nil, wire(r.wire), r.rules())
			_, writeErr := r.want.Append(nil, r.rules())
			require.ErrorIs(t, readErr, ErrWrongSender, r.name)
			require.ErrorIs(t, writeErr, ErrWrongSender, r.name)
		}
	}
}

// TestVerdictDoesNotWait: what is said of a CONNECT does not depend on how much of
// it has come.
func TestVerdictDoesNotWait(t *testing.T) {
	for _, s := range []string{`11 ["MQTT" 04 02 003C "c"]`, `1F ["MQIsdp" 03 02 003C "c"]`, `10 ["MQTT" 06 02 003C [] "c"]`} {
		for _, rules := range []Rules{{}, {Version: MQTT5}, {Version: MQTT5, Sender: Server}, {Sender: Server}} {
			for n := range wire(s) {
				d := Decoder{Rules: rules}
				_, _, err := d.Decode(wire(s)[:n])
				require.Equal(t, ErrIncomplete, err)
			}
		}
	}
}

func TestMaxPacketSize(t *testing.T) {
	d := Decoder{Rules: Rules{Version: MQTT311}, MaxPacketSize: 5}
	for _, tt := range []struct {
		wire string
		err  error
	}{
		{`30 ["a"]`, nil},
		{`30 ["a" 'x']`, ErrPacketTooLarge},
		{`30 04`, ErrPacketTooLarge},
		{`30 03`, ErrIncomplete},
		{`30 FFFFFF7F`, ErrPacketTooLarge},
		{`30 8000`, ErrTruncated},             // three bytes in all, and too short to be a PUBLISH
		{`30 83000001'a'`, ErrPacketTooLarge}, // six bytes in all: the header's own bytes count
	} {
		_, _, err := d.Decode(wire(tt.wire))
		require.ErrorIs(t, err, tt.err, tt.wire)
	}
	_, _, err := d.Decode(wire(`30 04`))
	require.Equal(t, ReasonPacketTooLarge, err.(*Error).ReasonCode())
	require.Equal(t, PacketPublish, err.(*Error).Packet())
	d.Sender = Client
	_, _, err = d.Decode(wire(`30 04`))
	require.Equal(t, "[MQTT-3.2.2-15]", err.(*Error).Clause(MQTT5))
	d.Sender = Server
	_, _, err = d.Decode(wire(`30 04`))
	require.Equal(t, "[MQTT-3.1.2-24]", err.(*Error).Clause(MQTT5))
	d.MaxPacketSize = 0
	_, _, err = d.Decode(wire(`30 FFFFFF7F`))
	require.Equal(t, ErrIncomplete, err)
	d.MaxPacketSize = 1<<32 - 1
	_, _, err = d.Decode(wire(`30 FFFFFF7F`))
	require.Equal(t, ErrIncomplete, err)
}

func TestVarint(t *testing.T) {
	for _, tt := range []struct {
		v    uint32
		wire string
	}{
		{0, "00"}, {127, "7F"}, {128, "8001"}, {16383, "FF7F"}, {16384, "808001"},
		{2097151, "FFFF7F"}, {2097152, "80808001"}, {maxVarint, "FFFFFF7F"},
	} {
		b := wire(tt.wire)
		require.Equal(t, b, appendVarint(nil, tt.v))
		require.Equal(t, len(b), sizeVarint(int(tt.v)))
		v, n := consumeVarint(append(b, 0xFF))
		require.Equal(t, tt.v, v)
		require.Equal(t, len(b), n)
		require.False(t, isOverlong(b, n))
		for i := range len(b) {
			_, n := consumeVarint(b[:i])
			require.Zero(t, n)
		}
	}
	for _, s := range []string{"80808080", "8080808000", "FFFFFFFF", "FFFFFFFF01"} {
		_, n := consumeVarint(wire(s))
		require.Equal(t, -1, n, s)
	}
	for _, s := range []string{"8000", "808000", "80808000", "FF00", "FFFF8000"} {
		_, n := consumeVarint(wire(s))
		require.True(t, isOverlong(wire(s), n), s)
	}
}

func TestPacketType(t *testing.T) {
	require.Equal(t, "CONNECT", PacketConnect.String())
	require.Equal(t, "AUTH", PacketAuth.String())
	require.Equal(t, "reserved", PacketType(0).String())
	require.Equal(t, "packet type 16", PacketType(16).String())
	require.True(t, PacketPublish.SentBy(Client, MQTT31))
	require.True(t, PacketDisconnect.SentBy(Server, MQTT5))
	require.False(t, PacketDisconnect.SentBy(Server, MQTT311))
	require.True(t, PacketDisconnect.SentBy(AnySender, MQTT311))
	require.False(t, PacketAuth.SentBy(AnySender, MQTT311))
	require.True(t, PacketAuth.SentBy(Client, MQTT5))
	require.False(t, PacketConnack.SentBy(Client, MQTT5))
	require.False(t, PacketType(0).SentBy(Client, MQTT5))
	require.False(t, PacketType(16).SentBy(AnySender, MQTT5))
	require.False(t, PacketPublish.SentBy(Sender(9), MQTT5))
	require.False(t, PacketPublish.SentBy(Client, 0))
}

// TestTooLargeToWrite: what no Remaining Length can announce is refused, also
// where the sum of two lengths would not fit into an int of 32 bits. The memory
// is never touched.
func TestTooLargeToWrite(t *testing.T) {
	huge := make([]byte, MaxRemainingLength+1)
	block := Properties{b: huge, ids: 1 << PropertyUserProperty}
	v5 := Rules{Version: MQTT5}
	for _, p := range []Packet{
		&Connect{Version: MQTT5, ClientID: b("c"), Properties: block},
		&Connect{Version: MQTT5, ClientID: b("c"), WillFlag: true, Will: Will{Topic: b("w"), Properties: block}},
		&Connect{Version: MQTT5, ClientID: b("c"), Properties: Properties{b: huge[:MaxRemainingLength-8], ids: block.ids}},
		&Connack{Properties: block}, &Connack{Properties: Properties{b: huge[:MaxRemainingLength-4], ids: block.ids}},
		&Publish{TopicName: b("a"), Payload: huge}, &Publish{TopicName: b("a"), Payload: huge[:MaxRemainingLength-2]},
		&Publish{TopicName: b("a"), Properties: block},
		&Puback{PacketID: 1, Properties: block}, &Puback{PacketID: 1, Properties: Properties{b: huge[:MaxRemainingLength-4], ids: block.ids}},
		&Suback{PacketID: 1, ReasonCodes: ReasonCodes{huge}},
		&Disconnect{Properties: Properties{b: huge[:MaxRemainingLength-2], ids: block.ids}},
		&Auth{Properties: Properties{b: huge[:MaxRemainingLength-2], ids: block.ids | method}},
	} {
		requireNotWritten(t, p, v5, ErrPacketTooLarge)
	}
	_, err := appendRequest(nil, PacketSuback, 1, Properties{}, huge[:MaxRemainingLength-2], MQTT5)
	require.ErrorIs(t, err, ErrPacketTooLarge)
	l := Limits{Version: MQTT5, ToClient: Direction{MaximumPacketSize: 10}}
	require.ErrorIs(t, l.Check(&Publish{TopicName: b("a"), Payload: huge}, Server), ErrPacketTooLarge)
}
