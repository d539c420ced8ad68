package suite

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"waymark/datasets"
	"waymark/internal/yamlfile"
)

// Traffic is what production sends, where the dataset's mix is another: every
// number is then of that mix.
type Traffic struct {
	By   string             `yaml:"by" json:"by,omitempty" doc:"what the mix is over: category (default) or metadata.NAME"`
	Mix  map[string]float64 `yaml:"mix" json:"mix,omitempty" doc:"share of each value; any positive numbers, scaled to sum to 1"`
	From string             `yaml:"from" json:"from,omitempty" doc:"a dataset folder whose tasks have production's mix, responses or not, relative to the suite file"`
}

func (t *Traffic) by() string {
	if t.By == "" {
		return "category"
	}
	return t.By
}

// check finds the mistakes that need no data.
func (t *Traffic) check(s *Suite) error {
	if (len(t.Mix) > 0) == (t.From != "") {
		return s.errorf([]any{"traffic"}, "found %d shares under mix and from: %q, expected one of the two", len(t.Mix), t.From)
	}
	if t.by() != "category" && !strings.HasPrefix(t.by(), "metadata.") {
		return s.errorf([]any{"traffic", "by"}, "found %q, expected category or metadata.NAME", t.By)
	}
	total := 0.0
	for value, share := range t.Mix {
		if !(share >= 0 && share <= 1e12) {
			return s.errorf([]any{"traffic", "mix", value}, "found %g, expected a share of at least 0", share)
		}
		total += share
	}
	if len(t.Mix) > 0 && total == 0 {
		return s.errorf([]any{"traffic", "mix"}, "found no share above 0")
	}
	return nil
}

// reweight gives tasks the weights under which each split has the mix of production:
// w · mix / share for each value, a task's own weight w included (post-stratification). What has a share and no tasks is
// an error, since nothing is known of it; what has tasks and no share counts for nothing. Intervals take
// the weights as they are and not that the mix is known: they keep the variance between the
// values, and are rather too wide than too narrow.
func (b *board) reweight(ctx context.Context, s *Suite, _ *Options) error {
	t := s.Traffic
	if t == nil {
		return nil
	}
	mix, logged, err := t.shares(ctx, s)
	if err != nil {
		return err
	}
	if n := len(b.matrix.Tasks); t.From != "" && logged < n {
		b.warnings = append(b.warnings, fmt.Sprintf("the mix is estimated from %d tasks of %s, fewer than the %d that are reweighted: what is not known of the mix itself is not in the intervals", logged, t.From, n))
	}
	weights := make([]float64, len(b.matrix.Tasks))
	for i := range weights {
		weights[i] = b.matrix.Tasks[i].Weight
	}
	sides := [][]int{b.tune, b.test}
	if !b.split {
		sides = sides[:1]
	}
	left := map[string]bool{}
	for _, rows := range sides {
		if err := b.match(s, mix, rows, weights, left); err != nil {
			return err
		}
	}
	b.units.weights = weights
	b.leaveUnsent(t.by(), left)
	b.rematch = func() error { // once tasks are left out the mix is another, and is matched anew
		fresh := make([]float64, len(b.matrix.Tasks))
		for i := range fresh {
			fresh[i] = b.matrix.Tasks[i].Weight
		}
		sides := [][]int{b.tune, b.test}
		if !b.split {
			sides = sides[:1]
		}
		for _, rows := range sides {
			if err := b.match(s, mix, rows, fresh, map[string]bool{}); err != nil {
				return err
			}
		}
		copy(weights, fresh)
		return nil
	}
	b.warnings = append(b.warnings, fmt.Sprintf("every number is of the stated traffic by %s, not of the dataset's own mix", t.by()))
	return nil
}

// match reweights one split.
func (b *board) match(s *Suite, mix map[string]float64, rows []int, weights []float64, left map[string]bool) error {
	by := s.Traffic.by()
	have, total := map[string]float64{}, 0.0
	for _, i := range rows {
		have[sliceOf(&b.matrix.Tasks[i], by)] += weights[i]
		total += weights[i]
	}
	var known []string
	for v := range have {
		known = append(known, v)
		if mix[v] == 0 {
			left[v] = true
		}
	}
	slices.Sort(known)
	for v, share := range mix {
		if share > 0 && have[v] == 0 {
			near := ""
			if n := yamlfile.Nearest(v, known); n != "" {
				near = fmt.Sprintf("; did you mean %q?", n)
			}
			return s.errorf([]any{"traffic", "mix", v}, "found a share of %s=%s, of which a split has no task: nothing is known of it%s", by, v, near)
		}
	}
	for _, i := range rows {
		v := sliceOf(&b.matrix.Tasks[i], by)
		weights[i] *= mix[v] / (have[v] / total)
	}
	return nil
}

// leaveUnsent drops the tasks that production never sends, and says so.
func (b *board) leaveUnsent(by string, left map[string]bool) {
	if len(left) == 0 {
		return
	}
	sent := func(in []int) (out []int) {
		for _, i := range in {
			if b.units.weights[i] > 0 {
				out = append(out, i)
			}
		}
		return out
	}
	before := len(b.test)
	b.tune, b.test = sent(b.tune), sent(b.test)
	names := slices.Sorted(maps.Keys(left))
	b.warnings = append(b.warnings, fmt.Sprintf("traffic gives no share to %s %s: those %d of %d tasks are left out", by, strings.Join(names, ", "), before-len(b.test), before))
}

// shares are the mix, scaled to sum to 1, and how many tasks it was estimated from, if it was.
func (t *Traffic) shares(ctx context.Context, s *Suite) (counts map[string]float64, tasks int, err error) {
	counts = map[string]float64{}
	for v, x := range t.Mix {
		counts[v] = x
	}
	if t.From != "" {
		path := t.From
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.Path), filepath.FromSlash(path))
		}
		folder, err := datasets.Open(path)
		if err != nil {
			return nil, 0, err
		}
		for task, err := range folder.Tasks(ctx) {
			if err != nil {
				return nil, 0, err
			}
			tasks++
			counts[sliceOf(&task, t.by())] += task.Weight
		}
	}
	total := 0.0
	for _, x := range counts {
		total += x
	}
	if total == 0 {
		return nil, 0, s.errorf([]any{"traffic"}, "found no task in %s", t.From)
	}
	for v := range counts {
		counts[v] /= total
	}
	return counts, tasks, nil
}
