package stats

import (
	"fmt"
	"math"
)

// A Repeated is one task of which several responses were scored: Value is their mean (or a
// contrast of the means of several models), Response the variance of one response around
// what it would be on average, and Error the part of the variance of Value that is due to
// it. For the mean of k scores Response is their variance s² and Error s²/k; for the
// difference of two models both are sums over the two. Unknown ones are NaN.
type Repeated struct{ Value, Response, Error float64 }

// Components split the variance of one scored response into what tasks differ by and
// what responses to one task differ by.
type Components struct {
	Task     Estimate // variance between tasks of what they would score on average
	Response Estimate // variance of a response around that, averaged over tasks
	Share    Estimate // Response / (Task + Response)
	Tasks    int      // that have more than one response, which the three rest on

	// Standard errors of the mean: as it is, and what it would be.
	Error            float64
	WithTwiceSamples float64 // twice the responses to each task
	WithAllSamples   float64 // the limit of ever more responses to these tasks
	WithTwiceTasks   float64 // twice the tasks, as many responses to each
}

// VarianceComponents estimates them by the method of moments (Searle, Casella and
// McCulloch 1992, §3.6; for evaluations Miller 2024, §3.1), in the form that lets every
// task have a noise of its own:
//
//	σ²_response = mean of s²_i,   σ²_task = S²(Value) − mean of Error_i,
//
// over tasks that have more than one response, weights included; with as many responses
// to every task these are the ANOVA estimates. A negative σ²_task is shown as it is: it says
// that tasks differ by no more than their responses do. Intervals are of the linearised
// estimates over units, that of the share is Fieller's.
//
// The standard error of the mean is SE² = T + R with R = Σ w²·Error_i / (Σ w)², which
// independent responses add whatever the groups of tasks are (a task with one response is
// given the average noise). Twice the responses make it T + R/2, ever more T, twice the
// tasks (T + R)/2. Where T comes out below 0 the limit is NaN.
//
// s.Values is not used; its weights, groups and keys are those of the tasks. An error
// says why there is nothing to split.
func VarianceComponents(s Sample, tasks []Repeated, confidence float64) (Components, error) {
	known := s.subset(func(i int) bool { return !math.IsNaN(tasks[i].Response) })
	var c Components
	var response, moments []float64
	var rows []Repeated
	for _, t := range tasks {
		if !math.IsNaN(t.Response) {
			rows = append(rows, t)
			response = append(response, t.Response)
		}
	}
	c.Tasks = len(rows)
	if c.Tasks < minUnits {
		return c, fmt.Errorf("%d tasks have more than one response: too few to tell how responses vary", c.Tasks)
	}
	mean, spare := known.meanOf(rows)
	for _, t := range rows {
		moments = append(moments, (t.Value-mean)*(t.Value-mean)*spare-t.Error)
	}
	c.Response = Linear(known.with(response), confidence)
	c.Task = Linear(known.with(moments), confidence)
	total := make([]float64, len(rows))
	for i := range total {
		total[i] = response[i] + moments[i]
	}
	c.Share = Ratio(known.with(response), known.with(total), confidence)
	return c, c.errors(s, tasks)
}

// errors fills in the standard errors.
func (c *Components) errors(s Sample, tasks []Repeated) error {
	values := make([]float64, len(tasks))
	var noise, weight float64
	for i, t := range tasks {
		values[i] = t.Value
		w, e := s.weight(i), t.Error
		if math.IsNaN(e) {
			e = c.Response.Value
		}
		noise += w * w * e
		weight += w
	}
	u, err := s.with(values).sums()
	if err != nil {
		return err
	}
	noise /= weight * weight
	se := u.standardError()
	c.Error, c.WithTwiceTasks = se, se/math.Sqrt2
	c.WithTwiceSamples, c.WithAllSamples = math.Sqrt(se*se-noise/2), math.Sqrt(se*se-noise)
	return nil
}

// meanOf is the weighted mean of values, and the factor that makes the mean of squared
// deviations from it unbiased for independent tasks: n/(n−1) without weights.
func (s Sample) meanOf(rows []Repeated) (mean, spare float64) {
	var sum, weight, squares float64
	for i, t := range rows {
		w := s.weight(i)
		sum += w * t.Value
		weight += w
		squares += w * w
	}
	return sum / weight, 1 / (1 - squares/(weight*weight))
}

// with is the sample with other values.
func (s Sample) with(values []float64) Sample {
	s.Values = values
	return s
}

// subset is the weights, groups and keys of some tasks.
func (s Sample) subset(keep func(i int) bool) Sample {
	n := max(len(s.Weights), len(s.Groups), len(s.Keys))
	var out Sample
	for i := range n {
		if !keep(i) {
			continue
		}
		if s.Weights != nil {
			out.Weights = append(out.Weights, s.Weights[i])
		}
		if s.Groups != nil {
			out.Groups = append(out.Groups, s.Groups[i])
		}
		if s.Keys != nil {
			out.Keys = append(out.Keys, s.Keys[i])
		}
	}
	return out
}
