package suite

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"waymark"
	"waymark/internal/claim"
	"waymark/internal/curve"
	"waymark/internal/replay"
	"waymark/internal/tune"
	"waymark/internal/yamlfile"
)

// conditions are what a chosen knob must meet, as the suite writes them.
func (o *Objective) conditions() ([]claim.Claim, error) {
	all, err := claim.ParseAll(o.SubjectTo, true)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		for _, t := range c.Terms {
			switch {
			case t.At != "":
				return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found @%s, expected a model of the run at hand: an objective has no baseline", t.At)}
			case t.Metric.Unit == claim.Count || t.Metric.Unit == claim.Figure:
				return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found %s, expected quality, cost, share, within, p50, p95 or p99", t.Metric.Name)}
			}
		}
		if !slices.ContainsFunc(c.Terms, func(t claim.Term) bool { return t.Of == "" }) {
			return nil, &claim.Error{Column: c.Terms[0].Column, Msg: fmt.Sprintf("found nothing about the policy itself in %q, expected a term such as quality or cost", c.Text)}
		}
	}
	return all, nil
}

// String is the objective as one line.
func (o *Objective) String() string {
	s := "minimise cost"
	if o.Maximise != "" {
		s = "maximise quality"
	}
	if o.SubjectTo != "" {
		s += " subject to " + o.SubjectTo
	}
	return s
}

// points are a curve's points with the slack of the objective's conditions.
func (c *candidate) points(b *board, sw *swept, o *Objective) ([]tune.Point, error) {
	out := make([]tune.Point, len(sw.curve))
	lo, span := b.info.QualityLo, b.info.QualityHi-b.info.QualityLo
	for i, p := range sw.curve {
		out[i] = tune.Point{Knob: p.Knob, Quality: lo + span*p.Quality, Cost: p.Cost, Slack: math.Inf(1)}
	}
	all, err := o.conditions()
	if err != nil {
		return nil, err
	}
	for _, cl := range all {
		for _, one := range b.everySlice(cl, sw.rows) {
			slack, err := c.slack(b, sw, one)
			if err != nil {
				return nil, err
			}
			for i := range out {
				out[i].Slack = math.Min(out[i].Slack, slack[i])
			}
		}
	}
	return out, nil
}

// everySlice is a claim for each value of the slice that it leaves open with a star.
func (b *board) everySlice(cl claim.Claim, rows []int) []claim.Claim {
	return opened(cl, func(name string) []string {
		values := make([]string, len(rows))
		for k, i := range rows {
			values[k] = sliceOf(&b.matrix.Tasks[i], name)
		}
		return values
	})
}

// sliceOf is a task's value of what tables and claims may be cut by: its category, or
// a field of its metadata.
func sliceOf(t *waymark.Task, name string) string {
	if name == "category" {
		return t.Category
	}
	if v, ok := t.Metadata[strings.TrimPrefix(name, "metadata.")]; ok && v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// shares are what the weight of each row must be multiplied by so that the mean
// over all rows is that over a slice: 0 outside of it.
func (b *board) shares(t claim.Term, rows []int) ([]float64, error) {
	out := make([]float64, len(rows))
	weights := b.units.of(rows).weights
	var all, in float64
	for k, i := range rows {
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		all += w
		if t.Slice == "" || sliceOf(&b.matrix.Tasks[i], t.Slice) == t.Value {
			out[k] = 1
			in += w
		}
	}
	if in == 0 {
		return nil, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found %s=%s, of which there is no task%s", t.Slice, t.Value, b.nearSlice(t, rows))}
	}
	for k := range out {
		out[k] *= all / in
	}
	return out, nil
}

func (b *board) nearSlice(t claim.Term, rows []int) string {
	var known []string
	for _, i := range rows {
		if v := sliceOf(&b.matrix.Tasks[i], t.Slice); !slices.Contains(known, v) && len(known) < 1000 {
			known = append(known, v)
		}
	}
	if near := yamlfile.Nearest(t.Value, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// quantiles are the shares that quantiles of latency stand for: p95 <= 2000 says that
// 95 % of tasks are answered within 2000 ms.
var quantiles = map[string]float64{"p50": 0.5, "p95": 0.95, "p99": 0.99}

// asShare turns a condition on a quantile of latency into one on a share, which is a mean.
func asShare(cl claim.Claim) claim.Claim {
	q, ok := quantiles[cl.Terms[0].Metric.Name]
	if !ok {
		return cl
	}
	t := cl.Terms[0]
	limit := cl.Bound / t.Factor
	below := cl.AtLeast() != (t.Factor > 0) // quantile at most limit
	for _, m := range claim.Metrics {
		if m.Name == "within" {
			t.Metric = m
		}
	}
	t.Factor, t.Arg = 1, strconv.FormatFloat(limit, 'g', -1, 64)
	cl.Terms, cl.Bound, cl.Op = []claim.Term{t}, q, ">="
	if !below {
		cl.Op = "<="
	}
	return cl
}

// slack is by how much each point of the curve meets a condition.
func (c *candidate) slack(b *board, sw *swept, cl claim.Claim) ([]float64, error) {
	cl = asShare(cl)
	steps := *sw.input
	steps.Quality = make([]float64, len(sw.input.Quality))
	constant, err := b.constantOf(cl, sw.rows)
	if err != nil {
		return nil, err
	}
	for _, t := range cl.Terms {
		if t.Of != "" {
			continue
		}
		shares, err := b.shares(t, sw.rows)
		if err != nil {
			return nil, err
		}
		if err := c.addTerm(b, sw, t, shares, steps.Quality); err != nil {
			return nil, err
		}
	}
	means, err := curve.Sweep(&steps)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(means))
	for i, p := range means {
		out[i] = p.Quality + constant
		if !cl.AtLeast() {
			out[i] = -out[i]
		}
		if len(cl.Op) == 1 { // strictly
			out[i] = math.Nextafter(out[i]-1e-12, math.Inf(-1))
		}
	}
	return out, nil
}

// constantOf is the part of a condition's left side less its bound that no knob moves: the terms
// about other models.
func (b *board) constantOf(cl claim.Claim, rows []int) (float64, error) {
	constant := -cl.Bound
	for _, t := range cl.Terms {
		shares, err := b.shares(t, rows)
		if err != nil {
			return 0, err
		}
		if t.Of == "" {
			continue
		}
		mean, err := b.meanOf(t, rows, shares)
		if err != nil {
			return 0, err
		}
		constant += t.Factor * mean
	}
	return constant, nil
}

// meanOf is a model's metric on some rows.
func (b *board) meanOf(t claim.Term, rows []int, shares []float64) (float64, error) {
	col := b.matrix.Column(waymark.ModelID(t.Of))
	if col < 0 {
		names := make([]string, len(b.matrix.Models))
		for i, m := range b.matrix.Models {
			names[i] = string(m)
		}
		near := ""
		if n := yamlfile.Nearest(t.Of, names); n != "" {
			near = fmt.Sprintf("; did you mean %q?", n)
		}
		return 0, &claim.Error{Column: t.Column, Msg: fmt.Sprintf("found %q, expected a model of the pool%s", t.Of, near)}
	}
	values := make([]float64, len(rows))
	for k, i := range rows {
		v, err := b.cell(t, col, i, waymark.Spending{})
		if err != nil {
			return 0, err
		}
		values[k] = v * shares[k]
	}
	m := newMeter(b, rows, 0.95)
	m.costKnown = true
	return m.cost(values).Value, nil
}

// addTerm adds a term about the policy itself to the column of its steps.
func (c *candidate) addTerm(b *board, sw *swept, t claim.Term, shares, into []float64) error {
	n := 0
	for k, i := range sw.rows {
		for s := c.steps.Start[i]; s < c.steps.Start[i+1]; s++ {
			v, err := c.metric(b, t, i, s)
			if err != nil {
				return err
			}
			into[n] += t.Factor * shares[k] * v
			n++
		}
	}
	return nil
}

var errNoLatency = errors.New("a condition is about latency, which is not recorded on every task")

// cell is what a metric is where a model answers a task, with what deciding spent.
func (b *board) cell(t claim.Term, col, row int, spent waymark.Spending) (float64, error) {
	if b.log != nil {
		return b.log.cell(b, t, col, row, spent)
	}
	c := &b.matrix.Columns[col]
	switch t.Metric.Name {
	case "quality":
		if c.State[row]&replay.HasScore == 0 {
			return 0, fmt.Errorf("model %s has no score on task %q, which a condition needs", b.matrix.Models[col], b.matrix.Tasks[row].ID)
		}
		return b.info.QualityLo + (b.info.QualityHi-b.info.QualityLo)*c.Score[row], nil
	case "cost":
		if c.State[row]&replay.HasCost == 0 {
			return 0, errors.New("a condition is about cost, which is unknown")
		}
		return c.Cost[row].Float() + spent.Cost.USD.Float(), nil
	case "share":
		return pick(string(b.matrix.Models[col]) == t.Arg, 1, 0), nil
	}
	if c.Latency[row] <= 0 {
		return 0, errNoLatency
	}
	return inTime(t, c.Latency[row]+spent.Latency)
}

// inTime is 1 where a latency is within the limit of a term, else 0.
func inTime(t claim.Term, latency time.Duration) (float64, error) {
	if latency <= 0 {
		return 0, errNoLatency
	}
	limit, err := strconv.ParseFloat(t.Arg, 64)
	return pick(latency.Seconds()*1000 <= limit, 1, 0), err
}

func pick(first bool, a, b float64) float64 {
	if first {
		return a
	}
	return b
}
