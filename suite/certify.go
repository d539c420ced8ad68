package suite

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sort"

	"waymark/internal/claim"
	"waymark/internal/curve"
	"waymark/internal/tune"
)

// certifySeed orders the units; it is fixed before anything is looked at.
const certifySeed = 1

// How a certified sequence begins and how fine it is, unless told.
const (
	riskStart  = 0.9 // of the tasks sent to weak a few tell nothing of their risk
	pathSteps  = 50
	deltaUnset = 0.05
)

// certify chooses the best by the objective of the knobs that a fixed sequence certifies: from
// strong downwards or, where quality is maximised under a budget, from weak upwards. They
// meet every condition with probability 1 − δ over the draw of the tune split.
func (t *tuning) certify() (x float64, ok bool, err error) {
	g := &Guarantee{Asked: true, Delta: t.spec.Delta, Start: t.spec.Start, Seed: certifySeed}
	t.out.Guarantee = g
	if g.Delta == 0 {
		g.Delta = deltaUnset
	}
	if g.Start == 0 {
		g.Start = 1
		if t.spec.Risk > 0 {
			g.Start = riskStart
		}
	}
	if t.c.fit.learned && t.c.fit.loaded == nil {
		frozen, err := t.c.fit.save(t.b, t.c.entry, t.out.Version)
		if err != nil {
			return 0, false, err
		}
		t.out.Frozen, g.Fitted = frozen, frozen.Digest
	} else if t.c.fit.loaded != nil {
		g.Fitted = t.c.fit.loaded.Digest
	}
	order := t.order()
	g.Units = order.units
	conditions, texts, err := t.bounded(order)
	if err != nil {
		return 0, false, err
	}
	g.Form = certifiedForm(t, texts)
	if u := t.b.units.of(t.tune.rows); u.groups != nil || u.weights != nil {
		g.Form += ", as long as no group or weight there is greater than the greatest here"
	}
	path := t.sequence(g)
	c, err := tune.Certify(path, conditions, g.Delta)
	if err != nil {
		return 0, false, err
	}
	g.Certified, g.Tested, g.PValue = c.Certified, c.Tested, finite(c.PValue)
	if !c.Certified {
		g.Needed = finite(c.Needed)
		g.Reason = fmt.Sprintf("the first knob of the sequence, %s, is not shown to meet %q: what is shown is a bound, and on %d units even a policy that meets it in the mean may not reach it", t.where(g), texts[c.Short], g.Units)
		if g.Needed == nil {
			g.Reason += ", nor would more tasks like these show it: on them it is missed"
		}
		return 0, false, nil
	}
	if c.Short >= 0 {
		g.Reason = fmt.Sprintf("the next knob of the sequence is not shown to meet %q", texts[c.Short])
	}
	return t.bestOf(c.Passed), true, nil
}

// bestOf is the knob that is best by the objective among those that were certified, all of which
// hold together.
func (t *tuning) bestOf(passed []float64) float64 {
	points := make([]tune.Point, len(passed))
	for i, x := range passed {
		p := t.tune.curve[positionOf(t.tune.curve, x)]
		points[i] = tune.Point{Knob: x, Quality: p.Quality, Cost: p.Cost}
	}
	best, _ := tune.Choose(points, t.objective.Maximise != "")
	return passed[best]
}

// upwards reports whether the sequence goes from weak upwards: where quality is maximised under
// a budget, which strong itself would break.
func (t *tuning) upwards() bool { return t.objective.Maximise != "" && t.spec.Risk == 0 }

// sequence is the knobs that are tested in turn, and says how they were fixed.
func (t *tuning) sequence(g *Guarantee) []float64 {
	if t.c.several() {
		positions := make([]float64, len(t.c.places))
		for i := range positions {
			positions[i] = float64(i)
		}
		positions = thinned(positions, pathSteps)
		from := "from all to strong down"
		if t.upwards() {
			from = "from the cheapest up"
			slices.Reverse(positions)
		}
		t.out.Search = fmt.Sprintf("a fixed sequence of %d places for the %s, %s along the frontier of one half of the tune split; certified on the other half", len(positions), t.c.severalName(), from)
		return positions
	}
	knobs := t.path(g.Start)
	if t.upwards() {
		slices.Reverse(knobs)
	}
	t.out.Search = fmt.Sprintf("a fixed sequence of %d knobs, at even shares of the test split's scores (which hold no grade)", len(knobs))
	return knobs
}

// where a sequence begins, in words.
func (t *tuning) where(g *Guarantee) string {
	switch {
	case t.upwards():
		return "with everything sent to weak"
	case t.c.several():
		return "with everything sent to strong"
	case t.c.sweep.Knob().Strong == "":
		return "at one end"
	}
	return fmt.Sprintf("at a share of %.3g to strong", g.Start)
}

// certifiedForm is what holds, in words.
func certifiedForm(t *tuning, texts []string) string {
	if t.spec.Risk > 0 {
		if t.c.course != nil {
			return fmt.Sprintf("of the tasks like these that %s does not answer at the knob, at most %.4g %% lose what it would have got", t.c.sweep.Knob().Strong, 100*t.spec.Risk)
		}
		return fmt.Sprintf("of the tasks like these that the knob sends to %s, at most %.4g %% lose what %s would have got", t.c.sweep.Knob().Weak, 100*t.spec.Risk, t.c.sweep.Knob().Strong)
	}
	return fmt.Sprintf("on new tasks like these the knob meets %s", joined(texts))
}

func joined(texts []string) string {
	out := ""
	for i, s := range texts {
		if i > 0 {
			out += " and "
		}
		out += s
	}
	return out
}

// A unitOrder is the units of a split in an order that depends on their names alone.
type unitOrder struct {
	of     []int     // the unit of each row of the tune split
	weight []float64 // of each row, over the greatest weight of a unit
	units  int
}

// order sorts units by a hash of seed and name, and scales weights so that no unit
// weighs more than 1: the sums of bounded values are then bounded as one is.
func (t *tuning) order() unitOrder {
	rows := t.tune.rows
	names := make([]string, len(rows))
	sums := map[string]float64{}
	weights := t.b.units.of(rows).weights
	for k, i := range rows {
		task := &t.b.matrix.Tasks[i]
		names[k] = task.Group
		if names[k] == "" {
			names[k] = "\x00" + task.ID
		}
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		sums[names[k]] += w
	}
	var units []string
	most := 0.0
	for name, w := range sums {
		units = append(units, name)
		most = math.Max(most, w)
	}
	key := func(name string) uint64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d\x00%s", certifySeed, name)
		return h.Sum64()
	}
	sort.Strings(units)
	sort.SliceStable(units, func(a, b int) bool { return key(units[a]) < key(units[b]) })
	position := map[string]int{}
	for i, name := range units {
		position[name] = i
	}
	out := unitOrder{of: make([]int, len(rows)), units: len(units), weight: make([]float64, len(rows))}
	for k := range rows {
		out.of[k] = position[names[k]]
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		out.weight[k] = w / most
	}
	return out
}

// sum adds values of rows up by unit.
func (o unitOrder) sum(values []float64) []float64 {
	out := make([]float64, o.units)
	for k, v := range values {
		out[o.of[k]] += o.weight[k] * v
	}
	return out
}

// bounded are the conditions as means of bounded values, with their texts.
func (t *tuning) bounded(o unitOrder) ([]tune.Bounded, []string, error) {
	if t.spec.Risk > 0 {
		b, err := t.riskCondition(o)
		return []tune.Bounded{b}, []string{fmt.Sprintf("a risk of at most %g", t.spec.Risk)}, err
	}
	all, err := t.objective.conditions()
	if err != nil {
		return nil, nil, err
	}
	var out []tune.Bounded
	var texts []string
	for _, cl := range all {
		for _, one := range t.b.everySlice(cl, t.tune.rows) {
			b, err := t.boundedClaim(o, asShare(one))
			if err != nil {
				return nil, nil, err
			}
			text := one.Text
			if one.String() != cl.String() {
				text = one.String()
			}
			out, texts = append(out, b), append(texts, text)
		}
	}
	if len(out) == 0 {
		return nil, nil, &InputError{fmt.Errorf("%s: the objective has no condition to certify; add one on quality, share or within", t.s.Path)}
	}
	return out, texts, nil
}

// boundedClaim is a claim whose value on every task lies between two numbers known beforehand.
func (t *tuning) boundedClaim(o unitOrder, cl claim.Claim) (tune.Bounded, error) {
	sign := pick(cl.AtLeast(), 1, -1)
	b := tune.Bounded{Lo: -sign * cl.Bound, Hi: -sign * cl.Bound}
	first := cl.Terms[0]
	for _, term := range cl.Terms {
		lo, hi := 0.0, 1.0
		switch {
		case term.Metric.Unit == claim.USD:
			return b, &claim.Error{Column: term.Column, Msg: "found a condition on cost, which has no bound known beforehand and cannot be certified; certify quality and minimise cost"}
		case term.Metric.Unit == claim.Quality:
			lo, hi = t.b.info.QualityLo, t.b.info.QualityHi
		}
		if term.Slice != first.Slice || term.Value != first.Value {
			return b, &claim.Error{Column: term.Column, Msg: "found two slices in one condition, which cannot be certified: expected one"}
		}
		f := sign * term.Factor
		b.Lo += math.Min(f*lo, f*hi)
		b.Hi += math.Max(f*lo, f*hi)
	}
	b.Lo, b.Hi = math.Min(b.Lo, 0), math.Max(b.Hi, 0)
	in, err := t.b.shares(first, t.tune.rows)
	if err != nil {
		return b, err
	}
	b.At = func(knob float64) ([]float64, error) {
		values := make([]float64, len(t.tune.rows))
		for _, term := range cl.Terms {
			if err := t.addPlain(term, knob, sign, values); err != nil {
				return nil, err
			}
		}
		for k := range values {
			values[k] = pick(in[k] > 0, values[k]-sign*cl.Bound, 0)
		}
		return o.sum(values), nil
	}
	b.Binary = t.binary(o, cl, first)
	return b, nil
}

// binary reports whether a condition is an absolute one on zeros and ones, of tasks that
// are neither weighted nor grouped.
func (t *tuning) binary(o unitOrder, cl claim.Claim, term claim.Term) bool {
	u := t.b.units.of(t.tune.rows)
	if len(cl.Terms) != 1 || term.Factor != 1 || !cl.AtLeast() || term.Slice != "" || u.weights != nil || u.groups != nil || o.units != len(o.of) {
		return false
	}
	if term.Metric.Unit != claim.Quality {
		return term.Metric.Unit == claim.Share
	}
	return t.b.info.QualityLo == 0 && t.b.info.QualityHi == 1 && !slices.ContainsFunc(t.tune.input.Quality, func(q float64) bool { return q != 0 && q != 1 })
}

// addPlain adds sign · factor · metric of each row at a knob.
func (t *tuning) addPlain(term claim.Term, knob, sign float64, into []float64) error {
	raw, err := t.rawAt(term, t.tune, knob)
	if err != nil {
		return err
	}
	for k, v := range raw {
		into[k] += sign * term.Factor * v
	}
	return nil
}

// riskCondition is E[1{weak}·(α − loss)] ≥ 0, where loss is what strong would have got more.
func (t *tuning) riskCondition(o unitOrder) (tune.Bounded, error) {
	weak, strong := t.c.sweep.Knob().Weak, t.c.sweep.Knob().Strong
	if weak == "" || strong == "" {
		return tune.Bounded{}, &InputError{fmt.Errorf("policy %s has no single weak and strong model, which the risk form is about", t.c.entry.Name)}
	}
	s := t.b.constant(t.b.matrix.Column(strong), t.tune.rows)
	alpha := t.spec.Risk
	b := tune.Bounded{Lo: alpha - 1, Hi: alpha}
	b.At = func(knob float64) ([]float64, error) {
		own, sent := t.series(t.tune, knob)
		values := make([]float64, len(sent))
		for k := range values {
			if sent[k] == 0 {
				values[k] = alpha - math.Max(0, s.quality[k]-own.quality[k])
			}
		}
		return o.sum(values), nil
	}
	return b, nil
}

// path is a sequence of knobs made from the breakpoints of the test split, which are
// scores and hold no grade.
func (t *tuning) path(start float64) []float64 {
	var scores []float64
	in := t.test.input
	rising := t.c.sweep.Knob().Rising
	for i := range t.test.rows {
		for k := in.Start[i] + 1; k < in.Start[i+1]; k++ {
			scores = append(scores, pick(rising, -in.From[k], in.From[k]))
		}
	}
	path := tune.Path(scores, start, pathSteps)
	for i := range path {
		if rising {
			path[i] = -path[i]
		}
		path[i] = max(path[i], t.c.sweep.Knob().Lo)
	}
	return path
}

// positionOf is the point of a curve that a knob lies in.
func positionOf(c curve.Curve, x float64) int {
	n := sort.Search(len(c), func(i int) bool { return c[i].Knob > x })
	return max(0, n-1)
}
