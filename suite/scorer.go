package suite

// A Scorer says how well the score behind a threshold tells which tasks need the
// stronger model, on the reported rows. A task needed it where the weak model's
// quality is below the strong one's: where both are right, both wrong or equal in part, it did not.
type Scorer struct {
	Policy string `json:"policy"`
	Weak   string `json:"weak"`
	Strong string `json:"strong"`
	Split  string `json:"split"`
	N      int    `json:"n"` // tasks that have a score, and a quality of both models

	Needed           Interval    `json:"needed_strong"`     // share of tasks that needed it
	AUROC            Interval    `json:"auroc"`             // 0.5 says nothing
	AveragePrecision Interval    `json:"average_precision"` // the share that needed it says nothing
	Brier            Interval    `json:"brier"`             // this and what follows only for scores in [0,1]
	BrierVsBaseRate  Interval    `json:"brier_vs_base_rate"`
	ECE              Calibration `json:"ece"`             // over bins of equal mass
	ECEEqualWidth    Calibration `json:"ece_equal_width"` // over ten of equal width
	Bins             []Bin       `json:"bins"`            // those of equal mass

	Confusion *Confusion `json:"confusion"` // nil where the policy ran at no knob
	Warnings  []string   `json:"warnings,omitempty"`
}

// A Calibration is an expected calibration error, which is biased upwards: Noise is
// what a perfectly calibrated score would show on as many tasks, nil where it is not known.
type Calibration struct {
	Estimate Interval `json:"estimate"`
	Noise    *float64 `json:"noise"`
}

// A Bin is the tasks whose scores lie from Lo to Hi: what they claim on average, and the
// share of them that needed the stronger model.
type Bin struct {
	Lo     float64  `json:"lo"`
	Hi     float64  `json:"hi"`
	N      int      `json:"n"`
	Score  float64  `json:"score"`
	Needed Interval `json:"needed_strong"`
}

// A Confusion crosses which tasks needed the stronger model with which were sent to it,
// at the knob that the policy ran at.
type Confusion struct {
	Knob       []Number `json:"knob"`
	NeededSent int      `json:"needed_sent"`
	NeededKept int      `json:"needed_not_sent"`
	SpareSent  int      `json:"not_needed_sent"`
	SpareKept  int      `json:"not_needed_not_sent"`
	Sent       Interval `json:"sent"`      // share of tasks that were sent to it
	Precision  Interval `json:"precision"` // of those sent, the share that needed it
	Recall     Interval `json:"recall"`    // of those that needed it, the share sent
}
