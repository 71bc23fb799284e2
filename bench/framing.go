package main

import (
	"errors"

	"github.com/seed-2c1fe983/mqttwire"
)

// errShortOfBytes is what a reader would say of a packet that announces more
// bytes than there are.
var errShortOfBytes = errors.New("the packet announces more bytes than there are")

// announced refuses a packet that announces more bytes than there are, on behalf
// of codecs that leave this to the reader in front of them. What kind of Remaining
// Length it is stays the codec's to judge.
func announced(wire []byte) error {
	n, shift := 0, 0
	for i, b := range wire[1:] {
		if shift < 28 {
			n |= int(b&0x7F) << shift
		}
		shift += 7
		if b < 0x80 {
			if n > len(wire)-i-2 {
				return errShortOfBytes
			}
			return nil
		}
	}
	return mqttwire.ErrIncomplete
}

// frame is the size of the packet that b begins with, or 0 if b is shorter.
func frame(b []byte) int {
	n := 0
	for i := 1; i < len(b) && i < 5; i++ {
		n |= int(b[i]&0x7F) << (7 * (i - 1))
		if b[i] < 0x80 {
			if n += i + 1; n > len(b) {
				return 0
			}
			return n
		}
	}
	return 0
}

// atLeast is buf, or a longer one if n bytes do not fit.
func atLeast(buf []byte, n int) []byte {
	if n > len(buf) {
		return make([]byte, n)
	}
	return buf
}
