package waymark_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// A wall forbids packages under from to import packages under to.
type wall struct {
	from, to []string
	why      string
	direct   bool // imports of its own only, not those of what it imports
}

const module = "waymark"

var walls = []wall{
	{[]string{"policies"}, []string{"datasets", "evaluators", "internal/store", "internal/runner", "internal/replay", "suite", "reports"}, "a router may not see labels or grades", false},
	{[]string{"datasets"}, []string{"policies", "evaluators", "suite", "reports", "internal/store", "internal/runner"}, "the sets do not know each other; a suite brings them together", false},
	{[]string{"evaluators"}, []string{"policies", "datasets", "suite", "reports", "internal/store", "internal/runner"}, "the sets do not know each other; a suite brings them together", false},
	{[]string{"internal/stats"}, []string{"internal/curve", "internal/tune", "policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay"}, "statistics know numbers only", false},
	{[]string{"internal/curve"}, []string{"internal/tune", "policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay"}, "curves know numbers only", false},
	{[]string{"internal/offpolicy"}, []string{"internal/curve", "internal/tune", "policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay"}, "estimates from a log know numbers only", false},
	{[]string{"internal/leakage"}, []string{"internal/curve", "internal/tune", "policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay"}, "the lint knows texts and numbers only; a suite says whose they are", false},
	{[]string{"internal/learn"}, []string{"policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay", "internal/stats", "internal/curve"}, "what learns knows texts and numbers only, and neither models nor policies", false},
	{[]string{"internal/crossfit"}, []string{"policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay", "internal/learn"}, "copies of a policy are joined whatever they are", false},
	{[]string{"internal/embedding", "internal/onnx"}, []string{"policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay", "internal/stats", "internal/curve"}, "vectors know texts and numbers only", false},
	{[]string{"internal/store"}, []string{"internal/curve", "internal/stats", "internal/tune", "policies", "datasets", "evaluators", "suite", "reports"}, "the store keeps rows and computes nothing", false},
	{[]string{"internal/wire"}, []string{"policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/runner", "internal/replay"}, "what is said to a router outside is of the vocabulary alone: no label can be in it", false},
	{[]string{"internal/runner", "internal/replay"}, []string{"policies", "datasets", "evaluators", "suite", "reports", "internal/store", "internal/stats", "internal/curve"}, "a run does not know whose policy, data or grader it drives", false},
	{[]string{"suite"}, []string{"reports", "cmd"}, "a result does not know how it is drawn", false},
	{[]string{"reports"}, []string{"policies", "datasets", "evaluators", "internal/store", "internal/runner", "internal/replay", "internal/curve", "cmd"}, "reports render a result and compute nothing", true},
}

// TestWalls holds the directions of ARCHITECTURE.md. It looks at what packages
// import, directly or through others, and not at what their tests do.
func TestWalls(t *testing.T) {
	deps := dependencies(t)
	for pkg, all := range deps {
		for _, w := range walls {
			if !under(pkg, w.from) {
				continue
			}
			imports := all.Deps
			if w.direct {
				imports = all.Imports
			}
			for _, imp := range imports {
				if under(imp, w.to) && !under(imp, w.from) {
					t.Errorf("%s imports %s: %s", pkg, imp, w.why)
				}
			}
		}
	}
	for _, imp := range deps[module].Deps {
		if first, _, _ := strings.Cut(imp, "/"); strings.Contains(first, ".") || first == module {
			t.Errorf("the root imports %s: the vocabulary imports only the standard library", imp)
		}
	}
}

// TestVocabularyDoesNoIO keeps files and the network out of the root package.
func TestVocabularyDoesNoIO(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{join .Imports \"\\n\"}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range strings.Fields(string(out)) {
		switch imp {
		case "os", "net", "net/http", "io/fs", "os/exec", "database/sql":
			t.Errorf("the root imports %s: it does no I/O", imp)
		}
	}
}

type imports struct{ Imports, Deps []string }

func dependencies(t *testing.T) map[string]imports {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := map[string]imports{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			imports
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		deps[p.ImportPath] = p.imports
	}
	if len(deps) < 10 {
		t.Fatalf("go list found %d packages: too few to be true", len(deps))
	}
	return deps
}

func under(pkg string, folders []string) bool {
	for _, f := range folders {
		if pkg == module+"/"+f || strings.HasPrefix(pkg, module+"/"+f+"/") {
			return true
		}
	}
	return false
}
