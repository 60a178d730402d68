# What a person does here, one word each. `make` alone lists the words.
# Every step leaves a stamp in .venv, so a second call starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
SHOWN := $(VENV)/shown
PORT ?= 8321
PYTEST := $(BIN)/python -m pytest
FAST := not slow and not proof

# Tests run one worker a processor; more threads of linear algebra would wait for each other.
test check proof cover: export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test check proof bench docs cover setup dev benchenv clean

help:  ## list these words
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp  ## set up, replay a real trial, then serve its people (NO_SERVE=1: do not)
	@rm -rf $(SHOWN) && mkdir -p $(SHOWN)
	$(BIN)/penchant replay data/heartsteps/heartsteps.csv.gz --map data/heartsteps/heartsteps.toml --people 3 --seed 7 --db $(SHOWN)/people.db
	@if [ -t 0 ] && [ -t 1 ] && [ -z "$(NO_SERVE)" ]; then echo; \
	  exec $(BIN)/penchant up --db $(SHOWN)/people.db --port $(PORT) --show-people; \
	  else echo; echo "To see them in a browser: $(BIN)/penchant up --db $(SHOWN)/people.db --show-people"; fi

test: $(VENV)/dev.stamp $(VENV)/js.stamp  ## every test, a fixed sample of the proofs included
	$(PYTEST) -n auto

check: $(VENV)/dev.stamp  ## lint, format, types, shape and unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -n auto -m "$(FAST)" tests/architecture tests/unit tests/stories

proof: $(VENV)/dev.stamp  ## the laws at full length; takes a while
	PENCHANT_PROOF=full $(PYTEST) -n auto -m proof --timeout 3600

bench: $(VENV)/bench.stamp  ## every script of bench/, beside its peers
	@for script in `grep -l '^if __name__ == "__main__"' bench/*.py`; do \
	  echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

docs: $(VENV)/dev.stamp  ## run every example in the docs and follow every link
	$(PYTEST) tests/docs

cover: $(VENV)/dev.stamp  ## tests with branch coverage, and the lines nobody reached
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

setup: $(VENV)/run.stamp  ## only install, nothing more
dev: $(VENV)/dev.stamp  ## install what developers need as well
benchenv: $(VENV)/bench.stamp  ## install the peers we measure ourselves against as well

clean:  ## remove what was built here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The interpreter is asked once, before anything is installed.
$(VENV)/venv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Penchant needs Python 3.11 or newer; \`$(PYTHON)\` is `$(PYTHON) --version 2>/dev/null || echo not found`." \
	       "Install one and name it: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "\`$(PYTHON)\` cannot make virtual environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# The order matters: everything comes from a lock with hashes, then the package itself with nothing else.
$(VENV)/run.stamp: pyproject.toml requirements/build.lock requirements/run.lock $(VENV)/venv.stamp
	@$(PIP) install --require-hashes -r requirements/build.lock -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/run.stamp
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

# Without npm the tests of the browser client are skipped, and say so.
$(VENV)/js.stamp: sdk/js/package-lock.json $(VENV)/venv.stamp
	@if command -v npm >/dev/null; then \
	  cd sdk/js && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run --silent build; fi
	@touch $@

$(VENV)/bench.stamp: requirements/bench.lock $(VENV)/dev.stamp
	@$(PIP) install --require-hashes -r requirements/bench.lock
	@touch $@
