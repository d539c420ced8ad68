package datasets

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"waymark"
)

// callRecord is a row of calls.jsonl as it is written.
type callRecord struct {
	Task        string            `json:"task"`
	Model       string            `json:"model"`
	Purpose     string            `json:"purpose"`
	Messages    []waymark.Message `json:"messages"`
	Digest      string            `json:"prompt_sha256"`
	Params      jsontext.Value    `json:"params"`
	Sample      int               `json:"sample"`
	Output      *string           `json:"output"`
	Score       *float64          `json:"score"`
	Cost        *float64          `json:"cost_usd"`
	Input       int               `json:"input_tokens"`
	CachedInput int               `json:"cached_input_tokens"`
	OutputTok   int               `json:"output_tokens"`
	Reasoning   int               `json:"reasoning_tokens"`
	Latency     float64           `json:"latency_ms"`
	TTFT        float64           `json:"ttft_ms"`
	Confidence  *float64          `json:"confidence"`
	LogProb     *float64          `json:"logprob"`
	Err         string            `json:"error"`
	Finish      string            `json:"finish_reason"`
}

// Calls streams the recorded calls other than plain answers, scores scaled to
// [0,1]. A call for a task that is not there, or for no part of one that is, is an error.
func (f *Folder) Calls(ctx context.Context) iter.Seq2[waymark.RecordedCall, error] {
	return func(yield func(waymark.RecordedCall, error) bool) {
		if f.calls.csv() {
			yield(waymark.RecordedCall{}, fmt.Errorf("%s: found calls in CSV, expected calls.jsonl, plain or compressed", f.calls.path))
			return
		}
		if f.calls.path == "" {
			return
		}
		ids, err := f.known(ctx)
		if err != nil {
			yield(waymark.RecordedCall{}, err)
			return
		}
		for rec, err := range rows[callRecord](ctx, f.calls) {
			if err != nil {
				yield(waymark.RecordedCall{}, err)
				return
			}
			out, err := rec.rec.call(f.meta)
			if err == nil && !partOf(out.Task, ids) {
				err = bad("task", "found task %q, which %s does not have, nor a task that it would be a part of", out.Task, filepath.Base(f.tasks.path))
			}
			if err != nil {
				yield(waymark.RecordedCall{}, blame(rec, err))
				return
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// partOf reports whether an id is that of a task or of a part of one: "t1", "t1/2", "t1/2/1".
func partOf(id string, ids map[string]int) bool {
	for {
		if _, ok := ids[id]; ok {
			return true
		}
		i := strings.LastIndexByte(id, '/')
		if i < 0 {
			return false
		}
		id = id[:i]
	}
}

// call checks a row; what it shares with a response is checked as one.
func (r *callRecord) call(m *Meta) (waymark.RecordedCall, error) {
	out := waymark.RecordedCall{Task: r.Task}
	plain := responseRecord{
		Task: r.Task, Model: r.Model, Sample: r.Sample, Output: r.Output, Score: r.Score, Cost: r.Cost, Input: r.Input, CachedInput: r.CachedInput,
		OutputTok: r.OutputTok, Reasoning: r.Reasoning, Latency: r.Latency, TTFT: r.TTFT, Confidence: r.Confidence, LogProb: r.LogProb, Err: r.Err, Finish: r.Finish,
	}
	response, err := plain.recorded(m)
	if err != nil {
		return out, err
	}
	out.Response, out.Score = response.Response, response.Score
	purpose, err := purposeOf(r.Purpose)
	if err != nil {
		return out, err
	}
	if r.Output == nil && r.Err == "" {
		return out, bad("output", "found neither output nor error, expected what the model said or why it said nothing")
	}
	if r.Score != nil && purpose != waymark.ForAnswer && purpose != waymark.ForChecking {
		return out, bad("score", "found the score of a call for %s, expected scores of answers only, or of what a reviewer wrote in one's place", purpose)
	}
	q := waymark.Request{Model: waymark.ModelID(r.Model), Purpose: purpose, Sample: r.Sample, Query: waymark.Query{Messages: r.Messages}}
	if q.Params, err = canonical(r.Params); err != nil {
		return out, err
	}
	out.Key = q.Key()
	return out, r.digest(&out.Key)
}

// digest takes the prompt's digest where it is given in the prompt's place.
func (r *callRecord) digest(k *waymark.Key) error {
	switch {
	case r.Messages != nil && r.Digest != "":
		return bad("prompt_sha256", "found both messages and prompt_sha256, expected one of them")
	case r.Messages == nil && r.Digest == "":
		return bad("messages", "found neither messages nor prompt_sha256, expected the exact prompt or its digest")
	case r.Messages != nil:
		return nil
	}
	b, err := hex.DecodeString(r.Digest)
	if err != nil || len(b) != len(k.Prompt) {
		return bad("prompt_sha256", "found %q, expected 64 hexadecimal digits", r.Digest)
	}
	copy(k.Prompt[:], b)
	return nil
}

var purposes = []string{"answer", "routing", "checking", "planning"}

func purposeOf(name string) (waymark.Purpose, error) {
	i := slices.Index(purposes, name)
	if i < 0 {
		return 0, bad("purpose", "found purpose %q, expected one of %s", name, strings.Join(purposes, ", "))
	}
	return waymark.Purpose(i), nil
}

// canonical is JSON with its keys sorted and no spaces, as parameters stand in a key; "" for none.
func canonical(raw jsontext.Value) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	if raw.Kind() != '{' {
		return "", bad("params", "found %s, expected an object", kindName(raw.Kind()))
	}
	v := raw.Clone()
	if err := v.Canonicalize(); err != nil {
		return "", bad("params", "%v", err)
	}
	return string(v), nil
}

// MarshalCall is a call as a line of calls.jsonl, without the line's end, for a dataset whose
// scores are from 0 to 1. The messages are the request's.
func MarshalCall(r waymark.Request, resp waymark.Response) ([]byte, error) {
	out := map[string]any{"task": r.Query.ID, "model": r.Model, "purpose": r.Purpose.String(), "messages": r.Query.Messages}
	if r.Query.Messages == nil {
		delete(out, "messages")
		k := r.Key()
		out["prompt_sha256"] = hex.EncodeToString(k.Prompt[:])
	}
	put := func(key string, there bool, v any) {
		if there {
			out[key] = v
		}
	}
	put("params", r.Params != "", json.RawMessage(r.Params))
	put("sample", r.Sample != 0, r.Sample)
	put("output", resp.HasOutput, resp.Output)
	put("cost_usd", resp.Cost.Known, resp.Cost.USD.Float())
	put("input_tokens", resp.Usage.Input != 0, resp.Usage.Input)
	put("cached_input_tokens", resp.Usage.CachedInput != 0, resp.Usage.CachedInput)
	put("output_tokens", resp.Usage.Output != 0, resp.Usage.Output)
	put("reasoning_tokens", resp.Usage.Reasoning != 0, resp.Usage.Reasoning)
	put("latency_ms", resp.Latency != 0, float64(resp.Latency)/1e6)
	put("ttft_ms", resp.TTFT != 0, float64(resp.TTFT)/1e6)
	put("confidence", resp.Confidence.Known, resp.Confidence.Value)
	put("error", resp.Err != "", resp.Err)
	put("finish_reason", resp.FinishReason != "", resp.FinishReason)
	return json.Marshal(out)
}
