package reports

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"waymark/suite"
)

// Sweep draws quality over the share sent to the stronger model, a curve a swept
// policy, with the pointwise band where there is one and the chosen knob marked.
func Sweep(res *suite.Result) *Picture {
	s := scaleOf(res)
	pic := newPicture(title(res)+": every knob of the swept policies", subtitle(res)+", pointwise at fixed knobs")
	p := pic.plot
	p.X.Label.Text, p.Y.Label.Text = "share sent to the stronger model, %", "quality, "+s.unit()
	p.X.Min, p.X.Max = 0, 100
	p.X.Tick.Marker = linear{text: plainNumber}
	c := &chart{res: res, s: s, u: purseOf(res)}
	var marks []mark
	for i, curve := range res.Curves {
		if curve.Strong == "" {
			continue // there is no share to draw it over
		}
		k := c.policyIndex(curve.Policy, i)
		if band := bandOf(curve, s); len(band) > 2 {
			if poly, err := plotter.NewPolygon(band); err == nil {
				colour := colourOf(k)
				colour.A = 0x26
				poly.Color, poly.LineStyle.Width = colour, 0
				p.Add(poly)
			}
		}
		var xys plotter.XYs
		for _, pt := range curve.Points {
			xys = append(xys, plotter.XY{X: 100 * pt.StrongShare, Y: s.value(pt.Quality)})
		}
		if l := segment(p, xys, colourOf(k), 1.4, dashOf(k)); l != nil {
			pic.entry(shorten(curve.Policy, 28), l)
		}
		if m, ok := chosen(res, curve, s); ok {
			m.shape, m.colour = shapeOf(k), colourOf(k)
			marks = append(marks, m)
		}
	}
	if i := slices.IndexFunc(res.Curves, func(c suite.Curve) bool { return c.Strong != "" }); i >= 0 {
		pts := res.Curves[i].Points
		a, b := pts[0], pts[len(pts)-1]
		if l := segment(p, plotter.XYs{{X: 100 * a.StrongShare, Y: s.value(a.Quality)}, {X: 100 * b.StrongShare, Y: s.value(b.Quality)}}, grey, 1, dashes[2]); l != nil {
			pic.entry("random mix of the two", l)
		}
	}
	p.Add(&labelled{marks: marks})
	return pic
}

// bandOf is the outline of a curve's band.
func bandOf(curve suite.Curve, s scale) plotter.XYs {
	var up, down plotter.XYs
	for _, pt := range curve.Points {
		if pt.QualityLo == nil || pt.QualityHi == nil {
			continue
		}
		x := 100 * pt.StrongShare
		up = append(up, plotter.XY{X: x, Y: s.value(float64(*pt.QualityHi))})
		down = append(down, plotter.XY{X: x, Y: s.value(float64(*pt.QualityLo))})
	}
	for i := len(down) - 1; i >= 0; i-- {
		up = append(up, down[i])
	}
	return up
}

// chosen is the point of a curve at the knob that its policy ran at.
func chosen(res *suite.Result, curve suite.Curve, s scale) (mark, bool) {
	for _, r := range res.Policies {
		if r.Name != curve.Policy || len(r.Knob) != 1 {
			continue
		}
		at := curve.Points[0]
		for _, pt := range curve.Points {
			if pt.Knob <= r.Knob[0] {
				at = pt
			}
		}
		return mark{name: fmt.Sprintf("%s at %s", shorten(r.Name, 24), knob(r.Knob)), x: 100 * at.StrongShare, y: s.value(at.Quality), radius: 4, shape: draw.CircleGlyph{}}, true
	}
	return mark{}, false
}
