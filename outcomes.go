package waymark

// Outcomes are what models did with some queries, for a policy to be fitted on.
// They are of the tune split alone, or of a part of it: no policy sees those of
// a query that it is judged on.
type Outcomes struct {
	Queries *Queries
	Models  []ModelID
	Quality [][]float64 // by model and query, in [0,1]; NaN where there is none
	Cost    [][]float64 // by model and query, in US dollars; NaN where it is not known
	Weights []float64   // of the queries; nil where all are 1
	Units   []uint64    // queries with one key are not independent: folds keep them together
	Answers Source      // the recorded answers to these queries, which carry no score
}

// Len is the number of queries.
func (o *Outcomes) Len() int { return o.Queries.Len() }

// Of is the position of a model among Models, -1 if it is not there.
func (o *Outcomes) Of(m ModelID) int {
	for i, id := range o.Models {
		if id == m {
			return i
		}
	}
	return -1
}
