# `make help` says what there is. Everything runs in .venv, which `make` builds and keeps up to date.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-long check mutate bench bench-small static lock clean

BIN := .venv/bin
DEMO_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
MUTATE_ARGS ?=
WORKERS ?= 2

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Install what is needed, build a sample county, match it, and serve the site
	@scripts/bootstrap.sh run
	@$(BIN)/python -m matching.warm_up & $(BIN)/python -m peerapp.cli demo $(DEMO_ARGS)

test: ## Install what is needed, check the code, pass every test on SQLite and PostgreSQL
	@scripts/bootstrap.sh test
	@$(BIN)/python -m matching.warm_up & warming=$$!; \
		$(MAKE) --no-print-directory run-checks && wait $$warming
	@WORKERS=$(WORKERS) scripts/run_tests.sh "not long" $(PYTEST_ARGS)

test-long: ## The tests that take longer
	@scripts/bootstrap.sh test
	@$(BIN)/python -m matching.warm_up
	@WORKERS=$(WORKERS) scripts/run_tests.sh "long" $(PYTEST_ARGS)

check: ## Style, types, import rules and templates
	@scripts/bootstrap.sh check
	@$(MAKE) --no-print-directory run-checks

.PHONY: run-checks
run-checks:
	@echo "== style";        $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "== types";        $(BIN)/mypy --no-error-summary
	@echo "== import rules"; $(BIN)/lint-imports --config pyproject.toml > build/lint-imports.txt || { cat build/lint-imports.txt; exit 1; }
	@echo "== templates";    $(BIN)/djlint --quiet --lint templates

mutate: ## Put small faults into the matcher and see that the tests notice: an hour or two, resumed
	@scripts/bootstrap.sh test
	@$(BIN)/python -m scripts.mutation $(MUTATE_ARGS)

bench: ## Measure what the docs claim, beside its peers: an hour or two, resumed if broken off
	@scripts/bootstrap.sh test
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-small: ## The same at small sizes, in minutes; the docs stay as they are
	@scripts/bootstrap.sh test
	@$(BIN)/python -m benchmarks --quick $(BENCH_ARGS)

static: ## Rebuild the stylesheet and scripts that are committed in peerapp/static (needs npm)
	@scripts/build_static.sh

lock: ## Write the lock files anew from pyproject.toml
	@scripts/bootstrap.sh lock

clean: ## Remove what was built; not your data in var/
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache node_modules
