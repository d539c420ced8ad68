package learn

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// An irtNode is a point of the normal prior of difficulty and log discrimination.
type irtNode struct{ difficulty, slope, share float64 }

// irtNodes are 25 difficulties from −4 to 4, by 5 discriminations where those vary.
func irtNodes(level, spread float64) []irtNode {
	steep := []float64{0}
	if spread > 0 {
		steep = []float64{-2, -1, 0, 1, 2}
	}
	var out []irtNode
	sum := 0.0
	for i := range 25 {
		b := -4 + float64(i)/3
		for _, z := range steep {
			n := irtNode{b, math.Exp(level + spread*z), math.Exp(-b*b/2 - z*z/2)}
			out, sum = append(out, n), sum+n.share
		}
	}
	for i := range out {
		out[i].share /= sum
	}
	return out
}

const irtAbilityVariance = 9 // of the prior

// An irtEM is the state of the algorithm. Rows with the same outputs are one pattern.
type irtEM struct {
	e        *estSample
	spread   float64
	level    float64
	theta    []float64
	patterns [][]float64
	weight   []float64 // of the patterns
	of       []int     // the pattern of each row
}

func newIRTEM(e *estSample, spread float64) *irtEM {
	m := &irtEM{e: e, spread: spread, theta: make([]float64, len(e.y)), of: make([]int, e.n)}
	seen := map[string]int{}
	for i := range e.n {
		pattern, key := make([]float64, len(e.y)), make([]byte, 0, 8*len(e.y))
		for o, y := range e.y {
			pattern[o] = y[i]
			key = appendBits(key, y[i])
		}
		at, known := seen[string(key)]
		if !known {
			at = len(m.patterns)
			seen[string(key)] = at
			m.patterns, m.weight = append(m.patterns, pattern), append(m.weight, 0)
		}
		m.of[i] = at
		m.weight[at] += e.w[i]
	}
	return m
}

func appendBits(key []byte, v float64) []byte {
	bits := math.Float64bits(v)
	if math.IsNaN(v) {
		bits = math.MaxUint64
	}
	for range 8 {
		key = append(key, byte(bits))
		bits >>= 8
	}
	return key
}

// run alternates posteriors and steps of Newton's until abilities stand still.
func (m *irtEM) run(ctx context.Context, iterations int) (converged bool, err error) {
	for range iterations {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if m.maximise(m.counts()) < 1e-5 {
			return true, nil
		}
	}
	return false, nil
}

// irtTable holds, by output and node, the logit and the logarithms of P and 1 − P.
type irtTable struct {
	nodes              []irtNode
	logit, right, miss [][]float64
}

func (m *irtEM) table() *irtTable {
	t := &irtTable{nodes: irtNodes(m.level, m.spread)}
	for _, theta := range m.theta {
		logit, right, miss := make([]float64, len(t.nodes)), make([]float64, len(t.nodes)), make([]float64, len(t.nodes))
		for j, n := range t.nodes {
			logit[j] = n.slope * (theta - n.difficulty)
			right[j], miss[j] = -estLogOnePlus(-logit[j]), -estLogOnePlus(logit[j])
		}
		t.logit, t.right, t.miss = append(t.logit, logit), append(t.right, right), append(t.miss, miss)
	}
	return t
}

// posterior writes the posterior share of each node, given a pattern.
func (t *irtTable) posterior(pattern, out []float64) {
	for j, n := range t.nodes {
		out[j] = math.Log(n.share)
	}
	for o, y := range pattern {
		if math.IsNaN(y) {
			continue
		}
		right, miss := t.right[o], t.miss[o]
		for j := range out {
			out[j] += y*right[j] + (1-y)*miss[j]
		}
	}
	most, sum := math.Inf(-1), 0.0
	for _, v := range out {
		most = math.Max(most, v)
	}
	for j, v := range out {
		out[j] = math.Exp(v - most)
		sum += out[j]
	}
	for j := range out {
		out[j] /= sum
	}
}

// irtCounts are, by output and node, the weight expected there and the successes.
type irtCounts struct {
	*irtTable
	tries, wins [][]float64
}

// counts sums blocks of patterns, in their order.
func (m *irtEM) counts() *irtCounts {
	t := m.table()
	parts := make([]*irtCounts, (len(m.patterns)+511)/512)
	estParallel(len(parts), func(block int) {
		c := &irtCounts{irtTable: t, tries: irtZeros(len(m.theta), len(t.nodes)), wins: irtZeros(len(m.theta), len(t.nodes))}
		post := make([]float64, len(t.nodes))
		for at := block * 512; at < min(len(m.patterns), (block+1)*512); at++ {
			t.posterior(m.patterns[at], post)
			c.add(m.patterns[at], post, m.weight[at])
		}
		parts[block] = c
	})
	for _, c := range parts[1:] {
		for o := range c.tries {
			for j := range c.tries[o] {
				parts[0].tries[o][j] += c.tries[o][j]
				parts[0].wins[o][j] += c.wins[o][j]
			}
		}
	}
	return parts[0]
}

func irtZeros(n, m int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, m)
	}
	return out
}

func (c *irtCounts) add(pattern, post []float64, weight float64) {
	for o, y := range pattern {
		if math.IsNaN(y) {
			continue
		}
		for j, p := range post {
			c.tries[o][j] += weight * p
			c.wins[o][j] += weight * p * y
		}
	}
}

// maximise makes a step of Fisher's scoring for each ability, and for the level of
// discrimination, and returns the largest.
func (m *irtEM) maximise(c *irtCounts) float64 {
	most, slope, information := 0.0, -m.level, 1.0
	for o := range m.theta {
		g, h := -m.theta[o]/irtAbilityVariance, 1.0/irtAbilityVariance
		for j, n := range c.nodes {
			p := math.Exp(c.right[o][j])
			left, spread := c.wins[o][j]-c.tries[o][j]*p, c.tries[o][j]*p*(1-p)
			g, h = g+n.slope*left, h+n.slope*n.slope*spread
			slope, information = slope+c.logit[o][j]*left, information+c.logit[o][j]*c.logit[o][j]*spread
		}
		step := math.Max(-1, math.Min(1, g/h))
		m.theta[o] += step
		most = math.Max(most, math.Abs(step))
	}
	step := math.Max(-0.5, math.Min(0.5, slope/information))
	m.level += step
	return math.Max(most, math.Abs(step))
}

// standardErrors are from the information of the marginal likelihood as the sum of
// its scores' outer products, plus that of the priors.
func (m *irtEM) standardErrors() Floats {
	t, k := m.table(), len(m.theta)
	information := mat.NewSymDense(k+1, nil)
	for o := range k {
		information.SetSym(o, o, 1.0/irtAbilityVariance)
	}
	information.SetSym(k, k, 1)
	post := make([]float64, len(t.nodes))
	for at, pattern := range m.patterns {
		t.posterior(pattern, post)
		information.SymRankOne(information, m.weight[at], mat.NewVecDense(k+1, t.score(pattern, post)))
	}
	out := make(Floats, k)
	var c mat.Cholesky
	var inverse mat.SymDense
	if !c.Factorize(information) || c.InverseTo(&inverse) != nil {
		for o := range out {
			out[o] = float32(math.NaN())
		}
		return out
	}
	for o := range out {
		out[o] = float32(math.Sqrt(inverse.At(o, o)))
	}
	return out
}

// score is the derivatives of a pattern's log-likelihood by abilities and level.
func (t *irtTable) score(pattern, post []float64) []float64 {
	out := make([]float64, len(pattern)+1)
	for o, y := range pattern {
		if math.IsNaN(y) {
			continue
		}
		for j, p := range post {
			left := p * (y - math.Exp(t.right[o][j]))
			out[o] += t.nodes[j].slope * left
			out[len(pattern)] += t.logit[o][j] * left
		}
	}
	return out
}

// An irtPosterior is what is known of each row.
type irtPosterior struct{ mean, variance, slope []float64 }

func (m *irtEM) posterior() irtPosterior {
	t, n := m.table(), m.e.n
	post := make([]float64, len(t.nodes))
	by := irtPosterior{make([]float64, len(m.patterns)), make([]float64, len(m.patterns)), make([]float64, len(m.patterns))}
	for at, pattern := range m.patterns {
		t.posterior(pattern, post)
		square := 0.0
		for j, node := range t.nodes {
			by.mean[at] += post[j] * node.difficulty
			square += post[j] * node.difficulty * node.difficulty
			by.slope[at] += post[j] * node.slope
		}
		by.variance[at] = square - by.mean[at]*by.mean[at]
	}
	out := irtPosterior{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i, at := range m.of {
		out.mean[i], out.variance[i], out.slope[i] = by.mean[at], by.variance[at], by.slope[at]
	}
	return out
}

// reliability is the share of the variance of difficulty that the posterior means have.
func (b irtPosterior) reliability(w []float64) float64 {
	sum, square, within, total := 0.0, 0.0, 0.0, 0.0
	for i, v := range b.mean {
		sum, square = sum+w[i]*v, square+w[i]*v*v
		within, total = within+w[i]*b.variance[i], total+w[i]
	}
	between := square/total - (sum/total)*(sum/total)
	if between < 1e-9 {
		return 0
	}
	return between / (between + within/total)
}
