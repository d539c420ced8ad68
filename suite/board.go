package suite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"waymark"
	"waymark/datasets"
	"waymark/internal/expression"
	"waymark/internal/replay"
	"waymark/policies"
)

// A board is a suite's data made ready: read, filtered, priced, graded and split.
type board struct {
	ctx        context.Context // of the whole command: policies are fitted under it
	info       waymark.Info
	folder     *datasets.Folder
	matrix     *replay.Matrix
	queries    *waymark.Queries
	tune       []int // rows that things are chosen on; all rows where the suite does not split
	test       []int // rows that are reported on; the same slice where the suite does not split
	split      bool
	outer      [][]int      // rows by fold, where the suite cross-validates; nil where it does not
	first      []int        // of each row, the first row of its cluster; nil until folds are dealt
	rematch    func() error // matches the mix of traffic anew; nil where there is none
	rule       string       // how tasks were dealt to the splits, in words
	units      units
	asks       []string // of each task, what question it asks; nil where the suite names no paraphrases
	base       string   // the suite's folder
	verdicts   map[string]policies.Verdicts
	vectors    func(name string) (map[string][]float32, error) // nil if the dataset has no embeddings
	embeddings *policies.Embeddings                            // of endpoints
	prices     string
	costKnown  bool
	cells      int
	gone       []waymark.ModelID // that the run is to do without
	grading    []GradingCount
	contents   Contents // of every task
	warnings   []string
	byFold     []string // the knobs of swept policies where the suite cross-validates, in words
	memos      map[uint64]*policies.Memo
	log        *logged // nil unless the dataset is logged traffic
	ground     ground
	called

	book   map[waymark.ModelID]waymark.Price // that costs are of; nil where they are as recorded
	opened *policies.Opened                  // what policies talk to; whoever prepared the board closes it
}

// prepare reads everything that a run needs.
func (s *Suite) prepare(ctx context.Context, opt *Options) (*board, error) {
	folder, err := datasets.Open(s.DatasetPath())
	if err != nil {
		return nil, err
	}
	b := &board{info: folder.Info(), folder: folder, opened: &policies.Opened{Offline: opt.offline}}
	b.ground = matrixGround{b}
	b.ctx = ctx
	b.vectors = b.vectorSource(ctx)
	b.base = filepath.Dir(s.Path)
	b.embeddings = &policies.Embeddings{Folder: opt.embeddings(), Offline: opt.offline}
	steps := []struct {
		name string
		do   func(context.Context, *Suite, *Options) error
	}{
		{"reading tasks", b.readTasks},
		{"cutting slices", b.checkSlices},
		{"reading the log", b.readLog},
		{"reading calls", b.readCalls},
		{"reading responses", b.readResponses},
		{"reading decisions", b.readVerdicts},
		{"pricing", b.price},
		{"pricing calls", b.priceCalls},
		{"grading", b.grade},
		{"grading parts", b.gradeParts},
		{"splitting", b.divide},
		{"weighing", b.reweight},
		{"modelling outcomes", b.modelOutcomes},
	}
	for _, step := range steps {
		opt.stage(step.name)
		if err := step.do(ctx, s, opt); err != nil {
			return nil, err
		}
	}
	b.queries = b.matrix.Queries(b.info.Features, opt.seed(s))
	return b, nil
}

// readTasks keeps the tasks on which the filter holds.
func (b *board) readTasks(ctx context.Context, s *Suite, _ *Options) error {
	var filter *expression.Program
	if s.Filter != "" {
		p, err := expression.Compile(s.Filter, taskNames())
		if err != nil {
			return s.errorf([]any{"filter"}, "%v", err)
		}
		filter = p
	}
	var tasks []waymark.Task
	read := 0
	for t, err := range b.folder.Tasks(ctx) {
		if err != nil {
			return err
		}
		read++
		if filter != nil {
			keep, err := filter.Bool(taskEnv(&t))
			if err != nil {
				return s.errorf([]any{"filter"}, "task %q: %v", t.ID, err)
			}
			if !keep {
				continue
			}
		}
		tasks = append(tasks, t)
	}
	if len(tasks) == 0 {
		return s.errorf([]any{"filter"}, "no task is left of %d", read)
	}
	m, err := replay.New(tasks)
	if err != nil {
		return err
	}
	b.matrix = m
	if b.parts, err = partsOf(b, tasks); err != nil {
		return err
	}
	return b.pair(s)
}

// taskNames are the names that a filter may use. Filters see everything; they
// select and never steer.
func taskNames() map[string]any {
	return map[string]any{
		"id": "", "category": "", "group": "", "time": "", "prompt": "", "reference": []string{},
		"weight": 1.0, "metadata": map[string]any{},
	}
}

func taskEnv(t *waymark.Task) map[string]any {
	metadata := t.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	return map[string]any{
		"id": t.ID, "category": t.Category, "group": t.Group, "time": t.Time, "prompt": waymark.Prompt(t.Messages),
		"reference": t.Reference, "weight": t.Weight, "metadata": metadata,
	}
}

// readResponses fills the matrix, with the suite's pool where it names one.
func (b *board) readResponses(ctx context.Context, s *Suite, opt *Options) error {
	known := b.log.pool(b.matrix)
	for r, err := range b.folder.Responses(ctx) {
		if err != nil {
			return err
		}
		known[r.Model] = true
		if s.wanted(r.Model, &opt.WhatIf) {
			b.matrix.Put(r)
			b.parts.matrix.Put(r)
		}
	}
	b.matrix.Seal()
	b.parts.matrix.Seal()
	for _, m := range b.calls.Models() { // a judge may stand in the pool for its price
		known[m] = true
	}
	for i, m := range s.Models {
		if !known[m.ID] {
			return s.errorf([]any{"models", i, "id"}, "found model %q, of which %s has no response%s", m.ID, b.info.Name, nearest(m.ID, known))
		}
	}
	if err := opt.WhatIf.check(s, known); err != nil {
		return err
	}
	if text := opt.WhatIf.String(); text != "" {
		b.warnings = append(b.warnings, text)
	}
	b.gone = opt.WhatIf.Without
	if len(b.matrix.Models) == 0 {
		return fmt.Errorf("%s: no responses are recorded", b.folder.Path())
	}
	for _, c := range b.matrix.Columns {
		for _, st := range c.State {
			b.cells += int(st & replay.HasResponse)
		}
	}
	if n := b.matrix.Replaced; n > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d responses were recorded more than once for the same task, model and sample; the later ones count", n))
	}
	if n := b.parts.matrix.Replaced; n > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d responses to subtasks were recorded more than once for the same model and sample; the later ones count", n))
	}
	return nil
}

// readVerdicts keeps the recorded decisions of the routers that the suite uses.
func (b *board) readVerdicts(ctx context.Context, _ *Suite, _ *Options) error {
	b.verdicts = map[string]policies.Verdicts{}
	for v, err := range b.folder.Decisions(ctx) {
		if err != nil {
			return err
		}
		_, task := b.matrix.Row(v.Task)
		if _, part := b.parts.matrix.Row(v.Task); !task && !part {
			continue
		}
		if b.verdicts[v.Policy] == nil {
			b.verdicts[v.Policy] = policies.Verdicts{}
		}
		b.verdicts[v.Policy][v.Task] = v
	}
	return nil
}

// inputs is what policies are built from.
func (b *board) inputs(learning *policies.Learning) policies.Inputs {
	in := policies.Inputs{
		Models: b.matrix.Models, Others: b.others(), Features: b.info.Features, Vectors: b.vectors, Embeddings: b.embeddings,
		Folder: b.base, Learning: learning, Context: b.ctx, Seed: b.queries.Seed, Opened: b.opened, Prices: b.book,
	}
	if len(b.verdicts) > 0 {
		in.Verdicts = func(name string) (policies.Verdicts, error) {
			if vs, ok := b.verdicts[name]; ok {
				return vs, nil
			}
			names := make([]string, 0, len(b.verdicts))
			for n := range b.verdicts {
				names = append(names, n)
			}
			slices.Sort(names)
			return nil, fmt.Errorf("found %q, expected a router whose decisions are recorded %v", name, names)
		}
	}
	return in
}
