package suite_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"waymark/suite"
)

const chargeSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - {name: sweep, type: threshold, scorer: {type: field, name: score%s}, weak: weak, strong: strong, threshold: sweep}
  - {name: at, type: threshold, scorer: {type: field, name: score%s}, weak: weak, strong: strong, threshold: 0.5}
objective: {maximise: quality, subject_to: cost <= 0.006}
`

// What deciding is declared to cost and take reaches rows, their latency and every point
// of a curve, by just that much.
func TestChargeReachesRowsAndCurves(t *testing.T) {
	m := make400()
	for i := range m.responses {
		m.responses[i] = strings.Replace(m.responses[i], `"score"`, `"latency_ms": 100, "score"`, 1)
	}
	run := func(charge string) *suite.Result {
		res, err := m.write(t, fmt.Sprintf(chargeSuite, charge, charge)).Run(t.Context(), suite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	free, paid := run(""), run(", charge: {cost_usd: 0.0005, latency_ms: 7}")
	at := func(r *suite.Result) suite.PolicyRow {
		for _, p := range r.Policies {
			if p.Name == "at" {
				return p
			}
		}
		t.Fatal("no row")
		return suite.PolicyRow{}
	}
	a, b := at(free), at(paid)
	if d := b.Cost.PerTask.Value - a.Cost.PerTask.Value; math.Abs(float64(d)-0.0005) > 1e-12 {
		t.Errorf("a decision costs %g more, want 0.0005", d)
	}
	if a.Latency.P50 != 100 || b.Latency.P50 != 107 || b.Latency.P99 != 107 {
		t.Errorf("latencies %+v and %+v", a.Latency, b.Latency)
	}
	for i, p := range free.Curves[0].Points {
		if q := paid.Curves[0].Points[i]; math.Abs(q.Cost-p.Cost-0.0005) > 1e-12 || q.Knob != p.Knob || q.Quality != p.Quality {
			t.Errorf("point %d: %+v and %+v", i, p, q)
		}
	}
	if measured := at(run(", charge: measured")); !(measured.Latency.P50 > 100 && measured.Latency.P50 < 200) || measured.Cost.PerTask.Value != a.Cost.PerTask.Value {
		t.Errorf("measured: %+v", measured.Latency)
	}
}

const boughtSuite = `
dataset: .
split: {tune: 0.5, seed: 3}
policies:
  - name: bought
    type: threshold
    scorer: {type: logistic, features: [{type: endpoint, base_url: %q, model: m, %s}]}
    weak: weak
    strong: strong
    threshold: 0.2
`

// An endpoint's embeddings are an input of a learned scorer: they are paid for once, charged
// in every run, and never asked for by validate.
func TestEndpointIsPaidOnceAndChargedAlways(t *testing.T) {
	var texts atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req struct{ Input []string }
		text, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(text, &req); err != nil {
			t.Error(err)
		}
		texts.Add(int32(len(req.Input)))
		var data []any
		tokens := 0
		for i, x := range req.Input {
			tokens += len(x)
			data = append(data, map[string]any{"index": i, "embedding": []int{len(x) % 5, len(x) % 3, 1}})
		}
		json.NewEncoder(w).Encode(map[string]any{"data": data, "usage": map[string]any{"prompt_tokens": tokens}})
	}))
	defer srv.Close()
	written := func(price string) *suite.Suite { return make400().write(t, fmt.Sprintf(boughtSuite, srv.URL, price)) }
	s := written("price: 2")
	opt := suite.Options{Cache: t.TempDir()}
	told, _, err := s.Validate(t.Context(), opt)
	if err != nil || texts.Load() != 0 || !strings.Contains(told, "policies were not tried") {
		t.Fatalf("validate: %q, %v, %d texts", told, err, texts.Load())
	}
	first, err := s.Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	asked := texts.Load()
	again, err := s.Run(t.Context(), opt)
	if err != nil || texts.Load() != asked || asked > 30 { // the prompts differ in their length alone
		t.Fatalf("%v, %d texts asked for and then %d", err, asked, texts.Load())
	}
	a, b := first.Policies[0].Cost, again.Policies[0].Cost
	if a.Total != b.Total || !(a.Total > 0) {
		t.Errorf("the first run costs %+v, the second %+v", a, b)
	}
	free, err := written("free: true").Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	n := float64(first.Policies[0].N)
	if per := (a.Total - free.Policies[0].Cost.Total) / n * 1e6 / 2; per < 13 || per > 16 { // prompts of 0 to 29 characters, a token each
		t.Errorf("a decision is charged for %g tokens, want about 14.5", per)
	}
	told, _, err = s.Validate(t.Context(), opt)
	if err != nil || strings.Contains(told, "not tried") {
		t.Errorf("validate after the run: %q %v", told, err)
	}
}
