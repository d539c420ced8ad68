package policies

import (
	"context"
	"fmt"
	"math"
	"slices"

	"waymark"
	"waymark/internal/learn"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

var notKnown = float32(math.NaN())

// An EstimatorKind is a family of estimators, as a suite names it in type.
type EstimatorKind struct {
	Name string
	Doc  string
	New  func() EstimatorConfig
}

// An EstimatorConfig is what a suite says of one estimator: what predicts numbers in
// [0,1], such as each model's quality, from features. It is a scorer too.
type EstimatorConfig interface {
	ScorerConfig
	keys() *LearnedKeys
	features() []AnyFeature // that it is given unless told
	check() error
	empty() learn.Predictor // that a saved state is loaded into
	fit(ctx context.Context, s *learn.Sample) (learn.Predictor, error)
}

// EstimatorKinds are the estimators. To add one, write its file, and add its line here
// and, as a scorer, to ScorerKinds.
var EstimatorKinds = []EstimatorKind{
	{"logistic", "logistic regression", func() EstimatorConfig { return new(Logistic) }},
	{"knn", "the nearest neighbours by cosine", func() EstimatorConfig { return new(KNN) }},
	{"kmeans", "the mean of a query's cluster", func() EstimatorConfig { return new(KMeans) }},
	{"tree", "a shallow regression tree, which can be printed", func() EstimatorConfig { return new(Tree) }},
	{"mlp", "a perceptron with one hidden layer", func() EstimatorConfig { return new(MLP) }},
	{"mf", "matrix factorisation: an embedding of the query against one of the model", func() EstimatorConfig { return new(MF) }},
	{"elo", "ratings from battles on similar queries", func() EstimatorConfig { return new(Elo) }},
	{"irt", "item response theory: the difficulty of the query against the ability of the model", func() EstimatorConfig { return new(IRT) }},
}

// LearnedKeys are keys that all estimators have.
type LearnedKeys struct {
	Features  []AnyFeature `yaml:"features" json:"features,omitempty" doc:"what it sees of a query; the default depends on the estimator"`
	Target    string       `yaml:"target" json:"target,omitempty" doc:"of a score: gain (default: what strong wins over weak, which of grades 0 and 1 is that weak fails and strong does not), better (that strong is better, a tie counting half) or difference (the predicted quality of strong less that of weak)" enum:"gain,better,difference"`
	Calibrate string       `yaml:"calibrate" json:"calibrate,omitempty" doc:"isotonic or platt: maps predictions to probabilities, fitted out of fold" enum:"isotonic,platt"`
}

func (k *LearnedKeys) keys() *LearnedKeys { return k }

func (k *LearnedKeys) checkKeys() error {
	switch k.Target {
	case "", "gain", "better", "difference":
	default:
		return fieldf([]any{"target"}, "found %q, expected gain, better or difference", k.Target)
	}
	switch k.Calibrate {
	case "", "isotonic", "platt":
	default:
		return fieldf([]any{"calibrate"}, "found %q, expected isotonic or platt", k.Calibrate)
	}
	return nil
}

// AnyEstimator is an estimator of a suite: its type, and the keys of that type.
type AnyEstimator struct{ EstimatorConfig }

// DecodeYAML reads a mapping with type, or the bare name of an estimator.
func (a *AnyEstimator) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	names := make([]string, len(EstimatorKinds))
	for i, k := range EstimatorKinds {
		names[i] = k.Name
	}
	return doc.DecodeVariant(n, "estimator", names, func(kind string) any {
		for _, k := range EstimatorKinds {
			if k.Name == kind {
				a.EstimatorConfig = k.New()
			}
		}
		return a.EstimatorConfig
	}, nil)
}

// Kinds are the estimators, for the schema.
func (*AnyEstimator) Kinds() []yamlfile.Kind {
	var out []yamlfile.Kind
	for _, k := range EstimatorKinds {
		out = append(out, yamlfile.Kind{Name: k.Name, Doc: k.Doc, Config: k.New()})
	}
	return out
}

// Common is nil: their common keys are part of each.
func (*AnyEstimator) Common() any { return nil }

// An estimate is a fitted estimator with the features that it reads.
type estimate struct {
	representation *representation
	columns        int // that the features had where it was fitted
	model          learn.Predictor
}

// A shape is what the numbers of a fitted estimator stand for.
type shape struct {
	Columns int      `json:"columns"` // of the features
	Outputs []string `json:"outputs"` // such as the models, in the order of the outputs
}

// largestDense is how many numbers an estimator that reads dense features may be given.
const largestDense = 1 << 28

// estimated fits an estimator, or loads it, as a part of its owner. The outputs are what
// targets makes of outcomes, one row a query; outputs names them.
func estimated(in Inputs, c EstimatorConfig, outputs []string, targets func(*waymark.Outcomes) [][]float64) (*estimate, error) {
	if err := c.keys().checkKeys(); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	features := c.keys().Features
	if len(features) == 0 {
		features = withoutMetadata(in, c.features())
	}
	r, err := represent(in, features)
	if err != nil {
		return nil, err
	}
	var sample *learn.Sample
	model, err := learnedAs(in, "estimator", c.empty(), func(o *waymark.Outcomes) (any, error) {
		if sample, err = sampled(in, r, features, o, targets(o), readsSparse(c)); err != nil {
			return nil, err
		}
		model, err := c.fit(in.context(), sample)
		if err == nil {
			in.tell(model, r.names(), outputs, o)
		}
		return model, err
	})
	if err != nil {
		return nil, err
	}
	own, err := learned(in, "shape", func(*waymark.Outcomes) (*shape, error) { return &shape{sample.X.Cols, outputs}, nil })
	if err != nil {
		return nil, err
	}
	if !slices.Equal(own.Outputs, outputs) || model.(learn.Predictor).Outputs() != len(outputs) {
		return nil, fmt.Errorf("it was fitted for %v and is asked for %v: fit it anew", own.Outputs, outputs)
	}
	e := &estimate{r, own.Columns, model.(learn.Predictor)}
	if in.Learning.Saved != nil {
		if err := e.try(); err != nil {
			return nil, err
		}
	}
	if name := c.keys().Calibrate; name != "" {
		return e.calibrated(in, c, name, sample)
	}
	return e, nil
}

// try has a loaded estimator predict one row of zeros, so that a state that does not fit
// its features is told where it is loaded.
func (e *estimate) try() (err error) {
	if e.columns < 0 || e.columns > largestDense {
		return fmt.Errorf("the saved state has %d columns", e.columns)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the saved state does not fit together: %v", r)
		}
	}()
	out := make([][]float64, e.model.Outputs())
	for k := range out {
		out[k] = make([]float64, 1)
	}
	e.model.Predict(learn.NewDense(1, e.columns), out)
	return nil
}

// readsSparse reports whether an estimator reads sparse features as they are.
func readsSparse(c EstimatorConfig) bool {
	_, ok := c.(*Logistic)
	return ok
}

// withoutMetadata leaves out of the default features those that the dataset lacks.
func withoutMetadata(in Inputs, features []AnyFeature) (out []AnyFeature) {
	for _, f := range features {
		if f.Type != "metadata" || len(in.Features) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// sampled is the rows that an estimator is fitted on: a query of which a feature is not
// known is left out by making its outputs unknown.
func sampled(in Inputs, r *representation, features []AnyFeature, o *waymark.Outcomes, y [][]float64, sparse bool) (*learn.Sample, error) {
	key := fmt.Sprintf("table seed %d", in.Seed)
	for _, f := range features {
		key += " " + f.key()
	}
	x, err := memoised(in.Learning.Memo, key, func() (*learn.Table, error) { return r.table(in.context(), o.Queries) })
	if err != nil {
		return nil, err
	}
	known := 0
	x, y = usable(x, y)
	for _, row := range y {
		for _, v := range row {
			if !math.IsNaN(v) {
				known++
			}
		}
	}
	if known == 0 {
		return nil, fmt.Errorf("there is nothing to learn from: no query has both its features and graded answers of the models")
	}
	if x.Sparse() && !sparse && x.Rows*x.Cols > largestDense {
		return nil, fieldf([]any{"features"}, "found %d × %d numbers, more than the %d that this estimator reads: give it svd in place of words or characters", x.Rows, x.Cols, largestDense)
	}
	return &learn.Sample{X: x, Y: y, Weights: o.Weights, Units: o.Units, Seed: in.Seed}, nil
}

// usable makes unknown the outputs of rows that hold NaN, and zeros of what they hold.
func usable(x *learn.Table, y [][]float64) (*learn.Table, [][]float64) {
	bad := unknownRows(x)
	if len(bad) == 0 {
		return x, y
	}
	clean := &learn.Table{Rows: x.Rows, Cols: x.Cols, Dense: append([]float32(nil), x.Dense...), Start: x.Start, Col: x.Col, Value: append([]float32(nil), x.Value...)}
	out := make([][]float64, len(y))
	for k := range y {
		out[k] = append([]float64(nil), y[k]...)
	}
	for _, i := range bad {
		_, values := rowOf(clean, i)
		clear(values)
		for k := range out {
			out[k][i] = math.NaN()
		}
	}
	return clean, out
}

func rowOf(x *learn.Table, i int) ([]int32, []float32) {
	if x.Sparse() {
		return x.Nonzeros(i)
	}
	return nil, x.Row(i)
}

// unknownRows are the rows that hold a number that is not finite.
func unknownRows(x *learn.Table) (rows []int) {
	for i := range x.Rows {
		_, values := rowOf(x, i)
		for _, v := range values {
			if v-v != 0 {
				rows = append(rows, i)
				break
			}
		}
	}
	return rows
}

// predict is the outputs for each query, by output; NaN where a feature is not known.
func (e *estimate) predict(ctx context.Context, qs *waymark.Queries) ([][]float64, error) {
	x, err := e.representation.table(ctx, qs)
	if err != nil {
		return nil, err
	}
	if x.Cols != e.columns {
		return nil, fmt.Errorf("the features have %d columns, and %d where the estimator was fitted: an embedding has another dimension", x.Cols, e.columns)
	}
	out := make([][]float64, e.model.Outputs())
	for k := range out {
		out[k] = make([]float64, qs.Len())
	}
	bad := unknownRows(x)
	x, _ = usable(x, nil)
	e.model.Predict(x, out)
	for _, i := range bad {
		for k := range out {
			out[k][i] = math.NaN()
		}
	}
	return out, nil
}
