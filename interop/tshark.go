package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// errNoTshark is returned where tshark is not installed.
var errNoTshark = errors.New("tshark is not installed (Debian and Ubuntu: apt-get install tshark): nothing is compared with it")

// compareTshark holds the root package against Wireshark's dissector. Of packets
// that the root package accepts it compares every field. Of the others only those
// that tshark takes for malformed count, which the root package has refused
// already: tshark reads what it can, and says nothing about most rules.
func compareTshark(corpus []packet) (result, error) {
	r := result{oracle: "tshark"}
	program, err := exec.LookPath("tshark")
	if err != nil {
		return r, errNoTshark
	}
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		return r, fmt.Errorf("%s: %w", program, err)
	}
	if words := strings.Fields(string(version)); len(words) > 2 {
		r.what = "the MQTT dissector of tshark " + strings.TrimSuffix(words[2], ".")
	}
	folder, err := os.MkdirTemp("", "interop")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "corpus.pcap")
	questions, err := writeCorpus(file, corpus)
	if err != nil {
		return r, err
	}
	frames, err := runTshark(program, file, questions)
	if err != nil {
		return r, err
	}
	for _, number := range slices.Sorted(maps.Keys(questions)) {
		about, f := questions[number], frames[number]
		r.compare(about, func(about disagreement, add func(does, field, detail string)) answer { return askTshark(about, f, add) })
	}
	return r, nil
}

// writeCorpus writes the packets that are to be dissected, and returns what the
// root package says of each by the number of its last frame. A packet that is not
// whole is left out: tshark waits for the rest, as the root package does.
func writeCorpus(file string, corpus []packet) (map[int]disagreement, error) {
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c, err := newCapture(out)
	if err != nil {
		return nil, err
	}
	questions := make(map[int]disagreement)
	for i := range corpus {
		p := &corpus[i]
		about, wantsMore := rootSays(p, p.rules)
		if wantsMore || p.limit != 0 || p.rules.Options != 0 || len(cut(p.wire)) != len(p.wire) {
			continue
		}
		frame, err := c.write(p)
		if err != nil {
			return nil, err
		}
		questions[frame] = about
	}
	return questions, out.Close()
}

func runTshark(program, file string, wanted map[int]disagreement) (map[int]frame, error) {
	cmd := exec.Command(program, "-r", file, "-T", "pdml", "-J", "mqtt _ws.malformed")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	frames := make(map[int]frame)
	err = readPDML(out, func(number int, f frame) {
		if _, ok := wanted[number]; ok {
			frames[number] = f
		}
	})
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(complaints.String()))
	}
	return frames, nil
}

func askTshark(about disagreement, f frame, add func(does, field, detail string)) answer {
	switch {
	case about.got == nil:
		return answer{accepts: f.complaint == ""}
	case f.complaint != "":
		add(refuses, "", f.complaint)
		return answer{}
	case f.packets != 1:
		add(reads, "", fmt.Sprintf("%d packets are shown", f.packets))
		return answer{accepts: true}
	}
	want := dissect(headerOf(about.packet.wire), about.got, about.version)
	differ(want, f.fields, func(name, detail string) { add(reads, name, detail) })
	return answer{true, len(want)}
}
