package policies

import (
	"context"
	"math"

	"waymark"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A Scorer rates queries without answering them. Higher means more need of the
// stronger model, whatever the scorer.
type Scorer interface {
	// Score writes one score a query into out, which is as long as qs. A score
	// that is not finite is a query that could not be rated. What it writes for a
	// query may depend on that query alone.
	Score(ctx context.Context, qs *waymark.Queries, out []float64) error
}

// A ScorerKind is a family of scorers, as a suite names it in type.
type ScorerKind struct {
	Name string
	Doc  string
	New  func() ScorerConfig
}

// A ScorerConfig is what a suite says of one scorer.
type ScorerConfig interface {
	Build(in Inputs) (Scorer, error)
}

// ScorerKinds are the scorers that a suite can name. To add one, write its file
// and add its line.
var ScorerKinds = []ScorerKind{
	{"length", "characters of the prompt", func() ScorerConfig { return new(Length) }},
	{"features", "a weighted sum of counts of the prompt", func() ScorerConfig { return new(Features) }},
	{"field", "a feature of the dataset that is a number", func() ScorerConfig { return new(Field) }},
	{"expr", "an expression over prompt and features", func() ScorerConfig { return new(Expr) }},
	{"recorded", "the score that another router gave, as recorded", func() ScorerConfig { return new(RecordedScore) }},
	{"logistic", "learned: logistic regression", func() ScorerConfig { return new(Logistic) }},
	{"knn", "learned: the nearest neighbours by cosine", func() ScorerConfig { return new(KNN) }},
	{"kmeans", "learned: the mean of a query's cluster", func() ScorerConfig { return new(KMeans) }},
	{"tree", "learned: a shallow regression tree", func() ScorerConfig { return new(Tree) }},
	{"mlp", "learned: a perceptron with one hidden layer", func() ScorerConfig { return new(MLP) }},
	{"mf", "learned: matrix factorisation, as RouteLLM's", func() ScorerConfig { return new(MF) }},
	{"elo", "learned: ratings from battles on similar queries, as RouteLLM's", func() ScorerConfig { return new(Elo) }},
	{"onnx", "what a model in the ONNX format says", func() ScorerConfig { return new(Onnx) }},
	{"irt", "learned: the task's difficulty against the models' abilities", func() ScorerConfig { return new(IRT) }},
	{"exec", "the score of a program, asked over its standard input and output", func() ScorerConfig { return new(ExecScore) }},
	{"http", "the score of a router behind HTTP", func() ScorerConfig { return new(HTTPScore) }},
}

// AnyScorer is a scorer of a suite: its type, and the keys of that type.
type AnyScorer struct {
	ScorerConfig
	Charge Charge // for each decision
}

// DecodeYAML reads a mapping with type, or the bare name of a scorer.
func (a *AnyScorer) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	names := make([]string, len(ScorerKinds))
	for i, k := range ScorerKinds {
		names[i] = k.Name
	}
	into := func(kind string) any {
		for _, k := range ScorerKinds {
			if k.Name == kind {
				a.ScorerConfig = k.New()
			}
		}
		return a.ScorerConfig
	}
	var keys scorerKeys
	err := doc.DecodeVariant(n, "scorer", names, into, &keys)
	a.Charge = keys.Charge
	return err
}

// build makes the scorer of a policy whose models are ladder, the weakest first.
func (a AnyScorer) build(in Inputs, ladder ...waymark.ModelID) (Scorer, error) {
	if a.ScorerConfig == nil {
		return nil, fieldf([]any{"scorer"}, "no scorer is given")
	}
	in = in.within("scorer")
	in.ladder = ladder
	s, err := a.charged(in)
	if fe, ok := err.(*FieldError); ok {
		return nil, &FieldError{Path: append([]any{"scorer"}, fe.Path...), Msg: fe.Msg, Outage: fe.Outage}
	}
	return s, err
}

// chargesItself is a scorer whose own word on its costs a charge replaces.
type chargesItself interface {
	buildCharged(in Inputs, c Charge) (Scorer, error)
}

func (a AnyScorer) charged(in Inputs) (Scorer, error) {
	if own, ok := a.ScorerConfig.(chargesItself); ok {
		return own.buildCharged(in, a.Charge)
	}
	s, err := a.Build(in)
	if err != nil {
		return nil, err
	}
	return a.Charge.wrap(s)
}

const noScore = "no score that is a finite number"

// scored is a policy that decides by a score.
type scored struct{ scorer Scorer }

// each scores the queries and picks by the score; a score that is not finite is
// a failed row with the reason given.
func (s scored) each(ctx context.Context, qs *waymark.Queries, picks []waymark.Pick, pick func(float64) waymark.Pick, failed int32) error {
	scores := make([]float64, qs.Len())
	if err := s.scorer.Score(ctx, qs, scores); err != nil {
		return err
	}
	for i, x := range scores {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			picks[i] = waymark.Pick{Arm: waymark.NoArm, Reason: failed, Signal: math.NaN()}
			continue
		}
		picks[i] = pick(x)
	}
	return nil
}

// Charge is what the scorer spends, where it spends anything.
func (s scored) Charge(qs *waymark.Queries, spent []waymark.Spending) {
	if c, ok := s.scorer.(interface {
		Charge(*waymark.Queries, []waymark.Spending)
	}); ok {
		c.Charge(qs, spent)
		return
	}
	for i := range spent {
		spent[i] = waymark.Spending{Cost: waymark.Paid(0)}
	}
}

// Remark is what the scorer has to say, where it says anything.
func (s scored) Remark(qs *waymark.Queries, said []string) {
	if r, ok := s.scorer.(interface {
		Remark(*waymark.Queries, []string)
	}); ok {
		r.Remark(qs, said)
	}
}

// Waits reports whether the scorer waits for something outside.
func (s scored) Waits() bool {
	w, ok := s.scorer.(waymark.Waiter)
	return ok && w.Waits()
}

// scoreFunc is a scorer that rates one query at a time.
type scoreFunc func(qs *waymark.Queries, i int) float64

func (f scoreFunc) Score(ctx context.Context, qs *waymark.Queries, out []float64) error {
	for i := range out {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		out[i] = f(qs, i)
	}
	return nil
}

// Kinds are the scorers, for the schema.
func (*AnyScorer) Kinds() []yamlfile.Kind {
	var out []yamlfile.Kind
	for _, k := range ScorerKinds {
		out = append(out, yamlfile.Kind{Name: k.Name, Doc: k.Doc, Config: k.New()})
	}
	return out
}

// Common are the keys that scorers of every type have.
func (*AnyScorer) Common() any { return new(scorerKeys) }
