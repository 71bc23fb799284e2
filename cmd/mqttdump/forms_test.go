package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/require"
)

// One CONNECT in every usual form.
var forms = map[string]string{
	"hex stream":         "100f00044d51545404020 03c0003726177",
	"xxd":                "00000000: 100f 0004 4d51 5454 0402 003c 0003 7261  ....MQTT...<..ra\n00000010: 77                                       w\n",
	"xxd -g1":            "00000000: 10 0f 00 04 4d 51 54 54 04 02 00 3c 00 03 72 61  ....MQTT...<..ra\n00000010: 77                                               w\n",
	"xxd -p":             "100f00044d5154540402003c00037261\n77\n",
	"xxd -i":             "unsigned char connect[] = {\n  0x10, 0x0f, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3c,\n  0x00, 0x03, 0x72, 0x61, 0x77\n};\nunsigned int connect_len = 17;\n",
	"hexdump -C":         "00000000  10 0f 00 04 4d 51 54 54  04 02 00 3c 00 03 72 61  |....MQTT...<..ra|\n00000010  77                                                |w|\n00000011\n",
	"od -A x -t x1":      "000000 10 0f 00 04 4d 51 54 54 04 02 00 3c 00 03 72 61\n000010 77\n000011\n",
	"Wireshark dump":     "0000   10 0f 00 04 4d 51 54 54 04 02 00 3c 00 03 72 61   ....MQTT...<..ra\n0010   77                                                w\n",
	"Wireshark C array":  "/* Frame (123 bytes) */\nstatic const unsigned char pkt1[17] = {\n0x10, 0x0f, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, /* ....MQTT */\n0x04, 0x02, 0x00, 0x3c, 0x00, 0x03, 0x72, 0x61, /* ...<..ra */\n0x77 /* w */\n};\n",
	"Wireshark escapes":  "\"\\x10\\x0f\\x00\\x04\\x4d\\x51\\x54\\x54\\x04\\x02\\x00\\x3c\\x00\\x03\\x72\" \\\n\"\\x61\\x77\"\n",
	"raw":                "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03raw",
	"Go slice":           "[]byte{0x10, 0xf, 0x0, 0x4, 0x4d, 0x51, 0x54, 0x54, 0x4, 0x2, 0x0, 0x3c, 0x0, 0x3, 0x72, 0x61, 0x77}",
	"bytes with commas":  "0x10,0x0f,0x00,0x04,0x4d,0x51,0x54,0x54,0x04,0x02,0x00,0x3c,0x00,0x03,0x72,0x61,0x77",
	"bytes with colons":  "10:0f:00:04:4d:51:54:54:04:02:00:3c:00:03:72:61:77",
	"prose, then a dump": "MQ Telemetry Transport\n\n0000  10 0f 00 04 4d 51 54 54 04 02 00 3c 00 03 72 61   ....MQTT...<..ra\n0010  77   w\n",
}

func TestForms(t *testing.T) {
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			r := dump(t, []byte(text))
			require.Equal(t, []string{"#1 C>S " + connectLine}, r.packets(), r.stderr)
			require.Equal(t, exitOK, r.status)
			require.Equal(t, r, dump(t, zipped(t, []byte(text))), "with gzip")
			if name != "raw" {
				require.Equal(t, r, dump(t, []byte(text), "--input", "hex"))
			}
		})
	}
}

// The frames of tcpdump -X and -XX.
func TestDumpOfFrames(t *testing.T) {
	for name, frames := range map[string][][]byte{
		"-X":  defaultLink(t).plain(),
		"-XX": each(defaultLink(t).plain(), func(b []byte) []byte { return ethernet(b) }),
	} {
		var text strings.Builder
		for _, f := range frames {
			text.WriteString("12:00:00.000000 IP 10.0.0.1.40000 > 10.0.0.2.1883: Flags [P.], length 17\n")
			text.WriteString(tcpdumpX(f))
		}
		r := dump(t, []byte(text.String()))
		require.Equal(t, exitOK, r.status, name)
		require.Equal(t, plainLines(), r.packets(), name)
	}
}

// tcpdumpX writes a frame as tcpdump -X does.
func tcpdumpX(f []byte) string {
	var b strings.Builder
	for at := 0; at < len(f); at += 16 {
		row := f[at:min(len(f), at+16)]
		hex := ""
		for i, c := range row {
			if i%2 == 0 {
				hex += " "
			}
			hex += string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])
		}
		text := strings.Map(func(r rune) rune {
			if r < 32 || r > 126 {
				return '.'
			}
			return r
		}, string(row))
		b.WriteString("\t0x" + string("0123456789abcdef"[at>>12&15]) + string("0123456789abcdef"[at>>8&15]) +
			string("0123456789abcdef"[at>>4&15]) + "0: " + hex + strings.Repeat(" ", 41-len(hex)) + text + "\n")
	}
	return b.String()
}

func TestDumpErrors(t *testing.T) {
	for text, want := range map[string]string{
		"0000  10 0f\n0010  00":        "line 2: the offset is 0x10, and the dump goes on at 0x2",
		"0000000 0f10 0400\n":          "line 1: words of two bytes may be in either order; xxd and hexdump -C write bytes",
		"{0x10, 0x0g}":                 "line 1: 'g' is not a hex digit",
		"\nx[] = {\n0x10,\n0x0f zz };": "line 4: 'z' is not a hex digit",
	} {
		r := dump(t, []byte(text))
		require.Equal(t, exitBad, r.status)
		require.Equal(t, "mqttdump: standard input: "+want, firstLine(r.stderr), text)
	}
}

// What a dump leaves out, and where it begins.
func TestDumpForms(t *testing.T) {
	const packet = "30 4d 0003 612f62" // and 72 zeros
	for name, text := range map[string]string{
		"hexdump -C":   "00000000  30 4d 00 03 61 2f 62 00  00 00 00 00 00 00 00 00  |0M..a/b.........|\n00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00     |...............|\n0000004f\n",
		"od -A x":      "000000 30 4d 00 03 61 2f 62 00 00 00 00 00 00 00 00 00\n000010 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n000040 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n00004f\n",
		"od, octal":    "0000000 30 4d 00 03 61 2f 62 00 00 00 00 00 00 00 00 00\n0000020 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000100 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n0000117\n",
		"a long line":  "00000000: " + strings.ReplaceAll(packet, " ", "") + strings.Repeat(" 0000", 36) + "  0M..a/b\n",
		"an offset":    "00000010: " + strings.ReplaceAll(packet, " ", "") + strings.Repeat(" 00", 9) + "\n00000020: " + strings.Repeat("0000 ", 8) + "\n*\n00000050: " + strings.Repeat("00 ", 15),
		"not a dump":   packet + strings.Repeat("00", 40) + "\n0000 " + strings.Repeat("00", 30),
		"zeros at end": "0000 " + packet + strings.Repeat(" 00", 9) + "\n0010 " + strings.Repeat("00 ", 16) + "\n*\n004f",
	} {
		r := dump(t, []byte(text), "--version=3.1.1")
		if name == "zeros at end" { // half a line cannot be repeated
			require.Equal(t, "mqttdump: standard input: line 4: the offset is 0x4f, and the dump goes on at 0x40", firstLine(r.stderr))
			continue
		}
		require.Equal(t, []string{`#1 ? PUBLISH topic="a/b" qos=0 payload-bytes=72`}, r.packets(), "%s: %s", name, r.stderr)
	}
	require.Equal(t, "mqttdump: standard input: line 1: the byte 0xD4 is not a hex digit", firstLine(dump(t, []byte("10\xd4"), "--input=hex").stderr))
}

func zipped(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func TestGzip(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	requirePlain(t, dump(t, zipped(t, file)))
	z := zipped(t, file)
	r := dump(t, z[:len(z)-12])
	require.Equal(t, exitBad, r.status)
	require.Regexp(t, `^mqttdump: standard input: after frame \d+, before byte \d+: the file is cut short\n`, r.stderr)
	require.Contains(t, r.stdout, "CONNECT", "what it holds")
}

func TestInputForced(t *testing.T) {
	require.Contains(t, dump(t, []byte("0\x02\x00\x00"), "--input=raw").stdout, "PUBLISH")
	require.Equal(t, "mqttdump: standard input: the header of the capture: the file is cut short\n", dump(t, []byte("100f"), "--input=pcap").stderr)
	require.Equal(t, exitUsage, dump(t, nil, "--input=wat").status)
}

// A file that grows is read on until the program is stopped.
func TestFollow(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	path := filepath.Join(t.TempDir(), "growing")
	require.NoError(t, os.WriteFile(path, file[:len(file)-300], 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	var out, errors bytes.Buffer
	s := settings{format: "auto", follow: true, maxPacketSize: 1 << 20}
	d := &dumper{settings: &s, out: newPrinter(&out, &errors, &s)}
	d.out.begin(path)
	r := newFollower(f, d.out)
	grown := false
	r.wait = func() bool {
		if grown {
			return false
		}
		grown = true
		require.Contains(t, out.String(), "CONNECT", "what is known is shown before the wait")
		more, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = more.Write(file[len(file)-300:])
		require.NoError(t, err)
		require.NoError(t, more.Close())
		return true
	}
	require.NoError(t, d.readFrom(r))
	d.out.end()
	require.Equal(t, plainLines(), result{stdout: out.String()}.packets())

	require.Equal(t, "mqttdump: standard input: --follow needs a file; standard input is followed anyway\n", dump(t, file, "--follow").stderr)
}

// A file that is cut or replaced while it is followed is told, once.
func TestFollowedFileChanges(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	for want, change := range map[string]func(path string) error{
		"the file became shorter while it was followed": func(path string) error { return os.Truncate(path, 0) },
		"the file was replaced by another while it was followed": func(path string) error {
			return errors.Join(os.Rename(path, path+".1"), os.WriteFile(path, file, 0o600))
		},
	} {
		path := filepath.Join(t.TempDir(), "followed")
		require.NoError(t, os.WriteFile(path, file, 0o600))
		f, err := os.Open(path)
		require.NoError(t, err)
		var out bytes.Buffer
		s := settings{format: "auto", follow: true, maxPacketSize: 1 << 20}
		d := &dumper{settings: &s, out: newPrinter(&out, io.Discard, &s)}
		r := newFollower(f, d.out)
		r.wait = func() bool {
			require.NoError(t, change(path))
			return true
		}
		require.ErrorContains(t, d.readFrom(r), want)
		_, err = r.Read(make([]byte, 1))
		require.ErrorContains(t, err, want, "and again")
		d.out.end()
		require.Equal(t, plainLines(), result{stdout: out.String()}.packets())
		require.NoError(t, f.Close())
	}
	require.Equal(t, result{exitUsage, "", "mqttdump: --follow: there are 2 files, must be one (see mqttdump --help)\n"}, runFiles(t, "--follow", "a", "b"))
}

func TestProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(path, make([]byte, 1000), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	var bar bytes.Buffer
	p := newProgress(f, 1000, &bar)
	b := make([]byte, 500)
	_, err = p.Read(b)
	require.NoError(t, err)
	_, err = p.Read(b)
	require.NoError(t, err)
	p.finish()
	require.Contains(t, bar.String(), "mqttdump")
}
