# `make demo` and `make test` set up what they need in .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

FUZZ_SECONDS ?= 600

.PHONY: demo test lint unit bench torture fuzz audit setup clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@echo "installing into $(VENV): 3 to 4 minutes on a fresh machine"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,postgres,cluster,browser,audit,parquet]"
	@touch $@

setup: $(STAMP)

demo: $(STAMP)
	$(BIN)/nasicon demo

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What makes labs runs a second time, with a PostgreSQL database for each; without PostgreSQL these are skipped.
unit: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal
	$(BIN)/python -m pytest -n 2 --dist worksteal --database postgres

test: lint unit

# The long form: hundreds of kills at write points and at any moment, minutes of everything at once and of every fault,
# on both databases.
torture: $(STAMP)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m torture -s tests/torture tests/tui

bench: $(STAMP)
	OMP_NUM_THREADS=2 $(BIN)/python -m benchmarks

# atheris has wheels for Linux and macOS; without it the harnesses mutate without coverage
fuzz: $(STAMP)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	nice -n 10 $(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

audit: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	$(BIN)/python -m audit

clean:
	rm -rf $(VENV) .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
