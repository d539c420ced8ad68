package suite

import (
	"fmt"
	"io"
	"os"
	"slices"

	"waymark"
	"waymark/internal/yamlfile"
)

// A WhatIf asks for other circumstances than the suite's.
type WhatIf struct {
	Prices  *PriceBook        // every cost under another price book
	Without []waymark.ModelID // models that disappear
	With    []waymark.ModelID // models that arrive: recorded, and not in the suite's pool
}

// A PriceBook is prices by model, with the day that they are of.
type PriceBook struct {
	Date   string                        `yaml:"date" json:"date" doc:"the day that the prices are of, 2026-07-01"`
	Source string                        `yaml:"source" json:"source" doc:"where they are from"`
	Models map[waymark.ModelID]PriceSpec `yaml:"models" json:"models" doc:"USD per million tokens, by model" required:"true"`
	path   string
	doc    *yamlfile.Doc
}

// LoadPrices reads a price book.
func LoadPrices(path string) (*PriceBook, error) {
	text, err := readSome(path, 16<<20)
	if err != nil {
		return nil, err
	}
	b := &PriceBook{path: path}
	if b.doc, err = yamlfile.Decode(path, text, b); err != nil {
		return nil, err
	}
	for id, p := range b.Models {
		if _, err := p.price(); err != nil {
			return nil, b.doc.Errorf([]any{"models", string(id)}, "%v", err)
		}
	}
	return b, nil
}

// readSome reads a file of no more than some bytes.
func readSome(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s: found more than %d bytes, expected a price book", path, most)
	}
	return text, err
}

// String names the book where prices are told.
func (b *PriceBook) String() string {
	if b.Date == "" {
		return "book " + b.path
	}
	return "book " + b.path + " of " + b.Date
}

// of are the prices of a pool; all of its models need one.
func (b *PriceBook) of(models []waymark.ModelID) (map[waymark.ModelID]waymark.Price, error) {
	out := map[waymark.ModelID]waymark.Price{}
	var names []string
	for id := range b.Models {
		names = append(names, string(id))
	}
	slices.Sort(names)
	for _, id := range models {
		spec, ok := b.Models[id]
		if !ok {
			near := ""
			if n := yamlfile.Nearest(string(id), names); n != "" {
				near = fmt.Sprintf("; the nearest name in it is %q", n)
			}
			return nil, b.doc.Errorf([]any{"models"}, "found no price of model %q, expected one of every model of the pool, or {free: true}%s", id, near)
		}
		p, err := spec.price()
		if err != nil {
			return nil, err
		}
		out[id] = p
	}
	return out, nil
}

// wanted says whether a recorded model is in the pool.
func (s *Suite) wanted(id waymark.ModelID, whatIf *WhatIf) bool {
	if slices.Contains(whatIf.Without, id) {
		return false
	}
	if len(s.Models) == 0 || slices.Contains(whatIf.With, id) {
		return true
	}
	return slices.ContainsFunc(s.Models, func(m Model) bool { return m.ID == id })
}

// checkModels refuses models that the dataset, or the pool, knows nothing of.
func (w *WhatIf) check(s *Suite, known map[waymark.ModelID]bool) error {
	for _, id := range append(slices.Clone(w.Without), w.With...) {
		if !known[id] {
			return &InputError{fmt.Errorf("found model %q, which the dataset has no response of%s", id, nearest(id, known))}
		}
	}
	for _, id := range w.With {
		if len(s.Models) == 0 || slices.ContainsFunc(s.Models, func(m Model) bool { return m.ID == id }) {
			return &InputError{fmt.Errorf("found --with %s, which is in the pool already; a suite whose models: leave it out is needed", id)}
		}
	}
	return nil
}

// String is what a warning says, "" where nothing is asked for.
func (w *WhatIf) String() string {
	out := ""
	if w.Prices != nil {
		out += fmt.Sprintf("; costs are by %s", w.Prices)
	}
	if len(w.Without) > 0 {
		out += fmt.Sprintf("; without %v", w.Without)
	}
	if len(w.With) > 0 {
		out += fmt.Sprintf("; with %v", w.With)
	}
	if out == "" {
		return ""
	}
	return "what if: " + out[2:]
}
