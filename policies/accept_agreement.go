package policies

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"waymark"
)

// AcceptAgreement asks the same model for further samples and gives the share of all
// samples, the answer's own among them, that say the same as the answer (self-consistency,
// Wang et al. 2023, arXiv:2203.11171). The answer is sample 1 of its model; samples 2 to n are asked
// for side by side and charged. A sample whose call failed agrees with nothing.
type AcceptAgreement struct {
	Samples int    `yaml:"samples" json:"samples" doc:"how many, the answer among them; at least 2" required:"true"`
	Last    bool   `yaml:"last" json:"last" doc:"compare the last line alone, where the answer stands after its reasoning"`
	Extract string `yaml:"extract" json:"extract" doc:"a regular expression (RE2) whose last match, or its first group, is compared; default: the whole answer"`
}

// mostRead is how many bytes of a text, from its end, are searched for an answer or a score.
const mostRead = 1 << 20

// mostSamples is how many samples may be asked for.
const mostSamples = 100

// Build checks the number of samples.
func (c *AcceptAgreement) Build(Inputs, []waymark.ModelID) (Acceptor, error) {
	if c.Samples < 2 || c.Samples > mostSamples {
		return nil, fieldf([]any{"samples"}, "found %d, expected 2 to %d", c.Samples, mostSamples)
	}
	a := &agreement{n: c.Samples, last: c.Last}
	if c.Extract != "" {
		if c.Last {
			return nil, fieldf([]any{"last"}, "found both last and extract, expected one of them")
		}
		re, err := regexp.Compile(c.Extract)
		if err != nil {
			return nil, fieldf([]any{"extract"}, "found %q, expected a regular expression of RE2: %v", c.Extract, err)
		}
		a.extract = re
	}
	return a, nil
}

type agreement struct {
	n       int
	last    bool
	extract *regexp.Regexp
}

// calls is how many further calls rating one answer makes.
func (a *agreement) calls(m waymark.ModelID) []waymark.ModelID {
	out := make([]waymark.ModelID, a.n-1)
	for i := range out {
		out[i] = m
	}
	return out
}

func (a *agreement) Accept(ctx context.Context, t *waymark.Trial, c waymark.Call) (float64, error) {
	if !c.HasOutput {
		return 0, errNoText
	}
	reqs := make([]waymark.Request, a.n-1)
	for i := range reqs {
		reqs[i] = c.Request
		reqs[i].Sample = i + 2
	}
	more, err := t.Call(ctx, reqs...)
	if err != nil && lost(ctx, err) {
		return 0, err
	}
	own, same := a.normal(c.Output), 1
	for _, m := range more {
		switch {
		case m.Err != "":
		case !m.HasOutput:
			return 0, fmt.Errorf("sample %d: %w", m.Sample, errNoText)
		case a.normal(m.Output) == own:
			same++
		}
	}
	return float64(same) / float64(a.n), nil
}

// normal is what is compared: without case, punctuation at the ends, and runs of blanks.
func (a *agreement) normal(text string) string {
	text = text[max(0, len(text)-mostRead):]
	if a.last {
		text = strings.TrimSpace(text)
		text = text[strings.LastIndexByte(text, '\n')+1:]
	}
	if a.extract != nil {
		all := a.extract.FindAllStringSubmatch(text, -1)
		if len(all) > 0 {
			found := all[len(all)-1]
			text = found[min(1, len(found)-1)]
		}
	}
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
}
