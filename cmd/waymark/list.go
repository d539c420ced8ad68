package main

import (
	"waymark/datasets"
	"waymark/evaluators"
	"waymark/policies"
	"waymark/reports"
)

type listCmd struct {
	What    string `arg:"" enum:"formats,importers,policies,scorers,acceptors,estimators,features,graders,models" help:"One of ${enum}."`
	Dataset string `arg:"" optional:"" type:"path" help:"The dataset whose models are listed."`
}

func (listCmd) Help() string {
	return `Examples:

  waymark list policies
  waymark list graders --format md
  waymark list models data/mine`
}

// Run lists what can be named.
func (c *listCmd) Run(a *app) error {
	var rows [][]string
	add := func(name, doc string) { rows = append(rows, []string{name, doc}) }
	switch c.What {
	case "formats":
		for _, f := range reports.Formats {
			add(f.Name, f.Doc)
		}
	case "importers":
		for _, f := range datasets.Importers {
			add(f.Name, f.Doc)
		}
	case "policies":
		for _, k := range policies.Kinds {
			add(k.Name, k.Doc)
		}
	case "scorers":
		for _, k := range policies.ScorerKinds {
			add(k.Name, k.Doc)
		}
	case "estimators":
		for _, k := range policies.EstimatorKinds {
			add(k.Name, k.Doc)
		}
	case "features":
		for _, k := range policies.FeatureKinds {
			add(k.Name, k.Doc)
		}
	case "acceptors":
		for _, k := range policies.AcceptorKinds {
			add(k.Name, k.Doc)
		}
	case "graders":
		for _, k := range evaluators.Kinds {
			add(k.Name, k.Doc)
		}
	case "models":
		return a.listModels(c.Dataset)
	}
	return a.table([]string{"name", "what it is"}, rows)
}
