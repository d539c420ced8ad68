package suite

import (
	"math"

	"waymark"
	"waymark/internal/claim"
	"waymark/internal/stats"
)

// conditions tell how the objective's conditions stand where they had no part in the choice.
func (t *tuning) conditions(x float64) error {
	all, err := t.objective.conditions()
	if err != nil {
		return err
	}
	for _, cl := range all {
		for _, one := range t.b.everySlice(cl, t.tune.rows) {
			slack, err := t.c.slack(t.b, t.tune, one)
			if err != nil {
				return err
			}
			margin, err := t.margin(one, t.test, x)
			if err != nil {
				return err
			}
			c := Condition{Text: one.Text, Margin: margin, AtTuning: slack[t.chosen], claim: one}
			if one.String() != cl.String() {
				c.Text = one.String()
			}
			c.Verdict = verdictOf(margin, 0)
			t.out.Conditions = append(t.out.Conditions, c)
		}
	}
	return nil
}

// margin is the estimate of a condition's left side minus its right on a split, so
// that at least 0 is met: a mean of one value a task.
func (t *tuning) margin(cl claim.Claim, sw *swept, x float64) (Interval, error) {
	cl = asShare(cl)
	if e, ok, err := t.plainMargin(cl, sw, x); ok || err != nil {
		return e, err
	}
	values := make([]float64, len(sw.rows))
	sign := pick(cl.AtLeast(), 1, -1)
	for _, term := range cl.Terms {
		shares, err := t.b.shares(term, sw.rows)
		if err != nil { // the slice is not on this split
			return Interval(nothing(err.(*claim.Error).Msg)), nil
		}
		if err := t.addAt(term, sw, x, shares, sign, values); err != nil {
			return Interval{}, err
		}
	}
	for i := range values {
		values[i] -= sign * cl.Bound
	}
	return Interval(stats.Linear(t.meter(sw).sample(values), t.out.Confidence)), nil
}

// plainMargin is the margin of a condition on one metric over all tasks: zeros and ones
// have an interval then even where all are equal.
func (t *tuning) plainMargin(cl claim.Claim, sw *swept, x float64) (e Interval, ok bool, err error) {
	term := cl.Terms[0]
	if len(cl.Terms) != 1 || term.Factor != 1 || term.Slice != "" {
		return e, false, nil
	}
	raw, err := t.rawAt(term, sw, x)
	if err != nil {
		return e, false, err
	}
	m := t.meter(sw)
	switch term.Metric.Unit {
	case claim.Quality:
		for k := range raw {
			raw[k] = (raw[k] - m.lo) / m.span
		}
		e = m.quality(raw)
	case claim.USD:
		e = m.cost(raw)
	default:
		e = Interval(stats.Mean(m.sample(raw), t.out.Confidence))
	}
	e.Value, e.Lo, e.Hi = e.Value-cl.Bound, e.Lo-cl.Bound, e.Hi-cl.Bound
	if !cl.AtLeast() {
		e.Value, e.Lo, e.Hi = -e.Value, -e.Hi, -e.Lo
	}
	return e, true, nil
}

// addAt adds sign · factor · (mean + influence) of a term to each row.
func (t *tuning) addAt(term claim.Term, sw *swept, x float64, shares []float64, sign float64, into []float64) error {
	raw, err := t.rawAt(term, sw, x)
	if err != nil {
		return err
	}
	linearise(raw, shares, t.b.units.of(sw.rows).weights)
	for k := range into {
		into[k] += sign * term.Factor * raw[k]
	}
	return nil
}

// rawAt is a term's metric on each row of a split, where the policy's knob is at x.
func (t *tuning) rawAt(term claim.Term, sw *swept, x float64) ([]float64, error) {
	raw := make([]float64, len(sw.rows))
	for k, i := range sw.rows {
		var err error
		if term.Of == "" {
			raw[k], err = t.c.metric(t.b, term, i, t.c.stepAt(i, x))
		} else {
			raw[k], err = t.b.cell(term, t.b.matrix.Column(waymark.ModelID(term.Of)), i, waymark.Spending{})
		}
		if err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// linearise turns values into the mean over a slice plus each row's influence on it:
// shares are as board.shares has them. Over all rows nothing changes.
func linearise(values, shares, weights []float64) {
	var sum, total float64
	for k, v := range values {
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		sum += w * shares[k] * v
		total += w
	}
	mean := sum / total
	for k, v := range values {
		values[k] = mean + shares[k]*(v-mean)
	}
}

// verdictOf decides a lower-bounded claim on the ends of its interval.
func verdictOf(e Interval, bound float64) string {
	switch {
	case e.Withheld != "" || math.IsNaN(e.Lo):
		return "undecided"
	case e.Lo >= bound:
		return "pass"
	case e.Hi < bound:
		return "fail"
	}
	return "undecided"
}
