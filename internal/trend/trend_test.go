package trend_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/internal/trend"
)

var options = trend.Options{Margin: 0.01, Alpha: 0.05, Confidence: 0.95}

// night is fresh responses to n tasks of their own difficulties, each right with a
// probability that is lower by drop.
func night(r *rand.Rand, number, n int, drop float64) trend.Night {
	out := trend.Night{Digest: fmt.Sprint("d", number), Mark: fmt.Sprint("m", number), Values: map[string]float64{}}
	for i := range n {
		p := []float64{0.05, 0.5, 0.9, 0.95, 1}[i%5] - drop
		score := 0.0
		if r.Float64() < p {
			score = 1
		}
		out.Values[fmt.Sprintf("t%04d", i)] = score
	}
	return out
}

func follow(t *testing.T, nights []trend.Night, o trend.Options) []trend.Step {
	t.Helper()
	steps, err := trend.Follow(nights, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != len(nights) {
		t.Fatalf("%d nights have %d steps", len(nights), len(steps))
	}
	return steps
}

// One baseline is held against every later night, so that its luck would alarm
// sooner or later. With what is allowed for it at most 5 % of unchanged histories do.
func TestUnchangedNightsRarelyAlarm(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	const histories, nights = 200, 40
	alarms, lucky := 0.0, 0.0
	strict := options
	strict.Margin = 0
	for range histories {
		var list []trend.Night
		for k := range nights {
			list = append(list, night(rng, k, 100, 0))
		}
		steps := follow(t, list, strict)
		if steps[nights-1].Alarm {
			alarms++
		}
		if steps[nights-1].Difference.Value < 0 {
			lucky++
		}
	}
	share := alarms / histories
	t.Logf("%.3f of %d unchanged histories alarm", share, histories)
	if limit := 0.05 + 3*math.Sqrt(0.05*0.95/histories); share > limit {
		t.Errorf("%.3f of unchanged histories alarm, want at most %.3f", share, limit)
	}
	if lucky < histories/4 {
		t.Errorf("only %g histories have a lucky baseline: the test tests nothing", lucky)
	}
}

// A drop of 8 points or more on most tasks after ten good nights alarms, and an alarm stays.
func TestADropAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const histories = 40
	noticed, false0 := 0, 0
	for range histories {
		var list []trend.Night
		for k := range 30 {
			drop := 0.0
			if k >= 10 {
				drop = 0.1
			}
			list = append(list, night(rng, k, 500, drop))
		}
		steps := follow(t, list, options)
		if steps[9].Alarm {
			false0++
		}
		if steps[29].Alarm {
			noticed++
		}
		if last := steps[29].Difference; !(last.Lo < last.Value && last.Value < last.Hi) || last.N != 500 {
			t.Fatalf("the last night's difference is %+v", last)
		}
		for i := 1; i < len(steps); i++ {
			if steps[i-1].Alarm && !steps[i].Alarm {
				t.Fatal("an alarm went away")
			}
		}
	}
	if noticed < histories-2 || false0 > 4 {
		t.Errorf("%d of %d drops are noticed, %d before they are there", noticed, histories, false0)
	}
}

// What was there before is not bet on twice, whether the files say so or the answers.
func TestTheSameResponsesAreBetOnOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	list := []trend.Night{night(rng, 0, 200, 0), night(rng, 1, 200, 0), night(rng, 2, 200, 0.1)}
	again, renamed, back := list[2], list[2], list[0]
	renamed.Digest = "a byte more"
	again.Mark = "decided otherwise"
	steps := follow(t, append(list, again, renamed, back), options)
	want := []trend.Role{trend.Baseline, trend.Calibration, trend.Watched, trend.NotFresh, trend.NotFresh, trend.NotFresh}
	for i, s := range steps {
		if s.Role != want[i] {
			t.Errorf("night %d is %q, want %q", i, s.Role, want[i])
		}
		if i > 2 && (s.EValue != steps[2].EValue || s.Note == "") {
			t.Errorf("night %d: e-value %g, %q", i, s.EValue, s.Note)
		}
	}
	if steps[1].EValue != 1 || steps[2].EValue == 1 {
		t.Errorf("e-values %g and %g: the night that measures noise is bet on, or the next is not", steps[1].EValue, steps[2].EValue)
	}
}

// Missing tasks cannot raise an alarm, and strangers are not paired.
func TestMissingTasks(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	list := []trend.Night{night(rng, 0, 100, 0), night(rng, 1, 100, 0), night(rng, 2, 100, 0), {Digest: "x", Mark: "x", Values: map[string]float64{"stranger": 0}}}
	for id := range list[2].Values {
		if id != "t0001" {
			delete(list[2].Values, id)
		}
	}
	steps := follow(t, list, options)
	if s := steps[2]; s.Missing != 99 || s.EValue > 1 || !strings.Contains(s.Note, "99 of 100") {
		t.Errorf("99 missing tasks: %+v", s)
	}
	if s := steps[3]; s.Role != trend.Unpaired || s.Shared != 0 || s.Difference.Withheld == "" {
		t.Errorf("a stranger: %+v", s)
	}
	few := follow(t, []trend.Night{night(rng, 0, 10, 0), night(rng, 1, 10, 0)}, options)
	if few[1].Role != trend.Unpaired {
		t.Errorf("ten tasks: %+v", few[1])
	}
}

// Costs that rise alarm, costs that fall do not, and without costs there is a reason.
func TestCosts(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	o := options
	o.Cost = true
	costs := func(number int, factor float64) trend.Night {
		n := trend.Night{Digest: fmt.Sprint(number), Mark: fmt.Sprint(number), Values: map[string]float64{}}
		for i := range 300 {
			n.Values[fmt.Sprint(i)] = factor * 0.001 * math.Exp(float64(i%7)/3+0.2*rng.NormFloat64())
		}
		return n
	}
	for _, c := range []struct {
		factor float64
		alarm  bool
	}{{0.7, false}, {1, false}, {1.3, true}} {
		list := []trend.Night{costs(0, 1), costs(1, 1)}
		for k := range 12 {
			list = append(list, costs(2+k, c.factor))
		}
		steps := follow(t, list, o)
		if got := steps[len(steps)-1].Alarm; got != c.alarm {
			t.Errorf("costs × %g: alarm %v, e-value %g", c.factor, got, steps[len(steps)-1].EValue)
		}
	}
	for _, s := range follow(t, []trend.Night{costs(0, 0), costs(1, 1)}, o) {
		if s.Note == "" {
			t.Errorf("a free baseline: %+v", s)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []trend.Options{{Alpha: 0, Confidence: 0.95}, {Alpha: math.NaN()}, {Alpha: 0.05, Margin: -1}, {Alpha: 0.05, Margin: math.NaN()}} {
		if _, err := trend.Follow(nil, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
