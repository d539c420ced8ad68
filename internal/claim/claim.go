// Package claim reads the conditions that objectives and checks are written in,
// such as "quality(difficulty) >= quality(difficulty@baseline) - 0.01". A claim
// is linear in its metrics, so that it can be decided on one interval: a ratio is
// written as A <= 1.05 * B. The package knows the language and no numbers' origin.
package claim

import (
	"fmt"
	"strings"
)

// A Metric is a number that claims may be about.
type Metric struct {
	Name string
	Unit Unit
	Doc  string
}

// A Unit keeps unlike metrics apart: they can be neither added nor compared.
type Unit string

// The units of metrics.
const (
	Quality Unit = "quality" // of the dataset
	USD     Unit = "US dollars"
	Share   Unit = "share"
	MS      Unit = "milliseconds"
	Count   Unit = "tasks"
	Figure  Unit = "figure" // of a curve or a score: apgr, cpt50, auroc
)

// Metrics are what a claim may be about.
var Metrics = []Metric{
	{"quality", Quality, "mean quality, in the dataset's units"},
	{"cost", USD, "mean cost of a task"},
	{"share", Share, "share of tasks that a model answers: share(POLICY, MODEL)"},
	{"within", Share, "share of tasks answered within some milliseconds: within(POLICY, 2000)"},
	{"p50", MS, "median latency"},
	{"p95", MS, "95 % quantile of latency"},
	{"p99", MS, "99 % quantile of latency"},
	{"holes", Count, "tasks that lacked a response"},
	{"failed", Count, "tasks that got no answer"},
	{"apgr", Figure, "average performance gap recovered"},
	{"cpt20", Figure, "share to strong from which on 20 % of the gap is recovered"},
	{"cpt50", Figure, "share to strong from which on 50 % of the gap is recovered"},
	{"cpt80", Figure, "share to strong from which on 80 % of the gap is recovered"},
	{"aiq", Figure, "area under the hull over the range of costs"},
	{"hypervolume", Figure, "share of the box under the dearest model's cost that a curve dominates"},
	{"pgr", Figure, "performance gap recovered at the knob in use"},
	{"arena", Figure, "RouterArena's score, of a policy or model"},
	{"saving_vs_strong", Figure, "share of the strong model's cost saved at equal quality"},
	{"saving_vs_best", Figure, "share of the best constant's cost saved at equal quality"},
	{"gain_vs_strong", Figure, "quality gained over the strong model at equal cost"},
	{"gain_vs_best", Figure, "quality gained over the best constant at equal cost"},
	{"auroc", Figure, "chance that a task that needs strong scores above one that does not"},
	{"average_precision", Figure, "precision over the scores of tasks that need strong"},
	{"brier", Figure, "mean squared error of a score read as a chance"},
	{"ece", Figure, "expected calibration error over bins of equal mass"},
	{"precision", Figure, "of tasks sent to strong, the share that needed it"},
	{"recall", Figure, "of tasks that needed strong, the share sent to it"},
}

// A Term is a factor times a metric of a policy or model.
type Term struct {
	Factor float64
	Metric Metric
	Of     string // policy or model; "" for the policy that an objective is about
	At     string // "" for the run at hand, else what stands after the @
	Arg    string // the model of a share, the milliseconds of within
	Slice  string // what is cut by, such as category; "" for all tasks
	Value  string // of the slice; "*" for every value, each on its own
	Column int    // where it stands, from 1
}

// A Claim says that the sum of its Terms is at least (or at most, or above, below) Bound.
type Claim struct {
	Text  string
	Terms []Term
	Op    string // ">=", "<=", ">" or "<"
	Bound float64
}

// AtLeast reports whether greater is what the claim wants.
func (c Claim) AtLeast() bool { return strings.HasPrefix(c.Op, ">") }

// String is the claim in its normal form.
func (c Claim) String() string {
	var b strings.Builder
	for i, t := range c.Terms {
		switch {
		case i > 0 && t.Factor < 0:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		case t.Factor < 0:
			b.WriteString("-")
		}
		if f := abs(t.Factor); f != 1 {
			fmt.Fprintf(&b, "%.6g * ", f)
		}
		b.WriteString(t.String())
	}
	fmt.Fprintf(&b, " %s %.6g", c.Op, c.Bound)
	return b.String()
}

// String is the term without its factor.
func (t Term) String() string {
	var args []string
	if name := t.Of; name != "" {
		if t.At != "" {
			name += "@" + t.At
		}
		args = append(args, name)
	}
	if t.Arg != "" {
		args = append(args, t.Arg)
	}
	if t.Slice != "" {
		args = append(args, t.Slice+"="+t.Value)
	}
	if len(args) == 0 {
		return t.Metric.Name
	}
	return t.Metric.Name + "(" + strings.Join(args, ", ") + ")"
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// An Error is a mistake at a column of a claim, from 1.
type Error struct {
	Column int
	Msg    string
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Msg) }
