package pipe

import (
	"strings"
	"testing"

	"waymark/internal/secret"
)

// A secret on stderr is told nowhere: not where it is written in two halves, stands
// where the tail begins or the last characters do, or was not written to its end.
func TestTailTellsNoSecret(t *testing.T) {
	const key = "sk-SECRETSECRET123"
	check := func(what string, tl *tail) {
		t.Helper()
		said := tl.String()
		for n := 4; n <= len(key); n++ {
			if strings.Contains(said, key[:n]) || strings.Contains(said, key[len(key)-n:]) {
				t.Fatalf("%s: %q is told in %q", what, key[:n], said)
			}
		}
	}
	for cut := range len(key) {
		tl := &tail{hide: secret.Of(key)}
		tl.Write([]byte("auth " + key[:cut]))
		check("half", tl)
		tl.Write([]byte(key[cut:] + " failed"))
		check("whole", tl)
		if got := tl.String(); got != "auth … failed" {
			t.Errorf("said %q", got)
		}
	}
	for n := range 2*kept + 100 {
		tl := &tail{hide: secret.Of(key)}
		tl.Write([]byte(strings.Repeat(" \n", n/2) + key + strings.Repeat(" ", kept-200)))
		check("early", tl)
		tl = &tail{hide: secret.Of(key)}
		tl.Write([]byte(key + strings.Repeat(".", n) + " \n"))
		check("cut", tl)
	}
}
