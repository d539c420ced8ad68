package suite_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/suite"
)

// checking is a suite with some checks and no data.
func checking(t testing.TB, checks ...string) *suite.Suite {
	t.Helper()
	text := "dataset: none\npolicies:\n  - {name: p, type: fixed, model: m}\nchecks:\n"
	for _, c := range checks {
		text += fmt.Sprintf("  - %q\n", c)
	}
	s, err := suite.Parse("suite.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pairOf are two nights of a population.
func pairOf(p nights, n int, seed uint64) (before, after *suite.Evidence) {
	return p.draw(rand.New(rand.NewPCG(seed, seed)), n, 0)
}

var plainNights = nights{pair: discordant(0.1)}

func decide(t testing.TB, now, before *suite.Evidence, checks ...string) *suite.Checked {
	t.Helper()
	out, err := checking(t, checks...).Check(now, suite.CheckSpec{Baseline: before})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const steady = "quality(p) >= quality(p@baseline) - 0.01"

// The very same policy on the very same responses has changed nothing, however few the tasks: it passes for
// certain. One that is configured otherwise and happened to decide alike might yet differ elsewhere.
func TestTheSamePolicyHasNotChanged(t *testing.T) {
	now, _ := pairOf(plainNights, 50, 1)
	before, _ := pairOf(plainNights, 50, 1)
	v := decide(t, now, before, steady).Checks[0]
	if v.Verdict != "pass" || v.Estimate.Lo != 0 || v.Estimate.Hi != 0 || v.PassIfUnchanged == nil || *v.PassIfUnchanged != 1 {
		t.Errorf("the same policy on the same responses: %+v", v)
	}
	if v.SmallestNoticed == nil || *v.SmallestNoticed < 0.05 || *v.SmallestNoticed > 0.3 {
		t.Errorf("50 tasks notice %v", v.SmallestNoticed)
	}
	now.Rows["p"].Config = "another"
	v = decide(t, now, before, steady).Checks[0]
	if v.Verdict != "undecided" || !(v.Estimate.Lo < -0.05) {
		t.Errorf("another policy that decided alike on 50 tasks: %+v", v)
	}
	many, _ := pairOf(plainNights, 2000, 1)
	other, _ := pairOf(plainNights, 2000, 1)
	other.Rows["p"].Config = "another"
	if v := decide(t, many, other, steady).Checks[0]; v.Verdict != "pass" || v.Estimate.Lo == 0 {
		t.Errorf("another policy that decided alike on 2,000 tasks: %+v", v)
	}
}

// Fresh responses that came out alike tell nothing about how much they vary.
func TestAlikeByChance(t *testing.T) {
	now, _ := pairOf(plainNights, 200, 1)
	before, _ := pairOf(plainNights, 200, 1)
	now.Dataset.Digest = "sha256:fresh"
	v := decide(t, now, before, steady).Checks[0]
	if v.PassIfUnchanged != nil || !strings.Contains(v.Unknown, "how much fresh responses vary") {
		t.Errorf("P(pass | no change) is %v: %q", v.PassIfUnchanged, v.Unknown)
	}
	for i := range now.Tasks { // costs that vary and are the same: the same responses in files written anew
		now.Rows["p"].Cost[i] = float64(i)
		before.Rows["p"].Cost[i] = float64(i)
	}
	if v := decide(t, now, before, steady).Checks[0]; v.Verdict != "pass" || v.Estimate.Lo != 0 {
		t.Errorf("the same responses in other files: %+v", v)
	}
}

// A dataset in other units is decided as the same scores in [0,1] are.
func TestChecksInTheDatasetsUnits(t *testing.T) {
	before, after := pairOf(plainNights, 400, 3)
	want := decide(t, after, before, "quality(p) >= quality(p@baseline) - 0.05").Checks[0]
	for _, e := range []*suite.Evidence{before, after} {
		e.Dataset.QualityLo, e.Dataset.QualityHi = 1, 11
		for i, q := range e.Rows["p"].Quality {
			e.Rows["p"].Quality[i] = 1 + 10*q
		}
	}
	got := decide(t, after, before, "quality(p) >= quality(p@baseline) - 0.5").Checks[0]
	near(t, "lower end", got.Estimate.Lo, 10*want.Estimate.Lo, 1e-9)
	near(t, "P(pass | no change)", *got.PassIfUnchanged, *want.PassIfUnchanged, 1e-9)
	near(t, "smallest noticed", *got.SmallestNoticed, 10**want.SmallestNoticed, 1e-4)
	mirrored := decide(t, after, before, "quality(p@baseline) - quality(p) <= 0.5").Checks[0]
	near(t, "mirrored P(pass | no change)", *mirrored.PassIfUnchanged, *got.PassIfUnchanged, 1e-9)
	if mirrored.Verdict != got.Verdict {
		t.Errorf("mirrored it is %s, want %s", mirrored.Verdict, got.Verdict)
	}
	one := decide(t, after, nil, "quality(p) >= 5", "-2 * quality(p) <= -10")
	near(t, "mirrored and doubled", one.Checks[1].Estimate.Lo, -2*one.Checks[0].Estimate.Hi, 1e-9)
}

// What cannot be told is said, with the reason, and nothing of it stops the other checks.
func TestWhatIsNotThereIsUndecided(t *testing.T) {
	before, after := pairOf(plainNights, 400, 3)
	after.Rows["new"] = after.Rows["p"]
	before.Rows["old"] = before.Rows["p"]
	after.Rows["m"] = &suite.Outcomes{Type: "constant", Quality: after.Rows["p"].Quality, Cost: after.Rows["p"].Cost, Latency: after.Rows["p"].Latency, Model: after.Rows["p"].Model, Models: []string{"m"}}
	out := decide(t, after, before, "quality(new) >= quality(new@baseline) - 0.2", "quality(m) >= quality(m@baseline) - 0.2", "quality(p) >= quality(old@baseline) - 0.2", "apgr(p) >= 0.1", "failed(p) <= 0", "p95(p) <= 200")
	for i, want := range []string{"new is not in run before", "results.db keeps without models", "", "knows no apgr of p", "", ""} {
		if v := out.Checks[i]; (v.Verdict == "undecided") != (want != "") || !strings.Contains(v.Why, want) {
			t.Errorf("%s is %s: %s", v.Expr, v.Verdict, v.Why)
		}
	}
	if v := out.Checks[2]; v.PassIfUnchanged != nil || !strings.Contains(v.Unknown, "old is not in this run") {
		t.Errorf("against a policy that is gone P(pass | no change) is %v: %q", v.PassIfUnchanged, v.Unknown)
	}
	if v := out.Checks[5]; v.Verdict != "pass" || v.SmallestNoticed != nil || v.PassIfUnchanged == nil {
		t.Errorf("a latency: %+v", v)
	}
	if fmt.Sprint(out.New, out.Missing) != "[new] [old]" {
		t.Errorf("new policies %v, missing ones %v", out.New, out.Missing)
	}
	none := decide(t, after, nil, steady)
	if v := none.Checks[0]; v.Verdict != "undecided" || v.Why != "there is no baseline yet" {
		t.Errorf("without a baseline: %+v", v)
	}
}

// Tasks that lack a value are left out, and that is said.
func TestMissingValuesAreSaid(t *testing.T) {
	before, after := pairOf(plainNights, 400, 3)
	after.Rows["p"].Quality[7], before.Rows["p"].Quality[9] = math.NaN(), math.NaN()
	out := decide(t, after, before, steady)
	if got := strings.Join(out.Warnings, "\n"); !strings.Contains(got, "2 of 400 tasks lack a value") || out.Checks[0].Estimate.N != 398 {
		t.Errorf("n = %d, warnings %q", out.Checks[0].Estimate.N, got)
	}
	for i := range after.Tasks {
		after.Rows["p"].Cost[i] = math.NaN()
	}
	if v := decide(t, after, before, "cost(p) <= cost(p@baseline)").Checks[0]; v.Verdict != "undecided" || !strings.Contains(v.Why, "no task has all values") {
		t.Errorf("without costs: %+v", v)
	}
}

// A failure is named only where it stands among all checks; on its own it is.
func TestFailuresAreNamedAmongAll(t *testing.T) {
	before, after := plainNights.draw(rand.New(rand.NewPCG(5, 5)), 400, 0.06)
	alone := decide(t, after, before, steady).Checks[0]
	if alone.Verdict != "fail" || *alone.PHolm > 0.025 {
		t.Fatalf("alone it is %s, p = %v", alone.Verdict, alone.PHolm)
	}
	many := slices.Repeat([]string{"quality(p) >= quality(p@baseline) - 0.5"}, 30)
	out := decide(t, after, before, append(many, steady)...)
	v := out.Checks[30]
	if v.Verdict != "undecided" || !strings.Contains(v.Why, "not among 31 checks") || out.Failed != 0 || out.Open != 1 || *v.PHolm < 0.025 {
		t.Errorf("among 31 checks it is %s: %s", v.Verdict, v.Why)
	}
	if *v.SmallestNoticed <= *alone.SmallestNoticed {
		t.Errorf("among 31 checks %g is noticed, alone %g", *v.SmallestNoticed, *alone.SmallestNoticed)
	}
	counted := decide(t, after, before, append(many, "failed(p) < 0")...)
	if v := counted.Checks[30]; v.Verdict != "fail" || v.PHolm != nil {
		t.Errorf("what is counted has no p-value to adjust: %+v", v)
	}
}

// A star is a check for each value, none of which may be lost in silence.
func TestStars(t *testing.T) {
	before, after := pairOf(plainNights, 900, 3)
	out := decide(t, after, before, "quality(p, category=*) >= quality(p@baseline, category=*) - 0.2")
	if len(out.Checks) != 3 || out.Checks[1].Expr != "quality(p, category=b) - quality(p@baseline, category=b) >= -0.2" {
		t.Fatalf("there are %d checks: %+v", len(out.Checks), out.Checks)
	}
	n := 0
	for _, v := range out.Checks {
		n += v.Estimate.N
		if !strings.HasPrefix(v.Estimate.Method, "tango") {
			t.Errorf("%s: %s", v.Expr, v.Estimate.Method)
		}
	}
	if n != 900 {
		t.Errorf("the categories have %d tasks, want 900", n)
	}
	for i := range before.Tasks {
		before.Slices["category"][i] += "!"
	}
	out = decide(t, after, before, "quality(p, category=*) >= quality(p@baseline, category=*) - 0.2")
	if got := strings.Join(out.Warnings, "\n"); !strings.Contains(got, "category of a!, b!, c! is in run before only") {
		t.Errorf("categories that are gone: %q", got)
	}
	for check, want := range map[string]string{
		"quality(p, metadata.tenant=*) >= 0.5":                             `suite.yaml:5:6: found slice "metadata.tenant", which run after does not keep`,
		"quality(p, metadata.tenant=acme) >= 0.5":                          `found slice "metadata.tenant"`,
		"quality(p, category=zebra) >= 0.5":                                "found category=zebra, of which there is no task",
		"quality(p, category=*) - quality(p, metadata.tenant=*) >= 0.5":    "found metadata.tenant=* beside category=*",
		"0.1 <= quality(q)":                                                `suite.yaml:5:13: found "q", expected a policy or model`,
		"quality(p, category=a) >= 0.9 * quality(p@elsewhere, category=a)": "suite.yaml:5:38: no such run",
		"quality(p) >= quality(p@unlike)":                                  "suite.yaml:5:20: run unlike cannot be compared with: its dataset is tickets",
	} {
		_, err := checking(t, check).Check(after, suite.CheckSpec{Baseline: before, Named: func(name string) (*suite.Evidence, error) {
			if name != "unlike" {
				return nil, fmt.Errorf("no such run")
			}
			other, _ := pairOf(plainNights, 900, 3)
			other.Run, other.Dataset.Name = "unlike", "tickets"
			return other, nil
		}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", check, err, want)
		}
	}
}

// A check whose terms are about different tasks is decided too.
func TestDifferentSlices(t *testing.T) {
	before, after := pairOf(nights{pair: byCategory, apart: false}, 3000, 3)
	_ = before
	v := decide(t, after, nil, "quality(p, category=a) >= quality(p, category=c) + 0.3").Checks[0]
	near(t, "the gap between two categories", v.Estimate.Value, 0.4, 0.06)
	near(t, "its standard error", (v.Estimate.Hi-v.Estimate.Lo)/2/1.96, math.Sqrt(0.9*0.1/1000+0.5*0.5/1000), 0.002)
	if v.Verdict != "pass" {
		t.Errorf("it is %s", v.Verdict)
	}
}

// Where all answers are right there is an interval: what was not seen is bounded.
func TestAllRight(t *testing.T) {
	before, after := pairOf(plainNights, 400, 3)
	for _, e := range []*suite.Evidence{before, after} {
		for i := range e.Tasks {
			e.Rows["p"].Quality[i] = 1
		}
	}
	v := decide(t, after, before, "quality(p) >= 0.97 * quality(p@baseline)").Checks[0]
	if v.Verdict != "pass" || v.Estimate.Method != "rule of three" || math.Abs(v.Estimate.Value-0.03) > 1e-12 {
		t.Errorf("all right on both nights: %+v", v)
	}
}

// Old responses are flagged, by the suite's own number of days.
func TestStaleResponses(t *testing.T) {
	_, after := pairOf(plainNights, 100, 3)
	after.Dataset.Recorded = "2026-01-01"
	s := checking(t, "quality(p) >= 0.1")
	at := func(day string) string {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Check(after, suite.CheckSpec{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(out.Warnings, "\n")
	}
	if got := at("2026-01-20"); got != "" {
		t.Errorf("after 19 days: %q", got)
	}
	if got := at("2026-02-20"); !strings.Contains(got, "stale: the responses were recorded on 2026-01-01, 50 days before (more than 30)") {
		t.Errorf("after 50 days: %q", got)
	}
	days := 60
	s.Stale = &days
	if got := at("2026-02-20"); got != "" {
		t.Errorf("after 50 days of 60: %q", got)
	}
}

// What is decided is the same from a file as from memory, and JSON holds every number or null.
func TestEvidenceAsAFile(t *testing.T) {
	before, after := pairOf(nights{pair: discordant(0.1), weights: true, group: 4, icc: 0.2}, 300, 3)
	before.Rows["p"].Latency[3], before.Rows["p"].Model[5] = math.NaN(), -1
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	read, err := suite.ReadEvidence("night.json", text)
	if err != nil {
		t.Fatal(err)
	}
	checks := []string{steady, "cost(p) <= 1.05 * cost(p@baseline)", "within(p@baseline, 100) >= 0.5"}
	a, b := decide(t, after, before, checks...), decide(t, after, read, checks...)
	x, y := verdicts(t, a), verdicts(t, b)
	if x != y {
		t.Errorf("from memory %s\nfrom a file %s", x, y)
	}
}

func verdicts(t *testing.T, c *suite.Checked) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
