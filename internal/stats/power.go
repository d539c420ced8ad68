package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A PowerPlan is a check of non-inferiority that is still to be paid for: paired
// differences d (new − old) pass where the lower end of their interval is above
// −Margin, the test of level Level of H0: E[d] ≤ −Margin.
//
// With n tasks in groups of m, SE² = Var(d)·(1 + (m−1)·ICC)/n and
//
//	P(pass) = Φ((E[d] + Margin)/SE − t),
//
// t being Student's quantile at 1 − Level with n/m − 1 degrees of freedom, as in
// MeanDifference. Differences of 0/1 scores are −1, 0 or 1, and not 0 with
// probability Discordance: Var(d) = Discordance − E[d]². A truth that is lower than
// Difference has that many more losses, and so as much more discordance, as a check that is made supposes
// (PairedGate). For the formula see Chow,
// Shao and Wang, Sample Size Calculations in Clinical Research (2008), §3.1, and
// for the design effect Kish, Survey Sampling (1965), §5.4. The normal
// approximation to the noncentral t is within 1 point of power from 20 groups on.
type PowerPlan struct {
	Margin      float64 // in the units of d, above 0
	Difference  float64 // the true E[d]; 0 is a policy that changes nothing
	Discordance float64 // share of tasks whose 0/1 scores differ at that difference; used where SD is 0
	SD          float64 // standard deviation of d, where scores are not 0/1
	Level       float64 // one-sided
	Power       float64 // P(pass) that is asked for
	GroupSize   float64 // tasks a group; 1 where tasks are their own
	ICC         float64 // correlation of d within a group
}

// mostTasks is more than anybody replays; beyond it there is no number of tasks.
const mostTasks = 1e12

// Check refuses a plan that means nothing.
func (p PowerPlan) Check() error {
	in := func(x, lo, hi float64) bool { return x > lo && x < hi }
	switch {
	case !in(p.Margin, 0, math.Inf(1)):
		return fmt.Errorf("found margin %g, expected a finite number above 0", p.Margin)
	case !in(p.Level, 0, 0.5):
		return fmt.Errorf("found level %g, expected a number between 0 and 0.5", p.Level)
	case !in(p.Power, p.Level, 1):
		return fmt.Errorf("found power %g, expected a number between the level and 1", p.Power)
	case !(p.GroupSize >= 1) || math.IsInf(p.GroupSize, 0):
		return fmt.Errorf("found groups of %g tasks, expected at least 1", p.GroupSize)
	case !(p.ICC >= 0 && p.ICC <= 1):
		return fmt.Errorf("found an intra-group correlation of %g, expected 0 to 1", p.ICC)
	case !(p.SD >= 0) || math.IsInf(p.SD, 0):
		return fmt.Errorf("found a standard deviation of %g, expected a finite number above 0", p.SD)
	case p.SD == 0 && !(p.Discordance > 0 && p.Discordance <= 1):
		return fmt.Errorf("found discordance %g, expected a share above 0 and at most 1", p.Discordance)
	case math.IsNaN(p.Difference) || math.IsInf(p.Difference, 0):
		return fmt.Errorf("found a true difference of %g, expected a finite number", p.Difference)
	case math.IsNaN(p.variance(p.Difference)):
		return fmt.Errorf("found a true difference of %g at discordance %g, expected at most the discordance", p.Difference, p.Discordance)
	}
	return nil
}

// variance is that of d where its mean is difference; NaN where it cannot be.
func (p PowerPlan) variance(difference float64) float64 {
	if p.SD > 0 {
		return p.SD * p.SD
	}
	both := math.Min(1, p.Discordance+math.Max(0, p.Difference-difference))
	if math.Abs(difference) > both {
		return math.NaN()
	}
	return both - difference*difference
}

// DesignEffect is by how much grouping multiplies the variance: 1 + (m−1)·ICC.
func (p PowerPlan) DesignEffect() float64 { return 1 + (p.GroupSize-1)*p.ICC }

func (p PowerPlan) standardErrorAt(n, difference float64) float64 {
	return math.Sqrt(p.variance(difference) * p.DesignEffect() / n)
}

// critical is the quantile of the test with n tasks, NaN where there are too few
// groups for an interval.
func (p PowerPlan) critical(n float64) float64 {
	groups := n / p.GroupSize
	if groups < minUnits {
		return math.NaN()
	}
	return distuv.StudentsT{Sigma: 1, Nu: groups - 1}.Quantile(1 - p.Level)
}

// PassAt is P(pass) with n tasks where the true difference is as given: 0 where
// there are too few groups for an interval, NaN where the discordance forbids it.
func (p PowerPlan) PassAt(n, difference float64) float64 {
	t := p.critical(n)
	if math.IsNaN(t) {
		return 0
	}
	se := p.standardErrorAt(n, difference)
	if se == 0 { // every task differs by as much
		return pass(difference > -p.Margin)
	}
	return distuv.UnitNormal.CDF((difference+p.Margin)/se - t)
}

func pass(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Tasks is the least number of tasks with which the check passes with probability
// Power.
func (p PowerPlan) Tasks() (int, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	if p.Difference <= -p.Margin {
		return 0, fmt.Errorf("the true difference %g is not above the margin's %g: no number of tasks makes it pass", p.Difference, -p.Margin)
	}
	enough := func(n float64) bool { return p.PassAt(n, p.Difference) >= p.Power }
	lo, hi := 0.0, 8.0
	for !enough(hi) {
		if lo, hi = hi, hi*2; hi > mostTasks {
			return 0, errors.New("more than 10¹² tasks would be needed")
		}
	}
	for hi-lo > 1 {
		if mid := math.Floor((lo + hi) / 2); enough(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return int(hi), nil
}
