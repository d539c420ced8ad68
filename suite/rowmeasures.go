package suite

import (
	"maps"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"waymark"
)

// RowMeasures are what a row tells beyond its quality, cost and comparisons: see
// docs/metrics.md. A nil one does not apply to the row, or has nothing to go by.
type RowMeasures struct {
	// Regret is what is lost to the oracle; nil where tasks lack a response.
	Regret *Regret `json:"regret,omitempty"`
	// WithinSLO is the share of tasks answered within the suite's slo_ms.
	WithinSLO *Interval  `json:"within_slo,omitempty"`
	Stability *Stability `json:"stability,omitempty"`
	// Variance splits that of quality where tasks have several responses, and
	// VarianceVsBest that of the difference to the best constant.
	Variance       *VarianceSplit `json:"variance,omitempty"`
	VarianceVsBest *VarianceSplit `json:"variance_vs_best_constant,omitempty"`
	VsBest         *VsBest        `json:"vs_best,omitempty"`
	// FrontierShare is the share of resamples in which the row lies on the frontier.
	FrontierShare *float64 `json:"frontier_frequency,omitempty"`
	SameAs        string   `json:"same_as,omitempty"` // an earlier row with the same quality and cost on every task
}

// ResultMeasures are what a result tells of its rows together.
type ResultMeasures struct {
	Selection *Selection     `json:"selection,omitempty"`
	Slices    []SliceSummary `json:"slices,omitempty"` // macro and micro, by category and each of the suite's slices
}

// A subject is a row of the result with what it did task by task.
type subject struct {
	row    *PolicyRow
	series series
	cand   *candidate // nil for a constant
	col    int        // of a constant's model
}

// subjects are the constants, by ascending cost, then the policies that ran.
func (f *field) subjects(res *Result, cands []*candidate) []subject {
	var out []subject
	for i := range res.Constants {
		col := f.b.matrix.Column(waymark.ModelID(res.Constants[i].Name))
		out = append(out, subject{row: &res.Constants[i], series: f.constant(col), col: col})
	}
	i := 0
	for _, c := range cands {
		if c.rows != nil { // rows are in the order of candidates that ran
			out = append(out, subject{row: &res.Policies[i], series: c.series, cand: c})
			i++
		}
	}
	return out
}

// whole reports whether a row covers every reported task.
func (f *field) whole(s subject) bool { return s.row.N == len(f.all) }

// measure fills in what the rows tell beyond quality and cost.
func (f *field) measure(res *Result, cands []*candidate, s *Suite) error {
	subjects := f.subjects(res, cands)
	yard, noise := f.yardsticks(), f.responseNoise()
	sets := f.b.paraphrases()
	var work errgroup.Group // a row's measures are its own, whoever computes them
	work.SetLimit(runtime.GOMAXPROCS(0))
	for _, x := range subjects {
		work.Go(func() error {
			x.row.Metrics = maps.Clone(x.row.Metrics) // a swept policy shares its with its curve
			f.regret(x, yard.oracle)
			f.routerBenchSet(x, yard)
			f.latency(x, s.SLO)
			x.row.Stability = f.stability(x, sets)
			f.variance(x, noise)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	for i := range res.Curves {
		f.curveGains(&res.Curves[i], cands)
	}
	f.selection(res, subjects)
	f.paretoDistances(subjects)
	for _, name := range s.measuredSlices() {
		res.Slices = append(res.Slices, f.slice(res, subjects, name))
	}
	if yard.oracle.crossed > 0 {
		res.Baselines.OracleCross = f.baseline("oracle (other response)", yard.oracle.note(len(f.all)), yard.oracle.series)
	}
	return nil
}

// measuredSlices are the category and the suite's slices.
func (s *Suite) measuredSlices() []string {
	out := []string{"category"}
	for _, name := range s.Slices {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// sameAs is the first of several series that is this one, task by task, and itself where
// there is none before it.
func sameAs(all []subject, i int) int {
	for k := range i {
		if equal(all[k].series.quality, all[i].series.quality) && equal(all[k].series.cost, all[i].series.cost) {
			return k
		}
	}
	return i
}

// equal compares with NaN equal to itself.
func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}
