package suite

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"waymark"
	"waymark/internal/leakage"
	"waymark/internal/replay"
	"waymark/internal/stats"
	"waymark/policies"
)

// mostContested is how many tasks of each side of the split a contest goes over.
const mostContested = 5_000

// A contest is between two models: the tasks on which exactly one of them does
// better, one of each unit.
type contest struct {
	rows   []int
	side   []leakage.Side
	better []bool    // the second model does
	chance []float64 // of that, as foretold
}

// A suspect is a policy that could know labels, and how it treats tasks.
type suspect struct {
	c       *candidate
	pair    [2]int    // columns of its weaker and its stronger model
	signals []float64 // by row, higher means the stronger; nil: models
	models  []int32   // by row
}

// cannotKnow reports whether a policy sees nothing that a label could be hidden in:
// it goes by chance, or by the prompt alone.
func cannotKnow(config policies.Config) bool {
	var scorer policies.ScorerConfig
	switch p := config.(type) {
	case *policies.Fixed, *policies.Random:
		return true
	case *policies.Threshold:
		scorer = p.Scorer.ScorerConfig
	case *policies.Tiers:
		scorer = p.Scorer.ScorerConfig
	}
	switch scorer.(type) {
	case *policies.Length, *policies.Features:
		return true
	}
	return false
}

// fittedHere reports whether the policy was fitted by this very run, or loaded from a file that tells what
// it was fitted on: there is nothing to suspect, and copies that were fitted on different folds do differ.
func (c *candidate) fittedHere() bool { return c.fit != nil && c.fit.learned }

// decisions holds the decisions of policies that could know labels against the
// grades.
func (l *linter) decisions(ctx context.Context, cands []*candidate) error {
	var tried []suspect
	var found []leakage.Verdict
	var gaps []*leakage.Gap
	for _, c := range cands {
		if cannotKnow(c.entry.Config) || c.fittedHere() {
			continue
		}
		x, ok := l.suspect(c)
		if !ok {
			continue
		}
		t, err := l.contest(ctx, x.pair)
		if err != nil {
			return err
		}
		routing, side := x.routing(t)
		tried, found = append(tried, x), append(found, leakage.KnowsLabels(only(routing, side, leakage.Test)))
		gaps = append(gaps, l.gap(routing, side))
		l.out.Tested = append(l.out.Tested, c.entry.Name)
	}
	p, independent := make([]float64, len(found)), make([]float64, len(found))
	for k, v := range found {
		p[k], independent[k] = v.P, v.PIndependent
	}
	p, independent = stats.Holm(p), stats.Holm(independent)
	for k, x := range tried {
		l.judge(x, found[k], p[k], independent[k])
	}
	l.judgeGaps(tried, gaps)
	return nil
}

// suspect says between which two models a candidate decides, and how.
func (l *linter) suspect(c *candidate) (x suspect, ok bool) {
	x.c = c
	var names [2]waymark.ModelID
	switch p := c.entry.Config.(type) {
	case *policies.Threshold:
		names = [2]waymark.ModelID{p.Weak, p.Strong}
	case *policies.Tiers:
		names = [2]waymark.ModelID{p.Models[0], p.Models[len(p.Models)-1]}
	default:
		if len(c.rows) == 0 {
			return x, false
		}
		x.models = c.rows[0].Model
		x.pair, ok = l.mostUsed(x.models)
		return x, ok
	}
	x.signals = l.signals(c)
	for k, name := range names {
		x.pair[k] = l.b.matrix.Column(name)
	}
	return x, x.signals != nil && x.pair[0] >= 0 && x.pair[1] >= 0
}

// mostUsed are the two models that answer most of the reported tasks, that of the
// lesser mean score first.
func (l *linter) mostUsed(models []int32) (pair [2]int, ok bool) {
	used := make([]int, len(l.b.matrix.Models))
	for _, i := range l.b.test {
		if models[i] >= 0 {
			used[models[i]]++
		}
	}
	order := upTo(len(used))
	slices.SortStableFunc(order, func(a, b int) int { return used[b] - used[a] })
	if len(order) < 2 || used[order[1]] == 0 {
		return pair, false
	}
	pair = [2]int{min(order[0], order[1]), max(order[0], order[1])}
	if l.meanScore(pair[0]) > l.meanScore(pair[1]) {
		pair[0], pair[1] = pair[1], pair[0]
	}
	return pair, true
}

func (l *linter) meanScore(col int) float64 {
	sum, n := 0.0, 0
	for _, i := range l.b.test {
		if c := &l.b.matrix.Columns[col]; c.State[i]&replay.HasScore != 0 {
			sum, n = sum+c.Score[i], n+1
		}
	}
	return sum / float64(max(1, n))
}

// contest is that between two models, made once.
func (l *linter) contest(ctx context.Context, pair [2]int) (*contest, error) {
	if t := l.pairs[pair]; t != nil {
		return t, nil
	}
	m := l.b.matrix
	weak, strong := &m.Columns[pair[0]], &m.Columns[pair[1]]
	t := &contest{}
	for _, side := range []leakage.Side{leakage.Tune, leakage.Test} {
		var rows []int
		var unit, key []uint64
		for i, s := range l.side() {
			known := weak.State[i] & strong.State[i] & replay.HasScore
			if s != side || known == 0 || weak.Score[i] == strong.Score[i] {
				continue
			}
			rows, unit, key = append(rows, i), append(unit, l.b.units.keys[i]), append(key, taskKey(m.Tasks[i].ID))
		}
		for _, k := range leakage.Thin(unit, key, mostContested) {
			t.rows, t.side = append(t.rows, rows[k]), append(t.side, side)
			t.better = append(t.better, strong.Score[rows[k]] > weak.Score[rows[k]])
		}
	}
	tasks := make([]leakage.Task, len(t.rows))
	for k, i := range t.rows {
		tasks[k] = leakage.Task{
			Text: waymark.Prompt(m.Tasks[i].Messages), Category: m.Tasks[i].Category,
			Others: l.others(i, pair), Unit: l.b.units.keys[i],
		}
	}
	var err error
	if t.chance, err = leakage.Foretell(ctx, tasks, t.better, l.workers); err != nil {
		return nil, err
	}
	l.pairs[pair] = t
	return t, nil
}

func taskKey(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// others is the mean score on a task of the models that are not of a pair, NaN if
// there are none.
func (l *linter) others(row int, pair [2]int) float64 {
	sum, n := 0.0, 0
	for col := range l.b.matrix.Columns {
		if c := &l.b.matrix.Columns[col]; col != pair[0] && col != pair[1] && c.State[row]&replay.HasScore != 0 {
			sum, n = sum+c.Score[row], n+1
		}
	}
	return sum / float64(n)
}

// routing is how a suspect treats the tasks of a contest. A score is cut at its median on the reported ones, a
// cut that no grade had a part in; tasks that went to a third model are left out.
func (x suspect) routing(t *contest) (*leakage.Routing, []leakage.Side) {
	r, sides := &leakage.Routing{}, []leakage.Side{}
	cut := x.cut(t)
	for k, i := range t.rows {
		strong := false
		switch {
		case x.signals != nil && (math.IsNaN(x.signals[i]) || math.IsInf(x.signals[i], 0)):
			continue
		case x.signals != nil:
			strong = x.signals[i] >= cut
		case int(x.models[i]) == x.pair[1]:
			strong = true
		case int(x.models[i]) != x.pair[0]:
			continue
		}
		r.Strong, r.Better, r.Chance = append(r.Strong, strong), append(r.Better, t.better[k]), append(r.Chance, t.chance[k])
		sides = append(sides, t.side[k])
	}
	return r, sides
}

// cut is the median of a suspect's scores on the reported tasks of a contest; where
// that is the least score, the next one above it.
func (x suspect) cut(t *contest) float64 {
	var scores []float64
	for k, i := range t.rows {
		if x.signals != nil && t.side[k] == leakage.Test && !math.IsNaN(x.signals[i]) {
			scores = append(scores, x.signals[i])
		}
	}
	if len(scores) == 0 {
		return math.NaN()
	}
	slices.Sort(scores)
	cut := scores[len(scores)/2]
	if cut == scores[0] {
		for _, s := range scores {
			if s > cut {
				return s
			}
		}
	}
	return cut
}

// only is a routing on one side of the split.
func only(r *leakage.Routing, sides []leakage.Side, side leakage.Side) *leakage.Routing {
	out := &leakage.Routing{}
	for k, s := range sides {
		if s == side {
			out.Strong, out.Better, out.Chance = append(out.Strong, r.Strong[k]), append(out.Better, r.Better[k]), append(out.Chance, r.Chance[k])
		}
	}
	return out
}

// gap compares the two sides of a split; nil where there are none.
func (l *linter) gap(r *leakage.Routing, sides []leakage.Side) *leakage.Gap {
	if !l.b.split {
		return nil
	}
	g := leakage.SplitGap(r, sides)
	return &g
}

// nearOracle is the share of discordant tasks, by its lower bound, from which a
// policy routes as if it had the grades before it.
const nearOracle = 0.95

// judge says what a verdict comes to.
func (l *linter) judge(x suspect, v leakage.Verdict, p, independent float64) {
	weak, strong := l.columnName(x.pair[0]), l.columnName(x.pair[1])
	f := Finding{Policy: x.c.entry.Name, Count: v.Right, Of: v.N}
	if v.Withheld != "" {
		f.Kind, f.Severity = "labels-untested", Note
		f.Text = fmt.Sprintf("whether its decisions between %s and %s know the grades cannot be told: %s", weak, strong, v.Withheld)
		f.Advice = "more tasks on which the two models differ would tell"
		l.add(f)
		return
	}
	what := "it sends"
	if x.signals != nil {
		what = "its score, cut at its median, points"
	}
	f.P, f.Odds = pointer(p), oddsOf(v.Odds)
	f.Text = fmt.Sprintf("of the %d reported tasks on which one of %s and %s does better, %s %s to that one; prompt, category and other models foretell %s. Within strata of what they foretell its odds ratio is %s",
		v.N, weak, strong, what, percent(v.Right, v.N), percent(v.Foretold, v.N), f.Odds)
	honest := fmt.Sprintf("the %g that a router may reach honestly (p = %.2g, Holm over %d)", leakage.HonestOdds, p, len(l.out.Tested))
	f.Severity, f.Advice = Suspicious, "its decisions may be made from the grades, or fitted on these tasks: find out where they come from. No proof; see docs/leakage.md"
	switch {
	case p < leakage.Suspicion:
		f.Kind = "knows-labels"
		f.Text += ", above " + honest
	case v.LeastShare >= nearOracle && independent < leakage.Suspicion:
		f.Kind = "near-oracle"
		f.Text += fmt.Sprintf("; at least %.3g %% are right (95 %% bound)", 100*v.LeastShare)
	default:
		f.Kind, f.Severity, f.Advice = "labels-tested", Note, "nothing is to be done"
		f.Text += ", not measurably above " + honest
	}
	l.add(f)
}

func oddsOf(e stats.Estimate) *Odds {
	return &Odds{Value: Number(e.Value), Lo: Number(e.Lo), Hi: Number(e.Hi), Confidence: e.Confidence, Bound: leakage.HonestOdds}
}

// String is the ratio with its interval.
func (o *Odds) String() string {
	return fmt.Sprintf("%s [%s, %s]", short(o.Value), short(o.Lo), short(o.Hi))
}

func short(x Number) string {
	if math.IsInf(float64(x), 0) {
		return "∞"
	}
	return fmt.Sprintf("%.3g", float64(x))
}

// judgeGaps says of which policies the decisions are better on one side of the split.
func (l *linter) judgeGaps(tried []suspect, gaps []*leakage.Gap) {
	if !l.b.split {
		return
	}
	onTest, onTune := make([]float64, len(gaps)), make([]float64, len(gaps))
	for k, g := range gaps {
		onTest[k], onTune[k] = math.Min(1, 2*g.PBetterOnTest), math.Min(1, 2*g.PBetterOnTune)
	}
	onTest, onTune = stats.Holm(onTest), stats.Holm(onTune)
	for k, g := range gaps {
		f := Finding{Policy: tried[k].c.entry.Name, Count: g.Right[leakage.Test], Of: g.N[leakage.Test], Odds: oddsOf(g.Odds)}
		f.Odds.Bound = 1
		f.Text = fmt.Sprintf("it names the better of two models on %s of %d tasks of the test split and on %s of %d of the tune split",
			percent(g.Right[leakage.Test], g.N[leakage.Test]), g.N[leakage.Test], percent(g.Right[leakage.Tune], g.N[leakage.Tune]), g.N[leakage.Tune])
		switch {
		case onTest[k] < leakage.Suspicion:
			f.Kind, f.Severity, f.P = "better-on-test", Suspicious, pointer(onTest[k])
			f.Advice = "a router that was fitted on neither is as good on both: this one may have been fitted on the test split"
		case onTune[k] < leakage.Suspicion:
			f.Kind, f.Severity, f.P = "fitted-on-tune", Warning, pointer(onTune[k])
			f.Advice = "it was likely fitted on the tune split: a threshold that is tuned on its scores there is set too boldly. Record scores out of fold, or tune on tasks that it has not seen"
		default:
			continue
		}
		f.Text += fmt.Sprintf(" (p = %.2g after Holm over %d policies)", *f.P, len(gaps))
		if !l.atRandom() {
			f.Severity = Note
			f.Advice += ". The split was not made at random, so that the two sides may differ for other reasons"
		}
		l.add(f)
	}
}

// atRandom reports whether every task's side was decided by a hash.
func (l *linter) atRandom() bool {
	rule := l.b.folder.SplitRule()
	if l.s.Split != nil {
		rule = l.s.Split
	}
	return rule != nil && rule.Tune != nil && !slices.ContainsFunc(l.b.matrix.Tasks, func(t waymark.Task) bool { return t.Split != waymark.SplitAll })
}
