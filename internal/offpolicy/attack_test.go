package offpolicy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What the log cannot tell is refused, for the right reason.
func TestRefusals(t *testing.T) {
	copied := func(l *Log) Policy { return Policy{[][]int32{append([]int32{}, l.Action...)}} }
	always := func(a int) func(l *Log) Policy { return func(l *Log) Policy { return Always(a, l.Len()) } }
	for name, c := range map[string]struct {
		n      int
		change func(l *Log, values []float64)
		policy func(l *Log) Policy
		want   Refusal
	}{
		"nothing wrong":                     {400, nil, always(0), Told},
		"it copies the log's own draws":     {400, nil, copied, OffWeights},
		"an action was never taken":         {400, func(l *Log, _ []float64) { l.Actions = 3 }, always(2), NoSupport},
		"the log took one action only":      {400, func(l *Log, _ []float64) { clear(l.Action) }, always(1), NoSupport},
		"one action, wrongly half certain":  {400, func(l *Log, _ []float64) { clear(l.Action); fill(l.Propensity, 0.5) }, always(0), OffWeights},
		"one task":                          {1, func(l *Log, _ []float64) { clear(l.Action) }, always(0), TooLittle},
		"no decision":                       {400, nil, func(l *Log) Policy { return Always(0, l.Len()).On(make([]bool, l.Len())) }, Undecided},
		"certain, and it agrees":            {400, func(l *Log, _ []float64) { fill(l.Propensity, 1) }, copied, Told},
		"certain, and it does not":          {400, func(l *Log, _ []float64) { fill(l.Propensity, 1) }, always(0), NoSupport},
		"almost impossible":                 {400, func(l *Log, _ []float64) { l.Propensity[first(l, 0)] = 1e-300 }, always(0), TooLittle},
		"the least number that there is":    {400, func(l *Log, _ []float64) { l.Propensity[first(l, 0)] = math.SmallestNonzeroFloat64 }, always(0), TooLittle},
		"all almost impossible":             {400, func(l *Log, _ []float64) { fill(l.Propensity, 1e-300) }, always(0), OffWeights},
		"no outcome of an action":           {400, func(l *Log, values []float64) { forget(l, values, 0) }, always(0), TooLittle},
		"probabilities say it cannot be":    {400, func(l *Log, _ []float64) { l.All = [][]float64{make([]float64, 400), make([]float64, 400)} }, always(1), NoSupport},
		"a stratum in which it never was":   {1000, func(l *Log, _ []float64) { move(l, 1, 3) }, always(1), NoSupport},
		"a small one, which may be chance":  {400, func(l *Log, _ []float64) { l.Strata[first(l, 0)] = 9 }, always(1), Told},
		"twenty tasks are few":              {20, nil, always(0), TooLittle},
		"it is one of many groups in truth": {400, func(l *Log, _ []float64) { l.Groups = make([]int32, 400) }, always(0), TooLittle},
	} {
		l, values, _ := made(c.n, 11, 0.2)
		if c.change != nil {
			c.change(l, values)
		}
		if err := l.Check(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		o := l.Outcome(values, l.Support())
		p := c.policy(l)
		overlap := o.Overlap(p, 0.95)
		if got := overlap.Refusal(); got != c.want {
			t.Errorf("%s: refusal %d, want %d (ESS %g, T %g, without %d, plain %v)", name, got, c.want, overlap.ESS, overlap.T, overlap.Without, overlap.Plain)
		}
		for _, x := range []float64{overlap.ESS, overlap.Share, overlap.Little()} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%s: the overlap holds %g", name, x)
			}
		}
		if e := o.Mean(o.Robust(p), 0.95); c.want == Told && (e.Withheld != "" || !(e.Lo < e.Value && e.Value < e.Hi)) {
			t.Errorf("%s: %g [%g, %g], %s", name, e.Value, e.Lo, e.Hi, e.Withheld)
		}
	}
}

func fill(to []float64, x float64) {
	for i := range to {
		to[i] = x
	}
}

func first(l *Log, action int32) int {
	for i, a := range l.Action {
		if a == action {
			return i
		}
	}
	panic("none")
}

func forget(l *Log, values []float64, action int32) {
	for i, a := range l.Action {
		if a == action {
			values[i] = math.NaN()
		}
	}
}

// move takes an action out of a stratum.
func move(l *Log, action, stratum int32) {
	for i, a := range l.Action {
		if a == action && l.Strata[i] == stratum {
			l.Strata[i] = 0
		}
	}
}

// A call that fails is not a wrong answer: failures of one action alone leave the
// estimate where it is; taken for wrong answers they do not.
func TestFailuresOfOneActionDoNotBias(t *testing.T) {
	const draws, n = 400, 400
	var sum, squares, wrong, truth float64
	for d := range draws {
		l, values, score := made(n, uint64(d)+100, 0.2)
		rng := rand.New(rand.NewPCG(uint64(d), 2))
		p := Policy{[][]int32{make([]int32, n)}}
		for i, hard := range score {
			if hard > 0.5 {
				p.Chosen[0][i] = 1
				truth += (0.9 - 0.2*hard) / n / draws
			} else {
				truth += (0.9 - 0.6*hard) / n / draws
			}
			if l.Action[i] == 1 && rng.Float64() < 0.5 {
				values[i] = math.NaN()
			}
		}
		o := l.Outcome(values, l.Support())
		v := l.mean(o.Robust(p).Value)
		sum += v / draws
		squares += v * v / draws
		for i, v := range o.InversePropensity(p) {
			if !math.IsNaN(values[i]) {
				wrong += v / o.s(i) / n / draws
			}
		}
	}
	se := math.Sqrt((squares - sum*sum) / draws)
	if math.Abs(sum-truth) > 4*se {
		t.Errorf("%.4f ± %.4f, truth %.4f", sum, se, truth)
	}
	if wrong > truth-0.05 {
		t.Errorf("with failures as wrong answers %.4f, truth %.4f: too close to be told apart", wrong, truth)
	}
}

// Clipping is stated, and changes what the mean weight would be.
func TestClipping(t *testing.T) {
	l, values, _ := made(2000, 4, 0.02)
	o := l.Outcome(values, l.Support())
	free := o.Overlap(Always(1, l.Len()), 0.95)
	clipped := *l
	clipped.Clip = 5
	oc := clipped.Outcome(values, clipped.Support())
	got := oc.Overlap(Always(1, l.Len()), 0.95)
	if got.Clipped == 0 || got.ClippedBy <= 0 || got.ESS <= free.ESS || free.Clipped != 0 {
		t.Errorf("clipped %d weights by %g, ESS %g from %g", got.Clipped, got.ClippedBy, got.ESS, free.ESS)
	}
	if got.T != free.T {
		t.Errorf("the mean weight is held against 1 clipped: T %g, %g", got.T, free.T)
	}
	wide, narrow := o.Mean(o.Robust(Always(1, l.Len())), 0.95), oc.Mean(oc.Robust(Always(1, l.Len())), 0.95)
	if narrow.Hi-narrow.Lo >= wide.Hi-wide.Lo {
		t.Errorf("clipped [%g, %g] is no narrower than [%g, %g]", narrow.Lo, narrow.Hi, wide.Lo, wide.Hi)
	}
}

// Policies differ where they do not do the same, repeats in any order.
func TestDiffer(t *testing.T) {
	a := Policy{[][]int32{{0, 1, 0, None}, {1, 1, 0, 0}}}
	b := Policy{[][]int32{{1, 1, 1, 0}, {0, 1, 0, 0}}}
	got := Differ(a, b)
	for i, want := range []bool{false, false, true, false} {
		if got[i] != want {
			t.Errorf("task %d: differ %v, want %v", i, got[i], want)
		}
	}
}
