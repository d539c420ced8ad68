package suite

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/offpolicy"
	"waymark/internal/stats"
)

// A projection is what a policy would have done on one side of a log.
type projection struct {
	side    *side
	policy  offpolicy.Policy
	own     bool               // it is the policy that made the log
	overlap *offpolicy.Overlap // nil for its own
	refused string             // why there is no estimate
	spent   []float64          // of deciding, in US dollars, by task; nil where it is free
	quality offpolicy.Contribution
	cost    offpolicy.Contribution // Value is nil where costs are unknown
}

// project estimates a policy on a side of the log.
func (l *logged) project(b *board, sd *side, p offpolicy.Policy, spent []float64, confidence float64) *projection {
	out := &projection{side: sd, policy: p, spent: spent, overlap: sd.quality.Overlap(p, confidence)}
	if out.refused = l.why(b, out.overlap); out.refused != "" {
		return out
	}
	out.quality = sd.quality.Robust(p)
	if sd.cost != nil {
		out.cost = out.withSpent(sd.cost.Robust(p))
	}
	return out
}

// itself is the logging policy on a side of its own log: what was observed, as it is.
func (l *logged) itself(sd *side, spent []float64) *projection {
	p := offpolicy.Policy{Chosen: [][]int32{sd.log.Action}}
	out := &projection{side: sd, policy: p, own: true, spent: spent, quality: sd.quality.Logged()}
	if sd.cost != nil {
		out.cost = out.withSpent(sd.cost.Logged())
	}
	return out
}

// withSpent adds what deciding cost to the contributions of tasks.
func (p *projection) withSpent(c offpolicy.Contribution) offpolicy.Contribution {
	for k := range p.spent {
		c.Value[k] += p.spent[k]
	}
	return c
}

// on is the projection on some tasks, as a policy of its own.
func (p *projection) on(l *logged, b *board, tasks []bool, confidence float64) *projection {
	if !p.own {
		return l.project(b, p.side, p.policy.On(tasks), p.spent, confidence)
	}
	out := l.itself(p.side, p.spent)
	for k, in := range tasks {
		if !in {
			out.quality.Value[k], out.quality.Factor[k] = math.NaN(), 0
			if out.cost.Value != nil {
				out.cost.Value[k], out.cost.Factor[k] = math.NaN(), 0
			}
		}
	}
	return out
}

// why is the reason for which the log does not tell of a policy, "" if it does.
func (l *logged) why(b *board, o *offpolicy.Overlap) string {
	switch o.Refusal() {
	case offpolicy.Undecided:
		return "it makes no decision"
	case offpolicy.NoSupport:
		var where []string
		exact := true
		for _, a := range o.Actions {
			if a.Without > 0 {
				where = append(where, string(b.matrix.Models[a.Action]))
				exact = exact && a.Exact
			}
		}
		never := "never chose it, by what the log shows"
		if exact {
			never = "had probability 0 of choosing it"
		}
		return fmt.Sprintf("it sends %d of %d tasks (%.3g %%) to a model where %s %s (%s)", o.Without, o.N, 100*o.Share, l.read.Logger, never, strings.Join(where, ", "))
	case offpolicy.OffWeights:
		return fmt.Sprintf("its mean weight is %.3g, expected 1: it looks at what %s chose, or the propensities are not what %s chose by", o.MeanWeight.Value, l.read.Logger, l.read.Logger)
	case offpolicy.TooLittle:
		return fmt.Sprintf("the log shows too little of what it does: an effective sample size of %s, and %d are needed of every model that takes more than %.0f %% of its decisions", l.sizes(b, o, offpolicy.Enough), offpolicy.Enough, 100*offpolicy.Unshown)
	}
	return ""
}

// sizes are the effective sample sizes below a limit, by model.
func (l *logged) sizes(b *board, o *offpolicy.Overlap, below float64) string {
	var out []string
	for _, a := range o.Actions {
		if a.ESS < below {
			out = append(out, fmt.Sprintf("%.3g of %s", a.ESS, b.matrix.Models[a.Action]))
		}
	}
	return strings.Join(out, ", ")
}

// estimated are the quality and cost of a projection.
func (m *meter) estimated(p *projection) (quality, cost Interval) {
	if p.refused != "" {
		none := Interval(nothing(p.refused))
		if !m.costKnown {
			return none, unknownCost
		}
		return none, none
	}
	quality = m.scaled(p.side.quality.Mean(p.quality, m.confidence), m.lo)
	return quality, m.logCost(p.side, p.cost)
}

func (m *meter) logCost(sd *side, c offpolicy.Contribution) Interval {
	if sd.cost == nil {
		return unknownCost
	}
	return Interval(sd.cost.Mean(c, m.confidence))
}

// weighted are the quality and cost by another estimator, by linearised contributions.
func (m *meter) weighted(p *projection, contribution func(*offpolicy.Outcome) []float64) Estimated {
	e := stats.Linear(p.side.log.Sample(contribution(p.side.quality)), m.confidence)
	out := Estimated{Quality: m.scaled(e, m.lo), Cost: unknownCost}
	if p.side.cost != nil {
		c := p.withSpent(offpolicy.Contribution{Value: contribution(p.side.cost)})
		out.Cost = Interval(stats.Linear(p.side.log.Sample(c.Value), m.confidence))
	}
	return out
}

// less is p minus q, pairwise: both are estimated from the same responses. Where the
// two differ, the log must show enough of what each does there.
func (m *meter) less(l *logged, b *board, p, q *projection) (quality, cost Interval) {
	if why := p.versus(l, b, q); why != "" {
		return Interval(nothing(why)), Interval(nothing(why))
	}
	difference := p.quality.Minus(q.quality)
	quality = m.scaled(p.side.quality.Mean(difference, m.confidence), 0)
	if difference.None() {
		quality = Interval(bare(0, "the two do the same on every task"))
	}
	if p.side.cost == nil {
		return quality, unknownCost
	}
	return quality, m.logCost(p.side, p.cost.Minus(q.cost))
}

// versus is why two projections cannot be compared, "" if they can.
func (p *projection) versus(l *logged, b *board, q *projection) string {
	switch {
	case p.refused != "":
		return p.refused
	case q.refused != "":
		return "of the other: " + q.refused
	case p.own || q.own:
		return ""
	}
	differ := offpolicy.Differ(p.policy, q.policy)
	n := 0
	for _, d := range differ {
		if d {
			n++
		}
	}
	for _, one := range []*projection{p, q} {
		o := one.side.quality.Overlap(one.policy.On(differ), 0.95)
		if n > 0 && !o.Plain && o.Little() > offpolicy.Unshown {
			return fmt.Sprintf("the log shows too little of the %d tasks on which they differ: an effective sample size of %s", n, l.sizes(b, o, offpolicy.Enough))
		}
	}
	return ""
}
