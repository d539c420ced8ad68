package store

import "context"

// Done says which parts of a run are in the file, and for how many tasks.
type Done struct {
	Decisions map[Part]int
	Steps     map[Part]int
}

// DoneChunks are the parts that need not be appended again.
func (r *Run) DoneChunks(ctx context.Context) (Done, error) {
	d := Done{Decisions: map[Part]int{}, Steps: map[Part]int{}}
	err := r.db.each(ctx, "read run "+r.id, func(scan func(...any) error) error {
		var p Part
		var holds string
		var tasks int
		if err := scan(&p.Policy, &p.Repeat, &holds, &p.Chunk, &tasks); err != nil {
			return err
		}
		if holds == holdsSteps {
			d.Steps[p] = tasks
		} else {
			d.Decisions[p] = tasks
		}
		return nil
	}, `SELECT policy.position, pass.repeat, chunk.holds, chunk.chunk, chunk.tasks
		FROM policy JOIN pass USING (policy_id) JOIN chunk USING (pass_id) WHERE policy.run_id = ?`, r.key)
	return d, err
}

const (
	holdsTrials = "trials"
	holdsSteps  = "steps"
)

// done records that a part is in the file, in the transaction that writes its
// rows.
func (t *tx) done(r *Run, pass int64, holds string, part Part, tasks int) error {
	var there bool
	err := t.scan(&there, "SELECT EXISTS (SELECT 1 FROM chunk WHERE pass_id = ? AND holds = ? AND chunk = ?)", pass, holds, part.Chunk)
	if err != nil {
		return err
	}
	if there {
		return r.db.errorf(Invalid, "cannot append to run %s: chunk %d of policy %d, repeat %d, is there already", r.id, part.Chunk, part.Policy, part.Repeat)
	}
	return t.exec("INSERT INTO chunk VALUES (?, ?, ?, ?)", pass, holds, part.Chunk, tasks)
}
