package stats

import (
	"errors"
	"math"
)

// A Sample is one number a task, and what is needed to know how sure its mean is.
type Sample struct {
	Values  []float64
	Weights []float64 // sampling weights; nil where all are 1
	Groups  []int32   // dense index of the unit that a value belongs to; nil where every value is its own
	Keys    []uint64  // stable key of each value's unit, for resampling; nil: the index
}

var errEmpty = errors.New("there are no tasks")

// units sums the sample by independent unit: weighted residuals from the mean are
// linear in them, so that the variance of the mean follows from units alone.
type unitSums struct {
	weight, value []float64 // Σw and Σw·v of each unit
	total         float64   // Σw over all
	mean          float64   // Σw·v / Σw
	keys          []uint64
}

func (s Sample) sums() (unitSums, error) {
	n := len(s.Values)
	if n == 0 {
		return unitSums{}, errEmpty
	}
	units := n
	if s.Groups != nil {
		units = 0
		for _, g := range s.Groups {
			units = max(units, int(g)+1)
		}
	}
	u := unitSums{weight: make([]float64, units), value: make([]float64, units), keys: make([]uint64, units)}
	var sum float64
	for i, v := range s.Values {
		w, g := 1.0, i
		if s.Weights != nil {
			w = s.Weights[i]
		}
		if s.Groups != nil {
			g = int(s.Groups[i])
		}
		if math.IsNaN(v) || math.IsInf(v, 0) || !(w >= 0) || math.IsInf(w, 0) {
			return unitSums{}, errors.New("a value or weight is not a finite number")
		}
		u.weight[g] += w
		u.value[g] += w * v
		u.keys[g] = uint64(g)
		if s.Keys != nil {
			u.keys[g] = s.Keys[i]
		}
		u.total += w
		sum += w * v
	}
	if u.total == 0 {
		return unitSums{}, errors.New("all weights are 0")
	}
	u.mean = sum / u.total
	return u.compact(), nil
}

// compact drops units without weight, which grouped samples with holes have.
func (u unitSums) compact() unitSums {
	k := 0
	for g, w := range u.weight {
		if w > 0 {
			u.weight[k], u.value[k], u.keys[k] = w, u.value[g], u.keys[g]
			k++
		}
	}
	u.weight, u.value, u.keys = u.weight[:k], u.value[:k], u.keys[:k]
	return u
}

// standardError is that of the weighted mean, by units, with the correction
// G/(G-1) for few of them (CR1). See Liang and Zeger (1986), and Miller, "Adding
// Error Bars to Evals" (2024), for its use on evaluations.
func (u unitSums) standardError() float64 {
	g := float64(len(u.weight))
	var ss float64
	for i, w := range u.weight {
		r := u.value[i] - w*u.mean
		ss += r * r
	}
	return math.Sqrt(g/(g-1)*ss) / u.total
}
