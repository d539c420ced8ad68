package tune

import (
	"context"
	"math"
	"slices"
)

// A Climb is what each task gets at each stage that it may stop at: it stops at the first
// whose score reaches the bar of the stage. The rungs of task i are those from Start[i] to
// Start[i+1], and the last of them is taken whatever the bars.
type Climb struct {
	Stages int // one more than there are bars
	Start  []int
	Stage  []int     // of each rung
	Score  []float64 // of each rung
	// Of each rung, the part that it adds to a mean (weighted, and divided by the total weight),
	// and the conditions' slacks alike.
	Quality, Cost []float64
	Conditions    [][]float64
	Offsets       []float64 // of each condition: what its slack is without any task
}

// ladder is the state of a search over the places of bars.
type ladder struct {
	search
	c      *Climb
	levels [][]float64 // of each stage: the distinct scores there
	rank   []int       // of each rung: among the levels of its stage; beyond all where it is taken in any case
	sums   [][]float64
	start  []float64

	ctx        context.Context
	unfinished bool // refining was stopped while it still gained
}

// Search finds the best place for the bars. Where no more places decide differently than can be
// tried, all are, and the result is exact; else those of an even grid over the distinct scores of each
// stage are, and the best of them is refined by moving one bar at a time through all its places, exactly,
// until none gains. Where there are so many bars that not even a grid of two places for each can be
// tried, all bars move together, each at the same quantile of its scores, before the best is refined.
// An error is of ctx.
func (c *Climb) Search(ctx context.Context, maximise bool) (Cuts, error) {
	l := newLadder(c, maximise)
	l.ctx = ctx
	grids, exact := l.grids()
	together := grids == nil
	if together {
		l.abreast()
	} else {
		l.walk(grids, 0)
	}
	if !exact && l.some {
		l.climb()
	}
	if err := ctx.Err(); err != nil {
		return Cuts{}, err
	}
	out := Cuts{Together: together, Unfinished: l.unfinished, Exact: exact, Tried: l.tried, OK: l.some && l.best.Slack >= -rounding, Best: l.finish(l.best)}
	for _, v := range l.levels {
		out.Distinct += len(v)
	}
	for _, f := range l.frontier {
		out.Frontier = append(out.Frontier, l.finish(f))
	}
	return out, nil
}

// abreast tries all bars at the same quantile of their scores.
func (l *ladder) abreast() {
	most := 0
	for _, v := range l.levels {
		most = max(most, len(v))
	}
	steps := min(most, abreastPlaces-1)
	for k := 0; k <= steps && l.ctx.Err() == nil; k++ {
		for bar, v := range l.levels {
			l.at[bar] = k * len(v) / max(1, steps)
		}
		l.consider(l.total())
	}
}

// abreastPlaces is how many places bars are moved through together at the most; mostWork bounds
// the terms that are added up.
const (
	abreastPlaces = 257
	mostWork      = 10 * budget
)

func newLadder(c *Climb, maximise bool) *ladder {
	l := &ladder{c: c, levels: make([][]float64, c.Stages-1), rank: make([]int, len(c.Stage))}
	l.maximise, l.at = maximise, make([]int, c.Stages-1)
	last := make([]bool, len(c.Stage))
	for i := range len(c.Start) - 1 {
		last[c.Start[i+1]-1] = true
	}
	for k, s := range c.Stage {
		if !last[k] {
			l.levels[s] = append(l.levels[s], c.Score[k])
		}
	}
	for s := range l.levels {
		slices.Sort(l.levels[s])
		l.levels[s] = slices.Compact(l.levels[s])
	}
	for k, s := range c.Stage {
		l.rank[k] = math.MaxInt
		if !last[k] {
			l.rank[k], _ = slices.BinarySearch(l.levels[s], c.Score[k])
		}
	}
	l.sums = append([][]float64{c.Quality, c.Cost}, c.Conditions...)
	l.start = append([]float64{0, 0}, c.Offsets...)
	return l
}

// grids are the places of each bar that are tried, nil where not even two of each can be, and
// whether they are all.
func (l *ladder) grids() (out [][]int, exact bool) {
	most := 0
	for _, v := range l.levels {
		most = max(most, len(v)+1)
	}
	work := func(n int) float64 {
		all := float64(len(l.rank) * len(l.sums))
		for _, v := range l.levels {
			all *= float64(min(n, len(v)+1))
		}
		return all
	}
	n := most
	for n > 2 && work(n) > mostWork {
		n -= 1 + n/64
	}
	if work(n) > mostWork {
		return nil, false
	}
	for _, v := range l.levels {
		size := min(n, len(v)+1)
		grid := make([]int, size)
		for k := range grid {
			grid[k] = k * len(v) / max(1, size-1)
		}
		out = append(out, grid)
	}
	return out, n >= most
}

// walk tries every combination of places from a bar on.
func (l *ladder) walk(grids [][]int, bar int) {
	if bar == len(grids) {
		l.consider(l.total())
		return
	}
	for _, p := range grids[bar] {
		if l.ctx.Err() != nil {
			return
		}
		l.at[bar] = p
		l.walk(grids, bar+1)
	}
}

// taken is the rung at which a task stops, from a rung on.
func (l *ladder) taken(k int) int {
	for l.rank[k] != math.MaxInt && l.rank[k] < l.at[l.c.Stage[k]] {
		k++
	}
	return k
}

// total is the sums at the bars' present places.
func (l *ladder) total() []float64 {
	out := slices.Clone(l.start)
	for i := range len(l.c.Start) - 1 {
		k := l.taken(l.c.Start[i])
		for m := range out {
			out[m] += l.sums[m][k]
		}
	}
	return out
}

// climb moves one bar at a time through all its places until none gains, or until it has
// done as much work as it may.
func (l *ladder) climb() {
	for work := 0; ; {
		before := slices.Clone(l.best.at)
		for bar := range l.at {
			if l.ctx.Err() != nil {
				return
			}
			if work += (len(l.rank) + len(l.levels[bar])) * len(l.sums); work > mostWork {
				l.unfinished = true
				return
			}
			copy(l.at, l.best.at)
			l.move(bar)
		}
		if slices.Equal(before, l.best.at) {
			return
		}
	}
}

// move tries every place of one bar: as it rises, the tasks of one score after another
// go on to where the other bars send them.
func (l *ladder) move(bar int) {
	moved := make([][]float64, len(l.levels[bar])+1) // by place: what the sums change by on the way to it
	for p := range moved {
		moved[p] = make([]float64, len(l.start))
	}
	l.at[bar] = 0
	sums := l.total()
	for i := range len(l.c.Start) - 1 {
		k := l.taken(l.c.Start[i])
		if l.c.Stage[k] != bar || l.rank[k] == math.MaxInt {
			continue
		}
		next := l.taken(k + 1)
		for m := range sums {
			moved[l.rank[k]+1][m] += l.sums[m][next] - l.sums[m][k]
		}
	}
	for p := range moved {
		for m := range sums {
			sums[m] += moved[p][m]
		}
		l.at[bar] = p
		l.consider(sums)
	}
}

// finish turns places into numbers: the simplest between the score below and the score at it.
func (l *ladder) finish(c Cut) Cut {
	for s, p := range c.at {
		one := search{distinct: l.levels[s]}
		c.Cuts = append(c.Cuts, one.finish(Cut{at: []int{p}}).Cuts...)
	}
	return c
}
