# Everything starts here: `make` lists what there is. Needs GNU make 4.3, a POSIX sh and Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/sh
# Compiled once for all the processes that follow, also where somebody's environment says otherwise.
export PYTHONDONTWRITEBYTECODE =
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run test fuzz chaos check bench record matrix lock clean installed installed-dev

help:  ## this list
	@echo 'make run                 starts here; Ctrl-C ends it. All targets:'
	@sed -n 's/^\([a-z]*\):[^#]*## */  \1	/p' Makefile | expand -t 12

run: installed  ## start everything on this machine, and say where it is
	@TRAVELHUB_STARTED_BY=$$PPID exec $(BIN)/travelhub up

test: installed-dev  ## the whole test suite, on servers of its own
	@exec $(BIN)/pytest -n auto --dist worksteal $(TESTS)

fuzz: installed-dev  ## thousands of spoilt replies for every reader; takes minutes
	@HYPOTHESIS_PROFILE=fuzz exec $(BIN)/pytest -n auto --dist worksteal tests/conformance/test_tampering.py $(TESTS)

chaos: installed-dev  ## 2,000 bookings while processes die and answers get lost, and the ledger; takes half an hour
	@exec $(BIN)/python -m tests.chaos.main $(STORM)

check: installed-dev  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: installed-dev  ## the figures of docs/performance.md, taken anew
	@exec $(BIN)/python -m bench.main

record: installed-dev  ## record the suppliers' cassettes from the sandbox
	@exec $(BIN)/python -m tests.conformance.record

matrix: installed-dev  ## write what each supplier has proven to docs/suppliers.md
	@exec $(BIN)/pytest -n auto --dist worksteal tests/conformance --record-matrix

lock: installed-dev  ## write the newest allowed versions to the lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --upgrade \
	  pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --upgrade --extra dev \
	  pyproject.toml --constraints requirements.lock --output-file requirements-dev.lock

clean:  ## remove what can be made again; the data in .travelhub stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

installed:
	@$(PYTHON) deploy/bootstrap.py requirements.lock

installed-dev:
	@$(PYTHON) deploy/bootstrap.py requirements.lock requirements-dev.lock
