package main

import (
	"errors"
	"fmt"
	"sort"

	"waymark"
	"waymark/datasets"
)

// listModels tells what a dataset holds of each model.
func (a *app) listModels(dir string) error {
	if dir == "" {
		return usage(errors.New("name the dataset: waymark list models DIR"))
	}
	f, err := datasets.Open(relative(dir))
	if err != nil {
		return usage(err)
	}
	type has struct{ responses, scores, costs, outputs int }
	models := map[waymark.ModelID]*has{}
	for r, err := range f.Responses(a.ctx) {
		if err != nil {
			return usage(err)
		}
		if models[r.Model] == nil {
			models[r.Model] = &has{}
		}
		h := models[r.Model]
		h.responses++
		for to, yes := range map[*int]bool{&h.scores: r.Score.Known, &h.costs: r.Cost.Known, &h.outputs: r.HasOutput} {
			if yes {
				*to++
			}
		}
	}
	var rows [][]string
	for m, h := range models {
		rows = append(rows, []string{string(m), fmt.Sprint(h.responses), fmt.Sprint(h.scores), fmt.Sprint(h.costs), fmt.Sprint(h.outputs)})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i][0] < rows[j][0] })
	return a.table([]string{"model", "responses", "with score", "with cost", "with output"}, rows)
}
