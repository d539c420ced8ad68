package suite

import (
	"fmt"
	"slices"
	"sort"

	"waymark/internal/claim"
	"waymark/internal/yamlfile"
)

// A judge decides claims on the evidence of one run, and of others that they name.
type judge struct {
	now    *Evidence
	spec   CheckSpec
	out    *Checked
	money  bool                 // costs are held against those of another run
	others map[string]*Evidence // that checks name, and that are fit to be compared with
}

func (j *judge) warn(text string) {
	if !slices.Contains(j.out.Warnings, text) {
		j.out.Warnings = append(j.out.Warnings, text)
	}
}

// evidence is what a term is about, nil where there is none.
func (j *judge) evidence(t claim.Term) (*Evidence, error) {
	switch {
	case t.At == "":
		return j.now, nil
	case t.At == "baseline":
		return j.spec.Baseline, nil
	case j.others[t.At] != nil || j.spec.Named == nil:
		return j.others[t.At], nil
	}
	e, err := j.spec.Named(t.At)
	if err == nil {
		err = j.compatible(e)
	}
	if err != nil {
		return nil, &claim.Error{Column: t.Column, Msg: err.Error()}
	}
	j.others[t.At] = e
	return e, nil
}

// outcomes are the rows that a term is about; why says what is missing.
func (j *judge) outcomes(t claim.Term) (e *Evidence, o *Outcomes, why string, err error) {
	if e, err = j.evidence(t); err != nil || e == nil {
		return nil, nil, "there is no baseline yet", err
	}
	if o = e.Rows[t.Of]; o != nil {
		return e, o, "", nil
	}
	if t.At != "" {
		why = fmt.Sprintf("%s is not in %s", t.Of, runName(e))
		if mine := j.now.Rows[t.Of]; mine != nil && mine.Type == "constant" {
			why += ", which results.db keeps without models that no policy of type fixed stands for"
		}
		return nil, nil, why, nil
	}
	var names []string
	for n := range e.Rows {
		names = append(names, n)
	}
	sort.Strings(names)
	msg := fmt.Sprintf("found %q, expected a policy or model that has a row in this run", t.Of)
	if near := yamlfile.Nearest(t.Of, names); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, nil, "", &claim.Error{Column: t.Column, Msg: msg}
}

// decide judges one claim.
func (j *judge) decide(c claim.Claim) (Verdict, error) {
	v := Verdict{Expr: c.Text, Op: c.Op, Bound: c.Bound, Left: c.Left(), Verdict: "undecided", Method: "one run", Estimate: Interval(nothing("")), atLeast: c.AtLeast()}
	for _, t := range c.Terms {
		_, o, why, err := j.outcomes(t)
		if err != nil {
			return v, err
		}
		if why == "" && t.Metric.Unit != claim.Count && o.Holes > 0 {
			why = fmt.Sprintf("%s lacks the response that it needs for %d decisions: what they would have come to is not known", t.Of, o.Holes)
		}
		if why == "" && t.Metric.Unit == claim.USD && o.CostLowerBound > 0 {
			why = fmt.Sprintf("what the router of %s itself costs is not recorded for %d decisions: its cost is a lower bound", t.Of, o.CostLowerBound)
		}
		if why != "" {
			v.Why, v.Estimate.Withheld, v.Method = why, why, "none"
			return v, nil
		}
		if t.At != "" {
			v.Method = "paired"
		}
	}
	m, err := j.estimate(c)
	if err != nil {
		return v, err
	}
	if m.why != "" {
		v.Why, v.Estimate.Withheld = m.why, m.why
		return v, nil
	}
	if m.method != "" {
		v.Method = m.method
	}
	v.decide(c, &m)
	return v, nil
}

// leastOverlap is the share of the run's tasks that another run must have for the
// two to be paired.
const leastOverlap = 0.5

// estimate is the left side of a claim with its interval.
func (j *judge) estimate(c claim.Claim) (measured, error) {
	if j.now.log != nil {
		return j.now.log.claimed(j.now, c)
	}
	switch c.Terms[0].Metric.Unit {
	case claim.Figure:
		return j.figure(c.Terms[0]), nil
	case claim.Count:
		return j.count(c.Terms[0])
	case claim.MS:
		return j.latency(c)
	}
	for _, t := range c.Terms {
		e, err := j.evidence(t)
		if err != nil {
			return measured{}, err
		}
		n := overlap(j.now, e)
		if float64(n) < leastOverlap*float64(len(j.now.Tasks)) {
			return j.unpaired(c)
		}
		if n < len(j.now.Tasks) {
			j.warn(fmt.Sprintf("%d of %d tasks are in %s too: comparisons with it are made on those", n, len(j.now.Tasks), runName(e)))
		}
	}
	return j.pairedMean(c)
}

func pickText(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

func mirrored(e Interval) Interval {
	e.Value, e.Lo, e.Hi = -e.Value, -e.Hi, -e.Lo
	return e
}
