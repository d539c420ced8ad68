package suite_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"waymark/suite"
)

// A nights is a population of pairs of nights: what a policy does with the same tasks
// on a baseline night and on a later one, whose truth is known.
type nights struct {
	name    string
	check   string // with %g for the margin
	margin  func(n int) float64
	group   int     // tasks a group; 0 for none
	icc     float64 // of what differs between the nights
	weights bool
	pair    func(r *rand.Rand, change float64, common func() float64) (before, after float64)
	cost    bool
	apart   bool // the two nights have no task in common
	alone   bool // the check is about one night
}

// latent is a uniform number that tasks of one group share more or less of.
func (p nights) latent(r *rand.Rand) func() float64 {
	shared := math.NaN()
	k := 0
	return func() float64 {
		if p.group == 0 {
			return r.Float64()
		}
		if k%p.group == 0 {
			shared = r.Float64()
		}
		k++
		if r.Float64() < math.Sqrt(p.icc) {
			return shared
		}
		return r.Float64()
	}
}

// discordant are 0/1 scores that differ between two nights on a share of tasks, as often for
// the better as for the worse; a change loses that many more.
func discordant(share float64) func(*rand.Rand, float64, func() float64) (float64, float64) {
	return func(r *rand.Rand, change float64, latent func() float64) (float64, float64) {
		switch u := latent(); {
		case u < share/2+change:
			return 1, 0
		case u > 1-share/2:
			return 0, 1
		case r.Float64() < 0.8:
			return 1, 1
		}
		return 0, 0
	}
}

// graded are scores in [0,1] that vary from night to night.
func graded(r *rand.Rand, change float64, latent func() float64) (float64, float64) {
	level := 0.3 + 0.4*r.Float64()
	z := func() float64 { return 0.2 * (latent() - 0.5) }
	return level + z(), level + z() - change
}

// lognormal are costs: of spread 1 between tasks and 0.3 from night to night; a change is a share.
func lognormal(r *rand.Rand, change float64, _ func() float64) (float64, float64) {
	base := 0.001 * math.Exp(r.NormFloat64())
	return base * math.Exp(0.3*r.NormFloat64()), base * math.Exp(0.3*r.NormFloat64()) * (1 + change)
}

// draw is the evidence of two nights of n tasks.
func (p nights) draw(r *rand.Rand, n int, change float64) (before, after *suite.Evidence) {
	before, after = blank(), blank()
	a, b := &suite.Outcomes{Type: "table", Models: []string{"m"}}, &suite.Outcomes{Type: "table", Models: []string{"m"}}
	latent := p.latent(r)
	for i := range n {
		x, y := p.pair(r, change, latent)
		weight := 1.0
		if p.weights {
			weight = 0.5 + r.Float64()
		}
		id := fmt.Sprintf("t%05d", i)
		for k, o := range []*suite.Outcomes{a, b} {
			e, v := []*suite.Evidence{before, after}[k], []float64{x, y}[k]
			e.Tasks = append(e.Tasks, id)
			if p.apart {
				e.Tasks[i] = fmt.Sprintf("%s-%d", id, k)
			}
			e.Slices["category"] = append(e.Slices["category"], string(rune('a'+i%3)))
			if p.weights {
				e.Weights = append(e.Weights, weight)
			}
			if p.group > 0 {
				e.Units = append(e.Units, fmt.Sprintf("g%d", i/p.group))
			}
			quality, cost := v, 0.001
			if p.cost {
				quality, cost = 1, v
			}
			o.Quality, o.Cost = append(o.Quality, quality), append(o.Cost, cost)
			o.Latency, o.Model = append(o.Latency, 100), append(o.Model, 0)
		}
	}
	before.Rows["p"], after.Rows["p"] = a, b
	before.Run, after.Run, after.Dataset.Digest = "before", "after", "sha256:after"
	return before, after
}

func blank() *suite.Evidence {
	return &suite.Evidence{
		Schema: suite.Schema, Split: "all", Prices: "recorded", Graders: []string{"recorded@1"}, Level: 0.95,
		Dataset: suite.DatasetInfo{Name: "nights", Digest: "sha256:before", QualityHi: 1, CostKnown: true},
		Slices:  map[string][]string{}, Rows: map[string]*suite.Outcomes{}, Figures: map[string]map[string]suite.Metric{},
	}
}
