package policies

import (
	"context"
	"unicode/utf8"

	"waymark"
	"waymark/internal/expression"
)

// AcceptExpr rates an answer by an expression that gives a number; true counts as 1.
// It may use output, characters (of it), cost_usd, output_tokens (reasoning among them),
// latency_ms, finish_reason, confidence and model, and what a scorer's expression may: prompt,
// length, words, lines, turns and the dataset's features. What is used and not recorded
// is an answer that cannot be rated.
type AcceptExpr struct {
	Expr string `yaml:"expr" json:"expr" doc:"over output, characters, cost_usd, output_tokens, latency_ms, finish_reason, confidence, model, prompt and the dataset's features" required:"true"`
}

// answerNames are what is known of an answer, with samples of their types.
var answerNames = map[string]any{
	"output": "", "characters": 0, "cost_usd": 0.0, "output_tokens": 0, "latency_ms": 0.0, "finish_reason": "", "confidence": 0.0, "model": "",
}

// Build compiles the expression.
func (c *AcceptExpr) Build(in Inputs, _ []waymark.ModelID) (Acceptor, error) {
	env := QueryNames(in.Features)
	for name, v := range answerNames {
		env[name] = v
	}
	p, err := expression.Compile(c.Expr, env)
	if err != nil {
		return nil, fieldf([]any{"expr"}, "%v", err)
	}
	return acceptExpr{p}, nil
}

type acceptExpr struct{ program *expression.Program }

func (a acceptExpr) Accept(_ context.Context, t *waymark.Trial, c waymark.Call) (float64, error) {
	env := newQueryEnv([]*expression.Program{a.program}).of(waymark.One(t), 0)
	for _, need := range []struct {
		names []string
		known bool
		why   string
	}{
		{[]string{"output", "characters"}, c.HasOutput, "text of it"},
		{[]string{"cost_usd"}, c.Cost.Known, "cost of it"},
		{[]string{"output_tokens"}, c.Usage.Known(), "token count of it"},
		{[]string{"latency_ms"}, c.Latency > 0, "latency of it"},
		{[]string{"confidence"}, c.Confidence.Known, "confidence of the model in it"},
	} {
		for _, name := range need.names {
			if a.program.Uses(name) && !need.known {
				return 0, errNotRecorded(need.why)
			}
		}
	}
	env["output"], env["characters"] = c.Output, utf8.RuneCountInString(c.Output)
	env["cost_usd"], env["output_tokens"] = c.Cost.USD.Float(), c.Usage.Output+c.Usage.Reasoning
	env["latency_ms"], env["finish_reason"] = c.Latency.Seconds()*1000, c.FinishReason
	env["confidence"], env["model"] = c.Confidence.Value, string(c.Model)
	return a.program.Float(env)
}

// errNotRecorded is something of an answer that its acceptor reads and that is not recorded.
// It is no hole: there is an answer.
type errNotRecorded string

func (e errNotRecorded) Error() string {
	return "the acceptor reads the answer, and no " + string(e) + " is recorded"
}
