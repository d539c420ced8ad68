// Package evaluatorstest is the contract of a grader as an executable suite. Every
// grader's tests run it.
package evaluatorstest

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark"
	"waymark/evaluators"
)

// Run checks that g keeps the laws of a grader on tasks with a reference: scores
// lie in [0,1], the same answer gets the same grade from any goroutine, hostile
// text is judged in bounded time, and where there is nothing to judge it says so.
func Run(t *testing.T, g evaluators.Named, reference string) {
	t.Helper()
	task := &waymark.Task{ID: "task", Reference: []string{reference}}
	if name := g.Name(); name == "" || name != g.Name() {
		t.Errorf("a grader without a lasting name")
	}
	for name, text := range hostile(reference) {
		start := time.Now()
		a := waymark.Answer{Text: text, HasText: true, Recorded: waymark.Scored(0.25)}
		first, err := g.Grade(t.Context(), task, a)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !(first.Score >= 0 && first.Score <= 1) || math.IsNaN(first.Score) || first.Status < waymark.Graded || first.Status > waymark.Failed {
			t.Errorf("%s: score %g, status %v", name, first.Score, first.Status)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		same(t, g, task, a, first)
	}
	if _, err := g.Grade(t.Context(), task, waymark.Answer{}); !errors.Is(err, evaluators.ErrNoOutput) {
		t.Errorf("nothing to judge: error %v, want ErrNoOutput", err)
	}
}

// same grades the answer again from several goroutines.
func same(t *testing.T, g waymark.Grader, task *waymark.Task, a waymark.Answer, want waymark.Grade) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if got, err := g.Grade(context.Background(), task, a); err != nil || got != want {
				t.Errorf("again: %+v, %v; first %+v", got, err, want)
			}
		})
	}
	wg.Wait()
}

func hostile(reference string) map[string]string {
	return map[string]string{
		"empty":         "",
		"space":         " \n\t",
		"reference":     reference,
		"invalid UTF-8": "\xff\xfe answer is \xc3(",
		"NUL":           "a\x00b 5",
		"megabytes":     strings.Repeat("the answer is 5 = ", 60_000),
		"digits":        strings.Repeat("9", 100_000),
		"exponent":      "1e999999999",
		"brackets":      strings.Repeat("((((\\boxed{", 20_000),
		"slashes":       strings.Repeat("1/", 50_000),
		"think":         strings.Repeat("<think>", 20_000),
		"wide":          strings.Repeat("答案是５。", 20_000),
	}
}
