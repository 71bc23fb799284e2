package main

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// drawAll draws the pictures of a report and writes its tables into
// PERFORMANCE.md.
func drawAll(s settings, stdout io.Writer) error {
	r, err := readReport(s.json)
	if err != nil {
		return fmt.Errorf("%s: %w", s.json, err)
	}
	folder := filepath.Join(s.into, "bench", "pictures")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, p := range r.pictures() {
		path := filepath.Join(folder, p.name+".svg")
		if err := p.save(path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		fmt.Fprintln(stdout, path)
	}
	path := filepath.Join(s.into, "PERFORMANCE.md")
	if err := fillIn(path, r); err != nil {
		return err
	}
	fmt.Fprintln(stdout, path)
	return nil
}

// picture is a plot, its size, and the names of its axes: on a logarithmic axis
// the plot itself would not put them in the middle.
type picture struct {
	name   string
	plot   *plot.Plot
	height vg.Length
	x, y   string
}

// width is the width of all pictures.
const width = 8 * vg.Inch

// typeface is what the pictures are lettered in, with what stands in for it where
// it is missing.
const typeface = "Liberation Sans"

// save writes the picture as SVG.
func (p picture) save(path string) error {
	c := vgsvg.New(width, p.height)
	canvas := draw.New(c)
	canvas.SetColor(color.White) // so that it can be read on a dark page
	canvas.Fill(canvas.Rectangle.Path())
	left, bottom := vg.Points(8), vg.Points(26)
	if p.y != "" {
		left += vg.Points(16)
	}
	p.plot.Draw(draw.Crop(canvas, left, -vg.Points(22), bottom, -vg.Points(8)))
	p.nameAxes(canvas)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	svg := bytes.ReplaceAll(b.Bytes(), []byte("font-family:"+typeface), []byte("font-family:"+typeface+",Arial,Helvetica,sans-serif"))
	return os.WriteFile(path, svg, 0o644)
}

// nameAxes writes the names of the axes along the edges.
func (p picture) nameAxes(c draw.Canvas) {
	style := p.plot.X.Label.TextStyle
	style.XAlign, style.YAlign = text.XCenter, text.YBottom
	c.FillText(style, vg.Point{X: c.Center().X, Y: c.Min.Y + vg.Points(8)}, p.x)
	style.Rotation, style.YAlign = math.Pi/2, text.YTop
	c.FillText(style, vg.Point{X: c.Min.X + vg.Points(6), Y: c.Center().Y}, p.y)
}

// legendAt puts the legend to the top or to the bottom, x points from the axis.
func legendAt(p *plot.Plot, top bool, x float64) {
	p.Legend.Left, p.Legend.Top, p.Legend.XOffs = true, top, vg.Points(x)
	p.Legend.Padding, p.Legend.YOffs = vg.Points(2), vg.Points(4)
}

// The colours: of mqttwire, and of others, chosen so that those who see no red
// or no green can tell them apart.
var (
	blue   = color.RGBA{0x00, 0x5A, 0xB5, 0xFF}
	orange = color.RGBA{0xE6, 0x6A, 0x00, 0xFF}
	grey   = color.RGBA{0x60, 0x60, 0x60, 0xFF}
	pale   = color.RGBA{0xDD, 0xDD, 0xDD, 0xFF}
)

// newPlot is an empty plot in the style of all.
func newPlot(title string) *plot.Plot {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	plotter.DefaultFont = plot.DefaultFont
	p := plot.New()
	p.Title.Text = title
	p.Title.Padding = vg.Points(8)
	p.X.Label.TextStyle.Font.Size, p.Legend.TextStyle.Font.Size = vg.Points(11), vg.Points(10)
	p.Title.TextStyle.Font.Size = vg.Points(13)
	p.BackgroundColor = color.White
	return p
}

// decades is ticks at 1, 2 and 5 times the powers of ten, all of them labelled.
type decades struct{ suffix string }

func (d decades) Ticks(low, high float64) (list []plot.Tick) {
	for power := math.Floor(math.Log10(low)); power <= math.Ceil(math.Log10(high)); power++ {
		for _, digit := range []float64{1, 2, 5} {
			if v := digit * math.Pow(10, power); v >= low*0.999 && v <= high*1.001 {
				list = append(list, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64) + d.suffix})
			}
		}
	}
	return list
}

// powers is ticks at the powers of ten.
type powers struct{}

func (powers) Ticks(low, high float64) (list []plot.Tick) {
	for power := math.Floor(math.Log10(low)); power <= math.Ceil(math.Log10(high)); power++ {
		for digit := 1.0; digit < 10; digit++ {
			v := digit * math.Pow(10, power)
			if v < low*0.999 || v > high*1.001 {
				continue
			}
			t := plot.Tick{Value: v}
			if digit == 1 {
				t.Label = strconv.FormatFloat(v, 'f', -1, 64)
			}
			list = append(list, t)
		}
	}
	return list
}

// bars is horizontal bars on a logarithmic axis, that begin at 1: pairs of them
// on each line, the first pair on top.
type bars struct {
	pairs [][2]bar
	fill  [2]color.Color
	style text.Style
}

type bar struct {
	value float64 // 0 for none
	label string
}

// Plot draws the bars.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, pair := range b.pairs {
		for j, bar := range pair {
			if bar.value == 0 {
				continue
			}
			middle := float64(len(b.pairs)-1-i) + 0.19 - 0.38*float64(j)
			from, to := x(1), x(bar.value)
			c.FillPolygon(b.fill[j], []vg.Point{{X: from, Y: y(middle - 0.17)}, {X: to, Y: y(middle - 0.17)},
				{X: to, Y: y(middle + 0.17)}, {X: from, Y: y(middle + 0.17)}})
			style := b.style
			style.YAlign = text.YCenter
			style.XAlign = text.XLeft
			c.FillText(style, vg.Point{X: max(from, to) + vg.Points(3), Y: y(middle)}, bar.label)
		}
	}
}

// lineAt is a vertical line.
type lineAt float64

// Plot draws the line over the height of the plot.
func (l lineAt) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: color.Black, Width: vg.Points(1)}, x(float64(l)), c.Min.Y, x(float64(l)), c.Max.Y)
}

// nameLines labels the lines of a plot, the first name on top.
func nameLines(p *plot.Plot, names []string) {
	ticks := make(plot.ConstantTicks, len(names))
	for i, name := range names {
		ticks[i] = plot.Tick{Value: float64(len(names) - 1 - i), Label: name}
	}
	p.Y.Tick.Marker = ticks
	p.Y.Tick.Length, p.Y.LineStyle.Width = 0, 0
	p.Y.Min, p.Y.Max = -0.6, float64(len(names))-0.4
}

// upright is a grid of vertical lines.
func upright() *plotter.Grid {
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color, grid.Vertical.Dashes = pale, nil
	return grid
}
