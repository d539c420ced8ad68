# Bare `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help build demo test race bench simulate fuzz lint format clean

GO ?= go
BIN := bin/waymark
TOOL := $(GO) tool -modfile=tools/go.mod

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

cgo:
	@test "$$($(GO) env CGO_ENABLED)" = 1 || { echo "Waymark keeps its results in SQLite through cgo: it needs a C compiler (gcc or clang) and CGO_ENABLED=1" >&2; exit 1; }

build: cgo ## build bin/waymark
	$(GO) build -trimpath -buildvcs=auto -o $(BIN) ./cmd/waymark

demo: build ## run the whole story on built-in SYNTHETIC data and write demo-out/
	$(BIN) demo -o demo-out

test: cgo ## run the tests; those that need ../shared, a browser or sqlite3 say so and skip
	$(GO) test ./...

race: cgo ## run the tests of the concurrent parts under the race detector
	$(GO) test -race -short . ./internal/runner/... ./internal/replay/... ./internal/store/... ./suite/... ./datasets ./evaluators/... ./policies/... ./internal/wire/...

bench: cgo ## run the benchmarks (BENCH=regexp COUNT=n); all of them also against scikit-learn, where it is there
	$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -count $(or $(COUNT),1) ./...
	@test -n "$(BENCH)" || WAYMARK_BENCH=1 $(GO) test -run TestAgainstSklearn -count 1 -v ./internal/learn

simulate: cgo ## run the long simulations and write their tables into docs/ (they go on where they were interrupted)
	WAYMARK_SIMULATE=$(CURDIR)/docs $(GO) test -run '^TestSimulate' -v -count 1 -timeout 0 ./...

fuzz: ## fuzz every reader for FUZZTIME (10s) each
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),10s) $$pkg || exit 1; \
	  done; done

lint: cgo ## go vet, staticcheck and gofumpt, pinned in tools/go.mod
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	@out=$$($(TOOL) gofumpt -l .); test -z "$$out" || { echo "gofumpt would change:"; echo "$$out"; exit 1; }

format: ## format the code with gofumpt
	$(TOOL) gofumpt -w .

clean: ## remove what was built; results.db is kept
	rm -rf bin demo-out
	$(GO) clean
