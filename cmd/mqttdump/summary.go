package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/seed-2c1fe983/mqttwire"
)

// summary collects what its tables show.
type summary struct {
	connections []connectionRow
	more        int // connections that are not in the list
	types       [16]typeRow
	topics      map[string]*topicRow
	others      topicRow // of topics that are not in the map
	violations  map[violationKey]*violationRow
	several     bool // files
}

type connectionRow struct {
	number          int
	client, version string
	from, to        string
	tally           tally
}

// typeRow counts packets by their sender.
type typeRow struct {
	packets [3]int64 // by mqttwire.Sender
	bytes   int64
}

type topicRow struct {
	topic          string
	packets, bytes int64
}

type violationKey struct{ clause, text string }

type violationRow struct {
	violationKey
	n     int64
	first string
}

// How much is kept, so that an endless capture takes no endless memory.
const (
	maxConnections = 100_000
	maxTopics      = 100_000
	maxViolations  = 10_000
)

// summary prints the tables.
func (p *program) summary(s settings) int {
	sum := summary{topics: make(map[string]*topicRow), violations: make(map[violationKey]*violationRow), several: len(s.files) > 1}
	d := p.reader(&s, sum.show)
	d.out.over = sum.closed
	status := d.readFiles(false)
	d.out.write(sum.tables(s.top, d.out.network))
	if broken, known := d.out.end(); known {
		return max(status, broken)
	}
	if d.out.packets > 0 || d.out.wrong() > 0 {
		fmt.Fprintln(p.stderr, d.out.counts())
	}
	if d.out.unequal > 0 || d.out.wrong() > 0 {
		return max(status, exitBad)
	}
	return status
}

// show counts a record.
func (s *summary) show(_ *printer, r *record) {
	t := &r.session.tally
	switch r.kind {
	case aNote:
		return
	case aProblem:
		t.problems++
		s.violation("", "capture: "+withoutNumbers(r.text), r)
		return
	}
	size := int64(len(r.wire))
	t.packets[r.sender]++
	t.bytes[r.sender] += size
	row := &s.types[r.packetType()]
	row.packets[r.sender]++
	row.bytes += size
	if r.packetType() == mqttwire.PacketPublish && r.refused == nil {
		s.topic(r.topic, size)
	}
	if r.refused == nil {
		return
	}
	t.problems++
	for _, v := range r.violations() {
		s.violation(clause(v), r.packetType().String()+" "+v.Field, r)
	}
}

// withoutNumbers is the kind of a problem: its text up to the first digit.
func withoutNumbers(text string) string {
	for i, c := range text {
		if c >= '0' && c <= '9' {
			return text[:i] + "..."
		}
	}
	return text
}

func (s *summary) topic(topic []byte, size int64) {
	row := s.topics[string(topic)]
	if row == nil {
		if len(s.topics) >= maxTopics {
			row = &s.others
		} else {
			row = &topicRow{topic: string(topic)}
			s.topics[row.topic] = row
		}
	}
	row.packets++
	row.bytes += size
}

func (s *summary) violation(clause, text string, r *record) {
	key := violationKey{clause, text}
	row := s.violations[key]
	if row == nil {
		if len(s.violations) >= maxViolations {
			return
		}
		row = &violationRow{violationKey: key, first: fmt.Sprintf("connection %d, %s", r.session.number, r.place())}
		if s.several {
			row.first = r.file + ", " + row.first
		}
		s.violations[key] = row
	}
	row.n++
}

// closed takes the row of a connection that ended.
func (s *summary) closed(c *session) {
	if c.tally.packets == [3]int64{} && c.tally.problems == 0 {
		return // filtered out
	}
	if len(s.connections) >= maxConnections {
		s.more++
		return
	}
	row := connectionRow{number: c.number, client: c.clientID, from: c.address[mqttwire.Client], to: c.address[mqttwire.Server], tally: c.tally}
	if c.version != 0 {
		row.version = c.version.String()
	}
	if c.guessed {
		row.version += " (guessed)"
	}
	if c.web {
		row.version += " WebSocket"
	}
	s.connections = append(s.connections, row)
}

// tables writes the tables; of the long ones at most top rows.
func (s *summary) tables(top int, n network) []byte {
	var out tableWriter
	s.connectionTable(&out, top)
	s.typeTable(&out)
	s.topicTable(&out, top)
	s.violationTable(&out, top)
	if words := n.words(); words != "" {
		out.line(words[2:])
	}
	return out.text
}

// tableWriter writes tables below each other.
type tableWriter struct{ text []byte }

func (w *tableWriter) Write(p []byte) (int, error) {
	w.text = append(w.text, p...)
	return len(p), nil
}

func (w *tableWriter) line(text string) { w.text = append(append(w.text, text...), '\n') }

// table writes a table with a title, and how many rows it leaves out.
func (w *tableWriter) table(title string, header table.Row, rows []table.Row, left int) {
	if len(w.text) > 0 {
		w.line("")
	}
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	configs := make([]table.ColumnConfig, len(header))
	for i := range header {
		configs[i] = table.ColumnConfig{Number: i + 1, AlignHeader: text.AlignLeft}
		if len(rows) > 0 && isNumber(rows[0][i]) {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(header)
	t.AppendRows(rows)
	w.line(title)
	t.Render()
	if left > 0 {
		w.line(fmt.Sprintf("... and %d more, see --top", left))
	}
}

func isNumber(v any) bool {
	switch v.(type) {
	case int, int64:
		return true
	}
	return false
}

// atMost cuts a list to n elements, 0 for all, and returns how many are left out.
func atMost[T any](list []T, n int) ([]T, int) {
	if n == 0 || len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

func (s *summary) connectionTable(w *tableWriter, top int) {
	slices.SortFunc(s.connections, func(a, b connectionRow) int { return cmp.Compare(a.number, b.number) })
	list, left := atMost(s.connections, top)
	var rows []table.Row
	for _, c := range list {
		t := c.tally
		end := t.ended
		if t.goodbye != "" {
			end = t.goodbye
			if t.ended != "" {
				end += ", " + t.ended
			}
		}
		if end == "" {
			end = "open"
		}
		rows = append(rows, table.Row{c.number, quoted(c.client), c.version, c.from, c.to,
			t.packets[mqttwire.Client] + t.packets[mqttwire.AnySender], t.bytes[mqttwire.Client] + t.bytes[mqttwire.AnySender],
			t.packets[mqttwire.Server], t.bytes[mqttwire.Server], t.problems, end})
	}
	w.table("Connections", table.Row{"#", "client", "MQTT", "from", "to", "C>S", "bytes", "S>C", "bytes", "errors", "end"}, rows, left+s.more)
}

// quoted shows a string from the network, which may hold anything.
func quoted(text string) string {
	return fmt.Sprintf("%.60q", text)
}

func (s *summary) typeTable(w *tableWriter) {
	var rows []table.Row
	for t, row := range s.types {
		total := row.packets[0] + row.packets[1] + row.packets[2]
		if total > 0 {
			rows = append(rows, table.Row{mqttwire.PacketType(t).String(), row.packets[mqttwire.Client], row.packets[mqttwire.Server], total, row.bytes})
		}
	}
	w.table("Packets by type", table.Row{"type", "C>S", "S>C", "all", "bytes"}, rows, 0)
}

func (s *summary) topicTable(w *tableWriter, top int) {
	all := slices.SortedFunc(maps.Values(s.topics), func(a, b *topicRow) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.topic, b.topic))
	})
	list, left := atMost(all, top)
	var rows []table.Row
	for _, t := range list {
		rows = append(rows, table.Row{quoted(t.topic), t.packets, t.bytes})
	}
	if s.others.packets > 0 {
		rows = append(rows, table.Row{"(others)", s.others.packets, s.others.bytes})
	}
	if len(rows) > 0 {
		w.table("Topics by bytes", table.Row{"topic", "PUBLISH", "bytes"}, rows, left)
	}
}

func (s *summary) violationTable(w *tableWriter, top int) {
	all := slices.SortedFunc(maps.Values(s.violations), func(a, b *violationRow) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.clause, b.clause), cmp.Compare(a.text, b.text))
	})
	list, left := atMost(all, top)
	var rows []table.Row
	for _, v := range list {
		rows = append(rows, table.Row{v.clause, v.text, v.n, v.first})
	}
	if len(rows) > 0 {
		w.table("Violations by clause", table.Row{"clause", "where", "number", "first"}, rows, left)
	}
}
