package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"waymark/internal/testdata"
	"waymark/reports"
	"waymark/suite"
)

// swebench is the result of 24 models and some policies on recorded data.
func swebench(t testing.TB) *suite.Result {
	t.Helper()
	dir, err := filepath.Abs(testdata.Shared(t, "data/swebench_bashonly"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := suite.Parse("swe.yaml", []byte(fmt.Sprintf(`dataset: %q
split: {tune: 0.5, seed: 7}
policies:
  - {name: by-repo, type: table, by: category, routes: {django/django: gpt-5-mini}, default: sonnet-4-5-20250929}
  - {name: long-prompts, type: threshold, scorer: {type: length}, weak: gpt-5-mini, strong: sonnet-4-5-20250929, threshold: sweep}
objective: {minimise: cost, subject_to: "quality >= 0.95 * quality(sonnet-4-5-20250929)"}
`, dir)))
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Run(t.Context(), suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestRealReport(t *testing.T) {
	dir := os.Getenv("WAYMARK_LOOK") // a folder to look at afterwards
	if dir == "" {
		dir = t.TempDir()
	}
	paths, err := reports.Write(t.Context(), swebench(t), dir, nil)
	if err != nil || len(paths) < 10 {
		t.Fatalf("%v, %v", paths, err)
	}
}
