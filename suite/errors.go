package suite

import "fmt"

// An InputError is a mistake in what a person gave: a suite, a dataset, a flag.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }
func (e *InputError) Unwrap() error { return e.Err }

// Incomplete reports a run that is not whole: interrupted, or with more failures
// than the suite tolerates. What was done is kept.
type Incomplete struct {
	Run string // its id, "" if it was not kept
	Why string
}

func (e *Incomplete) Error() string { return e.Why }

// NoKnob reports that an objective was met by no knob of some policy or, where a
// certificate was asked for, that none could be certified.
type NoKnob struct {
	Policies    []string
	Certificate bool
}

func (e *NoKnob) Error() string {
	if e.Certificate {
		return fmt.Sprintf("no knob could be certified: %v", e.Policies)
	}
	return fmt.Sprintf("no knob meets the objective: %v", e.Policies)
}
