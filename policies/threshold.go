package policies

import (
	"context"
	"fmt"
	"math"

	"waymark"
)

// Threshold asks the strong model where a score is at least the threshold and
// the weak model elsewhere. Its knob is the threshold.
type Threshold struct {
	Scorer    AnyScorer       `yaml:"scorer" json:"scorer" doc:"what rates a query; higher means more need of the strong model"`
	Weak      waymark.ModelID `yaml:"weak" json:"weak" doc:"the model below the threshold"`
	Strong    waymark.ModelID `yaml:"strong" json:"strong" doc:"the model at or above the threshold"`
	Threshold KnobValue       `yaml:"threshold" json:"threshold" doc:"a number, or sweep"`
}

// Build makes the policy.
func (c *Threshold) Build(in Inputs) (waymark.Policy, error) {
	if err := in.model(c.Weak, "weak"); err != nil {
		return nil, err
	}
	if err := in.model(c.Strong, "strong"); err != nil {
		return nil, err
	}
	if c.Weak == c.Strong {
		return nil, fieldf([]any{"strong"}, "found the same model %q as weak and strong, expected two", c.Weak)
	}
	s, err := c.Scorer.build(in, c.Weak, c.Strong)
	if err != nil {
		return nil, err
	}
	// The weaker model stands first, so that reasons and arms read from cheap to dear.
	p := &threshold{scored: scored{s}, weak: c.Weak, strong: c.Strong, at: c.Threshold.Value}
	if c.Threshold.Given {
		return waymark.OneShot{Selector: p}, nil
	}
	p.at = math.Inf(-1)
	return waymark.OneShotSweep{StepSelector: p}, nil
}

type threshold struct {
	scored
	weak, strong waymark.ModelID
	at           float64
}

// The arms and reasons of a threshold, by position.
const (
	toWeak = iota
	toStrong
	badScore
)

func (p *threshold) Arms() []waymark.ModelID { return []waymark.ModelID{p.weak, p.strong} }

func (p *threshold) Reasons() []string {
	return []string{"score below the threshold", "score at or above the threshold", noScore}
}

func (p *threshold) Knob() waymark.Knob {
	return waymark.Knob{Name: "threshold", Lo: math.Inf(-1), Hi: math.Inf(1), Weak: p.weak, Strong: p.strong}
}

func (p *threshold) At(x float64) waymark.Selector {
	q := *p
	q.at = x
	return &q
}

func (p *threshold) Select(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick) error {
	return p.each(ctx, qs, picks, func(score float64) waymark.Pick {
		if score >= p.at {
			return waymark.Pick{Arm: toStrong, Reason: toStrong, Signal: score}
		}
		return waymark.Pick{Arm: toWeak, Reason: toWeak, Signal: score}
	}, badScore)
}

// Steps are strong up to and including the score, weak above it.
func (p *threshold) Steps(ctx context.Context, qs *waymark.Queries) (*waymark.Steps, error) {
	n := qs.Len()
	s := &waymark.Steps{
		Start: make([]int, 1, n+1), Pick: make([]waymark.Pick, n),
		From: make([]float64, 0, 2*n), Arm: make([]int32, 0, 2*n),
	}
	if err := p.Select(ctx, qs, s.Pick); err != nil {
		return nil, err
	}
	for _, pick := range s.Pick {
		if pick.Arm != waymark.NoArm {
			s.From = append(s.From, math.Inf(-1), math.Nextafter(pick.Signal, math.Inf(1)))
			s.Arm = append(s.Arm, toStrong, toWeak)
		}
		s.Start = append(s.Start, len(s.From))
	}
	return s, nil
}

// String tells the policy for a person.
func (p *threshold) String() string {
	return fmt.Sprintf("%s at or above %g, else %s", p.strong, p.at, p.weak)
}
