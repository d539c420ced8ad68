package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var claims = []string{"two-year warranty", "made from recycled steel", "folds flat", "ships in one day", "weighs under a kilo", "repairs are free", "runs for nine hours", "dishwasher safe"}

func slogan(r *rand.Rand, level int) item {
	texts := distinct(r, claims, 1+level)
	return needles(r, level, fmt.Sprintf("Write a short advertisement for our new %s. It must use each of these phrases word for word: %s.", pick(r, goods), strings.Join(texts, ", ")), append(texts, pad(texts)...))
}

// pad makes sure that there are two needles.
func pad(texts []string) []string {
	if len(texts) > 1 {
		return nil
	}
	return []string{"order today"}
}

func apology(r *rand.Rand, level int) item {
	name, thing := pick(r, people), pick(r, goods)
	texts := append([]string{"Dear " + name, thing}, distinct(r, []string{"full refund", "within five days", "order number", "our mistake", "a new delivery date", "free of charge"}, level-1)...)
	return needles(r, level, fmt.Sprintf("Write an apology to %s, whose %s came late. Begin with the words Dear %s, and mention word for word: %s.", name, thing, name, strings.Join(texts[1:], ", ")), texts)
}

func headline(r *rand.Rand, level int) item {
	city := pick(r, cities)
	texts := append([]string{city, pick(r, []string{"tram", "bridge", "library", "market"})}, distinct(r, []string{"opens on Monday", "after ten years", "cost doubled", "residents divided", "first of its kind"}, level/2)...)
	return needles(r, level, fmt.Sprintf("Write a news headline and a first sentence for a local paper. They must contain, word for word: %s.", strings.Join(texts, ", ")), texts)
}

func summary(r *rand.Rand, level int) item {
	var b strings.Builder
	var texts []string
	for range 1 + level {
		who, what := pick(r, people), pick(r, goods)
		n := 10 + r.IntN(90)
		fmt.Fprintf(&b, "%s reported that %d %s were checked in %s and that the rest will follow next week. ", who, n, what, pick(r, cities))
		texts = append(texts, fmt.Sprintf("%s checked %d %s", who, n, what))
	}
	texts = texts[:max(2, len(texts))]
	return needles(r, level, "Summarise the minutes below. For every report use a clause of the form NAME checked NUMBER THING.\n\n"+b.String(), texts)
}
