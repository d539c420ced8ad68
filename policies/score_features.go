package policies

import (
	"math"
	"strings"
	"unicode"

	"waymark"
)

// Features rates a query by a weighted sum of counts of its prompt. A count that
// is not named has weight 0; the zero value weighs them by hand-set defaults,
// which were not fitted to any data.
type Features struct {
	Length    *float64 `yaml:"length" json:"length,omitempty" doc:"weight of log2(1 + characters)"`
	Digits    *float64 `yaml:"digits" json:"digits,omitempty" doc:"weight of log2(1 + numbers)"`
	Code      *float64 `yaml:"code" json:"code,omitempty" doc:"weight of log2(1 + lines that look like code)"`
	Questions *float64 `yaml:"questions" json:"questions,omitempty" doc:"weight of log2(1 + question words and marks)"`
	Clauses   *float64 `yaml:"clauses" json:"clauses,omitempty" doc:"weight of log2(1 + commas, semicolons and list items)"`
}

// Build makes the scorer.
func (c *Features) Build(Inputs) (Scorer, error) {
	given := []*float64{c.Length, c.Digits, c.Code, c.Questions, c.Clauses}
	names := []string{"length", "digits", "code", "questions", "clauses"}
	weights := [5]float64{1, 1, 1, 0.5, 1}
	for _, w := range given {
		if w != nil {
			weights = [5]float64{}
		}
	}
	for i, w := range given {
		if w == nil {
			continue
		}
		if math.IsNaN(*w) || math.IsInf(*w, 0) {
			return nil, fieldf([]any{names[i]}, "found weight %g, expected a finite number", *w)
		}
		weights[i] = *w
	}
	return scoreFunc(func(qs *waymark.Queries, i int) float64 {
		return weigh(weights, countPrompt(waymark.Prompt(qs.Conversation(i))))
	}), nil
}

func weigh(weights, counts [5]float64) (sum float64) {
	for i, w := range weights {
		sum += w * math.Log2(1+counts[i])
	}
	return sum
}

// countPrompt counts characters, numbers, lines that look like code, question
// words and marks, and clauses, in one pass over lines and words.
func countPrompt(prompt string) (counts [5]float64) {
	for line := range strings.Lines(prompt) {
		if looksLikeCode(line) {
			counts[2]++
		}
		if s := strings.TrimSpace(line); strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") {
			counts[4]++
		}
		for word := range strings.FieldsSeq(line) {
			if questionWords[strings.ToLower(strings.TrimFunc(word, unicode.IsPunct))] {
				counts[3]++
			}
		}
	}
	inNumber := false
	for _, r := range prompt {
		counts[0]++
		digit := unicode.IsDigit(r)
		if digit && !inNumber {
			counts[1]++
		}
		inNumber = digit || inNumber && (r == '.' || r == ',')
		switch r {
		case '?':
			counts[3]++
		case ',', ';':
			counts[4]++
		}
	}
	return counts
}

var questionWords = map[string]bool{
	"who": true, "what": true, "when": true, "where": true, "why": true, "which": true, "how": true, "whose": true, "explain": true, "compare": true,
}

// looksLikeCode holds for fences and for lines that end or begin as statements do
// in common languages.
func looksLikeCode(line string) bool {
	s := strings.TrimSpace(line)
	for _, p := range []string{"```", "def ", "func ", "class ", "import ", "return ", "#include", "SELECT ", "for (", "if (", "const ", "let ", "var "} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return strings.HasSuffix(s, ";") || strings.HasSuffix(s, "{") || strings.HasSuffix(s, "}")
}
