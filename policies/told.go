package policies

import (
	"fmt"
	"math"
	"strings"

	"waymark"
	"waymark/internal/learn"
)

// A Fact is what a learned part that was fitted tells a person.
type Fact struct {
	Part  string // where in the configuration it stands
	Title string
	Text  string // lines
}

// Facts is what the learned parts that were fitted tell, in the order of their fitting.
func (l *Learning) Facts() []Fact { return l.facts }

// Difficulties is how difficult each query was found, in standard deviations from the mean, by the first item response
// model that was fitted; nil if there is none. A query of which nothing is known has none.
func (l *Learning) Difficulties() map[string]float64 { return l.difficulties }

// tell keeps what an estimator found.
func (in Inputs) tell(model any, columns []string, outputs []string, o *waymark.Outcomes) {
	l := in.Learning
	add := func(title, text string) {
		l.facts = append(l.facts, Fact{Part: strings.TrimSuffix(in.part, "/"), Title: title, Text: text})
	}
	switch m := model.(type) {
	case *learn.Tree:
		add("the tree", m.Print(columns))
	case *learn.IRT:
		add("abilities, in standard deviations of difficulty", abilities(m, outputs))
		if l.difficulties == nil && len(m.Difficulty) == o.Len() {
			l.difficulties = map[string]float64{}
			for i, d := range m.Difficulty {
				if !math.IsNaN(float64(d)) {
					l.difficulties[o.Queries.IDs[i]] = float64(d)
				}
			}
		}
	}
}

func abilities(m *learn.IRT, outputs []string) string {
	var b strings.Builder
	for k, a := range m.Ability {
		name := fmt.Sprint("output ", k)
		if k < len(outputs) {
			name = outputs[k]
		}
		fmt.Fprintf(&b, "%-32s %+.2f ± %.2f\n", name, a, m.AbilityError[k])
	}
	fmt.Fprintf(&b, "features explain %.0f %% of the variance of difficulty (cross-validated)\n", 100*max(0, m.Explained))
	return b.String()
}

// A named feature says what its columns are.
type named interface{ names() []string }

// names are those of the columns, as far as these do: of those behind one that
// does not the place is not known.
func (r *representation) names() (out []string) {
	for _, f := range r.features {
		n, ok := f.(named)
		if !ok {
			break
		}
		out = append(out, n.names()...)
	}
	return out
}
