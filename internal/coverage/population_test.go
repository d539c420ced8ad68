package coverage

import (
	"math"
	"math/rand/v2"

	"waymark/internal/curve"
)

// A population draws tasks of a router between a weak and a strong model. A task has
// a latent difficulty h; weak solves it with probability weak(h), strong with strong(h); the
// router sees h through noise.
type population struct {
	name      string
	gap       float64 // of the mean quality of the two
	noise     float64 // standard deviation of the router's score around h
	levels    int     // of the score, 0 for continuous: ties
	group     int     // tasks a group, 0 for none
	icc       float64 // share of the variance of difficulty between groups
	sigma     float64 // standard deviation of the logarithm of a cost
	weighted  bool
	continual bool // scores in [0,1] and not 0 or 1
}

var populations = []population{
	{name: "plain", gap: 0.15, noise: 0.2, sigma: 0.3},
	{name: "ties", gap: 0.15, noise: 0.2, levels: 8, sigma: 0.3},
	{name: "clusters (ICC 0.1, 5 a group)", gap: 0.15, noise: 0.2, group: 5, icc: 0.1, sigma: 0.3},
	{name: "skewed cost (σ 1.2)", gap: 0.15, noise: 0.2, sigma: 1.2},
	{name: "weights", gap: 0.15, noise: 0.2, sigma: 0.3, weighted: true},
	{name: "small gap", gap: 0.03, noise: 0.2, sigma: 0.3},
	{name: "no gap", gap: 0, noise: 0.2, sigma: 0.3},
}

// draw is n tasks as a threshold router's steps: strong up to the score.
func (p population) draw(rng *rand.Rand, n int) *curve.Steps {
	s := &curve.Steps{Start: make([]int, 1, n+1)}
	between := 0.0
	for i := range n {
		if p.group > 0 && i%p.group == 0 {
			between = rng.NormFloat64()
		}
		latent := math.Sqrt(1-p.icc)*rng.NormFloat64() + math.Sqrt(p.icc)*between
		h := 0.5 * math.Erfc(-latent/math.Sqrt2)
		weakP, strongP := 0.95-0.7*h, math.Min(1, 0.95-0.7*h+2*p.gap*h)
		weak, strong := p.grade(rng, weakP), p.grade(rng, strongP)
		score := h + p.noise*rng.NormFloat64()
		if p.levels > 0 {
			score = math.Floor(score*float64(p.levels)) / float64(p.levels)
		}
		weakCost := 0.001 * math.Exp(p.sigma*rng.NormFloat64())
		strongCost := 0.01 * math.Exp(p.sigma*rng.NormFloat64())
		s.From = append(s.From, math.Inf(-1), math.Nextafter(score, math.Inf(1)))
		s.Quality = append(s.Quality, strong, weak)
		s.Cost = append(s.Cost, strongCost, weakCost)
		s.Strong = append(s.Strong, true, false)
		s.Start = append(s.Start, len(s.From))
		s.Keys = append(s.Keys, rng.Uint64())
		if p.weighted {
			s.Weights = append(s.Weights, 0.5+h+rng.Float64()) // hard tasks count for more
		}
		if p.group > 0 {
			s.Groups = append(s.Groups, int32(i/p.group))
			s.Keys[i] = s.Keys[i/p.group*p.group]
		}
	}
	return s
}

func (p population) grade(rng *rand.Rand, chance float64) float64 {
	if p.continual {
		return math.Min(1, math.Max(0, chance+0.2*rng.NormFloat64()))
	}
	if rng.Float64() < chance {
		return 1
	}
	return 0
}

// truth is the curve of a very large draw.
func (p population) truth() curve.Curve {
	c, err := curve.Sweep(p.draw(rand.New(rand.NewPCG(7, 7)), 2_000_000))
	if err != nil {
		panic("coverage: " + err.Error())
	}
	return c
}
