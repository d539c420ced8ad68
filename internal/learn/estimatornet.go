package learn

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// An estNet is a network of one hidden layer: scores = Out·f(Hiddenᵀ·x + HiddenBias) + Bias,
// f the positive part, or nothing if Linear.
type estNet struct {
	Inputs, Units, Scores int
	Linear                bool   `json:",omitempty"`
	Hidden                Floats // inputs × units
	HiddenBias            Floats // units
	Out                   Floats // units × scores
	Bias                  Floats // scores
}

// newEstNet has random hidden units, as Glorot and Bengio (2010) draw them, and no
// weights after them: it starts from the constant of its bias.
func newEstNet(inputs, units, scores int, linear bool, seed uint64) *estNet {
	n := &estNet{
		Inputs: inputs, Units: units, Scores: scores, Linear: linear,
		Hidden: make(Floats, inputs*units), HiddenBias: make(Floats, units), Out: make(Floats, units*scores), Bias: make(Floats, scores),
	}
	r := rand.New(rand.NewPCG(seed, 0x6c6f726f7401))
	bound := math.Sqrt(6 / float64(inputs+units))
	for i := range n.Hidden {
		n.Hidden[i] = float32(bound * (2*r.Float64() - 1))
	}
	return n
}

func (n *estNet) fits() bool {
	return n.Inputs >= 0 && n.Units > 0 && n.Scores > 0 && len(n.Hidden) == n.Inputs*n.Units && len(n.HiddenBias) == n.Units &&
		len(n.Out) == n.Units*n.Scores && len(n.Bias) == n.Scores
}

// forward is the hidden units and the scores of rows.
func (n *estNet) forward(rows int, x []float32) (hidden, scores []float32) {
	hidden, scores = make([]float32, rows*n.Units), make([]float32, rows*n.Scores)
	estMultiply(false, rows, n.Inputs, n.Units, x, n.Hidden, hidden)
	for i := range hidden {
		hidden[i] += n.HiddenBias[i%n.Units]
		if !n.Linear && hidden[i] < 0 {
			hidden[i] = 0
		}
	}
	estMultiply(false, rows, n.Units, n.Scores, hidden, n.Out, scores)
	for i := range scores {
		scores[i] += n.Bias[i%n.Scores]
	}
	return hidden, scores
}

// An estLoss is the weighted loss of row i with these scores; it writes its
// derivatives by the scores, where gradient is not nil.
type estLoss func(i int, scores, gradient []float32) float64

// backward is the derivatives of the loss of some rows of the sample, per unit of
// weight, and that loss.
func (n *estNet) backward(e *estSample, rows []int, weight float64, loss estLoss) (*estNet, float64) {
	x := make([]float32, 0, len(rows)*e.p)
	for _, i := range rows {
		x = append(x, e.row(i)...)
	}
	hidden, scores := n.forward(len(rows), x)
	g, sum := make([]float32, len(scores)), 0.0
	for at, i := range rows {
		lo, hi := at*n.Scores, (at+1)*n.Scores
		sum += loss(i, scores[lo:hi], g[lo:hi])
	}
	for i := range g {
		g[i] /= float32(weight)
	}
	d := &estNet{Hidden: make(Floats, len(n.Hidden)), HiddenBias: make(Floats, n.Units), Out: make(Floats, len(n.Out)), Bias: make(Floats, n.Scores)}
	estMultiply(true, n.Units, len(rows), n.Scores, hidden, g, d.Out)
	back := make([]float32, len(hidden))
	estMultiply(false, len(rows), n.Scores, n.Units, g, estTranspose(n.Units, n.Scores, n.Out), back)
	for i := range back {
		if !n.Linear && hidden[i] == 0 {
			back[i] = 0
		}
		d.HiddenBias[i%n.Units] += back[i]
	}
	for i, v := range g {
		d.Bias[i%n.Scores] += v
	}
	estMultiply(true, n.Inputs, len(rows), n.Units, x, back, d.Hidden)
	return d, sum / weight
}

func (n *estNet) parts() []Floats { return []Floats{n.Hidden, n.HiddenBias, n.Out, n.Bias} }

func (n *estNet) clone() *estNet {
	out := *n
	out.Hidden, out.HiddenBias, out.Out, out.Bias = slices.Clone(n.Hidden), slices.Clone(n.HiddenBias), slices.Clone(n.Out), slices.Clone(n.Bias)
	return &out
}

// An estTraining is how a network is trained: by Adam (Kingma and Ba 2015,
// arXiv 1412.6980) over mini-batches in an order that follows the seed, with
// the penalty Penalty/(2·weight of the rows)·‖weights‖² on the mean loss, which is a
// normal prior of variance 1/Penalty. What is kept is what did best on the rows held
// out, the start among it; training ends after patience epochs without a better one.
type estTraining struct {
	rate, penalty           float64
	batch, epochs, patience int
}

// parted deals the rows to those that are fitted and those that are held out: a tenth
// of the units; a fifth of fewer than 1000, since a few rows choose badly; none of fewer than 20.
func (e *estSample) parted() (fitted, held []int) {
	folds := e.folds(10)
	if e.n < 1000 && folds != nil {
		folds = e.folds(5)
	}
	for i := range e.n {
		if folds != nil && folds[i] == 0 {
			held = append(held, i)
		} else {
			fitted = append(fitted, i)
		}
	}
	return fitted, held
}

// train returns the network as it was given if there are no rows of either sort.
func (t estTraining) train(ctx context.Context, n *estNet, e *estSample, fitted, held []int, loss estLoss) (*estNet, error) {
	if len(fitted) == 0 || len(held) == 0 {
		return n, ctx.Err()
	}
	a := newEstAdam(n, t.rate)
	r := rand.New(rand.NewPCG(e.seed, 0x6261746368))
	total := 0.0
	for _, i := range fitted {
		total += e.w[i]
	}
	fitted = slices.Clone(fitted)
	best, least, since := n.clone(), n.loss(e, held, loss), 0
	for range t.epochs {
		r.Shuffle(len(fitted), func(i, j int) { fitted[i], fitted[j] = fitted[j], fitted[i] })
		for rows := range slices.Chunk(fitted, t.batch) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			d, _ := n.backward(e, rows, total*float64(len(rows))/float64(len(fitted)), loss)
			a.step(n, d, t.penalty/total)
		}
		if now := n.loss(e, held, loss); now < least {
			best, least, since = n.clone(), now, 0
		} else if since++; since >= t.patience {
			break
		}
	}
	return best, nil
}

func (n *estNet) loss(e *estSample, rows []int, loss estLoss) float64 {
	sum := 0.0
	for part := range slices.Chunk(rows, estBlock) {
		x := make([]float32, 0, len(part)*e.p)
		for _, i := range part {
			x = append(x, e.row(i)...)
		}
		_, scores := n.forward(len(part), x)
		for at, i := range part {
			sum += loss(i, scores[at*n.Scores:(at+1)*n.Scores], nil)
		}
	}
	return sum
}

type estAdam struct {
	rate         float64
	steps        int
	mean, square []Floats
}

func newEstAdam(n *estNet, rate float64) *estAdam {
	a := &estAdam{rate: rate}
	for _, p := range n.parts() {
		a.mean, a.square = append(a.mean, make(Floats, len(p))), append(a.square, make(Floats, len(p)))
	}
	return a
}

// step moves the network against the derivatives d; weights are drawn to 0, biases
// are not.
func (a *estAdam) step(n, d *estNet, penalty float64) {
	const keep, keepSquare, tiny = 0.9, 0.999, 1e-8
	a.steps++
	rate := float32(a.rate * math.Sqrt(1-math.Pow(keepSquare, float64(a.steps))) / (1 - math.Pow(keep, float64(a.steps))))
	for at, p := range n.parts() {
		g, m, v := d.parts()[at], a.mean[at], a.square[at]
		draw := float32(penalty)
		if at%2 == 1 {
			draw = 0
		}
		for i := range p {
			x := g[i] + draw*p[i]
			m[i] = keep*m[i] + (1-keep)*x
			v[i] = keepSquare*v[i] + (1-keepSquare)*x*x
			p[i] -= rate * m[i] / (float32(math.Sqrt(float64(v[i]))) + tiny)
		}
	}
}
