package datasets_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"waymark"
	"waymark/datasets"
)

// logged is a log of three tasks; changes replace text in its files.
func logged(t *testing.T, change ...string) (*datasets.Log, error) {
	t.Helper()
	files := map[string]string{
		"dataset.yaml":    "name: log\nkind: logged\n",
		"tasks.jsonl":     `{"id": "a", "prompt": "p"}` + "\n" + `{"id": "b", "prompt": "q"}` + "\n" + `{"id": "c", "prompt": "r"}` + "\n",
		"responses.jsonl": `{"task": "a", "model": "x", "score": 1}` + "\n" + `{"task": "b", "model": "y", "error": "late"}` + "\n" + `{"task": "c", "model": "x", "score": 0}` + "\n",
		"decisions.jsonl": `{"task": "a", "policy": "live", "model": "x", "propensity": 0.25}` + "\n" +
			`{"task": "b", "policy": "live", "model": "y", "propensities": {"x": 0.5, "y": 0.5, "z": 0}}` + "\n" +
			`{"task": "c", "policy": "live", "model": "x", "propensity": 1}` + "\n",
	}
	for k := 0; k+2 < len(change); k += 3 {
		if !strings.Contains(files[change[k]], change[k+1]) && change[k+1] != "" {
			t.Fatalf("%s does not hold %q", change[k], change[k+1])
		}
		files[change[k]] = strings.Replace(files[change[k]], change[k+1], change[k+2], 1)
	}
	f, err := datasets.Open(folder(t, files))
	if err != nil {
		return nil, err
	}
	return f.Log(t.Context())
}

func TestLog(t *testing.T) {
	l, err := logged(t)
	if err != nil {
		t.Fatal(err)
	}
	if l.Logger != "live" || l.Chosen["a"].Propensity != 0.25 || l.Chosen["b"].Propensity != 0.5 || l.Chosen["b"].Propensities["z"] != 0 || len(l.Chosen) != 3 {
		t.Errorf("%+v", l)
	}
	could := slices.DeleteFunc(slices.Collect(maps.Keys(l.Models)), func(m waymark.ModelID) bool { return !l.Models[m] })
	slices.Sort(could)
	if !slices.Equal(could, []waymark.ModelID{"x", "y"}) || len(l.Models) != 3 {
		t.Errorf("models %v", l.Models)
	}
}

const extra = `{"task": "a", "policy": "other", "score": 0.5}` + "\n"

// The logger is the only recorded policy, or the one that dataset.yaml names.
func TestLoggerAmongSeveral(t *testing.T) {
	if _, err := logged(t, "decisions.jsonl", "", extra); err == nil || !strings.Contains(err.Error(), "dataset.yaml:2:7: found decisions of several policies (live, other), expected logger:") {
		t.Errorf("%v", err)
	}
	l, err := logged(t, "decisions.jsonl", "", extra, "dataset.yaml", "kind: logged\n", "kind: logged\nlogger: live\n")
	if err != nil || l.Logger != "live" {
		t.Errorf("%v %v", l, err)
	}
	if _, err := logged(t, "decisions.jsonl", "", extra, "dataset.yaml", "kind: logged\n", "kind: logged\nlogger: livee\n"); err == nil || !strings.Contains(err.Error(), `dataset.yaml:3:9: found "livee", expected a policy of decisions.jsonl: live, other; did you mean "live"?`) {
		t.Errorf("%v", err)
	}
}

// Every mistake in a log has its place.
func TestLogMistakes(t *testing.T) {
	for want, change := range map[string][]string{
		`decisions.jsonl:1:61: found 0, expected a probability above 0 and at most 1`:         {"decisions.jsonl", `0.25`, `0`},
		`decisions.jsonl:1:61: found 1.5, expected a probability`:                             {"decisions.jsonl", `0.25`, `1.5`},
		`decisions.jsonl:1:1: found no propensity on task "a", expected the probability with`: {"decisions.jsonl", `, "propensity": 0.25`, ``},
		`decisions.jsonl:2:63: found probabilities that sum to 0.8`:                           {"decisions.jsonl", `"x": 0.5`, `"x": 0.3`},
		`decisions.jsonl:2:63: found -0.5 of model "x"`:                                       {"decisions.jsonl", `"x": 0.5`, `"x": -0.5`},
		`decisions.jsonl:2:63: found no probability of model "y", which was chosen`:           {"decisions.jsonl", `"x": 0.5, "y": 0.5`, `"x": 1`},
		`decisions.jsonl:2:61: found 0.2, but propensities give model "y" 0.5`:                {"decisions.jsonl", `"propensities"`, `"propensity": 0.2, "propensities"`},
		`tasks.jsonl:3:1: task "c" has no decision of live`:                                   {"decisions.jsonl", `{"task": "c", "policy": "live", "model": "x", "propensity": 1}` + "\n", ``},
		`decisions.jsonl:3:10: found a second decision of live on task "a" (the first is on`:  {"decisions.jsonl", `"task": "c"`, `"task": "a"`},
		`decisions.jsonl:1:10: found task "q", which tasks.jsonl does not have`:               {"decisions.jsonl", `"task": "a"`, `"task": "q"`},
		`decisions.jsonl:3:1: found a decision on task "c" without a model`:                   {"decisions.jsonl", `"model": "x", "propensity": 1`, `"score": 1`},
		`responses.jsonl:2:24: found "x", expected "y", which live chose for task "b"`:        {"responses.jsonl", `"y"`, `"x"`},
		`responses.jsonl:3:10: found a second response to task "a" (the first is on line 1)`:  {"responses.jsonl", `"task": "c"`, `"task": "a"`},
		`tasks.jsonl:2:1: task "b" has no response, expected exactly one`:                     {"responses.jsonl", `{"task": "b", "model": "y", "error": "late"}` + "\n", ``},
		`dataset.yaml:2:9: found logger: live without kind: logged`:                           {"dataset.yaml", "kind: logged", "logger: live"},
		`dataset.yaml:2:7: found logged, and decisions.jsonl is empty`:                        {"decisions.jsonl", "all", ""},
	} {
		if change[1] == "all" {
			l, _ := logged(t)
			if l == nil {
				t.Fatal("no log")
			}
			change[1] = `{"task": "a", "policy": "live", "model": "x", "propensity": 0.25}` + "\n" +
				`{"task": "b", "policy": "live", "model": "y", "propensities": {"x": 0.5, "y": 0.5, "z": 0}}` + "\n" +
				`{"task": "c", "policy": "live", "model": "x", "propensity": 1}` + "\n"
		}
		if _, err := logged(t, change...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s → %s:\n got %v\nwant %s", change[1], change[2], err, want)
		}
	}
}

// A log that is written is the log that was read.
func TestLogRoundTrip(t *testing.T) {
	dir := t.TempDir() + "/log"
	w, err := datasets.Create(dir, datasets.Meta{Name: "log", Kind: "logged", Logger: "live"})
	if err != nil {
		t.Fatal(err)
	}
	task := waymark.Task{ID: "a", Weight: 1, Messages: []waymark.Message{{Role: "user", Content: "p"}}}
	v := waymark.Verdict{Task: "a", Policy: "live", Model: "x", Propensity: 0.25, Propensities: map[waymark.ModelID]float64{"x": 0.25, "y": 0.75}}
	for _, err := range []error{w.WriteTask(task), w.WriteResponse(waymark.Recorded{Task: "a", Model: "x", Score: waymark.Scored(1)}), w.WriteVerdict(v), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := datasets.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Log(t.Context())
	if err != nil || !f.Logged() || l.Logger != "live" || l.Chosen["a"].Propensity != 0.25 || l.Chosen["a"].Propensities["y"] != 0.75 {
		t.Errorf("%+v, %v", l, err)
	}
}
