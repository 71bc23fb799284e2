package inspect

import (
	"fmt"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

// optionTable has packets that an option lets pass, or that it refuses. clause is
// what is broken without an AllowX, or with a RejectX.
var optionTable = []struct {
	option  mqttwire.Options
	version mqttwire.Version
	sender  mqttwire.Sender
	packet  string
	clause  string
	code    mqttwire.ReasonCode
}{
	{mqttwire.AllowBridgeLevel, any5, c, "10 .. 0004 4d515454 84 02 003c 0000", "[MQTT-3.1.2-2]", 0x84},
	{mqttwire.AllowBridgeLevel, three, c, "10 .. 0006 4d5149736470 83 02 003c 000161", "section 3.1", 0x84},
	{mqttwire.AllowLevelMismatch, any5, c, "10 .. 0004 4d515454 03 02 003c 000161", "section 3.1", 0x84},
	{mqttwire.AllowLevelMismatch, any5, c, "10 .. 0006 4d5149736470 05 02 003c 00 0000", "[MQTT-3.1.2-1]", 0x84},
	{mqttwire.AllowTrailingBytes, five, c, c5 + "02 003c 00 0000 ffff", "section 2.3", 0x81},
	{mqttwire.AllowTrailingBytes, four, c, c4 + "02 003c 0000 ffff", "[MQTT-4.8.0-1]", 0x81},
	{mqttwire.AllowLongClientID, three, c, c31 + "02 003c 0018 616161616161616161616161616161616161616161616161", "section 3.1", 0x85},
	{mqttwire.AllowPasswordWithoutUserName, four, c, c4 + "42 003c 0000 0000", "[MQTT-3.1.2-22]", 0x81},
	{mqttwire.AllowPasswordWithoutUserName, three, c, c31 + "42 003c 000161 0000", "section 3.1", 0x81},
	{mqttwire.AllowAckFlags, five, c, "42 .. 0001", "[MQTT-2.1.3-1]", 0x81},
	{mqttwire.AllowAckFlags, four, s, "92 .. 0001 00", "[MQTT-2.2.2-2]", 0x81},
	{mqttwire.AllowAckFlags, five, s, "bf .. 0001 00 00", "[MQTT-2.1.3-1]", 0x81},
	{mqttwire.AllowAckFlags, five, c, "60 .. 0001", "[MQTT-3.6.1-1]", 0x81},
	{mqttwire.AllowAckFlags, three, c, "60 .. 0001", "section 3.6", 0x81},
	{mqttwire.AllowDupQoS0, five, c, "38 .. 0001 61 00", "[MQTT-3.3.1-2]", 0x81},
	{mqttwire.AllowDupQoS0, four, c, "38 .. 0001 61", "[MQTT-3.3.1-2]", 0x81},
	{mqttwire.AllowOverlongIntegers, five, c, "c0 8000", "[MQTT-1.5.5-1]", 0x81},
	{mqttwire.AllowOverlongIntegers, five, c, "30 .. 0001 61 80808000", "[MQTT-1.5.5-1]", 0x81},
	{mqttwire.AllowOverlongIntegers, five, s, "30 .. 0001 61 03 0b 8100", "[MQTT-1.5.5-1]", 0x81},
	{mqttwire.AllowUnknownReasonCodes, five, c, "40 .. 0001 77", "[MQTT-3.4.2-1]", 0x82},
	{mqttwire.AllowUnknownReasonCodes, five, c, "f0 00", "[MQTT-3.15.2-1]", 0x82},
	{mqttwire.AllowUnknownReasonCodes, four, s, "90 .. 0001 03", "[MQTT-3.9.3-2]", 0x82},
	{mqttwire.AllowUnknownReasonCodes, three, s, "20 .. 00 07", "section 3.2", 0x82},

	{mqttwire.RejectControlCharacters, five, c, "30 .. 0001 1f 00", "section 1.5.4", 0x81},
	{mqttwire.RejectControlCharacters, four, c, "30 .. 0002 c29f", "section 1.5.3", 0x81},
	{mqttwire.RejectControlCharacters, three, c, "30 .. 0001 7f", "section 2.5", 0x81},
	{mqttwire.RejectNonCharacters, five, c, "30 .. 0003 efb790 00", "section 1.5.4", 0x81},
	{mqttwire.RejectNonCharacters, four, c, "30 .. 0004 f48fbfbf", "section 1.5.3", 0x81},
	{mqttwire.RejectNonCharacters, three, c, "30 .. 0003 efbfbe", "section 2.5", 0x81},
	{mqttwire.RejectNonCharacters, three, c, "30 .. 0006 eda0bf edbfbe", "section 2.5", 0x81},
	{mqttwire.RejectInvalidPayload, five, c, "30 .. 0001 61 02 0101 ff", "section 3.3.2.3.2", 0x99},
	{mqttwire.RejectInvalidPayload, five, c, c5 + "06 003c 00 0000 02 0101 000174 0001ff", "section 3.1.3.2.3", 0x99},
	{mqttwire.RejectEmptyAuth, five, s, "f0 00", "section 3.15.2.2.2", 0x82},
}

// allows reports whether an option lets something pass, rather than refuse it.
func allows(o mqttwire.Options) bool { return o < mqttwire.RejectControlCharacters }

// TestOptions: each row is right on one side of the option and wrong on the other,
// by one rule; all other options make no difference to that.
func TestOptions(t *testing.T) {
	tested := mqttwire.Options(0)
	for _, row := range optionTable {
		tested |= row.option
		t.Run(fmt.Sprint(row.option, " ", row.version, " ", row.packet), func(t *testing.T) {
			r := mqttwire.Rules{Version: row.version, Sender: row.sender}
			with, without := r, r
			with.Options = row.option
			if allows(row.option) {
				with, without = without, with
			}
			packet := packetOf(t, row.packet)
			report := Inspect(packet, without)
			require.Equal(t, Accepted, report.Outcome(), "%v", report.Violations)

			report = Inspect(packet, with)
			require.Len(t, report.Violations, 1, "%v", report.Violations)
			require.Equal(t, row.clause, report.Violations[0].Clause)
			require.Equal(t, row.code, report.Violations[0].ReasonCode)

			with.Options |= mqttwire.AllOptions &^ row.option
			if !allows(row.option) {
				return
			}
			report = Inspect(packet, with)
			require.NotEmpty(t, report.Violations)
		})
	}
	require.Equal(t, mqttwire.AllOptions, tested)
}

// TestRepeatedProperties: each property of each block once, and twice.
func TestRepeatedProperties(t *testing.T) {
	for block := range mqttwire.PacketType(16) {
		for _, id := range blockTable[block].properties {
			for _, sender := range []mqttwire.Sender{mqttwire.Client, mqttwire.Server} {
				packet := block
				if block == willBlock {
					packet = mqttwire.PacketConnect
				}
				if !allowedIn(block, id, sender) || !packet.SentBy(sender, mqttwire.MQTT5) {
					continue
				}
				r := mqttwire.Rules{Version: mqttwire.MQTT5, Sender: sender}
				report := Inspect(packetWith(block, property(id)), r)
				require.Empty(t, report.Violations, "%s in %s", id, blockName(block))
				report = Inspect(packetWith(block, append(property(id), property(id)...)), r)
				if id.Repeatable(block) {
					require.Empty(t, report.Violations, "%s in %s", id, blockName(block))
					continue
				}
				require.Len(t, report.Violations, 1)
				found := report.Violations[0]
				require.Equal(t, cite(sectionOf(block, id)), found.Clause, "%s in %s", id, blockName(block))
				require.Equal(t, protocolError, found.ReasonCode)
			}
		}
	}
}

// property is a property with a value that is right everywhere.
func property(id mqttwire.PropertyID) []byte {
	b := []byte{byte(id)}
	switch id.Type() {
	case mqttwire.TypeByte, mqttwire.TypeVariableByteInteger:
		return append(b, 1)
	case mqttwire.TypeTwoByteInteger:
		return append(b, 0, 1)
	case mqttwire.TypeFourByteInteger:
		return append(b, 0, 0, 0, 1)
	case mqttwire.TypeUTF8StringPair:
		return append(b, 0, 1, 'n', 0, 1, 'v')
	}
	return append(b, 0, 1, 'x')
}

// packetWith is a packet of 5.0 with a block of properties. Where the block needs a
// method it has one.
func packetWith(block mqttwire.PacketType, properties []byte) []byte {
	method := property(mqttwire.PropertyAuthenticationMethod)
	data := byte(mqttwire.PropertyAuthenticationData)
	if properties[0] != method[0] && (block == mqttwire.PacketAuth || properties[0] == data) {
		properties = append(method, properties...)
	}
	inBlock := append([]byte{byte(len(properties))}, properties...)
	var body []byte
	flags := byte(0)
	t := block
	switch block {
	case willBlock:
		t = mqttwire.PacketConnect
		body = append(append([]byte("\x00\x04MQTT\x05\x06\x00\x3c\x00\x00\x00"), inBlock...), "\x00\x01t\x00\x00"...)
	case mqttwire.PacketConnect:
		body = append(append([]byte("\x00\x04MQTT\x05\x02\x00\x3c"), inBlock...), 0, 0)
	case mqttwire.PacketConnack:
		body = append([]byte{0, 0}, inBlock...)
	case mqttwire.PacketPublish:
		body = append([]byte{0, 1, 'a'}, inBlock...)
	case mqttwire.PacketPuback, mqttwire.PacketPubrec, mqttwire.PacketPubrel, mqttwire.PacketPubcomp:
		body = append([]byte{0, 1, 0}, inBlock...)
	case mqttwire.PacketSubscribe:
		body = append(append([]byte{0, 1}, inBlock...), 0, 1, 'a', 0)
	case mqttwire.PacketUnsubscribe:
		body = append(append([]byte{0, 1}, inBlock...), 0, 1, 'a')
	case mqttwire.PacketSuback, mqttwire.PacketUnsuback:
		body = append(append([]byte{0, 1}, inBlock...), 0)
	case mqttwire.PacketDisconnect:
		body = append([]byte{0}, inBlock...)
	case mqttwire.PacketAuth:
		body = append([]byte{0x18}, inBlock...)
	}
	if t == mqttwire.PacketPubrel || t == mqttwire.PacketSubscribe || t == mqttwire.PacketUnsubscribe {
		flags = 2
	}
	return append([]byte{byte(t)<<4 | flags, byte(len(body))}, body...)
}

// TestEveryClauseIsTested: each clause that a violation can name, in each version,
// is in one of the tables above.
func TestEveryClauseIsTested(t *testing.T) {
	tested := map[string]bool{}
	note := func(packet []byte, r mqttwire.Rules) {
		for _, v := range Inspect(packet, r).Violations {
			tested[v.Version.String()+" "+v.Clause] = true
		}
	}
	for _, row := range ruleTable {
		note(packetOf(t, row.wrong), mqttwire.Rules{Version: row.version, Sender: row.sender})
	}
	for _, row := range optionTable {
		for _, o := range []mqttwire.Options{0, row.option} {
			note(packetOf(t, row.packet), mqttwire.Rules{Version: row.version, Sender: row.sender, Options: o})
		}
	}
	for block := range mqttwire.PacketType(16) {
		for _, id := range blockTable[block].properties {
			note(packetWith(block, append(property(id), property(id)...)), mqttwire.Rules{Version: mqttwire.MQTT5})
		}
	}
	for clause := range allClauses() {
		require.True(t, tested[clause], "no row of a table breaks %s", clause)
	}
	for clause := range tested {
		require.True(t, allClauses()[clause], "no rule names %s", clause)
	}
}
