# Herstart. `make demo` shows it, `make test` proves it; `make help` lists the rest.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first Python of 3.11 or later; name another with PYTHON=….
PYTHON ?= $(shell for candidate in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$candidate; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_ARGS ?=
DEMO_ARGS ?=
BENCH_ARGS ?=

.PHONY: help demo test test-guest lint bench format requirements translations screenshots clean
help:
	@echo 'make demo    start the service, take this machine in as a rehearsal, and keep serving (DEMO_ARGS=--once: once)'
	@echo 'make test    install what the tests need and run all of them (PYTEST_ARGS=…)'
	@echo 'make test-guest   boot the agent in a QEMU machine with drives that lie and break (root; minutes)'
	@echo 'make lint    ruff, mypy, import-linter'
	@echo 'make bench   measure wipe, ingest and attests as ratios side by side'
	@echo 'make format  let ruff lay out the code'
	@echo 'make requirements   resolve pyproject.toml again into requirements/*.txt, with hashes'
	@echo 'make translations   gather the screens'"'"' texts, the service'"'"'s and the agent'"'"'s, and compile the catalogues'
	@echo 'make screenshots    save pictures of every page and of the technician'"'"'s screens in screenshots/'

demo: $(VENV)/.installed-demo
	@$(BIN)/python deploy/demo.py $(DEMO_ARGS)

test: $(VENV)/.installed-dev
	@sh deploy/test-programs.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

# Without root or QEMU the guest's tests say so and are skipped.
test-guest: $(VENV)/.installed-dev
	@sh deploy/test-programs.sh guest || true
	$(BIN)/python -m pytest -p no:cacheprovider tests/guest $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python tests/bench/run.py $(BENCH_ARGS)

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(VENV)/.installed-dev
	@sh deploy/test-programs.sh
	$(BIN)/python tests/journeys/screenshots.py screenshots
	HERSTART_SCREENSHOTS=$(CURDIR)/screenshots $(BIN)/python -m pytest --quiet tests/intake_agent/console/test_screens.py \
		tests/intake_agent/console/test_leaving.py tests/intake_agent/console/test_english.py

# Every file is resolved against dev.txt, so that no two of them name different versions.
requirements: $(VENV)/.installed-dev
	$(call resolve,--extra dev,dev)
	$(call resolve,--extra service --constraint requirements/dev.txt,service)
	$(call resolve,--extra agent --constraint requirements/dev.txt,agent)
	$(call resolve,--extra build --constraint requirements/dev.txt,build)

define resolve
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links pyproject.toml $(1) --output-file requirements/$(2).txt
endef

translations: $(VENV)/.installed-dev
	$(call gather,asset_service,-k lazy_gettext,messages)
	$(call gather,intake_agent,-k gettext_noop,intake_agent)

# $(1): the package · $(2): its names for a text besides gettext's own · $(3): the catalogue's domain.
define gather
	$(BIN)/pybabel extract --no-location --sort-output -F asset_service/translations/babel.cfg $(2) -o $(VENV)/$(3).pot $(1)
	$(BIN)/pybabel update --no-fuzzy-matching --omit-header -D $(3) -i $(VENV)/$(3).pot -d $(1)/translations
	$(BIN)/pybabel compile --use-fuzzy -D $(3) -d $(1)/translations
endef

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo 'Herstart needs Python 3.11 or later; none was found. Name one: make PYTHON=/path/to/python'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo 'This Python has no venv module (on Debian: apt install python3-venv).'; rm -rf $(VENV); exit 1; }

$(VENV)/.installed-demo: requirements/build.txt requirements/service.txt requirements/agent.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/build.txt -r requirements/service.txt -r requirements/agent.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.installed-demo

clean:
	rm -rf $(VENV) .demo .guest .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache screenshots
