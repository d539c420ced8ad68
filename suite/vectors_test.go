package suite_test

import (
	"encoding/json"
	"os"
	"testing"

	"waymark/internal/testdata"
	"waymark/suite"
)

// What the grades of RouteLLM's pairs would recover, through the whole of a run, against
// ../shared/vectors/metrics.json.
func TestOraclesOfTheVectors(t *testing.T) {
	text, err := os.ReadFile(testdata.Shared(t, "vectors/metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		RouteLLM map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mmlu", "gsm8k"} {
		var want struct {
			APGR   float64            `json:"oracle_apgr"`
			CPT    map[string]float64 `json:"oracle_cpt"`
			N      float64
			Needed float64 `json:"strong_only_correct"`
		}
		if err := json.Unmarshal(v.RouteLLM[name], &want); err != nil {
			t.Fatal(err)
		}
		res := result(t, on(t, "routellm_"+name, `
filter: "!metadata.contaminated"
policies:
  - {name: long, type: threshold, scorer: {type: length}, weak: mistralai/Mixtral-8x7B-Instruct-v0.1, strong: gpt-4-1106-preview, threshold: sweep}
`), suite.Options{})
		m := res.Curves[0].Metrics
		near(t, name+": oracle APGR", m["oracle_apgr"].Interval.Value, want.APGR, 5e-6)
		for percent, x := range want.CPT {
			near(t, name+": oracle CPT"+percent, 100*m["oracle_cpt"+percent].Interval.Value, x, 5e-3)
		}
		near(t, name+": needed strong", res.Scorers[0].Needed.Value, want.Needed/want.N, 1e-12)
		if e := m["oracle_apgr"].Interval; e.Withheld != "" || !(m["apgr"].Interval.Hi < e.Lo) {
			t.Errorf("%s: APGR by length %+v is not below the oracle's %+v", name, m["apgr"].Interval, e)
		}
		if e := res.Scorers[0].AUROC; !(e.Lo > 0.5 && e.Hi < 0.7) {
			t.Errorf("%s: AUROC of the length %+v", name, e)
		}
		if at := res.Curves[0].Matches[0]; at.AtCost.Why != "costs are unknown" || len(at.AtQuality.Knob) != 1 || at.AtQuality.Saving.Withheld == "" {
			t.Errorf("%s: costs are unknown, and yet %+v", name, at)
		}
	}
}
