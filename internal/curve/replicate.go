package curve

import (
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"waymark/internal/stats"
)

// A Replicate is one bootstrap resample of a whole curve.
type Replicate struct {
	Weak, Strong float64 // quality where the share of the stronger model is 0 and 1
	APGR         float64 // NaN where there is no gap
}

// Bootstrap resamples the whole curve by Poisson weights over its one sorted
// order. The result does not depend on workers (0: one a processor). A replicate that draws
// no task at all is left out.
func Bootstrap(s *Steps, replicates int, seed uint64, workers int) ([]Replicate, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	b := newResampler(s, seed)
	blocks := (replicates + stats.PerHash - 1) / stats.PerHash
	out := make([][]Replicate, blocks)
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := errgroup.Group{}
	work.SetLimit(workers)
	for k := range blocks {
		work.Go(func() error {
			out[k] = b.block(k)
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	var all []Replicate
	for _, r := range out {
		all = append(all, r...)
	}
	return all[:min(len(all), replicates)], nil
}

// A resampler holds what all replicates share: per task its weight, key and base,
// and the changes in the order of the knob.
type resampler struct {
	seed    uint64
	base    []change // what each task does at the lower end
	changes []change // in the order of the knob
	last    []bool   // whether the knob moves on after a change
}

// A change is what one step adds to the sums, weighted.
type change struct {
	key             uint64
	weight          float64
	quality, strong float64
}

func newResampler(s *Steps, seed uint64) *resampler {
	b := &resampler{seed: seed}
	weight := func(i int32) float64 {
		if s.Weights != nil {
			return s.Weights[i]
		}
		return 1
	}
	key := func(i int32) uint64 {
		if s.Keys != nil {
			return s.Keys[i]
		}
		return uint64(i)
	}
	for i := range int32(s.Tasks()) {
		k, w := s.Start[i], weight(i)
		b.base = append(b.base, change{key(i), w, w * s.Quality[k], w * oneIf(s.Strong[k])})
	}
	events := s.events()
	for j, e := range events {
		k, w := e.step, weight(e.task)
		b.changes = append(b.changes, change{key(e.task), w, w * (s.Quality[k] - s.Quality[k-1]), w * (oneIf(s.Strong[k]) - oneIf(s.Strong[k-1]))})
		b.last = append(b.last, j+1 == len(events) || events[j+1].key != e.key)
	}
	return b
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// block runs the replicates of one block side by side.
func (b *resampler) block(k int) []Replicate {
	var n, q, share, area, first [stats.PerHash]float64
	for i := range b.base {
		c := &b.base[i]
		w := stats.Weights4(b.seed, c.key, k)
		for r := range w {
			x := float64(w[r])
			n[r] += x * c.weight
			q[r] += x * c.quality
			share[r] += x * c.strong
		}
	}
	first = q
	firstShare, lastQ, lastShare := share, q, share
	for i := range b.changes {
		c := &b.changes[i]
		w := stats.Weights4(b.seed, c.key, k)
		for r := range w {
			x := float64(w[r])
			q[r] += x * c.quality
			share[r] += x * c.strong
		}
		if b.last[i] {
			for r := range w {
				area[r] += (share[r] - lastShare[r]) * (q[r] + lastQ[r])
			}
			lastQ, lastShare = q, share
		}
	}
	var out []Replicate
	for r := range n {
		if n[r] == 0 {
			continue
		}
		low, high, a := first[r]/n[r], q[r]/n[r], area[r]/2/(n[r]*n[r])
		if firstShare[r] > share[r] { // the share falls along the knob
			low, high, a = high, low, -a
		}
		rep := Replicate{Weak: low, Strong: high, APGR: math.NaN()}
		if high != low {
			rep.APGR = (a - low) / (high - low)
		}
		out = append(out, rep)
	}
	return out
}
