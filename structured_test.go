package mqttwire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"testing"

	"github.com/google/gofuzz/bytesource"
	"github.com/stretchr/testify/require"
)

// Fuzzing with a known verdict: the fuzzer's bytes make a legal packet, and one
// mutation of the tables in structuredrows*_test.go breaks one rule, or keeps to
// one at its edge. The verdict comes from the specification, by way of the table.
//
// To fuzz one of them:
//
//	go test -run '^$' -fuzz '^FuzzVerdictPublish$' -fuzztime 30m -fuzzminimizetime 1x
//
// To make an input smaller is no use, because each of its bytes fills something, and
// takes most of the time: hence the last flag.
//
// To see what of the package the inputs reach that the fuzzer has kept, run them
// as seeds of a test binary that counts, in a folder of their own:
//
//	dir=$(mktemp -d)
//	go test -c -cover -o $dir/verdict.test .
//	mkdir $dir/testdata
//	cp -r testdata/tables $dir/testdata/
//	cp -r "$(go env GOCACHE)/fuzz/$(go list)" $dir/testdata/fuzz
//	(cd $dir && ./verdict.test -test.run '^FuzzVerdict' -test.coverprofile cover.out)
//	go tool cover -func $dir/cover.out

func FuzzVerdictConnect(f *testing.F) { fuzzVerdicts(f, PacketConnect) }
func FuzzVerdictConnack(f *testing.F) { fuzzVerdicts(f, PacketConnack) }
func FuzzVerdictPublish(f *testing.F) { fuzzVerdicts(f, PacketPublish) }
func FuzzVerdictAck(f *testing.F) {
	fuzzVerdicts(f, PacketPuback, PacketPubrec, PacketPubrel, PacketPubcomp)
}
func FuzzVerdictSubscribe(f *testing.F) { fuzzVerdicts(f, PacketSubscribe, PacketUnsubscribe) }
func FuzzVerdictSuback(f *testing.F)    { fuzzVerdicts(f, PacketSuback, PacketUnsuback) }
func FuzzVerdictRest(f *testing.F) {
	fuzzVerdicts(f, PacketPingreq, PacketPingresp, PacketDisconnect, PacketAuth)
}

// A mutation is a row of the table.
type mutation struct {
	name          string
	v5, v311, v31 string // its clauses in each version, as clauseName reads them; a star stands for any end; "" where it is not for that version
	in            packetSet
	in3           packetSet // in 3.1 and 3.1.1, if not the same

	// do changes the packet in hand. It returns false if there is nothing to
	// change, and may say otherwise of the verdict than the row.
	do func(x *attempt) bool

	refused       []verdict // any of these; none: legal
	allow, reject Options   // legal only with this option, or refused only with that one
	value         bool      // Append has to say the same of a packet that is built like this
}

// A verdict is a reason to refuse: the code to answer with, and the rule, or the
// class of error where no rule is exported.
type verdict struct {
	code    ReasonCode
	err     error
	returns ReasonCode // the return code of a 3.x CONNACK, if one is sent
}

func malformed(err error) verdict     { return verdict{code: ReasonMalformedPacket, err: err} }
func protocolError(err error) verdict { return verdict{code: ReasonProtocolError, err: err} }

var (
	unsupported = verdict{ReasonUnsupportedProtocolVersion, ErrUnsupportedVersion, ReturnUnacceptableProtocolVersion}
	rejectedID  = verdict{ReasonClientIdentifierNotValid, ErrProtocolError, ReturnIdentifierRejected}
	notText     = verdict{code: ReasonPayloadFormatInvalid, err: ErrPayloadFormat}
)

func (v verdict) String() string { return fmt.Sprintf("%v (%v)", v.err, v.code) }

// says reports whether err refuses a packet for that reason.
func (v verdict) says(err error) bool {
	e, ok := err.(*Error)
	return ok && errors.Is(err, v.err) && e.ReasonCode() == v.code
}

// A packetSet has a bit for each packet type.
type packetSet uint16

func setOf(types ...PacketType) (s packetSet) {
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

func (s packetSet) has(t PacketType) bool { return s>>t&1 == 1 }

// clauses is the clauses in version v.
func (m *mutation) clauses(v Version) string {
	return map[Version]string{MQTT5: m.v5, MQTT311: m.v311, MQTT31: m.v31}[v]
}

// mutations is all rows.
var mutations = sync.OnceValue(func() (all []*mutation) {
	for _, rows := range [][]mutation{headerMutations, connectMutations, textMutations, filterMutations, filterRows(),
		fieldMutations, propertyMutations, propertyOwnMutations(), lengthMutations} {
		for i := range rows {
			all = append(all, &rows[i])
		}
	}
	return all
})

// mutationsOf is the rows that are for packets of kind k.
func mutationsOf(k packetKind) (rows []*mutation) {
	for _, m := range mutations() {
		in := m.in
		if k.v != MQTT5 && m.in3 != 0 {
			in = m.in3
		}
		if in.has(k.t) && m.clauses(k.v) != "" {
			rows = append(rows, m)
		}
	}
	return rows
}

// An attempt is a legal packet, to which a mutation is then applied.
type attempt struct {
	packetKind
	*rand.Rand
	p    Packet // the packet before the mutation
	base []byte // and its bytes
	row  *mutation
	f    *form // the packet after it

	// What else the mutation may change.
	r          Rules
	limit      uint32 // the receiver's Maximum Packet Size
	wire       []byte // the bytes in place of those of f
	after      []byte // bytes behind the packet
	want       *form  // what a legal packet says, if not f
	incomplete bool   // more bytes are needed
	refused    []verdict
	clauses    string
}

// newAttempt fills a packet.
func newAttempt(t testing.TB, k packetKind, m *maker, random *rand.Rand) *attempt {
	p := m.packet(k.t)
	base, err := p.Append(nil, m.Rules)
	require.NoError(t, err, "%v: %v", m.Rules, p)
	f := formOf(p, k.v)
	require.Equal(t, f.bytes(), base, "%v: %v", m.Rules, p)
	return &attempt{packetKind: k, Rand: random, p: p, base: base, f: f, r: m.Rules}
}

// apply applies a row, and reports whether that made a difference.
func (x *attempt) apply(m *mutation) bool {
	before, rules := x.f.clone(), x.r
	x.row, x.refused, x.clauses = m, m.refused, m.clauses(x.v)
	if x.t == PacketConnect && x.Intn(2) == 0 {
		x.r.Version = 0 // as a server does, whom the packet tells
	}
	if m.do(x) {
		return true
	}
	x.f, x.r = before, rules
	x.limit, x.wire, x.after, x.want, x.incomplete = 0, nil, nil, nil, false
	return false
}

// packet is the packet after the mutation.
func (x *attempt) packet() []byte {
	if x.wire != nil {
		return x.wire
	}
	return x.f.bytes()
}

// isWhole reports whether there is nothing to say of the packet that the stream it
// comes in, and the connection, have to do with.
func (x *attempt) isWhole() bool {
	return !x.incomplete && x.limit == 0 && (x.r.Version != 0 || x.t == PacketConnect)
}

// String shows the first 600 bytes of each packet, which is mostly all.
func (x *attempt) String() string {
	return fmt.Sprintf("mutation %q of %v, options %v, limit %d, clauses %s\nfrom %d bytes: %.600X\nto %d bytes: %.600X\nand then %X",
		x.row.name, x.packetKind, x.r.Options, x.limit, x.clauses, len(x.base), x.base, len(x.packet()), x.packet(), x.after)
}

func fuzzVerdicts(f *testing.F, types ...PacketType) {
	var kinds []packetKind
	for _, k := range packetKinds() {
		if slices.Contains(types, k.t) {
			kinds = append(kinds, k)
		}
	}
	seen := map[string]bool{}
	for i, k := range kinds {
		for j, m := range mutationsOf(k) {
			name := fmt.Sprint(k.v, m.name)
			if !seen[name] { // once in each version
				seen[name] = true
				f.Add(byte(i), uint32(0), uint16(j), int64(j), uint16(3+j%20), binary.BigEndian.AppendUint64(nil, uint64(i)<<16|uint64(j)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which byte, options uint32, row uint16, pick int64, cut uint16, data []byte) {
		k := kinds[int(which)%len(kinds)]
		m := newMaker(0, Rules{Version: k.v, Sender: k.from, Options: Options(options) & AllOptions})
		m.fuzzer.RandSource(bytesource.New(data))
		x := newAttempt(t, k, m, rand.New(rand.NewSource(pick)))
		rows := mutationsOf(k)
		for i := range rows { // the first from there on that applies: one of them always does
			if x.apply(rows[(int(row)+i)%len(rows)]) {
				break
			}
		}
		x.check(t, int(cut))
		if rows := misusesOf(k); len(rows) > 0 {
			newAttempt(t, k, m, x.Rand).checkMisuse(t, rows[int(row)%len(rows)])
		}
		packet := x.packet()
		h, n, err := ConsumeFixedHeader(packet)
		if err == nil && x.isWhole() && len(packet) <= 1024 {
			checkPacket(t, h, packet[n:], x.r)
		}
	})
}

// TestVerdicts applies every row to packets of every kind that it is for, and sees
// to it that none is without effect.
func TestVerdicts(t *testing.T) {
	const seed, least = 18831883, 2
	applied, total := map[string]int{}, 0
	for i, k := range packetKinds() {
		m := newMaker(seed+int64(i), Rules{Version: k.v, Sender: k.from})
		random := rand.New(rand.NewSource(seed - int64(i)))
		each := 2
		if k.from == AnySender { // for whom there is no row of its own
			each = 1
		}
		for j, row := range mutationsOf(k) {
			if testing.Short() && (i+j)%6 != 0 {
				continue
			}
			key := fmt.Sprintf("%q of %v %v", row.name, k.v, k.t)
			applied[key] += 0
			for try, done := 0, 0; done < each && try < 300; try++ {
				m.Options = []Options{0, allowAll, rejectAll}[try%3]
				x := newAttempt(t, k, m, random)
				if x.apply(row) {
					x.check(t, try*7)
					done++
					total++
					applied[key]++
				}
			}
		}
	}
	t.Logf("%d mutations of %d kinds, %d executions", len(mutations()), len(packetKinds()), total)
	if testing.Short() {
		return
	}
	for key, n := range applied {
		require.GreaterOrEqual(t, n, least, "hardly ever applied: %s", key)
	}
}

// TestVerdictsOnOptions: every option has a row that it changes the verdict of.
func TestVerdictsOnOptions(t *testing.T) {
	var named Options
	for _, m := range mutations() {
		named |= m.allow | m.reject
		require.Zero(t, m.allow&^allowAll|m.reject&^rejectAll, m.name)
		require.True(t, m.allow|m.reject == 0 || m.refused != nil, m.name)
	}
	require.Equal(t, AllOptions, named)
}
