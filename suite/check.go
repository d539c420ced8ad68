package suite

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"waymark/internal/claim"
)

// A CheckSpec says what the checks are held against.
type CheckSpec struct {
	Baseline *Evidence // what @baseline means; nil: there is none
	// Named finds the run or baseline that another word after @ means.
	Named func(name string) (*Evidence, error)
	Force bool      // compare although dataset, graders or prices differ
	Now   time.Time // when the check is made, by which responses are stale; zero: nobody asks
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

// Checked are the policies and models that checks name, for a store that need not read
// the others, and the runs that they name after an @.
func (s *Suite) Checked() (names, at []string, err error) {
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

// Check decides the suite's checks on a run, each on a bound of its interval.
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
	j := &judge{now: e, spec: spec, out: out, money: ofMoney(all), others: map[string]*Evidence{}}
	if spec.Baseline != nil {
		if err := j.baseline(spec.Baseline); err != nil {
			return nil, err
		}
	}
	j.warnStale(s.Stale, e)
	for i, c := range all {
		if err := j.judge(c); err != nil {
			return nil, s.claimError(err, "checks", i)
		}
	}
	j.adjust()
	return out, nil
}

// ofMoney reports whether some claim holds costs of two runs against each other.
func ofMoney(all []claim.Claim) bool {
	return slices.ContainsFunc(all, func(c claim.Claim) bool {
		return c.Terms[0].Metric.Unit == claim.USD && slices.ContainsFunc(c.Terms, func(t claim.Term) bool { return t.At != "" })
	})
}

// baseline makes ready to hold the run against another.
func (j *judge) baseline(b *Evidence) error {
	if err := j.compatible(b); err != nil {
		return err
	}
	j.out.Baseline, j.out.Overlap = b.Run, overlap(j.now, b)
	if b.Run == "" {
		j.out.Baseline = "a run that was not kept"
	}
	j.out.New, j.out.Missing = named(j.now, b), named(b, j.now)
	return nil
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

// compatible refuses a run that would compare unlike things.
func (j *judge) compatible(b *Evidence) error {
	why := unlike(j.now, b)
	if j.now.Prices != b.Prices && j.money {
		why = append(why, fmt.Sprintf("its costs are by %s, not by %s", pricesOf(b), pricesOf(j.now)))
	}
	if b.Incomplete != "" {
		why = append(why, "it is incomplete: "+b.Incomplete)
	}
	if len(why) > 0 && !j.spec.Force {
		return &InputError{fmt.Errorf("%s cannot be compared with: %s; --force compares all the same, on the tasks whose ids both have", runName(b), strings.Join(why, "; "))}
	}
	for _, w := range why {
		j.warn(fmt.Sprintf("forced: of %s, %s", runName(b), w))
	}
	for _, n := range rests(j.now, b) {
		j.warn(n)
	}
	return nil
}

func pricesOf(e *Evidence) string {
	if e.Prices == "recorded" || e.Prices == "" {
		return "recorded prices"
	}
	if len(e.Prices) > 60 || strings.Contains(e.Prices, "\n") {
		return "another price book"
	}
	return e.Prices + " prices"
}

// judge decides a claim, or one for each value of the slice that it leaves open.
func (j *judge) judge(c claim.Claim) error {
	list, err := j.now.opened(c)
	if err != nil {
		return err
	}
	for _, one := range list {
		v, err := j.decide(one)
		if err != nil {
			return err
		}
		j.out.Checks = append(j.out.Checks, v)
	}
	return j.goneSlices(c)
}

// goneSlices warns of values of an open slice that only the other run has: no check is left of them.
func (j *judge) goneSlices(c claim.Claim) error {
	for _, t := range c.Terms {
		if t.Value != "*" || t.At == "" {
			continue
		}
		e, err := j.evidence(t)
		if err != nil || e == nil {
			return err
		}
		var gone []string
		for _, v := range e.Slices[t.Slice] {
			if !slices.Contains(j.now.Slices[t.Slice], v) && !slices.Contains(gone, v) {
				gone = append(gone, v)
			}
		}
		if len(gone) > 0 {
			sort.Strings(gone)
			j.warn(fmt.Sprintf("%s of %s is in %s only: nothing is checked there", t.Slice, strings.Join(gone, ", "), runName(e)))
		}
	}
	return nil
}
