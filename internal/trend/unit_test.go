package trend_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"waymark/internal/trend"
)

// outages are nights on which sessions of 8 tasks go well or badly together, always as often.
func outages(rng *rand.Rand, number, sessions int, told bool) trend.Night {
	n := trend.Night{Digest: fmt.Sprint("d", number), Mark: fmt.Sprint("m", number), Values: map[string]float64{}}
	if told {
		n.Units = map[string]string{}
	}
	for s := range sessions {
		right := 0.0
		if rng.Float64() < 0.8 {
			right = 1
		}
		for k := range 8 {
			id := fmt.Sprintf("s%02d/%d", s, k)
			n.Values[id] = right
			if told {
				n.Units[id] = fmt.Sprint("session ", s)
			}
		}
	}
	return n
}

// Where responses of a session hang together and that is told, the promise holds; where it is
// not told, it does not.
func TestSessionsAreTheUnits(t *testing.T) {
	strict := options
	strict.Margin = 0
	const histories, nights = 150, 30
	share := map[bool]float64{}
	for _, told := range []bool{true, false} {
		rng := rand.New(rand.NewPCG(9, 9))
		for range histories {
			var list []trend.Night
			for k := range nights {
				list = append(list, outages(rng, k, 25, told))
			}
			steps := follow(t, list, strict)
			if last := steps[nights-1]; last.Alarm {
				share[told] += 1.0 / histories
			} else if told && (last.Units != 25 || last.Difference.Groups != 25) {
				t.Fatalf("%d units are watched, and the difference is over %d", last.Units, last.Difference.Groups)
			}
		}
	}
	t.Logf("%.3f of unchanged histories alarm by sessions, %.3f by tasks", share[true], share[false])
	if limit := 0.05 + 3*math.Sqrt(0.05*0.95/histories); share[true] > limit {
		t.Errorf("by sessions %.3f of unchanged histories alarm, want at most %.3f", share[true], limit)
	}
	if share[false] < 0.15 {
		t.Errorf("by tasks only %.3f alarm: the test tests nothing", share[false])
	}
}

// A drop in the tasks that weigh most is what the history is about; one in tasks that weigh
// nothing is not there.
func TestWeightsAreCarried(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	list := func(heavy bool) (out []trend.Night) {
		for k := range 25 {
			n := trend.Night{Digest: fmt.Sprint("d", k), Mark: fmt.Sprint("m", k), Values: map[string]float64{}, Weights: map[string]float64{}}
			for i := range 400 {
				id, weight := fmt.Sprintf("t%03d", i), 1.0
				if i%2 == 0 {
					weight = 0.01
				}
				p := 0.95
				if k > 5 && (i%2 == 1) == heavy {
					p = 0.7
				}
				n.Weights[id], n.Values[id] = weight, 0
				if rng.Float64() < p {
					n.Values[id] = 1
				}
			}
			out = append(out, n)
		}
		return out
	}
	for _, heavy := range []bool{true, false} {
		steps := follow(t, list(heavy), options)
		last := steps[len(steps)-1]
		if last.Alarm != heavy {
			t.Errorf("a drop where tasks weigh much (%v): alarm %v, e-value %g, difference %g", heavy, last.Alarm, last.EValue, last.Difference.Value)
		}
	}
}

func TestFewSessionsAreNotWatched(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	steps := follow(t, []trend.Night{outages(rng, 0, 10, true), outages(rng, 1, 10, true)}, options)
	if s := steps[1]; s.Role != trend.Unpaired || !strings.Contains(s.Note, "10 groups of tasks") {
		t.Errorf("10 sessions of 8 tasks: %+v", s)
	}
}
