package suite

import (
	"waymark/internal/store"
)

// Options say how a suite is run. The zero Options run all of it, on every
// processor, and keep nothing.
type Options struct {
	DB       *store.DB // where the run is kept; nil keeps nothing
	Resume   string    // a run that was interrupted, to be gone on with
	Workers  int       // 0: one a processor
	Seed     *uint64   // instead of the suite's
	Policies []string  // a subset by name; empty: all
	WhatIf   WhatIf    // other circumstances than the suite's
	Cache    string    // folder where embeddings that were paid for are kept; "" keeps none

	offline bool // ask no endpoint

	Version, Commit, Machine, Command string // recorded with the run

	// Stage is called as each stage begins, and Progress as it goes on. Both may
	// be nil; Progress is called from several goroutines.
	Stage    func(name string)
	Progress func(done, total int)
}

func (o *Options) stage(name string) {
	if o.Stage != nil {
		o.Stage(name)
	}
}

func (o *Options) progress(done, total int) {
	if o.Progress != nil {
		o.Progress(done, total)
	}
}

// seed is the seed of everything random.
func (o *Options) seed(s *Suite) uint64 {
	switch {
	case o.Seed != nil:
		return *o.Seed
	case s.Seed != 0:
		return s.Seed
	}
	return 1
}
