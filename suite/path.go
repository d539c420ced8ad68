package suite

import (
	"context"
	"math"

	"waymark"
)

// A path is a policy of several cuts as one of a single knob: the position on a list of
// places for its cuts. What is said of a knob (its curve, its band, what lies beside the chosen point,
// a certified sequence) is then said of it too.
type path struct {
	waymark.CutSelector
	cuts [][]float64 // by position; at the first everything goes to the strongest tier
}

// Knob is the position.
func (p *path) Knob() waymark.Knob {
	tiers := p.Tiers()
	return waymark.Knob{Name: "position", Lo: 0, Hi: float64(len(p.cuts) - 1), Strong: p.Arms()[tiers[len(tiers)-1]]}
}

// At is the policy with its cuts as they are at a position.
func (p *path) At(x float64) waymark.Selector { return p.AtCuts(p.at(x)) }

func (p *path) at(x float64) []float64 { return placeAt(p.cuts, x) }

// placeAt is the place at a position.
func placeAt(places [][]float64, x float64) []float64 {
	return places[int(math.Max(0, math.Min(float64(len(places)-1), math.Floor(x))))]
}

// Charge is what the scorer spends.
func (p *path) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	if c, ok := p.CutSelector.(waymark.Charger); ok {
		c.Charge(qs, spent)
		return
	}
	for i := range spent {
		spent[i] = waymark.Spending{Cost: waymark.Paid(0)}
	}
}

// Steps are the arms of each query along the path.
func (p *path) Steps(ctx context.Context, qs *waymark.Queries) (*waymark.Steps, error) {
	n := qs.Len()
	s := &waymark.Steps{Start: make([]int, 1, n+1), Pick: make([]waymark.Pick, n)}
	if err := p.Select(ctx, qs, s.Pick); err != nil {
		return nil, err
	}
	tiers := p.Tiers()
	for _, pick := range s.Pick {
		if pick.Arm != waymark.NoArm {
			last := int32(waymark.NoArm)
			for position, cuts := range p.cuts {
				if arm := tiers[reached(cuts, pick.Signal)]; arm != last {
					s.From, s.Arm = append(s.From, float64(position)), append(s.Arm, arm)
					last = arm
				}
			}
		}
		s.Start = append(s.Start, len(s.From))
	}
	return s, nil
}

// reached is how many ascending cuts a score reaches.
func reached(cuts []float64, score float64) int {
	n := 0
	for n < len(cuts) && score >= cuts[n] {
		n++
	}
	return n
}
