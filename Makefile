# `make run` and `make test` need nothing but Python 3.10+ and the package registry.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Where the evaluation sets lie; evaluations are skipped without them.
EVAL   ?= ../shared/eval
# Runs a command without a network where the system lets us (Linux); the tool needs none either way.
OFFLINE := $(shell unshare -rn true 2>/dev/null && echo unshare -rn)

.PHONY: run test test-fast lint eval eval-languages eval-boilerplate eval-models eval-gate bench train-prepare train-fit train-anneal train-export clean-venv

run: $(STAMP)  ## convert raw/ into clean/ with the built-in models, the network cut
	$(OFFLINE) $(BIN)/normalize run raw clean

test: $(STAMP)  ## lint, types, all tests, and the quick part of the evaluations
	$(MAKE) lint
	$(BIN)/python -m pytest
	$(MAKE) eval QUICK=--quick

test-fast: $(STAMP)
	$(BIN)/python -m pytest -m "not slow"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: eval-languages eval-boilerplate eval-gate eval-models

eval-languages: $(STAMP)  ## span and language identification beside what people use today
	$(BIN)/python -m evaluation.languages --flores $(EVAL)/flores-dev --mixed $(EVAL)/mixed-dev.jsonl $(QUICK)

eval-boilerplate: $(STAMP)
	$(BIN)/python -m evaluation.boilerplate --data $(EVAL)/boilerplate $(QUICK)

eval-gate: $(STAMP)
	$(BIN)/python -m evaluation.gate

eval-models: $(STAMP)
	$(BIN)/python training/evaluate.py --flores $(EVAL)/flores-dev $(QUICK)

bench: $(STAMP)  ## speed and memory, as ratios measured side by side
	$(BIN)/python -m benchmarks.speed --mixed $(EVAL)/mixed-dev.jsonl

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(STAMP)

# Training needs torch (training/requirements.txt), parallel text in TEXT, and a folder WORK outside of this one.
train-prepare:
	$(BIN)/python training/prepare.py $(WORK) --text $(TEXT) training/text

train-fit:  ## goes on where it was stopped
	$(BIN)/python training/train.py fit $(WORK) --minutes $(MINUTES)

$(WORK)/wide/checkpoint.pt:  # the trunk with more Chinese characters; remove it when the trunk was trained on
	$(BIN)/python training/widen.py $(WORK) $(WORK)/wide

train-anneal: $(WORK)/wide/checkpoint.pt  ## the two branches of the trunk
	$(BIN)/python training/train.py anneal $(WORK)/wide $(WORK)/zh --minutes 40 --dropout 0.1 --mix hbs=0 slavic=0
	$(BIN)/python training/train.py anneal $(WORK) $(WORK)/hbs --minutes 40 --dropout 0.1 --mix hbs=1.8 zh=0

train-export:
	$(BIN)/python training/export.py $(WORK) models/translate-hbs_en-$(VERSION).argosmodel \
	  --weights $(WORK)/hbs/averaged.pt --code sr --languages sr hr bs ru uk bg mk \
	  --version $(VERSION) --licence training/package/LICENSE --readme training/package/README.md
	$(BIN)/python training/export.py $(WORK)/wide models/translate-zh_en-$(VERSION).argosmodel \
	  --weights $(WORK)/zh/averaged.pt --code zh --languages zh \
	  --version $(VERSION) --licence training/package/LICENSE --readme training/package/README.md

clean-venv:
	rm -rf $(VENV)
