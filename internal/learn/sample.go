package learn

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// A Sample is what an estimator is fitted on: rows of features, and for each row
// one or several outputs in [0,1], such as each model's quality.
type Sample struct {
	X       *Table
	Y       [][]float64 // by output and row; NaN where it is not known
	Weights []float64   // of the rows; nil where all are 1
	Units   []uint64    // rows with one key stay together when rows are dealt to folds; nil where each is its own
	Seed    uint64
}

// Weight is the weight of row i.
func (s *Sample) Weight(i int) float64 {
	if s.Weights == nil {
		return 1
	}
	return s.Weights[i]
}

// A Predictor is a fitted estimator. Predict writes out[output][row], one slice
// for each of Outputs and as long as x has rows. It is safe for concurrent use,
// and what it writes for a row depends on that row alone. A predictor is saved and
// loaded as JSON.
type Predictor interface {
	Outputs() int
	Predict(x *Table, out [][]float64)
}

// Floats are many numbers that JSON holds as base64 of little-endian float32.
type Floats []float32

// MarshalJSON writes base64.
func (f Floats) MarshalJSON() ([]byte, error) {
	b := make([]byte, 4*len(f))
	for i, x := range f {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(b))
}

// UnmarshalJSON reads base64.
func (f *Floats) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return err
	}
	if len(b)%4 != 0 {
		return fmt.Errorf("learn: found %d bytes of numbers, expected a multiple of 4", len(b))
	}
	*f = make(Floats, len(b)/4)
	for i := range *f {
		(*f)[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return nil
}
