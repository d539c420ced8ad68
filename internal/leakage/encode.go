package leakage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark/internal/stats"
)

// LeastTelling is the share of right answers, and of wrong ones, that a feature must
// tell, by its lower bound, to be held to encode the grade.
const LeastTelling = 0.9

// A Telling says how well a feature tells a grade that it should not know.
type Telling struct {
	N           int
	Right, Told int // tasks answered right, and those of them that the feature tells
	Wrong, Seen int // tasks answered wrong, and those of them that the feature tells
	LeastRight  float64
	LeastWrong  float64 // lower bounds of the two shares, at 95 %
	By          string  // how: "cut" or "value"
}

// Encodes reports whether the feature tells nearly every grade: no honest feature
// does, since a grade is partly luck.
func (t Telling) Encodes() bool { return t.LeastRight >= LeastTelling && t.LeastWrong >= LeastTelling }

// Tells measures how well values tell whether an answer was right. What is told of a
// task is learned on the half of the units that it is not of: the best cut of numbers (booleans are 0 and 1), or whether
// a value goes with right answers more often than all do. A value that the other half does not have tells
// nothing, so that an identifier is not mistaken for a label. Nil values take no part.
func Tells(values []any, right []bool, unit []uint64) Telling {
	best := tell(values, right, unit, byValue, "value")
	if numbers(values) {
		if t := tell(values, right, unit, byCut, "cut"); t.score() > best.score() {
			best = t
		}
	}
	return best
}

func (t Telling) score() float64 { return math.Min(t.LeastRight, t.LeastWrong) }

func numbers(values []any) bool {
	for _, v := range values {
		if _, ok := number(v); v != nil && !ok {
			return false
		}
	}
	return true
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v)
	case bool:
		return float64(count(v)), true
	}
	return 0, false
}

// A learner makes of some tasks a rule that tells whether an answer is right: 1, 0,
// or -1 where it cannot tell.
type learner func(values []any, right []bool, rows []int) func(any) int

func tell(values []any, right []bool, unit []uint64, learn learner, by string) Telling {
	t := Telling{By: by}
	var half [2][]int
	for i, v := range values {
		if v != nil {
			h := mix64(unit[i]+1) & 1
			half[h] = append(half[h], i)
		}
	}
	for h := range half {
		rule := learn(values, right, half[1-h])
		for _, i := range half[h] {
			told := rule(values[i])
			t.N++
			if right[i] {
				t.Right++
				t.Told += count(told == 1)
			} else {
				t.Wrong++
				t.Seen += count(told == 0)
			}
		}
	}
	t.LeastRight, t.LeastWrong = stats.LowerProportion(t.Told, t.Right, 0.95), stats.LowerProportion(t.Seen, t.Wrong, 0.95)
	return t
}

func byValue(values []any, right []bool, rows []int) func(any) int {
	sum, n := map[any]float64{}, map[any]float64{}
	all := 0.0
	for _, i := range rows {
		all += float64(count(right[i]))
		sum[values[i]] += float64(count(right[i]))
		n[values[i]]++
	}
	base := all / float64(max(1, len(rows)))
	return func(v any) int {
		if n[v] == 0 {
			return -1
		}
		return count(sum[v]/n[v] > base)
	}
}

// byCut finds the cut, and its direction, with the greatest sum of both shares.
func byCut(values []any, right []bool, rows []int) func(any) int {
	rows = slices.Clone(rows)
	at := func(i int) float64 {
		x, _ := number(values[i])
		return x
	}
	slices.SortFunc(rows, func(a, b int) int { return cmp.Compare(at(a), at(b)) })
	var rights, wrongs float64
	for _, i := range rows {
		rights += float64(count(right[i]))
		wrongs += float64(count(!right[i]))
	}
	if rights == 0 || wrongs == 0 {
		return func(any) int { return -1 }
	}
	var r, w, most, cut float64
	rising := true
	for k, i := range rows {
		r += float64(count(right[i])) / rights
		w += float64(count(!right[i])) / wrongs
		if k+1 < len(rows) && at(rows[k+1]) == at(i) {
			continue
		}
		if d := math.Abs(w - r); d > most { // below the cut wrong ones gather, or right ones
			most, cut, rising = d, at(i), w > r
		}
	}
	return func(v any) int {
		x, _ := number(v)
		return count((x > cut) == rising)
	}
}

// A Copying is how often a feature is the reference answer itself.
type Copying struct{ N, Equal, References int }

// Copies reports whether a feature is the reference: on nine tenths of the tasks
// that have both, of at least ten, and of more than one reference.
func (c Copying) Copies() bool {
	return c.N >= 10 && c.References > 1 && float64(c.Equal) >= 0.9*float64(c.N)
}

// CopiesReference compares a feature with the references, but for case and space.
func CopiesReference(values []any, references [][]string) (c Copying) {
	seen := map[string]bool{}
	for i, v := range values {
		if v == nil || len(references[i]) == 0 {
			continue
		}
		c.N++
		text := strings.TrimSpace(fmt.Sprint(v))
		for k, r := range references[i] {
			if k == 0 {
				seen[r] = true
			}
			if strings.EqualFold(text, strings.TrimSpace(r)) {
				c.Equal++
				break
			}
		}
	}
	c.References = len(seen)
	return c
}
