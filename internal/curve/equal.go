package curve

import (
	"fmt"

	"waymark/internal/stats"
)

// A Match holds a swept policy, at a knob, against another policy on the same tasks.
// The knob is to be chosen on other tasks: the cheapest at which the policy was as good as the other,
// or the best at which it cost as much. Then nothing here is a maximum over noise.
type Match struct {
	Share   stats.Estimate // of tasks sent to the stronger model
	Quality stats.Estimate // minus the other's
	Cost    stats.Estimate // minus the other's, US dollars
	// Saving is 1 − mean cost / mean cost of the other, by Fieller. Its interval is withheld
	// where the gap between the policy's own ends is not told from 0, since any knob is then as good as another, and where fewer
	// than fifty tasks, but some, are decided otherwise than at the nearer end. It and that of Cost are withheld
	// where fewer than fifty tasks, but some, cost otherwise than with the other: those few then make all of it.
	Saving stats.Estimate
}

// MatchAt estimates a Match. quality and cost are the other's, by task; a nil cost is unknown.
func MatchAt(s *Steps, c Curve, knob float64, quality, cost []float64, confidence float64) Match {
	mine, spent, strong := s.at(knob)
	m := Match{Share: stats.Mean(s.sample(strong), confidence), Quality: s.difference(mine, quality, confidence)}
	if cost == nil {
		m.Cost = s.withheld(confidence, "costs are unknown")
		m.Saving = m.Cost
		return m
	}
	d, differ := make([]float64, len(spent)), 0
	for i := range d {
		if d[i] = spent[i] - cost[i]; d[i] != 0 {
			differ++
		}
	}
	m.Cost = stats.MeanDifference(s.sample(d), confidence)
	r := stats.Ratio(s.sample(spent), s.sample(cost), confidence)
	m.Saving = r
	m.Saving.Value, m.Saving.Lo, m.Saving.Hi = 1-r.Value, 1-r.Hi, 1-r.Lo
	switch {
	case differ == 0:
		withdraw("the two cost the same on every task", &m.Cost, &m.Saving)
	case differ < costBanded:
		withdraw(fmt.Sprintf("only %d tasks cost otherwise than with the other", differ), &m.Cost, &m.Saving)
	default:
		if why := s.unsettled(c, knob, confidence); why != "" {
			withdraw(why, &m.Saving)
		}
	}
	return m
}

// withdraw takes intervals away, with the reason.
func withdraw(why string, estimates ...*stats.Estimate) {
	for _, e := range estimates {
		e.Lo, e.Hi, e.Method, e.Withheld = nan, nan, "", why
	}
}

// at is what every task does at a knob; strong is 1 where the stronger model answers.
func (s *Steps) at(knob float64) (quality, cost, strong []float64) {
	for i := range s.Tasks() {
		k := s.stepAt(i, knob)
		quality, cost, strong = append(quality, s.Quality[k]), append(cost, s.Cost[k]), append(strong, oneIf(s.Strong[k]))
	}
	return quality, cost, strong
}

func (s *Steps) stepAt(i int, knob float64) int {
	k := s.Start[i]
	for k+1 < s.Start[i+1] && s.From[k+1] <= knob {
		k++
	}
	return k
}

// difference is that of two paired means: by the score interval where tasks are won or lost whole.
func (s *Steps) difference(a, b []float64, confidence float64) stats.Estimate {
	d := make([]float64, len(a))
	same := true
	for i := range d {
		d[i] = a[i] - b[i]
		same = same && d[i] == 0
	}
	if same {
		return stats.MeanDifference(s.sample(d), confidence)
	}
	return stats.PairedDifference(s.sample(d), confidence)
}

// unsettled says why a cost at a knob has no interval, "" where it has.
func (s *Steps) unsettled(c Curve, knob, confidence float64) string {
	low, high := s.ends(c)
	fromLow, fromHigh := 0, 0
	for i := range low {
		high[i] -= low[i]
		k := s.stepAt(i, knob)
		if k > s.Start[i] {
			fromLow++
		}
		if k < s.Start[i+1]-1 {
			fromHigh++
		}
	}
	if g := stats.Linear(s.sample(high), confidence); g.Withheld != "" || g.Lo <= 0 && g.Hi >= 0 {
		return "the interval of the gap between the two ends of the curve includes 0"
	}
	if few := min(fromLow, fromHigh); few > 0 && few < costBanded {
		return fmt.Sprintf("only %d tasks are decided otherwise than at the nearer end of the curve", few)
	}
	return ""
}

// Cheapest is the position of the cheapest point of a curve whose quality is at least
// so much, ties to the better; where costs are unknown, that of the least share of
// the stronger model. It is −1 where no point is as good.
func (c Curve) Cheapest(quality float64, costKnown bool) int {
	best := -1
	spend := func(p Point) float64 {
		if costKnown {
			return p.Cost
		}
		return p.Share
	}
	for i, p := range c {
		if p.Quality < quality-1e-12 {
			continue
		}
		if best < 0 || spend(p) < spend(c[best]) || spend(p) == spend(c[best]) && p.Quality > c[best].Quality {
			best = i
		}
	}
	return best
}

// Best is the position of the best point of a curve that costs at most so much, ties to the
// cheaper, −1 where none does.
func (c Curve) Best(cost float64) int {
	best := -1
	for i, p := range c {
		if !(p.Cost <= cost*(1+1e-12)) {
			continue
		}
		if best < 0 || p.Quality > c[best].Quality || p.Quality == c[best].Quality && p.Cost < c[best].Cost {
			best = i
		}
	}
	return best
}
