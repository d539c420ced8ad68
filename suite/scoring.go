package suite

import (
	"fmt"
	"math"

	"waymark"
	"waymark/internal/stats"
)

// leastNeed is by how much the strong model's quality must be above the weak one's for
// a task to have needed it: less is the rounding of an average.
const leastNeed = 1e-9

// A scored is a pair's tasks with what a policy scored them by.
type scored struct {
	knob         waymark.Knob
	ks           []int // positions among the reported rows
	scores       stats.Scores
	weak, strong []float64 // quality on those rows
	left         int       // rows without a score, or without a quality of both
}

// scored reads the scores of a candidate that chooses between a weak and a strong model;
// nil for another.
func (f *field) scored(c *candidate) *scored {
	k, signal, ok := c.signals()
	if !ok || k.Weak == "" || k.Strong == "" {
		return nil
	}
	weakCol, strongCol := f.b.matrix.Column(k.Weak), f.b.matrix.Column(k.Strong)
	if weakCol < 0 || strongCol < 0 {
		return nil
	}
	weak, strong := f.table.Quality[weakCol], f.table.Quality[strongCol]
	s := &scored{knob: k}
	for i, row := range f.b.test {
		x := signal(row)
		if math.IsNaN(x + weak[i] + strong[i]) {
			s.left++
			continue
		}
		if k.Rising { // the signal is trust in the weak model
			x = 1 - x
		}
		s.ks = append(s.ks, i)
		s.weak, s.strong = append(s.weak, weak[i]), append(s.strong, strong[i])
		s.scores.Score = append(s.scores.Score, x)
		s.scores.Event = append(s.scores.Event, strong[i]-weak[i] > leastNeed)
	}
	u := f.b.units.of(at(f.b.test, s.ks))
	s.scores.Weights, s.scores.Groups, s.scores.Keys = u.weights, u.groups, u.keys
	return s
}

// signals are what a candidate of one knob decides each row of the matrix by.
func (c *candidate) signals() (k waymark.Knob, signal func(row int) float64, ok bool) {
	if c.sweep != nil {
		if c.course != nil && !c.course.single {
			return k, nil, false
		}
		return c.sweep.Knob(), func(row int) float64 {
			if c.steps.Start[row] == c.steps.Start[row+1] {
				return math.NaN()
			}
			return c.steps.Pick[row].Signal
		}, true
	}
	s, ok := c.selector().(waymark.StepSelector)
	if !ok || c.rows == nil {
		return k, nil, false
	}
	return s.Knob(), func(row int) float64 {
		if c.rows[0].Arm[row] == waymark.NoArm {
			return math.NaN()
		}
		return c.rows[0].Signal[row]
	}, true
}

func (s *scored) sample() stats.Sample {
	return stats.Sample{Weights: s.scores.Weights, Groups: s.scores.Groups, Keys: s.scores.Keys}
}

// scorer describes the scores of a candidate.
func (f *field) scorer(c *candidate, s *scored, split string) Scorer {
	confidence := f.m.confidence
	out := Scorer{Policy: c.entry.Name, Weak: string(s.knob.Weak), Strong: string(s.knob.Strong), Split: split, N: len(s.ks), Bins: []Bin{}}
	if s.left > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%d of %d tasks have no score, or no quality of both models, and are left out of what is said of the scorer", s.left, len(f.all)))
	}
	sent := make([]bool, len(s.ks))
	strong := int32(f.b.matrix.Column(s.knob.Strong))
	for j, k := range s.ks {
		sent[j] = c.rows != nil && c.rows[0].Model[f.b.test[k]] == strong
	}
	x := stats.NewConfusion(s.scores, sent, confidence)
	out.Needed = Interval(x.Needed)
	if c.rows != nil {
		out.Confusion = &Confusion{
			Knob: append([]Number{}, knobOf(c)...), NeededSent: x.Counts[1][1], NeededKept: x.Counts[1][0], SpareSent: x.Counts[0][1], SpareKept: x.Counts[0][0],
			Sent: Interval(x.Sent), Precision: Interval(x.Precision), Recall: Interval(x.Recall),
		}
	}
	out.AUROC, out.AveragePrecision = Interval(s.scores.AUROC(confidence)), Interval(s.scores.AveragePrecision(confidence))
	brier, base := s.scores.Brier(confidence)
	out.Brier, out.BrierVsBaseRate = Interval(brier), Interval(base)
	out.ECE = calibration(s.scores.EqualMass, out.N, confidence)
	out.ECEEqualWidth = calibration(s.scores.EqualWidth, out.N, confidence)
	if b, err := s.scores.EqualMass(); err == nil {
		for _, bin := range b.Bins(confidence) {
			out.Bins = append(out.Bins, Bin{Lo: bin.Lo, Hi: bin.Hi, N: bin.N, Score: bin.Score, Needed: Interval(bin.Event)})
		}
	}
	return out
}

func calibration(cut func() (stats.Binned, error), n int, confidence float64) Calibration {
	b, err := cut()
	if err != nil {
		e := nothing(err.Error())
		e.N = n
		return Calibration{Estimate: Interval(e)}
	}
	e, noise := b.ECE(confidence)
	return Calibration{Estimate: Interval(e), Noise: finite(noise)}
}

// figures are what a claim may be about.
func (s *Scorer) figures(out map[string]Metric) {
	out["needed_strong"] = Metric{Interval: s.Needed, Unit: "share of tasks"}
	out["auroc"] = Metric{Interval: s.AUROC}
	out["average_precision"] = Metric{Interval: s.AveragePrecision}
	out["brier"] = Metric{Interval: s.Brier}
	out["ece"] = Metric{Interval: s.ECE.Estimate}
	out["ece_equal_width"] = Metric{Interval: s.ECEEqualWidth.Estimate}
}

// atKnob are those of the knob that the policy ran at.
func (c *Confusion) figures(out map[string]Metric) {
	out["precision"] = Metric{Interval: c.Precision, Unit: "share of those sent to strong"}
	out["recall"] = Metric{Interval: c.Recall, Unit: "share of those that needed strong"}
}
