package evaluators_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"waymark"
	"waymark/evaluators"
	"waymark/evaluators/evaluatorstest"
)

// spec reads a specification as a task of a dataset has it.
func spec(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestAwkwardAnswers(t *testing.T) {
	const none = -1 // no answer
	for _, c := range []struct {
		spec, output, ref string
		want              float64
	}{
		{`"numeric"`, "−5", "-5", 1},
		{`"numeric"`, "16-3", "3", 1},
		{`"numeric"`, "16 - 3 = 13", "13", 1},
		{`"numeric"`, "It is -$5.50.", "-5.5", 1},
		{`"numeric"`, "1'234'567.50 Fr.", "1234567.5", 1},
		{`"numeric"`, "1.234,56 €", "1234.56", 1},
		{`"numeric"`, "1.234", "1.234", 1},
		{`"numeric"`, "two and 1 1/2", "1.5", 1},
		{`"numeric"`, "1½ cups", "3/2", 1},
		{`"numeric"`, "3/4", "0.75", 1},
		{`"numeric"`, "1/0", "1", 0},
		{`"numeric"`, ".5", "0.50", 1},
		{`"numeric"`, "6.02 × 10^23", "602e21", 1},
		{`"numeric"`, `\boxed{1{,}234}`, "1234", 1},
		{`"numeric"`, "The answer is 7. I was born in 1990.", "7", 1},
		{`"numeric"`, "<think>it is 9</think>It is 8", "8", 1},
		{`"numeric"`, "<think>it is 9", "9", none},
		{`{"type":"numeric","keep_thinking":true}`, "<think>it is 9", "9", 1},
		{`"numeric"`, "I cannot tell.", "9", none},
		{`{"type":"numeric","tolerance":0.01}`, "3.14", "3.1416", 1},
		{`"numeric"`, "3.14", "3.1416", 0},
		{`"choice"`, "The correct answer is (C).", "C", 1},
		{`"choice"`, "Answer: $B$", "B", 1},
		{`"choice"`, "Final answer: **B**", "(B)", 1},
		{`"choice"`, "Answer: A\nWait, Answer: B", "B", 1},
		{`"choice"`, "B", "B", 1},
		{`"choice"`, "b)", "B", 1},
		{`"choice"`, "A bird is not C or D", "A", none},
		{`"choice"`, "The answer is a bird.", "A", none},
		{`"choice"`, "the answer is A because C is wrong", "A", 1},
		{`"choice"`, `\boxed{\text{D}}`, "D", 1},
		{`"choice"`, "C. Paris", "C", 1},
		{`"equals"`, "  **Paris**. ", "paris", 1},
		{`{"type":"equals","exact":true}`, "Paris", "paris", 0},
		{`"equals"`, "", "paris", none},
		{`"contains"`, "It is Paris, surely.", "Paris", 1},
		{`"contains"`, "it is paris", "Paris", 0},
		{`"icontains"`, "it is paris", "Paris", 1},
		{`{"type":"contains-all","values":["a","b"]}`, "b a", "", 1},
		{`{"type":"contains-all","values":["a","c"]}`, "b a", "", 0},
		{`"not-contains"`, "no", "Paris", 1},
		{`{"type":"regex","pattern":"^[a-z]+$"}`, "abc", "", 1},
		{`{"type":"regex","pattern":"= (\\d+)"}`, "x = 3, y = 4", "4", 1},
		{`{"type":"f1","threshold":0.5}`, "the cat sat", "cat", 1},
		{`["numeric",{"type":"contains","values":["km"],"weight":3}]`, "5 miles", "5", 0.25},
		{`{"all":["numeric",{"type":"contains","values":["km"]}]}`, "5 miles", "5", 0},
		{`{"any":["numeric",{"type":"contains","values":["km"]}]}`, "5 miles", "5", 1},
	} {
		got := grade(t, spec(t, c.spec), c.output, c.ref)
		if c.want == none && (got.Status != waymark.NoAnswer || got.Score != 0) || c.want != none && (got.Score != c.want || got.Status != waymark.Graded) {
			t.Errorf("%s on %q against %q: %+v, want %g", c.spec, c.output, c.ref, got, c.want)
		}
	}
}

func TestSpecificationsAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		`"numric"`:                              `did you mean "numeric"?`,
		`3`:                                     "expected a grader",
		`{"pattern":"x"}`:                       "lacks the key type",
		`[]`:                                    "empty list",
		`["equals","nope-such"]`:                "[1]: found grader",
		`{"type":"numeric","presett":"x"}`:      `presett: found unknown key "presett"; did you mean "preset"?`,
		`{"type":"numeric","preset":"gsm8k"}`:   "preset: found",
		`{"type":"numeric","tolerance":"x"}`:    "tolerance: found x",
		`{"type":"numeric","tolerance":-1}`:     "tolerance: found -1",
		`{"type":"regex","pattern":"a(?=b)"}`:   `pattern: found lookaround "(?=" in column 2`,
		`{"type":"regex","pattern":"a("}`:       "pattern: missing closing )",
		`{"type":"regex"}`:                      "pattern: found no pattern",
		`{"type":"contains","values":[""]}`:     "values[0]: found an empty text",
		`{"type":"equals","weight":0}`:          "weight: found 0",
		`{"all":[{"type":"f1","threshold":2}]}`: "all[0].threshold: found 2",
		`{"type":"choice","letters":"A1"}`:      "letters: found",
	} {
		_, err := evaluators.Parse(spec(t, text))
		var at *evaluators.SpecError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestEveryGraderKeepsTheContract(t *testing.T) {
	for _, k := range evaluators.Kinds {
		text := `{"type":"` + k.Name + `"}`
		reference := "5"
		switch k.Name {
		case "regex":
			text = `{"type":"regex","pattern":"(\\d+)"}`
		case "choice":
			reference = "B"
		}
		for _, s := range []string{text, strings.Replace(text, `"type":"`, `"type":"not-`, 1)} {
			t.Run(s, func(t *testing.T) {
				g, err := evaluators.Parse(spec(t, s))
				if err != nil {
					t.Fatal(err)
				}
				evaluatorstest.Run(t, g, reference)
			})
		}
	}
}

func TestABadReferenceIsAnError(t *testing.T) {
	for _, c := range [][2]string{{"numeric", "five"}, {"choice", "7"}, {"equals", ""}} {
		g, err := evaluators.Parse(c[0])
		if err != nil {
			t.Fatal(err)
		}
		task := &waymark.Task{ID: "t"}
		if c[1] != "" {
			task.Reference = []string{c[1]}
		}
		if _, err := g.Grade(t.Context(), task, waymark.Answer{Text: "Answer: B 5", HasText: true}); err == nil {
			t.Errorf("%s took the reference %q", c[0], c[1])
		}
	}
}

func FuzzNumeric(f *testing.F) {
	for _, s := range []string{"#### 1,234", "1 1/2", "−$5e3", "1.234,5", "\\boxed{3}", "answer is = 4", "1½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g := grade(t, "numeric", text, "5")
		if g.Score != 0 && g.Score != 1 {
			t.Errorf("score %g", g.Score)
		}
	})
}

func FuzzChoice(f *testing.F) {
	f.Add("Answer: (B)")
	f.Add("\\boxed{\\text{C}}")
	f.Fuzz(func(t *testing.T, text string) { grade(t, "choice", text, "B") })
}

func BenchmarkNumeric(b *testing.B) {
	g, _ := evaluators.Parse("numeric")
	task := &waymark.Task{Reference: []string{"42"}}
	text := strings.Repeat("She has 3 + 4 = 7 apples and pays $1.50 for each. ", 4) + "\nThe answer is 42."
	for b.Loop() {
		if _, err := g.Grade(b.Context(), task, waymark.Answer{Text: text, HasText: true}); err != nil {
			b.Fatal(err)
		}
	}
}
