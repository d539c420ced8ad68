package policies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"waymark"
)

// An order is the models of a cascade as a search found them best.
type order struct {
	Models []waymark.ModelID
	Area   float64 // the criterion
}

func (o *order) check(among []waymark.ModelID) error {
	if len(o.Models) < 2 {
		return errors.New("the saved order of a cascade has fewer than 2 models")
	}
	for i, m := range o.Models {
		if !slices.Contains(among, m) || slices.Contains(o.Models[:i], m) {
			return fmt.Errorf("the saved order of a cascade has model %q, expected each of %v at most once", m, among)
		}
	}
	return nil
}

// fact tells the order to a person.
func (o *order) fact(part string) Fact {
	names := make([]string, len(o.Models))
	for i, m := range o.Models {
		names[i] = string(m)
	}
	return Fact{Part: part + "order", Title: "the order", Text: strings.Join(names, " → ") + "\n"}
}

// A tried is what one model does with the queries on which all of a pool are known.
type tried struct {
	score   []float64 // of its answer; NaN where the call failed
	quality []float64
	cost    []float64 // with the rating of the answer
	own     []float64 // without it, as the last model
}

// searchOrder finds the order of a subset of at least two models whose sweep of one bar for all
// stages has the greatest area: the integral, over costs from 0 to the mean cost of the dearest
// model, of the best mean quality that some bar reaches at no greater cost. Of equal
// ones that of fewer models wins, and then that which comes first as models are listed.
func searchOrder(o *waymark.Outcomes, models []waymark.ModelID, a Acceptor, seed uint64) (*order, error) {
	pool, weights, err := tryAll(o, models, a, seed)
	if err != nil {
		return nil, err
	}
	most := 0.0
	for _, m := range pool {
		most = math.Max(most, mean(m.own, weights))
	}
	best := &order{Area: math.Inf(-1)}
	eachOrder(len(models), func(at []int) {
		area := areaOf(sweepOrder(pool, at, weights), most)
		if area > best.Area+1e-12*math.Abs(area) {
			best = &order{Area: area}
			for _, m := range at {
				best.Models = append(best.Models, models[m])
			}
		}
	})
	return best, nil
}

// eachOrder calls f with every order of every subset of at least two of n, fewer first.
func eachOrder(n int, f func(at []int)) {
	for size := 2; size <= n; size++ {
		var at []int
		var extend func()
		extend = func() {
			if len(at) == size {
				f(at)
				return
			}
			for m := range n {
				if !slices.Contains(at, m) {
					at = append(at, m)
					extend()
					at = at[:len(at)-1]
				}
			}
		}
		extend()
	}
}

// tryAll asks every model every query, and has its answer rated.
func tryAll(o *waymark.Outcomes, models []waymark.ModelID, a Acceptor, seed uint64) (pool []tried, weights []float64, err error) {
	pool = make([]tried, len(models))
	for i := range o.Len() {
		if !knownOf(o, models, i) {
			continue
		}
		for k, m := range models {
			score, rating, err := tryOne(o, m, a, seed, i)
			if err != nil {
				return nil, nil, fmt.Errorf("order: query %s: %w", o.Queries.IDs[i], err)
			}
			at, p := o.Of(m), &pool[k]
			p.score, p.quality = append(p.score, score), append(p.quality, o.Quality[at][i])
			p.own, p.cost = append(p.own, o.Cost[at][i]), append(p.cost, o.Cost[at][i]+rating)
		}
		w := 1.0
		if o.Weights != nil {
			w = o.Weights[i]
		}
		weights = append(weights, w)
	}
	if len(weights) == 0 {
		return nil, nil, errors.New("order: search needs the quality and the cost of every model, and no query of the tune split has them all")
	}
	return pool, weights, nil
}

func knownOf(o *waymark.Outcomes, models []waymark.ModelID, i int) bool {
	for _, m := range models {
		at := o.Of(m)
		if at < 0 || math.IsNaN(o.Quality[at][i]+o.Cost[at][i]) {
			return false
		}
	}
	return true
}

// tryOne is a model's answer as it is rated, NaN where its call failed, and what the rating cost.
func tryOne(o *waymark.Outcomes, m waymark.ModelID, a Acceptor, seed uint64, i int) (score, rating float64, err error) {
	ctx := context.Background()
	t := waymark.NewTrial(o.Queries.Query(i), 0, seed, o.Answers)
	c, err := (&cascade{}).ask(ctx, t, m)
	if err != nil {
		return 0, 0, err
	}
	if c.Err != "" {
		return math.NaN(), 0, nil
	}
	if score, err = rated(a.Accept(ctx, t, c)); err != nil {
		return 0, 0, err
	}
	cost := waymark.CostOf(t.Calls()[1:])
	if !cost.Known {
		return 0, 0, errors.New("it is not known what rating an answer costs")
	}
	return score, cost.USD.Float(), nil
}

// A spot is the mean quality and cost at some bar.
type spot struct{ quality, cost float64 }

// sweepOrder is the spots of a cascade in an order, at every bar that decides differently.
func sweepOrder(pool []tried, at []int, weights []float64) []spot {
	type move struct{ after, quality, cost float64 }
	var moves []move
	var now spot
	total := 0.0
	for i, w := range weights {
		total += w
		cost, above, first := 0.0, math.Inf(-1), true
		var stood spot
		for stage, m := range at {
			p := &pool[m]
			last := stage == len(at)-1
			x := p.score[i]
			if last {
				cost, x = cost+p.own[i], math.Inf(1)
			} else {
				cost += p.cost[i]
			}
			if math.IsNaN(x) || !first && x <= above {
				continue
			}
			here := spot{p.quality[i], cost}
			if first {
				now.quality, now.cost = now.quality+w*here.quality, now.cost+w*here.cost
			} else {
				moves = append(moves, move{above, w * (here.quality - stood.quality), w * (here.cost - stood.cost)})
			}
			stood, above, first = here, x, false
		}
	}
	slices.SortStableFunc(moves, func(a, b move) int { return cmp.Compare(a.after, b.after) })
	out := []spot{{now.quality / total, now.cost / total}}
	for k, m := range moves {
		now.quality, now.cost = now.quality+m.quality, now.cost+m.cost
		if k+1 == len(moves) || moves[k+1].after != m.after {
			out = append(out, spot{now.quality / total, now.cost / total})
		}
	}
	return out
}

// areaOf is the integral over costs up to most of the best quality at no greater cost.
func areaOf(spots []spot, most float64) float64 {
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.quality, a.quality))
	})
	area, from, best := 0.0, 0.0, 0.0
	for _, s := range spots {
		if s.cost >= most {
			break
		}
		area += best * (s.cost - from)
		from, best = s.cost, math.Max(best, s.quality)
	}
	return area + best*(most-from)
}

func mean(values, weights []float64) float64 {
	var sum, n float64
	for i, x := range values {
		sum, n = sum+weights[i]*x, n+weights[i]
	}
	return sum / n
}
