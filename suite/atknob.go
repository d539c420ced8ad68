package suite

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"waymark/internal/yamlfile"
	"waymark/policies"
)

// AtKnob adds to the suite the policy that "POLICY=KNOB" means: a copy at another
// knob, under that name. A name without = that is in the suite, or anything else, adds nothing.
func (s *Suite) AtKnob(arg string) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return nil
	}
	var knob []float64
	for part := range strings.SplitSeq(value, ",") {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(x) {
			return &InputError{fmt.Errorf("found %q, expected POLICY=KNOB with a number, or several with commas", arg)}
		}
		knob = append(knob, x)
	}
	var names []string
	for _, e := range s.Policies {
		if e.Name == arg {
			return nil
		}
		names = append(names, e.Name)
		if e.Name != name {
			continue
		}
		swept, ok := e.Config.(policies.Swept)
		if !ok {
			return &InputError{fmt.Errorf("found %q, but policy %q of type %s has no knob", arg, name, e.Type)}
		}
		config, err := swept.Knobbed(knob...)
		if err != nil {
			return &InputError{fmt.Errorf("found %q: %w", arg, err)}
		}
		e.Name, e.Config = arg, config
		s.Policies = append(s.Policies, e)
		return nil
	}
	msg := fmt.Sprintf("found policy %q, expected one of %v", name, names)
	if near := yamlfile.Nearest(name, names); near != "" {
		msg = fmt.Sprintf("found policy %q; did you mean %q?", name, near)
	}
	return &InputError{fmt.Errorf("%s", msg)}
}
