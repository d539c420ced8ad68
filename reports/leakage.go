package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"waymark/suite"
)

// Leakage are the findings of a lint that are more than a note, a line each, and what
// there is besides.
func Leakage(l *suite.Lint) (lines []string) {
	if l == nil {
		return nil
	}
	if l.Off {
		return []string{"the suite switches the leakage lint off: nobody looked whether the tasks or policies know the answers"}
	}
	for _, f := range l.Grave() {
		lines = append(lines, clean(fmt.Sprintf("%s: %s%s. %s.", f.Severity, about(f), f.Text, capital(advice(f)))))
	}
	return lines
}

// about names the policy that a finding is about.
func about(f suite.Finding) string {
	if f.Policy == "" {
		return ""
	}
	return f.Policy + ": "
}

// advice is what to do about a finding, with where to look first.
func advice(f suite.Finding) string {
	if e := examples(f, 2); e != "" {
		return "for example " + e + "; " + f.Advice
	}
	return f.Advice
}

// examples are some of a finding's, the first and the last, as text: ids joined by =
// or, where they are only similar, by ≈.
func examples(f suite.Finding, most int) string {
	var out []string
	few := f.Examples
	if n := len(few); n > most {
		few = append(few[:most-1:most-1], few[n-1])
	}
	for _, e := range few {
		var ids []string
		for _, id := range e.Tasks {
			ids = append(ids, shorten(id, 40))
		}
		s := strings.Join(ids, " = ")
		if e.Similarity != nil && *e.Similarity < 1 {
			s = strings.Join(ids, " ≈ ") + fmt.Sprintf(" (%.2f)", *e.Similarity)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// suspicious reports whether the lint suspects a policy.
func suspicious(l *suite.Lint, policy string) bool {
	if l == nil {
		return false
	}
	for _, f := range l.Findings {
		if f.Policy == policy && f.Severity == suite.Suspicious {
			return true
		}
	}
	return false
}

// looked is what a lint went over, in a sentence.
func looked(l *suite.Lint) string {
	if l == nil || l.Off {
		return ""
	}
	s := fmt.Sprintf("The leakage lint compared the prompts of %d reported tasks with those of %d others (similarity %g and more)", l.Compared, l.Among, l.Similarity)
	if l.Among == 0 {
		s = fmt.Sprintf("The leakage lint compared the prompts of %d reported tasks with each other (similarity %g and more)", l.Compared, l.Similarity)
	}
	if len(l.Tested) > 0 {
		s += "; it held the decisions of " + strings.Join(l.Tested, ", ") + " against the grades"
	}
	if len(l.Findings) == 0 {
		s += "; it found nothing"
	}
	return clean(s + ".")
}

// leakageGrid holds every finding.
func leakageGrid(l *suite.Lint) grid {
	g := grid{title: "Leakage", header: []string{"", "policy", "found", "for example", "what to do"}}
	if l == nil {
		return g
	}
	for _, f := range l.Findings {
		policy := unknown
		if f.Policy != "" {
			policy = shorten(f.Policy, 34)
		}
		g.rows = append(g.rows, []string{f.Severity, policy, f.Text, examples(f, 5), f.Advice})
	}
	return g
}

func leakageCSV(w io.Writer, res *suite.Result) error {
	c := csv.NewWriter(w)
	c.Write([]string{"kind", "severity", "policy", "count", "of", "at_least", "p_holm", "odds_ratio", "odds_ratio_lo", "odds_ratio_hi", "text", "examples"})
	if res.Leakage != nil {
		for _, f := range res.Leakage.Findings {
			line := []string{f.Kind, f.Severity, cell(f.Policy), fmt.Sprint(f.Count), fmt.Sprint(f.Of), fmt.Sprint(f.AtLeast), "", "", "", ""}
			if f.P != nil {
				line[6] = number(*f.P)
			}
			if o := f.Odds; o != nil {
				line[7], line[8], line[9] = number(float64(o.Value)), number(float64(o.Lo)), number(float64(o.Hi))
			}
			c.Write(append(line, cell(f.Text), cell(examples(f, 5))))
		}
	}
	c.Flush()
	return c.Error()
}
