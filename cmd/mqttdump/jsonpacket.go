package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
)

// jsonPacket is what a JSON line says: a packet, and where it belongs.
type jsonPacket struct {
	wire    []byte
	kind    mqttwire.PacketType // of the first byte
	version mqttwire.Version    // 0: not said
	sender  mqttwire.Sender

	File       string `json:"file"`
	Connection int    `json:"connection"`
	Frame      int    `json:"frame"`
	From       string `json:"from"`
	To         string `json:"to"`
	Time       string `json:"time"`
	at         time.Time
	judged     bool // the line has been written by --json
}

// jsonReader reads JSON lines.
type jsonReader struct {
	lines    *bufio.Reader
	line     int
	fallback mqttwire.Version            // where nothing says the version
	versions map[string]mqttwire.Version // of the connections, by their CONNECT
}

func newJSONReader(r *bufio.Reader, fallback mqttwire.Version) *jsonReader {
	return &jsonReader{lines: r, fallback: fallback, versions: make(map[string]mqttwire.Version)}
}

// maxJSONLine is how long a line may be: the largest packet in hex takes twice its
// size, and its fields some times that.
const maxJSONLine = 1 << 30

// next returns the packet of the next line that has one, or io.EOF. Lines that are
// empty, and those of problems and notes, are passed over.
func (r *jsonReader) next() (*jsonPacket, error) {
	for {
		line, err := r.read()
		if err != nil {
			return nil, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		p, err := r.parse(line)
		if err != nil {
			return nil, errLine(r.line, err.Error())
		}
		if p != nil {
			return p, nil
		}
	}
}

// read returns a line.
func (r *jsonReader) read() (line []byte, err error) {
	for {
		part, err := r.lines.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxJSONLine:
			return nil, errLine(r.line+1, "the line is too long")
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, withoutPath(err)
		}
		r.line++
		if r.line == 1 {
			line = bytes.TrimPrefix(line, []byte(byteOrderMark))
		}
		return line, nil
	}
}

// key tells the connections apart.
func (p *jsonPacket) key() string { return fmt.Sprintf("%s\x00%d", p.File, p.Connection) }

// parse reads a line; it returns nil for one that has no packet.
func (r *jsonReader) parse(line []byte) (*jsonPacket, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		return nil, plainJSON(err)
	}
	if members == nil {
		return nil, errors.New("null is not a JSON object")
	}
	if members["problem"] != nil || members["note"] != nil {
		return nil, nil
	}
	p := &jsonPacket{judged: members["outcome"] != nil}
	if err := json.Unmarshal(line, p); err != nil {
		return nil, plainJSON(err)
	}
	if p.Time != "" {
		at, err := time.Parse(time.RFC3339Nano, p.Time)
		if err != nil {
			return nil, fmt.Errorf("time: %q is not a time of RFC 3339", p.Time)
		}
		p.at = at
	}
	if err := r.packet(p, line, members); err != nil {
		return nil, err
	}
	if len(p.wire) == 0 {
		return nil, errors.New("the packet is empty")
	}
	p.kind = mqttwire.PacketType(p.wire[0] >> 4)
	return p, nil
}

// packet makes the bytes of the packet.
func (r *jsonReader) packet(p *jsonPacket, line []byte, members map[string]json.RawMessage) (err error) {
	var says struct {
		Version string  `json:"version"`
		Sender  string  `json:"sender"`
		Hex     string  `json:"hex"`
		Fields  []field `json:"fields"`
	}
	if err := json.Unmarshal(line, &says); err != nil {
		return plainJSON(err)
	}
	if p.version, err = parseVersion(says.Version); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if p.sender, err = parseSender(strings.TrimSuffix(says.Sender, " sender")); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	switch {
	case members["fields"] != nil:
		p.wire, err = rebuild(says.Fields)
	case members["hex"] != nil:
		if p.wire, err = hex.DecodeString(strings.ReplaceAll(says.Hex, " ", "")); err != nil {
			err = fmt.Errorf("hex: %s", plainHexError(err))
		}
	case members["hex_redacted"] != nil:
		err = errors.New("a secret was left out; --secrets would have written it")
	case members["packet"] != nil:
		err = r.byHand(p, members)
	default:
		err = errors.New("there is neither packet, fields nor hex")
	}
	return err
}

// plainHexError says what is wrong with hex, and shows nothing of it.
func plainHexError(err error) string {
	if errors.Is(err, hex.ErrLength) {
		return "the number of digits is odd"
	}
	return "not all of it is hex digits"
}

// captured is the members about where a packet belongs, which go with every form.
var captured = []string{"file", "number", "frame", "time", "connection", "from", "to", "stream_offset"}

// byHand makes a packet as a person writes it.
func (r *jsonReader) byHand(p *jsonPacket, members map[string]json.RawMessage) error {
	for _, name := range captured {
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return err // never so: it was read from JSON
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields() // a name with a mistake in it must not go unnoticed
	var h handwritten
	if err := d.Decode(&h); err != nil {
		return plainJSON(err)
	}
	kind := typeNamed(h.Packet)
	if kind == 0 {
		return fmt.Errorf("packet: %q is not one of %s", h.Packet, strings.Join(typeNames(), ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(membersOfAll, name) && !slices.Contains(membersOf[kind], name) {
			return fmt.Errorf("%s: %s has no such member", name, kind)
		}
	}
	if p.version == 0 {
		p.version = r.versionOf(p)
	}
	if kind == mqttwire.PacketConnect {
		r.versions[p.key()] = p.version
	}
	p.wire, err = h.append(kind, p.version)
	return err
}

// versionOf is the version of a packet that does not say it: that of the connection's
// CONNECT, of --version, or the latest.
func (r *jsonReader) versionOf(p *jsonPacket) mqttwire.Version {
	switch v := r.versions[p.key()]; {
	case v != 0:
		return v
	case r.fallback != 0:
		return r.fallback
	}
	return mqttwire.MQTT5
}

func typeNamed(name string) mqttwire.PacketType {
	for t := mqttwire.PacketConnect; t <= mqttwire.PacketAuth; t++ {
		if strings.EqualFold(t.String(), name) {
			return t
		}
	}
	return 0
}

// plainJSON says what is wrong with JSON in plain words.
func plainJSON(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		field := wrongType.Field + ": "
		if wrongType.Field == "" {
			field = ""
		}
		kind, _, _ := strings.Cut(wrongType.Value, " ") // without the number, which may be a secret
		return fmt.Errorf("%sa JSON %s cannot stand here", field, kind)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("byte %d: not JSON: %w", syntax.Offset, err)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}
