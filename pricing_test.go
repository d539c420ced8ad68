package waymark_test

import (
	"encoding/json"
	"os"
	"testing"

	"waymark"
	"waymark/internal/testdata"
)

// What a call with cached tokens costs: rightly, and where those that are counted inside the
// prompt are taken to be beside it.
func TestPriceOfTheVectors(t *testing.T) {
	text, err := os.ReadFile(testdata.Shared(t, "vectors/metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Pricing struct {
			Right float64 `json:"right_usd"`
			Twice float64 `json:"double_count_bug_usd"`
		}
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	price := waymark.Price{Kind: waymark.Priced, Input: 2_000_000, CachedInput: 300_000, Output: 6_000_000}
	inside, err := waymark.UsageCachedInside(12929, 10880, 29, 0)
	if err != nil {
		t.Fatal(err)
	}
	beside := waymark.Usage{Input: 12929, CachedInput: 10880, Output: 29}
	for want, u := range map[float64]waymark.Usage{v.Pricing.Right: inside, v.Pricing.Twice: beside} {
		if got, err := price.Of(u); err != nil || got.Float() != want {
			t.Errorf("cost = %v (%v), want $%g", got, err, want)
		}
	}
}
