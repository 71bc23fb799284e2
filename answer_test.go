package mqttwire

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAppendAnswer: a bad packet, and what its receiver says before it closes.
func TestAppendAnswer(t *testing.T) {
	tests := []struct {
		name   string
		bad    string // what was sent ...
		v      Version
		from   Sender
		during PacketType // the handshake, if CONNECT
		want   string     // ... and the answer
	}{
		// a CONNECT, its version not yet known
		{"5.0 reserved flag", `10 ["MQTT" 05 03 003C [] "c"]`, 0, Client, PacketConnect, `20 [00 81 []]`},
		{"5.0 receive maximum 0", `10 ["MQTT" 05 02 003C [21 0000] "c"]`, 0, Client, PacketConnect, `20 [00 82 []]`},
		{"5.0 cut short", `10 ["MQTT" 05 02 003C []]`, 0, Client, PacketConnect, `20 [00 81 []]`},
		{"5.0 level with another name", `10 ["MQTX" 05 02 003C [] "c"]`, 0, Client, PacketConnect, `20 [00 84 []]`},
		{"3.1.1 reserved flag", `10 ["MQTT" 04 03 003C "c"]`, 0, Client, PacketConnect, ``},
		{"3.1.1 empty client identifier", `10 ["MQTT" 04 00 003C ""]`, 0, Client, PacketConnect, `20 [00 02]`},
		{"3.1.1 level with another name", `10 ["MQTX" 04 02 003C "c"]`, 0, Client, PacketConnect, ``},
		{"3.1.1 password alone", `10 ["MQTT" 04 42 003C "c" "p"]`, 0, Client, PacketConnect, ``},
		{"3.1 empty client identifier", `10 ["MQIsdp" 03 02 003C ""]`, 0, Client, PacketConnect, `20 [00 02]`},
		{"MQTT with level 3", `10 ["MQTT" 03 02 003C "c"]`, 0, Client, PacketConnect, `20 [00 01]`},
		{"MQIsdp with level 4", `10 ["MQIsdp" 04 02 003C "c"]`, 0, Client, PacketConnect, `20 [00 01]`},
		{"level 6", `10 ["MQTT" 06 02 003C [] "c"]`, 0, Client, PacketConnect, `20 [00 84 []]`},
		{"level 2", `10 ["MQTT" 02 02 003C "c"]`, 0, Client, PacketConnect, `20 [00 01]`},
		{"bridge", `10 ["MQTT" 84 02 003C "c"]`, 0, Client, PacketConnect, `20 [00 01]`},
		{"no CONNECT at all", `C0 []`, 0, Client, PacketConnect, ``},
		{"cut off before the level", `10 ["MQTT"]`, 0, Client, PacketConnect, ``},
		// a server that speaks one version
		{"3.1.1 to a 5.0 server", `10 ["MQTT" 04 02 003C "c"]`, MQTT5, Client, PacketConnect, `20 [00 01]`},
		{"5.0 to a 3.1.1 server", `10 ["MQTT" 05 02 003C [] "c"]`, MQTT311, Client, PacketConnect, `20 [00 84 []]`},
		// an AUTH before the CONNACK
		{"AUTH in the handshake", `F0 [18 []]`, MQTT5, Client, PacketConnect, `20 [00 82 []]`},
		// later
		{"5.0 QoS 3", `36 ["a" 0001 []]`, MQTT5, Client, PacketPublish, `E0 [81]`},
		{"5.0 topic alias 0", `30 ["a" [23 0000]]`, MQTT5, Client, PacketPublish, `E0 [94]`},
		{"5.0 no filters", `82 [0001 []]`, MQTT5, Client, PacketSubscribe, `E0 [82]`},
		{"3.1.1 QoS 3", `36 ["a" 0001]`, MQTT311, Client, PacketPublish, ``},
		{"3.1 no filters", `82 [0001]`, MQTT31, Client, PacketSubscribe, ``},
		// to a server
		{"5.0 server's bad PUBLISH", `36 ["a" 0001 []]`, MQTT5, Server, PacketPublish, `E0 [81]`},
		{"5.0 server's bad CONNACK", `20 [02 00 []]`, MQTT5, Server, PacketConnack, `E0 [81]`},
		{"3.1.1 server's bad CONNACK", `20 [02 00]`, MQTT311, Server, PacketConnack, ``},
		{"an older server's CONNACK", `20 [00 01]`, MQTT5, Server, PacketConnack, ``},
		{"an older server's CONNACK, in the handshake", `20 [00 01]`, MQTT5, Server, PacketConnect, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Decoder{Rules: Rules{Version: tt.v, Sender: tt.from}}
			_, _, err := d.Decode(wire(tt.bad))
			require.Error(t, err)
			answer := AppendAnswer([]byte("x"), err, tt.during, d.Rules)
			require.Equal(t, append([]byte("x"), wire(tt.want)...), answer)
			require.Equal(t, answer, AppendAnswer([]byte("x"), fmt.Errorf("reading: %w", err), tt.during, d.Rules))
			if tt.want == "" {
				return
			}
			from := Server
			if tt.from == Server {
				from = Client
			}
			v := d.Version
			if v == 0 {
				v = MQTT5
				if len(answer) == 5 {
					v = MQTT311
				}
			}
			_, err = decodeInto(nil, answer[1:], Rules{Version: v, Sender: from})
			require.NoError(t, err, "the answer is in order")
		})
	}
	r := Rules{Version: MQTT5, Sender: Client}
	require.Empty(t, AppendAnswer(nil, ErrIncomplete, PacketPublish, r))
	require.Empty(t, AppendAnswer(nil, errors.New("disk full"), PacketConnect, r))
	require.Empty(t, AppendAnswer(nil, nil, PacketConnect, r))
	require.Equal(t, wire(`E0 [95]`), AppendAnswer(nil, ErrPacketTooLarge, PacketPublish, r))
	require.Equal(t, wire(`E0 [99]`), AppendAnswer(nil, ErrPayloadFormat, PacketPublish, r))
	require.Equal(t, wire(`20 [00 99 []]`), AppendAnswer(nil, ErrPayloadFormat, PacketConnect, r))
	require.Equal(t, wire(`20 [00 82 []]`), AppendAnswer(nil, ErrTopicAliasZero, PacketConnect, r), "CONNACK has no 0x94")
	require.Equal(t, wire(`E0 [82]`), AppendAnswer(nil, errQoSLimit, PacketPublish, Rules{Version: MQTT5, Sender: Server}), "a client has no 0x9B")
}
