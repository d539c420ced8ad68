package tune

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// A Tiered is what each of several tiers would do with each task, tasks being sent
// to tiers by cuts along one score: below the first cut to the first tier, and so on.
type Tiered struct {
	Scores []float64
	// Of each tier and task, the part that it adds to a mean (weighted, and divided by the total
	// weight), and the conditions' slacks alike.
	Quality, Cost [][]float64
	Conditions    [][][]float64 // condition, tier, task
	Offsets       []float64     // of each condition: what its slack is without any task
}

// A Cut is one place for all cuts.
type Cut struct {
	Point           // Knob is not used
	Cuts  []float64 // ascending; −Inf sends everything beyond
	at    []int     // how many distinct scores lie below each
}

// Cuts is what a search over the places of cuts found.
type Cuts struct {
	Best     Cut
	OK       bool  // whether any place meets all conditions
	Frontier []Cut // places that no other beats in quality and cost, by ascending cost, conditions aside
	Exact    bool  // every place that decides differently was tried
	Tried    int
	// Of a search that is not exact: bars were moved together first, for want of room for a
	// grid; and refining was stopped while it still gained.
	Together, Unfinished bool
	Distinct             int // distinct scores
}

// budget is how many places are tried: some tenths of a second's work.
const budget = 12_000_000

// Search finds the best place for the cuts. Means are additive over cuts: moving a task
// from one tier to the next changes them by what the two differ in, so that each is a sum of
// prefix sums, one a cut. Where there are no more places than can be tried, all are, and the
// result is exact; else those of an even grid over the distinct scores are, and the best of them
// is refined by moving one cut at a time through all its places until none gains.
func (t *Tiered) Search(maximise bool) Cuts {
	s := newSearch(t, maximise)
	grid := s.grid()
	out := Cuts{Exact: len(grid) == len(s.distinct)+1, Distinct: len(s.distinct)}
	s.visit(grid, 0, 0, s.start)
	if !out.Exact && s.some {
		s.refine()
	}
	out.Tried = s.tried
	out.OK = s.some && s.best.Slack >= -rounding
	out.Best = s.finish(s.best)
	for _, c := range s.frontier {
		out.Frontier = append(out.Frontier, s.finish(c))
	}
	return out
}

// search is the state of one search. A sum has quality, cost, and the slack of each condition.
type search struct {
	maximise bool
	distinct []float64
	delta    [][][]float64 // cut, sum, place: what it adds to stand there
	start    []float64     // sums with everything in the last tier
	at       []int         // the cuts, as they are being placed
	best     Cut
	some     bool
	frontier []Cut
	tried    int
}

func newSearch(t *Tiered, maximise bool) *search {
	order := make([]int, len(t.Scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Scores[a], t.Scores[b]) })
	s := &search{maximise: maximise, at: make([]int, len(t.Quality)-1)}
	place := make([]int, len(order)) // of each task: the number of distinct scores up to its own
	for _, i := range order {
		if n := len(s.distinct); n == 0 || t.Scores[i] > s.distinct[n-1] {
			s.distinct = append(s.distinct, t.Scores[i])
		}
		place[i] = len(s.distinct)
	}
	sums := append([][][]float64{t.Quality, t.Cost}, t.Conditions...)
	last := len(t.Quality) - 1
	for _, tiers := range sums {
		total := 0.0
		for _, v := range tiers[last] {
			total += v
		}
		s.start = append(s.start, total)
	}
	for c, offset := range t.Offsets {
		s.start[2+c] += offset
	}
	for cut := range s.at {
		var deltas [][]float64
		for _, tiers := range sums {
			d := make([]float64, len(s.distinct)+1)
			for i, p := range place {
				d[p] += tiers[cut][i] - tiers[cut+1][i]
			}
			for p := 1; p < len(d); p++ {
				d[p] += d[p-1]
			}
			deltas = append(deltas, d)
		}
		s.delta = append(s.delta, deltas)
	}
	return s
}

// grid is the places that are tried: all, or as many even ones as the budget has room for.
func (s *search) grid() []int {
	n := len(s.distinct) + 1
	for combinations(n, len(s.at)) > budget {
		n -= 1 + n/64
	}
	out := make([]int, n)
	for k := range out {
		out[k] = k
		if n <= len(s.distinct) {
			out[k] = k * len(s.distinct) / (n - 1)
		}
	}
	return out
}

// combinations is the number of ascending choices of k out of n, with repetition.
func combinations(n, k int) float64 {
	out := 1.0
	for i := range k {
		out *= float64(n+i) / float64(i+1)
	}
	return out
}

// visit places the cuts from a given one on, none below the place before.
func (s *search) visit(grid []int, cut, from int, sums []float64) {
	if cut == len(s.at) {
		s.consider(sums)
		return
	}
	next := make([]float64, len(sums))
	for k := from; k < len(grid); k++ {
		p := grid[k]
		for m := range sums {
			next[m] = sums[m] + s.delta[cut][m][p]
		}
		s.at[cut] = p
		s.visit(grid, cut+1, k, next)
	}
}

// consider holds one place against the best and against the frontier.
func (s *search) consider(sums []float64) {
	s.tried++
	p := Point{Quality: sums[0], Cost: sums[1], Slack: math.Inf(1)}
	for _, x := range sums[2:] {
		p.Slack = math.Min(p.Slack, x)
	}
	if !s.some || s.beats(p, s.best.Point) {
		s.best, s.some = Cut{Point: p, at: slices.Clone(s.at)}, true
	}
	s.admit(p)
}

// beats reports whether a is preferred to b: what meets the conditions to what does
// not, and where neither does, what misses them by less.
func (s *search) beats(a, b Point) bool {
	meets := a.Slack >= -rounding
	switch {
	case meets != (b.Slack >= -rounding):
		return meets
	case meets:
		return better(a, b, s.maximise)
	}
	return a.Slack > b.Slack
}

// admit adds a point to the frontier and drops those that it dominates.
func (s *search) admit(p Point) {
	f := s.frontier
	k, _ := slices.BinarySearchFunc(f, p.Cost, func(c Cut, cost float64) int { return cmp.Compare(c.Cost, cost) })
	least := p.Quality - rounding
	if k > 0 && f[k-1].Quality >= least || k < len(f) && f[k].Cost == p.Cost && f[k].Quality >= least {
		return
	}
	end := k
	for end < len(f) && f[end].Quality <= p.Quality+rounding {
		end++
	}
	s.frontier = slices.Replace(f, k, end, Cut{Point: p, at: slices.Clone(s.at)})
}

// refine moves one cut at a time through all places between its neighbours.
func (s *search) refine() {
	for {
		before := slices.Clone(s.best.at)
		for cut := range s.at {
			copy(s.at, s.best.at)
			lo, hi := 0, len(s.distinct)
			if cut > 0 {
				lo = s.at[cut-1]
			}
			if cut+1 < len(s.at) {
				hi = s.at[cut+1]
			}
			for p := lo; p <= hi; p++ {
				s.at[cut] = p
				s.consider(s.sums())
			}
		}
		if slices.Equal(before, s.best.at) {
			return
		}
	}
}

// sums are those at the cuts' present places.
func (s *search) sums() []float64 {
	out := slices.Clone(s.start)
	for cut, p := range s.at {
		for m := range out {
			out[m] += s.delta[cut][m][p]
		}
	}
	return out
}

// finish turns places into numbers: the simplest between the score below and the score at it.
func (s *search) finish(c Cut) Cut {
	for _, p := range c.at {
		x := math.Inf(-1)
		switch {
		case p == len(s.distinct):
			x = math.Inf(1)
		case p > 0:
			x = Simplest(math.Nextafter(s.distinct[p-1], math.Inf(1)), s.distinct[p])
		}
		c.Cuts = append(c.Cuts, x)
	}
	return c
}

// Simplest is the number of the fewest digits in the middle half of the range from lo
// to hi: a threshold that a person can read, and that does not hang on the last bit of one
// task's score. It is lo where the range is unbounded.
func Simplest(lo, hi float64) float64 {
	mid := lo + (hi-lo)/2
	if math.IsInf(mid, 0) || math.IsNaN(mid) {
		return lo
	}
	for digits := 1; digits <= 17; digits++ {
		x, err := strconv.ParseFloat(strconv.FormatFloat(mid, 'g', digits, 64), 64)
		if err == nil && math.Abs(x-mid) <= (hi-lo)/4 {
			return x
		}
	}
	return mid
}
