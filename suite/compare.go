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
	P        *float64 `json:"p_sign_flip"` // of the difference in quality
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

// A Move is a change of route, with the mean difference that it made.
type Move struct {
	From    string   `json:"from"` // the model of B
	To      string   `json:"to"`   // the model of A
	N       int      `json:"n"`
	Quality float64  `json:"quality_diff"`
	Cost    *float64 `json:"cost_diff"` // nil where it is not known
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
	if ea.Dataset.Name != eb.Dataset.Name {
		return nil, &InputError{fmt.Errorf("%s is on dataset %s and %s on %s: they share no tasks to be compared on", c.A, ea.Dataset.Name, c.B, eb.Dataset.Name)}
	}
	rows, theirs := paired(x, y)
	if c.N = len(rows); c.N == 0 {
		return nil, &InputError{fmt.Errorf("%s and %s have no task in common that both answered", c.A, c.B)}
	}
	if n := len(ea.Tasks); c.N < n || c.N < len(eb.Tasks) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("compared on the %d tasks that both answered, of %d and %d", c.N, n, len(eb.Tasks)))
	}
	if ea.Dataset.Digest != eb.Dataset.Digest {
		c.Warnings = append(c.Warnings, "the dataset's contents differ between the two runs: tasks are paired by their ids")
	}
	if !slices.Equal(ea.Graders, eb.Graders) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("graded differently: %v and %v", ea.Graders, eb.Graders))
	}
	c.differences(x, y, rows, theirs)
	c.rerouted(x, y, rows, theirs)
	return c, nil
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
	for i, id := range x.e.Tasks {
		k := i
		if x.e != y.e {
			k = y.e.row(id)
		}
		if k >= 0 && !math.IsNaN(x.o.Quality[i]) && !math.IsNaN(y.o.Quality[k]) {
			rows, theirs = append(rows, i), append(theirs, k)
		}
	}
	return rows, theirs
}

func (c *Compared) differences(x, y comparand, rows, theirs []int) {
	a, b := at(x.o.Quality, rows), at(y.o.Quality, theirs)
	c.Quality = x.e.difference(a, b, rows, !slices.Equal(a, b))
	c.Cost = x.e.known(x.o.Cost, y.o.Cost, rows, theirs, "costs are unknown")
	c.Latency = x.e.known(x.o.Latency, y.o.Latency, rows, theirs, "latency is not recorded on every task")
	p := stats.SignFlip(x.e.sample(minus(a, b), rows))
	c.P = finite(p)
	c.Verdict = verdictWord(c.Quality, c.Margin)
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

// verdictWord is one of four plain words.
func verdictWord(d Interval, margin float64) string {
	switch {
	case d.Withheld != "":
		return "no difference found"
	case d.Lo > 0:
		return "better"
	case d.Hi < 0:
		return "worse"
	case margin > 0 && d.Lo >= -margin && d.Hi <= margin:
		return "within the margin"
	}
	return "no difference found"
}

// rerouted tells which tasks another model answers, and what that did.
func (c *Compared) rerouted(x, y comparand, rows, theirs []int) {
	type route struct{ from, to string }
	moves, spent := map[route]*Move{}, map[route]float64{}
	var moved, there []int
	for k, i := range rows {
		r := route{modelOf(y.o, theirs[k]), modelOf(x.o, i)}
		if r.from == r.to {
			continue
		}
		moved, there = append(moved, i), append(there, theirs[k])
		m := moves[r]
		if m == nil {
			m = &Move{From: r.from, To: r.to}
			moves[r] = m
		}
		m.N++
		m.Quality += x.o.Quality[i] - y.o.Quality[theirs[k]]
		spent[r] += x.o.Cost[i] - y.o.Cost[theirs[k]]
	}
	r := &c.Rerouted
	r.N, r.Share, r.Moves = len(moved), float64(len(moved))/float64(len(rows)), []Move{}
	r.Quality, r.Cost = Interval(nothing("nothing is rerouted")), Interval(nothing("nothing is rerouted"))
	if r.N > 0 {
		r.Quality = x.e.difference(at(x.o.Quality, moved), at(y.o.Quality, there), moved, true)
		r.Cost = x.e.known(x.o.Cost, y.o.Cost, moved, there, "costs are unknown")
	}
	for route, m := range moves {
		m.Quality /= float64(m.N)
		m.Cost = finite(spent[route] / float64(m.N))
		r.Moves = append(r.Moves, *m)
	}
	slices.SortFunc(r.Moves, func(a, b Move) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return compare(a.From+"\x00"+a.To, b.From+"\x00"+b.To)
	})
}
