package demo

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"math"
	"time"

	"waymark"
	"waymark/datasets"
)

// HarbourPilot is a made-up router in production that leaves something to chance: it
// sends more to Strong the higher NightOwl's score is, and never anything to the reasoner.
const HarbourPilot = "harbour-pilot"

// LoggedSuiteYAML is a suite for a log, commented to be learned from. It expects the
// dataset in a folder named data beside it.
//
//go:embed logged.yaml
var LoggedSuiteYAML string

// A Log is what HarbourPilot would have logged of a generator's tasks: one response a
// task, of the model that it drew, with its propensity. It is a waymark.Dataset and a
// waymark.Recording.
type Log struct{ Generator }

// Info says that all of it is made up.
func (l Log) Info() waymark.Info {
	info := l.Generator.Info()
	info.Name += "-log"
	return info
}

// chances are the probabilities of the models that HarbourPilot draws from.
func chances(score float64) [models]float64 {
	return [models]float64{brook: 0.85 - float64(0.8*score), cedar: 0.10, summit: 0.05 + float64(0.8*score)}
}

// draw is the model that HarbourPilot draws for task i, with all probabilities.
func (l Log) draw(i int) (model int, p [models]float64) {
	latent, router := latentAt(l.Seed, i), newChance(l.Seed, streamRouter, int64(i))
	p = chances(nightOwl("", &latent, &router).Score)
	own := newChance(l.Seed, streamLog, int64(i))
	x := own.uniform()
	for m, q := range p {
		if x -= q; x < 0 {
			return m, p
		}
	}
	return summit, p // rounding
}

// Responses streams the one response of each task.
func (l Log) Responses(ctx context.Context) iter.Seq2[waymark.Recorded, error] {
	return stream(ctx, l.Generator, func(w *writer, i int, yield func(waymark.Recorded, error) bool) bool {
		m, _ := l.draw(i)
		return yield(w.recorded(w.begin(i), m, 0), nil)
	})
}

// Decisions streams what HarbourPilot drew, and NightOwl's scores.
func (l Log) Decisions(ctx context.Context) iter.Seq2[waymark.Verdict, error] {
	return stream(ctx, l.Generator, func(w *writer, i int, yield func(waymark.Verdict, error) bool) bool {
		latent, router := latentAt(l.Seed, i), newChance(l.Seed, streamRouter, int64(i))
		owl := nightOwl(ID(i), &latent, &router)
		m, p := l.draw(i)
		v := waymark.Verdict{
			Task: ID(i), Policy: HarbourPilot, Model: pool[m].ID, Score: math.NaN(), Propensity: p[m],
			Propensities: map[waymark.ModelID]float64{}, Latency: owl.Latency + time.Millisecond, Cost: owl.Cost,
		}
		for _, k := range []int{brook, cedar, summit, reasoner} {
			v.Propensities[pool[k].ID] = p[k]
		}
		return yield(owl, nil) && yield(v, nil)
	})
}

// Write writes the log as a dataset folder of kind logged, which appears whole or not
// at all. A folder that is there must be empty.
func (l Log) Write(ctx context.Context, dir string) error {
	if err := l.Check(); err != nil {
		return err
	}
	if l.Samples > 1 || l.HoleShare > 0 {
		return fmt.Errorf("demo: found %d samples and a hole share of %g, expected neither: a log has one response a task", l.Samples, l.HoleShare)
	}
	info := l.Info()
	w, err := datasets.Create(dir, datasets.Meta{
		Name: info.Name, Version: info.Version, Licence: info.Licence, Source: info.Source, Kind: "logged", Logger: HarbourPilot,
		Features: info.Features, Synthetic: true,
	})
	if err != nil {
		return err
	}
	for _, fill := range []func() error{
		func() error { return drain(l.Tasks(ctx), w.WriteTask) },
		func() error { return drain(l.Responses(ctx), w.WriteResponse) },
		func() error { return drain(l.Decisions(ctx), w.WriteVerdict) },
	} {
		if err := fill(); err != nil {
			w.Abort()
			return err
		}
	}
	return w.Close()
}

var (
	_ waymark.Dataset   = Log{}
	_ waymark.Recording = Log{}
)
