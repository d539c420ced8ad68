package offpolicy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// groupedLog is groups of five tasks that share part of their difficulty. Hard tasks
// have greater sampling weights, and are sent to the better action more often.
func groupedLog(rng *rand.Rand, groups int) (l *Log, values []float64, p Policy, truth, total float64) {
	l, p = &Log{Actions: 2}, Policy{[][]int32{nil}}
	for g := range groups {
		shared := rng.NormFloat64()
		for range 5 {
			hard := 0.5 * math.Erfc(-(0.7*rng.NormFloat64()+0.7*shared)/math.Sqrt2)
			q := [2]float64{0.9 - 0.7*hard, 0.9 - 0.2*hard}
			chance, a, w := 0.2+0.6*hard, int32(0), 0.5+2*hard
			if rng.Float64() < chance {
				a = 1
			} else {
				chance = 1 - chance
			}
			y, does := 0.0, int32(0)
			if rng.Float64() < q[a] {
				y = 1
			}
			if hard > 0.6 {
				does = 1
			}
			truth, total = truth+w*q[does], total+w
			l.Action, l.Propensity, l.Strata = append(l.Action, a), append(l.Propensity, chance), append(l.Strata, int32(3*hard))
			l.Weights, l.Groups, l.Keys = append(l.Weights, w), append(l.Groups, int32(g)), append(l.Keys, keyOf(g))
			values, p.Chosen[0] = append(values, y), append(p.Chosen[0], does)
		}
	}
	return l, values, p, truth, total
}

// Groups and sampling weights are carried through: coverage by simulation, where an
// interval that takes tasks for independent falls short.
func TestGroupsAndWeightsCover(t *testing.T) {
	const draws, groups, confidence = 600, 80, 0.95
	_, _, _, sum, total := groupedLog(rand.New(rand.NewPCG(1, 1)), 100_000)
	truth := sum / total
	var covered, own, alone float64
	for d := range draws {
		l, values, p, _, _ := groupedLog(rand.New(rand.NewPCG(uint64(d), 3)), groups)
		o := l.Outcome(values, l.Support())
		if o.Overlap(p, confidence).Refusal() != Told {
			t.Fatalf("draw %d is refused", d)
		}
		c := o.Robust(p)
		if e := o.Mean(c, confidence); e.Groups != groups {
			t.Fatalf("%d units, want %d", e.Groups, groups)
		} else if e.Lo <= truth && truth <= e.Hi {
			covered++
		}
		apart := *l
		apart.Groups = nil
		apart.Keys = nil
		for i := range l.Action {
			apart.Keys = append(apart.Keys, keyOf(i))
		}
		oa := apart.Outcome(values, apart.Support())
		if e := oa.Mean(oa.Robust(p), confidence); e.Lo <= truth && truth <= e.Hi {
			alone++
		}
		if e := o.Mean(o.Logged(), confidence); e.Groups == groups {
			own++
		}
	}
	low := confidence - 3*math.Sqrt(confidence*(1-confidence)/draws)
	if covered/draws < low {
		t.Errorf("covers %.3f, less than %.3f", covered/draws, low)
	}
	if alone >= covered {
		t.Errorf("tasks taken for independent cover %.3f, by groups %.3f: the case is too easy to tell them apart", alone/draws, covered/draws)
	}
	if own < draws {
		t.Errorf("the logger's own mean has other units in %g draws", draws-own)
	}
}
