package stats

import "math"

// Disagreement is the chance that two repeats of a decision, drawn without
// replacement, differ: 1 − Σ_m n_m(n_m − 1)/(n(n − 1)) with n_m of the n repeats choosing m. It is
// the unbiased estimate of 1 − Σ p_m² (Simpson 1949), so that its expectation does not depend on
// how many repeats there are. NaN for fewer than two.
func Disagreement(choices []int32) float64 {
	n := float64(len(choices))
	if n < 2 {
		return math.NaN()
	}
	alike := 0.0
	for _, c := range tally(choices) {
		alike += c.n * (c.n - 1)
	}
	return 1 - alike/(n*(n-1))
}

// PairDisagreement is the chance that two different tasks of a set are decided
// differently, each task by any of its repeats:
//
//	1 − Σ_{i<j} Σ_m p_im p_jm / (k(k−1)/2) = 1 − Σ_m ((Σ_i p_im)² − Σ_i p_im²) / (k(k − 1))
//
// with p_im the share of task i's repeats that choose m. NaN for fewer than two tasks, or
// where one has no repeat.
func PairDisagreement(tasks [][]int32) float64 {
	k := float64(len(tasks))
	if k < 2 {
		return math.NaN()
	}
	var all []count
	squares := 0.0
	for _, choices := range tasks {
		if len(choices) == 0 {
			return math.NaN()
		}
		for _, c := range tally(choices) {
			p := c.n / float64(len(choices))
			squares += p * p
			all = add(all, c.choice, p)
		}
	}
	alike := -squares
	for _, c := range all {
		alike += c.n * c.n
	}
	return 1 - alike/(k*(k-1))
}

// A count is how often, or to what share, something was chosen.
type count struct {
	choice int32
	n      float64
}

// tally counts choices in the order in which they first come, so that sums never depend on
// the order of a map.
func tally(choices []int32) (out []count) {
	for _, c := range choices {
		out = add(out, c, 1)
	}
	return out
}

func add(counts []count, choice int32, n float64) []count {
	for i := range counts {
		if counts[i].choice == choice {
			counts[i].n += n
			return counts
		}
	}
	return append(counts, count{choice, n})
}
