package inspect_test

import (
	"encoding/hex"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// A broker has closed the connection on this CONNECT. Why?
func ExampleInspect() {
	packet, _ := hex.DecodeString("1018" + "00044d515454" + "05" + "83" + "003c" + "00" + "0006646576696365" + "000361ff62")
	report := inspect.Inspect(packet, mqttwire.Rules{Sender: mqttwire.Client})
	fmt.Print(report)
	// Output:
	// CONNECT, MQTT 5.0, from a client, 26 bytes: refused, 2 violations
	//
	//   0000  10                        Packet Type and Flags: 0x10
	//         0001 ....                   MQTT Control Packet type: 1 CONNECT
	//         .... 0000                   Reserved: 0
	//   0001  18                        Remaining Length: 24
	//   0002  00 04 4d 51 54 54         Protocol Name: "MQTT"
	//   0008  05                        Protocol Version: 5 MQTT 5.0
	//   0009  83                        Connect Flags: 0x83
	//         1... ....                   User Name Flag: 1
	//         .0.. ....                   Password Flag: 0
	//         ..0. ....                   Will Retain: 0
	//         ...0 0...                   Will QoS: 0 at most once
	//         .... .0..                   Will Flag: 0
	//         .... ..1.                   Clean Start: 1
	//         .... ...1                   Reserved: 1
	//                 ^                   (1) Connect Flags, Reserved is 1, must be 0 (5.0 [MQTT-3.1.2-3])
	//   000a  00 3c                     Keep Alive: 60 seconds
	//   000c  00                        Properties: 0 bytes
	//   000d  00 06 64 65 76 69 63 65   Client Identifier: "device"
	//   0015  00 03 61 ff 62            User Name: "a\xffb"
	//                  ^^               (2) User Name is not UTF-8: ff begins no character (5.0 [MQTT-1.5.4-1])
	//
	// (1) byte 9 (0x0009): Connect Flags, Reserved is 1, must be 0
	//     rule    MQTT 5.0 [MQTT-3.1.2-3]
	//     reason  0x81 Malformed Packet
	//     answer  CONNACK 0x81 Malformed Packet, then close
	//
	// (2) byte 24 (0x0018): User Name is not UTF-8: ff begins no character
	//     rule    MQTT 5.0 [MQTT-1.5.4-1]
	//     reason  0x81 Malformed Packet
	//     answer  CONNACK 0x81 Malformed Packet, then close
}

// The violations alone, for a program that judges packets.
func ExampleReport_violations() {
	packet, _ := hex.DecodeString("820900010000032b61620340")
	report := inspect.Inspect(packet, mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client})
	fmt.Println(report.Outcome())
	for _, v := range report.Violations {
		fmt.Printf("byte %d: %s %s\n\t%s %s, %s, %s\n", v.Offset, v.Field, v.Problem, v.Version, v.Clause, v.ReasonCode, v.Answer)
	}
	// Output:
	// refused
	// byte 7: Topic Filter has + that is not all of a level
	// 	5.0 [MQTT-4.7.1-2], 0x82 Protocol Error, DISCONNECT 0x82 Protocol Error, then close
	// byte 10: Subscription Options, Maximum QoS is 3, must be 0 to 2
	// 	5.0 section 3.8.3.1, 0x82 Protocol Error, DISCONNECT 0x82 Protocol Error, then close
}

// The fields by Wireshark's names.
func ExampleNode_All() {
	packet, _ := hex.DecodeString("320d" + "0005" + "612f622f63" + "0007" + "03230004")
	report := inspect.Inspect(packet, mqttwire.Rules{Version: mqttwire.MQTT5, Sender: mqttwire.Client})
	for n := range report.Tree.All() {
		if n.Kind != inspect.Group {
			fmt.Println(n.Key, n)
		}
	}
	// Output:
	// mqtt.hdrflags Packet Type and Flags: 0x32
	// mqtt.msgtype MQTT Control Packet type: 3 PUBLISH
	// mqtt.dupflag DUP flag: 0
	// mqtt.qos QoS level: 1 at least once
	// mqtt.retain RETAIN: 0
	// mqtt.len Remaining Length: 13
	// mqtt.topic_len Topic Name Length: 5
	// mqtt.topic Topic Name: "a/b/c"
	// mqtt.msgid Packet Identifier: 7
	// mqtt.property_len Property Length: 3
	// mqtt.property_id Property Identifier: 0x23 Topic Alias
	// mqtt.property.topic_alias Topic Alias: 4
	// mqtt.msg Payload: ""
}
