package mqttwire

import "strings"

// Mutations of topic filters and of the options behind them.

// A brokenFilter is a filter that is not right, and why.
type brokenFilter struct {
	filter string
	errs   []verdict
}

// brokenFilters is the illegal filters of 5.0 section 4.7.1, which are illegal in
// every version.
var brokenFilters = func() (all []brokenFilter) {
	hash, plus := protocolError(ErrFilterHash), protocolError(ErrFilterPlus)
	for _, s := range strings.Fields("L# L/L# L/#/L #/L ## #L L/#L #/ L/## /#/ $L#") {
		all = append(all, brokenFilter{s, []verdict{hash}})
	}
	for _, s := range strings.Fields("L+ +L L/+L L/L+ L/+L/L ++ +/++ /L+/ $L+") {
		all = append(all, brokenFilter{s, []verdict{plus}})
	}
	for _, s := range strings.Fields("+# #+ L+/L# #/+L L#L+") {
		all = append(all, brokenFilter{s, []verdict{hash, plus}})
	}
	return all
}()

// goodFilters is legal filters, of every version, with Shared
// Subscriptions among them: 5.0 sections 4.7.1 and 4.8.2.
var goodFilters = strings.Fields("# / // + /+ +/+ +/L/# L/# L/+/L L//L /L L/ +/# /# $L/# $share $shares/L $SHARE/L/L " +
	"$share/L/L $share/L/# $share/L/+/L $share/L// $share/L//L $share/L/$share/L/L $share/$share/L")

// brokenShares is Shared Subscriptions, 5.0 section 4.8.2, that are none, each an
// ordinary filter in 3.1 and 3.1.1.
var brokenShares = []brokenFilter{
	{"$share//L", []verdict{protocolError(ErrShareName)}},
	{"$share//#", []verdict{protocolError(ErrShareName)}},
	{"$share/", []verdict{protocolError(ErrShareName), protocolError(ErrShareFilter)}},
	{"$share//", []verdict{protocolError(ErrShareName), protocolError(ErrShareFilter)}},
	{"$share/L", []verdict{protocolError(ErrShareFilter)}},
	{"$share/L/", []verdict{protocolError(ErrShareFilter)}},
	{"$share/+/L", []verdict{protocolError(ErrShareFilter)}},
	{"$share/+/#", []verdict{protocolError(ErrShareFilter)}},
	{"$share/+", []verdict{protocolError(ErrShareFilter)}},
	{"$share/#", []verdict{protocolError(ErrShareFilter)}},
}

// wildShares is more of them, whose wildcards are wrong in every version.
var wildShares = []brokenFilter{
	{"$share/L+/L", []verdict{protocolError(ErrShareFilter), protocolError(ErrFilterPlus)}},
	{"$share/+L/L", []verdict{protocolError(ErrShareFilter), protocolError(ErrFilterPlus)}},
	{"$share/L#/L", []verdict{protocolError(ErrShareFilter), protocolError(ErrFilterHash)}},
	{"$share/#/L", []verdict{protocolError(ErrShareFilter), protocolError(ErrFilterHash)}},
	{"$share/L/L#", []verdict{protocolError(ErrFilterHash)}},
	{"$share/L/#/L", []verdict{protocolError(ErrFilterHash)}},
	{"$share/L/+L", []verdict{protocolError(ErrFilterPlus)}},
	{"$share/L/L+", []verdict{protocolError(ErrFilterPlus)}},
}

// level is a level of a filter: some characters without wildcards and slashes.
func (x *attempt) level() string {
	list := []string{"a", "level", "longer than eight bytes", "Grüße", "\U0001F600", " ", "$", "a b", strings.Repeat("x", x.between(1, 40))}
	return list[x.Intn(len(list))]
}

// putFilter puts a filter, in which each L is a level, in the place of one that is
// there, under options without No Local.
func (x *attempt) putFilter(filter string) {
	var at []int
	for i, p := range x.f.pieces {
		if p.kind == pieceFilter {
			at = append(at, i)
		}
	}
	i := at[x.Intn(len(at))]
	for strings.Contains(filter, "L") {
		filter = strings.Replace(filter, "L", x.level(), 1)
	}
	x.f.pieces[i].b = []byte(filter)
	if x.t == PacketSubscribe {
		o := &x.f.pieces[i+1]
		o.b = []byte{o.b[0] &^ byte(NoLocal)}
	}
}

// filterRows is a row for every one of the lists.
func filterRows() (rows []mutation) {
	add := func(v5, v311, v31 string, list []brokenFilter, legal bool) {
		for _, broken := range list {
			m := mutation{name: "filter " + broken.filter, v5: v5, v311: v311, v31: v31, in: requests, value: true,
				refused: broken.errs, do: func(x *attempt) bool { x.putFilter(broken.filter); return true }}
			if legal {
				m.name, m.refused = "legal "+m.name, nil
			}
			rows = append(rows, m)
		}
	}
	var good []brokenFilter
	for _, s := range goodFilters {
		good = append(good, brokenFilter{filter: s})
	}
	add("4.7.1-1 4.7.1-2", "4.7.1-2 4.7.1-3", "A", brokenFilters, false)
	add("4.7", "4.7", "A", good, true)
	add("4.8.2-1 4.8.2-2 4.7.3-1", "", "", brokenShares, false)
	add("", "4.7", "A", brokenShares, true)
	add("4.8.2-2 4.7.1-1 4.7.1-2", "4.7.1-2 4.7.1-3", "A", wildShares, false)
	return rows
}

// setOptions chooses the options of a filter.
func setOptions(choose func(x *attempt, o byte) byte) func(x *attempt) bool {
	return func(x *attempt) bool {
		var all []*piece
		for i := range x.f.pieces {
			if x.f.pieces[i].kind == pieceOptions {
				all = append(all, &x.f.pieces[i])
			}
		}
		p := all[x.Intn(len(all))]
		p.b = []byte{choose(x, p.b[0])}
		return true
	}
}

var subscribe = setOf(PacketSubscribe)

var filterMutations = []mutation{
	{name: "empty filter", v5: "4.7.3-1", v311: "4.7.3-1", v31: "A", in: requests, value: true, refused: []verdict{protocolError(ErrTopicEmpty)},
		do: func(x *attempt) bool { x.putFilter(""); return true }},
	{name: "No Local on a Shared Subscription", v5: "3.8.3-4", in: subscribe, value: true, refused: []verdict{protocolError(ErrProtocolError)},
		do: func(x *attempt) bool {
			x.putFilter("$share/L/L")
			for i, p := range x.f.pieces {
				if strings.HasPrefix(string(p.b), "$share/") && p.kind == pieceFilter {
					x.f.pieces[i+1].b = []byte{x.f.pieces[i+1].b[0] | byte(NoLocal)}
				}
			}
			return true
		}},
	{name: "No Local on another filter", v5: "3.8.3.1", in: subscribe, value: true, do: func(x *attempt) bool {
		x.putFilter("L/L")
		for i, p := range x.f.pieces {
			if p.kind == pieceFilter && !strings.HasPrefix(string(p.b), "$share/") {
				x.f.pieces[i+1].b = []byte{x.f.pieces[i+1].b[0] | byte(NoLocal)}
			}
		}
		return true
	}},

	{name: "reserved options", v5: "3.8.3-5", v311: "3.8.3-4", in: subscribe, value: true, refused: []verdict{malformed(ErrMalformedPacket)},
		do: setOptions(func(x *attempt, o byte) byte {
			if x.v == MQTT311 {
				return x.differs(o, 0xFC)
			}
			return x.differs(o, 0xC0)
		})},
	{name: "unused options in 3.1", v31: "3.8", in: subscribe, do: func(x *attempt) bool {
		x.want = x.f.clone() // they are not handed up
		return setOptions(func(x *attempt, o byte) byte { return x.differs(o, 0xFC) })(x)
	}},
	{name: "QoS 3 in the options", v5: "3.8.3.1", v311: "3.8.3-4", v31: "3.8", in: subscribe, value: true,
		refused: []verdict{protocolError(ErrProtocolError), malformed(ErrMalformedPacket)},
		do:      setOptions(func(_ *attempt, o byte) byte { return o | 3 })},
	{name: "Retain Handling 3", v5: "3.8.3.1", in: subscribe, value: true, refused: []verdict{protocolError(ErrProtocolError)},
		do: setOptions(func(_ *attempt, o byte) byte { return o | 0x30 })},
	{name: "other options", v5: "3.8.3.1", in: subscribe, value: true, do: setOptions(func(x *attempt, o byte) byte {
		return o&byte(NoLocal) | byte(x.Intn(3)) | byte(x.Intn(2))<<3 | byte(x.Intn(3))<<4
	})},
	{name: "another QoS in the options", v311: "3.8.3", v31: "3.8", in: subscribe, value: true,
		do: setOptions(func(x *attempt, _ byte) byte { return byte(x.Intn(3)) })},

	{name: "no filters", v5: "3.8.3-2 3.10.3-2", v311: "3.8.3-3 3.10.3-2", v31: "3.8 3.10", in: requests, value: true,
		refused: []verdict{protocolError(ErrEmptyList)},
		do:      func(x *attempt) bool { x.f.drop(pieceFilter, pieceOptions); return true }},
	{name: "many filters", v5: "3.8.3", v311: "3.8.3", v31: "3.8", in: requests, value: true, do: func(x *attempt) bool {
		for range x.between(50, 400) {
			x.f.add(pieceFilter, []byte(chosen("#", "+/+/x/+", "/", "level/+/é")(x)))
			if x.t == PacketSubscribe {
				x.f.byte(pieceOptions, byte(x.Intn(3)))
			}
		}
		return true
	}},
	{name: "filter of many levels", v5: "4.7.3-3", v311: "4.7.3-3", v31: "A", in: requests, value: true, do: func(x *attempt) bool {
		x.putFilter(strings.Repeat([]string{"+/", "/", "a/+/", "é/"}[x.Intn(4)], x.between(1, 4000)) + "#")
		return true
	}},
}
