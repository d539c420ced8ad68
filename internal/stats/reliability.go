package stats

import (
	"fmt"
	"math"
)

// A Bin holds the tasks whose scores lie from Lo to Hi: what the scores claim on
// average, and how often the event came.
type Bin struct {
	Lo, Hi float64 // the least and the greatest score in it
	N      int
	Score  float64  // mean
	Event  Estimate // share that had the event
}

// Binned are scores in [0,1], read as the chance of the event, cut into bins.
type Binned struct {
	s    Scores
	of   []int // bin of each task
	bins int
}

// unitsPerBin is how many independent units a bin of equal mass has at least on average.
const unitsPerBin = 20

// mostBins is how many bins there are.
const mostBins = 10

// Probabilities says why scores cannot be read as the chance of the event: one of
// them is not in [0,1].
func (s Scores) Probabilities() error {
	for _, x := range s.Score {
		if !(x >= 0 && x <= 1) {
			return fmt.Errorf("a score is %.4g, so that scores are not chances from 0 to 1", x)
		}
	}
	if len(s.Score) == 0 {
		return errEmpty
	}
	return nil
}

// EqualMass cuts scores at their quantiles, so that each of ten bins (fewer where
// there are under 200 units) has about the same weight: adaptive bins (Nguyen and O'Connor 2015). Equal
// scores are never parted, so that ties make fewer bins.
func (s Scores) EqualMass() (Binned, error) {
	b := Binned{s: s, of: make([]int, len(s.Score))}
	if err := s.Probabilities(); err != nil {
		return b, err
	}
	c := s.classes()
	count := min(mostBins, c.all/unitsPerBin)
	if count < 2 {
		return b, fmt.Errorf("%d independent units are too few for bins", c.all)
	}
	order, err := s.byScore()
	if err != nil {
		return b, err
	}
	total, below, last := c.weight[0]+c.weight[1], 0.0, -1
	b.bins = 0
	s.tied(order, func(run []int) {
		here := 0.0
		for _, i := range run {
			here += s.weight(i)
		}
		if k := min(count-1, int(float64(count)*(below+here/2)/total)); k > last {
			last = k
			b.bins++
		}
		for _, i := range run {
			b.of[i] = b.bins - 1
		}
		below += here
	})
	return b, nil
}

// EqualWidth cuts [0,1] into ten bins of the same width, as Guo et al. (2017) do;
// the last holds 1. Bins may be empty.
func (s Scores) EqualWidth() (Binned, error) {
	b := Binned{s: s, of: make([]int, len(s.Score)), bins: mostBins}
	if err := s.Probabilities(); err != nil {
		return b, err
	}
	for i, x := range s.Score {
		b.of[i] = min(mostBins-1, int(x*mostBins))
	}
	return b, nil
}

// Bins are what each bin that is not empty holds. The share of the event has
// Wilson's interval (see Share).
func (b Binned) Bins(confidence float64) []Bin {
	var out []Bin
	for k := range b.bins {
		var scores, events Sample
		bin := Bin{Lo: math.Inf(1), Hi: math.Inf(-1)}
		for i, of := range b.of {
			if of != k || b.s.weight(i) == 0 {
				continue
			}
			bin.N++
			bin.Lo, bin.Hi = min(bin.Lo, b.s.Score[i]), max(bin.Hi, b.s.Score[i])
			events.add(b.s, i, float64(oneIf(b.s.Event[i])))
			scores.add(b.s, i, b.s.Score[i])
		}
		if bin.N == 0 {
			continue
		}
		if u, err := scores.sums(); err == nil {
			bin.Score = u.mean
		}
		bin.Event = Mean(events, confidence)
		out = append(out, bin)
	}
	return out
}

// add appends a value of task i to a sample.
func (s *Sample) add(from Scores, i int, value float64) {
	s.Values = append(s.Values, value)
	if from.Weights != nil {
		s.Weights = append(s.Weights, from.Weights[i])
	}
	if from.Groups != nil {
		s.Groups = append(s.Groups, from.Groups[i])
	}
	if from.Keys != nil {
		s.Keys = append(s.Keys, from.Keys[i])
	}
}
