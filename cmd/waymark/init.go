package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"waymark"
	"waymark/datasets"
)

type initCmd struct {
	Dataset string `arg:"" type:"path" help:"The dataset's folder."`
	Output  string `short:"o" type:"path" default:"suite.yaml" placeholder:"FILE" help:"The suite file to write; it must not be there."`
}

func (initCmd) Help() string {
	return `Writes a commented suite for a dataset: its strongest and its cheapest model as a
pair, a table by category, a swept threshold, a split and an objective.

Examples:

  waymark init data/swebench
  waymark init data/swebench -o nightly.yaml`
}

// Run writes a suite that runs as it is, to be edited.
func (c *initCmd) Run(a *app) error {
	out := relative(c.Output)
	if _, err := os.Stat(out); err == nil {
		return usage(fmt.Errorf("%s is there already; name another file with -o", out))
	}
	f, err := datasets.Open(relative(c.Dataset))
	if err != nil {
		return usage(err)
	}
	weak, strong, costs, err := pair(a, f)
	if err != nil {
		return usage(err)
	}
	rel, err := filepath.Rel(filepath.Dir(c.Output), c.Dataset)
	if err != nil {
		rel = c.Dataset
	}
	text := starter(filepath.ToSlash(rel), weak, strong, f.Info(), costs)
	if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s against %s; run it with: waymark run %s\n", out, weak, strong, out)
	return nil
}

// pair is the cheapest model (by recorded cost, else the one of the lowest score)
// and the one of the highest mean score. In a log each model answered the tasks that its router
// thought it good for, so that mean scores tell nothing: there it is the dearest, where costs are known.
func pair(a *app, f *datasets.Folder) (weak, strong string, costs bool, err error) {
	type sums struct {
		score, cost, n float64
		costs          bool
	}
	models := map[string]*sums{}
	for r, err := range f.Responses(a.ctx) {
		if err != nil {
			return "", "", false, err
		}
		m := models[string(r.Model)]
		if m == nil {
			m = &sums{costs: true}
			models[string(r.Model)] = m
		}
		m.n++
		m.score += r.Score.Value
		m.cost += r.Cost.USD.Float()
		m.costs = m.costs && r.Cost.Known
	}
	if len(models) < 2 {
		return "", "", false, errors.New("the dataset records fewer than two models: there is nothing to route between")
	}
	names := make([]string, 0, len(models))
	costs = true
	for n, m := range models {
		names = append(names, n)
		costs = costs && m.costs
	}
	sort.Strings(names)
	better := func(m *sums) float64 {
		if f.Logged() && costs {
			return m.cost / m.n
		}
		return m.score / m.n
	}
	strong = names[0]
	for _, n := range names {
		if better(models[n]) > better(models[strong]) {
			strong = n
		}
	}
	for _, n := range names {
		if n == strong {
			continue
		}
		worse := func(m *sums) float64 {
			if costs {
				return m.cost / m.n
			}
			return m.score / m.n
		}
		if weak == "" || worse(models[n]) < worse(models[weak]) {
			weak = n
		}
	}
	return weak, strong, costs, nil
}

// starter is the text of the suite.
func starter(dataset, weak, strong string, info waymark.Info, costs bool) string {
	var b bytes.Buffer
	q := func(s string) string {
		text, err := yaml.Marshal(s)
		if err != nil {
			return fmt.Sprintf("%q", s)
		}
		return strings.TrimSpace(string(text))
	}
	fmt.Fprintf(&b, "# yaml-language-server: $schema=./waymark.schema.json\n# Written by waymark init; waymark schema > waymark.schema.json makes editors complete it.\n\n")
	fmt.Fprintf(&b, "dataset: %s   # relative to this file\n\n", q(dataset))
	fmt.Fprintf(&b, "# Whatever is chosen is chosen on tune, and reported on the other tasks.\nsplit: {tune: 0.5, seed: 7}\n\n")
	fmt.Fprintf(&b, "# filter: '!metadata.contaminated'    # keep the tasks on which this holds\n# grader: numeric                      # default: the task's own grader, else the recorded score\n# holes: complete                      # only tasks that every policy covers; default: a hole is an error\n\n")
	fmt.Fprintf(&b, "policies:\n  - {name: always-cheap, type: fixed, model: %s}\n\n", q(weak))
	if len(info.Features) > 0 {
		fmt.Fprintf(&b, "  # A static table: the model by the value of one feature.\n  - name: by-%s\n    type: table\n    by: %s\n    routes: {}                         # VALUE: MODEL\n    default: %s\n\n", strings.ReplaceAll(info.Features[0], ".", "-"), q(info.Features[0]), q(strong))
	}
	fmt.Fprintf(&b, "  # A classifier with a threshold; sweep takes every threshold at once.\n  - name: by-length\n    type: threshold\n    scorer: {type: length}             # see: waymark list scorers\n    weak: %s\n    strong: %s\n    threshold: sweep\n\n", q(weak), q(strong))
	if costs {
		fmt.Fprintf(&b, "# How a swept threshold is chosen, on the tune split.\nobjective:\n  minimise: cost\n  subject_to: quality >= 0.95 * quality(%s)\n", strong)
	} else {
		fmt.Fprintf(&b, "# No costs are recorded: price the models to choose a threshold by cost.\n# models:\n#   - {id: %s, price: {input: 0.25, output: 2.00}}   # USD per million tokens\n", q(weak))
	}
	return b.String()
}
