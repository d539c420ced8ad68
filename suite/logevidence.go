package suite

import (
	"fmt"
	"math"

	"waymark/internal/claim"
	"waymark/internal/offpolicy"
	"waymark/internal/stats"
)

// gather takes what claims and comparisons need of a run over a log. Its Outcomes name
// the policies and hold no outcome of a task, since nobody observed any: whatever reads
// columns finds nothing in them, and what is estimated comes from the projections.
func (f *logField) gather(res *Result, cands []*candidate, slices []string) *Evidence {
	e := &Evidence{
		Schema: Schema, Split: res.Split, Prices: f.b.prices, Level: f.m.confidence, Dataset: f.b.describe(), OffPolicy: true,
		Slices: map[string][]string{}, Rows: map[string]*Outcomes{}, Figures: map[string]map[string]Metric{}, Weights: f.m.units.weights, log: f,
	}
	for _, g := range f.b.grading {
		e.Graders = append(e.Graders, g.Grader)
	}
	for _, i := range f.b.test {
		t := &f.b.matrix.Tasks[i]
		e.Tasks = append(e.Tasks, t.ID)
		if f.m.units.groups != nil {
			e.Units = append(e.Units, t.Group)
		}
		for _, name := range slices {
			e.Slices[name] = append(e.Slices[name], sliceOf(t, name))
		}
	}
	if _, taken := f.told[f.l.read.Logger]; !taken {
		f.told[f.l.read.Logger] = f.itself
	}
	for name := range f.told {
		e.Rows[name] = f.unobserved("logged")
	}
	for _, r := range res.Constants {
		e.Rows[r.Name].Type = "constant"
	}
	for _, r := range res.Policies {
		e.Rows[r.Name].Type, e.Rows[r.Name].Knob, e.Rows[r.Name].Failed = r.Type, r.Knob, r.Failed
	}
	return e
}

// unobserved are outcomes of which none is known.
func (f *logField) unobserved(kind string) *Outcomes {
	n := len(f.b.test)
	o := &Outcomes{Type: kind, Quality: make(Column, n), Cost: make(Column, n), Latency: make(Column, n), Models: []string{}, Model: make([]int32, n)}
	for k := range n {
		o.Quality[k], o.Cost[k], o.Latency[k], o.Model[k] = math.NaN(), math.NaN(), math.NaN(), -1
	}
	return o
}

const whyOffPolicy = "its policies are estimated from a log, and no outcome of a task is kept"

// RefuseOffPolicy says why a run over logged traffic cannot be read back task by task,
// nil for any other.
func (r *Result) RefuseOffPolicy() error {
	if r.OffPolicy == nil {
		return nil
	}
	return &InputError{fmt.Errorf("run %s is OFF-POLICY: %s; compare or check its policies while the suite is replayed (waymark compare A B --suite FILE, waymark check FILE)", r.Run.ID, whyOffPolicy)}
}

// claimed is what a claim comes to over a log.
func (f *logField) claimed(e *Evidence, c claim.Claim) (m measured, err error) {
	untold := func(why string) (measured, error) { return measured{why: why}, nil }
	n := len(f.b.test)
	total := offpolicy.Contribution{Value: make([]float64, n), Factor: make([]float64, n)}
	var seen []*projection
	for _, t := range c.Terms {
		p := f.told[t.Of]
		switch {
		case t.At != "":
			return untold("a run over a log is not held against another run")
		case p == nil:
			return untold(fmt.Sprintf("%s has no row in this run", t.Of))
		case p.refused != "":
			return untold(fmt.Sprintf("of %s the log does not tell: %s", t.Of, p.refused))
		}
		for _, q := range seen {
			if w := p.versus(f.l, f.b, q); w != "" && t.Metric.Name != "share" {
				return untold(w)
			}
		}
		seen = append(seen, p)
		one, w := f.term(t, p)
		if w != "" {
			return untold(w)
		}
		in, err := e.slice(t)
		if err != nil {
			return m, err
		}
		total = total.Plus(t.Factor, f.within(one, in))
	}
	o := f.sd.quality
	if c.Terms[0].Metric.Unit == claim.USD {
		o = f.sd.cost
	}
	m = measured{estimate: Interval(o.Mean(total, e.Level)), method: "one run", alone: true, atLeast: c.AtLeast(), least: math.Inf(-1), most: math.Inf(1)}
	m.still = m.estimate
	if est := m.estimate; est.Withheld == "" && est.Lo < est.Hi {
		g := stats.Student{Value: est.Value, Lo: est.Lo, Hi: est.Hi, DF: float64(max(1, est.Groups-1)), Level: (1 - e.Level) / 2}
		g.SE = (est.Hi - est.Lo) / 2 / g.Quantile()
		m.gate = g
	}
	return m, nil
}

// term is the contribution of tasks to one metric of a policy, in the claim's units.
func (f *logField) term(t claim.Term, p *projection) (c offpolicy.Contribution, why string) {
	switch t.Metric.Name {
	case "quality":
		c = p.quality.Plus(0, p.quality) // a copy, which knows whether it is heavy
		for k := range c.Value {
			c.Value[k], c.Factor[k] = f.m.lo+f.m.span*c.Value[k], f.m.span*c.Factor[k]
		}
		return c, ""
	case "cost":
		if f.sd.cost == nil {
			return c, "costs are unknown"
		}
		return p.cost, ""
	case "share":
		c = offpolicy.Contribution{Value: make([]float64, len(f.b.test)), Factor: make([]float64, len(f.b.test))}
		for _, chosen := range p.policy.Chosen {
			for k, a := range chosen {
				switch {
				case a == offpolicy.None:
					c.Value[k] = math.NaN()
				case f.name(int(a)) == t.Arg:
					c.Value[k] += 1 / float64(len(p.policy.Chosen))
				}
			}
		}
		return c, ""
	}
	return c, fmt.Sprintf("%s is not estimated from a log", t.Metric.Name)
}

// within turns contributions into those to the mean over a slice: that mean, plus each
// task's influence on it.
func (f *logField) within(c offpolicy.Contribution, in []bool) offpolicy.Contribution {
	var sum, some, all float64
	for k, v := range c.Value {
		w := 1.0
		if f.m.units.weights != nil {
			w = f.m.units.weights[k]
		}
		if math.IsNaN(v) {
			continue
		}
		all += w
		if in[k] {
			some += w
			sum += w * v
		}
	}
	out := offpolicy.Contribution{Value: make([]float64, len(c.Value)), Factor: make([]float64, len(c.Value)), Heavy: c.Heavy}
	for k, v := range c.Value {
		out.Value[k] = sum / some
		switch {
		case math.IsNaN(v):
			out.Value[k] = v
		case in[k]:
			out.Value[k] += all / some * (v - sum/some)
			out.Factor[k] = all / some * c.Factor[k]
		}
	}
	return out
}
