package expression_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waymark/internal/expression"
)

var names = map[string]any{"prompt": "", "length": 0, "category": nil, "metadata": map[string]any{}}

func TestEvaluate(t *testing.T) {
	env := map[string]any{"prompt": "def f():", "length": 8, "category": "code", "metadata": map[string]any{"hard": true, "n": 2.5}}
	for text, want := range map[string]bool{
		`category == "code" and length > 3`: true,
		`prompt contains "def "`:            true,
		`prompt matches "^(?i)DEF"`:         true,
		`!metadata.hard`:                    false,
		`metadata.n >= 2`:                   true,
		`category in ["math", "code"]`:      true,
		`metadata.absent == nil`:            true,
	} {
		p, err := expression.Compile(text, names)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := p.Bool(env); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	p, err := expression.Compile("length / 0", names)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := p.Float(env); err == nil {
		t.Errorf("8/0 is %g, want an error: it is not finite", x)
	}
}

// Mistakes are found when an expression is compiled, with their column, and there
// are no loops to run for ever.
func TestCompileRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`lenght > 3`:                      `column 1: unknown name "lenght"`,
		`length > `:                       "unexpected token",
		`prompt > 3`:                      "mismatched types",
		`prompt matches "("`:              "missing closing )",
		`all(1..9, # > 0)`:                "found a loop",
		`length > 3 and any([1], # == 1)`: "found a loop",
		strings.Repeat("length + ", 2000) + "1 > 0": "column",
	} {
		_, err := expression.Compile(text, names)
		var at *expression.Error
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
}

// What takes long or much memory is stopped.
func TestHugeRangesEnd(t *testing.T) {
	p, err := expression.Compile(`len(1..100000000) > 3`, names)
	if err != nil {
		return // refused already
	}
	start := time.Now()
	if _, err := p.Bool(map[string]any{}); err == nil && time.Since(start) > 2*time.Second {
		t.Error("a range of 10^8 was built")
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`category == "a" and length > 3`)
	f.Add(`metadata["x"] ?? 3`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := expression.Compile(text, names)
		if err != nil {
			return
		}
		p.Bool(map[string]any{"prompt": "x", "length": 1, "category": nil, "metadata": map[string]any{}})
	})
}
