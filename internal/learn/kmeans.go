package learn

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// KMeansOptions are of a table of clusters: the means of each output among the
// training rows that lie nearest to the same centre. It is a simple baseline: LLMRouterBench (Li et
// al. 2026, arXiv 2601.07206) finds that many elaborate routers do not reliably beat such.
// Centres are found by Lloyd's algorithm (1982) from seeds drawn by k-means++
// (Arthur and Vassilvitskii 2007), the best of several starts. A cluster's mean is
// shrunk to the overall mean by Shrink rows of that; a cluster that knows nothing of
// an output has the overall mean. Empty clusters are moved to the row that lies
// furthest from its centre. With fewer distinct rows than clusters each has its own.
type KMeansOptions struct {
	Clusters   int     // the square root of half the rows, at most 64, if 0
	Raw        bool    // distances between rows as they are, and not as scaled to norm 1, where Euclid's order is that of cosines
	Shrink     float64 // in rows of weight 1; 2 if 0
	Starts     int     // 3 if 0
	Iterations int     // of Lloyd's, at most; 50 if 0
}

// A KMeans is fitted clusters.
type KMeans struct {
	Raw           bool `json:",omitempty"`
	Cols          int
	Centres       Floats    // cols × clusters
	Squares       Floats    // of the centres' norms
	Mean          []Floats  // by output and cluster
	Weight        []float64 // of the rows of each cluster
	Inertia       float64   // weighted sum of squared distances
	InertiaStarts []float64 // of each start
}

// Fit finds the clusters. It reports an error if no output of any row is known.
func (o KMeansOptions) Fit(ctx context.Context, s *Sample) (*KMeans, error) {
	if err := estOptions(o); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	if !o.Raw {
		e.x = estNormalise(e.x, e.p)
	}
	clusters := estOr(o.Clusters, max(1, min(64, int(math.Sqrt(e.weight()/2)))))
	m, best := &KMeans{Raw: o.Raw, Cols: e.p, Inertia: math.Inf(1)}, (*estLloyd)(nil)
	r := rand.New(rand.NewPCG(e.seed, 0x6b6d65616e73))
	for range estOr(o.Starts, 3) {
		l := newEstLloyd(e, clusters, r)
		if err := l.run(ctx, estOr(o.Iterations, 50)); err != nil {
			return nil, err
		}
		m.InertiaStarts = append(m.InertiaStarts, l.inertia)
		if l.inertia < m.Inertia {
			m.Inertia, best = l.inertia, l
		}
	}
	best.drop()
	m.Centres, m.Squares = estTranspose(best.k, e.p, best.centres), best.squares()
	m.average(e, best, estOr(o.Shrink, 2))
	return m, nil
}

func (m *KMeans) average(e *estSample, l *estLloyd, shrink float64) {
	m.Weight = make([]float64, l.k)
	for i, c := range l.of {
		m.Weight[c] += e.w[i]
	}
	for o, mean := range e.means() {
		sum, weight := make([]float64, l.k), make([]float64, l.k)
		for i, c := range l.of {
			if y := e.y[o][i]; !math.IsNaN(y) {
				sum[c], weight[c] = sum[c]+e.w[i]*y, weight[c]+e.w[i]
			}
		}
		means := make(Floats, l.k)
		for c := range means {
			means[c] = float32((sum[c] + shrink*float64(mean)) / (weight[c] + shrink))
		}
		m.Mean = append(m.Mean, means)
	}
}

// Outputs is how many outputs are predicted.
func (m *KMeans) Outputs() int { return len(m.Mean) }

// Predict writes the means of the nearest cluster; NaN for an output that no row knew.
func (m *KMeans) Predict(x *Table, out [][]float64) {
	estPredict(x, m.Cols, out, m.Outputs(), func(rows *Table, out [][]float64) {
		for i, c := range m.Nearest(rows) {
			for o := range out {
				out[o][i] = float64(m.Mean[o][c])
			}
		}
	})
}

// Nearest is the cluster of each row of a dense table; the first of those equally near.
func (m *KMeans) Nearest(rows *Table) []int {
	values := rows.Dense
	if !m.Raw {
		values = estNormalise(values, m.Cols)
	}
	return estNearest(rows.Rows, m.Cols, values, m.Centres, m.Squares)
}

// estNearest minimises ‖c‖² − 2·x·c over the centres, given as cols × clusters.
func estNearest(rows, cols int, x, centres []float32, squares Floats) []int {
	k := len(squares)
	out, products := make([]int, rows), make([]float32, rows*k)
	estMultiply(false, rows, cols, k, x, centres, products)
	for i := range out {
		least := math.Inf(1)
		for c, v := range products[i*k : (i+1)*k] {
			if d := float64(squares[c]) - 2*float64(v); d < least {
				out[i], least = c, d
			}
		}
	}
	return out
}

// UnmarshalJSON loads clusters.
func (m *KMeans) UnmarshalJSON(text []byte) error {
	type plain KMeans
	return estLoad(text, (*plain)(m), func() bool {
		k := len(m.Squares)
		odd := func(f Floats) bool { return len(f) != k }
		return k > 0 && m.Cols >= 0 && len(m.Centres) == k*m.Cols && len(m.Mean) > 0 && !slices.ContainsFunc(m.Mean, odd)
	})
}
