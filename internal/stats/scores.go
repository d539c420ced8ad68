package stats

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Scores are a score a task, and whether the task had the event that a high score
// announces. Weights, groups and keys are those of a Sample.
type Scores struct {
	Score   []float64
	Event   []bool
	Weights []float64
	Groups  []int32
	Keys    []uint64
}

func (s Scores) sample(values []float64) Sample {
	return Sample{Values: values, Weights: s.Weights, Groups: s.Groups, Keys: s.Keys}
}

func (s Scores) weight(i int) float64 {
	if s.Weights != nil {
		return s.Weights[i]
	}
	return 1
}

func (s Scores) unitCount() int {
	if len(s.Groups) == 0 {
		return len(s.Event)
	}
	return int(slices.Max(s.Groups)) + 1
}

func (s Scores) unit(i int) int {
	if s.Groups != nil {
		return int(s.Groups[i])
	}
	return i
}

// byScore is the tasks by ascending score. A score that is not finite is an error.
func (s Scores) byScore() ([]int, error) {
	order := make([]int, len(s.Score))
	for i, x := range s.Score {
		order[i] = i
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, errors.New("a score is not a finite number")
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.Score[a], s.Score[b]) })
	return order, nil
}

// tied calls visit with each run of equal scores of an order.
func (s Scores) tied(order []int, visit func(run []int)) {
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && s.Score[order[hi]] == s.Score[order[lo]] {
			hi++
		}
		visit(order[lo:hi])
		lo = hi
	}
}

// classes are the weights of the tasks without and with the event, how many
// independent units have some of each, and how many there are in all.
type classes struct {
	weight [2]float64
	units  [2]int
	all    int
}

func (s Scores) classes() (c classes) {
	seen := make([]uint8, s.unitCount()) // bit k: has a task of class k
	for i, event := range s.Event {
		k := oneIf(event)
		if w := s.weight(i); w > 0 {
			c.weight[k] += w
			seen[s.unit(i)] |= 1 << k
		}
	}
	for _, bits := range seen {
		c.units[0] += int(bits & 1)
		c.units[1] += int(bits >> 1)
		c.all += int(min(bits, 1))
	}
	return c
}

// missing says why nothing can be ranked, "" where it can.
func (c classes) missing() string {
	switch {
	case c.weight[0]+c.weight[1] == 0:
		return errEmpty.Error()
	case c.weight[1] == 0:
		return "no task has the event"
	case c.weight[0] == 0:
		return "every task has the event"
	}
	return ""
}

// fewOfAClass is the least number of units with the event, and without it, at
// which the simulated coverage of a ranking's interval holds its promise; see
// docs/coverage.md.
const fewOfAClass = 20

func (c classes) few() string {
	if n := min(c.units[0], c.units[1]); n < fewOfAClass {
		which := "with"
		if c.units[0] < c.units[1] {
			which = "without"
		}
		return fmt.Sprintf("%d independent units %s the event are too few for an interval", n, which)
	}
	return ""
}

// nothingToRank is why a ranking has no interval where no task's place is luck.
const nothingToRank = "the scores separate the tasks wholly, or tie all of them: nothing is known of the spread"

// onLogit estimates a share from its value and each task's influence on it, by a t
// interval on the scale of the logit, which keeps it within [0,1].
func (s Scores) onLogit(value float64, influence []float64, c classes, confidence float64) Estimate {
	e := Linear(s.sample(influence), confidence)
	why := c.few()
	switch {
	case e.Groups < minUnits:
		why = e.Withheld
	case why != "":
	case value < noSpread || value > 1-noSpread || !(e.Hi-e.Lo > noSpread): // NaN where nothing is spread
		why = nothingToRank
	}
	if why != "" {
		return withheld(e.N, e.Groups, confidence, value, why)
	}
	half := (e.Hi - e.Lo) / 2 * s.widened(influence, c, confidence)
	at := math.Log(value / (1 - value))
	half /= value * (1 - value)
	e.Value, e.Lo, e.Hi = value, logistic(at-half), logistic(at+half)
	e.Method = "linearised t of the logit"
	return e
}

// widened is how much wider an interval is by the degrees of freedom of Welch (1947)
// and Satterthwaite than by those of all units. Each class has a variance of its own: one of m units has
// m − 1 degrees of freedom or, where a few of them make most of its variance (their kurtosis κ
// is over 3), 2m/(κ − 1).
func (s Scores) widened(influence []float64, c classes, confidence float64) float64 {
	units := s.unitCount()
	sums := [2][]float64{make([]float64, units), make([]float64, units)}
	for i, x := range influence {
		sums[oneIf(s.Event[i])][s.unit(i)] += s.weight(i) * x
	}
	var squares, fourths [2]float64
	for k := range sums {
		for _, x := range sums[k] {
			squares[k] += x * x
			fourths[k] += x * x * x * x
		}
	}
	spread := 0.0 // Σ V²/df
	for k, v := range squares {
		m := float64(c.units[k])
		if v == 0 {
			continue
		}
		df := m - 1
		if kurtosis := m * fourths[k] / (v * v); kurtosis > 3 {
			df = min(df, 2*m/(kurtosis-1))
		}
		spread += v * v / df
	}
	df := (squares[0] + squares[1]) * (squares[0] + squares[1]) / spread
	return quantile(confidence, df) / quantile(confidence, float64(c.all-1))
}

func quantile(confidence, df float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(0.5 + confidence/2)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}
