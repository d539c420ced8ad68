package suite_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/internal/testdata"
	"waymark/internal/yamlfile"
	"waymark/suite"
)

// A swept policy that has a decision on no task ends the run with the first reason, whatever
// it sweeps: one cut, several, or bars.
func TestAPolicyThatDecidesNothingSaysWhy(t *testing.T) {
	python := testdata.Tool(t, "python3")
	router := filepath.Join(t.TempDir(), "router.py")
	if err := os.WriteFile(router, []byte(`import json, sys
for line in sys.stdin:
    q = json.loads(line)
    if q["type"] == "hello":
        print(json.dumps({"n": 0, "ready": {"protocol": 1, "name": "r", "mode": "score", "batch": 100}}), flush=True)
    else:
        entries = ",".join('{"id": "%s", "score": %s}' % (x["id"], sys.argv[1]) for x in q["queries"])
        print('{"n": %d, "scores": [%s]}' % (q["n"], entries), flush=True)
`), 0o644); err != nil {
		t.Fatal(err)
	}
	said := func(score string) string {
		return fmt.Sprintf("{type: exec, command: [%q, %q, %q]}", python, router, score)
	}
	two := "type: threshold, scorer: %s, weak: weak, strong: strong, threshold: sweep"
	tiers := "type: tiers, scorer: %s, models: [weak, middle, strong], cuts: sweep"
	for _, c := range []struct{ policy, want string }{
		{fmt.Sprintf(two, said("NaN")), `": found score: `},
		{fmt.Sprintf(two, said(`"high"`)), `": found score: `},
		{fmt.Sprintf(two, said("null")), `": no score is given`},
		{fmt.Sprintf(tiers, said("NaN")), `": found score: `},
		{"type: cascade, models: [weak, middle, strong], accept: {type: length}, at: sweep-each", `of task "t`},
		{"type: cascade, models: [weak, strong], accept: {type: length}, at: sweep", `of task "t`},
	} {
		s := make400().write(t, "dataset: .\nsplit: {tune: 0.5, seed: 3}\npolicies:\n  - {name: p, "+c.policy+"}\n")
		_, err := s.Run(t.Context(), suite.Options{})
		if err == nil || !strings.Contains(err.Error(), "policy p: it decides none of") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.policy, err, c.want)
		}
	}
}

// A router out of reach while its policy is built is told with its place in the suite and is
// no mistake of it; one that refuses is.
func TestOutagesAreToldWithTheirPlace(t *testing.T) {
	for code, mistake := range map[int]bool{503: false, 403: true} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		defer web.Close()
		s := make400().write(t, "dataset: .\nsplit: {tune: 0.5, seed: 3}\npolicies:\n  - {name: p, type: http, url: \""+web.URL+"\"}\n")
		_, err := s.Run(t.Context(), suite.Options{})
		if err == nil || !strings.Contains(err.Error(), "s.yaml:4:32: the router at") || errors.As(err, new(*yamlfile.Error)) != mistake || errors.As(err, new(*suite.InputError)) {
			t.Errorf("%d: %v", code, err)
		}
	}
}
