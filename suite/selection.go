package suite

import (
	"fmt"
	"math"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

// VsBest is a row against the best of the others in quality, by Hsu's multiple
// comparisons with the best: the intervals of all rows hold together.
type VsBest struct {
	Name         string   `json:"name"` // the best of the others by the estimate
	Quality      Interval `json:"quality"`
	PossiblyBest bool     `json:"possibly_best"` // the interval does not say that another is better
}

// A Selection is what it means to pick a row from this result.
type Selection struct {
	Compared      int      `json:"compared"`      // rows that cover every task, alike ones counted once
	PossiblyBest  []string `json:"possibly_best"` // in quality, at the confidence of the result
	Withheld      string   `json:"withheld,omitempty"`
	Winners       []Winner `json:"winners"`
	FrontierDraws int      `json:"frontier_resamples"` // that frontier_frequency is a share of
}

// A Winner is the row of the best quality of several, and what being picked owes to luck.
type Winner struct {
	Among     string   `json:"among"` // "policies", or "policies and constants"
	Of        int      `json:"of"`    // distinct ones that it was picked from
	Name      string   `json:"name"`
	Quality   float64  `json:"quality"`   // as the row has it
	Optimism  Interval `json:"optimism"`  // by which that flatters it, on average
	Corrected float64  `json:"corrected"` // quality less optimism
}

const selectionSeed = 0x487375 // fixed, so that an interval never changes by itself

// selection compares the rows that cover every task.
func (f *field) selection(res *Result, subjects []subject) {
	res.Selection = &Selection{PossiblyBest: []string{}, Winners: []Winner{}}
	var whole []subject
	for _, x := range subjects {
		if f.whole(x) {
			whole = append(whole, x)
		}
	}
	first := make([]int, len(whole))
	var distinct []int
	for i := range whole {
		if first[i] = sameAs(whole, i); first[i] == i {
			distinct = append(distinct, i)
			continue
		}
		whole[i].row.SameAs = whole[first[i]].row.Name
	}
	f.againstBest(res.Selection, whole)
	f.membership(res.Selection, whole, distinct)
	for i := range whole {
		whole[i].row.FrontierShare = whole[first[i]].row.FrontierShare
	}
}

// membership is how often each row lies on the frontier.
func (f *field) membership(s *Selection, whole []subject, distinct []int) {
	if !f.b.costKnown || len(distinct) == 0 {
		return
	}
	var quality, cost [][]float64
	for _, i := range distinct {
		quality, cost = append(quality, whole[i].series.quality), append(cost, whole[i].series.cost)
	}
	share, n := curve.Membership(quality, cost, f.m.sample(quality[0]), 0)
	s.FrontierDraws = n
	for k, i := range distinct {
		whole[i].row.FrontierShare = &share[k]
	}
}

// againstBest fills in the comparisons with the best and the winners. Rows of the same
// quality on every task are compared once, since each would be found no better than the other.
func (f *field) againstBest(s *Selection, whole []subject) {
	first := make([]int, len(whole)) // position among the distinct ones
	var series [][]float64
	var names []string
	for i, x := range whole {
		first[i] = len(series)
		for k := range series {
			if equal(series[k], x.series.quality) {
				first[i] = k
				break
			}
		}
		if first[i] == len(series) {
			series, names = append(series, x.series.quality), append(names, x.row.Name)
		}
	}
	s.Compared = len(series)
	if len(series) < 2 {
		s.Withheld = "there are no two rows to compare"
		return
	}
	joint, err := stats.NewJoint(series, f.m.sample(series[0]))
	if err != nil {
		s.Withheld = err.Error()
		return
	}
	estimates := joint.AgainstBest(f.m.confidence, selectionSeed)
	for i, x := range whole {
		e := estimates[first[i]]
		x.row.VsBest = &VsBest{Name: names[rival(joint.Means, first[i])], Quality: f.m.scaled(e, 0), PossiblyBest: e.Hi > 0}
		if e.Hi > 0 {
			s.PossiblyBest = append(s.PossiblyBest, x.row.Name)
		}
	}
	f.winners(s, whole, series, joint)
}

// rival is the greatest of the other means.
func rival(means []float64, i int) int {
	best := -1
	for k, m := range means {
		if k != i && (best < 0 || m > means[best]) {
			best = k
		}
	}
	return best
}

// winners are the best of the policies and the best of all.
func (f *field) winners(s *Selection, whole []subject, series [][]float64, all *stats.Joint) {
	var policies []subject
	for _, x := range whole {
		if x.cand != nil {
			policies = append(policies, x)
		}
	}
	var own [][]float64
	for i, x := range policies {
		if k := sameQuality(policies, i); k == i {
			own = append(own, x.series.quality)
		}
	}
	if len(own) > 1 {
		if joint, err := stats.NewJoint(own, f.m.sample(own[0])); err == nil {
			s.Winners = append(s.Winners, f.winner("policies", policies, len(own), joint))
		}
	}
	if len(policies) < len(whole) && len(series) > 1 {
		s.Winners = append(s.Winners, f.winner("policies and constants", whole, len(series), all))
	}
}

func sameQuality(all []subject, i int) int {
	for k := range i {
		if equal(all[k].series.quality, all[i].series.quality) {
			return k
		}
	}
	return i
}

func (f *field) winner(among string, rows []subject, of int, joint *stats.Joint) Winner {
	best := rows[0].row
	for _, x := range rows {
		if x.row.Quality.Value > best.Quality.Value {
			best = x.row
		}
	}
	optimism := f.m.span * joint.Optimism(selectionSeed)
	e := bare(optimism, fmt.Sprintf("a bias, estimated by the bootstrap from %d rows: too small where they are about equal", of))
	e.Confidence, e.N, e.Method = f.m.confidence, joint.Units, "bootstrap bias of the maximum"
	if math.IsNaN(best.Quality.Value) {
		e.Value = math.NaN()
	}
	return Winner{Among: among, Of: of, Name: best.Name, Quality: best.Quality.Value, Optimism: Interval(e), Corrected: best.Quality.Value - e.Value}
}
