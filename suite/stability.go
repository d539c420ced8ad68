package suite

import (
	"fmt"
	"math"
	"strings"

	"waymark/internal/runner"
	"waymark/internal/stats"
)

// Stability is how often a policy decides otherwise without a reason to.
type Stability struct {
	Repeats int `json:"repeats"`
	// OverRepeats is the chance that two repeats of a task are answered by different
	// models; nil where a policy was not repeated.
	OverRepeats *Interval `json:"over_repeats,omitempty"`
	// OverParaphrases is the chance that two paraphrases of one question are answered by
	// different models, averaged over sets; nil where the suite names no paraphrases.
	OverParaphrases *Interval `json:"over_paraphrases,omitempty"`
	Sets            int       `json:"paraphrase_sets,omitempty"`
	Pairs           int       `json:"paraphrase_pairs,omitempty"`
}

// stability is nil for a constant, and where there is neither a repeat nor a paraphrase.
func (f *field) stability(x subject, sets [][]int) *Stability {
	if x.cand == nil || len(x.cand.rows) < 2 && sets == nil {
		return nil
	}
	choices := make([][]int32, len(f.all))
	for k, i := range f.b.test {
		choices[k] = chosen(x.cand.rows, i)
	}
	s := &Stability{Repeats: len(x.cand.rows)}
	if s.Repeats > 1 {
		e := f.overRepeats(choices)
		s.OverRepeats = &e
	}
	if sets != nil {
		e := f.overParaphrases(s, choices, sets)
		s.OverParaphrases = &e
	}
	return s
}

// chosen is whose answer each repeat of a row gave. A repeat that came to no decision is
// left out; an answer that the policy wrote itself is a choice of its own.
func chosen(repeats []*runner.Rows, row int) (out []int32) {
	for _, r := range repeats {
		if r.Status[row] == runner.Answered || r.Model[row] >= 0 {
			out = append(out, r.Model[row])
		}
	}
	return out
}

func (f *field) overRepeats(choices [][]int32) Interval {
	changed := make([]float64, len(choices))
	for k, c := range choices {
		changed[k] = stats.Disagreement(c)
	}
	return f.m.share(changed)
}

// share estimates a mean of shares.
func (m *meter) share(values []float64) Interval {
	return Interval(stats.Mean(m.sample(values), m.confidence))
}

// overParaphrases takes a value a set: its units are the sets, or the groups of tasks
// that they belong to where sets share groups.
func (f *field) overParaphrases(s *Stability, choices [][]int32, sets [][]int) Interval {
	sample := stats.Sample{}
	for _, set := range sets {
		var decided [][]int32
		for _, k := range set {
			if len(choices[k]) > 0 {
				decided = append(decided, choices[k])
			}
		}
		d := stats.PairDisagreement(decided)
		if math.IsNaN(d) {
			continue
		}
		s.Sets++
		s.Pairs += len(decided) * (len(decided) - 1) / 2
		sample.Values = append(sample.Values, d)
		f.addUnit(&sample, set)
	}
	if s.Sets == 0 {
		return Interval(nothing("no two paraphrases of one question are among the reported tasks"))
	}
	return Interval(stats.Mean(sample, f.m.confidence))
}

// addUnit enters the weight and the unit of a set: the mean weight of its tasks, and the
// group of the first of them.
func (f *field) addUnit(s *stats.Sample, set []int) {
	u := f.m.units
	s.Keys = append(s.Keys, u.keys[set[0]])
	if u.weights != nil {
		w := 0.0
		for _, k := range set {
			w += u.weights[k] / float64(len(set))
		}
		s.Weights = append(s.Weights, w)
	}
	if u.groups != nil {
		s.Groups = append(s.Groups, u.groups[set[0]])
	}
}

// pair finds which tasks ask the same: those with the same value of the suite's
// paraphrases field, and the task that such a value is the ID of.
func (b *board) pair(s *Suite) error {
	if s.Paraphrases == "" {
		return nil
	}
	b.asks = make([]string, len(b.matrix.Tasks))
	size := map[string]int{}
	for i := range b.asks {
		b.asks[i] = sliceOf(&b.matrix.Tasks[i], s.Paraphrases)
		if b.asks[i] != "" {
			size[b.asks[i]]++
		}
	}
	most := 0
	for i := range b.asks {
		if id := b.matrix.Tasks[i].ID; b.asks[i] == "" && size[id] > 0 {
			b.asks[i] = id
			size[id]++
		}
		most = max(most, size[b.asks[i]])
	}
	if most < 2 {
		return s.errorf([]any{"paraphrases"}, "found %q, of which no two tasks share a value, expected a field that tasks with the same question have in common", s.Paraphrases)
	}
	return nil
}

// paraphrases are the sets of reported rows that ask the same, as positions, in the order in
// which they first come; nil where the suite names none.
func (b *board) paraphrases() [][]int {
	if b.asks == nil {
		return nil
	}
	sets := [][]int{} // not nil, even where the split leaves none
	index, size := map[string]int{}, map[string]int{}
	for _, name := range b.asks {
		size[name]++
	}
	for k, i := range b.test {
		name := b.asks[i]
		if name == "" {
			continue
		}
		if _, ok := index[name]; !ok {
			index[name] = len(sets)
			sets = append(sets, nil)
		}
		sets[index[name]] = append(sets[index[name]], k)
	}
	cut := 0
	for name, at := range index {
		if len(sets[at]) < size[name] {
			cut++
		}
	}
	if b.split && cut > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d sets of paraphrases have tasks in both splits: what was tuned on one was reported on another; give them a group", cut))
	}
	return sets
}

// checkParaphrases finds the mistakes that need no data.
func (s *Suite) checkParaphrases() error {
	if s.Paraphrases != "" && (!strings.HasPrefix(s.Paraphrases, "metadata.") || s.Paraphrases == "metadata.") {
		return s.errorf([]any{"paraphrases"}, "found %q, expected metadata.NAME", s.Paraphrases)
	}
	return nil
}
