package leakage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/optimize"
)

// A Task is what may be known of a task without the grades that are in question.
type Task struct {
	Text     string
	Category string
	Others   float64 // mean score of the models that are not in question; NaN if there are none
	Unit     uint64  // stable key of its group, or of itself
}

// The parts of a task's description, each its own run of weights.
const (
	counts       = 6   // of characters, words, lines, digits, questions, code
	otherParts   = 3   // mean score of the other models, its square, and that there is one
	wordBuckets  = 256 // words, hashed
	mostKinds    = 128 // categories that have a weight of their own
	mostRead     = 1 << 14
	folds        = 5
	ridge        = 1.0 // half the penalty on a squared weight, in tasks' worth of log loss
	leastForTold = 20  // tasks below which the base rate is all that is foretold
)

// A part is one entry of a sparse description.
type part struct {
	at    int
	value float64
}

// Foretell gives for each task the chance that what happened to it was true, as
// foretold from its prompt, its category and the other models' scores: by logistic regression with a
// ridge penalty, fitted on the four fifths of units that the task's is not among. It
// is what a classifier can know that has seen many labels and not this one.
func Foretell(ctx context.Context, tasks []Task, happened []bool, workers int) ([]float64, error) {
	out := make([]float64, len(tasks))
	rows, width := describe(tasks)
	var g errgroup.Group
	g.SetLimit(max(1, workers))
	for fold := range uint64(folds) {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var train, left []int
			for i := range tasks {
				if mix64(tasks[i].Unit)%folds == fold {
					left = append(left, i)
				} else {
					train = append(train, i)
				}
			}
			w, err := fit(rows, happened, train, width)
			if err != nil {
				return err
			}
			for _, i := range left {
				out[i] = logistic(dot(w, rows[i]))
			}
			return nil
		})
	}
	return out, g.Wait()
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func dot(w []float64, row []part) (sum float64) {
	for _, p := range row {
		sum += w[p.at] * p.value
	}
	return sum
}

// describe turns tasks into sparse rows; the first weight is the intercept.
func describe(tasks []Task) (rows [][]part, width int) {
	kinds := commonKinds(tasks)
	dense := make([][]float64, len(tasks))
	rows = make([][]part, len(tasks))
	first := 1 + counts + otherParts
	for i := range tasks {
		t := &tasks[i]
		words := read(t, &dense[i])
		row := []part{{0, 1}}
		if k, ok := kinds[t.Category]; ok {
			row = append(row, part{first + wordBuckets + k, 1})
		}
		for _, b := range words {
			row = append(row, part{first + b, 1 / math.Sqrt(float64(len(words)))})
		}
		rows[i] = row
	}
	standardise(dense)
	for i, d := range dense {
		for k, x := range d {
			rows[i] = append(rows[i], part{1 + k, x})
		}
	}
	return rows, first + wordBuckets + len(kinds)
}

// commonKinds numbers the categories that have most tasks.
func commonKinds(tasks []Task) map[string]int {
	size := map[string]int{}
	for i := range tasks {
		size[tasks[i].Category]++
	}
	names := make([]string, 0, len(size))
	for name := range size {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
	out := map[string]int{}
	for k, name := range names[:min(len(names), mostKinds)] {
		out[name] = k
	}
	return out
}

// read takes the counts of a task's text, and the buckets of its words.
func read(t *Task, dense *[]float64) (buckets []int) {
	text := t.Text[:min(len(t.Text), mostRead)]
	var digits, questions, code, words float64
	seen := map[int]bool{}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words++
		b := int(hashOf(strings.ToLower(word)) % wordBuckets)
		if !seen[b] {
			seen[b] = true
			buckets = append(buckets, b)
		}
	}
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '?':
			questions++
		case strings.ContainsRune("{}();=<>`$\\", r):
			code++
		}
	}
	*dense = []float64{
		math.Log1p(float64(len(t.Text))), math.Log1p(words), math.Log1p(float64(strings.Count(text, "\n"))),
		math.Log1p(digits), math.Log1p(questions), math.Log1p(code), t.Others, t.Others * t.Others, 1,
	}
	if math.IsNaN(t.Others) {
		copy((*dense)[counts:], []float64{0, 0, 0})
	}
	return buckets
}

// standardise brings each column to mean 0 and variance 1; a constant one to 0.
func standardise(rows [][]float64) {
	if len(rows) == 0 {
		return
	}
	n := float64(len(rows))
	for k := range rows[0] {
		var mean, ss float64
		for _, r := range rows {
			mean += r[k] / n
		}
		for _, r := range rows {
			ss += (r[k] - mean) * (r[k] - mean)
		}
		sd := math.Sqrt(ss / n)
		for _, r := range rows {
			if r[k] -= mean; sd > 1e-9 {
				r[k] /= sd
			} else {
				r[k] = 0
			}
		}
	}
}

// fit minimises the log loss of some rows plus the ridge penalty, by L-BFGS. The
// intercept is not penalised; it starts at the base rate, where it stays if there are few rows.
func fit(rows [][]part, happened []bool, train []int, width int) ([]float64, error) {
	w := make([]float64, width)
	yes := 0.5
	for _, i := range train {
		if happened[i] {
			yes++
		}
	}
	base := yes / float64(len(train)+1)
	w[0] = math.Log(base / (1 - base))
	if len(train) < leastForTold {
		return w, nil
	}
	loss := func(w, grad []float64) float64 { // the gradient is left out where it is nil
		sum := 0.0
		for k := range grad {
			grad[k] = 0
		}
		for _, i := range train {
			x, y := dot(w, rows[i]), float64(count(happened[i]))
			sum += math.Max(x, 0) - y*x + math.Log1p(math.Exp(-math.Abs(x)))
			if grad == nil {
				continue
			}
			d := logistic(x) - y
			for _, p := range rows[i] {
				grad[p.at] += d * p.value
			}
		}
		for k := 1; k < len(w); k++ {
			sum += ridge * w[k] * w[k]
			if grad != nil {
				grad[k] += 2 * ridge * w[k]
			}
		}
		return sum
	}
	problem := optimize.Problem{
		Func: func(w []float64) float64 { return loss(w, nil) },
		Grad: func(grad, w []float64) { loss(w, grad) },
	}
	settings := &optimize.Settings{MajorIterations: 100, GradientThreshold: 1e-3 * math.Sqrt(float64(len(train)))}
	res, err := optimize.Minimize(problem, w, settings, &optimize.LBFGS{})
	if res == nil {
		return nil, err
	}
	return res.X, nil // where no step helps any more, or the iterations are used up, it is good enough to sort by
}
