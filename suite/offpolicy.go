package suite

import "math"

// OffPolicy says how numbers came about that nobody observed: they are estimated from
// the log of one router, which answered each task once. Where a Result has one, every
// number of a policy or model is of this kind: say OFF-POLICY wherever they are shown.
type OffPolicy struct {
	Logger       string   `json:"logger"`       // the policy that made the log
	Estimator    string   `json:"estimator"`    // of the headline: "doubly robust"
	Propensities string   `json:"propensities"` // "of all models", "of the model chosen", or "of all models on N of M tasks"
	Least        float64  `json:"least_propensity"`
	Certain      bool     `json:"certain"` // every propensity is 1: the log tells only of tasks on which a policy agrees with it
	Clip         *float64 `json:"clip"`    // the most that 1/propensity may be; null: nothing is clipped
	Folds        int      `json:"folds"`   // that the outcome models are cross-fitted over
	Claimed      float64  `json:"ess_claimed"`
	Unscored     int      `json:"unscored"` // logged responses without a score
	// Value is the logging policy itself: the plain mean of what was logged, without weights.
	Value   LoggerRow `json:"logger_value"`
	Refused []Refused `json:"refused"`
	Absent  []Absent  `json:"absent"`
}

// A LoggerRow is the policy that made the log.
type LoggerRow struct {
	Quality Interval           `json:"quality"`
	Cost    Cost               `json:"cost_usd"`
	Latency Quantiles          `json:"latency_ms"`
	Mix     map[string]float64 `json:"mix"`
}

// A Refused is a policy or model of which the log does not tell.
type Refused struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// An Absent is what a matrix has and a log cannot give.
type Absent struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// An OffPolicyRow is the evidence behind one row.
type OffPolicyRow struct {
	Refused string `json:"refused,omitempty"` // why there is no estimate; "" if there is one
	Own     bool   `json:"own,omitempty"`     // it is the logging policy itself: nothing is weighted
	// Estimators are all of them, by name: dr (the headline), snips and ips.
	Estimators map[string]Estimated `json:"estimators"`
	ESS        float64              `json:"ess"` // effective sample size
	MeanWeight Interval             `json:"mean_weight"`
	Overlap    []ModelOverlap       `json:"overlap"`
	Clipped    int                  `json:"clipped"`
	ClippedBy  float64              `json:"clipped_by"` // of the mean weight, what clipping takes away
	VsLogger   *Versus              `json:"vs_logger,omitempty"`
	// Told are the tasks of which the log does tell, where it does not of all of them.
	Told *Told `json:"told,omitempty"`
}

// Estimated is one estimator's quality and cost.
type Estimated struct {
	Quality Interval `json:"quality"`
	Cost    Interval `json:"cost_usd"`
}

// A ModelOverlap is one model that a policy sends tasks to.
type ModelOverlap struct {
	Model   string   `json:"model"`
	Share   float64  `json:"share"`            // of the policy's decisions
	Covered float64  `json:"covered"`          // of those, where the log may have chosen the model
	Exact   bool     `json:"exact"`            // covered is known from propensities, and not estimated from where the model was chosen
	Logged  int      `json:"logged"`           // tasks on which the log chose the model
	Matched int      `json:"matched"`          // tasks on which both did, with a score
	Least   *float64 `json:"least_propensity"` // among the matched
	ESS     float64  `json:"ess"`
}

// Told is a policy on part of the tasks: not the policy's quality or cost.
type Told struct {
	N       int      `json:"n"`
	Share   float64  `json:"share"` // of the tasks on which the policy decides
	Quality Interval `json:"quality"`
	Cost    Interval `json:"cost_usd"`
	Agree   bool     `json:"agree"` // on each of them policy and log chose the same, with certainty: plain means
	Why     string   `json:"why,omitempty"`
}

// An OffPolicySpec says how a log is weighted.
type OffPolicySpec struct {
	Clip float64 `yaml:"clip" json:"clip,omitempty" doc:"the most that 1/propensity may be, at least 1; default: nothing is clipped"`
}

func (o *OffPolicySpec) check(s *Suite) error {
	if o != nil && o.Clip != 0 && !(o.Clip >= 1 && o.Clip < math.Inf(1)) {
		return s.errorf([]any{"off_policy", "clip"}, "found %g, expected a finite number of at least 1", o.Clip)
	}
	return nil
}
