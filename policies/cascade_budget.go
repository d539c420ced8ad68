package policies

import (
	"fmt"
	"math"
	"slices"

	"waymark"
)

// expectedCosts is what a call to each model costs on average.
type expectedCosts struct {
	Mean map[waymark.ModelID]float64
}

// limit gives a cascade its budget, and what calls are expected to cost.
func (c *Cascade) limit(in Inputs, p *cascade) error {
	if c.Budget == nil {
		if len(c.Costs) > 0 {
			return fieldf([]any{"costs"}, "found costs without a budget, which alone uses them")
		}
		return nil
	}
	usd, err := waymark.Dollars(*c.Budget)
	if err != nil || usd <= 0 {
		return fieldf([]any{"budget"}, "found %g, expected US dollars above 0", *c.Budget)
	}
	p.budget, p.expect = &usd, map[waymark.ModelID]float64{}
	for m, x := range c.Costs {
		if err := in.model(m, "costs", string(m)); err != nil {
			return err
		}
		if !(x >= 0) || math.IsInf(x, 1) {
			return fieldf([]any{"costs", string(m)}, "found %g, expected US dollars of at least 0", x)
		}
		p.expect[m] = x
	}
	var missing []waymark.ModelID
	for stage := range p.models {
		for _, m := range p.stageCalls(stage) {
			if _, ok := p.expect[m]; !ok && !slices.Contains(missing, m) {
				missing = append(missing, m)
			}
		}
	}
	if len(missing) > 0 {
		fitted, err := learned(in, "costs", func(o *waymark.Outcomes) (*expectedCosts, error) { return meanCosts(o, missing) })
		if err != nil {
			return err
		}
		for _, m := range missing {
			x, ok := fitted.Mean[m]
			if !ok {
				return fmt.Errorf("the saved state of the budget holds no cost of %s", m)
			}
			p.expect[m] = x
		}
	}
	if p.expectedOf(0) > usd.Float() {
		return fieldf([]any{"budget"}, "found $%g, but the first stage alone is expected to cost $%g", *c.Budget, p.expectedOf(0))
	}
	return nil
}

// meanCosts are the mean costs of models' answers.
func meanCosts(o *waymark.Outcomes, models []waymark.ModelID) (*expectedCosts, error) {
	out := &expectedCosts{Mean: map[waymark.ModelID]float64{}}
	for _, m := range models {
		at := o.Of(m)
		if at < 0 {
			return nil, fmt.Errorf("the budget needs to know what %s costs, of which there are no answers: give costs", m)
		}
		var sum, n float64
		for i, x := range o.Cost[at] {
			if math.IsNaN(x) {
				continue
			}
			w := 1.0
			if o.Weights != nil {
				w = o.Weights[i]
			}
			sum, n = sum+w*x, n+w
		}
		if n == 0 {
			return nil, fmt.Errorf("the budget needs to know what %s costs, and no cost is recorded: give costs", m)
		}
		out.Mean[m] = sum / n
	}
	return out, nil
}

// stageCalls are the models that a stage calls: its own, and its acceptor's.
func (p *cascade) stageCalls(stage int) []waymark.ModelID {
	m := p.models[stage]
	out := []waymark.ModelID{m}
	if a, ok := p.accept.(interface {
		calls(waymark.ModelID) []waymark.ModelID
	}); ok && stage < len(p.models)-1 {
		out = append(out, a.calls(m)...)
	}
	return out
}

// expectedOf is what a stage is expected to cost, with the rating of its answer.
func (p *cascade) expectedOf(stage int) float64 {
	sum := 0.0
	for _, m := range p.stageCalls(stage) {
		sum += p.expect[m]
	}
	return sum
}

// affords reports whether what was spent and what a stage is expected to cost are within the budget.
func (w *ascent) affords(stage int) (bool, error) {
	if w.budget == nil {
		return true, nil
	}
	spent := waymark.CostOf(w.t.Calls()[w.first:])
	if !spent.Known {
		return false, fmt.Errorf("the cascade has a budget, and it is not known what a call cost")
	}
	expected, err := waymark.Dollars(w.expectedOf(stage))
	if err != nil {
		return false, err
	}
	return spent.USD+expected <= *w.budget, nil
}
