package learn

import (
	"context"
	"math"
)

// IRTOptions are of item response theory: each row is an item of difficulty b and
// each output a subject of ability θ, and
//
//	P(output m is right on row i) = σ(a_i·(θ_m − b_i)),
//
// the two-parameter logistic model (Birnbaum 1968; Rasch's where a is shared).
// Outputs are few and rows many, so that rows are integrated over and outputs are
// parameters: marginal maximum likelihood by the algorithm of Bock and Aitkin (1981,
// Psychometrika 46, 443), with their roles exchanged. Priors: b ~ N(0, 1), which
// sets the scale; θ ~ N(0, 3²); log a_i ~ N(α, Spread²), α ~ N(0, 1). Qualities between 0
// and 1 are shares of a success.
//
// A new row's difficulty is foretold by ridge regression of the training rows'
// posterior means on the standardised features; the penalty is the one of least squared error in
// five folds dealt by unit. Posterior means are drawn towards 0 by their reliability, by which the
// regression is divided; it is multiplied by the slope of difficulties on what their folds foretold, between 0
// and 1, so that features that tell nothing move nothing. What it does not explain of
// the variance 1 is integrated over. With fewer than 10 units there is no regression.
type IRTOptions struct {
	Spread     float64 // of log a; 0 is 0.3, or none if there are fewer than 5 outputs; below 0 is none: one a for all
	Iterations int     // at most; 200 if 0
}

// An IRT is a fitted model.
type IRT struct {
	Ability      Floats // θ by output; NaN for one that no row knew
	AbilityError Floats // standard errors, where rows are independent; too large where qualities are fractions
	Level        float64
	Spread       float64 // of log a around Level

	// By row of the sample, posterior means; NaN for a row that weighs nothing or knows no output.
	Difficulty, Discrimination Floats

	Standard  estStandard
	Slope     Floats  // of the difficulty foretold, by column
	Intercept float64 // of the same
	Explained float64 // share of the difficulty's variance that features explain, by cross-validation
	Converged bool
}

// Fit estimates abilities and difficulties. It reports an error if no output of any row is known.
func (o IRTOptions) Fit(ctx context.Context, s *Sample) (*IRT, error) {
	if err := estOptions(o, "Spread"); err != nil {
		return nil, err
	}
	e, err := estPrepare(s)
	if err != nil {
		return nil, err
	}
	spread := math.Max(0, o.Spread)
	if o.Spread == 0 && len(e.y) >= 5 {
		spread = 0.3
	}
	em := newIRTEM(e, spread)
	m := &IRT{Spread: spread}
	if m.Converged, err = em.run(ctx, estOr(o.Iterations, 200)); err != nil {
		return nil, err
	}
	m.Level, m.Ability, m.AbilityError = em.level, make(Floats, len(e.y)), em.standardErrors()
	for out, mean := range e.means() {
		m.Ability[out] = float32(em.theta[out])
		if mean != mean {
			m.Ability[out], m.AbilityError[out] = mean, mean
		}
	}
	b := em.posterior()
	m.Difficulty, m.Discrimination = irtScatter(b.mean, e.at, s.X.Rows), irtScatter(b.slope, e.at, s.X.Rows)
	m.Standard = estStandardise(e)
	e.x = m.Standard.apply(e.x)
	return m, m.foretell(ctx, e, b)
}

func irtScatter(values []float64, at []int, rows int) Floats {
	out := make(Floats, rows)
	for i := range out {
		out[i] = float32(math.NaN())
	}
	for i, to := range at {
		out[to] = float32(values[i])
	}
	return out
}

// foretell fits the regression.
func (m *IRT) foretell(ctx context.Context, e *estSample, b irtPosterior) error {
	m.Slope = make(Floats, e.p)
	r, err := estFitRidge(ctx, e, b.mean)
	if err != nil || r == nil {
		return err
	}
	reliability := b.reliability(e.w)
	if reliability <= 0 {
		return nil
	}
	m.Explained = math.Max(0, r.agreement/(reliability*reliability))
	scale := r.trust / reliability
	if most := 0.95; m.Explained > most {
		scale *= math.Sqrt(most / m.Explained)
		m.Explained = most
	}
	m.Intercept = r.mean
	for c := range m.Slope {
		m.Slope[c] = float32(scale * r.slope[c])
	}
	return nil
}

// Outputs is how many outputs are predicted.
func (m *IRT) Outputs() int { return len(m.Ability) }

// Foretold writes the difficulty foretold of each row.
func (m *IRT) Foretold(x *Table, out []float64) {
	estPredict(x, len(m.Slope), [][]float64{out}, 1, func(rows *Table, out [][]float64) {
		z := m.Standard.apply(rows.Dense)
		for i := range rows.Rows {
			out[0][i] = m.foretold(z[i*rows.Cols : (i+1)*rows.Cols])
		}
	})
}

func (m *IRT) foretold(row []float32) float64 {
	sum := m.Intercept
	for c, v := range row {
		sum += float64(v) * float64(m.Slope[c])
	}
	return sum
}

// Predict writes each output's probability of success, over what is not known of
// the row's difficulty; NaN for an output that no row knew.
func (m *IRT) Predict(x *Table, out [][]float64) {
	nodes := irtNodes(m.Level, m.Spread)
	rest := math.Sqrt(1 - m.Explained)
	estPredict(x, len(m.Slope), out, m.Outputs(), func(rows *Table, out [][]float64) {
		z := m.Standard.apply(rows.Dense)
		for i := range rows.Rows {
			b := m.foretold(z[i*rows.Cols : (i+1)*rows.Cols])
			for o := range out {
				p := 0.0
				for _, n := range nodes {
					p += n.share * estSigmoid(n.slope*(float64(m.Ability[o])-b-rest*n.difficulty))
				}
				out[o][i] = p
			}
		}
	})
}

// UnmarshalJSON loads a model.
func (m *IRT) UnmarshalJSON(text []byte) error {
	type plain IRT
	return estLoad(text, (*plain)(m), func() bool {
		p := len(m.Slope)
		return len(m.Ability) > 0 && len(m.AbilityError) == len(m.Ability) && len(m.Standard.Mean) == p && len(m.Standard.Scale) == p &&
			m.Explained >= 0 && m.Explained < 1 && m.Spread >= 0
	})
}
