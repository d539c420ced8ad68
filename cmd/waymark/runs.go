package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"waymark/internal/store"
)

type runsCmd struct {
	Limit int `short:"n" default:"20" help:"How many, newest first; 0 is all; default ${default}."`
}

func (runsCmd) Help() string {
	return `Examples:

  waymark runs
  waymark runs -n 0 --format json`
}

// Run lists the runs that results.db holds.
func (c *runsCmd) Run(a *app) error {
	db, err := store.OpenExisting(a.ctx, a.DB)
	if err != nil {
		return stored(err)
	}
	defer db.Close()
	runs, err := db.Runs(a.ctx)
	if err != nil {
		return stored(err)
	}
	if c.Limit > 0 && len(runs) > c.Limit {
		runs = runs[:c.Limit]
	}
	var rows [][]string
	for _, r := range runs {
		name := r.Dataset
		if r.Synthetic {
			name += " (SYNTHETIC)"
		}
		took := ""
		if !r.Finished.IsZero() {
			took = r.Finished.Sub(r.Started).Round(10 * time.Millisecond).String()
		}
		rows = append(rows, []string{r.ID, string(r.Status), r.Started.Local().Format("2006-01-02 15:04:05"), took, name, fmt.Sprint(r.Tasks), fmt.Sprint(len(r.Policies)), r.SuitePath})
	}
	return a.table([]string{"run", "status", "started", "took", "dataset", "tasks", "policies", "suite"}, rows)
}

// table prints rows of text in the format that was asked for.
func (a *app) table(header []string, rows [][]string) error {
	for _, r := range rows {
		for i := range r {
			r[i] = clean(r[i])
		}
	}
	switch a.Format {
	case "json", "jsonl":
		return a.objects(header, rows)
	case "csv":
		w := csv.NewWriter(a.stdout)
		w.Write(header)
		w.WriteAll(rows)
		return w.Error()
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options = table.Options{SeparateHeader: true}
	head := table.Row{}
	for _, h := range header {
		head = append(head, h)
	}
	t.AppendHeader(head)
	for _, r := range rows {
		row := table.Row{}
		for _, c := range r {
			row = append(row, strings.ReplaceAll(c, "\n", " "))
		}
		t.AppendRow(row)
	}
	out := t.Render()
	if a.Format == "md" {
		out = t.RenderMarkdown()
	}
	_, err := fmt.Fprintln(a.stdout, out)
	return err
}

func (a *app) objects(header []string, rows [][]string) error {
	list := []map[string]string{}
	for _, r := range rows {
		o := map[string]string{}
		for i, h := range header {
			o[h] = r[i]
		}
		list = append(list, o)
	}
	enc := json.NewEncoder(a.stdout)
	if a.Format == "json" {
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	}
	for _, o := range list {
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	return nil
}
