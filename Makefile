# One command per intention. A fresh machine needs Python ≥ 3.11 and make; all else comes from PyPI into .venv.
UNIT ?= zhengxiang
YEAR ?= 2020
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.PHONY: report test style lint lab hooks bench mutate draft-bench reliability lock clean

report: $(READY)  ## run the notebooks of one edition and publish it
	@$(BIN)/jixiao report --unit $(UNIT) --year $(YEAR)

test: $(READY)  ## all tests, a file at a time on each core, the longest first; names each that it skips
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

style: $(READY)  ## ruff on code and notebooks, types of the lower rooms
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

lint: style  ## the style, the notebook contract and the house's own limits
	@$(BIN)/python -m pytest tests/test_notebooks.py tests/test_project.py tests/test_house.py

lab: $(READY)  ## JupyterLab with the desk (工作台) in front; its settings are the project's own, in etc/jupyter
	@JUPYTER_CONFIG_PATH=$(CURDIR)/etc/jupyter $(BIN)/jupyter lab --LabApp.default_url=/jixiao/

hooks: $(READY)  ## git looks at notebooks before each commit, and shows their changes cell by cell
	@git config core.hooksPath .githooks
	@git config diff.jupyternotebook.command "$(BIN)/git-nbdiffdriver diff"

bench: $(READY)  ## how long an edition takes, against other ways to run the same notebooks
	@$(BIN)/python -m benchmarks.bench

mutate: $(READY)  ## how many slips the checks catch, by kind of slip
	@$(BIN)/python -m benchmarks.mutate

draft-bench: $(READY)  ## how well `jixiao draft` finds, bounds and names the figures of documents; the seed's too where it lies beside
	@$(BIN)/python -m benchmarks.draft $(if $(wildcard ../shared/seed/2020.txt),--seed ../shared/seed/2020.txt)
	@$(BIN)/python -m benchmarks.claims

KILLS ?= 200
reliability: $(READY)  ## kills, full disks, dead workers, ten runs at once, readers: what holds, written to docs/reliability.md
	@$(BIN)/python -m benchmarks.reliability --kills $(KILLS) --write docs/reliability.md

lock: $(READY)  ## requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev --no-header --no-annotate \
		pyproject.toml --output-file requirements.lock

clean:  ## working state and published editions; the sources stay
	@find data/processed outputs -mindepth 1 ! -type d ! -name README.md ! -name '*.lock' -delete
	@find data/processed outputs -mindepth 1 -type d -empty -delete

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv (once, a minute or two) …"
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
