package main

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"

	"github.com/seed-2c1fe983/mqttwire"
)

// Compressed WebSocket messages. RFC 7692. Whether a side goes on with the window of its
// last message makes no difference to who unpacks it: one that begins anew refers to
// nothing in it. Nor does the size of the window, of which the largest is kept.

// What a message may have, and what is kept of what came out.
const (
	maxPacked   = 1 << 24                // bytes, compressed
	maxUnpacked = mqttwire.MaxPacketSize // bytes, not compressed
	windowSize  = 1 << 15                // RFC 7692 section 7.1.2
)

// messageEnd is what a compressed message lacks at its end, RFC 7692 section 7.2.2, and a
// last block, so that the end is one.
const messageEnd = "\x00\x00\xFF\xFF\x01\x00\x00\xFF\xFF"

// inflater unpacks messages. It serves all connections.
type inflater struct {
	z      io.ReadCloser // also a flate.Resetter
	buffer [1 << 14]byte
}

// unpack hands on what the compressed message of w holds, piece by piece, until yield
// returns false.
func (f *inflater) unpack(w *webSocket, yield func([]byte) bool) error {
	in := bytes.NewReader(append(w.packet, messageEnd...))
	total := 0
	for in.Len() > 0 { // a message may have several last blocks
		if err := f.reset(in, w.last()); err != nil {
			return err
		}
		for {
			n, err := f.z.Read(f.buffer[:])
			w.window = append(w.window, f.buffer[:n]...)
			if len(w.window) > 4*windowSize {
				w.window = append(w.window[:0], w.last()...)
			}
			if total += n; total > maxUnpacked {
				return errors.New("it has more than " + count(maxUnpacked, "byte"))
			}
			if n > 0 && !yield(f.buffer[:n]) {
				return nil
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return errors.New(plainFlate(err))
			}
		}
	}
	return nil
}

// last is the window.
func (w *webSocket) last() []byte { return w.window[max(0, len(w.window)-windowSize):] }

func (f *inflater) reset(in io.Reader, window []byte) error {
	if f.z == nil {
		f.z = flate.NewReaderDict(in, window)
		return nil
	}
	return f.z.(flate.Resetter).Reset(in, window)
}

// plainFlate says in plain words what is wrong with compressed data.
func plainFlate(err error) string {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it is damaged"
	}
	return err.Error()
}
