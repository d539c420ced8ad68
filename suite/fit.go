package suite

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"strings"

	"waymark"
	"waymark/internal/crossfit"
	"waymark/internal/replay"
	"waymark/internal/stats"
	"waymark/policies"
)

// folds is how many parts the rows that a policy is fitted on are dealt to.
const folds = 5

const foldsSeed = 0x666f6c64

// A fitting is a policy that was built, and what its learned parts were fitted on.
type fitting struct {
	policy  waymark.Policy
	learned bool
	loaded  *Fitted           // the saved state that it was loaded from, nil if it was not
	on      []int             // the rows that a copy for other rows is fitted on
	whole   policies.Learning // of that copy
	chain   []waymark.ModelID // that it asks in turn
}

// build makes a policy. Its learned parts are fitted on some rows: each of these is
// decided by a copy that was fitted on the other folds, and every other row by a copy
// that was fitted on all of them.
func (b *board) build(e Entry, config policies.Config, on []int) (*fitting, error) {
	f := &fitting{on: on, loaded: e.fitted}
	f.whole = policies.Learning{Outcomes: b.outcomes(on), Memo: b.memo(on)}
	if e.fitted != nil {
		f.whole = policies.Learning{Saved: e.fitted.State}
	}
	var err error
	if f.policy, err = config.Build(b.inputs(&f.whole)); err != nil {
		return nil, err
	}
	f.chain = chainOf(f.policy)
	if f.learned = f.whole.Asked(); !f.learned {
		if e.fitted != nil {
			return nil, fmt.Errorf("fitted: the policy has no learned part that could be loaded")
		}
		return f, nil
	}
	if e.fitted != nil {
		return f, nil
	}
	f.policy, err = b.cross(config, f.policy, on)
	return f, err
}

// cross joins whole with copies of the policy that were fitted on all folds but one.
func (b *board) cross(config policies.Config, whole waymark.Policy, on []int) (waymark.Policy, error) {
	dealt := b.deal(on)
	if len(dealt) < 2 {
		return nil, fmt.Errorf("a learned policy needs at least 2 units to be fitted on one and to decide the other, found %d tasks in %d", len(on), len(dealt))
	}
	part := map[string]int{}
	var copies []waymark.Policy
	for k, fold := range dealt {
		others := without(on, fold)
		copied, err := config.Build(b.inputs(&policies.Learning{Outcomes: b.outcomes(others), Memo: b.memo(others)}))
		if err != nil {
			return nil, fmt.Errorf("fitted on all folds of the tune split but the %s of %d: %w", ordinal(k+1), len(dealt), err)
		}
		copies = append(copies, copied)
		for _, i := range fold {
			part[b.matrix.Tasks[i].ID] = k
		}
	}
	return crossfit.Join(append(copies, whole), part)
}

func ordinal(n int) string {
	return fmt.Sprint(n) + map[int]string{1: "st", 2: "nd", 3: "rd"}[n] + map[bool]string{true: "th"}[n > 3]
}

// deal is rows by fold, clusters kept together; a fold without any is left out.
func (b *board) deal(rows []int) [][]int {
	b.cluster()
	by := make([][]int, folds)
	for _, i := range rows {
		k := b.foldOf(i)
		by[k] = append(by[k], i)
	}
	var out [][]int
	for _, fold := range by {
		if len(fold) > 0 {
			out = append(out, fold)
		}
	}
	return out
}

// foldOf is the fold of a row, by a hash of the first unit of its cluster.
func (b *board) foldOf(row int) int {
	return int(stats.SignBits(foldsSeed, b.units.keys[b.first[row]], 0) % folds)
}

// without is the rows that are not in some, both ascending.
func without(rows, some []int) (out []int) {
	k := 0
	for _, i := range rows {
		for k < len(some) && some[k] < i {
			k++
		}
		if k < len(some) && some[k] == i {
			continue
		}
		out = append(out, i)
	}
	return out
}

// outcomes is what models did on some rows, for a policy to be fitted on.
func (b *board) outcomes(rows []int) *waymark.Outcomes {
	o := &waymark.Outcomes{Queries: b.queries.Pick(rows), Models: b.matrix.Models, Answers: b.matrix}
	for col := range b.matrix.Models {
		c := &b.matrix.Columns[col]
		quality, cost := make([]float64, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			quality[k], cost[k] = math.NaN(), math.NaN()
			if c.State[i]&replay.HasResponse == 0 {
				continue
			}
			if c.State[i]&replay.HasScore != 0 {
				quality[k] = c.Score[i]
			}
			if c.State[i]&replay.HasCost != 0 {
				cost[k] = c.Cost[i].Float()
			}
		}
		o.Quality, o.Cost = append(o.Quality, quality), append(o.Cost, cost)
	}
	b.cluster()
	for _, i := range rows {
		o.Units = append(o.Units, b.units.keys[b.first[i]])
		if b.units.weights != nil {
			o.Weights = append(o.Weights, b.units.weights[i])
		}
	}
	return o
}

// memo is what copies that are fitted on the same rows share.
func (b *board) memo(rows []int) *policies.Memo {
	h := fnv.New64a()
	var word [8]byte
	for _, i := range rows {
		binary.LittleEndian.PutUint64(word[:], uint64(i))
		h.Write(word[:])
	}
	key := h.Sum64()
	if b.memos == nil {
		b.memos = map[uint64]*policies.Memo{}
	}
	if b.memos[key] == nil {
		b.memos[key] = &policies.Memo{}
	}
	return b.memos[key]
}

// unseen is the rows that a loaded policy was not fitted on: a knob that is chosen, or
// certified, on the others would be chosen in-sample.
func (f *fitting) unseen(b *board, rows []int) (out []int) {
	if f.loaded == nil {
		return rows
	}
	seen := f.loaded.seen(b)
	for _, i := range rows {
		if !seen[i] {
			out = append(out, i)
		}
	}
	return out
}

// laidOn is the rows that the places of several cuts are searched on: where a loaded policy was
// fitted on all of them none of its knobs is chosen, and its curve lies along these.
func (c *candidate) laidOn(b *board, rows []int) []int {
	if free := c.fit.unseen(b, rows); len(free) > 0 {
		return free
	}
	return rows
}

// told says what the learned policies among cands were fitted on, once for all of them.
func (b *board) told(cands []*candidate, certified bool) {
	var fitted []string
	for _, c := range cands {
		switch f := c.fit; {
		case !f.learned:
		case f.loaded == nil:
			fitted = append(fitted, c.entry.Name)
		default:
			if n := len(b.test) - len(f.unseen(b, b.test)); n > 0 {
				b.warnings = append(b.warnings, fmt.Sprintf("%s was fitted on %d of the %d tasks that it is reported on (or on others of their groups): what is said of it is in-sample and too good", c.entry.Name, n, len(b.test)))
			}
		}
	}
	if len(fitted) == 0 {
		return
	}
	text := fmt.Sprintf("%s fitted on the tune split (there, each fifth is decided by a copy fitted on the others)", list(fitted))
	switch {
	case certified:
		text = fmt.Sprintf("%s fitted on one half of the tune split and certified on the other", list(fitted))
	case b.outer != nil:
		text = fmt.Sprintf("%s fitted anew for each fold, on the others", list(fitted))
	case !b.split:
		text = fmt.Sprintf("%s cross-fitted: each fifth of the tasks is decided by a copy fitted on the others", list(fitted))
	}
	b.warnings = append(b.warnings, text+"; intervals are conditional on these fits")
}

func list(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}
