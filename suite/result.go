// Package suite is the front door of the library: it loads a suite, runs it and
// gives a Result.
package suite

import (
	"encoding/json"
	"time"

	"waymark/internal/stats"
	"waymark/policies"
)

// Schema is the version of a Result's JSON form.
const Schema = 1

// A Result is everything that a run found out. Package reports renders it and
// computes nothing; its JSON form is a contract. Quality is in the dataset's
// own units, costs in US dollars, latencies in milliseconds.
type Result struct {
	Schema     int            `json:"schema"`
	Run        RunInfo        `json:"run"`
	Dataset    DatasetInfo    `json:"dataset"`
	Split      string         `json:"split"`           // of the rows: "test", or "all" where the suite does not split
	Folds      int            `json:"folds,omitempty"` // where the suite cross-validates: each is decided by what was fitted and chosen on the others
	Confidence float64        `json:"confidence"`      // of every interval
	Policies   []PolicyRow    `json:"policies"`        // those of the suite, in its order
	Constants  []PolicyRow    `json:"constants"`       // every model of the pool on its own, by ascending cost
	Baselines  Baselines      `json:"baselines"`
	Frontier   []string       `json:"frontier"` // names of the rows and constants that none dominates, by ascending cost
	Hull       []string       `json:"hull"`     // those on its upper concave envelope
	Curves     []Curve        `json:"curves"`
	Scorers    []Scorer       `json:"scorers"` // of policies that choose between two models by a score
	Categories []CategoryRow  `json:"categories"`
	Warnings   []string       `json:"warnings"`
	Leakage    *Lint          `json:"leakage,omitempty"`
	Grading    []GradingCount `json:"grading"`
	OffPolicy  *OffPolicy     `json:"off_policy,omitempty"` // where the dataset is logged traffic
	// Hypervolume is of all policies and constants together; nil where costs are unknown.
	Hypervolume *Hypervolume `json:"hypervolume,omitempty"`
	ResultMeasures

	// Checked is what the suite's checks came to, where they were decided.
	Checked *Checked `json:"checked,omitempty"`
	// Incomplete says why the run is not whole, such as more failures than the suite tolerates: it may
	// neither pass a gate nor be held against. "" if it is whole.
	Incomplete string `json:"incomplete,omitempty"`
	evidence   *Evidence
}

// RunInfo is what is needed to repeat a run.
type RunInfo struct {
	ID        string    `json:"id"`
	Started   time.Time `json:"started"`
	Seconds   float64   `json:"seconds"`
	Suite     string    `json:"suite"` // path as given
	SuiteText string    `json:"suite_text"`
	Command   string    `json:"command"` // to repeat it, as one can paste it
	Version   string    `json:"version"`
	Commit    string    `json:"commit"`
	Machine   string    `json:"machine"`
	Seed      uint64    `json:"seed"`
	Prices    string    `json:"prices"` // which costs were used: "recorded", or the price book
	// Routers are those that were asked, and what the way to them takes.
	Routers []policies.Spoken `json:"routers,omitempty"`
}

// DatasetInfo is the provenance of a dataset.
type DatasetInfo struct {
	Name      string  `json:"name"`
	Version   string  `json:"version,omitempty"`
	Recorded  string  `json:"recorded,omitempty"` // when the responses were collected: a date or RFC 3339
	Digest    string  `json:"digest"`
	Licence   string  `json:"licence,omitempty"`
	Source    string  `json:"source,omitempty"`
	Kind      string  `json:"kind,omitempty"` // "logged" where it is a log of one response a task
	Synthetic bool    `json:"synthetic"`      // say SYNTHETIC wherever it is shown
	Tasks     int     `json:"tasks"`          // of the split that rows are of
	All       int     `json:"tasks_all"`      // in every split, after the filter
	Models    int     `json:"models"`
	QualityLo float64 `json:"quality_lo"`
	QualityHi float64 `json:"quality_hi"`
	Cells     int     `json:"cells"`      // responses recorded
	Holes     int     `json:"holes"`      // of tasks × models not recorded
	CostKnown bool    `json:"cost_known"` // false: costs are unknown, and charts show the share sent to the stronger model
}

// An Interval is an estimate as JSON: lo and hi are null where there is no
// interval, and then withheld says why.
type Interval stats.Estimate

// MarshalJSON writes {value, lo, hi, n, method, withheld}.
func (e Interval) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Value    *float64 `json:"value"`
		Lo       *float64 `json:"lo"`
		Hi       *float64 `json:"hi"`
		N        int      `json:"n"`
		Groups   int      `json:"groups,omitempty"`
		Method   string   `json:"method,omitempty"`
		Withheld string   `json:"withheld,omitempty"`
		Warnings []string `json:"warnings,omitempty"`
	}{finite(e.Value), finite(e.Lo), finite(e.Hi), e.N, e.Groups, e.Method, e.Withheld, e.Warnings})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Interval) UnmarshalJSON(b []byte) error {
	var v struct {
		Value, Lo, Hi    *float64
		N, Groups        int
		Method, Withheld string
		Warnings         []string
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*e = Interval{
		Value: orNaN(v.Value), Lo: orNaN(v.Lo), Hi: orNaN(v.Hi), N: v.N, Groups: v.Groups,
		Method: v.Method, Withheld: v.Withheld, Warnings: v.Warnings,
	}
	return nil
}

// Cost is what a policy spends, in US dollars.
type Cost struct {
	Known   bool     `json:"known"`
	Total   float64  `json:"total"`
	PerTask Interval `json:"per_task"`
}

// Versus is a paired comparison: this row minus another.
type Versus struct {
	Name    string   `json:"name"`
	Quality Interval `json:"quality"`
	Cost    Interval `json:"cost_usd"`
}

// AgainstConstants is a policy against the hull of the constants at equal cost.
type AgainstConstants struct {
	Versus
	// Verdict is better, worse, "no difference found", "the same" or "not compared", by intervals that hold for all policies of the
	// result together (Bonferroni).
	Verdict string `json:"verdict"`
}

// A PolicyRow is one policy at one knob on one split.
type PolicyRow struct {
	Name    string             `json:"name"`
	Type    string             `json:"type"`
	Knob    []Number           `json:"knob"` // empty for a policy without one
	Split   string             `json:"split"`
	N       int                `json:"n"`
	Quality Interval           `json:"quality"`
	Cost    Cost               `json:"cost_usd"`
	Latency Quantiles          `json:"latency_ms"`
	Calls   int                `json:"calls"`
	Mix     map[string]float64 `json:"mix"`    // share of tasks answered by each model
	Holes   int                `json:"holes"`  // tasks that needed a response that is not recorded
	Failed  int                `json:"failed"` // tasks that got no answer for another reason
	// CostLowerBound is for how many decisions it is not recorded what the router itself cost.
	CostLowerBound  int     `json:"cost_lower_bound,omitempty"`
	VsBestConstant  *Versus `json:"vs_best_constant"`
	VsMatchedRandom *Versus `json:"vs_matched_random"` // of a policy that makes calls of its own, against a mixture of constants at equal cost; nil where there is none
	// VsConstants holds it against the mixture of two constants that costs as much, which is what a
	// router that knows nothing can reach; nil where costs are not known.
	VsConstants *AgainstConstants `json:"vs_constants,omitempty"`
	Metrics     map[string]Metric `json:"metrics"` // apgr, cpt50, cpt80, aiq, …: see docs/metrics.md
	OnFrontier  bool              `json:"on_frontier"`
	OffPolicy   *OffPolicyRow     `json:"off_policy,omitempty"` // where the row is estimated from a log
	Warnings    []string          `json:"warnings,omitempty"`
	RowMeasures
}

// A Metric is a named number of a policy: with its interval or the reason that
// it has none, or not reached at all.
type Metric struct {
	Interval   Interval `json:"estimate"`
	NotReached bool     `json:"not_reached,omitempty"`
	Unit       string   `json:"unit,omitempty"`
}

// Baselines are computed over the matrix. They are not policies, since a policy
// cannot see grades.
type Baselines struct {
	BestConstant   Baseline  `json:"best_constant"` // chosen on the tune split
	PerCategory    *Baseline `json:"per_category_best,omitempty"`
	Oracle         *Baseline `json:"oracle,omitempty"`             // unsolved tasks cost their cheapest call
	OracleZeroCost *Baseline `json:"oracle_routerbench,omitempty"` // unsolved tasks cost nothing
	// OracleCross is selected by one response and scored by the others; nil where no task has several.
	OracleCross *Baseline `json:"oracle_cross,omitempty"`
	// Verifiers are cascades that know the grade of every answer that they got, of the models of each cascade and
	// of each pair in use.
	Verifiers       []PerfectVerifier `json:"perfect_verifier,omitempty"`
	Random          *Baseline         `json:"random,omitempty"`       // uniform over the pool, in expectation
	RandomLine      []Point           `json:"random_line,omitempty"`  // mixtures of the cheapest and the best constant
	InSample        bool              `json:"in_sample"`              // chosen on the rows that are reported: flagged
	OracleTasksUsed int               `json:"oracle_tasks,omitempty"` // tasks on which every model is recorded
}

// A Baseline is a reference point.
type Baseline struct {
	Name    string   `json:"name"`
	Quality Interval `json:"quality"`
	Cost    Cost     `json:"cost_usd"`
	Note    string   `json:"note,omitempty"`
}

// A Curve is the exact sweep of a policy's knob, on one split.
type Curve struct {
	Policy   string  `json:"policy"`
	KnobName string  `json:"knob_name"`
	Rising   bool    `json:"rising"` // raising the knob sends more to the stronger model
	Weak     string  `json:"weak,omitempty"`
	Strong   string  `json:"strong,omitempty"`
	Split    string  `json:"split"`
	N        int     `json:"n"`
	Distinct int     `json:"distinct"` // knobs that decide differently; Points may be thinned
	Points   []Point `json:"points"`
	Band     *Band   `json:"band,omitempty"` // nil where no point has enough tasks on either side
	// Metrics sum the curve up; a policy that has a row has them there too.
	Metrics  map[string]Metric `json:"metrics"`
	Matches  []Match           `json:"matches,omitempty"` // against models and policies, at equal quality and at equal cost
	Versus   []Rival           `json:"versus,omitempty"`  // other swept policies between the same two models
	Warnings []string          `json:"warnings,omitempty"`
}

// A Point is one operating point. Its knob holds up to the next point's.
type Point struct {
	Knob        Number  `json:"knob"`
	Quality     float64 `json:"quality"`
	Cost        float64 `json:"cost"`         // USD per task; meaningless unless the dataset's cost is known
	StrongShare float64 `json:"strong_share"` // of tasks answered by the stronger model, [0,1]; -1 where there is no single stronger model
	QualityLo   *Number `json:"quality_lo,omitempty"`
	QualityHi   *Number `json:"quality_hi,omitempty"`
	CostLo      *Number `json:"cost_lo,omitempty"`
	CostHi      *Number `json:"cost_hi,omitempty"`
	// The band that holds over all points together; the ends above hold at one.
	QualityBandLo *Number `json:"quality_band_lo,omitempty"`
	QualityBandHi *Number `json:"quality_band_hi,omitempty"`
	CostBandLo    *Number `json:"cost_band_lo,omitempty"`
	CostBandHi    *Number `json:"cost_band_hi,omitempty"`
}

// A Band is how a curve's simultaneous band was made: value ± critical · standard error.
type Band struct {
	QualityCritical float64  `json:"quality_critical"`
	CostCritical    *float64 `json:"cost_critical"`
	Points          int      `json:"points"` // of the exact curve that it is over
	Replicates      int      `json:"replicates"`
}

// A CategoryRow is one category: every policy and constant in it.
type CategoryRow struct {
	Category string         `json:"category"`
	N        int            `json:"n"`
	Cells    []CategoryCell `json:"cells"`
	Warning  string         `json:"warning,omitempty"` // of few tasks
}

// A CategoryCell is one policy in one category.
type CategoryCell struct {
	Policy  string   `json:"policy"`
	Quality Interval `json:"quality"`
	Cost    Interval `json:"cost_usd"`
}

// A GradingCount says which grader judged how many responses and what came of it.
type GradingCount struct {
	Grader   string `json:"grader"` // name@version and configuration
	Graded   int    `json:"graded"`
	NoAnswer int    `json:"no_answer"`
	Failed   int    `json:"failed"`
}
