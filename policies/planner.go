package policies

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"waymark"
)

// Planner takes a query apart, has another policy answer each part, and joins the answers. Parts
// that wait for none run side by side: what they take together is the slowest way through them. All
// calls are charged. A query that the dataset does not take apart is answered by the inner policy as it is.
type Planner struct {
	Plan      Plan      `yaml:"plan" json:"plan" doc:"how a query is taken apart: recorded (the dataset's subtasks), a model, or a recipe" required:"true"`
	Route     AnyPolicy `yaml:"route" json:"route" doc:"the policy that answers each part" required:"true"`
	Join      Join      `yaml:"join" json:"join" doc:"what is made of the answers: concatenate, last, a model or a template" required:"true"`
	Context   string    `yaml:"context" json:"context,omitempty" doc:"whether a part is shown the answers that it comes after: answers, or none; default: none for recorded, answers for a model's plan" enum:"none,answers"`
	Aggregate string    `yaml:"aggregate" json:"aggregate,omitempty" doc:"how a task without a reference of its own is graded by its subtasks: their mean, weighted mean, min, or all (1 if all are right)" enum:"mean,weighted,min,all"`
}

// Aggregation is how a task is graded by its parts, "" if it is not.
func (c *Planner) Aggregation() string { return c.Aggregate }

// Build makes the policy.
func (c *Planner) Build(in Inputs) (waymark.Policy, error) {
	p := &planner{showing: c.Context == "answers" || c.Context == "" && !c.Plan.Recorded}
	if !slices.Contains([]string{"", "none", "answers"}, c.Context) {
		return nil, fieldf([]any{"context"}, "found %q, expected none or answers", c.Context)
	}
	if !slices.Contains([]string{"", "mean", "weighted", "min", "all"}, c.Aggregate) {
		return nil, fieldf([]any{"aggregate"}, "found %q, expected mean, weighted, min or all", c.Aggregate)
	}
	if c.Context != "" && c.Plan.Keys.Recipe != nil {
		return nil, fieldf([]any{"context"}, "found context beside a recipe, whose prompts show what they need")
	}
	var err error
	if p.plan, err = c.Plan.build(in); err != nil {
		return nil, err
	}
	if p.route, err = c.Route.build(in, "route"); err != nil {
		return nil, err
	}
	p.join, err = c.Join.build(in)
	return p, err
}

type planner struct {
	plan    planning
	route   waymark.Policy
	join    *joining
	showing bool
}

func (p *planner) Route(ctx context.Context, t *waymark.Trial) (waymark.Decision, error) {
	steps, err := p.plan.plan(ctx, t)
	if err != nil {
		return waymark.Decision{}, err
	}
	if len(steps) == 0 {
		return p.route.Route(ctx, t)
	}
	w := &work{p: p, whole: t, steps: steps, branches: make([]waymark.Branch, len(steps)), queries: make([]waymark.Query, len(steps)), ended: make([]chan struct{}, len(steps))}
	for i := range steps {
		w.ended[i] = make(chan struct{})
	}
	var side sync.WaitGroup
	for i := range steps {
		side.Go(func() {
			defer close(w.ended[i])
			w.step(ctx, i)
		})
	}
	side.Wait()
	at, err := w.enter(t)
	if err != nil {
		return waymark.Decision{}, err
	}
	parts := make([]joinedPart, len(steps))
	for i := range parts {
		parts[i] = joinedPart{steps[i].name, w.queries[i].Prompt(), w.branches[i].Text()}
	}
	return p.join.join(ctx, t, parts, at)
}

// A work is a plan under way. A step's branch and query are read by others once it has ended.
type work struct {
	p        *planner
	whole    *waymark.Trial
	steps    []step
	queries  []waymark.Query
	branches []waymark.Branch // without a Trial where a step could not begin
	ended    []chan struct{}
}

var errNotBegun = errors.New("a part that it builds on has no answer")

// step waits for the parts that a step builds on, and has the inner policy answer it.
func (w *work) step(ctx context.Context, i int) {
	s := w.steps[i]
	answers := make([]string, len(w.steps))
	var after []*waymark.Trial
	for _, j := range s.after {
		<-w.ended[j]
		if w.branches[j].Err != nil {
			w.branches[i].Err = fmt.Errorf("part %s: %w", s.id, errNotBegun)
			return
		}
		answers[j] = w.branches[j].Text()
		after = append(after, w.branches[j].Trial)
	}
	q, err := s.query, error(nil)
	switch {
	case s.made != nil:
		q, err = s.cook(w.whole.Query, w.steps, answers)
	case w.p.showing && len(s.after) > 0:
		q, err = s.shown(w.steps, answers)
	}
	if err != nil {
		w.branches[i].Err = err
		return
	}
	w.queries[i] = q
	w.branches[i] = w.whole.Fork(s.name, q, after...).Answered(ctx, w.p.route)
}

// enter joins what was begun into the whole, and gives the position of each answer. The first failure that
// is not for want of another part's answer is the one that matters; a hole goes before all.
func (w *work) enter(t *waymark.Trial) (at []int, err error) {
	var begun []waymark.Branch
	for _, b := range w.branches {
		if b.Trial != nil {
			begun = append(begun, b)
		}
	}
	at, err = t.Join(begun...)
	if err != nil {
		return nil, err
	}
	for _, b := range w.branches {
		if b.Err != nil {
			return nil, b.Err
		}
	}
	return at, nil
}

// shown is a part's query with the answers that it comes after below the last message.
func (s step) shown(steps []step, answers []string) (waymark.Query, error) {
	var b strings.Builder
	for _, j := range s.after {
		fmt.Fprintf(&b, "\n\nAnswer to part %s:\n%s", steps[j].name, answers[j])
	}
	if b.Len() > mostPrompt {
		return s.query, errLongPrompt
	}
	q := s.query
	q.Messages = slices.Clone(q.Messages)
	if len(q.Messages) == 0 {
		q.Messages = []waymark.Message{{Role: "user"}}
	}
	q.Messages[len(q.Messages)-1].Content += b.String()
	return q, nil
}

// indexed is how a recipe's prompt asks for an answer: {{index .Answers "id"}} or {{.Answers.id}}.
var indexed = regexp.MustCompile(`\.Answers\s+"([^"]*)"|\.Answers\.(\w+)`)
