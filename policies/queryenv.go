package policies

import (
	"strings"
	"unicode/utf8"

	"waymark"
	"waymark/internal/expression"
)

// QueryNames are the names that an expression over a query may use, with samples
// of their types: prompt is the text of the user messages, length its characters,
// words and lines its counts, turns the number of messages; features are the
// dataset's by their own names. A feature may be of any type.
func QueryNames(features []string) map[string]any {
	env := map[string]any{"prompt": "", "length": 0, "words": 0, "lines": 0, "turns": 0}
	for _, f := range features {
		if _, taken := env[f]; !taken {
			env[f] = nil
		}
	}
	return env
}

// queryEnv is the values of those names for one query after another. It computes
// only what the programs use.
type queryEnv struct {
	text bool
	vals map[string]any
}

func newQueryEnv(programs []*expression.Program) *queryEnv {
	e := &queryEnv{vals: map[string]any{}}
	for _, p := range programs {
		for _, name := range []string{"prompt", "length", "words", "lines", "turns"} {
			e.text = e.text || p.Uses(name)
		}
	}
	return e
}

func (e *queryEnv) of(qs *waymark.Queries, i int) map[string]any {
	for name, col := range qs.Features {
		e.vals[name] = col.Value(i)
	}
	if e.text {
		ms := qs.Conversation(i)
		prompt := waymark.Prompt(ms)
		e.vals["prompt"] = prompt
		e.vals["length"] = utf8.RuneCountInString(prompt)
		e.vals["words"] = len(strings.Fields(prompt))
		e.vals["lines"] = strings.Count(prompt, "\n") + 1
		e.vals["turns"] = len(ms)
	}
	return e.vals
}
