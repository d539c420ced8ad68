package suite

import (
	"context"
	"fmt"
)

// Validate reads everything that a run would and runs nothing. It tells in one line
// what there is, and what the leakage lint finds without a run.
func (s *Suite) Validate(ctx context.Context) (string, *Lint, error) {
	opt := Options{}
	b, err := s.prepare(ctx, &opt)
	if err != nil {
		return "", nil, err
	}
	defer b.opened.Close()
	cands, err := s.candidates(b, nil)
	if err != nil {
		return "", nil, err
	}
	if err := s.sweepAll(ctx, b, cands); err != nil {
		return "", nil, err
	}
	found, err := s.lint(ctx, b, cands, &opt)
	if err != nil {
		return "", nil, err
	}
	synthetic := ""
	if b.info.Synthetic {
		synthetic = " SYNTHETIC"
	}
	return fmt.Sprintf("%d policies over%s %s: %d tasks to tune on, %d to report on, %d models, costs %s",
		len(cands), synthetic, b.info.Name, len(b.tune), len(b.test), len(b.matrix.Models), b.prices), found, nil
}
