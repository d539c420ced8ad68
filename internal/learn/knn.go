package learn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// KNNOptions ask for the mean over nearest neighbours.
type KNNOptions struct {
	K          int  // neighbours; 0 means 20
	Similarity bool // weigh neighbours by their similarity where that is above 0, in place of alike
}

// KNN predicts by the K fitted rows that have the largest cosine with a row,
// exactly: every row is looked at. Of equal cosines the row that was fitted earlier
// is nearer. Vectors of length 0 have the cosine 0 with all.
type KNN struct {
	Options KNNOptions
	Cols    int
	Count   int       // of outputs
	Rows    Floats    // of length 1 or 0, row by row
	Y       Floats    // by row and output; NaN where it is not known
	Weights []float64 // by row; nil where all are 1

	padded []float32 // Rows, each with zeros up to a multiple of 16
	mean   []float64 // by output, over all rows
}

// Fit keeps the rows that have weight and where some output is known. It fails if
// there are none, the table is sparse, a feature is not finite, or a target is
// infinite.
func (o KNNOptions) Fit(_ context.Context, s *Sample) (*KNN, error) {
	if o.K == 0 {
		o.K = 20
	}
	if o.K < 1 {
		return nil, fmt.Errorf("learn: found %d neighbours, expected at least 1", o.K)
	}
	if s.X.Sparse() {
		return nil, errors.New("learn: neighbours are looked for in a dense table, found a sparse one")
	}
	if err := s.valid(math.Inf(-1), math.Inf(1)); err != nil {
		return nil, err
	}
	k := &KNN{Options: o, Cols: s.X.Cols, Count: len(s.Y)}
	k.Rows = make(Floats, 0, len(s.X.Dense))
	for i := range s.X.Rows {
		k.keep(s, i)
	}
	if len(k.Y) == 0 {
		return nil, fmt.Errorf("learn: no output is known in any of %d rows", s.X.Rows)
	}
	k.prepare()
	return k, nil
}

// keep keeps row i if it says anything.
func (k *KNN) keep(s *Sample, i int) {
	any := false
	for o := range s.Y {
		any = any || !math.IsNaN(s.Y[o][i])
	}
	if !any || s.Weight(i) == 0 {
		return
	}
	k.Rows = append(k.Rows, s.X.Row(i)...)
	normalise(k.Rows[len(k.Rows)-k.Cols:])
	for o := range s.Y {
		k.Y = append(k.Y, float32(s.Y[o][i]))
	}
	if s.Weights != nil {
		k.Weights = append(k.Weights, s.Weights[i])
	}
}

func (k *KNN) len() int { return len(k.Y) / k.Count }

func (k *KNN) weight(row int) float64 {
	if k.Weights == nil {
		return 1
	}
	return k.Weights[row]
}

// prepare makes what is not saved.
func (k *KNN) prepare() {
	stride := k.stride()
	k.padded = k.Rows
	if stride != k.Cols {
		k.padded = make([]float32, k.len()*stride)
		for i := range k.len() {
			copy(k.padded[i*stride:], k.Rows[i*k.Cols:(i+1)*k.Cols])
		}
	}
	k.mean = make([]float64, k.Count)
	for o := range k.mean {
		k.mean[o] = k.overall(o)
	}
}

// overall is the weighted mean of an output.
func (k *KNN) overall(output int) float64 {
	var sum, total float64
	for i := range k.len() {
		if y := float64(k.Y[i*k.Count+output]); !math.IsNaN(y) {
			sum += k.weight(i) * y
			total += k.weight(i)
		}
	}
	return sum / total
}

// Outputs is how many there are.
func (k *KNN) Outputs() int { return k.Count }

// Predict writes the mean over the nearest rows that know an output, weighted by
// the weights of the sample, and by similarity if that was asked for. It is NaN if
// none of them knows it, or if the row has a feature that is not finite. Where
// nothing is near, since the row is of length 0 or no neighbour has a weight, all
// fitted rows are as near as each other, and it is the mean over all.
func (k *KNN) Predict(x *Table, out [][]float64) {
	sameColumns(x, k.Cols)
	x = x.ToDense()
	chunks(x.Rows, tileQueries, func(_, lo, hi int) {
		t := newTile(k)
		t.search(x, lo, hi)
		for q := range hi - lo {
			for o := range out {
				out[o][lo+q] = k.average(t.length[q], t.nearest[q], o)
			}
		}
	})
}

// average is an output over neighbours of a row of some length.
func (k *KNN) average(length float32, near []neighbour, output int) float64 {
	if length != length {
		return math.NaN()
	}
	if length == 0 {
		return k.mean[output]
	}
	var sum, total float64
	found := false
	for _, n := range near {
		y := float64(k.Y[n.row*k.Count+output])
		if math.IsNaN(y) {
			continue
		}
		found = true
		w := k.weight(n.row)
		if k.Options.Similarity {
			w *= math.Max(0, float64(n.cosine))
		}
		sum += w * y
		total += w
	}
	if found && total == 0 {
		return k.mean[output]
	}
	return sum / total
}

// UnmarshalJSON reads and checks a saved state.
func (k *KNN) UnmarshalJSON(text []byte) error {
	type plain KNN
	if err := json.Unmarshal(text, (*plain)(k)); err != nil {
		return err
	}
	if k.Options.K < 1 || k.Cols < 0 || k.Count < 1 || len(k.Y) == 0 || len(k.Y)%k.Count != 0 {
		return fmt.Errorf("learn: found %d neighbours, %d columns and %d outputs of %d numbers", k.Options.K, k.Cols, k.Count, len(k.Y))
	}
	if n := k.len(); len(k.Rows)%n != 0 || len(k.Rows)/n != k.Cols || k.Weights != nil && len(k.Weights) != n {
		return fmt.Errorf("learn: found rows of %d numbers and %d weights, expected %d rows of %d columns", len(k.Rows), len(k.Weights), n, k.Cols)
	}
	k.prepare()
	return nil
}
