package mqttwire

// AUTH, 5.0 section 3.15. 3.1 and 3.1.1 have no such packet.
//
//	Reason Code    may be left out when it is 0x00 and nothing follows
//	Properties     the Authentication Method among them

// Auth is an AUTH packet: a step of enhanced authentication.
//
// An AUTH without any content means 0x00 Success by section 3.15.2.1, though
// section 3.15.2.2.2 demands an Authentication Method of every AUTH: it is
// accepted unless RejectEmptyAuth is set. In every other form the method has to
// be there.
type Auth struct {
	// ReasonCode is ReasonSuccess (server only), ReasonContinueAuthentication or
	// ReasonReAuthenticate (client only).
	ReasonCode ReasonCode
	// Properties has the Authentication Method. This package never prints the
	// Authentication Data.
	Properties Properties
}

var (
	authMethod     = newField(PacketAuth, "Authentication Method", clauses{"3.15.2.2.2", "", ""})
	authLength     = newField(PacketAuth, "Property Length", clauses{"3.15.2.2.1", "", ""})
	errAuthMethod  = authMethod.breaks(&rules[methodMissing])
	errAuthOneByte = &authLength[truncated]
)

// Type returns PacketAuth.
func (a *Auth) Type() PacketType { return PacketAuth }

// Decode decodes an AUTH; see Packet.
func (a *Auth) Decode(h FixedHeader, body []byte, r Rules) error {
	if !h.isPlain(PacketAuth, len(body), r) {
		if err := h.open(PacketAuth, body, r); err != nil {
			return err
		}
	}
	if len(body) == 1 { // 5.0 section 3.15.2.2.1 has no such form
		return errAuthOneByte
	}
	var e *Error
	if a.ReasonCode, a.Properties, _, e = consumeTail(body, 0, PacketAuth, r); e != nil {
		return e
	}
	if e = a.check(len(body) == 0, r); e != nil {
		return e
	}
	return nil
}

// check checks code and method: 5.0 [MQTT-3.15.2-1], sections 3.15.2.1 and
// 3.15.2.2.2. empty is an AUTH without any content.
func (a *Auth) check(empty bool, r Rules) *Error {
	if e := a.ReasonCode.check(PacketAuth, r); e != nil {
		return e
	}
	if a.Properties.ids&method != 0 || empty && r.Options&RejectEmptyAuth == 0 {
		return nil
	}
	return errAuthMethod
}

// Size is the number of bytes that Append writes.
func (a *Auth) Size(Version) int {
	n := a.length()
	return 1 + sizeVarint(n) + n
}

func (a *Auth) length() int { return sizeTail(a.ReasonCode, a.Properties, tailShort) }

// Append writes the packet to the end of dst, or returns dst and an error.
func (a *Auth) Append(dst []byte, r Rules) ([]byte, error) {
	if e := mayWrite(PacketAuth, a.Properties, r); e != nil {
		return dst, e
	}
	n := a.length()
	if e := a.check(n == 0, r); e != nil {
		return dst, e
	}
	if n > MaxRemainingLength {
		return dst, errTooLarge[PacketAuth]
	}
	b := appendHeader(dst, PacketAuth, 0, n)
	return appendTail(b, a.ReasonCode, a.Properties, tailShort), nil
}

// Clone returns a copy that owns its bytes.
func (a *Auth) Clone() Auth {
	c := *a
	c.Properties = a.Properties.Clone()
	return c
}
