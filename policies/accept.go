package policies

import (
	"context"
	"errors"
	"fmt"
	"math"

	"waymark"
	"waymark/internal/yamlfile"

	"go.yaml.in/yaml/v3"
)

// An Acceptor rates an answer that a cascade got. Higher means more acceptable,
// whatever the acceptor.
type Acceptor interface {
	// Accept rates the answer of a call that did not fail. It may make calls through
	// the trial, which are charged. What it gives depends on the query, the call, the
	// trial's seed and repeat alone; what is not finite is an answer that could not be
	// rated, and fails the row. The call carries no grade.
	Accept(ctx context.Context, t *waymark.Trial, answer waymark.Call) (float64, error)
}

// An AcceptorKind is a family of acceptors, as a suite names it in type.
type AcceptorKind struct {
	Name string
	Doc  string
	New  func() AcceptorConfig
}

// An AcceptorConfig is what a suite says of one acceptor. models are those whose
// answers it is to rate.
type AcceptorConfig interface {
	Build(in Inputs, models []waymark.ModelID) (Acceptor, error)
}

// AcceptorKinds are the acceptors that a suite can name. To add one, write its file
// and add its line.
var AcceptorKinds = []AcceptorKind{
	{"length", "whether the answer's length lies in a range", func() AcceptorConfig { return new(AcceptLength) }},
	{"patterns", "the answer without refusals, hedges and patterns of one's own", func() AcceptorConfig { return new(AcceptPatterns) }},
	{"confidence", "the model's own confidence, as recorded", func() AcceptorConfig { return new(AcceptConfidence) }},
	{"agreement", "the share of several samples that agree", func() AcceptorConfig { return new(AcceptAgreement) }},
	{"verifier", "what another model says of the answer", func() AcceptorConfig { return new(AcceptVerifier) }},
	{"learned", "a logistic model of the answer's quality, fitted on the tune split", func() AcceptorConfig { return new(AcceptLearned) }},
	{"expr", "an expression over the answer, what it took, and the query", func() AcceptorConfig { return new(AcceptExpr) }},
}

// AnyAcceptor is an acceptor of a suite: its type, and the keys of that type.
type AnyAcceptor struct{ AcceptorConfig }

// DecodeYAML reads a mapping with type, or the bare name of an acceptor.
func (a *AnyAcceptor) DecodeYAML(doc *yamlfile.Doc, n *yaml.Node) error {
	names := make([]string, len(AcceptorKinds))
	for i, k := range AcceptorKinds {
		names[i] = k.Name
	}
	into := func(kind string) any {
		for _, k := range AcceptorKinds {
			if k.Name == kind {
				a.AcceptorConfig = k.New()
			}
		}
		return a.AcceptorConfig
	}
	return doc.DecodeVariant(n, "acceptor", names, into, nil)
}

func (a AnyAcceptor) build(in Inputs, models []waymark.ModelID) (Acceptor, error) {
	if a.AcceptorConfig == nil {
		return nil, fieldf([]any{"accept"}, "no acceptor is given")
	}
	x, err := a.Build(in.within("accept"), models)
	if fe, ok := err.(*FieldError); ok {
		return nil, &FieldError{Path: append([]any{"accept"}, fe.Path...), Msg: fe.Msg, Outage: fe.Outage}
	}
	return x, err
}

// Kinds are the acceptors, for the schema.
func (*AnyAcceptor) Kinds() []yamlfile.Kind {
	var out []yamlfile.Kind
	for _, k := range AcceptorKinds {
		out = append(out, yamlfile.Kind{Name: k.Name, Doc: k.Doc, Config: k.New()})
	}
	return out
}

// Common is nil: acceptors share no keys.
func (*AnyAcceptor) Common() any { return nil }

// errNoText is why an answer cannot be rated by its text.
var errNoText = errors.New("the acceptor reads the answer, and no text of it is recorded")

// acceptText is an acceptor that rates the text of an answer alone.
type acceptText func(text string) float64

func (f acceptText) Accept(_ context.Context, _ *waymark.Trial, c waymark.Call) (float64, error) {
	if !c.HasOutput {
		return 0, errNoText
	}
	return f(c.Output), nil
}

// rated is an acceptor's score if it is one to decide by.
func rated(x float64, err error) (float64, error) {
	switch {
	case err != nil:
		return 0, fmt.Errorf("the answer could not be rated: %w", err)
	case math.IsNaN(x) || math.IsInf(x, 0):
		return 0, errors.New("the answer could not be rated: the acceptor gives no finite number")
	}
	return x, nil
}
