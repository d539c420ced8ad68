package curve

import (
	"fmt"
	"math"
	"slices"

	"waymark/internal/stats"
)

var nan = math.NaN()

// CPTInterval estimates the call-performance threshold: the least share from which
// on PGR stays at least p. Its interval inverts a test: it holds the shares x at
// which G(x) = Q(x) − weak − p·(strong − weak) does not differ from 0. At a fixed
// share a task's influence on Q is its quality less dQ/dx times whether it goes to
// the stronger model, since the knob that gives a share is estimated too. reached is
// false where the curve itself never gets there for good. It is withheld where the gap's own
// interval includes 0.
func CPTInterval(s *Steps, c Curve, p, confidence float64) (e stats.Estimate, reached bool) {
	_, share, ok := c.CPT(p)
	e = stats.Estimate{Value: share, Lo: nan, Hi: nan, Confidence: confidence, N: s.Tasks(), Groups: s.Units(), Method: "inverted band"}
	if !ok {
		e.Value, e.Method, e.Withheld = nan, "", "not reached"
		return e, false
	}
	weak, strong := s.ends(c)
	gap := make([]float64, len(weak))
	for i := range gap {
		gap[i] = strong[i] - weak[i]
	}
	if g := stats.Linear(s.sample(gap), confidence); g.Withheld != "" || g.Lo <= 0 {
		e.Withheld, e.Method = "the interval of the gap between weak and strong includes 0", ""
		return e, true
	}
	target := make([]float64, len(weak))
	for i := range target {
		target[i] = weak[i] + p*gap[i]
	}
	e.Lo, e.Hi = s.crossing(c, target, stats.TQuantile(confidence, e.Groups-1))
	if s.Tasks() < fewForCPT {
		e.Lo, e.Hi, e.Method = nan, nan, ""
		e.Withheld = fmt.Sprintf("%d tasks are too few for the interval of a first passage", s.Tasks())
	}
	return e, true
}

// fewForCPT is the least number of tasks at which the simulated coverage of the
// interval holds its promise; see docs/coverage.md.
const fewForCPT = 50

// Units is the number of independent units behind the tasks.
func (s *Steps) Units() int {
	n := s.Tasks()
	if s.Groups != nil {
		n = 0
		for _, g := range s.Groups {
			n = max(n, int(g)+1)
		}
	}
	return n
}

// crossing is the range of shares at which the mean of quality − target may first
// be at least 0 for good: neither is it below 0 there by more than t standard errors, nor
// above it by as much at the attainable share before. A curve of few distinct
// points, from a score with ties, is tested at its knobs, and the shares of those
// have intervals of their own.
func (s *Steps) crossing(c Curve, target []float64, t float64) (lo, hi float64) {
	tied := (len(c)-1)*tiesFrom < s.Units()
	z, slack := s.scores(c, target, t, tied)
	if c.falls() {
		c = c.Shares()
		slices.Reverse(z)
		slices.Reverse(slack)
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for j := range c {
		if z[j] < -t || j > 0 && z[j-1] > t {
			continue
		}
		lo, hi = math.Min(lo, c[j].Share-slack[j]), math.Max(hi, c[j].Share+slack[j])
	}
	return math.Max(0, lo), math.Min(1, hi)
}

// tiesFrom is how many units a distinct point has at least where a score is tied.
const tiesFrom = 4

// scores are the studentised means at every point, and how far its share may be off.
func (s *Steps) scores(c Curve, target []float64, t float64, tied bool) (z, slack []float64) {
	m := newPaired(s, target)
	z, slack = make([]float64, len(c)), make([]float64, len(c))
	visit := func(j int) {
		slope := 0.0
		if !tied {
			slope = c.slope(j, m.window)
		}
		mean, se, shareError := m.at(slope)
		switch {
		case se > 0:
			z[j] = mean / se
		case mean != 0:
			z[j] = math.Copysign(math.Inf(1), mean)
		}
		if tied {
			slack[j] = t * shareError
		}
	}
	visit(0)
	events, point := s.events(), 0
	for i, e := range events {
		m.take(e)
		if i+1 == len(events) || events[i+1].key != e.key {
			point++
			visit(point)
		}
	}
	return z, slack
}

// paired runs the second moments of X = w·(quality − target) and S = w·strong by unit.
type paired struct {
	s          *Steps
	x, v       []float64 // of each unit
	w          []float64
	total      float64
	sx, sv     sum
	xx, xv, vv sum
	xw, vw, ww float64
	window     float64
}

func newPaired(s *Steps, target []float64) *paired {
	units := s.Units()
	m := &paired{s: s, x: make([]float64, units), v: make([]float64, units), w: make([]float64, units)}
	for i := range s.Tasks() {
		w := s.weight(i)
		g := s.unit(i)
		k := s.Start[i]
		m.x[g] += w * (s.Quality[k] - target[i])
		m.v[g] += w * oneIf(s.Strong[k])
		m.w[g] += w
		m.total += w
	}
	for g := range m.w {
		m.sx.add(m.x[g])
		m.sv.add(m.v[g])
		m.xx.add(m.x[g] * m.x[g])
		m.xv.add(m.x[g] * m.v[g])
		m.vv.add(m.v[g] * m.v[g])
		m.xw += m.x[g] * m.w[g]
		m.vw += m.v[g] * m.w[g]
		m.ww += m.w[g] * m.w[g]
	}
	m.window = math.Cbrt(1/float64(units)) / 2
	return m
}

func (s *Steps) weight(i int) float64 {
	if s.Weights != nil {
		return s.Weights[i]
	}
	return 1
}

func (s *Steps) unit(i int) int {
	if s.Groups != nil {
		return int(s.Groups[i])
	}
	return i
}

func (m *paired) take(e event) {
	k, i := int(e.step), int(e.task)
	w, g := m.s.weight(i), m.s.unit(i)
	dx := w * (m.s.Quality[k] - m.s.Quality[k-1])
	dv := w * (oneIf(m.s.Strong[k]) - oneIf(m.s.Strong[k-1]))
	x, v := m.x[g], m.v[g]
	m.sx.add(dx)
	m.sv.add(dv)
	m.xx.add(dx * (2*x + dx))
	m.xv.add((x+dx)*(v+dv) - x*v)
	m.vv.add(dv * (2*v + dv))
	m.xw += dx * m.w[g]
	m.vw += dv * m.w[g]
	m.x[g], m.v[g] = x+dx, v+dv
}

// at is the mean of X with its standard error at a fixed share, where the curve has
// a slope (0: at a fixed knob), and the standard error of the share.
func (m *paired) at(slope float64) (mean, se, shareError float64) {
	mx, mv := m.sx.value()/m.total, m.sv.value()/m.total
	// Residuals: (x − mx·w) − slope·(v − mv·w).
	xx := m.xx.value() - 2*mx*m.xw + mx*mx*m.ww
	vv := m.vv.value() - 2*mv*m.vw + mv*mv*m.ww
	xv := m.xv.value() - mv*m.xw - mx*m.vw + mx*mv*m.ww
	g := float64(len(m.w))
	root := func(ss float64) float64 { return math.Sqrt(math.Max(0, g/(g-1)*ss)) / m.total }
	return mx, root(xx - 2*slope*xv + slope*slope*vv), root(vv)
}

// slope is that of quality over share around a point, over a window of shares.
func (c Curve) slope(j int, window float64) float64 {
	a, b := c.shareAt(c[j].Share-window), c.shareAt(c[j].Share+window)
	if run := c[b].Share - c[a].Share; run != 0 {
		return (c[b].Quality - c[a].Quality) / run
	}
	return 0
}

// shareAt is the position of the point whose share is nearest above a share, the
// last if there is none.
func (c Curve) shareAt(share float64) int {
	lo, hi := 0, len(c)-1
	falls := c.falls()
	for lo < hi {
		mid := (lo + hi) / 2
		if (c[mid].Share >= share) != falls {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
