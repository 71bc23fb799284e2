package mqttwire

// The fixed header, 5.0 section 2.1, 3.1.1 section 2.2, 3.1 section 2.1:
//
//	byte 1     7 6 5 4 packet type   3 2 1 0 flags
//	byte 2-5   Remaining Length, a Variable Byte Integer

// MaxRemainingLength is the largest Remaining Length, in bytes.
const MaxRemainingLength = maxVarint

// MaxPacketSize is the size in bytes of the largest packet there can be, fixed
// header included.
const MaxPacketSize = 5 + MaxRemainingLength

// fitsTogether reports whether two lengths, of which only the first is known to
// be sane, make up a Remaining Length. Their sum need not fit into an int.
func fitsTogether(n, more int) bool {
	return uint(more) <= MaxRemainingLength && n <= MaxRemainingLength-more
}

// FixedHeader is the first two to five bytes of every packet.
type FixedHeader struct {
	Type            PacketType // 1 to 15
	Flags           uint8      // the low four bits of byte 1
	RemainingLength int        // the bytes that follow the fixed header, 0 to MaxRemainingLength

	overlong bool // Remaining Length took more bytes than it needs
}

// ConsumeFixedHeader reads the fixed header that b begins with; n is the number
// of bytes it took, and n + h.RemainingLength is the size of the packet. There
// are three outcomes: a header; ErrIncomplete when b ends inside it; an *Error
// when there can be no such header in any version. What depends on the version
// is checked by Decode, which can be asked ahead of the body with Check.
func ConsumeFixedHeader(b []byte) (h FixedHeader, n int, err error) {
	if h, ok := shortHeader(b); ok {
		return h, 2, nil
	}
	if len(b) > 0 && b[0]>>4 == 0 { // 5.0 section 2.1.2, 3.1.1 section 2.2.1: forbidden
		return h, 0, errPacketType[0]
	}
	if len(b) < 2 {
		return h, 0, ErrIncomplete
	}
	h.Type, h.Flags = PacketType(b[0]>>4), b[0]&0x0F
	if len(b) > 2 && b[1] >= 0x80 && b[2]-1 < 0x7F { // up to 16 KiB, in the shortest form
		h.RemainingLength = int(b[1]&0x7F) | int(b[2])<<7
		return h, 3, nil
	}
	v, n := consumeLongVarint(b[1:])
	if n <= 0 {
		if n == 0 {
			return h, 0, ErrIncomplete
		}
		return h, 0, errRemainingLength[h.Type] // 5.0 section 1.5.5, 3.1.1 section 2.2.3
	}
	h.RemainingLength, h.overlong = int(v), isOverlong(b[1:], n)
	return h, 1 + n, nil
}

// shortHeader reads a fixed header of two bytes, which nearly all are.
func shortHeader(b []byte) (h FixedHeader, ok bool) {
	if len(b) < 2 || b[1] >= 0x80 || b[0] < 0x10 {
		return h, false
	}
	return FixedHeader{Type: PacketType(b[0] >> 4), Flags: b[0] & 0x0F, RemainingLength: int(b[1])}, true
}

// Append writes the fixed header to the end of dst. It returns dst as it was,
// and an error, when a field is outside its range.
func (h FixedHeader) Append(dst []byte) ([]byte, error) {
	switch {
	case h.Type-1 > PacketAuth-1:
		return dst, errPacketType[0]
	case h.Flags > 0x0F:
		return dst, errFlags[h.Type]
	case h.RemainingLength < 0 || h.RemainingLength > MaxRemainingLength:
		return dst, errTooLarge[h.Type]
	}
	return appendVarint(append(dst, byte(h.Type)<<4|h.Flags), uint32(h.RemainingLength)), nil
}

// appendHeader writes a fixed header, and makes room for length bytes behind it.
func appendHeader(dst []byte, t PacketType, flags uint8, length int) []byte {
	dst = grow(dst, 1+sizeVarint(length)+length)
	return appendVarint(append(dst, byte(t)<<4|flags), uint32(length))
}

var (
	errPacketType      = perPacket(&rules[badType], "Control Packet type", [16]clauses{})
	errFlags           = perPacket(&rules[badFlags], "Fixed Header flags", flagClauses)
	errRemainingLength = perPacket(&rules[integerLong], "Remaining Length", [16]clauses{})
	errOverlongLength  = perPacket(&rules[overlong], "Remaining Length", [16]clauses{})
	errTooLarge        = perPacket(&rules[tooLarge], "Remaining Length", filled(clauses{"2.1.4", "2.2.3", "2.1"}, [16]clauses{}))
	errTooLargeForIt   = [3][16]*Error{ // by sender
		AnySender: perPacket(&rules[tooLarge], "", filled(clauses{"3.1.2-24", "2.2.3", "2.1"}, [16]clauses{})),
		Client:    perPacket(&rules[tooLarge], "", filled(clauses{"3.2.2-15", "2.2.3", "2.1"}, [16]clauses{})),
		Server:    perPacket(&rules[tooLarge], "", filled(clauses{"3.1.2-24", "2.2.3", "2.1"}, [16]clauses{})),
	}
	errWrongSender = perPacket(&rules[wrongSender], "", [16]clauses{})
	errShort       = perPacket(&rules[truncated], "Remaining Length", [16]clauses{})
	errTrailing    = perPacket(&rules[trailing], "Remaining Length", trailingClauses)
	errNoVersion   = perPacket(&rule{"has to be 3, 4 or 5 to read or write this packet", ReasonUnsupportedProtocolVersion, 0,
		clauses{"3.1.2-2", "3.1.2-2", "3.1"}}, "Rules.Version", [16]clauses{})
	errNotConnect = perPacket(&rule{"the first packet of a connection is not a CONNECT", ReasonProtocolError, 0,
		clauses{"3.1.0-1", "3.1.0-1", "3.1"}}, "", [16]clauses{})

	publishFlags = newField(PacketPublish, "Fixed Header flags", clauses{})
	errQoS3      = publishFlags.breaks(&rule{"QoS is 3", ReasonMalformedPacket, 0, clauses{"3.3.1-4", "3.3.1-4", "2.1"}})
	errDupQoS0   = publishFlags.breaks(&rule{"DUP is set at QoS 0", ReasonMalformedPacket, 0, clauses{"3.3.1-2", "3.3.1-2", ""}})
)

// flagClauses and trailingClauses say it of all packets where none says it of
// its own.
var (
	flagClauses = filled(clauses{"2.1.3-1", "2.2.2-2", "2.1"}, [16]clauses{
		PacketPubrel:      {"3.6.1-1", "3.6.1-1", "3.6"},
		PacketSubscribe:   {"3.8.1-1", "3.8.1-1", "3.8"},
		PacketUnsubscribe: {"3.10.1-1", "3.10.1-1", "3.10"},
		PacketDisconnect:  {"3.14.1-1", "3.14.1-1", "3.14"},
		PacketAuth:        {"3.15.1-1", "", ""},
	})
	trailingClauses = filled(clauses{"1.2", "4.8.0-1", "2.1"}, [16]clauses{
		PacketPingreq:  {"3.12.1", "3.12.1", "3.12"},
		PacketPingresp: {"3.13.1", "3.13.1", "3.13"},
	})
)

// filled puts c wherever all is empty.
func filled(c clauses, all [16]clauses) [16]clauses {
	for t := range all {
		if all[t] == (clauses{}) {
			all[t] = c
		}
	}
	return all
}

// Check holds the fixed header alone against r: packet type, flags, direction,
// and the Remaining Length of packets that have only one. A reader that calls
// it before it has the body need not wait for bytes that it will refuse. The
// flags of a CONNECT are checked only if r.Version is not 0.
func (h FixedHeader) Check(r Rules) error {
	if h.Type == PacketConnect && r.Version == 0 {
		if r.Sender == Server {
			return errWrongSender[PacketConnect]
		}
		return nil
	}
	if err := h.check(r); err != nil {
		return err
	}
	return nil
}

func (h FixedHeader) check(r Rules) *Error {
	t := h.Type & 0x0F
	switch {
	case !r.Version.supported():
		return errNoVersion[t]
	case h.Type-1 > PacketAuth-1, t == PacketAuth && r.Version != MQTT5:
		// 5.0 section 2.1.2, 3.1.1 section 2.2.1: type 0, and 15 before 5.0
		return errPacketType[t]
	case h.overlong && r.Version == MQTT5 && r.Options&AllowOverlongIntegers == 0:
		return errOverlongLength[t] // 5.0 [MQTT-1.5.5-1]
	case t == PacketPublish:
		return h.checkPublish(r)
	}
	row := &packetTable[t]
	if h.Flags != row.flags && !h.flagsForgiven(r) {
		return errFlags[t] // 5.0 [MQTT-2.1.3-1], 3.1.1 [MQTT-2.2.2-1]
	}
	if r.Sender != AnySender && !t.SentBy(r.Sender, r.Version) {
		return errWrongSender[t] // 5.0 section 2.1.2, 3.1.1 section 2.2.1
	}
	only := row.length3
	if r.Version == MQTT5 {
		only = row.length5
	}
	switch {
	case only < 0 || h.RemainingLength == int(only):
		return nil
	case h.RemainingLength < int(only):
		return errShort[t]
	}
	return errTrailing[t] // 5.0 sections 3.12.1, 3.13.1; 3.1.1 sections 3.2 to 3.14
}

// checkPublish checks the flags of a PUBLISH.
func (h FixedHeader) checkPublish(r Rules) *Error {
	switch {
	case h.Flags > 0x0F: // not from a wire
		return errFlags[PacketPublish]
	case r.Sender > Server: // nobody
		return errWrongSender[PacketPublish]
	case h.Flags&0b0110 == 0b0110:
		return errQoS3 // 5.0 [MQTT-3.3.1-4], 3.1.1 [MQTT-3.3.1-4], 3.1 section 2.1
	case h.Flags&0b1110 == 0b1000 && r.Version != MQTT31 && r.Options&AllowDupQoS0 == 0:
		return errDupQoS0 // 5.0 [MQTT-3.3.1-2], 3.1.1 [MQTT-3.3.1-2]; 3.1 is silent
	}
	return nil
}

// flagsForgiven reports whether flags that are not the type's own pass all the
// same. 3.1 leaves them undefined where it has no use for them, and uses DUP and
// QoS 1, never QoS 0, in PUBREL, SUBSCRIBE and UNSUBSCRIBE.
func (h FixedHeader) flagsForgiven(r Rules) bool {
	want := packetTable[h.Type].flags
	if r.Version == MQTT31 && (want == 0 || h.Flags&0b0110 == want) {
		return true
	}
	return r.Options&AllowAckFlags != 0 && isAck[h.Type]
}

// isAck marks the packets that AllowAckFlags is for.
var isAck = [16]bool{
	PacketPuback: true, PacketPubrec: true, PacketPubrel: true, PacketPubcomp: true,
	PacketSuback: true, PacketUnsuback: true,
}

// open checks header and length of the body for a packet of type t: what every
// Decode does that has found the header not to be plain.
//
//go:noinline
func (h FixedHeader) open(t PacketType, body []byte, r Rules) error {
	if h.Type != t {
		return errPacketType[h.Type&0x0F]
	}
	if e := h.check(r); e != nil {
		return e
	}
	return h.fits(body)
}

// isPlain reports whether the header is as nearly every header of type t, which is
// not PUBLISH, is before a body of n bytes. If not, check tells whether that
// matters.
func (h FixedHeader) isPlain(t PacketType, n int, r Rules) bool {
	row := &plainHeaders[t&15]
	from := row.any
	if n == row.length {
		from = row.only
	}
	return h.Type == t && h.Flags == row.flags && h.RemainingLength == n && !h.overlong &&
		r.Sender <= Server && from>>fromBit(r.Version, r.Sender)&1 == 1
}

// fits checks that body is what the header announces.
func (h FixedHeader) fits(body []byte) error {
	switch {
	case len(body) < h.RemainingLength:
		return ErrIncomplete
	case len(body) > h.RemainingLength:
		return errTrailing[h.Type&0x0F]
	}
	return nil
}
