package main

import (
	"fmt"
	"sort"

	"waymark/datasets"
)

type importCmd struct {
	Importer string   `arg:"" name:"format" help:"The foreign format; see: waymark list importers."`
	Sources  []string `arg:"" name:"src" type:"path" help:"The foreign files."`
	Output   string   `short:"o" type:"path" required:"" placeholder:"DIR" help:"The dataset folder to make; it must not be there, or be empty."`
}

func (importCmd) Help() string {
	return `Examples:

  waymark import routellm-gsm8k gsm8k_responses.csv -o data/gsm8k
  waymark import routerbench wide.csv -o data/routerbench
  waymark import swebench leaderboards.json -o data/swebench`
}

// Run makes a dataset folder of foreign files.
func (c *importCmd) Run(a *app) error {
	var sources []string
	for _, s := range c.Sources {
		sources = append(sources, relative(s))
	}
	out := relative(c.Output)
	rep, err := datasets.Import(a.ctx, c.Importer, sources, out)
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(a.stdout, "%s: %s, %s of %s\n", out, plural(rep.Tasks, "task"), plural(rep.Responses, "response"), plural(rep.Models, "model"))
	var why []string
	for reason := range rep.Skipped {
		why = append(why, reason)
	}
	sort.Strings(why)
	for _, reason := range why {
		a.note("left out %d: %s", rep.Skipped[reason], reason)
	}
	for _, w := range rep.Warnings {
		a.note("! %s", w)
	}
	a.note("next: waymark validate %s, then waymark init %s", out, out)
	return nil
}
