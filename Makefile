# Everything happens in the project's own .venv; the first target that needs it makes it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help reports test check lint words lab clean

help:  ## Say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

reports: $(READY)  ## Build the annual report from the sample study (the main job)
	$(BIN)/exkit publish reports/annual-2025.yml

test: $(READY)  ## Run every test, the notebooks included (ten minutes)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: $(READY)  ## Run the long ones too: simulations and attacks; results go to benchmarks/
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "long or not long"

lint: $(READY)  ## Check style, in notebooks too
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

words: $(READY)  ## Collect what is to be translated into the Dutch catalogue
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --add-location file --omit-header --no-wrap --output-file $(VENV)/words.pot exkit notebooks
	$(BIN)/pybabel --quiet update --locale nl --input-file $(VENV)/words.pot --output-file exkit/present/catalogues/nl.po \
		--no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap

lab: $(READY)  ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

clean:  ## Remove the environment and everything that was built
	rm -rf $(VENV) reports/*/ .pytest_cache .ruff_cache
