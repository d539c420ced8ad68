package suite

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// An apart is a claim about runs with few tasks in common. Each run's part is estimated on
// its own tasks. Those of another run are post-stratified: in each category they
// count for as much as the category does in this run,
//
//	Σ_c s_c · mean of the other run's values in c,
//
// s_c being this run's share of c. Each task's influence on the whole, that on the shares
// included, is summed by unit over both runs, so that tasks and groups which both
// have are not taken for independent ones. With v_e the variance of a run's own
// influences, the degrees of freedom are (Σv_e)²/Σ(v_e²/(G_e − 1)) (Satterthwaite 1946; Welch 1947).
// For the influence of a post-stratified mean see Särndal, Swensson and Wretman (1992), §7.6.
type apart struct {
	j      *judge
	use    map[string]bool // categories that all runs have enough of
	ids    map[string]int  // of units, over all runs
	runs   []influences    // one for each run
	n      int
	reason string
	own    float64 // variance of this run's own influences
}

// influences are those of one run's tasks, by unit.
type influences struct {
	e     *Evidence
	units map[int]int // where a unit of the claim is in of
	of    []float64
	names []int
}

// leastOfCategory is how many tasks another run must have of a category to stand for it.
const leastOfCategory = 5

// unpaired estimates a claim on runs with few tasks in common.
func (j *judge) unpaired(c claim.Claim) (measured, error) {
	m := measured{method: "unpaired and reweighted"}
	a := &apart{j: j, ids: map[string]int{}}
	if err := a.categories(c); err != nil || a.reason != "" {
		m.estimate = Interval(nothing(a.reason))
		return m, err
	}
	value, err := a.sum(c, false)
	if err != nil {
		return m, err
	}
	if a.reason != "" {
		m.estimate = Interval(nothing(a.reason))
		return m, nil
	}
	var g stats.Student
	m.estimate, g = a.estimate(value)
	parts, err := j.parts(c)
	if err != nil {
		return m, err
	}
	s := j.scaleOf(parts)
	m.least, m.most = s.range2(parts)
	if err := a.still(&m, c); err != nil {
		return m, err
	}
	if m.estimate.Withheld == "" {
		m.gate = a.moving(g, &m, s, parts, c.AtLeast())
	}
	return m, nil
}

// moving lets the variance of 0/1 scores follow their mean: a drop from p to p − d changes it from
// p(1 − p) to that and d(2p − 1 − d).
func (a *apart) moving(g stats.Student, m *measured, s span, parts []part, atLeast bool) stats.Student {
	var mine *part
	for i := range parts {
		if parts[i].e == a.j.now {
			if mine != nil || math.Abs(parts[i].term.Factor) != 1 {
				return g
			}
			mine = &parts[i]
		}
	}
	if mine == nil || parts[0].term.Metric.Unit == claim.USD {
		return g
	}
	var rows []int
	for i, v := range mine.values {
		if mine.in[i] && !math.IsNaN(v) {
			rows = append(rows, i)
		}
	}
	if !zeroOnes(s, []part{*mine}, rows) {
		return g
	}
	p := (mean(at(mine.values, rows), a.j.now, rows) - s.lo) / s.width
	if (mine.term.Factor > 0) != atLeast { // what gets worse there is the share of zeros
		p = 1 - p
	}
	return g.Moving(m.still.Value, s.width*(2*p-1), p*(1-p)*s.width*s.width/a.own)
}

// categories finds those that every run has enough tasks of.
func (a *apart) categories(c claim.Claim) error {
	a.use = map[string]bool{}
	for _, v := range a.j.now.Slices["category"] {
		a.use[v] = true
	}
	for _, t := range c.Terms {
		e, o, _, err := a.j.outcomes(t)
		if err != nil {
			return err
		}
		if e == a.j.now {
			continue
		}
		in, err := e.slice(t)
		if err != nil {
			a.reason = fmt.Sprintf("%s keeps no task of %s=%s", runName(e), t.Slice, t.Value)
			return nil
		}
		have, v := map[string]int{}, values(t, o)
		for i, cat := range e.Slices["category"] {
			if in[i] && !math.IsNaN(v[i]) {
				have[cat]++
			}
		}
		for cat := range a.use {
			if have[cat] < leastOfCategory {
				delete(a.use, cat)
			}
		}
		a.j.warn(fmt.Sprintf("%d of %d tasks are in %s too: compared as two samples, its categories weighted as in this run", overlap(a.j.now, e), len(a.j.now.Tasks), runName(e)))
	}
	return a.covered(c)
}

// covered tells how much of this run the categories hold.
func (a *apart) covered(c claim.Claim) error {
	in, err := a.j.now.slice(c.Terms[0])
	if err != nil {
		return err
	}
	left, all := 0.0, 0.0
	for i, cat := range a.j.now.Slices["category"] {
		if in[i] {
			all += a.j.now.weight(i)
			if !a.use[cat] {
				left += a.j.now.weight(i)
			}
		}
	}
	switch {
	case left > all/2:
		a.reason = fmt.Sprintf("categories with fewer than %d tasks in the other run hold %.0f %% of this one: the two are too unlike to be reweighted", leastOfCategory, 100*left/all)
	case left > 0:
		a.j.warn(fmt.Sprintf("%s: left out are categories with %.1f %% of this run's tasks, of which the other run has fewer than %d", c.Left(), 100*left/all, leastOfCategory))
	}
	return nil
}

func (e *Evidence) weight(i int) float64 {
	if e.Weights == nil {
		return 1
	}
	return e.Weights[i]
}

// sum is the claim's left side, whose influences it adds up. Where nothing changes, this run's
// own values stand in for those of the others.
func (a *apart) sum(c claim.Claim, unmoved bool) (total float64, err error) {
	for _, t := range c.Terms {
		e, o, _, err := a.j.outcomes(t)
		if err != nil {
			return 0, err
		}
		if unmoved && e != a.j.now {
			e, o = a.j.now, a.j.now.Rows[t.Of]
		}
		in, err := e.slice(t)
		if err != nil && e != a.j.now {
			a.reason = fmt.Sprintf("%s keeps no task of %s=%s", runName(e), t.Slice, t.Value)
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		v := values(t, o)
		if e == a.j.now {
			total += t.Factor * a.mine(t.Factor, v, in)
			continue
		}
		mine, err := a.j.now.slice(t)
		if err != nil {
			return 0, err
		}
		total += t.Factor * a.other(t.Factor, e, v, in, mine)
	}
	return total, nil
}

// add adds the influence of a task, in the order of tasks, so that sums are the same every time.
func (a *apart) add(e *Evidence, i int, x float64) {
	k := slices.IndexFunc(a.runs, func(r influences) bool { return r.e == e })
	if k < 0 {
		k = len(a.runs)
		a.runs = append(a.runs, influences{e: e, units: map[int]int{}})
	}
	id, ok := a.ids[e.unit(i)]
	if !ok {
		id = len(a.ids)
		a.ids[e.unit(i)] = id
	}
	r := &a.runs[k]
	at, ok := r.units[id]
	if !ok {
		at = len(r.of)
		r.units[id], r.of, r.names = at, append(r.of, 0), append(r.names, id)
	}
	r.of[at] += x
}

// mine is this run's mean over the categories in use.
func (a *apart) mine(factor float64, v []float64, in []bool) float64 {
	e := a.j.now
	use := func(i int) bool { return in[i] && a.use[e.Slices["category"][i]] && !math.IsNaN(v[i]) }
	var sum, total float64
	for i := range v {
		if use(i) {
			sum, total = sum+e.weight(i)*v[i], total+e.weight(i)
			a.n++
		}
	}
	if total == 0 {
		a.reason = "no task has all values that it needs"
		return math.NaN()
	}
	for i := range v {
		if use(i) {
			a.add(e, i, factor*e.weight(i)/total*(v[i]-sum/total))
		}
	}
	return sum / total
}

// other is the mean of another run, its categories weighted as in this one.
func (a *apart) other(factor float64, e *Evidence, v []float64, in, mine []bool) float64 {
	share, total := map[string]float64{}, 0.0
	for i, cat := range a.j.now.Slices["category"] {
		if mine[i] && a.use[cat] {
			share[cat] += a.j.now.weight(i)
			total += a.j.now.weight(i)
		}
	}
	sum, weight := map[string]float64{}, map[string]float64{}
	use := func(i int) bool { return in[i] && share[e.Slices["category"][i]] > 0 && !math.IsNaN(v[i]) }
	for i, cat := range e.Slices["category"] {
		if use(i) {
			sum[cat] += e.weight(i) * v[i]
			weight[cat] += e.weight(i)
			a.n++
		}
	}
	value := 0.0
	for _, cat := range slices.Sorted(maps.Keys(share)) {
		if weight[cat] == 0 {
			a.reason = "no task has all values that it needs"
			return math.NaN()
		}
		value += share[cat] / total * sum[cat] / weight[cat]
	}
	for i, cat := range e.Slices["category"] {
		if use(i) {
			a.add(e, i, factor*share[cat]/total*e.weight(i)/weight[cat]*(v[i]-sum[cat]/weight[cat]))
		}
	}
	for i, cat := range a.j.now.Slices["category"] {
		if mine[i] && a.use[cat] {
			a.add(a.j.now, i, factor*a.j.now.weight(i)/total*(sum[cat]/weight[cat]-value))
		}
	}
	return value
}

// estimate is the interval of a value by its influences.
func (a *apart) estimate(value float64) (Interval, stats.Student) {
	units := make([]float64, len(a.ids))
	var own, squares float64
	fewest := math.MaxInt
	for _, r := range a.runs {
		g := float64(len(r.of))
		fewest = min(fewest, len(r.of))
		v := 0.0
		for k, x := range r.of {
			x *= math.Sqrt(g / (g - 1))
			units[r.names[k]] += x
			v += x * x
		}
		if r.e == a.j.now {
			a.own = v
		}
		own += v
		squares += v * v / (g - 1)
	}
	const leastUnits = 6
	if fewest < leastUnits {
		return Interval(nothing(fmt.Sprintf("%d independent units of a run are too few for an interval", fewest))), stats.Student{}
	}
	variance := 0.0
	for _, x := range units {
		variance += x * x
	}
	se := math.Sqrt(variance)
	if !(se > 1e-12*math.Abs(value)) {
		return Interval(nothing("all values are equal: nothing is known of their spread")), stats.Student{}
	}
	g := stats.Student{Value: value, SE: se, DF: own * own / squares, Level: (1 - a.j.now.Level) / 2}
	half := g.Quantile() * se
	g.Lo, g.Hi = value-half, value+half
	return Interval{Value: value, Lo: g.Lo, Hi: g.Hi, Confidence: a.j.now.Level, N: a.n, Groups: len(units), Method: "two samples, linearised t"}, g
}

// still fills in the left side where nothing changes.
func (a *apart) still(m *measured, c claim.Claim) error {
	for _, t := range c.Terms {
		if a.j.now.Rows[t.Of] == nil {
			m.still, m.whyNot = Interval(nothing("")), fmt.Sprintf("%s is not in this run, so that what no change would be is not known", t.Of)
			return nil
		}
	}
	b := &apart{j: a.j, use: a.use, ids: map[string]int{}}
	value, err := b.sum(c, true)
	if err != nil {
		return err
	}
	m.still, _ = b.estimate(value)
	m.still.Value = value
	certain(&m.still)
	return nil
}
