package suite

import (
	"fmt"

	"waymark/internal/claim"
)

// A Tuned is what tuning a policy found: the knob that the tune split chose, and
// what it does on the test split, which had no part in the choice. As JSON it is the
// calibration record, which goes wherever the knob goes.
type Tuned struct {
	Schema     int         `json:"schema"`
	Policy     string      `json:"policy"`
	Type       string      `json:"type"`
	Objective  string      `json:"objective"`
	Dataset    DatasetInfo `json:"dataset"`
	Suite      string      `json:"suite"`
	Version    string      `json:"version"`
	Commit     string      `json:"commit,omitempty"`
	Seed       uint64      `json:"seed"`
	Prices     string      `json:"prices"`
	Confidence float64     `json:"confidence"`
	Search     string      `json:"search"` // how the knobs were gone through, such as "exact: every distinct knob"

	// Frozen is the policy that a certificate is of, where parts of it are learned.
	Frozen *Fitted `json:"-"`

	KnobName string   `json:"knob_name"`
	Knob     []Number `json:"knob"` // empty where none meets the objective
	Split    string   `json:"split"`
	// SplitRule is how tasks were dealt to the two splits, in words.
	SplitRule string `json:"split_rule"`
	Tune      *Side  `json:"tune"` // where the knob was chosen: flattering
	Test      *Side  `json:"test"` // where it had no part in the choice; the same tasks where the suite does not split
	// Optimism is the quality on the tune split minus that on the test split.
	Optimism Interval `json:"optimism"`
	// Indistinguishable are the knobs around the chosen one whose quality on the tune
	// split does not differ from it.
	Indistinguishable *Range      `json:"indistinguishable"`
	Cheaper           *Neighbour  `json:"next_cheaper"` // what the constraint costs: nil where there is none
	Better            *Neighbour  `json:"next_better"`
	VsStrong          *Versus     `json:"vs_strong,omitempty"` // on the test split
	Saving            *Interval   `json:"saving_vs_strong,omitempty"`
	Conditions        []Condition `json:"conditions"`     // how each stands on the test split
	WorseSlices       []Slice     `json:"failure_slices"` // where the tuned policy is worse than strong, after Holm
	Guarantee         *Guarantee  `json:"guarantee"`
	Fallback          *string     `json:"fallback"`
	Coverage          float64     `json:"coverage"` // share of the test tasks that have what they need
	Warnings          []string    `json:"warnings"`
	Leakage           *Lint       `json:"leakage,omitempty"`
}

// A Side is a policy at the chosen knob on one split.
type Side struct {
	N       int      `json:"n"`
	Quality Interval `json:"quality"`
	Cost    Cost     `json:"cost_usd"`
	Share   Interval `json:"strong_share"` // of tasks sent to the stronger model
}

// A Range is a range of knobs. Of a policy of several cuts they are positions on the path of
// the best places for them, and the cuts there are told too.
type Range struct {
	Lo      Number   `json:"lo"`
	Hi      Number   `json:"hi"`
	LoKnobs []Number `json:"lo_knobs,omitempty"`
	HiKnobs []Number `json:"hi_knobs,omitempty"`
}

// A Neighbour is another point of the tune split's curve, against the chosen one.
type Neighbour struct {
	Knob    Number   `json:"knob"`
	Knobs   []Number `json:"knobs,omitempty"` // the cuts, of a policy of several
	Quality float64  `json:"quality"`
	Cost    float64  `json:"cost_usd"`
	Share   float64  `json:"strong_share"`
}

// A Condition is one of the objective's, at the chosen knob on the test split: the
// estimate of its left side minus its right, which is to be on the right side of 0.
type Condition struct {
	Text     string   `json:"text"`
	Margin   Interval `json:"margin"` // at least 0 where it is met
	Verdict  string   `json:"verdict"`
	AtTuning float64  `json:"at_tuning"` // the margin on the tune split

	claim claim.Claim
}

// A Slice is part of the tasks, with a paired difference there.
type Slice struct {
	Name  string   `json:"slice"`
	Value string   `json:"value"`
	N     int      `json:"n"`
	Diff  Interval `json:"quality_diff"`
	P     float64  `json:"p_holm"` // of the sign-flip test, adjusted by Holm
}

// A Guarantee says what was certified, or why nothing was.
type Guarantee struct {
	Asked     bool     `json:"asked"`
	Certified bool     `json:"certified"`
	Delta     float64  `json:"delta"`
	Form      string   `json:"form"`  // what holds, in words
	Start     float64  `json:"start"` // share to strong at which the sequence began
	Tested    int      `json:"tested"`
	PValue    *float64 `json:"p_value"`
	Needed    *float64 `json:"n_needed"` // units that would be needed; nil where none would do
	Seed      uint64   `json:"seed"`
	Units     int      `json:"units"`
	Reason    string   `json:"reason,omitempty"`
	// Uncertified says that the fallback misses the target itself.
	Uncertified bool `json:"uncertified,omitempty"`
	// Fitted is the digest of the policy's learned parts, which were fitted on the other half of the
	// tune split. The certificate is of this very policy: fitted again, it is another.
	Fitted string `json:"fitted,omitempty"`
}

// Headline is what a Tuned comes to, in one sentence.
func (t *Tuned) Headline() string {
	if len(t.Knob) == 0 {
		s := fmt.Sprintf("no knob of %s meets the objective", t.Policy)
		if t.Guarantee != nil {
			s = fmt.Sprintf("no knob of %s can be certified: %s", t.Policy, t.Guarantee.Reason)
		}
		if t.Fallback != nil {
			s += "; fall back on " + *t.Fallback
		}
		return s
	}
	knob := ""
	for i, x := range t.Knob {
		if i > 0 {
			knob += ", "
		}
		knob += fmt.Sprintf("%.6g", float64(x))
	}
	return fmt.Sprintf("%s at %s %s", t.Policy, t.KnobName, knob)
}
