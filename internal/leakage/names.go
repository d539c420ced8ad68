package leakage

import (
	"cmp"
	"slices"
)

// AlikeIDs are the ids that differ only in case, white space or invisible
// characters, by sets, in the order of ids.
func AlikeIDs(ids []string) [][]int {
	return repeated(len(ids), func(i int) string { return string(fold(ids[i], nil)) })
}

// repeated are the positions that share a key with another, by key.
func repeated(n int, key func(int) string) (sets [][]int) {
	first := make(map[string]int32, n)
	more := map[string][]int{}
	for i := range n {
		k := key(i)
		if f, ok := first[k]; !ok {
			first[k] = int32(i)
		} else if more[k] = append(more[k], i); len(more[k]) == 1 {
			more[k] = []int{int(f), i}
		}
	}
	for _, set := range more {
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	return sets
}

// Conflicts are the sets of tasks with the same question that do not have the same
// references. The question is the whole of what a model is asked, compared as it is; its digest will do. Tasks without a
// reference take no part.
func Conflicts(questions []string, references [][]string) (sets [][]int) {
	for _, set := range repeated(len(questions), func(i int) string { return questions[i] }) {
		set = slices.DeleteFunc(set, func(i int) bool { return len(references[i]) == 0 })
		if len(set) < 2 {
			continue
		}
		want := sorted(references[set[0]])
		if slices.ContainsFunc(set[1:], func(i int) bool { return !slices.Equal(sorted(references[i]), want) }) {
			sets = append(sets, set)
		}
	}
	return sets
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}

// Straddling are the groups that have tasks on both sides, by name, with the number
// of those on the test side.
func Straddling(groups []string, side []Side) map[string]int {
	var on [3]map[string]int
	for k := range on {
		on[k] = map[string]int{}
	}
	for i, g := range groups {
		if g != "" {
			on[side[i]][g]++
		}
	}
	out := map[string]int{}
	for g, n := range on[Test] {
		if on[Tune][g] > 0 {
			out[g] = n
		}
	}
	return out
}
