package curve

import (
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"waymark/internal/stats"
)

// How many tasks must decide otherwise than at either end of a curve before a
// point has a band of quality, and one of cost, which is more skewed.
const (
	banded     = 20
	costBanded = 50
)

// Banded reports whether point j of the curve has a band of quality.
func (c Curve) Banded(j int) bool { return c.rerouted(j) >= banded }

// CostBanded reports whether it has one of cost.
func (c Curve) CostBanded(j int) bool { return c.rerouted(j) >= costBanded }

// rerouted is how many tasks decide otherwise than at the nearer end.
func (c Curve) rerouted(j int) int { return min(c[j].Rerouted, c[len(c)-1].Rerouted-c[j].Rerouted) }

// A Band is a simultaneous band over all banded points of a curve: quality is
// Quality ± QualityCritical · QualityError at all of them together, and cost alike.
// The critical values are at least those of one point, and widened for few units. They are NaN where no point is banded.
type Band struct {
	QualityCritical, CostCritical float64
	Points                        int // that have a band of quality
	Replicates                    int
}

// ownErrorsBelow is the number of units from which on skewness no longer bends a
// cost's band, and replicates need no standard errors of their own.
const ownErrorsBelow = 100_000

const bandSeed = 0x62616e64

// lanes is how many replicates one hash gives signs for.
const lanes = 64

// SimultaneousBand is the sup-t band of the exact curve (Montiel Olea and
// Plagborg-Møller 2019) by the multiplier bootstrap (Chernozhukov, Chetverikov and
// Kato 2013): each replicate gives every unit a fair sign and takes the greatest studentised
// deviation over every banded point of the curve, none of them left out. It is O(n) a replicate;
// signs are keyed by unit, so that neither the order of tasks nor workers (0: one a
// processor) change it.
func SimultaneousBand(s *Steps, c Curve, replicates int, confidence float64, workers int) Band {
	b := Band{QualityCritical: nan, CostCritical: nan}
	for j := range c {
		if c.Banded(j) {
			b.Points++
		}
	}
	units := s.Units()
	if b.Points == 0 || units < 2 {
		return b
	}
	l := newMultiplied(s, c)
	blocks := (replicates + lanes - 1) / lanes
	b.Replicates = blocks * lanes
	quality, cost := make([]float64, b.Replicates), make([]float64, b.Replicates)
	var own *studentised
	if units < ownErrorsBelow {
		own = newStudentised(l, l.cost)
	}
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var work errgroup.Group
	work.SetLimit(workers)
	for k := range blocks {
		work.Go(func() error {
			signs := l.signs(k)
			w := signed(l.weights, signs)
			l.quality.greatest(signs, &w, quality[k*lanes:(k+1)*lanes])
			if own == nil {
				l.cost.greatest(signs, &w, cost[k*lanes:(k+1)*lanes])
				return nil
			}
			for r := k * lanes; r < (k+1)*lanes; r += stats.PerHash {
				top := own.greatest(r / stats.PerHash)
				copy(cost[r:], top[:])
			}
			return nil
		})
	}
	if work.Wait() != nil {
		return b
	}
	t := stats.TQuantile(confidence, units-1)
	b.QualityCritical = t / stats.TQuantile(confidence, manyUnits) * (1 + bandWidening/math.Sqrt(float64(units))) * atLeast(quality, confidence, t)
	b.CostCritical = (1 + costWidening/math.Sqrt(float64(units))) * atLeast(cost, confidence, t)
	return b
}

// The signs of a multiplier bootstrap know neither that errors are estimated from few units nor
// that grades are 0 and 1, and replicates of a skewed cost seldom hold its tail. The critical values
// are widened for that, as much as the simulated coverage needs, and by nothing to speak of where
// units are many; see docs/coverage.md.
const (
	bandWidening = 0.5
	costWidening = 1
	manyUnits    = 1_000_000
)

func atLeast(x []float64, p, least float64) float64 {
	slices.Sort(x)
	return math.Max(least, x[min(len(x)-1, int(math.Ceil(p*float64(len(x))))-1)])
}

// multiplied is what all replicates of a band share.
type multiplied struct {
	keys          []uint64 // of each unit
	weights       []float64
	quality, cost track
}

// A track is one column of the curve: what changes, and where it is looked at.
type track struct {
	base   []float64 // Σw·value of each unit at the lower end
	moves  []move
	chunks []chunk
}

// A move is a change of one unit's sum, and, where look is not 0, a look at the
// point that it completes: |Σξ·X − level·Σξ·W|·look is its studentised deviation.
type move struct {
	unit        int32
	delta       float64
	level, look float64
}

func newMultiplied(s *Steps, c Curve) *multiplied {
	units := s.Units()
	m := &multiplied{keys: make([]uint64, units), weights: make([]float64, units)}
	m.quality.base, m.cost.base = make([]float64, units), make([]float64, units)
	total := 0.0
	for i := range s.Tasks() {
		g, w, k := s.unit(i), s.weight(i), s.Start[i]
		m.keys[g] = uint64(g)
		if s.Keys != nil {
			m.keys[g] = s.Keys[i]
		}
		m.weights[g] += w
		m.quality.base[g] += w * s.Quality[k]
		m.cost.base[g] += w * s.Cost[k]
		total += w
	}
	events := s.events()
	point := 0
	for i, e := range events {
		k, g, w := int(e.step), int32(s.unit(int(e.task))), s.weight(int(e.task))
		q := move{unit: g, delta: w * (s.Quality[k] - s.Quality[k-1])}
		d := move{unit: g, delta: w * (s.Cost[k] - s.Cost[k-1])}
		if i+1 == len(events) || events[i+1].key != e.key {
			point++
			if p := c[point]; c.Banded(point) {
				q.level, q.look = p.Quality, inverse(p.QualityError*total)
				if c.CostBanded(point) {
					d.level, d.look = p.Cost, inverse(p.CostError*total)
				}
			}
		}
		m.quality.add(q)
		m.cost.add(d)
	}
	m.quality.seal()
	m.cost.seal()
	return m
}

// add leaves out what neither changes a sum nor is looked at for the first time: a
// point that a track does not change at is where it was.
func (t *track) add(m move) {
	if n := len(t.moves); m.delta == 0 && (m.look == 0 || n > 0 && t.moves[n-1].look != 0) {
		return
	}
	t.moves = append(t.moves, m)
}

func inverse(x float64) float64 {
	if x == 0 {
		return 0
	}
	return 1 / x
}

// signs are the signs of every unit in the replicates of a block.
func (m *multiplied) signs(block int) []uint64 {
	out := make([]uint64, len(m.keys))
	for g, key := range m.keys {
		out[g] = stats.SignBits(bandSeed, key, block)
	}
	return out
}

// greatest writes the greatest studentised deviation of each replicate of a block.
// Moves are taken in chunks: a replicate whose deviations cannot exceed its greatest so far anywhere in a
// chunk, by what the chunk moves at most, is only summed through it and not looked at.
func (t *track) greatest(signs []uint64, w *[lanes]float64, out []float64) {
	var before [lanes]float64
	x := signed(t.base, signs)
	top := (*[lanes]float64)(out)
	for first := 0; first < len(t.moves); first += chunkMoves {
		moves := t.moves[first:min(first+chunkMoves, len(t.moves))]
		before = x
		for i := range moves {
			flip(&x, moves[i].delta, signs[moves[i].unit])
		}
		for r := range top {
			if t.chunks[first/chunkMoves].most(before[r], w[r]) > top[r] {
				top[r] = look(moves, signs, before[r], w[r], r, top[r])
			}
		}
	}
}

// look is the greatest studentised deviation of one replicate along some moves, at least top.
func look(moves []move, signs []uint64, x, w float64, lane int, top float64) float64 {
	for i := range moves {
		v := &moves[i]
		x += math.Float64frombits(math.Float64bits(v.delta) ^ signs[v.unit]>>lane<<63)
		if v.look != 0 {
			top = max(top, math.Abs(x-v.level*w)*v.look)
		}
	}
	return top
}

// chunkMoves is how many moves a chunk has.
const chunkMoves = 64

// A chunk bounds what some moves can come to: how far they move the sum, by how much their
// levels differ from the first, and the greatest of their looks.
type chunk struct{ level, spread, travel, look float64 }

// most is an upper bound of every studentised deviation in a chunk that begins at a sum of x.
func (c *chunk) most(x, w float64) float64 {
	const slack = 1 + 1e-9 // for rounding
	return slack * c.look * (math.Abs(x-c.level*w) + c.travel + c.spread*math.Abs(w))
}

// seal bounds the chunks of a track whose moves are all there.
func (t *track) seal() {
	for first := 0; first < len(t.moves); first += chunkMoves {
		var c chunk
		some := false
		for _, v := range t.moves[first:min(first+chunkMoves, len(t.moves))] {
			c.travel += math.Abs(v.delta)
			if v.look == 0 {
				continue
			}
			if !some {
				c.level, some = v.level, true
			}
			c.spread = max(c.spread, math.Abs(v.level-c.level))
			c.look = max(c.look, v.look)
		}
		t.chunks = append(t.chunks, c)
	}
}

// signed is Σ ±values of each lane. Where all values that are not 0 are the same, as weights and
// grades of 0 and 1 are, signs are counted, in planes of bits over all lanes at once.
func signed(values []float64, signs []uint64) (x [lanes]float64) {
	same, some := 0.0, 0
	for _, v := range values {
		switch {
		case v == 0:
		case some == 0 || v == same:
			same = v
			some++
		default:
			for g, b := range signs {
				flip(&x, values[g], b)
			}
			return x
		}
	}
	var planes [lanes]uint64 // the bits of each lane's number of minus signs
	for g, b := range signs {
		if values[g] == 0 {
			continue
		}
		for i := 0; b != 0; i++ {
			planes[i], b = planes[i]^b, planes[i]&b
		}
	}
	for r := range x {
		minus := uint64(0)
		for i, p := range planes {
			minus |= p >> r & 1 << i
		}
		x[r] = same * (float64(some) - 2*float64(minus))
	}
	return x
}

// flip adds ±d to each lane.
func flip(x *[lanes]float64, d float64, signs uint64) {
	b := math.Float64bits(d)
	for r := range x {
		x[r] += math.Float64frombits(b ^ signs>>r<<63)
	}
}
