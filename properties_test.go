package mqttwire

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// table reads a CSV file of testdata/tables, without its heading.
func table(t *testing.T, name string) [][]string {
	f, err := os.Open("testdata/tables/" + name)
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return records[1:]
}

func number(t *testing.T, s string) int {
	n, err := strconv.ParseInt(s, 0, 64)
	require.NoError(t, err)
	return int(n)
}

// block is a packet with a place for a block of properties, at %.
type block struct {
	name string // as in the tables
	wire string
	from Sender // who sends the packet, AnySender: both
}

var blocks = []block{
	{"CONNECT", `10 ["MQTT" 05 02 003C % "c"]`, Client},
	{"Will", `10 ["MQTT" 05 06 003C [] "c" % "w" ""]`, Client},
	{"CONNACK", `20 [00 00 %]`, Server},
	{"PUBLISH", `30 ["a" % 'x']`, AnySender},
	{"PUBACK", `40 [0001 00 %]`, AnySender},
	{"PUBREC", `50 [0001 00 %]`, AnySender},
	{"PUBREL", `62 [0001 00 %]`, AnySender},
	{"PUBCOMP", `70 [0001 00 %]`, AnySender},
	{"SUBSCRIBE", `82 [0001 % "a" 00]`, Client},
	{"SUBACK", `90 [0001 % 00]`, Server},
	{"UNSUBSCRIBE", `A2 [0001 % "a"]`, Client},
	{"UNSUBACK", `B0 [0001 % 00]`, Server},
	{"DISCONNECT", `E0 [00 %]`, AnySender},
	{"AUTH", `F0 [18 %]`, AnySender},
}

func (b block) with(properties string) string {
	return strings.ReplaceAll(b.wire, "%", "["+properties+"]")
}

// senders is who may send the block's packet.
func (b block) senders() []Sender {
	if b.from != AnySender {
		return []Sender{AnySender, b.from}
	}
	return []Sender{AnySender, Client, Server}
}

// A propertyCase is a property's values on the wire: legal ones, one cut off, and
// one outside its range with the code of the error.
type propertyCase struct {
	id      PropertyID
	legal   []string
	cut     string
	illegal []string
	code    ReasonCode
}

var propertyCases = []propertyCase{
	{PropertyPayloadFormatIndicator, []string{"00", "01"}, "", []string{"02", "FF"}, 0x82},
	{PropertyMessageExpiryInterval, []string{"00000000", "FFFFFFFF"}, "000000", nil, 0},
	{PropertyContentType, []string{`""`, `"text"`}, "0002 61", nil, 0},
	{PropertyResponseTopic, []string{`"a"`, `"$a/ /b"`}, "0002 61", []string{`""`, `"+"`, `"a/#"`}, 0x82},
	{PropertyCorrelationData, []string{"0000", "0002 00FF"}, "0002 00", nil, 0},
	{PropertySubscriptionIdentifier, []string{"01", "8001", "FFFFFF7F"}, "80", []string{"00"}, 0x82},
	{PropertySessionExpiryInterval, []string{"00000000", "FFFFFFFF"}, "FFFFFF", nil, 0},
	{PropertyAssignedClientIdentifier, []string{`""`, `"x"`}, "00", nil, 0},
	{PropertyServerKeepAlive, []string{"0000", "FFFF"}, "00", nil, 0},
	{PropertyAuthenticationMethod, []string{`""`, `"x"`}, "0001", nil, 0},
	{PropertyAuthenticationData, []string{"0000", "0001 FF"}, "0001", nil, 0},
	{PropertyRequestProblemInformation, []string{"00", "01"}, "", []string{"02", "80"}, 0x82},
	{PropertyWillDelayInterval, []string{"00000000", "FFFFFFFF"}, "00", nil, 0},
	{PropertyRequestResponseInformation, []string{"00", "01"}, "", []string{"02"}, 0x82},
	{PropertyResponseInformation, []string{`""`, `"x"`}, "0001", nil, 0},
	{PropertyServerReference, []string{`""`, `"a:1 b:2"`}, "0001", nil, 0},
	{PropertyReasonString, []string{`""`, `"x"`}, "0003 6162", nil, 0},
	{PropertyReceiveMaximum, []string{"0001", "0100", "FFFF"}, "01", []string{"0000"}, 0x82},
	{PropertyTopicAliasMaximum, []string{"0000", "FFFF"}, "01", nil, 0},
	{PropertyTopicAlias, []string{"0001", "0100", "FFFF"}, "01", []string{"0000"}, 0x94},
	{PropertyMaximumQoS, []string{"00", "01"}, "", []string{"02", "03"}, 0x82},
	{PropertyRetainAvailable, []string{"00", "01"}, "", []string{"02"}, 0x82},
	{PropertyUserProperty, []string{`"" ""`, `"a" "b"`}, `"a" 0002 62`, nil, 0},
	{PropertyMaximumPacketSize, []string{"00000001", "01000000", "FFFFFFFF"}, "000001", []string{"00000000"}, 0x82},
	{PropertyWildcardSubscriptionAvailable, []string{"00", "01"}, "", []string{"02"}, 0x82},
	{PropertySubscriptionIdentifierAvailable, []string{"00", "01"}, "", []string{"02"}, 0x82},
	{PropertySharedSubscriptionAvailable, []string{"00", "01"}, "", []string{"02"}, 0x82},
}

// where reads the packets column: for each block the sender that may use the
// property there, and whether it may repeat.
func where(s string) (from map[string]Sender, repeats map[string]bool) {
	from, repeats = map[string]Sender{}, map[string]bool{}
	for _, entry := range strings.Fields(s) {
		parts := strings.Split(entry, ":")
		from[parts[0]] = AnySender
		for _, p := range parts[1:] {
			switch p {
			case "client":
				from[parts[0]] = Client
			case "server":
				from[parts[0]] = Server
			case "repeats":
				repeats[parts[0]] = true
			}
		}
	}
	return from, repeats
}

// propertyRows holds every property against every block and sender, as the table
// transcribed from the specification has it.
func propertyRows() (rows []row) {
	t := new(testing.T) // only fails when the table is not there
	records := map[PropertyID][]string{}
	for _, record := range table(t, "properties.csv") {
		records[PropertyID(number(t, record[0]))] = record
	}
	for _, c := range propertyCases {
		from, repeats := where(records[c.id][3])
		for _, b := range blocks {
			only, allowed := from[b.name]
			for _, s := range b.senders() {
				add := func(name, properties string, want bool, err error, code ReasonCode) {
					r := row{v: MQTT5, from: s, wire: b.with(properties), err: err, code: code,
						name: fmt.Sprintf("%s of %s: %s: %s", b.name, s, c.id, name)}
					if want {
						p, err := decodeInto(nil, wire(r.wire), r.rules())
						if err != nil {
							panic(fmt.Sprintf("%s: %v", r.name, err))
						}
						r.want, r.err, r.code = p, nil, 0
					}
					rows = append(rows, r)
				}
				id := fmt.Sprintf("%02X ", byte(c.id))
				more := "" // what else the block needs
				if c.id == PropertyAuthenticationData && b.name == "CONNECT" || b.name == "AUTH" && c.id != PropertyAuthenticationMethod {
					more = `15 "m"`
				}
				switch {
				case !allowed:
					add("not allowed", id+c.legal[0]+more, false, ErrPropertyNotAllowed, 0x81)
					continue
				case only != AnySender && s != AnySender && s != only:
					add("not of this side", id+c.legal[0]+more, false, ErrPropertySender, 0x82)
					continue
				}
				for _, v := range c.legal {
					add(v, id+v+more, true, nil, 0)
				}
				for _, v := range c.illegal {
					err := ErrPropertyValue
					switch {
					case c.id == PropertyTopicAlias:
						err = ErrTopicAliasZero
					case c.id == PropertyResponseTopic && v == `""`:
						err = ErrTopicEmpty
					case c.id == PropertyResponseTopic:
						err = ErrTopicWildcard
					}
					add("illegal "+v, id+v+more, false, err, c.code)
				}
				add("cut off", more+id+c.cut, false, ErrTruncated, 0x81)
				add("twice", id+c.legal[0]+id+c.legal[0]+more, repeats[b.name], ErrPropertyRepeated, 0x82)
				add("overlong identifier", fmt.Sprintf("%02X00", byte(c.id)|0x80)+c.legal[0]+more, false, ErrIntegerOverlong, 0x81)
			}
		}
	}
	return append(rows, blockRows()...)
}

// blockRows is what can be wrong with the block itself.
func blockRows() (rows []row) {
	for _, b := range blocks {
		add := func(name, properties string, err error) {
			rows = append(rows, row{name: b.name + ": " + name, v: MQTT5, wire: strings.ReplaceAll(b.wire, "%", properties), err: err, code: ReasonMalformedPacket})
		}
		for _, id := range []string{"00", "04", "05", "06", "07", "0A", "0C", "10", "14", "1B", "1D", "1E", "20", "2B", "3F", "40", "7F", "8001", "AB00", "FFFFFF7F"} {
			add("unassigned "+id, "["+id+"00]", ErrPropertyUnknown)
		}
		add("identifier cut off", "[80]", ErrTruncated)
		add("identifier of five bytes", "[8080808000]", ErrIntegerTooLong)
		add("overlong length", `8700 26 "a" "b"`, ErrIntegerOverlong)
		add("overlong length of nothing", `8000`, ErrIntegerOverlong)
		add("length of five bytes", `8080808000`, ErrIntegerTooLong)
		add("value crosses the end of the block", `02 26 0001`, ErrTruncated)
		add("length past the packet", `7F 26 "a" "b"`, ErrTruncated)
	}
	return rows
}

// TestPropertyTable checks the table of the package against the one transcribed
// from the specification.
func TestPropertyTable(t *testing.T) {
	records := table(t, "properties.csv")
	require.Len(t, records, 27)
	require.Len(t, propertyCases, 27)
	known := map[PropertyID]bool{}
	for _, record := range records {
		id := PropertyID(number(t, record[0]))
		known[id] = true
		t.Run(record[1], func(t *testing.T) {
			require.Equal(t, record[1], id.String())
			require.Equal(t, record[2], id.Type().String())
			initial := uint32(0)
			if record[5] != "" {
				initial = uint32(number(t, record[5]))
			}
			require.Equal(t, initial, id.Default())
			from, repeats := where(record[3])
			_, inWill := from["Will"]
			require.Equal(t, inWill, id.AllowedInWill())
			for p := range PacketType(20) {
				only, allowed := from[p.String()]
				for s := range Sender(4) {
					want := allowed && s <= Server && (s == AnySender || only == AnySender || s == only)
					require.Equal(t, want, id.AllowedIn(p, s), "%s from %s", p, s)
				}
				if allowed {
					require.Equal(t, repeats[p.String()], id.Repeatable(p), p)
				}
			}
		})
	}
	for id := range PropertyID(255) {
		if known[id] {
			continue
		}
		require.Equal(t, fmt.Sprintf("property 0x%02X", byte(id)), id.String())
		require.Zero(t, id.Type())
		require.Zero(t, id.Default())
		require.False(t, id.AllowedInWill())
		for p := range PacketType(16) {
			require.False(t, id.AllowedIn(p, AnySender))
		}
	}
	require.Empty(t, PropertyType(0).String())
	require.Equal(t, "property type 8", PropertyType(8).String())
}

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
