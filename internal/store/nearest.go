package store

// nearest is the candidate with the least edit distance to name: the first of
// several. There must be one.
func nearest(candidates []string, name string) string {
	best, least := candidates[0], distance(candidates[0], name)
	for _, c := range candidates[1:] {
		if d := distance(c, name); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the least number of bytes to insert, delete or replace to make b
// of a (Levenshtein).
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diagonal := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = prev[j+1]
			prev[j+1] = min(replaced, prev[j]+1, prev[j+1]+1)
		}
	}
	return prev[len(b)]
}
