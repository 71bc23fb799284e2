package main

import (
	"bytes"
	"fmt"
	"strings"
)

// inlined is the functions of the codec that have to be inlined, as the compiler
// names them.
var inlined = []string{
	"word", "okASCII", "okTopic", "bit", "grow", "fitsTogether", "sizeVarint", "appendVarint", "consumeVarint", "consumeBytes", "appendBytes",
	"shortHeader", "FixedHeader.isPlain", "(*plainHeader).allow", "(*Connect).isPlain", "(*Publish).isPlain",
	"plainID", "(*Puback).Append", "(*Pingreq).Append",
	"(*Delivery).kind", "(*Delivery).firstByte", "Properties.Has", "Properties.Len",
}

// checkInlining has the compiler say what it inlines, and fails if one of the
// functions that have to be is missing.
func checkInlining(root, toolchain string) error {
	out, err := command(root, toolchain, "go", "build", "-a", "-gcflags=-m", ".")
	if err != nil {
		return err
	}
	can := map[string]bool{}
	for line := range bytes.Lines(out) {
		if _, name, ok := strings.Cut(strings.TrimSpace(string(line)), ": can inline "); ok {
			can[name] = true
		}
	}
	var missing []string
	for _, name := range inlined {
		if !can[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("no longer inlined: %s", strings.Join(missing, ", "))
	}
	return nil
}
