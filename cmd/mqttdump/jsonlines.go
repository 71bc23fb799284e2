package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-2c1fe983/mqttwire"
	"github.com/seed-2c1fe983/mqttwire/inspect"
)

// jsonRecord is what a JSON line has in front of the members that package inspect
// writes. README.md describes it.
type jsonRecord struct {
	File       string  `json:"file"`
	Number     int     `json:"number,omitempty"`
	Frame      int     `json:"frame,omitempty"`
	Time       string  `json:"time,omitempty"`
	Connection int     `json:"connection"`
	From       string  `json:"from,omitempty"`
	To         string  `json:"to,omitempty"`
	ClientID   *string `json:"client_id,omitempty"`
	Offset     int64   `json:"stream_offset"`
	WebSocket  bool    `json:"websocket,omitempty"`
	Guessed    bool    `json:"version_guessed,omitempty"`
	Topic      string  `json:"topic,omitempty"`
	Hex        string  `json:"hex,omitempty"`
	Redacted   bool    `json:"hex_redacted,omitempty"`

	// Instead of a packet:
	Problem string `json:"problem,omitempty"`
	Note    string `json:"note,omitempty"`
	Sender  string `json:"sender,omitempty"`
}

// showJSON writes a record as a JSON object.
func showJSON(p *printer, r *record) {
	j := jsonRecord{
		File: r.file, Number: r.number, Frame: r.at.frame, Connection: r.session.number,
		From: r.from(), To: r.to(), Offset: r.offset, WebSocket: r.session.web, Guessed: r.session.guessed,
		Topic: string(r.topic),
	}
	if r.at.frame != 0 {
		j.Time = p.start.Add(r.at.time).UTC().Format(time.RFC3339Nano)
	}
	if id := r.session.clientID; id != "" {
		j.ClientID = &id
	}
	switch r.kind {
	case aProblem:
		j.Problem, j.Sender = r.text, r.sender.String()
	case aNote:
		j.Note, j.Sender = r.text, r.sender.String()
	default:
		j.Redacted = !p.settings.secrets && hasSecrets(r.report())
		if !j.Redacted {
			j.Hex = hex.EncodeToString(r.wire)
		}
	}
	text, err := json.Marshal(j)
	if err != nil { // strings and numbers have a form in JSON
		panic(fmt.Sprintf("mqttdump: %v", err))
	}
	b := append(p.line[:0], text...)
	if r.kind == aPacket {
		b[len(b)-1] = ','
		end := len(b)
		b = r.report().AppendJSON(b, inspect.Style{Secrets: p.settings.secrets})
		b = append(b[:end], b[end+1:]...) // but for its brace
	}
	p.line = append(b, '\n')
	p.write(p.line)
}

// hasSecrets reports whether there is something to leave out.
func hasSecrets(report *inspect.Report) bool {
	if report.Type != mqttwire.PacketConnect && report.Type != mqttwire.PacketConnack && report.Type != mqttwire.PacketAuth && len(report.Violations) == 0 {
		return false
	}
	for n := range report.Tree.All() {
		if n.Secret {
			return true
		}
	}
	return false
}
