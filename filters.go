package mqttwire

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// The lists of topic filters in SUBSCRIBE, 5.0 section 3.8.3, and UNSUBSCRIBE,
// 5.0 section 3.10.3.

// filterList is a list of filters as it is on the wire, each followed by the
// same number of bytes that are not its own. It is known to be good: when it was
// decoded, under the version from; when it was built, as far as all versions
// agree.
type filterList struct {
	b    []byte
	n    int
	from Version // 0: built
	err  *Error  // the first that building it met
}

// filterAt splits the first filter off b, which is not empty. Both are nil if the
// memory has been written to since it was checked.
func filterAt(b []byte) (filter, rest []byte) {
	filter, i, ok := consumeBytes(b, 0)
	if !ok {
		return nil, nil
	}
	return filter, b[i:]
}

// add checks what all versions agree on and appends a filter.
func (l *filterList) add(filter []byte, extra ...byte) {
	if l.err != nil {
		return
	}
	if l.err = checkTopicFilter(filter, anyTopicFilter, Rules{Version: MQTT5}); l.err != nil {
		return
	}
	l.b = append(appendBytes(l.b, filter), extra...)
	l.n++
	switch {
	case l.is31():
		l.from = mixed31
	case l.from != 0:
		l.from = mixed
	}
}

// A decoded list with filters added, of 3.1 or another version.
const (
	mixed31 Version = 0xFE
	mixed   Version = 0xFF
)

// is31 reports whether filters of the list were decoded under 3.1, which lets
// strings pass that others do not, and bits that mean nothing.
func (l *filterList) is31() bool { return l.from == MQTT31 || l.from == mixed31 }

// plainFilterEnd returns where the filter at b[i] ends if it is ASCII without
// U+0000 and its wildcards are where they should be, or 0 if it is not, is empty,
// cut short, or so near to the beginning of b that it cannot be told.
//
// It takes eight bytes at a time, the last first, where what comes before a short
// filter is blanked out, and looks closer only at those with a wildcard.
func plainFilterEnd(b []byte, i int) (end int) {
	if i += 2; i > len(b) {
		return 0
	}
	end = i + int(binary.BigEndian.Uint16(b[i-2:i:i]))
	if end > len(b) || end < 8 || end == i {
		return 0
	}
	at := end - 8
	before := ^uint64(0) >> (8 * uint(end-i)) // for eight bytes and more it is 0
	w := word(b, at)&^before | ones&before
	for {
		if plain := okTopic(w) & highs; plain != highs {
			if okASCII(w)&highs != highs {
				return 0
			}
			for found := plain ^ highs; found != 0; found &= found - 1 {
				at := at + bits.TrailingZeros64(found)>>3
				if at != i && b[at-1] != '/' || at != end-1 && (b[at] == '#' || b[at+1] != '/') {
					return 0
				}
			}
		}
		if at <= i {
			return end
		}
		at = max(at-8, i)
		w = word(b, at)
	}
}

// plainSubscriptions goes over the filters and options at b[i] as long as they are
// as nearly all are, the options of the given set. It returns where it stopped,
// and n with those added that it has seen.
func plainSubscriptions(b []byte, i, n int, options uint64) (next, count int) {
	for i < len(b) {
		end := plainFilterEnd(b, i)
		if end == 0 || end == len(b) || options>>b[end]&1 == 0 {
			break
		}
		if b[i+2] == sharePrefix[0] && !isPlainShare(b[i+2:end], SubscriptionOptions(b[end])) {
			break
		}
		i = end + 1
		n++
	}
	return i, n
}

// isPlainShare reports whether a filter that plainFilterEnd has found good is one
// of a Shared Subscription and well-formed, with options that go with it.
func isPlainShare(filter []byte, o SubscriptionOptions) bool {
	if o.NoLocal() || len(filter) < len(sharePrefix) || string(filter[:len(sharePrefix)]) != sharePrefix {
		return false
	}
	i := len(sharePrefix)
	for i < len(filter) && filter[i] != '/' {
		if filter[i] == '+' || filter[i] == '#' {
			return false
		}
		i++
	}
	return i > len(sharePrefix) && i < len(filter)-1
}

// plainOptions is the Subscription Options below 64 that are right in each
// version for a filter that is not shared, a bit for each.
var plainOptions = func() (all [8]uint64) {
	for v := MQTT31; v <= MQTT5; v++ {
		for o := range SubscriptionOptions(64) {
			if o.check(false, v) == nil {
				all[v] |= 1 << o
			}
		}
	}
	return all
}()

// consumeFilter reads and checks the filter at b[i].
func consumeFilter(b []byte, i int, f *broken, r Rules) (next int, shared bool, e *Error) {
	if next = plainFilterEnd(b, i); next != 0 && r.Options&strictText == 0 {
		shared, e = checkShared(b[i+2:next], f, r)
		return next, shared, e
	}
	filter, next, ok := consumeBytes(b, i)
	if !ok {
		return 0, false, &f[truncated]
	}
	shared, e = checkFilter(filter, f, r)
	return next, shared, e
}

// checkFilter checks a filter under one version: in 5.0 a Shared Subscription
// has to be a proper one.
func checkFilter(filter []byte, f *broken, r Rules) (shared bool, e *Error) {
	if e := checkTopicFilter(filter, f, r); e != nil {
		return false, e
	}
	return checkShared(filter, f, r)
}

// checkShared is the part of checkFilter that a built list still lacks.
func checkShared(filter []byte, f *broken, r Rules) (shared bool, e *Error) {
	if r.Version != MQTT5 { // whose prefix is like any other
		return false, nil
	}
	shareName, topicFilter, shared := cutShare(filter)
	if shared {
		e = checkShare(shareName, topicFilter, f)
	}
	return shared, e
}

// trusted reports whether the list is known to be good under r.
func (l *filterList) trusted(r Rules) bool {
	return l.from == r.Version && r.Options&strictText == 0
}

// recheck checks one filter of a list that is not trusted.
func (l *filterList) recheck(filter []byte, f *broken, r Rules) (shared bool, e *Error) {
	if l.is31() || l.from == mixed || r.Options&strictText != 0 {
		return checkFilter(filter, f, r)
	}
	return checkShared(filter, f, r)
}

// SubscriptionOptions is the byte after each filter of a SUBSCRIBE: a QoS, which
// is all there is in 3.1 and 3.1.1 (Requested QoS), combined by | with the
// options below. 5.0 section 3.8.3.1.
type SubscriptionOptions uint8

const (
	// NoLocal keeps the client's own messages from it. It is a Protocol Error on
	// a Shared Subscription.
	NoLocal SubscriptionOptions = 1 << 2
	// RetainAsPublished forwards messages with the RETAIN flag they came with.
	RetainAsPublished SubscriptionOptions = 1 << 3
	// RetainIfNew is Retain Handling 1: retained messages are sent only if the
	// subscription is new. Without it or the next they always are.
	RetainIfNew SubscriptionOptions = 1 << 4
	// RetainNone is Retain Handling 2: no retained messages are sent.
	RetainNone SubscriptionOptions = 2 << 4

	optionsQoS            SubscriptionOptions = 3
	optionsRetainHandling SubscriptionOptions = 3 << 4
	optionsReserved       SubscriptionOptions = 3 << 6
)

// QoS is the highest QoS that the client wants to receive.
func (o SubscriptionOptions) QoS() QoS { return QoS(o & optionsQoS) }

// NoLocal reports whether the client's own messages are kept from it.
func (o SubscriptionOptions) NoLocal() bool { return o&NoLocal != 0 }

// RetainAsPublished reports whether the RETAIN flag is forwarded as it came.
func (o SubscriptionOptions) RetainAsPublished() bool { return o&RetainAsPublished != 0 }

// RetainHandling tells when retained messages are sent: 0 always, 1 for a new
// subscription, 2 never.
func (o SubscriptionOptions) RetainHandling() uint8 { return uint8(o & optionsRetainHandling >> 4) }

var (
	subscribeFilter  = newField(PacketSubscribe, "Topic Filter", clauses{"4.7.1-1", "4.7.1-2", "A"})
	subscribeOptions = newField(PacketSubscribe, "Subscription Options", clauses{"3.8.3.1", "3.8.3", "3.8"})

	errOptions31   = subscribeOptions.breaks(&rules[notInVersion])
	errOptionsQoS3 = subscribeOptions.breaks(&rule{"QoS is 3", ReasonProtocolError, 0,
		clauses{"3.8.3.1", "3.8.3-4", "3.8"}})
	errRetainHandling3 = subscribeOptions.breaks(&rule{"Retain Handling is 3", ReasonProtocolError, 0,
		clauses{"3.8.3.1", "", ""}})
	errOptionsReserved = subscribeOptions.breaks(&rule{"a reserved bit is set", ReasonMalformedPacket, 0,
		clauses{"3.8.3-5", "3.8.3-4", ""}})
	errNoLocalShared = subscribeOptions.breaks(&rule{"No Local is set on a Shared Subscription", ReasonProtocolError, 0,
		clauses{"3.8.3-4", "", ""}})
)

// check checks the byte after a filter. 3.1 leaves bits 7 to 2 undefined.
func (o SubscriptionOptions) check(shared bool, v Version) *Error {
	switch {
	case v == MQTT311 && o&^optionsQoS != 0, o&optionsReserved != 0 && v == MQTT5:
		return errOptionsReserved // 5.0 [MQTT-3.8.3-5], 3.1.1 [MQTT-3.8.3-4]
	case o&optionsQoS == optionsQoS:
		return errOptionsQoS3 // 5.0 section 3.8.3.1, 3.1.1 [MQTT-3.8.3-4], 3.1 section 3.8
	case v != MQTT5:
		return nil
	case o&optionsRetainHandling == optionsRetainHandling:
		return errRetainHandling3 // 5.0 section 3.8.3.1
	case o&NoLocal != 0 && shared:
		return errNoLocalShared // 5.0 [MQTT-3.8.3-4]
	}
	return nil
}

// Subscriptions is the payload of a SUBSCRIBE, 5.0 section 3.8.3: topic filters
// with their options, as on the wire and known to be good. The zero value is
// empty; Add builds a list, after a Reset if its bytes are to go into a buffer
// of yours. A decoded list aliases the input.
type Subscriptions struct{ list filterList }

// Len is the number of filters.
func (s *Subscriptions) Len() int { return s.list.n }

// All ranges over the filters, which alias the list, and their options.
func (s *Subscriptions) All() iter.Seq2[[]byte, SubscriptionOptions] {
	return func(yield func([]byte, SubscriptionOptions) bool) {
		mask := ^SubscriptionOptions(0)
		if s.list.is31() {
			mask = optionsQoS
		}
		for b := s.list.b; len(b) > 0; b = b[1:] {
			var filter []byte
			if filter, b = filterAt(b); len(b) == 0 || !yield(filter, SubscriptionOptions(b[0])&mask) {
				return
			}
		}
	}
}

// Reset empties the list and puts what is added from now on into buf[:0], which
// grows as needed.
func (s *Subscriptions) Reset(buf []byte) { *s = Subscriptions{filterList{b: buf[:0]}} }

// Add appends a filter with its options. The first error sticks: Err and Append
// of the packet return it. What depends on the version is checked by Append.
func (s *Subscriptions) Add(filter []byte, o SubscriptionOptions) {
	if s.list.err == nil && s.list.is31() && o&^optionsQoS != 0 {
		s.list.err = errOptions31
		return
	}
	s.list.add(filter, byte(o))
}

// Err returns the first error that Add met, or nil.
func (s *Subscriptions) Err() error {
	if s.list.err != nil {
		return s.list.err
	}
	return nil
}

// decode reads the list, which is all of b from b[i] on.
func (s *Subscriptions) decode(b []byte, i int, r Rules) (e *Error) {
	n, start := 0, i
	for i < len(b) {
		if r.Options&strictText == 0 {
			if i, n = plainSubscriptions(b, i, n, plainOptions[r.Version&7]); i == len(b) {
				break
			}
		}
		var shared bool
		if i, shared, e = consumeFilter(b, i, subscribeFilter, r); e != nil {
			return e
		}
		if i == len(b) {
			return &subscribeOptions[truncated]
		}
		if e = SubscriptionOptions(b[i]).check(shared, r.Version); e != nil {
			return e
		}
		i++
		n++
	}
	if n == 0 {
		return errEmptyList[PacketSubscribe] // 5.0 [MQTT-3.8.3-2], 3.1.1 [MQTT-3.8.3-3]
	}
	s.list = filterList{b: b[start:len(b):len(b)], n: n, from: r.Version}
	return nil
}

// check holds a list that is to be written against r.
func (s *Subscriptions) check(r Rules) *Error {
	l := &s.list
	switch {
	case l.err != nil:
		return l.err
	case l.n == 0:
		return errEmptyList[PacketSubscribe]
	case l.trusted(r):
		return nil
	}
	for b := l.b; len(b) > 0; b = b[1:] {
		var filter []byte
		if filter, b = filterAt(b); len(b) == 0 {
			return &subscribeOptions[truncated]
		}
		shared, e := l.recheck(filter, subscribeFilter, r)
		if e != nil {
			return e
		}
		o := SubscriptionOptions(b[0])
		if o&^optionsQoS != 0 && l.is31() != (r.Version == MQTT31) {
			return errOptions31 // 3.1 bits mean nothing elsewhere, and others mean nothing in 3.1
		}
		if e := o.check(shared, r.Version); e != nil {
			return e
		}
	}
	return nil
}

// TopicFilters is the payload of an UNSUBSCRIBE, 5.0 section 3.10.3: topic
// filters, as on the wire and known to be good. The zero value is empty; Add
// builds a list, after a Reset if its bytes are to go into a buffer of yours. A
// decoded list aliases the input.
type TopicFilters struct{ list filterList }

var unsubscribeFilter = newField(PacketUnsubscribe, "Topic Filter", clauses{"4.7.1-1", "4.7.1-2", "A"})

// Len is the number of filters.
func (t *TopicFilters) Len() int { return t.list.n }

// All ranges over the filters, which alias the list.
func (t *TopicFilters) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for b := t.list.b; len(b) > 0; {
			var filter []byte
			if filter, b = filterAt(b); filter == nil || !yield(filter) {
				return
			}
		}
	}
}

// Reset empties the list and puts what is added from now on into buf[:0], which
// grows as needed.
func (t *TopicFilters) Reset(buf []byte) { *t = TopicFilters{filterList{b: buf[:0]}} }

// Add appends a filter. The first error sticks: Err and Append of the packet
// return it. What depends on the version is checked by Append.
func (t *TopicFilters) Add(filter []byte) { t.list.add(filter) }

// Err returns the first error that Add met, or nil.
func (t *TopicFilters) Err() error {
	if t.list.err != nil {
		return t.list.err
	}
	return nil
}

// decode reads the list, which is all of b from b[i] on.
func (t *TopicFilters) decode(b []byte, i int, r Rules) (e *Error) {
	n, start := 0, i
	for i < len(b) {
		n++
		if end := plainFilterEnd(b, i); end == 0 || r.Options&strictText != 0 || b[i+2] == sharePrefix[0] {
			if i, _, e = consumeFilter(b, i, unsubscribeFilter, r); e != nil {
				return e
			}
		} else {
			i = end
		}
	}
	if n == 0 {
		return errEmptyList[PacketUnsubscribe] // 5.0 [MQTT-3.10.3-2], 3.1.1 [MQTT-3.10.3-2]
	}
	t.list = filterList{b: b[start:len(b):len(b)], n: n, from: r.Version}
	return nil
}

// check holds a list that is to be written against r.
func (t *TopicFilters) check(r Rules) *Error {
	l := &t.list
	switch {
	case l.err != nil:
		return l.err
	case l.n == 0:
		return errEmptyList[PacketUnsubscribe]
	case l.trusted(r):
		return nil
	}
	for b := l.b; len(b) > 0; {
		var filter []byte
		filter, b = filterAt(b)
		if _, e := l.recheck(filter, unsubscribeFilter, r); e != nil {
			return e
		}
	}
	return nil
}

// errEmptyList is a packet whose list needs an entry and has none. 3.1 does not
// say so, but a request for nothing has no meaning there either.
var errEmptyList = perPacket(&rules[emptyList], "Payload", [16]clauses{
	PacketSubscribe:   {"3.8.3-2", "3.8.3-3", "3.8"},
	PacketSuback:      {"2.4", "3.9.3", "3.9"},
	PacketUnsubscribe: {"3.10.3-2", "3.10.3-2", "3.10"},
	PacketUnsuback:    {"2.4", "", ""},
})
