package suite

import (
	"fmt"
	"math"

	"waymark"
	"waymark/internal/replay"
)

// A hindsight is what the oracle does on the reported rows.
type hindsight struct {
	series
	crossed int // tasks whose model was selected by one response and scored by others
	known   int // tasks that every model is recorded on
}

// note says how the oracle was selected and scored.
func (h hindsight) note(tasks int) string {
	if h.crossed == 0 {
		return "selected and scored on the same response to each task: a maximum over noise, which flatters it"
	}
	return fmt.Sprintf("selected on one response and scored on the others, on %d of %d tasks; on the rest on the same one", h.crossed, tasks)
}

// hindsight is the oracle: the model of the highest quality on each task, ties to the
// cheapest. Where every model has several responses to a task it is selected by one of
// them and scored by the others, in turn, so that luck with a response does not count
// as knowledge of it; elsewhere it is selected and scored on what there is.
func (f *field) hindsight() hindsight {
	h := hindsight{series: newSeries(len(f.all))}
	picks := f.table.Oracle()
	h.quality, h.cost = f.table.Chosen(picks)
	for k, i := range f.b.test {
		if picks[k] < 0 {
			continue
		}
		h.known++
		if q, c, ok := f.b.crossed(i); ok {
			h.quality[k], h.cost[k] = q, c
			h.crossed++
		}
	}
	return h
}

// crossed is what the oracle gets on a row when each response in turn selects the model
// and that model's others score it.
func (b *board) crossed(row int) (quality, cost float64, ok bool) {
	answers := make([][]replay.Sample, len(b.matrix.Models))
	turns := math.MaxInt
	for col := range answers {
		answers[col] = b.scored(col, row)
		turns = min(turns, len(answers[col]))
	}
	if turns < 2 {
		return 0, 0, false
	}
	for t := range turns {
		best := 0
		for col := range answers {
			q, top := answers[col][t].Score.Value, answers[best][t].Score.Value
			if q > top || q == top && b.costOf(answers[col][t:t+1], col, row) < b.costOf(answers[best][t:t+1], best, row) {
				best = col
			}
		}
		others := append(append([]replay.Sample(nil), answers[best][:t]...), answers[best][t+1:]...)
		for _, a := range others {
			quality += a.Score.Value / float64(len(others)*turns)
		}
		cost += b.costOf(others, best, row) / float64(turns)
	}
	return quality, cost, true
}

// scored are the answers of a cell if it has several and all have a score.
func (b *board) scored(col, row int) []replay.Sample {
	c := &b.matrix.Columns[col]
	n := b.matrix.Samples(col, row)
	if n < 2 || c.State[row]&replay.HasScore == 0 || c.State[row]&replay.HasResponse == 0 {
		return nil
	}
	out := make([]replay.Sample, n)
	for k := range out {
		out[k] = b.matrix.Sample(col, row, k)
	}
	return out
}

// costOf is the mean cost of some answers of a cell: as recorded, or the cell's where
// the suite prices them anew, which it does for all answers of a cell alike.
func (b *board) costOf(answers []replay.Sample, col, row int) float64 {
	if !b.costKnown {
		return 0
	}
	if b.prices != "recorded" {
		return b.matrix.Columns[col].Cost[row].Float()
	}
	var sum waymark.USDSum
	for _, a := range answers {
		sum.Add(a.Response.Cost.USD)
	}
	return sum.Float() / float64(len(answers))
}
