package reports

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// labelled draws marks with their names, placed so that they do not collide.
type labelled struct{ marks []mark }

// Plot implements plot.Plotter.
func (l *labelled) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	style := text.Style{Font: font.From(plot.DefaultFont, vg.Points(7.5)), Color: black, Handler: p.TextHandler, YAlign: draw.YBottom}
	var labels []label
	var points, lines []box
	for _, m := range l.marks {
		x, y := tx(m.x), ty(m.y)
		c.DrawGlyph(draw.GlyphStyle{Shape: m.shape, Color: m.colour, Radius: vg.Points(m.radius)}, vg.Point{X: x, Y: y})
		r := m.radius + 0.5
		points = append(points, box{float64(x) - r, float64(y) - r, float64(x) + r, float64(y) + r})
		lines = append(lines, bars(m, func(x float64) float64 { return float64(tx(x)) }, func(y float64) float64 { return float64(ty(y)) })...)
		labels = append(labels, label{
			x: float64(x), y: float64(y), rank: m.rank,
			width: float64(style.Width(m.name)) + 2, height: float64(style.Height(m.name)) + 1.5,
		})
	}
	canvas := box{float64(c.Min.X) + 1, float64(c.Min.Y) + 1, float64(c.Max.X) - 1, float64(c.Max.Y) - 1}
	left := 0
	for i, at := range place(labels, points, lines, canvas) {
		m := l.marks[i]
		if !at.ok {
			left++
			continue
		}
		if at.leader {
			l.leader(c, labels[i], at.box)
		}
		style.Color = m.colour
		if m.constant && m.rank > 1 {
			style.Color = grey
		}
		c.SetColor(color.NRGBA{0xff, 0xff, 0xff, 0xc0})
		c.Fill(vg.Rectangle{Min: vg.Point{X: vg.Length(at.box.x0), Y: vg.Length(at.box.y0)}, Max: vg.Point{X: vg.Length(at.box.x1), Y: vg.Length(at.box.y1)}}.Path())
		c.FillText(style, vg.Point{X: vg.Length(at.box.x0 + 1), Y: vg.Length(at.box.y0 + 1)}, m.name)
	}
	if left > 0 {
		style.Color, style.YAlign = grey, draw.YTop
		c.FillText(style, vg.Point{X: c.Min.X + 4, Y: c.Max.Y - 4}, fmt.Sprintf("%d labels left out; see the table", left))
	}
}

// bars are the arms of a mark's cross, as thin boxes.
func bars(m mark, tx, ty func(float64) float64) (out []box) {
	if !math.IsNaN(m.ylo) {
		out = append(out, box{tx(m.x) - 0.5, ty(m.ylo), tx(m.x) + 0.5, ty(m.yhi)})
	}
	if !math.IsNaN(m.xlo) && m.xlo > 0 {
		out = append(out, box{tx(m.xlo), ty(m.y) - 0.5, tx(m.xhi), ty(m.y) + 0.5})
	}
	return out
}

// leader joins a mark to the nearest edge of its label.
func (l *labelled) leader(c draw.Canvas, from label, b box) {
	x := math.Min(math.Max(from.x, b.x0), b.x1)
	y := math.Min(math.Max(from.y, b.y0), b.y1)
	c.StrokeLine2(draw.LineStyle{Color: pale, Width: vg.Points(0.5)}, vg.Length(from.x), vg.Length(from.y), vg.Length(x), vg.Length(y))
}

// DataRange implements plot.DataRanger.
func (l *labelled) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, m := range l.marks {
		xmin, xmax, ymin, ymax = min(xmin, m.x), max(xmax, m.x), min(ymin, m.y), max(ymax, m.y)
	}
	return xmin, xmax, ymin, ymax
}
