package curve

import (
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"waymark/internal/stats"
)

// Membership is, for each of several policies, the share of bootstrap resamples in
// which it lies on the frontier: how much its place there owes to the tasks that were drawn.
// quality[k][i] and cost[k][i] are of policy k on task i; s.Values is not used, its
// weights, groups and keys are those of the tasks. Units are resampled by Poisson weights
// (stats.Weights4) that their keys decide, so that neither the order of tasks nor the number
// of workers changes a share.
//
// Policies that another beats in both cost and quality by six standard errors of the
// difference are on none and are not resampled. The number of resamples is
// 1,000, or fewer (at least 200) where units times policies are many; it is returned, since
// a share p of n resamples has a Monte-Carlo standard error of √(p(1−p)/n).
// Of policies that are alike the first stands, as in Frontier.
func Membership(quality, cost [][]float64, s stats.Sample, workers int) (share []float64, resamples int) {
	m := newMembership(quality, cost, s)
	share = make([]float64, len(quality))
	if m.units == 0 {
		return share, 0
	}
	blocks := m.blocks()
	counts := make([][]int, blocks)
	drawn := make([]int, blocks)
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := errgroup.Group{}
	work.SetLimit(workers)
	for b := range blocks {
		work.Go(func() error {
			counts[b], drawn[b] = m.block(b)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		panic("curve: " + err.Error()) // no block returns an error
	}
	for b := range blocks {
		resamples += drawn[b]
		for c, k := range m.contenders {
			share[k] += float64(counts[b][c])
		}
	}
	for k := range share {
		share[k] /= float64(max(1, resamples))
	}
	return share, resamples
}

// A membership holds what all resamples share: the units' weighted sums of the
// contenders' quality and cost, contender by contender within a unit.
type membership struct {
	contenders    []int
	units         int
	keys          []uint64
	weight        []float64
	quality, cost []float64
}

const membershipSeed = 0x66726f6e74696572 // fixed, so that a share never changes by itself

func newMembership(quality, cost [][]float64, s stats.Sample) *membership {
	m := &membership{contenders: contenders(quality, cost, s)}
	if len(quality) == 0 {
		return m
	}
	index := map[int32]int{}
	for i := range quality[0] {
		w, group := 1.0, int32(i)
		if s.Weights != nil {
			w = s.Weights[i]
		}
		if s.Groups != nil {
			group = s.Groups[i]
		}
		u, ok := index[group]
		if !ok {
			u = m.units
			index[group] = u
			m.units++
			key := uint64(group)
			if s.Keys != nil {
				key = s.Keys[i]
			}
			m.keys, m.weight = append(m.keys, key), append(m.weight, 0)
			m.quality = append(m.quality, make([]float64, len(m.contenders))...)
			m.cost = append(m.cost, make([]float64, len(m.contenders))...)
		}
		m.weight[u] += w
		for c, k := range m.contenders {
			m.quality[u*len(m.contenders)+c] += w * quality[k][i]
			m.cost[u*len(m.contenders)+c] += w * cost[k][i]
		}
	}
	return m
}

// blocks is how many blocks of resamples are drawn.
func (m *membership) blocks() int {
	const most, least, budget = 1000, 200, 5e8
	n := budget / float64(m.units*len(m.contenders))
	return int(math.Min(most, math.Max(least, n))) / stats.PerHash
}

// block counts, for each contender, the resamples of one block in which it is on the
// frontier. A resample that draws no unit is left out.
func (m *membership) block(b int) (counts []int, drawn int) {
	n := len(m.contenders)
	weight := [stats.PerHash]float64{}
	var quality, cost [stats.PerHash][]float64
	for r := range quality {
		quality[r], cost[r] = make([]float64, n), make([]float64, n)
	}
	for u, key := range m.keys {
		for r, times := range stats.Weights4(membershipSeed, key, b) {
			if times == 0 {
				continue
			}
			x := float64(times)
			weight[r] += x * m.weight[u]
			q, c := m.quality[u*n:(u+1)*n], m.cost[u*n:(u+1)*n]
			for k := range q {
				quality[r][k] += x * q[k]
				cost[r][k] += x * c[k]
			}
		}
	}
	counts = make([]int, n)
	spots := make([]Spot, n)
	for r := range weight {
		if weight[r] == 0 {
			continue
		}
		drawn++
		for k := range spots {
			spots[k] = Spot{quality[r][k] / weight[r], cost[r][k] / weight[r]}
		}
		for _, k := range Frontier(spots) {
			counts[k]++
		}
	}
	return counts, drawn
}

// contenders are the policies that no policy of the frontier beats in both by six
// standard errors.
func contenders(quality, cost [][]float64, s stats.Sample) (out []int) {
	spots := make([]Spot, len(quality))
	for k := range spots {
		spots[k] = Spot{weightedMean(quality[k], s.Weights), weightedMean(cost[k], s.Weights)}
	}
	front := Frontier(spots)
	for k := range spots {
		beaten := false
		for _, f := range front {
			if spots[f].Quality > spots[k].Quality && spots[f].Cost < spots[k].Cost {
				beaten = beaten || farAbove(quality[f], quality[k], s) && farAbove(cost[k], cost[f], s)
			}
		}
		if !beaten {
			out = append(out, k)
		}
	}
	return out
}

func weightedMean(values, weights []float64) float64 {
	var v, n sum
	for i, x := range values {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		v.add(w * x)
		n.add(w)
	}
	return v.value() / n.value()
}

// farAbove reports whether the mean of a exceeds that of b by six standard errors.
func farAbove(a, b []float64, s stats.Sample) bool {
	s.Values = make([]float64, len(a))
	for i := range a {
		s.Values[i] = a[i] - b[i]
	}
	e := stats.Linear(s, 0.95)
	if e.Withheld != "" {
		return false
	}
	return e.Value > 6*(e.Hi-e.Value)/stats.TQuantile(0.95, e.Groups-1)
}
