package suite

import "context"

// A ground is what a run's numbers stand on: a matrix of everything that models
// answered, or a log of what one router chose.
type ground interface {
	// choose picks the knobs of swept candidates.
	choose(ctx context.Context, s *Suite, cands []*candidate) error
	// settle decides what a response that is not there means for candidates that ran.
	settle(s *Suite, cands []*candidate) error
	// describe computes everything of a Result that numbers go into.
	describe(s *Suite, cands []*candidate) (*Result, error)
}

// A matrixGround is a matrix of tasks × models.
type matrixGround struct{ b *board }

func (g matrixGround) choose(ctx context.Context, s *Suite, cands []*candidate) error {
	if err := s.coverage(g.b, cands); err != nil {
		return err
	}
	for _, c := range cands {
		if !c.tunable() {
			continue
		}
		if c.several() {
			if err := c.lay(ctx, g.b, s.Objective, c.laidOn(g.b, g.b.tune)); err != nil {
				return s.claimError(err, "objective", "subject_to")
			}
		}
		if err := c.choose(g.b, s.Objective, g.b.tune); err != nil {
			return s.claimError(err, "objective", "subject_to")
		}
		if err := c.chooseByFold(ctx, g.b, s.Objective); err != nil {
			return s.claimError(err, "objective", "subject_to")
		}
	}
	g.b.tellFolds()
	return nil
}

func (g matrixGround) settle(s *Suite, cands []*candidate) error { return s.settleHoles(g.b, cands) }

func (g matrixGround) describe(s *Suite, cands []*candidate) (*Result, error) {
	return s.describe(g.b, cands)
}
