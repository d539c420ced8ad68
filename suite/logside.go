package suite

import (
	"context"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/offpolicy"
	"waymark/internal/replay"
)

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
