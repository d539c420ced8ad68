package demo_test

import (
	"os"
	"path/filepath"
	"testing"

	"waymark/datasets"
	"waymark/datasets/demo"
	"waymark/suite"
)

// TestSuiteOnFolder writes the folder, reads it back and runs the suite that goes
// with it.
func TestSuiteOnFolder(t *testing.T) {
	dir := t.TempDir()
	g := demo.Generator{Seed: 7, Count: 3000}
	if err := g.Write(t.Context(), filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	folder, err := datasets.Open(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := folder.Info(), g.Info(); !got.Synthetic || got.Name != want.Name || got.Source != want.Source {
		t.Errorf("info %+v, want %+v", got, want)
	}
	path := filepath.Join(dir, "suite.yaml")
	if err := os.WriteFile(path, []byte(demo.SuiteYAML), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := suite.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Run(t.Context(), suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Policies) < 8 || len(res.Policies) > 10 {
		t.Errorf("%d policies, want 8 to 10", len(res.Policies))
	}
	for _, row := range append(res.Policies, res.Constants...) {
		t.Logf("%-18s n %d quality %.3f cost %.3g failed %d holes %d knob %v frontier %v", row.Name, row.N, row.Quality.Value, row.Cost.PerTask.Value, row.Failed, row.Holes, row.Knob, row.OnFrontier)
		if row.Failed > 0 || row.Holes > 0 {
			t.Errorf("%s: %d failed, %d holes", row.Name, row.Failed, row.Holes)
		}
	}
	t.Log(res.Frontier, res.Warnings, res.Grading)
}
