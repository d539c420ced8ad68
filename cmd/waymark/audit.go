package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"waymark/internal/store"
)

type auditCmd struct {
	RunID  string `arg:"" name:"run" help:"A run's id, the start of one, or latest."`
	Task   string `arg:"" help:"The task's id."`
	Policy string `short:"p" placeholder:"NAME" help:"Only this policy."`
}

func (auditCmd) Help() string {
	return `Examples:

  waymark audit latest routine-000017
  waymark audit latest routine-000017 --policy by-category --format json`
}

// Run tells what every policy decided about a task, and why.
func (c *auditCmd) Run(a *app) error {
	if a.Format == "csv" || a.Format == "md" {
		return usage(fmt.Errorf("--format %s: the story of a task is a text and no table, expected --format json, or none for the text", a.Format))
	}
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return stored(err)
	}
	defer db.Close()
	s, err := db.Story(a.ctx, c.RunID, c.Task)
	if err != nil {
		return stored(err)
	}
	if c.Policy != "" {
		var kept []store.Told
		for _, t := range s.Told {
			if t.Policy == c.Policy {
				kept = append(kept, t)
			}
		}
		if kept == nil {
			return usage(fmt.Errorf("found policy %q, expected one of run %s: %s", c.Policy, s.Run.ID, strings.Join(s.Run.Policies, ", ")))
		}
		s.Told = kept
	}
	if a.Format == "json" || a.Format == "jsonl" {
		return storyJSON(a, s)
	}
	synthetic := ""
	if s.Run.Synthetic {
		synthetic = " (SYNTHETIC)"
	}
	fmt.Fprintf(a.stdout, "Task %s of %s%s, category %s, %s split, in run %s\n\n", clean(s.Task), clean(s.Run.Dataset), synthetic, clean(orDash(s.Category)), s.Split, s.Run.ID)
	for _, t := range s.Told {
		tell(a, t)
	}
	return nil
}

func tell(a *app, t store.Told) {
	head := fmt.Sprintf("%s (%s)", clean(t.Policy), t.Type)
	if !math.IsNaN(t.Knob) {
		head += fmt.Sprintf(", knob %.4g", t.Knob)
	}
	if t.Repeat > 0 {
		head += fmt.Sprintf(", repeat %d", t.Repeat)
	}
	fmt.Fprintln(a.stdout, head)
	if d := t.Decision; d != nil {
		fmt.Fprintf(a.stdout, "  %s: %s", d.Status, clean(orDash(d.Model)))
		if why := whyOf(d); why != "" {
			fmt.Fprintf(a.stdout, ", because %s", clean(why))
		}
		if !math.IsNaN(d.Signal) {
			fmt.Fprintf(a.stdout, " (signal %.4g)", d.Signal)
		}
		fmt.Fprintf(a.stdout, "\n  quality %s, cost %s, latency %s, %s\n", orUnknown(d.Quality), costText(d), latencyText(d.Latency), plural(d.Calls, "call"))
		if len(d.Made) > 0 {
			treeOf(d.Made).write(a.stdout, "    ")
		}
	}
	for i, s := range t.Steps {
		upTo := "any knob above"
		if i+1 < len(t.Steps) {
			upTo = fmt.Sprintf("knobs up to %.6g", t.Steps[i+1].From)
		}
		if s.Model == "" {
			fmt.Fprintf(a.stdout, "  swept: no decision, %s\n", clean(s.Reason))
			continue
		}
		fmt.Fprintf(a.stdout, "  swept: %s for %s\n", clean(s.Model), upTo)
	}
	fmt.Fprintln(a.stdout)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func orUnknown(x float64) string {
	if math.IsNaN(x) {
		return "unknown"
	}
	return fmt.Sprintf("%.4g", x)
}

func costText(d *store.ToldDecision) string {
	if !d.Cost.Known {
		return "unknown"
	}
	return d.Cost.USD.String()
}

func latencyText(l time.Duration) string {
	if l == 0 {
		return "not recorded"
	}
	return l.Round(time.Millisecond / 10).String()
}

// storyJSON writes the story with nulls for what is not known.
func storyJSON(a *app, s store.Story) error {
	type told struct {
		Policy     string    `json:"policy"`
		Type       string    `json:"type"`
		Knob       *float64  `json:"knob"`
		Repeat     int       `json:"repeat"`
		Status     string    `json:"status,omitempty"`
		Model      string    `json:"model,omitempty"`
		Reason     string    `json:"reason,omitempty"`
		Signal     *float64  `json:"signal"`
		Quality    *float64  `json:"quality"`
		CostUSD    *float64  `json:"cost_usd"`
		LatencyMS  *float64  `json:"latency_ms"`
		SweptSteps int       `json:"swept_steps,omitempty"`
		Tree       *nodeJSON `json:"tree,omitempty"`
	}
	out := struct {
		Run      string `json:"run"`
		Task     string `json:"task"`
		Category string `json:"category"`
		Split    string `json:"split"`
		Policies []told `json:"policies"`
	}{s.Run.ID, s.Task, s.Category, s.Split, nil}
	number := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	for _, t := range s.Told {
		o := told{Policy: t.Policy, Type: t.Type, Knob: number(t.Knob), Repeat: t.Repeat, SweptSteps: len(t.Steps)}
		if d := t.Decision; d != nil {
			o.Status, o.Model, o.Reason = d.Status, d.Model, whyOf(d)
			o.Signal, o.Quality = number(d.Signal), number(d.Quality)
			if len(d.Made) > 0 {
				tree := treeOf(d.Made).json()
				o.Tree = &tree
			}
			if d.Cost.Known {
				o.CostUSD = number(d.Cost.USD.Float())
			}
			if d.Latency > 0 {
				o.LatencyMS = number(d.Latency.Seconds() * 1000)
			}
		}
		out.Policies = append(out.Policies, o)
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// whyOf is what there is to say of a decision, once.
func whyOf(d *store.ToldDecision) string {
	switch {
	case d.Reason == "" || d.Reason == d.Remark:
		return d.Remark
	case d.Remark == "":
		return d.Reason
	}
	return d.Reason + ": " + d.Remark
}
