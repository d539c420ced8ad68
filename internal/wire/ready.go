package wire

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"waymark"
)

// A Ready is what a router says of itself.
type Ready struct {
	Name, Version string
	Mode          string
	Batch         int               // queries that it takes in one line, 1 unless it says more
	Models        []waymark.ModelID // that it may choose; the pool unless it says less
	Train         bool              // it wants the outcomes of the tune split first
}

// String names a router for a person.
func (r *Ready) String() string {
	out := r.Name
	if r.Version != "" {
		out += " " + r.Version
	}
	return out
}

// ready checks the answer to h.
func (h *Hello) ready(r *Reply) (*Ready, error) {
	if why := r.failure(); why != "" {
		return nil, fmt.Errorf("%s", why)
	}
	var fields map[string]json.RawMessage
	if err := strict(r.fields["ready"], &fields); r.fields["ready"] == nil || err != nil {
		return nil, fmt.Errorf("the router answered hello without ready: {…}")
	}
	out := &Ready{Batch: 1, Models: h.Models}
	version, err := r.numberOf(fields["protocol"], "protocol")
	if err != nil {
		return nil, err
	}
	if version != Version {
		return nil, fmt.Errorf("the router speaks protocol %s, this Waymark speaks protocol %d", r.clip(string(fields["protocol"])), Version)
	}
	if out.Name, err = r.textOf(fields["name"], "name"); err != nil {
		return nil, err
	}
	if out.Name == "" {
		return nil, fmt.Errorf("the router did not give its name")
	}
	if out.Version, err = r.textOf(fields["version"], "version"); err != nil {
		return nil, err
	}
	if err := out.mode(h, r, fields["mode"]); err != nil {
		return nil, err
	}
	return out, out.options(h, r, fields)
}

func (r *Ready) mode(h *Hello, from *Reply, raw json.RawMessage) (err error) {
	modes := []string{Select, Trial}
	if h.Purpose == ForScorer {
		modes = []string{Score}
	}
	if r.Mode, err = from.textOf(raw, "mode"); err != nil {
		return err
	}
	if !slices.Contains(modes, r.Mode) {
		return fmt.Errorf("the router's mode is %q, expected %s for a %s", r.Mode, strings.Join(modes, " or "), h.Purpose)
	}
	return nil
}

func (r *Ready) options(h *Hello, from *Reply, fields map[string]json.RawMessage) error {
	if raw := fields["batch"]; raw != nil {
		if err := strict(raw, &r.Batch); err != nil || r.Batch < 1 || r.Batch > MaxBatch {
			return from.wrong(raw, "batch", fmt.Sprintf("a whole number from 1 to %d", MaxBatch))
		}
	}
	if raw := fields["train"]; raw != nil {
		if err := strict(raw, &r.Train); err != nil {
			return from.wrong(raw, "train", "true or false")
		}
	}
	raw := fields["models"]
	if raw == nil || string(raw) == "null" {
		return nil
	}
	var names []string
	if err := strict(raw, &names); err != nil || len(names) == 0 {
		return from.wrong(raw, "models", "a list of names")
	}
	r.Models = nil
	for _, name := range names {
		m, err := from.known(name, h.Models)
		if err != nil {
			return err
		}
		if slices.Contains(r.Models, m) {
			return fmt.Errorf("the router names model %q twice", m)
		}
		r.Models = append(r.Models, m)
	}
	return nil
}
