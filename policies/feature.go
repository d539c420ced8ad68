package policies

import (
	"context"
	"encoding/json"
	"fmt"

	"waymark"
	"waymark/internal/learn"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// A Feature is what a learned part sees of a query, as columns of a table.
type Feature interface {
	// Table has one row a query, which depends on that query alone. A row of a dense
	// table that holds NaN is a query of which the feature is not known: it cannot be
	// rated.
	Table(ctx context.Context, qs *waymark.Queries) (*learn.Table, error)
}

// A FeatureKind is a kind of feature, as a suite names it in type.
type FeatureKind struct {
	Name string
	Doc  string
	New  func() FeatureConfig
}

// A FeatureConfig is what a suite says of one feature. What Build fits it keeps as
// the learned part of that name.
type FeatureConfig interface {
	Build(in Inputs, part string) (Feature, error)
}

// FeatureKinds are the features that a learned part can be given. To add one,
// write its file and add its line.
var FeatureKinds = []FeatureKind{
	{"words", "hashed n-grams of words, TF-IDF; sparse", func() FeatureConfig { return new(WordGrams) }},
	{"characters", "hashed n-grams of the characters of words, TF-IDF; sparse", func() FeatureConfig { return new(CharacterGrams) }},
	{"svd", "the built-in embedding: truncated SVD of both kinds of n-grams", func() FeatureConfig { return new(TextSVD) }},
	{"statistics", "lengths, counts and shares of the prompt", func() FeatureConfig { return new(PromptStatistics) }},
	{"metadata", "the features that dataset.yaml lists, a column for each value", func() FeatureConfig { return new(Metadata) }},
	{"embedding", "a vector for each task that the dataset gives", func() FeatureConfig { return new(GivenEmbedding) }},
	{"endpoint", "a vector that an OpenAI-compatible endpoint gives the prompt", func() FeatureConfig { return new(EmbeddingEndpoint) }},
	{"onnx", "a vector that a model in the ONNX format gives the prompt", func() FeatureConfig { return new(OnnxEmbedding) }},
}

// AnyFeature is a feature of a suite: its type, and the keys of that type.
type AnyFeature struct {
	FeatureConfig `yaml:"-"`
	Type          string `yaml:"-" json:"type"`
}

// DecodeYAML reads a mapping with type, or the bare name of a feature.
func (a *AnyFeature) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	names := make([]string, len(FeatureKinds))
	for i, k := range FeatureKinds {
		names[i] = k.Name
	}
	return doc.DecodeVariant(n, "feature", names, func(kind string) any {
		for _, k := range FeatureKinds {
			if k.Name == kind {
				a.FeatureConfig, a.Type = k.New(), kind
			}
		}
		return a.FeatureConfig
	}, nil)
}

// Kinds are the features, for the schema.
func (*AnyFeature) Kinds() []yamlfile.Kind {
	var out []yamlfile.Kind
	for _, k := range FeatureKinds {
		out = append(out, yamlfile.Kind{Name: k.Name, Doc: k.Doc, Config: k.New()})
	}
	return out
}

// Common is nil: features share no keys.
func (*AnyFeature) Common() any { return nil }

// key tells apart features that are configured differently.
func (a AnyFeature) key() string {
	text, err := json.Marshal(a.FeatureConfig)
	if err != nil {
		panic("policies: a feature's keys do not marshal: " + err.Error()) // words and numbers only
	}
	return a.Type + string(text)
}

// A representation is several features side by side.
type representation struct{ features []Feature }

// represent builds features as parts of an owner. Policies that are fitted on the
// same outcomes share what is fitted.
func represent(in Inputs, features []AnyFeature) (*representation, error) {
	r := &representation{}
	for i, f := range features {
		if f.FeatureConfig == nil {
			return nil, fieldf([]any{"features", i}, "no feature is given")
		}
		built, err := f.Build(in, fmt.Sprintf("features/%d %s", i, f.Type))
		if err != nil {
			return nil, under(err, "features", i)
		}
		r.features = append(r.features, built)
	}
	if len(r.features) == 0 {
		return nil, fieldf([]any{"features"}, "found no feature, expected at least one of %v", featureNames())
	}
	return r, nil
}

func featureNames() (names []string) {
	for _, k := range FeatureKinds {
		names = append(names, k.Name)
	}
	return names
}

// under leads the path of a FieldError through the keys of an owner; another error is
// blamed on them.
func under(err error, path ...any) error {
	if fe, ok := err.(*FieldError); ok {
		return &FieldError{Path: append(path, fe.Path...), Msg: fe.Msg, Outage: fe.Outage}
	}
	return fieldf(path, "%v", err)
}

func (r *representation) table(ctx context.Context, qs *waymark.Queries) (*learn.Table, error) {
	var parts []*learn.Table
	for _, f := range r.features {
		t, err := f.Table(ctx, qs)
		if err != nil {
			return nil, err
		}
		parts = append(parts, t)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return learn.Concatenate(parts...), nil
}

// charge adds what features cost, such as embeddings that are bought.
func (r *representation) charge(qs *waymark.Queries, spent []waymark.Spending) {
	for i := range spent {
		spent[i] = waymark.Spending{Cost: waymark.Paid(0)}
	}
	for _, f := range r.features {
		c, ok := f.(interface {
			Charge(*waymark.Queries, []waymark.Spending)
		})
		if !ok {
			continue
		}
		own := make([]waymark.Spending, len(spent))
		c.Charge(qs, own)
		for i := range spent {
			spent[i].Cost = spent[i].Cost.Plus(own[i].Cost)
			spent[i].Latency += own[i].Latency
		}
	}
}

// prompts gives the text of each query.
func prompts(qs *waymark.Queries) func(int) string {
	return func(i int) string { return waymark.Prompt(qs.Conversation(i)) }
}
