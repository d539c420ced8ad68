package demo

import (
	"math"
	"time"

	"waymark"
)

// The made-up routers whose decisions are recorded.
const (
	// NightOwl scores how much a task needs the strong model instead of the weak
	// one. Score is its estimate of the probability that Weak is wrong and Strong right.
	NightOwl = "night-owl"
	// HarbourMaster chooses among all six models: the cheapest that it believes to
	// be right often enough.
	HarbourMaster = "harbour-master"
)

// Weak and Strong are the pair between which the demo's routers choose.
const (
	Weak   waymark.ModelID = "brook-8b"
	Strong waymark.ModelID = "summit-large"
)

// How well the routers read difficulty, as the standard deviation of their error
// in logits, and what deciding costs.
const (
	nightOwlError      = 1.8
	harbourMasterError = 2.0
	nightOwlPrice      = waymark.USD(4_000_000) // $0.000004
	harbourMasterPrice = waymark.USD(9_000_000) // $0.000009
)

// nightOwl knows the skill of both models and misreads the difficulty.
func nightOwl(id string, l *latent, c *chance) waymark.Verdict {
	seen := *l
	seen.difficulty += float64(nightOwlError * c.bell())
	need := (1 - seen.right(brook)) * seen.right(summit)
	return waymark.Verdict{
		Task: id, Policy: NightOwl,
		Score:   math.Round(need*1e4) / 1e4,
		Latency: time.Duration(c.between(9_000, 28_000)) * time.Microsecond,
		Cost:    waymark.Paid(nightOwlPrice),
	}
}

// HarbourMaster asks for a probability of being right of goodEnough, and of the
// strong model for less, before it pays for the reasoner.
const (
	goodEnough   = 0.75
	nearlyEnough = 0.35
)

// harbourMaster misreads the difficulty more, and forgoes the reasoner where the
// strong model will nearly do.
func harbourMaster(id string, l *latent, c *chance) waymark.Verdict {
	seen := *l
	seen.difficulty += float64(harbourMasterError * c.bell())
	choice := reasoner
	for m := range models {
		if seen.right(m) >= goodEnough {
			choice = m
			break
		}
	}
	if choice == reasoner && seen.right(summit) >= nearlyEnough {
		choice = summit
	}
	return waymark.Verdict{
		Task: id, Policy: HarbourMaster, Model: pool[choice].ID, Score: math.NaN(),
		Latency: time.Duration(c.between(20_000, 60_000)) * time.Microsecond,
		Cost:    waymark.Paid(harbourMasterPrice),
	}
}
