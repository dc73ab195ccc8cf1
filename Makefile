# Two commands: `make run` starts the dashboard, `make test` checks everything: lint, test-code and
# test-browser, which also stand alone.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

# A file's tests run in one process, so that its pools are made once.
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile

.PHONY: run test lint test-code test-browser test-slow benchmarks generate format clean

run: .venv/run
	$(BIN)/streamlit run app.py --server.port $(PORT) \
		--server.address $${IGCORE_ADDRESS:-localhost}

test: lint test-code test-browser

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

test-code: .venv/test
	$(PYTEST) -m "not slow and not browser" igcore tests

test-browser: .venv/test
	$(PYTEST) -m "browser and not slow" tests/pages

test-slow: .venv/test
	$(BIN)/python -m pytest --hypothesis-profile search -m "slow or hypothesis" tests

benchmarks: .venv/test
	$(BIN)/python -m tests.benchmarks.dashboard

generate: .venv/run
	$(BIN)/python -m igcore.documentation

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis

.venv/run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/test: .venv/run tests/requirements.txt tests/chromium.sh
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	sh tests/chromium.sh $(BIN)/playwright
	touch $@
