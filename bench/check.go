package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/seed-2c1fe983/mqttwire"
)

// verdict is what the check of a codec on a piece of work comes to.
type verdict string

const (
	right      verdict = ""
	notOffered verdict = "-"
)

// wrong is the verdict on a codec that fails, with the reason.
func wrong(format string, args ...any) verdict {
	return verdict("wrong: " + fmt.Sprintf(format, args...))
}

// checkDecode decodes a packet and compares all that it says.
func checkDecode(c codec, s sample) verdict {
	err := guarded(func() error { return c.decode(s.version, s.wire, 1) })
	switch {
	case errors.Is(err, errNotOffered):
		return notOffered
	case err != nil:
		return wrong("refused, %s", shorten(err.Error(), 90))
	}
	if difference := c.facts().differ(s.facts); difference != "" {
		return wrong("%s", difference)
	}
	return right
}

// checkEncode decodes a packet with the codec and encodes it again. mqttwire says
// whether the result is the same packet; the bytes may differ, in the order of
// properties.
func checkEncode(c codec, s sample) verdict {
	if v := checkDecode(c, s); v != right {
		return v
	}
	var out []byte
	err := guarded(func() (err error) { out, err = c.encode(1); return err })
	switch {
	case errors.Is(err, errNotOffered), errors.Is(err, errUnknownPacket):
		return notOffered
	case err != nil:
		return wrong("not encoded, %s", shorten(err.Error(), 90))
	case bytes.Equal(out, s.wire):
		return right
	}
	d := mqttwire.Decoder{Rules: s.rules()}
	p, n, err := d.Decode(out)
	switch {
	case err != nil:
		return wrong("encoded a packet that is none, %s", shorten(err.Error(), 90))
	case n != len(out):
		return wrong("encoded %d bytes too many", len(out)-n)
	}
	if difference := packetFacts(p, s.version).differ(s.facts); difference != "" {
		return wrong("encoded, %s", difference)
	}
	return right
}

// checkStream decodes every packet of a stream by itself, and all together.
func checkStream(c codec, wire []byte, packets []sample) verdict {
	for _, s := range packets {
		if v := checkDecode(c, s); v != right {
			return v
		}
	}
	if err := guarded(func() error { return c.decode(packets[0].version, wire, 1) }); err != nil {
		return wrong("%s", err.Error())
	}
	return right
}

// errPanic is what a panic of a codec is turned into.
var errPanic = errors.New("panic")

// guarded calls f and makes an error of a panic.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanic, r)
		}
	}()
	return f()
}
