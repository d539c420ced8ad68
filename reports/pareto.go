package reports

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"waymark/suite"
)

// A mark is one point of the chart, with its intervals.
type mark struct {
	name     string
	x, y     float64
	xlo, xhi float64
	ylo, yhi float64
	shape    draw.GlyphDrawer
	colour   color.NRGBA
	radius   float64
	rank     int
	constant bool
}

// chart gathers what the Pareto chart shows.
type chart struct {
	res   *suite.Result
	s     scale
	u     purse
	marks []mark
	log   bool
	lo    float64 // least cost that is drawn
}

// Pareto is the quality-versus-cost chart. Where costs are unknown, the axis is
// the share sent to the stronger model and only what has one is drawn.
func Pareto(res *suite.Result) (*Picture, error) {
	c := &chart{res: res, s: scaleOf(res), u: purseOf(res)}
	pic := newPicture(title(res), subtitle(res))
	p := pic.plot
	p.Y.Label.Text = "quality, " + c.s.unit()
	if !res.Dataset.CostKnown {
		p.X.Label.Text = "share sent to the stronger model, % (costs are unknown)"
		c.shareMarks()
	} else {
		c.costMarks()
		c.axis(p)
	}
	c.lines(pic)
	c.crosses(p)
	c.legend(pic)
	p.Add(&labelled{marks: c.marks})
	c.room(p)
	return pic, nil
}

func title(res *suite.Result) string {
	t := shorten(res.Dataset.Name, 60)
	if res.Dataset.Synthetic {
		t += " (SYNTHETIC data)"
	}
	if res.OffPolicy != nil {
		t += ", OFF-POLICY"
	}
	return t
}

func subtitle(res *suite.Result) string {
	split := ""
	if res.Split != "all" {
		split = " of the " + res.Split + " split"
	}
	return fmt.Sprintf("%d tasks%s, %.0f %% intervals", res.Dataset.Tasks, split, 100*res.Confidence)
}

// costMarks are the constants, the policies and the oracle.
func (c *chart) costMarks() {
	add := func(r suite.PolicyRow, shape draw.GlyphDrawer, colour color.NRGBA, radius float64, rank int, constant bool) {
		q, d := r.Quality, r.Cost.PerTask
		if math.IsNaN(q.Value) || math.IsNaN(d.Value) {
			return
		}
		c.marks = append(c.marks, mark{
			name: shorten(r.Name, 30), x: d.Value * c.u.tasks, y: c.s.value(q.Value), xlo: d.Lo * c.u.tasks, xhi: d.Hi * c.u.tasks, ylo: c.s.value(q.Lo), yhi: c.s.value(q.Hi),
			shape: shape, colour: colour, radius: radius, rank: rank, constant: constant,
		})
	}
	for _, r := range c.res.Constants {
		colour, rank := grey, 3
		if r.OnFrontier {
			colour, rank = black, 1
		}
		add(r, draw.CircleGlyph{}, colour, 2.6, rank, true)
	}
	for i, r := range c.res.Policies {
		if r.Type == "fixed" {
			continue // it is among the constants
		}
		add(r, shapeOf(i), colourOf(i), 3.6, 0, false)
	}
	if o := c.res.Baselines.Oracle; o != nil {
		add(suite.PolicyRow{Name: "oracle", Quality: o.Quality, Cost: o.Cost}, star{}, blue, 5, 2, false)
	}
}

// shareMarks are the ends of curves, where costs are unknown.
func (c *chart) shareMarks() {
	for _, curve := range c.res.Curves {
		if curve.Strong == "" {
			continue
		}
		for _, end := range []suite.Point{curve.Points[0], curve.Points[len(curve.Points)-1]} {
			name := curve.Weak
			if end.StrongShare > 0.5 {
				name = curve.Strong
			}
			m := mark{name: shorten(name, 30), x: 100 * end.StrongShare, y: c.s.value(end.Quality), xlo: math.NaN(), xhi: math.NaN(), ylo: math.NaN(), yhi: math.NaN(), shape: draw.CircleGlyph{}, colour: black, radius: 3, rank: 1}
			for _, r := range c.res.Constants {
				if r.Name == name {
					m.ylo, m.yhi = c.s.value(r.Quality.Lo), c.s.value(r.Quality.Hi)
				}
			}
			seen := false
			for _, other := range c.marks {
				seen = seen || other.name == m.name
			}
			if !seen {
				c.marks = append(c.marks, m)
			}
		}
	}
}

// axis is logarithmic where costs span more than a factor of 20.
func (c *chart) axis(p *plot.Plot) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range c.marks {
		if m.x > 0 {
			lo, hi = math.Min(lo, m.x), math.Max(hi, m.x)
		}
	}
	c.lo = lo
	c.log = hi/lo > 20
	if c.log {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logDollars{}
		p.X.Label.Text = "cost " + c.u.per() + ", US dollars (logarithmic)"
		return
	}
	p.X.Tick.Marker = linear{text: plainDollars}
	p.X.Label.Text = "cost " + c.u.per() + ", US dollars"
}

// room leaves space for labels around the data, and keeps a log axis above 0.
func (c *chart) room(p *plot.Plot) {
	if len(c.marks) == 0 {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		if c.log {
			p.X.Min = 0.01
		}
		return
	}
	if c.log {
		p.X.Min = math.Max(p.X.Min, c.lo/4)
		r := math.Pow(p.X.Max/p.X.Min, 0.06)
		p.X.Min, p.X.Max = p.X.Min/r, p.X.Max*r*r
	} else {
		pad := 0.06 * (p.X.Max - p.X.Min)
		p.X.Min, p.X.Max = math.Max(0, p.X.Min-pad), p.X.Max+1.5*pad
	}
	if p.X.Max <= p.X.Min {
		p.X.Max = p.X.Min + 1
	}
	pad := math.Max(0.06*(p.Y.Max-p.Y.Min), 0.5)
	p.Y.Min, p.Y.Max = p.Y.Min-pad, p.Y.Max+pad
}

// at keeps what a log axis cannot show out of it.
func (c *chart) at(x float64) float64 {
	if c.log {
		return math.Max(x, c.lo/4)
	}
	return x
}

// crosses draws the intervals.
func (c *chart) crosses(p *plot.Plot) {
	for _, m := range c.marks {
		colour := faint(m.colour)
		if !math.IsNaN(m.ylo) {
			segment(p, plotter.XYs{{X: c.at(m.x), Y: m.ylo}, {X: c.at(m.x), Y: m.yhi}}, colour, 0.9, nil)
		}
		if !math.IsNaN(m.xlo) && c.res.Dataset.CostKnown {
			segment(p, plotter.XYs{{X: c.at(m.xlo), Y: m.y}, {X: c.at(m.xhi), Y: m.y}}, colour, 0.9, nil)
		}
	}
	for i := range c.marks {
		c.marks[i].x = c.at(c.marks[i].x)
	}
}

func segment(p *plot.Plot, xys plotter.XYs, colour color.NRGBA, width float64, dash []vg.Length) *plotter.Line {
	l, err := plotter.NewLine(xys)
	if err != nil {
		return nil // not finite: nothing to draw
	}
	l.Color, l.Width, l.Dashes = colour, vg.Points(width), dash
	p.Add(l)
	return l
}

// lines are the sweep curves, the random line, the frontier and the hull.
func (c *chart) lines(pic *Picture) {
	p := pic.plot
	for i, curve := range c.res.Curves {
		if curve.Strong == "" && !c.res.Dataset.CostKnown {
			continue // there is no share to draw it over
		}
		var xys plotter.XYs
		for _, pt := range curve.Points {
			x := 100 * pt.StrongShare
			if c.res.Dataset.CostKnown {
				x = c.at(pt.Cost * c.u.tasks)
			}
			xys = append(xys, plotter.XY{X: x, Y: c.s.value(pt.Quality)})
		}
		k := c.policyIndex(curve.Policy, i)
		if l := segment(p, xys, colourOf(k), 1.3, dashOf(k)); l != nil {
			pic.entry("sweep of "+shorten(curve.Policy, 24), l)
		}
	}
	if !c.res.Dataset.CostKnown {
		return
	}
	if rl := c.res.Baselines.RandomLine; len(rl) > 0 {
		a, b := rl[0], rl[len(rl)-1]
		xys := c.bend(plotter.XYs{{X: c.at(a.Cost * c.u.tasks), Y: c.s.value(a.Quality)}, {X: c.at(b.Cost * c.u.tasks), Y: c.s.value(b.Quality)}})
		if l := segment(p, xys, grey, 1, []vg.Length{vg.Points(2), vg.Points(3)}); l != nil {
			pic.entry("random mix of two models", l)
		}
	}
	if l := segment(p, c.stairs(), black, 1.2, nil); l != nil {
		pic.entry("frontier", l)
	}
	var hull plotter.XYs
	for _, name := range c.res.Hull {
		if m, ok := c.find(name); ok {
			hull = append(hull, plotter.XY{X: c.at(m.x), Y: m.y})
		}
	}
	if l := segment(p, c.bend(hull), pale, 1, []vg.Length{vg.Points(5), vg.Points(2)}); l != nil && len(hull) > 1 {
		pic.entry("hull (reached by mixing)", l)
	}
}

// bend subdivides straight lines, which a logarithmic axis bends: a mixture of two
// policies costs and achieves in proportion.
func (c *chart) bend(xys plotter.XYs) (out plotter.XYs) {
	if !c.log || len(xys) == 0 {
		return xys
	}
	out = append(out, xys[0])
	for i := 1; i < len(xys); i++ {
		a, b := xys[i-1], xys[i]
		for k := 1; k <= 40; k++ {
			x := a.X * math.Pow(b.X/a.X, float64(k)/40)
			y := b.Y
			if b.X != a.X {
				y = a.Y + (b.Y-a.Y)*(x-a.X)/(b.X-a.X)
			}
			out = append(out, plotter.XY{X: x, Y: y})
		}
	}
	return out
}

// policyIndex is the position of a policy among the rows, so that a curve has the
// colour of its mark.
func (c *chart) policyIndex(name string, otherwise int) int {
	for i, r := range c.res.Policies {
		if r.Name == name {
			return i
		}
	}
	return otherwise + len(c.res.Policies)
}

func (c *chart) find(name string) (mark, bool) {
	for _, list := range [][]suite.PolicyRow{c.res.Constants, c.res.Policies} {
		for _, r := range list {
			if r.Name == name {
				return mark{x: r.Cost.PerTask.Value * c.u.tasks, y: c.s.value(r.Quality.Value)}, true
			}
		}
	}
	return mark{}, false
}

// stairs is the frontier: what is on offer at a cost holds until the next.
func (c *chart) stairs() (xys plotter.XYs) {
	for _, name := range c.res.Frontier {
		m, ok := c.find(name)
		if !ok {
			continue
		}
		if n := len(xys); n > 0 {
			xys = append(xys, plotter.XY{X: c.at(m.x), Y: xys[n-1].Y})
		}
		xys = append(xys, plotter.XY{X: c.at(m.x), Y: m.y})
	}
	return xys
}

// legend explains the shapes.
func (c *chart) legend(pic *Picture) {
	if c.res.Dataset.CostKnown {
		pic.entry("model on its own", glyph{draw.GlyphStyle{Shape: draw.CircleGlyph{}, Color: grey, Radius: vg.Points(2.6)}})
		if c.res.Baselines.Oracle != nil {
			pic.entry("oracle (hindsight)", glyph{draw.GlyphStyle{Shape: star{}, Color: blue, Radius: vg.Points(5)}})
		}
	}
}

// glyph is a legend's thumbnail of a mark.
type glyph struct{ draw.GlyphStyle }

func (g glyph) Thumbnail(c *draw.Canvas) { c.DrawGlyph(g.GlyphStyle, c.Center()) }

// star is the oracle's mark.
type star struct{}

func (star) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	var path vg.Path
	for i := range 10 {
		r := sty.Radius
		if i%2 == 1 {
			r *= 0.42
		}
		sin, cos := math.Sincos(math.Pi/2 + float64(i)*math.Pi/5)
		q := vg.Point{X: pt.X + r*vg.Length(cos), Y: pt.Y + r*vg.Length(sin)}
		if i == 0 {
			path.Move(q)
		} else {
			path.Line(q)
		}
	}
	path.Close()
	c.SetColor(sty.Color)
	c.Fill(path)
}
