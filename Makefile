# Two commands: `make run` starts the dashboard, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: run test test-slow benchmarks generate format clean

run: .venv/run
	$(BIN)/streamlit run app.py --server.port $(PORT) \
		--server.address $${IGCORE_ADDRESS:-localhost}

test: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 --dist loadgroup igcore tests

test-slow: .venv/test
	$(BIN)/python -m pytest -m slow tests

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
