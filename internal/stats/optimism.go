package stats

// Optimism is by how much the mean of the series that is picked for having the greatest
// mean flatters it: the winner's curse. In each draw d of what the means may be off by
// together, the greatest of mean + d is picked and its own d is what it owes to luck;
// the average of that is the bootstrap's estimate of the bias (Efron 1983; Tibshirani
// and Tibshirani 2009), in its parametric form under the joint normal limit. Two
// means with a difference of δ and a standard error θ of it have θ·φ(δ/θ).
//
// The means themselves stand for the truth, and they lie further apart than the truth
// does, so that where all are about equal the estimate is too small rather than too
// large. One series alone has no optimism.
func (j *Joint) Optimism(seed uint64) float64 {
	if len(j.Means) < 2 {
		return 0
	}
	sum := 0.0
	for _, d := range j.Deviations(draws, seed) {
		best := 0
		for k := range j.Means {
			if j.Means[k]+d[k] > j.Means[best]+d[best] {
				best = k
			}
		}
		sum += d[best]
	}
	return sum / draws
}
