package policies

import (
	"strings"
	"unicode/utf8"

	"waymark"
)

// AcceptLength gives 1 to an answer whose length lies in the range, both ends among
// it, and less the further it lies outside: shortest over length, or length over
// longest, the other way round.
type AcceptLength struct {
	Unit string `yaml:"unit" json:"unit" doc:"characters (the default) or words"`
	Min  int    `yaml:"min" json:"min" doc:"the shortest that is right; default 1"`
	Max  int    `yaml:"max" json:"max" doc:"the longest that is right; default without bound"`
}

// Build checks the range.
func (c *AcceptLength) Build(Inputs, []waymark.ModelID) (Acceptor, error) {
	measure := utf8.RuneCountInString
	switch c.Unit {
	case "", "characters":
	case "words":
		measure = func(s string) int { return len(strings.Fields(s)) }
	default:
		return nil, fieldf([]any{"unit"}, "found %q, expected characters or words", c.Unit)
	}
	if c.Min < 0 {
		return nil, fieldf([]any{"min"}, "found %d, expected a number of at least 0", c.Min)
	}
	if c.Max < 0 || c.Max > 0 && c.Max < c.Min {
		return nil, fieldf([]any{"max"}, "found %d, expected a number of at least min, %d", c.Max, c.Min)
	}
	least := max(1, c.Min)
	return acceptText(func(text string) float64 {
		n := measure(strings.TrimSpace(text))
		switch {
		case n < least:
			return float64(n) / float64(least)
		case c.Max > 0 && n > c.Max:
			return float64(c.Max) / float64(n)
		}
		return 1
	}), nil
}
