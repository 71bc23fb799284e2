package mqttwire

import "encoding/binary"

// A form is a packet as its fields, in the order of the wire. A mutation changes
// some, and bytes puts them together with lengths that fit again, so that nothing
// is broken but what the mutation breaks.
//
// Forms share the bytes of their pieces: a mutation puts new bytes in place of
// the old ones and never writes into them.
type form struct {
	first  byte   // the first byte of the packet
	length []byte // in place of its Remaining Length
	pieces []piece
}

// A piece is a field of a packet: its value without its length, or a block of
// properties.
type piece struct {
	kind   pieceKind
	b      []byte
	props  []prop
	length []byte // in place of its length
}

type pieceKind uint8

const (
	pieceName pieceKind = iota
	pieceLevel
	pieceConnectFlags
	pieceKeepAlive
	pieceBlock
	pieceClientID
	pieceWillBlock
	pieceWillTopic
	pieceWillPayload
	pieceUserName
	piecePassword
	pieceAckFlags
	pieceReason
	pieceTopic
	piecePacketID
	piecePayload
	pieceFilter
	pieceOptions
)

// hasLength marks the pieces that a two-byte length precedes.
var hasLength = [32]bool{pieceName: true, pieceClientID: true, pieceWillTopic: true, pieceWillPayload: true,
	pieceUserName: true, piecePassword: true, pieceTopic: true, pieceFilter: true}

// A prop is a property on the wire: its identifier, which is mostly one byte, and
// its value.
type prop struct{ id, value []byte }

func (p *piece) isBlock() bool { return p.kind == pieceBlock || p.kind == pieceWillBlock }

// content is the piece without its length.
func (p *piece) content() []byte {
	if !p.isBlock() {
		return p.b
	}
	var b []byte
	for _, property := range p.props {
		b = append(append(b, property.id...), property.value...)
	}
	return b
}

// bytes is the piece on the wire.
func (p *piece) bytes() []byte {
	content := p.content()
	switch {
	case p.length != nil:
		return append(append([]byte(nil), p.length...), content...)
	case p.isBlock():
		return append(appendVarint(nil, uint32(len(content))), content...)
	case hasLength[p.kind]:
		return append([]byte{byte(len(content) >> 8), byte(len(content))}, content...)
	}
	return content
}

// body is the packet without its fixed header.
func (f *form) body() (b []byte) {
	for i := range f.pieces {
		b = append(b, f.pieces[i].bytes()...)
	}
	return b
}

// bytes is the packet on the wire.
func (f *form) bytes() []byte {
	body := f.body()
	if f.length != nil {
		return append(append([]byte{f.first}, f.length...), body...)
	}
	return append(appendVarint([]byte{f.first}, uint32(len(body))), body...)
}

// values is what the packet says, to compare with what another says. A reason code
// of 0 and an empty block are what they are taken for where they are left out.
func (f *form) values() string {
	b := []byte{f.first & 0xF0}
	if PacketType(f.first>>4) == PacketPublish {
		b[0] = f.first
	}
	for i := range f.pieces {
		p := &f.pieces[i]
		content := p.content()
		if p.isBlock() && len(content) == 0 || p.kind == pieceReason && p.b[0] == 0 && PacketType(f.first>>4) != PacketSuback && PacketType(f.first>>4) != PacketUnsuback {
			continue
		}
		b = append(append(b, byte(p.kind)), content...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(content)))
	}
	return string(b)
}

// clone is a copy that can be changed without changing f.
func (f *form) clone() *form {
	g := *f
	g.pieces = append([]piece(nil), f.pieces...)
	for i := range g.pieces {
		g.pieces[i].props = append([]prop(nil), g.pieces[i].props...)
	}
	return &g
}

// find returns the first piece of that kind, or nil.
func (f *form) find(kind pieceKind) *piece {
	for i := range f.pieces {
		if f.pieces[i].kind == kind {
			return &f.pieces[i]
		}
	}
	return nil
}

// drop removes all pieces of these kinds.
func (f *form) drop(kinds ...pieceKind) {
	var kept []piece
	for _, p := range f.pieces {
		dropped := false
		for _, kind := range kinds {
			dropped = dropped || p.kind == kind
		}
		if !dropped {
			kept = append(kept, p)
		}
	}
	f.pieces = kept
}

func (f *form) add(kind pieceKind, b []byte) { f.pieces = append(f.pieces, piece{kind: kind, b: b}) }

func (f *form) byte(kind pieceKind, b byte) { f.add(kind, []byte{b}) }

func (f *form) uint16(kind pieceKind, n uint16) { f.add(kind, []byte{byte(n >> 8), byte(n)}) }

// block adds the properties of a packet, which only 5.0 has.
func (f *form) block(kind pieceKind, p Properties, v Version) {
	if v != MQTT5 {
		return
	}
	var props []prop
	for id, value := range p.All() {
		props = append(props, newProp(byte(id), valueOf(value)))
	}
	f.pieces = append(f.pieces, piece{kind: kind, props: props})
}

// formOf is the form of p in version v, in the shortest of its forms.
func formOf(p Packet, v Version) *form {
	f := &form{first: byte(p.Type()) << 4}
	switch p := p.(type) {
	case *Connect:
		f.connect(p, v)
	case *Connack:
		f.byte(pieceAckFlags, oneIf(p.SessionPresent))
		f.byte(pieceReason, byte(p.ReasonCode))
		f.block(pieceBlock, p.Properties, v)
	case *Publish:
		f.first |= oneIf(p.Dup)<<3 | byte(p.QoS)<<1 | oneIf(p.Retain)
		f.add(pieceTopic, p.TopicName)
		if p.QoS > 0 {
			f.uint16(piecePacketID, p.PacketID)
		}
		f.block(pieceBlock, p.Properties, v)
		f.add(piecePayload, p.Payload)
	case *Puback:
		f.ack(p.PacketID, p.ReasonCode, p.Properties, v)
	case *Pubrec:
		f.ack(p.PacketID, p.ReasonCode, p.Properties, v)
	case *Pubrel:
		f.first |= 2
		f.ack(p.PacketID, p.ReasonCode, p.Properties, v)
	case *Pubcomp:
		f.ack(p.PacketID, p.ReasonCode, p.Properties, v)
	case *Subscribe:
		f.first |= 2
		f.uint16(piecePacketID, p.PacketID)
		f.block(pieceBlock, p.Properties, v)
		for filter, o := range p.Subscriptions.All() {
			f.add(pieceFilter, filter)
			f.byte(pieceOptions, byte(o))
		}
	case *Unsubscribe:
		f.first |= 2
		f.uint16(piecePacketID, p.PacketID)
		f.block(pieceBlock, p.Properties, v)
		for filter := range p.TopicFilters.All() {
			f.add(pieceFilter, filter)
		}
	case *Suback:
		f.codes(p.PacketID, p.Properties, p.ReasonCodes, v)
	case *Unsuback:
		f.codes(p.PacketID, p.Properties, p.ReasonCodes, v)
	case *Disconnect:
		f.tail(p.ReasonCode, p.Properties, v)
	case *Auth:
		f.tail(p.ReasonCode, p.Properties, v)
	}
	return f
}

func oneIf(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func (f *form) connect(c *Connect, v Version) {
	name := "MQTT"
	if v == MQTT31 {
		name = "MQIsdp"
	}
	f.add(pieceName, []byte(name))
	f.byte(pieceLevel, byte(v)|oneIf(c.Bridge)<<7)
	f.byte(pieceConnectFlags, oneIf(c.UserName != nil)<<7|oneIf(c.Password != nil)<<6|oneIf(c.Will.Retain)<<5|
		byte(c.Will.QoS)<<3|oneIf(c.WillFlag)<<2|oneIf(c.CleanStart)<<1)
	f.uint16(pieceKeepAlive, c.KeepAlive)
	f.block(pieceBlock, c.Properties, v)
	f.add(pieceClientID, c.ClientID)
	if c.WillFlag {
		f.block(pieceWillBlock, c.Will.Properties, v)
		f.add(pieceWillTopic, c.Will.Topic)
		f.add(pieceWillPayload, c.Will.Payload)
	}
	if c.UserName != nil {
		f.add(pieceUserName, c.UserName)
	}
	if c.Password != nil {
		f.add(piecePassword, c.Password)
	}
}

func (f *form) ack(id uint16, c ReasonCode, p Properties, v Version) {
	f.uint16(piecePacketID, id)
	f.tail(c, p, v)
}

// tail adds what 5.0 leaves out where it says nothing.
func (f *form) tail(c ReasonCode, p Properties, v Version) {
	if v == MQTT5 && (c != 0 || len(p.Bytes()) > 0) {
		f.byte(pieceReason, byte(c))
	}
	if len(p.Bytes()) > 0 {
		f.block(pieceBlock, p, v)
	}
}

func (f *form) codes(id uint16, p Properties, codes ReasonCodes, v Version) {
	f.uint16(piecePacketID, id)
	f.block(pieceBlock, p, v)
	for c := range codes.All() {
		f.byte(pieceReason, byte(c))
	}
}
