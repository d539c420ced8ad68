package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func loopOutput(r *rand.Rand, level int) item {
	x, step := 1+r.IntN(5), 2+r.IntN(4)
	var b strings.Builder
	fmt.Fprintf(&b, "What does this program print?\n\n```go\nx := %d\n", x)
	for range level {
		times := 2 + r.IntN(3)
		add := r.IntN(7)
		fmt.Fprintf(&b, "for i := 0; i < %d; i++ {\n\tx = x + %d*i + %d\n}\n", times, step, add)
		for i := range times {
			x += step*i + add
		}
	}
	b.WriteString("fmt.Println(x)\n```\n")
	return number(r, level, b.String(), x)
}

func sliceOutput(r *rand.Rand, level int) item {
	n := 3 + level
	values := make([]int, n)
	text := make([]string, n)
	sum := 0
	for i := range values {
		values[i] = r.IntN(30)
		text[i] = fmt.Sprint(values[i])
	}
	lo := r.IntN(2)
	hi := n - r.IntN(2)
	for i := lo; i < hi; i++ {
		if values[i]%2 == 0 {
			sum += values[i]
		} else {
			sum -= 1
		}
	}
	return number(r, level, fmt.Sprintf("Work out the value of total.\n\n```python\nvalues = [%s]\ntotal = 0\nfor v in values[%d:%d]:\n    if v %% 2 == 0:\n        total += v\n    else:\n        total -= 1\n```\n", strings.Join(text, ", "), lo, hi), sum)
}

func bugLine(r *rand.Rand, level int) item {
	good := []string{"total += price[i]", "count += 1", "names.append(n)", "if n > limit: break", "seen.add(key)", "result = total / count", "items.sort()"}
	bad := []string{"for i in range(len(price) + 1): use(price[i])", "if count = 0: return", "retrun total", "result == total / count"}
	lines := distinct(r, good, min(3+level, len(good)))
	at := r.IntN(len(lines))
	lines[at] = pick(r, bad)
	var b strings.Builder
	b.WriteString("One of these numbered lines holds a bug that stops the program or reads past the end. Give its number.\n\n")
	for i, l := range lines {
		fmt.Fprintf(&b, "%d: %s\n", i+1, l)
	}
	return number(r, level, b.String(), at+1)
}

func complexity(r *rand.Rand, level int) item {
	options := []string{"constant", "logarithmic", "linear", "linearithmic", "quadratic", "cubic"}
	about := []string{
		"It reads one element by its index and returns it", "It halves the search range of a sorted list until one element is left",
		"It goes through a list once and keeps the largest element", "It sorts a list by merging sorted halves",
		"It compares every element with every other", "It goes through all triples of elements",
	}
	right := r.IntN(len(options))
	extra := strings.Repeat(" The function also logs its name before it starts, once.", level/2)
	return letters(r, level, "A function works like this. "+about[right]+"."+extra+" How does its running time grow with the length of the list?", options, right)
}
