package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
	"github.com/spf13/cobra"
)

// encodings is what encode can write.
var encodings = []string{"hex", "binary", "pcap"}

// packetWriter writes packets in one of the encodings.
type packetWriter interface {
	packet(p *jsonPacket) error
	close() error
}

func (p *program) encodeCommand() *cobra.Command {
	f := newFlags("encode")
	c := &cobra.Command{
		Use:   "encode [flags] [file ...]",
		Short: "Turn JSON lines into packets: hex, binary or a pcap file",
		Long:  encodeHelp,
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, files []string) error {
			return p.withSettings(f, files, p.encode)
		},
	}
	set := f.add("Output")
	set.StringVar(&f.s.encoding, "output", "hex", "write `FORMAT`: hex (a packet a line), binary, or pcap, a capture of TCP connections")
	set.BoolVar(&f.s.allowWrong, "allow-wrong", false, "write packets that break the specification, too")
	set.StringVar(&f.version, "version", "", "the `VERSION` where neither the line nor the CONNECT of its connection tells: 3.1, 3.1.1 or 5.0 (default 5.0)")
	f.rules()
	f.install(c)
	return c
}

// encode turns JSON lines into packets.
func (p *program) encode(s settings) int {
	out := bufio.NewWriter(p.stdout)
	w := newPacketWriter(s.encoding, out)
	d := dumper{settings: &s, stdin: p.stdin}
	status := exitOK
	for _, file := range s.files {
		if err := d.encodeFile(file, w); err != nil {
			fmt.Fprintf(p.stderr, "mqttdump: %s: %v\n", displayName(file), err)
			status = exitBad
		}
	}
	err := w.close()
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return max(status, p.outputFailed(err))
	}
	return status
}

// encodeFile turns the lines of one file into packets.
func (d *dumper) encodeFile(file string, w packetWriter) error {
	in := d.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return withoutPath(err)
		}
		defer func() { _ = f.Close() }() // nothing was written to it
		in = f
	}
	r := newJSONReader(bufio.NewReaderSize(in, 1<<16), d.version)
	versions := make(map[string]mqttwire.Version)
	for {
		p, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !d.allowWrong {
			if err := d.refuse(p, versions); err != nil {
				return errLine(r.line, err.Error())
			}
		}
		if err := w.packet(p); err != nil {
			return errLine(r.line, err.Error())
		}
	}
}

// refuse is an error if the packet breaks the specification.
func (d *dumper) refuse(p *jsonPacket, versions map[string]mqttwire.Version) error {
	rules := mqttwire.Rules{Version: p.version, Sender: p.sender, Options: d.options}
	if rules.Version == 0 {
		rules.Version = versions[p.key()]
	}
	if rules.Version == 0 && p.kind != mqttwire.PacketConnect {
		rules.Version = d.version
		if rules.Version == 0 && !p.judged {
			rules.Version = mqttwire.MQTT5
		}
	}
	report := inspect.Inspect(p.wire, rules)
	if p.kind == mqttwire.PacketConnect {
		versions[p.key()] = report.Rules.Version
	}
	switch {
	case len(report.Violations) > 0:
		v := report.Violations[0]
		return fmt.Errorf("%s byte %d: %s %s (%s); --allow-wrong writes it all the same", report.Tree.Name, v.Offset, v.Field, v.Problem, clause(v))
	case report.Missing > 0:
		return fmt.Errorf("the %s lacks %s; --allow-wrong writes it all the same", report.Tree.Name, count(report.Missing, "byte"))
	case len(report.Bytes) < len(p.wire):
		return fmt.Errorf("%s behind the %s; --allow-wrong writes them all the same", count(len(p.wire)-len(report.Bytes), "byte"), report.Tree.Name)
	case len(p.wire) > int(d.maxPacketSize):
		return fmt.Errorf("the %s has %s, more than --max-packet-size", report.Tree.Name, count(len(p.wire), "byte"))
	}
	return nil
}

func newPacketWriter(encoding string, out *bufio.Writer) packetWriter {
	switch encoding {
	case "binary":
		return binaryWriter{out}
	case "pcap":
		return newPcapWriter(out)
	}
	return hexWriter{out}
}

// hexWriter writes a packet a line.
type hexWriter struct{ out *bufio.Writer }

func (w hexWriter) packet(p *jsonPacket) error {
	_, err := w.out.WriteString(hex.EncodeToString(p.wire) + "\n")
	return err
}

func (hexWriter) close() error { return nil }

// binaryWriter writes packets as they are.
type binaryWriter struct{ out *bufio.Writer }

func (w binaryWriter) packet(p *jsonPacket) error {
	_, err := w.out.Write(p.wire)
	return err
}

func (binaryWriter) close() error { return nil }
