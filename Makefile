# Needs Python 3.11, make and git; everything else is fetched into .venv and the user's cache.

FEED ?= demo
ARGS ?=
WORKERS ?= 3 # of two cores: half of the time tests wait for processes, pages and clocks
PYTHON := .venv/bin/python
TRAIN_PYTHON ?= ../train-venv/bin/python
READY := .venv/.synced
BENCH_VENV := .local/bench-venv

.DEFAULT_GOAL := help
.PHONY: help run test audit chaos lint format type bench bench-sentiment bench-scoring test-train clean prepare

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

run: $(READY) ## Start the whole system on this machine; FEED=demo (simulated events) or FEED=none
	@$(PYTHON) -m deploy.local run --feed $(FEED)

test: prepare ## Run all tests against a real Kafka and the real ClickHouse engine; ARGS="-k word" picks some, "-k unit" the quick ones
	@$(if $(findstring -k,$(ARGS)),echo "Some tests were picked: those of the pages' own code are left out.",$(PYTHON) -m deploy.local npm test)
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY) ## Check style and format, changing nothing
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

format: $(READY) ## Bring all Python files into format
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

type: $(READY) ## Check the types
	@$(PYTHON) -m mypy

audit: $(READY) ## Compare the running stack with an independent recomputation of every score
	@$(PYTHON) -m tests.audit

chaos: $(READY) ## Kill services in mid-replay and compare the end with the oracle; ARGS="FILE..." for real data
	@$(PYTHON) -m tests.chaos $(ARGS)

bench: $(READY) ## Measure a flush beside a bare insert of the same rows
	@$(PYTHON) -m tests.bench $(ARGS)

bench-sentiment: ## Measure labelling against transformers' pipeline; needs PyTorch, see docs/sentiment.md
	@OMP_WAIT_POLICY=passive $(TRAIN_PYTHON) -m tests.bench.sentiment $(ARGS)

bench-scoring: $(READY) $(BENCH_VENV)/.synced ## Measure scoring against Quix Streams and a bare insert; ARGS=--help tells more
	@BENCH_PYTHON=$(BENCH_VENV)/bin/python $(PYTHON) -m tests.bench.scoring $(ARGS)

test-train: ## Run the tests that need PyTorch, see tests/train/README.md
	@$(TRAIN_PYTHON) -m pytest tests/train --timeout=900 $(ARGS)

clean: ## Delete what was stored and built here, the local data included; .venv stays
	@rm -rf .local web/dist web/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	@echo "Deleted local data, bundles and caches."

prepare: $(READY)
	@$(PYTHON) -m deploy.local prepare

$(READY): requirements.lock requirements-uv.txt .venv/.made
	@echo "Installing the locked Python packages …"
	@.venv/bin/uv pip sync --quiet --require-hashes --python $(PYTHON) requirements.lock requirements-uv.txt
	@touch $@

$(BENCH_VENV)/.synced: requirements-bench.lock | $(READY)
	@echo "Installing Quix Streams, which only the benchmark needs …"
	@.venv/bin/uv venv --quiet --clear --python $(PYTHON) $(BENCH_VENV)
	@.venv/bin/uv pip sync --quiet --require-hashes --python $(BENCH_VENV)/bin/python requirements-bench.lock
	@touch $@

.venv/.made: requirements-uv.txt
	@if [ -L .venv ]; then \
	  echo ".venv is a link, and what it leads to would be emptied: remove the link, and run the same command again." >&2; \
	  exit 1; \
	fi
	@found=; for name in python3.11 python3 python; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 is needed and neither python3.11 nor python3 is it; install it and run the same command again." >&2; \
	  exit 1; \
	fi; \
	echo "Making .venv with $$($$found --version) …"; \
	$$found -m venv --clear .venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@
