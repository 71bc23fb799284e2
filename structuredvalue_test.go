package mqttwire

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// What the mutations know of properties and reason codes, from testdata/tables.

// records reads a table without its header.
func records(name string) [][]string {
	f, err := os.Open("testdata/tables/" + name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(err)
	}
	return all[1:]
}

// propSpecs is the properties by identifier.
var propSpecs = sync.OnceValue(func() map[byte]*propSpec {
	all := map[byte]*propSpec{}
	for _, record := range records("properties.csv") {
		id, err := strconv.ParseUint(record[0], 0, 8)
		if err != nil {
			panic(err)
		}
		s := &propSpec{typ: record[2], limit: record[4], in: map[string]string{}}
		for _, where := range strings.Fields(record[3]) {
			block, special, _ := strings.Cut(where, ":")
			s.in[block] = special
		}
		all[byte(id)] = s
	}
	return all
})

// reasonSpecs is the packets, each with its "only" side if it has one, of every reason code.
var reasonSpecs = sync.OnceValue(func() (all [256]map[string]string) {
	for _, record := range records("reasoncodes.csv") {
		code, err := strconv.ParseUint(record[0], 0, 8)
		if err != nil {
			panic(err)
		}
		if all[code] == nil {
			all[code] = map[string]string{}
		}
		for _, where := range strings.Fields(record[2]) {
			packet, only, _ := strings.Cut(where, ":")
			all[code][packet] = only
		}
	}
	return all
})

// mayHave reports whether packets of kind k may have a code: 5.0 table 2-6, 3.1.1
// sections 3.2.2.3 and 3.9.3, 3.1 sections 3.2 and 3.9.
func (k packetKind) mayHave(code byte) bool {
	switch {
	case k.v == MQTT5:
		only, ok := reasonSpecs()[code][k.t.String()]
		return ok && (only == "" || k.from == AnySender || only == k.from.String())
	case k.t == PacketConnack:
		return code <= 5
	case k.t == PacketSuback && k.v == MQTT311:
		return code <= 2 || code == 0x80
	}
	return code&3 != 3
}

// blockName is the name in the tables of a block in packets of type t.
func (p *piece) blockName(t PacketType) string {
	if p.kind == pieceWillBlock {
		return "Will"
	}
	return t.String()
}

// A propSpec is a row of testdata/tables/properties.csv.
type propSpec struct {
	typ, limit string
	in         map[string]string // the packets that may have it, and what is special there
}

// mayBeIn reports whether side may send the property in a block, named as in the
// table, and if not, whether the other side may.
func (s *propSpec) mayBeIn(block string, side Sender) (ok, other bool) {
	special, ok := s.in[block]
	if ok && side != AnySender {
		for _, only := range []Sender{Client, Server} {
			if strings.Contains(special, only.String()) && side != only {
				return false, true
			}
		}
	}
	return ok, false
}

func (s *propSpec) mayRepeat(block string) bool { return strings.Contains(s.in[block], "repeats") }

// newProp writes a property.
func newProp(id byte, v propValue) prop {
	p := prop{id: []byte{id}}
	switch typ := propSpecs()[id].typ; typ {
	case "Byte":
		p.value = []byte{byte(v.n)}
	case "Two Byte Integer":
		p.value = binary.BigEndian.AppendUint16(nil, uint16(v.n))
	case "Four Byte Integer":
		p.value = binary.BigEndian.AppendUint32(nil, v.n)
	case "Variable Byte Integer":
		p.value = appendVarint(nil, v.n)
	case "UTF-8 Encoded String", "Binary Data":
		p.value = withLength(v.s)
	case "UTF-8 String Pair":
		p.value = append(withLength(v.s), withLength(v.t)...)
	default:
		panic(fmt.Sprintf("property %d of type %q", id, typ))
	}
	return p
}

// withLength is s behind its two-byte length.
func withLength(s []byte) []byte {
	return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...)
}

// parse reads a property whose identifier takes one byte and whose value is whole.
func (p prop) parse() (id PropertyID, v propValue) {
	id = PropertyID(p.id[0])
	cut := func(b []byte) (s, rest []byte) {
		n := 2 + int(binary.BigEndian.Uint16(b))
		return b[2:n:n], b[n:]
	}
	switch b := p.value; propSpecs()[p.id[0]].typ {
	case "Byte":
		v.n = uint32(b[0])
	case "Two Byte Integer":
		v.n = uint32(binary.BigEndian.Uint16(b))
	case "Four Byte Integer":
		v.n = binary.BigEndian.Uint32(b)
	case "Variable Byte Integer":
		v.n, _ = consumeVarint(b)
	case "UTF-8 String Pair":
		v.s, b = cut(b)
		v.t, _ = cut(b)
	default:
		v.s, _ = cut(b)
	}
	return id, v
}
