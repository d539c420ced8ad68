package wire

import (
	"encoding/json"
	"math"

	"waymark"
)

// A Hello is the first line of a conversation.
type Hello struct {
	Protocol int               `json:"protocol"`
	Purpose  string            `json:"purpose"`
	Models   []waymark.ModelID `json:"models"`
	Features []string          `json:"features"`
	Seed     uint64            `json:"seed"`
	// Ladder is the models of a scorer's policy, the weakest first: it is asked which
	// queries need more than the first. It is empty for a policy.
	Ladder []waymark.ModelID `json:"ladder,omitempty"`
}

// A Query is what a router sees of a task. Its id stands first, for routers that
// read lines with less than a JSON parser.
type Query struct {
	ID       string            `json:"id"`
	Repeat   int               `json:"repeat"`
	Features map[string]any    `json:"features"`
	Messages []waymark.Message `json:"messages"`
}

// QueryOf is the query of a batch at a position.
func QueryOf(qs *waymark.Queries, i int) Query {
	q := qs.Query(i)
	return query(&q, qs.Repeat)
}

func query(q *waymark.Query, repeat int) Query {
	out := Query{ID: q.ID, Repeat: repeat, Features: q.Features, Messages: q.Messages}
	if out.Features == nil {
		out.Features = map[string]any{}
	}
	if out.Messages == nil {
		out.Messages = []waymark.Message{}
	}
	return out
}

// An Answer is what a call of a trial gave, as the router is told. There is no score in it.
type Answer struct {
	Model     waymark.ModelID `json:"model"`
	Text      *string         `json:"text"` // null where none is recorded
	Usage     waymark.Usage   `json:"usage"`
	CostUSD   *float64        `json:"cost_usd"`   // null where it is not known
	LatencyMS *float64        `json:"latency_ms"` // null where it is not known
	Error     string          `json:"error,omitempty"`
	Finish    string          `json:"finish_reason,omitempty"`
}

// AnswerOf is a call as the router is told.
func AnswerOf(c waymark.Call) Answer {
	a := Answer{Model: c.Model, Usage: c.Usage, Error: c.Err, Finish: c.FinishReason}
	if c.HasOutput {
		a.Text = &c.Output
	}
	if c.Cost.Known {
		usd := c.Cost.USD.Float()
		a.CostUSD = &usd
	}
	if c.Latency > 0 {
		ms := c.Latency.Seconds() * 1000
		a.LatencyMS = &ms
	}
	return a
}

// An Outcome is what the models did with one query of the tune split. Of a model
// that is not in Quality or CostUSD it is not known.
type Outcome struct {
	Query   Query                       `json:"query"`
	Quality map[waymark.ModelID]float64 `json:"quality"` // in [0,1]
	CostUSD map[waymark.ModelID]float64 `json:"cost_usd"`
	Weight  float64                     `json:"weight"`
}

// OutcomeOf is the outcome of a query at a position.
func OutcomeOf(o *waymark.Outcomes, i int) Outcome {
	out := Outcome{Query: QueryOf(o.Queries, i), Quality: map[waymark.ModelID]float64{}, CostUSD: map[waymark.ModelID]float64{}, Weight: 1}
	if o.Weights != nil {
		out.Weight = o.Weights[i]
	}
	for m, id := range o.Models {
		if x := o.Quality[m][i]; !math.IsNaN(x) {
			out.Quality[id] = x
		}
		if x := o.Cost[m][i]; !math.IsNaN(x) {
			out.CostUSD[id] = x
		}
	}
	return out
}

// The lines of Waymark, without the number that a conversation gives them.

func (h Hello) line(n int64) any {
	return struct {
		Type string `json:"type"`
		N    int64  `json:"n"`
		Hello
	}{"hello", n, h}
}

func batchLine(kind string, qs *waymark.Queries) func(n int64) any {
	queries := make([]Query, qs.Len())
	for i := range queries {
		queries[i] = QueryOf(qs, i)
	}
	return func(n int64) any {
		return struct {
			Type    string  `json:"type"`
			N       int64   `json:"n"`
			Queries []Query `json:"queries"`
		}{kind, n, queries}
	}
}

func trialLine(q Query) func(n int64) any {
	return func(n int64) any {
		return struct {
			Type  string `json:"type"`
			N     int64  `json:"n"`
			Query Query  `json:"query"`
		}{"trial", n, q}
	}
}

func answersLine(calls []waymark.Call) func(n int64) any {
	answers := make([]Answer, len(calls))
	for i, c := range calls {
		answers[i] = AnswerOf(c)
	}
	return func(n int64) any {
		return struct {
			Type    string   `json:"type"`
			N       int64    `json:"n"`
			Answers []Answer `json:"answers"`
		}{"answers", n, answers}
	}
}

func outcomesLine(outcomes []Outcome) func(n int64) any {
	return func(n int64) any {
		return struct {
			Type     string    `json:"type"`
			N        int64     `json:"n"`
			Outcomes []Outcome `json:"outcomes"`
		}{"outcomes", n, outcomes}
	}
}

func plainLine(kind string) func(n int64) any {
	return func(n int64) any {
		return struct {
			Type string `json:"type"`
			N    int64  `json:"n"`
		}{kind, n}
	}
}

// encode is a line with its end.
func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	return append(b, '\n'), err
}
