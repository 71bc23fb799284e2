package mqttwire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reasonWhere reads a packets column into the senders of each packet.
func reasonWhere(column string, into map[string]map[Sender]bool) {
	for _, entry := range strings.Fields(column) {
		name, only, _ := strings.Cut(entry, ":")
		into[name] = map[Sender]bool{AnySender: true, Client: only != "server", Server: only != "client"}
	}
}

// reasonTables is the table transcribed from the specification, by value.
func reasonTables(t *testing.T) (packets map[ReasonCode]map[string]map[Sender]bool) {
	packets = map[ReasonCode]map[string]map[Sender]bool{}
	for _, record := range table(t, "reasoncodes.csv") {
		code := ReasonCode(number(t, record[0]))
		if packets[code] == nil {
			packets[code] = map[string]map[Sender]bool{}
		}
		reasonWhere(record[2], packets[code])
	}
	return packets
}

// reasonRows holds every code against every packet that has codes, and sender.
func reasonRows() (rows []row) {
	packets := reasonTables(new(testing.T))
	for _, place := range []struct {
		name, wire string
		from       []Sender
	}{
		{"CONNACK", `20 [00 % []]`, []Sender{AnySender, Server}},
		{"PUBACK", `40 [0001 % []]`, []Sender{AnySender, Client, Server}},
		{"PUBREC", `50 [0001 %]`, []Sender{AnySender, Client, Server}},
		{"PUBREL", `62 [0001 %]`, []Sender{AnySender, Client, Server}},
		{"PUBCOMP", `70 [0001 % []]`, []Sender{AnySender, Client, Server}},
		{"SUBACK", `90 [0001 [] %]`, []Sender{AnySender, Server}},
		{"UNSUBACK", `B0 [0001 [] 00 %]`, []Sender{AnySender, Server}},
		{"DISCONNECT", `E0 [%]`, []Sender{AnySender, Client, Server}},
		{"AUTH", `F0 [% [15 "m"]]`, []Sender{AnySender, Client, Server}},
	} {
		for code := range 256 {
			for _, s := range place.from {
				r := row{name: fmt.Sprintf("code %02X in %s of %s", code, place.name, s), v: MQTT5, from: s,
					wire: strings.ReplaceAll(place.wire, "%", fmt.Sprintf("%02X", code)), err: ErrReasonCode, code: ReasonProtocolError}
				if packets[ReasonCode(code)][place.name][s] {
					p, err := decodeInto(nil, wire(r.wire), r.rules())
					if err != nil {
						panic(fmt.Sprintf("%s: %v", r.name, err))
					}
					r.want, r.err = p, nil
					out, _ := p.Append(nil, r.rules())
					plain(p)
					short, _ := p.Append(nil, r.rules())
					r.once = len(short) != len(out)
				}
				rows = append(rows, r)
			}
		}
	}
	return rows
}

func TestReasonTable(t *testing.T) {
	records := table(t, "reasoncodes.csv")
	packets := reasonTables(t)
	require.Len(t, packets, 43)
	for code := range 256 {
		c := ReasonCode(code)
		for p := range PacketType(20) {
			for s := range Server + 1 {
				want := packets[c][p.String()][s] && p.SentBy(s, MQTT5)
				require.Equal(t, want, c.AllowedIn(p, s), "%s in %s from %s", c, p, s)
			}
		}
		if packets[c] == nil {
			require.Equal(t, fmt.Sprintf("0x%02X", code), c.String())
			require.Empty(t, c.Name(PacketDisconnect))
		}
		require.Equal(t, code >= 0x80, c.IsError())
	}
	for _, record := range records {
		c := ReasonCode(number(t, record[0]))
		for _, entry := range strings.Fields(record[2]) {
			name, _, _ := strings.Cut(entry, ":")
			for p := range PacketType(16) {
				if p.String() == name {
					require.Equal(t, record[1], c.Name(p))
				}
			}
		}
	}
	require.Equal(t, "0x87 Not authorized", ReasonNotAuthorized.String())
	require.Equal(t, "0x00 Success", ReasonSuccess.String())
	require.Equal(t, "not authorized", ReturnNotAuthorized.Name(PacketConnack))
}

func TestReasonCodeVersions(t *testing.T) {
	// CONNACK
	to3 := map[ReasonCode]ReasonCode{
		0x00: 0, 0x80: 3, 0x83: 3, 0x84: 1, 0x85: 2, 0x86: 4, 0x87: 5, 0x88: 3, 0x89: 3, 0x8A: 5, 0x8C: 5, 0x97: 3, 0x9C: 3, 0x9D: 3, 0x9F: 3,
	}
	for code := range 256 {
		c := ReasonCode(code)
		want, ok := to3[c]
		for _, v := range []Version{MQTT31, MQTT311} {
			got, gotOK := c.ToVersion(PacketConnack, v)
			require.Equal(t, ok, gotOK, c)
			require.Equal(t, want, got, c)
		}
		got, ok := c.ToVersion(PacketConnack, MQTT5)
		require.Equal(t, c.AllowedIn(PacketConnack, AnySender), ok)
		require.Equal(t, c, got)
		require.Equal(t, c, c.FromVersion(PacketConnack, MQTT5))
	}
	for i, want := range []ReasonCode{0, 0x84, 0x85, 0x88, 0x86, 0x87, 0x82, 0x82} {
		require.Equal(t, want, ReasonCode(i).FromVersion(PacketConnack, MQTT311))
		require.Equal(t, want, ReasonCode(i).FromVersion(PacketConnack, MQTT31))
		if i < 6 { // there and back
			back, ok := want.ToVersion(PacketConnack, MQTT311)
			require.True(t, ok)
			require.Equal(t, ReasonCode(i), back)
		}
	}
	// SUBACK
	for c, want := range map[ReasonCode]ReasonCode{0: 0, 1: 1, 2: 2, 0x80: 0x80, 0x87: 0x80, 0xA2: 0x80} {
		got, ok := c.ToVersion(PacketSuback, MQTT311)
		require.True(t, ok)
		require.Equal(t, want, got)
		_, ok = c.ToVersion(PacketSuback, MQTT31)
		require.Equal(t, !c.IsError(), ok, "3.1 cannot refuse")
	}
	require.Equal(t, ReasonUnspecifiedError, ReturnFailure.FromVersion(PacketSuback, MQTT311))
	require.Equal(t, ReasonGrantedQoS2, ReasonCode(2).FromVersion(PacketSuback, MQTT31))
	// the rest
	for _, p := range []PacketType{PacketPuback, PacketDisconnect, PacketUnsuback} {
		_, ok := ReasonSuccess.ToVersion(p, MQTT311)
		require.False(t, ok, "3.x has no code in %s", p)
	}
	_, ok := ReasonCode(0x42).ToVersion(PacketConnack, MQTT311)
	require.False(t, ok)
	_, ok = ReasonSuccess.ToVersion(PacketConnack, 9)
	require.False(t, ok)
	require.Equal(t, ReasonSuccess, ReasonSuccess.FromVersion(PacketPuback, MQTT311))
}
