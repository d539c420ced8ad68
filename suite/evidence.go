package suite

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"waymark"
	"waymark/internal/stats"
	"waymark/internal/store"
)

// Evidence is a run task by task, on the split that it reports: what claims are decided
// on, and what another run is compared with. As JSON it is a baseline that can
// be kept beside the code.
type Evidence struct {
	Schema   int                          `json:"schema"`
	Run      string                       `json:"run"`
	Started  time.Time                    `json:"started"`
	Dataset  DatasetInfo                  `json:"dataset"`
	Split    string                       `json:"split"`
	Prices   string                       `json:"prices"`
	Graders  []string                     `json:"graders"`
	Level    float64                      `json:"confidence"`
	Figures  map[string]map[string]Metric `json:"figures"` // by policy or model: apgr, auroc, arena
	Tasks    []string                     `json:"tasks"`
	Contents Contents                     `json:"contents,omitempty"` // what each task asks; nil where not known
	Slices   map[string][]string          `json:"slices"`             // by name, a value for each task
	Weights  []float64                    `json:"weights,omitempty"`  // nil where all are 1
	Units    []string                     `json:"units,omitempty"`    // the group of each task, "" for its own; nil where each is its own
	Rows     map[string]*Outcomes         `json:"rows"`               // by policy or model

	// Incomplete says why the run is not whole; "" if it is.
	Incomplete string `json:"incomplete,omitempty"`
	// OffPolicy says that the rows are estimated from a log: they hold no outcomes.
	OffPolicy bool `json:"off_policy,omitempty"`

	index  map[string]int        // of a task
	log    *logField             // that the rows are estimated from; nil of a matrix, and where it was read back
	others map[*Evidence][]int32 // where each task is in another run, -1 where it is not
	keys   []uint64              // of each task's unit
	groups []int32               // of each task; nil where each is its own
}

// Outcomes are what one policy, or one model, did with each task of the Evidence.
type Outcomes struct {
	Type    string   `json:"type"`
	Config  string   `json:"config,omitempty"` // a digest of the policy's keys in the suite
	Knob    []Number `json:"knob,omitempty"`
	Quality Column   `json:"quality"` // in the dataset's units
	Cost    Column   `json:"cost_usd"`
	Latency Column   `json:"latency_ms"`
	Models  []string `json:"models"`
	Model   []int32  `json:"model"`  // whose answer: index into Models, -1 if none or composed
	Holes   int      `json:"holes"`  // decisions, over all repeats
	Failed  int      `json:"failed"` // decisions, over all repeats
	// CostLowerBound is for how many decisions it is not recorded what the router itself cost.
	CostLowerBound int `json:"cost_lower_bound,omitempty"`
}

// Evidence is the run's rows, as long as the Result was not read back from JSON.
func (r *Result) Evidence() *Evidence {
	if r.evidence != nil {
		r.evidence.Incomplete = r.Incomplete
	}
	return r.evidence
}

// gather takes the rows of a run on its way to a Result.
func (f *field) gather(res *Result, cands []*candidate, slices []string) *Evidence {
	e := &Evidence{
		Schema: Schema, Split: res.Split, Prices: f.b.prices, Level: f.m.confidence, Dataset: f.b.describe(),
		Slices: map[string][]string{}, Rows: map[string]*Outcomes{}, Weights: f.m.units.weights,
	}
	e.summaries(res)
	for _, g := range f.b.grading {
		e.Graders = append(e.Graders, g.Grader)
	}
	for _, i := range f.b.test {
		t := &f.b.matrix.Tasks[i]
		e.Tasks = append(e.Tasks, t.ID)
		e.Contents = append(e.Contents, f.b.contents[i])
		if f.m.units.groups != nil {
			e.Units = append(e.Units, t.Group)
		}
		for _, name := range slices {
			e.Slices[name] = append(e.Slices[name], sliceOf(t, name))
		}
	}
	for col, id := range f.b.matrix.Models {
		o := f.outcomes("constant", f.constant(col))
		o.Models, o.Model = []string{string(id)}, make([]int32, len(e.Tasks))
		e.Rows[string(id)] = o
	}
	for _, c := range cands {
		if c.rows != nil {
			e.Rows[c.entry.Name] = f.decided(res, c)
		}
	}
	return e
}

// summaries are the metrics of every policy and model.
func (e *Evidence) summaries(res *Result) {
	e.Figures = map[string]map[string]Metric{}
	for _, c := range res.Curves {
		e.Figures[c.Policy] = c.Metrics
	}
	for _, list := range [][]PolicyRow{res.Constants, res.Policies} {
		for _, r := range list { // a row has what its curve has, and more
			e.Figures[r.Name] = r.Metrics
		}
	}
}

// decided are the outcomes of a policy that ran.
func (f *field) decided(res *Result, c *candidate) *Outcomes {
	o := f.outcomes(c.entry.Type, c.series)
	o.Knob, o.Config = knobOf(c), configDigest(c.config())
	o.Models = make([]string, len(f.b.matrix.Models))
	for col, id := range f.b.matrix.Models {
		o.Models[col] = string(id)
	}
	for _, i := range f.b.test {
		o.Model = append(o.Model, c.rows[0].Model[i])
	}
	o.count(res, c.entry.Name)
	return o
}

// count takes over what the policy's row counts.
func (o *Outcomes) count(res *Result, policy string) {
	for _, r := range res.Policies {
		if r.Name == policy {
			o.Holes, o.Failed, o.CostLowerBound = r.Holes, r.Failed, r.CostLowerBound
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

// configDigest is of a policy's keys but its name; "" of what is not an object.
func configDigest(config json.RawMessage) string {
	var keys map[string]any
	if json.Unmarshal(config, &keys) != nil || len(keys) == 0 {
		return ""
	}
	delete(keys, "name")
	text, err := json.Marshal(keys) // in the order of the keys
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:16]
}

// KeptEvidence is the rows of a run that results.db holds, with what its Result says.
// Models that no fixed policy stands for are not in it, nor is any slice but the category.
func KeptEvidence(res *Result, k *store.Kept) *Evidence {
	e := &Evidence{
		Schema: Schema, Run: res.Run.ID, Started: res.Run.Started, Dataset: res.Dataset, Split: res.Split, Prices: res.Run.Prices, Level: res.Confidence,
		Slices: map[string][]string{}, Rows: map[string]*Outcomes{}, OffPolicy: res.OffPolicy != nil, Incomplete: res.Incomplete,
	}
	e.summaries(res)
	for _, g := range res.Grading {
		e.Graders = append(e.Graders, g.Grader)
	}
	rows := e.keptTasks(res, &k.Tasks)
	for i := range k.Policies {
		p := &k.Policies[i]
		o := keptOutcomes(res, p, rows)
		e.Rows[p.Name] = o
		if p.Type == "fixed" && len(p.Models) == 1 && e.Rows[p.Models[0]] == nil {
			model := *o
			model.Type, model.Config = "constant", ""
			e.Rows[p.Models[0]] = &model
		}
	}
	return e
}

// keptTasks fills in the tasks that the run reports on, and tells which they are.
func (e *Evidence) keptTasks(res *Result, t *store.Tasks) (rows []int) {
	want := waymark.SplitTest
	if res.Split == "all" {
		want = waymark.SplitAll
	}
	weighted, grouped, known := false, false, true
	for i, split := range t.Splits {
		if split == want && t.Weights[i] > 0 { // without weight: a task that production never sends
			rows = append(rows, i)
			weighted = weighted || t.Weights[i] != 1
			grouped = grouped || t.Units[i] != ""
			known = known && t.Contents[i] != 0
		}
	}
	e.Tasks, e.Slices["category"] = at(t.IDs, rows), at(t.Categories, rows)
	if weighted {
		e.Weights = at(t.Weights, rows)
	}
	if grouped {
		e.Units = at(t.Units, rows)
	}
	if known {
		e.Contents = at(t.Contents, rows)
	}
	return rows
}

func keptOutcomes(res *Result, p *store.KeptPolicy, rows []int) *Outcomes {
	o := &Outcomes{
		Type: p.Type, Config: configDigest(p.Config), Models: p.Models, Model: at(p.Model, rows),
		Quality: at(p.Score, rows), Cost: at(p.Cost, rows), Latency: at(p.Latency, rows),
	}
	for _, x := range p.Knob {
		o.Knob = append(o.Knob, Number(x))
	}
	lo, span := res.Dataset.QualityLo, res.Dataset.QualityHi-res.Dataset.QualityLo
	for j, q := range o.Quality {
		o.Quality[j] = lo + span*q
		if o.Latency[j] == 0 {
			o.Latency[j] = math.NaN()
		}
	}
	o.count(res, p.Name)
	return o
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

// within is where each task of e is in another run, -1 where it is not.
func (e *Evidence) within(other *Evidence) []int32 {
	if known, ok := e.others[other]; ok {
		return known
	}
	out := make([]int32, len(e.Tasks))
	for i, id := range e.Tasks {
		if e == other {
			out[i] = int32(i)
		} else {
			out[i] = int32(other.row(id))
		}
	}
	if e.others == nil {
		e.others = map[*Evidence][]int32{}
	}
	e.others[other] = out
	return out
}

// unit is the name of what a task belongs to: its group, or itself.
func (e *Evidence) unit(i int) string {
	if e.Units != nil && e.Units[i] != "" {
		return e.Units[i]
	}
	return "\x00" + e.Tasks[i]
}

// number gives units their keys and numbers, once.
func (e *Evidence) number() {
	if e.keys != nil {
		return
	}
	ids := map[string]int32{}
	for i := range e.Tasks {
		h := fnv.New64a()
		h.Write([]byte(e.unit(i)))
		e.keys = append(e.keys, h.Sum64())
		if e.Units != nil {
			if _, ok := ids[e.unit(i)]; !ok {
				ids[e.unit(i)] = int32(len(ids))
			}
			e.groups = append(e.groups, ids[e.unit(i)])
		}
	}
}

// sample is values of some rows of the evidence, with their weights and units.
func (e *Evidence) sample(values []float64, rows []int) stats.Sample {
	e.number()
	s := stats.Sample{Values: values, Keys: at(e.keys, rows)}
	if e.Weights != nil {
		s.Weights = at(e.Weights, rows)
	}
	if e.groups != nil {
		s.Groups = at(e.groups, rows)
	}
	return s
}
