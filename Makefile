# Needs only Python 3.11–3.14 and git; everything else goes into .venv.
# Overridable: make serve PORT=8080 HOST=0.0.0.0 PYTHON=python3.12 VENV=/tmp/venv BUILD=/tmp/site

# The first of these that runs and is of a version that we test on.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
	&& echo $$python && break; done)
VENV ?= .venv
BUILD ?= .
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST ?=

BIN := $(abspath $(VENV))/bin
SITE := $(BUILD)/_build
INSTALLED := $(VENV)/.installed
# Each file on one worker, in the order of tests/conftest.py.
TESTS := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
READ := requirements.txt $(shell find reglib exercises grader benchmarks book -type f -not -name '*.md' -not -name '*.questions.yml' -not -path '*/__pycache__/*' -not -path '*/_static/*' -not -path '*/_desk/*')
# nbgrader finds alembic, and the tests find jupyter, on the PATH.
export PATH := $(BIN):$(PATH)
# Matrices as small as ours are slower on several threads, many times so on a busy machine.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help serve book lab test test-all exercises bench lint lock clean
.DELETE_ON_ERROR:

help:  ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(INSTALLED)  ## build the book, serve it, print the address
	@$(BIN)/python -c 'import socket, sys; s = socket.socket(); \
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((sys.argv[1], int(sys.argv[2])))' \
	$(HOST) $(PORT) 2>/dev/null || { \
	echo "Cannot serve on $(HOST):$(PORT): it is busy or not yours. Try: make serve PORT=$$(( $(PORT) + 1 ))"; exit 1; }
	@$(MAKE) --no-print-directory book
	@echo; echo "The book is at http://$(HOST):$(PORT)/  (Ctrl+C stops)"
	@$(BIN)/python -m http.server $(PORT) --bind $(HOST) --directory $(SITE)/html 2>/dev/null || [ $$? -eq 130 ]

book: $(INSTALLED) $(SITE)/.read  ## build the book into _build/html
	$(BIN)/jupyter-book build . --path-output $(BUILD)

# Pages are executed once and kept; a change in what their code reads makes all of them stale.
$(SITE)/.read: $(READ)
	rm -rf $(SITE)/.jupyter_cache $(SITE)/.doctrees $(SITE)/html
	@mkdir -p $(@D) && touch $@

lab: $(INSTALLED)  ## open the assignments in JupyterLab
	JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter $(BIN)/jupyter lab exercises  # without nbgrader's panels

test: $(INSTALLED)  ## check the style and run the tests (PYTEST="-k ridge -n 0" for some)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TESTS) -m "not long" $(PYTEST)

test-all: $(INSTALLED)  ## run the tests that take long, which `make test` leaves out
	$(TESTS) -m long $(PYTEST)

exercises: $(INSTALLED)  ## make exercises/ anew from solutions/
	$(BIN)/python -m solutions

bench: $(INSTALLED)  ## run the benchmarks
	$(BIN)/python -m benchmarks

lint: $(INSTALLED)  ## mend the style of the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(INSTALLED)  ## write requirements.txt anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	--no-header --upgrade --quiet --output-file requirements.txt

clean:  ## remove everything that was made: the environment and the built book
	rm -rf $(VENV) $(SITE)

# A stamp, written last, so that an interrupted installation is taken up again.
$(INSTALLED): requirements.txt pyproject.toml
	@"$(or $(PYTHON),none)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || { \
	echo "Python 3.11, 3.12, 3.13 or 3.14 is needed, and $(or $(PYTHON),python3) is $$("$(or $(PYTHON),python3)" --version 2>/dev/null || echo not there)."; \
	echo "Install one and name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@echo "Installing the locked packages into $(VENV) (several hundred MB, a few minutes, once)"
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@
