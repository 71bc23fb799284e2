package mqttwire

import (
	"encoding/csv"
	"fmt"
	"os"
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
