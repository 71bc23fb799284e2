package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/seed-2c1fe983/mqttwire"
)

const mqttPacketName = "mqtt-packet"

// errNoNode says that mqtt-packet cannot be asked.
var errNoNode = errors.New("mqtt-packet is not asked")

// nodeAnswer is a line from js/answer.js.
type nodeAnswer struct {
	Facts     map[string][]any
	Wire      string
	Unwritten string
	Error     string
}

// openMqttPacket asks mqtt-packet about the whole corpus, in one process, and
// returns a peer that repeats the answers.
func openMqttPacket(root string, corpus []packet) (p peer, err error) {
	folder := filepath.Join(root, "interop", "js")
	node, err := exec.LookPath("node")
	if err != nil {
		return p, fmt.Errorf("%w: node is not installed (Debian and Ubuntu: apt-get install nodejs npm)", errNoNode)
	}
	text, err := os.ReadFile(filepath.Join(folder, "node_modules", "mqtt-packet", "package.json"))
	if err != nil {
		return p, fmt.Errorf("%w: it is not installed (run npm ci in interop/js)", errNoNode)
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return p, err
	}
	p = peer{name: mqttPacketName, what: "mqtt-packet " + manifest.Version + " for Node.js", versions: allVersions}
	answers, err := askNode(node, filepath.Join(folder, "answer.js"), p.nodeQuestions(corpus))
	p.decode = func(v mqttwire.Version, wire []byte) (decoded, error) {
		return answers[nodeQuestion(v, wire)].decoded()
	}
	return p, err
}

func nodeQuestion(v mqttwire.Version, wire []byte) string { return fmt.Sprintf("%d %x", v, wire) }

// nodeQuestions is a line for each packet that the peer is asked about.
func (p *peer) nodeQuestions(corpus []packet) (lines []string) {
	for i := range corpus {
		if rules, ok := p.question(&corpus[i]); ok {
			about, _ := rootSays(&corpus[i], rules)
			lines = append(lines, nodeQuestion(about.version, corpus[i].wire))
		}
	}
	return lines
}

// askNode runs the script and returns its answers by question.
func askNode(node, script string, questions []string) (map[string]nodeAnswer, error) {
	cmd := exec.Command(node, script)
	cmd.Stdin = strings.NewReader(strings.Join(questions, "\n") + "\n")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	answers := make(map[string]nodeAnswer, len(questions))
	lines := bufio.NewReaderSize(out, 1<<20)
	for _, question := range questions {
		var a nodeAnswer
		line, err := lines.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, &a)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: no answer to %s: %w: %s", node, question, err, complaints.String()), cmd.Wait())
		}
		answers[question] = a
	}
	return answers, cmd.Wait()
}

func (a nodeAnswer) decoded() (decoded, error) {
	if a.Error != "" {
		return decoded{}, errors.New(a.Error)
	}
	return decoded{facts: a.facts, encode: func() ([]byte, error) {
		if a.Unwritten != "" {
			return nil, errors.New(a.Unwritten)
		}
		return hex.DecodeString(a.Wire)
	}}, nil
}

func (a nodeAnswer) facts() facts {
	f := facts{}
	for name, values := range a.Facts {
		for _, value := range values {
			switch value := value.(type) {
			case bool:
				f.flag(name, value)
			case float64:
				f.number(name, uint64(value))
			case string:
				f[name] = append(f[name], value)
			case []any:
				f.tagged(name, value)
			}
		}
	}
	return f
}

// tagged adds a value that the script has marked with its kind.
func (f facts) tagged(name string, value []any) {
	switch value[0] {
	case "code":
		code, _ := value[1].(float64) // anything else is no code
		f.code(byte(code))
	case "text":
		f.text(name, unhex(value[1]))
	case "pair":
		f.pair(strings.TrimSuffix(name, "User Property"), string(unhex(value[1])), string(unhex(value[2])))
	case "filter":
		options, _ := value[2].(float64)
		f.filter(string(unhex(value[1])), byte(options))
	}
}

func unhex(digits any) []byte {
	b, _ := hex.DecodeString(fmt.Sprint(digits)) // the script writes nothing else
	return b
}
