package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MacroMean estimates the mean of category means, in which every category counts alike
// however many tasks it has:
//
//	M = (1/C) Σ_c m_c,   m_c = Σ_{i∈c} w_i v_i / Σ_{i∈c} w_i.
//
// The C categories are those of interest and not a draw of some: only tasks within them
// vary. So M is a stratified mean (Cochran 1977, §5.3) whose variance is the sum over
// units u of (Σ_{i∈u} e_i)², with e_i = w_i (v_i − m_c) / (C Σ_{j∈c} w_j), each category's
// scaled by g_c/(g_c − 1) for its g_c units. A unit in several categories is summed over
// all of them first. The degrees of freedom of t are Satterthwaite's (1946),
// taken as if all categories varied alike: (Σ a_c)² / Σ a_c²/(g_c − 1) with a_c the sum over
// units of their squared share of the category's weight, 1/n_c in the plain case.
//
// A category of a single unit says nothing of its own spread. Values that lie within
// a range (spread, its length) cannot have a variance above spread²/4 (Popoviciu 1935), and
// that is taken for it: the interval is then wider than it need be. Where the spread
// is NaN, as for costs, there is no interval.
func MacroMean(s Sample, category []int32, spread, confidence float64) Estimate {
	m, err := newMacro(s, category)
	if err != nil {
		return withheld(len(s.Values), 0, confidence, math.NaN(), err.Error())
	}
	e := Estimate{Value: m.mean, Confidence: confidence, N: len(s.Values), Groups: m.units, Method: "stratified t"}
	no := func(why string) Estimate { return withheld(e.N, e.Groups, confidence, e.Value, why) }
	switch {
	case m.units < minUnits:
		return no(tooFew(m.units))
	case m.df == 0:
		return no("every category has a single unit: nothing is known of the spread within them")
	case m.single > 0 && math.IsNaN(spread):
		return no(fmt.Sprintf("%d of %d categories have a single unit, of whose spread nothing is known", m.single, m.categories))
	}
	variance := m.variance
	if m.single > 0 {
		variance += float64(m.single) * spread * spread / 4 / float64(m.categories*m.categories)
	}
	if m.single == 0 && math.Sqrt(variance) <= noSpread*math.Abs(m.mean) {
		return no("all values are equal within their categories: nothing is known of their spread")
	}
	half := distuv.StudentsT{Sigma: 1, Nu: m.df}.Quantile(0.5+confidence/2) * math.Sqrt(variance)
	e.Lo, e.Hi = m.mean-half, m.mean+half
	if m.single > 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d of %d categories have a single unit: the greatest variance that its values can have is taken for each", m.single, m.categories))
	}
	if m.units < fewUnits {
		e.Warnings = append(e.Warnings, approximate(m.units))
	}
	return e
}

// A macro is a mean of category means and what its variance is made of.
type macro struct {
	mean, variance            float64 // the variance without that of categories of a single unit
	df                        float64 // 0 where every category has a single unit
	categories, units, single int
}

// A stratum is one category: its weight, its weighted sum, and the weight of each unit in it.
type stratum struct {
	weight, value float64
	position      map[int32]int
	units         []float64
}

func (c *stratum) add(unit int32, w, v float64) {
	c.weight += w
	c.value += w * v
	if w == 0 {
		return
	}
	k, ok := c.position[unit]
	if !ok {
		k = len(c.units)
		c.position[unit] = k
		c.units = append(c.units, 0)
	}
	c.units[k] += w
}

// concentration is the sum over units of their squared share of the weight.
func (c *stratum) concentration() (a float64) {
	for _, w := range c.units {
		a += w * w
	}
	return a / (c.weight * c.weight)
}

func newMacro(s Sample, category []int32) (macro, error) {
	if _, err := s.sums(); err != nil {
		return macro{}, err
	}
	strata := map[int32]*stratum{}
	var order []int32 // categories as they come, so that sums do not depend on a map's order
	for i, v := range s.Values {
		c := strata[category[i]]
		if c == nil {
			c = &stratum{position: map[int32]int{}}
			strata[category[i]] = c
			order = append(order, category[i])
		}
		c.add(s.unit(i), s.weight(i), v)
	}
	m := macro{}
	var squares, spent float64
	for _, name := range order {
		c := strata[name]
		if c.weight == 0 {
			continue // reweighting has left it without tasks
		}
		m.categories++
		m.mean += c.value / c.weight
		if g := float64(len(c.units)); g > 1 {
			a := c.concentration()
			squares += a
			spent += a * a / (g - 1)
		} else {
			m.single++
		}
	}
	m.mean /= float64(m.categories)
	if spent > 0 {
		m.df = squares * squares / spent
	}
	m.variance, m.units = s.within(category, strata, m.categories)
	return m, nil
}

// within is the variance of the mean of category means from the units of categories
// that have more than one, and the number of units in all.
func (s Sample) within(category []int32, strata map[int32]*stratum, categories int) (variance float64, units int) {
	influence := map[int32]float64{}
	var order []int32
	for i, v := range s.Values {
		c, w := strata[category[i]], s.weight(i)
		if w == 0 {
			continue
		}
		u := s.unit(i)
		if _, ok := influence[u]; !ok {
			order = append(order, u)
		}
		g := float64(len(c.units))
		if g < 2 {
			influence[u] += 0
			continue
		}
		influence[u] += math.Sqrt(g/(g-1)) * w * (v - c.value/c.weight) / (c.weight * float64(categories))
	}
	for _, u := range order {
		variance += influence[u] * influence[u]
	}
	return variance, len(order)
}

func (s Sample) weight(i int) float64 {
	if s.Weights == nil {
		return 1
	}
	return s.Weights[i]
}

func (s Sample) unit(i int) int32 {
	if s.Groups == nil {
		return int32(i)
	}
	return s.Groups[i]
}
