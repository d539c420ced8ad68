package suite

import (
	"context"
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v3"

	"waymark"
	"waymark/internal/leakage"
	"waymark/internal/yamlfile"
)

// A LintRule is what a suite says of the leakage lint: off, or how similar prompts
// must be.
type LintRule struct {
	Off        bool
	Similarity float64 // Jaccard, of shingles
}

type lintKeys struct {
	Similarity float64 `yaml:"similarity" json:"similarity,omitempty" doc:"Jaccard similarity of shingles from which two prompts are near-duplicates, 0.6 to 1; default 0.8"`
}

const defaultSimilarity = 0.8

// DecodeYAML reads the word off, or a mapping.
func (r *LintRule) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Value != "off" {
			return doc.ErrorAt(n, "found %q, expected off or a mapping such as {similarity: 0.8}", n.Value)
		}
		r.Off = true
		return nil
	}
	keys := lintKeys{Similarity: defaultSimilarity}
	if err := doc.DecodeNode(n, &keys); err != nil {
		return err
	}
	if !(keys.Similarity >= leakage.LeastSimilarity && keys.Similarity <= 1) {
		return doc.ErrorAt(n, "found similarity: %g, expected a number from %g to 1", keys.Similarity, leakage.LeastSimilarity)
	}
	r.Similarity = keys.Similarity
	return nil
}

// Schema is the word off, or the keys.
func (*LintRule) Schema() map[string]any {
	keys := yamlfile.Schema(new(lintKeys), "", "")
	for _, k := range []string{"$schema", "$id", "title"} {
		delete(keys, k)
	}
	keys["properties"].(map[string]any)["similarity"].(map[string]any)["minimum"] = leakage.LeastSimilarity
	keys["properties"].(map[string]any)["similarity"].(map[string]any)["maximum"] = 1
	return map[string]any{"oneOf": []any{map[string]any{"const": "off"}, keys}}
}

// similarity is what the suite asks for; ok is false where it switches the lint off.
func (s *Suite) similarity() (x float64, ok bool) {
	switch {
	case s.Leakage == nil:
		return defaultSimilarity, true
	case s.Leakage.Off:
		return 0, false
	}
	return s.Leakage.Similarity, true
}

// A Lint says what was looked at for leakage, and what was found.
type Lint struct {
	Off        bool      `json:"off,omitempty"` // the suite switches it off: nothing was looked at
	Similarity float64   `json:"similarity"`    // of near-duplicates, at least
	Compared   int       `json:"compared"`      // reported tasks that near-duplicates were looked for
	Among      int       `json:"among"`         // tune tasks that they were looked for among
	Tested     []string  `json:"tested"`        // policies whose decisions were held against the grades
	Findings   []Finding `json:"findings"`
}

// The severities of a Finding, the gravest first.
const (
	Suspicious = "suspicious" // something seems to know the labels: find out before trusting the number
	Warning    = "warning"    // a number is less sure, or flatters more, than it looks
	Note       = "note"       // good to know
)

// A Finding is one thing that the leakage lint found.
type Finding struct {
	Kind     string    `json:"kind"`
	Severity string    `json:"severity"`
	Policy   string    `json:"policy,omitempty"`
	Text     string    `json:"text"`   // what was found
	Advice   string    `json:"advice"` // what to do about it
	Count    int       `json:"count"`  // tasks, ids, groups, … that it is about
	Of       int       `json:"of"`     // out of how many
	AtLeast  bool      `json:"at_least,omitempty"`
	Examples []Example `json:"examples,omitempty"`
	P        *float64  `json:"p_holm,omitempty"` // p-value, adjusted by Holm over the policies tested
	Odds     *Odds     `json:"odds_ratio,omitempty"`
}

// An Example is some tasks that a finding is about.
type Example struct {
	Tasks      []string `json:"tasks"`
	Similarity *float64 `json:"similarity,omitempty"`
}

// An Odds is an odds ratio with its interval, either end of which may be infinite.
type Odds struct {
	Value      Number  `json:"value"`
	Lo         Number  `json:"lo"`
	Hi         Number  `json:"hi"`
	Confidence float64 `json:"confidence"`
	Bound      float64 `json:"bound"` // that the p-value is of: an odds ratio of at most this
}

// grave is the order of severities.
func grave(f Finding) int { return slices.Index([]string{Suspicious, Warning, Note}, f.Severity) }

// Grave are the findings that are more than a note, the gravest first.
func (l *Lint) Grave() []Finding { return l.some(func(f Finding) bool { return f.Severity != Note }) }

// Notes are the others.
func (l *Lint) Notes() []Finding { return l.some(func(f Finding) bool { return f.Severity == Note }) }

func (l *Lint) some(keep func(Finding) bool) (out []Finding) {
	if l == nil {
		return nil
	}
	for _, f := range l.Findings {
		if keep(f) {
			out = append(out, f)
		}
	}
	return out
}

// lint looks for leakage: in the data, in the knobs, and in the decisions of the
// candidates that ran.
func (s *Suite) lint(ctx context.Context, b *board, cands []*candidate, opt *Options) (*Lint, error) {
	l := &linter{s: s, b: b, out: &Lint{Tested: []string{}, Findings: []Finding{}}, pairs: map[[2]int]*contest{}, workers: opt.workers()}
	similarity, on := s.similarity()
	if !on {
		l.out.Off = true
		return l.out, nil
	}
	opt.stage("looking for leakage")
	l.out.Similarity = similarity
	if err := l.prompts(ctx); err != nil {
		return nil, err
	}
	l.names()
	l.features()
	l.knobs(ctx, cands)
	if b.log == nil { // a log holds no two answers to one task, of which one could be the better
		if err := l.decisions(ctx, cands); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(l.out.Findings, func(a, b Finding) int { return grave(a) - grave(b) })
	return l.out, nil
}

// A linter gathers findings.
type linter struct {
	s     *Suite
	b     *board
	out   *Lint
	sides []leakage.Side
	pairs map[[2]int]*contest

	workers int
}

func (l *linter) add(f Finding) { l.out.Findings = append(l.out.Findings, f) }

// side is of each row the part of the split that it is on.
func (l *linter) side() []leakage.Side {
	if l.sides == nil {
		l.sides = make([]leakage.Side, len(l.b.matrix.Tasks))
		if l.b.split {
			for _, i := range l.b.tune {
				l.sides[i] = leakage.Tune
			}
		}
		for _, i := range l.b.test {
			l.sides[i] = leakage.Test
		}
	}
	return l.sides
}

// example names tasks by their rows, at most five of them.
func (l *linter) example(rows ...int) Example {
	e := Example{Tasks: []string{}}
	for _, i := range rows[:min(len(rows), 5)] {
		e.Tasks = append(e.Tasks, l.b.matrix.Tasks[i].ID)
	}
	return e
}

// few are the examples of some sets of rows.
func (l *linter) few(sets [][]int) (out []Example) {
	for _, set := range sets[:min(len(sets), 5)] {
		out = append(out, l.example(set...))
	}
	return out
}

// percent is a share as people read it.
func percent(k, n int) string { return fmt.Sprintf("%.3g %%", 100*float64(k)/float64(max(1, n))) }

func pointer(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// columnName is the model of a column.
func (l *linter) columnName(col int) waymark.ModelID { return l.b.matrix.Models[col] }
