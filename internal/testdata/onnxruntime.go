package testdata

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// ONNXRuntime is the path of ONNX Runtime's library: the one that WAYMARK_ONNXRUNTIME
// names, else that of tools/onnxruntime. Where there is none the test is skipped, or
// fails if WAYMARK_REQUIRE is "all".
func ONNXRuntime(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("WAYMARK_ONNXRUNTIME"); path != "" {
		return path
	}
	machine := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if machine == "" {
		machine = runtime.GOARCH
	}
	name := map[string]string{"darwin": "libonnxruntime.1.dylib", "windows": "onnxruntime.dll"}[runtime.GOOS]
	if name == "" {
		name = "libonnxruntime.so.1"
	}
	system := map[string]string{"windows": "win32"}[runtime.GOOS]
	if system == "" {
		system = runtime.GOOS
	}
	path := filepath.Join(root(t), "tools", "onnxruntime", "node_modules", "onnxruntime-node", "bin", "napi-v6", system, machine, name)
	if _, err := os.Stat(path); err != nil {
		Missing(t, "ONNX Runtime's library: run npm ci in tools/onnxruntime, or name it in WAYMARK_ONNXRUNTIME")
	}
	return path
}
