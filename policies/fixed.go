package policies

import (
	"context"
	"math"

	"waymark"
)

// Fixed always asks the same model.
type Fixed struct {
	Model waymark.ModelID `yaml:"model" json:"model" doc:"the model that answers everything"`
}

// Build makes the policy.
func (c *Fixed) Build(in Inputs) (waymark.Policy, error) {
	if err := in.model(c.Model, "model"); err != nil {
		return nil, err
	}
	return waymark.OneShot{Selector: fixed{c.Model}}, nil
}

type fixed struct{ model waymark.ModelID }

func (f fixed) Arms() []waymark.ModelID { return []waymark.ModelID{f.model} }

func (f fixed) Reasons() []string { return []string{"always " + string(f.model)} }

func (f fixed) Select(_ context.Context, _ *waymark.Queries, picks []waymark.Pick) error {
	for i := range picks {
		picks[i] = waymark.Pick{Signal: math.NaN()}
	}
	return nil
}
