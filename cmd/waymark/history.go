package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"waymark/internal/store"
	"waymark/internal/trend"
	"waymark/suite"
)

// A history is what trend tells of one policy: its JSON form.
type history struct {
	Dataset string         `json:"dataset"`
	Policy  string         `json:"policy"`
	Metric  string         `json:"metric"`
	Margin  float64        `json:"margin"`
	Alpha   float64        `json:"alpha"`
	AlarmAt float64        `json:"alarm_at"` // e-value
	Alarm   bool           `json:"alarm"`
	Nights  []historyNight `json:"nights"`
	percent bool           // quality is shown in percent
}

// A historyNight is one run of a history.
type historyNight struct {
	Run        string          `json:"run"`
	Started    time.Time       `json:"started"`
	Role       trend.Role      `json:"role"`
	Quality    *suite.Interval `json:"quality"`
	Cost       *suite.Interval `json:"cost_usd_per_task"`
	Difference suite.Interval  `json:"difference"` // to the baseline
	Shared     int             `json:"shared_tasks"`
	Missing    int             `json:"missing_tasks"`
	Units      int             `json:"watched_units"` // groups, or tasks, that are watched
	EValue     float64         `json:"e_value"`
	Alarm      bool            `json:"alarm"`
	AgeDays    *float64        `json:"age_days"` // of the responses, at the run
	Notes      []string        `json:"notes"`
}

// A runResult is a run with what it found.
type runResult struct {
	store.RunInfo
	result suite.Result
}

func readNights(ctx context.Context, db *store.DB, runs []store.RunInfo) ([]runResult, error) {
	out := make([]runResult, len(runs))
	for i, r := range runs {
		out[i].RunInfo = r
		text, err := db.Result(ctx, r.ID)
		if err != nil {
			return nil, stored(err)
		}
		if err := json.Unmarshal(text, &out[i].result); err != nil {
			return nil, fmt.Errorf("run %s: its result: %w", r.ID, err)
		}
		if err := out[i].result.RefuseOffPolicy(); err != nil {
			return nil, usage(fmt.Errorf("trend follows what was observed: %w", err))
		}
	}
	return out, nil
}

// history follows one policy; nil if no run has decisions of it.
func (c *trendCmd) history(ctx context.Context, db *store.DB, runs []runResult, policy string) (*history, error) {
	var kept []runResult
	var nights []trend.Night
	for _, r := range runs {
		outcomes, err := db.Outcomes(ctx, r.ID, policy)
		if err != nil {
			return nil, stored(err)
		}
		if len(outcomes) > 0 {
			kept, nights = append(kept, r), append(nights, c.night(r.DatasetDigest, outcomes))
		}
	}
	if kept == nil {
		return nil, nil
	}
	info := kept[0].result.Dataset
	span := info.QualityHi - info.QualityLo
	steps, err := trend.Follow(nights, c.options(span))
	if err != nil {
		return nil, usage(err)
	}
	h := &history{
		Dataset: info.Name, Policy: policy, Metric: c.Metric, Margin: c.Margin, Alpha: c.Alpha, AlarmAt: 2 / c.Alpha,
		Alarm: steps[len(steps)-1].Alarm, percent: info.QualityLo == 0 && info.QualityHi == 1,
	}
	for i, s := range steps {
		h.Nights = append(h.Nights, c.tell(kept[0], kept[i], policy, s, span))
	}
	return h, nil
}

// night is a run as trend takes it. Its mark holds all that came of the policy, so
// that the same responses are known again in a dataset that was written anew.
func (c *trendCmd) night(digest string, outcomes []store.TaskOutcome) trend.Night {
	n := trend.Night{Digest: digest, Values: map[string]float64{}}
	h := sha256.New()
	for _, o := range outcomes {
		fmt.Fprintf(h, "%q %g %g %d\n", o.Task, o.Score, o.CostUSD, o.Latency)
		v := o.Score
		if c.Metric == "cost" {
			v = o.CostUSD
		}
		if !math.IsNaN(v) {
			n.Values[o.Task] = v
		}
		if o.Unit != "" {
			n.Units = with(n.Units, o.Task, o.Unit)
		}
		if o.Weight != 1 {
			n.Weights = with(n.Weights, o.Task, o.Weight)
		}
	}
	n.Mark = string(h.Sum(nil))
	return n
}

func with[V any](m map[string]V, key string, value V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = value
	return m
}

// tell is one line of a history.
func (c *trendCmd) tell(first, r runResult, policy string, s trend.Step, span float64) historyNight {
	d := s.Difference
	if c.Metric == "quality" {
		d.Value, d.Lo, d.Hi = d.Value*span, d.Lo*span, d.Hi*span
	}
	out := historyNight{
		Run: r.ID, Started: r.Started, Role: s.Role, Difference: suite.Interval(d), Shared: s.Shared, Missing: s.Missing, Units: s.Units,
		EValue: s.EValue, Alarm: s.Alarm, Notes: []string{},
	}
	for i := range r.result.Policies {
		if p := &r.result.Policies[i]; p.Name == policy {
			out.Quality, out.Cost = &p.Quality, &p.Cost.PerTask
		}
	}
	if s.Note != "" {
		out.Notes = append(out.Notes, s.Note)
	}
	if r.SuiteText != first.SuiteText {
		out.Notes = append(out.Notes, "the suite is not the baseline's: a difference may be its doing")
	}
	if age, ok := r.result.Dataset.AgeDays(r.Started); ok {
		out.AgeDays = &age
		if age > float64(c.Stale) {
			out.Notes = append(out.Notes, fmt.Sprintf("stale: its responses were %.0f days old", age))
		}
	}
	return out
}
