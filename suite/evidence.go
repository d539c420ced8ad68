package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"waymark"
	"waymark/internal/runner"
	"waymark/internal/store"
)

// Evidence is a run task by task, on the split that it reports: what claims are decided
// on, and what another run is compared with. As JSON it is a baseline that can
// be kept beside the code.
type Evidence struct {
	Schema  int                          `json:"schema"`
	Run     string                       `json:"run"`
	Dataset DatasetInfo                  `json:"dataset"`
	Split   string                       `json:"split"`
	Prices  string                       `json:"prices"`
	Graders []string                     `json:"graders"`
	Level   float64                      `json:"confidence"`
	Figures map[string]map[string]Metric `json:"figures"` // by policy or model: apgr, auroc, arena
	Tasks   []string                     `json:"tasks"`
	Slices  map[string][]string          `json:"slices"`            // by name, a value for each task
	Weights []float64                    `json:"weights,omitempty"` // nil where all are 1
	Units   []string                     `json:"units,omitempty"`   // the group of each task; nil where each is its own
	Rows    map[string]*Outcomes         `json:"rows"`              // by policy or model

	// OffPolicy says that the rows are estimated from a log: they hold no outcomes.
	OffPolicy bool `json:"off_policy,omitempty"`

	index map[string]int // of a task
	log   *logField      // that the rows are estimated from; nil of a matrix, and where it was read back
}

// Outcomes are what one policy, or one model, did with each task of the Evidence.
type Outcomes struct {
	Type    string   `json:"type"`
	Knob    []Number `json:"knob,omitempty"`
	Quality Column   `json:"quality"` // in the dataset's units
	Cost    Column   `json:"cost_usd"`
	Latency Column   `json:"latency_ms"`
	Models  []string `json:"models"`
	Model   []int32  `json:"model"` // whose answer: index into Models, -1 if none or composed
	Holes   int      `json:"holes"`
	Failed  int      `json:"failed"`
}

// A Column is numbers of which some are not known: NaN, and null in JSON.
type Column []float64

// MarshalJSON writes NaN as null.
func (c Column) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range c {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendFloat(b, x, 'g', -1, 64)
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads null as NaN.
func (c *Column) UnmarshalJSON(b []byte) error {
	var values []*float64
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	*c = make(Column, len(values))
	for i, v := range values {
		(*c)[i] = orNaN(v)
	}
	return nil
}

// Evidence is the run's rows, as long as the Result was not read back from JSON.
func (r *Result) Evidence() *Evidence { return r.evidence }

// gather takes the rows of a run on its way to a Result.
func (f *field) gather(res *Result, cands []*candidate, slices []string) *Evidence {
	e := &Evidence{
		Schema: Schema, Split: res.Split, Prices: f.b.prices, Level: f.m.confidence, Dataset: f.b.describe(),
		Slices: map[string][]string{}, Rows: map[string]*Outcomes{}, Figures: map[string]map[string]Metric{},
	}
	for _, g := range f.b.grading {
		e.Graders = append(e.Graders, g.Grader)
	}
	e.figures(res)
	for _, i := range f.b.test {
		t := &f.b.matrix.Tasks[i]
		e.Tasks = append(e.Tasks, t.ID)
		if f.m.units.groups != nil {
			e.Units = append(e.Units, t.Group)
		}
		for _, name := range slices {
			e.Slices[name] = append(e.Slices[name], sliceOf(t, name))
		}
	}
	e.Weights = f.m.units.weights
	for col, id := range f.b.matrix.Models {
		o := f.outcomes("constant", f.constant(col))
		o.Models, o.Model = []string{string(id)}, make([]int32, len(e.Tasks))
		e.Rows[string(id)] = o
	}
	for _, c := range cands {
		if c.rows == nil {
			continue
		}
		o := f.outcomes(c.entry.Type, c.series)
		o.Knob = knobOf(c)
		o.Models = make([]string, len(f.b.matrix.Models))
		for col, id := range f.b.matrix.Models {
			o.Models[col] = string(id)
		}
		for _, i := range f.b.test {
			o.Model = append(o.Model, c.rows[0].Model[i])
			switch c.rows[0].Status[i] {
			case runner.Hole:
				o.Holes++
			case runner.Failed:
				o.Failed++
			}
		}
		e.Rows[c.entry.Name] = o
	}
	return e
}

// figures are the metrics of every policy and model.
func (e *Evidence) figures(res *Result) {
	for _, c := range res.Curves {
		e.Figures[c.Policy] = c.Metrics
	}
	for _, list := range [][]PolicyRow{res.Constants, res.Policies} {
		for _, r := range list { // a row has what its curve has, and more
			e.Figures[r.Name] = r.Metrics
		}
	}
}

func (f *field) outcomes(kind string, s series) *Outcomes {
	o := &Outcomes{Type: kind, Cost: s.cost, Latency: s.latency, Quality: make(Column, len(s.quality))}
	for k, q := range s.quality {
		o.Quality[k] = f.m.lo + f.m.span*q
	}
	return o
}

// KeptEvidence is the rows of a run that results.db holds, with what its Result says.
// Models that no fixed policy stands for are not in it, nor is any slice but the category.
func KeptEvidence(res *Result, k *store.Kept) *Evidence {
	e := &Evidence{
		Schema: Schema, Run: res.Run.ID, Dataset: res.Dataset, Split: res.Split, Prices: res.Run.Prices, Level: res.Confidence,
		Slices: map[string][]string{}, Rows: map[string]*Outcomes{}, Figures: map[string]map[string]Metric{},
		OffPolicy: res.OffPolicy != nil,
	}
	for _, g := range res.Grading {
		e.Graders = append(e.Graders, g.Grader)
	}
	e.figures(res)
	want := waymark.SplitTest
	if res.Split == "all" {
		want = waymark.SplitAll
	}
	var rows []int
	weighted, grouped := false, false
	for i, split := range k.Tasks.Splits {
		if split == want && k.Tasks.Weights[i] > 0 { // without weight: a task that production never sends
			rows = append(rows, i)
			weighted = weighted || k.Tasks.Weights[i] != 1
			grouped = grouped || k.Tasks.Units[i] != ""
		}
	}
	e.Tasks, e.Slices["category"] = at(k.Tasks.IDs, rows), at(k.Tasks.Categories, rows)
	if weighted {
		e.Weights = at(k.Tasks.Weights, rows)
	}
	if grouped {
		e.Units = at(k.Tasks.Units, rows)
	}
	lo, span := res.Dataset.QualityLo, res.Dataset.QualityHi-res.Dataset.QualityLo
	for i := range k.Policies {
		p := &k.Policies[i]
		o := &Outcomes{Type: p.Type, Quality: at(p.Score, rows), Cost: at(p.Cost, rows), Latency: at(p.Latency, rows), Models: p.Models, Model: at(p.Model, rows)}
		for _, x := range p.Knob {
			o.Knob = append(o.Knob, Number(x))
		}
		for j, q := range o.Quality {
			o.Quality[j] = lo + span*q
			if o.Latency[j] == 0 {
				o.Latency[j] = math.NaN()
			}
		}
		for _, r := range res.Policies {
			if r.Name == p.Name {
				o.Holes, o.Failed = r.Holes, r.Failed
			}
		}
		e.Rows[p.Name] = o
		if p.Type == "fixed" && len(p.Models) == 1 {
			e.Rows[p.Models[0]] = o
		}
	}
	return e
}

// ReadEvidence reads what Evidence was written as.
func ReadEvidence(path string, text []byte) (*Evidence, error) {
	var e Evidence
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&e); err != nil {
		return nil, &InputError{fmt.Errorf("%s: not a baseline: %w", path, err)}
	}
	if e.OffPolicy {
		return nil, &InputError{fmt.Errorf("%s: found a run over logged traffic: %s", path, whyOffPolicy)}
	}
	if e.Schema != Schema || len(e.Tasks) == 0 {
		return nil, &InputError{fmt.Errorf("%s: found no rows of schema %d, expected a baseline as waymark check --save-baseline FILE.json writes it (a result alone has no per-task rows)", path, Schema)}
	}
	n := len(e.Tasks)
	for name, o := range e.Rows {
		if o == nil || len(o.Quality) != n || len(o.Cost) != n || len(o.Latency) != n || len(o.Model) != n {
			return nil, &InputError{fmt.Errorf("%s: policy %q has columns of other lengths than its %d tasks", path, name, n)}
		}
	}
	for name, s := range e.Slices {
		if len(s) != n {
			return nil, &InputError{fmt.Errorf("%s: slice %q has %d values, expected %d", path, name, len(s), n)}
		}
	}
	if e.Weights != nil && len(e.Weights) != n || e.Units != nil && len(e.Units) != n {
		return nil, &InputError{fmt.Errorf("%s: weights or units differ in length from its %d tasks", path, n)}
	}
	return &e, nil
}

// row is the position of a task, -1 if it is not there.
func (e *Evidence) row(task string) int {
	if e.index == nil {
		e.index = make(map[string]int, len(e.Tasks))
		for i, id := range e.Tasks {
			e.index[id] = i
		}
	}
	if i, ok := e.index[task]; ok {
		return i
	}
	return -1
}
