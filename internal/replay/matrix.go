// Package replay answers calls from a recording: a matrix of tasks × models,
// held as columns.
package replay

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"waymark"
)

// State says what is known of a cell, as a set of flags.
type State uint8

// The flags of a State. A cell without HasResponse is a hole.
const (
	HasResponse State = 1 << iota
	HasOutput         // text was recorded
	HasScore          // Score means something: it was recorded or graded
	HasCost           // Cost means something
	CallFailed        // the recorded call ended in an error
)

// A Column is one model's answers to every task. Where several samples of a cell
// are recorded, Score, Cost and Latency are their means and Output is the first.
type Column struct {
	State   []State
	Score   []float64     // in [0,1]
	Cost    []waymark.USD // picodollars
	Latency []time.Duration
	Usage   []waymark.Usage
	Output  []string

	finish     []string        // nil where no answer of the column tells
	confidence []waymark.Score // nil where no answer of the column tells
}

// A Matrix is everything that was recorded for a set of tasks. Rows are in the
// order of task IDs and columns in that of model names, whatever the order of
// the files, so that permuting a dataset changes no byte of a result.
type Matrix struct {
	Tasks   []waymark.Task
	Models  []waymark.ModelID
	Columns []Column

	rows     map[string]int
	samples  map[[2]int][]Sample // column and row of cells with more than one
	errors   map[[2]int]string   // of failed calls
	words    map[string]string   // finish reasons, each kept once
	Replaced int                 // responses that a later one with the same key replaced
}

// A Sample is one of several recorded answers in a cell.
type Sample struct {
	N        int // as recorded, from 0
	Response waymark.Response
	Score    waymark.Score
}

// New makes an empty matrix. It sorts tasks by ID; IDs must be distinct.
func New(tasks []waymark.Task) (*Matrix, error) {
	slices.SortFunc(tasks, func(a, b waymark.Task) int { return strings.Compare(a.ID, b.ID) })
	m := &Matrix{Tasks: tasks, rows: make(map[string]int, len(tasks)), samples: map[[2]int][]Sample{}, errors: map[[2]int]string{}}
	for i := range tasks {
		if _, twice := m.rows[tasks[i].ID]; twice {
			return nil, fmt.Errorf("task %q is there twice", tasks[i].ID)
		}
		m.rows[tasks[i].ID] = i
	}
	return m, nil
}

// Row is the position of a task, and whether it is in the matrix.
func (m *Matrix) Row(task string) (int, bool) { i, ok := m.rows[task]; return i, ok }

// Column is the position of a model, -1 if it is not in the matrix.
func (m *Matrix) Column(id waymark.ModelID) int { return slices.Index(m.Models, id) }

// Put enters a response. Of two to one task, model and sample the later wins.
// Responses to tasks that are not in the matrix (filtered out) are left out.
func (m *Matrix) Put(r waymark.Recorded) {
	row, ok := m.rows[r.Task]
	if !ok {
		return
	}
	col := m.Column(r.Model)
	if col < 0 {
		col = m.add(r.Model)
	}
	key := [2]int{col, row}
	c := &m.Columns[col]
	had := m.samples[key]
	if had == nil && c.State[row]&HasResponse == 0 && r.Sample == 0 {
		m.set(key, r.Response, r.Score)
		return
	}
	if had == nil && c.State[row]&HasResponse != 0 {
		had = []Sample{{Response: m.response(key), Score: waymark.Score{Value: c.Score[row], Known: c.State[row]&HasScore != 0}}}
	}
	s := Sample{N: r.Sample, Response: r.Response, Score: r.Score}
	if i := slices.IndexFunc(had, func(h Sample) bool { return h.N == s.N }); i >= 0 {
		had[i] = s
		m.Replaced++
	} else {
		had = append(had, s)
		slices.SortFunc(had, func(a, b Sample) int { return a.N - b.N })
	}
	m.samples[key] = had
	m.average(key)
}

func (m *Matrix) add(id waymark.ModelID) int {
	n := len(m.Tasks)
	m.Models = append(m.Models, id)
	m.Columns = append(m.Columns, Column{
		State: make([]State, n), Score: make([]float64, n), Cost: make([]waymark.USD, n),
		Latency: make([]time.Duration, n), Usage: make([]waymark.Usage, n), Output: make([]string, n),
	})
	return len(m.Models) - 1
}

// Include makes room for a model of which there may be no response.
func (m *Matrix) Include(id waymark.ModelID) {
	if m.Column(id) < 0 {
		m.add(id)
	}
}

func (m *Matrix) set(key [2]int, r waymark.Response, score waymark.Score) {
	c, row := &m.Columns[key[0]], key[1]
	st := HasResponse
	if r.HasOutput {
		st |= HasOutput
	}
	if score.Known {
		st |= HasScore
	}
	if r.Cost.Known {
		st |= HasCost
	}
	delete(m.errors, key)
	if r.Err != "" {
		st |= CallFailed
		m.errors[key] = r.Err
	}
	c.State[row], c.Score[row], c.Cost[row] = st, score.Value, r.Cost.USD
	c.Latency[row], c.Usage[row], c.Output[row] = r.Latency, r.Usage, r.Output
	m.remark(c, row, r)
}

// remark enters what few recordings tell, with room made at the first that does.
func (m *Matrix) remark(c *Column, row int, r waymark.Response) {
	if r.FinishReason != "" && c.finish == nil {
		c.finish = make([]string, len(c.State))
	}
	if c.finish != nil {
		if m.words == nil {
			m.words = map[string]string{}
		}
		word, ok := m.words[r.FinishReason]
		if !ok && len(m.words) < 1000 {
			word = strings.Clone(r.FinishReason)
			m.words[word] = word
		}
		if !ok {
			word = r.FinishReason
		}
		c.finish[row] = word
	}
	if r.Confidence.Known && c.confidence == nil {
		c.confidence = make([]waymark.Score, len(c.State))
	}
	if c.confidence != nil {
		c.confidence[row] = r.Confidence
	}
}

// average makes a cell the mean of its samples: known where all of them are.
func (m *Matrix) average(key [2]int) {
	ss := m.samples[key]
	mean := ss[0].Response
	var cost waymark.USDSum
	var latency time.Duration
	timed := true
	mean.Confidence = waymark.Score{Known: true}
	for _, s := range ss {
		mean.Confidence.Value += s.Response.Confidence.Value / float64(len(ss))
		mean.Confidence.Known = mean.Confidence.Known && s.Response.Confidence.Known
		mean.Cost.Known = mean.Cost.Known && s.Response.Cost.Known
		cost.Add(s.Response.Cost.USD)
		latency += s.Response.Latency
		timed = timed && s.Response.Latency > 0
	}
	mean.Cost.USD, _ = waymark.Dollars(cost.Float() / float64(len(ss)))
	mean.Latency = 0
	if !mean.Confidence.Known {
		mean.Confidence = waymark.Score{}
	}
	if timed {
		mean.Latency = latency / time.Duration(len(ss))
	}
	m.set(key, mean, meanScore(ss))
}

// meanScore is known where the score of every sample is.
func meanScore(ss []Sample) waymark.Score {
	mean := waymark.Score{Known: true}
	for _, s := range ss {
		mean.Value += s.Score.Value / float64(len(ss))
		mean.Known = mean.Known && s.Score.Known
	}
	return mean
}

// Seal sorts the columns by model name once everything is entered.
func (m *Matrix) Seal() {
	order := make([]int, len(m.Models))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return m.Models[order[a]] < m.Models[order[b]] })
	models, columns := make([]waymark.ModelID, len(order)), make([]Column, len(order))
	moved := make([]int, len(order))
	for to, from := range order {
		models[to], columns[to], moved[from] = m.Models[from], m.Columns[from], to
	}
	m.Models, m.Columns = models, columns
	m.samples = rekey(m.samples, moved)
	m.errors = rekey(m.errors, moved)
}

func rekey[V any](old map[[2]int]V, moved []int) map[[2]int]V {
	out := make(map[[2]int]V, len(old))
	for k, v := range old {
		out[[2]int{moved[k[0]], k[1]}] = v
	}
	return out
}

// Samples is the number of recorded answers in a cell.
func (m *Matrix) Samples(col, row int) int {
	if ss := m.samples[[2]int{col, row}]; ss != nil {
		return len(ss)
	}
	return int(m.Columns[col].State[row] & HasResponse)
}

// Sample is the nth recorded answer of a cell, from 0 up to Samples.
func (m *Matrix) Sample(col, row, n int) Sample {
	key := [2]int{col, row}
	if ss := m.samples[key]; ss != nil {
		return ss[n]
	}
	c := &m.Columns[col]
	return Sample{Response: m.response(key), Score: waymark.Score{Value: c.Score[row], Known: c.State[row]&HasScore != 0}}
}

// SetScore grades the nth recorded answer of a cell; a score that is not known is
// an answer that could not be judged. Different cells may be set side by side.
func (m *Matrix) SetScore(col, row, n int, score waymark.Score) {
	if ss := m.samples[[2]int{col, row}]; ss != nil {
		ss[n].Score = score
		score = meanScore(ss)
	}
	c := &m.Columns[col]
	c.Score[row] = score.Value
	c.State[row] &^= HasScore
	if score.Known {
		c.State[row] |= HasScore
	}
}

// MakeHole forgets the response of a cell that there is nothing to judge by: no
// output under a grader that reads text, no score under one that takes it as
// recorded. Different cells may be changed side by side.
func (m *Matrix) MakeHole(col, row int) { m.Columns[col].State[row] &^= HasResponse | HasScore }

// SetCost prices a cell anew, all of its samples alike.
func (m *Matrix) SetCost(col, row int, cost waymark.Cost) {
	for i := range m.samples[[2]int{col, row}] {
		m.samples[[2]int{col, row}][i].Response.Cost = cost
	}
	c := &m.Columns[col]
	c.Cost[row] = cost.USD
	c.State[row] &^= HasCost
	if cost.Known {
		c.State[row] |= HasCost
	}
}

// Failure is why the recorded call of a cell failed, "" if it did not.
func (m *Matrix) Failure(col, row int) string { return m.errors[[2]int{col, row}] }

func (m *Matrix) response(key [2]int) waymark.Response {
	c, row := &m.Columns[key[0]], key[1]
	r := waymark.Response{
		Output: c.Output[row], HasOutput: c.State[row]&HasOutput != 0, Usage: c.Usage[row],
		Cost:    waymark.Cost{USD: c.Cost[row], Known: c.State[row]&HasCost != 0},
		Latency: c.Latency[row], Err: m.errors[key],
	}
	if c.finish != nil {
		r.FinishReason = c.finish[row]
	}
	if c.confidence != nil {
		r.Confidence = c.confidence[row]
	}
	return r
}
