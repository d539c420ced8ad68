package suite

import (
	"fmt"
	"math"
	"slices"

	"waymark/internal/claim"
	"waymark/internal/stats"
)

// pairedMean estimates a claim that is one value a task: over the rows that have
// all that it needs.
func (j *judge) pairedMean(c claim.Claim) (measured, error) {
	parts, err := j.parts(c)
	if err != nil {
		return measured{}, err
	}
	rows := complete(parts, len(j.now.Tasks))
	m := measured{alone: j.alone(c), atLeast: c.AtLeast()}
	if len(rows) == 0 {
		m.estimate = Interval(nothing("no task has all values that it needs"))
		return m, nil
	}
	j.missing(c, parts, len(rows))
	s := j.scaleOf(parts)
	m.least, m.most = s.range2(parts)
	if oneSlice(parts) {
		j.plainMean(&m, s, parts, rows)
	} else {
		j.slicedMean(&m, parts, rows)
	}
	j.still(&m, s, parts, rows)
	return m, nil
}

// alone reports whether a claim is about the run at hand, and no other.
func (j *judge) alone(c claim.Claim) bool {
	return !slices.ContainsFunc(c.Terms, func(t claim.Term) bool { return t.At != "" })
}

// missing warns of tasks that lack a value.
func (j *judge) missing(c claim.Claim, parts []part, rows int) {
	want := 0
	for i := range j.now.Tasks {
		there, all := false, true
		for _, p := range parts {
			there = there || p.in[i]
			all = all && (!p.in[i] || j.now.within(p.e)[i] >= 0)
		}
		if there && all {
			want++
		}
	}
	if rows < want {
		j.warn(fmt.Sprintf("%s: %d of %d tasks lack a value (a hole, a failure, no latency) and are left out", c.Left(), want-rows, want))
	}
}

// oneSlice reports whether all parts are about the same tasks.
func oneSlice(parts []part) bool {
	return !slices.ContainsFunc(parts, func(p part) bool {
		return p.term.Slice != parts[0].term.Slice || p.term.Value != parts[0].term.Value
	})
}

// A span is how a metric lies on [0,1]: qualities are lo + width·score.
type span struct{ lo, width float64 }

func (j *judge) scaleOf(parts []part) span {
	if d := j.now.Dataset; parts[0].term.Metric.Unit == claim.Quality && d.QualityHi > d.QualityLo {
		return span{d.QualityLo, d.QualityHi - d.QualityLo}
	}
	return span{0, 1}
}

// range2 is the least and the most that the sum of the terms can be.
func (s span) range2(parts []part) (least, most float64) {
	if parts[0].term.Metric.Unit == claim.USD {
		return math.Inf(-1), math.Inf(1)
	}
	for _, p := range parts {
		a, b := p.term.Factor*s.lo, p.term.Factor*(s.lo+s.width)
		least, most = least+math.Min(a, b), most+math.Max(a, b)
	}
	return least, most
}

// sum is the claim's left side on each row, in units of the score where it has one:
// left = offset + width·sum.
func (s span) sum(parts []part, rows []int, of func(part) []float64) []float64 {
	out := make([]float64, len(rows))
	for _, p := range parts {
		v := of(p)
		for k, i := range rows {
			out[k] += p.term.Factor * (v[i] - s.lo) / s.width
		}
	}
	return out
}

func (s span) offset(parts []part) (x float64) {
	for _, p := range parts {
		x += p.term.Factor * s.lo
	}
	return x
}

// scaled is an estimate and its gate, from units of the score to the left side's.
func scaled(e stats.Estimate, g stats.Gate, offset, factor float64) (Interval, stats.Gate) {
	e.Value, e.Lo, e.Hi = offset+factor*e.Value, offset+factor*e.Lo, offset+factor*e.Hi
	if factor < 0 {
		e.Lo, e.Hi = e.Hi, e.Lo
	}
	if g != nil {
		g = stats.Scaled{Gate: g, Offset: offset, Factor: factor}
	}
	return Interval(e), g
}

// observedOf are a part's values, and unmovedOf those where nothing changes.
func observedOf(p part) []float64 { return p.values }
func unmovedOf(p part) []float64  { return p.still }

// plainMean is the estimate of a claim whose terms are about the same tasks.
func (j *judge) plainMean(m *measured, s span, parts []part, rows []int) {
	offset, money := s.offset(parts), parts[0].term.Metric.Unit == claim.USD
	switch {
	case len(parts) == 1:
		one := parts[0]
		f := one.term.Factor
		one.term.Factor = 1
		estimate := stats.GatedMean
		if money {
			estimate = stats.GatedAmount
		}
		e, g := estimate(j.now.sample(s.sum([]part{one}, rows, observedOf), rows), j.now.Level)
		m.estimate, m.gate = scaled(e, g, offset, f*s.width)
	case len(parts) == 2 && parts[0].term.Factor == -parts[1].term.Factor:
		j.difference(m, s, parts, rows, money)
	default:
		values := s.sum(parts, rows, observedOf)
		e, g := stats.GatedSum(j.now.sample(values, rows), j.now.Level)
		if g == nil && !money && allEqual(values) {
			e, g = j.equal(values, rows, (m.least-offset)/s.width, (m.most-offset)/s.width)
		}
		if moved, ok := g.(stats.Student); ok && !money && zeroOnes(s, parts, rows) {
			g = moved.Moving(mean(s.sum(parts, rows, unmovedOr(parts)), j.now, rows), largest(parts), variance(values)/(moved.SE*moved.SE))
		}
		g = j.growing(g, m.atLeast, s, parts, rows, money)
		m.estimate, m.gate = scaled(e, g, offset, s.width)
	}
}

// difference is the estimate of A − B, which may be the very same.
func (j *judge) difference(m *measured, s span, parts []part, rows []int, money bool) {
	f := parts[0].term.Factor
	a, b := parts[0], parts[1]
	a.term.Factor, b.term.Factor = 1, -1
	values := s.sum([]part{a, b}, rows, observedOf)
	var e stats.Estimate
	var g stats.Gate
	if money {
		e, g = stats.GatedSum(j.now.sample(values, rows), j.now.Level)
		g = j.growing(g, m.atLeast == (f > 0), s, []part{a, b}, rows, money)
	} else {
		still := mean(s.sum([]part{a, b}, rows, unmovedOr([]part{a, b})), j.now, rows)
		e, g = stats.GatedDifference(j.now.sample(values, rows), still, j.now.Level)
	}
	if m.same = identical(a, b, rows); m.same {
		e = stats.Estimate{Confidence: j.now.Level, N: len(rows), Groups: e.Groups, Method: "the same policy on the same responses"}
	}
	m.fresh = !m.same && a.e.Dataset.Digest != b.e.Dataset.Digest && allEqual(append(values, 0))
	m.estimate, m.gate = scaled(e, g, 0, f*s.width)
}

// growing lets costs grow in proportion where a change is for the worse: the variance of a mean cost goes
// with its square.
func (j *judge) growing(g stats.Gate, atLeast bool, s span, parts []part, rows []int, money bool) stats.Gate {
	student, ok := g.(stats.Student)
	var mine []part
	for _, p := range parts {
		if p.e == j.now {
			mine = append(mine, p)
		}
	}
	if !ok || !money || len(mine) != 1 {
		return g
	}
	own := s.sum(mine, rows, observedOf)
	part, whole := j.now.sample(own, rows), j.now.sample(s.sum(parts, rows, observedOf), rows)
	covariance, err := stats.MeanCovariance(part, whole)
	if err != nil {
		return g
	}
	alone, err := stats.MeanCovariance(part, part)
	size := mean(own, j.now, rows)
	if err != nil || size == 0 {
		return g
	}
	return student.Growing(mean(s.sum(parts, rows, unmovedOr(parts)), j.now, rows), pick(atLeast, -1, 1)/size, covariance, alone)
}

// unmovedOr are a part's values where nothing changes, and the observed ones where those are not known.
func unmovedOr(parts []part) func(part) []float64 {
	if slices.ContainsFunc(parts, func(p part) bool { return p.still == nil }) {
		return observedOf
	}
	return unmovedOf
}

// identical reports whether two policies are configured alike and got the same responses to every
// task: then there is no difference that another task could show.
func identical(a, b part, rows []int) bool {
	if a.o.Type != b.o.Type || a.o.Config != b.o.Config || a.o.Config == "" && a.o.Type != "constant" || !slices.Equal(a.o.Knob, b.o.Knob) {
		return false
	}
	return sameResponses(a, b, rows)
}

// sameResponses reports whether models, qualities, costs and latencies are the same on all rows. In
// files that differ costs or latencies must vary too, by which responses are known again: scores alone
// may be alike by chance.
func sameResponses(a, b part, rows []int) bool {
	same := func(x, y float64) bool { // but for how results.db and memory round
		return math.Abs(x-y) <= 1e-9*math.Abs(x) || math.IsNaN(x) && math.IsNaN(y)
	}
	theirs := a.e.within(b.e)
	for _, i := range rows {
		k := int(theirs[i])
		x, y := a.o, b.o
		if k < 0 || modelOf(x, i) != modelOf(y, k) || !same(x.Quality[i], y.Quality[k]) || !same(x.Cost[i], y.Cost[k]) || !same(x.Latency[i], y.Latency[k]) {
			return false
		}
	}
	files := a.e.Dataset.Digest != "" && a.e.Dataset.Digest == b.e.Dataset.Digest
	return files || varies(a.o.Cost, rows) || varies(a.o.Latency, rows)
}

// varies reports whether some two known values differ.
func varies(values []float64, rows []int) bool {
	known := math.NaN()
	for _, i := range rows {
		if v := values[i]; !math.IsNaN(v) {
			if v != known && !math.IsNaN(known) {
				return true
			}
			known = v
		}
	}
	return false
}

func (j *judge) equal(values []float64, rows []int, least, most float64) (stats.Estimate, stats.Gate) {
	eq, err := stats.NewEqual(j.now.sample(values, rows), least, most)
	if err != nil {
		return stats.Estimate(nothing(err.Error())), nil
	}
	e := eq.Estimate(len(rows), j.now.Level)
	if e.Withheld != "" {
		return e, nil
	}
	return e, eq
}

func allEqual(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v-values[0]) > 1e-12 })
}

// zeroOnes reports whether all values are the ends of the metric's range.
func zeroOnes(s span, parts []part, rows []int) bool {
	for _, p := range parts {
		for _, i := range rows {
			if x := (p.values[i] - s.lo) / s.width; x != 0 && x != 1 {
				return false
			}
		}
	}
	return true
}

// largest is the greatest factor: what one task moves the sum by where its answer turns.
func largest(parts []part) (most float64) {
	for _, p := range parts {
		most = math.Max(most, math.Abs(p.term.Factor))
	}
	return most
}

func variance(values []float64) float64 {
	m, sum := 0.0, 0.0
	for _, v := range values {
		m += v / float64(len(values))
	}
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values))
}

// mean is the weighted mean over rows.
func mean(values []float64, e *Evidence, rows []int) float64 {
	var sum, total float64
	for k, i := range rows {
		w := 1.0
		if e.Weights != nil {
			w = e.Weights[i]
		}
		sum += w * values[k]
		total += w
	}
	return sum / total
}
