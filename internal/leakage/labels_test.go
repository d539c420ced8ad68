package leakage_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"waymark/internal/leakage"
)

// A question has a difficulty, a category, and a strength of its own by which the
// stronger model is better or worse at it than its ability says.
type question struct {
	difficulty, own float64
	category        int
	weak, strong    float64 // chances of solving it
	byWeak, byStr   bool    // solved
}

// A world is how much there is to know honestly.
type world struct {
	own      float64 // standard deviation of what the stronger model is better at, in logits
	slope    float64 // of the stronger model's chance in difficulty; 1 is Rasch's model
	category float64 // standard deviation between categories
}

func (w world) draw(rng *rand.Rand, n int) []question {
	var by [8]float64
	for c := range by {
		by[c] = w.category * rng.NormFloat64()
	}
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	out := make([]question, n)
	for i := range out {
		q := &out[i]
		q.difficulty, q.category, q.own = 1.5*rng.NormFloat64(), rng.IntN(len(by)), w.own*rng.NormFloat64()
		q.weak, q.strong = logistic(-q.difficulty), logistic(1.2-w.slope*q.difficulty+by[q.category]+q.own)
		q.byWeak, q.byStr = rng.Float64() < q.weak, rng.Float64() < q.strong
	}
	return out
}

// verdict is what the whole of the test says of a router, on n tasks of each side.
func verdict(t *testing.T, rng *rand.Rand, w world, n int, route func(*rand.Rand, question) bool) leakage.Verdict {
	t.Helper()
	var tasks []leakage.Task
	r, test := &leakage.Routing{}, []bool{}
	for i, q := range w.draw(rng, 2*n) {
		if q.byWeak == q.byStr {
			continue
		}
		tasks = append(tasks, leakage.Task{Text: "solve it", Category: fmt.Sprint(q.category), Others: math.NaN(), Unit: rng.Uint64()})
		r.Better, r.Strong, test = append(r.Better, q.byStr), append(r.Strong, route(rng, q)), append(test, i%2 == 1)
	}
	var err error
	if r.Chance, err = leakage.Foretell(t.Context(), tasks, r.Better, 2); err != nil {
		t.Fatal(err)
	}
	reported := &leakage.Routing{}
	for i, yes := range test {
		if yes {
			reported.Strong, reported.Better, reported.Chance = append(reported.Strong, r.Strong[i]), append(reported.Better, r.Better[i]), append(reported.Chance, r.Chance[i])
		}
	}
	return leakage.KnowsLabels(reported)
}

var (
	rasch = world{slope: 1, category: 0.4}

	honest = []struct {
		name  string
		world world
		route func(*rand.Rand, question) bool
	}{
		{"by chance", rasch, func(rng *rand.Rand, _ question) bool { return rng.IntN(2) == 0 }},
		{"difficulty, seen dimly", rasch, func(rng *rand.Rand, q question) bool { return q.difficulty+rng.NormFloat64() > 0 }},
		{"difficulty itself", rasch, func(_ *rand.Rand, q question) bool { return q.difficulty > 0 }},
		{"difficulty itself, the weaker model's chance steeper", world{slope: 0.7, category: 0.4}, func(_ *rand.Rand, q question) bool { return q.difficulty > 0 }},
		{"difficulty itself, the stronger model's chance steeper", world{slope: 1.5, category: 0.4}, func(_ *rand.Rand, q question) bool { return q.difficulty > 0 }},
		{"every chance, categories far apart", world{slope: 1, category: 1}, func(_ *rand.Rand, q question) bool { return q.strong-q.weak > 0.2 }},
		{"every chance, strengths half a logit apart", world{own: 0.5, slope: 1, category: 0.4}, func(_ *rand.Rand, q question) bool { return q.strong-q.weak > 0.2 }},
		{"every chance, strengths a logit apart", world{own: 1, slope: 1, category: 0.4}, func(_ *rand.Rand, q question) bool { return q.strong-q.weak > 0.2 }},
		{"strengths themselves, a logit apart", world{own: 1, slope: 1, category: 0.4}, func(_ *rand.Rand, q question) bool { return q.own > 0 }},
	}
)

// tally counts, over repeats, how often a router is called suspicious and how often
// its independence is rejected.
type tally struct {
	reps, suspected, dependent int
	right, n                   int
}

func simulated(t *testing.T, reps, n int, level float64, w world, route func(*rand.Rand, question) bool) tally {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, uint64(n)))
	out := tally{reps: reps}
	for range reps {
		v := verdict(t, rng, w, n, route)
		if v.P <= level {
			out.suspected++
		}
		if v.PIndependent <= level {
			out.dependent++
		}
		out.right, out.n = out.right+v.Right, out.n+v.N
	}
	return out
}

// bar is the share of repeats that a test of a level may reject, chance allowed for.
func bar(level float64, reps int) float64 {
	return level + 3*math.Sqrt(level*(1-level)/float64(reps))
}

// leaking are routers that have seen grades, with the share of runs that must find
// them by tasks of the reported split.
var leaking = []struct {
	name  string
	found map[int]float64
	route func(*rand.Rand, question) bool
}{
	{"where weak fails", map[int]float64{150: 1, 300: 1}, func(_ *rand.Rand, q question) bool { return !q.byWeak }},
	{"where weak fails, a tenth wrong", map[int]float64{300: 0.9}, func(rng *rand.Rand, q question) bool { return q.byWeak == (rng.Float64() < 0.1) }},
	{"where weak fails, a fifth wrong", map[int]float64{1500: 0.9}, func(rng *rand.Rand, q question) bool { return q.byWeak == (rng.Float64() < 0.2) }},
	{"where weak fails, on half of the tasks", map[int]float64{1500: 0.4}, seen(0.5)},
	{"where weak fails, on a quarter of the tasks", nil, seen(0.25)},
}

// seen is a router that knows difficulty, and the grade of a share of tasks.
func seen(share float64) func(*rand.Rand, question) bool {
	return func(rng *rand.Rand, q question) bool {
		if rng.Float64() < share {
			return !q.byWeak
		}
		return q.difficulty > 0
	}
}

// Of honest routers, the sharpest that are claimed included, no more are called
// suspicious than the level says; under Rasch's model not even independence is rejected more often, however sharply
// difficulty is known. The level is one that few repeats can tell.
func TestHonestRoutersAreNotSuspected(t *testing.T) {
	const level = 0.05
	for _, h := range honest {
		for n, reps := range map[int]int{300: 100, 1500: 30} {
			if testing.Short() && n > 300 {
				continue
			}
			x := simulated(t, reps, n, level, h.world, h.route)
			if share := float64(x.suspected) / float64(reps); share > bar(level, reps) {
				t.Errorf("%s, %d tasks: %.3f are suspected, expected at most %.3f", h.name, n, share, bar(level, reps))
			}
			if share := float64(x.dependent) / float64(reps); h.world == rasch && share > bar(level, reps) {
				t.Errorf("%s, %d tasks: independence is rejected in %.3f, expected at most %.3f", h.name, n, share, bar(level, reps))
			}
		}
	}
}

// Routers that have seen grades are found: all of them, half of them, or most with
// errors. A quarter looks like honest knowledge, and is said to.
func TestLeakingRoutersAreSuspected(t *testing.T) {
	const reps = 30
	for _, x := range leaking {
		for _, n := range []int{150, 300, 1500} {
			least, ok := x.found[n]
			if !ok {
				continue
			}
			got := simulated(t, reps, n, leakage.Suspicion, rasch, x.route)
			if share := float64(got.suspected) / reps; share < least {
				t.Errorf("%s, %d tasks: found in %.2f, expected at least %g", x.name, n, share, least)
			}
		}
	}
	quarter := leaking[len(leaking)-1]
	if x := simulated(t, reps, 1500, leakage.Suspicion, rasch, quarter.route); x.suspected > 3 {
		t.Errorf("%s: found in %d of %d, which docs/leakage.md says it is not", quarter.name, x.suspected, reps)
	}
}

func TestKnowsLabelsOfLittle(t *testing.T) {
	r := func(strong, better string) *leakage.Routing {
		out := &leakage.Routing{}
		for i := range strong {
			out.Strong, out.Better, out.Chance = append(out.Strong, strong[i] == '1'), append(out.Better, better[i] == '1'), append(out.Chance, 0.5)
		}
		return out
	}
	half := "01010101010101010101010101010101010101010101010101"
	ones := "11111111111111111111111111111111111111111111111111"
	for name, x := range map[string]*leakage.Routing{
		"nothing": r("", ""), "one": r("1", "1"), "few": r(half[:19], half[:19]), "one model is better": r(half, ones), "one model is chosen": r(ones, half),
	} {
		v := leakage.KnowsLabels(x)
		if v.Withheld == "" || !math.IsNaN(v.P) || !math.IsNaN(v.PIndependent) {
			t.Errorf("%s: %+v", name, v)
		}
	}
	v := leakage.KnowsLabels(r(half, half))
	if v.Withheld != "" || v.P > 1e-6 || v.Right != 50 || v.Strata != 2 || !math.IsInf(v.Odds.Value, 1) || math.Abs(v.LeastShare-math.Pow(0.05, 1.0/50)) > 1e-9 {
		t.Errorf("all right: %+v", v)
	}
}

// A router that was fitted on one side is better there; one that was fitted on
// neither, or on both, is not.
func TestSplitGap(t *testing.T) {
	const reps, level = 400, 0.05
	bar := bar(level, reps)
	for _, x := range []struct {
		name         string
		tune, test   float64 // share of tasks whose grade it has seen
		onTune, onTe [2]float64
	}{
		{"neither", 0, 0, [2]float64{0, bar}, [2]float64{0, bar}},
		{"both", 0.4, 0.4, [2]float64{0, bar}, [2]float64{0, bar}},
		{"tune", 0.4, 0, [2]float64{0.95, 1}, [2]float64{0, 0}},
		{"test", 0, 0.4, [2]float64{0, 0}, [2]float64{0.95, 1}},
	} {
		rng := rand.New(rand.NewPCG(13, 13))
		var onTune, onTest float64
		for range reps {
			r, side := &leakage.Routing{}, []leakage.Side{}
			for _, q := range rasch.draw(rng, 1500) {
				if q.byWeak == q.byStr {
					continue
				}
				s, seen := leakage.Tune, x.tune
				if rng.IntN(2) == 0 {
					s, seen = leakage.Test, x.test
				}
				strong := q.difficulty > 0
				if rng.Float64() < seen {
					strong = q.byStr
				}
				r.Strong, r.Better, side = append(r.Strong, strong), append(r.Better, q.byStr), append(side, s)
			}
			g := leakage.SplitGap(r, side)
			if g.PBetterOnTune <= level {
				onTune++
			}
			if g.PBetterOnTest <= level {
				onTest++
			}
		}
		if a, b := onTune/reps, onTest/reps; a < x.onTune[0] || a > x.onTune[1] || b < x.onTe[0] || b > x.onTe[1] {
			t.Errorf("%s: better on tune in %.3f (%v), on test in %.3f (%v)", x.name, a, x.onTune, b, x.onTe)
		}
	}
}

// What can be learned from categories, words and the other models is foretold; a
// task's own label is not used for it.
func TestForetell(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 14))
	var tasks []leakage.Task
	var yes []bool
	for i := range 1200 {
		task := leakage.Task{Text: "prove the lemma", Category: "a", Others: rng.Float64(), Unit: rng.Uint64()}
		up := 0.0
		if i%2 == 0 {
			task.Text, up = "write the function", 1.5
		}
		if i%3 == 0 {
			task.Category, up = "b", up+1.5
		}
		tasks, yes = append(tasks, task), append(yes, rng.Float64() < 1/(1+math.Exp(-(up+4*task.Others-3.5))))
	}
	chance, err := leakage.Foretell(t.Context(), tasks, yes, 2)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, c := range chance {
		if (c >= 0.5) == yes[i] {
			right++
		}
	}
	if share := float64(right) / float64(len(tasks)); share < 0.7 {
		t.Errorf("%.3f are foretold", share)
	}
	was := chance[5]
	unit := tasks[5].Unit
	yes[5] = !yes[5]
	if chance, _ = leakage.Foretell(t.Context(), tasks, yes, 2); chance[5] != was {
		t.Errorf("task %d's own label moves what is foretold of it from %g to %g", unit, was, chance[5])
	}
	for n := range 3 {
		if c, err := leakage.Foretell(t.Context(), tasks[:n], yes[:n], 2); err != nil || len(c) != n || n > 0 && !(c[0] > 0 && c[0] < 1) {
			t.Errorf("of %d tasks: %v %v", n, c, err)
		}
	}
}

func TestThinTakesOneOfEachUnit(t *testing.T) {
	unit, key := []uint64{1, 1, 2, 3, 2}, []uint64{10, 11, 12, 13, 14}
	got := leakage.Thin(unit, key, 10)
	if len(got) != 3 {
		t.Fatalf("%v", got)
	}
	seen := map[uint64]bool{}
	for _, i := range got {
		seen[unit[i]] = true
	}
	if len(seen) != 3 || len(leakage.Thin(unit, key, 2)) != 2 || len(leakage.Thin(nil, nil, 2)) != 0 {
		t.Errorf("%v", got)
	}
}

// BenchmarkForetell1e4 foretells 10^4 tasks of 70 words.
func BenchmarkForetell1e4(b *testing.B) {
	rng := rand.New(rand.NewPCG(15, 15))
	tasks, yes := make([]leakage.Task, 10_000), make([]bool, 10_000)
	for i := range tasks {
		tasks[i] = leakage.Task{Text: fmt.Sprint(sentence(rng, 70)), Category: fmt.Sprint(i % 57), Others: rng.Float64(), Unit: rng.Uint64()}
		yes[i] = rng.IntN(3) > 0
	}
	for b.Loop() {
		if _, err := leakage.Foretell(b.Context(), tasks, yes, 2); err != nil {
			b.Fatal(err)
		}
	}
}
