package mqttwire

import (
	"bytes"
	"math/bits"
)

// Topic names and filters, 5.0 section 4.7, 3.1.1 section 4.7, 3.1 appendix A;
// shared subscriptions, 5.0 section 4.8.2.

// ValidTopicName reports whether name can be a Topic Name, as 3.1.1 and 5.0 have
// it: a UTF-8 string of 1 to 65,535 bytes without U+0000, '+' and '#'. A
// Response Topic and a Will Topic are held to the same.
func ValidTopicName(name []byte) bool {
	return checkTopicName(name, anyTopicName, Rules{Version: MQTT5}) == nil
}

// ValidTopicFilter reports whether filter can be a Topic Filter, as 3.1.1 and
// 5.0 have it: a UTF-8 string of 1 to 65,535 bytes without U+0000, in which '+'
// stands for a whole level and '#' for the whole last level. What follows
// "$share/" is not looked at: that is ParseSharedFilter's business.
func ValidTopicFilter(filter []byte) bool {
	return checkTopicFilter(filter, anyTopicFilter, Rules{Version: MQTT5}) == nil
}

// ParseSharedFilter takes apart the filter of a Shared Subscription,
// "$share/{ShareName}/{filter}", 5.0 section 4.8.2. For an ordinary filter
// shared is false and topicFilter is all of it. It is an error, and shared is
// true, when the filter begins with "$share/" and does not go on as it must, or
// when either kind holds no proper Topic Filter. The results alias filter. In 3.1
// and 3.1.1 there are no Shared Subscriptions, and "$share/" begins an ordinary
// filter.
func ParseSharedFilter(filter []byte) (shareName, topicFilter []byte, shared bool, err error) {
	shareName, topicFilter, shared = cutShare(filter)
	e := checkTopicFilter(filter, anyTopicFilter, Rules{Version: MQTT5})
	if e == nil && shared {
		e = checkShare(shareName, topicFilter, anyTopicFilter)
	}
	if e != nil {
		return nil, nil, shared, e
	}
	return shareName, topicFilter, shared, nil
}

var (
	anyTopicName   = newField(0, "Topic Name", clauses{"4.7.1-1", "4.7.1-1", "A"})
	anyTopicFilter = newField(0, "Topic Filter", clauses{"4.7.1-1", "4.7.1-2", "A"})
)

// checkTopicName checks a name that has to have characters.
func checkTopicName(s []byte, f *broken, r Rules) *Error {
	if isPlainName(s, r) {
		return nil
	}
	return checkTopicText(s, f, r)
}

// isPlainName reports whether a name needs no closer look. It is inlined where the
// call of checkTopicName counts.
func isPlainName(s []byte, r Rules) bool {
	return r.Options&strictText == 0 && uint(len(s)-1) < maxLength && isPlainTopic(s)
}

// checkTopicText is checkTopicName for names that are most likely not plain.
func checkTopicText(s []byte, f *broken, r Rules) *Error {
	if len(s) == 0 {
		return &f[emptyTopic] // 5.0 [MQTT-4.7.3-1], 3.1.1 [MQTT-4.7.3-1], 3.1 appendix A
	}
	if !isASCII(s) || len(s) > maxLength || r.Options&strictText != 0 {
		if e := checkTopicCharacters(s, f, r); e != nil {
			return e
		}
	}
	if bytes.IndexByte(s, '+') >= 0 || bytes.IndexByte(s, '#') >= 0 {
		return &f[wildcard] // 5.0 [MQTT-4.7.0-1], 3.1.1 [MQTT-4.7.1-1], 3.1 appendix A
	}
	return nil
}

// checkTopicCharacters checks what names and filters have in common.
func checkTopicCharacters(s []byte, f *broken, r Rules) *Error {
	if e := checkText(s, f, r); e != nil {
		return e
	}
	// 3.1 appendix A keeps U+0000 out of topics, though not out of other strings.
	if r.Version == MQTT31 && (bytes.IndexByte(s, 0) >= 0 || bytes.Contains(s, []byte{0xC0, 0x80})) {
		return &f[nullCharacter]
	}
	return nil
}

// checkTopicFilter checks a filter as far as all versions agree.
func checkTopicFilter(s []byte, f *broken, r Rules) *Error {
	if len(s) == 0 {
		return &f[emptyTopic] // 5.0 [MQTT-4.7.3-1], 3.1.1 [MQTT-4.7.3-1], 3.1 appendix A
	}
	if !isASCII(s) || len(s) > maxLength || r.Options&strictText != 0 {
		if e := checkTopicCharacters(s, f, r); e != nil {
			return e
		}
	}
	// Wildcards are few: eight bytes at a time until there is one.
	i := 0
	for ; i <= len(s)-8; i += 8 {
		for found := wildcards(word(s, i)); found != 0; found &= found - 1 {
			if rule := wildcardAt(s, i+bits.TrailingZeros64(found)/8); rule >= 0 {
				return &f[rule]
			}
		}
	}
	for ; i < len(s); i++ {
		if rule := wildcardAt(s, i); rule >= 0 {
			return &f[rule]
		}
	}
	return nil
}

// wildcards has the top bit of each byte of w set that is '+' or '#'. Without the
// top bits no byte carries into the next, whatever the others are.
func wildcards(w uint64) uint64 {
	x := (w | 0x08*ones) ^ 0x2B*ones // zero where there is one
	return ^(x&^highs + 0x7F*ones) &^ x & highs
}

// wildcardAt returns the rule that the wildcard at s[i] breaks, or -1 if it is
// as it should be, or no wildcard.
func wildcardAt(s []byte, i int) (rule int) {
	last := i == len(s)-1
	alone := (i == 0 || s[i-1] == '/') && (last || s[i+1] == '/')
	switch {
	case s[i] == '#' && !(alone && last): // 5.0 [MQTT-4.7.1-1], 3.1.1 [MQTT-4.7.1-2], 3.1 appendix A
		return badHash
	case s[i] == '+' && !alone: // 5.0 [MQTT-4.7.1-2], 3.1.1 [MQTT-4.7.1-3], 3.1 appendix A
		return badPlus
	}
	return -1
}

// sharePrefix begins the filter of every Shared Subscription, and no other.
const sharePrefix = "$share/"

// cutShare splits a filter that begins with sharePrefix at the slash behind the
// share name. Without that slash topicFilter is nil.
func cutShare(filter []byte) (shareName, topicFilter []byte, shared bool) {
	if len(filter) < len(sharePrefix) || string(filter[:len(sharePrefix)]) != sharePrefix {
		return nil, filter, false
	}
	rest := filter[len(sharePrefix):]
	i := bytes.IndexByte(rest, '/')
	if i < 0 {
		return rest, nil, true
	}
	return rest[:i:i], rest[i+1 : len(rest) : len(rest)], true
}

// checkShare checks the two parts of a Shared Subscription whose characters, and
// wildcards as part of the whole, are known to be good.
func checkShare(shareName, topicFilter []byte, f *broken) *Error {
	switch {
	case len(shareName) == 0:
		return &f[noShare] // 5.0 [MQTT-4.8.2-1]
	case len(topicFilter) == 0, !isPlainTopic(shareName) && bytes.ContainsAny(shareName, "+#"):
		return &f[badShare] // 5.0 [MQTT-4.8.2-2]
	}
	return nil
}
