package mqttwire

import (
	"fmt"
	"slices"
	"sync"
)

// String names a row in the message of a failure.
func (r row) String() string {
	return fmt.Sprintf("%s (version %v, from %v, options %v): %s", r.name, r.v, r.from, r.opt, r.wire)
}

// samples is every row there is, and random packets of every kind.
var samples = sync.OnceValue(func() []row { return slices.Concat(allRows(), overlongRows(), randomRows(1883, 15)) })

// overlongRows is packets with integers that are not the shortest, as one option
// lets them pass.
func overlongRows() (rows []row) {
	for _, s := range []string{
		`10 ["MQTT" 05 06 003C 8700 26 "a" "b" "c" 8000 "w" ""]`,
		`20 [00 00 838000 22 0001]`,
		`30 ["a" 8300 23 0007 'x']`,
		`32 ["a" 0001 80808000 'x']`,
		`30 ["a" [A300 0007 8B8000 8100] 'x']`,
		`40 [0001 00 8000]`,
		`82 [0001 8300 0B 8100 "a" 00]`,
		`E0 [00 8000]`,
		`F0 [18 8400 15 "m"]`,
	} {
		r := row{name: "overlong integers", v: MQTT5, opt: AllowOverlongIntegers, wire: s, once: true}
		p, err := decodeInto(nil, wire(s), r.rules())
		if err != nil {
			panic(fmt.Sprintf("%v: %v", r, err))
		}
		r.want = p
		rows = append(rows, r)
	}
	return rows
}

// split takes a row's packet apart. ok is false if its fixed header is refused.
func (r row) split() (h FixedHeader, body []byte, ok bool) {
	whole := wire(r.wire)
	h, n, err := ConsumeFixedHeader(whole)
	return h, whole[n:], err == nil
}
