package suite

import (
	"hash/fnv"

	"waymark/internal/stats"
)

// sample is values of some rows of the evidence, with their weights and units.
func (e *Evidence) sample(values []float64, rows []int) stats.Sample {
	s := stats.Sample{Values: values}
	ids := map[string]int32{}
	for _, i := range rows {
		unit := "\x00" + e.Tasks[i]
		if e.Units != nil && e.Units[i] != "" {
			unit = e.Units[i]
		}
		h := fnv.New64a()
		h.Write([]byte(unit))
		s.Keys = append(s.Keys, h.Sum64())
		if e.Weights != nil {
			s.Weights = append(s.Weights, e.Weights[i])
		}
		if e.Units != nil {
			if _, ok := ids[unit]; !ok {
				ids[unit] = int32(len(ids))
			}
			s.Groups = append(s.Groups, ids[unit])
		}
	}
	return s
}

// plain reports whether tasks are neither weighted nor grouped.
func (e *Evidence) plain() bool { return e.Weights == nil && e.Units == nil }

// difference estimates the mean of a − b over rows that both have: by the score
// interval for plain zeros and ones.
func (e *Evidence) difference(a, b []float64, rows []int, binary bool) Interval {
	diffs := minus(a, b)
	if binary && e.plain() && stats.ZeroOne(a) && stats.ZeroOne(b) {
		return Interval(stats.PairedProportions(a, b, e.Level))
	}
	return Interval(stats.MeanDifference(e.sample(diffs, rows), e.Level))
}
