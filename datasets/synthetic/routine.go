package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func sentiment(r *rand.Rand, level int) item {
	options := []string{"positive", "negative", "neutral"}
	texts := [3][]string{
		{"Arrived early and works perfectly.", "Exactly what I hoped for.", "Best purchase this year."},
		{"Broke on the second day.", "Support never wrote back.", "I want my money back."},
		{"It is a box with four sides.", "Delivered on a Tuesday.", "The manual has ten pages."},
	}
	k := r.IntN(3)
	text := strings.Join(distinct(r, texts[k], 1+level/3), " ")
	return exact(r, level, "Is this review positive, negative or neutral? Answer with one word.\n\n"+text, options[k], options)
}

func routeTicket(r *rand.Rand, level int) item {
	options := []string{"billing", "shipping", "returns", "technical"}
	texts := []string{"I was charged twice for my order.", "My parcel has not moved for a week.", "The size is wrong and I would like to send it back.", "The app closes when I open my profile."}
	k := r.IntN(4)
	filler := strings.Repeat(" I have been a customer for years.", level/2)
	return letters(r, level, "Which team should get this ticket? \""+texts[k]+filler+"\"", options, k)
}

func conversion(r *rand.Rand, level int) item {
	n := 2 + r.IntN(40)
	units := []struct {
		from, to string
		factor   int
	}{{"hours", "minutes", 60}, {"kilometres", "metres", 1000}, {"dozens", "pieces", 12}, {"weeks", "days", 7}}
	u := pick(r, units)
	extra := r.IntN(10) * (level / 3)
	prompt := fmt.Sprintf("How many %s are %d %s", u.to, n, u.from)
	if extra > 0 {
		prompt += fmt.Sprintf(" and another %d %s", extra, u.to)
	}
	return number(r, level, prompt+"?", n*u.factor+extra)
}

func language(r *rand.Rand, level int) item {
	options := []string{"German", "French", "Spanish", "Italian"}
	texts := []string{"Wo ist der Bahnhof?", "Où est la gare ?", "¿Dónde está la estación?", "Dov'è la stazione?"}
	k := r.IntN(4)
	return exact(r, level, "In which language is this sentence? Answer with the language alone.\n\n"+texts[k], options[k], options)
}
