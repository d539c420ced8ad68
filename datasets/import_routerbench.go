package datasets

import (
	"context"
	"io"
	"strings"

	"waymark"
)

// readRouterBench reads the wide form: a column MODEL with the score, and
// MODEL|total_cost and MODEL|model_response beside it. Prompts and responses are
// Python list literals.
func readRouterBench(ctx context.Context, src string, to *sink) error {
	c, f, err := openCSV(src)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.need("sample_id", "prompt", "eval_name"); err != nil {
		return err
	}
	var models []string
	for _, h := range c.header {
		if m, ok := strings.CutSuffix(h, "|total_cost"); ok {
			if err := c.need(m); err != nil {
				return err
			}
			models = append(models, m)
		}
	}
	for {
		if err := c.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := routerBenchRow(c, to, models); err != nil {
			return err
		}
	}
}

func routerBenchRow(c *wideCSV, to *sink, models []string) error {
	t := waymark.Task{ID: c.cell("sample_id"), Category: c.cell("eval_name")}
	for _, part := range pythonStrings(c.cell("prompt")) {
		t.Messages = append(t.Messages, waymark.Message{Role: "user", Content: part})
	}
	if err := to.task(t); err != nil {
		return c.errorf("sample_id", "%v", err)
	}
	for _, m := range models {
		if c.cell(m) == "" {
			to.report.Skipped["no score"]++
			continue
		}
		score, err := c.float(m)
		if err != nil {
			return err
		}
		usd, err := c.float(m + "|total_cost")
		if err != nil {
			return err
		}
		r := waymark.Recorded{Task: t.ID, Model: waymark.ModelID(m), Score: waymark.Scored(score)}
		if r.Cost, err = cost(&usd); err != nil || !(score >= 0 && score <= 1) {
			return c.errorf(m, "found score %g and cost %g, expected a score from 0 to 1 and a cost of at least 0", score, usd)
		}
		if i, ok := c.columns[m+"|model_response"]; ok {
			r.Output, r.HasOutput = strings.Join(pythonStrings(c.row[i]), "\n"), true
		}
		if err := to.response(r); err != nil {
			return err
		}
	}
	return nil
}
