package stats

import "math"

// Brier estimates the mean of (p − y)², where p is a score in [0,1] and y is 1 where
// the task had the event and 0 where not (Brier 1950): 0 is perfect. against is that minus the
// same of a forecast that always says the event's own share π, which is π(1 − π);
// what a task adds to π moves that by nothing at first order, so that it too is a mean of one value
// a task. Both are withheld where a score is not in [0,1].
func (s Scores) Brier(confidence float64) (brier, against Estimate) {
	if err := s.Probabilities(); err != nil {
		e := withheld(len(s.Score), 0, confidence, math.NaN(), err.Error())
		return e, e
	}
	c := s.classes()
	share := c.weight[1] / (c.weight[0] + c.weight[1])
	squares, differences := make([]float64, len(s.Score)), make([]float64, len(s.Score))
	for i, p := range s.Score {
		y := float64(oneIf(s.Event[i]))
		squares[i] = (p - y) * (p - y)
		differences[i] = squares[i] - (y-share)*(y-share)
	}
	return Linear(s.sample(squares), confidence), Linear(s.sample(differences), confidence)
}
