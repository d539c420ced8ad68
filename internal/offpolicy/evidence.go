package offpolicy

import "math"

// How much a log must show.
const (
	// Claimed is the effective sample size per action from which on intervals claim
	// their nominal coverage; below it they carry a warning.
	Claimed = 100
	// Enough is the effective sample size below which the log shows too little of an
	// action.
	Enough = 20
	// Unshown is the share of a policy's decisions that may go to actions of which
	// the log shows too little.
	Unshown = 0.05
	// farOff is how many standard errors the mean weight may be off 1.
	farOff = 5
)

// A Refusal is why the log does not tell what a policy would have done.
type Refusal int

// The refusals.
const (
	Told       Refusal = iota // the log tells
	Undecided                 // the policy decides on no task
	NoSupport                 // it acts where the log cannot have shown what comes of it
	OffWeights                // its mean weight is not 1: it looks at what the log chose, or propensities are wrong
	TooLittle                 // the log shows too little of what it does
)

// Refusal judges the evidence. Where nothing is weighted (every supported task counts
// as it is, as those on which a policy agrees with a deterministic log do) a mean of
// any size is one.
func (o *Overlap) Refusal() Refusal {
	switch {
	case o.N == 0:
		return Undecided
	case o.Without > 0:
		return NoSupport
	case math.Abs(o.T) > farOff:
		return OffWeights
	case !o.Plain && o.Little() > Unshown:
		return TooLittle
	}
	return Told
}

// Little is the share of the policy's decisions that go to actions of which the log
// shows too little.
func (o *Overlap) Little() (share float64) {
	for _, a := range o.Actions {
		if a.ESS < Enough {
			share += a.Share
		}
	}
	return share
}

// Thin are the actions of which the log shows less than coverage is claimed from.
func (o *Overlap) Thin() (out []ActionOverlap) {
	for _, a := range o.Actions {
		if !o.Plain && a.ESS < Claimed {
			out = append(out, a)
		}
	}
	return out
}

// On is the policy on some tasks only: elsewhere it makes no decision.
func (p Policy) On(tasks []bool) Policy {
	var out Policy
	for _, chosen := range p.Chosen {
		some := make([]int32, len(chosen))
		for i, a := range chosen {
			some[i] = None
			if tasks[i] {
				some[i] = a
			}
		}
		out.Chosen = append(out.Chosen, some)
	}
	return out
}

// Differ are the tasks on which both policies decide and do not do the same.
func Differ(a, b Policy) []bool {
	out := make([]bool, len(a.Chosen[0]))
	for i := range out {
		if !a.decides(i) || !b.decides(i) {
			continue
		}
		for _, chosen := range a.Chosen {
			if x := chosen[i]; math.Abs(a.share(x, i)-b.share(x, i)) > 1e-12 {
				out[i] = true
			}
		}
	}
	return out
}
