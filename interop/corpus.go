package main

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/seed-2c1fe983/mqttwire"
)

// A packet is one piece of input, which all are asked about. Not all are packets:
// many are illegal, and some are not whole.
type packet struct {
	source   string // where it is from
	invented bool   // it is random or mutated
	rules    mqttwire.Rules
	limit    uint32 // the receiver's Maximum Packet Size, 0 for none
	wire     []byte
}

// kind is the type that the first byte names, whatever else it says.
func (p *packet) kind() mqttwire.PacketType { return mqttwire.PacketType(p.wire[0] >> 4) }

func (p *packet) String() string {
	wire := fmt.Sprintf("%x", p.wire)
	if len(wire) > 400 {
		wire = fmt.Sprintf("%s... (%d bytes)", wire[:400], len(p.wire))
	}
	return fmt.Sprintf("%s, %s from %s: %s", p.source, p.rules.Version, p.rules.Sender, wire)
}

// decode is what the root package says of the packet under rules r.
func (p *packet) decode(r mqttwire.Rules) (mqttwire.Packet, mqttwire.Version, error) {
	d := mqttwire.Decoder{Rules: r, MaxPacketSize: p.limit}
	got, n, err := d.Decode(p.wire)
	if err == nil && n != len(p.wire) {
		err = fmt.Errorf("%d bytes follow the packet", len(p.wire)-n)
	}
	return got, d.Version, err
}

// settings is what the corpus is made of. The zero value of a number leaves that
// part out.
type settings struct {
	root      string // the folder of the repository
	seed      int64
	random    int // random packets of each type, version and sender
	mutations int // of each packet
	every     int // take only one in so many of the files' packets; 0 and 1 take all
}

var (
	usual = settings{seed: 1, random: 24, mutations: 6}
	small = settings{seed: 1, random: 4, mutations: 2, every: 4}
)

// makeCorpus gathers the packets of the repository's files, random ones, and
// mutations of both. Nothing is in it twice. The same settings make the same
// corpus.
func makeCorpus(s settings) ([]packet, error) {
	files, err := readFiles(s.root)
	if err != nil {
		return nil, err
	}
	if s.every > 1 {
		kept := files[:0]
		for i := 0; i < len(files); i += s.every {
			kept = append(kept, files[i])
		}
		files = kept
	}
	all := unique(append(files, randomPackets(s.seed, s.random)...))
	return unique(append(all, mutate(all, s.seed, s.mutations)...)), nil
}

// unique leaves out what was there before, in the same version from the same side.
func unique(all []packet) []packet {
	type identity struct {
		rules mqttwire.Rules
		limit uint32
		wire  string
	}
	seen := make(map[identity]bool, len(all))
	return slices.DeleteFunc(all, func(p packet) bool {
		id := identity{p.rules, p.limit, string(p.wire)}
		double := seen[id] || len(p.wire) == 0
		seen[id] = true
		return double
	})
}

// longestMutated is the most bytes of a packet that is mutated: a change in the
// middle of a long payload finds nothing.
const longestMutated = 200

// mutate makes n packets of each of all, that differ from it in one byte. What it
// makes of a packet does not depend on the others, so that a new one in a file
// adds to the corpus and does not change it.
func mutate(all []packet, seed int64, n int) (changed []packet) {
	for _, p := range all {
		if len(p.wire) > longestMutated || len(p.wire) < 2 {
			continue
		}
		hash := fnv.New64()
		hash.Write(p.wire)
		random := rand.New(rand.NewPCG(uint64(seed), hash.Sum64()))
		for range n {
			q := packet{source: "mutation of " + p.source, invented: true, rules: p.rules}
			q.rules.Options = 0
			q.wire = cut(mutation(random, slices.Clone(p.wire)))
			changed = append(changed, q)
		}
	}
	return changed
}

// cut leaves out what follows the packet that b begins with.
func cut(b []byte) []byte {
	h, n, err := mqttwire.ConsumeFixedHeader(b)
	if end := n + h.RemainingLength; err == nil && end < len(b) {
		return b[:end]
	}
	return b
}

// mutation changes one byte; or takes the last one away, or adds one, and sets
// the Remaining Length right if it is of one byte.
func mutation(random *rand.Rand, b []byte) []byte {
	short := b[1] == byte(len(b)-2)
	switch random.IntN(10) {
	case 0:
		if short && b[1] > 0 {
			b = b[:len(b)-1]
			b[1]--
		}
		return b
	case 1:
		if short && b[1] < 127 {
			b = append(b, []byte{0, 1, 2, 'x', 0x80}[random.IntN(5)])
			b[1]++
		}
		return b
	}
	i := random.IntN(len(b))
	old := b[i]
	switch random.IntN(4) {
	case 0:
		b[i] = byte(random.IntN(256))
	case 1:
		b[i] = []byte{0, 1, 2, 3, 0x7F, 0x80, 0xC0, 0xED, 0xFF, '#', '+', '/', '$'}[random.IntN(13)]
	case 2:
		b[i] = old ^ 1<<random.IntN(8)
	case 3:
		b[i] = old + byte(random.IntN(3)) - 1
	}
	return b
}
