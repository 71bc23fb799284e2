package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/require"
)

// runFiles runs the program over files.
func runFiles(t testing.TB, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(""), &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// Every capture of real programs in the repository is in order and encodes back
// to the same bytes, but for those that were made not to be.
func TestCaptures(t *testing.T) {
	for _, file := range captures(t) {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			r := runFiles(t, file)
			if strings.HasPrefix(name, "illegal") || strings.HasPrefix(name, "unsupported") {
				require.Equal(t, exitBad, r.status)
				require.Contains(t, r.stdout, " ERROR ")
				require.Regexp(t, `^\d+ packets? on \d+ connections?, those in order encode back to the same bytes; \d+ packets? not in order\n$`, r.stderr)
				return
			}
			require.Equal(t, exitOK, r.status, r.stdout)
			require.Regexp(t, `^\d+ packets on \d+ connections?, all encode back to the same bytes\n$`, r.stderr)
			require.Contains(t, r.stderr, fmt.Sprintf("%d packets on", strings.Count(r.stdout, "\n")))
		})
	}
}

// The single packets in the repository are hex text with a header.
func TestPackets(t *testing.T) {
	for pattern, status := range map[string]int{"*.hex": exitOK, "illegal/*.hex": exitBad} {
		files, err := filepath.Glob("../../testdata/packets/" + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			r := runFiles(t, file)
			require.Equal(t, status, r.status, "%s: %s%s", file, r.stdout, r.stderr)
			require.Equal(t, 1, strings.Count(r.stdout, "\n"), file)
			require.Equal(t, status == exitBad, strings.Contains(r.stdout, " ERROR "), file)
		}
	}
}

// testdata/handshake-v5.golden is what the program should print; the times and
// packets in it were compared with those that tshark shows. When the captures
// are taken again, it has to be compared and written again, and README.md too.
func TestGolden(t *testing.T) {
	want, err := os.ReadFile("testdata/handshake-v5.golden")
	require.NoError(t, err)
	r := runFiles(t, "../../testdata/captures/handshake-v5.pcapng")
	require.Equal(t, string(want), r.stdout)
	require.Equal(t, "3 packets on 1 connection, all encode back to the same bytes\n", r.stderr)
	require.Equal(t, exitOK, r.status)
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"--help", "-h"} {
		r := runFiles(t, flag, "no such file")
		require.Equal(t, exitOK, r.status)
		require.Empty(t, r.stderr)
		for _, part := range []string{"Usage: mqttdump", "--max-packet-size BYTES", " dup-qos0 ", "  control-characters ", "Examples:", "Exit status:"} {
			require.Contains(t, r.stdout, part)
		}
		for line := range strings.Lines(r.stdout) {
			require.LessOrEqual(t, len(line), 101, line)
		}
	}
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	missing := filepath.Join(dir, "missing")
	tests := map[string]struct {
		file, want string
	}{
		"missing":      {missing, "no such file or directory"},
		"directory":    {dir, "is a directory"},
		"empty":        {write("empty", ""), "the file is empty"},
		"binary":       {write("binary", "\x7fELF\x02"), "neither a pcap or pcapng capture, hex text, JSON lines nor MQTT packets"},
		"prose":        {write("prose", "Hello"), "neither a pcap or pcapng capture, hex text, JSON lines nor MQTT packets"},
		"gzip":         {write("gzip", "\x1f\x8b\x08\x00"), "the gzip header: the file is cut short"},
		"no hex":       {write("nohex", "deadly"), "line 1: 'l' is not a hex digit"},
		"bad version":  {write("version", "\xd4\xc3\xb2\xa1\x09\x00\x04\x00"+strings.Repeat("\x00", 16)), "the header of the capture: Unknown major version 9"},
		"bad section":  {write("section", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00abcd"), "the header of the capture: Wrong byte order value in Section Header"},
		"no frames":    {write("noframes", string(pcapFile(t, layers.LinkTypeRaw))), "no MQTT found: there is no TCP in its 0 frames"},
		"header alone": {write("header", "\xd4\xc3\xb2\xa1"), "the header of the capture: the file is cut short"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, result{exitBad, "", "mqttdump: " + test.file + ": " + test.want + "\n"}, runFiles(t, test.file))
		})
	}
	require.Equal(t, result{exitBad, "", "mqttdump: standard input: the file is empty\n"}, runFiles(t))
}

func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	require.NoError(t, os.WriteFile(one, []byte(connect311), 0o600))
	require.NoError(t, os.WriteFile(two, pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...), 0o600))

	r := runFiles(t, one, filepath.Join(dir, "missing"), two)
	require.Equal(t, exitBad, r.status)
	p := plainLines()
	require.Equal(t, "==> "+one+" <==\n- "+p[0]+"\n\n==> "+dir+"/missing <==\n\n==> "+two+" <==\n0.003000 #2"+p[0][2:]+"\n",
		r.stdout[:strings.Index(r.stdout, "0.004000")])
	require.Equal(t, "mqttdump: "+dir+"/missing: no such file or directory\n5 packets on 2 connections, all encode back to the same bytes\n", r.stderr)

	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run([]string{one, "-"}, strings.NewReader(connect5), &stdout, &stderr))
	require.Contains(t, stdout.String(), "\n==> standard input <==\n- #2 C>S CONNECT version=5.0")
}

// On a terminal, an error comes after the lines that were printed before it.
func TestOrderOfOutput(t *testing.T) {
	var both bytes.Buffer
	require.Equal(t, exitBad, run([]string{"-", "/missing"}, strings.NewReader(connect311), &both, &both))
	require.Equal(t, "==> standard input <==\n- #1 C>S "+connectLine+"\n\n==> /missing <==\n"+
		"mqttdump: /missing: no such file or directory\n"+
		"1 packet on 1 connection, all encode back to the same bytes\n", both.String())
}

// failingWriter takes some bytes, then fails.
type failingWriter struct {
	left int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, w.err
	}
	return len(p), nil
}

func TestOutputFails(t *testing.T) {
	tests := map[string]struct {
		err    error
		status int
		stderr string
	}{
		"closed pipe": {syscall.EPIPE, exitOK, ""},
		"full disk":   {syscall.ENOSPC, exitBad, "mqttdump: writing: no space left on device\n"},
	}
	text := connect311 + strings.Repeat(publish, 1<<16)
	l := defaultLink(t)
	frames := append(l.open(), l.client(connect311))
	for range 1 << 13 {
		frames = append(frames, l.client(publish))
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, input := range []string{text, string(pcapFile(t, layers.LinkTypeRaw, frames...))} {
				for _, left := range []int{0, 100, 1 << 17} {
					endless := strings.NewReader(input)
					var stderr bytes.Buffer
					status := run([]string{"-", "/missing"}, endless, &failingWriter{left, test.err}, &stderr)
					require.Equal(t, test.status, status)
					require.Equal(t, test.stderr, stderr.String())
					require.NotZero(t, endless.Len(), "reading stops when nobody listens")
				}
			}
		})
	}
}

// What is known is shown before a live capture makes the next read wait.
func TestLive(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	in, feed := io.Pipe()
	out, shown := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(nil, in, shown, io.Discard)
		_ = shown.Close()
	}()
	_, err := feed.Write(file[:len(file)-300]) // the CONNECT at least
	require.NoError(t, err)
	b := make([]byte, 8)
	_, err = io.ReadFull(out, b)
	require.NoError(t, err)
	require.Equal(t, "0.003000", string(b))
	go func() { _, _ = io.Copy(io.Discard, out) }()
	_, err = feed.Write(file[len(file)-300:])
	require.NoError(t, err)
	require.NoError(t, feed.Close())
	require.Equal(t, exitOK, <-done)
}

func TestReadErrorOfCapture(t *testing.T) {
	file := pcapFile(t, layers.LinkTypeRaw, defaultLink(t).plain()...)
	var stdout, stderr bytes.Buffer
	in := io.MultiReader(bytes.NewReader(file), errReader{errors.New("bad sector")})
	require.Equal(t, exitBad, run(nil, in, &stdout, &stderr))
	require.Equal(t, 4, strings.Count(stdout.String(), "\n"))
	require.True(t, strings.HasPrefix(stderr.String(), "mqttdump: standard input: after frame 10, before byte 618: bad sector\n"), stderr.String())
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }
