package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"waymark/internal/stats"
)

type powerCmd struct {
	Margin      float64 `default:"0.01" placeholder:"D" help:"The drop that still passes, in the units of quality: 0.01 is a point of 0/1 scores; default ${default}."`
	Discordance float64 `default:"0.1" placeholder:"SHARE" help:"Share of tasks on which the 0/1 scores of the two differ; default ${default}."`
	SD          float64 `name:"sd" placeholder:"SD" help:"Standard deviation of the paired difference, where scores are not 0/1; it goes before --discordance."`
	Difference  float64 `default:"0" placeholder:"D" help:"The true difference, new minus old; 0 is a policy that changes nothing."`
	Power       float64 `default:"0.8" placeholder:"P" help:"How often such a policy is to pass; default ${default}."`
	Level       float64 `default:"0.025" placeholder:"A" help:"One-sided level of the check: 0.025 is the lower end of a 95 % interval; default ${default}."`
	ICC         float64 `name:"icc" default:"0" placeholder:"R" help:"Correlation of the difference within a group."`
	GroupSize   float64 `default:"1" placeholder:"M" help:"Tasks a group; default ${default}."`
	Tasks       *int    `placeholder:"N" help:"Tell what N tasks can do, instead of how many are needed."`
}

func (powerCmd) Help() string {
	return `A check passes where the lower end of the paired difference's interval is above
minus the margin. This tells how many tasks that takes, before anyone pays for them.

Examples:

  waymark power
  waymark power --margin 0.02 --discordance 0.15
  waymark power --margin 0.02 --group-size 5 --icc 0.2
  waymark power --tasks 1500
  waymark power --margin 0.05 --sd 0.4 --format json`
}

// A powerAnswer is what is known of a check before it is run: its JSON form.
type powerAnswer struct {
	Margin          float64  `json:"margin"`
	Discordance     *float64 `json:"discordance"`
	SD              *float64 `json:"sd"`
	Difference      float64  `json:"difference"`
	Level           float64  `json:"level"`
	DesignEffect    float64  `json:"design_effect"`
	Tasks           int      `json:"tasks"`
	Pass            float64  `json:"p_pass"`
	SmallestNoticed *float64 `json:"smallest_noticed"` // that fails, as check has it
	SmallestDoubted *float64 `json:"smallest_not_passed"`
	Notice          float64  `json:"notice_probability"`
	Notes           []string `json:"notes"`
}

// Run prints how many tasks a margin needs, or what a number of tasks can do.
func (c *powerCmd) Run(a *app) error {
	plan := stats.PowerPlan{
		Margin: c.Margin, Difference: c.Difference, Discordance: c.Discordance, SD: c.SD,
		Level: c.Level, Power: c.Power, GroupSize: c.GroupSize, ICC: c.ICC,
	}
	if err := plan.Check(); err != nil {
		return usage(err)
	}
	n, err := c.tasks(plan)
	if err != nil {
		return usage(err)
	}
	answer := c.answer(plan, n)
	if a.Format == "json" || a.Format == "jsonl" {
		enc := json.NewEncoder(a.stdout)
		if a.Format == "json" {
			enc.SetIndent("", "  ")
		}
		return enc.Encode(answer)
	}
	for _, note := range answer.Notes {
		a.note("%s", note)
	}
	return a.table([]string{"what", "value"}, c.rows(answer))
}

func (c *powerCmd) tasks(plan stats.PowerPlan) (int, error) {
	if c.Tasks == nil {
		return plan.Tasks()
	}
	if *c.Tasks < 1 {
		return 0, fmt.Errorf("found --tasks %d, expected at least 1", *c.Tasks)
	}
	return *c.Tasks, nil
}

func (c *powerCmd) answer(plan stats.PowerPlan, n int) powerAnswer {
	x := float64(n)
	out := powerAnswer{
		Margin: c.Margin, Difference: c.Difference, Level: c.Level, DesignEffect: plan.DesignEffect(),
		Tasks: n, Pass: plan.PassAt(x, c.Difference), Notice: c.Power, Notes: []string{},
	}
	if c.SD > 0 {
		out.SD = &c.SD
	} else {
		out.Discordance = &c.Discordance
	}
	var why [2]error
	out.SmallestDoubted, why[0] = known(plan.SmallestDrop(x))
	out.SmallestNoticed, why[1] = known(plan.SmallestFailure(x))
	if why[0] != nil {
		out.Notes = append(out.Notes, why[0].Error())
	}
	if why[1] != nil && (why[0] == nil || why[0].Error() != why[1].Error()) {
		out.Notes = append(out.Notes, fmt.Sprintf("no drop is called a failure with probability %g: %v", c.Power, why[1]))
	}
	if out.SmallestDoubted != nil && *out.SmallestDoubted == 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("with %s even an unchanged policy is not passed with probability %g", plural(n, "task"), c.Power))
	}
	return out
}

func known(x float64, err error) (*float64, error) {
	if err == nil && math.IsNaN(x) {
		err = errors.New("not a number")
	}
	if err != nil {
		return nil, err
	}
	return &x, nil
}

// rows are the answer for a person.
func (c *powerCmd) rows(x powerAnswer) [][]string {
	spread := fmt.Sprintf("discordance %g", c.Discordance)
	if x.SD != nil {
		spread = fmt.Sprintf("standard deviation %g", c.SD)
	}
	number := func(v *float64) string {
		if v == nil {
			return "–"
		}
		return fmt.Sprintf("%.4g", *v)
	}
	return [][]string{
		{"margin", fmt.Sprintf("%g, one-sided level %g, %s", x.Margin, x.Level, spread)},
		{"design effect of groups", fmt.Sprintf("%.4g", x.DesignEffect)},
		{"tasks", fmt.Sprint(x.Tasks)},
		{fmt.Sprintf("P(pass) at a true difference of %g", x.Difference), fmt.Sprintf("%.4g", x.Pass)},
		{fmt.Sprintf("smallest drop not passed, with probability %g", x.Notice), number(x.SmallestDoubted)},
		{fmt.Sprintf("smallest drop failed, with probability %g", x.Notice), number(x.SmallestNoticed)},
	}
}
