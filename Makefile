# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Modules are compiled when they are first imported: most of what is installed never is.
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes
SBOM := $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible

DATABASE ?=
CATALOGUE ?=
IMAGES ?=
QUERIES ?=
WEIGHTS ?=
TESTS ?=
DATA := $(if $(CATALOGUE),--catalogue "$(CATALOGUE)") $(if $(IMAGES),--images "$(IMAGES)")

# Python keeps what it compiled, whatever it is told elsewhere: every process of the
# tests would compile the program and all tests anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup dist try-install demo cluster-demo test test-slow test-browser test-long test-cluster check format bench bench-quality translations screenshots staff-pages lock audit sbom clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
	  | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv/ from requirements-dev.txt, each file checked by its hash

$(STAMP): requirements/build.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Morelli needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Say PYTHON=python3.11 (or newer)."; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv python3-dev g++"; exit 2; }
	$(PIP) --requirement requirements/build.txt
	$(PIP) --no-build-isolation --requirement requirements-dev.txt
	@touch $@

dist: setup ## build the wheel into dist/, for pip or pipx
	$(BIN)/python -m tools.dist

try-install: dist ## run docs/install.md in an empty Debian (root, mmdebstrap, systemd-container)
	$(BIN)/python -m tools.installing build/debian

demo: setup ## index a collection and serve it (CATALOGUE=… IMAGES=… for your own; MORELLI_PORT)
	$(BIN)/python demo.py $(DATA)

cluster-demo: setup ## the same on several servers, each in a network of its own
	$(BIN)/python -m tools.cluster $(DATA)

# In every command below that runs tests.
export TEST_DATABASE := $(DATABASE)

test: setup ## run the fast tests (DATABASE=postgresql: on PostgreSQL; TESTS=tests/…: some)
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile $(TESTS)

test-slow: setup ## run the tests that build networks and whole indexes
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile -m "slow and not browser"

test-browser: setup ## run the tests that drive headless Chromium
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile -m browser

# In the order of tests/conftest.py, the longest first: no core stands idle at the end.
test-long: setup ## run the slow and the browser tests side by side, as CI does
	$(BIN)/python -m pytest --quiet --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "(slow or browser) and not lasting"

test-cluster: setup ## kill each part of a cluster (TEST_CLUSTER_ROUNDS=5: again and again)
	$(BIN)/python -m pytest --quiet -m cluster tests/cluster

# Status 3: the package index cannot be reached. It is said, and the checks go on.
check: setup ## format, lint, types, layering, locks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet tests/test_layering.py
	$(BIN)/python -m tools.locks --check || [ $$? = 3 ]

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

staff-pages: setup ## picture all pages of curators and admins, to build/staff-pages/
	$(BIN)/python -m tools.staff_pages

lock: setup ## compile requirements*.txt from requirements/*.in (UPGRADE=yes: newest of the others)
	$(BIN)/python -m tools.locks $(if $(UPGRADE),--upgrade)

audit: setup ## ask for known vulnerabilities of the locked packages
	$(BIN)/python -m tools.audit

sbom: setup ## write bills of materials (CycloneDX) to build/
	@mkdir -p build
	$(SBOM) requirements/server.txt --output-file build/sbom-server.json
	$(SBOM) requirements.txt --output-file build/sbom.json

clean: ## remove what the commands made, except instance/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
