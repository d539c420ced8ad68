package curve

import "waymark/internal/stats"

// PGRInterval estimates the performance gap recovered by a policy from what it, the
// weak and the strong model did on every task, by Fieller (1954). It is withheld
// where the interval of the gap includes 0. s has weights, groups and keys.
func PGRInterval(quality, weak, strong []float64, s stats.Sample, confidence float64) stats.Estimate {
	gained, gap := s, s
	gained.Values, gap.Values = make([]float64, len(quality)), make([]float64, len(quality))
	for i := range quality {
		gained.Values[i], gap.Values[i] = quality[i]-weak[i], strong[i]-weak[i]
	}
	return stats.Ratio(gained, gap, confidence)
}
