# Warmline. `make` alone lists what there is.
.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/bash

# How many processes the tests run in; they wait a third of their time.
JOBS ?= 3
# What is handed to the command: make demo ARGS=--once
ARGS ?=

PYTHON := .venv/bin/python
WARMLINE := .venv/bin/warmline

.PHONY: help
help: ## List the targets
	@echo "Warmline: a telephone line that answers itself and hands over warm."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-20s %s\n", $$1, $$2 }'

.PHONY: demo
demo: train ## Bring everything up and place three spoken calls; ARGS=--once exits afterwards
	@$(WARMLINE) demo $(ARGS)

.PHONY: up
up: train ## Bring the line up and keep it up (server, assistant, action server)
	@$(WARMLINE) up $(ARGS)

.PHONY: test
test: training-tools packages train ## Check and test everything, from a bare clone
	@scripts/run-tests $(JOBS)

.PHONY: check
check: training-tools ## Lint, formatting, types (mypy --strict) and the direction of imports
	@scripts/check

.PHONY: format
format: setup ## Format the code as `make check` wants it
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format --quiet .

.PHONY: train
train: setup ## Train the assistant, if its training data changed
	@$(WARMLINE) train $(if $(filter train,$(MAKECMDGOALS)),$(ARGS),)

.PHONY: bench
bench: train ## Measure delay, recognition, synthesis and memory
	@$(PYTHON) -m benchmarks $(ARGS)

.PHONY: bench-speech
bench-speech: setup ## Measure how well the speech model hears: words, confidence, speed, memory
	@$(PYTHON) -m benchmarks.speech $(ARGS)

.PHONY: bench-understanding
bench-understanding: train ## Play all conversations, as text and through speech, and report
	@$(PYTHON) -m benchmarks.understanding $(ARGS)

.PHONY: bench-turns
bench-turns: train ## Measure turn-taking on labelled turns: cut-ins, missed ends, false barge-ins
	@$(PYTHON) -m benchmarks.turns $(ARGS)

.PHONY: bench-peers
bench-peers: train ## Measure turn-taking, speed and recognition beside pipecat and vosk-server
	@scripts/setup-peers
	@$(PYTHON) -m benchmarks.peers $(ARGS)

.PHONY: seed
seed: setup ## Fill the database with made-up customers and orders
	@$(WARMLINE) seed $(ARGS)

.PHONY: docs
docs: setup ## Write the pages that are made from the code (docs/configuration.md and others)
	@$(PYTHON) -m warmline.settings
	@$(PYTHON) -m contact_center.handoff_packet

.PHONY: setup
setup: ## Install both environments into this folder (every target above does)
	@scripts/setup

.PHONY: training-tools
training-tools: ## Install what `warmline speech train` needs beside: PyTorch (about 6 GB)
	@scripts/setup training

.PHONY: packages
packages: ## Install the Debian packages that the tests use, if any is missing
	@scripts/install-debian-packages

.PHONY: lock
lock: setup ## Resolve all dependencies anew and write the lock files
	@scripts/lock

.PHONY: clean
clean: ## Remove environments, trained models and caches (not var/, which holds calls)
	rm -rf .venv bot/.venv .tools bot/models bot/.rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
