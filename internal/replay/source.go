package replay

import (
	"context"
	"fmt"
	"slices"

	"waymark"
)

// Respond answers from the matrix. A cell answers for exactly the task's own
// messages, with the purpose of answering and no parameters of the policy's own;
// everything else is a hole.
func (m *Matrix) Respond(_ context.Context, r waymark.Request) (waymark.Response, error) {
	row, ok := m.rows[r.Query.ID]
	col := m.Column(r.Model)
	if !ok || col < 0 || r.Purpose != waymark.ForAnswer || r.Params != "" || !m.own(row, r.Query.Messages) {
		return waymark.Response{}, fmt.Errorf("%s on task %s (for %s): %w", r.Model, r.Query.ID, r.Purpose, waymark.ErrNotRecorded)
	}
	if r.Sample > 0 {
		for i := range m.Samples(col, row) {
			if s := m.Sample(col, row, i); s.N == r.Sample-1 {
				return s.Response, nil
			}
		}
		return waymark.Response{}, fmt.Errorf("sample %d of %s on task %s: %w", r.Sample, r.Model, r.Query.ID, waymark.ErrNotRecorded)
	}
	if m.Columns[col].State[row]&HasResponse == 0 {
		return waymark.Response{}, fmt.Errorf("%s on task %s: %w", r.Model, r.Query.ID, waymark.ErrNotRecorded)
	}
	return m.response([2]int{col, row}), nil
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
