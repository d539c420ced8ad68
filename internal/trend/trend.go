// Package trend follows a policy over nights: runs of one suite whose responses
// were collected anew. It knows numbers, and names of tasks to pair them by.
package trend

import (
	"fmt"
	"math"
	"slices"

	"waymark/internal/stats"
)

// A Night is what one run found about a policy.
type Night struct {
	Digest string             // of the dataset that it read
	Mark   string             // of all that the policy decided and got: equal marks are the same responses
	Values map[string]float64 // by task: its score in [0,1], or its cost; a task without one is not there
	// Of the baseline's tasks: the group that a task belongs to, and its sampling weight. A task without
	// the one is its own unit, one without the other weighs 1.
	Units   map[string]string
	Weights map[string]float64
}

// Options say what is watched, and how strictly.
type Options struct {
	Cost       bool    // values are costs, of which less is better
	Margin     float64 // the worsening that is allowed: of a score, or a share of the baseline's mean cost
	Alpha      float64 // P(any false alarm, ever) is at most this
	Confidence float64 // of the interval of each night's difference
}

// A Role is what a night is used for.
type Role string

// The first night is held against all others. The first fresh one after it tells
// how much responses vary; it is not bet on. Later fresh ones are.
const (
	Baseline    Role = "baseline"
	Calibration Role = "measures noise"
	Watched     Role = "watched"
	NotFresh    Role = "not fresh"
	Unpaired    Role = "not paired"
)

// A Step is what a night adds to the history.
type Step struct {
	Role       Role
	Difference stats.Estimate // this night minus the baseline, over the tasks of both
	Shared     int            // tasks of both
	Missing    int            // tasks that are watched and lack a value, counted as the best there could be
	Units      int            // independent units among the watched tasks: groups, or tasks
	EValue     float64        // evidence so far that the policy is worse; 1 is none
	Alarm      bool           // the evidence has reached 2/Alpha on this night or before
	Note       string
}

// leastUnits is how many independent units a night must share with the baseline to tell how
// much responses vary.
const leastUnits = 20

// A watch is a history as it is followed.
type watch struct {
	o        Options
	baseline Night
	scale    float64 // what a value is divided by: 1 for scores, the dearest baseline task for costs
	digests  map[string]bool
	marks    map[string]bool
	tasks    []string     // that are watched: those of baseline and calibration
	units    []unit       // that they make up
	drift    *stats.Drift // nil before the calibration
	alarm    bool
}

// Follow tells the history of nights, oldest first. Half of Alpha goes to the luck
// of the baseline's own draw (stats.BaselineLuck), which widens the margin, and half
// to the bets (stats.Drift): an alarm is an e-value of 2/Alpha.
//
// Groups are the units: the tasks of one are entered as their weighted mean, of their summed weight,
// since their responses may hang together. Costs are divided by
// the baseline's dearest task and a rise is cut off at that, which can only understate it.
func Follow(nights []Night, o Options) ([]Step, error) {
	if !(o.Alpha > 0 && o.Alpha < 1) {
		return nil, fmt.Errorf("found alpha %g, expected a number between 0 and 1", o.Alpha)
	}
	if !(o.Margin >= 0 && o.Margin < 1) {
		return nil, fmt.Errorf("found margin %g, expected at least 0 and below 1", o.Margin)
	}
	w := &watch{o: o, digests: map[string]bool{}, marks: map[string]bool{}}
	var out []Step
	for i, n := range nights {
		s := w.step(i == 0, n)
		s.EValue, s.Alarm = 1, w.alarm
		if w.drift != nil {
			s.EValue = w.drift.EValue()
			w.alarm = w.alarm || s.EValue >= 2/o.Alpha
			s.Alarm = w.alarm
		}
		w.digests[n.Digest], w.marks[n.Mark] = true, true
		out = append(out, s)
	}
	return out, nil
}

func (w *watch) step(first bool, n Night) Step {
	if first {
		w.baseline = n
		w.scale = 1
		if w.o.Cost {
			w.scale = dearest(n.Values)
		}
		return Step{Role: Baseline, Difference: none("this is the baseline"), Note: w.refusal()}
	}
	shared := w.shared(n)
	s := Step{Role: Watched, Shared: len(shared), Difference: none("no task is in both")}
	if len(shared) > 0 {
		s.Difference = stats.MeanDifference(w.sample(w.minus(n, shared), shared), w.o.Confidence)
	}
	s.Units = len(w.units)
	switch {
	case w.digests[n.Digest]:
		s.Role, s.Note = NotFresh, "the dataset was there before, byte for byte: nothing new is learned of it"
	case w.marks[n.Mark]:
		s.Role, s.Note = NotFresh, "all decisions, scores, costs and latencies were there before: these are the same responses"
	case w.refusal() != "":
		s.Role, s.Note = Unpaired, w.refusal()
	case w.drift == nil:
		w.calibrate(n, shared, &s)
	default:
		w.bet(n, &s)
	}
	return s
}

// refusal is why nothing can be watched, "" if it can.
func (w *watch) refusal() string {
	if !(w.scale > 0) || math.IsInf(w.scale, 0) {
		return "the baseline has no cost above 0 to hold others against"
	}
	return ""
}

// shared are the tasks of a night that the baseline has too, in order.
func (w *watch) shared(n Night) (out []string) {
	for id := range n.Values {
		if _, ok := w.baseline.Values[id]; ok {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (w *watch) minus(n Night, tasks []string) []float64 {
	out := make([]float64, len(tasks))
	for i, id := range tasks {
		out[i] = n.Values[id] - w.baseline.Values[id]
	}
	return out
}

func dearest(values map[string]float64) (most float64) {
	for _, v := range values {
		most = math.Max(most, v)
	}
	return most
}

func none(why string) stats.Estimate {
	return stats.Estimate{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Withheld: why}
}
