# Doorstep. `make run` on a fresh machine is all it takes; `make help` says the rest.
# Needs git, make and Python 3.11 or newer. Everything made here lies in .venv and var/.

SHELL := /bin/bash
PY := .venv/bin/python
FLASK := .venv/bin/flask --app app.factory
# Compiled modules make the second start take a second; some machines forbid writing them.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run phone test quick check bench faults words bootstrap bootstrap-test clean

help: ## what can be typed here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap:
	@tools/bootstrap.sh run

bootstrap-test:
	@tools/bootstrap.sh test

run: bootstrap ## install what is missing, then serve on http://127.0.0.1:8000 (PORT=…, HOST=…)
	@exec $(FLASK) serve

phone: bootstrap ## serve HTTPS on the local network, to try on a real phone (PORT=8443)
	@exec $(FLASK) serve --phone

test: bootstrap-test ## install what the tests need, then run every check
	@$(MAKE) --no-print-directory check
	$(PY) -m pytest -n 2 --dist worksteal --ignore tests/stories/test_faults.py
	$(PY) -m pytest tests/stories/test_faults.py  # alone: it judges by the times of its own taps

check: ## style, format and types only
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@$(FLASK) check

quick: ## the tests without a browser
	$(PY) -m pytest -n 2 --dist worksteal -m "not browser"

bench: bootstrap-test ## measure: one line a figure, also written to var/bench.json
	@$(PY) -m tools.bench

faults: bootstrap-test ## whole visits while server, line and browser fail at random (RUNS=5, SEED=…)
	@$(PY) -m tools.faults --runs $(or $(RUNS),5) $(if $(SEED),--seed $(SEED)) $(if $(CONTROL),--control)

words: bootstrap-test ## collect the screens' words, update and compile the catalogues
	@tools/words.sh

clean: ## remove what was made, but not var/ (it holds data)
	rm -rf .venv .ruff_cache .mypy_cache .pytest_cache .hypothesis
	find app tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find app/translations -name '*.mo' -delete
