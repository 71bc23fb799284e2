package mqttwire

// Version is an MQTT protocol version, numbered as the Protocol Level (3.1.1)
// or Protocol Version (5.0) byte of a CONNECT numbers it.
type Version uint8

const (
	MQTT31  Version = 3 // MQTT 3.1, protocol name "MQIsdp"
	MQTT311 Version = 4 // MQTT 3.1.1, protocol name "MQTT"
	MQTT5   Version = 5 // MQTT 5.0, protocol name "MQTT"
)

// supported reports whether v is one of the three versions of this package.
func (v Version) supported() bool { return v-MQTT31 <= MQTT5-MQTT31 }

// String returns the version as people write it: "3.1", "3.1.1" or "5.0".
// Other levels print as "level 6".
func (v Version) String() string {
	switch v {
	case MQTT31:
		return "3.1"
	case MQTT311:
		return "3.1.1"
	case MQTT5:
		return "5.0"
	}
	return string(appendInt([]byte("level "), int(v)))
}

// Sender says which side wrote a packet. The same bytes can be right from one
// side and wrong from the other: a Subscription Identifier in a PUBLISH, a
// reason code of a DISCONNECT, a SUBSCRIBE at all.
type Sender uint8

const (
	AnySender Sender = iota // not known: what either side may send is right
	Client                  // the packet was written by a client
	Server                  // the packet was written by a server
)

// String returns "client", "server" or "any sender".
func (s Sender) String() string {
	switch s {
	case Client:
		return "client"
	case Server:
		return "server"
	}
	return "any sender"
}

// Rules is what a packet is held against, when it is decoded as well as when
// it is encoded. It is small and passed by value: keep one for each connection.
type Rules struct {
	// Version is the version agreed on by the connection's CONNECT. It may be 0
	// only where a CONNECT is decoded, which then brings its own.
	Version Version
	// Sender is the side that wrote, or is going to write, the packet: Client
	// for what a server decodes, Server for what it encodes.
	Sender Sender
	// Options relaxes or tightens single rules. Zero is strict: every MUST of
	// the version is enforced and every MAY is allowed.
	Options Options
}

// Packet is any of the fifteen packets: *Connect, *Connack, *Publish, *Puback,
// *Pubrec, *Pubrel, *Pubcomp, *Subscribe, *Suback, *Unsubscribe, *Unsuback,
// *Pingreq, *Pingresp, *Disconnect and *Auth.
type Packet interface {
	// Type is the packet's type as the fixed header names it.
	Type() PacketType

	// Size is the number of bytes that Append writes for version v, fixed header
	// included. It checks nothing: for a packet that Append refuses it means
	// nothing.
	Size(v Version) int

	// Append writes the packet to the end of dst and returns the longer slice.
	// It checks every rule of r first: on error it returns dst as it was. It
	// allocates only when dst has less than Size(r.Version) bytes to spare.
	Append(dst []byte, r Rules) ([]byte, error)

	// Decode overwrites the whole packet with what body says. body is all that
	// follows the fixed header h, exactly h.RemainingLength bytes: fewer are
	// ErrIncomplete, more are malformed. The packet's slices alias body. On
	// error the packet's content is unspecified, except where a type says more.
	Decode(h FixedHeader, body []byte, r Rules) error

	// String returns the packet as one line, without passwords and
	// authentication data. AppendText writes that line to the end of b, and never
	// fails.
	String() string
	AppendText(b []byte) ([]byte, error)
}

// Decoder decodes the packets of a connection, or of many one after another,
// without allocating: it holds one packet of each type and uses it again and
// again. A goroutine can serve any number of connections with one Decoder as
// long as it puts each connection's Rules in place first. The zero value is
// ready: it expects a CONNECT.
type Decoder struct {
	// Rules is what packets are held against. On the server side Version starts
	// as 0, and the CONNECT sets it; on the client side it is the version of the
	// CONNECT that was sent, and Sender is Server.
	Rules

	// MaxPacketSize is the largest packet to accept, in bytes of the whole
	// packet, checked as soon as the fixed header is there, before the rest has
	// been read. 0 means the protocol's own limit, the constant MaxPacketSize: 256
	// MiB that a peer can announce with five bytes. A sane limit is the caller's to
	// set, and small, a few KiB, until the client has authenticated.
	MaxPacketSize uint32

	connect     Connect
	connack     Connack
	publish     Publish
	puback      Puback
	pubrec      Pubrec
	pubrel      Pubrel
	pubcomp     Pubcomp
	subscribe   Subscribe
	suback      Suback
	unsubscribe Unsubscribe
	unsuback    Unsuback
	pingreq     Pingreq
	pingresp    Pingresp
	disconnect  Disconnect
	auth        Auth
}

// Decode decodes the first packet of b. n is the number of bytes it took. The
// packet belongs to the Decoder and is valid until the next call; its slices
// alias b. To keep a packet use its Clone.
//
// ErrIncomplete means that b holds no whole packet yet: read more and call
// again with the longer slice. Any other error ends the connection; AppendAnswer
// writes what has to be said first. n is 0 on every error, and p is nil, except
// that a CONNECT refused for its version or its client identifier, and a CONNACK
// of an older server, are handed up beside the error.
//
// Whether a packet is due is the session's business: a second CONNECT, for one,
// decodes like the first.
func (d *Decoder) Decode(b []byte) (p Packet, n int, err error) {
	h, ok := shortHeader(b)
	n = 2
	if !ok {
		if h, n, err = ConsumeFixedHeader(b); err != nil {
			return nil, 0, err
		}
	}
	end := n + h.RemainingLength
	if limit := d.MaxPacketSize; limit != 0 && uint(end) > uint(limit) {
		// 5.0 [MQTT-3.1.2-24], [MQTT-3.2.2-15]
		return nil, 0, errTooLargeForIt[d.Sender%3][h.Type]
	}
	if d.Version == 0 && h.Type != PacketConnect {
		// 5.0 [MQTT-3.1.0-1], 3.1.1 [MQTT-3.1.0-1]
		return nil, 0, errNotConnect[h.Type]
	}
	if end > len(b) {
		// What cannot get better need not be waited for, but a CONNECT, which is
		// judged by the version that is in its body.
		if h.Type != PacketConnect {
			if e := h.check(d.Rules); e != nil {
				return nil, 0, e
			}
		}
		return nil, 0, ErrIncomplete
	}
	body := b[n:end:end]
	switch h.Type {
	case PacketConnect:
		p, err = d.decodeConnect(h, body)
	case PacketConnack:
		p, err = &d.connack, d.connack.Decode(h, body, d.Rules)
	case PacketPublish:
		p, err = &d.publish, d.publish.Decode(h, body, d.Rules)
	case PacketPuback:
		p, err = &d.puback, d.puback.Decode(h, body, d.Rules)
	case PacketPubrec:
		p, err = &d.pubrec, d.pubrec.Decode(h, body, d.Rules)
	case PacketPubrel:
		p, err = &d.pubrel, d.pubrel.Decode(h, body, d.Rules)
	case PacketPubcomp:
		p, err = &d.pubcomp, d.pubcomp.Decode(h, body, d.Rules)
	case PacketSubscribe:
		p, err = &d.subscribe, d.subscribe.Decode(h, body, d.Rules)
	case PacketSuback:
		p, err = &d.suback, d.suback.Decode(h, body, d.Rules)
	case PacketUnsubscribe:
		p, err = &d.unsubscribe, d.unsubscribe.Decode(h, body, d.Rules)
	case PacketUnsuback:
		p, err = &d.unsuback, d.unsuback.Decode(h, body, d.Rules)
	case PacketPingreq:
		p, err = &d.pingreq, d.pingreq.Decode(h, body, d.Rules)
	case PacketPingresp:
		p, err = &d.pingresp, d.pingresp.Decode(h, body, d.Rules)
	case PacketDisconnect:
		p, err = &d.disconnect, d.disconnect.Decode(h, body, d.Rules)
	case PacketAuth:
		p, err = &d.auth, d.auth.Decode(h, body, d.Rules)
	}
	if err != nil {
		return handedUp(p, err), 0, err
	}
	return p, end, nil
}

// handedUp is what Decode returns beside an error.
func handedUp(p Packet, err error) Packet {
	switch p.(type) {
	case *Connect, *Connack:
		if refusedWhole(err) {
			return p
		}
	}
	return nil
}

// decodeConnect decodes a CONNECT and takes the connection's version from it,
// also from one that is refused: the answer has to be in the client's version.
func (d *Decoder) decodeConnect(h FixedHeader, body []byte) (Packet, error) {
	err := d.connect.Decode(h, body, d.Rules)
	if d.connect.Version.supported() {
		d.Version = d.connect.Version
	}
	return &d.connect, err
}
