package runner

import (
	"context"

	"waymark"
	"waymark/internal/replay"
)

// bulk runs a one-shot policy over a chunk: no text is read and nothing is
// allocated for a single task.
func (r *Runner) bulk(ctx context.Context, s waymark.Selector, arms []int32, c Chunk) error {
	qs := r.Queries.Slice(c.First, c.End)
	qs.Repeat = c.Repeat
	picks := make([]waymark.Pick, qs.Len())
	if err := s.Select(ctx, qs, picks); err != nil {
		return err
	}
	for i, p := range picks {
		r.fill(c.Rows, c.First+i, p, arms)
	}
	if charger, ok := s.(waymark.Charger); ok {
		r.charge(charger, qs, c)
	}
	if remarker, ok := s.(waymark.Remarker); ok {
		remarker.Remark(qs, c.Rows.Remarks[c.First:c.End])
	}
	return nil
}

// fill enters the cell that a pick chose.
func (r *Runner) fill(rows *Rows, i int, p waymark.Pick, arms []int32) {
	rows.Arm[i], rows.Reason[i], rows.Signal[i], rows.Model[i] = p.Arm, p.Reason, p.Signal, -1
	if p.Arm == waymark.NoArm {
		rows.Status[i] = Failed
		return
	}
	col := arms[p.Arm]
	if col < 0 || r.Matrix.Columns[col].State[i]&replay.HasResponse == 0 {
		rows.Status[i] = Hole
		rows.Model[i] = col
		return
	}
	cell := &r.Matrix.Columns[col]
	rows.Model[i], rows.Calls[i] = col, 1
	rows.Cost[i], rows.CostKnown[i] = cell.Cost[i], cell.State[i]&replay.HasCost != 0
	rows.Latency[i] = cell.Latency[i]
	if cell.State[i]&replay.HasScore == 0 {
		rows.Status[i] = Failed
		return
	}
	rows.Status[i], rows.Quality[i] = Answered, cell.Score[i]
}

// charge adds what deciding cost and took.
func (r *Runner) charge(s waymark.Charger, qs *waymark.Queries, c Chunk) {
	spent := c.Rows.Spent[c.First:c.End]
	s.Charge(qs, spent)
	for k, sp := range spent {
		i := c.First + k
		c.Rows.Cost[i] += sp.Cost.USD
		c.Rows.RouterCost[i] = sp.Cost.Known
		if c.Rows.Latency[i] > 0 {
			c.Rows.Latency[i] += sp.Latency
		}
	}
}
