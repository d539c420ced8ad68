package suite

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"waymark/internal/stats"
	"waymark/internal/yamlfile"
)

// Compared is what changes where B stands in for A: differences are A − B.
type Compared struct {
	Schema   int      `json:"schema"`
	A        string   `json:"a"`
	B        string   `json:"b"`
	Dataset  string   `json:"dataset"`
	N        int      `json:"n"` // tasks that both answered
	Quality  Interval `json:"quality_diff"`
	Cost     Interval `json:"cost_diff"` // US dollars per task
	Latency  Interval `json:"latency_diff"`
	P        *float64 `json:"p_sign_flip"`      // of the difference in quality
	PHolm    *float64 `json:"p_holm,omitempty"` // adjusted for the number of comparisons, where there are several
	Margin   float64  `json:"margin"`
	Verdict  string   `json:"verdict"`  // "better", "worse", "within the margin", "no difference found"
	Rerouted Rerouted `json:"rerouted"` // tasks that another model answers
	Warnings []string `json:"warnings"`
	// OffPolicy says that both are estimated from a log: say OFF-POLICY beside them.
	OffPolicy bool `json:"off_policy,omitempty"`
}

// Rerouted are the tasks that the two send to different models, and what that did.
type Rerouted struct {
	N       int      `json:"n"`
	Share   float64  `json:"share"`
	Quality Interval `json:"quality_diff"` // on those tasks
	Cost    Interval `json:"cost_diff"`
	Moves   []Move   `json:"moves"`
}

// A Move is a change of route, with the mean differences that it made.
type Move struct {
	From    string   `json:"from"` // the model of B
	To      string   `json:"to"`   // the model of A
	N       int      `json:"n"`
	Quality Interval `json:"quality_diff"`
	Cost    Interval `json:"cost_diff"`
}

// A comparand is a policy or model of a run.
type comparand struct {
	e *Evidence
	o *Outcomes
}

// find is a policy or model of a run by name.
func (e *Evidence) find(name string) (*Outcomes, error) {
	if o := e.Rows[name]; o != nil {
		return o, nil
	}
	var names []string
	for n := range e.Rows {
		names = append(names, n)
	}
	sort.Strings(names)
	msg := fmt.Sprintf("found %q, expected a policy or model of %s", name, runName(e))
	if near := yamlfile.Nearest(name, names); near != "" {
		return nil, &InputError{fmt.Errorf("%s; did you mean %q?", msg, near)}
	}
	return nil, &InputError{fmt.Errorf("%s: %v", msg, names)}
}

func runName(e *Evidence) string {
	if e.Run == "" {
		return "this run"
	}
	return "run " + e.Run
}

// Compare holds policy a of one run against policy b of another, or of the same, on
// the tasks that both answered, pairwise. A margin, in the dataset's units, is the
// difference in quality that does not matter; 0 is none.
func Compare(ea *Evidence, a string, eb *Evidence, b string, margin float64) (*Compared, error) {
	oa, err := ea.find(a)
	if err != nil {
		return nil, err
	}
	ob, err := eb.find(b)
	if err != nil {
		return nil, err
	}
	if ea.OffPolicy || eb.OffPolicy {
		return compareLogged(ea, a, eb, b, margin)
	}
	x, y := comparand{ea, oa}, comparand{eb, ob}
	c := &Compared{Schema: Schema, A: label(ea, eb, a), B: label(eb, ea, b), Dataset: ea.Dataset.Name, Margin: margin, Warnings: []string{}}
	if err := c.comparable(x, y); err != nil {
		return nil, err
	}
	rows, theirs := paired(x, y)
	if c.N = len(rows); c.N == 0 {
		return nil, &InputError{fmt.Errorf("%s and %s have no task in common that both answered", c.A, c.B)}
	}
	if n := len(ea.Tasks); c.N < n || c.N < len(eb.Tasks) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("compared on the %d tasks that both answered, of %d and %d", c.N, n, len(eb.Tasks)))
	}
	if !slices.Equal(x.e.weightsOf(rows), y.e.weightsOf(theirs)) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("the two weigh tasks differently: the weights are those of %s", c.A))
	}
	for _, side := range []struct {
		name string
		comparand
	}{{c.A, x}, {c.B, y}} {
		if n := side.o.CostLowerBound; n > 0 {
			c.Warnings = append(c.Warnings, fmt.Sprintf("what the router of %s itself costs is not recorded for %d decisions: its cost is a lower bound", side.name, n))
		}
		if side.e.Incomplete != "" {
			c.Warnings = append(c.Warnings, fmt.Sprintf("the run of %s is incomplete: %s", side.name, side.e.Incomplete))
		}
	}
	c.differences(x, y, rows, theirs)
	c.rerouted(x, y, rows, theirs)
	return c, nil
}

func (e *Evidence) weightsOf(rows []int) []float64 {
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = e.weight(i)
	}
	return out
}

// comparable refuses what shares no tasks or no scale, and warns of what else differs.
func (c *Compared) comparable(x, y comparand) error {
	a, b := x.e, y.e
	switch {
	case a == b:
		return nil
	case a.Dataset.Name != b.Dataset.Name:
		return &InputError{fmt.Errorf("%s is on dataset %s and %s on %s: they share no tasks to be compared on", c.A, a.Dataset.Name, c.B, b.Dataset.Name)}
	case a.Dataset.QualityLo != b.Dataset.QualityLo || a.Dataset.QualityHi != b.Dataset.QualityHi:
		return &InputError{fmt.Errorf("quality goes from %g to %g for %s and from %g to %g for %s: they share no scale", a.Dataset.QualityLo, a.Dataset.QualityHi, c.A, b.Dataset.QualityLo, b.Dataset.QualityHi, c.B)}
	}
	for _, why := range unlike(a, b) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("of %s: %s", c.B, why))
	}
	if a.Prices != b.Prices {
		c.Warnings = append(c.Warnings, fmt.Sprintf("costs of %s are by %s, and of %s by %s", c.A, pricesOf(a), c.B, pricesOf(b)))
	}
	if a.Dataset.Digest != b.Dataset.Digest {
		c.Warnings = append(c.Warnings, "the dataset's files differ between the two runs: tasks are paired by their ids, and responses may be fresh")
	}
	return nil
}

// label names a policy with its run where the two are of different runs.
func label(e, other *Evidence, name string) string {
	if e.Run == other.Run {
		return name
	}
	return name + "@" + e.Run
}

// paired are the rows of x, and those of y, of the tasks that both answered.
func paired(x, y comparand) (rows, theirs []int) {
	for i, at := range x.e.within(y.e) {
		k := int(at)
		if k >= 0 && !math.IsNaN(x.o.Quality[i]) && !math.IsNaN(y.o.Quality[k]) {
			rows, theirs = append(rows, i), append(theirs, k)
		}
	}
	return rows, theirs
}

func (c *Compared) differences(x, y comparand, rows, theirs []int) {
	a, b := at(x.o.Quality, rows), at(y.o.Quality, theirs)
	c.Quality = x.e.scoreDifference(a, b, rows)
	c.Cost = x.e.known(x.o.Cost, y.o.Cost, rows, theirs, "costs are unknown")
	c.Latency = x.e.known(x.o.Latency, y.o.Latency, rows, theirs, "latency is not recorded on every task")
	c.P = finite(stats.SignFlip(x.e.sample(minus(a, b), rows)))
	theirQuality := y.o.Quality
	if x.e != y.e {
		theirQuality = x.e.mapped(y.e, theirQuality)
	}
	if identical(part{e: x.e, o: x.o, values: x.o.Quality}, part{e: y.e, o: y.o, values: theirQuality}, rows) {
		c.Quality = Interval{Confidence: x.e.Level, N: len(rows), Groups: c.Quality.Groups, Method: "the same policy on the same responses"}
		c.Cost = pickInterval(c.Cost.Value == 0, c.Quality, c.Cost)
	}
	c.Verdict = verdictWord(c.Quality, c.Margin)
}

func pickInterval(first bool, a, b Interval) Interval {
	if first {
		return a
	}
	return b
}

// scoreDifference estimates the mean of a − b: by the score interval where tasks are won or lost whole.
func (e *Evidence) scoreDifference(a, b []float64, rows []int) Interval {
	span := e.Dataset.QualityHi - e.Dataset.QualityLo
	if !(span > 0) {
		span = 1
	}
	d := minus(a, b)
	for k := range d {
		d[k] /= span
	}
	out, _ := scaled(stats.PairedDifference(e.sample(d, rows), e.Level), nil, 0, span)
	return out
}

// known estimates a difference that is only there where all values are.
func (e *Evidence) known(a, b Column, rows, theirs []int, why string) Interval {
	x, y := at(a, rows), at(b, theirs)
	for k := range x {
		if math.IsNaN(x[k] - y[k]) {
			return Interval(nothing(why))
		}
	}
	return Interval(stats.MeanDifference(e.sample(minus(x, y), rows), e.Level))
}

// verdictWord is one of four plain words. What does not matter does not matter: a difference
// that lies within the margin as a whole is that, also where its sign is certain.
func verdictWord(d Interval, margin float64) string {
	switch {
	case d.Withheld != "":
		return "no difference found"
	case margin > 0 && d.Lo >= -margin && d.Hi <= margin:
		return "within the margin"
	case d.Lo > 0:
		return "better"
	case d.Hi < 0:
		return "worse"
	}
	return "no difference found"
}

// rerouted tells which tasks another model answers, and what that did.
func (c *Compared) rerouted(x, y comparand, rows, theirs []int) {
	type route struct{ from, to string }
	moves := map[route][2][]int{}
	var moved, there []int
	for k, i := range rows {
		r := route{modelOf(y.o, theirs[k]), modelOf(x.o, i)}
		if r.from == r.to {
			continue
		}
		moved, there = append(moved, i), append(there, theirs[k])
		m := moves[r]
		moves[r] = [2][]int{append(m[0], i), append(m[1], theirs[k])}
	}
	r := &c.Rerouted
	r.N, r.Share, r.Moves = len(moved), float64(len(moved))/float64(len(rows)), []Move{}
	r.Quality, r.Cost = Interval(nothing("nothing is rerouted")), Interval(nothing("nothing is rerouted"))
	if r.N > 0 {
		r.Quality, r.Cost = made(x, y, moved, there)
	}
	for route, m := range moves {
		one := Move{From: route.from, To: route.to, N: len(m[0])}
		one.Quality, one.Cost = made(x, y, m[0], m[1])
		r.Moves = append(r.Moves, one)
	}
	slices.SortFunc(r.Moves, func(a, b Move) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return compare(a.From+"\x00"+a.To, b.From+"\x00"+b.To)
	})
}

// made is what a change of route made of quality and cost.
func made(x, y comparand, rows, theirs []int) (quality, cost Interval) {
	return x.e.scoreDifference(at(x.o.Quality, rows), at(y.o.Quality, theirs), rows), x.e.known(x.o.Cost, y.o.Cost, rows, theirs, "costs are unknown")
}

// AdjustCompared gives several comparisons their p-values after Holm.
func AdjustCompared(all []*Compared) {
	if len(all) < 2 {
		return
	}
	ps := make([]float64, len(all))
	for i, c := range all {
		ps[i] = orNaN(c.P)
	}
	for i, p := range stats.Holm(ps) {
		all[i].PHolm = finite(p)
	}
}
