package offpolicy

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/curve"
	"waymark/internal/stats"
)

func keyOf(i int) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, "task", i)
	return h.Sum64()
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, within)
	}
}

// Every log that could have been is made, and estimates are averaged by how probable
// each is: inverse propensities and the doubly robust estimate have no bias at all,
// whatever the outcome model, with weights, and the self-normalised and naive ones do.
func TestEstimatesOverAllLogs(t *testing.T) {
	const n = 8
	y := [2][n]float64{{0, 1, 1, 0, 1, 1, 1, 0.5}, {1, 0, 0, 0, 0.25, 1, 0, 0}}
	p := [n]float64{0.5, 0.2, 0.7, 0.9, 0.4, 0.3, 0.6, 0.05} // of action 0
	w := []float64{1, 2, 1, 1, 3, 1, 0.5, 1}
	policy := Policy{[][]int32{{0, 1, 0, 1, 1, 0, 0, 0}, {0, 1, 1, 1, 1, 0, 1, 0}}} // two repeats
	var truth, logged, total, robust, ips, snips, naive, own float64
	for i := range n {
		share := policy.share(0, i)
		truth += w[i] * (share*y[0][i] + (1-share)*y[1][i])
		logged += w[i] * (p[i]*y[0][i] + (1-p[i])*y[1][i])
		total += w[i]
	}
	for draw := range 1 << n {
		l := &Log{Actions: 2, Weights: w, Strata: []int32{0, 0, 1, 1, 0, 1, 0, 1}}
		values, chance := make([]float64, n), 1.0
		for i := range n {
			a := int32(draw >> i & 1)
			pa := p[i]
			if a == 1 {
				pa = 1 - pa
			}
			chance *= pa
			l.Action, l.Propensity, l.Keys = append(l.Action, a), append(l.Propensity, pa), append(l.Keys, keyOf(i))
			values[i] = y[a][i]
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		s := l.Support()
		s.gone = [][]bool{{false, false}, {false, false}} // by construction both may be taken everywhere
		o := l.Outcome(values, s)
		robust += chance * l.mean(o.Robust(policy).Value)
		own += chance * l.mean(o.Logged().Value)
		ips += chance * l.mean(o.InversePropensity(policy))
		if v := l.mean(o.SelfNormalised(policy)); !math.IsNaN(v) {
			snips += chance * v
		}
		if v := l.mean(o.Naive(policy)); !math.IsNaN(v) {
			naive += chance * v
		}
	}
	near(t, "doubly robust", robust, truth/total, 1e-12)
	near(t, "inverse propensity", ips, truth/total, 1e-12)
	near(t, "the logging policy's own", own, logged/total, 1e-12)
	if math.Abs(naive-truth/total) < 0.02 || math.Abs(snips-truth/total) < 1e-6 {
		t.Errorf("naive %g, self-normalised %g and truth %g are too close to be told apart", naive, snips, truth/total)
	}
}

// made is a log of n tasks whose second action is better on hard tasks.
func made(n int, seed uint64, least float64) (*Log, []float64, []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	l := &Log{Actions: 2}
	values, score := make([]float64, n), make([]float64, n)
	for i := range n {
		hard := rng.Float64()
		score[i] = hard
		p := least + (1-2*least)*hard
		a := int32(0)
		if rng.Float64() < p {
			a = 1
		} else {
			p = 1 - p
		}
		q := 0.9 - 0.6*hard
		if a == 1 {
			q = 0.9 - 0.2*hard
		}
		if rng.Float64() < q {
			values[i] = 1
		}
		l.Action, l.Propensity, l.Keys, l.Strata = append(l.Action, a), append(l.Propensity, p), append(l.Keys, keyOf(i)), append(l.Strata, int32(4*hard))
	}
	return l, values, score
}

// A number that can be had two ways is the same both ways.
func TestTwoWays(t *testing.T) {
	l, values, score := made(800, 3, 0.1)
	o := l.Outcome(values, l.Support())

	// The doubly robust estimate whose model says nothing is the inverse-propensity one.
	blank := l.Outcome(values, l.Support())
	for f := range blank.model.cells {
		for a := range blank.model.cells[f] {
			clear(blank.model.cells[f][a])
		}
	}
	p := Policy{[][]int32{make([]int32, l.Len())}}
	for i, x := range score {
		if x > 0.5 {
			p.Chosen[0][i] = 1
		}
	}
	near(t, "doubly robust without a model", l.mean(blank.Robust(p).Value), l.mean(o.InversePropensity(p)), 1e-12)

	// The table's columns are the policies that always take one action, and a curve over
	// knobs passes through the policy at each.
	table := o.Table()
	steps := &curve.Steps{Start: []int{0}, Keys: l.Keys}
	for i, x := range score {
		steps.From = append(steps.From, math.Inf(-1), math.Nextafter(x, 2))
		steps.Quality = append(steps.Quality, table[1][i], table[0][i])
		steps.Cost, steps.Strong = append(steps.Cost, 0, 0), append(steps.Strong, true, false)
		steps.Start = append(steps.Start, len(steps.From))
	}
	c, err := curve.Sweep(steps)
	if err != nil {
		t.Fatal(err)
	}
	for j := range 20 {
		at := c[j*(len(c)-1)/19]
		for i, x := range score {
			p.Chosen[0][i] = 0
			if x >= at.Knob {
				p.Chosen[0][i] = 1
			}
		}
		near(t, "curve", at.Quality, l.mean(o.Robust(p).Value), 1e-12)
	}

	// Where every propensity is the same, the self-normalised estimate is the mean of what agrees.
	for i := range l.Propensity {
		l.Propensity[i] = 0.5
	}
	o = l.Outcome(values, l.Support())
	near(t, "self-normalised", l.mean(o.SelfNormalised(p)), l.mean(o.Naive(p)), 1e-12)

	// Duplicating tasks as members of their units moves nothing but the count.
	twice := double(l)
	two := twice.Outcome(append(append([]float64{}, values...), values...), twice.Support())
	again := Policy{[][]int32{append(append([]int32{}, p.Chosen[0]...), p.Chosen[0]...)}}
	a, b := o.Overlap(p, 0.95), two.Overlap(again, 0.95)
	near(t, "effective sample size of duplicated tasks", b.ESS, a.ESS, 1e-9)
}

func double(l *Log) *Log {
	out := &Log{
		Actions: l.Actions, Action: append(append([]int32{}, l.Action...), l.Action...), Propensity: append(append([]float64{}, l.Propensity...), l.Propensity...),
		Strata: append(append([]int32{}, l.Strata...), l.Strata...), Keys: append(append([]uint64{}, l.Keys...), l.Keys...),
	}
	for range 2 {
		for i := range l.Len() {
			out.Groups = append(out.Groups, int32(i))
		}
	}
	return out
}

// Where the log was certain and the policy agrees, everything is the plain mean.
func TestACertainLogIsAPlainMean(t *testing.T) {
	l, values, _ := made(300, 5, 0.1)
	for i := range l.Propensity {
		l.Propensity[i] = 1
	}
	o := l.Outcome(values, l.Support())
	same := Policy{[][]int32{l.Action}}
	want := stats.Mean(l.Sample(values), 0.95)
	for name, c := range map[string][]float64{"doubly robust": o.Robust(same).Value, "inverse": o.InversePropensity(same), "self-normalised": o.SelfNormalised(same)} {
		near(t, name, l.mean(c), want.Value, 1e-12)
	}
	if e := o.Mean(o.Robust(same), 0.95); e.Lo != want.Lo || e.Hi != want.Hi || e.Method != "wilson" {
		t.Errorf("%s [%g, %g], want Wilson's [%g, %g]", e.Method, e.Lo, e.Hi, want.Lo, want.Hi)
	}
	all := o.Overlap(Always(0, l.Len()), 0.95)
	agree := 0
	for _, a := range l.Action {
		if a == 0 {
			agree++
		}
	}
	if all.Refusal() != NoSupport || all.N-all.Without != agree {
		t.Errorf("always 0: refusal %d, %d of %d without support, the log agrees on %d", all.Refusal(), all.Without, all.N, agree)
	}
	on := o.Overlap(Always(0, l.Len()).On(all.Supported), 0.95)
	if on.Refusal() != Told || !on.Plain || on.N != agree {
		t.Errorf("where they agree: refusal %d, plain %v, n %d", on.Refusal(), on.Plain, on.N)
	}
}
