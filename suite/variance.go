package suite

import (
	"math"

	"waymark/internal/stats"
)

// A VarianceSplit says how much of the variance of quality lies between tasks, and how
// much between responses to one task; in the dataset's units, squared.
type VarianceSplit struct {
	Tasks    int      `json:"tasks"` // that have more than one response, which the split rests on
	Task     Interval `json:"between_tasks"`
	Response Interval `json:"between_responses"`
	Share    Interval `json:"response_share"`
	// Standard errors of the mean: as it is, and what it would be with more. Nil where
	// the variance between tasks comes out below 0.
	Error            *float64 `json:"standard_error"`
	WithTwiceSamples *float64 `json:"standard_error_twice_samples"`
	WithAllSamples   *float64 `json:"standard_error_all_samples"`
	WithTwiceTasks   *float64 `json:"standard_error_twice_tasks"`
	Withheld         string   `json:"withheld,omitempty"` // why there is no split
}

// A noise is how responses to one task vary, by model and reported row: the variance of
// one response, and of the mean of those recorded. NaN where there is one.
type noise struct{ response, mean [][]float64 }

// responseNoise is nil where no cell has several responses.
func (f *field) responseNoise() *noise {
	var out *noise
	for col := range f.b.matrix.Models {
		for k, i := range f.b.test {
			answers := f.b.scored(col, i)
			if len(answers) < 2 {
				continue
			}
			if out == nil {
				out = newNoise(len(f.b.matrix.Models), len(f.all))
			}
			n, mean, ss := float64(len(answers)), 0.0, 0.0
			for _, a := range answers {
				mean += a.Score.Value / n
			}
			for _, a := range answers {
				ss += (a.Score.Value - mean) * (a.Score.Value - mean)
			}
			out.response[col][k], out.mean[col][k] = ss/(n-1), ss/(n-1)/n
		}
	}
	return out
}

func newNoise(models, tasks int) *noise {
	n := &noise{}
	for range models {
		response, mean := make([]float64, tasks), make([]float64, tasks)
		for k := range response {
			response[k], mean[k] = math.NaN(), math.NaN()
		}
		n.response, n.mean = append(n.response, response), append(n.mean, mean)
	}
	return n
}

// A weighing is what share of a row's quality on a task comes from each model: a
// contrast where it is a difference.
type weighing []float64

// variance splits the variance of a row's quality, and of its difference to the best
// constant, the constant's responses included. It needs to know whose responses a row is
// made of, which it does of constants and of one-shot policies.
func (f *field) variance(x subject, n *noise) {
	if n == nil || !f.whole(x) {
		return
	}
	weigh := f.weighings(x)
	if weigh == nil {
		x.row.Variance = &VarianceSplit{Withheld: "the policy makes its own calls, so that its quality is not one of the models' responses"}
		return
	}
	x.row.Variance = f.split(n, weigh, x.series.quality)
	if f.best < 0 || x.cand == nil && x.col == f.best {
		return
	}
	best := f.constant(f.best).quality
	x.row.VarianceVsBest = f.split(n, func(k int, w weighing) {
		weigh(k, w)
		w[f.best]--
	}, minus(x.series.quality, best))
}

// weighings fills in the weighing of a task; nil where that is not known.
func (f *field) weighings(x subject) func(k int, w weighing) {
	if x.cand == nil {
		return func(_ int, w weighing) { w[x.col]++ }
	}
	if x.cand.selector() == nil {
		return nil
	}
	share := 1 / float64(len(x.cand.rows))
	return func(k int, w weighing) {
		for _, r := range x.cand.rows {
			w[r.Model[f.b.test[k]]] += share
		}
	}
}

// split is the components of values that are weighed sums of models' mean scores: a
// weight w adds w² times the model's noise.
func (f *field) split(n *noise, weigh func(k int, w weighing), values []float64) *VarianceSplit {
	var tasks []stats.Repeated
	w := make(weighing, len(f.b.matrix.Models))
	for k, v := range values {
		if math.IsNaN(v) {
			continue
		}
		clear(w)
		weigh(k, w)
		t := stats.Repeated{Value: v}
		for col, x := range w {
			if math.Abs(x) > 1e-12 {
				t.Response += x * x * n.response[col][k]
				t.Error += x * x * n.mean[col][k]
			}
		}
		tasks = append(tasks, t)
	}
	c, err := stats.VarianceComponents(f.m.sample(values), tasks, f.m.confidence)
	if err != nil {
		return &VarianceSplit{Tasks: c.Tasks, Withheld: err.Error()}
	}
	square := func(e stats.Estimate) Interval {
		e.Value, e.Lo, e.Hi = e.Value*f.m.span*f.m.span, e.Lo*f.m.span*f.m.span, e.Hi*f.m.span*f.m.span
		return Interval(e)
	}
	return &VarianceSplit{
		Tasks: c.Tasks, Task: square(c.Task), Response: square(c.Response), Share: Interval(c.Share),
		Error: finite(f.m.span * c.Error), WithTwiceSamples: finite(f.m.span * c.WithTwiceSamples),
		WithAllSamples: finite(f.m.span * c.WithAllSamples), WithTwiceTasks: finite(f.m.span * c.WithTwiceTasks),
	}
}
