package suite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark"
	"waymark/internal/tune"
	"waymark/internal/yamlfile"
	"waymark/policies"
)

// A TuneSpec says what to tune.
type TuneSpec struct {
	Policy    string
	Objective *Objective // nil: the suite's
	Guarantee bool       // certify the knob
	Delta     float64    // chance that a certificate is wrong; 0 is 0.05
	Risk      float64    // the risk form: of the tasks sent to weak, at most this share may lose what strong solves; 0: the objective's target
	Start     float64    // share to strong at which the certified sequence begins; 0 is its default
}

// Tune chooses the knob of one policy on the tune split and reports it on the test
// split. The suite's own threshold, if it has one, is what is replaced. A *NoKnob comes with a
// Tuned that says why.
func (s *Suite) Tune(ctx context.Context, spec TuneSpec, opt Options) (*Tuned, error) {
	objective := s.Objective
	if spec.Objective != nil {
		objective = spec.Objective
	}
	if objective == nil {
		return nil, &InputError{fmt.Errorf("%s: the suite has no objective; write one, such as objective: {minimise: cost, subject_to: \"quality >= 0.97 * quality(MODEL)\"}", s.Path)}
	}
	entry, err := s.tunable(spec.Policy)
	if err != nil {
		return nil, err
	}
	b, err := s.prepare(ctx, &opt)
	if errors.Is(err, context.Canceled) {
		return nil, &Incomplete{Why: "interrupted while reading; nothing was chosen and nothing is written"}
	}
	if err != nil {
		return nil, err
	}
	defer b.opened.Close()
	if err := b.log.refuse("tune"); err != nil {
		return nil, err
	}
	if b.outer != nil {
		return nil, &InputError{fmt.Errorf("%s: the suite cross-validates (split: folds), and a knob is tuned for one split: write split: {tune: 0.5, seed: 7}", s.Path)}
	}
	chosenOn, on := b.tune, b.tune
	if spec.Guarantee || spec.Risk > 0 {
		// What is certified is one frozen policy: it is fitted on one half of the tune split
		// and tested on the other. A policy that nothing is fitted of has both.
		on, chosenOn = b.halves(b.tune)
	}
	c, err := s.sweptCandidate(b, entry, on)
	if err != nil {
		return nil, err
	}
	opt.stage("sweeping the knob")
	if err := c.look(ctx, b); err != nil {
		return nil, err
	}
	if err := s.coverage(b, []*candidate{c}); err != nil {
		return nil, err
	}
	if !c.fit.learned || c.fit.loaded != nil {
		chosenOn = b.tune
	}
	if chosenOn = c.fit.unseen(b, chosenOn); len(chosenOn) == 0 {
		return nil, &InputError{fmt.Errorf("%s: policy %s was fitted on all tasks of the tune split: none is left to choose a knob on; leave fitted out, and it is cross-fitted", s.Path, entry.Name)}
	}
	b.told([]*candidate{c}, spec.Guarantee || spec.Risk > 0)
	t := &tuning{s: s, b: b, c: c, objective: objective, spec: spec, chosenOn: chosenOn}
	if err := t.checkStars(); err != nil {
		return nil, err
	}
	if err := t.prepare(ctx); err != nil {
		return nil, t.blame(err)
	}
	out, err := t.run(&opt)
	if err != nil {
		return nil, t.blame(err)
	}
	c.knob = out.Knob
	if out.Leakage, err = s.lint(ctx, b, []*candidate{c}, &opt); err != nil {
		return nil, err
	}
	if t.why != "" {
		return out, &Incomplete{Why: t.why}
	}
	if len(out.Knob) == 0 {
		return out, &NoKnob{Policies: []string{entry.Name}, Certificate: t.certified()}
	}
	return out, nil
}

// tunable is the position of a policy that has a knob.
func (s *Suite) tunable(name string) (Entry, error) {
	var names []string
	for _, e := range s.Policies {
		if _, ok := e.Config.(policies.Swept); ok {
			names = append(names, e.Name)
		}
	}
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	for i, e := range s.Policies {
		if e.Name != name {
			continue
		}
		if !slices.Contains(names, name) {
			return e, s.errorf([]any{"policies", i}, "found policy %q of type %s, which has no knob to tune, expected one of %v", name, e.Type, names)
		}
		return e, nil
	}
	if name == "" {
		return Entry{}, &InputError{fmt.Errorf("several policies have a knob: name the one to tune with --policy: %s", strings.Join(names, ", "))}
	}
	msg := fmt.Sprintf("found policy %q, expected one that has a knob: %v", name, names)
	if near := yamlfile.Nearest(name, names); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return Entry{}, &InputError{fmt.Errorf("%s", msg)}
}

// sweptCandidate is a policy of the suite with its knob swept, its learned parts fitted on some rows.
func (s *Suite) sweptCandidate(b *board, e Entry, on []int) (*candidate, error) {
	index := slices.IndexFunc(s.Policies, func(x Entry) bool { return x.Name == e.Name })
	config, _ := e.Config.(policies.Swept).Swept()
	f, err := b.build(e, config, on)
	if err != nil && b.ctx.Err() != nil {
		return nil, errFitting
	}
	if err != nil {
		return nil, s.policyError(index, err)
	}
	return b.newCandidate(e, index, f), nil
}

// A tuning is a policy on its way to a knob.
type tuning struct {
	s         *Suite
	b         *board
	c         *candidate
	objective *Objective
	spec      TuneSpec

	chosenOn   []int // the rows that the knob is chosen, or certified, on
	tune, test *swept
	points     []tune.Point // on the tune split
	chosen     int
	why        string // why the record is not whole, "" if it is
	out        *Tuned
}

// blame says where a mistake in the objective stands: in the suite, or in what was given in its place.
func (t *tuning) blame(err error) error {
	var input *InputError
	if t.spec.Objective != nil && !errors.As(err, &input) {
		return &InputError{fmt.Errorf("--subject-to: %w", err)}
	}
	return t.s.claimError(err, "objective", "subject_to")
}

// checkStars is the board's, for an objective that is not the suite's.
func (t *tuning) checkStars() error {
	claims, err := t.objective.conditions()
	if err != nil {
		return t.blame(err)
	}
	return t.b.checkStars(claims)
}

// certified reports whether a certificate is asked for.
func (t *tuning) certified() bool { return t.spec.Guarantee || t.spec.Risk > 0 }

// prepare settles which rows are chosen on. A certificate needs a sequence of knobs that was fixed
// on other tasks than those that it is tested on: at even shares of the test split's scores, which hold
// no grade, or, for several cuts, along the frontier of one half of the tune split.
func (t *tuning) prepare(ctx context.Context) error {
	if t.certified() && !t.b.split {
		return &InputError{fmt.Errorf("%s: a guarantee needs a split: what is certified on the tune split is reported on the test split; write split: {tune: 0.5, seed: 7}", t.s.Path)}
	}
	if !t.c.several() {
		return nil
	}
	if !t.certified() {
		return t.c.lay(ctx, t.b, t.objective, t.chosenOn)
	}
	fit, calibrate := t.b.halves(t.c.fit.unseen(t.b, t.b.tune))
	if len(fit) == 0 || len(calibrate) == 0 {
		return &InputError{fmt.Errorf("%s: of the tune split %d tasks are left that policy %s was not fitted on, too few for a sequence of knobs and a certificate", t.s.Path, len(fit)+len(calibrate), t.c.entry.Name)}
	}
	t.chosenOn = calibrate
	return t.c.lay(ctx, t.b, nil, fit)
}

func (t *tuning) run(opt *Options) (*Tuned, error) {
	var err error
	if t.tune, err = t.c.sweepOver(t.b, t.chosenOn); err != nil {
		return nil, err
	}
	if t.test, err = t.c.sweepOver(t.b, t.b.test); err != nil {
		return nil, err
	}
	if !t.b.costKnown && t.objective.Minimise != "" {
		return nil, &InputError{fmt.Errorf("%s: costs are unknown, so that none can be minimised", t.s.Path)}
	}
	if t.points, err = t.c.points(t.b, t.tune, t.objective); err != nil {
		return nil, err
	}
	t.begin(opt)
	if err := t.uncovered(); err != nil {
		return nil, err
	}
	x, ok, err := t.choose()
	if err != nil {
		return nil, err
	}
	if !ok {
		return t.out, t.fallBack()
	}
	t.chosen = positionOf(t.tune.curve, x)
	return t.out, t.report(x)
}

// uncovered says how many tasks are left out on either split for want of a score, an answer or
// a grade. Above the suite's tolerance the record is incomplete, and nothing can be certified: those tasks may
// be of another kind than the others.
func (t *tuning) uncovered() error {
	left, all := 0, len(t.chosenOn)
	for _, side := range []struct {
		name string
		sw   *swept
		rows []int
	}{{"tune", t.tune, t.chosenOn}, {"test", t.test, t.b.test}} {
		n := len(side.rows) - len(side.sw.rows)
		if n > 0 {
			t.out.Warnings = append(t.out.Warnings, fmt.Sprintf("%d of %d tasks of the %s split have no score, or lack an answer or a grade that the policy may need, and are left out", n, len(side.rows), side.name))
		}
		left = max(left, n)
		if !t.b.split {
			break
		}
		all = max(all, len(side.rows))
	}
	if float64(left) <= t.s.Tolerance*float64(all) {
		return nil
	}
	t.why = fmt.Sprintf("up to %d of %d tasks of a split are left out, more than the tolerated share of %g", left, all, t.s.Tolerance)
	if t.certified() {
		return &InputError{fmt.Errorf("%s: %s: what is certified on the others need not hold for them; record them, filter them out, or raise tolerance", t.s.Path, t.why)}
	}
	return nil
}

// choose is the knob: the best on the tune split or, with a guarantee, the last that is certified.
func (t *tuning) choose() (x float64, ok bool, err error) {
	if t.certified() {
		return t.certify()
	}
	best, ok := tune.Choose(t.points, t.objective.Maximise != "")
	if !ok {
		return 0, false, nil
	}
	return t.c.place(t.points, best), true, nil
}

// begin fills in what does not depend on the knob.
func (t *tuning) begin(opt *Options) {
	k := t.c.sweep.Knob()
	t.out = &Tuned{
		Schema: Schema, Policy: t.c.entry.Name, Type: t.c.entry.Type, Objective: t.objective.String(), Suite: t.s.Path,
		Version: opt.Version, Commit: opt.Commit, Seed: opt.seed(t.s), Prices: t.b.prices, Confidence: t.s.confidence(),
		Search: fmt.Sprintf("exact: all %d knobs that decide differently on the tune split", len(t.tune.curve)), KnobName: k.Name,
		Split: "all", Coverage: float64(len(t.test.rows)) / float64(max(1, len(t.b.test))),
		Conditions: []Condition{}, WorseSlices: []Slice{}, Knob: []Number{},
	}
	if t.c.several() {
		t.out.KnobName, t.out.Search = t.c.severalName(), t.c.search
	}
	if t.b.split {
		t.out.Split = waymark.SplitTest.String()
	}
	t.out.SplitRule = t.b.rule
	t.out.Dataset = t.b.describe()
	t.out.Warnings = append([]string{}, t.b.warnings...)
	if n := t.c.unknownSpending(t.b, t.b.test); n > 0 {
		t.out.Warnings = append(t.out.Warnings, fmt.Sprintf("what the router itself costs is not recorded for %d tasks: every cost and saving here is a bound, the policy costs more", n))
	}
	if own := t.s.Objective; t.spec.Objective != nil && own != nil && own.String() != t.objective.String() {
		t.out.Warnings = append(t.out.Warnings, "tuned for another objective than the suite's own, which stays in it: "+own.String())
	}
}

// fallBack says what to do where no knob will do: everything to strong or, where strong
// itself breaks the conditions and weak does not, as under a budget, everything to weak.
func (t *tuning) fallBack() error {
	k := t.c.sweep.Knob()
	first, last := t.points[0].Slack, t.points[len(t.points)-1].Slack
	strong, weak := first, last
	if k.Rising {
		strong, weak = last, first
	}
	if t.c.course != nil { // its ends cost more than the models at them
		var err error
		if strong, err = t.slackOf(k.Strong); err != nil {
			return err
		}
		if weak, err = t.slackOf(k.Weak); err != nil {
			return err
		}
	}
	const least = -1e-12 // as tune.Choose has it
	model, misses := k.Strong, strong < least && t.spec.Risk == 0
	if misses && weak >= least && k.Weak != "" {
		model, misses = k.Weak, false
	}
	t.out.Optimism = Interval(nothing("no knob was chosen"))
	if model == "" {
		t.out.Warnings = append(t.out.Warnings, "no knob meets the objective, and the policy has no single strongest model to fall back on")
		return nil
	}
	name := string(model)
	t.out.Fallback = &name
	if t.out.Guarantee != nil {
		t.out.Guarantee.Uncertified = misses
	}
	if misses {
		t.out.Warnings = append(t.out.Warnings, fmt.Sprintf("%s itself misses the objective on the tune split", name))
	}
	return nil
}

// slackOf is by how much a model alone meets the conditions on the tune split; −Inf for none.
func (t *tuning) slackOf(m waymark.ModelID) (float64, error) {
	if m == "" {
		return math.Inf(-1), nil
	}
	all, err := t.objective.conditions()
	if err != nil {
		return 0, err
	}
	rows, least := t.tune.rows, math.Inf(1)
	free, shares := make([]waymark.Spending, t.b.queries.Len()), t.b.units.of(rows).shares()
	for _, cl := range all {
		for _, one := range t.b.everySlice(cl, rows) {
			one = asShare(one)
			slack, err := t.b.constantOf(one, rows)
			if err != nil {
				return 0, err
			}
			values, err := t.b.moved(one, rows, t.b.matrix.Column(m), free)
			if err != nil {
				return 0, err
			}
			for k, v := range values {
				slack += shares[k] * v
			}
			if !one.AtLeast() {
				slack = -slack
			}
			if len(one.Op) == 1 { // strictly
				slack -= 2e-12
			}
			least = math.Min(least, slack)
		}
	}
	return least, nil
}
