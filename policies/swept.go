package policies

import "fmt"

// A Swept is a Config that can be tuned: it gives the same policy with its knob
// swept, and says under which key of the suite the knob stands.
type Swept interface {
	Config
	Swept() (config Config, key string)
	// Knobbed is the policy with its knob there; several numbers for one of several cuts.
	Knobbed(knob ...float64) (Config, error)
}

// Swept is the policy at all of its thresholds.
func (c *Threshold) Swept() (Config, string) {
	out := *c
	out.Threshold = KnobValue{}
	return &out, "threshold"
}

// Knobbed is the policy at one threshold.
func (c *Threshold) Knobbed(knob ...float64) (Config, error) {
	if len(knob) != 1 {
		return nil, fmt.Errorf("found %d numbers, expected one threshold", len(knob))
	}
	out := *c
	out.Threshold = KnobValue{Value: knob[0], Given: true}
	return &out, nil
}

// Swept is the policy at all of its cuts.
func (c *Tiers) Swept() (Config, string) {
	out := *c
	out.Cuts = CutsValue{}
	return &out, "cuts"
}

// Knobbed is the policy at other cuts.
func (c *Tiers) Knobbed(knob ...float64) (Config, error) {
	out := *c
	out.Cuts = At(knob...)
	if err := out.checkCuts(knob); err != nil {
		return nil, err
	}
	return &out, nil
}
