package curve

import "waymark/internal/stats"

// stairKnots is how many points of a curve its frontier is chosen among.
const stairKnots = 24

// HypervolumeInterval estimates the hypervolume of a swept policy as SetHypervolume
// does. What is chosen on the other folds is which stretches between two dozen knobs belong to
// the frontier; along those the curve is followed through every one of its points, so
// that a curve that rises all the way loses nothing. dearest is what the dearest model
// costs on each task. value is of all points and tasks at once.
func HypervolumeInterval(s *Steps, c Curve, dearest []float64, confidence float64) (value float64, e stats.Estimate) {
	values, value, f, why := s.hypervolume(c, dearest)
	if why != "" {
		return value, s.withheld(confidence, why)
	}
	return value, f.estimate(values, 0, confidence)
}

// hypervolume is a value a task whose mean is the cross-fitted share.
func (s *Steps) hypervolume(c Curve, dearest []float64) (values []float64, plain float64, f *folded, why string) {
	f = newFolded(s, dearest)
	all := make([]Spot, len(c))
	for j, p := range c {
		all[j] = Spot{p.Quality, p.Cost}
	}
	plain, ok := Hypervolume(all, f.mean)
	if !ok {
		return nil, nan, f, "the dearest model costs nothing"
	}
	values = make([]float64, s.Tasks())
	at := s.points()
	mean := 0.0
	for fold := range hypervolumeFolds {
		here, other := s.split(c, all, f, fold)
		if here == nil || other == nil {
			return nil, plain, f, fewUnits
		}
		g := f.measure(chooseStretches(other, f.other[fold]), here, fold)
		mean += g.share / hypervolumeFolds
		s.influence(f, fold, g, here, at, values)
	}
	for i := range values {
		values[i] += mean
	}
	return values, plain, f, ""
}

// split are the curve's points over a fold, and over all others; nil where there
// is no weight.
func (s *Steps) split(c Curve, all []Spot, f *folded, fold int) (here, other []Spot) {
	w, total := f.weight[fold], f.total
	if !(w > 0) || !(total > w) {
		return nil, nil
	}
	var quality, cost sum
	for i, of := range f.of {
		if int(of) == fold {
			k := s.Start[i]
			quality.add(s.weight(i) * s.Quality[k])
			cost.add(s.weight(i) * s.Cost[k])
		}
	}
	here, other = make([]Spot, 0, len(c)), make([]Spot, 0, len(c))
	look := func() {
		a, x := all[len(here)], Spot{quality.value() / w, cost.value() / w}
		here = append(here, x)
		other = append(other, Spot{(a.Quality*total - x.Quality*w) / (total - w), (a.Cost*total - x.Cost*w) / (total - w)})
	}
	look()
	events := s.events()
	for i, e := range events {
		if int(f.of[e.task]) == fold {
			k, v := int(e.step), s.weight(int(e.task))
			quality.add(v * (s.Quality[k] - s.Quality[k-1]))
			cost.add(v * (s.Cost[k] - s.Cost[k-1]))
		}
		if i+1 == len(events) || events[i+1].key != e.key {
			look()
		}
	}
	return here, other
}

// influence writes what each task of a fold adds: the slopes at all points, times what
// the task does there. Between its steps a task stands still, so that sums of slopes do.
func (s *Steps) influence(f *folded, fold int, g gradient, here []Spot, at []int32, values []float64) {
	below := make([]Spot, len(here)+1) // slopes at the points before each
	constant := -g.dearest * f.here[fold]
	for j, d := range g.slopes {
		below[j+1] = Spot{below[j].Quality + d.Quality, below[j].Cost + d.Cost}
		constant -= d.Quality*here[j].Quality + d.Cost*here[j].Cost
	}
	for i, of := range f.of {
		if int(of) != fold {
			continue
		}
		v := constant + g.dearest*f.dearest[i]
		for k := s.Start[i]; k < s.Start[i+1]; k++ {
			from, to := at[k], int32(len(here))
			if k+1 < s.Start[i+1] {
				to = at[k+1]
			}
			v += (below[to].Quality-below[from].Quality)*s.Quality[k] + (below[to].Cost-below[from].Cost)*s.Cost[k]
		}
		values[i] = f.part(fold) * v
	}
}

// chooseStretches is the way along a curve's points, by ascending cost: through every
// point between two neighbouring knots of the frontier, in one leap between others.
func chooseStretches(spots []Spot, dearest float64) []int {
	n := min(len(spots), stairKnots)
	where, knots := make([]int, n), make([]Spot, n)
	for j := range n {
		where[j] = j
		if len(spots) > n {
			where[j] = j * (len(spots) - 1) / (n - 1)
		}
		knots[j] = spots[where[j]]
	}
	var way []int
	last := -2
	for _, j := range chooseStairs(knots, dearest) {
		switch {
		case j == last+1 && last >= 0:
			for p := where[last] + 1; p < where[j]; p++ {
				way = append(way, p)
			}
		case j == last-1:
			for p := where[last] - 1; p > where[j]; p-- {
				way = append(way, p)
			}
		}
		way = append(way, where[j])
		last = j
	}
	return way
}
