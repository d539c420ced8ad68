package suite

import "time"

// provenance fills in what is needed to repeat the run.
func (s *Suite) provenance(res *Result, b *board, opt *Options, kept *keeper, start time.Time) {
	res.Run = RunInfo{
		Started: start.UTC(), Seconds: time.Since(start).Seconds(), Suite: s.Path, SuiteText: string(s.Text), Command: opt.Command,
		Version: opt.Version, Commit: opt.Commit, Machine: opt.Machine, Seed: opt.seed(s), Prices: b.prices,
	}
	if kept.run != nil {
		res.Run.ID = kept.run.ID()
	}
	res.Run.Routers = b.opened.Routers()
	res.evidence.Run, res.evidence.Started = res.Run.ID, res.Run.Started
	res.Dataset = b.describe()
}

// describe is the provenance of the dataset as the board has it.
func (b *board) describe() DatasetInfo {
	d := DatasetInfo{
		Name: b.info.Name, Version: b.info.Version, Recorded: b.info.Recorded, Digest: b.info.Digest, Licence: b.info.Licence, Source: b.info.Source,
		Synthetic: b.info.Synthetic, Tasks: len(b.test), All: len(b.matrix.Tasks), Models: len(b.matrix.Models),
		QualityLo: b.info.QualityLo, QualityHi: b.info.QualityHi,
		Cells: b.cells, Holes: len(b.matrix.Tasks)*len(b.matrix.Models) - b.cells, CostKnown: b.costKnown,
	}
	if b.log != nil {
		d.Kind, d.Holes = "logged", 0 // what was not chosen is not a hole in a matrix
	}
	return d
}
