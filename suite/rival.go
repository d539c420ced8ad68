package suite

import (
	"slices"

	"waymark/internal/curve"
)

// A Rival is another swept policy between the same two models, on the same tasks: by
// how much this one's curve and scores are better, paired by task.
type Rival struct {
	Policy      string   `json:"policy"`
	AUROC       Interval `json:"auroc_diff"`
	APGR        Interval `json:"apgr_diff"`
	AIQ         Interval `json:"aiq_diff"` // in the dataset's units of quality
	Hypervolume Interval `json:"hypervolume_diff"`
}

// A standing is a swept candidate with what tells it from others.
type standing struct {
	c        *candidate
	sw       *swept
	s        *scored
	drawn    int // position of its curve in the result
	standing *curve.Standing
}

// rivals compares every two swept policies between the same models.
func (f *field) rivals(res *Result, all []*standing) {
	for i, a := range all {
		for _, b := range all[:i] {
			if a.s == nil || b.s == nil || a.s.knob.Weak != b.s.knob.Weak || a.s.knob.Strong != b.s.knob.Strong || !slices.Equal(a.sw.rows, b.sw.rows) {
				continue
			}
			for _, x := range []*standing{a, b} {
				if x.standing == nil {
					x.standing = curve.NewStanding(x.sw.input, x.sw.curve, f.dearestOn(x.sw.rows))
				}
			}
			r := f.rival(a, b)
			back := Rival{a.c.entry.Name, mirrored(r.AUROC), mirrored(r.APGR), mirrored(r.AIQ), mirrored(r.Hypervolume)}
			res.Curves[a.drawn].Versus = append(res.Curves[a.drawn].Versus, r)
			res.Curves[b.drawn].Versus = append(res.Curves[b.drawn].Versus, back)
		}
	}
}

func (f *field) rival(a, b *standing) Rival {
	conf := f.m.confidence
	r := Rival{Policy: b.c.entry.Name, APGR: Interval(a.standing.APGR(b.standing, conf)), Hypervolume: Interval(a.standing.Hypervolume(b.standing, conf))}
	r.AIQ = f.m.scaled(a.standing.AIQ(b.standing, conf), 0)
	r.AUROC = Interval(nothing("the two have scores on different tasks"))
	if slices.Equal(a.s.ks, b.s.ks) {
		r.AUROC = Interval(a.s.scores.AUROCDifference(b.s.scores, conf))
	}
	return r
}

// described adds what needs all candidates: matches, and rivals.
func (f *field) described(res *Result, cands []*candidate, all []*standing) error {
	for _, x := range all {
		ms, err := f.matches(x.c, cands, x.sw)
		if err != nil {
			return err
		}
		drawn := &res.Curves[x.drawn]
		drawn.Matches = ms
		for _, m := range ms {
			m.figures(drawn.Metrics)
			for k := range res.Policies {
				if res.Policies[k].Name == x.c.entry.Name {
					m.figures(res.Policies[k].Metrics)
				}
			}
		}
	}
	f.rivals(res, all)
	return nil
}
