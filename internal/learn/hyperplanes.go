package learn

import "fmt"

// Hyperplanes are a linear function of features for each output.
type Hyperplanes struct {
	Cols         int
	Intercepts   []float64 // by output
	Coefficients Floats    // by column and output
	Rows         []int     // that each output was fitted on
}

func newHyperplanes(cols, outputs int) Hyperplanes {
	return Hyperplanes{Cols: cols, Intercepts: make([]float64, outputs), Coefficients: make(Floats, cols*outputs), Rows: make([]int, outputs)}
}

// Outputs is how many there are.
func (h *Hyperplanes) Outputs() int { return len(h.Intercepts) }

// set takes the coefficients of an output, the intercept last.
func (h *Hyperplanes) set(output int, w []float64) {
	h.Intercepts[output] = w[h.Cols]
	for c := range h.Cols {
		h.Coefficients[c*h.Outputs()+output] = float32(w[c])
	}
}

// apply writes link of the linear functions for each row, summed in float64.
func (h *Hyperplanes) apply(x *Table, out [][]float64, link func(float64) float64) {
	sameColumns(x, h.Cols)
	chunks(x.Rows, 256, func(_, lo, hi int) {
		z := make([]float64, h.Outputs())
		for i := lo; i < hi; i++ {
			copy(z, h.Intercepts)
			h.addRow(x, i, z)
			for o := range z {
				out[o][i] = link(z[o])
			}
		}
	})
}

func (h *Hyperplanes) addRow(x *Table, i int, z []float64) {
	if !x.Sparse() {
		for c, v := range x.Row(i) {
			h.add(c, v, z)
		}
		return
	}
	cols, values := x.Nonzeros(i)
	if len(z) == 1 {
		z[0] += h.dot(cols, values)
		return
	}
	for j, c := range cols {
		h.add(int(c), values[j], z)
	}
}

// dot is the product with a sparse row of the only output there is.
func (h *Hyperplanes) dot(cols []int32, values []float32) (sum float64) {
	values = values[:len(cols)]
	for j, c := range cols {
		sum += float64(values[j]) * float64(h.Coefficients[c])
	}
	return sum
}

func (h *Hyperplanes) add(col int, value float32, z []float64) {
	coefficients := h.Coefficients[col*len(z):][:len(z)]
	for o, w := range coefficients {
		z[o] += float64(w) * float64(value)
	}
}

func (h *Hyperplanes) check() error {
	if k := len(h.Intercepts); h.Cols < 0 || k == 0 || len(h.Rows) != k || len(h.Coefficients)%k != 0 || len(h.Coefficients)/k != h.Cols {
		return fmt.Errorf("learn: found %d coefficients and %d intercepts, expected one for each of %d columns and each output", len(h.Coefficients), k, h.Cols)
	}
	return nil
}
