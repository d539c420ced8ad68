package policies

import (
	"unicode/utf8"

	"waymark"
)

// Length rates a query by the characters of its prompt: the plainest baseline
// of a learned router, and often hard to beat.
type Length struct{}

// Build makes the scorer.
func (*Length) Build(Inputs) (Scorer, error) {
	return scoreFunc(func(qs *waymark.Queries, i int) float64 {
		return float64(utf8.RuneCountInString(waymark.Prompt(qs.Conversation(i))))
	}), nil
}
