package suite

import (
	"context"
	"errors"
	"fmt"

	"waymark/policies"
)

// Validate reads everything that a run would and runs nothing. It tells in one line
// what there is, and what the leakage lint finds without a run. It spends nothing:
// where policies need embeddings that were not paid for yet, it says so and tries no
// policy.
func (s *Suite) Validate(ctx context.Context, opt Options) (string, *Lint, error) {
	opt.offline = true
	b, err := s.prepare(ctx, &opt)
	if err != nil {
		return "", nil, err
	}
	defer b.opened.Close()
	found, err := s.tryOut(ctx, b, &opt)
	untried := ""
	if n := b.embeddings.Unknown(); err != nil && n > 0 {
		untried, err = fmt.Sprintf("; policies were not tried: %d prompts have no embedding yet, and asking for one costs money", n), nil
	}
	if errors.Is(err, policies.ErrOffline) {
		untried, err = "; policies were not tried: the routers outside are asked only in a run", nil
	}
	if err != nil {
		return "", nil, err
	}
	synthetic := ""
	if b.info.Synthetic {
		synthetic = " SYNTHETIC"
	}
	return fmt.Sprintf("%d policies over%s %s: %d tasks to tune on, %d to report on, %d models, costs %s%s",
		len(s.Policies), synthetic, b.info.Name, len(b.tune), len(b.test), len(b.matrix.Models), b.prices, untried), found, nil
}

// tryOut builds and sweeps every policy, and lints what can be linted without a run.
func (s *Suite) tryOut(ctx context.Context, b *board, opt *Options) (*Lint, error) {
	cands, err := s.candidates(b, nil)
	if err != nil {
		return nil, err
	}
	if err := s.sweepAll(ctx, b, cands); err != nil {
		return nil, err
	}
	return s.lint(ctx, b, cands, opt)
}
