package replay

import (
	"context"
	"fmt"
	"slices"

	"waymark"
)

// Cell is the place of the answer to a request: for exactly the task's own messages, with
// the purpose of answering and no parameters of the policy's own. ok is false where the
// request is another one, or nothing is recorded. n is which of the cell's samples is meant,
// -1 for their mean.
func (m *Matrix) Cell(r waymark.Request) (col, row, n int, ok bool) {
	row, ok = m.rows[r.Query.ID]
	col = m.Column(r.Model)
	if !ok || col < 0 || r.Purpose != waymark.ForAnswer || r.Params != "" || !m.own(row, r.Query.Messages) {
		return 0, 0, 0, false
	}
	if m.Columns[col].State[row]&HasResponse == 0 {
		return 0, 0, 0, false
	}
	if r.Sample == 0 {
		return col, row, -1, true
	}
	for i := range m.Samples(col, row) {
		if m.Sample(col, row, i).N == r.Sample-1 {
			return col, row, i, true
		}
	}
	return 0, 0, 0, false
}

// Respond answers from the matrix; everything that no cell holds is a hole.
func (m *Matrix) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	col, row, n, ok := m.Cell(r)
	switch {
	case !ok && r.Sample > 0:
		return waymark.Response{}, fmt.Errorf("sample %d of %s on task %s (for %s): %w", r.Sample, r.Model, r.Query.ID, r.Purpose, waymark.ErrNotRecorded)
	case !ok:
		return waymark.Response{}, fmt.Errorf("%s on task %s (for %s): %w", r.Model, r.Query.ID, r.Purpose, waymark.ErrNotRecorded)
	case n >= 0:
		return m.Sample(col, row, n).Response, nil
	}
	return m.response([2]int{col, row}), nil
}

// Judged is what the answer that a cell gives to a request is worth; there is none where no
// cell answers it, or where it could not be judged.
func (m *Matrix) Judged(r waymark.Request) (score waymark.Score, cell bool) {
	col, row, n, ok := m.Cell(r)
	switch {
	case !ok:
		return waymark.Score{}, false
	case n >= 0:
		return m.Sample(col, row, n).Score, true
	}
	c := &m.Columns[col]
	return waymark.Score{Value: c.Score[row], Known: c.State[row]&HasScore != 0}, true
}

// own reports whether messages are the task's own. The common case compares no text.
func (m *Matrix) own(row int, ms []waymark.Message) bool {
	task := m.Tasks[row].Messages
	if len(ms) != len(task) {
		return false
	}
	if len(ms) == 0 || &ms[0] == &task[0] {
		return true
	}
	return slices.EqualFunc(ms, task, func(a, b waymark.Message) bool {
		return a.Role == b.Role && a.Content == b.Content && a.ToolID == b.ToolID &&
			slices.Equal(a.ToolCalls, b.ToolCalls) && slices.Equal(a.Files, b.Files)
	})
}

// Queries is what policies may see of every task: the messages and the features
// that are listed, as columns.
func (m *Matrix) Queries(features []string, seed uint64) *waymark.Queries {
	qs := &waymark.Queries{IDs: make([]string, len(m.Tasks)), Features: map[string]waymark.Column{}, Seed: seed}
	for i := range m.Tasks {
		qs.IDs[i] = m.Tasks[i].ID
	}
	qs.Messages = func(i int) []waymark.Message { return m.Tasks[i].Messages }
	qs.Parts = func(i int) []waymark.Query { return parts(&m.Tasks[i], features) }
	for _, f := range features {
		qs.Features[f] = m.feature(f)
	}
	return qs
}

func (m *Matrix) feature(name string) waymark.Column {
	col := waymark.Column{Code: make([]uint32, len(m.Tasks)), Dict: []any{nil}}
	codes := map[any]uint32{nil: 0}
	for i := range m.Tasks {
		v, _ := m.Tasks[i].Field(name)
		switch v.(type) {
		case string, float64, bool:
		default:
			v = nil // lists and objects are not features
		}
		code, ok := codes[v]
		if !ok {
			code = uint32(len(col.Dict))
			codes[v] = code
			col.Dict = append(col.Dict, v)
		}
		col.Code[i] = code
	}
	return col
}

var _ waymark.Source = (*Matrix)(nil)
