# Everything a person needs on a fresh machine with Python 3.11, venv, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format frontend chromium lock clean

demo: $(VENV)/ready
	$(BIN)/segql demo

test: $(VENV)/ready chromium
	$(BIN)/python -m pytest -n auto --dist loadscope --max-worker-restart 0

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd frontend && npm ci --silent && npm run --silent check
	cd editors/vscode && npm ci --silent && npm run --silent check && npm run --silent build

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What pages load: built from frontend/ into segql/web/static, which is committed. Needs Node.js.
frontend:
	cd frontend && npm ci --silent && npm run --silent build

# The tests of the pages look at them in a real browser.
chromium:
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium >/dev/null)

lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet pip-tools
	$(VENV)-lock/bin/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links \
	  --no-header --annotation-style=line --allow-unsafe --extra dev --output-file requirements.lock pyproject.toml
	rm -rf $(VENV)-lock

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
