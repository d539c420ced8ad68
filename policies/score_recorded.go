package policies

import (
	"context"
	"math"

	"waymark"
)

// RecordedScore rates a query by the score that another router gave it. A query
// without one cannot be rated. What the router spent is charged.
type RecordedScore struct {
	Policy string `yaml:"policy" json:"policy" doc:"the router's name in decisions.jsonl"`
}

// Build makes the scorer.
func (c *RecordedScore) Build(in Inputs) (Scorer, error) {
	vs, err := in.verdicts(c.Policy)
	if err != nil {
		return nil, err
	}
	for _, v := range vs {
		if !math.IsNaN(v.Score) {
			return recordedScore{spending{vs}}, nil
		}
	}
	return nil, fieldf([]any{"policy"}, "the recorded decisions of %q have no score; use it as a policy: {type: recorded, policy: %s}", c.Policy, c.Policy)
}

type recordedScore struct{ spending }

func (s recordedScore) Score(_ context.Context, qs *waymark.Queries, out []float64) error {
	for i, id := range qs.IDs {
		v, ok := s.verdicts[id]
		if !ok {
			v.Score = math.NaN()
		}
		out[i] = v.Score
	}
	return nil
}
