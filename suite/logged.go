package suite

import (
	"context"
	"fmt"

	"waymark"
	"waymark/datasets"
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
		if _, known := read.Models[m.ID]; !known {
			read.Models[m.ID] = false // a model that the log never chose may be asked for
		}
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
