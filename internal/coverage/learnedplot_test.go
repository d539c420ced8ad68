package coverage

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// drawLearned draws the share of the gap that is recovered against the share sent to strong.
func drawLearned(path string, curves map[int][]float64, best, truth []float64) error {
	p := plot.New()
	sans := font.Font{Typeface: "Liberation", Variant: "Sans", Size: 11}
	p.Title.Text = "A learned router approaches the best that its prompts can tell (SYNTHETIC)"
	p.X.Label.Text, p.Y.Label.Text = "tasks sent to the strong model, %", "gap between weak and strong recovered, %"
	p.Title.TextStyle.Font, p.X.Label.TextStyle.Font, p.Y.Label.TextStyle.Font = sans, sans, sans
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font, p.Legend.TextStyle.Font = sans, sans, sans
	p.Legend.Padding, p.Legend.YOffs, p.Legend.XOffs = vg.Points(2), vg.Points(6), vg.Points(-6)
	p.Title.Padding = vg.Points(8)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 100, 0, 100
	p.X.Tick.Marker, p.Y.Tick.Marker = everyTwenty{}, everyTwenty{}
	add := func(name string, recovered []float64, c color.Color, width float64, dashes ...vg.Length) error {
		l, err := plotter.NewLine(points(recovered))
		if err != nil {
			return err
		}
		l.Color, l.Width, l.Dashes = c, vg.Points(width), dashes
		p.Add(l)
		p.Legend.Add(name, l)
		return nil
	}
	grid := plotter.NewGrid()
	p.Add(grid)
	mix := make([]float64, 101)
	for k := range mix {
		mix[k] = float64(k) / 100
	}
	black := color.NRGBA{A: 255}
	shades := []color.Color{color.NRGBA{0xf0, 0xa0, 0x30, 255}, color.NRGBA{0xd5, 0x5e, 0x00, 255}, color.NRGBA{0x56, 0xb4, 0xe9, 255}, color.NRGBA{0x00, 0x45, 0x8a, 255}}
	if err := add("whoever knew each task's true gain", truth, color.NRGBA{0x80, 0x80, 0x80, 255}, 1, 1, 3); err != nil {
		return err
	}
	if err := add("the best that category and level tell", best, black, 2); err != nil {
		return err
	}
	for k := len(learnedSizes) - 1; k >= 0; k-- {
		if err := add(fmt.Sprintf("logistic, fitted on %d tasks", learnedSizes[k]), curves[learnedSizes[k]], shades[k], 1.5, vg.Points(float64(8-2*k)), vg.Points(float64(k))); err != nil {
			return err
		}
	}
	if err := add("a mix at random", mix, black, 1, 5, 3); err != nil {
		return err
	}
	return p.Save(8*vg.Inch, 5*vg.Inch, path)
}

// everyTwenty has a label at each 20 %.
type everyTwenty struct{}

func (everyTwenty) Ticks(_, _ float64) (out []plot.Tick) {
	for x := 0; x <= 100; x += 20 {
		out = append(out, plot.Tick{Value: float64(x), Label: fmt.Sprint(x)})
	}
	return out
}
