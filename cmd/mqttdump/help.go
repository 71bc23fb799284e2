package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// help is what --help prints for a command.
func (f *flags) help(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString("Usage: " + c.UseLine() + "\n")
	if !c.HasParent() {
		b.WriteString("       mqttdump COMMAND [flags] [file ...]\n\n" + helpHead)
		b.WriteString("\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				b.WriteString("  " + padded(sub.Name(), 12) + sub.Short + "\n")
			}
		}
	} else {
		b.WriteString("\n" + strings.TrimSuffix(c.Long, "\n") + "\n")
	}
	for _, g := range f.groups {
		b.WriteString("\n" + g.title + ":\n" + g.set.FlagUsagesWrapped(100))
	}
	b.WriteString("\n  -h, --help   print this text\n")
	if c.Flags().Lookup("allow") != nil {
		for _, kind := range []string{"Allow", "Reject"} {
			b.WriteString("\nRules of --" + strings.ToLower(kind) + ":\n" + columns(optionList(kind)))
		}
	}
	if !c.HasParent() {
		b.WriteString(helpTail)
	}
	return b.String()
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(width-len(text), 1))
}

// columns writes words below each other, as many a line as fit.
func columns(words []string) string {
	text, line := "", " "
	for _, w := range words {
		if len(line)+1+len(w) > 80 {
			text += line + "\n"
			line = " "
		}
		line += " " + w
	}
	return text + line + "\n"
}

const helpHead = `Shows the MQTT packets (3.1, 3.1.1 and 5.0) in network captures, hex dumps, raw
bytes and JSON lines, one line each; -v explains every byte, --json writes an
object a line. Every packet is held against the specification and encoded again.
Without a file, and for the file "-", it reads standard input.

What a file holds is told by its content:
  - pcap or pcapng. MQTT is found on port 1883 and, by content, on any other; also
    inside of WebSockets, and where the capture begins after the connection.
  - hex: a plain stream (Wireshark's "Copy as Hex Stream"), with spaces, ":", "-",
    ",", "0x", as a C array, or a dump with offsets (xxd, hexdump -C, tcpdump -X,
    Wireshark). Comments from "#" on; "# version: 5.0" and "# sender: server" at
    the top stand for the flags of these names.
  - raw bytes, and the JSON lines that --json writes.
Any of them may be compressed with gzip.

A line is the time in seconds since the first frame of the capture, the
connection, the direction (C>S from client to server, S>C back, "?" unknown) and
the packet. Passwords, authentication data and payloads are not printed. ERROR
says what is wrong, by which clause of the specification, where it is, and what
the receiver answers. The last line, on standard error, counts.
`

const helpTail = `
Examples:
  mqttdump capture.pcapng
  mqttdump -v --client sensor-7 --type CONNECT,CONNACK capture.pcapng
  mqttdump check firmware-test.pcapng || echo "the device breaks the specification"
  mqttdump summary capture.pcapng.gz
  mqttdump --json --topic 'plant/+/state' capture.pcap | jq .topic
  tcpdump -U -i any -w - tcp port 1883 | mqttdump
  echo 10100004 4d515454 0502003c 00 0003 726177 | mqttdump -v
  echo '{"packet":"PUBLISH","version":"5.0","topic":"a"}' | mqttdump encode

Exit status:
  0  every packet is in order and encodes back to the same bytes
  1  a packet is not, or is incomplete; a file cannot be read, has no MQTT, or no
     packet that the filters want
  2  the arguments cannot be used
`

const checkHelp = `Prints a line for every violation of the specification, and nothing else: file,
packet, frame, connection, client, where in the packet, what is wrong, the clause,
the reason code, and what the receiver answers. What is missing or incomplete
counts, too. It is meant for the test jobs of those who make devices.

Exit status:
  0  there is no violation
  1  there is one
  2  the input is bad, has no MQTT, or no packet that the filters want; or the
     arguments cannot be used
`

const summaryHelp = `Reads everything and then prints tables: the connections with client, version,
packets and bytes each way, and how they ended; packets by type; topics by bytes;
violations by clause.

Exit status: as for mqttdump.
`

const encodeHelp = `Turns JSON lines into packets: those that mqttdump --json writes, edited or not,
and short ones written by hand. README.md describes both.

  {"packet":"CONNECT","version":"5.0","client_id":"probe","keep_alive":60}
  {"packet":"SUBSCRIBE","packet_id":1,"subscriptions":[{"filter":"a/#","qos":1}]}
  {"packet":"PUBLISH","topic":"a/b","payload":"21.5","properties":{"topic_alias":1}}
  {"hex":"c0 00"}

A packet that breaks the specification is an error, with what is wrong, unless
--allow-wrong is given.

Exit status: 0, 1 when a line cannot be encoded, 2 when the arguments cannot be used.
`
