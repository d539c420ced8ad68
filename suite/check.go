package suite

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"waymark/internal/claim"
	"waymark/internal/stats"
	"waymark/internal/yamlfile"
)

// A CheckSpec says what the checks are held against.
type CheckSpec struct {
	Baseline *Evidence // what @baseline means; nil: there is none
	// Named finds the run or baseline that another word after @ means.
	Named func(name string) (*Evidence, error)
	Force bool // compare although dataset, graders or prices differ
}

// claims are the suite's checks, read.
func (s *Suite) claims() ([]claim.Claim, error) {
	var out []claim.Claim
	var errs []error
	for i, text := range s.Checks {
		c, err := claim.Parse(text, false)
		if err != nil {
			errs = append(errs, s.claimError(err, "checks", i))
			continue
		}
		out = append(out, c)
	}
	return out, errors.Join(errs...)
}

// sliceNames are what tasks may be cut by in this suite.
func (s *Suite) sliceNames() []string {
	names := []string{"category"}
	all, _ := s.claims() // mistakes in them were reported at load
	for _, c := range all {
		for _, t := range c.Terms {
			names = append(names, t.Slice)
		}
	}
	names = append(names, s.Slices...)
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}

// Policies that checks name, for a store that need not read the others; models are
// among them.
func (s *Suite) Checked() (names []string, at []string, err error) {
	all, err := s.claims()
	for _, c := range all {
		for _, t := range c.Terms {
			if !slices.Contains(names, t.Of) {
				names = append(names, t.Of)
			}
			if t.At != "" && !slices.Contains(at, t.At) {
				at = append(at, t.At)
			}
		}
	}
	return names, at, err
}

// Check decides the suite's checks on a run. Each is decided on a bound of its
// interval: it passes where the whole interval does, fails where none of it does and is
// undecided otherwise.
func (s *Suite) Check(e *Evidence, spec CheckSpec) (*Checked, error) {
	all, err := s.claims()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, s.errorf([]any{"checks"}, "found no checks, expected some, such as \"quality(POLICY) >= quality(POLICY@baseline) - 0.01\"")
	}
	out := &Checked{Schema: Schema, Run: e.Run, Dataset: e.Dataset.Name, Tasks: len(e.Tasks), Level: (1 - e.Level) / 2, Checks: []Verdict{}, New: []string{}, Missing: []string{}, Warnings: []string{}}
	if b := spec.Baseline; e.OffPolicy && e.log == nil || b != nil && b.OffPolicy {
		return nil, &InputError{errors.New("found a run over logged traffic (OFF-POLICY), which cannot be checked after the fact, nor be a baseline: " + whyOffPolicy)}
	}
	out.OffPolicy = e.OffPolicy
	j := &judge{now: e, spec: spec, out: out}
	if b := spec.Baseline; b != nil {
		if err := j.compatible(b); err != nil {
			return nil, err
		}
		out.Baseline, out.Overlap = b.Run, overlap(e, b)
		out.New, out.Missing = named(e, b), named(b, e)
	}
	for i, c := range all {
		for _, one := range e.everySlice(c) {
			v, err := j.decide(one)
			if err != nil {
				return nil, s.claimError(err, "checks", i)
			}
			out.Checks = append(out.Checks, v)
		}
	}
	j.adjust()
	return out, nil
}

// named are the policies of a that b does not have.
func named(a, b *Evidence) []string {
	out := []string{}
	for name, o := range a.Rows {
		if _, ok := b.Rows[name]; !ok && o.Type != "constant" {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

func overlap(a, b *Evidence) (n int) {
	for _, id := range a.Tasks {
		if b.row(id) >= 0 {
			n++
		}
	}
	return n
}

// everySlice is a claim for each value of the slice that it leaves open with a star.
func (e *Evidence) everySlice(c claim.Claim) []claim.Claim {
	return opened(c, func(name string) []string { return e.Slices[name] })
}

// A judge decides claims on the evidence of one run, and of others that they name.
type judge struct {
	now  *Evidence
	spec CheckSpec
	out  *Checked
	ps   []float64
}

// compatible refuses a baseline that would compare unlike things.
func (j *judge) compatible(b *Evidence) error {
	var why []string
	a := j.now
	switch {
	case a.Dataset.Name != b.Dataset.Name:
		why = append(why, fmt.Sprintf("its dataset is %s, not %s", b.Dataset.Name, a.Dataset.Name))
	case a.Dataset.Digest != b.Dataset.Digest:
		why = append(why, fmt.Sprintf("its dataset %s has other contents (%d of %d tasks are in both)", b.Dataset.Name, overlap(a, b), len(a.Tasks)))
	}
	if !slices.Equal(a.Graders, b.Graders) {
		why = append(why, fmt.Sprintf("it was graded by %v, not by %v", b.Graders, a.Graders))
	}
	if a.Dataset.QualityLo != b.Dataset.QualityLo || a.Dataset.QualityHi != b.Dataset.QualityHi {
		why = append(why, "its quality has another range")
	}
	if a.Prices != b.Prices {
		why = append(why, fmt.Sprintf("its costs are by %s prices, not by %s ones", b.Prices, a.Prices))
	}
	if len(why) == 0 {
		return nil
	}
	if !j.spec.Force {
		return &InputError{fmt.Errorf("the baseline %s cannot be compared with: %s; --force compares all the same, on the tasks that both have", b.Run, join(why))}
	}
	for _, w := range why {
		j.out.Warnings = append(j.out.Warnings, "forced: of the baseline, "+w)
	}
	return nil
}

func join(list []string) string {
	out := list[0]
	for _, s := range list[1:] {
		out += "; " + s
	}
	return out
}

// evidence is what a term is about, nil where there is none.
func (j *judge) evidence(t claim.Term) (*Evidence, error) {
	switch {
	case t.At == "":
		return j.now, nil
	case t.At == "baseline" && j.spec.Baseline == nil:
		return nil, nil
	case t.At == "baseline":
		return j.spec.Baseline, nil
	case j.spec.Named == nil:
		return nil, nil
	}
	e, err := j.spec.Named(t.At)
	if err != nil {
		return nil, &claim.Error{Column: t.Column, Msg: err.Error()}
	}
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
		return nil, nil, fmt.Sprintf("%s is not in the baseline %s", t.Of, e.Run), nil
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
	v := Verdict{Expr: c.Text, Op: c.Op, Bound: c.Bound, Verdict: "undecided", Method: "one run", Estimate: Interval(nothing(""))}
	v.Left = leftOf(c)
	if c.String() != c.Text && anyStar(c.Text) {
		v.Expr = c.String()
	}
	for _, t := range c.Terms {
		_, _, why, err := j.outcomes(t)
		if err != nil {
			return v, err
		}
		if why != "" {
			v.Why, v.Estimate.Withheld = why, why
			j.ps = append(j.ps, math.NaN())
			return v, nil
		}
		if t.At != "" {
			v.Method = "paired"
		}
	}
	m, err := j.estimate(c, v.Method == "paired")
	if err != nil {
		return v, err
	}
	if m.why != "" {
		v.Why, v.Estimate.Withheld = m.why, m.why
		j.ps = append(j.ps, math.NaN())
		return v, nil
	}
	v.Estimate, v.Method = m.estimate, pickText(m.method != "", m.method, v.Method)
	j.verdict(&v, c, m)
	return v, nil
}

func pickText(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// verdict decides on the ends of the estimate, and tells what the check can notice.
func (j *judge) verdict(v *Verdict, c claim.Claim, m measured) {
	e, sign := v.Estimate, pick(c.AtLeast(), 1, -1)
	j.ps = append(j.ps, math.NaN())
	if math.IsNaN(e.Value) || e.Withheld != "" {
		v.Why = "no interval: " + e.Withheld
		return
	}
	worst, best := e.Lo, e.Hi
	if sign < 0 {
		worst, best = e.Hi, e.Lo
	}
	strict := len(c.Op) == 1
	slack := func(x float64) float64 { return sign * (x - c.Bound) }
	switch {
	case slack(worst) > 0 || !strict && slack(worst) >= -1e-12:
		v.Verdict, v.Why = "pass", "the whole interval meets it"
	case slack(best) < 0:
		v.Verdict, v.Why = "fail", "no part of the interval meets it"
	default:
		v.Why = "the interval lies on both sides of the bound"
	}
	se := (e.Hi - e.Lo) / 2 / m.quantile
	z := distuv.UnitNormal.Quantile(0.5 + j.now.Level/2)
	unchanged := slack(m.unchanged)
	if se > 0 {
		j.ps[len(j.ps)-1] = distuv.UnitNormal.CDF(slack(e.Value) / se)
		p := distuv.UnitNormal.CDF(unchanged/se - z)
		least := unchanged + (z+distuv.UnitNormal.Quantile(0.8))*se
		v.PassIfUnchanged, v.SmallestNoticed = &p, &least
	}
}

// adjust names a failure only where it stands after Holm's adjustment for the number of
// checks; that all pass needs no adjustment.
func (j *judge) adjust() {
	for i, p := range stats.Holm(j.ps) {
		v := &j.out.Checks[i]
		if !math.IsNaN(p) {
			v.PHolm = &p
		}
		if v.Verdict == "fail" && p > j.out.Level {
			v.Verdict, v.Why = "undecided", fmt.Sprintf("it would fail alone, but not among %d checks (p = %.3g after Holm)", len(j.ps), p)
		}
		switch v.Verdict {
		case "pass":
			j.out.Passed++
		case "fail":
			j.out.Failed++
		default:
			j.out.Open++
		}
	}
}
