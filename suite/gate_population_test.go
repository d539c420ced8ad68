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
	check   string // %g is the margin
	spread  float64
	group   int     // tasks a group; 0 for none
	icc     float64 // of what a group's tasks do
	weights bool
	apart   bool // the two nights have no task in common, and the later one another mix of categories
	cost    bool // what pair draws is a cost
	alone   bool // the check is about the later night alone
	// pair draws what a task does on both nights, where the later one is worse by change.
	pair func(r *rand.Rand, change float64, latent func() float64, category int) (before, after float64)
}

// margin is about what is passed by 80 % of unchanged nights.
func (p nights) margin(n int) float64 {
	return math.Ceil(2800*p.spread/math.Sqrt(float64(n))) / 1000
}

// suite is one with the population's check at a margin.
func (p nights) suite(margin float64) (*suite.Suite, error) {
	bound := margin
	switch {
	case p.cost:
		bound = 1 + margin
	case p.alone:
		bound = solved - margin
	}
	text := fmt.Sprintf("dataset: none\npolicies: [{name: p, type: fixed, model: m}]\nchecks: [%q]\n", fmt.Sprintf(p.check, bound))
	return suite.Parse("suite.yaml", []byte(text))
}

// change is what a printed change for the worse is in the population's terms.
func (p nights) change(noticed, margin float64) float64 {
	switch {
	case p.cost:
		return noticed / meanCost
	case p.alone: // counted from the bound
		return margin + noticed
	}
	return noticed
}

// latent is a uniform number that tasks of one group share now and then.
func (p nights) latent(r *rand.Rand) func() float64 {
	var shared float64
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
func discordant(share float64) func(*rand.Rand, float64, func() float64, int) (float64, float64) {
	return func(r *rand.Rand, change float64, latent func() float64, _ int) (float64, float64) {
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

// graded are scores in [0,1] that vary from night to night; a change lowers all.
func graded(r *rand.Rand, change float64, latent func() float64, _ int) (float64, float64) {
	level := 0.4 + 0.3*r.Float64()
	return level + 0.2*(r.Float64()-0.5), level + 0.2*(latent()-0.5) - change
}

// lognormal are costs: of spread 1 between tasks and 0.3 from night to night; a change is
// a share.
func lognormal(r *rand.Rand, change float64, _ func() float64, _ int) (float64, float64) {
	base := 0.001 * math.Exp(r.NormFloat64())
	return base * math.Exp(0.3*r.NormFloat64()), base * math.Exp(0.3*r.NormFloat64()) * (1 + change)
}

// meanCost is that of lognormal without change.
var meanCost = 0.001 * math.Exp(0.5+0.3*0.3/2)

// solved is the share of tasks that one night solves without change.
const solved = 0.85

func solves(r *rand.Rand, change float64, latent func() float64, _ int) (float64, float64) {
	if latent() < solved-change {
		return 1, 1
	}
	return 0, 0
}

// byCategory are 0/1 scores that depend on the category, and not on the other night.
func byCategory(r *rand.Rand, change float64, _ func() float64, category int) (float64, float64) {
	score := func(p float64) float64 {
		if r.Float64() < p {
			return 1
		}
		return 0
	}
	level := []float64{0.9, 0.7, 0.5}[category]
	return score(level), score(level - change)
}

// draw is the evidence of two nights of n tasks.
func (p nights) draw(r *rand.Rand, n int, change float64) (before, after *suite.Evidence) {
	before, after = night("before", n), night("after", n)
	latent := p.latent(r)
	for i := range n {
		category, later := r.IntN(3), r.IntN(3)
		if !p.apart {
			later = category
		} else if r.Float64() < 0.3 {
			later = 0 // another mix
		}
		x, y := p.pair(r, change, latent, category)
		if p.apart {
			_, y = p.pair(r, change, latent, later)
		}
		weight := 1.0
		if p.weights {
			weight = 0.5 + r.Float64()
		}
		p.put(before, i, category, weight, x)
		p.put(after, i, later, weight, y)
	}
	return before, after
}

func night(name string, n int) *suite.Evidence {
	return &suite.Evidence{
		Schema: suite.Schema, Run: name, Split: "all", Prices: "recorded", Graders: []string{"recorded@1"}, Level: 0.95,
		Dataset:  suite.DatasetInfo{Name: "nights", Digest: "sha256:" + name, QualityHi: 1, CostKnown: true},
		Contents: make(suite.Contents, n), Slices: map[string][]string{"category": make([]string, n)}, Figures: map[string]map[string]suite.Metric{},
		Tasks: make([]string, n),
		Rows: map[string]*suite.Outcomes{"p": {
			Type: "table", Config: "p", Quality: make(suite.Column, n), Cost: make(suite.Column, n), Latency: make(suite.Column, n),
			Models: []string{"m"}, Model: make([]int32, n),
		}},
	}
}

func (p nights) put(e *suite.Evidence, i, category int, weight, value float64) {
	e.Tasks[i] = fmt.Sprintf("t%05d", i)
	if p.apart {
		e.Tasks[i] += e.Run
	}
	e.Contents[i], e.Slices["category"][i] = uint64(i+1), string(rune('a'+category))
	if p.weights {
		e.Weights = append(e.Weights, weight)
	}
	if p.group > 0 {
		e.Units = append(e.Units, fmt.Sprintf("g%d", i/p.group))
	}
	o := e.Rows["p"]
	o.Quality[i], o.Cost[i], o.Latency[i] = value, 0.001, 100
	if p.cost {
		o.Quality[i], o.Cost[i] = 1, value
	}
}

const (
	drops = "quality(p) >= quality(p@baseline) - %g"
	rises = "cost(p) <= %g * cost(p@baseline)"
	floor = "quality(p) >= %g"
)

// populations of what DESIGN, section 6, promises of checks. spread is the standard
// deviation of what a task adds to the left side.
var populations = []nights{
	{name: "5 % discordant", check: drops, spread: math.Sqrt(0.05), pair: discordant(0.05)},
	{name: "10 % discordant", check: drops, spread: math.Sqrt(0.1), pair: discordant(0.1)},
	{name: "40 % discordant", check: drops, spread: math.Sqrt(0.4), pair: discordant(0.4)},
	{name: "5 % discordant, groups of 5, ICC 0.1", check: drops, spread: math.Sqrt(0.05 * 1.4), group: 5, icc: 0.1, pair: discordant(0.05)},
	{name: "20 % discordant, groups of 5, ICC 0.1", check: drops, spread: math.Sqrt(0.2 * 1.4), group: 5, icc: 0.1, pair: discordant(0.2)},
	{name: "20 % discordant, weights 0.5 to 1.5", check: drops, spread: math.Sqrt(0.2 * 1.08), weights: true, pair: discordant(0.2)},
	{name: "continuous scores", check: drops, spread: 0.0817, pair: graded},
	{name: "cost ratio, σ 1", check: rises, spread: 0.75, cost: true, pair: lognormal},
	{name: "no task in common", check: drops, spread: 0.65, apart: true, pair: byCategory},
	{name: "one night, 85 % right", check: floor, spread: 0.357, alone: true, pair: solves},
	{name: "one night, groups of 5, ICC 0.1", check: floor, spread: 0.42, group: 5, icc: 0.1, alone: true, pair: solves},
}
