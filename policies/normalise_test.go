package policies

import (
	"testing"

	"waymark"
)

func TestWhatAnswersAreCountedAs(t *testing.T) {
	for by, cases := range map[string]map[string]string{
		"text":   {"  Paris. ": "paris", "PARIS": "paris", "New  York\n": "new york", " ": "–", "3.5": "3.5"},
		"number": {"so 3 and 4, thus 1,200.50.": "2401/2", "−7": "-7", "$.5": "1/2", "007": "7", "none": "–", "1,000,000": "1000000", "#### 18": "18", "10%": "10"},
		"choice": {"(B)": "B", "The answer is C.": "C", "I think A, but the answer: **D**": "D", `\boxed{\text{(E)}}`: "E", `\boxed{{F}}`: "F", "A": "A", "B) because": "B", "A dog": "–", "I think so": "–", "Answer: A or (B)": "A"},
		"json":   {"{\"b\":1, \"a\":[ ]}": `{"a":[],"b":1}`, "```json\n{\"a\": 1.0}\n```": `{"a":1.0}`, "{\"a\":1} {}": "–", "nothing": "–", "12345678901234567890": "12345678901234567890"},
	} {
		for text, want := range cases {
			got, ok := normalisers[by](text)
			if !ok {
				got = "–"
			}
			if got != want {
				t.Errorf("%s of %q: %q, want %q", by, text, got, want)
			}
		}
	}
}

func FuzzPlansAndVerdicts(f *testing.F) {
	f.Add(`[{"id":"a","prompt":"x","after":["b"]}]`)
	f.Add("```json\n[]\n```")
	f.Add("Answer #2.")
	f.Fuzz(func(t *testing.T, reply string) {
		for _, n := range normalisers {
			n(reply)
		}
		if best, ok := parseBest(reply, 3); ok && (best < 1 || best > 3) {
			t.Errorf("answer %d of 3", best)
		}
		parseVerdict(reply)
		steps, err := parsePlan(reply, waymark.Query{ID: "q"}, 8)
		if err == nil && (len(steps) == 0 || len(steps) > 8) {
			t.Errorf("%d steps", len(steps))
		}
	})
}
