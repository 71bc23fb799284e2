package main

import (
	"bytes"
	"time"

	"github.com/gopacket/gopacket/ip4defrag"
	"github.com/gopacket/gopacket/ip6defrag"
	"github.com/gopacket/gopacket/layers"
)

// fragments puts IP packets together that were sent in fragments.
type fragments struct {
	ip4   *ip4defrag.IPv4Defragmenter
	ip6   *ip6defrag.IPv6Defragmenter
	taken int       // how many fragments came since the last sweep
	swept time.Time // when that was
}

// maxFragments is how many fragments may come between those of one packet: half of
// what is kept, so that a flood of them takes no endless memory. RFC 8200 section 4.5
// gives up after a minute, which in a file is a matter of milliseconds.
const maxFragments = 8192

func newFragments() fragments {
	return fragments{ip4: ip4defrag.NewIPv4Defragmenter(), ip6: ip6defrag.NewIPv6Defragmenter(), swept: time.Now()}
}

// add4 takes a fragment and returns the payload of the packet that it completes,
// or nil. The bytes of ip are copied: they belong to the reader.
func (f *fragments) add4(ip *layers.IPv4) (payload []byte) {
	f.sweep()
	own := *ip
	own.Payload = bytes.Clone(ip.Payload)
	whole, err := f.ip4.DefragIPv4(&own)
	if err != nil || whole == nil {
		return nil // what does not fit together is dropped, as by the receiver
	}
	return whole.Payload
}

// add6 is add4 for IPv6.
func (f *fragments) add6(ip *layers.IPv6, fragment *layers.IPv6Fragment) (payload []byte) {
	f.sweep()
	ownIP, own := *ip, *fragment
	own.Payload = bytes.Clone(fragment.Payload)
	whole := f.ip6.DefragIPv6(&ownIP, &own)
	if whole == nil {
		return nil
	}
	return whole.Payload
}

// sweep drops what was waiting already when the last sweep came.
func (f *fragments) sweep() {
	if f.taken++; f.taken < maxFragments {
		return
	}
	f.ip4.DiscardOlderThan(f.swept)
	f.ip6.DiscardOlderThan(f.swept)
	f.taken, f.swept = 0, time.Now()
}
