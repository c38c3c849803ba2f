# Thin verbs. Each makes .venv on first use; all that is needed beforehand is Python 3.11 or newer, and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?=
PORT ?= 8888
LESSON ?=
BENCH ?=
TORTURE ?=
SHOTS ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# nbval compares numbers to the last digit: the same environment as in `build`.
FIXED := PYTHONHASHSEED=0 OPENBLAS_CORETYPE=Haswell OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 \
    VECLIB_MAXIMUM_THREADS=1
EVERY_CORE := --numprocesses logical --dist loadscope

# .venv/installed holds the folder it was made in: an environment that was moved, or has lost its Python, is made anew.
STAMP := .venv/installed
BROKEN := $(shell [ "$$(cat $(STAMP) 2>/dev/null)" = "$$(pwd -P)" ] && .venv/bin/python -c '' 2>/dev/null || echo broken)

.PHONY: help lab demo test build lint references bench bench-grading torture browser broken

help:
	@echo "make lab     study: open the course in JupyterLab           (PORT=8888)"
	@echo "make demo    teach: build, hand in the sample class, grade it"
	@echo "make test    run every test"
	@echo "make build   masters in solutions/ -> solutions and student notebooks (LESSON=05-momentum)"
	@echo "make lint    style and types"
	@echo "make bench   how fast it is, against its peers               (BENCH=epoch)"
	@echo "make bench-grading  the same of grading, against stock nbgrader  (BENCH=reference)"
	@echo "make torture end the grader anywhere, feed it broken files    (TORTURE='--points 8')"
	@echo "make browser open, run and look at every lesson in Chromium  (LESSON=05 SHOTS=folder)"
	@echo "make references  record what PyTorch, optax, SciPy and scikit-learn compute again"

lab: $(STAMP)
	@python -m autograder lab --port $(PORT)

demo: build
	@python -m autograder sample 05-momentum
	@python -m autograder grade 05-momentum

build: $(STAMP)
	@python -m autograder build $(LESSON)

lint: $(STAMP)
	ruff check
	ruff format --check
	mypy

# Tests of one module share what they have built, and so do the cells of a notebook: they stay on one core.
test: lint
	$(FIXED) python -m pytest $(EVERY_CORE)
	$(FIXED) PYTHONPATH=tests python -m pytest $(EVERY_CORE) -p own_records \
	    --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg solutions/*/*.ipynb

# The engines have an environment of their own: nothing else needs them.
references: .references/installed
	@.references/bin/python -m autograder.reference

.references/installed: autograder/reference/requirements.txt | $(STAMP)
	python -m venv --clear .references
	.references/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Sudden ends, mutated notebooks, mutated frames: at length what the tests do a little of.
torture: $(STAMP)
	@PYTHONPATH=tests python -m torture $(TORTURE)

bench: .references/installed
	@PYTHONPATH=tests python -m benchmarks $(BENCH)

bench-grading: .otter/installed
	@PYTHONPATH=tests python -m benchmarks.grading $(BENCH)

# So has the other grader.
.otter/installed: tests/benchmarks/grading/requirements.txt | $(STAMP)
	python -m venv --clear .otter
	.otter/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Playwright, which drives the Chromium that is there, is installed when it is first needed.
browser: $(STAMP)
	@python -c 'import playwright' 2>/dev/null || python -m pip install --quiet --disable-pip-version-check \
	    --constraint requirements.lock --editable '.[browser]'
	@$(FIXED) python -m pytest tests/browser $(if $(LESSON),-k $(LESSON)) $(if $(SHOTS),--shots $(SHOTS))

$(STAMP): pyproject.toml requirements.lock $(BROKEN)
	@sh .ci/install '$(PYTHON)'
