package learn

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// An estHead turns scores into qualities: σ(Own_M + Slope·s(M,q) + Easyᵀ·q).
type estHead struct {
	Own   Floats // by output
	Slope float32
	Easy  Floats // by column
}

func (h *estHead) easy(x []float32) float64 {
	sum := 0.0
	for c, v := range x {
		sum += float64(v) * float64(h.Easy[c])
	}
	return sum
}

func (h *estHead) own(o int, score float64) float64 {
	return float64(h.Own[o]) + float64(h.Slope)*score
}

// estFitHead minimises the cross-entropy of the known outputs plus
// penalty/2·‖Easy‖² + ½·(Slope − 1)² + ½·(Own/10)², which is convex, by L-BFGS.
func estFitHead(ctx context.Context, e *estSample, scores []float32, penalty float64) (*estHead, error) {
	k := len(e.y)
	start := make([]float64, k+1+e.p)
	start[k] = 1
	f := headLoss{e, scores, penalty}
	p := optimize.Problem{
		Func: func(x []float64) float64 { return f.at(x, nil) },
		Grad: func(g, x []float64) { f.at(x, g) },
	}
	settings := &optimize.Settings{GradientThreshold: 1e-7, MajorIterations: 200, Recorder: estCancel{ctx}}
	settings.Converger = &optimize.FunctionConverge{Relative: 1e-9, Iterations: 3}
	result, err := optimize.Minimize(p, start, settings, &optimize.LBFGS{})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// A line search that can go no further at this precision has arrived; one that made no step has failed.
	if result == nil || err != nil && result.MajorIterations == 0 && f.slope(start) > 1e-4 {
		return nil, fmt.Errorf("learn: fitting the pointwise part: %w", err)
	}
	h := &estHead{Own: make(Floats, k), Slope: float32(result.X[k]), Easy: make(Floats, e.p)}
	for o := range h.Own {
		h.Own[o] = float32(result.X[o])
	}
	for c := range h.Easy {
		h.Easy[c] = float32(result.X[k+1+c])
	}
	return h, nil
}

// estCancel stops an optimisation whose context is done.
type estCancel struct{ ctx context.Context }

func (c estCancel) Init() error { return c.ctx.Err() }

func (c estCancel) Record(*optimize.Location, optimize.Operation, *optimize.Stats) error {
	return c.ctx.Err()
}

type headLoss struct {
	e       *estSample
	scores  []float32
	penalty float64
}

// at is the loss per unit of weight, and its derivatives where g is not nil.
func (f headLoss) at(x, g []float64) float64 {
	k, e := len(f.e.y), f.e
	total, sum := e.weight(), f.prior(x, g)
	for i := range e.n {
		row, easy, pull := e.row(i), 0.0, 0.0
		for c, v := range row {
			easy += float64(v) * x[k+1+c]
		}
		for o, y := range e.y {
			if math.IsNaN(y[i]) {
				continue
			}
			score := float64(f.scores[i*k+o])
			logit := easy + x[o] + x[k]*score
			sum += e.w[i] * (estLogOnePlus(logit) - y[i]*logit)
			if g != nil {
				d := e.w[i] * (estSigmoid(logit) - y[i])
				g[o], g[k], pull = g[o]+d, g[k]+d*score, pull+d
			}
		}
		if g != nil && pull != 0 {
			for c, v := range row {
				g[k+1+c] += pull * float64(v)
			}
		}
	}
	for j := range g {
		g[j] /= total
	}
	return sum / total
}

func (f headLoss) prior(x, g []float64) float64 {
	k, sum := len(f.e.y), 0.0
	for j, v := range x {
		precision, d := f.penalty, v
		switch {
		case j < k:
			precision = 0.01
		case j == k:
			precision, d = 1, v-1
		}
		sum += precision / 2 * d * d
		if g != nil {
			g[j] = precision * d
		}
	}
	return sum
}

func (f headLoss) slope(x []float64) float64 {
	g, most := make([]float64, len(x)), 0.0
	f.at(x, g)
	for _, v := range g {
		most = math.Max(most, math.Abs(v))
	}
	return most
}
