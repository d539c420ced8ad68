package leakage

import "math"

// LeastMass is the share of tasks with one and the same score from which a knob that
// stands on that score is worth a word.
const LeastMass = 0.05

// A Standing is where a knob stands among the scores that it decides by: scores at or
// above it go to the stronger side.
type Standing struct {
	N        int     // finite scores
	Lo, Hi   float64 // the least and the greatest
	OnTie    int     // scores that equal the knob
	Below    int     // scores below it
	OneSided bool    // all scores are on one side of it
}

// Stand places a knob.
func Stand(scores []float64, knob float64) Standing {
	s := Standing{Lo: math.Inf(1), Hi: math.Inf(-1)}
	for _, x := range scores {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		s.N++
		s.Lo, s.Hi = math.Min(s.Lo, x), math.Max(s.Hi, x)
		s.OnTie += count(x == knob)
		s.Below += count(x < knob)
	}
	s.OneSided = s.N > 0 && (s.Below == 0 || s.Below == s.N)
	return s
}
