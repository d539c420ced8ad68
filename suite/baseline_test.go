package suite_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"waymark/suite"
)

// sound is a small baseline as JSON, with one thing changed.
func sound(t testing.TB, change func(map[string]any)) []byte {
	t.Helper()
	before, _ := pairOf(plainNights, 4, 1)
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	change(all)
	if text, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	return text
}

func policyIn(all map[string]any) map[string]any {
	return all["rows"].(map[string]any)["p"].(map[string]any)
}

// A file of rubbish is refused with what is wrong, whatever is wrong.
func TestUnsoundBaselines(t *testing.T) {
	whole := sound(t, func(map[string]any) {})
	if _, err := suite.ReadEvidence("night.json", whole); err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string][]byte{
		"invalid character":                         []byte("PK\x03\x04"),
		"unexpected end of JSON input":              whole[:len(whole)/2],
		"found no rows of schema 1":                 []byte(`{"schema": 1, "policies": []}`),
		"a result alone has no per-task rows":       []byte(`{}`),
		"json: cannot unmarshal array":              []byte(`[]`),
		`found task "t00000" twice`:                 sound(t, func(m map[string]any) { m["tasks"] = []string{"t00000", "t00000", "a", "b"} }),
		"columns of other lengths than its 4 tasks": sound(t, func(m map[string]any) { policyIn(m)["quality"] = []int{1} }),
		"answered by model number 7":                sound(t, func(m map[string]any) { policyIn(m)["model"] = []int{7, 0, 0, 0} }),
		"answered by model number -2":               sound(t, func(m map[string]any) { policyIn(m)["model"] = []int{0, 0, 0, -2} }),
		"has quality 17, expected 0 to 1":           sound(t, func(m map[string]any) { policyIn(m)["quality"] = []int{1, 0, 17, 0} }),
		"a cost or latency below 0":                 sound(t, func(m map[string]any) { policyIn(m)["cost_usd"] = []int{1, 0, -1, 0} }),
		"found confidence 0":                        sound(t, func(m map[string]any) { m["confidence"] = 0 }),
		"found qualities from 0 to 0":               sound(t, func(m map[string]any) { m["dataset"].(map[string]any)["quality_hi"] = 0 }),
		`slice "category" has 1 values`:             sound(t, func(m map[string]any) { m["slices"] = map[string][]string{"category": {"a"}} }),
		`found no slice "category"`:                 sound(t, func(m map[string]any) { m["slices"] = map[string]any{} }),
		"found 2 weights, expected 4 or none":       sound(t, func(m map[string]any) { m["weights"] = []int{1, 1} }),
		"has weight -1":                             sound(t, func(m map[string]any) { m["weights"] = []int{1, 1, -1, 1} }),
		"found 1 units":                             sound(t, func(m map[string]any) { m["units"] = []string{"g"} }),
		`found content "zz"`:                        sound(t, func(m map[string]any) { m["contents"] = []string{"zz", "1", "1", "1"} }),
		`policy "p": found columns`:                 sound(t, func(m map[string]any) { m["rows"] = map[string]any{"p": nil} }),
		"expected a number or null":                 sound(t, func(m map[string]any) { policyIn(m)["quality"] = []any{1, "a,b", 1, 1} }),
		"expected a list of numbers":                sound(t, func(m map[string]any) { policyIn(m)["quality"] = "1" }),
	} {
		if _, err := suite.ReadEvidence("night.json", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	huge := []byte(strings.Replace(string(whole), `"quality":[`, `"quality":[1e999,`, 1))
	if _, err := suite.ReadEvidence("night.json", huge); err == nil {
		t.Error("1e999 is taken for a number")
	}
}

// Any file is read or refused, and what is read can be checked against without a panic.
func FuzzReadEvidence(f *testing.F) {
	f.Add(sound(f, func(map[string]any) {}))
	f.Add(sound(f, func(m map[string]any) { policyIn(m)["quality"] = []any{nil, nil, 0.5, 1} }))
	f.Add([]byte(`{"schema":1,"tasks":["a"],"rows":{"p":null}}`))
	now, _ := pairOf(plainNights, 40, 1)
	s := checking(f, steady, "cost(p) <= 1.1 * cost(p@baseline)", "share(p@baseline, m) >= 0.1", "p95(p@baseline) <= 3", "quality(p, category=*) >= quality(p@baseline, category=*)")
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := suite.ReadEvidence("x.json", text)
		if err != nil {
			return
		}
		if out, err := s.Check(now, suite.CheckSpec{Baseline: e, Force: true}); err == nil {
			if _, err := json.Marshal(out); err != nil {
				t.Error(err)
			}
		}
	})
}

// A baseline of many rows is read whole.
func TestLargeBaseline(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 10_000
	}
	before := night("before", n)
	for i := range n {
		plainNights.put(before, i, 0, 1, float64(i%2))
	}
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	read, err := suite.ReadEvidence("night.json", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Tasks) != n || read.Rows["p"].Quality[n-1] != 1 || read.Contents[n-1] != uint64(n) {
		t.Errorf("of %d tasks %d are read", n, len(read.Tasks))
	}
}

// Names that files bring along are text, whatever they hold.
func TestHostileNames(t *testing.T) {
	name := "p\x1b[2J\u202e<script>| `x`"
	before, after := pairOf(plainNights, 100, 1)
	for _, e := range []*suite.Evidence{before, after} {
		e.Rows[name] = e.Rows["p"]
	}
	after.Rows["new\x1b"], before.Dataset.Digest = after.Rows["p"], "other"
	out := decide(t, after, before, fmt.Sprintf("quality(%s) >= quality(%s@baseline) - 0.1", name, name))
	if out.Checks[0].Estimate.N != 100 {
		t.Errorf("%+v", out.Checks[0])
	}
}
