package main

import (
	"fmt"
	"slices"
	"strings"
)

// tables is all tables of a report, those that have something in them.
func (r *report) tables() (list []*table) {
	for _, t := range []*table{
		r.codecTable(), r.summaryTable(), r.lossTable(), r.timeTable("decode", "Decoding, ns a packet", opDecode), r.timeTable("encode", "Encoding, ns a packet", opEncode),
		r.memoryTable("decode-memory", "Decoding, bytes/allocations a packet", opDecode),
		r.memoryTable("encode-memory", "Encoding, bytes/allocations a packet", opEncode),
		r.streamTable(), r.fanoutTable(), r.rejectTable(), r.rulesTable(),
		r.growthTable(curves[0]), r.growthTable(curves[1]), r.growthTable(curves[2]), r.processorTable(),
	} {
		if len(t.rows) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// codecTable is who takes part.
func (r *report) codecTable() *table {
	t := &table{name: "codecs", title: "The codecs", head: []string{"codec", "module", "version", "MQTT", "measured"}, left: 5}
	for _, c := range r.Codecs {
		module := c.Module
		if module == "" {
			module = "(this one)"
		}
		row := []string{c.Name, module, shorten(c.Version, 14), c.Speaks, c.What}
		if c.Absent != "" {
			row[4] = "not here: " + c.Absent
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// summaryTable is mqttwire against the limits and against the fastest other.
func (r *report) summaryTable() *table {
	t := &table{name: "summary", title: "mqttwire against the limits, and against the fastest other Go codec that is right",
		head: []string{"packet", "bytes", "alone", "/valid", "decode", "/valid", "Decoder", "next", "", "encode", "/copy", "next", "", "allocs"}, left: 1}
	for _, g := range r.section(packetSection) {
		alone, dec, dcr, enc := g.cell("mqttwire", opAlone), g.cell("mqttwire", opDecode), g.cell("Decoder", opDecode), g.cell("mqttwire", opEncode)
		if alone == nil || dec == nil || dcr == nil || enc == nil || dec.Ns == 0 {
			continue
		}
		row := []string{g.Name, fmt.Sprint(g.Size), figure(alone.Ns), figure(alone.Limit), figure(dec.Ns), figure(dec.Limit), figure(dcr.Ns)}
		row = append(row, next(g, opDecode)...)
		row = append(row, figure(enc.Ns), figure(enc.Limit))
		row = append(row, next(g, opEncode)...)
		t.rows = append(t.rows, append(row, fmt.Sprintf("%.0f", alone.Allocs+dec.Allocs+dcr.Allocs+enc.Allocs)))
	}
	t.notes = []string{"ns a packet; alone: of a known type; decode and Decoder: in a read loop; /valid: to utf8.Valid over as many ASCII bytes; /copy: to a copy of as many; next: the fastest other, and its time to that of mqttwire (decode, encode)"}
	return t
}

// next is the fastest other codec and how many times mqttwire's time it takes.
func next(g *groupReport, op string) []string {
	best := g.fastest(op)
	if best == nil {
		return []string{"-", "-"}
	}
	return []string{best.Codec, times(best.Times)}
}

// lossTable is where another Go codec that is right is faster than mqttwire.
func (r *report) lossTable() *table {
	t := &table{name: "losses", title: "Where another Go codec that is right is faster", head: []string{"work", "", "mqttwire", "faster: its time to that of mqttwire"}, left: 4}
	for _, g := range r.Groups {
		name := g.Name
		if g.Section == growthSection {
			name = fmt.Sprintf("%s %.0f", g.Name, g.X)
		}
		for _, op := range []string{opDecode, opEncode, opFanout} {
			var list []string
			for _, c := range g.Cells {
				if e := entryNamed(c.Codec); c.Op == op && c.Ns > 0 && c.Times < 0.995 && e != nil && !e.ours() && !e.foreign {
					list = append(list, c.Codec+" "+times(c.Times))
				}
			}
			if len(list) > 0 {
				t.rows = append(t.rows, []string{name, op, figure(g.cell("mqttwire", op).Ns) + " ns", strings.Join(list, ", ")})
			}
		}
	}
	return t
}

// columns is the codecs that a table has columns for: those that took part.
func (r *report) columns(keep func(e *entry) bool) (names []string) {
	for _, c := range r.Codecs {
		if e := entryNamed(c.Name); e != nil && c.Absent == "" && keep(e) {
			names = append(names, c.Name)
		}
	}
	return names
}

// timeTable is the times of all codecs at one operation.
func (r *report) timeTable(name, title, op string) *table {
	columns := r.columns(func(e *entry) bool { return op == opDecode || e.name != "Decoder" })
	t := &table{name: name, title: title, head: append([]string{"packet"}, columns...), left: 1}
	for _, g := range r.section(packetSection) {
		row := []string{g.Name}
		for _, codec := range columns {
			row = append(row, t.cell(g, g.cell(codec, op), func(c *cellReport) string { return figure(c.Ns) }))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// cell writes a cell, and puts the reason into the notes if it is wrong.
func (t *table) cell(g *groupReport, c *cellReport, show func(*cellReport) string) string {
	switch {
	case c == nil || c.Verdict == notOffered:
		return "-"
	case c.Verdict == "accepts":
		return "accepts"
	case c.Verdict != right:
		if reason, ok := strings.CutPrefix(string(c.Verdict), "wrong: "); ok {
			t.notes = append(t.notes, fmt.Sprintf("wrong: %s, %s: %s", c.Codec, g.Name, reason))
		}
		return "wrong"
	}
	return show(c)
}

// memoryTable is what the codecs allocate at one operation.
func (r *report) memoryTable(name, title, op string) *table {
	columns := r.columns(func(e *entry) bool { return !e.foreign && (op == opDecode || e.name != "Decoder") })
	t := &table{name: name, title: title, head: append([]string{"packet"}, columns...), left: 1}
	for _, g := range r.section(packetSection) {
		row := []string{g.Name}
		for _, codec := range columns {
			row = append(row, t.cell(g, g.cell(codec, op), memory))
		}
		t.rows = append(t.rows, row)
	}
	t.notes = nil // they are under the times
	return t
}

// memory writes what an operation allocates.
func memory(c *cellReport) string {
	if c.Allocs >= 0.05 && c.Allocs < 10 && c.Allocs != float64(int(c.Allocs)) {
		return amount(c.Bytes) + "/" + fmt.Sprintf("%.1f", c.Allocs)
	}
	return amount(c.Bytes) + "/" + amount(c.Allocs)
}

// streamTable is the streams, a row for each codec.
func (r *report) streamTable() *table {
	return r.codecRows("streams", "Decoding 1 MiB of mixed packets, ns a packet; times: to mqttwire", streamSection, opDecode)
}

// fanoutTable is forwarding, a row for each codec.
func (r *report) fanoutTable() *table {
	t := r.codecRows("fanout", fmt.Sprintf("Forwarding a PUBLISH of 1 KiB to %d subscribers, ns a subscriber; times: to mqttwire", crowd), fanoutSection, opFanout)
	if len(t.rows) > 0 {
		t.notes = append(t.notes, "mqttwire writes headers, by Message.AppendHeader or by Publish.AppendHeader, and leaves the payload to a vectored write; the others write whole packets")
	}
	return t
}

// codecRows is a table with a row for each codec and three columns for each group.
func (r *report) codecRows(name, title, section, op string) *table {
	t := &table{name: name, title: title, head: []string{"codec"}, left: 1}
	groups := r.section(section)
	for _, g := range groups {
		_, short, _ := strings.Cut(g.Name, ", ")
		t.head = append(t.head, short, "times", "bytes/allocs")
	}
	names := r.columns(func(e *entry) bool { return true })
	if section == fanoutSection && len(names) > 0 {
		names = slices.Insert(names, 1, headerCodec)
	}
	for _, codec := range names {
		row, measured := []string{codec}, false
		for _, g := range groups {
			c := g.cell(codec, op)
			row = append(row, t.cell(g, c, func(c *cellReport) string { return figure(c.Ns) }))
			if c == nil || c.Ns == 0 {
				row = append(row, "", "")
				continue
			}
			measured = true
			memory := memory(c)
			if e := entryNamed(codec); e != nil && e.foreign {
				memory = ""
			}
			row = append(row, times(c.Times), memory)
		}
		if measured || len(groups) > 0 && row[1] != "-" {
			t.rows = append(t.rows, row)
		}
	}
	return t
}

// rejectTable is how long refusing takes.
func (r *report) rejectTable() *table {
	columns := r.columns(func(e *entry) bool { return !e.ours() && !e.foreign })
	t := &table{name: "rejection", title: "Refusing a packet that goes wrong at its last field, ns; in brackets: to accepting the one that is right",
		head: append([]string{"packet", "mqttwire"}, columns...), left: 1}
	for _, g := range r.section(rejectSection) {
		row := []string{g.Name}
		for _, codec := range append([]string{"mqttwire"}, columns...) {
			row = append(row, t.cell(g, g.cell(codec, opReject), func(c *cellReport) string {
				if codec == "mqttwire" {
					return fmt.Sprintf("%s (%.2f)", figure(c.Ns), c.Accept)
				}
				return figure(c.Ns)
			}))
		}
		t.rows = append(t.rows, row)
	}
	t.notes = nil
	if len(t.rows) > 0 {
		allocs := 0.0
		for _, g := range r.section(rejectSection) {
			allocs += g.cell("mqttwire", opReject).Allocs
		}
		t.notes = []string{"accepts: the codec takes the malformed packet; wrong: it does not get the good one right",
			fmt.Sprintf("what mqttwire allocates to refuse them, all together: %.0f allocations", allocs)}
	}
	return t
}

// rulesTable is what the codecs validate.
func (r *report) rulesTable() *table {
	columns := r.columns(func(e *entry) bool { return e.name != "Decoder" })
	t := &table{name: "rules", title: "What is validated: packets judged right, of those there are in the codec's versions", head: append([]string{"rules"}, columns...), left: 1}
	if r.Rules == nil {
		return t
	}
	add := func(name string, show func(codec string) string) {
		row := []string{name}
		for _, codec := range columns {
			row = append(row, show(codec))
		}
		t.rows = append(t.rows, row)
	}
	for _, rule := range r.Rules.Rows {
		add(rule.Class, func(codec string) string { return rule.Scores[codec].String() })
	}
	malformed, valid := r.Rules.Malformed, r.Rules.Valid
	add("all malformed: refused", func(codec string) string { return malformed[codec].String() })
	add("all valid: accepted", func(codec string) string { return valid[codec].String() })
	add("panics", func(codec string) string { return fmt.Sprint(malformed[codec].Panics + valid[codec].Panics) })
	add("hangs", func(codec string) string { return fmt.Sprint(malformed[codec].Hangs + valid[codec].Hangs) })
	add("bytes for the bomb", func(codec string) string {
		if n, ok := r.Rules.Bomb[codec]; ok {
			return amount(float64(n))
		}
		return "-"
	})
	t.notes = []string{"the bomb: 30 FF FF FF 7F, five bytes that announce 256 MiB"}
	return t
}

// String writes a score.
func (s score) String() string {
	if s.Total == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", s.Right, s.Total)
}

// growthTable is the points of a curve.
func (r *report) growthTable(c curve) *table {
	t := &table{name: "growth-" + c.name, title: c.title, head: []string{c.plural, "bytes",
		"decode ns", "ns/" + c.unit, "encode ns", "ns/" + c.unit, c.peer + " decode", "ns/" + c.unit, c.peer + " encode", "ns/" + c.unit}}
	if c.plural == "bytes" {
		t.head = t.head[1:]
	}
	for _, g := range r.section(growthSection) {
		if g.Name != c.groupName() {
			continue
		}
		row := []string{fmt.Sprintf("%.0f", g.X), fmt.Sprint(g.Size)}
		if c.plural == "bytes" {
			row = row[1:]
		}
		for _, codec := range []string{"mqttwire", c.peer} {
			for _, op := range []string{opDecode, opEncode} {
				cell := g.cell(codec, op)
				row = append(row, t.cell(g, cell, func(c *cellReport) string { return figure(c.Ns) }))
				if cell == nil || cell.Ns == 0 || g.X == 0 {
					row = append(row, "")
					continue
				}
				row = append(row, figure(cell.Ns/g.X))
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// processorTable is the streams on one processor and on more.
func (r *report) processorTable() *table {
	t := &table{name: "growth-processors", title: "The streams on several processors, a Decoder for each", head: []string{"stream", "GOMAXPROCS", "ns a packet", "GB/s", "times as fast"}, left: 1}
	one := map[string]float64{}
	for _, g := range r.section(growthSection) {
		version, ok := strings.CutPrefix(g.Name, "growth, "+processors+", ")
		c := g.cell("mqttwire", opDecode)
		if !ok || c == nil || c.Ns == 0 {
			continue
		}
		if g.X == 1 {
			one[version] = c.Ns
		}
		t.rows = append(t.rows, []string{version, fmt.Sprintf("%.0f", g.X), figure(c.Ns),
			figure(float64(g.Size) / float64(g.Items) / c.Ns), figure(one[version] / c.Ns)})
	}
	return t
}
