package policies

import (
	"context"
	"fmt"
	"math"
	"slices"

	"waymark"
	"waymark/internal/learn"
)

// A monotone maps a prediction to a probability.
type monotone interface{ At(x float64) float64 }

// A calibration is one monotone map for each output.
type calibration struct {
	Isotonic []*learn.Isotonic `json:"isotonic,omitempty"`
	Platt    []*learn.Platt    `json:"platt,omitempty"`
}

func (c *calibration) maps() (out []monotone) {
	for _, m := range c.Isotonic {
		out = append(out, m)
	}
	for _, m := range c.Platt {
		out = append(out, m)
	}
	return out
}

// calibrationFolds is how many copies give the predictions that a calibration is fitted on.
const calibrationFolds = 5

// calibrated puts maps on top of a fitted estimator. They are fitted on what copies that
// were fitted on the other folds of the same rows predict.
func (e *estimate) calibrated(in Inputs, c EstimatorConfig, name string, s *learn.Sample) (*estimate, error) {
	cal, err := learned(in, "calibration", func(*waymark.Outcomes) (*calibration, error) { return fitCalibration(in.context(), c, name, s) })
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	maps := cal.maps()
	if len(maps) != e.model.Outputs() || slices.Contains(cal.Isotonic, nil) || slices.Contains(cal.Platt, nil) {
		return nil, fmt.Errorf("calibrate: found %d maps for %d outputs, expected one for each", len(maps), e.model.Outputs())
	}
	return &estimate{e.representation, e.columns, mapped{e.model, maps}}, nil
}

func fitCalibration(ctx context.Context, c EstimatorConfig, name string, s *learn.Sample) (*calibration, error) {
	predicted, err := outOfFold(ctx, c, s)
	if err != nil {
		return nil, err
	}
	out := &calibration{}
	for k, x := range predicted {
		var xs, ys, ws []float64
		for i := range x {
			if !math.IsNaN(x[i]) && !math.IsNaN(s.Y[k][i]) {
				xs, ys, ws = append(xs, x[i]), append(ys, s.Y[k][i]), append(ws, s.Weight(i))
			}
		}
		switch name {
		case "isotonic":
			m, err := learn.FitIsotonic(xs, ys, ws)
			if err != nil {
				return nil, err
			}
			out.Isotonic = append(out.Isotonic, m)
		default:
			m, err := learn.FitPlatt(xs, ys, ws)
			if err != nil {
				return nil, err
			}
			out.Platt = append(out.Platt, rising(m, ys, ws))
		}
	}
	return out, nil
}

// rising is a sigmoid that does not fall: scores that went with failure out of fold are
// noise, and turning them round would be to bet on it. They all become the mean.
func rising(m *learn.Platt, ys, ws []float64) *learn.Platt {
	if m.A <= 0 {
		return m
	}
	var yes, all float64
	for i, y := range ys {
		yes, all = yes+ws[i]*y, all+ws[i]
	}
	return &learn.Platt{B: math.Log((all - yes + 1) / (yes + 1))}
}

// outOfFold is what copies that were fitted on the other folds predict for each row.
func outOfFold(ctx context.Context, c EstimatorConfig, s *learn.Sample) ([][]float64, error) {
	out := make([][]float64, len(s.Y))
	for k := range out {
		out[k] = make([]float64, s.X.Rows)
	}
	fold := make([]int, s.X.Rows)
	for i := range fold {
		unit := uint64(i)
		if s.Units != nil {
			unit = s.Units[i]
		}
		fold[i] = int(mix(unit^0x63616c69) % calibrationFolds)
	}
	for f := range calibrationFolds {
		var in, left []int
		for i, own := range fold {
			if own == f {
				left = append(left, i)
			} else {
				in = append(in, i)
			}
		}
		if len(left) == 0 {
			continue
		}
		if len(in) == 0 {
			return nil, fmt.Errorf("the %d rows are of one unit, expected several to predict one from others", s.X.Rows)
		}
		if err := predictFold(ctx, c, s, in, left, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func predictFold(ctx context.Context, c EstimatorConfig, s *learn.Sample, in, left []int, out [][]float64) error {
	model, err := c.fit(ctx, s.Pick(in))
	if err != nil {
		return err
	}
	own := make([][]float64, model.Outputs())
	for k := range own {
		own[k] = make([]float64, len(left))
	}
	model.Predict(s.X.Pick(left), own)
	for k := range own {
		for j, i := range left {
			out[k][i] = own[k][j]
		}
	}
	return nil
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// mapped is a predictor with a map on each output.
type mapped struct {
	learn.Predictor
	maps []monotone
}

func (m mapped) Predict(x *learn.Table, out [][]float64) {
	m.Predictor.Predict(x, out)
	for k := range out {
		for i, v := range out[k] {
			out[k][i] = m.maps[k].At(v)
		}
	}
}
