# make serve: the app in a browser.   make test: everything that is checked.
# Both make a virtual environment in .venv first, from python3 (3.11 or later).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5006

.PHONY: serve test check bench lint browser site clean

serve: $(VENV)/.app
	$(BIN)/crossent serve --port $(PORT) $(if $(CI),--no-open)

test: lint browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.test
	$(BIN)/crossent check

bench: $(VENV)/.test browser
	$(BIN)/python -m benchmarks

lint: $(VENV)/.test
	$(BIN)/ruff check app tests benchmarks
	$(BIN)/ruff format --check app tests benchmarks
	$(BIN)/mypy

site: $(VENV)/.app
	$(BIN)/crossent build site

# The browser tests drive an installed Chromium or Chrome; Playwright brings one where there is none.
browser: $(VENV)/.test
	@command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null 2>&1 \
		|| $(BIN)/python -m playwright install chromium

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis
