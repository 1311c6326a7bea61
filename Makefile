# make demo: install darksocial, analyse the sample logs, print the reports.
# make test: everything that must be green.
# make full: all tests, the long ones too.
# make quick: the tests to run between edits.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
READY := $(VENV)/ready
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
SAMPLE := 'sample_logs/publisher/access.log*'
SHOP := sample_logs/shop

FUZZ_SECONDS ?= 60

# Tests start hundreds of processes, each of which would compile the package again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test full quick accuracy kills spark coverage package format docs picture bench fuzz constraints clean

demo: $(INSTALLED)
	$(BIN)/darksocial analyze $(SAMPLE) --out darksocial-out
	$(BIN)/darksocial analyze '$(SHOP)/access.log*' --goal path=/order/confirmed/,value=40 \
		--out .cache/shop --report none
	$(BIN)/darksocial campaigns .cache/shop --costs $(SHOP)/costs.csv --margin 0.6

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.generate --check
	$(BIN)/darksocial analyze $(SAMPLE) --out .cache/demo
	$(BIN)/darksocial check $(SAMPLE) --rules tests/checks.toml
	$(BIN)/python -m tests.package
	$(PYTEST)

full: $(READY)
	$(PYTEST) --full

quick: $(READY)
	$(PYTEST) -m 'not slow and not spark'

accuracy: $(READY)
	$(BIN)/python -m tests.accuracy
	$(PYTEST) --full -m accuracy

kills: $(READY)
	$(PYTEST) --full -m kills

spark: $(READY)
	$(PYTEST) --full -m spark

coverage: $(READY)
	$(PYTEST) --cov --cov-report=term:skip-covered

package: $(READY)
	$(BIN)/python -m tests.package

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m tests.generate

picture: $(READY)
	$(BIN)/python -m tests.generate --picture

bench: $(READY)
	$(BIN)/python -m tests.bench

fuzz: $(READY)
	$(PIP) -e '.[fuzz]'
	for target in $$($(BIN)/python -c 'from tests.fuzz.targets import TARGETS; print(*TARGETS)'); do \
	  $(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; done

constraints:
	$(PYTHON) -m venv --clear .cache/constraints
	.cache/constraints/bin/pip install --quiet '.[dev]'
	(echo "# Exactly what darksocial is tested with. Renewed by: make constraints"; \
	  .cache/constraints/bin/pip freeze --exclude darksocial) > .ci/constraints.txt

clean:
	rm -rf $(VENV) .cache darksocial-out darksocial-out.key

$(INSTALLED): pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) -c .ci/constraints.txt -e .
	touch $@

$(READY): $(INSTALLED)
	$(PIP) -c .ci/constraints.txt -e '.[dev]'
	touch $@
