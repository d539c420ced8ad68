package suite

import (
	"fmt"
	"math"

	"waymark"
	"waymark/internal/offpolicy"
)

// A logField is the reported side of a log, with what every policy is held against.
type logField struct {
	b         *board
	l         *logged
	m         *meter
	sd        *side
	itself    *projection
	constants []*projection // by column
	best      int           // the best constant, chosen on the tune side; -1 if none is told of
	told      map[string]*projection
}

func (g loggedGround) describe(s *Suite, cands []*candidate) (*Result, error) {
	b := g.b
	m := newMeter(b, b.test, s.confidence())
	res := &Result{Schema: Schema, Split: "all", Confidence: m.confidence, Curves: []Curve{}, Policies: []PolicyRow{}, Scorers: []Scorer{}, Grading: b.grading}
	if b.split {
		res.Split = waymark.SplitTest.String()
	}
	f := newLogField(b, m)
	f.summary(res, s)
	f.baselines(res)
	f.constantRows(res)
	for _, c := range cands {
		if err := f.policy(res, c); err != nil {
			return nil, err
		}
	}
	f.frontier(res)
	f.categories(res, cands)
	res.evidence = f.gather(res, cands, s.sliceNames())
	s.tolerate(res, b)
	f.tolerate(res, s)
	res.Warnings = append([]string{}, b.warnings...)
	return res, nil
}

func newLogField(b *board, m *meter) *logField {
	l := b.log
	f := &logField{b: b, l: l, m: m, sd: l.test, best: -1, told: map[string]*projection{}}
	f.itself = l.itself(l.test, f.loggerSpent())
	bestQ, bestC := math.Inf(-1), math.Inf(1)
	for col := range b.matrix.Models {
		f.constants = append(f.constants, l.project(b, l.test, offpolicy.Always(col, len(b.test)), nil, m.confidence))
		tune := l.project(b, l.tune, offpolicy.Always(col, len(b.tune)), nil, m.confidence)
		if tune.refused != "" {
			continue
		}
		q, c := m.estimated(tune)
		if q.Value > bestQ+1e-12 || math.Abs(q.Value-bestQ) <= 1e-12 && c.Value < bestC {
			f.best, bestQ, bestC = col, q.Value, c.Value
		}
	}
	return f
}

// loggerSpent is what the logging policy's own decisions cost.
func (f *logField) loggerSpent() []float64 {
	spent := make([]float64, len(f.b.test))
	unknown := 0
	for k, i := range f.b.test {
		c := f.l.read.Chosen[f.b.matrix.Tasks[i].ID].Cost
		spent[k] = c.USD.Float()
		if !c.Known {
			unknown++
		}
	}
	if unknown > 0 && f.b.costKnown {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("what %s itself cost is not recorded for %d decisions: its cost is a lower bound", f.l.read.Logger, unknown))
	}
	return spent
}

func (f *logField) name(col int) string { return string(f.b.matrix.Models[col]) }

// absent is what a matrix has and a log cannot give.
var absent = []Absent{
	{"the oracle, regret, the best by category, and how well scorers foretell", "they need what every model answered to a task, and a log holds one answer"},
	{"APGR, CPT, AIQ, hypervolume, LLMRouterBench's set and comparisons with the best of all", "their intervals are not established for estimates from a log"},
	{"latency and stability of other policies", "they are not estimated from a log"},
}

// summary says how the numbers came about.
func (f *logField) summary(res *Result, s *Suite) {
	o := &OffPolicy{
		Logger: f.l.read.Logger, Estimator: "doubly robust", Propensities: f.sd.propensities(), Folds: offpolicy.Folds,
		Claimed: offpolicy.Claimed, Unscored: f.sd.unscored, Least: 1, Refused: []Refused{}, Absent: absent,
	}
	if s.OffPolicy != nil && s.OffPolicy.Clip != 0 {
		o.Clip = &s.OffPolicy.Clip
	}
	for _, p := range f.sd.log.Propensity {
		o.Least = math.Min(o.Least, p)
	}
	o.Certain = o.Least == 1
	quality, cost := f.m.estimated(f.itself)
	o.Value = LoggerRow{Quality: quality, Cost: f.cost(cost), Latency: f.latency(), Mix: f.loggerMix()}
	res.OffPolicy = o
	if f.sd.unscored > 0 {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("%d of %d logged responses have no score (a call that failed, or an answer that could not be judged): the other answers of the same model and category stand in for them", f.sd.unscored, len(f.b.test)))
	}
	if o.Certain {
		f.b.warnings = append(f.b.warnings, fmt.Sprintf("%s left nothing to chance (every propensity is 1): the log tells of a policy only where it chooses the same", o.Logger))
	}
}

// propensities says which are recorded.
func (sd *side) propensities() string {
	switch n := len(sd.rows); sd.exact {
	case 0:
		return "of the model chosen"
	case n:
		return "of all models"
	default:
		return fmt.Sprintf("of all models on %d of %d tasks", sd.exact, n)
	}
}

// loggerMix is how often the logging policy chose each model.
func (f *logField) loggerMix() map[string]float64 {
	counts, out := make([]int, len(f.b.matrix.Models)), map[string]float64{}
	for _, a := range f.sd.log.Action {
		counts[a]++
		out[f.name(int(a))] = float64(counts[a]) / float64(len(f.b.test))
	}
	return out
}

// cost is a mean as a Cost: the total is what that many tasks would cost.
func (f *logField) cost(perTask Interval) Cost {
	if !f.b.costKnown || math.IsNaN(perTask.Value) {
		return Cost{PerTask: perTask}
	}
	return Cost{Known: true, Total: perTask.Value * float64(perTask.N), PerTask: perTask}
}

// latency is that of the logged responses, with what the logging policy itself took.
func (f *logField) latency() Quantiles {
	var out []timing
	for k, i := range f.b.test {
		own := f.l.read.Chosen[f.b.matrix.Tasks[i].ID].Latency.Seconds() * 1000
		out = append(out, f.b.answerTimings(int(f.sd.log.Action[k]), i, k, own, 1)...)
	}
	return (&field{b: f.b, m: f.m, all: upTo(len(f.b.test))}).quantiles(out)
}

// tolerate judges responses without a score against the suite's tolerance.
func (f *logField) tolerate(res *Result, s *Suite) {
	if share := float64(f.sd.unscored) / float64(len(f.b.test)); share > s.Tolerance && res.Incomplete == "" {
		res.Incomplete = fmt.Sprintf("%d of %d logged responses have no score, more than the tolerated share of %g", f.sd.unscored, len(f.b.test), s.Tolerance)
	}
}
