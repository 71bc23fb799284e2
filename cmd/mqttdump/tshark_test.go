package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The fields of which both say the same, by their common key.
var commonFields = []string{
	"mqtt.msgtype", "mqtt.dupflag", "mqtt.qos", "mqtt.retain", "mqtt.len",
	"mqtt.proto_len", "mqtt.protoname", "mqtt.ver", "mqtt.conflags", "mqtt.conflag.uname", "mqtt.conflag.passwd", "mqtt.conflag.retain",
	"mqtt.conflag.qos", "mqtt.conflag.willflag", "mqtt.conflag.cleansess", "mqtt.kalive", "mqtt.clientid_len", "mqtt.clientid",
	"mqtt.willtopic_len", "mqtt.willtopic", "mqtt.willmsg_len", "mqtt.username_len", "mqtt.username", "mqtt.passwd_len",
	"mqtt.conack.flags.sp", "mqtt.topic_len", "mqtt.topic", "mqtt.msgid", "mqtt.sub.qos",
	"mqtt.property.topic_alias", "mqtt.property.content_type", "mqtt.property.max_qos",
	"mqtt.hdrflags", "mqtt.hdr_reserved", "mqtt.conflag.reserved", "mqtt.conack.flags", "mqtt.conack.flags.reserved", "mqtt.conack.val",
	"mqtt.suback.qos", "mqtt.passwd", "mqtt.subscription_options", "mqtt.subscription_options_qos", "mqtt.subscription_options_nl",
	"mqtt.subscription_options_rap", "mqtt.subscription_options_retain", "mqtt.subscription_options_reserved",
	"mqtt.connack.reason_code", "mqtt.puback.reason_code", "mqtt.pubrec.reason_code", "mqtt.pubrel.reason_code", "mqtt.pubcomp.reason_code",
	"mqtt.suback.reason_code", "mqtt.unsuback.reason_code", "mqtt.disconnect.reason_code", "mqtt.auth.reason_code",
	"mqtt.property_len", "mqtt.property_id", "mqtt.prop_number", "mqtt.prop_string_len", "mqtt.prop_string", "mqtt.prop_key_len", "mqtt.prop_key",
	"mqtt.prop_value_len", "mqtt.prop_value", "mqtt.msg", "mqtt.willmsg",
}

// Every packet of every capture has the fields that tshark finds, with their values,
// in frames of the same number.
func TestAgreesWithTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed: nothing is compared with it")
	}
	compared := 0
	for _, file := range captures(t) {
		if strings.HasSuffix(file, "websocket.pcap") { // where tshark shows data, see below
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			want := tsharkFields(t, tshark, file)
			got := ourFields(t, file)
			if filepath.Base(file) == "illegal-v5.pcapng" { // tshark takes nothing of a packet whose Remaining Length has five bytes
				delete(got, 52)
				delete(want, 52)
			}
			require.Equal(t, len(want), len(got), "frames with packets")
			for frame, fields := range want {
				for _, key := range commonFields {
					if len(fields[key]) > 0 || len(got[frame][key]) > 0 {
						if wrongInTshark(filepath.Base(file), key) {
							continue
						}
						assert.Equal(t, fields[key], got[frame][key], "frame %d, %s", frame, key)
						compared += len(fields[key])
					}
				}
			}
		})
	}
	require.Greater(t, compared, 20000)
	t.Logf("%d values are the same", compared)
}

// The packets inside of a WebSocket are the payload that tshark finds in its frames.
func TestAgreesWithTsharkOnWebSocket(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed: nothing is compared with it")
	}
	const file = "../../testdata/captures/websocket.pcap"
	out, err := exec.Command(tshark, "-r", file, "-Y", "websocket.opcode == 2", "-T", "fields", "-E", "aggregator=\x02", "-E", "separator= ", "-e", "ip.src", "-e", "tcp.srcport", "-e", "data.data").Output()
	require.NoError(t, err)
	want, got := make(map[string]string), make(map[string]string)
	for line := range strings.Lines(string(out)) {
		columns := strings.Fields(line)
		want[columns[0]+":"+columns[1]] += strings.ReplaceAll(columns[2], "\x02", "")
	}
	for line := range strings.Lines(runFiles(t, "--json", "--secrets", file).stdout) {
		var j struct{ From, Hex string }
		require.NoError(t, json.Unmarshal([]byte(line), &j))
		got[j.From] += j.Hex
	}
	// The three connections have the same server, so its bytes are added up.
	require.Len(t, want, 4)
	require.Equal(t, want, got)
}

// wrongInTshark names fields that cannot be compared in a capture with packets that
// break the specification: tshark stops at another place in them.
func wrongInTshark(file, key string) bool {
	if file == "unsupported-version.pcapng" { // what follows a level that is not known, tshark reads as if it were known
		return key != "mqtt.msgtype" && key != "mqtt.len" && key != "mqtt.protoname" && key != "mqtt.ver"
	}
	return strings.HasPrefix(file, "illegal-v5") && key != "mqtt.msgtype" && key != "mqtt.len" && key != "mqtt.clientid"
}

// tsharkFields is the values of the fields in each frame.
func tsharkFields(t *testing.T, tshark, file string) map[int]map[string][]string {
	args := []string{"-r", file, "-Y", "mqtt", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x02", "-E", "separator=\x01", "-e", "frame.number"}
	for _, key := range commonFields {
		args = append(args, "-e", key)
	}
	out, err := exec.Command(tshark, args...).Output()
	require.NoError(t, err)
	frames := make(map[int]map[string][]string)
	for line := range bytes.Lines(out) {
		columns := strings.Split(strings.TrimSuffix(string(line), "\n"), "\x01")
		frame, err := strconv.Atoi(columns[0])
		require.NoError(t, err)
		frames[frame] = make(map[string][]string)
		for i, key := range commonFields {
			if columns[i+1] != "" {
				for _, v := range strings.Split(columns[i+1], "\x02") {
					if v != "" && v != "<MISSING>" { // which is how tshark shows empty bytes
						frames[frame][key] = append(frames[frame][key], plainNumber(v))
					}
				}
			}
		}
	}
	return frames
}

// plainNumber writes the numbers of tshark in decimal.
func plainNumber(v string) string {
	if n, err := strconv.ParseUint(v, 0, 64); err == nil && (strings.HasPrefix(v, "0x") || v == strconv.FormatUint(n, 10)) {
		return strconv.FormatUint(n, 10)
	}
	return v
}

// ourFields is the same, as --json says it.
func ourFields(t *testing.T, file string) map[int]map[string][]string {
	frames := make(map[int]map[string][]string)
	for line := range strings.Lines(runFiles(t, "--json", "--secrets", file).stdout) {
		var j struct {
			Frame  int
			Fields []field
			Note   string
			Topic  string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &j))
		if j.Note != "" {
			continue
		}
		if frames[j.Frame] == nil {
			frames[j.Frame] = make(map[string][]string)
		}
		collect(t, frames[j.Frame], j.Fields, j.Topic)
	}
	return frames
}

// collect takes the values that are not empty, as tshark shows them. topic is what
// a Topic Alias stands for.
func collect(t *testing.T, into map[string][]string, fields []field, topic string) {
	for _, f := range fields {
		if (f.Value != nil || f.Kind == "data") && !f.Implied {
			v := ourValue(t, f)
			if v == "" && f.Key == "mqtt.topic" {
				v = topic
			}
			if v != "" {
				into[f.Key] = append(into[f.Key], v)
			}
		}
		collect(t, into, f.Fields, topic)
	}
}

func ourValue(t *testing.T, f field) string {
	if f.Kind == "data" {
		b, err := hex.DecodeString(*f.Hex)
		require.NoError(t, err)
		if f.Key == "mqtt.passwd" || f.Key == "mqtt.prop_string" { // which tshark shows as text, up to a null
			text, _, _ := strings.Cut(string(b), "\x00")
			return plainNumber(text)
		}
		return plainNumber(*f.Hex)
	}
	if f.Kind == "integer" || f.Kind == "code" || f.Kind == "length" {
		return string(f.Value)
	}
	var v any
	require.NoError(t, json.Unmarshal(f.Value, &v))
	switch v := v.(type) {
	case bool:
		if v {
			return "1"
		}
		return "0"
	case string:
		if f.Hex != nil {
			b, err := hex.DecodeString(*f.Hex)
			require.NoError(t, err)
			return plainNumber(string(b))
		}
		return plainNumber(v)
	}
	return fmt.Sprint(v)
}
