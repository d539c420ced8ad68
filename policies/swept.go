package policies

// A Swept is a Config that can be tuned: it gives the same policy with its knob
// swept, and says under which key of the suite the knob stands.
type Swept interface {
	Config
	Swept() (config Config, key string)
	Knobbed(x float64) Config // with its knob at x
}

// Swept is the policy at all of its thresholds.
func (c *Threshold) Swept() (Config, string) {
	out := *c
	out.Threshold = KnobValue{}
	return &out, "threshold"
}

// Knobbed is the policy at one threshold.
func (c *Threshold) Knobbed(x float64) Config {
	out := *c
	out.Threshold = KnobValue{Value: x, Given: true}
	return &out
}
