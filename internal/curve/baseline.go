package curve

import "math"

// A Table is what every model did on every task, as columns: Quality[m][i] and
// Cost[m][i] of model m on task i, NaN where it is not recorded. A Cost that is
// nil is not known: every choice then goes by quality alone.
type Table struct {
	Quality, Cost [][]float64
}

// Tasks is the number of tasks.
func (t Table) Tasks() int {
	if len(t.Quality) == 0 {
		return 0
	}
	return len(t.Quality[0])
}

func (t Table) cost(m, i int) float64 {
	if t.Cost == nil {
		return 0
	}
	return t.Cost[m][i]
}

// Best is the model of the highest mean quality over some tasks, ties to the
// cheapest, then to the first; only models that are recorded on all of them
// compete. It is -1 where none is. Weights may be nil.
func (t Table) Best(tasks []int, weights []float64) int {
	best, bestQ, bestC := -1, math.Inf(-1), math.Inf(1)
	for m := range t.Quality {
		q, c := t.Means(m, tasks, weights)
		if math.IsNaN(q) {
			continue
		}
		if q > bestQ+1e-12 || math.Abs(q-bestQ) <= 1e-12 && c < bestC {
			best, bestQ, bestC = m, q, c
		}
	}
	return best
}

// Means are a model's over some tasks: NaN where one is not recorded. Weights may
// be nil.
func (t Table) Means(m int, tasks []int, weights []float64) (quality, cost float64) {
	var q, c, n sum
	for _, i := range tasks {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		q.add(w * t.Quality[m][i])
		c.add(w * t.cost(m, i))
		n.add(w)
	}
	return q.value() / n.value(), c.value() / n.value()
}

// Oracle picks on every task the model of the highest quality there, ties to the
// cheapest; a task that nobody solves goes to its cheapest call. It is -1 on a
// task on which some model is not recorded.
func (t Table) Oracle() []int {
	out := make([]int, t.Tasks())
	for i := range out {
		out[i] = t.oracle(i)
	}
	return out
}

func (t Table) oracle(i int) int {
	best := -1
	for m := range t.Quality {
		q := t.Quality[m][i]
		if math.IsNaN(q) || math.IsNaN(t.cost(m, i)) {
			return -1
		}
		if best < 0 || q > t.Quality[best][i] || q == t.Quality[best][i] && t.cost(m, i) < t.cost(best, i) {
			best = m
		}
	}
	return best
}

// Chosen is the quality and cost of a choice of model for each task; NaN where it
// is -1 or not recorded.
func (t Table) Chosen(models []int) (quality, cost []float64) {
	quality, cost = make([]float64, len(models)), make([]float64, len(models))
	for i, m := range models {
		if m < 0 {
			quality[i], cost[i] = math.NaN(), math.NaN()
			continue
		}
		quality[i], cost[i] = t.Quality[m][i], t.cost(m, i)
	}
	return quality, cost
}

// RouterBenchOracle is the oracle as RouterBench charges it: a task that no model
// solves (all at quality 0) costs nothing.
func (t Table) RouterBenchOracle() (quality, cost []float64) {
	quality, cost = t.Chosen(t.Oracle())
	for i, q := range quality {
		if q == 0 {
			cost[i] = 0
		}
	}
	return quality, cost
}

// Mixed is the expectation of sending a random share of tasks to each model: per
// task Σ share_m · quality_m and Σ share_m · cost_m. NaN where a model with a
// positive share is not recorded.
func (t Table) Mixed(shares []float64) (quality, cost []float64) {
	n := t.Tasks()
	quality, cost = make([]float64, n), make([]float64, n)
	for m, share := range shares {
		if share == 0 {
			continue
		}
		for i := range n {
			quality[i] += share * t.Quality[m][i]
			cost[i] += share * t.cost(m, i)
		}
	}
	return quality, cost
}
