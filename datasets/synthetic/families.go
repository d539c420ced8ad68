package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A family builds items of one kind; the level scales their length.
type family func(r *rand.Rand, level int) item

var families = [6][]family{
	writing:    {slogan, apology, headline, summary},
	coding:     {loopOutput, bugLine, complexity, sliceOutput},
	analysis:   {tableTotal, percentChange, outlier, trend},
	extraction: {invoice, logLine, contact, shipment},
	reasoning:  {shopping, schedule, ordering, ages},
	routine:    {sentiment, routeTicket, conversion, language},
}

var (
	people  = []string{"Ana", "Ben", "Chloe", "Dmitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jonas"}
	goods   = []string{"lamps", "chairs", "notebooks", "kettles", "helmets", "tents", "speakers", "jackets"}
	cities  = []string{"Lyon", "Porto", "Graz", "Malmo", "Turin", "Ghent", "Brno", "Cork"}
	hedges  = []string{"If anything is unclear, decide what a careful colleague would do.", "Mind that some figures may be given twice.", "Part of the material is not needed."}
	numeric = `"numeric"`
	equals  = `"equals"`
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// distinct picks n different ones.
func distinct[T any](r *rand.Rand, from []T, n int) []T {
	out := make([]T, 0, n)
	for _, i := range r.Perm(len(from))[:min(n, len(from))] {
		out = append(out, from[i])
	}
	return out
}

// hedge adds the words that hard tasks tend to carry.
func hedge(r *rand.Rand, level int, prompt string) string {
	if level > 3+r.IntN(3) {
		return prompt + " " + pick(r, hedges)
	}
	return prompt
}

// number is an item whose answer is a number; a mistake is off by a little.
func number(r *rand.Rand, level int, prompt string, answer int) item {
	return item{
		prompt: hedge(r, level, prompt), reference: []string{fmt.Sprint(answer)}, grader: numeric,
		wrong: func(r *rand.Rand) string {
			off := 1 + r.IntN(9)
			if r.IntN(2) == 0 {
				off *= 10
			}
			if r.IntN(2) == 0 && answer > off {
				off = -off
			}
			return fmt.Sprint(answer + off)
		},
	}
}

// letters is a multiple-choice item; the answer is the letter of options[right].
func letters(r *rand.Rand, level int, prompt string, options []string, right int) item {
	var b strings.Builder
	b.WriteString(hedge(r, level, prompt))
	for i, o := range options {
		fmt.Fprintf(&b, "\n%c) %s", 'A'+i, o)
	}
	return item{
		prompt: b.String(), reference: []string{string(rune('A' + right))}, grader: `{"type":"choice","letters":"ABCDEF"}`,
		wrong: func(r *rand.Rand) string { return string(rune('A' + (right+1+r.IntN(len(options)-1))%len(options))) },
	}
}

// exact is an item whose whole answer is compared; others are plausible mistakes.
func exact(r *rand.Rand, level int, prompt, answer string, others []string) item {
	return item{
		prompt: hedge(r, level, prompt), reference: []string{answer}, grader: equals,
		wrong: func(r *rand.Rand) string {
			for {
				if o := pick(r, others); !strings.EqualFold(o, answer) {
					return o
				}
			}
		},
	}
}

// needles is a writing item that must contain every one of several texts.
func needles(r *rand.Rand, level int, prompt string, texts []string) item {
	parts := make([]item, 0, len(texts))
	if level >= 4 {
		for _, n := range texts[:2] {
			parts = append(parts, item{prompt: "Write one sentence that mentions " + n + ".", reference: []string{n}, grader: `"icontains"`})
		}
	}
	return item{
		prompt: hedge(r, level, prompt), reference: texts, grader: `"contains-all"`, parts: parts,
		wrong: func(r *rand.Rand) string {
			out := "Here is a text that does what you ask for: "
			skip := r.IntN(len(texts))
			for i, t := range texts {
				if i != skip {
					out += t + "; "
				}
			}
			return out
		},
	}
}
