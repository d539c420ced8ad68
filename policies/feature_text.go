package policies

import (
	"context"
	"fmt"

	"waymark"
	"waymark/internal/learn"
)

// WordGrams are TF-IDF weights of hashed word n-grams.
type WordGrams struct {
	Longest int `yaml:"longest" json:"longest,omitempty" doc:"words in the longest n-gram, from 1; default 2"`
	Bits    int `yaml:"bits" json:"bits,omitempty" doc:"n-grams are hashed to 2^bits buckets, of which those get a column that were seen in fitting; default 18"`
}

// CharacterGrams are TF-IDF weights of hashed n-grams of the characters of words.
type CharacterGrams struct {
	Shortest int `yaml:"shortest" json:"shortest,omitempty" doc:"characters in the shortest n-gram; default 3"`
	Longest  int `yaml:"longest" json:"longest,omitempty" doc:"characters in the longest n-gram; default 5"`
	Bits     int `yaml:"bits" json:"bits,omitempty" doc:"n-grams are hashed to 2^bits buckets, of which those get a column that were seen in fitting; default 18"`
}

// TextSVD is the truncated singular value decomposition of TF-IDF weights of words and
// characters.
type TextSVD struct {
	Components int `yaml:"components" json:"components,omitempty" doc:"columns of the embedding; default 64, fewer where the texts that were fitted on have fewer"`
}

// Build fits the n-grams that there are.
func (c *WordGrams) Build(in Inputs, part string) (Feature, error) {
	if c.Longest < 0 || c.Longest > 4 {
		return nil, fieldf([]any{"longest"}, "found %d words, expected 1 to 4", c.Longest)
	}
	if err := checkBits(c.Bits); err != nil {
		return nil, err
	}
	return grams(in, part, learn.TextOptions{Words: [2]int{1, or(c.Longest, 2)}, Bits: c.Bits, Sublinear: true})
}

// Build fits the n-grams that there are.
func (c *CharacterGrams) Build(in Inputs, part string) (Feature, error) {
	lo, hi := or(c.Shortest, 3), or(c.Longest, 5)
	if lo < 1 || hi > 8 || lo > hi {
		return nil, fieldf([]any{"longest"}, "found n-grams of %d to %d characters, expected 1 to 8", lo, hi)
	}
	if err := checkBits(c.Bits); err != nil {
		return nil, err
	}
	return grams(in, part, learn.TextOptions{Characters: [2]int{lo, hi}, Bits: c.Bits, Sublinear: true})
}

func checkBits(bits int) error {
	if bits != 0 && (bits < 8 || bits > 22) {
		return fieldf([]any{"bits"}, "found %d, expected 8 to 22", bits)
	}
	return nil
}

// or is x, or a default where x is 0.
func or(x, otherwise int) int {
	if x == 0 {
		return otherwise
	}
	return x
}

func grams(in Inputs, part string, o learn.TextOptions) (Feature, error) {
	text, err := learned(in, part, func(out *waymark.Outcomes) (*learn.Text, error) {
		return memoised(in.Learning.Memo, fmt.Sprintf("text %+v", o), func() (*learn.Text, error) {
			return o.Fit(in.context(), out.Len(), prompts(out.Queries))
		})
	})
	if err != nil {
		return nil, err
	}
	return textFeature{text}, nil
}

type textFeature struct{ text *learn.Text }

func (f textFeature) Table(_ context.Context, qs *waymark.Queries) (*learn.Table, error) {
	return f.text.Table(qs.Len(), prompts(qs)), nil
}

// Build fits the n-grams and their decomposition.
func (c *TextSVD) Build(in Inputs, part string) (Feature, error) {
	if c.Components < 0 || c.Components > 1024 {
		return nil, fieldf([]any{"components"}, "found %d, expected 1 to 1024", c.Components)
	}
	f, err := learned(in, part, func(out *waymark.Outcomes) (*svdFeature, error) {
		return memoised(in.Learning.Memo, fmt.Sprintf("svd %d seed %d", c.Components, in.Seed), func() (*svdFeature, error) {
			return fitSVD(in.context(), out, or(c.Components, 64), in.Seed)
		})
	})
	if err != nil {
		return nil, err
	}
	if f.Text == nil || f.SVD == nil || f.Text.Cols() != f.SVD.Cols {
		return nil, fmt.Errorf("the saved state of the embedding does not fit together")
	}
	return f, nil
}

// An svdFeature is what the built-in embedding is fitted to.
type svdFeature struct {
	Text *learn.Text `json:"text"`
	SVD  *learn.SVD  `json:"svd"`
}

// svdTexts are the n-grams that the built-in embedding is made of. What only one or
// two texts have says little of what texts have in common;
// of a few texts, all is kept.
var svdTexts = learn.TextOptions{Words: [2]int{1, 2}, Characters: [2]int{3, 4}, Bits: 16, Sublinear: true, MinTexts: 3}

func fitSVD(ctx context.Context, out *waymark.Outcomes, components int, seed uint64) (*svdFeature, error) {
	texts := svdTexts
	texts.MinTexts = min(texts.MinTexts, 1+out.Len()/20)
	text, err := texts.Fit(ctx, out.Len(), prompts(out.Queries))
	if err != nil {
		return nil, err
	}
	svd, err := learn.SVDOptions{Components: components, Seed: seed}.Fit(ctx, text.Table(out.Len(), prompts(out.Queries)))
	return &svdFeature{text, svd}, err
}

func (f *svdFeature) Table(_ context.Context, qs *waymark.Queries) (*learn.Table, error) {
	return f.SVD.Project(f.Text.Table(qs.Len(), prompts(qs))), nil
}

// PromptStatistics are lengths, counts and shares of the prompt, standardised.
type PromptStatistics struct{}

// Build fits means and deviations.
func (*PromptStatistics) Build(in Inputs, part string) (Feature, error) {
	s, err := learned(in, part, func(out *waymark.Outcomes) (*learn.Statistics, error) {
		return memoised(in.Learning.Memo, "statistics", func() (*learn.Statistics, error) {
			return learn.FitStatistics(in.context(), out.Len(), prompts(out.Queries))
		})
	})
	if err != nil {
		return nil, err
	}
	return statisticsFeature{s}, nil
}

type statisticsFeature struct{ s *learn.Statistics }

func (f statisticsFeature) Table(_ context.Context, qs *waymark.Queries) (*learn.Table, error) {
	return f.s.Table(qs.Len(), prompts(qs)), nil
}

func (f statisticsFeature) names() []string { return f.s.Names }
