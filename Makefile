# Two commands do everything: `make demo` and `make test`. Each sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONHASHSEED := 0
export TZ := UTC
export LC_ALL := C.UTF-8
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test torture check format bench bench-exercise clean

demo: .venv/.run
	$(BIN)/python -m ashiato.cli.demo demo

test: .venv/.dev check
	$(BIN)/python -m pytest

# Large hostile files, for minutes: time and memory of every reader.
torture: .venv/.dev
	$(BIN)/python -m pytest -m torture

check: .venv/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: .venv/.dev
	$(BIN)/python -m benchmarks.all

# Hours at full size: resumable, one file for each finished exercise in build/exercises.
EXERCISES ?= 6
LINES ?= 30000
bench-exercise: .venv/.dev
	$(BIN)/python -m benchmarks.exercise --exercises $(EXERCISES) --levels 1,2,3 \
	  --ablations none,no_payments,retention_60,clocks_off,half_silent,lying_source --ablated 1 \
	  --log-lines $(LINES) --jobs 2 --out build/exercises --write docs/results.md

clean:
	rm -rf demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/.python:
	$(PYTHON) -m venv .venv
	touch $@

.venv/.run: .venv/.python requirements/run.txt requirements/build.txt pyproject.toml
	@echo "installing what ashiato runs on ..."
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --require-hashes -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "installing what the tests need ..."
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@
