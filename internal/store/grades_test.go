package store

import (
	"crypto/sha256"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"waymark"
)

func TestGradesComeBack(t *testing.T) {
	db := openTemp(t)
	var keys []GradeKey
	var grades []waymark.Grade
	for i := range keysPerQuery + 10 {
		keys = append(keys, sha256.Sum256([]byte(strconv.Itoa(i))))
		grades = append(grades, waymark.Grade{
			Score: float64(i%3) / 2, Status: waymark.GradeStatus(1 + i%3), Extracted: strconv.Itoa(i), Why: "made up",
			Cost: waymark.Cost{USD: waymark.USD(i), Known: i > 0},
		})
		if grades[i].Status == waymark.Failed {
			grades[i].Score = math.NaN()
		}
	}
	if got, err := db.Grades(t.Context(), keys[:2]); err != nil || got[0].Status != 0 {
		t.Fatalf("an empty memo gives %v, %v", got, err)
	}
	must(t, db.PutGrades(t.Context(), "numeric@1", keys[1:], grades[1:]))
	got, err := db.Grades(t.Context(), keys)
	must(t, err)
	want := append([]waymark.Grade{{}}, grades[1:]...)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("grades (-put +got):\n%s", diff)
	}
}

func TestTheFirstGradeStays(t *testing.T) {
	db := openTemp(t)
	keys := []GradeKey{{1}, {1}}
	must(t, db.PutGrades(t.Context(), "judge@1", keys, []waymark.Grade{{Score: 1, Status: waymark.Graded}, {Score: 0, Status: waymark.Graded}}))
	must(t, db.PutGrades(t.Context(), "judge@1", keys[:1], []waymark.Grade{{Score: 0.5, Status: waymark.Graded}}))
	got, err := db.Grades(t.Context(), keys)
	must(t, err)
	if got[0].Score != 1 || got[1].Score != 1 {
		t.Errorf("grades are %v, want the first that was put", got)
	}
	if err := db.PutGrades(t.Context(), "judge@1", keys[:1], []waymark.Grade{{}}); !Invalid.Is(err) {
		t.Errorf("a grade without a status gives %v", err)
	}
}

// The memo is a map that forgets nothing, whatever the order of puts and gets.
func TestGradesAreAMap(t *testing.T) {
	db := openTemp(t)
	var round byte
	rapid.Check(t, func(rt *rapid.T) {
		round++ // each with keys of its own
		model := map[GradeKey]waymark.Grade{}
		draw := rapid.Custom(func(rt *rapid.T) GradeKey { return GradeKey{0: round, 31: rapid.Byte().Draw(rt, "key")} })
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			put := rapid.SliceOf(draw).Draw(rt, "put")
			grades := make([]waymark.Grade, len(put))
			for i, k := range put {
				grades[i] = waymark.Grade{Score: rapid.Float64Range(0, 1).Draw(rt, "score"), Status: waymark.Graded}
				if _, ok := model[k]; !ok {
					model[k] = grades[i]
				}
			}
			must(t, db.PutGrades(t.Context(), "g", put, grades))
			ask := rapid.SliceOf(draw).Draw(rt, "ask")
			got, err := db.Grades(t.Context(), ask)
			must(t, err)
			for i, k := range ask {
				if got[i] != model[k] {
					rt.Fatalf("key %x has %v, want %v", k[31], got[i], model[k])
				}
			}
		}
	})
}
