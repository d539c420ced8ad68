package demo

import (
	"context"
	"iter"

	"waymark/datasets"
)

// Write writes the generator's tasks, responses and decisions as a dataset folder,
// which appears whole or not at all. A folder that is there must be empty.
func (g Generator) Write(ctx context.Context, dir string) error {
	if err := g.Check(); err != nil {
		return err
	}
	info := g.Info()
	w, err := datasets.Create(dir, datasets.Meta{
		Name: info.Name, Version: info.Version, Licence: info.Licence, Source: info.Source,
		Features: info.Features, Synthetic: true,
	})
	if err != nil {
		return err
	}
	if err := g.fill(ctx, w); err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}

func (g Generator) fill(ctx context.Context, w *datasets.Writer) error {
	if err := drain(g.Tasks(ctx), w.WriteTask); err != nil {
		return err
	}
	if err := drain(g.Responses(ctx), w.WriteResponse); err != nil {
		return err
	}
	return drain(g.Decisions(ctx), w.WriteVerdict)
}

// drain hands every item of a stream to write.
func drain[T any](stream iter.Seq2[T, error], write func(T) error) error {
	for item, err := range stream {
		if err != nil {
			return err
		}
		if err := write(item); err != nil {
			return err
		}
	}
	return nil
}
