package reports

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
)

// logDollars labels 1, 2 and 5 of every decade: a range of $0.02 to $0.9 has labels
// too. Where that is too many, decades alone.
type logDollars struct{}

func (logDollars) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	steps := []float64{1, 2, 5}
	if math.Log10(hi/lo) > 3 {
		steps = []float64{1}
	}
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, m := range []float64{1, 2, 3, 4, 5, 6, 7, 8, 9} {
			v := m * math.Pow(10, e)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			label := ""
			for _, s := range steps {
				if s == m {
					label = plainDollars(v)
				}
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: label})
		}
	}
	return ticks
}

// plainDollars writes an axis label: $0.05, $2, $1e-06.
func plainDollars(v float64) string {
	if v != 0 && math.Abs(v) < 1e-5 {
		return fmt.Sprintf("$%.0e", v)
	}
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", v), "0"), ".")
	return "$" + s
}

// linear has ticks at round steps, at least as many as wanted.
type linear struct {
	text  func(float64) string
	least int
}

func (l linear) Ticks(lo, hi float64) []plot.Tick {
	step := math.Pow(10, math.Ceil(math.Log10(hi-lo)))
	for _, part := range []float64{1, 2, 5, 10, 20, 50} {
		if (hi-lo)/(step/part) >= float64(max(l.least, 4)) {
			step /= part
			break
		}
	}
	var ticks []plot.Tick
	for k := math.Ceil(lo / step); k*step <= hi*(1+1e-12); k++ {
		v := k*step + 0 // no -0
		ticks = append(ticks, plot.Tick{Value: v, Label: l.text(v)})
	}
	return ticks
}

func plainNumber(v float64) string { return fmt.Sprintf("%g", math.Round(v*1e6)/1e6) }
