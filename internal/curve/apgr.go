package curve

import (
	"errors"

	"waymark/internal/stats"
)

// APGRInterval estimates APGR with its interval. The area A under quality Q over the
// share S is a functional of pairs of tasks; its influence is known in closed form:
// a task adds its own quality, integrated over S, and Q where it changes sides
// itself. So A − weak is the mean of a value a task, as strong − weak is, and
// their ratio has Fieller's interval (stats.Ratio), weights and groups included.
// Nothing is resampled.
func APGRInterval(s *Steps, c Curve, confidence float64) stats.Estimate {
	influence, err := s.areaInfluence(c)
	if err != nil {
		return stats.Estimate{Value: nan, Lo: nan, Hi: nan, Confidence: confidence, N: s.Tasks(), Withheld: err.Error()}
	}
	weak, strong := s.ends(c)
	gap := make([]float64, len(weak))
	for i := range weak {
		influence[i] -= weak[i]
		gap[i] = strong[i] - weak[i]
	}
	e := stats.Ratio(s.sample(influence), s.sample(gap), confidence)
	e.Value = c.APGR()
	return e
}

// sample is one value a task, with the tasks' weights and units.
func (s *Steps) sample(values []float64) stats.Sample {
	return stats.Sample{Values: values, Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
}

// ends are every task's quality where the share of the stronger model is least and
// where it is greatest.
func (s *Steps) ends(c Curve) (weak, strong []float64) {
	n := s.Tasks()
	weak, strong = make([]float64, n), make([]float64, n)
	for i := range n {
		weak[i], strong[i] = s.Quality[s.Start[i]], s.Quality[s.Start[i+1]-1]
	}
	if c.falls() {
		return strong, weak
	}
	return weak, strong
}

// falls reports whether raising the knob sends less to the stronger model.
func (c Curve) falls() bool { return c[len(c)-1].Share < c[0].Share }

// points is the position on the curve at which each step begins.
func (s *Steps) points() []int32 {
	at := make([]int32, len(s.From))
	point := int32(0)
	events := s.events()
	for i, e := range events {
		if i == 0 || e.key != events[i-1].key {
			point++
		}
		at[e.step] = point
	}
	return at
}

var errEnds = errors.New("the curve does not reach from a share of 0 to one of 1 to the stronger model")

// areaInfluence is one value a task whose mean is the area under the curve over
// the share and whose spread is that of the area.
func (s *Steps) areaInfluence(c Curve) ([]float64, error) {
	by := c.Shares()
	if by[0].Share > 1e-9 || by[len(by)-1].Share < 1-1e-9 {
		return nil, errEnds
	}
	last := len(c) - 1
	edge := func(p int) float64 { // the share halfway over the jump to point p
		switch {
		case p == 0:
			return c[0].Share
		case p > last:
			return c[last].Share
		}
		return (c[p].Share + c[p-1].Share) / 2
	}
	area := 0.0
	for j := 1; j <= last; j++ {
		area += (c[j].Share - c[j-1].Share) * (c[j].Quality + c[j-1].Quality) / 2
	}
	at := s.points()
	out := make([]float64, s.Tasks())
	for i := range out {
		v := -area
		for k := s.Start[i]; k < s.Start[i+1]; k++ {
			p, next := int(at[k]), last+1
			if k+1 < s.Start[i+1] {
				next = int(at[k+1])
			}
			v += s.Quality[k] * (edge(next) - edge(p))
			if k > s.Start[i] {
				v += (oneIf(s.Strong[k]) - oneIf(s.Strong[k-1])) * (c[p].Quality + c[p-1].Quality) / 2
			}
		}
		out[i] = v
	}
	if c.falls() {
		for i := range out {
			out[i] = -out[i]
		}
	}
	return out, nil
}
