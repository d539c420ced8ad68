package suite

// Checked is what a suite's checks came to.
type Checked struct {
	Schema   int       `json:"schema"`
	Run      string    `json:"run"`
	Baseline string    `json:"baseline"` // "" where there is none
	Dataset  string    `json:"dataset"`
	Tasks    int       `json:"tasks"`
	Overlap  int       `json:"overlap"` // tasks that the baseline has too
	Level    float64   `json:"level"`   // one-sided: of each verdict
	Checks   []Verdict `json:"checks"`
	New      []string  `json:"new_policies"`     // that the baseline does not have
	Missing  []string  `json:"missing_policies"` // that only the baseline has
	Warnings []string  `json:"warnings"`
	Passed   int       `json:"passed"`
	Failed   int       `json:"failed"`
	Open     int       `json:"undecided"`
	// OpenCounts is what an undecided check counts as, "pass" or "fail": the caller's choice.
	OpenCounts string `json:"undecided_counts_as,omitempty"`
	// OffPolicy says that estimates are from a log: say OFF-POLICY beside them.
	OffPolicy bool `json:"off_policy,omitempty"`
}

// A Verdict is one check decided.
type Verdict struct {
	Expr     string   `json:"expr"`
	Verdict  string   `json:"verdict"` // "pass", "fail" or "undecided"
	Why      string   `json:"why"`
	Estimate Interval `json:"estimate"` // of Left
	Left     string   `json:"left"`     // the metrics, brought to one side
	Op       string   `json:"op"`
	Bound    float64  `json:"bound"`
	Method   string   `json:"comparison"` // "paired", "unpaired and reweighted", "one run"
	// PassIfUnchanged is the chance that this check passes where nothing has changed: where a
	// policy is as good as that of the other run, and tasks go on to differ as often as they did;
	// of a check on one run alone, where the truth is what was found. PassRange is then the range of
	// it over the interval of what was found.
	PassIfUnchanged *float64  `json:"p_pass_if_unchanged"`
	PassRange       []float64 `json:"p_pass_range,omitempty"`
	// SmallestNoticed is the least change for the worse that fails the check, as named among
	// all of them, with 80 %: from no change or, for a check on one run alone, from the bound.
	SmallestNoticed *float64 `json:"smallest_noticed"`
	NoticedFrom     string   `json:"noticed_from,omitempty"` // "no change" or "the bound"
	Unknown         string   `json:"unknown,omitempty"`      // why one of the two is not known
	// PHolm is the one-sided p-value of a failure, adjusted for the number of checks.
	PHolm *float64 `json:"p_holm"`

	measured *measured // what it was decided on; nil where there was nothing
	atLeast  bool
}
