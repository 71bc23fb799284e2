package main

import (
	"bytes"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/seed-2c1fe983/mqttwire"
)

// conditions are what a row can ask of a packet beyond its type, version and the
// names of fields. But for the level of a bridge they are about packets that the
// root package accepts.
var conditions = map[string]func(d *disagreement) bool{
	"empty Will Payload":  func(d *disagreement) bool { c := connectOf(d); return c.WillFlag && len(c.Will.Payload) == 0 },
	"empty Password":      func(d *disagreement) bool { c := connectOf(d); return c.Password != nil && len(c.Password) == 0 },
	"unused bits":         hasUnusedBits,
	"strings are missing": lacksStrings,
	"modified UTF-8":      func(d *disagreement) bool { return anyString(d, func(s []byte) bool { return !utf8.Valid(s) }) },
	"null character": func(d *disagreement) bool {
		return anyString(d, func(s []byte) bool { return bytes.IndexByte(s, 0) >= 0 })
	},
	"control characters":      controlsAlone,
	"Subscription Identifier": hasProperty(mqttwire.PropertySubscriptionIdentifier),
	"text in binary data": func(d *disagreement) bool {
		c := connectOf(d)
		return !plainText(c.Password) || !plainText(c.Will.Payload) || hasBinaryProperty(d)
	},
	"Authentication Data alone": func(d *disagreement) bool {
		c, ok := d.got.(*mqttwire.Connack)
		return ok && c.Properties.Has(mqttwire.PropertyAuthenticationData) && !c.Properties.Has(mqttwire.PropertyAuthenticationMethod)
	},
	"U+FFFD": func(d *disagreement) bool {
		return anyString(d, func(s []byte) bool { return bytes.ContainsRune(s, utf8.RuneError) })
	},
	"other characters": func(d *disagreement) bool { return !plainClientID.Match(connectOf(d).ClientID) },
	"code of SUBACK": func(d *disagreement) bool {
		s, ok := d.got.(*mqttwire.Suback)
		return ok && slices.ContainsFunc(slices.Collect(s.ReasonCodes.All()), func(c mqttwire.ReasonCode) bool { return c > 2 && c != 0x80 })
	},
	"0x82 or 0x99": func(d *disagreement) bool {
		c, ok := d.got.(*mqttwire.Connack)
		return ok && (c.ReasonCode == mqttwire.ReasonProtocolError || c.ReasonCode == mqttwire.ReasonPayloadFormatInvalid)
	},
	"0x8C": func(d *disagreement) bool {
		c, ok := d.got.(*mqttwire.Disconnect)
		return ok && c.ReasonCode == mqttwire.ReasonBadAuthenticationMethod
	},
	"codes of UNSUBACK": func(d *disagreement) bool { u, ok := d.got.(*mqttwire.Unsuback); return ok && u.ReasonCodes.Len() > 0 },
	"filter with $": func(d *disagreement) bool {
		switch d.got.(type) {
		case *mqttwire.Subscribe, *mqttwire.Unsubscribe:
			return anyString(d, func(s []byte) bool { return bytes.HasPrefix(s, []byte("$")) })
		}
		return false
	},
	"level of a bridge": func(d *disagreement) bool {
		level, ok := levelOf(d.packet.wire)
		return ok && d.packet.kind() == mqttwire.PacketConnect && level&0x80 != 0
	},
	"0x91": func(d *disagreement) bool {
		p, ok := d.got.(*mqttwire.Puback)
		return ok && p.ReasonCode == mqttwire.ReasonPacketIdentifierInUse
	},
	"0x9F": func(d *disagreement) bool {
		p, ok := d.got.(*mqttwire.Disconnect)
		return ok && p.ReasonCode == mqttwire.ReasonConnectionRateExceeded
	},
	"short last filter": func(d *disagreement) bool {
		u, ok := d.got.(*mqttwire.Unsubscribe)
		last := 0
		if ok {
			for filter := range u.TopicFilters.All() {
				last = 2 + len(filter)
			}
		}
		return ok && last < u.TopicFilters.Len()
	},
	"no content":      func(d *disagreement) bool { return headerOf(d.packet.wire).RemainingLength == 0 },
	"one byte":        func(d *disagreement) bool { return headerOf(d.packet.wire).RemainingLength == 1 },
	"long properties": func(d *disagreement) bool { return longestBlock(d) > 127 },
}

// connectOf is the CONNECT of a disagreement, or an empty one.
func connectOf(d *disagreement) *mqttwire.Connect {
	if c, ok := d.got.(*mqttwire.Connect); ok {
		return c
	}
	return new(mqttwire.Connect)
}

// hasUnusedBits reports whether bits are set that 3.1 does not use, and that a
// later version reserves.
func hasUnusedBits(d *disagreement) bool {
	if d.got == nil || d.version != mqttwire.MQTT31 {
		return false
	}
	flags, want := d.packet.wire[0]&15, byte(0)
	switch p := d.got.(type) {
	case *mqttwire.Publish:
		return p.Dup && p.QoS == mqttwire.QoS0
	case *mqttwire.Connect:
		if connectFlags(d)&1 != 0 || !p.WillFlag && connectFlags(d)&0x38 != 0 {
			return true
		}
	case *mqttwire.Connack:
		if bodyOf(d.packet.wire)[0] != 0 {
			return true
		}
	case *mqttwire.Pubrel, *mqttwire.Unsubscribe:
		want = 2
	case *mqttwire.Subscribe:
		if want = 2; hasHighQoS(d.packet.wire) {
			return true
		}
	case *mqttwire.Suback:
		for code := range p.ReasonCodes.All() {
			if code > 2 {
				return true
			}
		}
	}
	return flags != want
}

// levelOf is the level in a CONNECT, which may be illegal.
func levelOf(wire []byte) (level byte, ok bool) {
	_, n, err := mqttwire.ConsumeFixedHeader(wire)
	if err != nil || n+2 > len(wire) {
		return 0, false
	}
	if n += 2 + int(wire[n])<<8 + int(wire[n+1]); n >= len(wire) {
		return 0, false
	}
	return wire[n], true
}

// bodyOf is what follows the fixed header of a packet that the root package accepts.
func bodyOf(wire []byte) []byte {
	_, n, _ := mqttwire.ConsumeFixedHeader(wire)
	return wire[n:]
}

// connectFlags is the Connect Flags of a CONNECT as they were sent.
func connectFlags(d *disagreement) byte {
	b := bodyOf(d.packet.wire)
	return b[2+int(b[0])<<8+int(b[1])+1]
}

// hasHighQoS reports whether a Requested QoS of a SUBSCRIBE of 3.1 has one of the
// bits that are not used.
func hasHighQoS(wire []byte) bool {
	for b := bodyOf(wire)[2:]; len(b) > 2; {
		size := 2 + int(b[0])<<8 + int(b[1])
		if b[size] > 2 {
			return true
		}
		b = b[size+1:]
	}
	return false
}

// lacksStrings reports whether a CONNECT of 3.1 ends before the strings that its
// flags announce.
func lacksStrings(d *disagreement) bool {
	c, ok := d.got.(*mqttwire.Connect)
	flags := byte(0)
	if ok {
		flags = connectFlags(d)
	}
	return flags&0x80 != 0 && c.UserName == nil || flags&0x40 != 0 && c.Password == nil
}

// controlsAlone reports whether strings have control characters or non-characters,
// and the codec would accept the packet without them.
func controlsAlone(d *disagreement) bool {
	wire := bytes.Clone(d.packet.wire)
	if !anyString(d, hasControl) {
		return false
	}
	anyString(d, func(s []byte) bool {
		prefix := []byte{byte(len(s) >> 8), byte(len(s))}
		wire = bytes.Replace(wire, append(prefix, s...), append(prefix[:2:2], withoutControls(s)...), 1)
		return false
	})
	i := slices.IndexFunc(goPeers, func(p peer) bool { return p.name == d.oracle })
	return i >= 0 && guarded(func() error { _, err := goPeers[i].decode(d.version, wire); return err }) == nil
}

// withoutControls is a string of the same length that has x instead.
func withoutControls(s []byte) (clean []byte) {
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRune(s[i:])
		if c := s[i : i+n]; hasControl(c) {
			clean = append(clean, bytes.Repeat([]byte("x"), n)...)
		} else {
			clean = append(clean, c...)
		}
		i += n
	}
	return clean
}

func hasControl(s []byte) bool {
	return bytes.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) || c&0xFFFE == 0xFFFE || c >= 0xFDD0 && c < 0xFDF0
	})
}

// blocks calls do with every block of properties of a packet.
func blocks(p mqttwire.Packet, do func(mqttwire.Properties)) {
	switch p := p.(type) {
	case *mqttwire.Connect:
		do(p.Properties)
		do(p.Will.Properties)
	case *mqttwire.Connack:
		do(p.Properties)
	case *mqttwire.Publish:
		do(p.Properties)
	case *mqttwire.Puback:
		do(p.Properties)
	case *mqttwire.Pubrec:
		do(p.Properties)
	case *mqttwire.Pubrel:
		do(p.Properties)
	case *mqttwire.Pubcomp:
		do(p.Properties)
	case *mqttwire.Subscribe:
		do(p.Properties)
	case *mqttwire.Suback:
		do(p.Properties)
	case *mqttwire.Unsubscribe:
		do(p.Properties)
	case *mqttwire.Unsuback:
		do(p.Properties)
	case *mqttwire.Disconnect:
		do(p.Properties)
	case *mqttwire.Auth:
		do(p.Properties)
	}
}

// anyString reports whether holds is true of a string of the packet. The Password
// of 3.1 is a string.
func anyString(d *disagreement, holds func([]byte) bool) (found bool) {
	check := func(s []byte) { found = found || holds(s) }
	switch p := d.got.(type) {
	case *mqttwire.Connect:
		check(p.ClientID)
		check(p.Will.Topic)
		check(p.UserName)
		if d.version == mqttwire.MQTT31 {
			check(p.Password)
		}
	case *mqttwire.Publish:
		check(p.TopicName)
	case *mqttwire.Subscribe:
		for filter := range p.Subscriptions.All() {
			check(filter)
		}
	case *mqttwire.Unsubscribe:
		for filter := range p.TopicFilters.All() {
			check(filter)
		}
	}
	if d.got == nil {
		return false
	}
	blocks(d.got, func(block mqttwire.Properties) {
		for id, value := range block.All() {
			if id.Type() == mqttwire.TypeUTF8String {
				check(value.Bytes())
			}
			name, text := value.Pair()
			check(name)
			check(text)
		}
	})
	return found
}

func hasProperty(id mqttwire.PropertyID) func(d *disagreement) bool {
	return func(d *disagreement) (found bool) {
		if d.got != nil {
			blocks(d.got, func(block mqttwire.Properties) { found = found || block.Has(id) })
		}
		return found
	}
}

// plainText reports whether binary data could as well be a string without control
// characters.
func plainText(b []byte) bool {
	return utf8.Valid(b) && !hasControl(b) && !bytes.ContainsRune(b, utf8.RuneError)
}

// plainClientID is the characters that vlapi takes in a Client Identifier.
var plainClientID = regexp.MustCompile(`^[0-9a-zA-Z \-_,.|/]*$`)

// hasBinaryProperty reports whether Binary Data is there that is no plain text.
func hasBinaryProperty(d *disagreement) (found bool) {
	if d.got == nil {
		return false
	}
	blocks(d.got, func(block mqttwire.Properties) {
		for id, value := range block.All() {
			found = found || id.Type() == mqttwire.TypeBinaryData && !plainText(value.Bytes())
		}
	})
	return found
}

func longestBlock(d *disagreement) (longest int) {
	if d.got != nil {
		blocks(d.got, func(block mqttwire.Properties) { longest = max(longest, len(block.Bytes())) })
	}
	return longest
}
