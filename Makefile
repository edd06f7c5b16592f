# Two commands for newcomers: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types contracts docs validate bench bench-peers clean

help:
	@echo "make demo    set up, play the shipped experiment on the embedded model, write its report"
	@echo "make test    set up and run the whole test suite"
	@echo "make check   format, lint, types, import contracts and tests"
	@echo "make docs    build the documentation into site/, with the pages that are made from the code"
	@echo "make validate  write docs/validation.md from the recorded checks"
	@echo "make bench   measure speed as ratios"
	@echo "make bench-peers  the same beside other libraries, which it installs apart (over 1 GB)"

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-docs: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@touch $@ $(VENV)/installed

demo: $(VENV)/installed
	$(BIN)/society demo

# The embedded model computes on all processors, and slows to a tenth when another wants one: its
# tests run alone, behind the others.
test: $(VENV)/installed-dev
	$(BIN)/society models pull embedded
	$(BIN)/python -m pytest -n auto -m "not model"
	$(BIN)/python -m pytest -m model

check: format lint types contracts test

format: $(VENV)/installed-dev
	$(BIN)/ruff format .

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

contracts: $(VENV)/installed-dev
	$(BIN)/lint-imports

# Any warning, such as a broken link, is an error (`strict` in mkdocs.yml).
docs: $(VENV)/installed-docs
	$(BIN)/python -m scenarios.page docs/scenarios
	$(BIN)/python documentation/reference.py docs/reference
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --clean
	@echo site/index.html

# From recorded data; the page says how these were made.
validate: $(VENV)/installed-dev
	$(BIN)/python validation/page.py docs/validation.md

# In turn, so that none disturbs another; BENCH_OPTIONS=--quick shows them in about a minute.
bench: $(VENV)/installed-dev
	set -e; for name in rules known_contexts cpu_per_call endpoint calls_per_decision kill_and_resume faults scale embedded; do \
	  echo; echo "== $$name"; $(BIN)/python benchmarks/$$name.py $(BENCH_OPTIONS); \
	done

# Needs a network and Python 3.12; BENCH_OPTIONS='--python PATH' names another interpreter.
bench-peers: $(VENV)/installed-dev
	$(BIN)/python benchmarks/peers.py $(BENCH_OPTIONS)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
