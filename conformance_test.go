package mqttwire

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Disputed is the cases on which this package and the case do not agree, with the
// reason. Each is a defect of one of the two: the list wants to be empty.
var Disputed = map[string]string{}

// DisputedInspect is the same for package inspect.
var DisputedInspect = map[string]string{}

// equivalent says which clause of a case a citation stands for that is another: a
// statement made of several packets at once is cited in the section of each.
var equivalent = map[string]string{
	"3.1.1 section 3.2.1":  "section 3.4.1", // Remaining Length 2
	"3.1.1 section 3.5.1":  "section 3.4.1",
	"3.1.1 section 3.6.1":  "section 3.4.1",
	"3.1.1 section 3.7.1":  "section 3.4.1",
	"3.1.1 section 3.11.1": "section 3.4.1",
	"3.1.1 section 3.13.1": "section 3.12.1", // Remaining Length 0
	"3.1.1 section 3.14.1": "section 3.12.1",
	"5.0 section 3.13.1":   "section 3.12.1",
	"5.0 section 1.5.6":    "section 1.5.4 (d)", // Binary Data has a two-byte length like a string's
}

// ReadCases reads all files of testdata/conformance.
func ReadCases(t *testing.T) (cases []ConformanceCase) {
	t.Helper()
	paths, err := filepath.Glob("testdata/conformance/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.DisallowUnknownFields()
		var file ConformanceFile
		require.NoError(t, d.Decode(&file), path)
		require.Equal(t, 1, file.Schema, path)
		for _, c := range file.Cases {
			require.Equal(t, file.Version, c.Version, c.ID)
			require.Equal(t, file.Packet, PacketType(c.Packet()[0]>>4).String(), c.ID)
		}
		cases = append(cases, file.Cases...)
	}
	return cases
}

// Names reports whether the case is about a clause as an Error cites it: without the
// letter that tells the rules of one section apart.
func (c *ConformanceCase) Names(cited string) bool {
	cited = strings.ToLower(cited[:1]) + cited[1:]
	return names(c.Version, c.Clauses, cited)
}

func names(version string, clauses []string, cited string) bool {
	for _, clause := range clauses {
		section, _, _ := strings.Cut(clause, " (")
		if section == cited || equivalent[version+" "+cited] == clause {
			return true
		}
	}
	return false
}

// CasesOf is the ids of the cases of a clause, and of the values to encode.
func CasesOf(clause ConformanceClause, cases []ConformanceCase, values []ConformanceValue) (ids []string) {
	for _, c := range cases {
		if c.Version == clause.Version && contains(c.Clauses, clause.Clause) {
			ids = append(ids, c.ID)
		}
	}
	for _, v := range values {
		if v.Version == clause.Version && contains(v.Clauses, clause.Clause) {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// TestConformance holds every case against Decode, and what is accepted against Append.
func TestConformance(t *testing.T) {
	for _, c := range ReadCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			problem := c.problem()
			if why := Disputed[c.ID]; why != "" {
				require.NotEmpty(t, problem, "no longer disputed: %s", why)
				t.Skip(why)
			}
			require.Empty(t, problem)
		})
	}
}

// problem says how this package does not do what the case wants, or nothing.
func (c *ConformanceCase) problem() string {
	packet := c.Packet()
	d := Decoder{Rules: c.Rules(), MaxPacketSize: c.MaximumPacketSize}
	p, n, err := d.Decode(packet)
	switch {
	case c.Verdict == incomplete && err == ErrIncomplete:
		return ""
	case c.Verdict == accept && err == nil:
		if n != len(packet) {
			return fmt.Sprintf("took %d bytes", n)
		}
		return c.problemWith(p)
	case c.Verdict == refuse && err != nil && err != ErrIncomplete:
		return c.problemWithError(err.(*Error))
	}
	return fmt.Sprintf("verdict %v", err)
}

// problemWithError holds a refusal against clauses and codes.
func (c *ConformanceCase) problemWithError(e *Error) string {
	code, allowed := e.ReasonCode(), c.ReasonCodes
	if c.Rules().Version != MQTT5 {
		code, allowed = e.ReturnCode(), c.ReturnCodes
	}
	cited := e.Clause(c.Rules().Version)
	switch {
	case cited == "":
		return fmt.Sprintf("%v cites no clause", e)
	case !c.Names(cited):
		return fmt.Sprintf("%v, not %v", e, c.Clauses)
	case !contains(allowed, fmt.Sprintf("0x%02X", uint8(code))):
		return fmt.Sprintf("%v: code 0x%02X, not one of %v", e, uint8(code), allowed)
	}
	return ""
}

// problemWith holds an accepted packet against the fields, and encodes it again.
func (c *ConformanceCase) problemWith(p Packet) string {
	h, _, err := ConsumeFixedHeader(c.Packet())
	if err != nil {
		return err.Error()
	}
	got, want := c.kept(plainFields(dissect(h, p, c.Rules().Version))), c.kept(c.comparable())
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Sprintf("fields\n%v, not\n%v", got, want)
	}
	canonical := c.Canonical
	if canonical == "" {
		canonical = c.Hex
	}
	out, err := p.Append(nil, c.Rules())
	switch {
	case err != nil:
		return "cannot be encoded: " + err.Error()
	case hex.EncodeToString(out) != canonical:
		return fmt.Sprintf("encoded as %x", out)
	case len(out) != p.Size(c.Rules().Version):
		return "has another Size"
	}
	return ""
}

// kept is the fields that a decoded packet keeps: where it is encoded to other bytes it
// does not keep the flags that made the difference, and of a 3.1 QoS only two bits count.
func (c *ConformanceCase) kept(all []dissected) (fields []dissected) {
	for _, f := range all {
		switch {
		case c.Canonical != "" && (strings.HasPrefix(f.name, "mqtt.conflag.") || f.name == "mqtt.dupflag" || f.name == "mqtt.qos"):
			continue
		case c.Version == "3.1" && (f.name == "mqtt.sub.qos" || f.name == "mqtt.suback.qos"):
			n, err := strconv.Atoi(f.value)
			if err == nil {
				f.value = strconv.Itoa(n & 3)
			}
		}
		fields = append(fields, f)
	}
	return fields
}

// comparable is the fields of a case as plainFields has them, but for reserved bits.
func (c *ConformanceCase) comparable() (fields []dissected) {
	for _, f := range c.Fields {
		value := ""
		switch {
		case f.Number != nil:
			value = strconv.FormatUint(*f.Number, 10)
		case f.Text != nil:
			value = hex.EncodeToString([]byte(*f.Text))
		default:
			value = *f.Hex
		}
		if f.Key == "mqtt.topic" && value == "" || strings.Contains(f.Key, "reserved") {
			continue
		}
		fields = append(fields, dissected{f.Key, value})
	}
	return fields
}

// plainFields is a dissection without lengths, whole bytes of flags and marks, every
// number in decimal and everything else in hexadecimal.
func plainFields(all []dissected) (fields []dissected) {
	binary := false // of the property
	for _, f := range all {
		switch {
		case f.name == "mqtt.property_id":
			id, err := strconv.ParseUint(f.value, 0, 8)
			binary = err == nil && PropertyID(id).Type() == TypeBinaryData
		case strings.HasSuffix(f.name, "_len"), strings.HasSuffix(f.name, "properties"), strings.Contains(f.name, "reserved"),
			f.name == "mqtt.len", f.name == "mqtt.hdrflags", f.name == "mqtt.conflags", f.name == "mqtt.conack.flags",
			f.name == "mqtt.subscription_options", f.name == "mqtt.msg" && f.value == "":
			continue
		}
		fields = append(fields, dissected{f.name, plainValue(f, binary && f.name == "mqtt.prop_string")})
	}
	return fields
}

// plainValue is the value of a field: of text and bytes in hexadecimal.
func plainValue(f dissected, octets bool) string {
	if octets || f.name == "mqtt.msg" || f.name == "mqtt.willmsg" {
		return strings.ReplaceAll(f.value, ":", "")
	}
	switch f.name {
	case "mqtt.protoname", "mqtt.topic", "mqtt.clientid", "mqtt.willtopic", "mqtt.username", "mqtt.passwd",
		"mqtt.prop_string", "mqtt.prop_key", "mqtt.prop_value", "mqtt.property.content_type":
		return hex.EncodeToString([]byte(f.value))
	}
	n, err := strconv.ParseInt(f.value, 0, 64)
	if err != nil {
		return f.value
	}
	return strconv.FormatUint(uint64(uint32(n)), 10) // dissect has it through an int, of 32 bits in places
}
