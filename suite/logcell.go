package suite

import (
	"errors"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/claim"
)

// An untold reports that a log does not tell something; it is no mistake.
type untold struct{ why string }

func (e *untold) Error() string { return e.why }

var errLatency = errors.New("a condition is about latency, which is not estimated from logged traffic, expected quality, cost or share")

// cell is what a metric is estimated to be where a model answers a task, as
// board.cell has it: a mean of cells is the doubly robust estimate.
func (l *logged) cell(b *board, t claim.Term, col, row int, spent waymark.Spending) (float64, error) {
	sd, k := l.at(row)
	var v float64
	switch t.Metric.Name {
	case "quality":
		v = b.info.Quality(sd.quality.Cell(col, k))
	case "cost":
		if sd.cost == nil {
			return 0, errors.New("a condition is about cost, which is unknown")
		}
		v = sd.cost.Cell(col, k) + spent.Cost.USD.Float()
	case "share":
		return pick(string(b.matrix.Models[col]) == t.Arg, 1, 0), nil
	default:
		return 0, errLatency
	}
	if math.IsNaN(v) {
		return 0, &untold{fmt.Sprintf("the log tells nothing of %s where %s never chose it, such as on task %q", b.matrix.Models[col], l.read.Logger, b.matrix.Tasks[row].ID)}
	}
	return v, nil
}
