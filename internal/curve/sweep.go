package curve

import "math"

// Sweep is the exact curve over every knob: it sorts the breakpoints of all tasks
// and runs sums, in O(n log n). Sums are compensated (Neumaier 1974), and ties are
// in the order of tasks.
func Sweep(s *Steps) (Curve, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	r := newRunning(s)
	events := s.events()
	distinct := 1
	for i := 1; i < len(events); i++ {
		if events[i].key != events[i-1].key {
			distinct++
		}
	}
	out := make(Curve, 0, distinct+1)
	out = append(out, r.point(s.From[0]))
	for i, e := range events {
		r.take(e)
		if i+1 == len(events) || events[i+1].key != e.key {
			out = append(out, r.point(s.From[e.step]))
		}
	}
	return out, nil
}

// running is the state of all tasks at one knob, and the sums over it.
type running struct {
	s              *Steps
	n              float64 // Σw
	weightSquares  float64 // Σ_g W²
	quality, cost  moments
	strong         sum
	moved          int
	unitWeights    []float64 // W of each unit, where there are groups
	weighted, many bool
}

// moments are the sums behind a mean and its standard error: with X_g the weighted
// sum of unit g and W_g its weight, ΣX, ΣX² and ΣXW.
type moments struct {
	sum, squares, cross sum
	units               []float64 // X_g, where there are groups
}

func newRunning(s *Steps) *running {
	r := &running{s: s, weighted: s.Weights != nil, many: s.Groups != nil}
	if r.many {
		units := int32(0)
		for _, g := range s.Groups {
			units = max(units, g+1)
		}
		r.unitWeights = make([]float64, units)
		r.quality.units, r.cost.units = make([]float64, units), make([]float64, units)
		for i, g := range s.Groups {
			r.unitWeights[g] += r.weight(int32(i))
		}
		for _, w := range r.unitWeights {
			r.weightSquares += w * w
		}
	}
	for i := range s.Tasks() {
		w := r.weight(int32(i))
		r.n += w
		if !r.many {
			r.weightSquares += w * w
		}
		k := s.Start[i]
		r.move(int32(i), w, 0, s.Quality[k], 0, s.Cost[k])
		if s.Strong[k] {
			r.strong.add(w)
		}
	}
	return r
}

func (r *running) weight(task int32) float64 {
	if r.weighted {
		return r.s.Weights[task]
	}
	return 1
}

// take moves a task to the step of an event, which follows the one it stands on.
func (r *running) take(e event) {
	s, k := r.s, e.step
	w := r.weight(e.task)
	r.move(e.task, w, s.Quality[k-1], s.Quality[k], s.Cost[k-1], s.Cost[k])
	if s.Strong[k] != s.Strong[k-1] {
		if s.Strong[k] {
			r.strong.add(w)
		} else {
			r.strong.add(-w)
		}
	}
	if int(k) == s.Start[e.task]+1 {
		r.moved++
	}
}

func (r *running) move(task int32, w, q0, q1, c0, c1 float64) {
	if !r.many {
		r.quality.change(w*q0, w*q1, w)
		r.cost.change(w*c0, w*c1, w)
		return
	}
	g := r.s.Groups[task]
	r.quality.changeUnit(g, w*(q1-q0), r.unitWeights[g])
	r.cost.changeUnit(g, w*(c1-c0), r.unitWeights[g])
}

// change replaces the sum of a unit of its own.
func (m *moments) change(before, after, weight float64) {
	m.sum.add(after - before)
	m.squares.add(after*after - before*before)
	m.cross.add((after - before) * weight)
}

// changeUnit adds to the sum of a unit.
func (m *moments) changeUnit(g int32, delta, weight float64) {
	before := m.units[g]
	m.units[g] = before + delta
	m.sum.add(delta)
	m.squares.add(delta * (2*before + delta))
	m.cross.add(delta * weight)
}

func (r *running) point(knob float64) Point {
	units := float64(r.s.Tasks())
	if r.many {
		units = float64(len(r.unitWeights))
	}
	p := Point{Knob: knob, Share: r.strong.value() / r.n, Rerouted: r.moved}
	p.Quality, p.QualityError = r.quality.mean(r.n, r.weightSquares, units)
	p.Cost, p.CostError = r.cost.mean(r.n, r.weightSquares, units)
	return p
}

// mean is ΣX/ΣW and its standard error √(G/(G−1)·Σ(X−W·mean)²)/ΣW.
func (m *moments) mean(n, weightSquares, units float64) (mean, se float64) {
	mean = m.sum.value() / n
	ss := m.squares.value() - 2*mean*m.cross.value() + mean*mean*weightSquares
	if units < 2 {
		return mean, math.NaN()
	}
	return mean, math.Sqrt(math.Max(0, units/(units-1)*ss)) / n
}

// A sum is compensated.
type sum struct{ s, c float64 }

func (a *sum) add(x float64) {
	t := a.s + x
	if math.Abs(a.s) >= math.Abs(x) {
		a.c += a.s - t + x
	} else {
		a.c += x - t + a.s
	}
	a.s = t
}

func (a *sum) value() float64 { return a.s + a.c }
