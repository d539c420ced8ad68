package waymark

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"time"
)

// A Message is one turn of a conversation.
type Message struct {
	Role      string     `json:"role"`
	Content   string     `json:"content"`
	ToolCalls []ToolCall `json:"tool_calls,omitempty"`
	ToolID    string     `json:"tool_call_id,omitempty"` // the call that a role "tool" message answers
	Files     []File     `json:"files,omitempty"`
}

// A ToolCall is a model's request to run a tool.
type ToolCall struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name"`
	Arguments string `json:"arguments,omitempty"` // JSON text
}

// A File is a part of a message that is named by its digest.
type File struct {
	Name      string `json:"name,omitempty"`
	MediaType string `json:"media_type,omitempty"`
	Digest    string `json:"digest"`
}

// A Query is everything that a policy or a model may see of a task.
type Query struct {
	ID       string         `json:"id"` // stable across runs; a subtask is "parent/1"
	Messages []Message      `json:"messages"`
	Features map[string]any `json:"features,omitempty"` // string, float64, bool or nil
	Parts    []Query        `json:"parts,omitempty"`    // the dataset's own way to take it apart; nil if it has none
	After    []string       `json:"after,omitempty"`    // of a part: the IDs of those parts whose answers it builds on
}

// Prompt is the text of the query: the content of its user messages, separated
// by blank lines.
func (q Query) Prompt() string { return Prompt(q.Messages) }

// Prompt is the content of the user messages of a conversation, separated by
// blank lines. Of a conversation without any, it is that of all messages.
func Prompt(ms []Message) string {
	if len(ms) == 1 {
		return ms[0].Content
	}
	var user, all []string
	for _, m := range ms {
		all = append(all, m.Content)
		if m.Role == "user" {
			user = append(user, m.Content)
		}
	}
	if len(user) == 0 {
		user = all
	}
	return strings.Join(user, "\n\n")
}

// A Task is a question and the means to judge an answer to it. Of all this a
// policy sees only the messages and the declared features.
type Task struct {
	ID        string
	Messages  []Message
	Category  string
	Reference []string        // acceptable answers; usually one
	Grader    json.RawMessage // the task's own grader, as in a suite: a name or an object; nil if none
	Split     Split
	Group     string  // session, conversation or template; tasks of one group are not independent
	Weight    float64 // sampling weight, 1 unless given
	Time      string  // for a split by time: RFC 3339 or a date
	Subtasks  []Task
	After     []string // of a subtask: the IDs of those beside it whose answers it builds on
	Metadata  map[string]any
}

// Field is the value that a name such as "category", "group" or "tenant" or
// "metadata.tenant" has in the task, and whether the task has it.
func (t *Task) Field(name string) (any, bool) {
	switch name {
	case "id":
		return t.ID, true
	case "category":
		return t.Category, t.Category != ""
	case "group":
		return t.Group, t.Group != ""
	case "time":
		return t.Time, t.Time != ""
	}
	v, ok := t.Metadata[strings.TrimPrefix(name, "metadata.")]
	return v, ok
}

// A Split is the part of a dataset that a task belongs to.
type Split uint8

// The splits. Everything that is chosen is chosen on SplitTune and reported on
// SplitTest; SplitAll is a dataset that is not split.
const (
	SplitAll Split = iota
	SplitTune
	SplitTest
)

func (s Split) String() string { return [...]string{"all", "tune", "test"}[s] }

// Info is what travels with a dataset into every run.
type Info struct {
	Name, Version, Licence, Source string
	Recorded                       string   // when the responses were collected: a date or RFC 3339; "" if not known
	Digest                         string   // of the content, "sha256:…"
	Synthetic                      bool     // shown wherever the dataset is
	QualityLo, QualityHi           float64  // the dataset's own range of scores
	Currency                       string   // of the costs: "USD"
	Features                       []string // what a policy may see
}

// Quality converts a score in [0,1] to the dataset's own units.
func (i Info) Quality(score float64) float64 { return i.QualityLo + score*(i.QualityHi-i.QualityLo) }

// A Dataset is a stream of labelled tasks, always in the same order.
type Dataset interface {
	Info() Info
	Tasks(ctx context.Context) iter.Seq2[Task, error]
}

// A Recording is a stream of responses that were recorded for a dataset.
type Recording interface {
	Responses(ctx context.Context) iter.Seq2[Recorded, error]
}

// A Recorded is a response to one task, as a dataset holds it.
type Recorded struct {
	Task   string
	Model  ModelID
	Sample int
	Response
	Score Score // as recorded, scaled to [0,1]
}

// A Score is a number in [0,1], or that there is none. The zero Score is none.
type Score struct {
	Value float64
	Known bool
}

// Scored is a known score.
func Scored(v float64) Score { return Score{Value: v, Known: true} }

// A Verdict is another router's recorded decision on a task: the model that it
// chose, or the score or scores that it chose by.
type Verdict struct {
	Task       string
	Policy     string
	Model      ModelID             // "" if only scores were recorded
	Score      float64             // NaN if none; higher means more need of the stronger model
	Scores     map[ModelID]float64 // predicted quality of each model
	Propensity float64             // probability with which a logging router chose Model; 0 if not recorded
	// Propensities are the probabilities of all models, where they were recorded.
	Propensities map[ModelID]float64 `json:",omitempty"`
	Latency      time.Duration       // that the router took; 0 if not recorded
	Cost         Cost                // of deciding
}
