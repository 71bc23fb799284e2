package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pictures is all pictures of a report, those that have something in them.
func (r *report) pictures() (list []picture) {
	if len(r.section(packetSection)) > 0 {
		list = append(list, r.nextPicture(), r.limitPicture(), r.allPicture("decode", "Decoding: every codec", opDecode),
			r.allPicture("encode", "Encoding: every codec", opEncode))
	}
	for _, c := range curves {
		if len(r.points(c, "mqttwire", opDecode, 0)) > 0 {
			list = append(list, r.curvePicture(c))
		}
	}
	return list
}

// nextPicture is bars for the fastest other Go codec.
func (r *report) nextPicture() picture {
	p := newPlot("The fastest other Go codec that is right")
	b := bars{fill: [2]color.Color{blue, orange}, style: p.X.Tick.Label}
	var names []string
	low, high := 0.8, 2.0
	for _, g := range r.section(packetSection) {
		pair := [2]bar{}
		for i, op := range []string{opDecode, opEncode} {
			if best := g.fastest(op); best != nil {
				pair[i] = bar{best.Times, best.Codec + " " + times(best.Times)}
				low, high = min(low, best.Times), max(high, best.Times)
			}
		}
		names, b.pairs = append(names, g.Name), append(b.pairs, pair)
	}
	for _, sections := range []string{streamSection, fanoutSection} {
		for _, g := range r.section(sections) {
			pair, i, op := [2]bar{}, 0, opDecode
			if sections == fanoutSection {
				i, op = 1, opFanout
			}
			if best := g.fastest(op); best != nil {
				pair[i] = bar{best.Times, best.Codec + " " + times(best.Times)}
				low, high = min(low, best.Times), max(high, best.Times)
			}
			names, b.pairs = append(names, g.Name), append(b.pairs, pair)
		}
	}
	return barPicture("next", p, b, names, low/1.1, high*1.8, "its time, in times that of mqttwire")
}

// limitPicture is bars for mqttwire against the limits.
func (r *report) limitPicture() picture {
	p := newPlot("mqttwire against the limits")
	b := bars{fill: [2]color.Color{blue, orange}, style: p.X.Tick.Label}
	var names []string
	low, high := 0.5, 2.0
	for _, g := range r.section(packetSection) {
		if g.Size > 4096 { // decoding does not look at the payload
			continue
		}
		pair := [2]bar{}
		for i, op := range []string{opAlone, opEncode} {
			if c := g.cell("mqttwire", op); c != nil && c.Limit > 0 {
				pair[i] = bar{c.Limit, times(c.Limit)}
				low, high = min(low, c.Limit), max(high, c.Limit)
			}
		}
		names, b.pairs = append(names, g.Name), append(b.pairs, pair)
	}
	return barPicture("limits", p, b, names, low/1.2, high*1.5, "time, in times of utf8.Valid (decode) or copy (encode) over as many bytes")
}

// barPicture finishes a picture of bars.
func barPicture(name string, p *plot.Plot, b bars, names []string, low, high float64, axis string) picture {
	p.Add(upright(), b, lineAt(1))
	nameLines(p, names)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decades{"x"}
	p.X.Min, p.X.Max = low, high
	legendAt(p, name == "next", 370) // where there is room
	p.Legend.Add("decode", swatch{blue})
	p.Legend.Add("encode", swatch{orange})
	return picture{name, p, vg.Length(len(names))*vg.Points(30) + vg.Points(90), axis, ""}
}

// swatch is a spot of colour in a legend.
type swatch struct{ color color.Color }

// Thumbnail draws it.
func (s swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(s.color, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
}

// marks is how the codecs look: a shape and a colour for each.
var marks = map[string]draw.GlyphStyle{
	"mqttwire": mark(blue, draw.CircleGlyph{}), "Decoder": mark(blue, draw.RingGlyph{}),
	"paho3": mark(grey, draw.CrossGlyph{}), "paho5": mark(grey, draw.PlusGlyph{}),
	"mochi": mark(orange, draw.TriangleGlyph{}), "gmqtt": mark(color.RGBA{0x2A, 0x8C, 0x4A, 0xFF}, draw.PyramidGlyph{}),
	"gomqtt": mark(color.RGBA{0x8E, 0x2B, 0xA8, 0xFF}, draw.BoxGlyph{}), "natiu": mark(color.RGBA{0x8E, 0x2B, 0xA8, 0xFF}, draw.SquareGlyph{}),
	"vlapi": mark(color.RGBA{0xB0, 0x12, 0x2A, 0xFF}, draw.CrossGlyph{}), "libmqtt": mark(color.RGBA{0xB0, 0x12, 0x2A, 0xFF}, draw.PlusGlyph{}),
	"surgemq": mark(color.RGBA{0xB0, 0x12, 0x2A, 0xFF}, draw.BoxGlyph{}), "vitalvas": mark(color.RGBA{0x2A, 0x8C, 0x4A, 0xFF}, draw.SquareGlyph{}),
	"mqtt-pkt": mark(color.Black, draw.RingGlyph{}),
}

func mark(c color.Color, shape draw.GlyphDrawer) draw.GlyphStyle {
	return draw.GlyphStyle{Color: c, Radius: vg.Points(3.5), Shape: shape}
}

// allPicture is the times of every codec that is right.
func (r *report) allPicture(name, title, op string) picture {
	p := newPlot(title)
	groups := r.section(packetSection)
	low, high := math.Inf(1), 0.0
	var names []string
	dots := map[string]plotter.XYs{}
	for i, g := range groups {
		names = append(names, g.Name)
		for _, c := range g.Cells {
			if c.Op == op && c.Ns > 0 {
				dots[c.Codec] = append(dots[c.Codec], plotter.XY{X: c.Ns, Y: float64(len(groups) - 1 - i)})
				low, high = min(low, c.Ns), max(high, c.Ns)
			}
		}
	}
	grid := upright()
	grid.Horizontal.Width, grid.Horizontal.Color = vg.Points(0.5), pale
	p.Add(grid)
	for i := range entries { // mqttwire on top of the others
		e := entries[len(entries)-1-i]
		if len(dots[e.name]) == 0 {
			continue
		}
		s := must(plotter.NewScatter(dots[e.name]))
		s.GlyphStyle = marks[e.name]
		p.Add(s)
	}
	for _, e := range entries {
		if len(dots[e.name]) > 0 {
			p.Legend.Add(e.name, &plotter.Scatter{GlyphStyle: marks[e.name]})
		}
	}
	nameLines(p, names)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, powers{}
	p.X.Min, p.X.Max = low/1.3, high*8 // with room for the legend
	legendAt(p, true, 370)
	return picture{name, p, vg.Length(len(names))*vg.Points(24) + vg.Points(90), "ns a packet, median", ""}
}

// points is a curve of a codec: x, and the nanoseconds an operation, or those of
// each item if x is above least. Points whose x is 0 have no place.
func (r *report) points(c curve, codec, op string, least float64) (xys plotter.XYs) {
	for _, g := range r.section(growthSection) {
		cell := g.cell(codec, op)
		if g.Name != c.groupName() || cell == nil || cell.Ns == 0 || g.X <= least {
			continue
		}
		ns := cell.Ns
		if c.plural != "bytes" {
			ns /= g.X
		}
		xys = append(xys, plotter.XY{X: g.X, Y: ns})
	}
	return xys
}

// curvePicture is how the cost of something grows.
func (r *report) curvePicture(c curve) picture {
	y := "ns a " + c.unit + ", median"
	if c.plural == "bytes" {
		y = "ns a packet, median"
	}
	p := newPlot(c.title)
	grid := upright()
	grid.Horizontal.Width, grid.Horizontal.Color, grid.Horizontal.Dashes = vg.Points(0.5), pale, nil
	p.Add(grid)
	high, low, lines := 0.0, math.Inf(1), 0
	for _, series := range []struct {
		codec, op string
		color     color.Color
		dashes    []vg.Length
	}{
		{"mqttwire", opDecode, blue, nil}, {"mqttwire", opEncode, orange, nil},
		{c.peer, opDecode, blue, []vg.Length{vg.Points(4), vg.Points(3)}}, {c.peer, opEncode, orange, []vg.Length{vg.Points(4), vg.Points(3)}},
		{opValid, opValid, grey, []vg.Length{vg.Points(1), vg.Points(2)}}, {opCopy, opCopy, grey, []vg.Length{vg.Points(6), vg.Points(2)}},
	} {
		xys := r.points(c, series.codec, series.op, 0)
		if len(xys) == 0 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(xys)
		if err != nil {
			continue
		}
		line.Color, line.Width, line.Dashes = series.color, vg.Points(1.5), series.dashes
		dots.GlyphStyle = draw.GlyphStyle{Color: series.color, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
		p.Add(line, dots)
		label := series.codec
		if series.op != series.codec {
			label += ", " + series.op
		}
		p.Legend.Add(label, line)
		for _, xy := range xys {
			low, high, lines = min(low, xy.Y), max(high, xy.Y), lines+1
		}
	}
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, powers{}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, powers{}
	p.Y.Min, p.Y.Max = math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
	if legendAt(p, true, 360); c.plural == "bytes" {
		legendAt(p, true, 20)
	}
	return picture{"growth-" + c.name, p, 4.5 * vg.Inch, c.axis, y}
}
