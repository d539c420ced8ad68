package trend

import (
	"fmt"
	"math"

	"waymark/internal/stats"
)

// gain is what a task's value is better than the baseline's by, in [−1,1].
func (w *watch) gain(id string, value float64) float64 {
	if w.o.Cost {
		return math.Max(-1, (w.baseline.Values[id]-value)/w.scale)
	}
	return math.Max(-1, math.Min(1, value-w.baseline.Values[id]))
}

// best is the value that a missing one is taken for: no bet gains by it, so that
// the promise about false alarms holds whatever is missing.
func (w *watch) best() float64 {
	if w.o.Cost {
		return 0
	}
	return 1
}

// margin is the allowed worsening as a gain, without the baseline's luck.
func (w *watch) margin(tasks []string) float64 {
	if !w.o.Cost {
		return w.o.Margin
	}
	sum, total := 0.0, 0.0
	for _, id := range tasks {
		sum += w.weight(id) * w.baseline.Values[id]
		total += w.weight(id)
	}
	return w.o.Margin * sum / total / w.scale
}

// calibrate bounds the baseline's luck and starts to watch.
func (w *watch) calibrate(n Night, shared []string, s *Step) {
	units := w.group(shared)
	if len(units) < leastUnits {
		what := "tasks"
		if len(units) < len(shared) {
			what = "groups of tasks"
		}
		s.Role, s.Note = Unpaired, fmt.Sprintf("it shares %d %s with the baseline, and at least %d are needed", len(units), what, leastUnits)
		return
	}
	gains := make([]float64, len(shared))
	for i, id := range shared {
		gains[i] = w.gain(id, n.Values[id])
	}
	means, weights := byUnit(units, gains)
	luck := stats.BaselineLuck(means, weights, w.o.Alpha/2)
	drift, err := stats.NewDrift(w.margin(shared) + luck)
	if err != nil {
		s.Role, s.Note = Unpaired, "responses vary too much for any drop to be told from the baseline's luck"
		return
	}
	w.tasks, w.units, w.drift, s.Units = shared, units, drift, len(units)
	s.Role, s.Note = Calibration, fmt.Sprintf("the baseline's luck is allowed for with %.2g of %s", luck*w.scale, w.unit())
}

func (w *watch) unit() string {
	if w.o.Cost {
		return "a US dollar a task"
	}
	return "a score"
}

// bet enters a fresh night.
func (w *watch) bet(n Night, s *Step) {
	gains := make([]float64, len(w.tasks))
	for i, id := range w.tasks {
		value, ok := n.Values[id]
		if !ok {
			value = w.best()
			s.Missing++
		}
		gains[i] = w.gain(id, value)
	}
	if s.Missing == len(w.tasks) {
		s.Role, s.Note = Unpaired, "it has none of the tasks that are watched"
		return
	}
	if err := w.drift.Night(byUnit(w.units, gains)); err != nil {
		s.Role, s.Note = Unpaired, err.Error()
		return
	}
	if s.Missing > 0 {
		s.Note = fmt.Sprintf("%d of %d watched tasks have no value and count as the best there could be", s.Missing, len(w.tasks))
	}
}
