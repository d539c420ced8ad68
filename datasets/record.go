package datasets

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"waymark"
)

// The bounds of what a record may say: beyond them sums of squares, or of money, are no longer numbers.
const (
	leastWeight, mostWeight = 1e-9, 1e9
	mostDollars             = 1e6 // of one call
)

// The records are the rows of the three tables as they are written.

type taskRecord struct {
	ID        string            `json:"id"`
	Prompt    *string           `json:"prompt"`
	Messages  []waymark.Message `json:"messages"`
	Category  string            `json:"category"`
	Reference jsontext.Value    `json:"reference"`
	Grader    jsontext.Value    `json:"grader"`
	Split     string            `json:"split"`
	Group     string            `json:"group"`
	Weight    *float64          `json:"weight"`
	Time      string            `json:"time"`
	Subtasks  []taskRecord      `json:"subtasks"`
	Metadata  map[string]any    `json:"metadata"`
}

type responseRecord struct {
	Task        string   `json:"task"`
	Model       string   `json:"model"`
	Sample      int      `json:"sample"`
	Output      *string  `json:"output"`
	Score       *float64 `json:"score"`
	Cost        *float64 `json:"cost_usd"`
	Input       int      `json:"input_tokens"`
	CachedInput int      `json:"cached_input_tokens"`
	OutputTok   int      `json:"output_tokens"`
	Reasoning   int      `json:"reasoning_tokens"`
	Latency     float64  `json:"latency_ms"`
	TTFT        float64  `json:"ttft_ms"`
	Err         string   `json:"error"`
	Finish      string   `json:"finish_reason"`
	LogProb     *float64 `json:"logprob"`
	Confidence  *float64 `json:"confidence"`
}

type decisionRecord struct {
	Task         string             `json:"task"`
	Policy       string             `json:"policy"`
	Model        string             `json:"model"`
	Score        *float64           `json:"score"`
	Scores       map[string]float64 `json:"scores"`
	Propensity   *float64           `json:"propensity"`
	Propensities map[string]float64 `json:"propensities"`
	Latency      float64            `json:"latency_ms"`
	Cost         *float64           `json:"cost_usd"`
}

// A fieldError blames one field of a record; the reader adds its place.
type fieldError struct {
	field, msg string
	offset     int // bytes from where the field's JSON begins
}

func (e *fieldError) Error() string { return e.msg }

func bad(field, format string, args ...any) error {
	return &fieldError{field: field, msg: fmt.Sprintf(format, args...)}
}

func (r *taskRecord) task(m *Meta) (waymark.Task, error) {
	t := waymark.Task{
		ID: r.ID, Category: r.Category, Group: r.Group, Weight: 1, Time: r.Time,
		Messages: r.Messages, Metadata: r.Metadata,
	}
	switch {
	case r.ID == "":
		return t, bad("id", "found a task without an id, expected one of its own")
	case r.Prompt != nil && r.Messages != nil:
		return t, bad("messages", "found both prompt and messages, expected one of them")
	case r.Prompt == nil && r.Messages == nil:
		return t, bad("prompt", "found neither prompt nor messages, expected one of them")
	case r.Prompt != nil:
		t.Messages = []waymark.Message{{Role: "user", Content: *r.Prompt}}
	}
	if r.Weight != nil {
		if !(*r.Weight >= leastWeight && *r.Weight <= mostWeight) {
			return t, bad("weight", "found %g, expected a number from %g to %g", *r.Weight, leastWeight, mostWeight)
		}
		t.Weight = *r.Weight
	}
	if r.Split != "" {
		split, err := namedSplit(r.Split)
		if err != nil {
			return t, bad("split", "%v", err)
		}
		t.Split = split
	}
	if t.Group == "" && m.Group != "" {
		if v, ok := t.Field(m.Group); ok {
			t.Group = fmt.Sprint(v)
		}
	}
	var err error
	if t.Reference, err = references(r.Reference); err != nil {
		return t, err
	}
	if len(r.Grader) > 0 && string(r.Grader) != "null" {
		t.Grader = json.RawMessage(r.Grader)
	}
	for i := range r.Subtasks {
		sub := &r.Subtasks[i]
		if sub.ID == "" {
			sub.ID = fmt.Sprintf("%s/%d", r.ID, i+1)
		}
		st, err := sub.task(m)
		if err != nil {
			return t, bad("subtasks", "subtask %d: %v", i+1, err)
		}
		t.Subtasks = append(t.Subtasks, st)
	}
	return t, nil
}

// references reads a string, a number, a boolean, or a list of those.
func references(raw jsontext.Value) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw.Kind() != '[' {
		s, err := reference(raw)
		return []string{s}, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, bad("reference", "%v", err)
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		s, err := reference(jsontext.Value(item))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func reference(raw jsontext.Value) (string, error) {
	switch raw.Kind() {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '0', 't', 'f':
		return strings.TrimSpace(string(raw)), nil // as written: 18.0 stays 18.0
	}
	return "", bad("reference", "found %s, expected text, a number, true or false, or a list of those", raw.Kind())
}

func (r *responseRecord) recorded(m *Meta) (waymark.Recorded, error) {
	out := waymark.Recorded{Task: r.Task, Model: waymark.ModelID(r.Model), Sample: r.Sample}
	if r.Task == "" {
		return out, bad("task", "found a response without a task, expected a task's id")
	}
	if r.Model == "" {
		return out, bad("model", "found a response without a model, expected a model's name")
	}
	for _, c := range []struct {
		field string
		value int
	}{{"sample", r.Sample}, {"input_tokens", r.Input}, {"cached_input_tokens", r.CachedInput}, {"output_tokens", r.OutputTok}, {"reasoning_tokens", r.Reasoning}} {
		if c.value < 0 {
			return out, bad(c.field, "found %d, expected a whole number of at least 0", c.value)
		}
	}
	var err error
	if out.Score, err = m.score(r.Score); err != nil {
		return out, err
	}
	if out.Cost, err = cost(r.Cost); err != nil {
		return out, err
	}
	if out.Latency, err = milliseconds("latency_ms", r.Latency); err != nil {
		return out, err
	}
	if out.TTFT, err = milliseconds("ttft_ms", r.TTFT); err != nil {
		return out, err
	}
	if r.Output != nil {
		out.Output, out.HasOutput = *r.Output, true
	}
	out.Usage = waymark.Usage{Input: r.Input, CachedInput: r.CachedInput, Output: r.OutputTok, Reasoning: r.Reasoning}
	out.Err, out.FinishReason = r.Err, r.Finish
	out.Confidence, err = confidence(r.Confidence, r.LogProb)
	return out, err
}

// confidence is given as a number in [0,1] or as the mean log-probability of the tokens.
func confidence(given, logprob *float64) (waymark.Score, error) {
	switch {
	case given != nil && logprob != nil:
		return waymark.Score{}, bad("logprob", "found both confidence and logprob, expected one of them")
	case given != nil && !(*given >= 0 && *given <= 1):
		return waymark.Score{}, bad("confidence", "found %g, expected a number from 0 to 1", *given)
	case given != nil:
		return waymark.Scored(*given), nil
	case logprob != nil && !(*logprob <= 0):
		return waymark.Score{}, bad("logprob", "found %g, expected the mean log-probability of the tokens, at most 0", *logprob)
	case logprob != nil:
		return waymark.Scored(math.Exp(*logprob)), nil
	}
	return waymark.Score{}, nil
}

// score scales a recorded score to [0,1].
func (m *Meta) score(x *float64) (waymark.Score, error) {
	if x == nil {
		return waymark.Score{}, nil
	}
	lo, hi, flipped := m.scale()
	if !(*x >= lo && *x <= hi) {
		return waymark.Score{}, bad("score", "found %g, expected a score of the dataset's range %g to %g (correct it, or widen quality.range in dataset.yaml)", *x, lo, hi)
	}
	v := (*x - lo) / (hi - lo)
	if flipped {
		v = 1 - v
	}
	return waymark.Scored(v), nil
}

func cost(x *float64) (waymark.Cost, error) {
	if x == nil {
		return waymark.Cost{}, nil
	}
	usd, err := waymark.Dollars(*x)
	if err != nil || *x < 0 || *x > mostDollars {
		return waymark.Cost{}, bad("cost_usd", "found %g, expected US dollars from 0 to %g", *x, mostDollars)
	}
	return waymark.Paid(usd), nil
}

func milliseconds(field string, x float64) (time.Duration, error) {
	if !(x >= 0 && x < 1e12) {
		return 0, bad(field, "found %g, expected milliseconds of at least 0", x)
	}
	return time.Duration(math.Round(x * 1e6)), nil
}

func (r *decisionRecord) verdict() (waymark.Verdict, error) {
	v := waymark.Verdict{Task: r.Task, Policy: r.Policy, Model: waymark.ModelID(r.Model), Score: math.NaN()}
	switch {
	case r.Task == "":
		return v, bad("task", "found a decision without a task, expected a task's id")
	case r.Policy == "":
		return v, bad("policy", "found a decision without a policy, expected the router's name")
	case r.Model == "" && r.Score == nil && r.Scores == nil:
		return v, bad("model", "found neither model nor score nor scores, expected one of them")
	}
	if r.Score != nil {
		v.Score = *r.Score
	}
	for name, x := range r.Scores {
		if v.Scores == nil {
			v.Scores = map[waymark.ModelID]float64{}
		}
		v.Scores[waymark.ModelID(name)] = x
	}
	if p := r.Propensity; p != nil {
		if !(*p > 0 && *p <= 1) {
			return v, bad("propensity", "found %g, expected a probability above 0 and at most 1", *p)
		}
		v.Propensity = *p
	}
	err := r.propensities(&v)
	if err != nil {
		return v, err
	}
	if v.Latency, err = milliseconds("latency_ms", r.Latency); err != nil {
		return v, err
	}
	v.Cost, err = cost(r.Cost)
	return v, err
}
