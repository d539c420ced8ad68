package suite_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/suite"
)

// part is the evidence of some of the tasks only.
func part(e *suite.Evidence, from, to int) *suite.Evidence {
	out := *night(e.Run, to-from)
	out.Dataset.Digest = e.Dataset.Digest + "-part"
	copy(out.Tasks, e.Tasks[from:to])
	copy(out.Contents, e.Contents[from:to])
	copy(out.Slices["category"], e.Slices["category"][from:to])
	o := out.Rows["p"]
	copy(o.Quality, e.Rows["p"].Quality[from:to])
	copy(o.Cost, e.Rows["p"].Cost[from:to])
	copy(o.Latency, e.Rows["p"].Latency[from:to])
	return &out
}

// Tasks that come and go are a rolling sample, also with graders that come and go with them. Tasks that
// ask something else, other graders of the same tasks, another dataset or another scale are
// refused unless forced.
func TestWhatIsComparedWithWhat(t *testing.T) {
	for name, c := range map[string]struct {
		change func(now, before *suite.Evidence)
		want   string // of the refusal, "" for none
		told   string // of the warnings
	}{
		"fresh responses": {func(now, before *suite.Evidence) {}, "", "responses may be fresh"},
		"the same files": {func(now, before *suite.Evidence) {
			now.Dataset.Digest = before.Dataset.Digest
			now.Contents, before.Contents = nil, nil
		}, "", ""},
		"a rolling sample":   {func(now, before *suite.Evidence) { *now, *before = *part(now, 0, 300), *part(before, 100, 400) }, "", "300 tasks 100 are not in this run, which has 100 new ones"},
		"a grader that came": {func(now, before *suite.Evidence) { now.Graders = append(now.Graders, "numeric@1") }, "", ""},
		"another dataset":    {func(now, before *suite.Evidence) { before.Dataset.Name = "days" }, "its dataset is days, not nights", ""},
		"another scale":      {func(now, before *suite.Evidence) { before.Dataset.QualityHi = 10 }, "its quality goes from 0 to 10", ""},
		"another question":   {func(now, before *suite.Evidence) { before.Contents[17] = 1 << 60 }, `1 of its 400 tasks that are in both ask something else or are judged by something else (the first is "t00017")`, ""},
		"an old run":         {func(now, before *suite.Evidence) { before.Contents = nil }, "its dataset has another digest, and one of the two runs is too old to tell", ""},
		"graders and nothing known": {func(now, before *suite.Evidence) {
			before.Contents, before.Graders = nil, []string{"equals@1"}
		}, "its graders are others: equals@1, where this run has recorded@1", ""},
		"other prices":      {func(now, before *suite.Evidence) { before.Prices = "suite" }, "its costs are by suite prices, not by recorded prices", ""},
		"nothing in common": {func(now, before *suite.Evidence) { *now, *before = *part(now, 0, 200), *part(before, 200, 400) }, "", "compared as two samples"},
		"nothing in common, other graders": {func(now, before *suite.Evidence) {
			*now, *before = *part(now, 0, 200), *part(before, 200, 400)
			now.Graders = []string{"f1@1"}
		}, "its graders are others", ""},
	} {
		before, after := pairOf(plainNights, 400, 3)
		c.change(after, before)
		s := checking(t, steady, "cost(p) <= 2 * cost(p@baseline)")
		out, err := s.Check(after, suite.CheckSpec{Baseline: before})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
			out, err = s.Check(after, suite.CheckSpec{Baseline: before, Force: true})
			c.told = "forced: of run before, " + c.want
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(out.Warnings, "\n"); !strings.Contains(got, c.told) || c.want == "" && strings.Contains(got, "forced") {
			t.Errorf("%s: warnings %q, want %q", name, got, c.told)
		}
	}
}

// Two nights without a task in common are compared category by category, in this run's mix: a night
// that only has another mix is not worse.
func TestAnotherMixIsNotWorse(t *testing.T) {
	p := nights{pair: byCategory, apart: true}
	before, after := p.draw(rand.New(rand.NewPCG(4, 4)), 6000, 0)
	v := decide(t, after, before, "quality(p) >= quality(p@baseline) - 0.04").Checks[0]
	if v.Method != "unpaired and reweighted" || v.Verdict != "pass" || v.Estimate.Lo > 0 || v.Estimate.Hi < 0 {
		t.Errorf("%+v", v)
	}
	means := func(e *suite.Evidence) (m float64) {
		for _, q := range e.Rows["p"].Quality {
			m += q / float64(len(e.Tasks))
		}
		return m
	}
	if gap := means(after) - means(before); gap < 0.03 {
		t.Errorf("the mixes differ by %g only: the test tests nothing", gap)
	}
	again := decide(t, after, before, "quality(p) >= quality(p@baseline) - 0.04").Checks[0]
	if again.Estimate.Lo != v.Estimate.Lo {
		t.Error("the same comparison gives another number")
	}
	for i, c := range before.Slices["category"] {
		if c == "c" {
			before.Slices["category"][i] = "a"
		}
	}
	out := decide(t, after, before, steady)
	if got := strings.Join(out.Warnings, "\n"); !strings.Contains(got, "left out are categories with") {
		t.Errorf("a category that the baseline lacks: %q", got)
	}
	for i := range before.Slices["category"] {
		before.Slices["category"][i] = "c"
	}
	for i := range after.Slices["category"] {
		if after.Slices["category"][i] != "a" {
			after.Slices["category"][i] = "b"
		}
	}
	if v := decide(t, after, before, steady).Checks[0]; v.Verdict != "undecided" || !strings.Contains(v.Why, "too unlike to be reweighted") {
		t.Errorf("no category in common: %+v", v)
	}
}

// Sessions that both runs have are not two independent samples: what they share cancels.
func TestSharedSessionsAreNotIndependent(t *testing.T) {
	const draws = 300
	covered, alone := 0, 0
	for d := range draws {
		r := rand.New(rand.NewPCG(uint64(d), 6))
		before, after := night("before", 400), night("after", 400)
		for s := range 80 { // a session is easy or hard on both nights, with 5 tasks of its own on each
			easy := 0.2 + 0.6*float64(r.IntN(2))
			for k := range 5 {
				i := 5*s + k
				for _, e := range []*suite.Evidence{before, after} {
					right := 0.0
					if r.Float64() < easy {
						right = 1
					}
					nights{apart: true, group: 5}.put(e, i, 0, 1, right)
				}
			}
		}
		v := decide(t, after, before, steady).Checks[0]
		covered += one(v.Estimate.Lo <= 0 && 0 <= v.Estimate.Hi)
		for i := range before.Units {
			before.Units[i] += " of before" // as if they were others
		}
		wide := decide(t, after, before, steady).Checks[0]
		alone += one(wide.Estimate.Hi-wide.Estimate.Lo > 1.2*(v.Estimate.Hi-v.Estimate.Lo))
	}
	if covered < draws*90/100 || covered > draws*99/100 {
		t.Errorf("%d of %d intervals hold the truth, want about 95 %%", covered, draws)
	}
	if alone < draws*9/10 {
		t.Errorf("only %d of %d intervals are narrower for what the sessions share", alone, draws)
	}
}

// The weights of a paired comparison are this run's, whatever traffic the baseline was of; in an unpaired
// one the baseline's own count within its categories, and not between them.
func TestWeightsOfTheBaseline(t *testing.T) {
	estimate := func(now, before *suite.Evidence) float64 {
		return decide(t, now, before, steady).Checks[0].Estimate.Value
	}
	before, after := pairOf(nights{pair: discordant(0.2), weights: true}, 400, 3)
	paired := estimate(after, before)
	for i := range before.Weights {
		before.Weights[i] = float64(1 + i%7)
	}
	near(t, "paired, under other weights of the baseline", estimate(after, before), paired, 1e-12)

	before, after = nights{pair: byCategory, apart: true}.draw(rand.New(rand.NewPCG(4, 4)), 2000, 0)
	unpaired := estimate(after, before)
	before.Weights = slicesOf(2000, 1)
	for i, c := range before.Slices["category"] {
		before.Weights[i] = map[string]float64{"a": 9, "b": 2, "c": 0.1}[c]
	}
	near(t, "unpaired, categories weighted otherwise", estimate(after, before), unpaired, 1e-12)
	for i, c := range before.Slices["category"] {
		if c == "b" && before.Rows["p"].Quality[i] == 1 {
			before.Weights[i] *= 10
		}
	}
	if got := estimate(after, before); got > unpaired-0.02 {
		t.Errorf("right answers of the baseline that weigh ten times as much leave the difference at %g, it was %g", got, unpaired)
	}
}
