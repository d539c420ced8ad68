package evaluators

import (
	"context"
	"strings"

	"waymark"
)

// A grader is a judge with what all of them have in common.
type grader struct {
	options
	name    string
	judge   Judge
	negated bool
}

// Name is the grader's name, version and configuration.
func (g *grader) Name() string { return g.name }

// Grade judges the text of an answer, without what the model thought aloud.
func (g *grader) Grade(ctx context.Context, t *waymark.Task, a waymark.Answer) (waymark.Grade, error) {
	var grade waymark.Grade
	if _, ok := g.judge.(recordedJudge); ok {
		if !a.Recorded.Known {
			return grade, ErrNoOutput
		}
		grade = waymark.Grade{Score: a.Recorded.Value, Status: waymark.Graded, Why: "as recorded"}
	} else {
		if !a.HasText {
			return grade, ErrNoOutput
		}
		text := a.Text
		if !g.KeepThinking {
			text = StripThinking(text)
		}
		var err error
		if grade, err = g.judge.Judge(ctx, t, text); err != nil {
			return grade, err
		}
	}
	return g.finish(grade), nil
}

func (g *grader) finish(grade waymark.Grade) waymark.Grade {
	if grade.Status == waymark.Failed {
		return grade
	}
	if g.Threshold != nil {
		grade.Score = oneIf(grade.Score >= *g.Threshold)
	}
	if g.negated {
		grade.Score, grade.Status = 1-grade.Score, waymark.Graded
	}
	return grade
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// StripThinking drops what a reasoning model thought aloud: everything up to and
// including the last </think> or </thinking>, and everything from a <think> or
// <thinking> that is never closed. Tags are matched in lower case only, as models write them.
func StripThinking(text string) string {
	if !strings.Contains(text, "think") {
		return text
	}
	for _, end := range []string{"</think>", "</thinking>"} {
		if i := strings.LastIndex(text, end); i >= 0 {
			text = text[i+len(end):]
		}
	}
	for _, start := range []string{"<think>", "<thinking>"} {
		if i := strings.Index(text, start); i >= 0 {
			text = text[:i]
		}
	}
	return text
}

// Recorded takes the score that the dataset records.
type Recorded struct{}

// Build makes the judge.
func (*Recorded) Build() (Judge, error) { return recordedJudge{}, nil }

type recordedJudge struct{}

func (recordedJudge) Judge(context.Context, *waymark.Task, string) (waymark.Grade, error) {
	return waymark.Grade{}, ErrNoOutput // Grade takes the score from the answer
}
