package policies

import (
	"fmt"
	"regexp"

	"waymark"
)

// refusals and hedges are what an answer says that gives none, or is not sure. They are
// matched without regard to case, anywhere in the answer. docs/policies/cascade.md lists them.
var refusals = []string{
	`\bI(?:'m| am) (?:sorry|unable|not able)\b`, `\bI (?:cannot|can't|can not|won't) (?:help|assist|answer|provide|do|comply|determine|access)\b`,
	`\bas an AI\b`, `\bI (?:do not|don't) (?:know|have (?:access|enough))\b`, `\bunable to (?:answer|determine|complete|help)\b`,
	`\b(?:cannot|can't|could not|couldn't) be determined\b`, `\bnot enough information\b`, `\bno answer\b`,
}

var hedges = []string{
	`\bI(?:'m| am) not (?:sure|certain)\b`, `\bI (?:think|believe|guess|suppose)\b`, `\b(?:probably|possibly|perhaps|maybe)\b`,
	`\bit (?:seems|appears)\b`, `\b(?:might|may) be\b`, `\bhard to say\b`, `\bnot entirely clear\b`,
}

// AcceptPatterns gives 1 − the share of patterns that an answer matches, of those in
// force; or, with any, 0 where it matches any and 1 where it matches none.
type AcceptPatterns struct {
	Refusals *bool    `yaml:"refusals" json:"refusals" doc:"the refusals that are known; default true"`
	Hedges   *bool    `yaml:"hedges" json:"hedges" doc:"the hedges that are known; default true"`
	Patterns []string `yaml:"patterns" json:"patterns" doc:"regular expressions (RE2) of one's own that speak against an answer"`
	Any      bool     `yaml:"any" json:"any" doc:"one match is enough to give 0; default false: 1 less the share that match"`
}

// Build compiles the patterns.
func (c *AcceptPatterns) Build(Inputs, []waymark.ModelID) (Acceptor, error) {
	var all []*regexp.Regexp
	for _, known := range []struct {
		on   *bool
		list []string
	}{{c.Refusals, refusals}, {c.Hedges, hedges}} {
		if known.on != nil && !*known.on {
			continue
		}
		for _, p := range known.list {
			all = append(all, regexp.MustCompile("(?i)"+p))
		}
	}
	for i, p := range c.Patterns {
		if len(p) > 10_000 {
			return nil, fieldf([]any{"patterns", i}, "found a pattern of %d bytes, expected at most 10000", len(p))
		}
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, fieldf([]any{"patterns", i}, "found %q, expected a regular expression of RE2, which has no lookaround and no backreference: %v", p, err)
		}
		all = append(all, re)
	}
	if len(all) == 0 {
		return nil, fieldf([]any{"patterns"}, "found no pattern in force, expected some of one's own, or refusals or hedges")
	}
	return acceptText(func(text string) float64 {
		n := 0
		for _, re := range all {
			if re.MatchString(text) {
				n++
			}
		}
		if c.Any && n > 0 {
			return 0
		}
		return 1 - float64(n)/float64(len(all))
	}), nil
}

// String tells the acceptor for a person.
func (c *AcceptPatterns) String() string {
	return fmt.Sprintf("patterns (%d of one's own)", len(c.Patterns))
}
