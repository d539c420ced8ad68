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
	Output  string `short:"o" type:"path" default:"suite.yaml" placeholder:"FILE" help:"The suite file to write; it must not be there; default ${default}."`
}

func (initCmd) Help() string {
	return `Writes a commented suite for a dataset: its strongest and its cheapest model as a
pair, a table by category, a swept threshold, a split, an objective and checks.

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

// recorded is what is recorded of a model.
type recorded struct {
	name                  string
	n, score, scored, usd float64
	costs                 bool
}

func (r *recorded) meanCost() float64  { return r.usd / r.n }
func (r *recorded) meanScore() float64 { return r.score / max(1, r.scored) }

// pair is the cheapest model (by recorded cost, else the one of the lowest score)
// and the one of the highest mean score, among those that are recorded on nearly as many tasks as any.
// Where answers have no recorded score, and in a log, in which each model answered the tasks that its router
// thought it good for, mean scores tell nothing: there the strongest is the dearest, where costs are known.
func pair(a *app, f *datasets.Folder) (weak, strong string, costs bool, err error) {
	models, err := covering(a, f)
	if err != nil {
		return "", "", false, err
	}
	costs, scored := true, true
	for _, m := range models {
		costs = costs && m.costs
		scored = scored && m.scored >= nearlyAll*m.n
	}
	better, worse := (*recorded).meanScore, (*recorded).meanScore
	if costs {
		worse = (*recorded).meanCost
		if f.Logged() || !scored {
			better = (*recorded).meanCost
		}
	}
	top, bottom := models[0], (*recorded)(nil)
	for _, m := range models {
		if better(m) > better(top) {
			top = m
		}
	}
	for _, m := range models {
		if m != top && (bottom == nil || worse(m) < worse(bottom)) {
			bottom = m
		}
	}
	return bottom.name, top.name, costs, nil
}

// nearlyAll is the share of tasks from which on a model counts as recorded on all.
const nearlyAll = 0.95

// covering are the models that are recorded on nearly as many tasks as any, by name; in a log, all.
func covering(a *app, f *datasets.Folder) (out []*recorded, err error) {
	models, most := map[string]*recorded{}, 0.0
	for r, err := range f.Responses(a.ctx) {
		if err != nil {
			return nil, err
		}
		m := models[string(r.Model)]
		if m == nil {
			m = &recorded{name: string(r.Model), costs: true}
			models[m.name] = m
		}
		m.n++
		m.usd += r.Cost.USD.Float()
		m.costs = m.costs && r.Cost.Known
		if r.Score.Known {
			m.scored++
			m.score += r.Score.Value
		}
		most = max(most, m.n)
	}
	for _, m := range models {
		if f.Logged() || m.n >= nearlyAll*most {
			out = append(out, m)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	if len(out) < 2 {
		return nil, errors.New("the dataset records fewer than two models on nearly all tasks: there is nothing to route between")
	}
	return out, nil
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
		fmt.Fprintf(&b, "# How a swept threshold is chosen, on the tune split.\nobjective:\n  minimise: cost\n  subject_to: %s\n\n", q(fmt.Sprintf("quality >= 0.95 * quality(%s)", strong)))
		fmt.Fprintf(&b, "# What must hold for a nightly run to pass: waymark check SUITE --baseline NAME\nchecks:\n  - %s\n  - %s\n",
			q(fmt.Sprintf("quality(by-length) >= quality(by-length@baseline) - %g", 0.02*(info.QualityHi-info.QualityLo))), q("cost(by-length) <= 1.1 * cost(by-length@baseline)"))
		return b.String()
	}
	fmt.Fprintf(&b, "# No costs are recorded: a budget of calls stands in. Where responses have tokens, prices turn them into costs:\n# models:\n#   - {id: %s, price: {input: 0.25, output: 2.00}}   # USD per million tokens; every model needs one\n", q(weak))
	fmt.Fprintf(&b, "objective:\n  maximise: quality\n  subject_to: %s\n", q(fmt.Sprintf("share(%s) <= 0.5", strong)))
	return b.String()
}
