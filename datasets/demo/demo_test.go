package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark"
)

// golden is the digest of the first 1,000 tasks and their responses and decisions
// at seed 1. It changes only with Version.
const golden = "c929b2210561a01635204fc91754d2f0fbd4249044b63bb757426133243734af"

func digest(t *testing.T, g Generator) string {
	t.Helper()
	h := sha256.New()
	enc := json.NewEncoder(h)
	for task, err := range g.Tasks(t.Context()) {
		encode(t, enc, task, err)
	}
	for r, err := range g.Responses(t.Context()) {
		encode(t, enc, r, err)
	}
	for v, err := range g.Decisions(t.Context()) {
		if math.IsNaN(v.Score) {
			v.Score = -1 // JSON has no NaN
		}
		encode(t, enc, v, err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func encode(t *testing.T, enc *json.Encoder, v any, err error) {
	t.Helper()
	if err == nil {
		err = enc.Encode(v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestGolden(t *testing.T) {
	if got := digest(t, Generator{Seed: 1, Count: 1000}); got != golden {
		t.Errorf("digest %s, want %s: a change of the data raises Version", got, golden)
	}
	if digest(t, Generator{Seed: 2, Count: 50}) == digest(t, Generator{Seed: 1, Count: 50}) {
		t.Error("two seeds give the same data")
	}
}

// TestOrderChangesNothing asks for tasks and responses backwards and from several
// goroutines, and compares them with the streams.
func TestOrderChangesNothing(t *testing.T) {
	const n = 400
	g := Generator{Seed: 3, Count: n}
	tasks, responses := make([][]byte, n), make([][]byte, n*models)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := n - 1 - worker; i >= 0; i -= 4 {
				tasks[i], _ = json.Marshal(g.Task(i))
				for m := range models {
					responses[i*models+m], _ = json.Marshal(g.Response(i, m, 0))
				}
			}
		})
	}
	wg.Wait()
	i := 0
	for task := range g.Tasks(t.Context()) {
		if want, _ := json.Marshal(task); !bytes.Equal(tasks[i], want) {
			t.Fatalf("task %d: %s, in the stream %s", i, tasks[i], want)
		}
		i++
	}
	i = 0
	for r := range g.Responses(t.Context()) {
		if want, _ := json.Marshal(r); !bytes.Equal(responses[i], want) {
			t.Fatalf("response %d: %s, in the stream %s", i, responses[i], want)
		}
		i++
	}
}

// realNames are vendors and models that the data may not name.
var realNames = []string{"gpt", "openai", "claude", "anthropic", "gemini", "gemma", "google", "llama", "mistral", "mixtral", "qwen", "deepseek", "grok", "phi-", "cohere", "command-r", "falcon", "nova", "titan", "kimi", "glm", "yi-"}

func TestTasks(t *testing.T) {
	const n = 20_000
	ids, count := map[string]bool{}, map[string]int{}
	families, languages, grouped, withSubtasks := map[string]int{}, map[any]int{}, 0, 0
	for task, err := range (Generator{Seed: 1, Count: n}).Tasks(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		checkTask(t, &task, ids)
		count[task.Category]++
		families[task.Category+"/"+task.Metadata["family"].(string)]++
		languages[task.Metadata["language"]]++
		grouped += toInt(task.Group != "")
		withSubtasks += toInt(len(task.Subtasks) > 0)
	}
	for _, c := range Categories() {
		// Topics are shared within sessions, so that shares vary more than by chance alone.
		if got, want := float64(count[c.String()])/n, c.Share(); math.Abs(got-want) > 0.02 {
			t.Errorf("%s: share %g, want %g", c, got, want)
		}
		if len(familiesOf[c]) < 5 {
			t.Errorf("%s has %d families, want 5 at least", c, len(familiesOf[c]))
		}
		for _, f := range familiesOf[c] {
			if families[c.String()+"/"+f.name] < n*2/100/len(familiesOf[c]) {
				t.Errorf("%s/%s is rare: %d of %d", c, f.name, families[c.String()+"/"+f.name], n)
			}
		}
	}
	if len(languages) != 4 || languages["en"] < n*9/10 {
		t.Errorf("languages %v", languages)
	}
	if withSubtasks < n*4/100 || grouped < n*30/100 || grouped > n*60/100 {
		t.Errorf("of %d tasks %d have subtasks and %d a group", n, withSubtasks, grouped)
	}
}

func checkTask(t *testing.T, task *waymark.Task, ids map[string]bool) {
	t.Helper()
	prompt := waymark.Prompt(task.Messages)
	switch when, err := time.Parse(time.RFC3339, task.Time); {
	case err != nil || when.Before(firstMonday) || when.After(firstMonday.AddDate(0, 0, 7*weeks+1)):
		t.Errorf("%s: time %q, %v", task.ID, task.Time, err)
	case ids[task.ID]:
		t.Errorf("%s: the id is there twice", task.ID)
	case strings.TrimSpace(prompt) == "" || strings.Contains(prompt, "{}"):
		t.Errorf("%s: prompt %q", task.ID, prompt)
	case len(task.Reference) == 0 || len(task.Grader) == 0 || task.Weight != 1:
		t.Errorf("%s: reference %q, grader %s, weight %g", task.ID, task.Reference, task.Grader, task.Weight)
	}
	ids[task.ID] = true
	lower := strings.ToLower(prompt)
	for _, name := range realNames {
		if strings.Contains(lower, name) {
			t.Errorf("%s names %q: %s", task.ID, name, prompt)
		}
	}
	for _, r := range task.Reference {
		if r == "" {
			t.Errorf("%s has an empty reference", task.ID)
		}
	}
	for i := range task.Subtasks {
		s := &task.Subtasks[i]
		if want := fmt.Sprintf("%s/%d", task.ID, i+1); s.ID != want || s.Messages[0].Content == "" || s.Reference[0] == "" {
			t.Errorf("subtask %+v of %s", s, task.ID)
		}
	}
}

func TestPoolNamesNobody(t *testing.T) {
	for _, m := range Models() {
		for _, name := range realNames {
			if strings.Contains(string(m.ID), name) {
				t.Errorf("model %s names %q", m.ID, name)
			}
		}
	}
}

func TestHolesAndSamples(t *testing.T) {
	g := Generator{Seed: 1, Count: 2000, HoleShare: 0.25, Samples: 2}
	n, differ := 0, 0
	last := waymark.Recorded{}
	for r, err := range g.Responses(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if r.Sample == 1 && last.Task == r.Task && last.Model == r.Model {
			differ += toInt(last.Output != r.Output)
		}
		last = r
	}
	if want := 2000 * models * 2 * 3 / 4; math.Abs(float64(n-want)) > 4*math.Sqrt(float64(want)/4) {
		t.Errorf("%d responses, want about %d", n, want)
	}
	if differ < 1000 {
		t.Errorf("only %d pairs of samples differ", differ)
	}
}

func TestSettings(t *testing.T) {
	for _, g := range []Generator{{Count: -1}, {Count: MaxCount + 1}, {Samples: -1}, {HoleShare: 1}, {HoleShare: math.NaN()}} {
		for _, err := range g.Tasks(t.Context()) {
			if err == nil {
				t.Errorf("%+v gives a task", g)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range (Generator{}).Responses(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after cancelling: %v", err)
		}
	}
	if info := (Generator{Seed: 4}).Info(); !info.Synthetic || !strings.HasPrefix(info.Source, "SYNTHETIC") || info.Name != "waymark-demo" {
		t.Errorf("info %+v", info)
	}
}

func TestLogistic(t *testing.T) {
	for x := -50.0; x <= 50; x += 0.37 {
		if got, want := logistic(x), 1/(1+math.Exp(-x)); math.Abs(got-want) > 1e-11 {
			t.Errorf("logistic(%g) = %g, want %g", x, got, want)
		}
	}
}

func BenchmarkTasks(b *testing.B) {
	b.ReportAllocs()
	for range (Generator{Seed: 1, Count: b.N}).Tasks(b.Context()) {
	}
}

// BenchmarkResponses writes all six responses to one task a turn.
func BenchmarkResponses(b *testing.B) {
	b.ReportAllocs()
	for range (Generator{Seed: 1, Count: b.N}).Responses(b.Context()) {
	}
}
