package curve_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"waymark/internal/curve"
)

// drawSteps is a small sweep with ties, several steps a task, weights and groups.
func drawSteps(t *rapid.T, weighted, grouped bool) *curve.Steps {
	s := &curve.Steps{Start: []int{0}}
	n := rapid.IntRange(1, 12).Draw(t, "tasks")
	for range n {
		knobs := rapid.SliceOfNDistinct(rapid.IntRange(-2, 4), 0, 3, rapid.ID[int]).Draw(t, "knobs")
		slices.Sort(knobs)
		s.From = append(s.From, math.Inf(-1))
		for _, k := range knobs {
			s.From = append(s.From, float64(k)/2)
		}
		for range len(knobs) + 1 {
			s.Quality = append(s.Quality, float64(rapid.IntRange(0, 4).Draw(t, "quality"))/4)
			s.Cost = append(s.Cost, float64(rapid.IntRange(0, 9).Draw(t, "cost"))/8)
			s.Strong = append(s.Strong, rapid.Bool().Draw(t, "strong"))
		}
		s.Start = append(s.Start, len(s.From))
		if weighted {
			s.Weights = append(s.Weights, float64(rapid.IntRange(1, 4).Draw(t, "weight"))/2)
		}
		if grouped {
			s.Groups = append(s.Groups, int32(rapid.IntRange(0, n-1).Draw(t, "group")))
		}
	}
	return s
}

// rerun is the point at a knob by evaluating every task there, and the standard
// error of its quality by the definition.
func rerun(s *curve.Steps, x float64) (p curve.Point) {
	n, units := 0.0, map[int32][2]float64{}
	for i := range s.Tasks() {
		k := s.Start[i]
		for k+1 < s.Start[i+1] && s.From[k+1] <= x {
			k++
		}
		w, g := 1.0, int32(i)
		if s.Weights != nil {
			w = s.Weights[i]
		}
		if s.Groups != nil {
			g = s.Groups[i]
		}
		n += w
		p.Quality += w * s.Quality[k]
		p.Cost += w * s.Cost[k]
		if s.Strong[k] {
			p.Share += w
		}
		units[g] = [2]float64{units[g][0] + w*s.Quality[k], units[g][1] + w}
	}
	p.Quality, p.Cost, p.Share = p.Quality/n, p.Cost/n, p.Share/n
	ss := 0.0
	for _, u := range units {
		ss += math.Pow(u[0]-u[1]*p.Quality, 2)
	}
	g := float64(len(units))
	p.QualityError = math.Sqrt(g/(g-1)*ss) / n
	return p
}

// The law of the sweep: at, between and just below every breakpoint it is what
// running every task there gives.
func TestSweepEqualsRerunning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weighted, grouped := rapid.Bool().Draw(t, "weighted"), rapid.Bool().Draw(t, "grouped")
		s := drawSteps(t, weighted, grouped)
		if grouped { // groups are dense
			ids := map[int32]int32{}
			for i, g := range s.Groups {
				if _, ok := ids[g]; !ok {
					ids[g] = int32(len(ids))
				}
				s.Groups[i] = ids[g]
			}
		}
		c, err := curve.Sweep(s)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range c {
			hi := math.Inf(1)
			if i+1 < len(c) {
				hi = c[i+1].Knob
			}
			for _, x := range []float64{p.Knob, math.Nextafter(hi, math.Inf(-1)), (math.Max(p.Knob, -9) + math.Min(hi, 9)) / 2} {
				want := rerun(s, x)
				if math.Abs(p.Quality-want.Quality) > 1e-12 || math.Abs(p.Cost-want.Cost) > 1e-12 || math.Abs(p.Share-want.Share) > 1e-12 {
					t.Fatalf("at %g: swept %+v, rerun %+v", x, p, want)
				}
				if !math.IsNaN(want.QualityError) && math.Abs(p.QualityError-want.QualityError) > 1e-7 {
					t.Fatalf("at %g: standard error %g, by definition %g", x, p.QualityError, want.QualityError)
				}
			}
		}
	})
}

func TestDuplicatingTheDatasetMovesNoPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSteps(t, false, false)
		twice := &curve.Steps{Start: slices.Clone(s.Start)}
		for _, k := range s.Start[1:] {
			twice.Start = append(twice.Start, len(s.From)+k)
		}
		twice.From = append(slices.Clone(s.From), s.From...)
		twice.Quality = append(slices.Clone(s.Quality), s.Quality...)
		twice.Cost = append(slices.Clone(s.Cost), s.Cost...)
		twice.Strong = append(slices.Clone(s.Strong), s.Strong...)
		one, _ := curve.Sweep(s)
		two, _ := curve.Sweep(twice)
		if len(one) != len(two) {
			t.Fatalf("%d points and %d", len(one), len(two))
		}
		for i := range one {
			if one[i].Knob != two[i].Knob || math.Abs(one[i].Quality-two[i].Quality) > 1e-12 || math.Abs(one[i].Cost-two[i].Cost) > 1e-12 {
				t.Fatalf("point %d moves: %+v, %+v", i, one[i], two[i])
			}
		}
	})
}

func TestSweepRefusesWhatIsNotANumber(t *testing.T) {
	good := func() *curve.Steps {
		return &curve.Steps{Start: []int{0, 2}, From: []float64{math.Inf(-1), 1}, Quality: []float64{1, 0}, Cost: []float64{1, 0}, Strong: []bool{true, false}}
	}
	if _, err := curve.Sweep(good()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*curve.Steps){
		"knob":    func(s *curve.Steps) { s.From[1] = math.NaN() },
		"quality": func(s *curve.Steps) { s.Quality[0] = math.NaN() },
		"cost":    func(s *curve.Steps) { s.Cost[1] = math.NaN() },
		"order":   func(s *curve.Steps) { s.From[1] = math.Inf(-1) },
		"tasks":   func(s *curve.Steps) { s.Start = []int{0} },
		"columns": func(s *curve.Steps) { s.Strong = nil },
	} {
		s := good()
		spoil(s)
		if _, err := curve.Sweep(s); err == nil {
			t.Errorf("a bad %s passed", name)
		}
	}
}

func TestADominatedModelLeavesTheFrontierAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var spots []curve.Spot
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			spots = append(spots, curve.Spot{Quality: float64(rapid.IntRange(0, 6).Draw(t, "q")), Cost: float64(rapid.IntRange(0, 6).Draw(t, "c"))})
		}
		front := curve.Frontier(spots)
		for i, a := range spots { // by the definition
			dominated := slices.ContainsFunc(spots, func(b curve.Spot) bool {
				return b.Quality >= a.Quality && b.Cost <= a.Cost && b != a
			})
			first := slices.Index(spots, a) == i
			if slices.Contains(front, i) != (!dominated && first) {
				t.Fatalf("spot %d %+v: on the frontier %v, dominated %v", i, a, slices.Contains(front, i), dominated)
			}
		}
		some := spots[rapid.IntRange(0, len(spots)-1).Draw(t, "of")]
		worse := append(slices.Clone(spots), curve.Spot{Quality: some.Quality - 1, Cost: some.Cost + 1})
		if !reflect.DeepEqual(curve.Frontier(worse), front) || !reflect.DeepEqual(curve.Hull(worse), curve.Hull(spots)) {
			t.Fatal("a dominated spot moves the frontier or the hull")
		}
		for i := range spots {
			spots[i].Cost *= 2
		}
		if !reflect.DeepEqual(curve.Frontier(spots), front) {
			t.Fatal("doubling every price moves the frontier")
		}
	})
}

func TestCPTIsNotInterpolated(t *testing.T) {
	c := curve.Curve{{Knob: 0, Quality: 1, Share: 1}, {Knob: 1, Quality: 0.4, Share: 0.75}, {Knob: 2, Quality: 0.6, Share: 0.5}, {Knob: 3, Quality: 0, Share: 0}}
	first, good, ok := c.CPT(0.5)
	if !ok || first != 0.5 || good != 1 {
		t.Errorf("CPT50 is reached first at %g and for good at %g, want 0.5 and 1", first, good)
	}
	if got := c.APGR(); math.Abs(got-(0.5*0.3+0.25*0.5+0.25*0.7)) > 1e-12 {
		t.Errorf("APGR = %g", got)
	}
	if _, _, ok := c.CPT(1.1); ok {
		t.Error("more than the gap is reached")
	}
	flat := curve.Curve{{Quality: 1, Share: 0}, {Quality: 1, Share: 1}}
	if _, _, ok := flat.CPT(0.5); ok || !math.IsNaN(flat.APGR()) {
		t.Error("a gap of 0 has a CPT or an APGR")
	}
}

// big is a threshold sweep of n tasks.
func big(n int) *curve.Steps {
	rng := rand.New(rand.NewPCG(1, 2))
	s := &curve.Steps{Start: make([]int, 1, n+1)}
	for i := range n {
		score := rng.Float64()
		weak, strong := 0.0, 0.0
		if rng.Float64() < 0.8-0.4*score {
			weak = 1
		}
		if rng.Float64() < 0.9-0.1*score {
			strong = 1
		}
		s.From = append(s.From, math.Inf(-1), score)
		s.Quality = append(s.Quality, strong, weak)
		s.Cost = append(s.Cost, 0.02*rng.Float64(), 0.001*rng.Float64())
		s.Strong = append(s.Strong, true, false)
		s.Start = append(s.Start, 2*(i+1))
	}
	return s
}

// A resampled curve without resampling is the curve, and workers change nothing.
func TestBootstrapAgreesWithTheCurve(t *testing.T) {
	s := big(3000)
	c, err := curve.Sweep(s)
	if err != nil {
		t.Fatal(err)
	}
	one, err := curve.Bootstrap(s, 400, 9, 1)
	if err != nil {
		t.Fatal(err)
	}
	many, _ := curve.Bootstrap(s, 400, 9, 3)
	if len(one) != 400 || !reflect.DeepEqual(one, many) {
		t.Fatal("three workers resample otherwise than one")
	}
	var apgr, weak float64
	for _, r := range one {
		apgr += r.APGR / 400
		weak += r.Weak / 400
	}
	near := func(what string, got, want, within float64) {
		if math.Abs(got-want) > within {
			t.Errorf("mean of replicates' %s is %g, of the curve %g", what, got, want)
		}
	}
	near("APGR", apgr, c.APGR(), 0.01)
	near("weak quality", weak, c[len(c)-1].Quality, 0.003)
}

func BenchmarkSweep1e6(b *testing.B) {
	s := big(1_000_000)
	for b.Loop() {
		if _, err := curve.Sweep(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBootstrapCurve1e6x1000(b *testing.B) {
	s := big(1_000_000)
	for b.Loop() {
		if _, err := curve.Bootstrap(s, 1000, 1, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// Both bands, every distinct point, 1,000 replicates and more.
func BenchmarkBands1e6x1000(b *testing.B) {
	s := big(1_000_000)
	c, err := curve.Sweep(s)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if band := curve.SimultaneousBand(s, c, 1000, 0.95, 0); !(band.QualityCritical > 1.9) {
			b.Fatal(band)
		}
	}
}

func BenchmarkAPGRInterval1e6(b *testing.B) {
	s := big(1_000_000)
	c, err := curve.Sweep(s)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		curve.APGRInterval(s, c, 0.95)
	}
}

// Permuting tasks and the number of workers change nothing; the critical value is
// at least that of one point.
func TestBandsAreDeterministic(t *testing.T) {
	s := big(2000)
	for i := range s.Tasks() {
		s.Keys = append(s.Keys, uint64(i)*0x9e3779b97f4a7c15)
	}
	c, err := curve.Sweep(s)
	if err != nil {
		t.Fatal(err)
	}
	one, many := curve.SimultaneousBand(s, c, 256, 0.95, 1), curve.SimultaneousBand(s, c, 256, 0.95, 3)
	if one != many {
		t.Errorf("one worker: %+v, three: %+v", one, many)
	}
	if !(one.QualityCritical > 2.2 && one.QualityCritical < 4 && one.CostCritical > 2.2 && one.CostCritical < 5) {
		t.Errorf("critical values %+v", one)
	}
}

// Few points, one task, equal scores: a reason in place of an interval.
func TestReasonsInPlaceOfIntervals(t *testing.T) {
	for name, s := range map[string]*curve.Steps{"one task": big(1), "five tasks": big(5)} {
		c, err := curve.Sweep(s)
		if err != nil {
			t.Fatal(err)
		}
		if e := curve.APGRInterval(s, c, 0.95); e.Withheld == "" || !math.IsNaN(e.Lo) {
			t.Errorf("%s: APGR %+v", name, e)
		}
		if e, _ := curve.CPTInterval(s, c, 0.5, 0.95); e.Withheld == "" {
			t.Errorf("%s: CPT %+v", name, e)
		}
		if e := curve.AIQInterval(s, c, 0.95, false); e.Withheld == "" {
			t.Errorf("%s: AIQ %+v", name, e)
		}
		if b := curve.SimultaneousBand(s, c, 64, 0.95, 1); !math.IsNaN(b.QualityCritical) {
			t.Errorf("%s: band %+v", name, b)
		}
	}
	level := big(300)
	for k := range level.Quality {
		level.Quality[k] = 0.5
	}
	c, _ := curve.Sweep(level)
	if e := curve.APGRInterval(level, c, 0.95); e.Withheld == "" {
		t.Errorf("no gap: APGR %+v", e)
	}
	if e, reached := curve.CPTInterval(level, c, 0.5, 0.95); reached || e.Withheld == "" {
		t.Errorf("no gap: CPT %+v", e)
	}
}
