package policies

import (
	"context"
	"math"
	"slices"

	"waymark"
)

// sweptCascade is a cascade of one bar for all stages, which is its knob.
type sweptCascade struct{ *cascade }

// Knob is the bar. Raising it sends more to the last model. Under a budget the upper end is
// not one model.
func (p sweptCascade) Knob() waymark.Knob {
	k := waymark.Knob{Name: "bar", Lo: math.Inf(-1), Hi: math.Inf(1), Rising: true, Weak: p.models[0]}
	if p.budget == nil {
		k.Strong = p.models[len(p.models)-1]
	}
	return k
}

// At is the cascade with its bar at x.
func (p sweptCascade) At(x float64) waymark.Policy {
	return p.at(slices.Repeat([]float64{x}, len(p.models)-1))
}

// Profile asks every model but the last, whose call it names. A query stops at a stage
// for bars up to and including its score there, as long as no stage before stops it: only
// scores above all before make a step.
func (p sweptCascade) Profile(ctx context.Context, t *waymark.Trial) (waymark.Profile, error) {
	rungs, err := p.climb(ctx, t, func(int, float64) bool { return false }, true)
	if err != nil {
		return nil, err
	}
	var prof waymark.Profile
	from := math.Inf(-1)
	for _, r := range rungs {
		if len(prof) > 0 && r.Score < from {
			continue
		}
		seg := r.Segment
		seg.From = from
		prof = append(prof, seg)
		from = math.Nextafter(r.Score, math.Inf(1))
	}
	return prof, nil
}

// stagedCascade is a cascade of one bar for each stage.
type stagedCascade struct{ *cascade }

// Stages are the models.
func (p stagedCascade) Stages() []waymark.ModelID { return p.models }

// AtBars is the cascade with its bars there.
func (p stagedCascade) AtBars(bars []float64) waymark.Policy { return p.at(bars) }

// Climb asks every model but the last, whose call it names.
func (p stagedCascade) Climb(ctx context.Context, t *waymark.Trial) ([]waymark.Rung, error) {
	return p.climb(ctx, t, func(int, float64) bool { return false }, true)
}
