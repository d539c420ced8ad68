// Package curve holds the exact sweep of a knob and what is read off curves and
// matrices: frontiers, hulls, areas, baselines. It knows numbers only: quality in
// [0,1], cost in US dollars.
package curve

import (
	"errors"
	"math"
)

// Steps are what each task does as a knob rises, as columns: task i has the steps
// Start[i] to Start[i+1] by ascending From, and each holds for knobs from From up
// to the next step's. The first From of every task is the same lower end.
type Steps struct {
	Start   []int
	From    []float64
	Quality []float64 // of the answer that the step gives
	Cost    []float64 // of all that the step does
	Strong  []bool    // whether the stronger model answers

	Weights []float64 // of tasks; nil where all are 1
	Groups  []int32   // dense index of the unit of each task; nil where every task is its own
	Keys    []uint64  // of the unit of each task, for resampling; nil: the index
}

// Tasks is the number of tasks.
func (s *Steps) Tasks() int { return len(s.Start) - 1 }

// A Point is an operating point of a curve: means over tasks. It holds for knobs
// from Knob up to the next point's.
type Point struct {
	Knob          float64
	Quality, Cost float64
	Share         float64 // of tasks that the stronger model answers
	// Standard errors over units, from exact running sums; NaN for one unit.
	QualityError, CostError float64
	// Rerouted is the number of tasks that do not do as at the curve's first point.
	Rerouted int
}

// A Curve is every distinct point of a sweep, by ascending knob.
type Curve []Point

func (s *Steps) check() error {
	n := s.Tasks()
	if n <= 0 {
		return errors.New("there are no tasks")
	}
	if len(s.From) != s.Start[n] || len(s.Quality) != len(s.From) || len(s.Cost) != len(s.From) || len(s.Strong) != len(s.From) {
		return errors.New("columns of steps differ in length")
	}
	if len(s.From) > math.MaxInt32 {
		return errors.New("there are more than 2^31 steps")
	}
	for i := range n {
		lo, hi := s.Start[i], s.Start[i+1]
		if lo >= hi || s.From[lo] != s.From[0] {
			return errors.New("a task has no step at the lower end of the knob")
		}
		for k := lo; k < hi; k++ {
			if math.IsNaN(s.From[k]) || math.IsNaN(s.Quality[k]) || math.IsNaN(s.Cost[k]) || k > lo && s.From[k] <= s.From[k-1] {
				return errors.New("steps do not ascend, or hold something that is not a number")
			}
		}
	}
	return nil
}
