package datasets

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A table is one file of a dataset: its logical name (tasks.jsonl) and where it is.
type table struct {
	logical, path string
}

func (t table) csv() bool { return strings.HasSuffix(t.logical, ".csv") }

// find looks for a table in any of its formats, plain or compressed. The zero
// table is none; two of them are an error.
func find(dir, base string) (table, error) {
	var found []table
	for _, format := range []string{".jsonl", ".csv"} {
		for _, packed := range []string{"", ".gz", ".zst"} {
			path := filepath.Join(dir, base+format+packed)
			if _, err := os.Stat(path); err == nil {
				found = append(found, table{base + format, path})
			}
		}
	}
	if len(found) > 1 {
		return table{}, fmt.Errorf("%s: found both %s and %s, expected one", dir, filepath.Base(found[0].path), filepath.Base(found[1].path))
	}
	if len(found) == 0 {
		if _, err := os.Stat(filepath.Join(dir, base+".parquet")); err == nil {
			return table{}, fmt.Errorf("%s: found %s.parquet, expected %s.jsonl or %s.csv, plain or compressed: Parquet is not read yet", dir, base, base, base)
		}
		return table{}, nil
	}
	return found[0], nil
}

// open reads the table decompressed.
func (t table) open() (io.ReadCloser, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(t.path) {
	case ".gz":
		z, err := gzip.NewReader(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: not gzip: %w", t.path, err)
		}
		return stacked{z, f}, nil
	case ".zst":
		z, err := zstd.NewReader(f, zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: not zstd: %w", t.path, err)
		}
		return stacked{z.IOReadCloser(), f}, nil
	}
	return f, nil
}

// stacked closes a decompressor and the file below it.
type stacked struct {
	io.ReadCloser
	below io.Closer
}

func (s stacked) Close() error {
	err := s.ReadCloser.Close()
	if e := s.below.Close(); err == nil {
		err = e
	}
	return err
}

// digest is the SHA-256 of the logical names and decompressed bytes of files, so
// that compressing a file changes nothing.
func digest(files []table) (string, error) {
	h := sha256.New()
	for _, t := range files {
		r, err := t.open()
		if err != nil {
			return "", err
		}
		part := sha256.New()
		n, err := io.Copy(part, r)
		if e := r.Close(); err == nil {
			err = e
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", t.path, err)
		}
		fmt.Fprintf(h, "%s %d %x\n", t.logical, n, part.Sum(nil))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
