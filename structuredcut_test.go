package mqttwire

import (
	"math/rand"
	"testing"
	"unicode/utf8"
)

// What becomes of a packet whose body ends early.

// cutTo ends the body after n bytes, and works out the verdict.
func (x *attempt) cutTo(n int) bool {
	x.wire = withBody(x.f, x.f.body()[:n])
	x.want = x.f.upTo(n)
	x.refused = x.verdictOnCut(n)
	x.clauses = map[Version]string{MQTT5: "1.2 2.4 3.8.3-2 3.10.3-2", MQTT311: "4.8.0-1 3.8.3-3 3.9.3 3.10.3-2", MQTT31: "2.1 3.8 3.9 3.10"}[x.v]
	switch {
	case x.t == PacketPublish:
		x.clauses += " 3.3.2.3.2"
	case x.t == PacketAuth:
		x.clauses += " 3.15.2-1 3.15.2.2.2"
	case x.t == PacketConnack: // which may look like an older server's
		x.clauses += " 3.1.2-2"
	}
	return true
}

// upTo is f without the pieces that are not whole in the first n bytes of the body,
// but for the payload of a PUBLISH, of which a part is a payload too.
func (f *form) upTo(n int) *form {
	g := f.clone()
	g.pieces = nil
	for _, p := range f.pieces {
		size := len(p.bytes())
		switch {
		case size <= n:
			g.pieces = append(g.pieces, p)
		case p.kind == piecePayload:
			p.b = p.b[:max(n, 0)]
			g.pieces = append(g.pieces, p)
		}
		n -= size
	}
	if len(g.pieces) < len(f.pieces) && PacketType(f.first>>4) == PacketConnect { // then only of 3.1, and without the flags
		flags := g.find(pieceConnectFlags)
		if flags != nil {
			gone := byte(0)
			if g.find(pieceUserName) == nil {
				gone |= 0x80
			}
			if g.find(piecePassword) == nil {
				gone |= 0x40
			}
			flags.b = []byte{flags.b[0] &^ gone}
		}
	}
	return g
}

// verdictOnCut is why a packet whose body ends after n bytes is refused, nil if it
// is not.
func (x *attempt) verdictOnCut(n int) []verdict {
	truncated := []verdict{malformed(ErrTruncated)}
	whole, at := x.want.pieces, 0 // at: the end of the last piece that is whole
	for i := range whole {
		at += len(whole[i].bytes())
	}
	between := at == n // two pieces
	v5, has := x.v == MQTT5, func(kind pieceKind) bool { return x.want.find(kind) != nil }
	switch x.t {
	case PacketConnect: // 3.1 section 3.1: the Remaining Length comes before the flags
		willIsThere := x.f.find(pieceWillTopic) == nil || has(pieceWillPayload)
		if x.v == MQTT31 && between && has(pieceClientID) && willIsThere {
			return nil
		}
	case PacketConnack:
		if code := x.f.find(pieceReason).b[0]; v5 && n == 2 && x.f.find(pieceAckFlags).b[0] == 0 && code >= 1 && code <= 5 {
			x.want = nil
			return []verdict{unsupported}
		}
	case PacketPublish:
		switch {
		case n < x.payloadStart():
		case x.r.Options&RejectInvalidPayload != 0 && x.promisesText(pieceBlock) && !utf8.Valid(x.want.find(piecePayload).b):
			return []verdict{notText}
		default:
			return nil
		}
	case PacketPuback, PacketPubrec, PacketPubrel, PacketPubcomp: // 5.0 sections 3.4.2.1, 3.4.2.2.1
		if v5 && (n == 2 || n == 3) {
			return nil
		}
	case PacketDisconnect: // 5.0 sections 3.14.2.1, 3.14.2.2.1
		if v5 && (n == 0 || n == 1) {
			return nil
		}
	case PacketAuth: // 5.0 section 3.15.2.1, against 3.15.2.2.2
		switch {
		case n > 0:
		case !x.mayHave(0) && x.r.Options&AllowUnknownReasonCodes == 0:
			return []verdict{protocolError(ErrReasonCode), protocolError(ErrMethodMissing)}
		case x.r.Options&RejectEmptyAuth != 0:
			return []verdict{protocolError(ErrMethodMissing)}
		default:
			return nil
		}
	case PacketSubscribe, PacketUnsubscribe, PacketSuback, PacketUnsuback:
		return x.verdictOnCutList(between)
	}
	return truncated
}

// verdictOnCutList: a list may end after each entry but not before the first.
func (x *attempt) verdictOnCutList(between bool) []verdict {
	truncated := []verdict{malformed(ErrTruncated)}
	before := 1 // pieces before the list
	if x.v == MQTT5 {
		before = 2
	}
	last := len(x.want.pieces) - 1
	switch {
	case !between || last < before-1:
		return truncated
	case last == before-1:
		if x.t == PacketUnsuback && x.v != MQTT5 {
			return nil
		}
		return []verdict{protocolError(ErrEmptyList)}
	case x.t == PacketSubscribe && x.want.pieces[last].kind == pieceFilter:
		return truncated
	}
	return nil
}

// payloadStart is where the payload of a PUBLISH begins in the body.
func (x *attempt) payloadStart() (n int) {
	for i := range x.f.pieces {
		if x.f.pieces[i].kind == piecePayload {
			break
		}
		n += len(x.f.pieces[i].bytes())
	}
	return n
}

// promisesText reports whether the Payload Format Indicator of a block says UTF-8.
func (x *attempt) promisesText(block pieceKind) bool {
	if p := x.f.find(block); p != nil {
		for _, property := range p.props {
			if property.id[0] == byte(PropertyPayloadFormatIndicator) && len(property.id) == 1 {
				return property.value[0] == 1
			}
		}
	}
	return false
}

// TestVerdictsOnEveryCut ends packets of every kind after each of their bytes.
func TestVerdictsOnEveryCut(t *testing.T) {
	const seed = 19991999
	each := 2
	if testing.Short() {
		each = 1
	}
	row := &mutation{name: "body cut"}
	for i, k := range packetKinds() {
		m := newMaker(seed+int64(i), Rules{Version: k.v, Sender: k.from})
		random := rand.New(rand.NewSource(seed))
		for j := range each {
			m.Options = []Options{AllOptions, 0}[j]
			x := newAttempt(t, k, m, random)
			x.row = row
			for n := range min(len(x.f.body()), 200) {
				x.cutTo(n)
				for _, c := range x.cases() {
					x.checkWhole(t, x.packet(), c)
				}
			}
		}
	}
}
