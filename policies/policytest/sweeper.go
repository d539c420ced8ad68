package policytest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"waymark"
)

// profiles holds the law of Sweeper at, just below, just above and between every breakpoint: At(x)
// makes the calls of the segment that contains x and gives its answer.
func profiles(t *testing.T, p waymark.Sweeper, qs *waymark.Queries, src waymark.Source) {
	t.Helper()
	knob := p.Knob()
	for i := range qs.Len() {
		trial := waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, src)
		prof, err := p.Profile(t.Context(), trial)
		if err == nil && (len(prof) == 0 || prof[0].From != knob.Lo) {
			t.Fatalf("query %s: the profile does not begin at %g: %+v", qs.IDs[i], knob.Lo, prof)
		}
		from := []float64{}
		for k, s := range prof {
			if k > 0 && !(s.From > prof[k-1].From) {
				t.Errorf("query %s: segment %d begins at %g, not after %g", qs.IDs[i], k, s.From, prof[k-1].From)
			}
			from = append(from, s.From)
		}
		for _, x := range probes(from, knob) {
			got := waymark.Attempt(t.Context(), p.At(x), waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, src))
			if err != nil {
				continue // it cannot say what all knobs do; one may still answer
			}
			k := 0
			for k+1 < len(prof) && prof[k+1].From <= x {
				k++
			}
			agree(t, fmt.Sprintf("query %s at %g", qs.IDs[i], x), got, trial, prof[k])
		}
		if err == nil {
			end(t, qs.IDs[i], trial, prof[0], knob, knob.Rising)
			end(t, qs.IDs[i], trial, prof[len(prof)-1], knob, !knob.Rising)
		}
	}
}

// agree compares what a policy did with a segment of the profile of another trial.
func agree(t *testing.T, where string, got waymark.Trace, trial *waymark.Trial, seg waymark.Segment) {
	t.Helper()
	if got.Err != nil {
		t.Errorf("%s: the profile has a segment, Route fails: %v", where, got.Err)
		return
	}
	want := requests(trial, seg)
	if len(got.Calls) != len(want) {
		t.Errorf("%s: Route makes %d calls, the segment has %d", where, len(got.Calls), len(want))
		return
	}
	for n, c := range got.Calls {
		if c.Key() != want[n].Key() || c.Query.ID != want[n].Query.ID {
			t.Errorf("%s: call %d asks %s (%s, sample %d), in the segment %s (%s, sample %d)", where, n, c.Model, c.Purpose, c.Sample, want[n].Model, want[n].Purpose, want[n].Sample)
		}
	}
	if got.Decision.Answer < 0 || got.Calls[got.Decision.Answer].Key() != want[seg.Answer].Key() {
		t.Errorf("%s: Route answers with call %d, the segment with %d", where, got.Decision.Answer, seg.Answer)
	}
	if got.Decision.Reason == "" {
		t.Errorf("%s: a decision without a reason", where)
	}
}

func requests(trial *waymark.Trial, seg waymark.Segment) (out []waymark.Request) {
	for _, n := range seg.Made {
		out = append(out, trial.Calls()[n].Request)
	}
	return append(out, seg.More...)
}

// end holds that an end of the knob is the model that it declares, calls that failed aside.
func end(t *testing.T, id string, trial *waymark.Trial, seg waymark.Segment, k waymark.Knob, weak bool) {
	t.Helper()
	want := k.Strong
	if weak {
		want = k.Weak
	}
	for _, n := range seg.Made {
		if trial.Calls()[n].Err != "" {
			return
		}
	}
	if got := requests(trial, seg)[seg.Answer].Model; want != "" && got != want {
		t.Errorf("query %s: at an end %s answers, the knob declares %s", id, got, want)
	}
}

// stages holds the law of Staged for bars at and around the scores: it stops at the first rung whose
// score reaches its bar.
func stages(t *testing.T, p waymark.Staged, qs *waymark.Queries, src waymark.Source) {
	t.Helper()
	n := len(p.Stages()) - 1
	var at []float64
	rungs := make([][]waymark.Rung, qs.Len())
	trials := make([]*waymark.Trial, qs.Len())
	for i := range rungs {
		trials[i] = waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, src)
		var err error
		if rungs[i], err = p.Climb(t.Context(), trials[i]); err != nil {
			continue
		}
		if last := rungs[i][len(rungs[i])-1]; !math.IsInf(last.Score, 1) {
			t.Fatalf("query %s: the last rung has score %g: it stops nowhere for higher bars", qs.IDs[i], last.Score)
		}
		for _, r := range rungs[i][:len(rungs[i])-1] {
			at = append(at, r.Score, math.Nextafter(r.Score, math.Inf(1)), math.Nextafter(r.Score, math.Inf(-1)))
		}
	}
	at = append(at, math.Inf(-1), math.Inf(1))
	slices.Sort(at)
	at = slices.Compact(at)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		bars := make([]float64, n)
		for k := range bars {
			bars[k] = at[rng.IntN(len(at))]
		}
		q := p.AtBars(bars)
		for i, rs := range rungs {
			if rs == nil {
				continue
			}
			k := 0
			for k+1 < len(rs) && !math.IsInf(rs[k].Score, 1) && rs[k].Score < bars[rs[k].Stage] {
				k++
			}
			got := waymark.Attempt(t.Context(), q, waymark.NewTrial(qs.Query(i), qs.Repeat, qs.Seed, src))
			agree(t, fmt.Sprintf("query %s at bars %v", qs.IDs[i], bars), got, trials[i], rs[k].Segment)
		}
	}
}
