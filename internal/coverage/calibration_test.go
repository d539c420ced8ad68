package coverage

import (
	"math"
	"slices"
	"sort"

	"waymark/internal/stats"
)

// A claim is scores read as chances, and by how much they are truly off: of a very large
// draw, by ascending chance, the sums of chance − event below each.
type claim struct {
	name  string
	read  func(stats.Scores) stats.Scores
	score []float64
	gaps  []float64
	total float64
}

// calibrations are scores that claim too much or too little, and the same scores as
// they would be if they claimed what comes.
func calibrations(s stats.Scores) []claim {
	sorted := sortedScores(s)
	rates := make([]float64, hundredths)
	n := len(sorted)
	hundredth := func(x float64) int { return min(hundredths-1, sort.SearchFloat64s(sorted, x)*hundredths/n) }
	events, weights := make([]float64, hundredths), make([]float64, hundredths)
	for i, x := range s.Score {
		w := weightOf(s, i)
		k := hundredth(x)
		weights[k] += w
		if s.Event[i] {
			events[k] += w
		}
	}
	for k := range rates {
		rates[k] = events[k] / math.Max(weights[k], 1)
	}
	calibrated := func(s stats.Scores) stats.Scores {
		s.Score = slices.Clone(s.Score)
		for i, x := range s.Score {
			s.Score[i] = rates[hundredth(x)]
		}
		return s
	}
	return []claim{newClaim("ECE", claims, s), newClaim("ECE of a calibrated score", calibrated, s)}
}

// hundredths are the stretches of equal mass over which a calibrated score is level.
const hundredths = 100

func sortedScores(s stats.Scores) []float64 {
	out := slices.Clone(s.Score)
	slices.Sort(out)
	return out
}

func weightOf(s stats.Scores, i int) float64 {
	if s.Weights == nil {
		return 1
	}
	return s.Weights[i]
}

func newClaim(name string, read func(stats.Scores) stats.Scores, s stats.Scores) claim {
	s = read(s)
	c := claim{name: name, read: read, score: sortedScores(s), gaps: make([]float64, len(s.Score)+1)}
	order := make([]int, len(s.Score))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return s.Score[order[a]] < s.Score[order[b]] })
	for k, i := range order {
		y := 0.0
		if s.Event[i] {
			y = 1
		}
		c.gaps[k+1] = c.gaps[k] + weightOf(s, i)*(s.Score[i]-y)
		c.total += weightOf(s, i)
	}
	return c
}

// truth is the ECE at bins as they were cut.
func (c claim) truth(bins []stats.Bin) (ece float64) {
	below := 0
	for k, b := range bins {
		upTo := sort.SearchFloat64s(c.score, math.Nextafter(b.Hi, 2))
		if k+1 == len(bins) {
			upTo = len(c.score)
		}
		ece += math.Abs(c.gaps[upTo]-c.gaps[below]) / c.total
		below = upTo
	}
	return ece
}

// intervals are those of the expected calibration error over bins of equal mass.
func (c claim) intervals(s stats.Scores) []interval {
	b, err := c.read(s).EqualMass()
	if err != nil {
		return []interval{{statistic: c.name, withheld: true}}
	}
	e, _ := b.ECE(0.95)
	truth := c.truth(b.Bins(0.95))
	return []interval{{c.name, e.Lo <= truth && truth <= e.Hi, e.Withheld != "", truth}}
}
