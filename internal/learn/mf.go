package learn

import (
	"context"
	"math"
)

// MFOptions are of the matrix factorisation router of RouteLLM (Ong et al. 2024,
// arXiv 2406.18665, §4.2; github.com/lm-sys/RouteLLM,
// routers/matrix_factorization/train_matrix_factorization.py): the score of model M for query q is
//
//	s(M,q) = w2ᵀ(v_M ⊙ (W1ᵀ·v_q + b)),
//
// and M_a wins against M_b with probability σ(s(M_a,q) − s(M_b,q)). It is fitted by
// the log-loss on each pair of known outputs of a row that differ, weighted by how
// much they differ and by the row.
//
// Win probabilities say nothing of how good either answer is. Predict therefore has a second, pointwise
// part, fitted by cross-entropy once the scores stand:
//
//	quality of M = σ(c_M + d·s(M,q) + gᵀ·v_q),
//
// where g is how easy the query is for all, which no pair can tell; its penalty is the
// one that does best on the units held out. With fewer than 20 units none can be held
// out: win probabilities are ½ and qualities the means.
//
// Departures: w2 and v_M occur only as their product, which is the parameter, and so is
// the constant that b gives each model; there is neither noise on v_q nor a norm of v_M, but a penalty and early stopping;
// inputs are standardised; a battle weighs by the difference of qualities.
type MFOptions struct {
	Dimension int     // of v_M; 32 if 0
	Ties      bool    // pairs that do not differ count as half a win for each, with weight 1
	Penalty   float64 // one over the variance of the weights' normal prior; 1 if 0
	Rate      float64 // Adam's step; 0.002 if 0
	Batch     int     // rows a step; 64 if 0
	Epochs    int     // at most; 100 if 0
	Patience  int     // epochs without a better loss on the units held out; 8 if 0
}

// An MF is a fitted matrix factorisation.
type MF struct {
	Standard estStandard
	Net      estNet  // x → W1ᵀ·x + b → s
	Head     estHead // s and x → quality
	Known    []bool  // whether any row knew the output
}

// Fit trains scores, then the pointwise part. Without a battle all scores are 0 and
// all win probabilities ½. It reports an error if no output of any row is known.
func (o MFOptions) Fit(ctx context.Context, s *Sample) (*MF, error) {
	if err := estOptions(o); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	m := &MF{Standard: estStandardise(e), Known: make([]bool, len(e.y))}
	for out, mean := range e.means() {
		m.Known[out] = mean == mean
	}
	e.x = m.Standard.apply(e.x)
	b := estBattles{e, o.Ties}
	net := newEstNet(e.p, estOr(o.Dimension, 32), len(e.y), true, e.seed)
	t := MLPOptions{Penalty: o.Penalty, Rate: o.Rate, Batch: o.Batch, Epochs: o.Epochs, Patience: o.Patience}.training()
	fitted, held := e.parted()
	if net, err = t.train(ctx, net, e, b.fought(fitted), b.fought(held), b.loss); err != nil {
		return nil, err
	}
	m.Net = *net
	_, scores := net.forward(e.n, e.x)
	head, err := estChooseHead(ctx, e, scores, fitted, held)
	if err != nil {
		return nil, err
	}
	m.Head = *head
	return m, nil
}

// estBattles are the pairs of known outputs of a row.
type estBattles struct {
	*estSample
	ties bool
}

// each calls f for the battles of row i, with the share that a won.
func (b estBattles) each(i int, f func(a, b int, won, weight float64)) {
	for x := range b.y {
		for z := x + 1; z < len(b.y); z++ {
			switch d := b.y[x][i] - b.y[z][i]; {
			case d > 0:
				f(x, z, 1, b.w[i]*d)
			case d < 0:
				f(x, z, 0, -b.w[i]*d)
			case d == 0 && b.ties:
				f(x, z, 0.5, b.w[i])
			}
		}
	}
}

// fought is those of the rows that have a battle.
func (b estBattles) fought(rows []int) []int {
	var out []int
	for _, i := range rows {
		fought := false
		b.each(i, func(_, _ int, _, _ float64) { fought = true })
		if fought {
			out = append(out, i)
		}
	}
	return out
}

// loss is Bradley and Terry's.
func (b estBattles) loss(i int, scores, gradient []float32) float64 {
	sum := 0.0
	b.each(i, func(x, z int, won, weight float64) {
		d := float64(scores[x]) - float64(scores[z])
		sum += weight * (estLogOnePlus(d) - won*d)
		if gradient != nil {
			g := float32(weight * (estSigmoid(d) - won))
			gradient[x] += g
			gradient[z] -= g
		}
	})
	return sum
}

// Outputs is how many outputs are predicted.
func (m *MF) Outputs() int { return m.Net.Scores }

// Predict writes each output's quality; NaN for an output that no row knew.
func (m *MF) Predict(x *Table, out [][]float64) {
	estPredict(x, m.Net.Inputs, out, m.Outputs(), func(rows *Table, out [][]float64) {
		z := m.Standard.apply(rows.Dense)
		_, scores := m.Net.forward(rows.Rows, z)
		for i := range rows.Rows {
			easy := m.Head.easy(z[i*m.Net.Inputs : (i+1)*m.Net.Inputs])
			for o := range out {
				out[o][i] = estSigmoid(easy + m.Head.own(o, float64(scores[i*m.Net.Scores+o])))
				if !m.Known[o] {
					out[o][i] = math.NaN()
				}
			}
		}
	})
}

// WinProbability writes, for each row of x, the probability that output a is above
// output b, given that they differ. It is NaN if either was never known. Of two that
// neither met each other nor a common third it is a guess, for lack of battles.
func (m *MF) WinProbability(x *Table, a, b int, out []float64) {
	estPredict(x, m.Net.Inputs, [][]float64{out}, 1, func(rows *Table, out [][]float64) {
		_, scores := m.Net.forward(rows.Rows, m.Standard.apply(rows.Dense))
		for i := range out[0] {
			out[0][i] = estSigmoid(float64(scores[i*m.Net.Scores+a]) - float64(scores[i*m.Net.Scores+b]))
			if !m.Known[a] || !m.Known[b] {
				out[0][i] = math.NaN()
			}
		}
	})
}

// UnmarshalJSON loads a matrix factorisation.
func (m *MF) UnmarshalJSON(text []byte) error {
	type plain MF
	return estLoad(text, (*plain)(m), func() bool {
		p, k := m.Net.Inputs, m.Net.Scores
		return m.Net.fits() && m.Net.Linear && len(m.Standard.Mean) == p && len(m.Standard.Scale) == p &&
			len(m.Head.Easy) == p && len(m.Head.Own) == k && len(m.Known) == k
	})
}
