package mqttwire

import "testing"

var pingRows = []row{
	{name: "PINGREQ", v: MQTT5, from: Client, wire: `C0 []`, want: &Pingreq{}},
	{name: "PINGREQ", v: MQTT311, from: Client, wire: `C0 []`, want: &Pingreq{}},
	{name: "PINGREQ", v: MQTT31, from: Client, wire: `C0 []`, want: &Pingreq{}},
	{name: "PINGRESP", v: MQTT5, from: Server, wire: `D0 []`, want: &Pingresp{}},
	{name: "PINGRESP", v: MQTT311, from: Server, wire: `D0 []`, want: &Pingresp{}},
	{name: "PINGRESP", v: MQTT31, from: Server, wire: `D0 []`, want: &Pingresp{}},
	{name: "PINGREQ flags mean nothing", v: MQTT31, wire: `C5 []`, want: &Pingreq{}, once: true},
	{name: "PINGREQ flags", v: MQTT5, wire: `C1 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PINGREQ flags", v: MQTT311, wire: `C8 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PINGRESP flags, no acknowledgement", v: MQTT311, opt: AllowAckFlags, wire: `D2 []`, err: ErrFixedHeaderFlags, code: 0x81},
	{name: "PINGREQ with a body", v: MQTT5, wire: `C0 [00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PINGREQ with a packet inside", v: MQTT311, wire: `C0 [D000]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PINGRESP with a body", v: MQTT31, wire: `D0 [00]`, err: ErrTrailingBytes, code: 0x81},
	{name: "PINGREQ of a server", v: MQTT5, from: Server, wire: `C0 []`, err: ErrWrongSender, code: 0x82},
	{name: "PINGRESP of a client", v: MQTT311, from: Client, wire: `D0 []`, err: ErrWrongSender, code: 0x82},
}

func TestPingAppendRefuses(t *testing.T) {
	requireNotWritten(t, &Pingreq{}, Rules{Version: MQTT5, Sender: Server}, ErrWrongSender)
	requireNotWritten(t, &Pingresp{}, Rules{Version: MQTT311, Sender: Client}, ErrWrongSender)
	requireNotWritten(t, &Pingreq{}, Rules{}, errNoVersion[PacketPingreq])
}
