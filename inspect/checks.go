package inspect

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

// The checks that the tables name. Those of strings are in textchecks.go.

// fine is what a check returns when nothing is wrong.
var fine fault

func be(want uint64) check {
	return func(_ *scan, n *Node) fault {
		if n.Number == want {
			return fine
		}
		if n.Mask != 0 && n.Mask&(n.Mask-1) != 0 { // several bits: show them
			width := strings.Count(strconv.FormatUint(uint64(n.Mask), 2), "1")
			return n.wrong("is %0*b, must be %0*b", width, n.Number, width, want)
		}
		return n.wrong("is %d, must be %d", n.Number, want)
	}
}

func atMost(limit uint64) check {
	return func(_ *scan, n *Node) fault {
		switch {
		case n.Number <= limit:
			return fine
		case limit == 1:
			return n.wrong("is %d, must be 0 or 1", n.Number)
		}
		return n.wrong("is %d, must be 0 to %d", n.Number, limit)
	}
}

func notZero(_ *scan, n *Node) fault {
	if n.Number != 0 {
		return fine
	}
	return n.wrong("is 0, must be 1 or more")
}

// by makes a check that is for packets of one sender only; one that is not known
// counts as a client.
func by(sender mqttwire.Sender, c check) check {
	return func(s *scan, n *Node) fault {
		if (s.rules.Sender == mqttwire.Server) != (sender == mqttwire.Server) {
			return fine
		}
		return c(s, n)
	}
}

// The fixed header.

func packetTypeExists(s *scan, n *Node) fault {
	switch {
	case n.Number == 0:
		return n.wrong("is 0, which is reserved")
	case n.Number == uint64(mqttwire.PacketAuth) && mqtt3.has(s.version):
		return n.wrong("is 15, which is reserved")
	}
	return fine
}

func packetOfSender(s *scan, n *Node) fault {
	t := mqttwire.PacketType(n.Number)
	if !t.SentBy(mqttwire.AnySender, s.version) || t.SentBy(s.rules.Sender, s.version) {
		return fine
	}
	return n.wrong("is %s, which a %s never sends", t, s.rules.Sender)
}

func connectFirst(s *scan, n *Node) fault {
	if s.version != 0 || s.kind == 0 || s.kind == mqttwire.PacketConnect {
		return fine
	}
	return n.wrong("is %s, but the first packet must be CONNECT", s.kind)
}

// CONNECT and CONNACK.

// The protocol names, of 3.1 and since.
const (
	oldName     = "MQIsdp"
	currentName = "MQTT"
)

func nameIsMQTT(_ *scan, n *Node) fault {
	if name := string(n.Bytes); name == oldName || name == currentName {
		return fine
	}
	return n.wrong("is %s, must be %q", quoteShort(n.Bytes), currentName)
}

func nameOfLevel(s *scan, n *Node) fault {
	name, want := string(n.Bytes), currentName
	if s.version == mqttwire.MQTT31 {
		want = oldName
	}
	if name == want || name != oldName && name != currentName {
		return fine
	}
	return n.wrong("is %q, but level %d has %q", name, s.level, want)
}

func protocolLevel(s *scan, n *Node) fault {
	v := mqttwire.Version(n.Number)
	switch bridge := v&0x80 != 0; {
	case bridge && (v == 0x80|mqttwire.MQTT31 || v == 0x80|mqttwire.MQTT311):
		if s.rules.Options&mqttwire.AllowBridgeLevel == 0 {
			return n.wrong("is 0x%02X, the private level of a bridge, must be %d", n.Number, v&0x7F)
		}
		v &= 0x7F
	case !supported(v):
		return n.wrong("is %d, must be 3, 4 or 5", n.Number)
	}
	if want := s.rules.Version; want != 0 && v != want {
		return n.wrong("is %d (MQTT %s), but MQTT %s was expected", n.Number, v, want)
	}
	return fine
}

func userNameToo(s *scan, n *Node) fault {
	if n.Number == 0 || s.value("mqtt.conflag.uname") == 1 {
		return fine
	}
	return n.wrong("is 1, must be 0 while the User Name Flag is 0")
}

func zeroWithoutWill(s *scan, n *Node) fault {
	if n.Number == 0 || s.value("mqtt.conflag.willflag") == 1 {
		return fine
	}
	return n.wrong("is %d, must be 0 while the Will Flag is 0", n.Number)
}

func willQoS(s *scan, n *Node) fault {
	if s.value("mqtt.conflag.willflag") == 0 {
		return fine
	}
	return atMost(2)(s, n)
}

func cleanIfEmpty(s *scan, n *Node) fault {
	if len(n.Bytes) > 0 || s.value("mqtt.conflag.cleansess") == 1 {
		return fine
	}
	return n.empty("is empty, which it may be only with Clean Session 1")
}

func atMost23(_ *scan, n *Node) fault {
	if count := characters(n.Bytes); count > 23 {
		return n.wrong("has %d characters, must have 1 to 23", count)
	}
	return fine
}

func noSessionPresent(s *scan, n *Node) fault {
	flag := s.last("mqtt.conack.flags.sp")
	if flag.Number == 0 || n.Number == 0 {
		return fine
	}
	return flag.wrong("is 1, must be 0 beside the code 0x%02X", n.Number)
}

func fromOlder(s *scan, n *Node) fault {
	return n.wrong("is that of an older version, 0x%02X %s: the server does not speak 5.0", n.Number, codeMeaning(s, n.Number))
}

// PUBLISH and SUBSCRIBE.

func zeroAtQoS0(s *scan, n *Node) fault {
	if n.Number == 0 || s.value("mqtt.qos") != 0 {
		return fine
	}
	return n.wrong("is 1, must be 0 at QoS 0")
}

func topicOrAlias(s *scan, _ *Node) fault {
	topic := s.last("mqtt.topic")
	if len(topic.Bytes) > 0 || s.property(mqttwire.PacketPublish, mqttwire.PropertyTopicAlias) != nil {
		return fine
	}
	return topic.empty("is empty, and there is no Topic Alias")
}

func highBitsZero(_ *scan, n *Node) fault {
	if n.Number&^3 != 0 {
		return n.wrong("is 0x%02X, bits 7 to 2 must be 0", n.Number)
	}
	return fine
}

func qosInLowBits(_ *scan, n *Node) fault {
	if n.Number&3 == 3 {
		return n.wrong("has 3 in bits 1 and 0, must have 0 to 2")
	}
	return fine
}

func notIfShared(s *scan, n *Node) fault {
	filter := s.last("mqtt.topic")
	if n.Number == 0 || !bytes.HasPrefix(filter.Bytes, []byte(sharePrefix)) {
		return fine
	}
	return n.wrong("is 1, must be 0 for a Shared Subscription")
}

func notEmptyList(_ *scan, n *Node) fault {
	if len(n.Children) > 0 {
		return fine
	}
	return n.wrong("are missing, there must be at least one")
}

// Reason codes and return codes.

func knownCode(v5, v311, v31 string) rule {
	return must(codeKnown, protocolError, v5, v311, v31).unless(mqttwire.AllowUnknownReasonCodes)
}

func codeKnown(s *scan, n *Node) fault {
	code := mqttwire.ReasonCode(n.Number)
	switch {
	case hasCode(s, code):
		return fine
	case s.version == mqttwire.MQTT5 && code.AllowedIn(s.kind, mqttwire.AnySender):
		return n.wrong("is 0x%02X %s, which a %s must not send", n.Number, code.Name(s.kind), s.rules.Sender)
	}
	return n.wrong("is 0x%02X, which %s does not have", n.Number, withArticle(s.kind))
}

// withArticle is the name of a packet type with its article.
func withArticle(t mqttwire.PacketType) string {
	name := t.String()
	if strings.ContainsRune("AU", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

// hasCode reports whether a packet of this type, version and sender has the code.
func hasCode(s *scan, code mqttwire.ReasonCode) bool {
	switch {
	case s.version == mqttwire.MQTT5 && !s.kind.SentBy(s.rules.Sender, s.version):
		return code.AllowedIn(s.kind, mqttwire.AnySender) // that it is the wrong sender's has been told
	case s.version == mqttwire.MQTT5:
		return code.AllowedIn(s.kind, s.rules.Sender)
	case s.kind == mqttwire.PacketConnack:
		return code <= mqttwire.ReturnNotAuthorized
	case s.version == mqttwire.MQTT311:
		return code <= mqttwire.ReasonGrantedQoS2 || code == mqttwire.ReturnFailure
	}
	return code&3 != 3 // 3.1 section 3.9: bits 7 to 2 are reserved, and nothing is said of their values
}

// Properties.

func propertyAssigned(_ *scan, n *Node) fault {
	if n.Number <= 0xFF && mqttwire.PropertyID(n.Number).Type() != 0 {
		return fine
	}
	return n.wrong("is 0x%02X, which is no property", n.Number)
}

func propertyAllowed(s *scan, n *Node) fault {
	id := mqttwire.PropertyID(n.Number)
	if propertyAssigned(s, n) != fine || allowedIn(s.block, id, mqttwire.AnySender) {
		return fine
	}
	return n.wrong("is 0x%02X %s, which is no property of %s", n.Number, id, blockName(s.block))
}

func propertyOfSender(t mqttwire.PacketType) check {
	return func(s *scan, n *Node) fault {
		id := mqttwire.PropertyID(n.Number)
		if s.block != t || !id.AllowedIn(t, mqttwire.AnySender) || id.AllowedIn(t, s.rules.Sender) {
			return fine
		}
		return n.wrong("is 0x%02X %s, which a %s must not send in a %s", n.Number, id, s.rules.Sender, t)
	}
}

func propertyOnce(s *scan, n *Node) fault {
	id := mqttwire.PropertyID(n.Number)
	before := s.property(s.block, id)
	if before == nil || !allowedIn(s.block, id, mqttwire.AnySender) || id.Repeatable(s.block) {
		return fine
	}
	return n.wrong("is 0x%02X %s for the second time, the first is at byte %d", n.Number, id, before.Offset)
}

func allowedIn(block mqttwire.PacketType, id mqttwire.PropertyID, sender mqttwire.Sender) bool {
	if block == willBlock {
		return id.AllowedInWill()
	}
	return id.AllowedIn(block, sender)
}

func blockName(block mqttwire.PacketType) string {
	if block == willBlock {
		return "a Will"
	}
	return block.String()
}

func dataNeedsMethod(s *scan, _ *Node) fault {
	data := s.property(mqttwire.PacketConnect, mqttwire.PropertyAuthenticationData)
	if data == nil || s.property(mqttwire.PacketConnect, mqttwire.PropertyAuthenticationMethod) != nil {
		return fine
	}
	return data.wrong("is there, and there is no Authentication Method")
}

func methodIfSent(s *scan, n *Node) fault {
	if n.Implied || s.property(mqttwire.PacketAuth, mqttwire.PropertyAuthenticationMethod) != nil {
		return fine
	}
	return n.wrong("have no Authentication Method")
}

func methodIfImplied(_ *scan, n *Node) fault {
	if n.Implied {
		return n.wrong("are missing, and with them the Authentication Method")
	}
	return fine
}
