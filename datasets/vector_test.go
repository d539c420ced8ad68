package datasets_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"waymark/datasets"
)

const vectorTasks = `{"id": "a", "prompt": "p", "metadata": {"emb": [1, -2.5], "odd": "x"}}` + "\n" +
	`{"id": "b", "prompt": "q", "metadata": {"emb": [0, 3e-3], "odd": [1]}}` + "\n" + `{"id": "c", "prompt": "r"}` + "\n"

func withVectors(t testing.TB, list, file, text string) string {
	t.Helper()
	dir := folder(t, map[string]string{"dataset.yaml": "name: test\nembeddings: [" + list + "]\n", "tasks.jsonl": vectorTasks})
	if file != "" {
		if err := os.MkdirAll(filepath.Join(dir, "embeddings"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "embeddings", file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func vectors(dir, name string) (map[string][]float32, error) {
	f, err := datasets.Open(dir)
	if err != nil {
		return nil, err
	}
	out := map[string][]float32{}
	for v, err := range f.Vectors(context.Background(), name) {
		if err != nil {
			return nil, err
		}
		out[v.Task] = v.Values
	}
	return out, nil
}

// One table in every form that it may have reads as the same vectors, and the
// form of compression changes no digest.
func TestVectorsInEveryForm(t *testing.T) {
	const lines = `{"task": "a", "vector": [1, -2.5]}` + "\n\n" + `{"vector": [0, 3e-3], "task": "b"}` + "\n"
	const table = "task,x,y\na,1,-2.5\nb,0,3e-3\n"
	want := map[string][]float32{"a": {1, -2.5}, "b": {0, 3e-3}}
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write([]byte(lines))
	z.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]string{}
	for file, text := range map[string]string{
		"e.jsonl": lines, "e.csv": "\ufeff" + table, "e.jsonl.gz": gz.String(), "e.csv.zst": string(enc.EncodeAll([]byte("\ufeff"+table), nil)),
	} {
		dir := withVectors(t, "e", file, text)
		got, err := vectors(dir, "e")
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		f, err := datasets.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		digests[file] = f.Info().Digest
	}
	if digests["e.jsonl"] != digests["e.jsonl.gz"] || digests["e.csv"] != digests["e.csv.zst"] || digests["e.csv"] == digests["e.jsonl"] {
		t.Errorf("digests: %v", digests)
	}
	got, err := vectors(withVectors(t, "metadata.emb", "", ""), "metadata.emb")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("metadata: %v %s", err, diff)
	}
}

// What a table of vectors holds is part of the digest where dataset.yaml lists it,
// and nothing at all where it does not.
func TestVectorsAreOfTheDigest(t *testing.T) {
	digest := func(list, text string) string {
		f, err := datasets.Open(withVectors(t, list, "e.jsonl", text))
		if err != nil {
			t.Fatal(err)
		}
		return f.Info().Digest
	}
	const one, other = `{"task": "a", "vector": [1]}`, `{"task": "a", "vector": [2]}`
	if digest("e", one) == digest("e", other) {
		t.Error("another vector, the same digest")
	}
	if digest("", one) != digest("", other) {
		t.Error("a table that is not listed changes the digest")
	}
}

func TestVectorErrors(t *testing.T) {
	wide := "[" + strings.Repeat("0,", datasets.MostDimensions) + "0]"
	for _, c := range []struct{ list, name, file, text, want string }{
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [1, 2]}` + "\n" + `{"task": "b", "vector": [1]}`, `e.jsonl:2:25: found 1 numbers, expected 2 as on line 1`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [1, 1e39]}`, `e.jsonl:1:29: found "1e39", expected a finite number that 32 bits hold`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [1, null]}`, `e.jsonl:1:29: found null, expected a number`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [NaN]}`, `e.jsonl:1:26: not JSON`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": "x"}`, `e.jsonl:1:25: found text, expected a list of numbers`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": []}`, `e.jsonl:1:25: found no numbers`},
		{"e", "e", "e.jsonl", `{"task": "a"}`, `e.jsonl:1:1: found no numbers`},
		{"e", "e", "e.jsonl", `{"vector": [1]}`, `e.jsonl:1:1: found a vector without a task`},
		{"e", "e", "e.jsonl", `{"task": "z", "vector": [1]}`, `e.jsonl:1:10: found task "z", which tasks.jsonl does not have`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [1]}` + "\n" + `{"task": "a", "vector": [1]}`, `e.jsonl:2:10: found a second vector of task "a" (first on line 1)`},
		{"e", "e", "e.jsonl", `{"task": "a", "vectro": [1]}`, `found unknown key "vectro"; did you mean "vector"?`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": ` + wide + `}`, `found more than 65536 numbers`},
		{"e", "e", "e.csv", "task,x\na,1\nb,NaN\n", `e.csv:3:3: found "NaN", expected a finite number`},
		{"e", "e", "e.csv", "task,x\na,1_0\n", `e.csv:2:3: found "1_0", expected a finite number`},
		{"e", "e", "e.csv", "task,x\na,0x1p4\n", `e.csv:2:3: found "0x1p4", expected a finite number`},
		{"e", "e", "e.jsonl", `{"task": "a", "vector": [1], "colour": 2}`, `e.jsonl:1:40: found unknown key "colour", expected one of task, vector`},
		{"e", "e", "e.csv", "task,x\na,\n", `e.csv:2:3: found "", expected a finite number`},
		{"e", "e", "e.csv", "task,x\na,1,2\n", `e.csv:2:1: not CSV: wrong number of fields`},
		{"e", "e", "e.csv", "task,x\nz,1\n", `e.csv:2:1: found task "z"`},
		{"e", "e", "e.csv", "id,x\na,1\n", `e.csv:1:1: found "id" and 1 other columns, expected task`},
		{"e", "e", "e.csv", "", `e.csv:1:1: the file is empty`},
		{"e", "f", "e.jsonl", `{"task": "a", "vector": [1]}`, `found embedding "f", expected one that dataset.yaml lists under embeddings [e]`},
		{"e, f", "e", "e.jsonl", ``, `dataset.yaml:2:17: found "f", expected a file embeddings/f.jsonl or .csv`},
		{"../e", "e", "", ``, `dataset.yaml:2:14: found "../e", expected a name of letters`},
		{"metadata.", "e", "", ``, `dataset.yaml:2:14: found "metadata.", expected the name of a field`},
		{"e, e", "e", "e.jsonl", ``, `dataset.yaml:2:17: found "e" a second time`},
		{"metadata.odd", "metadata.odd", "", ``, `tasks.jsonl:1:40: odd: found text, expected a list of numbers`},
	} {
		_, err := vectors(withVectors(t, c.list, c.file, c.text), c.name)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.HasSuffix(c.want, "task, vector") && !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s of %.60q: %v, want %q", c.name, c.text, err, c.want)
		}
	}
}

func FuzzVectors(f *testing.F) {
	f.Add(`{"task": "a", "vector": [1, -2.5]}`, false)
	f.Add("task,x\na,1\n", true)
	f.Add(`{"task": "a", "vector": [[1], {}]}`, false)
	f.Fuzz(func(t *testing.T, text string, csv bool) {
		file := "e.jsonl"
		if csv {
			file = "e.csv"
		}
		got, err := vectors(withVectors(t, "e", file, text), "e")
		for task, v := range got {
			for _, x := range v {
				if x-x != 0 || err != nil || !strings.Contains("abc", task) {
					t.Fatalf("%s: %v, %v", task, v, err)
				}
			}
		}
	})
}
