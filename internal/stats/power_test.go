package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/stats"
)

func plan() stats.PowerPlan {
	return stats.PowerPlan{Margin: 0.01, Discordance: 0.1, Level: 0.025, Power: 0.8, GroupSize: 1}
}

// The figure of DESIGN, section 6: about 7,800 tasks.
func TestTasksForAMargin(t *testing.T) {
	n, err := plan().Tasks()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "tasks", float64(n), 7849+1.92, 1.5) // (1.95996 + 0.84162)²·0.1/0.01²; Student’s t adds z²/2
	grouped := plan()
	grouped.GroupSize, grouped.ICC = 5, 0.1
	m, err := grouped.Tasks()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "tasks in groups, as a multiple", float64(m)/float64(n), 1.4, 0.002)
	general := plan()
	general.Discordance, general.SD = 0, math.Sqrt(0.1)
	if g, err := general.Tasks(); err != nil || g != n {
		t.Errorf("the same spread as a standard deviation needs %d tasks, %v; want %d", g, err, n)
	}
	better := plan()
	better.Difference = 0.005
	if b, err := better.Tasks(); err != nil || b >= n/2 {
		t.Errorf("a policy half a point better needs %d tasks, %v", b, err)
	}
}

// draw is a sample of paired 0/1 differences of a plan, grouped where it is.
func draw(r *rand.Rand, p stats.PowerPlan, n int, difference float64) stats.Sample {
	s := stats.Sample{}
	size := int(p.GroupSize)
	up, down := p.Discordance/2, p.Discordance/2-difference
	one := func() float64 {
		switch u := r.Float64(); {
		case u < up:
			return 1
		case u < up+down:
			return -1
		}
		return 0
	}
	var common float64
	for i := range n {
		if i%size == 0 {
			common = one()
		}
		v := common // with probability √ICC the group's: two of a group then correlate by ICC
		if r.Float64() >= math.Sqrt(p.ICC) {
			v = one()
		}
		s.Values = append(s.Values, v)
		if size > 1 {
			s.Groups = append(s.Groups, int32(i/size))
		}
	}
	return s
}

// What the plan promises is what MeanDifference does, within three Monte-Carlo
// standard errors, and one point for the normal approximation.
func TestPowerBySimulation(t *testing.T) {
	grouped := plan()
	grouped.GroupSize, grouped.ICC, grouped.Margin, grouped.Discordance = 4, 0.25, 0.05, 0.2
	small := plan()
	small.Margin, small.Discordance = 0.1, 0.3
	for name, c := range map[string]struct {
		plan   stats.PowerPlan
		rounds int
	}{"DESIGN": {plan(), 800}, "groups of 4": {grouped, 2000}, "few tasks": {small, 8000}} {
		p := c.plan
		n, err := p.Tasks()
		if err != nil {
			t.Fatal(err)
		}
		drop, err := p.SmallestDrop(float64(n))
		if err != nil {
			t.Fatal(err)
		}
		failure, err := p.SmallestFailure(float64(n))
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(11, 11))
		passes := func(difference float64) (passed, failed float64) {
			for range c.rounds {
				e := stats.MeanDifference(draw(rng, p, n, difference), 1-2*p.Level)
				if e.Lo > -p.Margin {
					passed++
				}
				if e.Hi < -p.Margin {
					failed++
				}
			}
			return passed / float64(c.rounds), failed / float64(c.rounds)
		}
		within := 3*math.Sqrt(0.8*0.2/float64(c.rounds)) + 0.01
		unchanged, _ := passes(0)
		near(t, name+": P(pass | no change)", unchanged, p.PassAt(float64(n), 0), within)
		noticed, _ := passes(-drop)
		near(t, name+": P(pass | smallest drop)", noticed, 0.2, within)
		_, failed := passes(-failure)
		near(t, name+": P(fail | smallest failure)", failed, 0.8, within)
		atMargin, _ := passes(-p.Margin)
		near(t, name+": P(pass | at the margin)", atMargin, p.Level, 3*math.Sqrt(p.Level*(1-p.Level)/float64(c.rounds))+0.003)
		t.Logf("%s: %d tasks pass an unchanged policy %.3f, a drop of %.4f %.3f, fail one of %.4f %.3f, pass one at the margin %.4f",
			name, n, unchanged, drop, noticed, failure, failed, atMargin)
	}
}

// A plan that means nothing is refused with a reason, and never panics.
func TestPlansThatMeanNothing(t *testing.T) {
	for name, change := range map[string]func(*stats.PowerPlan){
		"no margin":       func(p *stats.PowerPlan) { p.Margin = 0 },
		"NaN margin":      func(p *stats.PowerPlan) { p.Margin = math.NaN() },
		"level 1":         func(p *stats.PowerPlan) { p.Level = 1 },
		"power 1":         func(p *stats.PowerPlan) { p.Power = 1 },
		"no group":        func(p *stats.PowerPlan) { p.GroupSize = 0 },
		"correlation 2":   func(p *stats.PowerPlan) { p.ICC = 2 },
		"no discordance":  func(p *stats.PowerPlan) { p.Discordance = 0 },
		"beyond":          func(p *stats.PowerPlan) { p.Difference = 0.2 },
		"at the margin":   func(p *stats.PowerPlan) { p.Difference = -0.01 },
		"infinite spread": func(p *stats.PowerPlan) { p.SD = math.Inf(1) },
		"no end":          func(p *stats.PowerPlan) { p.Margin = 1e-9 },
	} {
		p := plan()
		change(&p)
		if n, err := p.Tasks(); err == nil {
			t.Errorf("%s: %d tasks", name, n)
		}
	}
	p := plan()
	if x := p.PassAt(5, 0); x != 0 {
		t.Errorf("five tasks pass with probability %g, though they have no interval", x)
	}
	if d, err := p.SmallestDrop(5); err == nil {
		t.Errorf("five tasks notice a drop of %g", d)
	}
	if d, err := p.SmallestDrop(50); err != nil || d != 0 {
		t.Errorf("with 50 tasks even no change is not passed: %g, %v", d, err)
	}
	if d, err := p.SmallestFailure(10); err != nil || d < 0.3 || d > 0.9 {
		t.Errorf("ten tasks fail a drop of %g, %v", d, err)
	}
}
