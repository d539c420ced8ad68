package tune

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Bounded is a condition E[X] ≥ 0 on independent units, X in [Lo, Hi].
type Bounded struct {
	Lo, Hi float64
	// At is X of every unit at a knob, in an order that no X decides.
	At func(knob float64) ([]float64, error)
	// Binary says that X is 0 or 1 less the target −Lo: then the test is the exact
	// binomial one, which needs fewer units than betting.
	Binary bool
}

// pValue tests E[X] ≤ 0, the condition not being met.
func (b *Bounded) pValue(x []float64, delta float64) float64 {
	if !b.Binary || b.Lo >= 0 {
		return Betting(x, b.Lo, b.Hi, delta)
	}
	ones := 0.0
	for _, v := range x {
		if v > 0 {
			ones++
		}
	}
	n := float64(len(x))
	if ones == 0 {
		return 1
	}
	return distuv.Binomial{N: n, P: -b.Lo}.Survival(ones - 1)
}

// A Certificate is what a sequence of tests came to.
type Certificate struct {
	Certified bool
	Passed    []float64 // the knobs that were: with probability 1 − δ all of them meet the conditions
	Tested    int       // knobs
	PValue    float64   // of the last that was, or of the first if none was
	Next      float64   // of the one after it, which was not; NaN where there is none
	Needed    float64   // units that the first knob that failed would need; +Inf if none would do; NaN if all passed
	Short     int       // the condition that failed there; -1 if none
}

// Certify walks a path of knobs, fixed beforehand, from the safe end on, and stops at the
// first at which some condition's test does not reach delta. Fixed-sequence testing
// needs no correction for the number of knobs, nor an intersection-union test one for the number of
// conditions: the chance that any of the certified knobs misses any condition is at most delta, so that
// any of them may be taken
// (Maurer, Hothorn and Lehmacher 1995; Berger 1982; Angelopoulos and others 2022).
func Certify(path []float64, conditions []Bounded, delta float64) (Certificate, error) {
	c := Certificate{Needed: math.NaN(), Short: -1, PValue: 1, Next: math.NaN()}
	for i, knob := range path {
		c.Tested++
		p := 0.0 // the greatest over the conditions
		for j := range conditions {
			x, err := conditions[j].At(knob)
			if err != nil {
				return c, err
			}
			one := conditions[j].pValue(x, delta)
			p = math.Max(p, one)
			if one > delta && c.Short < 0 {
				c.Short, c.Needed = j, Needed(x, conditions[j].Lo, delta)
			}
		}
		if p > delta {
			c.Next = p
			if i == 0 {
				c.PValue = p
			}
			return c, nil
		}
		c.PValue = p
		c.Certified, c.Passed = true, append(c.Passed, knob)
	}
	return c, nil
}

// Path is the knobs at which shares of the breakpoints, from start downwards in even steps,
// lie above the knob: those tasks are still with the stronger model. Each is the simplest number
// between two breakpoints; of tied ones all are above. Breakpoints, which hold no grade, must be of
// other units than those that are tested.
func Path(breakpoints []float64, start float64, steps int) []float64 {
	sorted := slices.Clone(breakpoints)
	slices.Sort(sorted)
	var out []float64
	n := len(sorted)
	for k := 0; k <= steps && n > 0; k++ {
		share := start * (1 - float64(k)/float64(steps))
		at := n - int(math.Round(share*float64(n)))
		knob := Simplest(sorted[n-1], sorted[n-1]+math.Max(math.Abs(sorted[n-1]), sorted[n-1]-sorted[0])*1e-3)
		if at < n {
			first, _ := slices.BinarySearch(sorted, sorted[at])
			knob = math.Inf(-1)
			if first > 0 {
				knob = Simplest(sorted[first-1], math.Nextafter(sorted[first], math.Inf(-1)))
			}
		}
		if len(out) == 0 || knob > out[len(out)-1] {
			out = append(out, knob)
		}
	}
	return out
}
