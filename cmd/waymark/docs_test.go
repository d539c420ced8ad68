package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"waymark/internal/testdata"
	"waymark/suite"
)

// pages are the documents that people copy from.
func pages(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../docs/policies/*.md")
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, more...)
	out := map[string]string{}
	for _, path := range append(paths, "../../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = string(text)
	}
	return out
}

// isSuite tells a whole suite from an excerpt of one, or from another file.
var isSuite = regexp.MustCompile(`(?s)\ndataset:.*\npolicies:`)

var block = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// Every suite that the documents print runs as it stands, over a dataset made for it, and its checks
// are decided. A block of YAML is a suite where it has a dataset and policies.
func TestSuitesOfTheDocsRun(t *testing.T) {
	n := 0
	for page, text := range pages(t) {
		for i, m := range block.FindAllStringSubmatch(text, -1) {
			if !isSuite.MatchString("\n" + m[1]) {
				continue
			}
			var keys map[string]any
			if err := yaml.Unmarshal([]byte(m[1]), &keys); err != nil {
				t.Errorf("%s, block %d is not YAML: %v", page, i, err)
				continue
			}
			n++
			t.Run(fmt.Sprint(page, " ", i), func(t *testing.T) { runsAsItStands(t, m[1], keys) })
		}
	}
	if n < 3 {
		t.Errorf("the documents print %d suites: the test tests nothing", n)
	}
}

func runsAsItStands(t *testing.T, text string, keys map[string]any) {
	dir := t.TempDir()
	documented(t, filepath.Join(dir, fmt.Sprint(keys["dataset"])), keys)
	examples(t, dir, text)
	s, err := suite.Parse(filepath.Join(dir, "suite.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Run(t.Context(), suite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Policies) == 0 {
		t.Error("no policy has a row")
	}
	if len(s.Checks) == 0 {
		return
	}
	out, err := s.Check(res.Evidence(), suite.CheckSpec{Baseline: res.Evidence(), Named: func(string) (*suite.Evidence, error) { return res.Evidence(), nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.Checks {
		if strings.Contains(v.Why, "no interval") {
			t.Errorf("%s cannot be decided: %s", v.Expr, v.Why)
		}
	}
}

// examples puts the routers of examples/ beside a suite that starts them. A test of one that needs a
// program which is not there is skipped.
func examples(t *testing.T, dir, text string) {
	t.Helper()
	for _, tool := range []string{"python3", "fasttext", "node"} {
		if strings.Contains(text, "["+tool+", ") || tool == "fasttext" && strings.Contains(text, "examples/fasttext") {
			testdata.Tool(t, tool)
		}
	}
	there, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, filepath.Join(dir, "examples")); err != nil {
		testdata.Missing(t, fmt.Sprintf("symbolic links: %v", err))
	}
}

// documented writes a dataset that has everything which a suite names: its models, recorded routers,
// features, categories and fields.
func documented(t *testing.T, dir string, keys map[string]any) {
	t.Helper()
	if filepath.Base(dir) == "harbour-desk" { // whose calls are recorded for what the documents print
		if err := os.CopyFS(dir, os.DirFS("testdata/harbour-desk")); err != nil {
			t.Fatal(err)
		}
		return
	}
	if strings.HasPrefix(fmt.Sprint(keys["dataset"]), "demo-out/") {
		if code := run(t.Context(), []string{"demo", "-o", filepath.Dir(dir), "--tasks", "600", "--data-only", "-q"}, nil, new(strings.Builder), new(strings.Builder)); code != 0 {
			t.Fatalf("the demo ends with %d", code)
		}
		return
	}
	models, routers := map[string]bool{}, map[string]bool{}
	named(keys, models, routers)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(6, 6))
	categories := []string{"math", "writing", "billing", "coding"}
	if traffic, ok := keys["traffic"].(map[string]any); ok {
		if mix, ok := traffic["mix"].(map[string]any); ok {
			categories = nil
			for value := range mix {
				categories = append(categories, value)
			}
			slices.Sort(categories)
		}
	}
	var tasks, responses, decisions []any
	for i := range 400 {
		id := fmt.Sprintf("t%03d", i)
		tasks = append(tasks, map[string]any{
			"id": id, "prompt": strings.Repeat("word ", 1+rng.IntN(40)), "category": categories[i%len(categories)], "reference": "4",
			"metadata": map[string]any{"tenant": []string{"acme", "umbrella"}[i%2], "language": "en", "question": fmt.Sprint("q", i/2)},
		})
		for k, m := range sorted(models) {
			right := rng.Float64() < 0.6+0.3*float64(k)/float64(len(models))
			responses = append(responses, map[string]any{
				"task": id, "model": m, "output": map[bool]string{true: "4", false: "5"}[right], "score": map[bool]int{true: 1}[right],
				"cost_usd": 0.001 * float64(k+1) * (0.5 + rng.Float64()), "input_tokens": 100 + rng.IntN(100), "output_tokens": 50 + rng.IntN(50), "latency_ms": 200 + rng.IntN(800),
			})
		}
		for _, r := range sorted(routers) {
			decisions = append(decisions, map[string]any{"task": id, "policy": r, "score": rng.Float64(), "model": sorted(models)[0]})
		}
	}
	write := func(name string, rows []any) {
		var b strings.Builder
		for _, row := range rows {
			line, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n", line)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("tasks.jsonl", tasks)
	write("responses.jsonl", responses)
	if len(decisions) > 0 {
		write("decisions.jsonl", decisions)
	}
	if err := os.WriteFile(filepath.Join(dir, "dataset.yaml"), []byte("name: documented\nfeatures: [category, tenant, language]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// named gathers the models and the recorded routers that a suite names.
func named(v any, models, routers map[string]bool) {
	list, ok := v.([]any)
	for _, x := range list {
		named(x, models, routers)
	}
	if ok {
		return
	}
	m, _ := v.(map[string]any)
	for key, x := range m {
		switch key {
		case "model", "weak", "strong", "default", "id":
			models[fmt.Sprint(x)] = true
		case "routes":
			routes, _ := x.(map[string]any)
			for _, model := range routes {
				models[fmt.Sprint(model)] = true
			}
		case "weights":
			weights, _ := x.(map[string]any)
			for model := range weights {
				models[model] = true
			}
		case "policy":
			routers[fmt.Sprint(x)] = true
		case "models":
			for _, model := range x.([]any) {
				if name, plain := model.(string); plain {
					models[name] = true
				}
			}
		}
		named(x, models, routers)
	}
}

func sorted(set map[string]bool) (out []string) {
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

var session = regexp.MustCompile(`(?m)^(?:\$ |bin/)(waymark [^#\n]*)`)

// Every command that the documents and the verbs' --help print is one that the parser takes.
func TestPrintedCommandsAreTaken(t *testing.T) {
	var commands []string
	for _, text := range pages(t) {
		for _, m := range session.FindAllStringSubmatch(text, -1) {
			commands = append(commands, m[1])
		}
	}
	var c cli
	parser, err := kong.New(&c, kong.Vars{"version": "test"}, kong.Exit(func(int) {}), kong.Writers(new(strings.Builder), new(strings.Builder)))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range parser.Model.Children {
		for _, m := range example.FindAllStringSubmatch(verb.Detail, -1) {
			commands = append(commands, m[1])
		}
	}
	for _, text := range commands {
		text, _, _ = strings.Cut(text, " > ")
		text, _, _ = strings.Cut(text, " | ")
		args := words(text)
		if _, err := parser.Parse(args[1:]); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if len(commands) < 40 {
		t.Errorf("only %d commands are printed: the test tests nothing", len(commands))
	}
}

// words are a command's, as a shell has them: quotes hold spaces.
func words(text string) (out []string) {
	for _, m := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(text, -1) {
		if len(m) > 1 && (m[0] == '\'' || m[0] == '"') {
			m = m[1 : len(m)-1]
		}
		out = append(out, m)
	}
	return out
}
