package mqttwire

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPropertyGetters: every getter gives the default, then what was set.
func TestPropertyGetters(t *testing.T) {
	var none, all Properties
	checks := []struct {
		id    PropertyID
		get   func(p Properties) (any, bool)
		unset any
		set   func()
		value any
	}{
		{PropertyPayloadFormatIndicator, two(Properties.PayloadFormatIndicator), false, func() { all.SetPayloadFormatIndicator(true) }, true},
		{PropertyMessageExpiryInterval, two(Properties.MessageExpiryInterval), uint32(0), func() { all.SetMessageExpiryInterval(1) }, uint32(1)},
		{PropertyContentType, two(Properties.ContentType), []byte(nil), func() { all.SetContentType(b("t")) }, b("t")},
		{PropertyResponseTopic, two(Properties.ResponseTopic), []byte(nil), func() { all.SetResponseTopic(b("r")) }, b("r")},
		{PropertyCorrelationData, two(Properties.CorrelationData), []byte(nil), func() { all.SetCorrelationData(nil) }, b("")},
		{PropertySubscriptionIdentifier, two(Properties.SubscriptionIdentifier), uint32(0), func() { all.AddSubscriptionIdentifier(300) }, uint32(300)},
		{PropertySessionExpiryInterval, two(Properties.SessionExpiryInterval), uint32(0), func() { all.SetSessionExpiryInterval(0xFFFFFFFF) }, uint32(0xFFFFFFFF)},
		{PropertyAssignedClientIdentifier, two(Properties.AssignedClientIdentifier), []byte(nil), func() { all.SetAssignedClientIdentifier(b("id")) }, b("id")},
		{PropertyServerKeepAlive, two(Properties.ServerKeepAlive), uint16(0), func() { all.SetServerKeepAlive(9) }, uint16(9)},
		{PropertyAuthenticationMethod, two(Properties.AuthenticationMethod), []byte(nil), func() { all.SetAuthenticationMethod(b("m")) }, b("m")},
		{PropertyAuthenticationData, two(Properties.AuthenticationData), []byte(nil), func() { all.SetAuthenticationData(b("d")) }, b("d")},
		{PropertyRequestProblemInformation, two(Properties.RequestProblemInformation), true, func() { all.SetRequestProblemInformation(false) }, false},
		{PropertyWillDelayInterval, two(Properties.WillDelayInterval), uint32(0), func() { all.SetWillDelayInterval(2) }, uint32(2)},
		{PropertyRequestResponseInformation, two(Properties.RequestResponseInformation), false, func() { all.SetRequestResponseInformation(true) }, true},
		{PropertyResponseInformation, two(Properties.ResponseInformation), []byte(nil), func() { all.SetResponseInformation(b("i")) }, b("i")},
		{PropertyServerReference, two(Properties.ServerReference), []byte(nil), func() { all.SetServerReference(b("s")) }, b("s")},
		{PropertyReasonString, two(Properties.ReasonString), []byte(nil), func() { all.SetReasonString(b("w")) }, b("w")},
		{PropertyReceiveMaximum, two(Properties.ReceiveMaximum), uint16(65535), func() { all.SetReceiveMaximum(3) }, uint16(3)},
		{PropertyTopicAliasMaximum, two(Properties.TopicAliasMaximum), uint16(0), func() { all.SetTopicAliasMaximum(4) }, uint16(4)},
		{PropertyTopicAlias, two(Properties.TopicAlias), uint16(0), func() { all.SetTopicAlias(5) }, uint16(5)},
		{PropertyMaximumQoS, two(Properties.MaximumQoS), QoS2, func() { all.SetMaximumQoS(QoS1) }, QoS1},
		{PropertyRetainAvailable, two(Properties.RetainAvailable), true, func() { all.SetRetainAvailable(false) }, false},
		{PropertyMaximumPacketSize, two(Properties.MaximumPacketSize), uint32(MaxPacketSize), func() { all.SetMaximumPacketSize(6) }, uint32(6)},
		{PropertyWildcardSubscriptionAvailable, two(Properties.WildcardSubscriptionAvailable), true, func() { all.SetWildcardSubscriptionAvailable(false) }, false},
		{PropertySubscriptionIdentifierAvailable, two(Properties.SubscriptionIdentifierAvailable), true, func() { all.SetSubscriptionIdentifierAvailable(false) }, false},
		{PropertySharedSubscriptionAvailable, two(Properties.SharedSubscriptionAvailable), true, func() { all.SetSharedSubscriptionAvailable(false) }, false},
	}
	require.Len(t, checks, 26, "all but User Property")
	for i, c := range checks {
		v, sent := c.get(none)
		require.Equal(t, c.unset, v, c.id)
		require.False(t, sent)
		require.False(t, all.Has(c.id))
		c.set()
		require.NoError(t, all.Err())
		require.True(t, all.Has(c.id))
		require.Equal(t, i+1, all.Len())
		c.set()
		if c.id == PropertySubscriptionIdentifier {
			require.NoError(t, all.Err())
		} else {
			require.ErrorIs(t, all.Err(), ErrPropertyRepeated, c.id)
			require.Equal(t, c.id.String(), all.Err().(*Error).Field())
			all.ids &= identifiers | manySubIDs
		}
	}
	for _, c := range checks {
		v, sent := c.get(all)
		require.Equal(t, c.value, v, c.id)
		require.True(t, sent)
	}
	require.False(t, all.Has(0xFF))
}

// two turns a getter into one of any.
func two[T any](get func(Properties) (T, bool)) func(Properties) (any, bool) {
	return func(p Properties) (any, bool) { return get(p) }
}

// TestPropertySetters: what a setter refuses sticks, and the packet is refused
// for it.
func TestPropertySetters(t *testing.T) {
	long := make([]byte, 65536)
	for i := range long {
		long[i] = 'x'
	}
	tests := []struct {
		name string
		set  func(p *Properties)
		err  error
	}{
		{"receive maximum 0", func(p *Properties) { p.SetReceiveMaximum(0) }, ErrPropertyValue},
		{"maximum packet size 0", func(p *Properties) { p.SetMaximumPacketSize(0) }, ErrPropertyValue},
		{"topic alias 0", func(p *Properties) { p.SetTopicAlias(0) }, ErrTopicAliasZero},
		{"maximum QoS 2", func(p *Properties) { p.SetMaximumQoS(QoS2) }, ErrPropertyValue},
		{"subscription identifier 0", func(p *Properties) { p.AddSubscriptionIdentifier(0) }, ErrPropertyValue},
		{"subscription identifier too large", func(p *Properties) { p.AddSubscriptionIdentifier(1 << 28) }, ErrPropertyValue},
		{"string too long", func(p *Properties) { p.SetContentType(long) }, ErrStringTooLong},
		{"string with U+0000", func(p *Properties) { p.SetReasonString(b("\x00")) }, ErrNullCharacter},
		{"string not UTF-8", func(p *Properties) { p.SetServerReference(b("\xFF")) }, ErrNotUTF8},
		{"binary too long", func(p *Properties) { p.SetCorrelationData(long) }, ErrStringTooLong},
		{"response topic with wildcard", func(p *Properties) { p.SetResponseTopic(b("+")) }, ErrTopicWildcard},
		{"response topic empty", func(p *Properties) { p.SetResponseTopic(nil) }, ErrTopicEmpty},
		{"name of a user property", func(p *Properties) { p.AddUserProperty(b("\xFF"), nil) }, ErrNotUTF8},
		{"value of a user property", func(p *Properties) { p.AddUserProperty(nil, long) }, ErrStringTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p Properties
			p.AddUserProperty(b("a"), b("b"))
			tt.set(&p)
			require.ErrorIs(t, p.Err(), tt.err)
			require.Equal(t, wire(`26 "a" "b"`), p.Bytes())
			p.SetReasonString(b("too late"))
			require.ErrorIs(t, p.Err(), tt.err)
			require.False(t, p.Has(PropertyReasonString))
			requireNotWritten(t, &Connack{Properties: p}, Rules{Version: MQTT5}, tt.err)
			requireNotWritten(t, &Connack{Properties: p}, Rules{Version: MQTT311}, ErrNotInVersion)
			require.Contains(t, p.String(), "!", "it shows")
			p.Reset(nil)
			require.NoError(t, p.Err())
		})
	}
}

func TestPropertyIterators(t *testing.T) {
	var p Properties
	buf := make([]byte, 0, 128)
	p.Reset(buf)
	p.AddUserProperty(b("a"), b("1"))
	p.AddSubscriptionIdentifier(1)
	p.AddUserProperty(b("a"), b("2"))
	p.SetTopicAlias(7)
	p.AddSubscriptionIdentifier(128)
	p.AddUserProperty(b(""), b(""))
	p.SetPayloadFormatIndicator(true)
	p.SetMessageExpiryInterval(9)
	p.SetContentType(b("t"))
	require.NoError(t, p.Err())
	require.Equal(t, p.Bytes(), buf[:len(p.Bytes())], "the caller's memory is used")

	var pairs []string
	for name, value := range p.UserProperties() {
		pairs = append(pairs, string(name)+"="+string(value))
	}
	require.Equal(t, []string{"a=1", "a=2", "="}, pairs)
	require.Equal(t, []uint32{1, 128}, slices.Collect(p.SubscriptionIDs()))
	var ids []PropertyID
	for id, v := range p.All() {
		ids = append(ids, id)
		name, value := v.Pair()
		switch id.Type() {
		case TypeUTF8StringPair:
			require.NotNil(t, name)
			require.NotNil(t, value)
			require.Nil(t, v.Bytes())
		case TypeUTF8String, TypeBinaryData:
			require.NotNil(t, v.Bytes())
			require.Nil(t, name)
			require.Zero(t, v.Uint32())
		default:
			require.NotZero(t, v.Uint32())
			require.Nil(t, v.Bytes())
		}
	}
	require.Equal(t, []PropertyID{0x26, 0x0B, 0x26, 0x23, 0x0B, 0x26, 0x01, 0x02, 0x03}, ids)
	for range p.All() {
		break
	}
	for range p.UserProperties() {
		break
	}
	for range p.SubscriptionIDs() {
		break
	}
	require.Empty(t, maps.Collect(Properties{}.All()))
	for range (Properties{}).UserProperties() {
		t.Fatal("there is none")
	}
	require.Empty(t, slices.Collect(Properties{}.SubscriptionIDs()))
}

func TestWithout(t *testing.T) {
	in := wire(`30 ["a" [23 0007 26 "a" "b" 0B 01 0B 02 03 "t"] 'x']`)
	keep := slices.Clone(in)
	p, err := decodeInto(nil, in, Rules{Version: MQTT5})
	require.NoError(t, err)
	props := p.(*Publish).Properties
	scratch := make([]byte, 0, 64)

	less := props.Without(scratch, PropertyTopicAlias)
	require.Equal(t, wire(`26 "a" "b" 0B 01 0B 02 03 "t"`), less.Bytes())
	require.False(t, less.Has(PropertyTopicAlias))
	require.Equal(t, 3, less.Len())
	require.Equal(t, []uint32{1, 2}, slices.Collect(less.SubscriptionIDs()))
	less = props.Without(scratch, PropertyTopicAlias, PropertySubscriptionIdentifier, PropertyReasonString)
	require.Equal(t, wire(`26 "a" "b" 03 "t"`), less.Bytes())
	out, err := (&Publish{TopicName: b("a"), Properties: less}).Append(nil, Rules{Version: MQTT5, Sender: Client})
	require.NoError(t, err)
	require.Equal(t, wire(`30 ["a" [26 "a" "b" 03 "t"]]`), out)
	require.Equal(t, keep, in, "the input is as it was")

	require.Equal(t, props, props.Without(scratch, PropertyReasonString), "nothing to leave out")
	require.Equal(t, props, props.Without(nil))
	require.Equal(t, props, props.Without(nil, 0xFF))
	require.Empty(t, user("a", "b").Without(nil, PropertyUserProperty).Bytes())
}

// TestWithoutOverlong: what was not the shortest goes with the property.
func TestWithoutOverlong(t *testing.T) {
	lax := Rules{Version: MQTT5, Options: AllowOverlongIntegers}
	p, err := decodeInto(nil, wire(`30 ["a" [0B 8100 03 "x" A300 0007]]`), lax)
	require.NoError(t, err)
	props := p.(*Publish).Properties
	write := func(props Properties, v Version) ([]byte, error) {
		return (&Publish{TopicName: b("a"), Properties: props}).Append(nil, Rules{Version: v})
	}
	_, err = write(props.Without(nil, PropertySubscriptionIdentifier), MQTT5)
	require.ErrorIs(t, err, ErrIntegerOverlong)
	_, err = write(props.Without(nil, PropertyTopicAlias), MQTT5)
	require.ErrorIs(t, err, ErrIntegerOverlong)
	clean := props.Without(nil, PropertyTopicAlias, PropertySubscriptionIdentifier)
	out, err := write(clean, MQTT5)
	require.NoError(t, err)
	require.Equal(t, wire(`30 ["a" [03 "x"]]`), out)
	out, err = write(clean.Without(nil, PropertyContentType), MQTT311)
	require.NoError(t, err)
	require.Equal(t, wire(`30 ["a"]`), out)
}

// TestCopyTo: a copy in a buffer of its own can go its own way.
func TestCopyTo(t *testing.T) {
	var base Properties
	base.Reset(make([]byte, 0, 64))
	base.SetContentType(b("t"))
	var bufs [2][64]byte
	p, q := base.CopyTo(bufs[0][:]), base.CopyTo(bufs[1][:])
	p.AddSubscriptionIdentifier(5)
	q.AddUserProperty(b("k"), b("v"))
	require.Equal(t, wire(`03 "t"`), base.Bytes())
	require.Equal(t, wire(`03 "t" 0B 05`), p.Bytes())
	require.Equal(t, wire(`03 "t" 26 "k" "v"`), q.Bytes())
	require.Equal(t, p.Bytes(), bufs[0][:len(p.Bytes())])
}

// TestOverwrittenMemory: a packet that is read after its buffer was used again
// says nonsense, but does not panic.
func TestOverwrittenMemory(t *testing.T) {
	for _, r := range allRows() {
		if r.want == nil {
			continue
		}
		for _, fill := range []func(i int) byte{
			func(int) byte { return 0 }, func(int) byte { return 0xFF }, func(int) byte { return 0x26 },
			func(i int) byte { return byte(i) }, func(i int) byte { return byte(0x8B + 7*i) },
		} {
			in := wire(r.wire)
			p, err := decodeInto(nil, in, r.rules())
			require.NoError(t, err)
			for i := range in {
				in[i] = fill(i)
			}
			require.NotPanics(t, func() {
				_ = p.String()
				p.Append(nil, r.rules())
				p.Append(nil, Rules{Version: MQTT5, Options: strictText})
				Clone(p)
				parts(p, func(part any) {
					if block, ok := part.(*Properties); ok {
						readProperties(*block)
						block.Without(nil, PropertyTopicAlias, PropertyUserProperty, PropertyReasonString)
					}
				})
			}, r.wire)
		}
	}
}

// TestPropertiesDoNotWriteThrough: setting a property of a decoded block, or
// appending to what it returns, leaves the input alone.
func TestPropertiesDoNotWriteThrough(t *testing.T) {
	in := wire(`30 ["a" [03 "t" 26 "a" "b"] 'payload']`)
	keep := slices.Clone(in)
	p, err := decodeInto(nil, in, Rules{Version: MQTT5})
	require.NoError(t, err)
	props := p.(*Publish).Properties
	_ = append(props.Bytes(), "XXXX"...)
	clone := props.Clone()
	props.SetTopicAlias(1)
	require.NoError(t, props.Err())
	require.Equal(t, keep, in)
	in[5] = 'Z'
	require.Equal(t, wire(`03 "t" 26 "a" "b"`), clone.Bytes(), "a clone owns its bytes")
}

// TestOverlongProperties: with the option they are read, kept and written, and
// not written without it.
func TestOverlongProperties(t *testing.T) {
	lax := Rules{Version: MQTT5, Options: AllowOverlongIntegers}
	for _, tt := range []struct{ in, out string }{
		{`30 ["a" 8300 23 0007 'x']`, `30 ["a" [23 0007] 'x']`},
		{`30 ["a" 8000 'x']`, `30 ["a" [] 'x']`},
		{`30 ["a" [A300 0007 26 "a" "b"] 'x']`, ``},
		{`30 ["a" [26 "a" "b" 0B 8100] 'x']`, ``},
		{`30 ["a" [8B8000 81808000] 'x']`, ``},
	} {
		p, err := decodeInto(nil, wire(tt.in), lax)
		require.NoError(t, err, tt.in)
		_, err = decodeInto(nil, wire(tt.in), Rules{Version: MQTT5})
		require.ErrorIs(t, err, ErrIntegerOverlong, tt.in)
		out, err := p.Append(nil, lax)
		require.NoError(t, err)
		if tt.out != "" {
			require.Equal(t, wire(tt.out), out)
			continue
		}
		require.Equal(t, wire(tt.in), out)
		requireNotWritten(t, p, Rules{Version: MQTT5}, ErrIntegerOverlong)
		props := p.(*Publish).Properties
		n := 0
		for range props.All() {
			n++
		}
		require.NotZero(t, n)
		if alias, ok := props.TopicAlias(); ok {
			require.EqualValues(t, 7, alias)
		}
		if id, ok := props.SubscriptionIdentifier(); ok {
			require.EqualValues(t, 1, id)
		}
		require.NotEmpty(t, props.String())
	}
	_, err := decodeInto(nil, wire(`20 [00 00 [A300 0007]]`), lax)
	require.ErrorIs(t, err, ErrPropertyNotAllowed)
}

// TestPropertyStringsAreChecked: a block read without an option is held against
// it when it is written with it.
func TestPropertyStringsAreChecked(t *testing.T) {
	for _, s := range []string{`03 "a	b"`, `26 "	" ""`, `26 "" "	"`, `08 "a	b"`} {
		p, err := decodeInto(nil, wire(`30 ["a" [`+s+`]]`), Rules{Version: MQTT5})
		require.NoError(t, err)
		requireNotWritten(t, p, Rules{Version: MQTT5, Options: RejectControlCharacters}, ErrControlCharacter)
		_, err = p.Append(nil, Rules{Version: MQTT5, Options: RejectNonCharacters})
		require.NoError(t, err)
	}
	p, err := decodeInto(nil, wire(`30 ["a" [09 0001 01]]`), Rules{Version: MQTT5})
	require.NoError(t, err)
	_, err = p.Append(nil, Rules{Version: MQTT5, Options: RejectControlCharacters})
	require.NoError(t, err, "binary data is no string")
}

// TestWithoutKnowsItsRest: what Without leaves is as if it had been decoded like
// that, down to what is remembered of it.
func TestWithoutKnowsItsRest(t *testing.T) {
	r := Rules{Version: MQTT5, Sender: Server, Options: AllowOverlongIntegers}
	read := func(properties string) Properties {
		p, err := decodeInto(nil, wire(`30 ["t" [`+properties+`]]`), r)
		require.NoError(t, err, properties)
		return p.(*Publish).Properties
	}
	for _, properties := range []string{
		`01 01 0B 01 0B 02 26 "k" "v" 23 0001`,
		`01 01 A600 "k" "v" 02 00000001`,
		`8100 01 0B 8100 26 "k" "v"`,
		`0B 01 26 "k" "v" 26 "k" "w"`,
	} {
		p := read(properties)
		for id := range endOfProperties {
			for _, also := range []PropertyID{id, PropertyPayloadFormatIndicator, PropertySubscriptionIdentifier, PropertyUserProperty} {
				less := p.Without(nil, id, also)
				require.Equal(t, read(fmt.Sprintf("%X", less.Bytes())).ids, less.ids, "%s without %v, %v", properties, id, also)
			}
		}
	}
}
