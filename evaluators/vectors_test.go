package evaluators_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"waymark"
	"waymark/evaluators"
	"waymark/internal/testdata"
)

// The vectors hold what six published implementations give on awkward answers. A
// preset of a name gives what that implementation gives.
func TestPresetsReproducePublishedHarnesses(t *testing.T) {
	f, err := os.Open(testdata.Shared(t, "vectors/graders.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kindOf := map[string]string{"inspect.exact": "equals", "helm.quasi_exact_match": "equals", "openai-evals.fuzzy_match": "equals"}
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var v struct {
			Kind, Output, Gold string
			Results            map[string]any
		}
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		for name, want := range v.Results {
			kind := v.Kind
			if kind == "text" {
				kind = "f1"
			}
			if k := kindOf[name]; k != "" {
				kind = k
			}
			got := grade(t, map[string]any{"type": kind, "preset": name}, v.Output, v.Gold)
			if !agrees(name, got, want) {
				t.Errorf("%s on %q against %q: %+v, the harness gives %v", name, v.Output, v.Gold, got, want)
			}
			n++
		}
	}
	if n < 100 {
		t.Errorf("only %d results were compared", n)
	}
}

// agrees reads a result: a score; the letters C, I and N for correct, incorrect
// and no answer; "none" and "[inv…" where nothing is extracted; or what is extracted.
func agrees(name string, g waymark.Grade, want any) bool {
	switch w := want.(type) {
	case float64:
		return math.Abs(g.Score-w) < 0.005
	case string:
		switch w {
		case "C":
			return g.Score == 1
		case "N", "none", "[inv]", "[invalid]":
			return g.Status == waymark.NoAnswer && g.Score == 0
		}
		return g.Extracted == w
	}
	panic(fmt.Sprint(name, " has a result of another type: ", want))
}

func grade(t testing.TB, spec any, output string, refs ...string) waymark.Grade {
	t.Helper()
	g, err := evaluators.Parse(spec)
	if err != nil {
		t.Fatalf("%v: %v", spec, err)
	}
	got, err := g.Grade(t.Context(), &waymark.Task{ID: "t", Reference: refs}, waymark.Answer{Text: output, HasText: true})
	if err != nil {
		t.Fatalf("%v on %q: %v", spec, output, err)
	}
	return got
}
