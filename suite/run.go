package suite

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"waymark"
	"waymark/internal/runner"
	"waymark/internal/store"
)

// Run replays every policy of the suite and tells what it found. A Result comes
// with an error too where there is one to show: an *Incomplete run, or a *NoKnob.
func (s *Suite) Run(ctx context.Context, opt Options) (*Result, error) {
	start := time.Now()
	b, err := s.prepare(ctx, &opt)
	if errors.Is(err, context.Canceled) {
		return nil, &Incomplete{Why: "interrupted while reading; nothing was run yet"}
	}
	if err != nil {
		return nil, err
	}
	defer b.opened.Close()
	if text := stale(b.describe(), start, s.Stale); text != "" {
		b.warnings = append(b.warnings, text)
	}
	cands, err := s.candidates(b, opt.Policies)
	if err != nil {
		return nil, err
	}
	opt.stage("sweeping knobs")
	err = s.sweepAll(ctx, b, cands)
	var kept *keeper
	if err == nil {
		kept, err = s.begin(ctx, b, cands, &opt, start)
	}
	if errors.Is(err, context.Canceled) {
		return nil, &Incomplete{Why: "interrupted before the first decision was kept"}
	}
	if err != nil {
		return nil, err
	}
	opt.stage("replaying policies")
	res, err := s.replay(ctx, b, cands, kept, &opt)
	if err != nil {
		return nil, kept.end(err)
	}
	s.provenance(res, b, &opt, kept, start)
	if err := kept.finish(res); err != nil {
		return nil, err
	}
	return res, verdict(res, cands)
}

// verdict is what the exit code follows, once there is a result.
func verdict(res *Result, cands []*candidate) error {
	if res.Incomplete != "" {
		return &Incomplete{Run: res.Run.ID, Why: res.Incomplete}
	}
	var none []string
	for _, c := range cands {
		if strings.HasPrefix(c.why, "no knob meets") {
			none = append(none, c.entry.Name)
		}
	}
	if len(none) > 0 {
		return &NoKnob{Policies: none}
	}
	return nil
}

// sweepAll takes the steps of every swept candidate and chooses its knob.
func (s *Suite) sweepAll(ctx context.Context, b *board, cands []*candidate) error {
	for _, c := range cands {
		if err := c.look(ctx, b); err != nil {
			return err
		}
	}
	return b.ground.choose(ctx, s, cands)
}

// look takes what a swept candidate decides by, before anything is chosen.
func (c *candidate) look(ctx context.Context, b *board) error {
	switch {
	case c.barred:
		return nil
	case c.staged != nil:
		return c.climb(ctx, b)
	case c.cuts != nil:
		return c.score(ctx, b)
	case c.sweep != nil:
		return c.profile(ctx, b)
	}
	return nil
}

// coverage settles what holes mean for swept policies before anything is chosen:
// under error they end the run, under complete their rows leave both splits.
func (s *Suite) coverage(b *board, cands []*candidate) error {
	holes := map[int]bool{}
	for _, c := range cands {
		if !c.tunable() {
			continue
		}
		for _, rows := range [][]int{b.tune, b.test} {
			for _, i := range rows {
				if _, hole := c.covered(b, i); hole {
					holes[i] = true
				}
			}
		}
	}
	if len(holes) == 0 {
		return nil
	}
	if s.Holes == "" || s.Holes == "error" {
		return s.holesError(b, len(holes), first(holes), "a swept policy may need")
	}
	if s.Holes == "complete" {
		return b.leaveOut(holes)
	}
	return nil
}

func first(rows map[int]bool) int {
	out := -1
	for i := range rows {
		if out < 0 || i < out {
			out = i
		}
	}
	return out
}

func (s *Suite) holesError(b *board, n, row int, who string) error {
	return &InputError{fmt.Errorf("%s: %d tasks lack a response that %s (the first is %q); record them, leave the model or policy out, or say holes: complete (only tasks that every policy covers) or holes: bounds (worst and best case) in the suite",
		s.Path, n, who, b.matrix.Tasks[row].ID)}
}

// leaveOut drops rows from both splits, says so, and matches the mix of traffic anew.
func (b *board) leaveOut(rows map[int]bool) error {
	keep := func(in []int) (out []int) {
		for _, i := range in {
			if !rows[i] {
				out = append(out, i)
			}
		}
		return out
	}
	before := len(b.test)
	b.tune, b.test = keep(b.tune), keep(b.test)
	b.warnings = append(b.warnings, fmt.Sprintf("holes: complete leaves out %d of %d tasks, for which some policy lacks a response; coverage is %.1f %%",
		before-len(b.test), before, 100*float64(len(b.test))/float64(max(1, before))))
	if b.rematch == nil || len(b.test) == 0 || len(b.tune) == 0 {
		return nil
	}
	b.warnings = append(b.warnings, "the mix of traffic is matched anew on the tasks that are left; results.db keeps the weights from before, so that check --run and compare of this run later are of those")
	return b.rematch()
}

// A keeper keeps a run in results.db; one without a run keeps nothing.
type keeper struct {
	ctx  context.Context
	db   *store.DB
	run  *store.Run
	done store.Done

	b *board
}

// begin opens the run in results.db, or goes on with an interrupted one.
func (s *Suite) begin(ctx context.Context, b *board, cands []*candidate, opt *Options, start time.Time) (*keeper, error) {
	k := &keeper{ctx: context.WithoutCancel(ctx), b: b} // what is done is kept, whatever becomes of ctx
	if opt.DB == nil {
		return k, nil
	}
	k.db = opt.DB
	digest := s.specDigest(b, opt)
	var err error
	if opt.Resume != "" {
		if k.run, err = opt.DB.Resume(ctx, opt.Resume, digest); err != nil {
			return nil, err
		}
		k.done, err = k.run.DoneChunks(ctx)
		return k, err
	}
	spec := store.RunSpec{
		Started: start, SuitePath: s.Path, SuiteText: string(s.Text), Prices: b.prices, Seed: opt.seed(s), Jobs: opt.workers(),
		Version: opt.Version, Commit: opt.Commit, Machine: opt.Machine, Command: opt.Command, Digest: digest,
		Dataset: b.info, Models: b.matrix.Models,
	}
	splits := make([]waymark.Split, len(b.matrix.Tasks))
	if b.split {
		for _, i := range b.tune {
			splits[i] = waymark.SplitTune
		}
		for _, i := range b.test {
			splits[i] = waymark.SplitTest
		}
	}
	spec.Tasks = store.Tasks{IDs: b.queries.IDs, Splits: splits}
	for i := range b.matrix.Tasks {
		spec.Tasks.Categories = append(spec.Tasks.Categories, b.matrix.Tasks[i].Category)
		if b.units.groups != nil {
			spec.Tasks.Units = append(spec.Tasks.Units, b.matrix.Tasks[i].Group)
		}
	}
	spec.Tasks.Weights, spec.Tasks.Contents = b.units.weights, b.contents
	for _, c := range cands {
		p := store.Policy{Name: c.entry.Name, Type: c.entry.Type, Config: c.config(), Repeats: max(1, c.entry.Repeats)}
		for _, x := range knobOf(c) {
			p.Knob = append(p.Knob, float64(x))
		}
		p.Arms, p.Reasons = c.keptArms(b)
		spec.Policies = append(spec.Policies, p)
	}
	k.run, err = opt.DB.Begin(ctx, spec)
	return k, err
}

// specDigest is of all that decides what a run finds.
func (s *Suite) specDigest(b *board, opt *Options) string {
	h := sha256.New()
	names := append([]string(nil), opt.Policies...)
	sort.Strings(names)
	fmt.Fprintf(h, "%s\x00%s\x00%d\x00%q\x00%s\x00%s", s.Text, b.info.Digest, opt.seed(s), names, opt.Version, &opt.WhatIf)
	for _, e := range s.Policies {
		if e.fitted != nil {
			fmt.Fprintf(h, "\x00%s", e.fitted.Digest)
		}
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil))
}

// append keeps one finished chunk, unless it is there already.
func (k *keeper) append(c runner.Chunk) error {
	part := store.Part{Policy: c.Job, Repeat: c.Repeat, Chunk: c.N}
	if k.run == nil || k.done.Decisions[part] > 0 {
		return nil
	}
	return k.run.Append(k.ctx, part, decisionsOf(c))
}

// appendSteps keeps the steps of a swept candidate.
func (k *keeper) appendSteps(position int, c *candidate) error {
	part := store.Part{Policy: position}
	if k.run == nil || k.done.Steps[part] > 0 {
		return nil
	}
	tasks := make([]int32, len(c.steps.Pick))
	for i := range tasks {
		tasks[i] = int32(i)
	}
	return k.run.AppendSteps(k.ctx, part, tasks, c.keptSteps(k.b))
}

// leaveOut keeps which tasks the run came not to report on, for want of a response.
func (k *keeper) leaveOut(b *board) error {
	if k.run == nil {
		return nil
	}
	in := make([]bool, len(b.matrix.Tasks))
	for _, rows := range [][]int{b.tune, b.test} {
		for _, i := range rows {
			in[i] = true
		}
	}
	var out []int32
	for i, there := range in {
		if !there {
			out = append(out, int32(i))
		}
	}
	return k.run.LeaveOut(k.ctx, out)
}

// end closes a run that has no result and explains err.
func (k *keeper) end(err error) error {
	if k.run == nil {
		if errors.Is(err, context.Canceled) {
			return &Incomplete{Why: "interrupted; nothing was kept, since there is no results.db"}
		}
		return err
	}
	if errors.Is(err, context.Canceled) {
		if e := k.run.Finish(k.ctx, store.StatusInterrupted, nil); e != nil {
			return e
		}
		return &Incomplete{Run: k.run.ID(), Why: "interrupted; everything that was finished is kept"}
	}
	return errors.Join(err, k.run.Finish(k.ctx, store.StatusFailed, nil))
}

func (k *keeper) finish(res *Result) error {
	if k.run == nil {
		return nil
	}
	text, err := json.Marshal(res)
	if err != nil {
		return k.end(fmt.Errorf("result: %w", err))
	}
	return k.run.Finish(k.ctx, store.StatusDone, text)
}

// decisionsOf is a chunk as the store takes it.
func decisionsOf(c runner.Chunk) store.Decisions {
	r, n := c.Rows, c.End-c.First
	d := store.Decisions{
		Task: make([]int32, n), Status: make([]store.Outcome, n),
		Arm: slices.Clone(r.Arm[c.First:c.End]), Reason: r.Reason[c.First:c.End], Signal: r.Signal[c.First:c.End], Score: r.Quality[c.First:c.End],
		Cost: r.Cost[c.First:c.End], CostKnown: r.CostKnown[c.First:c.End], Latency: r.Latency[c.First:c.End], Calls: r.Calls[c.First:c.End],
	}
	for k := range n {
		i := c.First + k
		d.Task[k] = int32(i)
		d.Status[k] = outcomes[r.Status[i]]
		switch {
		case r.Traces != nil:
			d.Arm[k] = r.Model[i] // whose arms begin with the models of the matrix
			remember(&d, r, i)
		default:
			remark(&d, r, i)
		}
	}
	return d
}

// remark adds what a one-shot policy said of one task, and spent on deciding it.
func remark(d *store.Decisions, r *runner.Rows, i int) {
	if r.Remarks != nil && r.Remarks[i] != "" {
		d.Remarks = append(d.Remarks, store.Remark{Task: int32(i), Text: r.Remarks[i]})
	}
	if r.Spent != nil && r.Spent[i] != (waymark.Spending{Cost: waymark.Paid(0)}) {
		d.Made = append(d.Made, store.MadeCall{Task: int32(i), Model: routerCall, Purpose: waymark.ForRouting, Cost: r.Spent[i].Cost, Latency: r.Spent[i].Latency})
	}
}

// routerCall is the model of what a router spends, as in a trial.
const routerCall = "router"

var outcomes = [...]store.Outcome{runner.Answered: store.Answered, runner.Hole: store.Hole, runner.Failed: store.Failed}

// remember adds what only the trace of a trial tells: its calls, and why.
func remember(d *store.Decisions, r *runner.Rows, i int) {
	d.Remarks = append(d.Remarks, store.Remark{Task: int32(i), Text: r.Why(i)})
	for _, c := range r.Traces[i].Calls {
		d.Made = append(d.Made, store.MadeCall{
			Task: int32(i), N: c.N, Round: c.Round, Model: c.Model, Purpose: c.Purpose, Sample: c.Sample,
			Cost: c.Cost, Latency: c.Latency, Err: c.Err, Part: c.Part, Start: c.Start,
		})
	}
}

// replay runs the candidates that have a knob or need none, and describes all.
func (s *Suite) replay(ctx context.Context, b *board, cands []*candidate, kept *keeper, opt *Options) (*Result, error) {
	var jobs []runner.Job
	var position []int // of each job among the candidates
	for i, c := range cands {
		if c.sweep != nil {
			if err := kept.appendSteps(i, c); err != nil {
				return nil, err
			}
		}
		if !c.barred && (!c.tunable() || c.knob != nil) {
			jobs = append(jobs, runner.Job{Name: c.entry.Name, Policy: c.policy, Repeats: c.entry.Repeats})
			position = append(position, i)
		}
	}
	total := 0
	for _, j := range jobs {
		total += max(1, j.Repeats) * b.queries.Len()
	}
	var done atomic.Int64
	ran := make([]*candidate, len(position))
	for j, i := range position {
		ran[j] = cands[i]
	}
	composer := b.composer(ran, opt)
	known := kept.resumed(b, cands, position)
	r := b.runner()
	r.Workers, r.Compose, r.Stored = opt.Workers, composer.judge, known
	r.Done = func(c runner.Chunk) error {
		c.Job = position[c.Job]
		if err := kept.append(c); err != nil {
			return err
		}
		opt.progress(int(done.Add(int64(c.End-c.First))), total)
		return nil
	}
	rows, err := r.Run(ctx, jobs)
	if err != nil {
		return nil, err
	}
	if err := composer.memo.keep(ctx, opt.DB); err != nil {
		return nil, err
	}
	for j, i := range position {
		cands[i].rows = rows[j]
		if err := b.paid(s, cands[i]); err != nil {
			return nil, err
		}
	}
	if err := b.ground.settle(s, cands); err != nil {
		return nil, err
	}
	if err := kept.leaveOut(b); err != nil {
		return nil, err
	}
	lint, err := s.lint(ctx, b, cands, opt)
	if err != nil {
		return nil, err
	}
	for _, r := range b.opened.Routers() {
		b.warnings = append(b.warnings, r.Warnings...)
	}
	opt.stage("estimating")
	res, err := b.ground.describe(s, cands)
	if err != nil {
		return nil, err
	}
	res.Leakage = lint
	return res, nil
}

// settleHoles is coverage for the policies that were run.
func (s *Suite) settleHoles(b *board, cands []*candidate) error {
	holes := map[int]bool{}
	who := ""
	for _, c := range cands {
		for _, rows := range c.rows {
			for _, i := range b.test {
				if rows.Status[i] == runner.Hole {
					holes[i] = true
					who = c.entry.Name
				}
			}
		}
	}
	switch {
	case len(holes) == 0 || s.Holes == "bounds":
		return nil
	case s.Holes == "complete":
		if err := b.leaveOut(holes); err != nil {
			return err
		}
		if len(b.test) == 0 {
			return s.holesError(b, len(holes), first(holes), "some policy needs")
		}
		return nil
	}
	return s.holesError(b, len(holes), first(holes), fmt.Sprintf("policy %s needs", who))
}
