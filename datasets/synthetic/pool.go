package synthetic

import "waymark"

// A Model is one of the made-up pool.
type Model struct {
	ID            waymark.ModelID
	Input, Output float64    // USD per million tokens
	Speed         float64    // output tokens a second
	First         float64    // milliseconds to the first token
	Skill         [6]float64 // by category, on the scale of difficulty
	style         style
}

// Pool is the six models: price points and speeds are typical of a small, a fast, a
// code, a general, a large and a reasoning model.
var Pool = [6]Model{
	{ID: "pebble-mini", Input: 0.05, Output: 0.20, Speed: 220, First: 140, Skill: [6]float64{0.3, -0.9, -0.6, 0.7, -1.2, 1.9}, style: terse},
	{ID: "brook-fast", Input: 0.15, Output: 0.60, Speed: 160, First: 220, Skill: [6]float64{0.9, 0.0, 0.3, 1.4, -0.3, 2.2}, style: plain},
	{ID: "forge-code", Input: 0.30, Output: 1.20, Speed: 120, First: 260, Skill: [6]float64{0.1, 2.0, 0.6, 0.6, 0.4, 1.3}, style: plain},
	{ID: "meadow-large", Input: 1.00, Output: 4.00, Speed: 80, First: 380, Skill: [6]float64{1.3, 0.7, 1.0, 1.3, 0.5, 2.0}, style: chatty},
	{ID: "summit-pro", Input: 2.50, Output: 10.00, Speed: 65, First: 480, Skill: [6]float64{2.3, 2.1, 2.2, 2.3, 1.6, 2.7}, style: chatty},
	{ID: "summit-deep", Input: 2.50, Output: 10.00, Speed: 90, First: 900, Skill: [6]float64{2.2, 2.7, 2.6, 2.2, 2.8, 2.6}, style: thinking},
}

// Weak and Strong are the pair that the demo's swept policies choose between.
const (
	Weak   waymark.ModelID = "brook-fast"
	Strong waymark.ModelID = "summit-pro"
)

// Categories are what people route by, with their shares.
var Categories = [6]string{"writing", "coding", "analysis", "extraction", "reasoning", "routine"}

var shares = [6]float64{0.15, 0.18, 0.15, 0.17, 0.15, 0.20}

const (
	writing = iota
	coding
	analysis
	extraction
	reasoning
	routine
)
