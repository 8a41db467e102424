# Everything starts here: a machine with Python 3.11 or later and make needs nothing else.
SHELL := /bin/bash
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev
DECLARED := pyproject.toml metrics_plugins/sdk/pyproject.toml metrics_plugins/core/pyproject.toml
INSTALLER := scripts/environment.sh scripts/system_packages.sh
SOURCES := platform tenants connectors metrics_plugins tests scripts
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help install demo test test-packs lint format types layers texts pins upgrade bench clean

help:  ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(DEV)  ## make .venv and install everything that is pinned

demo: $(RUN)  ## a sample company, its PDF scorecard, and the site (ONCE=1: stop after the PDF; LOCALE=vi, fa or zh-Hant)
	@$(BIN)/tallymark demo $(if $(ONCE),--once) $(if $(LOCALE),--locale $(LOCALE))

test: $(DEV)  ## all tests, on a PostgreSQL and a Redis of their own (ARGS="-k name" to choose, "-n 0" for one process)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-packs: $(DEV)  ## the kit's every check on every built-in metric (about eight minutes)
	@$(BIN)/python -m pytest metrics_plugins/core/tests -n auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: $(DEV)  ## ruff: rules and layout
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

format: $(DEV)  ## put the code into ruff's layout, with what it can mend by itself
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

types: $(DEV)  ## mypy everywhere, pyright for what metric authors build on
	@$(BIN)/mypy
	@$(BIN)/pyright

layers: $(DEV)  ## import-linter: who may import whom
	@$(BIN)/lint-imports

texts: $(DEV)  ## collect the product's texts into its catalogues, and say how many have no translation
	@$(BIN)/python -m scripts.texts

pins: $(DEV)  ## write requirements/ again after a change in a pyproject.toml
	@$(BIN)/python scripts/pins.py

upgrade: $(DEV)  ## the same with the newest versions allowed
	@$(BIN)/python scripts/pins.py --upgrade

bench: $(DEV)  ## speed beside other engines, values checked (SIZES="5k 100k 1m 10m", RUNS=5, ONLY="growth small")
	@$(BIN)/python -m bench.run $(foreach size,$(or $(SIZES),5k 100k 1m),--size $(size)) --runs $(or $(RUNS),5) $(foreach table,$(ONLY),--only $(table))
	@$(BIN)/python -m bench.report

clean:  ## remove .venv and caches; the data in .tallymark stays
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again only when what is pinned or declared changes.
$(RUN): requirements/run.txt $(DECLARED) $(INSTALLER)
	@scripts/environment.sh run
	@touch $@

$(DEV): requirements/dev.txt $(DECLARED) $(INSTALLER)
	@scripts/environment.sh dev
	@touch $@ $(RUN)
