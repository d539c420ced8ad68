package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// AgainstBest is Hsu's multiple comparisons with the best (Hsu 1984, 1996): for
// each series the constrained simultaneous interval of its mean minus the best
// of the others', greater being better. An upper end of 0 says that it is not the best;
// a lower end of 0 says that it is. Critical values are simulated from the joint
// t limit, since policies share their tasks and so their luck. A series alone
// has no interval. Series that are alike on every task must be given once: each would
// be found no better than the other.
func (j *Joint) AgainstBest(confidence float64, seed uint64) []Estimate {
	n := len(j.Means)
	out := make([]Estimate, n)
	for i := range out {
		out[i] = Estimate{Value: j.Means[i] - j.bestOther(i), Confidence: confidence, N: j.Units, Groups: j.Units, Method: "hsu"}
	}
	if n < 2 {
		for i := range out {
			out[i] = withheld(j.Units, j.Units, confidence, math.NaN(), "there is no other to compare with")
		}
		return out
	}
	deviations := j.Deviations(draws, seed)
	scale := studentScales(draws, j.Units-1, seed)
	critical := make([]float64, n)
	for i := range out {
		critical[i] = j.critical(i, deviations, scale, confidence)
		out[i].Hi = math.Max(0, j.extreme(i, critical[i]))
	}
	for i := range out {
		out[i].Lo = j.lower(i, critical, out)
		if j.Units < fewUnits {
			out[i].Warnings = append(out[i].Warnings, approximate(j.Units))
		}
	}
	return out
}

// draws is how often the joint limit is drawn from.
const draws = 4000

// studentScales are √(χ²/df) draws: a normal deviation divided by one of them is a
// deviation of Student's t, which is what the errors of few units are worth.
func studentScales(n, df int, seed uint64) []float64 {
	chi := distuv.ChiSquared{K: float64(df), Src: rand.NewPCG(seed, 0x74)}
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Sqrt(chi.Rand() / float64(df))
	}
	return out
}

func (j *Joint) bestOther(i int) float64 {
	best := math.Inf(-1)
	for k, m := range j.Means {
		if k != i {
			best = math.Max(best, m)
		}
	}
	return best
}

// critical is the quantile of the greatest studentised deviation of i − k over all k.
// A series that is alike on every task deviates from i by nothing and is passed over.
func (j *Joint) critical(i int, deviations [][]float64, scale []float64, confidence float64) float64 {
	var others []int
	var precision []float64
	for k := range j.Means {
		if se := j.differenceError(i, k); k != i && se > 0 {
			others, precision = append(others, k), append(precision, 1/se)
		}
	}
	if len(others) == 0 {
		return 0 // all alike on every task
	}
	worst := make([]float64, len(deviations))
	for d, row := range deviations {
		most := math.Inf(-1)
		for a, k := range others {
			most = math.Max(most, (row[k]-row[i])*precision[a])
		}
		worst[d] = most / scale[d]
	}
	slices.Sort(worst)
	return quantileSorted(worst, confidence)
}

// extreme is the least of mean i − mean k + d·SE over all k.
func (j *Joint) extreme(i int, d float64) float64 {
	least := math.Inf(1)
	for k := range j.Means {
		if k != i {
			least = math.Min(least, j.Means[i]-j.Means[k]+d*j.differenceError(i, k))
		}
	}
	return least
}

// lower is the least of mean i − mean k − d·SE over all k that may be the best, and 0.
func (j *Joint) lower(i int, critical []float64, upper []Estimate) float64 {
	least := 0.0
	for k := range j.Means {
		if k != i && upper[k].Hi > 0 {
			least = math.Min(least, j.Means[i]-j.Means[k]-critical[k]*j.differenceError(i, k))
		}
	}
	return least
}
