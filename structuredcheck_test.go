package mqttwire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is checked of each packet that a mutation has changed.

// check holds the verdict, however the packet arrives and whatever is behind it,
// against that of the row. The stream is split at cut, and elsewhere.
func (x *attempt) check(t *testing.T, cut int) {
	for _, c := range x.cases() {
		packet := x.packet()
		x.checkWhole(t, packet, c)
		x.checkBeyond(t, packet, c)
		x.checkPrefixes(t, packet, c)
		x.checkSplit(t, packet, c, cut)
		x.checkCost(t, packet, c)
		if x.row.value {
			x.checkAppend(t, packet, c)
		}
	}
}

// A caseOf is rules and the verdict under them.
type caseOf struct {
	r       Rules
	refused []verdict
}

func (x *attempt) cases() []caseOf {
	with, without := x.r, x.r
	with.Options |= x.row.allow | x.row.reject
	without.Options &^= x.row.allow | x.row.reject
	switch {
	case x.row.allow != 0:
		return []caseOf{{with, nil}, {without, x.refused}}
	case x.row.reject != 0:
		return []caseOf{{with, x.refused}, {without, nil}}
	}
	return []caseOf{{x.r, x.refused}}
}

func (x *attempt) fail(t *testing.T, c caseOf, format string, args ...any) {
	t.Helper()
	require.FailNow(t, fmt.Sprintf(format, args...), "%v\nunder %v, sender %v, options %v", x, c.r.Version, c.r.Sender, c.r.Options)
}

// wrong says what is wrong with an error, or "".
func (x *attempt) wrong(err error, c caseOf) string {
	switch {
	case x.incomplete:
		if err != ErrIncomplete {
			return fmt.Sprintf("got %v, want ErrIncomplete", err)
		}
		return ""
	case c.refused == nil:
		if err != nil {
			return fmt.Sprintf("refused: %v", err)
		}
		return ""
	case err == nil:
		return fmt.Sprintf("accepted, want %v", c.refused)
	}
	e, ok := err.(*Error)
	if !ok {
		return fmt.Sprintf("got %v, want %v", err, c.refused)
	}
	v := c.r.Version
	if v == 0 {
		v = x.v
	}
	if !cites(x.clauses, e.Clause(v)) {
		return fmt.Sprintf("%v: clause %s", err, e.Clause(v))
	}
	for _, want := range c.refused {
		if want.says(err) && err.(*Error).ReturnCode() == want.returns {
			return ""
		}
	}
	return fmt.Sprintf("got %v, want %v", err, c.refused)
}

// cites reports whether a list of clauses has the one that an error names.
func cites(list, clause string) bool {
	for _, s := range strings.Fields(list) {
		if s == "A" && clause == "appendix A" {
			return true
		}
		start, star := strings.CutSuffix(s, "*")
		bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(clause, "[MQTT-"), "section "), "]")
		if bare == start || star && strings.HasPrefix(bare, start) {
			return true
		}
	}
	return false
}

// wants is what a legal packet has to say.
func (x *attempt) wants() string {
	if x.want != nil {
		return x.want.values()
	}
	return x.f.values()
}

// checkWhole decodes the packet by itself, with a Decoder and, if a fixed header
// can be read, without.
func (x *attempt) checkWhole(t *testing.T, packet []byte, c caseOf) {
	d := Decoder{Rules: c.r, MaxPacketSize: x.limit}
	before := bytes.Clone(packet)
	p, n, err := d.Decode(packet[:len(packet):len(packet)])
	if problem := x.wrong(err, c); problem != "" {
		x.fail(t, c, "%s", problem)
	}
	if err == nil {
		if n != len(packet) {
			x.fail(t, c, "%d of %d bytes taken", n, len(packet))
		}
		if got := formOf(p, x.v); got.values() != x.wants() {
			x.fail(t, c, "the packet says\n%.600X\nand should say\n%.600X", got.values(), x.wants())
		}
	}
	h, n, headerErr := ConsumeFixedHeader(packet)
	if headerErr == nil && (x.incomplete || x.isWhole()) {
		body := packet[n:len(packet):len(packet)]
		if direct := newPacket(h.Type).Decode(h, body, c.r); direct != err {
			x.fail(t, c, "the Decoder says %v, Decode %v", err, direct)
		}
		if whole, ok := p.(*Publish); h.Type == PacketPublish && !x.incomplete {
			if !ok {
				whole = new(Publish)
			}
			checkHeader(t, whole, err, h, body, c.r)
		}
	}
	if !bytes.Equal(before, packet) {
		x.fail(t, c, "the input has changed")
	}
}

// checkBeyond puts the packet among other bytes: behind it in the stream, and beyond
// the end of the slice.
func (x *attempt) checkBeyond(t *testing.T, packet []byte, c caseOf) {
	d := Decoder{Rules: c.r, MaxPacketSize: x.limit}
	_, _, want := d.Decode(packet)
	for _, poison := range []byte{0x00, '1', 0xFF} {
		around := bytes.Repeat([]byte{poison}, 24)
		arena := slices.Concat(around, packet, around)
		b := arena[len(around):]
		if poison == 0xFF || x.incomplete { // with more bytes that would be another packet
			b = b[:len(packet)]
		}
		d.Rules = c.r
		p, n, err := d.Decode(b)
		if err != want || err == nil && (n != len(packet) || formOf(p, x.v).values() != x.wants()) {
			x.fail(t, c, "%v, and %v among bytes %02X", want, err, poison)
		}
	}
}

// checkPrefixes: as long as the packet is not whole the Decoder asks for more, or
// says already what it says of the whole.
func (x *attempt) checkPrefixes(t *testing.T, packet []byte, c caseOf) {
	d := Decoder{Rules: c.r, MaxPacketSize: x.limit}
	_, _, final := d.Decode(packet)
	enough := refusedAt(packet, c.r)
	if _, n, err := ConsumeFixedHeader(packet); err == nil && x.limit != 0 && final != nil {
		enough = n
	}
	for n := range packet {
		if n > 64 && n < len(packet)-64 && n%(1+len(packet)/64) != 0 {
			continue // of a long packet some
		}
		d.Rules = c.r
		p, taken, err := d.Decode(packet[:n:n])
		ok := err == final && n >= 1 || err == ErrIncomplete && n < enough
		if !ok || err == nil || p != nil || taken != 0 {
			x.fail(t, c, "after %d bytes %v, %d, %v; the whole: %v", n, p, taken, err, final)
		}
	}
}

// checkSplit feeds a stream with the packet in it whole, in two and, if it is short,
// byte by byte.
func (x *attempt) checkSplit(t *testing.T, packet []byte, c caseOf, cut int) {
	d := Decoder{Rules: c.r, MaxPacketSize: x.limit}
	stream := bytes.Join([][]byte{x.base, packet, x.after, x.base}, nil)
	if x.limit != 0 {
		stream = stream[len(x.base):]
	}
	want, wantErr := feed(t, d, stream)
	at := cut % len(stream)
	splits := [][][]byte{{stream[:at], stream[at:]}}
	if len(stream) <= 512 {
		var single [][]byte
		for i := range stream {
			single = append(single, stream[i:i+1])
		}
		splits = append(splits, single)
	}
	for _, pieces := range splits {
		got, err := feed(t, d, pieces...)
		if err != wantErr || len(got) != len(want) {
			x.fail(t, c, "%d packets, then %v; in %d pieces %d packets, then %v", len(want), wantErr, len(pieces), len(got), err)
		}
		for i := range got {
			if formOf(got[i], x.v).values() != formOf(want[i], x.v).values() {
				x.fail(t, c, "packet %d is another in %d pieces", i, len(pieces))
			}
		}
	}
}

// checkCost: nothing is allocated, and a long packet takes a time that goes with
// its length.
func (x *attempt) checkCost(t *testing.T, packet []byte, c caseOf) {
	d := Decoder{Rules: c.r, MaxPacketSize: x.limit}
	p, _, err := d.Decode(packet)
	if p != nil && err == nil {
		p = Clone(p)
	}
	var built Packet
	if x.row.value {
		built = packetFrom(x.f, x.v)
	}
	buf := make([]byte, 0, 2*len(packet)+64)
	requireFree(t, func() {
		d.Rules = c.r
		d.Decode(packet)
		if built != nil {
			built.Append(buf, c.r)
		}
		if p != nil && err == nil {
			p.Append(buf, c.r)
			p.Size(c.r.Version)
		}
	})
	if len(packet) < 4096 {
		return
	}
	// Each is at its best of up to 30 rounds, so that a busy machine makes no
	// difference for long, nor does a coarse clock. An effort that grows with the
	// square of the length is far beyond the bound.
	const bound = 60
	decode, reference := time.Hour, time.Hour
	for range 30 {
		decode = min(decode, timeOf(func() { d.Rules = c.r; d.Decode(packet) }))
		reference = min(reference, timeOf(func() { sink = checksum(packet) }))
		if decode <= bound*reference+250*time.Microsecond {
			return
		}
	}
	x.fail(t, c, "%d bytes take %v to decode; to add them up %v", len(packet), decode, reference)
}

func timeOf(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// checksum looks at every byte, with a decision for each.
func checksum(b []byte) (sum uint32) {
	for _, c := range b {
		if c >= 0x80 {
			sum += 3
		}
		sum = sum<<1 ^ uint32(c)
	}
	return sum
}

// checkAppend builds the packet that the form describes: Append refuses it with the
// same verdict, or writes the bytes.
func (x *attempt) checkAppend(t *testing.T, packet []byte, c caseOf) {
	p := packetFrom(x.f, x.v)
	dst := []byte("before")
	out, err := p.Append(dst, c.r)
	if c.refused == nil {
		if err != nil || !bytes.Equal(out[len(dst):], packet) {
			x.fail(t, c, "Append of %v: %v\n%.600X", p, err, out)
		}
		return
	}
	if string(out) != "before" {
		x.fail(t, c, "Append of %v has written %X", p, out)
	}
	for _, want := range c.refused {
		if want.says(err) {
			return
		}
	}
	x.fail(t, c, "Append of %v: %v, want %v", p, err, c.refused)
}
