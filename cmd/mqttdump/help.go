package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// helpText is what --help prints.
func helpText(flags *pflag.FlagSet) string {
	var b strings.Builder
	b.WriteString(helpHead)
	b.WriteString("\nFlags:\n")
	b.WriteString(flags.FlagUsages())
	b.WriteString("  -h, --help                    print this text\n")
	for _, kind := range []string{"Allow", "Reject"} {
		b.WriteString("\nRules of --" + strings.ToLower(kind) + ":\n")
		for _, o := range optionsNamed(kind) {
			b.WriteString("  " + o.name + "\n")
		}
	}
	b.WriteString(helpTail)
	return b.String()
}

const helpHead = `Usage: mqttdump [flags] [file ...]

Mqttdump prints the MQTT packets (3.1, 3.1.1 and 5.0) in network captures and
hex text, one line each, and checks that every packet encodes back to the same
bytes. Without a file, and for the file "-", it reads standard input.

A file may be
  - a pcap or pcapng capture, told by its content. MQTT is found by content, too:
    a TCP stream, on whatever port, whose client begins with a CONNECT.
  - hex text: the bytes that one side sent, as Wireshark's "Copy as Hex Stream"
    gives them. Space, ":", "-", ",", "0x" and comments from "#" to the end of
    the line are skipped. Comments "# version: 5.0" and "# sender: server" at
    the top stand for the flags of these names.

A line is the time in seconds since the first frame of the capture, the
connection, the direction (C>S from client to server, S>C back, "?" unknown) and
the packet. Passwords, authentication data and payloads are not printed.
ERROR in place of the packet says what is wrong with it, by which clause of the
specification, where it is, and what its receiver answers. Its connection is
not decoded any further; the others are. The last line, on standard error, is
a summary.
`

const helpTail = `
Examples:
  mqttdump capture.pcapng
  mqttdump --allow ack-flags --allow bridge-level capture.pcap | grep ' #3 '
  tcpdump -U -i any -w - tcp port 1883 | mqttdump
  echo 10100004 4d515454 0502003c 00 0003 726177 | mqttdump
  echo d0 00 | mqttdump --version 3.1.1 --sender server

Exit status:
  0  every packet is in order and encodes back to the same bytes
  1  a packet is not, or is incomplete; a file cannot be read, or has no MQTT
  2  the arguments cannot be used
`
