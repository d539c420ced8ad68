// Package runner drives policies over tasks with a pool of workers. What comes
// out does not depend on how many there are.
package runner

import (
	"time"

	"waymark"
)

// A Status says what became of one task under one policy.
type Status uint8

// The outcomes of a row.
const (
	Pending  Status = iota // not run yet
	Answered               // Quality is known
	Hole                   // a response that it needs is not recorded
	Failed                 // no decision, a failed call, or an answer that could not be judged
)

func (s Status) String() string { return [...]string{"pending", "answered", "hole", "failed"}[s] }

// Rows are what one repeat of one policy did, one entry a task.
type Rows struct {
	Status    []Status
	Model     []int32 // whose answer was given: a column of the matrix, -1 if none or composed
	Arm       []int32 // of a one-shot policy's Arms, -1 if none
	Reason    []int32 // index into Reasons, -1 where a trace says it
	Signal    []float64
	Quality   []float64 // in [0,1], where Answered
	Cost      []waymark.USD
	CostKnown []bool
	Latency   []time.Duration // 0 where not recorded
	Calls     []int32
	Reasons   []string

	// Traces holds the trials of a policy that makes its own calls; nil for a
	// one-shot policy, whose one call is told by Model.
	Traces []waymark.Trace

	// Unjudged says of an answer in Traces why it has no score; "" where it has one.
	Unjudged []string

	// RouterCost says of each decision whether its own cost is known; where it is
	// not, Cost is a lower bound. It is nil for a policy whose deciding is free.
	RouterCost []bool

	// Spent is what deciding itself cost and took, as part of Cost and Latency. It is nil
	// for a policy whose deciding is free, and for one that has Traces.
	Spent []waymark.Spending

	// Remarks are what a one-shot policy said of single decisions beside its Reasons,
	// such as a remote router's own words; nil for one that says no more.
	Remarks []string
}

func newRows(n int) *Rows {
	return &Rows{
		Status: make([]Status, n), Model: make([]int32, n), Arm: make([]int32, n), Reason: make([]int32, n), Signal: make([]float64, n),
		Quality: make([]float64, n), Cost: make([]waymark.USD, n), CostKnown: make([]bool, n),
		Latency: make([]time.Duration, n), Calls: make([]int32, n),
	}
}

// Len is the number of tasks.
func (r *Rows) Len() int { return len(r.Status) }

// Count is how many rows have a status.
func (r *Rows) Count(s Status) (n int) {
	for _, x := range r.Status {
		if x == s {
			n++
		}
	}
	return n
}

const noScore = "the answer has no score: its call failed or it could not be judged"

// Why is the reason of row i, for a person: what a decision rests on, or what
// went wrong.
func (r *Rows) Why(i int) string {
	if r.Traces != nil {
		if err := r.Traces[i].Err; err != nil {
			return err.Error()
		}
		if r.Unjudged != nil && r.Unjudged[i] != "" {
			return r.Unjudged[i]
		}
		return r.Traces[i].Decision.Reason
	}
	if r.Remarks != nil && r.Remarks[i] != "" && r.Model[i] < 0 {
		return r.Remarks[i]
	}
	if r.Status[i] == Failed && r.Model[i] >= 0 {
		return noScore
	}
	if r.Remarks != nil && r.Remarks[i] != "" {
		return r.Remarks[i]
	}
	return r.Reasons[r.Reason[i]]
}
