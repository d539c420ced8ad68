package coverage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"waymark"
	"waymark/datasets/demo"
	"waymark/internal/simulation"
	"waymark/policies"
)

// trainable is n tasks of the generator as a learned policy is fitted on them: the prompts,
// the category, and the grades and costs of the weak and the strong model.
func trainable(g demo.Generator, n int) *waymark.Outcomes {
	weak, strong := pairOf()
	o := &waymark.Outcomes{Models: []waymark.ModelID{demo.Models()[weak].ID, demo.Models()[strong].ID}, Quality: make([][]float64, 2), Cost: make([][]float64, 2)}
	qs := &waymark.Queries{Features: map[string]waymark.Column{}}
	category := waymark.Column{Code: make([]uint32, n)}
	for _, c := range demo.Categories() {
		category.Dict = append(category.Dict, c.String())
	}
	prompts := make([][]waymark.Message, n)
	rng := rand.New(rand.NewPCG(g.Seed, 77))
	for i := range n {
		t := g.Task(i)
		prompts[i], category.Code[i] = t.Messages, uint32(g.CategoryOf(i))
		qs.IDs = append(qs.IDs, fmt.Sprintf("%d-%d", g.Seed, i))
		p := g.Quality(i)
		for k, m := range []int{weak, strong} {
			right := 0.0
			if rng.Float64() < p[m] {
				right = 1
			}
			o.Quality[k], o.Cost[k] = append(o.Quality[k], right), append(o.Cost[k], 1)
		}
		o.Units = append(o.Units, uint64(i))
	}
	qs.Features["category"] = category
	qs.Messages = func(i int) []waymark.Message { return prompts[i] }
	o.Queries = qs
	return o
}

// pairOf is the positions of the weak and the strong model of the generator.
func pairOf() (weak, strong int) {
	at := func(id waymark.ModelID) int {
		return slices.IndexFunc(demo.Models(), func(m demo.Model) bool { return m.ID == id })
	}
	return at(demo.Weak), at(demo.Strong)
}

// A judged is fresh tasks with what is true of them.
type judged struct {
	queries *waymark.Queries
	gain    []float64 // what strong wins over weak, in expectation
	seen    []float64 // the same as far as category and level tell, which is all that the prompt shows
}

// fresh is n tasks that no policy was fitted on.
func fresh(n int) judged {
	g := demo.Generator{Seed: 4242, Count: n}
	weak, strong := pairOf()
	j := judged{queries: trainable(g, n).Queries}
	known := expectedGain()
	for i := range n {
		q := g.Quality(i)
		j.gain = append(j.gain, q[strong]-q[weak])
		j.seen = append(j.seen, known[g.CategoryOf(i)][g.Level(i)])
	}
	return j
}

// expectedGain is the mean gain of tasks of each category and level, over many.
func expectedGain() map[demo.Category]map[int]float64 {
	g := demo.Generator{Seed: 31, Count: 400_000}
	weak, strong := pairOf()
	sum, n := map[demo.Category]map[int]float64{}, map[demo.Category]map[int]float64{}
	for i := range g.Count {
		c, l, q := g.CategoryOf(i), g.Level(i), g.Quality(i)
		if sum[c] == nil {
			sum[c], n[c] = map[int]float64{}, map[int]float64{}
		}
		sum[c][l] += q[strong] - q[weak]
		n[c][l]++
	}
	for c := range sum {
		for l := range sum[c] {
			sum[c][l] /= n[c][l]
		}
	}
	return sum
}

// recovered is the share of the gap between weak and strong that is recovered where the
// share s of the tasks, those with the highest scores, goes to strong; at the shares 0, 0.01, … 1.
func (j judged) recovered(scores []float64) []float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	// Tasks with one score go together: each counts the mean of them.
	gains := make([]float64, len(order))
	total := 0.0
	for lo := 0; lo < len(order); {
		hi, sum := lo, 0.0
		for hi < len(order) && scores[order[hi]] == scores[order[lo]] {
			sum += j.gain[order[hi]]
			hi++
		}
		for k := lo; k < hi; k++ {
			gains[k] = sum / float64(hi-lo)
		}
		total += sum
		lo = hi
	}
	cumulated := make([]float64, len(gains)+1)
	for k, g := range gains {
		cumulated[k+1] = cumulated[k] + g/total
	}
	out := make([]float64, 101)
	for x := range out {
		out[x] = cumulated[x*len(gains)/100]
	}
	return out
}

// area is the mean over shares: APGR.
func area(recovered []float64) float64 {
	sum := 0.0
	for k := 1; k < len(recovered); k++ {
		sum += (recovered[k] + recovered[k-1]) / 2 / float64(len(recovered)-1)
	}
	return sum
}

// fitted is the scores that a scorer gives fresh tasks, once it was fitted.
func fitted(t testing.TB, c policies.EstimatorConfig, o *waymark.Outcomes, on *waymark.Queries) []float64 {
	t.Helper()
	in := policies.Inputs{Models: o.Models, Features: []string{"category"}, Seed: 1, Learning: &policies.Learning{Outcomes: o}}
	p, err := (&policies.Threshold{Scorer: policies.AnyScorer{ScorerConfig: c}, Weak: o.Models[0], Strong: o.Models[1]}).Build(in)
	if err != nil {
		t.Fatal(err)
	}
	picks := make([]waymark.Pick, on.Len())
	if err := p.(waymark.OneShotSweep).Select(t.Context(), on, picks); err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(picks))
	for i := range picks {
		out[i] = picks[i].Signal
	}
	return out
}

// shuffle gives every task the grades of another.
func shuffle(o *waymark.Outcomes, seed uint64) *waymark.Outcomes {
	out := *o
	out.Quality = nil
	order := rand.New(rand.NewPCG(seed, 5)).Perm(o.Len())
	for _, q := range o.Quality {
		own := make([]float64, len(q))
		for i, k := range order {
			own[i] = q[k]
		}
		out.Quality = append(out.Quality, own)
	}
	return &out
}

// A router that is learned recovers more of the gap than its mix, and no more than the
// best that can be known; on shuffled grades it is worth its mix.
func TestLearnedRoutersApproachTheBest(t *testing.T) {
	if simulation.Running() {
		t.Skip("make simulate runs the whole of it")
	}
	j := fresh(4000)
	best := area(j.recovered(j.seen))
	few := area(j.recovered(fitted(t, &policies.Logistic{}, trainable(demo.Generator{Seed: 1, Count: 200}, 200), j.queries)))
	o := trainable(demo.Generator{Seed: 2, Count: 3000}, 3000)
	many := area(j.recovered(fitted(t, &policies.Logistic{}, o, j.queries)))
	if !(few < many && many > 0.62 && many < best+0.01) {
		t.Errorf("area %.3f of 200 tasks and %.3f of 3000, the best that can be known is %.3f", few, many, best)
	}
	var control []float64
	for seed := range uint64(8) {
		control = append(control, area(j.recovered(fitted(t, &policies.Tree{}, shuffle(o, seed), j.queries))))
	}
	if m, s := meanSpread(control); math.Abs(m-0.5) > 3*s/math.Sqrt(float64(len(control)))+0.005 {
		t.Errorf("on shuffled grades the area is %.3f ± %.3f, expected 0.5", m, s)
	}
}

func meanSpread(xs []float64) (mean, spread float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		spread += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(spread / float64(len(xs)-1))
}

// What make simulate fits, on how many tasks, how often.
var (
	learnedSizes = []int{250, 1000, 4000, 16000}
	learnedDraws = 5
)

func TestSimulateLearned(t *testing.T) {
	page := simulation.Page(t, filepath.Join("policies", "learned.md"))
	cells, err := simulation.Open[[]float64]("learned")
	if err != nil {
		t.Fatal(err)
	}
	j := fresh(20_000)
	var b strings.Builder
	fmt.Fprintf(&b, "| estimator | %s | shuffled grades, %d |\n|---|%s---|\n", sizeTitles("fitted on %d"), learnedSizes[1], strings.Repeat("---|", len(learnedSizes)))
	curves := map[int][]float64{}
	for _, k := range policies.EstimatorKinds {
		fmt.Fprintf(&b, "| `%s` |", k.Name)
		for _, n := range learnedSizes {
			var areas []float64
			mean := make([]float64, 101)
			for draw := range learnedDraws {
				curve, err := cells.Do(fmt.Sprint(k.Name, " ", n, " ", draw), func() []float64 {
					o := trainable(demo.Generator{Seed: uint64(100*draw + 1), Count: n}, n)
					return j.recovered(fitted(t, k.New(), o, j.queries))
				})
				if err != nil {
					t.Fatal(err)
				}
				areas = append(areas, area(curve))
				for x := range mean {
					mean[x] += curve[x] / float64(learnedDraws)
				}
			}
			if k.Name == "logistic" {
				curves[n] = mean
			}
			m, s := meanSpread(areas)
			fmt.Fprintf(&b, " %.3f ± %.3f |", m, s)
		}
		var control []float64
		for draw := range 4 * learnedDraws {
			curve, err := cells.Do(fmt.Sprint(k.Name, " shuffled ", draw), func() []float64 {
				o := trainable(demo.Generator{Seed: uint64(100*draw + 1), Count: learnedSizes[1]}, learnedSizes[1])
				return j.recovered(fitted(t, k.New(), shuffle(o, uint64(draw)), j.queries))
			})
			if err != nil {
				t.Fatal(err)
			}
			control = append(control, area(curve))
		}
		m, s := meanSpread(control)
		fmt.Fprintf(&b, " %.3f ± %.3f |\n", m, s)
		if e := s / math.Sqrt(float64(len(control))); math.Abs(m-0.5) > 3*e+0.002 {
			t.Errorf("%s on shuffled grades: area %.4f, expected 0.5 within 3 × %.4f", k.Name, m, e)
		}
		t.Logf("%s done", k.Name)
	}
	best, truth := j.recovered(j.seen), j.recovered(j.gain)
	fmt.Fprintf(&b, "\nThe best that category and level can tell: %.3f. Whoever knew each task's true gain: %.3f. A mix at random: 0.500.\n", area(best), area(truth))
	if err := simulation.Write(page, "learned", b.String()); err != nil {
		t.Fatal(err)
	}
	if err := drawLearned(filepath.Join(filepath.Dir(page), "..", "images", "learned.png"), curves, best, truth); err != nil {
		t.Fatal(err)
	}
}

func sizeTitles(format string) string {
	var out []string
	for _, n := range learnedSizes {
		out = append(out, fmt.Sprintf(format, n))
	}
	return strings.Join(out, " | ")
}

func points(recovered []float64) plotter.XYs {
	xy := make(plotter.XYs, len(recovered))
	for k, v := range recovered {
		xy[k] = plotter.XY{X: float64(k), Y: 100 * v}
	}
	return xy
}
