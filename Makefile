# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

CATALOGUE ?=
IMAGES ?=
QUERIES ?=
WEIGHTS ?=
DATA := $(if $(CATALOGUE),--catalogue "$(CATALOGUE)") $(if $(IMAGES),--images "$(IMAGES)")

.PHONY: help setup demo test test-slow test-browser test-long check format bench bench-quality translations screenshots clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
	  | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv/ from requirements.txt and requirements-dev.txt

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Morelli needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Say PYTHON=python3.11 (or newer)."; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv python3-dev g++"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

demo: setup ## index a collection and serve it (CATALOGUE=… IMAGES=… for your own; MORELLI_PORT)
	$(BIN)/python demo.py $(DATA)

test: setup ## run the fast tests
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile

test-slow: setup ## run the tests that build networks and whole indexes
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile -m "slow and not browser"

test-browser: setup ## run the tests that drive headless Chromium
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile -m browser

# In the order of their names: the longest are not the last, when cores stand idle.
test-long: setup ## run the slow and the browser tests side by side, as CI does
	$(BIN)/python -m pytest --quiet --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "slow or browser"

check: setup ## format, lint, types, layering
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet tests/test_layering.py

format: setup ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure speed, memory and scale (CATALOGUE=… IMAGES=… QUERIES=… for real data)
	$(BIN)/python -m bench $(DATA) $(if $(QUERIES),--queries "$(QUERIES)")

bench-quality: setup ## compare descriptors and measures (CATALOGUE=… IMAGES=… WEIGHTS=vgg16=file)
	$(BIN)/python -m app.lab compare $(DATA) $(addprefix --weights ,$(WEIGHTS))

translations: setup ## bring translations/ up to date with the texts; new ones come empty
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords lazy_gettext \
	  --add-location file --sort-by-file --output-file build/messages.pot .
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir translations \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

screenshots: setup ## picture the main pages for the documents, from drawn works
	$(BIN)/python -m tools.screenshots

clean: ## remove what the commands made, except instance/
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
