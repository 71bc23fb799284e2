package main

import (
	"errors"

	"github.com/seed-2c1fe983/mqttwire"
)

// codec is one codec behind the few questions that every one of them is asked.
// Work is repeated n times inside of a call, so that the call itself, which the
// codec's users do not have, is not measured.
type codec interface {
	// decode decodes the packets in wire, one after the other, n times over. It
	// takes the fastest way there is through the codec's exported functions.
	decode(v mqttwire.Version, wire []byte, n int) error

	// facts tells what the last packet that was decoded says.
	facts() facts

	// encode encodes the last packet that was decoded, n times over, into memory
	// that is there already, where the codec allows that. It returns the bytes
	// that it wrote the last time.
	encode(n int) ([]byte, error)

	// check decodes one packet, and holds it against all the rules that the codec
	// has exported functions for. A nil error means that the packet is accepted.
	check(r mqttwire.Rules, wire []byte) error
}

// fanner is a codec that can forward a message to many subscribers.
type fanner interface {
	// fanout writes m for each of the subscribers, n times over. out, if not nil,
	// is handed each packet of the last time.
	fanout(m *letter, to []subscriber, n int, out func(wire []byte)) error
}

// entry is a codec in the list of those that take part.
type entry struct {
	name     string // in tables: at most nine characters
	module   string // for its version; empty for mqttwire itself
	what     string // the functions that are measured
	versions []mqttwire.Version
	open     func() (codec, error)
	foreign  bool // not a Go codec: no allocations, no fan-out
}

// speaks reports whether the codec has version v.
func (e entry) speaks(v mqttwire.Version) bool {
	for _, have := range e.versions {
		if have == v {
			return true
		}
	}
	return false
}

// ours reports whether the entry is mqttwire itself, by one way or another.
func (e entry) ours() bool { return e.module == "" }

var (
	only311  = []mqttwire.Version{mqttwire.MQTT311}
	only5    = []mqttwire.Version{mqttwire.MQTT5}
	only3    = []mqttwire.Version{mqttwire.MQTT31, mqttwire.MQTT311}
	both     = []mqttwire.Version{mqttwire.MQTT311, mqttwire.MQTT5}
	allThree = []mqttwire.Version{mqttwire.MQTT31, mqttwire.MQTT311, mqttwire.MQTT5}
)

// npmModule stands for the module of the one that is not a Go module.
const npmModule = "mqtt-packet (npm)"

// entries is every codec that takes part, mqttwire first.
var entries = []entry{
	{name: "mqttwire", what: "ConsumeFixedHeader, Decode; Append", versions: allThree, open: openPlain},
	{name: "Decoder", what: "Decoder.Decode; Append", versions: allThree, open: openDecoder},
	{name: "paho3", module: "github.com/eclipse/paho.mqtt.golang", what: "packets.ReadPacket; Write", versions: only3, open: openPaho3},
	{name: "paho5", module: "github.com/eclipse/paho.golang", what: "packets.ReadPacket; WriteTo", versions: only5, open: openPaho5},
	{name: "mochi", module: "github.com/mochi-mqtt/server/v2", what: "PublishDecode; PublishEncode", versions: allThree, open: openMochi},
	{name: "gmqtt", module: "github.com/DrmagicE/gmqtt", what: "EncodeRemainLength, NewPacket; Pack", versions: allThree, open: openGmqtt},
	{name: "gomqtt", module: "github.com/256dpi/gomqtt", what: "Packet.Decode; Packet.Encode", versions: only3, open: openGomqtt},
	{name: "natiu", module: "github.com/soypat/natiu-mqtt", what: "DecodeHeader, DecoderNoAlloc; Tx", versions: only311, open: openNatiu},
	{name: "vlapi", module: "github.com/VolantMQ/vlapi", what: "mqttp.Decode; Encode into a slice", versions: allThree, open: openVlapi},
	{name: "libmqtt", module: "github.com/goiiot/libmqtt", what: "Decode; WriteTo", versions: both, open: openLibmqtt},
	{name: "surgemq", module: "github.com/surgemq/message", what: "Message.Decode; Message.Encode", versions: only3, open: openSurgemq},
	{name: "vitalvas", module: "github.com/vitalvas/mqttv5", what: "Packet.Decode; Packet.Encode", versions: only5, open: openVitalvas},
	{name: "mqtt-pkt", module: npmModule, what: "Parser.parse; writeToStream", versions: allThree, open: openMqttPacket, foreign: true},
}

var (
	errUnknownPacket = errors.New("no such packet type") // what a codec says of a type that does not exist
	errNotOffered    = errors.New("not offered")         // a packet that the codec has no exported function for
)
