package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// frameSource is a pcap or pcapng file. The data is valid until the next call.
type frameSource interface {
	ZeroCopyReadPacketData() (data []byte, info gopacket.CaptureInfo, err error)
}

// capture is the reading of one capture file.
type capture struct {
	source   frameSource
	linkType func(gopacket.CaptureInfo) layers.LinkType
	decoder  *frameDecoder
	assembly *assembly

	read     func() int64 // how many bytes of the file
	out      *printer
	segment  segment // the same for every frame
	last     moment
	segments int // TCP segments
	skipped  int // frames of a link type that is not supported
	skipType layers.LinkType
}

// readCapture reads the MQTT packets in a capture.
func (d *dumper) readCapture(r *bufio.Reader, kind inputKind) error {
	if d.senderGiven {
		return usageError{errors.New("--sender is for hex text and raw bytes, and this is a capture")}
	}
	counted := &countingReader{Reader: r}
	buffered := bufio.NewReaderSize(counted, 1<<16)
	c := capture{decoder: newFrameDecoder(), assembly: newAssembly(d.out, d.settings), out: d.out}
	c.read = func() int64 { return counted.n - int64(buffered.Buffered()) }
	if err := c.open(buffered, kind); err != nil {
		return fmt.Errorf("the header of the capture: %w", plainEOF(err))
	}
	before := d.out.connections
	err := c.frames()
	if d.out.broken() {
		return nil
	}
	c.assembly.finish(c.last)
	switch {
	case err != nil:
		return err
	case c.skipped > 0:
		return fmt.Errorf("%s left out: link type %d (%v) is not supported", count(c.skipped, "frame"), c.skipType, c.skipType)
	case d.out.connections == before:
		return c.noMQTT()
	}
	return nil
}

var errNoMQTT = errors.New("no MQTT found: no TCP stream looks like it; --port says where it is")

// noMQTT is the error for a capture in which no connection was found.
func (c *capture) noMQTT() error {
	if c.segments > 0 {
		return errNoMQTT
	}
	return fmt.Errorf("no MQTT found: there is no TCP in its %s", count(c.last.frame, "frame"))
}

// open reads the header of the file.
func (c *capture) open(r io.Reader, kind inputKind) error {
	if kind == kindPcap {
		pcap, err := pcapgo.NewReader(r)
		if err != nil {
			return err
		}
		c.source = pcap
		c.linkType = func(gopacket.CaptureInfo) layers.LinkType { return pcap.LinkType() }
		return nil
	}
	// Mixed link types, because otherwise frames of a second type are passed over
	// in silence.
	pcapng, err := pcapgo.NewNgReader(r, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		return err
	}
	c.source = pcapng
	c.linkType = func(info gopacket.CaptureInfo) layers.LinkType {
		link, _ := info.AncillaryData[0].(layers.LinkType)
		return link
	}
	return nil
}

// frames reads the file to its end.
func (c *capture) frames() (err error) {
	// A capture may be made to find bugs in what reads it, and gopacket reads a
	// great deal: whoever wants to see MQTT is to get one line, not a stack.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("frame %d: internal error: %v", c.last.frame, r)
		}
	}()
	for !c.out.broken() {
		data, info, err := c.source.ZeroCopyReadPacketData()
		if err == io.EOF && info.CaptureLength == 0 {
			return nil // between two frames
		}
		if err != nil {
			return fmt.Errorf("after frame %d, before byte %d: %w", c.last.frame, c.read(), plainEOF(err))
		}
		if c.last.frame == 0 {
			c.out.start = info.Timestamp
		}
		c.last = moment{frame: c.last.frame + 1, time: info.Timestamp.Sub(c.out.start)}
		c.frame(data, info)
	}
	return nil
}

// frame hands the TCP segment of a frame on.
func (c *capture) frame(data []byte, info gopacket.CaptureInfo) {
	c.add(c.linkType(info), data, info.Length-info.CaptureLength)
}

// add hands the TCP segment of a frame on that lacks its last bytes, cut of them.
func (c *capture) add(link layers.LinkType, data []byte, cut int) {
	first, data, ok := firstLayer(link, data)
	if !ok {
		c.skipped++
		c.skipType = link
		return
	}
	if !c.decoder.decode(first, data) {
		return
	}
	c.segments++
	s := &c.segment
	*s = segment{
		tcp: &c.decoder.tcp,
		src: endpoint(c.decoder.src, c.decoder.tcp.SrcPort),
		dst: endpoint(c.decoder.dst, c.decoder.tcp.DstPort),
		at:  c.last,
	}
	if c.decoder.truncated {
		s.cut = cut
	}
	c.assembly.add(s)
}

// plainEOF says in plain words that a file ends too early.
func plainEOF(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file is cut short")
	}
	return err
}

// countingReader counts what is read through it.
type countingReader struct {
	io.Reader
	n int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	return n, err
}
