package stats

import (
	"errors"
	"math"

	"github.com/montanaflynn/stats"
)

// Quantiles are those of a latency that people ask for.
type Quantiles struct{ P50, P95, P99 float64 }

// Latency describes latencies, in whatever unit they are. Quantiles interpolate
// linearly between order statistics (R's type 7). No value, or one that is not a
// number, is an error.
func Latency(values []float64) (Quantiles, error) {
	if len(values) == 0 {
		return Quantiles{}, errors.New("no latencies are recorded")
	}
	for _, v := range values {
		if math.IsNaN(v) { // the package would pass it on in silence
			return Quantiles{}, errors.New("a latency is not a number")
		}
	}
	var q Quantiles
	for _, x := range []struct {
		percent float64
		to      *float64
	}{{50, &q.P50}, {95, &q.P95}, {99, &q.P99}} {
		v, err := stats.Percentile(values, x.percent)
		if err != nil {
			return Quantiles{}, err
		}
		*x.to = v
	}
	return q, nil
}
