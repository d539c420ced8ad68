package datasets

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"waymark"
)

// A Writer writes a dataset's folder. The folder appears, whole, when Close
// returns without an error; Abort leaves nothing.
type Writer struct {
	meta      Meta
	dir, temp string
	files     map[string]*lineFile
	seen      map[string]bool
}

type lineFile struct {
	f *os.File
	w *bufio.Writer
}

// Create begins a dataset folder. A folder that is there already must be empty.
func Create(dir string, meta Meta) (*Writer, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is there already and not empty; name another folder", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".waymark-dataset-*")
	if err != nil {
		return nil, err
	}
	w := &Writer{meta: meta, dir: dir, temp: temp, files: map[string]*lineFile{}, seen: map[string]bool{}}
	text, err := yaml.Marshal(metaNode(meta))
	if err == nil {
		err = os.WriteFile(filepath.Join(temp, metaFile), text, 0o644)
	}
	if err != nil {
		w.Abort()
		return nil, err
	}
	return w, nil
}

// metaNode leaves out what is not given.
func metaNode(m Meta) map[string]any {
	out := map[string]any{"name": m.Name, "kind": "matrix", "currency": "USD"}
	for key, v := range map[string]string{"kind": m.Kind, "logger": m.Logger, "version": m.Version, "recorded": m.Recorded, "licence": m.Licence, "source": m.Source, "group": m.Group} {
		if v != "" {
			out[key] = v
		}
	}
	lo, hi, flipped := m.scale()
	out["quality"] = map[string]any{"range": []float64{lo, hi}, "higher_is_better": !flipped}
	if len(m.Features) > 0 {
		out["features"] = m.Features
	}
	if m.Synthetic {
		out["synthetic"] = true
	}
	return out
}

func (w *Writer) line(file string, record any) error {
	lf := w.files[file]
	if lf == nil {
		f, err := os.Create(filepath.Join(w.temp, file))
		if err != nil {
			return err
		}
		lf = &lineFile{f, bufio.NewWriterSize(f, 1<<20)}
		w.files[file] = lf
	}
	if err := json.MarshalWrite(lf.w, record, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return lf.w.WriteByte('\n')
}

type taskOut struct {
	ID        string            `json:"id"`
	Prompt    string            `json:"prompt,omitzero"`
	Messages  []waymark.Message `json:"messages,omitzero"`
	Category  string            `json:"category,omitzero"`
	Reference any               `json:"reference,omitzero"`
	Grader    jsontext.Value    `json:"grader,omitzero"`
	Split     string            `json:"split,omitzero"`
	Group     string            `json:"group,omitzero"`
	Weight    float64           `json:"weight,omitzero"`
	Time      string            `json:"time,omitzero"`
	Subtasks  []taskOut         `json:"subtasks,omitzero"`
	Metadata  map[string]any    `json:"metadata,omitzero"`
}

func outTask(t *waymark.Task) taskOut {
	out := taskOut{ID: t.ID, Category: t.Category, Grader: jsontext.Value(t.Grader), Group: t.Group, Time: t.Time, Metadata: t.Metadata}
	if len(t.Messages) == 1 && t.Messages[0].Role == "user" && t.Messages[0].Content != "" && t.Messages[0].ToolCalls == nil && t.Messages[0].Files == nil {
		out.Prompt = t.Messages[0].Content
	} else {
		out.Messages = t.Messages
	}
	switch len(t.Reference) {
	case 0:
	case 1:
		out.Reference = t.Reference[0]
	default:
		out.Reference = t.Reference
	}
	if t.Split != waymark.SplitAll {
		out.Split = t.Split.String()
	}
	if t.Weight != 1 {
		out.Weight = t.Weight
	}
	for i := range t.Subtasks {
		out.Subtasks = append(out.Subtasks, outTask(&t.Subtasks[i]))
	}
	return out
}

// WriteTask writes a task. Its id must not have been there before.
func (w *Writer) WriteTask(t waymark.Task) error {
	if w.seen[t.ID] || t.ID == "" {
		return fmt.Errorf("task id %q is empty or there twice", t.ID)
	}
	w.seen[t.ID] = true
	return w.line("tasks.jsonl", outTask(&t))
}

type responseOut struct {
	Task        string   `json:"task"`
	Model       string   `json:"model"`
	Sample      int      `json:"sample,omitzero"`
	Output      *string  `json:"output,omitzero"`
	Score       *float64 `json:"score,omitzero"`
	Cost        *float64 `json:"cost_usd,omitzero"`
	Input       int      `json:"input_tokens,omitzero"`
	CachedInput int      `json:"cached_input_tokens,omitzero"`
	OutputTok   int      `json:"output_tokens,omitzero"`
	Reasoning   int      `json:"reasoning_tokens,omitzero"`
	Latency     float64  `json:"latency_ms,omitzero"`
	TTFT        float64  `json:"ttft_ms,omitzero"`
	Err         string   `json:"error,omitzero"`
	Finish      string   `json:"finish_reason,omitzero"`
	Confidence  *float64 `json:"confidence,omitzero"`
}

// WriteResponse writes a response to a task that was written before. Its score is
// in [0,1] and is written in the dataset's own range.
func (w *Writer) WriteResponse(r waymark.Recorded) error {
	if !w.seen[r.Task] {
		return fmt.Errorf("a response to task %q, which was not written", r.Task)
	}
	out := responseOut{
		Task: r.Task, Model: string(r.Model), Sample: r.Sample,
		Input: r.Usage.Input, CachedInput: r.Usage.CachedInput, OutputTok: r.Usage.Output, Reasoning: r.Usage.Reasoning,
		Latency: float64(r.Latency) / 1e6, TTFT: float64(r.TTFT) / 1e6, Err: r.Err, Finish: r.FinishReason,
	}
	if r.Confidence.Known {
		out.Confidence = &r.Confidence.Value
	}
	if r.HasOutput {
		out.Output = &r.Output
	}
	if r.Score.Known {
		lo, hi, flipped := w.meta.scale()
		v := r.Score.Value
		if flipped {
			v = 1 - v
		}
		v = lo + v*(hi-lo)
		out.Score = &v
	}
	if r.Cost.Known {
		usd := r.Cost.USD.Float()
		out.Cost = &usd
	}
	return w.line("responses.jsonl", out)
}

type decisionOut struct {
	Task       string                      `json:"task"`
	Policy     string                      `json:"policy"`
	Model      string                      `json:"model,omitzero"`
	Score      *float64                    `json:"score,omitzero"`
	Scores     map[waymark.ModelID]float64 `json:"scores,omitzero"`
	Propensity float64                     `json:"propensity,omitzero"`
	All        map[waymark.ModelID]float64 `json:"propensities,omitzero"`
	Latency    float64                     `json:"latency_ms,omitzero"`
	Cost       *float64                    `json:"cost_usd,omitzero"`
}

// WriteVerdict writes a recorded decision about a task that was written before.
func (w *Writer) WriteVerdict(v waymark.Verdict) error {
	if !w.seen[v.Task] {
		return fmt.Errorf("a decision about task %q, which was not written", v.Task)
	}
	out := decisionOut{Task: v.Task, Policy: v.Policy, Model: string(v.Model), Scores: v.Scores, Propensity: v.Propensity, All: v.Propensities, Latency: float64(v.Latency) / 1e6}
	if !math.IsNaN(v.Score) {
		out.Score = &v.Score
	}
	if v.Cost.Known {
		usd := v.Cost.USD.Float()
		out.Cost = &usd
	}
	return w.line("decisions.jsonl", out)
}

// Close finishes the files and puts the folder in its place.
func (w *Writer) Close() error {
	for name, lf := range w.files {
		err := lf.w.Flush()
		if err == nil {
			err = lf.f.Sync()
		}
		if e := lf.f.Close(); err == nil {
			err = e
		}
		if err != nil {
			w.Abort()
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	w.files = nil
	if err := os.Chmod(w.temp, 0o755); err != nil {
		return err
	}
	os.Remove(w.dir) // an empty folder gives way; a full one makes the rename fail
	if err := os.Rename(w.temp, w.dir); err != nil {
		w.Abort()
		return err
	}
	return nil
}

// Abort drops what was written.
func (w *Writer) Abort() {
	for _, lf := range w.files {
		lf.f.Close()
	}
	os.RemoveAll(w.temp)
}
