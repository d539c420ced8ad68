package learn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A statistic is a number of a text.
type statistic struct {
	name string
	of   func(*reading) float64
}

// statistics are those of a prompt, in the order of their columns. Counts are
// taken as ln(1+count), so that one long text does not stretch the scale.
var statistics = [...]statistic{
	{"log characters", func(r *reading) float64 { return math.Log1p(float64(r.runes)) }},
	{"log words", func(r *reading) float64 { return math.Log1p(float64(r.words)) }},
	{"log lines", func(r *reading) float64 { return math.Log1p(float64(r.lines)) }},
	{"log sentences", func(r *reading) float64 { return math.Log1p(float64(r.stops)) }},
	{"log numbers", func(r *reading) float64 { return math.Log1p(float64(r.numbers)) }},
	{"log code lines", func(r *reading) float64 { return math.Log1p(float64(r.code)) }},
	{"log question marks", func(r *reading) float64 { return math.Log1p(float64(r.questions)) }},
	{"log question words", func(r *reading) float64 { return math.Log1p(float64(r.asking)) }},
	{"mean word length", func(r *reading) float64 { return share(r.letters, r.words) }},
	{"digit share", func(r *reading) float64 { return share(r.digits, r.runes) }},
	{"uppercase share", func(r *reading) float64 { return share(r.upper, r.runes) }},
	{"punctuation share", func(r *reading) float64 { return share(r.punctuation, r.runes) }},
	{"white space share", func(r *reading) float64 { return share(r.spaces, r.runes) }},
	{"non-ASCII share", func(r *reading) float64 { return share(r.beyond, r.runes) }},
	{"type-token ratio", func(r *reading) float64 { return share(r.types, min(r.words, typesAmong)) }},
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// StatisticNames are the statistics of a text, in the order of their columns. A
// word is a longest run of letters, digits, marks and "_"; a line of code begins
// with four spaces or a tab, ends with "{", "}" or ";", or is within a fence of
// three backquotes; a sentence ends at a run of ".", "!" and "?"; question words are the
// English ones; the type-token ratio is of the first 100 words, lest it fall with
// length alone.
func StatisticNames() []string {
	names := make([]string, len(statistics))
	for i, s := range statistics {
		names[i] = s.name
	}
	return names
}

// Statistics are prompt statistics in units of the standard deviation from the
// mean of the texts that were fitted on. A statistic that was the same in all of
// them is 0.
type Statistics struct {
	Names     []string
	Mean      []float64
	Deviation []float64 // population standard deviation; 0 if it was the same in all
}

// FitStatistics takes mean and deviation over n texts.
func FitStatistics(ctx context.Context, n int, text func(int) string) (*Statistics, error) {
	if n < 1 {
		return nil, fmt.Errorf("learn: found %d texts, expected at least one", n)
	}
	rows := make([][len(statistics)]float64, n)
	chunks(n, textsAtOnce, func(_, lo, hi int) {
		for i := lo; i < hi && ctx.Err() == nil; i++ {
			rows[i] = measure(text(i))
		}
	})
	s := &Statistics{Names: StatisticNames(), Mean: make([]float64, len(statistics)), Deviation: make([]float64, len(statistics))}
	column := make([]float64, n)
	for c := range statistics {
		for i := range rows {
			column[i] = rows[i][c]
		}
		s.Mean[c], s.Deviation[c] = spread(column)
	}
	return s, ctx.Err()
}

// spread is the mean and the population standard deviation, which is exactly 0 for
// numbers that are all the same.
func spread(column []float64) (mean, deviation float64) {
	if slices.Min(column) == slices.Max(column) {
		return column[0], 0
	}
	for _, x := range column {
		mean += x
	}
	mean /= float64(len(column))
	var squares float64
	for _, x := range column {
		squares += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(squares / float64(len(column)))
}

// standard is x in deviations from the mean, 0 if there is no deviation.
func standard(x, mean, deviation float64) float64 {
	if deviation == 0 {
		return 0
	}
	return (x - mean) / deviation
}

// Table is the statistics of n texts, one row each.
func (s *Statistics) Table(n int, text func(int) string) *Table {
	out := NewDense(n, len(statistics))
	chunks(n, textsAtOnce, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			row := out.Row(i)
			for c, x := range measure(text(i)) {
				row[c] = float32(standard(x, s.Mean[c], s.Deviation[c]))
			}
		}
	})
	return out
}

// UnmarshalJSON reads and checks a saved state.
func (s *Statistics) UnmarshalJSON(text []byte) error {
	type plain Statistics
	if err := json.Unmarshal(text, (*plain)(s)); err != nil {
		return err
	}
	if !slices.Equal(s.Names, StatisticNames()) || len(s.Mean) != len(statistics) || len(s.Deviation) != len(statistics) {
		return fmt.Errorf("learn: found means and deviations of %q, expected %q", s.Names, StatisticNames())
	}
	return nil
}

// A reading is what was counted of a text.
type reading struct {
	runes, upper, digits, punctuation, spaces, beyond int // characters
	words, letters, types, numbers, asking            int
	lines, code, stops, questions                     int
}

func measure(text string) (row [len(statistics)]float64) {
	var r reading
	r.readRunes(text)
	r.readWords(text)
	r.readLines(text)
	for c, s := range statistics {
		row[c] = s.of(&r)
	}
	return row
}

func (r *reading) readRunes(text string) {
	stopped := false
	for _, c := range text {
		r.runes++
		stop := c == '.' || c == '!' || c == '?'
		if stop && !stopped {
			r.stops++
		}
		stopped = stop
		if c == '?' || c == '？' || c == '؟' {
			r.questions++
		}
		r.readRune(c)
	}
}

func (r *reading) readRune(c rune) {
	if c >= utf8.RuneSelf {
		r.beyond++
	}
	switch {
	case unicode.IsUpper(c):
		r.upper++
	case unicode.IsDigit(c):
		r.digits++
	case unicode.IsSpace(c):
		r.spaces++
	case unicode.IsPunct(c) || unicode.IsSymbol(c):
		r.punctuation++
	}
}

var questionWords = [...]string{"how", "what", "when", "where", "which", "who", "whom", "whose", "why"}

const typesAmong = 100

func (r *reading) readWords(text string) {
	types := map[string]bool{}
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool { return !inWord(c) }) {
		r.words++
		r.letters += utf8.RuneCountInString(word)
		if isNumber(word) {
			r.numbers++
		}
		if len(word) <= 5 && slices.Contains(questionWords[:], strings.ToLower(word)) {
			r.asking++
		}
		if r.words <= typesAmong {
			types[strings.ToLower(word)] = true
		}
	}
	r.types = len(types)
}

func isNumber(word string) bool {
	for _, c := range word {
		if !unicode.IsDigit(c) {
			return false
		}
	}
	return true
}

func (r *reading) readLines(text string) {
	fenced := false
	for line := range strings.Lines(text) {
		r.lines++
		trimmed := strings.TrimSpace(line)
		fence := strings.HasPrefix(trimmed, "```")
		if fence {
			fenced = !fenced
		}
		if !fence && (fenced || looksLikeCode(line, trimmed)) {
			r.code++
		}
	}
}

func looksLikeCode(line, trimmed string) bool {
	if trimmed == "" {
		return false
	}
	last := trimmed[len(trimmed)-1]
	return strings.HasPrefix(line, "    ") || line[0] == '\t' || last == '{' || last == '}' || last == ';'
}
