package suite_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"waymark/datasets/demo"
	"waymark/suite"
)

// The suite on the page of cascades runs on the demo's data, and every policy of it has a row.
func TestThePageOfCascadesRuns(t *testing.T) {
	text, err := os.ReadFile("../docs/policies/cascade.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(dataset:.*?)```").FindSubmatch(text)
	dir := t.TempDir()
	if err := (demo.Generator{Seed: 1, Count: 600}).Write(t.Context(), filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(path, block[1], 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := suite.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	res := result(t, s, suite.Options{})
	if len(res.Policies) != len(s.Policies) || len(res.Policies) < 5 || len(res.Baselines.Verifiers) < 3 {
		t.Fatalf("%d rows of %d policies, %d perfect verifiers", len(res.Policies), len(s.Policies), len(res.Baselines.Verifiers))
	}
	for _, r := range res.Policies {
		if r.Failed > 0 || r.Holes > 0 || r.N == 0 {
			t.Errorf("%s: %d answered, %d failed, %d holes", r.Name, r.N, r.Failed, r.Holes)
		}
	}
	for _, v := range res.Baselines.Verifiers { // it is at least as good as each of its models
		for _, m := range v.Models {
			if c := named(res.Constants, m); c.Quality.Value > v.Quality.Value+1e-12 {
				t.Errorf("%s has %g, %s alone %g", v.Name, v.Quality.Value, m, c.Quality.Value)
			}
		}
	}
}
