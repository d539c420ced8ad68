package suite

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"waymark"
	"waymark/internal/claim"
	"waymark/internal/runner"
)

// An outcome is what a swept policy gives for one row along one of its steps, and what all calls of
// that step come to.
type outcome struct {
	status   runner.Status
	answer   int     // the column of the model whose answer is given; -1 if none
	quality  float64 // in [0,1], where Answered
	cost     float64 // US dollars; of the calls whose cost is known
	unpriced bool    // the cost of some call is not known
	latency  time.Duration
	calls    int
	way      int32 // among a course's ways
}

// A course is the steps of a policy that makes calls to decide, with what they come to. That
// of a one-shot policy needs none: its steps are cells of the matrix.
type course struct {
	told    []outcome // by step
	ways    []string  // chains of models that lead to an answer, such as "a → b"
	reasons []string  // why rows have no steps
	holes   []bool    // by row: it has no steps for want of a response
	single  bool      // every row is decided by one signal
}

// covered reports whether a row has steps all of which have a score.
func (c *course) covered(s *waymark.Steps, row int) (ok, hole bool) {
	if s.Start[row] == s.Start[row+1] {
		return false, c.holes[row]
	}
	return answered(c.told[s.Start[row]:s.Start[row+1]])
}

func answered(told []outcome) (ok, hole bool) {
	ok = true
	for _, o := range told {
		if o.status != runner.Answered {
			ok = false
		}
		hole = hole || o.status == runner.Hole
	}
	return ok, hole
}

// unpriced reports whether some cost of a row is not known.
func (c *course) unpriced(s *waymark.Steps, row int) bool {
	return slices.ContainsFunc(c.told[s.Start[row]:s.Start[row+1]], func(o outcome) bool { return o.unpriced })
}

// arms are the models that a one-shot swept policy chooses among.
func (c *candidate) arms() []waymark.ModelID { return c.sweep.(waymark.OneShotSweep).Arms() }

// reader reads what a swept candidate does with a row along a step.
func (c *candidate) reader(b *board) func(row, step int) outcome {
	if c.course != nil {
		return func(_, step int) outcome { return c.course.told[step] }
	}
	var cols []int
	for _, m := range c.arms() {
		cols = append(cols, b.matrix.Column(m))
	}
	return func(row, step int) outcome {
		col := cols[c.steps.Arm[step]]
		o := outcome{status: runner.Answered, answer: col, calls: 1}
		o.quality, o.cost = b.matrix.Columns[col].Score[row], b.matrix.Columns[col].Cost[row].Float()
		if c.spent != nil {
			o.cost += c.spent[row].Cost.USD.Float()
		}
		return o
	}
}

// stepAt is the step of a row that contains a knob.
func (c *candidate) stepAt(row int, x float64) int {
	step := c.steps.Start[row]
	for step+1 < c.steps.Start[row+1] && c.steps.From[step+1] <= x {
		step++
	}
	return step
}

// metric is what a term about the policy itself is on a row along a step.
func (c *candidate) metric(b *board, t claim.Term, row, step int) (float64, error) {
	if c.course != nil {
		return c.course.told[step].metric(b, t)
	}
	var spent waymark.Spending
	if c.spent != nil {
		spent = c.spent[row]
	}
	return b.cell(t, b.matrix.Column(c.arms()[c.steps.Arm[step]]), row, spent)
}

// metric is what a term is for an outcome.
func (o outcome) metric(b *board, t claim.Term) (float64, error) {
	switch t.Metric.Name {
	case "quality":
		return b.info.Quality(o.quality), nil
	case "cost":
		if !b.costKnown {
			return 0, errors.New("a condition is about cost, which is unknown")
		}
		return o.cost, nil
	case "share":
		return pick(o.answer >= 0 && string(b.matrix.Models[o.answer]) == t.Arg, 1, 0), nil
	}
	return inTime(t, o.latency)
}

// keptArms are what decisions and steps of a candidate are kept as: the arms of a one-shot
// policy; of another the models of the matrix, whose answers are given, and then the ways to them.
func (c *candidate) keptArms(b *board) (arms []waymark.ModelID, reasons []string) {
	if one, ok := c.sweep.(waymark.OneShotSweep); ok {
		return one.Arms(), one.Reasons()
	}
	if sel := c.selector(); sel != nil {
		return sel.Arms(), sel.Reasons()
	}
	arms = slices.Clone(b.matrix.Models)
	if c.course == nil {
		return arms, nil
	}
	for _, w := range c.course.ways {
		if id := waymark.ModelID(w); !slices.Contains(arms, id) {
			arms = append(arms, id)
		}
	}
	return arms, c.course.reasons
}

// keptSteps are a swept candidate's steps, with arms as keptArms numbers them.
func (c *candidate) keptSteps(b *board) *waymark.Steps {
	if c.course == nil {
		return c.steps
	}
	arms, _ := c.keptArms(b)
	at := make([]int32, len(c.course.ways))
	for i, w := range c.course.ways {
		at[i] = int32(slices.Index(arms, waymark.ModelID(w)))
	}
	s := *c.steps
	s.Arm = make([]int32, len(c.course.told))
	for k, o := range c.course.told {
		s.Arm[k] = at[o.way]
	}
	return &s
}

// A builder puts a course together, row by row.
type builder struct {
	steps  waymark.Steps
	course course
	ways   map[string]int32
	why    map[string]int32
}

func newBuilder(rows int) *builder {
	b := &builder{ways: map[string]int32{}, why: map[string]int32{}}
	b.steps.Start = make([]int, 1, rows+1)
	b.course.single = true
	return b
}

// step adds a step of the row at hand.
func (b *builder) step(from float64, o outcome, way string) {
	o.way = number(b.ways, &b.course.ways, way)
	b.steps.From, b.steps.Arm = append(b.steps.From, from), append(b.steps.Arm, o.way)
	b.course.told = append(b.course.told, o)
}

// end ends a row; one without steps says why.
func (b *builder) end(signals []float64, err error) {
	p := waymark.Pick{Signal: math.NaN()}
	if len(signals) == 1 {
		p.Signal = signals[0]
	}
	b.course.single = b.course.single && len(signals) <= 1
	hole := errors.Is(err, waymark.ErrNotRecorded)
	if len(b.steps.From) == b.steps.Start[len(b.steps.Start)-1] {
		p.Arm, p.Signal = waymark.NoArm, math.NaN()
		p.Reason = number(b.why, &b.course.reasons, whyNoSteps(err, hole, len(b.why)))
	}
	b.steps.Pick = append(b.steps.Pick, p)
	b.steps.Start = append(b.steps.Start, len(b.steps.From))
	b.course.holes = append(b.course.holes, hole)
}

// mostReasons is how many reasons of their own rows without steps may have.
const mostReasons = 1000

func whyNoSteps(err error, hole bool, n int) string {
	switch {
	case hole:
		return "a response that it decides by is not recorded"
	case err == nil || n > mostReasons:
		return "no decision"
	}
	return strings.ToValidUTF8(fmt.Sprintf("%.300s", err), "")
}

// number is the position of a text among those that are known, which it joins.
func number(known map[string]int32, list *[]string, text string) int32 {
	i, ok := known[text]
	if !ok {
		i = int32(len(*list))
		known[text], *list = i, append(*list, text)
	}
	return i
}

func (b *builder) done(c *candidate) { c.steps, c.course = &b.steps, &b.course }
