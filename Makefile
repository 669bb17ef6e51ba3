# `make open` is all a newcomer needs; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# More than there are cores: for half of their time tests wait. Browser tests keep to one worker (tests/conftest.py).
WORKERS ?= 4
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup open test build check bench browser format
.DEFAULT_GOAL := help

help:
	@echo "make open    set up what is missing and open JupyterLab on the course"
	@echo "make setup   make .venv from requirements.lock (needs Python 3.11 or newer)"
	@echo "make test    run all tests; browser tests too where there is a Chromium"
	@echo "make build   make the notebooks from content/"
	@echo "make check   look for style errors and for notebooks that differ from content/"
	@echo "make format  put the code into the project's style"
	@echo "make bench   measure"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gvclab needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`."; \
	  echo "Name another one: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

open: setup
	@$(BIN)/gvclab open

test: setup browser
	@$(BIN)/python -m pytest -n $(WORKERS) --benchmark-disable

browser:
	@sh .ci/browser

build: setup
	@$(BIN)/gvclab build

check: setup
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Some code is not in the project's style: make format"; exit 1; }
	@$(BIN)/gvclab build --check

format: setup
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

bench: setup
	@$(BIN)/python -m pytest tests/bench --benchmark-only --benchmark-columns=median,iqr,rounds --benchmark-sort=name
	@$(BIN)/python tests/bench/measure.py
	@$(BIN)/python tests/bench/bench_grading.py
