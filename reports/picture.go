package reports

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Picture is a plot with a legend in a strip below it, where it covers no data.
type Picture struct {
	plot    *plot.Plot
	entries []entry
}

type entry struct {
	name  string
	thumb plot.Thumbnailer
}

func (p *Picture) entry(name string, thumb plot.Thumbnailer) {
	p.entries = append(p.entries, entry{name, thumb})
}

func newPicture(head, sub string) *Picture {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text = head + "\n" + sub
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.Title.Padding = vg.Points(6)
	p.X.Label.TextStyle.Font.Size, p.Y.Label.TextStyle.Font.Size = vg.Points(10), vg.Points(10)
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size = vg.Points(9), vg.Points(9)
	p.Y.Tick.Marker = linear{text: plainNumber, least: 6}
	g := plotter.NewGrid()
	g.Horizontal.Color, g.Vertical.Color = color.NRGBA{0xe6, 0xe6, 0xe6, 0xff}, color.NRGBA{0xe6, 0xe6, 0xe6, 0xff}
	p.Add(g)
	return &Picture{plot: p}
}

const (
	legendColumns = 4
	legendRow     = 13 // points
	margin        = 10
)

// Draw draws the picture, with a margin that no label is cut at.
func (p *Picture) Draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	rows := math.Ceil(float64(len(p.entries)) / legendColumns)
	strip := vg.Length(rows*legendRow) + 6
	inner := draw.Crop(c, margin, -2*margin, margin, -margin)
	p.plot.Draw(draw.Crop(inner, 0, 0, strip, 0))
	p.legend(inner, strip)
}

func (p *Picture) legend(c draw.Canvas, strip vg.Length) {
	style := text.Style{Font: font.From(plot.DefaultFont, vg.Points(8)), Color: black, Handler: p.plot.TextHandler, YAlign: draw.YCenter}
	width := (c.Max.X - c.Min.X) / legendColumns
	for i, e := range p.entries {
		x := c.Min.X + vg.Length(i%legendColumns)*width
		y := c.Min.Y + strip - 6 - vg.Length(float64(i/legendColumns)+0.5)*legendRow
		sub := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y - 5}, Max: vg.Point{X: x + 22, Y: y + 5}}}
		e.thumb.Thumbnail(&sub)
		c.FillText(style, vg.Point{X: x + 27, Y: y}, e.name)
	}
}
