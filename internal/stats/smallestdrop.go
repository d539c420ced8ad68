package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// SmallestDrop is the smallest true drop D ≥ 0 that the check with n tasks would
// not pass with probability Power: P(pass | E[d] = −D) ≤ 1 − Power. It is below
// the margin: so near to it the check already hesitates. It is 0 where even an
// unchanged policy does not pass that often.
func (p PowerPlan) SmallestDrop(n float64) (float64, error) {
	return p.dropWhere(n, func(drop float64) bool { return p.PassAt(n, -drop) <= 1-p.Power })
}

// SmallestFailure is the smallest true drop that the check with n tasks would call
// a failure with probability Power: the upper end of the interval below −Margin.
func (p PowerPlan) SmallestFailure(n float64) (float64, error) {
	t := p.critical(n)
	return p.dropWhere(n, func(drop float64) bool {
		se := p.standardErrorAt(n, -drop)
		return drop > p.Margin && (se == 0 || distuv.UnitNormal.CDF((drop-p.Margin)/se-t) >= p.Power)
	})
}

// dropWhere is the least drop from which noticed holds, by bisection between 0
// and a drop that is certain to be noticed: of every task, or one far beyond the margin.
func (p PowerPlan) dropWhere(n float64, noticed func(drop float64) bool) (float64, error) {
	if err := p.Check(); err != nil {
		return math.NaN(), err
	}
	if math.IsNaN(p.critical(n)) {
		return math.NaN(), fmt.Errorf("%g tasks make fewer than %d independent groups: too few for an interval", n, minUnits)
	}
	lo, hi := 0.0, 1.0
	if p.SD > 0 {
		hi = p.Margin + 100*p.standardErrorAt(n, 0)
	}
	if noticed(0) {
		return 0, nil
	}
	if !noticed(hi) {
		return math.NaN(), errors.New("no drop is noticed as often")
	}
	for range 100 {
		if mid := (lo + hi) / 2; noticed(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi, nil
}
