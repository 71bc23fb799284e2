package mqttwire

// PacketType is the Control Packet type of a fixed header, 1 to 15. 5.0 and
// 3.1.1 section 2.1.2 and 2.2.1, 3.1 section 2.1.
type PacketType uint8

const (
	PacketConnect     PacketType = 1  // client to server
	PacketConnack     PacketType = 2  // server to client
	PacketPublish     PacketType = 3  // both ways
	PacketPuback      PacketType = 4  // both ways
	PacketPubrec      PacketType = 5  // both ways
	PacketPubrel      PacketType = 6  // both ways
	PacketPubcomp     PacketType = 7  // both ways
	PacketSubscribe   PacketType = 8  // client to server
	PacketSuback      PacketType = 9  // server to client
	PacketUnsubscribe PacketType = 10 // client to server
	PacketUnsuback    PacketType = 11 // server to client
	PacketPingreq     PacketType = 12 // client to server
	PacketPingresp    PacketType = 13 // server to client
	PacketDisconnect  PacketType = 14 // client to server; both ways in 5.0
	PacketAuth        PacketType = 15 // both ways, 5.0 only
)

// packetRow is what the fixed header of one packet type may look like.
type packetRow struct {
	name    string
	senders uint8 // bit per Sender, in every version
	flags   uint8 // of the fixed header; PUBLISH has rules of its own
	length3 int8  // the only Remaining Length in 3.1 and 3.1.1, -1: any
	length5 int8  // the only Remaining Length in 5.0, -1: any
}

const (
	byClient = 1<<AnySender | 1<<Client
	byServer = 1<<AnySender | 1<<Server
	byBoth   = byClient | byServer
)

var packetTable = [16]packetRow{
	0:                 {"reserved", 0, 0, -1, -1},
	PacketConnect:     {"CONNECT", byClient, 0b0000, -1, -1},
	PacketConnack:     {"CONNACK", byServer, 0b0000, 2, -1},
	PacketPublish:     {"PUBLISH", byBoth, 0b0000, -1, -1},
	PacketPuback:      {"PUBACK", byBoth, 0b0000, 2, -1},
	PacketPubrec:      {"PUBREC", byBoth, 0b0000, 2, -1},
	PacketPubrel:      {"PUBREL", byBoth, 0b0010, 2, -1},
	PacketPubcomp:     {"PUBCOMP", byBoth, 0b0000, 2, -1},
	PacketSubscribe:   {"SUBSCRIBE", byClient, 0b0010, -1, -1},
	PacketSuback:      {"SUBACK", byServer, 0b0000, -1, -1},
	PacketUnsubscribe: {"UNSUBSCRIBE", byClient, 0b0010, -1, -1},
	PacketUnsuback:    {"UNSUBACK", byServer, 0b0000, 2, -1},
	PacketPingreq:     {"PINGREQ", byClient, 0b0000, 0, 0},
	PacketPingresp:    {"PINGRESP", byServer, 0b0000, 0, 0},
	PacketDisconnect:  {"DISCONNECT", byBoth, 0b0000, 0, -1},
	PacketAuth:        {"AUTH", byBoth, 0b0000, -1, -1},
}

// String returns the specification's name, "CONNECT" to "AUTH".
func (t PacketType) String() string {
	if t < 16 {
		return packetTable[t].name
	}
	return string(appendInt([]byte("packet type "), int(t)))
}

// SentBy reports whether s sends packets of type t in version v. AnySender
// stands for either side.
func (t PacketType) SentBy(s Sender, v Version) bool {
	switch {
	case t > 15 || s > Server || !v.supported():
		return false
	case v != MQTT5 && t == PacketAuth:
		return false
	case v != MQTT5 && t == PacketDisconnect && s == Server:
		return false
	}
	return packetTable[t].senders>>s&1 == 1
}

// plainHeader is the fixed header that nearly all packets of one type have.
type plainHeader struct {
	flags  uint8
	length int    // the only Remaining Length, if there is one
	any    uint32 // by fromBit: with any Remaining Length
	only   uint32 // by fromBit: with that Remaining Length
}

// fromBit is the bit of a version and a sender that there is.
func fromBit(v Version, s Sender) uint { return 4*uint(v) + uint(s) }

// allow reports whether packets of the row's type are sent under r.
func (row *plainHeader) allow(r Rules) bool {
	return r.Sender <= Server && row.only>>fromBit(r.Version, r.Sender)&1 == 1
}

// plainHeaders is packetTable again, by type, for a quick yes. The flags of a
// PUBLISH are its own business.
var plainHeaders = func() (all [16]plainHeader) {
	for t, row := range packetTable {
		all[t].flags = row.flags
		all[t].length = max(int(row.length3), int(row.length5))
		for v := MQTT31; v <= MQTT5; v++ {
			length := row.length3
			if v == MQTT5 {
				length = row.length5
			}
			for s := range Server + 1 {
				if !PacketType(t).SentBy(s, v) {
					continue
				}
				all[t].only |= 1 << fromBit(v, s)
				if length < 0 {
					all[t].any |= 1 << fromBit(v, s)
				}
			}
		}
	}
	return all
}()
