# Every target works in a fresh clone; the logic is in scripts/, this file only names it.

PYTHON ?= python3
BIN := .venv/bin
# Two more than there are cores: a test that waits for a browser, a server or a call needs none.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 2)')
# pyright and the checks of the screens make much and keep little: with more room for what is new
# they tidy up less.
export NODE_OPTIONS ?= --max-semi-space-size=64
# Node may live in .venv when the machine has none; so .venv comes first.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix ui run --silent

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast lint style types format bench reference lock dev ready core \
	ahead ui-test ui-check ui-unit ui-lint

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*  ## /  make \1\t/p' Makefile | expand -t 18

setup: ready  ## .venv, the screens, and the core compiled for the simulator
	@$(BIN)/python scripts/compile_core.py

run: ready  ## a living center at http://127.0.0.1:8080 (make run ARGS="--reset")
	@$(BIN)/warmline demo $(ARGS)

test: dev  ## everything: lint, types, screens, real servers, a browser
	@$(BIN)/python scripts/test_services.py
	@$(MAKE) --no-print-directory -j2 types core ahead ui-check ui-lint ui-unit style
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

test-fast: dev  ## core and contracts, under a minute
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/core tests/contracts $(ARGS)

lint: style types  ## what CI checks before the tests

style: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/shape.py

types: dev
	$(BIN)/pyright

format: dev  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

core: dev
	@$(BIN)/python scripts/compile_core.py

# All workers read all tests when they begin, and would compile them each for itself, all at once.
ahead: dev
	@$(BIN)/python -c "import tests.services.ahead"
	@$(BIN)/python -m pytest --collect-only -q >/dev/null || true

ui-test: ui-lint ui-check ui-unit

ui-lint: dev
	$(NPM) lint

ui-check: dev
	$(NPM) check

ui-unit: dev
	$(NPM) test

bench: setup  ## the figures that the design promises (ARGS="engine --json")
	@$(BIN)/warmline bench $(or $(ARGS),engine)

reference: dev  ## docs/reference from the code
	$(BIN)/python scripts/reference.py

lock:  ## the lock files again, from pyproject.toml
	@$(PYTHON) scripts/setup.py --lock

ready:
	@$(PYTHON) scripts/setup.py

dev:
	@$(PYTHON) scripts/setup.py --dev
