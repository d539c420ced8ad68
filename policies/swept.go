package policies

// A Swept is a Config that can be tuned: it gives the same policy with its knob
// swept, and says under which key of the suite the knob stands.
type Swept interface {
	Config
	Swept() (config Config, key string)
}

// Swept is the policy at all of its thresholds.
func (c *Threshold) Swept() (Config, string) {
	out := *c
	out.Threshold = KnobValue{}
	return &out, "threshold"
}
