package learn

import (
	"context"
	"fmt"
	"math"
	"slices"

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

// estHeadPenalties are tried; the last leaves nothing of Easy.
var estHeadPenalties = []float64{1, 10, 100, 1000, math.Inf(1)}

// estChooseHead is the head, fitted on the rows that are fitted, with and without the
// scores, whose penalty does best on those that are held out; the most penalised one if none are.
func estChooseHead(ctx context.Context, e *estSample, scores []float32, fitted, held []int) (*estHead, error) {
	penalties := estHeadPenalties
	if len(held) == 0 {
		penalties = penalties[len(penalties)-1:]
	}
	k := len(e.y)
	part, own := e.take(fitted), make([]float32, 0, len(fitted)*k)
	for _, i := range fitted {
		own = append(own, scores[i*k:(i+1)*k]...)
	}
	best, least := (*estHead)(nil), math.Inf(1)
	for _, penalty := range penalties {
		// Scores fit the rows that they were fitted on too well, so that a head without them may do better.
		for _, s := range [][]float32{own, make([]float32, len(own))} {
			h, err := estFitHead(ctx, part, s, e.logits(), penalty)
			if err != nil {
				return nil, err
			}
			if s[0] == 0 && !slices.ContainsFunc(s, func(v float32) bool { return v != 0 }) {
				h.Slope = 0
			}
			if loss := h.loss(e, scores, held); best == nil || loss < least {
				best, least = h, loss
			}
		}
	}
	return best, nil
}

// loss is the cross-entropy of some rows.
func (h *estHead) loss(e *estSample, scores []float32, rows []int) float64 {
	k, sum := len(e.y), 0.0
	logits := make([]float32, k)
	for _, i := range rows {
		easy := h.easy(e.row(i))
		for o := range k {
			logits[o] = float32(easy + h.own(o, float64(scores[i*k+o])))
		}
		sum += e.crossEntropy(i, logits, nil)
	}
	return sum
}

// estFitHead minimises the cross-entropy of the known outputs plus
// penalty/2·‖Easy‖² + ½·(Slope − 1)² + ½·(Own − usual)², which is convex, by L-BFGS.
func estFitHead(ctx context.Context, e *estSample, scores []float32, usual []float64, penalty float64) (*estHead, error) {
	k, h := len(e.y), &estHead{Own: make(Floats, len(e.y)), Easy: make(Floats, e.p)}
	if math.IsInf(penalty, 1) {
		bare := *e
		bare.p, bare.x, penalty = 0, nil, 0
		e = &bare
	}
	start := make([]float64, k+1+e.p)
	copy(start, usual)
	start[k] = 1
	f := &headLoss{e: e, scores: scores, usual: usual, penalty: penalty}
	p := optimize.Problem{Func: f.value, Grad: f.derivatives}
	settings := &optimize.Settings{GradientThreshold: 1e-6, MajorIterations: 200, FuncEvaluations: 400, Recorder: estCancel{ctx}}
	settings.Converger = &optimize.FunctionConverge{Relative: 1e-9, Iterations: 3}
	result, err := optimize.Minimize(p, start, settings, &optimize.LBFGS{})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// A line search that can go no further at this precision has arrived; one that made no step has failed.
	if result == nil || err != nil && result.MajorIterations == 0 && f.slope(start) > 1e-4 {
		return nil, fmt.Errorf("learn: fitting the pointwise part: %w", err)
	}
	h.Slope = float32(result.X[k])
	for o := range h.Own {
		h.Own[o] = float32(result.X[o])
	}
	for c, v := range result.X[k+1:] {
		h.Easy[c] = float32(v)
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
	usual   []float64 // log odds of the outputs
	penalty float64

	x, g []float64 // the last point, and the derivatives there
	loss float64
}

// value and derivatives are asked for one after the other, and computed together.
func (f *headLoss) value(x []float64) float64 {
	if !slices.Equal(x, f.x) {
		f.x, f.g = slices.Clone(x), make([]float64, len(x))
		f.loss = f.at(x, f.g)
	}
	return f.loss
}

func (f *headLoss) derivatives(g, x []float64) {
	f.value(x)
	copy(g, f.g)
}

// at is the loss per unit of weight; it writes its derivatives.
func (f *headLoss) at(x, g []float64) float64 {
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
			d := e.w[i] * (estSigmoid(logit) - y[i])
			g[o], g[k], pull = g[o]+d, g[k]+d*score, pull+d
		}
		if pull != 0 {
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

func (f *headLoss) prior(x, g []float64) float64 {
	k, sum := len(f.e.y), 0.0
	for j, v := range x {
		precision, d := f.penalty, v
		switch {
		case j < k:
			precision, d = 1, v-f.usual[j]
		case j == k:
			precision, d = 1, v-1
		}
		sum += precision / 2 * d * d
		g[j] = precision * d
	}
	return sum
}

func (f *headLoss) slope(x []float64) float64 {
	f.value(x)
	most := 0.0
	for _, v := range f.g {
		most = math.Max(most, math.Abs(v))
	}
	return most
}
