package stats

import (
	"math"
	"slices"
)

// Replicates is how often a bootstrap resamples.
const Replicates = 2000

const bootstrapSeed = 0x5761796d61726b // fixed, so that a number never changes by itself

// farError is the part of its nominal error that the end of a mean cost towards the long tail is taken at: 1 % in
// place of 2.5 %. A sample of few tasks seldom holds the tail that makes the mean, and the end on its side
// would miss 5 to 8 % of log-normal means of σ 1.2 to 1.5 at 200 tasks; see docs/coverage.md.
const farError = 0.4

// bootstrapT is the studentised bootstrap of Efron and Tibshirani (1993, §12.5):
// unlike the percentile interval it follows the skewness of costs. far is the part of its nominal error
// that the end towards the long tail is taken at.
func bootstrapT(u unitSums, n int, confidence, far float64) Estimate {
	g := len(u.weight)
	if why := u.tooFew(); why != "" {
		return withheld(n, g, confidence, u.mean, why)
	}
	se := u.standardError()
	if se <= noSpread*math.Abs(u.mean) {
		return withheld(n, g, confidence, u.mean, "all values are equal: nothing is known of their spread")
	}
	ts := make([]float64, 0, Replicates)
	for block := range Replicates / PerHash {
		ts = append(ts, u.studentised(block)...)
	}
	slices.Sort(ts)
	tail := (1 - confidence) / 2
	e := Estimate{Value: u.mean, Confidence: confidence, N: n, Groups: g, Method: "bootstrap-t"}
	below, above := tail, tail // the errors of the two ends
	if u.skewness() > 0 {
		above *= far
	} else {
		below *= far
	}
	e.Lo, e.Hi = u.mean-quantileSorted(ts, 1-below)*se, u.mean-quantileSorted(ts, above)*se
	e.Warnings = append(e.Warnings, u.approximate()...)
	return e
}

// studentised is (mean* − mean) / SE* of the replicates of one block. Replicates
// without weight or spread are left out. The sums run over units without a branch: a unit
// that is not drawn adds 0, which costs less than to guess whether it is.
func (u unitSums) studentised(block int) []float64 {
	var w1, v1, ww, wv, vv [PerHash]float64 // Σkw, Σkv, Σkw², Σkwv, Σkv²
	if u.plain() {
		for i, key := range u.keys {
			v := u.value[i]
			v2 := v * v
			for r, k := range Weights4(bootstrapSeed, key, block) {
				x := float64(k)
				w1[r] += x
				v1[r] += x * v
				vv[r] += x * v2
			}
		}
		ww, wv = w1, v1
	} else {
		for i, key := range u.keys {
			w, v := u.weight[i], u.value[i]
			w2, x2, v2 := w*w, w*v, v*v
			for r, k := range Weights4(bootstrapSeed, key, block) {
				x := float64(k)
				w1[r] += x * w
				v1[r] += x * v
				ww[r] += x * w2
				wv[r] += x * x2
				vv[r] += x * v2
			}
		}
	}
	var out []float64
	for r := range PerHash {
		if w1[r] == 0 {
			continue
		}
		m := v1[r] / w1[r]
		ss := vv[r] - 2*m*wv[r] + m*m*ww[r] // Σk(v − m·w)²
		if ss <= 0 {
			continue
		}
		g := float64(len(u.weight))
		out = append(out, (m-u.mean)/(math.Sqrt(g/(g-1)*ss)/w1[r]))
	}
	return out
}

// plain reports whether every unit has weight 1.
func (u unitSums) plain() bool {
	for _, w := range u.weight {
		if w != 1 {
			return false
		}
	}
	return true
}

// quantileSorted interpolates linearly (R's type 7).
func quantileSorted(x []float64, p float64) float64 {
	h := p * float64(len(x)-1)
	i := min(int(h), len(x)-2)
	if i < 0 {
		return x[0]
	}
	return x[i] + (h-float64(i))*(x[i+1]-x[i])
}
