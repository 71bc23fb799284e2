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
	swept time.Time
}

// fragmentTimeout is how long to wait for the rest of a packet: RFC 8200 section
// 4.5. It is measured by the clock on the wall, and so bounds the memory that a
// live capture takes.
const fragmentTimeout = time.Minute

func newFragments() fragments {
	return fragments{ip4defrag.NewIPv4Defragmenter(), ip6defrag.NewIPv6Defragmenter(), time.Now()}
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

// sweep drops what has waited too long.
func (f *fragments) sweep() {
	now := time.Now()
	if now.Sub(f.swept) < fragmentTimeout {
		return
	}
	f.ip4.DiscardOlderThan(now.Add(-fragmentTimeout))
	f.ip6.DiscardOlderThan(now.Add(-fragmentTimeout))
	f.swept = now
}
