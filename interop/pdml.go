package main

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// A frame is what tshark shows of the MQTT in a frame.
type frame struct {
	packets   int // how many MQTT packets end in it
	fields    []shown
	complaint string // why tshark takes the packet for malformed, or ""
}

// rawFields are those whose value is text or binary data. Of the others the
// number counts.
var rawFields = map[string]bool{
	"mqtt.protoname": true, "mqtt.clientid": true, "mqtt.willtopic": true, "mqtt.willmsg": true, "mqtt.username": true,
	"mqtt.passwd": true, "mqtt.topic": true, "mqtt.msg": true, "mqtt.prop_string": true, "mqtt.prop_key": true,
	"mqtt.prop_value": true, "mqtt.property.content_type": true,
}

// severityError is the severity of an expert info, in Wireshark's numbers, from
// which on the packet is wrong. A warning is no more than that.
const severityError = 0x00800000

// readPDML reads what "tshark -T pdml" writes: XML with an element a line,
// whose attributes have no quotes and no pointed brackets. It hands over each frame.
func readPDML(in io.Reader, frameRead func(number int, f frame)) error {
	number, current := 0, frame{}
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := readElement(lines)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line = strings.TrimLeft(line, " ")
		switch name := attribute(line, "name"); {
		case strings.HasPrefix(line, "<packet>"):
			current = frame{}
		case strings.HasPrefix(line, "</packet>"):
			frameRead(number, current)
		case strings.HasPrefix(line, "<proto ") && name == "mqtt":
			current.packets++
		case strings.HasPrefix(line, "<proto ") && name == "_ws.malformed":
			current.complaint = "malformed"
		case name == "num":
			number, _ = strconv.Atoi(attribute(line, "show"))
		case name == "_ws.expert.severity":
			if n, _ := strconv.Atoi(attribute(line, "show")); n >= severityError {
				current.complaint = "an error"
			}
		case rawFields[name]:
			if value := rawValue(name, attribute(line, "value")); value != "" {
				current.fields = append(current.fields, shown{name, value})
			}
		case strings.HasPrefix(name, "mqtt.") && attribute(line, "show") != "":
			current.fields = append(current.fields, shown{name, decimal(attribute(line, "show"))})
		}
	}
}

// readElement reads a line, and what follows a newline in a value.
func readElement(in *bufio.Reader) (element string, err error) {
	for {
		line, err := in.ReadString('\n')
		if element += line; err != nil || strings.HasSuffix(line, ">\n") || element == "\n" {
			return element, err
		}
	}
}

// rawValue is the value of text or data in hexadecimal. That of a Content Type is
// shown with its length in front.
func rawValue(name, value string) string {
	if name == "mqtt.property.content_type" && len(value) >= 4 {
		return value[4:]
	}
	return value
}

// attribute is the value of an attribute as it stands in the line.
func attribute(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// decimal writes the number of a field in decimal. Newer versions of tshark show
// flags in words.
func decimal(show string) string {
	switch show {
	case "True":
		return "1"
	case "False":
		return "0"
	}
	if n, err := strconv.ParseUint(show, 0, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return show
}
