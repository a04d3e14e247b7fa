# The desk's commands. `make help` prints the lines marked with ##.

HOST ?= $(or $(DESK_HOST),127.0.0.1)
PORT ?= $(or $(DESK_PORT),8000)
N ?= 200
PYTHON ?=
MODE ?= $(or $(DESK_MODE),demonstration)
ORGANISATION ?=

export PYTHON
SHELL := bash
FLASK := .venv/bin/flask --app app desk
CHOSEN := $(if $(ORGANISATION),--organisation $(ORGANISATION))
SERVED := DESK_HOST=$(HOST) DESK_PORT=$(PORT) DESK_MODE=$(MODE)

.DEFAULT_GOAL := help
.PHONY: help run test bench bench-quick mutate lint fmt db demo clean translations check-translations environment dev-environment

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Settings: HOST, PORT, MODE=demonstration|production, N, PYTHON, ORGANISATION=hospital|construction-company|supervision-station|drug-distributor|drug-maker|device-shops|factory|general-company, and every DESK_ variable of settings.py."

run: environment ## Start the desk: web server and worker, with made-up data on the first run (HOST, PORT, ORGANISATION)
	@scripts/translations.sh compile
	@exec env $(SERVED) $(FLASK) serve $(CHOSEN)

test: dev-environment ## Check everything: style, types, imports, tests on both databases and in a browser
	@scripts/test.sh

lint: dev-environment ## Style, types and import contracts only
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

bench: dev-environment ## Measure beside Flask-Admin and Django over a million complaints, into benchmarks/results (about an hour; ARGS="--engine sqlite")
	@scripts/translations.sh compile && scripts/bench.sh --keep $(ARGS) && scripts/bench.sh --document

bench-quick: dev-environment ## The same over 10,000 complaints on SQLite, in under five minutes; nothing is kept
	@scripts/translations.sh compile && scripts/bench.sh --engine sqlite --complaints 10000 --largest 10000 --repeats 3 --program-repeats 1 --load-seconds 3 $(ARGS)

mutate: dev-environment ## Take out each rule behind a clause in turn: its marked tests must fail (about 20 minutes; ARGS="--clause R05-11")
	@scripts/translations.sh compile && .venv/bin/python -m tests.support.mutation $(ARGS)

fmt: dev-environment ## Put the source into its one format
	@.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

db: environment ## Bring the database to the version of this code (an older one is copied first)
	@DESK_MODE=$(MODE) $(FLASK) db upgrade

demo: environment ## Make an organisation with N made-up complaints in an empty database
	@scripts/translations.sh compile
	@DESK_MODE=demonstration $(FLASK) db upgrade
	@DESK_MODE=demonstration $(FLASK) demo --complaints $(N) $(CHOSEN)

translations: dev-environment ## Collect the texts of the source into the catalogues, and compile them
	@scripts/translations.sh update

check-translations: dev-environment ## Fail when a text has no translation
	@scripts/translations.sh compile
	@.venv/bin/pytest -q tests/architecture/test_translations.py tests/web/test_languages.py

clean: ## Remove the environment and what the tools left; never the data in var/
	@rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} + ; rm -f translations/*/LC_MESSAGES/*.mo

environment:
	@scripts/environment.sh run

dev-environment: environment
	@scripts/environment.sh dev
