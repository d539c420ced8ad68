package coverage

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"waymark"
	"waymark/datasets"
	"waymark/internal/offpolicy"
	"waymark/internal/simulation"
	"waymark/internal/stats"
	"waymark/internal/testdata"
)

// A matrix is a recorded dataset of which everything is known: the truth of a log.
type matrix struct {
	name          string
	models        []string
	quality, cost [][]float64 // by model; cost is nil where none is recorded
	strata        []int32
	length        []float64 // of the prompt
	middle        float64   // its median
}

// load reads a recorded dataset, or some models of it.
func load(t testing.TB, name string, only ...waymark.ModelID) *matrix {
	t.Helper()
	f, err := datasets.Open(testdata.Shared(t, "data/"+name))
	if err != nil {
		t.Fatal(err)
	}
	m, rows, categories := &matrix{name: name}, map[string]int{}, map[string]int32{}
	for task, err := range f.Tasks(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := categories[task.Category]; !ok {
			categories[task.Category] = int32(len(categories))
		}
		rows[task.ID] = len(rows)
		m.strata, m.length = append(m.strata, categories[task.Category]), append(m.length, float64(len(waymark.Prompt(task.Messages))))
	}
	sorted := slices.Sorted(slices.Values(m.length))
	m.middle = sorted[len(sorted)/2]
	for r, err := range f.Responses(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if len(only) > 0 && !slices.Contains(only, r.Model) {
			continue
		}
		k := slices.Index(m.models, string(r.Model))
		if k < 0 {
			k = len(m.models)
			m.models, m.quality = append(m.models, string(r.Model)), append(m.quality, make([]float64, len(rows)))
			if r.Cost.Known {
				m.cost = append(m.cost, make([]float64, len(rows)))
			}
		}
		m.quality[k][rows[r.Task]] = r.Score.Value
		if r.Cost.Known {
			m.cost[k][rows[r.Task]] = r.Cost.USD.Float()
		}
	}
	return m
}

func (m *matrix) tasks() int { return len(m.strata) }

// long is how long a task's prompt is, from 0 to 1: 0.5 at the median.
func (m *matrix) long(i int) float64 {
	return 1 / (1 + math.Pow(m.middle/m.length[i], 3))
}

// A router chooses by what a task is like.
type router struct {
	name   string
	chance func(m *matrix, i int, p []float64) // fills in the probability of each model
}

// toSecond is a router between two models that sends a task to the second (the
// stronger) with some probability.
func toSecond(name string, p func(m *matrix, i int) float64) router {
	return router{name, func(m *matrix, i int, out []float64) { out[1] = p(m, i); out[0] = 1 - out[1] }}
}

func always(p float64) func(*matrix, int) float64 { return func(*matrix, int) float64 { return p } }

// A candidate is a policy whose value is to be found.
type candidate struct {
	name   string
	choose func(m *matrix, i int) int32
}

var pairCandidates = []candidate{
	{"weak", func(*matrix, int) int32 { return 0 }},
	{"strong", func(*matrix, int) int32 { return 1 }},
	{"strong if long", func(m *matrix, i int) int32 { return toInt(m.long(i) >= 0.5) }},
	{"strong if short", func(m *matrix, i int) int32 { return toInt(m.long(i) < 0.5) }},
	{"strong in every other category", func(m *matrix, i int) int32 { return m.strata[i] % 2 }},
}

func toInt(yes bool) int32 {
	if yes {
		return 1
	}
	return 0
}

// A logCell is a dataset, a router that logs, and how many tasks it logs.
type logCell struct {
	set        string
	models     []waymark.ModelID // weak, then strong; nil: all
	n          int
	logger     router
	candidates []candidate
}

var pairLoggers = []router{
	toSecond("a coin", always(0.5)),
	toSecond("10 % to strong", always(0.1)),
	toSecond("2 % to strong", always(0.02)),
	toSecond("5–95 % by length", func(m *matrix, i int) float64 { return 0.05 + 0.9*m.long(i) }),
	toSecond("1–99 % by length", func(m *matrix, i int) float64 { return 0.01 + 0.98*m.long(i) }),
	toSecond("long to strong, 4 % the other way", func(m *matrix, i int) float64 { return 0.04 + 0.92*float64(toInt(m.long(i) >= 0.5)) }),
	toSecond("a coin, but never strong in every fourth category", func(m *matrix, i int) float64 {
		if m.strata[i]%4 == 0 {
			return 0
		}
		return 0.5
	}),
	toSecond("long to strong, always", func(m *matrix, i int) float64 { return float64(toInt(m.long(i) >= 0.5)) }),
}

var (
	mmlu = []waymark.ModelID{"mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview"}
	swe  = []waymark.ModelID{"gpt-5-mini", "sonnet-4-5-20250929"}
)

// uniform logs every model equally often.
var uniform = router{"all models equally often", func(m *matrix, _ int, p []float64) {
	for a := range p {
		p[a] = 1 / float64(len(p))
	}
}}

// logCells are the cells of the whole simulation.
func logCells() []logCell {
	var out []logCell
	for _, l := range pairLoggers {
		out = append(out, logCell{"routellm_mmlu", mmlu, 2000, l, pairCandidates})
	}
	for _, l := range pairLoggers {
		out = append(out, logCell{"swebench_bashonly", swe, 500, l, pairCandidates})
	}
	one := []candidate{
		{"the first model", func(*matrix, int) int32 { return 0 }},
		{"two models by category", func(m *matrix, i int) int32 { return m.strata[i] % 2 }},
		{"twelve models by category", func(m *matrix, i int) int32 { return m.strata[i] % 12 }},
	}
	return append(out, logCell{"swebench_bashonly", nil, 500, uniform, one}, logCell{"swebench_bashonly", nil, 4000, uniform, one})
}

// A logRow is what came of one candidate in one cell.
type logRow struct {
	Set, Logger, Candidate string
	N, Draws               int
	Refused                int     // draws in which the log did not tell
	Printed, Covered       int     // intervals of quality, by the doubly robust estimate
	Claimed, ClaimedHit    int     // those with an effective sample size of 100 per model
	CostHit                int     // of cost, among the claimed
	VersusHit              int     // of the difference to the logging policy
	PairHit, Paired        int     // of the difference to the weak model
	SNIPS, IPS, Naive      int     // of the other estimators, and of the mean of what agrees
	NaiveBias              float64 // of the latter, on average
	ESS, Half              float64 // means
}

// drawLog redraws tasks with replacement and has the router log them.
func (c *logCell) drawLog(m *matrix, rng *rand.Rand) (l *offpolicy.Log, rows []int) {
	l = &offpolicy.Log{Actions: len(m.models)}
	p := make([]float64, len(m.models))
	for k := range c.n {
		i := rng.IntN(m.tasks())
		c.logger.chance(m, i, p)
		a, u := 0, rng.Float64()
		for a+1 < len(p) && u >= p[a] {
			u -= p[a]
			a++
		}
		rows = append(rows, i)
		l.Action, l.Propensity = append(l.Action, int32(a)), append(l.Propensity, p[a])
		l.Strata, l.Keys = append(l.Strata, m.strata[i]), append(l.Keys, keyOf(k))
	}
	return l, rows
}

func keyOf(k int) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, "task", k)
	return h.Sum64()
}

// truth of a candidate is its mean over the whole matrix; that of the logger too.
func (m *matrix) truth(of [][]float64, choose func(m *matrix, i int) int32) float64 {
	sum := 0.0
	for i := range m.tasks() {
		sum += of[choose(m, i)][i]
	}
	return sum / float64(m.tasks())
}

func (m *matrix) loggerTruth(l router) float64 {
	p, sum := make([]float64, len(m.models)), 0.0
	for i := range m.tasks() {
		l.chance(m, i, p)
		for a, x := range p {
			sum += x * m.quality[a][i]
		}
	}
	return sum / float64(m.tasks())
}

// A logDraw is what one draw gave of one candidate.
type logDraw struct {
	refused, printed, claimed, hit, cost, versus, pair, paired, snips, ips, naive bool
	naiveOff, ess, half                                                           float64
}

const level = 0.95

// draw logs once and estimates every candidate.
func (c *logCell) draw(m *matrix, seed uint64, truths []logTruth) []logDraw {
	l, rows := c.drawLog(m, rand.New(rand.NewPCG(keyOf(int(seed)), uint64(c.n))))
	y, d := make([]float64, c.n), make([]float64, c.n)
	for k, i := range rows {
		y[k] = m.quality[l.Action[k]][i]
		if m.cost != nil {
			d[k] = m.cost[l.Action[k]][i]
		}
	}
	s := l.Support()
	quality, cost := l.Outcome(y, s), l.Outcome(d, s)
	own := quality.Logged()
	var first offpolicy.Policy
	out := make([]logDraw, len(c.candidates))
	for k := range c.candidates {
		p := offpolicy.Policy{Chosen: [][]int32{make([]int32, c.n)}}
		for j, i := range rows {
			p.Chosen[0][j] = c.candidates[k].choose(m, i)
		}
		if k == 0 {
			first = p
		}
		out[k] = judge(l, quality, cost, own, p, first, truths[k], m.cost != nil)
	}
	return out
}

// A logTruth is what is true of a candidate.
type logTruth struct{ quality, cost, versus, pair float64 }

func judge(l *offpolicy.Log, quality, cost *offpolicy.Outcome, own offpolicy.Contribution, p, first offpolicy.Policy, t logTruth, costs bool) (d logDraw) {
	in := func(e stats.Estimate, truth float64) bool { return e.Lo <= truth && truth <= e.Hi }
	naive := stats.Mean(l.Sample(quality.Naive(p)), level)
	d.naive, d.naiveOff = in(naive, t.quality), naive.Value-t.quality
	o := quality.Overlap(p, level)
	if o.Refusal() != offpolicy.Told {
		d.refused = true
		return d
	}
	d.ess = math.Inf(1)
	for _, a := range o.Actions {
		d.ess = min(d.ess, a.ESS)
	}
	c := quality.Robust(p)
	e := quality.Mean(c, level)
	d.printed, d.claimed, d.hit, d.half = e.Withheld == "", len(o.Thin()) == 0, in(e, t.quality), (e.Hi-e.Lo)/2
	d.versus = c.Minus(own).None() || in(quality.Mean(c.Minus(own), level), t.versus)
	d.snips = in(stats.Linear(l.Sample(quality.SelfNormalised(p)), level), t.quality)
	d.ips = in(stats.Linear(l.Sample(quality.InversePropensity(p)), level), t.quality)
	if costs {
		d.cost = in(cost.Mean(cost.Robust(p), level), t.cost)
	}
	if quality.Overlap(first, level).Refusal() == offpolicy.Told {
		diff := c.Minus(quality.Robust(first))
		e := quality.Mean(diff, level)
		d.paired, d.pair = e.Withheld == "" && !diff.None(), in(e, t.pair)
	}
	return d
}

// measure runs a cell's draws, each with a seed of its own, on all processors.
func (c *logCell) measure(m *matrix, draws int) []logRow {
	logger := m.loggerTruth(c.logger)
	truths := make([]logTruth, len(c.candidates))
	for k, one := range c.candidates {
		truths[k].quality = m.truth(m.quality, one.choose)
		truths[k].versus, truths[k].pair = truths[k].quality-logger, truths[k].quality-truths[0].quality
		if m.cost != nil {
			truths[k].cost = m.truth(m.cost, one.choose)
		}
	}
	results := make([][]logDraw, draws)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for d := range draws {
		work.Go(func() error { results[d] = c.draw(m, uint64(d), truths); return nil })
	}
	if err := work.Wait(); err != nil {
		panic(err) // draws return none
	}
	out := make([]logRow, len(c.candidates))
	for k, one := range c.candidates {
		r := &out[k]
		*r = logRow{Set: c.set, Logger: c.logger.name, Candidate: one.name, N: c.n, Draws: draws}
		for _, list := range results {
			r.add(list[k])
		}
		r.ESS, r.Half = r.ESS/float64(max(1, r.Printed)), r.Half/float64(max(1, r.Printed))
	}
	return out
}

func (r *logRow) add(d logDraw) {
	count := func(to *int, yes bool) {
		if yes {
			*to++
		}
	}
	count(&r.Refused, d.refused)
	count(&r.Naive, d.naive)
	if !math.IsNaN(d.naiveOff) { // the log may agree nowhere
		r.NaiveBias += d.naiveOff / float64(r.Draws)
	}
	if d.refused || !d.printed {
		return
	}
	r.ESS, r.Half = r.ESS+d.ess, r.Half+d.half
	count(&r.Printed, true)
	count(&r.Covered, d.hit)
	count(&r.Claimed, d.claimed)
	count(&r.ClaimedHit, d.claimed && d.hit)
	count(&r.CostHit, d.claimed && d.cost)
	count(&r.VersusHit, d.versus)
	count(&r.Paired, d.paired)
	count(&r.PairHit, d.paired && d.pair)
	count(&r.SNIPS, d.snips)
	count(&r.IPS, d.ips)
}

// enoughOf draws are needed for a share to be judged.
const enoughOf = 50

// checkLog holds a cell's rows against what is promised: nominal coverage where it is
// claimed, at most a point below where an interval is printed with a warning, for differences
// and for costs (which are skewed), and refusal of what the log cannot tell.
func checkLog(t *testing.T, r logRow) {
	t.Helper()
	least := func(what string, hit, of int, floor float64) {
		if of < enoughOf {
			return
		}
		got, error := float64(hit)/float64(of), math.Sqrt(level*(1-level)/float64(of))
		if got < floor-3*error {
			t.Errorf("%s, logged by %s, n = %d, %s: %s covers %.1f %% of %d, less than %.1f %%", r.Set, r.Logger, r.N, r.Candidate, what, 100*got, of, 100*(floor-3*error))
		}
	}
	least("claimed quality", r.ClaimedHit, r.Claimed, 0.95)
	least("quality", r.Covered, r.Printed, 0.94)
	least("the difference to the logger", r.VersusHit, r.Printed, 0.94)
	least("the difference to the first", r.PairHit, r.Paired, 0.94)
	if r.Set == "swebench_bashonly" {
		least("cost", r.CostHit, r.Claimed, 0.94)
	}
	if r.impossible() && r.Refused < r.Draws {
		t.Errorf("%s, logged by %s, %s: told in %d of %d draws", r.Set, r.Logger, r.Candidate, r.Draws-r.Refused, r.Draws)
	}
}

// impossible is what no log of this kind can tell.
func (r logRow) impossible() bool {
	switch r.Logger {
	case "long to strong, always":
		return r.Candidate != "strong if long"
	case "a coin, but never strong in every fourth category":
		return r.Candidate == "strong" || r.Candidate == "strong if long" || r.Candidate == "strong if short"
	}
	return false
}

// TestLogsCover is the reduced form: fewer draws of a few cells. It needs the recorded evaluations.
func TestLogsCover(t *testing.T) {
	if simulation.Running() {
		t.Skip("the whole simulation runs in TestSimulateLogs")
	}
	cells, draws := logCells(), 200
	if testing.Short() {
		draws = 50
	}
	data := map[string]*matrix{}
	worst := 1.0
	for _, c := range cells {
		if c.n > 2000 {
			continue
		}
		c.n = min(c.n, 1000)
		for _, r := range c.measure(c.load(t, data), draws) {
			checkLog(t, r)
			worst = min(worst, float64(r.Naive)/float64(r.Draws))
		}
	}
	if worst > 0.5 {
		t.Errorf("the naive estimate covers %.0f %% at its worst: the cells are too easy", 100*worst)
	}
}

func (c *logCell) load(t testing.TB, data map[string]*matrix) *matrix {
	key := c.set + fmt.Sprint(c.models)
	if data[key] == nil {
		data[key] = load(t, c.set, c.models...).ordered(c.models)
	}
	return data[key]
}

// TestSimulateLogs runs 2,000 redraws a cell and writes docs/off-policy.md.
func TestSimulateLogs(t *testing.T) {
	page := simulation.Page(t, "off-policy.md")
	done, err := simulation.Open[[]logRow]("off-policy")
	if err != nil {
		t.Fatal(err)
	}
	const draws = 2000
	data := map[string]*matrix{}
	var all []logRow
	for _, c := range logCells() {
		rows, err := done.Do(fmt.Sprintf("%s/%d/%s/%d", c.set, c.n, c.logger.name, draws), func() []logRow { return c.measure(c.load(t, data), draws) })
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			checkLog(t, r)
		}
		all = append(all, rows...)
		t.Logf("%s, n = %d, logged by %s: done", c.set, c.n, c.logger.name)
	}
	if err := simulation.Write(page, "off-policy", logTables(all)); err != nil {
		t.Fatal(err)
	}
}

// ordered puts the models of a pair in the order given.
func (m *matrix) ordered(models []waymark.ModelID) *matrix {
	if models == nil || m.models[0] == string(models[0]) {
		return m
	}
	slices.Reverse(m.models)
	slices.Reverse(m.quality)
	slices.Reverse(m.cost)
	return m
}
