package learn

import (
	"context"
	"math"
)

// EloOptions are of the similarity-weighted ranking router of RouteLLM (Ong et al.
// 2024, arXiv 2406.18665, §4.1; github.com/lm-sys/RouteLLM, class SWRankingRouter in
// routers/routers.py): battle i of query q_i weighs
//
//	ω_i = γ^(1 + S(q,q_i)), S(q,q_i) = cos(q,q_i) / max over training queries of cos(q,·),
//
// with γ = 10, and the ratings ξ of the outputs are those of largest weighted
// likelihood under Bradley and Terry's model, P(a wins) = σ(ξ_a − ξ_b). An output
// wins a row against another that has less there; a tie is half a win for each, as there.
//
// Predict gives qualities: the mean of an output over the training rows, with the
// same weights ω, and with Smoothing rows of the overall mean.
//
// Departures: each pair of outputs has Smoothing battles that neither won, where a battle of
// the nearest query counts as one, so that ratings are finite; S is at least −1,
// and 0 where no cosine is above 0; models are not grouped into tiers.
type EloOptions struct {
	Base      float64 // γ; 10 if 0
	Smoothing float64 // 1 if 0
	DropTies  bool    // count battles with a winner only
}

// An Elo is the training battles, with their queries.
type Elo struct {
	Base, Smoothing float64
	DropTies        bool `json:",omitempty"`
	Cols, Rows      int
	Queries         Floats   // cols × rows, each query of norm 1
	Quality         []Floats // by output and row
	Weights         Floats   // of the rows
	Mean            Floats   // of the outputs
}

// Fit keeps the rows. It reports an error if no output of any row is known.
func (o EloOptions) Fit(ctx context.Context, s *Sample) (*Elo, error) {
	if err := estOptions(o); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := &Elo{
		Base: estOr(o.Base, 10), Smoothing: estOr(o.Smoothing, 1), DropTies: o.DropTies, Cols: e.p, Rows: e.n,
		Queries: estTranspose(e.n, e.p, estNormalise(e.x, e.p)), Quality: make([]Floats, len(e.y)), Weights: make(Floats, e.n), Mean: e.means(),
	}
	for i, w := range e.w {
		m.Weights[i] = float32(w)
	}
	for o, y := range e.y {
		m.Quality[o] = make(Floats, e.n)
		for i, v := range y {
			m.Quality[o][i] = float32(v)
		}
	}
	return m, nil
}

// estNormalise is rows of norm 1; a row of zeros stays.
func estNormalise(values []float32, p int) []float32 {
	out := make([]float32, len(values))
	for at := 0; at < len(values); at += p {
		sum := 0.0
		for _, v := range values[at : at+p] {
			sum += float64(v) * float64(v)
		}
		if sum > 0 {
			scale := 1 / math.Sqrt(sum)
			for c, v := range values[at : at+p] {
				out[at+c] = float32(float64(v) * scale)
			}
		}
	}
	return out
}

// Outputs is how many outputs are predicted.
func (m *Elo) Outputs() int { return len(m.Quality) }

// Predict writes each output's quality; NaN for an output that no row knew.
func (m *Elo) Predict(x *Table, out [][]float64) {
	m.each(x, out, m.Outputs(), func(weights []float64, out [][]float64, i int) {
		for o := range out {
			out[o][i] = m.quality(o, weights)
		}
	})
}

func (m *Elo) quality(o int, weights []float64) float64 {
	sum, total := m.Smoothing*float64(m.Mean[o]), m.Smoothing
	for i, q := range m.Quality[o] {
		if q == q {
			sum, total = sum+weights[i]*float64(q), total+weights[i]
		}
	}
	return sum / total
}

// WinProbability writes, for each row of x, the probability that output a is above
// output b. It is NaN if either was never known.
func (m *Elo) WinProbability(x *Table, a, b int, out []float64) {
	known := []int{}
	for o, mean := range m.Mean {
		if mean == mean {
			known = append(known, o)
		}
	}
	m.each(x, [][]float64{out}, 1, func(weights []float64, out [][]float64, i int) {
		out[0][i] = math.NaN()
		if m.Mean[a] == m.Mean[a] && m.Mean[b] == m.Mean[b] {
			ratings := estBradleyTerry(m.wins(known, weights))
			out[0][i] = estSigmoid(ratings[estIndex(known, a)] - ratings[estIndex(known, b)])
		}
	})
}

func estIndex(among []int, x int) int {
	for i, v := range among {
		if v == x {
			return i
		}
	}
	return -1
}

// each hands out the weights of the training rows for each row of x.
func (m *Elo) each(x *Table, out [][]float64, outputs int, f func(weights []float64, out [][]float64, i int)) {
	estPredict(x, m.Cols, out, outputs, func(rows *Table, out [][]float64) {
		cosines, weights := make([]float32, rows.Rows*m.Rows), make([]float64, m.Rows)
		estMultiply(false, rows.Rows, m.Cols, m.Rows, estNormalise(rows.Dense, m.Cols), m.Queries, cosines)
		for i := range rows.Rows {
			m.weigh(cosines[i*m.Rows:(i+1)*m.Rows], weights)
			f(weights, out, i)
		}
	})
}

// weigh writes ω over its largest value γ², times the rows' weights.
func (m *Elo) weigh(cosines []float32, weights []float64) {
	most := float32(0)
	for _, c := range cosines {
		most = max(most, c)
	}
	scale := 0.0
	if most > 0 {
		scale = 1 / float64(most)
	}
	base := math.Log(m.Base)
	for i, c := range cosines {
		near := max(-1, float64(c)*scale)
		if most <= 0 {
			near = 0
		}
		weights[i] = float64(m.Weights[i]) * math.Exp(base*(near-1))
	}
}

// wins is the weighted battles that one known output won against another, ties half.
func (m *Elo) wins(known []int, weights []float64) [][]float64 {
	wins := make([][]float64, len(known))
	for a := range wins {
		wins[a] = make([]float64, len(known))
	}
	for a, x := range known {
		for b, z := range known[:a] {
			won, lost := m.Smoothing/2, m.Smoothing/2
			for i, w := range weights {
				switch d := m.Quality[x][i] - m.Quality[z][i]; {
				case d > 0:
					won += w
				case d < 0:
					lost += w
				case d == 0 && !m.DropTies:
					won, lost = won+w/2, lost+w/2
				}
			}
			wins[a][b], wins[b][a] = won, lost
		}
	}
	return wins
}

// UnmarshalJSON loads a ranking.
func (m *Elo) UnmarshalJSON(text []byte) error {
	type plain Elo
	return estLoad(text, (*plain)(m), func() bool {
		for _, q := range m.Quality {
			if len(q) != m.Rows {
				return false
			}
		}
		return m.Base > 0 && m.Smoothing > 0 && m.Rows > 0 && m.Cols >= 0 && len(m.Queries) == m.Rows*m.Cols &&
			len(m.Weights) == m.Rows && len(m.Quality) > 0 && len(m.Mean) == len(m.Quality)
	})
}
