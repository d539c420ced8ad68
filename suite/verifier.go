package suite

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark"
)

// A PerfectVerifier is a cascade that knows what every answer that it got is worth: it asks models in
// order until one answers with full marks, and gives the best answer that it got, of equal ones the
// earliest. All that were asked are charged. A cascade of the same models whose acceptor is
// never wrong about full marks does as well.
type PerfectVerifier struct {
	Models []string `json:"models"`
	Baseline
}

// fullMarks is a quality of 1 but for the rounding of an average.
const fullMarks = 1 - 1e-9

// verifiers are the perfect-verifier cascades of the models of each cascade, and of each pair of a
// weak and a strong model that a policy chooses between, in the order of the policies.
func (f *field) verifiers(res *Result, cands []*candidate) {
	var seen [][]waymark.ModelID
	for _, c := range cands {
		chain := c.chain()
		if len(chain) < 2 || slices.ContainsFunc(seen, func(s []waymark.ModelID) bool { return slices.Equal(s, chain) }) {
			continue
		}
		seen = append(seen, chain)
		s, tasks := f.verified(chain)
		if tasks == 0 {
			continue
		}
		v := PerfectVerifier{}
		for _, m := range chain {
			v.Models = append(v.Models, string(m))
		}
		note := "knows the grade of every answer that it got, and asks on until one has full marks"
		if left := len(f.all) - tasks; left > 0 {
			note += fmt.Sprintf("; on the %d of %d tasks whose answers are recorded", tasks, len(f.all))
		}
		v.Baseline = *f.baseline("perfect verifier: "+strings.Join(v.Models, " → "), note, s)
		res.Baselines.Verifiers = append(res.Baselines.Verifiers, v)
	}
}

// chain is the models that a candidate asks in turn, or its weak and its strong one.
func (c *candidate) chain() []waymark.ModelID {
	if c.fit.chain == nil && c.folds != nil {
		return c.folds[0].fit.chain
	}
	return c.fit.chain
}

func chainOf(p waymark.Policy) []waymark.ModelID {
	k := waymark.Knob{}
	switch x := p.(type) {
	case interface{ Chain() []waymark.ModelID }:
		return x.Chain()
	case waymark.OneShotSweep:
		k = x.Knob()
	case waymark.OneShot:
		if s, ok := x.Selector.(waymark.StepSelector); ok {
			k = s.Knob()
		}
	}
	if k.Weak == "" || k.Strong == "" {
		return nil
	}
	return []waymark.ModelID{k.Weak, k.Strong}
}

// verified is what the perfect verifier does on the reported rows, and on how many it is known.
func (f *field) verified(chain []waymark.ModelID) (s series, tasks int) {
	var cols []int
	for _, m := range chain {
		col := f.b.matrix.Column(m)
		if col < 0 {
			return s, 0
		}
		cols = append(cols, col)
	}
	s = newSeries(len(f.all))
	for k := range f.all {
		best, cost := math.Inf(-1), 0.0
		for _, col := range cols {
			q := f.table.Quality[col][k]
			if f.b.costKnown {
				cost += f.table.Cost[col][k]
			}
			if math.IsNaN(q) {
				best = q
				break
			}
			best = math.Max(best, q)
			if q >= fullMarks {
				break
			}
		}
		s.quality[k], s.cost[k] = best, cost
		if !math.IsNaN(best) {
			tasks++
		} else {
			s.cost[k] = math.NaN()
		}
	}
	return s, tasks
}
