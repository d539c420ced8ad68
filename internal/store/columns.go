package store

import (
	"fmt"
	"math"
	"time"

	"waymark"
)

// An Outcome says what became of a trial.
type Outcome uint8

// The outcomes. The zero value is not one.
const (
	Answered Outcome = iota + 1
	Hole             // it needed a response that is not recorded
	Failed           // it has no answer for another reason, which a reason or a remark tells
)

func (o Outcome) String() string {
	if int(o) >= len(outcomes) {
		return fmt.Sprintf("outcome %d", o)
	}
	return outcomes[o]
}

var outcomes = [...]string{"none", "answered", "hole", "failed"}

// Decisions are what a policy decided about some tasks and what came of it, as
// columns: row i is the i-th value of each. Task and Status are as long as there
// are rows; a column that is nil is not known for any row.
type Decisions struct {
	Task      []int32 // position in the run's Tasks
	Status    []Outcome
	Arm       []int32         // index into the policy's Arms; waymark.NoArm if none
	Reason    []int32         // index into the policy's Reasons; -1 where a remark says it
	Signal    []float64       // the number that it was decided by; NaN if none
	Score     []float64       // in [0,1], or NaN; kept only of rows that are Answered
	Cost      []waymark.USD   // of all calls
	CostKnown []bool          // nil: every cost, if there are any
	Latency   []time.Duration // 0 if not known
	Calls     []int32         // nil: one for each row with an arm

	Remarks []Remark   // of a few rows, or of all
	Made    []MadeCall // of trials that are more than one plain call to the arm
}

// A Remark is what was said about one trial alone: why it failed, or a reason in
// the policy's own words.
type Remark struct {
	Task int32
	Text string
}

// A MadeCall is one call of a trial.
type MadeCall struct {
	Task    int32
	N       int // position in the trial, from 0
	Round   int // calls of one round run side by side
	Model   waymark.ModelID
	Purpose waymark.Purpose
	Sample  int
	Cost    waymark.Cost
	Latency time.Duration // 0 if not known
	Err     string
	Part    string        // of the task that it was made for, such as "2" or "2/1"; "" for the whole
	Start   time.Duration // since the trial's start, in the latencies of the calls before it
}

// Len is the number of rows.
func (d *Decisions) Len() int { return len(d.Task) }

// check refuses columns that do not fit each other or the run.
func (d *Decisions) check(r *Run, p *policyKeys) error {
	for name, n := range map[string]int{
		"Status": len(d.Status), "Arm": len(d.Arm), "Reason": len(d.Reason), "Signal": len(d.Signal), "Score": len(d.Score),
		"Cost": len(d.Cost), "CostKnown": len(d.CostKnown), "Latency": len(d.Latency), "Calls": len(d.Calls),
	} {
		if n != d.Len() && (n != 0 || name == "Status") {
			return fmt.Errorf("%d tasks have %d values of %s", d.Len(), n, name)
		}
	}
	for i, task := range d.Task {
		if task < 0 || int(task) >= r.tasks {
			return fmt.Errorf("row %d is about task %d of %d", i, task, r.tasks)
		}
		if s := d.Status[i]; s < Answered || s > Failed {
			return fmt.Errorf("row %d has %v", i, s)
		}
	}
	for i, arm := range d.Arm {
		if arm < waymark.NoArm || int(arm) >= p.arms {
			return fmt.Errorf("row %d has arm %d of %d", i, arm, p.arms)
		}
	}
	for i, reason := range d.Reason {
		if reason < -1 || int(reason) >= p.reasons {
			return fmt.Errorf("row %d has reason %d of %d", i, reason, p.reasons)
		}
	}
	return nil
}

func at[T any](column []T, i int, otherwise T) T {
	if column == nil {
		return otherwise
	}
	return column[i]
}

// fill sets the columns of table trial for row i.
func (d *Decisions) fill(pass int64, i int, r row) {
	arm := at(d.Arm, i, waymark.NoArm)
	r.int(0, pass)
	r.int(1, int64(d.Task[i]))
	r.int(2, int64(d.Status[i]))
	r.index(3, arm)
	r.index(4, at(d.Reason, i, -1))
	r.real(5, at(d.Signal, i, math.NaN()))
	r.real(6, at(d.Score, i, math.NaN()))
	if d.Status[i] != Answered {
		r.null(6)
	}
	r.known(7, int64(at(d.Cost, i, 0)), at(d.CostKnown, i, d.Cost != nil))
	r.time(8, at(d.Latency, i, 0))
	calls := int32(1)
	if arm == waymark.NoArm {
		calls = 0
	}
	r.int(9, int64(at(d.Calls, i, calls)))
}
