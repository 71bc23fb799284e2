package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/stretchr/testify/require"
)

func testCorpus(t *testing.T, s settings) []packet {
	var err error
	s.root, err = findRoot()
	require.NoError(t, err)
	corpus, err := makeCorpus(s)
	require.NoError(t, err)
	return corpus
}

// TestCorpus: the same seed makes the same packets, another makes others, and
// nothing is there twice.
func TestCorpus(t *testing.T) {
	s := small
	first, again := testCorpus(t, s), testCorpus(t, s)
	require.Equal(t, first, again)
	s.seed++
	require.NotEqual(t, first, testCorpus(t, s))
	require.Len(t, unique(append(first, again...)), len(first))
}

// TestCorpusIsOfEveryKind: every packet type is there in every version, from each
// side that sends it, legal and illegal, from files and random.
func TestCorpusIsOfEveryKind(t *testing.T) {
	have := make(map[string]bool)
	name := func(v mqttwire.Version, s mqttwire.Sender, kind mqttwire.PacketType, legal, random bool) string {
		return fmt.Sprintf("%s from %s in %s, legal %t, random %t", kind, s, v, legal, random)
	}
	corpus := testCorpus(t, usual)
	for i := range corpus {
		p := &corpus[i]
		if strings.HasPrefix(p.source, "mutation") {
			continue
		}
		about, _ := rootSays(p, p.rules)
		have[name(p.rules.Version, p.rules.Sender, p.kind(), about.got != nil, p.invented)] = true
	}
	for _, v := range allVersions {
		for kind := mqttwire.PacketConnect; kind <= mqttwire.PacketAuth; kind++ {
			for _, s := range []mqttwire.Sender{mqttwire.Client, mqttwire.Server} {
				if kind.SentBy(s, v) {
					require.True(t, have[name(v, s, kind, true, false)], name(v, s, kind, true, false))
					if kind != mqttwire.PacketPingreq && kind != mqttwire.PacketPingresp && (kind != mqttwire.PacketDisconnect || v == mqttwire.MQTT5) {
						// what is left out has no content, so that a random one is there already
						require.True(t, have[name(v, s, kind, true, true)], name(v, s, kind, true, true))
					}
				}
			}
			require.True(t, have[name(v, mqttwire.Client, kind, false, false)] || have[name(v, mqttwire.Server, kind, false, false)],
				name(v, mqttwire.AnySender, kind, false, false))
		}
	}
}

// TestCaptures: the captures have the packets that their README counts.
func TestCaptures(t *testing.T) {
	root, err := findRoot()
	require.NoError(t, err)
	for file, want := range map[string]int{"handshake-v5.pcapng": 3, "mosquitto-v311.pcapng": 314, "mqttjs-v5.pcapng": 173, "websocket.pcap": 57} {
		packets, err := readCapture(root + "/testdata/captures/" + file)
		require.NoError(t, err)
		require.Len(t, packets, want, file)
		for i := range packets {
			about, _ := rootSays(&packets[i], packets[i].rules)
			require.NotNil(t, about.got, "%v", packets[i])
		}
	}
}

// TestMutations: a mutated packet is another one, and holds no more than one packet.
func TestMutations(t *testing.T) {
	s := small
	s.random, s.mutations = 2, 3
	mutated := 0
	for _, p := range testCorpus(t, s) {
		if strings.HasPrefix(p.source, "mutation") {
			mutated++
			require.Equal(t, p.wire, cut(p.wire))
		}
	}
	require.Greater(t, mutated, 1500) // those that change nothing are there already
}
