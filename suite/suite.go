package suite

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waymark"
	"waymark/evaluators"
	"waymark/internal/claim"
	"waymark/internal/yamlfile"
	"waymark/policies"
)

// A Suite is a loaded suite file: decoded and checked as far as that goes without
// its data.
type Suite struct {
	File
	Path string // as given
	Text []byte
	doc  *yamlfile.Doc
}

// Load reads a suite file. Mistakes are reported as file:line:column, all of
// them at once.
func Load(path string) (*Suite, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// Parse is Load for text that is already read; path is where its relative paths
// start and what errors name.
func Parse(path string, text []byte) (*Suite, error) {
	s := &Suite{Path: path, Text: text}
	doc, err := yamlfile.Decode(path, text, &s.File)
	if err != nil {
		return nil, err
	}
	s.doc = doc
	return s, s.check()
}

// DatasetPath is the dataset's folder, relative to the suite file.
func (s *Suite) DatasetPath() string {
	if filepath.IsAbs(s.Dataset) {
		return s.Dataset
	}
	return filepath.Join(filepath.Dir(s.Path), filepath.FromSlash(s.Dataset))
}

// check finds the mistakes that need no data.
func (s *Suite) check() error {
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	seen := map[string]bool{}
	for i, p := range s.Policies {
		if p.Name == "" {
			continue // reported by the decoder
		}
		if strings.ContainsAny(p.Name, "()@\"'\n") {
			add(s.errorf([]any{"policies", i, "name"}, "found %q, expected a name without brackets, quotes or @", p.Name))
		}
		if seen[p.Name] {
			add(s.errorf([]any{"policies", i, "name"}, "found %q a second time, expected a name of its own", p.Name))
		}
		if p.Repeats < 0 || p.Repeats > 1000 {
			add(s.errorf([]any{"policies", i, "repeats"}, "found %d, expected 1 to 1000", p.Repeats))
		}
		seen[p.Name] = true
	}
	if len(s.Policies) == 0 {
		add(s.errorf([]any{"policies"}, "found no policy, expected at least one"))
	}
	add(s.checkObjective())
	_, err := s.claims()
	add(err)
	if s.Split != nil {
		if err := s.Split.Check(); err != nil {
			add(s.errorf([]any{"split"}, "%v", err))
		}
	}
	if s.Traffic != nil {
		add(s.Traffic.check(s))
	}
	add(s.OffPolicy.check(s))
	if !slices.Contains([]string{"", "error", "complete", "bounds"}, s.Holes) {
		add(s.errorf([]any{"holes"}, "found %q, expected error, complete or bounds", s.Holes))
	}
	if !(s.Tolerance >= 0 && s.Tolerance < 1) {
		add(s.errorf([]any{"tolerance"}, "found %g, expected a share of at least 0 and below 1", s.Tolerance))
	}
	if s.Stale != nil && *s.Stale < 0 {
		add(s.errorf([]any{"stale"}, "found %d, expected a number of days, at least 0", *s.Stale))
	}
	if s.SLO != nil && !(*s.SLO > 0 && !math.IsInf(*s.SLO, 0)) {
		add(s.errorf([]any{"slo_ms"}, "found %g, expected milliseconds above 0", *s.SLO))
	}
	add(s.checkParaphrases())
	add(s.loadFitted())
	if _, err := s.prices(); err != nil {
		add(err)
	}
	if _, err := newGraders(s); err != nil {
		add(err)
	}
	return errors.Join(errs...)
}

func (s *Suite) checkObjective() error {
	o := s.Objective
	if o == nil {
		return nil
	}
	if o.Confidence != 0 && !(o.Confidence > 0.5 && o.Confidence < 1) {
		return s.errorf([]any{"objective", "confidence"}, "found %g, expected a number between 0.5 and 1", o.Confidence)
	}
	err := o.Check()
	var at *claim.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at):
		return s.claimError(err, "objective", "subject_to")
	}
	return s.errorf([]any{"objective"}, "%v", err)
}

// Check finds the mistakes that need no data.
func (o *Objective) Check() error {
	if (o.Minimise == "cost") == (o.Maximise == "quality") || o.Minimise != "" && o.Maximise != "" {
		return fmt.Errorf("found minimise: %q and maximise: %q, expected either minimise: cost or maximise: quality", o.Minimise, o.Maximise)
	}
	_, err := o.conditions()
	return err
}

// claimError blames the column of a claim that stands at a path of the suite file.
func (s *Suite) claimError(err error, path ...any) error {
	var at *claim.Error
	var placed *InputError
	switch {
	case errors.As(err, &placed): // it says what it is about
		return err
	case !errors.As(err, &at):
		return s.errorf(path, "%v", err)
	}
	return s.doc.ErrorWithin(path, at.Column, "%s", at.Msg)
}

// confidence is that of every interval of the run.
func (s *Suite) confidence() float64 {
	if s.Objective != nil && s.Objective.Confidence != 0 {
		return s.Objective.Confidence
	}
	return 0.95
}

// errorf blames a place in the suite file.
func (s *Suite) errorf(path []any, format string, args ...any) error {
	return s.doc.Errorf(path, format, args...)
}

// graderSpec is what the suite says under grader, and whether it says anything.
func (s *Suite) graderSpec() (any, bool, error) {
	if s.Grader.Kind == 0 {
		return nil, false, nil
	}
	var spec any
	if err := s.Grader.Decode(&spec); err != nil {
		return nil, false, s.errorf([]any{"grader"}, "%v", err)
	}
	return spec, true, nil
}

func (s *Suite) graderError(err error) error {
	var at *evaluators.SpecError
	if errors.As(err, &at) {
		return s.errorf(append([]any{"grader"}, at.Path...), "%s", at.Msg)
	}
	return s.errorf([]any{"grader"}, "%v", err)
}

// policyError blames the key of a policy that its construction blames. What is out of
// reach is told with its place too, but is no mistake of the suite.
func (s *Suite) policyError(i int, err error) error {
	placed := s.placedError(i, err)
	if policies.IsOutage(err) {
		return errors.New(placed.Error())
	}
	return placed
}

func (s *Suite) placedError(i int, err error) error {
	var at *policies.FieldError
	if errors.As(err, &at) {
		return s.errorf(append([]any{"policies", i}, at.Path...), "%s", at.Msg)
	}
	return s.errorf([]any{"policies", i}, "%v", err)
}

func nearest(m waymark.ModelID, known map[waymark.ModelID]bool) string {
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, string(k))
	}
	slices.Sort(names)
	if near := yamlfile.Nearest(string(m), names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

func compare(a, b string) int { return strings.Compare(a, b) }
