package main

import (
	"fmt"
	"os"
	"path/filepath"

	"waymark"
	"waymark/datasets"
	"waymark/reports"
	"waymark/suite"
)

type validateCmd struct {
	Path string `arg:"" type:"path" help:"A dataset folder or a suite file."`
}

func (validateCmd) Help() string {
	return `Reads everything and runs nothing. Every mistake is a line file:line:column with
what was found and what was expected. Of a suite it also says what the leakage
lint finds that needs no run, such as prompts that stand on both sides of the split.

Examples:

  waymark validate data/mine
  waymark validate suite.yaml`
}

// Run checks a dataset or a suite with its dataset.
func (c *validateCmd) Run(a *app) error {
	path := relative(c.Path)
	st, err := os.Stat(path)
	if err != nil {
		return usage(err)
	}
	if st.IsDir() {
		return a.validateDataset(path)
	}
	if filepath.Base(path) == "dataset.yaml" {
		return a.validateDataset(filepath.Dir(path))
	}
	s, err := suite.Load(path)
	if err != nil {
		return usage(err)
	}
	sum, found, err := s.Validate(a.ctx, a.options())
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(a.stdout, "%s: ok; %s\n", path, sum)
	for _, line := range reports.Leakage(found) {
		fmt.Fprintf(a.stdout, "! %s\n", line)
	}
	return nil
}

func (a *app) validateDataset(dir string) error {
	f, err := datasets.Open(dir)
	if err != nil {
		return usage(err)
	}
	tasks, responses, decisions := 0, 0, 0
	models := map[string]int{}
	for _, err := range f.Tasks(a.ctx) {
		if err != nil {
			return usage(err)
		}
		tasks++
	}
	for r, err := range f.Responses(a.ctx) {
		if err != nil {
			return usage(err)
		}
		responses++
		models[string(r.Model)]++
	}
	for _, err := range f.Decisions(a.ctx) {
		if err != nil {
			return usage(err)
		}
		decisions++
	}
	log, err := loggedBy(a, f)
	if err != nil {
		return usage(err)
	}
	embeddings, err := embedded(a, f, tasks)
	if err != nil {
		return usage(err)
	}
	info := f.Info()
	synthetic := ""
	if info.Synthetic {
		synthetic = " SYNTHETIC"
	}
	fmt.Fprintf(a.stdout, "%s: ok;%s %s, %s of %s, %s, licence %s\n  %s\n", dir, synthetic, plural(tasks, "task"), plural(responses, "response"),
		plural(len(models), "model"), plural(decisions, "recorded decision"), clean(orDash(info.Licence)), info.Digest)
	if log != "" {
		fmt.Fprintln(a.stdout, "  "+clean(log))
	}
	for _, line := range embeddings {
		fmt.Fprintln(a.stdout, "  "+clean(line))
	}
	return nil
}

// embedded reads every embedding that dataset.yaml lists, and tells its dimension
// and of how many tasks it is.
func embedded(a *app, f *datasets.Folder, tasks int) ([]string, error) {
	var out []string
	for _, name := range f.Embeddings() {
		n, dimension := 0, 0
		for v, err := range f.Vectors(a.ctx, name) {
			if err != nil {
				return nil, err
			}
			n, dimension = n+1, len(v.Values)
		}
		out = append(out, fmt.Sprintf("embedding %s: %s, of %d of %s", name, plural(dimension, "dimension"), n, plural(tasks, "task")))
	}
	return out, nil
}

// loggedBy checks the log of a dataset of kind logged, and tells who made it.
func loggedBy(a *app, f *datasets.Folder) (string, error) {
	if !f.Logged() {
		return "", nil
	}
	l, err := f.Log(a.ctx)
	if err != nil {
		return "", err
	}
	least, chosen := 1.0, map[waymark.ModelID]bool{}
	for _, v := range l.Chosen {
		least, chosen[v.Model] = min(least, v.Propensity), true
	}
	return fmt.Sprintf("logged by %s, which chose among %s with probabilities from %.3g", l.Logger, plural(len(chosen), "model"), least), nil
}
