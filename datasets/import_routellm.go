package datasets

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"waymark"
)

func routeLLMMeta(name, part string) Meta {
	return Meta{Name: name, Licence: "Apache-2.0", Source: "lm-sys/RouteLLM, routellm/evals/" + part, Features: []string{"category"}}
}

// mmluTask names the tasks of a subject's file.
func mmluTask(path string, row int) (id, category string) {
	category = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "mmlu_"), ".csv")
	return fmt.Sprintf("mmlu/%s/%04d", category, row), category
}

func gsm8kTask(_ string, row int) (id, category string) {
	return fmt.Sprintf("gsm8k/test/%04d", row), "math"
}

// readRouteLLM reads prompt, a column of True or False for each model and, where
// there is one, MODEL_response with the text.
func readRouteLLM(name func(path string, row int) (id, category string)) func(context.Context, string, *sink) error {
	return func(ctx context.Context, src string, to *sink) error {
		c, f, err := openCSV(src)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := c.need("prompt"); err != nil {
			return err
		}
		var models []string
		for _, h := range c.header {
			if h != "prompt" && h != "" && !strings.HasSuffix(h, "_response") {
				models = append(models, h)
			}
		}
		for row := 0; ; row++ {
			if err := c.next(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			id, category := name(src, row)
			if err := routeLLMRow(c, to, id, category, models); err != nil {
				return err
			}
		}
	}
}

func routeLLMRow(c *wideCSV, to *sink, id, category string, models []string) error {
	prompt := c.cell("prompt")
	t := waymark.Task{ID: id, Category: category, Messages: []waymark.Message{{Role: "user", Content: prompt}}}
	if to.marked {
		t.Metadata = map[string]any{"contaminated": to.contaminated[prompt]}
	}
	if err := to.task(t); err != nil {
		return c.errorf("prompt", "%v", err)
	}
	for _, m := range models {
		r := waymark.Recorded{Task: id, Model: waymark.ModelID(m)}
		switch v := c.cell(m); v {
		case "True":
			r.Score = waymark.Scored(1)
		case "False":
			r.Score = waymark.Scored(0)
		default:
			return c.errorf(m, "found %.40q, expected True or False", v)
		}
		if i, ok := c.columns[m+"_response"]; ok {
			r.Output, r.HasOutput = c.row[i], true
		}
		if err := to.response(r); err != nil {
			return err
		}
	}
	return nil
}

// readContaminated marks the prompts that a file of contaminated prompts names.
func readContaminated(_ context.Context, src string, to *sink) error {
	text, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	to.marked = true
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		var pair struct {
			Prompt string `json:"eval_prompt"`
		}
		err := dec.Decode(&pair)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return jsonPlace(src, text, err)
		}
		to.contaminated[pair.Prompt] = true
	}
}
