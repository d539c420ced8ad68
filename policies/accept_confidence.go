package policies

import (
	"context"
	"errors"

	"waymark"
)

// AcceptConfidence gives the confidence that the model had in its answer, as it is
// recorded: in [0,1], the geometric mean of its tokens' probabilities or a number that
// the model gave. An answer without one cannot be rated.
type AcceptConfidence struct{}

// Build makes the acceptor.
func (*AcceptConfidence) Build(Inputs, []waymark.ModelID) (Acceptor, error) {
	return acceptConfidence{}, nil
}

type acceptConfidence struct{}

func (acceptConfidence) Accept(_ context.Context, _ *waymark.Trial, c waymark.Call) (float64, error) {
	if !c.Confidence.Known {
		return 0, errors.New("the acceptor reads the model's confidence, and none is recorded (confidence or logprob in responses.jsonl)")
	}
	return c.Confidence.Value, nil
}
