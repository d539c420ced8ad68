package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"waymark/internal/trend"
	"waymark/suite"
)

// printHistories prints what trend found, in the format that was asked for.
func (a *app) printHistories(histories []history) error {
	enc := json.NewEncoder(a.stdout)
	switch a.Format {
	case "json":
		enc.SetIndent("", "  ")
		return enc.Encode(histories)
	case "jsonl":
		for _, h := range histories {
			if err := enc.Encode(h); err != nil {
				return err
			}
		}
		return nil
	}
	var rows [][]string
	for _, h := range histories {
		for _, n := range h.Nights {
			rows = append(rows, h.row(n))
		}
	}
	header := []string{"policy", "run", "started", "used as", "quality", "cost per task", histories[0].Metric + " minus baseline", "e-value", "alarm", "notes"}
	if err := a.table(header, rows); err != nil {
		return err
	}
	for _, h := range histories {
		a.note("%s: %s", h.Policy, h.summary())
	}
	return nil
}

func (h *history) row(n historyNight) []string {
	alarm := "no"
	if n.Alarm {
		alarm = "ALARM"
	}
	difference := dollarText
	if h.Metric == "quality" {
		difference = h.pointsText
	}
	return []string{
		h.Policy, n.Run, n.Started.Local().Format("2006-01-02 15:04:05"), string(n.Role), intervalText(n.Quality, h.qualityText),
		intervalText(n.Cost, dollarText), intervalText(&n.Difference, difference), fmt.Sprintf("%.3g", n.EValue), alarm, strings.Join(n.Notes, "; "),
	}
}

// summary is what a history comes to, in a sentence.
func (h *history) summary() string {
	watched := 0
	for _, n := range h.Nights {
		if n.Role == trend.Watched {
			watched++
		}
	}
	last := h.Nights[len(h.Nights)-1]
	switch {
	case h.Alarm:
		return fmt.Sprintf("ALARM: %s got worse than the margin of %g allows; an e-value of %.3g or more was reached", h.Metric, h.Margin, h.AlarmAt)
	case watched == 0:
		return fmt.Sprintf("nothing to watch yet in %s: it takes a baseline, a fresh run that tells how much responses vary, and fresh runs after it", plural(len(h.Nights), "run"))
	}
	return fmt.Sprintf("no alarm in %s with fresh responses; e-value %.3g, alarm at %.3g", plural(watched, "watched run"), last.EValue, h.AlarmAt)
}

func (h *history) qualityText(x float64) string {
	if h.percent {
		return fmt.Sprintf("%.1f %%", 100*x)
	}
	return minus(fmt.Sprintf("%.3g", x))
}

// pointsText is a difference of qualities.
func (h *history) pointsText(x float64) string {
	if h.percent {
		return minus(fmt.Sprintf("%+.1f", 100*x)) + " points"
	}
	return minus(fmt.Sprintf("%+.3g", x))
}

func dollarText(x float64) string {
	if x < 0 {
		return "−" + dollarText(-x)
	}
	return fmt.Sprintf("$%.4g", x)
}

// minus is a number with the sign that the other tables have.
func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// intervalText is a value with its interval, or that there is none.
func intervalText(e *suite.Interval, text func(float64) string) string {
	switch {
	case e == nil || math.IsNaN(e.Value):
		return "–"
	case e.Withheld != "" || math.IsNaN(e.Lo):
		return text(e.Value) + " (no interval)"
	}
	return fmt.Sprintf("%s [%s, %s]", text(e.Value), text(e.Lo), text(e.Hi))
}
