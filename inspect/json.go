package inspect

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// The JSON schema. SCHEMA.md describes it; a member is never renamed, removed or
// given another meaning without a new schemaVersion.

const schemaVersion = 1

type jsonReport struct {
	Schema     int             `json:"schema"`
	Packet     string          `json:"packet"`
	Type       uint8           `json:"type"`
	Version    string          `json:"version,omitempty"`
	Sender     string          `json:"sender"`
	Options    string          `json:"options"`
	Length     int             `json:"length"`
	Outcome    string          `json:"outcome"`
	Missing    int             `json:"missing"`
	Decoded    int             `json:"decoded"`
	Stopped    string          `json:"stopped,omitempty"`
	Fields     []jsonNode      `json:"fields"`
	Violations []jsonViolation `json:"violations"`
}

type jsonNode struct {
	Key      string     `json:"key"`
	Name     string     `json:"name"`
	Kind     string     `json:"kind"`
	Offset   int        `json:"offset"`
	Length   int        `json:"length"`
	Mask     uint8      `json:"mask,omitempty"`
	Hex      *string    `json:"hex,omitempty"`
	Value    any        `json:"value,omitempty"`
	Text     *string    `json:"text,omitempty"`
	Meaning  string     `json:"meaning,omitempty"`
	Implied  bool       `json:"implied,omitempty"`
	Partial  bool       `json:"partial,omitempty"`
	Redacted bool       `json:"redacted,omitempty"`
	Fields   []jsonNode `json:"fields,omitempty"`
}

type jsonViolation struct {
	Offset     int        `json:"offset"`
	Length     int        `json:"length"`
	Mask       uint8      `json:"mask,omitempty"`
	Field      string     `json:"field"`
	Key        string     `json:"key"`
	Problem    string     `json:"problem"`
	Version    string     `json:"version"`
	Clause     string     `json:"clause"`
	ReasonCode uint8      `json:"reason_code"`
	Reason     string     `json:"reason"`
	Answer     jsonAnswer `json:"answer"`
}

type jsonAnswer struct {
	Packet  string `json:"packet,omitempty"`
	Version string `json:"version,omitempty"`
	Code    *uint8 `json:"code,omitempty"`
	Name    string `json:"name,omitempty"`
	Text    string `json:"text"`
}

// AppendJSON writes the report as one JSON object, without spaces and without a
// newline, to the end of b. SCHEMA.md describes the schema. Of the Style only
// Secrets has an effect.
func (r *Report) AppendJSON(b []byte, s Style) []byte {
	out := jsonReport{
		Schema: schemaVersion, Packet: r.Tree.Name, Type: uint8(r.Type),
		Sender: r.Rules.Sender.String(), Options: r.Rules.Options.String(),
		Length: len(r.Bytes), Outcome: r.Outcome().String(),
		Missing: r.Missing, Decoded: r.Decoded, Stopped: r.Stopped,
		Fields: jsonNodes(r.Tree.Children, s), Violations: []jsonViolation{},
	}
	if r.Rules.Version != 0 {
		out.Version = r.Rules.Version.String()
	}
	for _, v := range r.Violations {
		out.Violations = append(out.Violations, jsonViolation{
			Offset: v.Offset, Length: v.Length, Mask: v.Mask, Field: v.Field, Key: v.Key,
			Problem: v.Problem, Version: v.Version.String(), Clause: v.Clause,
			ReasonCode: uint8(v.ReasonCode), Reason: v.ReasonCode.Name(0), Answer: v.Answer.json(),
		})
	}
	text, err := json.Marshal(out)
	if err != nil { // numbers, strings and lists of them have a form in JSON
		panic(fmt.Sprintf("inspect: %v", err))
	}
	return append(b, text...)
}

// MarshalJSON returns the report as AppendJSON writes it, without secrets. The
// error is always nil.
func (r Report) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil, Style{}), nil }

func (a Answer) json() jsonAnswer {
	out := jsonAnswer{Text: a.String()}
	if a.Packet != 0 {
		code := uint8(a.Code)
		out.Packet, out.Version, out.Code, out.Name = a.Packet.String(), a.Version.String(), &code, a.Code.Name(a.Packet)
	}
	return out
}

// MarshalJSON returns the node as it stands in the report, without secrets. The
// error is always nil.
func (n Node) MarshalJSON() ([]byte, error) { return json.Marshal(n.json(Style{})) }

func jsonNodes(nodes []Node, s Style) []jsonNode {
	out := make([]jsonNode, 0, len(nodes))
	for i := range nodes {
		out = append(out, nodes[i].json(s))
	}
	return out
}

func (n *Node) json(s Style) jsonNode {
	out := jsonNode{Key: n.Key, Name: n.Name, Kind: n.Kind.String(), Offset: n.Offset, Length: n.Length,
		Mask: n.Mask, Meaning: n.Meaning, Implied: n.Implied, Partial: n.Partial}
	if len(n.Children) > 0 {
		out.Fields = jsonNodes(n.Children, s)
	}
	if n.Secret && !s.Secrets {
		out.Redacted = true
		return out
	}
	if n.IsLeaf() && !n.Implied {
		text := hex.EncodeToString(n.raw)
		out.Hex = &text
	}
	switch {
	case n.Kind == Group || n.Partial && n.Length == 0 || n.Implied && (n.Kind == Text || n.Kind == Data):
	case n.Kind == Text:
		out.Value = string(n.Bytes)
	case n.Kind == Data || n.Kind == Undecoded:
		if utf8.Valid(n.Bytes) {
			text := string(n.Bytes)
			out.Text = &text
		}
	case n.Kind == Flag:
		out.Value = n.Number == 1
	default:
		out.Value = n.Number
	}
	return out
}
