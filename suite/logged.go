package suite

import (
	"context"
	"errors"
	"fmt"
	"math"

	"waymark"
	"waymark/datasets"
	"waymark/internal/claim"
	"waymark/internal/offpolicy"
	"waymark/internal/replay"
)

// A logged is traffic of which one response a task is known, and what is estimated
// from it: on the tune split and on the test split apart, so that nothing of one is
// in the other.
type logged struct {
	read       *datasets.Log
	tune, test *side // the same where the suite does not split
	position   []int // of each row of the matrix in its side; -1 in neither
	inTest     []bool
}

// readLog reads who chose what with which probability, where the dataset is a log.
func (b *board) readLog(ctx context.Context, s *Suite, opt *Options) error {
	if !b.folder.Logged() {
		return nil
	}
	if s.Holes != "" {
		return s.errorf([]any{"holes"}, "found holes: %s, but %s is logged traffic, of which one response a task is all that there is, expected no holes:", s.Holes, b.info.Name)
	}
	if len(opt.WhatIf.Without)+len(opt.WhatIf.With) > 0 {
		return &InputError{fmt.Errorf("%s is logged traffic: what its router chose from cannot be changed after the fact, expected neither --without nor --with", b.info.Name)}
	}
	read, err := b.folder.Log(ctx)
	if err != nil {
		return err
	}
	for _, m := range s.Models {
		read.Models[m.ID] = read.Models[m.ID] // a model that the log never chose may be asked for
	}
	b.log = &logged{read: read}
	b.ground = loggedGround{b}
	return s.allLogged(read)
}

// allLogged refuses a pool without a model that the log's router chose.
func (s *Suite) allLogged(read *datasets.Log) error {
	if len(s.Models) == 0 {
		return nil
	}
	named := map[waymark.ModelID]bool{}
	for _, m := range s.Models {
		named[m.ID] = true
	}
	missing := waymark.ModelID("")
	for _, v := range read.Chosen {
		if !named[v.Model] && (missing == "" || v.Model < missing) {
			missing = v.Model
		}
	}
	if missing != "" {
		return s.errorf([]any{"models"}, "found no %q, which %s chose, expected every model of the log", missing, read.Logger)
	}
	return nil
}

// pool are the models that are known of before any response is read: for a log those
// that were chosen, could have been, or that the suite names. They have columns in the
// matrix, responses or not, so that a policy may ask for them and be told that nothing is known.
func (l *logged) pool(m *replay.Matrix) map[waymark.ModelID]bool {
	known := map[waymark.ModelID]bool{}
	if l == nil {
		return known
	}
	for id := range l.read.Models {
		known[id] = true
		m.Include(id)
	}
	return known
}

// refuse says that a verb has no meaning for a log.
func (l *logged) refuse(verb string) error {
	if l == nil {
		return nil
	}
	return &InputError{fmt.Errorf("the dataset is logged traffic, which %s does not take: an objective in the suite chooses the knob on the tune fold of the log in waymark run, and reports it on the other", verb)}
}

// A side is one split of a log as the estimators take it.
type side struct {
	rows     []int // of the matrix
	log      *offpolicy.Log
	quality  *offpolicy.Outcome
	cost     *offpolicy.Outcome // nil where costs are unknown
	unscored int
	exact    int // tasks of which all propensities are recorded
}

// modelOutcomes takes the sides of the log and fits their outcome models.
func (b *board) modelOutcomes(_ context.Context, s *Suite, _ *Options) error {
	if b.log == nil {
		return nil
	}
	clip := 0.0
	if s.OffPolicy != nil {
		clip = s.OffPolicy.Clip
	}
	var err error
	if b.log.test, err = b.newSide(b.test, clip); err != nil {
		return err
	}
	b.log.tune = b.log.test
	if b.split {
		if b.log.tune, err = b.newSide(b.tune, clip); err != nil {
			return err
		}
	}
	b.log.position, b.log.inTest = make([]int, len(b.matrix.Tasks)), make([]bool, len(b.matrix.Tasks))
	for i := range b.log.position {
		b.log.position[i] = -1
	}
	for _, sd := range []*side{b.log.tune, b.log.test} {
		for k, i := range sd.rows {
			b.log.position[i], b.log.inTest[i] = k, sd == b.log.test
		}
	}
	return nil
}

func (b *board) newSide(rows []int, clip float64) (*side, error) {
	u, n := b.units.of(rows), len(rows)
	sd := &side{rows: rows, log: &offpolicy.Log{Actions: len(b.matrix.Models), Clip: clip, Weights: u.weights, Groups: u.groups, Keys: u.keys}}
	quality, cost := make([]float64, n), make([]float64, n)
	strata := map[string]int32{}
	for k, i := range rows {
		t := &b.matrix.Tasks[i]
		v := b.log.read.Chosen[t.ID]
		col := b.matrix.Column(v.Model)
		if _, ok := strata[t.Category]; !ok {
			strata[t.Category] = int32(len(strata))
		}
		sd.log.Action, sd.log.Propensity = append(sd.log.Action, int32(col)), append(sd.log.Propensity, v.Propensity)
		sd.log.Strata = append(sd.log.Strata, strata[t.Category])
		quality[k], cost[k] = b.outcome(col, i)
		if math.IsNaN(quality[k]) {
			sd.unscored++
		}
		if v.Propensities != nil {
			sd.all(b, v, k, n)
		}
	}
	if err := sd.log.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", b.info.Name, err)
	}
	if sd.unscored == n {
		return nil, &InputError{fmt.Errorf("%s: none of its %d responses has a score: there is nothing to learn from", b.info.Name, n)}
	}
	support := sd.log.Support()
	sd.quality = sd.log.Outcome(quality, support)
	if b.costKnown {
		sd.cost = sd.log.Outcome(cost, support)
	}
	return sd, nil
}

// all enters the propensities of all models of one task.
func (sd *side) all(b *board, v waymark.Verdict, k, n int) {
	if sd.log.All == nil {
		sd.log.All = make([][]float64, sd.log.Actions)
		for a := range sd.log.All {
			sd.log.All[a] = make([]float64, n)
			for i := range n {
				sd.log.All[a][i] = math.NaN()
			}
		}
	}
	sd.exact++
	for a, id := range b.matrix.Models {
		sd.log.All[a][k] = v.Propensities[id] // 0 of a model that is not named
	}
}

// outcome is the quality and cost of a cell, NaN where not known.
func (b *board) outcome(col, row int) (quality, cost float64) {
	c, both := &b.matrix.Columns[col], replay.HasResponse|replay.HasScore
	quality, cost = math.NaN(), math.NaN()
	if c.State[row]&both == both {
		quality = c.Score[row]
	}
	if c.State[row]&replay.HasCost != 0 {
		cost = c.Cost[row].Float()
	}
	return quality, cost
}

// side is that of some rows, which are those of a split.
func (l *logged) side(rows []int) *side {
	if len(rows) > 0 && &rows[0] == &l.tune.rows[0] {
		return l.tune
	}
	return l.test
}

// at is the side that a row belongs to, and its position there.
func (l *logged) at(row int) (*side, int) {
	if l.inTest[row] {
		return l.test, l.position[row]
	}
	return l.tune, l.position[row]
}

// An untold reports that a log does not tell something; it is no mistake.
type untold struct{ why string }

func (e *untold) Error() string { return e.why }

var errLatency = errors.New("a condition is about latency, which is not estimated from logged traffic, expected quality, cost or share")

// cell is what a metric is estimated to be where a model answers a task, as
// board.cell has it: a mean of cells is the doubly robust estimate.
func (l *logged) cell(b *board, t claim.Term, col, row int, spent waymark.Spending) (float64, error) {
	sd, k := l.at(row)
	var v float64
	switch t.Metric.Name {
	case "quality":
		v = b.info.Quality(sd.quality.Cell(col, k))
	case "cost":
		if sd.cost == nil {
			return 0, errors.New("a condition is about cost, which is unknown")
		}
		v = sd.cost.Cell(col, k) + spent.Cost.USD.Float()
	case "share":
		return pick(string(b.matrix.Models[col]) == t.Arg, 1, 0), nil
	default:
		return 0, errLatency
	}
	if math.IsNaN(v) {
		return 0, &untold{fmt.Sprintf("the log tells nothing of %s where %s never chose it, such as on task %q", b.matrix.Models[col], l.read.Logger, b.matrix.Tasks[row].ID)}
	}
	return v, nil
}
