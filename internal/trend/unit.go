package trend

import "waymark/internal/stats"

// A unit is a group of watched tasks, or one task: what is independent of the others.
type unit struct {
	tasks   []int // positions among the watched tasks
	weights []float64
	total   float64
}

func (w *watch) weight(id string) float64 {
	if x, ok := w.baseline.Weights[id]; ok {
		return x
	}
	return 1
}

// group puts tasks into their units, in order; tasks without weight count for nothing.
func (w *watch) group(tasks []string) []unit {
	var out []unit
	at := map[string]int{}
	for i, id := range tasks {
		x := w.weight(id)
		if !(x > 0) {
			continue
		}
		name, ok := w.baseline.Units[id]
		if !ok || name == "" {
			name = "\x00" + id
		}
		k, known := at[name]
		if !known {
			k = len(out)
			at[name], out = k, append(out, unit{})
		}
		u := &out[k]
		u.tasks, u.weights, u.total = append(u.tasks, i), append(u.weights, x), u.total+x
	}
	return out
}

// byUnit are the weighted means of values over units, and the units' weights.
func byUnit(units []unit, values []float64) (means, weights []float64) {
	for _, u := range units {
		sum := 0.0
		for k, i := range u.tasks {
			sum += u.weights[k] * values[i]
		}
		means, weights = append(means, sum/u.total), append(weights, u.total)
	}
	return means, weights
}

// sample are values of tasks with their weights and units.
func (w *watch) sample(values []float64, tasks []string) stats.Sample {
	s := stats.Sample{Values: values}
	if w.baseline.Weights != nil {
		for _, id := range tasks {
			s.Weights = append(s.Weights, w.weight(id))
		}
	}
	if w.baseline.Units != nil {
		s.Groups = make([]int32, len(tasks))
		next := int32(0)
		ids := map[string]int32{}
		for i, id := range tasks {
			name := w.baseline.Units[id]
			g, known := ids[name]
			if !known || name == "" {
				g = next
				next++
			}
			if name != "" {
				ids[name] = g
			}
			s.Groups[i] = g
		}
	}
	return s
}
