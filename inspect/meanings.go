package inspect

import (
	"fmt"
	"strconv"

	"github.com/seed-2c1fe983/mqttwire"
)

// What values stand for, in words.

func typeMeaning(_ *scan, n uint64) string { return mqttwire.PacketType(n).String() }

func levelMeaning(_ *scan, n uint64) string {
	v := mqttwire.Version(n)
	switch {
	case supported(v):
		return "MQTT " + v.String()
	case supported(v & 0x7F):
		return "MQTT " + (v & 0x7F).String() + ", bridge"
	}
	return ""
}

func qosMeaning(_ *scan, n uint64) string {
	return [...]string{"at most once", "at least once", "exactly once", "reserved"}[n&3]
}

// lowQoSMeaning is for 3.1, where nothing is said of the other bits.
func lowQoSMeaning(s *scan, n uint64) string {
	if n > 3 {
		return "QoS " + strconv.Itoa(int(n&3)) + ", " + qosMeaning(s, n)
	}
	return qosMeaning(s, n)
}

func retainMeaning(_ *scan, n uint64) string {
	return [...]string{"send retained messages", "send them for a new subscription", "do not send them", "reserved"}[n&3]
}

func keepAliveMeaning(_ *scan, n uint64) string {
	if n == 0 {
		return "off"
	}
	return secondsMeaning(nil, n)
}

// codeMeaning is the name of a reason code or return code, empty for one that
// there is not.
func codeMeaning(s *scan, n uint64) string {
	code := mqttwire.ReasonCode(n)
	switch {
	case s.version == mqttwire.MQTT5 && !s.older:
		if !code.AllowedIn(s.kind, mqttwire.AnySender) {
			return ""
		}
		return code.Name(s.kind)
	case s.kind == mqttwire.PacketConnack && code == mqttwire.ReturnAccepted:
		return "Connection Accepted"
	case s.kind == mqttwire.PacketConnack && code <= mqttwire.ReturnNotAuthorized:
		return code.Name(s.kind)
	case s.kind == mqttwire.PacketSuback && code == mqttwire.ReturnFailure:
		return "Failure"
	case s.kind == mqttwire.PacketSuback && code <= mqttwire.ReasonGrantedQoS2:
		return "Maximum QoS " + strconv.Itoa(int(n))
	}
	return ""
}

// propertyMeanings is the meaning of those properties whose numbers have one.
var propertyMeanings = map[mqttwire.PropertyID]func(*scan, uint64) string{
	mqttwire.PropertyPayloadFormatIndicator: func(_ *scan, n uint64) string {
		return [...]string{"unspecified bytes", "UTF-8 text", "", ""}[min(n, 3)]
	},
	mqttwire.PropertyMessageExpiryInterval: secondsMeaning,
	mqttwire.PropertyServerKeepAlive:       keepAliveMeaning,
	mqttwire.PropertySessionExpiryInterval: func(_ *scan, n uint64) string {
		if n == 0xFFFFFFFF {
			return "never expires"
		}
		return secondsMeaning(nil, n)
	},
	mqttwire.PropertyWillDelayInterval: secondsMeaning,
	mqttwire.PropertyMaximumPacketSize: func(*scan, uint64) string { return "bytes" },
}

func secondsMeaning(_ *scan, n uint64) string {
	if n == 1 {
		return "second"
	}
	return "seconds"
}

// quoteShort quotes bytes for an error message, the first few of many.
func quoteShort(b []byte) string {
	const most = 24
	if len(b) <= most {
		return strconv.Quote(string(b))
	}
	return fmt.Sprintf("%s... (%d bytes)", strconv.Quote(string(b[:most])), len(b))
}
