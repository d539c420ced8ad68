package policies

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"waymark"
	"waymark/internal/learn"
)

// Utility asks the model whose predicted quality less lambda times its expected cost is
// the greatest; of equals the cheaper. Its knob is lambda, in quality (from 0 to 1) per US
// dollar: at 0 money is no matter, and the higher it is, the cheaper the models that are asked.
type Utility struct {
	Estimator AnyEstimator      `yaml:"estimator" json:"estimator" doc:"what predicts each model's quality" required:"true"`
	Models    []waymark.ModelID `yaml:"models" json:"models,omitempty" doc:"the candidates; default: the whole pool"`
	Lambda    KnobValue         `yaml:"lambda" json:"lambda" doc:"quality, from 0 to 1, that a US dollar is worth: a number, or sweep" required:"true"`
}

// Build fits the estimator, and each model's expected cost.
func (c *Utility) Build(in Inputs) (waymark.Policy, error) {
	models := c.Models
	if len(models) == 0 {
		models = in.Models
	}
	for i, m := range models {
		if err := in.model(m, "models", i); err != nil {
			return nil, err
		}
		if slices.Contains(models[:i], m) {
			return nil, fieldf([]any{"models", i}, "found %q a second time", m)
		}
	}
	if len(models) < 2 {
		return nil, fieldf([]any{"models"}, "found %d models, expected at least 2", len(models))
	}
	if c.Lambda.Given && !(c.Lambda.Value >= 0) {
		return nil, fieldf([]any{"lambda"}, "found %g, expected a number of at least 0", c.Lambda.Value)
	}
	if c.Estimator.EstimatorConfig == nil {
		return nil, fieldf([]any{"estimator"}, "no estimator is given")
	}
	in = in.within("estimator")
	e, err := estimated(in, c.Estimator.EstimatorConfig, texts(models...), func(o *waymark.Outcomes) [][]float64 { return qualities(o, models...) })
	if err != nil {
		return nil, under(err, "estimator")
	}
	costs, err := learned(in, "costs", func(o *waymark.Outcomes) (*[]*learn.Amount, error) { return fitCosts(o, models) })
	if err != nil {
		return nil, fieldf([]any{"models"}, "%v", err)
	}
	if len(*costs) != len(models) || slices.Contains(*costs, nil) || e.model.Outputs() != len(models) {
		return nil, fieldf([]any{"models"}, "it was fitted for %d models and has %d", len(*costs), len(models))
	}
	p := &utility{estimate: e, models: models, costs: *costs, at: c.Lambda.Value}
	for _, m := range models {
		p.reasons = append(p.reasons, fmt.Sprintf("%s is worth most", m))
	}
	p.reasons = append(p.reasons, "a feature of the query is not known")
	if c.Lambda.Given {
		return waymark.OneShot{Selector: p}, nil
	}
	return waymark.OneShotSweep{StepSelector: p}, nil
}

func fitCosts(o *waymark.Outcomes, models []waymark.ModelID) (*[]*learn.Amount, error) {
	sizes := make([]int, o.Len())
	for i := range sizes {
		sizes[i] = utf8.RuneCountInString(waymark.Prompt(o.Queries.Conversation(i)))
	}
	var out []*learn.Amount
	for _, m := range models {
		col := o.Of(m)
		if col < 0 {
			return nil, fmt.Errorf("nothing is known of what %s costs", m)
		}
		a, err := learn.FitAmount(sizes, o.Cost[col], o.Weights)
		if err != nil {
			return nil, fmt.Errorf("what %s costs is not known: %w; give the suite's models a price", m, err)
		}
		out = append(out, a)
	}
	return &out, nil
}

type utility struct {
	*estimate
	models  []waymark.ModelID
	costs   []*learn.Amount
	reasons []string
	at      float64
}

func (p *utility) Arms() []waymark.ModelID { return p.models }

func (p *utility) Reasons() []string { return p.reasons }

func (p *utility) Knob() waymark.Knob {
	return waymark.Knob{Name: "lambda", Lo: 0, Hi: math.Inf(1)}
}

func (p *utility) At(x float64) waymark.Selector {
	q := *p
	q.at = max(x, 0)
	return &q
}

// Charge is what the features cost.
func (p *utility) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	p.representation.charge(qs, spent)
}

// A stretch of lambda, from where it begins, has one model worth most.
type stretch struct {
	from  float64
	model int
}

// envelope is the models that are worth most as lambda rises from 0: the upper envelope of
// the lines quality − lambda·cost. Each is cheaper than the one before; where two are equal
// the cheaper has begun.
func envelope(quality, cost []float64, into []stretch) []stretch {
	order := make([]int, len(quality))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { // the best first, of equals the cheaper, then the one listed first
		return cmp.Or(cmp.Compare(quality[b], quality[a]), cmp.Compare(cost[a], cost[b]), cmp.Compare(a, b))
	})
	out := append(into[:0], stretch{0, order[0]})
	for _, m := range order[1:] {
		if cost[m] >= cost[out[len(out)-1].model] {
			continue // no better and no cheaper than one that is there
		}
		for {
			last := out[len(out)-1]
			from := (quality[last.model] - quality[m]) / (cost[last.model] - cost[m])
			if from > last.from || len(out) == 1 && from > 0 {
				out = append(out, stretch{from, m})
				break
			}
			if out = out[:len(out)-1]; len(out) == 0 {
				out = append(out, stretch{0, m})
				break
			}
		}
	}
	return out
}

// each gives the envelope of each query, nil where a feature is not known.
func (p *utility) each(ctx context.Context, qs *waymark.Queries, do func(i int, along []stretch)) error {
	predicted, err := p.predict(ctx, qs)
	if err != nil {
		return err
	}
	quality, cost := make([]float64, len(p.models)), make([]float64, len(p.models))
	var along []stretch
	for i := range qs.Len() {
		size := utf8.RuneCountInString(waymark.Prompt(qs.Conversation(i)))
		finite := true
		for m := range p.models {
			quality[m], cost[m] = predicted[m][i], p.costs[m].At(size)
			finite = finite && !math.IsNaN(quality[m]) && !math.IsInf(quality[m], 0)
		}
		if !finite {
			do(i, nil)
			continue
		}
		along = envelope(quality, cost, along)
		do(i, along)
	}
	return nil
}

func (p *utility) failed() waymark.Pick {
	return waymark.Pick{Arm: waymark.NoArm, Reason: int32(len(p.models)), Signal: math.NaN()}
}

// Select picks the model of the stretch that holds lambda.
func (p *utility) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	return p.each(ctx, qs, func(i int, along []stretch) {
		picks[i] = p.failed()
		for _, s := range along {
			if s.from <= p.at {
				picks[i] = waymark.Pick{Arm: int32(s.model), Reason: int32(s.model), Signal: math.NaN()}
			}
		}
	})
}

// Steps are the stretches.
func (p *utility) Steps(ctx context.Context, qs *waymark.Queries) (*waymark.Steps, error) {
	s := &waymark.Steps{Start: make([]int, 1, qs.Len()+1), Pick: make([]waymark.Pick, qs.Len())}
	err := p.each(ctx, qs, func(i int, along []stretch) {
		s.Pick[i] = p.failed()
		for _, st := range along {
			s.Pick[i] = waymark.Pick{Arm: int32(along[0].model), Reason: int32(along[0].model), Signal: math.NaN()}
			s.From, s.Arm = append(s.From, st.from), append(s.Arm, int32(st.model))
		}
		s.Start = append(s.Start, len(s.From))
	})
	return s, err
}

// Swept is the policy at every lambda.
func (c *Utility) Swept() (Config, string) {
	out := *c
	out.Lambda = KnobValue{}
	return &out, "lambda"
}

// Knobbed is the policy at one lambda.
func (c *Utility) Knobbed(knob ...float64) (Config, error) {
	if len(knob) != 1 || !(knob[0] >= 0) {
		return nil, fmt.Errorf("found %v, expected one lambda of at least 0", knob)
	}
	out := *c
	out.Lambda = KnobValue{Value: knob[0], Given: true}
	return &out, nil
}

// Knobs is lambda, where it is given.
func (c *Utility) Knobs() []float64 {
	if !c.Lambda.Given {
		return nil
	}
	return []float64{c.Lambda.Value}
}
